"""The one place where links are made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import vitalwatch.links
from vitalwatch.errors import ConfigError
from vitalwatch.link_url import parse_link
from vitalwatch.links import Links


def test_the_face_of_the_package_is_this() -> None:
    assert vitalwatch.links.__all__ == [
        "END_OF_RECORDING",
        "BrokerSettings",
        "Link",
        "LinkSink",
        "Links",
        "Loop",
        "Recording",
        "Redact",
    ]


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "text",
    [
        *("serial:///dev/x", "tcp://host:1", "tcp-listen://:1", "udp://:1", "mqtt://host/topic", "mqtts://host/topic"),
        *("replay:file", "replay:file.vwlog", "loop://name", "loop://name?record=file.vwlog"),
    ],
)
async def test_every_kind_of_link_that_parses_can_be_made_from_text_or_url(clock: Any, text: str) -> None:
    links = Links(clock, Path())
    assert links.open(text).url == links.open(parse_link(text)).url == parse_link(text)
    assert links.open(text).ignored == 0


@pytest.mark.asyncio
async def test_a_bad_url_is_a_config_error(clock: Any) -> None:
    with pytest.raises(ConfigError):
        Links(clock, Path()).open("seriel:///dev/x")


@pytest.mark.asyncio
async def test_a_loop_is_the_same_for_the_same_name(clock: Any) -> None:
    links = Links(clock, Path())
    assert links.loop("a") is links.loop("a")
    assert links.loop("a") is not links.loop("b")
