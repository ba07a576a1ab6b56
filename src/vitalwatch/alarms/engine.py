"""The alarm engine: events and the passing of time in, transitions out. Pure and deterministic.

``step(event, now)`` is ``advance(now)`` and then the event: at equal times deadlines come first. Deadlines are worked
off one by one at *their* moments, not at the moment of the call, so it makes no difference whether time is driven by
arrivals or by :meth:`Engine.next_deadline`. The caller owns the clock; ``now`` never runs backwards.
"""

from __future__ import annotations

import heapq
import math
import zlib
from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from vitalwatch.alarms import acts
from vitalwatch.alarms import track as life
from vitalwatch.alarms.chair import TICK_S, Chair
from vitalwatch.alarms.chair_engine import ChairEngine, Output, conditions_of
from vitalwatch.alarms.conditions import ALARM_NEWS, CARE_NEWS
from vitalwatch.alarms.conditions.care import FLOOD_S
from vitalwatch.alarms.events import (
    CLINIC,
    Act,
    CuffRead,
    Event,
    Heard,
    LinkChanged,
    Resumed,
    Sampled,
    Screens,
    SelfCheck,
    StatusChanged,
    Undelivered,
)
from vitalwatch.alarms.facts import ClinicFacts, Device
from vitalwatch.alarms.profile import Profile
from vitalwatch.alarms.spec import ChairSpec, interval_s, reconfigured
from vitalwatch.alarms.transition import AlarmEvent, State, Transition
from vitalwatch.errors import UsageError

MOMENT_S: Final = 1e-6
"""Times are told apart to the microsecond."""

_NEWS: Final = (Sampled, CuffRead, StatusChanged, Heard)


class WouldChange(msgspec.Struct, frozen=True):
    """An alarm that a change of config would start (after its delay) or stop.

    Attributes:
        chair: chair id.
        condition: catalogue id.
        starts: true when it would start, false when it would stop.
        delay_s: after how long it would start.
        text: its message.
    """

    chair: str
    condition: str
    starts: bool
    delay_s: float
    text: str


