"""When the service ran, and which chairs it watched: by the hours of this, alarms are counted."""

from __future__ import annotations

from typing import NamedTuple

import msgspec
from sqlalchemy import select

from vitalwatch.alarms import Engine
from vitalwatch.alarms.transition import AlarmEvent
from vitalwatch.journal.history.stretch import RUNS, Stretch
from vitalwatch.journal.history.walk import axis_at
from vitalwatch.journal.record import US, Entry, Kind, Started, said_in, told_in, unpack
from vitalwatch.journal.schema import checkpoint
from vitalwatch.journal.store import Store


class Run(msgspec.Struct, frozen=True):
    """One run of the service. Nobody was watching between two.

    Attributes:
        began: seconds since 1970; the beginning of the time that was asked for, if the service ran already.
        ended: seconds since 1970; the end of that time, or of the record, if it ran on.
        how: ``stopped``, ``broken off``, or empty when it ran on.
    """

    began: float
    ended: float
    how: str


class Watched(NamedTuple):
    """A chair was watched without a break; times in µs on the axis, and of the day."""

    chair: str
    at: int
    until: int
    wall: int
    wall_until: int

    @property
    def hours(self) -> float:
        """Service hours."""
        return (self.until - self.at) / US / 3600


class _Moment(NamedTuple):
    at: int
    wall: int


def watching(stretch: Stretch) -> tuple[list[Run], list[Watched]]:
    """The runs of a stretch, and when which chair was watched.

    Raises:
        JournalError: if the record cannot be read.
    """
    fold = _Fold(stretch)
    kinds = (Kind.CONFIG, Kind.EVENT)
    for entry in stretch.entries(kinds, names=["", "chair_state"]):
        fold.take(entry)
    fold.finish()
    return fold.runs, fold.found


class _Fold:
    def __init__(self, stretch: Stretch) -> None:
        self.runs: list[Run] = []
        self.found: list[Watched] = []
        self._stretch = stretch
        self._begin = self._moment(stretch.since)
        self._since: dict[str, _Moment] = {}
        self._running: _Moment | None = None
        self._known: set[str] = set()
        self._kept: list[str] = []
        if stretch.opening is not None and stretch.engine is not None:
            begun = _Moment(stretch.opening.at, stretch.opening.wall)
            self._running = begun
            self._take_up(stretch.engine, begun)

    def take(self, entry: Entry) -> None:
        """Take in an entry, in the order of their numbers."""
        moment = _Moment(entry.at, entry.wall)
        if entry.kind is Kind.STARTED:
            self._started(entry, moment)
        elif entry.kind is Kind.STOPPED:
            self._end(moment, "stopped")
        elif entry.kind is Kind.CONFIG:
            self._reconfigured(entry, moment)
        else:
            said = said_in(entry)
            assert isinstance(said, AlarmEvent)  # by its kind
            self._set(said.chair, said.text == "watched", moment)

    def finish(self) -> None:
        """The time that was asked for is over, or the record is."""
        newest = next(self._stretch.store.entries(newest=1), None)
        if newest is None or self._running is None:
            return
        end, how = _Moment(newest.at, newest.wall), ""
        if end.wall > self._stretch.until:
            end = self._moment(self._stretch.until)
            following = next(self._stretch.store.entries(kinds=RUNS, since=self._stretch.until), None)
            if following is not None and following.kind is Kind.STARTED:  # it broke off before or after the end
                broke = self._broken_off(following, msgspec.json.decode(following.body, type=Started))
                end, how = (broke, "broken off") if broke.wall < end.wall else (end, how)
        self._end(end, how)

    def _started(self, entry: Entry, moment: _Moment) -> None:
        started = msgspec.json.decode(entry.body, type=Started)
        if self._running is not None:  # it did not come to write that it ended
            self._end(self._broken_off(entry, started), "broken off")
        self._running = moment
        if not started.resumed:
            self._take_up(_engine_after(self._stretch.store, entry.seq), moment)
        else:
            self._since = dict.fromkeys(self._kept, moment)

    def _broken_off(self, entry: Entry, started: Started) -> _Moment:
        """When the run before ended: as long ago as the new one says, else when it last wrote down all it knew."""
        if started.away_s is not None and started.resumed:
            away = round(started.away_s * US)
            return _Moment(entry.at - away, entry.wall - away)
        before = self._stretch.store.checkpoint(at_or_before=entry.seq - 1)
        return _Moment(entry.at, entry.wall) if before is None else _Moment(before.at, before.wall)

    def _reconfigured(self, entry: Entry, moment: _Moment) -> None:
        specs = {spec.id: spec for spec in told_in(entry).specs}
        for chair in [chair for chair in self._since if chair not in specs]:
            self._set(chair, False, moment)
        for spec in specs.values():
            if spec.id not in self._known:
                self._set(spec.id, spec.start == "watched", moment)
        self._known = set(specs)

    def _set(self, chair: str, watched: bool, moment: _Moment) -> None:
        self._known.add(chair)
        since = self._since.pop(chair, None)
        if since is not None:
            self._keep(chair, since, moment)
        if watched:
            self._since[chair] = moment

    def _end(self, moment: _Moment, how: str) -> None:
        assert self._running is not None
        self._kept = list(self._since)
        for chair, since in self._since.items():
            self._keep(chair, since, moment)
        self._since = {}
        begun = max(self._running.wall, self._stretch.since)
        if moment.wall > begun:
            self.runs.append(Run(begun / US, moment.wall / US, how))
        self._running = None

    def _keep(self, chair: str, since: _Moment, until: _Moment) -> None:
        if since.wall < self._stretch.since:
            since = self._begin
        if until.at > since.at and until.wall > since.wall:
            self.found.append(Watched(chair, since.at, until.at, since.wall, until.wall))

    def _take_up(self, engine: Engine | None, moment: _Moment) -> None:
        chairs = [] if engine is None else engine.chairs
        self._known = set(chairs)
        self._since = {
            chair: moment for chair in chairs if engine is not None and engine.chair(chair).state == "watched"
        }
        self._kept = list(self._since)

    def _moment(self, wall: int) -> _Moment:
        return _Moment(axis_at(self._stretch.store, wall), wall)


def _engine_after(store: Store, seq: int) -> Engine | None:
    """The engine with which a new stretch of the record begins: that of the checkpoint after its first entry."""
    query = select(checkpoint.c.data).where(checkpoint.c.seq >= seq).order_by(checkpoint.c.seq).limit(1)
    return next((Engine.restore(unpack(bytes(row.data))) for row in store.rows(query)), None)
