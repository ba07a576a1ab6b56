"""Keeping a record small: what is old is taken out by policy, and blocks of samples are merged. In small steps.

A step is one transaction of some milliseconds. What was taken out is said by an entry of the kind ``pruned``: for
samples and entries before it is done, so that a record in which it is half done is explained; for the rest after.
It can be broken off anywhere and begun again.
"""

from __future__ import annotations

import zlib
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Row, Select, Table, delete, func, select, update

from vitalwatch.journal import schema
from vitalwatch.journal.packing import Item
from vitalwatch.journal.pages import PAGE, Steps
from vitalwatch.journal.record import US, Kind, Pruned, unpack
from vitalwatch.journal.store import Store

DAY: Final = 86_400 * US

MERGE_AFTER: Final = 3600 * US
"""µs. Younger blocks and checkpoints stay as they were written."""

MERGED: Final = 4000
"""Items in a merged block at most, about 240 kB of text: it is deflated in some 10 ms, and more saves hardly more."""

SPARSE: Final = 600 * US
"""µs from one checkpoint to the next that is kept, once they are older than :data:`MERGE_AFTER`."""


_COUNTED: Final = {
    "block": "blocks",
    "checkpoint": "checkpoints",
    "entry": "entries",
    "minute": "minutes",
    "wave": "waves",
}
"""Where :class:`Saved` counts the rows of each table."""


class Policy(msgspec.Struct, frozen=True):
    """What is kept for how long, in days.

    Attributes:
        samples: every sample, in blocks, and the engine's states: for replay and back-test.
        waves: curves.
        seconds: the 60 values of each minute; its lowest, highest and mean stay.
        entries: alarms, acts and all else, and the minutes; ``None`` for good.
    """

    samples: int = 35
    waves: int = 7
    seconds: int = 400
    entries: int | None = None


FOR_GOOD: Final = Policy(samples=36_500, waves=36_500, seconds=36_500)
"""Nothing is taken out."""


class Saved(msgspec.Struct):
    """What a compaction did, in rows.

    Attributes:
        blocks: taken out because they were old.
        merged: that became part of others.
        checkpoints: taken out.
        waves: taken out.
        seconds: minutes that lost theirs.
        entries: taken out.
        minutes: taken out.
    """

    blocks: int = 0
    merged: int = 0
    checkpoints: int = 0
    waves: int = 0
    seconds: int = 0
    entries: int = 0
    minutes: int = 0


def compact(
    store: Store, policy: Policy, now: int, at: Callable[[], float], moved: Callable[[str], None] = lambda _: None
) -> Steps[Saved]:
    """Take out what is old, and merge what is left.

    Args:
        store: the record.
        policy: what is kept.
        now: the time of day, µs since 1970. Only whole days are taken out.
        at: service seconds at this moment, for what is written down.
        moved: is told at each step what it was about.

    Raises:
        JournalError: if the database fails.
    """
    work = _Compaction(store, at, moved)
    today = now // DAY * DAY
    begins = yield from work.prune_samples(today - policy.samples * DAY)
    if policy.entries is not None:
        yield from work.prune_entries(today - policy.entries * DAY, begins)
    yield from work.prune_waves(today - policy.waves * DAY)
    yield from work.prune_seconds(today - policy.seconds * DAY)
    yield from work.thin_checkpoints(now - MERGE_AFTER)
    yield from work.merge_blocks(now - MERGE_AFTER)
    return work.saved