class Engine:
    """Decides every alarm of every chair, and those of the clinic as a whole.

    Args:
        chairs: the chairs to watch.
        now: service seconds at which watching begins.
    """

    def __init__(self, chairs: Iterable[ChairSpec], now: float) -> None:
        self._start(round(float(now), 6))
        for spec in chairs:
            self._add(_begun(spec, self._now))
        self._add(_looked_at(_new_clinic(self._now), self._now))
        self._count_watched()

    def _start(self, now: float) -> None:
        self._now = now
        self._chairs: dict[str, ChairEngine] = {}
        self._next: dict[str, float] = {}
        self._heap: list[tuple[float, str]] = []
        self._unsaid: list[Output] = []

    def _add(self, chair: Chair) -> None:
        """Take in a chair as it stands: nothing is judged, only its deadlines are planned."""
        self._chairs[chair.id] = engine = ChairEngine(chair)
        self._plan(engine)

    # --- time and events ----------------------------------------------------------------------------------------

    def step(self, event: Event, now: float) -> list[Output]:
        """Take one event at ``now`` and give what changed, in order.

        Raises:
            UsageError: if the chair or device is unknown, an act is impossible, or time runs backwards. Nothing is
                lost: what came due before it is given by the next call.
        """
        outputs = self.advance(now)
        try:
            engine = self._chairs.get(event.chair)
            if engine is None:
                raise UsageError(f'there is no chair "{event.chair}"')
            self._collect(engine, self._take(engine, event, self._now), outputs)
        except UsageError:
            self._unsaid = outputs  # what came due before the refused event is given by the next call
            raise
        return outputs

    def advance(self, now: float) -> list[Output]:
        """Let time pass to ``now``: do everything that was due by then, each at its own moment.

        Raises:
            UsageError: if time runs backwards.
        """
        now = round(float(now), 6)
        if now < self._now:
            raise UsageError(f"time ran backwards, from {self._now} to {now}")
        outputs, self._unsaid = self._unsaid, []
        while self._heap and self._heap[0][0] <= now:
            at, chair_id = heapq.heappop(self._heap)
            if self._next.get(chair_id) != at:
                continue  # planned anew since
            del self._next[chair_id]
            self._now = max(self._now, at)
            engine = self._chairs[chair_id]
            self._collect(engine, engine.tick(self._now), outputs)
        self._now = now
        return outputs

    def next_deadline(self) -> float | None:
        """The next moment at which something changes though nothing arrives; ``None`` when nothing is running."""
        while self._heap and self._next.get(self._heap[0][1]) != self._heap[0][0]:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    # --- another set of chairs ----------------------------------------------------------------------------------

    def reconfigure(self, specs: Iterable[ChairSpec], now: float) -> list[Output]:
        """Watch these chairs from ``now`` on. A chair whose facts are the same keeps its state to the byte.

        A chair that changed keeps its values, alarms and this patient's own limits as far as they fit; a chair that
        is gone ends its alarms.
        """
        outputs = self.advance(now)
        wanted = {spec.id: spec for spec in specs}
        others = wanted.keys() != set(self.chairs)
        for chair_id in [chair_id for chair_id in self.chairs if chair_id not in wanted]:
            engine = self._chairs[chair_id]
            self._collect(engine, engine.end_all(self._now, "taken out of the config", ""), outputs)
            del self._chairs[chair_id]
            self._next.pop(chair_id, None)
        for spec in wanted.values():
            known = self._chairs.get(spec.id)
            if known is None:
                self._add(_begun(spec, self._now))
            elif changes := reconfigured(known.chair, spec, self._now):
                self._collect(known, _told(known, changes, self._now), outputs)
        self._chairs = {chair_id: self._chairs[chair_id] for chair_id in [*wanted, CLINIC]}
        if others:
            self._count_watched()
            clinic = self._chairs[CLINIC]
            self._collect(clinic, clinic.news(self._now, CARE_NEWS), outputs)
        return outputs

    def preview(self, specs: Iterable[ChairSpec]) -> list[WouldChange]:
        """Which alarms these chairs would start or stop now. Changes nothing.

        An alarm stops with its chair, or when its value is not beyond the limit any more. What is not known any more
        ends nothing.
        """
        other = Engine.restore(self.snapshot())
        other.reconfigure(specs, self._now)
        found: list[WouldChange] = []
        for chair_id in self.chairs:
            if chair_id not in other.chairs:
                found += _all_end(self.chair(chair_id), self._now)
        for chair_id in other.chairs:
            old = self.chair(chair_id) if chair_id in self._chairs else None
            found += _would_change(old, other.chair(chair_id), self._now)
        return found

    def try_act(self, act: Act) -> list[WouldChange]:
        """Which alarms of its chair an act would start or stop now. Changes nothing.

        Raises:
            UsageError: if the act is not possible, as :meth:`step` would.
        """
        if act.chair not in self._chairs:
            raise UsageError(f'there is no chair "{act.chair}"')
        old = self.chair(act.chair)
        copied = _Saved(self._now, {act.chair: old, CLINIC: self.chair(CLINIC)})
        other = Engine.restore(msgspec.json.encode(copied))
        other.step(act, self._now)
        return list(_would_change(old, other.chair(act.chair), self._now))

    # --- what screens and records ask ---------------------------------------------------------------------------

    @property
    def now(self) -> float:
        """The time to which the engine has come, service seconds."""
        return self._now

    def chair(self, chair_id: str) -> Chair:
        """What is known about a chair, or under the empty id about the clinic. For reading only."""
        return self._chairs[chair_id].chair

    @property
    def chairs(self) -> list[str]:
        """Ids of all chairs, in order."""
        return [chair_id for chair_id in self._chairs if chair_id != CLINIC]

    def snapshot(self) -> bytes:
        """The whole state as JSON, to be given to :meth:`restore`."""
        saved = _Saved(self._now, {chair_id: engine.chair for chair_id, engine in self._chairs.items()})
        return msgspec.json.encode(saved)

    @classmethod
    def restore(cls, snapshot: bytes) -> Engine:
        """An engine that goes on exactly where the snapshot was taken."""
        saved = msgspec.json.decode(snapshot, type=_Saved)
        engine = cls((), saved.now)
        engine._start(saved.now)
        for chair in saved.chairs.values():
            engine._add(chair)
        return engine

    # --- inside -------------------------------------------------------------------------------------------------

    def _take(self, engine: ChairEngine, event: Event, now: float) -> Iterator[Output]:
        clinic = engine.chair.clinic
        if isinstance(event, _NEWS):
            return engine.take(event, now)
        if isinstance(event, LinkChanged):
            return engine.take_link(event, now)
        if isinstance(event, Undelivered):
            engine.chair.undelivered, engine.chair.drawn_silently = event.undelivered, event.drawn
            return engine.news(now, CARE_NEWS)
        if isinstance(event, Screens | SelfCheck | Resumed):
            if clinic is None:
                raise UsageError("screens, self-checks and restarts are the whole clinic's")
            if isinstance(event, Resumed):
                return self._resumed(event, now)
            if isinstance(event, Screens):
                clinic.alarm_grade, clinic.silent = event.alarm_grade, event.silent
            else:
                clinic.check_failed, clinic.check_why = not event.passed, event.why
            return engine.news(now, CARE_NEWS)
        if clinic is not None and not isinstance(event, acts.CLINIC_ACTS):
            raise UsageError("the clinic as a whole has alarms to acknowledge, and nothing else to set")
        return acts.do(engine, event, now)

    def _resumed(self, event: Resumed, now: float) -> Iterator[Output]:
        """Links are as at a start: nobody listened to them, so neither silence nor missing values tell anything.

        Nor was there a trend to see: the ticks of that time are left out, of which a night would have thousands.
        """
        back_at = now + event.away_s
        for name in self.chairs:
            engine = self._chairs[name]
            for device in engine.chair.devices.values():
                if device.up:
                    device.up, device.changed_at = None, back_at
            missed = max(0, math.ceil((back_at - engine.chair.next_tick_at) / TICK_S))
            engine.chair.next_tick_at = round(engine.chair.next_tick_at + missed * TICK_S, 6)
            yield from engine.everything(now)
            self._plan(engine)
        away = f"{event.away_s:.1f} s" if event.known else "an unknown time"
        yield AlarmEvent(CLINIC, "resumed", now, text=f"nobody was watching for {away}")

    def _collect(self, engine: ChairEngine, said: Iterator[Output], outputs: list[Output]) -> None:
        """Gather what a chair says, plan its next deadline, and let the clinic know of new alarms."""
        state = engine.chair.state
        before = len(outputs)
        outputs.extend(said)
        self._plan(engine)
        if len(outputs) == before or engine.chair.clinic is not None:
            return
        clinic = self._chairs[CLINIC]
        if engine.chair.state != state:
            self._count_watched()
            self._collect(clinic, clinic.news(self._now, CARE_NEWS), outputs)
        new = [
            said.at
            for said in outputs[before:]
            if isinstance(said, Transition) and (said.source, said.target) == (State.PENDING, State.ACTIVE)
        ]
        if new:
            facts = clinic.chair.clinic
            assert facts is not None  # the clinic's own chair always has its facts
            facts.new_alarms = [at for at in facts.new_alarms if self._now < at + FLOOD_S] + new
            self._collect(clinic, clinic.news(self._now, ALARM_NEWS), outputs)

    def _count_watched(self) -> None:
        facts = self._chairs[CLINIC].chair.clinic
        if facts is not None:
            facts.watched = sum(self._chairs[chair].chair.state == "watched" for chair in self.chairs)

    def _plan(self, engine: ChairEngine) -> None:
        at = engine.settle_plan()
        chair_id = engine.chair.id
        if at is None:
            self._next.pop(chair_id, None)
            return
        at = round(at, 6)
        if at <= self._now:  # by a rounding, or hidden till now: at the next moment there is, so that time goes on
            at = round(self._now + MOMENT_S, 6)
        if self._next.get(chair_id) != at:
            self._next[chair_id] = at
            heapq.heappush(self._heap, (at, chair_id))


