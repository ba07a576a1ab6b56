"""Curves on their way to the screens, in virtual time: who gets what, how much of it, and what is dropped."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Awaitable, Callable
from itertools import pairwise
from typing import Any, NamedTuple

import pytest

from vitalwatch.hub.heights import MISSING
from vitalwatch.hub.waves import BYTES_A_SECOND, Waves
from vitalwatch.model import Waveform

MAX_HZ = 255
Run = Callable[[Awaitable[Any]], Any]


class Clock:
    """Service seconds on the running loop."""

    def __init__(self, speed: float) -> None:
        self.speed = speed

    def now(self) -> float:
        return 1000 + asyncio.get_running_loop().time() * self.speed

    def wall(self) -> Any:
        raise AssertionError("waves need no time of day")


class Block(NamedTuple):
    chair: int
    signal: int
    rate_hz: int
    heights: bytes


def unpack(frame: bytes) -> tuple[float, list[Block]]:
    """The service second and blocks of a frame, as the documentation of the live socket has them."""
    kind, zero, count, now = struct.unpack_from("<BBHd", frame)
    assert (kind, zero) == (1, 0)
    at, blocks = 12, []
    for _ in range(count):
        chair, signal, rate_hz, length = struct.unpack_from("<HBBH", frame, at)
        blocks.append(Block(chair, signal, rate_hz, frame[at + 6 : at + 6 + length]))
        at += 6 + length
    assert at == len(frame)
    return now, blocks


class Room:
    """Chairs "0", "1", … with oximeters "ox-0", "ox-1", …; keeps each frame with the real second of its sending."""

    def __init__(self, chairs: int, speed: float = 1.0) -> None:
        self.clock = Clock(speed)
        self.wanted = True
        self.shown: dict[str, str | None] = {str(n): f"ox-{n}" for n in range(chairs)}
        self.frames: list[tuple[float, bytes]] = []
        self.waves = Waves(list(self.shown), self.clock, self.shown.get, lambda: self.wanted, self._send)

    def _send(self, frame: bytes) -> None:
        self.frames.append((asyncio.get_running_loop().time(), frame))

    def block(
        self, chair: int, samples: list[float | None], rate_hz: float = 75.0, signal: str = "pleth", device: str = ""
    ) -> None:
        """Let a device report a block of its curve."""
        name = device or f"ox-{chair}"
        self.waves.take(str(chair), Waveform(name, signal, rate_hz, tuple(samples), self.clock.now()))

    async def play(self, seconds: float, rate_hz: float = 75.0, size: int = 25) -> None:
        """Let all devices send their curves for so many real seconds, each at its own moments."""
        period_s = size / rate_hz / self.clock.speed

        async def device(chair: int) -> None:
            await asyncio.sleep(period_s * chair / len(self.shown))
            for number in range(round(seconds / period_s)):
                self.block(chair, [(number * size + i) % 90 for i in range(size)], rate_hz)
                await asyncio.sleep(period_s)

        async with asyncio.TaskGroup() as tasks:
            for chair in range(len(self.shown)):
                tasks.create_task(device(chair))
        await asyncio.sleep(1)

    def blocks(self, chair: int) -> list[Block]:
        """What was sent of one chair."""
        return [block for _, frame in self.frames for block in unpack(frame)[1] if block.chair == chair]

    def heights(self, chair: int) -> bytes:
        """All heights that were sent of one chair."""
        return b"".join(block.heights for block in self.blocks(chair))

    def bytes_a_second(self, seconds: float) -> float:
        """A viewer's share, the heads of websocket frames included."""
        return sum(len(frame) + 4 for at, frame in self.frames if at < seconds) / seconds


def test_a_block_is_sent_within_a_frame_with_its_chair_rate_and_heights(run: Run) -> None:
    async def story() -> None:
        room = Room(3)
        room.block(2, [0, 50, None, 100], 60.0)
        await asyncio.sleep(0.05)
        [(at, frame)] = room.frames
        assert at == pytest.approx(0.04)
        now, [block] = unpack(frame)
        assert now == pytest.approx(1000.04)
        assert block == Block(2, 1, 60, bytes([MISSING, 0, 127, MISSING, 254]))  # a new curve joins nothing before

    run(story())


def test_all_chairs_share_a_frame_and_frames_are_40_ms_apart_at_least(run: Run) -> None:
    async def story() -> None:
        room = Room(16)
        await room.play(5, size=5)
        times = [at for at, _ in room.frames]
        assert min(b - a for a, b in pairwise(times)) > 0.0399
        assert max(len(unpack(frame)[1]) for _, frame in room.frames) > 1

    run(story())


