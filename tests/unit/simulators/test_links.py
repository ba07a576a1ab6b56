"""Links of simulated devices as people write them."""

from __future__ import annotations

from pathlib import Path

import pytest

from vitalwatch.errors import LinkError
from vitalwatch_simulators.links import Link, MqttLink, PtyLink, parse_link


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("pty:/tmp/chair-1", PtyLink(Path("/tmp/chair-1"))),
        ("pty:chair-1", PtyLink(Path("chair-1"))),
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
        *("", "pty:", "serial:///dev/ttyS0", "mqtt://broker", "mqtt://broker/", "mqtt:///topic", "mqtt://broker:x/a"),
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
