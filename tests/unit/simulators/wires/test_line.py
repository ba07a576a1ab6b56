"""The speed of a serial line, and what becomes of too much."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.patience import PATIENCE_S
from vitalwatch.clock import SystemClock
from vitalwatch.driver import LineSettings
from vitalwatch_simulators.links import PtyLink
from vitalwatch_simulators.wires.line import UNSENT_BYTES, Line, seconds_a_byte
from vitalwatch_simulators.wires.timeline import Timeline

LINK = PtyLink(Path("/tmp/port"))


@pytest.mark.parametrize(
    ("settings", "bits"),
    [
        (LineSettings(9600), 10),
        (LineSettings(9600, parity="E"), 11),
        (LineSettings(9600, bits=7, parity="O", stop=2), 11),
        (LineSettings(9600, bits=7), 9),
    ],
)
def test_a_byte_takes_its_bits_with_start_parity_and_stop(settings: LineSettings, bits: int) -> None:
    assert seconds_a_byte(settings) == pytest.approx(bits / 9600)


class Wire:
    """Takes chunks and notes when they came."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._came: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

    def put(self, chunk: bytes) -> None:
        self._came.put_nowait((self._timeline.now(), chunk))

    async def chunks(self, size: int) -> list[tuple[float, bytes]]:
        """Wait until so many bytes came."""
        came: list[tuple[float, bytes]] = []
        async with asyncio.timeout(PATIENCE_S):
            while sum(len(chunk) for _, chunk in came) < size:
                came.append(await self._came.get())
        return came


@pytest.mark.asyncio
async def test_bytes_go_out_in_order_each_when_its_time_is_over() -> None:
    timeline = Timeline(SystemClock(1000.0))
    wire = Wire(timeline)
    line = Line(LINK, 0.5, timeline, wire.put)
    task = asyncio.create_task(line.run())
    timeline.begin()
    line.write(bytes(range(30)))
    line.write(bytes(range(30, 40)))
    came = await wire.chunks(40)
    task.cancel()
    assert b"".join(chunk for _, chunk in came) == bytes(range(40))
    gone = 0
    for t, chunk in came:
        gone += len(chunk)
        assert t >= gone * 0.5


@pytest.mark.asyncio
async def test_more_than_the_line_carries_is_lost_in_whole_messages_and_said_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    timeline = Timeline(SystemClock(1000.0))
    wire = Wire(timeline)
    line = Line(LINK, 0.001, timeline, wire.put)
    message = bytes(range(250)) * 4
    for _ in range(100):
        line.write(message)
    task = asyncio.create_task(line.run())
    timeline.begin()
    kept = UNSENT_BYTES // len(message) + 1
    came = await wire.chunks(kept * len(message))
    line.write(b"later")
    came += await wire.chunks(5)
    task.cancel()
    assert b"".join(chunk for _, chunk in came) == message * kept + b"later"
    assert capsys.readouterr().err.count("too slow") == 1