class _Saved(msgspec.Struct):
    now: float
    chairs: dict[str, Chair]


def _looked_at(chair: Chair, now: float) -> Chair:
    """Let every rule look once, so that each knows when to look again. Nothing is beyond a limit yet."""
    if chair.state == "watched":
        for condition in conditions_of(chair):
            life.observe(chair.tracks[condition.id], condition.look(chair, now), now)
    return chair


def _begun(spec: ChairSpec, now: float) -> Chair:
    return _looked_at(_new_chair(spec, now), now)


def _told(engine: ChairEngine, changes: list[str], now: float) -> Iterator[Output]:
    """Say what changed at a chair, and judge it anew."""
    yield AlarmEvent(engine.chair.id, "reconfigured", now, text="; ".join(changes))
    yield from engine.everything(now)
    engine.plan_own()


def _all_end(old: Chair, now: float) -> Iterator[WouldChange]:
    """What taking a chair out does to its alarms."""
    for condition in conditions_of(old):
        track = old.tracks[condition.id]
        if track.state is not State.IDLE:
            yield WouldChange(old.id, condition.id, False, 0.0, condition.words(old, track, now)[0])


def _would_change(old: Chair | None, new: Chair, now: float) -> Iterator[WouldChange]:
    """What a change of config does to the alarms of one chair, given it after, and before if it was there."""
    for condition in conditions_of(new):
        before, after = old.tracks[condition.id] if old else life.Track(), new.tracks[condition.id]
        was, side = before.finding.side is life.Side.BEYOND, after.finding.side
        if side is life.Side.BEYOND and before.state in (State.IDLE, State.LATCHED):
            yield WouldChange(new.id, condition.id, True, after.finding.delay_s, condition.words(new, after, now)[0])
        elif old and was and side in (life.Side.CLEAR, life.Side.BETWEEN):
            yield WouldChange(new.id, condition.id, False, 0.0, condition.words(old, before, now)[0])