class _Compaction:
    def __init__(self, store: Store, at: Callable[[], float], moved: Callable[[str], None]) -> None:
        self.saved = Saved()
        self._store = store
        self._at = at
        self._moved = moved

    # --- what is old --------------------------------------------------------------------------------------------

    def prune_entries(self, before: int, begins: int) -> Steps[None]:
        """Take out entries and minutes, but none of those that go with samples, which begin after a number.

        The first that stays is a seal; the chain goes on from the last that goes.
        """
        entry, minute = schema.entry.c, schema.minute.c
        going = select(entry.seq, entry.hash).where(entry.seq < min(self._seal_before(before) or 0, begins))
        for gone in self._all(going.order_by(entry.seq.desc()).limit(1)):
            yield from self._say_once(Pruned("entries", gone.seq, before, bytes(gone.hash).hex()))
            yield from self._delete(schema.entry, entry.seq, entry.seq <= gone.seq)
        for chair in self._chairs():
            yield from self._delete(schema.minute, minute.wall, minute.wall < before, minute.chair == chair)

    def prune_samples(self, before: int) -> Steps[int]:
        """Take out blocks and checkpoints, up to the newest checkpoint that is old enough.

        Returns:
            its number: samples begin after it, and a replay begins there; 0 when there is none.
        """
        block, checkpoint = schema.block.c, schema.checkpoint.c
        older = select(checkpoint.seq).where(checkpoint.wall < before).order_by(checkpoint.wall.desc())
        first: int = self._one(older.limit(1)) or 0
        if self._one(select(func.min(block.seq)).where(block.seq <= first)) is not None:
            yield from self._say_once(Pruned("samples", first, before))
            yield from self._delete(schema.block, block.seq, block.seq <= first)
        yield from self._delete(schema.checkpoint, checkpoint.seq, checkpoint.seq < first)
        return first

    def prune_waves(self, before: int) -> Steps[None]:
        """Take out curves."""
        wave = schema.wave.c
        yield from self._delete(schema.wave, wave.wall, wave.wall < before)
        if self.saved.waves:
            yield self._said(Pruned("waves", 0, before))

    def prune_seconds(self, before: int) -> Steps[None]:
        """Take the seconds out of minutes; those of long ago, where that was done before, are not looked at again."""
        minute = schema.minute.c
        done = max((pruned.wall for pruned in self._pruned("seconds")), default=0)
        for chair in self._chairs():
            mine = minute.chair == chair
            for since, until in self._windows(minute.wall, mine & (minute.wall >= done) & (minute.wall < before)):
                there = mine & minute.wall.between(since, until) & minute.seconds.is_not(None)
                self._do(update(schema.minute).where(there).values(seconds=None), "seconds")
                yield None
        if self.saved.seconds:
            yield self._said(Pruned("seconds", 0, before))

    # --- what stays ---------------------------------------------------------------------------------------------

    def thin_checkpoints(self, before: int) -> Steps[None]:
        """Keep a checkpoint each ten minutes, the first after each start, where a stretch may begin, and the newest."""
        checkpoint, entry = schema.checkpoint.c, schema.entry.c
        newest = self._one(select(func.max(checkpoint.seq))) or 0
        old = (checkpoint.wall < before) & (checkpoint.seq < newest)
        query = select(checkpoint.seq, checkpoint.at).where(old).order_by(checkpoint.seq)
        starts = self._all(select(entry.seq).where(entry.kind == str(Kind.STARTED)).order_by(entry.seq))
        going = _too_many(self._all(query), [start.seq for start in starts])
        for first in range(0, len(going), PAGE):
            these = checkpoint.seq.in_(going[first : first + PAGE])
            self._do(delete(schema.checkpoint).where(these), "checkpoints")
            yield None

    def merge_blocks(self, before: int) -> Steps[None]:
        """Merge blocks that lie under one seal."""
        entry, block = schema.entry.c, schema.block.c
        sealed = self._seal_before(before)
        first = self._one(select(func.min(block.seq)))
        if sealed is None or first is None:
            return
        query = select(entry.seq).where(entry.kind == str(Kind.SEAL), entry.seq.between(first, sealed))
        seals = [row.seq for row in self._all(query.order_by(entry.seq))]
        group: list[Row[Any]] = []
        under = done = 0
        bare = select(block.seq, block.last, block["items"]).order_by(block.seq).limit(PAGE)
        while page := self._all(bare.where(block.seq > done, block.last <= sealed)):
            for row in page:
                if row.seq > under or sum(each.items for each in group) + row.items > MERGED:
                    yield from self._merge(group)
                    group, under = [], seals[bisect_left(seals, row.last)]
                group.append(row)
            done = page[-1].seq
            yield None
        yield from self._merge(group)

    def _merge(self, group: Sequence[Row[Any]]) -> Steps[None]:
        """Make one block of several that follow each other."""
        if len(group) < 2:
            return
        block = schema.block
        these = block.c.seq.between(group[0].seq, group[-1].seq)
        found = self._all(select(block).where(these).order_by(block.c.seq))
        try:
            merged = _merged(found)
        except zlib.error:
            return  # damaged: it stays as it is, for ``verify`` to name it
        with self._store.transaction() as connection:
            connection.execute(delete(block).where(these))
            connection.execute(block.insert(), merged)
        self.saved.merged += len(found)
        self._moved("merged")
        yield None

    # --- inside -------------------------------------------------------------------------------------------------

    def _delete(
        self, table: Table, by: ColumnElement[int], old: ColumnElement[bool], *of: ColumnElement[bool]
    ) -> Steps[None]:
        """Delete rows that are old, some at a time, in the order of an indexed column."""
        for since, until in self._windows(by, old, *of):
            self._do(delete(table).where(*of, old, by.between(since, until)), _COUNTED[table.name])
            yield None

    def _windows(self, by: ColumnElement[int], *where: ColumnElement[bool]) -> Iterator[tuple[int, int]]:
        """From and to where in an indexed column lie the next rows, about :data:`PAGE` of them."""
        since: int | None = None
        while True:
            left = select(by).where(*where, *([] if since is None else [by > since])).order_by(by)
            first, last = self._one(left.limit(1)), self._one(left.offset(PAGE - 1).limit(1))
            if first is None:
                return
            since = last if last is not None else self._one(left.order_by(None).order_by(by.desc()).limit(1))
            assert since is not None
            yield first, since

    def _do(self, change: Any, what: str) -> None:
        with self._store.transaction() as connection:
            count = connection.execute(change).rowcount
        setattr(self.saved, what, getattr(self.saved, what) + count)
        self._moved(what)

    def _said(self, pruned: Pruned) -> Item:
        return Item(Kind.PRUNED, self._at(), pruned)

    def _say_once(self, pruned: Pruned) -> Steps[None]:
        """Have the record hold what will be taken out, if it does not yet."""
        if pruned.last > max((said.last for said in self._pruned(pruned.what)), default=0):
            yield self._said(pruned)

    def _pruned(self, what: str) -> list[Pruned]:
        said = [msgspec.json.decode(entry.body, type=Pruned) for entry in self._store.entries(kinds=[Kind.PRUNED])]
        return [each for each in said if each.what == what]

    def _seal_before(self, wall: int) -> int | None:
        entry = schema.entry.c
        older = select(entry.seq).where(entry.kind == str(Kind.SEAL), entry.wall < wall)
        seq: int | None = self._one(older.order_by(entry.wall.desc()).limit(1))
        return seq

    def _chairs(self) -> Iterator[str]:
        """Every chair that has minutes; each found through the index."""
        minute = schema.minute.c
        chair = self._one(select(func.min(minute.chair)))
        while chair is not None:
            yield chair
            chair = self._one(select(func.min(minute.chair)).where(minute.chair > chair))

    def _one(self, query: Select[Any]) -> Any:
        with self._store.frozen() as connection:
            return connection.execute(query).scalar()

    def _all(self, query: Select[Any]) -> Sequence[Row[Any]]:
        with self._store.frozen() as connection:
            return connection.execute(query).all()


def _too_many(checkpoints: Sequence[Row[Any]], starts: Sequence[int]) -> list[int]:
    """The numbers of the checkpoints that may go; all are given in order, as are those of the starts."""
    going: list[int] = []
    kept_at, kept_starts = None, 0
    for row in checkpoints:
        begun = bisect_left(starts, row.seq)
        if kept_at is None or begun > kept_starts or row.at >= kept_at + SPARSE:
            kept_at, kept_starts = row.at, begun
        else:
            going.append(row.seq)
    return going


def _merged(blocks: Sequence[Row[Any]]) -> dict[str, Any]:
    """One row for several: their texts in a row, and between them how many numbers stand elsewhere."""
    first, last = blocks[0], blocks[-1]
    texts = [unpack(first.data)]
    for before, block in pairwise(blocks):
        if block.seq > before.last + 1:
            texts.append(b"%d\n" % (block.seq - before.last - 1))
        texts.append(unpack(block.data))
    return {
        "seq": first.seq,
        "last": last.last,
        "at": first.at,
        "until": last.until,
        "wall": first.wall,
        "items": sum(block.items for block in blocks),
        "data": zlib.compress(b"".join(texts), 9),
    }
