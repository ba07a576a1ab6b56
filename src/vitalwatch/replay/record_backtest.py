"""What other limits would have done with everything that a record holds: two engines are told the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from vitalwatch.alarms import Engine, Output
from vitalwatch.alarms.events import Resumed, Sampled
from vitalwatch.journal.history.walk import Gap, Times, shown, walk
from vitalwatch.journal.record import Checkpoint, Entry, Told, to_s, to_us, unpack
from vitalwatch.journal.resume import told_of
from vitalwatch.journal.store import Store
from vitalwatch.replay.backtest import Difference, compare
from vitalwatch.replay.exchange import Exchange, exchange_all, tell
from vitalwatch.replay.hours import Hours
from vitalwatch.replay.report import Report
from vitalwatch.replay.span import MANY, Missed, Span


class Side:
    """One of the two.

    Attributes:
        report: what it said.
        impossible: acts of people that made no sense under it.
    """

    def __init__(self, name: str, exchange: Exchange) -> None:
        self.report = Report(name)
        self.engine = Engine((), 0.0)
        self.impossible = 0
        self._exchange = exchange

    def begin(self, checkpoint: Checkpoint) -> None:
        """Go on from a checkpoint, under this side's limits."""
        self.engine = Engine.restore(unpack(checkpoint.data))
        self._take(exchange_all(self.engine, self._exchange, to_s(checkpoint.at)))

    def tell(self, told: Told) -> list[Output]:
        """Tell the engine something, and give what it said."""
        said, possible = tell(self.engine, told, self._exchange)
        self.impossible += not possible
        self._take(said)
        return said

    def end(self, at: float) -> list[Output]:
        """A stretch is over: what still alarms stands."""
        said = self.engine.advance(max(self.engine.now, at))
        self._take(said)
        self.report.finish(self.engine.now)
        return said

    def _take(self, said: list[Output]) -> None:
        for output in said:
            self.report.take(output)


class RecordBacktest:
    """Plays a span of a record under two sets of limits at once. An alarm that stood at its beginning is not counted.

    Args:
        store: the record.
        span: of it.
        first: name and limits of one side.
        second: of the other.

    Attributes:
        sides: both.
        hours: for how long chairs were watched.
        times: of day.
        missed: what could not be played.
    """

    def __init__(self, store: Store, span: Span, first: tuple[str, Exchange], second: tuple[str, Exchange]) -> None:
        self.sides = (Side(*first), Side(*second))
        self.hours = Hours()
        self.times = Times()
        self.missed: list[Missed] = []
        self._store = store
        self._span = span

    def run(self, moved: Callable[[int], None] = lambda _at: None) -> Difference:
        """Play it all.

        Args:
            moved: is told now and then how far it has come, µs on the axis.

        Raises:
            JournalError: if the record cannot be read.
        """
        at, count = self._span.start.at, 0
        gap: Gap | None = None
        for item in self._until_the_end():
            match item:
                case Gap():
                    self._end(item.at)
                    gap = item
                case Checkpoint():
                    if gap is not None:
                        self.missed.append(Missed(self.times.wall(gap.at), item.wall, gap.why))
                        gap = None
                    self._begin(item)
                case Told():
                    at, count = to_us(item.at), count + 1
                    self._tell(item)
                    if count % MANY == 0:
                        moved(at)
        if gap is not None:
            self.missed.append(Missed(self.times.wall(gap.at), self.times.wall(self._span.end), gap.why))
        else:
            self._end(at)
        first, second = self.sides
        for side in self.sides:
            side.report.count(len(self.hours.chairs), self.hours.watched_s, self.hours.monitored_s)
        return compare(first.report, second.report)

    def _until_the_end(self) -> Iterator[Checkpoint | Gap | Told]:
        until = self._span.until
        for item in walk(self._store, self._span.start):
            if isinstance(item, Checkpoint | Gap):
                yield item
                continue
            if isinstance(item, Entry):
                self.times.note(item.at, item.wall)
            told = told_of(item)
            if told is not None and until is not None and to_us(told.at) >= until:
                return
            if told is not None:
                yield told

    def _begin(self, checkpoint: Checkpoint) -> None:
        self.times.note(checkpoint.at, checkpoint.wall)
        for side in self.sides:
            side.begin(checkpoint)
        self.hours.begin(self.sides[0].engine, to_s(checkpoint.at))

    def _tell(self, told: Told) -> None:
        first, second = self.sides
        if isinstance(told.event, Sampled):
            self.hours.sample(told.event, told.at)
        elif isinstance(told.event, Resumed):
            self.hours.end(told.at)  # nobody was watching until the config that follows
        for output in first.tell(told):
            self.hours.hear(output)
        second.tell(told)
        if told.event is None:
            self.hours.keep_only(told.at)

    def _end(self, at: int) -> None:
        for side in self.sides:
            side.end(to_s(at))
        self.hours.end(to_s(at))

    def result(self, difference: Difference) -> dict[str, Any]:
        """All figures as data; every alarm with its time of day."""

        def timed(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
            return [{**item, "time": shown(self.times.wall(to_us(item["start"])))} for item in items]

        found: dict[str, Any] = msgspec.to_builtins(difference)
        first, second = self.sides
        return {
            "since": shown(self.times.wall(self._span.start.at)),
            "until": shown(self.times.wall(self._span.end)),
            "chairs": sorted(self.hours.chairs),
            "profiles": [side.report.load() for side in self.sides],
            "difference": {name: part if name == "same" else timed(part) for name, part in found.items()},
            "impossible_acts": [first.impossible, second.impossible],
            "missed": [
                {"since": shown(each.since), "until": shown(each.until), "why": each.why} for each in self.missed
            ],
        }
