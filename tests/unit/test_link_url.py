"""Link URLs: every form taken apart, and every mistake explained with what to write instead."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.driver import LineSettings
from vitalwatch.errors import ConfigError
from vitalwatch.link_url import LinkUrl, ListenOptions, MqttOptions, ReplayOptions, UdpOptions, is_vwlog, parse_link


def refused(text: str) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        parse_link(text)
    return caught.value


def test_serial_by_id_with_all_settings() -> None:
    text = "serial:///dev/serial/by-id/usb-1-port0?baud=19200&bits=7&parity=e&stop=1.5"
    assert parse_link(text) == LinkUrl(
        text, "serial", path="/dev/serial/by-id/usb-1-port0", options=LineSettings(19200, 7, "E", 1.5)
    )


def test_serial_settings_default_to_9600_8n1() -> None:
    assert parse_link("serial:///dev/ttyUSB0").options == LineSettings(9600, 8, "N", 1)


def test_mqtt_topic_keeps_wildcards_and_port_defaults_to_1883() -> None:
    link = parse_link("mqtt://broker/ward/+/spo2/#")
    assert (link.host, link.port, link.topic) == ("broker", 1883, "ward/+/spo2/#")
    assert link.options == MqttOptions(client_id=None)


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("mqtt://10.0.0.7:11883/a", "10.0.0.7", 11883),
        ("mqtt://[::1]/a", "::1", 1883),
        ("mqtt://[fe80::1]:1884/a", "fe80::1", 1884),
        ("MQTT://Broker.local/a", "Broker.local", 1883),
    ],
)
def test_mqtt_broker_by_name_and_address(text: str, host: str, port: int) -> None:
    link = parse_link(text)
    assert (link.scheme, link.host, link.port) == ("mqtt", host, port)


def test_mqtts_is_mqtt_with_tls_on_port_8883() -> None:
    link = parse_link("mqtts://broker/a")
    assert (link.scheme, link.host, link.port, link.topic) == ("mqtts", "broker", 8883, "a")


def test_mqtt_quality_of_service() -> None:
    assert parse_link("mqtt://broker/a?qos=1").options == MqttOptions(qos=1)


def test_tcp_has_host_and_port() -> None:
    assert parse_link("tcp://10.0.0.7:4001") == LinkUrl("tcp://10.0.0.7:4001", "tcp", host="10.0.0.7", port=4001)
    assert parse_link("tcp://[fe80::1]:4001/").host == "fe80::1"


def test_tcp_listen_on_every_address_or_on_one_for_one_device_or_any() -> None:
    assert (parse_link("tcp-listen://:2575").host, parse_link("tcp-listen://:2575").port) == ("", 2575)
    link = parse_link("tcp-listen://[::1]:2575?from=2001:DB8::7")
    assert (link.host, link.options) == ("::1", ListenOptions("2001:db8::7"))


def test_udp_with_group_and_sender() -> None:
    asked = parse_link("udp://:3073?to=10.0.0.7:2000")
    assert (asked.options.to, asked.options.sender) == (("10.0.0.7", 2000), "10.0.0.7")  # type: ignore[union-attr]
    link = parse_link("udp://:7001?group=224.0.23.63&from=10.0.0.7")
    assert (link.host, link.port, link.options) == ("", 7001, UdpOptions("10.0.0.7", "224.0.23.63"))
    assert parse_link("udp://10.0.0.5:7001").options == UdpOptions(None, None)


@pytest.mark.parametrize(
    "text",
    [
        *("serial:///dev/ttyUSB0?baud=19200", "tcp://host:1", "tcp-listen://:1", "udp://:1", "mqtt://broker/a"),
        *("mqtts://broker/a", "replay:a.txt?speed=2", "loop://chair-1"),
    ],
)
def test_every_kind_of_link_can_be_recorded(text: str) -> None:
    recorded = f"{text}{'&' if '?' in text else '?'}record=night/chair 1.vwlog"
    plain = parse_link(text)
    assert parse_link(recorded) == msgspec.structs.replace(plain, text=recorded, record="night/chair 1.vwlog")
    assert plain.record == ""


@pytest.mark.parametrize(
    ("text", "gives"),
    [
        *(("serial:///dev/x", "stream"), ("tcp://h:1", "stream"), ("tcp-listen://:1", "stream")),
        *(("udp://:1", "messages"), ("mqtt://h/t", "messages"), ("mqtts://h/t", "messages")),
        *(("replay:a.txt", "stream"), ("replay:a.vwlog", "either"), ("loop://n", "either")),
    ],
)
def test_a_link_says_whether_it_gives_bytes_or_messages(text: str, gives: str) -> None:
    assert parse_link(text).gives == gives


@pytest.mark.parametrize(
    ("text", "place"),
    [("tcp://h:1", "h:1"), ("tcp://[::1]:1", "[::1]:1"), ("tcp-listen://:1", "port 1"), ("mqtt://h/t", "h:1883")],
)
def test_the_place_of_a_link_for_people(text: str, place: str) -> None:
    assert parse_link(text).place == place


def test_a_recording_is_known_by_its_name() -> None:
    assert is_vwlog("night.VWLOG")
    assert not is_vwlog("night.vwlog.txt")
    assert not is_vwlog("folder/.vwlog")


def test_mqtt_client_id_and_a_topic_that_begins_with_a_slash() -> None:
    link = parse_link("mqtt://broker//ward/1%3F?client_id=watch")
    assert link.topic == "/ward/1?"
    assert link.options == MqttOptions("watch")


def test_replay_relative_and_absolute() -> None:
    assert parse_link("replay:captures/a b.txt").path == "captures/a b.txt"
    assert parse_link("replay:/var/a.txt").path == "/var/a.txt"
    assert parse_link("replay:///var/a.txt").path == "/var/a.txt"


def test_replay_options_and_their_defaults() -> None:
    assert parse_link("replay:a.txt").options == ReplayOptions(1.0, None, 9600)
    assert parse_link("replay:a.txt?speed=20&line_s=2&baud=19200").options == ReplayOptions(20.0, 2.0, 19200)


def test_loop_has_a_name() -> None:
    assert parse_link(" loop://chair-1 ") == LinkUrl("loop://chair-1", "loop", host="chair-1")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("seriel:///dev/ttyUSB0", "serial"),
        ("mqqt://broker/a", "mqtt"),
        ("reply:a.txt", "replay"),
        ("serial:///dev/ttyUSB0?buad=9600", "baud"),
        ("serial:///dev/ttyUSB0?party=N", "parity"),
        ("serial:///dev/ttyUSB0?baud=960", "9600"),
        ("mqtt://broker/a?clientid=x", "client_id"),
        ("tcp-lisen://:2575", "tcp-listen"),
        ("upd://:7001", "udp"),
        ("udp://:7001?form=10.0.0.7", "from"),
        ("udp://:7001?grup=224.0.0.1", "group"),
        ("tcp://host:1?recrd=a.vwlog", "record"),
        ("replay:a.txt?sped=2", "speed"),
        ("replay:a.txt?lines=2", "line_s"),
    ],
)
def test_a_typo_is_answered_with_the_nearest_name(text: str, named: str) -> None:
    assert f'"{named}"' in refused(text).hint


@pytest.mark.parametrize(
    ("text", "write"),
    [
        ("/dev/ttyUSB0", "serial:///dev/ttyUSB0"),
        ("serial://dev/ttyUSB0", "serial:///dev/ttyUSB0"),
        ("replay://a.txt", "replay:a.txt"),
    ],
)
def test_a_well_known_slip_is_answered_with_the_whole_link(text: str, write: str) -> None:
    assert write in refused(text).hint


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "ttyUSB0", "C:", "://x", "http://host:1"),
        *("tcp:host:1", "tcp://", "tcp://host", "tcp://:4001", "tcp://host:", "tcp://host:0", "tcp://host:1/a"),
        *("tcp://user:secret@host:1", "tcp://host:1?from=10.0.0.7", "tcp://[::1:1"),
        *("tcp-listen://", "tcp-listen://:", "tcp-listen://:x", "tcp-listen://host:1", "tcp-listen://10.0.0.7"),
        *("tcp-listen://:1?from=host", "tcp-listen://:1?group=224.0.0.1", "tcp-listen://:1/a"),
        *(
            "udp://:1?to=10.0.0.7",
            "udp://:1?to=host:1",
            "udp://:1?to=10.0.0.7:0",
            "udp://:1?to=10.0.0.7:1&from=10.0.0.8",
        ),
        *("mqtt://h/a?bytes=octal", "mqtt://h/a?bytes="),
        *("udp://:1?group=10.0.0.1", "udp://:1?group=ff02::1", "udp://:1?group=x", "udp://[::1]:1?group=224.0.0.1"),
        *("udp://host:1", "udp://:1?from=10.0.0.300"),
        *("loop://a?record=a.txt", "loop://a?record=a/", "loop://a?record=.vwlog/", "loop://a?record="),
        *("mqtt://broker/a?qos=2", "mqtt://broker/a?qos=one", "mqtts://broker"),
        *("serial:", "serial://", "serial:///", "serial:///dev/x?baud", "serial:///dev/x?baud=", "serial:///dev/x?=1"),
        *("serial:///dev/x?baud=fast", "serial:///dev/x?baud=-9600", "serial:///dev/x?baud=9600.5"),
        *("serial:///dev/x?bits=9", "serial:///dev/x?parity=X", "serial:///dev/x?stop=3"),
        *("serial:///dev/x?baud=9600&baud=9600", "serial:///dev/x?speed=2", "serial:///dev/x?&"),
        *("mqtt:broker/a", "mqtt://", "mqtt:///a", "mqtt://broker", "mqtt://broker/", "mqtt://broker:/a"),
        *("mqtt://broker:0/a", "mqtt://broker:65536/a", "mqtt://broker:x/a", "mqtt://a b/a", "mqtt://[::1/a"),
        *("mqtt://user:secret@broker/a", "mqtt://broker/a/#/b", "mqtt://broker/a#", "mqtt://broker/a+/b"),
        *("mqtt://broker/$share/group/a", "mqtt://broker/a%00b", "mqtt://broker/" + "a" * 65_536),
        *(
            "replay:",
            "replay:?speed=1",
            "replay:folder/",
            "replay:a?speed=0",
            "replay:a?speed=-1",
            "replay:a?speed=nan",
        ),
        *("replay:a?speed=inf", "replay:a?speed=fast", "replay:a?line_s=0", "replay:a?line_s=4000"),
        *("loop:", "loop:x", "loop://", "loop://a/b", "loop://a?speed=1"),
    ],
)
def test_what_cannot_be_opened_is_refused_with_a_hint(text: str) -> None:
    error = refused(text)
    assert error.reason
    assert error.hint


def test_a_password_in_a_link_is_not_repeated_in_the_message() -> None:
    assert "secret" not in str(refused("mqtt://user:secret@broker/a"))


def test_every_link_in_the_docs_can_be_opened(project: Path) -> None:
    text = (project / "docs/links.md").read_text()
    links = re.findall(r"[`\"]((?:serial|tcp|tcp-listen|udp|mqtts?|loop)://[^`\" ]{3,}|replay:[^`\" ]+)[`\"]", text)
    examples = [link for link in links if "[" not in link and not re.search(r"[A-Z]{4}", link)]
    schemes = {"serial", "tcp", "tcp-listen", "udp", "mqtt", "mqtts", "replay", "loop"}
    assert {parse_link(link).scheme for link in examples} == schemes


def test_every_option_is_in_the_docs(project: Path) -> None:
    text = (project / "docs/links.md").read_text()
    for options in (LineSettings, ListenOptions, UdpOptions, MqttOptions, ReplayOptions):
        for name in options.__struct_encode_fields__:
            assert f"| `{name}` |" in text


def outcome(text: str) -> LinkUrl | ConfigError:
    try:
        return parse_link(text)
    except ConfigError as error:
        return error


@given(st.text())
def test_any_text_is_a_link_or_a_config_error(text: str) -> None:
    found = outcome(text)
    assert found.hint if isinstance(found, ConfigError) else found.text == text.strip()


@given(
    st.sampled_from(
        ["serial:///dev/x", "tcp://h:1", "tcp-listen://:1", "udp://:1", "mqtt://h/t", "replay:f", "loop://n"]
    ),
    st.text(),
)
def test_any_options_are_known_or_refused(link: str, query: str) -> None:
    found = outcome(f"{link}?{query}")
    assert found.hint if isinstance(found, ConfigError) else found.text == f"{link}?{query}".strip()


@pytest.mark.parametrize(
    ("text", "gives"),
    [("mqtt://h/a", "messages"), ("mqtt://h/a?bytes=hex", "stream"), ("mqtts://h/a?bytes=BASE64", "stream")],
)
def test_a_topic_with_pieces_of_a_stream_gives_a_stream(text: str, gives: str) -> None:
    assert parse_link(text).gives == gives
