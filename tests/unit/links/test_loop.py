"""The link inside the process."""

from __future__ import annotations

import asyncio
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.patience import PATIENCE_S
from vitalwatch.driver import Message
from vitalwatch.links import Links

pytestmark = pytest.mark.asyncio


@pytest.fixture
def links(clock: Any) -> Links:
    return Links(clock, Path(), Random(1), sleep=clock.sleep)


async def test_bytes_and_messages_pass_both_ways(links: Links, sink: Any, running: Any) -> None:
    link, loop = links.open("loop://a"), links.loop("a")
    async with running(link, sink):
        await sink.expect("opened")
        loop.feed(b"1")
        loop.feed(Message(b"2", "topic"))
        assert await sink.expect("received") == b"1"
        assert await sink.expect("received") == Message(b"2", "topic")
        link.send(b"poll")
    link.send(b"nobody hears this")
    assert list(loop.sent) == [b"poll"]


async def test_a_cut_is_a_loss_and_the_link_is_back_after_healing(
    links: Links, clock: Any, sink: Any, running: Any
) -> None:
    loop = links.loop("a")
    async with running(links.open("loop://a"), sink):
        await sink.expect("opened")
        loop.cut()
        await sink.expect("lost")
        loop.feed(b"into the void")
        loop.heal()
        await clock.pause()
        await sink.expect("opened")
        loop.feed(b"1")
        assert await sink.expect("received") == b"1"


async def test_a_loop_that_is_cut_cannot_be_opened(links: Links, clock: Any, sink: Any, running: Any) -> None:
    links.loop("a").cut()
    async with running(links.open("loop://a"), sink):
        assert (await sink.expect("lost")).url == "loop://a"
        links.loop("a").heal()
        await clock.pause()
        await sink.expect("opened")


async def test_two_links_on_one_loop_both_hear_it(links: Links, clock: Any, sink: Any, running: Any) -> None:
    other = type(sink)(clock)
    async with running(links.open("loop://a"), sink), running(links.open("loop://a"), other):
        await sink.expect("opened")
        await other.expect("opened")
        links.loop("a").feed(b"1")
        assert await sink.expect("received") == await other.expect("received") == b"1"


async def test_a_bug_in_a_sink_stops_its_own_link_only(links: Links, clock: Any, sink: Any, running: Any) -> None:
    def bug(_: object) -> None:
        raise ZeroDivisionError

    faulty = type(sink)(clock)
    faulty.received = bug
    async with running(links.open("loop://a"), faulty) as broken, running(links.open("loop://a"), sink):
        await faulty.expect("opened")
        await sink.expect("opened")
        links.loop("a").feed(b"1")
        with pytest.raises(ZeroDivisionError):
            async with asyncio.timeout(PATIENCE_S):
                await broken
        assert await sink.expect("received") == b"1"
