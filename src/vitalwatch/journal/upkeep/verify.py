"""Whether a record still holds what was written into it: nothing changed, nothing missing, nothing in another order.

Entries are chained by their hashes; a seal, chained like any entry, carries the hash of the samples since the seal
before it, and of the engine's state. So everything up to the last seal is known to be as it was written, given that
the last hash is known from elsewhere: from a backup, or noted down.
"""

from __future__ import annotations

import hashlib
import heapq
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

import msgspec
from sqlalchemy import Connection, Row, select

from vitalwatch.journal import schema
from vitalwatch.journal.pages import Steps, rows
from vitalwatch.journal.record import GENESIS, US, Entry, Kind, Pruned, Seal, chained
from vitalwatch.journal.store import Store
from vitalwatch.journal.upkeep.ranges import Range, inflated

Body = TypeVar("Body")

MOST: Final = 20
"""So many problems are told; one is enough to know that the record cannot be trusted."""

WALL_SLACK: Final = US
"""µs. The time of day of a block lies between those of the entries around it, but for the clock's own corrections."""


class Problem(msgspec.Struct, frozen=True):
    """Something that is not as it was written.

    Attributes:
        seq: number of the first row that it is about.
        what: what is wrong, and what that means.
    """

    seq: int
    what: str


class Known(msgspec.Struct, frozen=True):
    """The hash (hex) of an entry, known from elsewhere."""

    seq: int
    hash: str


