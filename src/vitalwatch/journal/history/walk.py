"""Going through a stretch of a record in its order, from a checkpoint on. Reads; blocks; never on the event loop.

An engine that is restored from the checkpoint and told what a walk gives says what was said then. Where that cannot be
(observations were not kept, or were taken out since; alarms began anew) the walk says so and goes on from the next
checkpoint: what lies between is not played, since nobody can know it.

Rows are read some thousand at a time, each time by a short query: a walk of hours holds neither much memory nor a lock.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Generator, Iterator
from datetime import UTC, datetime
from typing import Final, NamedTuple, TypeAlias

import msgspec

from vitalwatch.errors import JournalError
from vitalwatch.journal.record import US, Checkpoint, Entry, Kind, Lost, Started, Told, merge, to_us, unpacked
from vitalwatch.journal.store import Store

PAGE: Final = 4000
"""Numbers read at a time. What is in the blocks is unpacked only as it is taken."""


class Gap(NamedTuple):
    """Where a walk cannot go on from what was before.

    Attributes:
        seq: the last number before it.
        at: µs of the last thing before it.
        beyond: the walk goes on with a checkpoint above this number.
        why: in plain words.
    """

    seq: int
    at: int
    beyond: int
    why: str


Item: TypeAlias = Checkpoint | Told | Entry | Gap


def walk(store: Store, start: Checkpoint) -> Iterator[Item]:
    """Go through a record, up to what is its end now.

    Args:
        store: the record.
        start: where to begin; it is given back first.

    Raises:
        JournalError: if the record cannot be read.
    """
    end = store.tail().seq
    begin: Checkpoint | None = start
    while begin is not None and begin.seq <= end:
        yield begin
        gap = yield from _leg(store, begin, end)
        if gap is None:
            return
        yield gap
        begin = store.checkpoint(after=gap.beyond)


def _leg(store: Store, begin: Checkpoint, end: int) -> Generator[Item, None, Gap | None]:
    """Everything from a checkpoint up to a number; or up to a gap, which is given back."""
    losses = _losses(store, begin.seq, end)
    seq, at = begin.seq, begin.at
    while seq < end:
        before = seq
        for item in _page(store, seq, min(seq + PAGE, end)):
            item_at = item.at if isinstance(item, Entry) else to_us(item.at)
            if item.seq != seq + 1:
                return Gap(seq, at, item.seq - 1, "what was there has been taken out")
            for number, lost in losses:
                if item_at >= lost.since or item.seq == number:
                    return Gap(seq, at, number, f"{lost.items} observations were not kept: {lost.reason}")
            if isinstance(item, Entry) and begins_anew(item):
                return Gap(seq, at, item.seq, "alarms began anew here")
            seq, at = item.seq, max(at, item_at)
            yield item
        if seq == before:
            return Gap(seq, at, seq, "what was there has been taken out")
    return None


def _page(store: Store, after: int, last: int) -> Iterator[Told | Entry]:
    """Everything with a number between two; the reading is over before the first is given."""
    entries, blocks = list(store.entries(after=after, last=last)), list(store.blocks(after=after, last=last))
    samples = (told for block in blocks for told in unpacked(block) if after < told.seq <= last)
    return merge(entries, samples)


def _losses(store: Store, after: int, last: int) -> list[tuple[int, Lost]]:
    """What was not kept. It is written down when it is over: what was said meanwhile stands before it."""
    found = store.entries(kinds=[Kind.LOST], after=after, last=last)
    return [(entry.seq, msgspec.json.decode(entry.body, type=Lost)) for entry in found]


def begins_anew(entry: Entry) -> bool:
    """Whether an entry begins a run that goes on from nothing in the record."""
    return entry.kind is Kind.STARTED and not msgspec.json.decode(entry.body, type=Started).resumed


# --- time ---------------------------------------------------------------------------------------------------------


def start_at(store: Store, wall: int | None) -> Checkpoint:
    """The checkpoint from which a time of day is reached soonest; the first one for what was before it.

    Args:
        store: the record.
        wall: µs since 1970; ``None`` for the beginning.

    Raises:
        JournalError: if the record holds none yet, or cannot be read.
    """
    found = None if wall is None else store.checkpoint(wall=wall)
    found = found or store.checkpoint(after=-1)
    if found is None:
        raise JournalError("The record holds nothing that could be played yet.", url=store.url)
    return found


def axis_at(store: Store, wall: int) -> int:
    """The moment (µs) on the service's axis that had a time of day (µs since 1970).

    Known about each minute from seals, and by proportion between them, which is right at any speed of the service.
    """
    before = next(store.entries(kinds=[Kind.SEAL], until=wall + 1, newest=1), None)
    after = next(store.entries(kinds=[Kind.SEAL], since=wall + 1), None)
    if before is None or after is None:
        near = before or after
        return wall if near is None else near.at + wall - near.wall
    share = (wall - before.wall) / max(1, after.wall - before.wall)
    return before.at + round((after.at - before.at) * share)


def shown(wall: int) -> str:
    """A time of day (µs since 1970) for people: ISO 8601 to the second, in this computer's time zone."""
    return datetime.fromtimestamp(wall // US, UTC).astimezone().isoformat(timespec="seconds")


class Times:
    """The times of day of a record as they pass by, for labels."""

    def __init__(self) -> None:
        self._points: list[tuple[int, int]] = []

    def note(self, at: int, wall: int) -> None:
        """A moment of the axis (µs) had this time of day (µs since 1970)."""
        if not self._points or (at >= self._points[-1][0] and abs(self.wall(at) - wall) > US):
            self._points.append((at, wall))

    def wall(self, at: int) -> int:
        """The time of day of a moment, as far as it is known."""
        if not self._points:
            return at
        known_at, wall = self._points[max(0, bisect_right(self._points, at, key=lambda point: point[0]) - 1)]
        return wall + at - known_at
