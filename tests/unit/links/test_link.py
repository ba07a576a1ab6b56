"""Keeping a transport open: who is told what, and how long the pauses are."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from tests.patience import PATIENCE_S
from vitalwatch.driver import Received
from vitalwatch.errors import LinkError
from vitalwatch.link_url import parse_link
from vitalwatch.links.link import END_OF_RECORDING, LONGEST_PAUSE_S, ReopeningLink

pytestmark = pytest.mark.asyncio

URL = parse_link("loop://test")


def failure(reason: str, *, transient: bool = True) -> LinkError:
    return LinkError(reason, url=URL.text, transient=transient)


class Script:
    """A transport that does what it is told: each attempt is a list of steps, the last one perhaps an error."""

    def __init__(self, *attempts: list[Any]) -> None:
        self.attempts = list(attempts)
        self.sent: list[bytes] = []

    async def run(self, opened: Callable[[], None], received: Callable[[Received], None]) -> None:
        for step in self.attempts.pop(0) if self.attempts else ["wait"]:
            if isinstance(step, Exception):
                raise step
            if step == "wait":
                await asyncio.get_running_loop().create_future()
            elif step == "open":
                opened()
            else:
                received(step)

    def send(self, data: bytes) -> None:
        self.sent.append(data)


def kept_open(script: Script, clock: Any, seed: int = 1) -> ReopeningLink:
    return ReopeningLink(URL, script, clock.sleep, Random(seed))


async def test_open_data_loss_and_back_are_told_in_order(clock: Any, sink: Any, running: Any) -> None:
    gone = failure("gone")
    async with running(kept_open(Script(["open", b"1", gone], ["open", b"2", "wait"]), clock), sink):
        await sink.expect("opened")
        assert await sink.expect("received") == b"1"
        assert await sink.expect("lost") is gone
        await clock.pause()
        await sink.expect("opened")
        assert await sink.expect("received") == b"2"
    assert sink.quiet


async def test_a_loss_is_told_once_however_often_the_retry_fails(clock: Any, sink: Any, running: Any) -> None:
    attempts = [[failure("no such port")] for _ in range(20)]
    async with running(kept_open(Script(*attempts, ["open", "wait"]), clock), sink):
        await sink.expect("lost")
        for _ in attempts:
            await clock.pause()
        await sink.expect("opened")
    assert sink.quiet


async def test_a_retry_that_fails_for_another_reason_is_told(clock: Any, sink: Any, running: Any) -> None:
    script = Script([failure("no such port")], [failure("in use")], [failure("in use")], [failure("no such port")])
    async with running(kept_open(script, clock), sink):
        for reason, pauses in (("no such port", 1), ("in use", 2), ("no such port", 1)):
            assert (await sink.expect("lost")).reason == reason
            for _ in range(pauses):
                await clock.pause()
    assert sink.quiet


async def test_every_opening_that_is_lost_is_told_even_for_the_same_reason(clock: Any, sink: Any, running: Any) -> None:
    script = Script(["open", failure("gone")], ["open", failure("gone")])
    async with running(kept_open(script, clock), sink):
        for _ in range(2):
            await sink.expect("opened")
            await sink.expect("lost")
            await clock.pause()


@pytest.mark.parametrize("seed", range(5))
async def test_pauses_double_from_half_a_second_to_five_with_jitter_below(
    clock: Any, sink: Any, running: Any, seed: int
) -> None:
    script = Script(*[[failure("gone")] for _ in range(8)])
    async with running(kept_open(script, clock, seed), sink):
        pauses = [await clock.pause() for _ in range(8)]
    for pause, full in zip(pauses, (0.5, 1, 2, 4, 5, 5, 5, 5), strict=True):
        assert 0.8 * full <= pause <= full
    assert len(set(pauses[4:])) > 1


async def test_the_same_seed_gives_the_same_pauses(clock: Any, sink: Any, running: Any) -> None:
    both = []
    for _ in range(2):
        async with running(kept_open(Script(*[[failure("gone")] for _ in range(4)]), clock, 7), sink):
            both.append([round(await clock.pause(), 6) for _ in range(4)])
    assert both[0] == both[1]


async def test_what_needs_a_person_is_retried_at_the_longest_pause(clock: Any, sink: Any, running: Any) -> None:
    async with running(kept_open(Script([failure("in use", transient=False)], ["open", "wait"]), clock), sink):
        assert not (await sink.expect("lost")).transient
        assert await clock.pause() >= 0.8 * LONGEST_PAUSE_S
        await sink.expect("opened")


async def test_only_an_opening_that_gave_data_makes_pauses_short_again(clock: Any, sink: Any, running: Any) -> None:
    script = Script(
        *[["open", failure("gone")] for _ in range(4)], ["open", b"1", failure("gone")], ["open", failure("gone")]
    )
    async with running(kept_open(script, clock), sink):
        pauses = [await clock.pause() for _ in range(6)]
    assert pauses[3] >= 0.8 * 4
    assert pauses[4] <= 0.5
    assert 0.8 <= pauses[5] <= 1


async def test_the_end_of_a_recording_is_told_once_and_not_retried(clock: Any, sink: Any, running: Any) -> None:
    async with running(kept_open(Script(["open", b"1"], ["open"]), clock), sink) as task:
        await sink.expect("opened")
        await sink.expect("received")
        error = await sink.expect("lost")
        async with asyncio.timeout(PATIENCE_S):
            await task
    assert error.reason == END_OF_RECORDING
    assert not error.transient
    assert sink.quiet


@pytest.mark.parametrize("told", ["opened", "received", "lost"])
async def test_a_bug_in_the_sink_comes_out_of_run(clock: Any, sink: Any, told: str) -> None:
    def bug(*_: object) -> None:
        raise ZeroDivisionError

    setattr(sink, told, bug)
    with pytest.raises(ZeroDivisionError):
        await kept_open(Script(["open", b"1", failure("gone")]), clock).run(sink)


async def test_send_reaches_the_transport(clock: Any) -> None:
    script = Script()
    kept_open(script, clock).send(b"poll")
    assert script.sent == [b"poll"]
