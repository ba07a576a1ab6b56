"""Where rows wait for the database: in memory for a moment; in a file while the database takes none.

Both are bounded. Entries (alarms, people's acts) are never given up for lack of room; everything else is, and of
observations it is counted how many. The file outlives the service: the next start keeps what it holds.

Rows that wait have no numbers yet. Before the first ones are written, the spool is told how the record will end when
they are in it (:meth:`Spool.intend`), and notes that in the file too. If the connection or the whole service breaks in
that very moment, the record's end tells afterwards whether they are in it (:meth:`Spool.settle`): none is kept twice.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections import deque
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
import structlog

from vitalwatch.journal.record import Block, Entry, Lost, Row

MEMORY: Final = 16 * 1024 * 1024
"""Bytes of rows that wait in memory when the file cannot be used."""

FILE: Final = 1024 * 1024 * 1024
"""Bytes of rows that wait in the file."""

CHUNK: Final = 1024 * 1024
"""Bytes that go to the file at a time: a try that fails must not cost much."""

_HEAD: Final = struct.Struct("<8sqqq32s")  # what it is; where waiting rows begin; the intent: up to where, seq, hash
_MAGIC: Final = b"vwspool2"
_FRAME: Final = struct.Struct("<II")  # bytes of the row, and their CRC-32: a power cut may leave half of one

_encode = msgspec.msgpack.Encoder().encode
_decode: msgspec.msgpack.Decoder[Row] = msgspec.msgpack.Decoder(Row)
_log = structlog.get_logger("record")


class _Intent(NamedTuple):
    """How the record ends once the rows that are about to be written are in it."""

    seq: int
    hash: bytes


class Spool:
    """Rows that wait, first in, first out. Used by one thread.

    Args:
        path: of the file.
        memory: bound of what waits in memory, bytes.
        file: bound of the file, bytes.

    Attributes:
        lost: observations that were given up; the caller takes it and sets it back to ``None``.
        broken: why the file cannot be used, in plain words; empty while it can.
        found: what was wrong with the file that a run before has left, in plain words; empty if nothing was.
    """

    def __init__(self, path: Path, memory: int = MEMORY, file: int = FILE) -> None:
        self.path = path
        self.lost: Lost | None = None
        self.broken = ""
        self.found = ""
        self._memory_bound = memory
        self._file_bound = file
        self._memory: deque[Row] = deque()
        self._in_memory = 0
        self._file: int | None = None
        self._read_at = self._written_to = _HEAD.size
        self._head: list[int] = []  # where each of the rows that head() gave ends: in the file, or 0 for memory
        self._intent: _Intent | None = None
        self._intended = 0  # so many rows in memory are about to be written
        self._until = 0  # up to here those in the file are
        try:
            if path.exists():
                self._survey()
        except OSError as error:
            self._break(error)

    def __bool__(self) -> bool:
        """Whether anything waits."""
        return bool(self._memory) or self._filed

    @property
    def waiting(self) -> int:
        """Bytes that wait, about."""
        return self._in_memory + self._written_to - self._read_at

    @property
    def _filed(self) -> bool:
        return self._read_at < self._written_to

    # --- in and out ---------------------------------------------------------------------------------------------

    def put(self, rows: Sequence[Row], *, reachable: bool) -> None:
        """Let rows wait; in memory only while the database is ``reachable``."""
        self._memory.extend(rows)
        self._in_memory += sum(map(_weight, rows))
        if not reachable:
            self._to_file()

    def head(self, most: int) -> list[Row]:
        """The rows that have waited longest, at most so many, without taking them out."""
        if self._filed:
            try:
                rows = self._from_file(most)
            except (OSError, msgspec.MsgspecError) as error:
                self._abandon(error)
            else:
                return rows
        rows = list(islice(self._memory, most))
        self._head = [0] * len(rows)
        return rows

    def intend(self, seq: int, hash_: bytes) -> None:
        """Note that the rows that :meth:`head` gave are about to be written, and how the record will end then."""
        self._intent = _Intent(seq, hash_)
        if self._head and self._head[-1]:
            self._until = self._head[-1]
            self._save_head()
        else:
            self._intended = len(self._head)

    def done(self) -> None:
        """Take out the rows that were about to be written: they are kept."""
        for _ in range(self._intended):
            self._in_memory -= _weight(self._memory.popleft())
        if self._until:
            self._read_at = min(self._until, self._written_to)
        self._forget_intent()
        if self._file is not None and not self._filed:
            self._drop_file()

    def settle(self, seq: int, hash_: bytes) -> bool:
        """See by the record's end whether rows were kept without our hearing of it, and take them out if so."""
        kept = self._intent == (seq, hash_)
        if kept:
            self.done()
        self._forget_intent()
        return kept

    def close(self) -> None:
        """Put what still waits into the file, for the next start."""
        self._to_file()
        if self._memory:
            _log.error("rows could not wait for the next start", rows=len(self._memory), reason=self.broken)
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _forget_intent(self) -> None:
        self._intent, self._intended, self._until, self._head = None, 0, 0, []

    # --- memory to file -----------------------------------------------------------------------------------------

    def _to_file(self) -> None:
        """Move everything from memory to the end of the file; without room, give up what is no entry."""
        while self._memory:
            rows, frames = self._next_chunk()
            try:
                self._append(frames)
            except OSError as error:
                self._break(error)
                self._thin_memory()
                return
            for row, frame in zip(rows, frames, strict=True):
                self._in_memory -= _weight(self._memory.popleft())
                if not frame:
                    self._give_up([row], "there was no room left to let it wait")
            self._intended = 0
            self.broken = ""

    def _next_chunk(self) -> tuple[list[Row], list[bytes]]:
        """The next rows from memory, and what each is in the file: nothing for those that find no room."""
        rows: list[Row] = []
        frames: list[bytes] = []
        size = 0
        for row in self._memory:
            if size >= CHUNK and len(rows) >= self._intended:
                break
            data = _encode(row)
            frame = _FRAME.pack(len(data), zlib.crc32(data)) + data
            full = self._written_to + size + len(frame) > self._file_bound
            if full and not isinstance(row, Entry) and len(rows) >= self._intended:
                frame = b""
            rows.append(row)
            frames.append(frame)
            size += len(frame)
        return rows, frames

    def _append(self, frames: list[bytes]) -> None:
        if self._file is None:
            self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            self._save_head()
        if self._intended:
            # First, so that a crash in between never leaves rows of which nobody knows that they may be kept already.
            self._until = self._written_to + sum(map(len, frames[: self._intended]))
            self._save_head()
        data = b"".join(frames)
        _write(self._file, data, self._written_to)
        os.fsync(self._file)
        self._written_to += len(data)

    def _break(self, error: OSError) -> None:
        """The file fails: what it held whole stays in it, and memory goes on alone."""
        if not self.broken:
            _log.error("rows cannot wait in the file", path=str(self.path), error=str(error))
        self.broken = f"{self.path}: {error.strerror or error}"

    def _thin_memory(self) -> None:
        """The file cannot be used: what is no entry goes, oldest first, until memory is within its bound."""
        if self._in_memory <= self._memory_bound:
            return
        kept: deque[Row] = deque()
        given_up: list[Row] = []
        for place, row in enumerate(self._memory):
            if self._in_memory > self._memory_bound and not isinstance(row, Entry) and place >= self._intended:
                given_up.append(row)
                self._in_memory -= _weight(row)
            else:
                kept.append(row)
        self._memory = kept
        self._give_up(given_up, f"there was no place to let it wait ({self.broken})")

    def _give_up(self, rows: Iterable[Row], reason: str) -> None:
        for row in rows:
            if isinstance(row, Block):
                lost = self.lost or Lost(0, row.at, row.until, reason)
                self.lost = Lost(lost.items + row.items, min(lost.since, row.at), max(lost.until, row.until), reason)

    # --- from the file ------------------------------------------------------------------------------------------

    def _survey(self) -> None:
        """See what a run before has left. Its last row may be cut, if it broke off."""
        self._file = file = os.open(self.path, os.O_RDWR | os.O_CLOEXEC)
        end = os.fstat(file).st_size
        if end <= _HEAD.size:
            self._drop_file()
            return
        magic, at, until, seq, hash_ = _HEAD.unpack(os.pread(file, _HEAD.size, 0))
        if magic != _MAGIC or at < _HEAD.size:
            self._set_aside("is not what VitalWatch lets wait there")
            return
        self._read_at = at
        while at < end:
            row = _row_at(file, at)
            if row is None:
                _log.warning("the last of what waited is cut", path=str(self.path), bytes=end - at)
                break
            at += _FRAME.size + len(row)
        self._written_to = max(at, self._read_at)
        if until:
            self._intent, self._until = _Intent(seq, hash_), until

    def _from_file(self, most: int) -> list[Row]:
        """Rows from the file; notes where each ends."""
        assert self._file is not None
        rows: list[Row] = []
        ends: list[int] = []
        at = self._read_at
        while len(rows) < most and at < self._written_to:
            row = _row_at(self._file, at)
            if row is None:
                raise OSError("it was changed")
            rows.append(_decode.decode(row))
            at += _FRAME.size + len(row)
            ends.append(at)
        self._head = ends
        return rows

    def _save_head(self) -> None:
        assert self._file is not None
        intent = self._intent or _Intent(0, b"")
        head = _HEAD.pack(_MAGIC, self._read_at, self._until, intent.seq, intent.hash)
        try:
            _write(self._file, head, 0)
            os.fsync(self._file)
        except OSError as error:
            self._break(error)

    def _abandon(self, error: Exception) -> None:
        """What waits in the file cannot be read again: go on without it, and say so in the record."""
        self._set_aside(f"cannot be read ({error})")
        self.lost = self.lost or Lost(0, 0, 0, f"what waited in {self.path} could not be read")

    def _set_aside(self, why: str) -> None:
        aside = self.path.with_name(f"{self.path.name}.unreadable")
        self.found = f"{self.path} {why}. It is kept as {aside}."
        _log.error("what waited cannot be kept", reason=self.found)
        self._forget_intent()
        self._close_file()
        self.path.replace(aside)

    def _drop_file(self) -> None:
        """Nothing waits in the file any more."""
        self._save_head()  # should a power cut bring the file back, it is known to be empty
        self._close_file()
        self.path.unlink(missing_ok=True)

    def _close_file(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None
        self._read_at = self._written_to = _HEAD.size


def _row_at(file: int, at: int) -> bytes | None:
    """The bytes of a row; ``None`` where no whole one begins."""
    frame = os.pread(file, _FRAME.size, at)
    if len(frame) < _FRAME.size:
        return None
    size, sum_ = _FRAME.unpack(frame)
    row = os.pread(file, size, at + _FRAME.size)
    return row if row and len(row) == size and zlib.crc32(row) == sum_ else None


def _write(file: int, data: bytes, at: int) -> None:
    """Write all of it, or raise."""
    rest = memoryview(data)
    while rest:
        count = os.pwrite(file, rest, at)
        rest, at = rest[count:], at + count


def _weight(row: Row) -> int:
    """Bytes that a row takes in memory, about."""
    return 300 + len(row.body if isinstance(row, Entry) else getattr(row, "data", b""))
