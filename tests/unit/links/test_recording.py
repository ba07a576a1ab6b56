"""Writing down what a link does."""

from __future__ import annotations

import asyncio
import stat
import threading
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.patience import PATIENCE_S
from vitalwatch.driver import Message
from vitalwatch.links import Links, recording, vwlog
from vitalwatch.links.vwlog import Data, Delivered, Lost, Missed, Opened, Record, Sent, Start

pytestmark = pytest.mark.asyncio


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "FLUSH_S", 0.0)


def links(base: Path, clock: Any) -> Links:
    return Links(clock, base, Random(1), sleep=clock.sleep)


def records(file: Path) -> list[Record | None]:
    return [vwlog.decode(line) for line in file.read_bytes().splitlines()]


async def until(true: Callable[[], bool]) -> None:
    """Let others run until something has come true."""
    async with asyncio.timeout(PATIENCE_S):
        while not true():  # noqa: ASYNC110 - what is waited for happens in the writing thread
            await asyncio.sleep(0.001)


async def test_everything_is_written_down_with_its_moment(tmp_path: Path, clock: Any, sink: Any, running: Any) -> None:
    made = links(tmp_path, clock)
    loop = made.loop("a")
    link = made.open("loop://a?record=night.vwlog", device="ox-1", driver="nellcor")
    link.send(b"nobody listens")
    async with running(link, sink):
        await sink.expect("opened")
        loop.feed(b"\x00\xff")
        link.send(b"poll")
        clock._now += 1.5
        loop.feed(Message(b"97", "ward/1", retained=True))
        loop.cut()
        lost = await sink.expect("received"), await sink.expect("received"), await sink.expect("lost")
    started = "2024-01-01T00:00:00+00:00"
    assert records(tmp_path / "night.vwlog") == [
        Start(1, started, "loop://a?record=night.vwlog", "ox-1", "nellcor"),
        Opened(0.0),
        Data(0.0, b"\x00\xff"),
        Sent(0.0, b"poll"),
        Delivered(1.5, b"97", "ward/1", retained=True),
        Lost(1.5, lost[2].reason),
    ]
    assert stat.S_IMODE((tmp_path / "night.vwlog").stat().st_mode) == 0o600
    assert (made.recordings[0].missed, made.recordings[0].fault) == (0, "")


async def test_what_is_recorded_can_be_replayed(tmp_path: Path, clock: Any, sink: Any, running: Any) -> None:
    made = links(tmp_path, clock)
    async with running(made.open("loop://a?record=night.vwlog"), sink):
        await sink.expect("opened")
        for payload in (b"1", b"2"):
            made.loop("a").feed(Message(payload, "ward/1"))
            await sink.expect("received")
    async with running(made.open("replay:night.vwlog"), sink):
        await sink.expect("opened")
        assert await sink.expect("received") == Message(b"1", "ward/1")
        assert await sink.expect("received") == Message(b"2", "ward/1")


async def test_a_recording_is_added_to_and_a_line_cut_off_is_kept_apart(
    tmp_path: Path, clock: Any, sink: Any, running: Any
) -> None:
    made = links(tmp_path, clock)
    for _ in range(2):
        async with running(made.open("loop://a?record=night.vwlog"), sink):
            await sink.expect("opened")
        with (tmp_path / "night.vwlog").open("ab") as file:
            file.write(b'{"kind":"da')
    assert [type(record) for record in records(tmp_path / "night.vwlog")] == [Start, Opened, type(None)] * 2


async def test_a_file_that_is_no_recording_is_left_alone_and_the_link_works(
    tmp_path: Path, clock: Any, sink: Any, running: Any
) -> None:
    (tmp_path / "night.vwlog").write_bytes(b"precious\n")
    made = links(tmp_path, clock)
    async with running(made.open("loop://a?record=night.vwlog"), sink):
        await sink.expect("opened")
        await until(lambda: bool(made.recordings[0].fault))
        made.loop("a").feed(b"1")
        assert await sink.expect("received") == b"1"
    assert "no recording" in made.recordings[0].fault
    assert made.recordings[0].missed >= 2
    assert (tmp_path / "night.vwlog").read_bytes() == b"precious\n"


async def test_a_folder_that_is_not_there_ends_the_recording_and_not_the_link(
    tmp_path: Path, clock: Any, sink: Any, running: Any
) -> None:
    made = links(tmp_path, clock)
    async with running(made.open("loop://a?record=no/folder.vwlog"), sink):
        await sink.expect("opened")
        await until(lambda: bool(made.recordings[0].fault))
        made.loop("a").feed(b"1")
        await sink.expect("received")
    assert str(tmp_path / "no/folder.vwlog") in made.recordings[0].fault


async def test_a_recording_does_not_grow_past_its_limit(
    tmp_path: Path, clock: Any, sink: Any, running: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "LARGEST_RECORDING", 1000)
    made = links(tmp_path, clock)
    async with running(made.open("loop://a?record=night.vwlog"), sink):
        await sink.expect("opened")
        made.loop("a").feed(bytes(2000))
        await sink.expect("received")
        await until(lambda: bool(made.recordings[0].fault))
    assert (tmp_path / "night.vwlog").stat().st_size <= 1000