def test_nothing_new_sends_nothing(run: Run) -> None:
    async def story() -> None:
        room = Room(1)
        room.block(0, [1, 2])
        await asyncio.sleep(3600)
        assert len(room.frames) == 1

    run(story())


def test_while_nobody_looks_nothing_is_kept(run: Run) -> None:
    async def story() -> None:
        room = Room(1)
        room.wanted = False
        room.block(0, [1, 2])
        room.wanted = True
        await asyncio.sleep(1)
        assert room.frames == []

    run(story())


def test_only_a_pleth_with_samples_is_sent_and_only_of_the_device_whose_spo2_is_shown(run: Run) -> None:
    async def story() -> None:
        room = Room(2)
        room.block(0, [1, 2], signal="ecg_1")
        room.block(0, [1, 2], device="other")
        room.block(0, [])
        room.block(0, [1, 2], rate_hz=0.0)
        room.shown["1"] = None
        room.block(1, [1, 2])
        await asyncio.sleep(1)
        assert room.frames == []

    run(story())


def test_when_another_device_takes_over_its_curve_does_not_join_the_one_before(run: Run) -> None:
    async def story() -> None:
        room = Room(1)
        room.block(0, [0, 100])
        room.shown["0"] = "spare"
        room.block(0, [5, 5], device="spare")
        await asyncio.sleep(1)
        assert room.heights(0)[-3] == MISSING

    run(story())


@pytest.mark.parametrize(("rate_hz", "size"), [(75.0, 25), (75.0, 1), (60.0, 30), (100.0, 10)])
def test_64_chairs_stay_within_the_share_without_losing_a_sample(run: Run, rate_hz: float, size: int) -> None:
    async def story() -> None:
        room = Room(64)
        await room.play(10, rate_hz, size)
        assert 64 * rate_hz * 0.95 < room.bytes_a_second(10) <= BYTES_A_SECOND
        for chair in (0, 63):
            assert {block.rate_hz for block in room.blocks(chair)} == {rate_hz}
            assert len(room.heights(chair)) == 1 + round(10 * rate_hz)

    run(story())


@pytest.mark.parametrize(
    ("chairs", "rate_hz", "speed"), [(64, 125.0, 1.0), (64, 255.0, 1.0), (200, 75.0, 1.0), (16, 75.0, 10.0)]
)
def test_more_is_thinned_to_the_share_and_says_so_in_its_rate(
    run: Run, chairs: int, rate_hz: float, speed: float
) -> None:
    async def story() -> None:
        room = Room(chairs, speed)
        await room.play(10, rate_hz)
        late = [(at, frame) for at, frame in room.frames if 3 <= at < 10]
        share = sum(len(frame) + 4 for _, frame in late) / 7
        assert BYTES_A_SECOND / 3 < share <= BYTES_A_SECOND
        last = room.blocks(0)[-1]
        assert last.rate_hz < rate_hz
        thinned = sum(len(block.heights) for _, f in late for block in unpack(f)[1] if block.chair == 0)
        assert thinned == pytest.approx(7 * speed * last.rate_hz, rel=0.15)

    run(story())


def test_a_thinned_gap_is_still_a_gap(run: Run) -> None:
    async def story() -> None:
        room = Room(1)
        room.block(0, [1.0] * 20 + [None] + [1.0] * 20, 4 * MAX_HZ)
        await asyncio.sleep(1)
        heights = room.heights(0)
        assert len(heights) == 1 + 10
        assert heights.count(MISSING) == 2

    run(story())


def test_what_a_device_pours_out_at_once_is_bounded_and_the_newest_is_kept(run: Run) -> None:
    async def story() -> None:
        room = Room(1)
        room.block(0, [float(i) for i in range(100_000)])
        await asyncio.sleep(1)
        heights = room.heights(0)
        assert len(heights) <= 2 * MAX_HZ
        assert (heights[0], heights[-1]) == (MISSING, 254)

    run(story())


def test_after_another_snapshot_chairs_have_their_new_numbers_and_nothing_old_is_sent(run: Run) -> None:
    async def story() -> None:
        room = Room(3)
        room.block(2, [1, 2])
        room.waves.renew(["2", "0"])
        await asyncio.sleep(1)
        assert room.frames == []
        room.block(2, [1, 2])
        room.block(1, [1, 2])  # it was taken out
        await asyncio.sleep(1)
        assert [block.chair for _, frame in room.frames for block in unpack(frame)[1]] == [0]

    run(story())
