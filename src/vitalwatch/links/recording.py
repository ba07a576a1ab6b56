"""``record=FILE.vwlog``: writing down what a link does, without ever holding it up.

Theory of operation. A ``RecordedLink`` stands around a link of any kind, and between it and its sink. What happens is
noted in memory on the event loop; a task hands the notes, batch by batch, to one thread that writes for all recordings.
A disk that is too slow lets the notes pile up to a limit; from then on records are left out and counted, and the count
is written into the file at the place where they are missing. A disk that refuses ends the recording and nothing else.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import Executor
from pathlib import Path
from typing import Final, TypeAlias

import structlog

from vitalwatch.clock import Clock
from vitalwatch.driver import Message, Received
from vitalwatch.errors import LinkError
from vitalwatch.link_url import LinkUrl
from vitalwatch.links import vwlog
from vitalwatch.links.base import Link, LinkSink

Redact: TypeAlias = Callable[[bytes], bytes]
"""Takes names out of what a device sent. What names look like is known to the driver, not to the link.

It is called with each chunk of a stream in order, in the thread that writes. A name may be cut anywhere, so it may keep
bytes back and give them with a later chunk. After a whole message, and when the link is lost, it is called with no
bytes and gives what it still keeps. If it raises, the recording ends: nothing is written unredacted.
"""

FLUSH_S: Final = 0.25
"""Notes are gathered for so long before they are written, real seconds: what a crash can cost."""

NOTED_BYTES: Final = 4 * 1024 * 1024
"""Notes that wait for a slow disk, bytes of a recording; as many again may be on their way to it."""

LARGEST_RECORDING: Final = 1024 * 1024 * 1024
"""Bytes of a file; a recording is a thing for hours, and must not fill the disk that the journal needs."""

LAST_WRITE_S: Final = 2.0
"""How long the end of a link waits for its last notes to be written, real seconds."""

_NOTE_COSTS: Final = 200  # bytes, about, beside the payload

_log = structlog.get_logger(__name__)


class Recording:
    """The recording of one link.

    Args:
        file: where to write; added to when it is a recording already.
        start: makes the start line.
        clock: the service's clock.
        writer: runs the writing, one thing after the other.
        redact: takes names out of what the device sent.

    Attributes:
        file: where to write.
        missed: records that are not in the file, since the link was made; only grows.
        fault: why nothing is written any more; empty while all is well.
    """

    def __init__(
        self, file: Path, start: Callable[[], vwlog.Start], clock: Clock, writer: Executor, redact: Redact | None
    ) -> None:
        self.file = file
        self.missed = 0
        self.fault = ""
        self._start = start
        self._clock = clock
        self._executor = writer
        self._redact = redact
        self._origin = 0.0
        self._notes: list[vwlog.Record] = []
        self._noted_bytes = 0
        self._gap = 0
        self._open = False
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._written = _File(file, redact)

    def begin(self) -> None:
        """Begin a recording, with a start line of its own."""
        self._origin = self._clock.now()
        self.fault = ""
        self._add(self._start(), 0)
        self._task = asyncio.create_task(self._write_on(), name=f"recording {self.file}")

    def opened(self) -> None:
        """Note an opening."""
        self._open = True
        self._note(vwlog.Opened(self._now()))

    def received(self, data: Received) -> None:
        """Note what came."""
        if isinstance(data, Message):
            event = vwlog.Delivered(self._now(), data.payload, data.topic, data.retained)
            self._note(event, len(data.payload))
        else:
            self._note(vwlog.Data(self._now(), data), len(data))

    def lost(self, error: LinkError) -> None:
        """Note a loss."""
        self._open = False
        self._note(vwlog.Lost(self._now(), error.reason, error.transient))

    def sent(self, data: bytes) -> None:
        """Note what was written to the device; a link that is not open writes nothing."""
        if self._open:
            self._note(vwlog.Sent(self._now(), data), len(data))

    async def end(self) -> None:
        """Write what is noted and close the file; gives up on a disk that hangs."""
        if self._task is None:
            return
        self._task.cancel()
        await asyncio.wait({self._task})
        self._task = None
        self._open = False
        if self.fault:
            return
        if self._gap:
            self._add(vwlog.Missed(self._now(), self._gap), 0)
            self._gap = 0
        try:
            async with asyncio.timeout(LAST_WRITE_S):
                await self._flush(close=True)
        except TimeoutError:
            self._failed(f"The last records of {self.file} could not be written in time. Check the disk.")

    def _now(self) -> float:
        """Seconds since the start line."""
        return round(self._clock.now() - self._origin, 6)

    def _note(self, event: vwlog.Event, payload: int = 0) -> None:
        """Note something down; never waits."""
        size = _NOTE_COSTS + payload
        if self.fault or self._noted_bytes + size > NOTED_BYTES:
            if self._gap == 0 and not self.fault:
                _log.warning("recording is behind, records are left out", file=str(self.file))
            self.missed += 1
            self._gap += 1
            return
        if self._gap:
            self._add(vwlog.Missed(event.t, self._gap), _NOTE_COSTS)
            self._gap = 0
        self._add(event, size)

    def _add(self, record: vwlog.Record, size: int) -> None:
        self._notes.append(record)
        self._noted_bytes += size
        self._changed.set()

    async def _write_on(self) -> None:
        while not self.fault:
            await self._changed.wait()
            await asyncio.sleep(FLUSH_S)
            self._changed.clear()
            await self._flush()

    async def _flush(self, *, close: bool = False) -> None:
        notes, self._notes, self._noted_bytes = self._notes, [], 0
        writing = asyncio.get_running_loop().run_in_executor(self._executor, self._written.write, notes, close)
        try:
            await asyncio.shield(writing)  # else a cancelled link would take its notes out of the writer's hands
        except asyncio.CancelledError:
            writing.add_done_callback(self._look_at)
            raise
        except Exception as error:  # noqa: BLE001 - a disk or a redactor that fails ends the recording, not the link
            self.missed += len(notes)
            self._failed(_explain(error, self.file))

    def _look_at(self, writing: asyncio.Future[None]) -> None:
        if not writing.cancelled() and (error := writing.exception()) is not None:
            self._failed(_explain(error, self.file))

    def _failed(self, reason: str) -> None:
        self.missed += len(self._notes)
        self._notes, self._noted_bytes = [], 0
        if not self.fault:
            self.fault = reason
            _log.error("recording ended", reason=reason, file=str(self.file))


class _File:
    """The file of a recording, used by the writing thread only."""

    def __init__(self, file: Path, redact: Redact | None) -> None:
        self._file = file
        self._redact = redact
        self._descriptor = -1
        self._size = 0
        self._last_s = 0.0

    def write(self, records: list[vwlog.Record], close: bool) -> None:
        """Add records to the file.

        Raises:
            OSError: if the disk refuses.
            _UnfitError: if the file is none that may be added to.
        """
        try:
            if self._descriptor < 0:
                self._open()
            self._append(b"".join(self._line(record) for record in records))
            if close and self._redact is not None and (kept := self._redact(b"")):
                self._append(vwlog.encode(vwlog.Data(self._last_s, kept)))
        except BaseException:
            close = True
            raise
        finally:
            if close and self._descriptor >= 0:
                os.close(self._descriptor)
                self._descriptor = -1

    def _append(self, lines: bytes) -> None:
        if self._size + len(lines) > LARGEST_RECORDING:
            raise _UnfitError(f"{self._file} has reached {LARGEST_RECORDING // 1024**2} MiB. Name another file.")
        self._size += len(lines)
        rest = memoryview(lines)
        while rest:
            rest = rest[os.write(self._descriptor, rest) :]

    def _open(self) -> None:
        # What devices send is about patients: nobody but the service may read it.
        descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            self._size = os.fstat(descriptor).st_size
            first = os.pread(descriptor, 4096, 0).partition(b"\n")[0]
            if first and not isinstance(vwlog.decode(first), vwlog.Start):
                raise _UnfitError(f"{self._file} is there already and is no recording. Name another file.")
            if self._size and os.pread(descriptor, 1, self._size - 1) != b"\n":
                os.write(descriptor, b"\n")  # the last line was cut off by a crash: keep it apart
        except BaseException:
            os.close(descriptor)
            raise
        self._descriptor = descriptor

    def _line(self, record: vwlog.Record) -> bytes:
        if self._redact is None or isinstance(record, vwlog.Start):
            return vwlog.encode(record)
        self._last_s = record.t
        if isinstance(record, vwlog.Data):
            data = self._redact(record.data)
            return vwlog.encode(vwlog.Data(record.t, data)) if data else b""
        if isinstance(record, vwlog.Delivered):
            data = self._redact(record.data) + self._redact(b"")
            return vwlog.encode(vwlog.Delivered(record.t, data, record.topic, record.retained))
        if isinstance(record, vwlog.Lost) and (data := self._redact(b"")):
            return vwlog.encode(vwlog.Data(record.t, data)) + vwlog.encode(record)
        return vwlog.encode(record)


class RecordedLink:
    """A link whose doings are written down.

    Args:
        link: the link itself.
        recording: where.
    """

    def __init__(self, link: Link, recording: Recording) -> None:
        self.url: LinkUrl = link.url
        self.recording = recording
        self._link = link

    @property
    def ignored(self) -> int:
        """Messages that the link did not hand on, since it was made."""
        return self._link.ignored

    async def run(self, sink: LinkSink) -> None:
        """Run the link, and note what it tells before its sink is told."""
        self.recording.begin()
        try:
            await self._link.run(_Tee(sink, self.recording))
        finally:
            await self.recording.end()

    def send(self, data: bytes) -> None:
        """Write bytes to the device; does nothing while the link is not open."""
        self.recording.sent(data)
        self._link.send(data)


class _Tee:
    """Tells two sinks: first the one that takes notes."""

    def __init__(self, sink: LinkSink, notes: LinkSink) -> None:
        self._sink = sink
        self._notes = notes

    def opened(self) -> None:
        self._notes.opened()
        self._sink.opened()

    def received(self, data: Received) -> None:
        self._notes.received(data)
        self._sink.received(data)

    def lost(self, error: LinkError) -> None:
        self._notes.lost(error)
        self._sink.lost(error)


class _UnfitError(Exception):
    """The file cannot be added to; the text says why and what to do."""


def _explain(error: BaseException, file: Path) -> str:
    if isinstance(error, _UnfitError):
        return str(error)
    if isinstance(error, OSError):
        return f"{file} cannot be written: {error.strerror}. Check the disk and the folder's permissions."
    return f"Taking names out failed: {type(error).__name__}. Nothing is written without it."
