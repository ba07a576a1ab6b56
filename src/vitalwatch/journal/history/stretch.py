"""A part of the record between two times of day, with how things stood at its beginning.

What was so at a moment follows from the checkpoint before it and the entries since, so that a question about any day
costs the same whether the record is a week or three years long.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Final

from sqlalchemy import select

from vitalwatch.alarms import Engine
from vitalwatch.journal.record import Checkpoint, Entry, Kind, unpack
from vitalwatch.journal.schema import checkpoint
from vitalwatch.journal.store import Store

RUNS: Final = (Kind.STARTED, Kind.STOPPED)


class Stretch:
    """The entries that tell what was so between two times of day.

    Args:
        store: the record.
        since: µs since 1970.
        until: µs since 1970, after it.

    Attributes:
        opening: the newest checkpoint up to ``since``; ``None`` when the record begins later.
    """

    def __init__(self, store: Store, since: int, until: int) -> None:
        self.store = store
        self.since = since
        self.until = until
        self.opening: Checkpoint | None = store.checkpoint(wall=since)
        self._last = _first_at(store, until)

    @cached_property
    def engine(self) -> Engine | None:
        """The engine as it stood at the opening; for reading only."""
        return None if self.opening is None else Engine.restore(unpack(self.opening.data))

    def entries(
        self, kinds: Sequence[Kind], chair: str | None = None, names: Sequence[str] | None = None
    ) -> Iterator[Entry]:
        """Entries after the opening and before the end, in order.

        Args:
            kinds: of these kinds, and the beginnings and ends of runs always.
            chair: of this chair, and runs.
            names: of these names, and runs.
        """
        after, last = self.opening.seq if self.opening else 0, self._last
        ask = self.store.entries
        said = ask(after=after, last=last, until=self.until, kinds=kinds, chair=chair, names=names)
        runs = ask(after=after, last=last, until=self.until, kinds=RUNS)
        return heapq.merge(said, runs, key=lambda entry: entry.seq)

    def wall(self, at_s: float) -> int:
        """The time of day (µs) of a service second shortly before the opening."""
        assert self.opening is not None
        return self.opening.wall - (self.opening.at - round(at_s * 1_000_000))


def _first_at(store: Store, wall: int) -> int | None:
    """The number of the first checkpoint at or after a time of day: nothing before that time has a higher one."""
    query = select(checkpoint.c.seq).where(checkpoint.c.wall >= wall).order_by(checkpoint.c.wall).limit(1)
    return next((int(row.seq) for row in store.rows(query)), None)