def _new_chair(spec: ChairSpec, now: float) -> Chair:
    if spec.id == CLINIC:
        raise UsageError("a chair needs an id")
    chair = Chair(
        id=spec.id,
        profile=spec.profile,
        devices={device.id: Device(device, now) for device in spec.devices},
        same_limb=spec.same_limb,
        nibp_interval_s=interval_s(spec),
        state=spec.start,
        state_since=now,
        next_tick_at=round(now + TICK_S + _stagger(spec.id), 6),
        visit_since=now,
    )
    chair.tracks = {condition.id: life.Track() for condition in conditions_of(chair)}
    return chair


def _stagger(chair_id: str) -> float:
    """A part of the tick, its own for each chair, so that the trends of many chairs are not all due at one moment."""
    return zlib.crc32(chair_id.encode()) % 1000 / 1000 * TICK_S


def _new_clinic(now: float) -> Chair:
    clinic = Chair(
        id=CLINIC,
        profile=Profile(),
        devices={},
        same_limb=False,
        nibp_interval_s=0.0,
        state="watched",
        state_since=now,
        next_tick_at=now,
        visit_since=now,
        clinic=ClinicFacts(),
    )
    clinic.tracks = {condition.id: life.Track() for condition in conditions_of(clinic)}
    return clinic
