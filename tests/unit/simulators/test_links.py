"""Links of simulated devices as people write them."""

from __future__ import annotations

from pathlib import Path

import pytest

from vitalwatch.driver import LineSettings
from vitalwatch.errors import LinkError
from vitalwatch_simulators.links import (
    Link,
    MqttLink,
    PtyLink,
    SerialLink,
    TcpLink,
    TcpListenLink,
    UdpLink,
    parse_link,
)


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("pty:/tmp/chair-1", PtyLink(Path("/tmp/chair-1"))),
        ("pty:chair-1", PtyLink(Path("chair-1"))),
        ("serial:/dev/ttyS0", SerialLink(Path("/dev/ttyS0"))),
        ("serial:///dev/ttyS0?baud=19200&parity=e", SerialLink(Path("/dev/ttyS0"), baud=19200, parity="E")),
        ("serial:/dev/ttyS0?bits=7&stop=2", SerialLink(Path("/dev/ttyS0"), bits=7, stop=2.0)),
        ("tcp://watch:4001", TcpLink("watch", 4001)),
        ("tcp://[::1]:4001", TcpLink("::1", 4001)),
        ("tcp-listen://:4001", TcpListenLink("", 4001)),
        ("tcp-listen://127.0.0.1:4001", TcpListenLink("127.0.0.1", 4001)),
        ("udp://watch:24105", UdpLink("watch", 24105)),
        ("udp://255.255.255.255:24005?from=24105", UdpLink("255.255.255.255", 24005, 24105)),
        ("mqtt://127.0.0.1/chair/1", MqttLink("127.0.0.1", 1883, "chair/1")),
        ("mqtt://broker:2883/a", MqttLink("broker", 2883, "a")),
        ("mqtt://sim:p%40ss@broker/a%20b", MqttLink("broker", 1883, "a b", "sim", "p@ss")),
    ],
)
def test_good_links(text: str, link: Link) -> None:
    assert parse_link(text) == link


@pytest.mark.parametrize(
    "text",
    [
        *("", "pty:", "/dev/ttyS0", "loop://a", "MQTT"),
        *("serial:", "serial:ttyS0", "serial:/dev/ttyS0?baud=12", "serial:/dev/ttyS0?parity=X"),
        *("serial:/dev/ttyS0?record=a.vwlog", "serial:/dev/ttyS0?speed=2"),
        *("tcp://watch", "tcp://:4001", "tcp://watch:0", "tcp://watch:65536", "tcp://watch:4001/x", "tcp://a@b:1"),
        *("tcp://watch:4001?from=1", "tcp-listen://", "tcp-listen://watch", "tcp-listen://:4001?from=10.0.0.1"),
        *("udp://watch", "udp://:7001", "udp://watch:7001/x", "udp://watch:7001?from=", "udp://watch:7001?from=0"),
        *("udp://watch:7001?from=65536", "udp://watch:7001?to=1", "udp://watch:7001?from=1&from=2", "tcp://[::1:1"),
        *("mqtt://broker", "mqtt://broker/", "mqtt:///topic", "mqtt://broker:x/a"),
        *("mqtt://broker:99999/a", "mqtt://broker/a/#", "mqtt://broker/a/+/b", "mqtt://broker/a?qos=1"),
    ],
)
def test_what_cannot_be_a_link_needs_a_hand(text: str) -> None:
    with pytest.raises(LinkError) as error:
        parse_link(text)
    assert not error.value.transient


def test_no_text_repeats_a_password() -> None:
    assert "secret" not in str(parse_link("mqtt://sim:secret@broker/a"))
    with pytest.raises(LinkError) as error:
        parse_link("mqtt://sim:secret@broker/")
    assert "secret" not in str(error.value) + error.value.url


def test_a_serial_port_has_the_lines_usual_settings_but_for_those_that_the_link_names() -> None:
    usual = LineSettings(19200, 8, "E", 2)
    assert SerialLink(Path("/dev/ttyS0")).line(usual) == usual
    assert SerialLink(Path("/dev/ttyS0"), baud=300, parity="N").line(usual) == LineSettings(300, 8, "N", 2)


@pytest.mark.parametrize(
    "text",
    [
        *("pty:/tmp/1", "serial:/dev/ttyS0", "tcp://[::1]:1", "tcp-listen://:1", "udp://a:1", "udp://a:1?from=2"),
        "mqtt://a:1/b",
    ],
)
def test_a_link_is_shown_as_it_can_be_written(text: str) -> None:
    assert str(parse_link(text)) == text