class Verified(msgspec.Struct):
    """What was found.

    Attributes:
        entries: how many were read.
        blocks: how many.
        samples: how many stand in the blocks.
        checkpoints: how many.
        last: the last number.
        last_entry: the number of the last entry.
        hash: of the last entry, hex: note it down, or keep it in a backup.
        sealed: samples up to this number are under a seal.
        problems: what is wrong, the first :data:`MOST`.
        notes: what cannot be known, and why.
    """

    entries: int = 0
    blocks: int = 0
    samples: int = 0
    checkpoints: int = 0
    last: int = 0
    last_entry: int = 0
    hash: str = ""
    sealed: int = 0
    problems: list[Problem] = []
    notes: list[str] = []

    @property
    def good(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


def verify(store: Store, known: Known | None = None, moved: Callable[[int], None] = lambda _: None) -> Steps[Verified]:
    """Read everything in a record, and find what is wrong with it.

    Args:
        store: the record; it may be written meanwhile.
        known: an entry's hash from elsewhere, for instance from a backup.
        moved: is told how many rows were read.

    Raises:
        JournalError: if it cannot be read.
    """
    with store.frozen() as connection:
        check = _Check(connection, known)
        for row in check.everything():
            check.take(row)
            moved(1)
            yield None
        return check.end()


def shown(wall: int) -> str:
    """A time of day for people."""
    return f"{datetime.fromtimestamp(wall / US, UTC):%Y-%m-%d %H:%M:%S} UTC"


class _Check:
    """Goes through the rows in the order of their numbers."""

    def __init__(self, connection: Connection, known: Known | None) -> None:
        self.found = Verified()
        self._connection = connection
        self._known = known
        self._before = GENESIS
        self._pruned = {"samples": 0, "entries": 0}
        for pruned in self._all(Kind.PRUNED, Pruned):
            self._pruned[pruned.what] = pruned.last
            if pruned.what == "entries":
                self._before = bytes.fromhex(pruned.hash)
        self._sealed = Seal(0, self._pruned["entries"], 0, "")
        self._sealed_at = (0, 0)
        self._range = Range(self._sealed.last)
        self._wall: int | None = None
        self._labels: list[tuple[int, int]] = []

    def _all(self, kind: Kind, body: type[Body]) -> list[Body]:
        """The bodies of all entries of a kind; one that was changed is found later, by its hash."""
        entry = schema.entry.c
        query = select(entry.body).where(entry.kind == str(kind)).order_by(entry.seq)
        bodies = []
        for text in self._connection.execute(query).scalars().all():
            with suppress(msgspec.MsgspecError):
                bodies.append(msgspec.json.decode(text, type=body))
        return bodies

    def everything(self) -> Iterator[Row[Any]]:
        """All rows that have numbers; a checkpoint after the seal that has the same."""
        entries = rows(self._connection, schema.entry, schema.entry.c.seq > self._pruned["entries"])
        blocks = rows(self._connection, schema.block)
        checkpoints = rows(self._connection, schema.checkpoint)
        return heapq.merge(entries, blocks, checkpoints, key=lambda row: row.seq)

    def take(self, row: Row[Any]) -> None:
        """Look at a row."""
        try:
            if hasattr(row, "body"):
                self._entry(Entry(row.seq, row.at, row.wall, row.kind, row.name, row.chair, row.body), bytes(row.hash))
            elif hasattr(row, "items"):
                self._block(row)
            else:
                self._checkpoint(row)
        except (TypeError, ValueError, zlib.error, msgspec.MsgspecError) as error:
            self._wrong(row.seq, f"The row at {row.seq} cannot be read, so it was changed ({error}).")

    def end(self) -> Verified:
        """What was found, after the last row."""
        found = self.found
        found.hash = self._before.hex()
        found.sealed = self._sealed.last
        self._each_number_once(self._range)
        if self._range.items:
            found.notes.append(
                f"The last {self._range.items} samples, above number {found.sealed}, are under no seal yet: that they "
                "were changed could not be seen. A seal is set each minute."
            )
        known = self._known
        if known is not None and known.seq > self._pruned["entries"]:
            what = f"Entry {known.seq}, whose hash is known, is not there; the record ends at {found.last_entry}."
            self._wrong(min(known.seq, found.last_entry), what)
        return found

    # --- each kind of row ---------------------------------------------------------------------------------------

    def _entry(self, entry: Entry, hash_: bytes) -> None:
        found, known = self.found, self._known
        if chained(self._before, entry) != hash_:
            self._wrong(
                entry.seq,
                f"Entry {entry.seq} ({entry.kind}, {shown(entry.wall)}) does not fit the entry before it: it was "
                "changed, or entries before it were taken out, added or moved.",
            )
        if known is not None and entry.seq == known.seq:
            self._known = None
            if hash_.hex() != known.hash:
                self._wrong(
                    entry.seq, f"Entry {entry.seq} has another hash than is known: up to it, the record is another."
                )
        self._before = hash_
        found.entries += 1
        found.last_entry = entry.seq
        found.last = max(found.last, entry.seq)
        self._compare_labels(entry.wall)
        self._range.number(entry.seq, entry.seq)
        if entry.kind == Kind.SEAL:
            self._close(msgspec.json.decode(entry.body, type=Seal), entry)

    def _compare_labels(self, wall: int) -> None:
        """See that the times of day of blocks lie between those of the entries around them."""
        before = self._wall
        for seq, label in self._labels:
            if before is not None and not min(before, wall) - WALL_SLACK <= label <= max(before, wall) + WALL_SLACK:
                self._wrong(seq, f"The block at {seq} says {shown(label)}, which does not fit the entries around it.")
        self._wall = wall
        self._labels.clear()

    def _block(self, row: Row[Any]) -> None:
        self.found.blocks += 1
        self.found.samples += row.items
        self.found.last = max(self.found.last, row.last)
        if row.last > self._pruned["samples"]:  # else it is on its way out
            self._labels.append((row.seq, row.wall))
            self._range.block(row.seq, row.last, row.at, row.until, row.items, bytes(row.data))

    def _checkpoint(self, row: Row[Any]) -> None:
        self.found.checkpoints += 1
        if row.seq <= self._pruned["entries"]:
            return
        if row.seq != self._sealed.last:
            self._wrong(row.seq, f"The checkpoint at {row.seq} stands where there is no seal: it was moved or added.")
        elif (row.at, row.wall) != self._sealed_at or (
            self._sealed.state not in ("", hashlib.sha256(inflated(row.data)).hexdigest())
        ):
            self._wrong(row.seq, f"The checkpoint at {row.seq} is not the one that was sealed: it was changed.")

    # --- seals --------------------------------------------------------------------------------------------------

    def _close(self, seal: Seal, entry: Entry) -> None:
        """Compare what was found since the last seal with what this one says."""
        since, self._sealed, self._sealed_at = self._range, seal, (entry.at, entry.wall)
        self._range = Range(entry.seq)
        if entry.seq <= self._pruned["samples"]:
            return
        if self._each_number_once(since) and not since.fits(seal.items, seal.sha256):
            self._wrong(
                since.after + 1,
                f"Samples between the numbers {since.after} and {entry.seq}, before {shown(entry.wall)}, are not those "
                f"that were sealed: {seal.items} then, {since.items} now. They were changed, or taken out or added.",
            )

    def _each_number_once(self, since: Range) -> bool:
        twice, missing = since.twice(), since.missing()
        if twice is not None:
            self._wrong(twice, f"The number {twice} stands on two rows: one was added or moved.")
        elif missing is not None:
            self._wrong(missing[0], f"The rows from number {missing[0]} to {missing[1]} are missing.")
        return twice is None and missing is None

    def _wrong(self, seq: int, what: str) -> None:
        if len(self.found.problems) < MOST:
            self.found.problems.append(Problem(seq, what))
