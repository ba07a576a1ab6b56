"""A recording of a link played on a clock driven by hand."""

from __future__ import annotations

import asyncio
from pathlib import Path
from random import Random
from typing import Any

import pytest

from vitalwatch.driver import Message
from vitalwatch.links import END_OF_RECORDING, Link, Links, vwlog, vwlog_replay
from vitalwatch.links.vwlog import Data, Delivered, Lost, Missed, Opened, Record, Sent

pytestmark = pytest.mark.asyncio

START = vwlog.Start(1, "2024-05-01T10:00:00+00:00", "serial:///dev/ttyUSB0")


def written(base: Path, *records: Record, start: Record | None = START) -> Path:
    file = base / "night.vwlog"
    file.write_bytes(b"".join(vwlog.encode(record) for record in ((start, *records) if start else records)))
    return file


def link(base: Path, clock: Any) -> Link:
    return Links(clock, base, Random(1), sleep=clock.sleep).open("replay:night.vwlog")


async def play(clock: Any, sink: Any, played: Link) -> list[tuple[str, Any, float]]:
    """Everything that is told, with the seconds since the start."""
    began = clock.now()
    task = asyncio.create_task(played.run(sink))
    told = []
    while True:
        while sink.quiet and not task.done():
            pause = asyncio.create_task(clock.pause())
            heard = asyncio.create_task(sink._told.get())
            done, _ = await asyncio.wait({pause, heard, task}, return_when=asyncio.FIRST_COMPLETED)
            if heard in done:
                told.append(heard.result())
            pause.cancel()
            heard.cancel()
            await asyncio.wait({pause, heard})
        while not sink.quiet:
            told.append(sink._told.get_nowait())
        if task.done():
            await task
            return [(kind, getattr(what, "reason", what), round(at - began, 6)) for kind, what, at in told]


async def test_openings_bytes_losses_and_gaps_come_at_their_moments(tmp_path: Path, clock: Any, sink: Any) -> None:
    written(
        tmp_path,
        Opened(0.25),
        Sent(0.3, b"poll"),
        Data(1.0, b"one"),
        Lost(2.0, "unplugged", transient=True),
        Lost(2.5, "no such port", transient=False),
        Missed(2.6, 7),
        Opened(600.0),
        Data(600.125, b"two"),
    )
    assert await play(clock, sink, link(tmp_path, clock)) == [
        ("opened", None, 0.25),
        ("received", b"one", 1.0),
        ("lost", "unplugged", 2.0),
        ("lost", "no such port", 2.5),
        ("opened", None, 600.0),
        ("received", b"two", 600.125),
        ("lost", END_OF_RECORDING, 600.125),
    ]


async def test_messages_come_with_topic_and_mark(tmp_path: Path, clock: Any, sink: Any) -> None:
    written(tmp_path, Opened(0), Delivered(0, b"97", "ward/1", retained=True), Delivered(1, b"98", "ward/1"))
    told = await play(clock, sink, link(tmp_path, clock))
    assert told[1:3] == [
        ("received", Message(b"97", "ward/1", retained=True), 0),
        ("received", Message(b"98", "ward/1"), 1),
    ]


async def test_a_restart_of_the_service_is_a_loss_of_one_second(tmp_path: Path, clock: Any, sink: Any) -> None:
    written(tmp_path, Opened(0), Data(5, b"1"), START, Opened(0.5), Data(2, b"2"))
    assert [(kind, at) for kind, _, at in await play(clock, sink, link(tmp_path, clock))] == [
        *(("opened", 0), ("received", 5), ("lost", 5)),
        *(("opened", 6.5), ("received", 8), ("lost", 8)),
    ]


async def test_a_line_cut_off_by_a_crash_is_passed_over(tmp_path: Path, clock: Any, sink: Any) -> None:
    file = written(tmp_path, Opened(0), Data(1, b"1"))
    with file.open("ab") as more:
        more.write(b'{"kind":"data","t":1.5,"da\n' + vwlog.encode(Data(2, b"2")) + b'{"kind":')
    assert [what for kind, what, _ in await play(clock, sink, link(tmp_path, clock)) if kind == "received"] == [
        b"1",
        b"2",
    ]


async def test_times_that_go_back_are_held_and_a_missing_opening_is_made_up(
    tmp_path: Path, clock: Any, sink: Any
) -> None:
    written(tmp_path, Data(3, b"1"), Data(1, b"2"))
    assert await play(clock, sink, link(tmp_path, clock)) == [
        ("opened", None, 3),
        ("received", b"1", 3),
        ("received", b"2", 3),
        ("lost", END_OF_RECORDING, 3),
    ]


async def test_a_file_larger_than_what_is_read_at_once_comes_whole(
    tmp_path: Path, clock: Any, sink: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vwlog_replay, "_READ_AT_ONCE", 100)
    pieces = [b"%d" % number for number in range(50)]
    written(tmp_path, Opened(0), *(Data(0, piece) for piece in pieces))
    told = await play(clock, sink, link(tmp_path, clock))
    assert [what for kind, what, _ in told if kind == "received"] == pieces


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "empty"),
        (b"29-Dec-17 07:00:00 a\n", "does not begin"),
        (vwlog.encode(Opened(0)), "does not begin"),
        (b'{"kind":"start","vwlog":2,"started":"","link":""}\n', "newer"),
        (b"x" * (vwlog.LONGEST_LINE + 10), "does not begin"),
    ],
)
async def test_what_is_no_recording_is_told(
    tmp_path: Path, clock: Any, sink: Any, running: Any, content: bytes, word: str
) -> None:
    (tmp_path / "night.vwlog").write_bytes(content)
    async with running(link(tmp_path, clock), sink):
        lost = await sink.expect("lost")
    assert word in lost.reason
    assert not lost.transient


async def test_a_recording_that_is_put_there_later_is_played(
    tmp_path: Path, clock: Any, sink: Any, running: Any
) -> None:
    async with running(link(tmp_path, clock), sink):
        assert "no file" in (await sink.expect("lost")).reason
        written(tmp_path, Opened(0), Data(0, b"1"))
        assert await clock.pause() > 1
        await sink.expect("opened")
        assert await sink.expect("received") == b"1"


async def test_sending_to_a_recording_does_nothing(tmp_path: Path, clock: Any) -> None:
    link(tmp_path, clock).send(b"poll")