class SlowDisk:
    """Holds every write up until it is let go."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.go = threading.Event()
        self.busy = threading.Event()
        real = recording._File.write

        def write(file: Any, notes: Any, close: bool) -> None:
            self.busy.set()
            assert self.go.wait(2)
            real(file, notes, close)

        monkeypatch.setattr(recording._File, "write", write)


async def test_a_slow_disk_never_holds_up_the_link_and_what_is_missing_is_counted_in_its_place(
    tmp_path: Path, clock: Any, sink: Any, running: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "NOTED_BYTES", 3 * 1000)
    disk = SlowDisk(monkeypatch)
    made = links(tmp_path, clock)
    async with running(made.open("loop://a?record=night.vwlog"), sink):
        await sink.expect("opened")
        await until(disk.busy.is_set)
        for number in range(10):
            made.loop("a").feed(bytes([number]) * 600)
            await sink.expect("received")
        assert made.recordings[0].missed == 7
        disk.go.set()
        await until(lambda: made.recordings[0]._noted_bytes == 0)
        made.loop("a").feed(b"after")
        await sink.expect("received")
    written = records(tmp_path / "night.vwlog")
    assert [record.data[:1] for record in written if isinstance(record, Data)] == [b"\x00", b"\x01", b"\x02", b"a"]
    assert written[-2] == Missed(0.0, 7)


async def test_what_is_missing_at_the_end_is_counted_too(
    tmp_path: Path, clock: Any, sink: Any, running: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "NOTED_BYTES", 1000)
    made = links(tmp_path, clock)
    async with running(made.open("loop://a?record=night.vwlog"), sink):
        await sink.expect("opened")
        made.loop("a").feed(bytes(2000))
        await sink.expect("received")
    assert records(tmp_path / "night.vwlog")[-1] == Missed(0.0, 1)


async def test_a_disk_that_hangs_does_not_hold_up_the_end_for_long(
    tmp_path: Path, clock: Any, sink: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "LAST_WRITE_S", 0.02)
    disk = SlowDisk(monkeypatch)
    made = links(tmp_path, clock)
    task = asyncio.create_task(made.open("loop://a?record=night.vwlog").run(sink))
    await sink.expect("opened")
    await until(disk.busy.is_set)
    task.cancel()
    async with asyncio.timeout(PATIENCE_S):
        await asyncio.wait({task})
    assert "in time" in made.recordings[0].fault
    disk.go.set()
    made._writer.shutdown()


class Redactor:
    """Replaces names between < and >, wherever the stream is cut."""

    def __init__(self) -> None:
        self._kept = b""

    def __call__(self, data: bytes) -> bytes:
        self._kept += data
        if data and self._kept.count(b"<") > self._kept.count(b">"):
            return b""
        whole, self._kept = self._kept, b""
        before, opening, rest = whole.partition(b"<")
        return before + b"<***>" + rest.partition(b">")[2] if opening else whole


async def test_names_are_taken_out_wherever_they_are_cut(tmp_path: Path, clock: Any, sink: Any, running: Any) -> None:
    made = links(tmp_path, clock)
    link = made.open("loop://a?record=night.vwlog", redact=Redactor())
    async with running(link, sink):
        await sink.expect("opened")
        for data in (b"a<Smi", b"th>b", Message(b"c<Jones>d", "ward/1"), b"e<Mil"):
            made.loop("a").feed(data)
            assert await sink.expect("received") == data  # the service itself sees everything
        made.loop("a").cut()
        await sink.expect("lost")
    content = (tmp_path / "night.vwlog").read_bytes()
    payloads = [record.data for record in records(tmp_path / "night.vwlog") if isinstance(record, (Data, Delivered))]
    assert payloads == [b"a<***>b", b"c<***>d", b"e<***>"]
    assert b"Smi" not in content


async def test_what_the_redactor_keeps_is_written_at_the_end(
    tmp_path: Path, clock: Any, sink: Any, running: Any
) -> None:
    made = links(tmp_path, clock)
    async with running(made.open("loop://a?record=night.vwlog", redact=Redactor()), sink):
        await sink.expect("opened")
        made.loop("a").feed(b"e<Mil")
        await sink.expect("received")
    assert records(tmp_path / "night.vwlog")[-1] == Data(0.0, b"e<***>")


async def test_a_redactor_that_fails_ends_the_recording_and_nothing_is_written_unredacted(
    tmp_path: Path, clock: Any, sink: Any, running: Any
) -> None:
    def fails(_: bytes) -> bytes:
        raise ZeroDivisionError

    made = links(tmp_path, clock)
    async with running(made.open("loop://a?record=night.vwlog", redact=fails), sink):
        await sink.expect("opened")
        made.loop("a").feed(b"Smith")
        await sink.expect("received")
        await until(lambda: bool(made.recordings[0].fault))
    assert "ZeroDivisionError" in made.recordings[0].fault
    assert not any(isinstance(record, Data) for record in records(tmp_path / "night.vwlog"))


async def test_a_bug_in_the_sink_still_comes_out_of_run(tmp_path: Path, clock: Any, sink: Any) -> None:
    def bug() -> None:
        raise ZeroDivisionError

    sink.opened = bug
    with pytest.raises(ZeroDivisionError):
        await links(tmp_path, clock).open("loop://a?record=night.vwlog").run(sink)
    assert records(tmp_path / "night.vwlog")[-1] == Opened(0.0)


async def test_the_ignored_messages_of_the_link_are_still_counted(tmp_path: Path, clock: Any) -> None:
    assert links(tmp_path, clock).open("loop://a?record=night.vwlog").ignored == 0
