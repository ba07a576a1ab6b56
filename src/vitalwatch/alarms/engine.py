"""The alarm engine: events and the passing of time in, transitions out. Pure and deterministic.

``step(event, now)`` is ``advance(now)`` and then the event: at equal times deadlines come first. Deadlines are worked
off one by one at *their* moments, not at the moment of the call, so it makes no difference whether time is driven by
arrivals or by :meth:`Engine.next_deadline`. The caller owns the clock; ``now`` never runs backwards.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from typing import Final, TypeAlias

import msgspec

from vitalwatch.alarms import track as life
from vitalwatch.alarms.chair import Chair, CuffReading, Device, DeviceSpec, Standing
from vitalwatch.alarms.conditions import CATALOGUE, CUFF_NEWS, HEARD_NEWS, LINK_NEWS, STATUS_NEWS, Condition
from vitalwatch.alarms.events import (
    Acknowledge,
    Act,
    CuffRead,
    Event,
    Heard,
    LinkChanged,
    PauseAudio,
    ResumeAudio,
    Sampled,
    SetChairState,
    SetPhase,
    StatusChanged,
)
from vitalwatch.alarms.profile import Profile
from vitalwatch.alarms.track import Change, Finding, Side, Track
from vitalwatch.alarms.transition import AlarmEvent, Priority, State, Transition
from vitalwatch.errors import UsageError
from vitalwatch.model import Vital

Output: TypeAlias = Transition | AlarmEvent

PAUSE_AUDIO_S: Final = 120.0
"""The longest audio pause, seconds."""

CHAIR_STATES: Final = ("empty", "watched", "standby")
PHASES: Final = ("preparation", "infusion", "recovery")

_AUDIO = "audio"
_WATCH = "watch"
"""Names of the chair's own deadlines, beside those of its conditions."""

_BY_NEWS: Final = {
    news: tuple(c for c in CATALOGUE.values() if news in c.news)
    for news in {*(n for c in CATALOGUE.values() for n in c.news), *Vital}
}
_ALL: Final = tuple(CATALOGUE.values())


class ChairSpec(msgspec.Struct, frozen=True):
    """What must be known to watch a chair.

    Attributes:
        id: chair id.
        devices: in the order of the config: the first that gives a vital wins.
        profile: limits and options in force.
        same_limb: whether the cuff sits on the oximeter's arm.
        nibp_interval_s: seconds between expected cuff readings; ``None`` = the profile's.
        start: the chair's state at the beginning.
    """

    id: str
    devices: tuple[DeviceSpec, ...]
    profile: Profile = Profile()
    same_limb: bool = False
    nibp_interval_s: float | None = None
    start: str = "watched"


class Engine:
    """Decides every alarm of every chair.

    Args:
        chairs: the chairs to watch.
        now: service seconds at which watching begins.
    """

    def __init__(self, chairs: Iterable[ChairSpec], now: float) -> None:
        self._now = now = round(float(now), 6)
        self._chairs: dict[str, Chair] = {}
        self._due: dict[str, dict[str, float]] = {}
        self._next: dict[str, float] = {}
        self._heap: list[tuple[float, str]] = []
        for spec in chairs:
            chair = _new_chair(spec, now)
            if chair.state == "watched":
                for condition in _ALL:
                    life.observe(chair.tracks[condition.id], condition.look(chair, now), now)
            self._add(chair)

    # --- time and events ----------------------------------------------------------------------------------------

    def step(self, event: Event, now: float) -> list[Output]:
        """Take one event at ``now`` and give what changed, in order.

        Raises:
            UsageError: if the chair or device is unknown, an act is impossible, or time runs backwards.
        """
        outputs = self.advance(now)
        chair = self._chairs.get(event.chair)
        if chair is None:
            raise UsageError(f'there is no chair "{event.chair}"')
        outputs.extend(self._take(chair, event, self._now))
        self._plan(chair)
        return outputs

    def advance(self, now: float) -> list[Output]:
        """Let time pass to ``now``: do everything that was due by then, each at its own moment."""
        now = round(float(now), 6)
        if now < self._now:
            raise UsageError(f"time ran backwards, from {self._now} to {now}")
        outputs: list[Output] = []
        while self._heap and self._heap[0][0] <= now:
            at, chair_id = heapq.heappop(self._heap)
            if self._next.get(chair_id) != at:
                continue  # planned anew since
            self._now = max(self._now, at)
            chair = self._chairs[chair_id]
            outputs.extend(self._tick(chair, self._now))
            self._plan(chair)
        self._now = now
        return outputs

    def next_deadline(self) -> float | None:
        """The next moment at which something changes though nothing arrives; ``None`` when nothing is running."""
        while self._heap and self._next.get(self._heap[0][1]) != self._heap[0][0]:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    # --- what screens and records ask ---------------------------------------------------------------------------

    def chair(self, chair_id: str) -> Chair:
        """What is known about a chair. For reading only."""
        return self._chairs[chair_id]

    @property
    def chairs(self) -> list[str]:
        """Ids of all chairs, in order."""
        return list(self._chairs)

    def snapshot(self) -> bytes:
        """The whole state as JSON, to be given to :meth:`restore`."""
        return msgspec.json.encode({"now": self._now, "chairs": self._chairs})

    @classmethod
    def restore(cls, snapshot: bytes) -> Engine:
        """An engine that goes on exactly where the snapshot was taken."""
        saved = msgspec.json.decode(snapshot, type=_Saved)
        engine = cls((), saved.now)
        for chair in saved.chairs.values():
            engine._add(chair)
        return engine

    # --- planning -----------------------------------------------------------------------------------------------

    def _add(self, chair: Chair) -> None:
        """Take in a chair as it stands: nothing is judged, only its deadlines are planned."""
        self._chairs[chair.id] = chair
        self._due[chair.id] = {}
        for condition in _ALL:
            self._plan_track(chair, condition)
        self._plan_watch(chair)
        self._plan_audio(chair)
        self._plan(chair)

    def _plan(self, chair: Chair) -> None:
        dues = self._due[chair.id]
        at = min(dues.values()) if dues else None
        if at == self._next.get(chair.id):
            return
        if at is None:
            self._next.pop(chair.id, None)
        else:
            self._next[chair.id] = at
            heapq.heappush(self._heap, (at, chair.id))

    def _plan_track(self, chair: Chair, condition: Condition) -> None:
        self._set_due(chair, condition.id, life.due(chair.tracks[condition.id], condition.timing))

    def _plan_audio(self, chair: Chair) -> None:
        self._set_due(chair, _AUDIO, chair.audio_paused_until)

    def _plan_watch(self, chair: Chair) -> None:
        self._set_due(chair, _WATCH, None if chair.state == "watched" else chair.watching_from())

    def _set_due(self, chair: Chair, name: str, at: float | None) -> None:
        if at is None:
            self._due[chair.id].pop(name, None)
        else:
            self._due[chair.id][name] = at

    # --- one moment of one chair --------------------------------------------------------------------------------

    def _tick(self, chair: Chair, now: float) -> Iterator[Output]:
        """Everything of this chair that is due by ``now``, in the order of the catalogue."""
        dues = self._due[chair.id]
        if dues.get(_WATCH, now + 1) <= now:
            yield from self._set_state(chair, "watched", now, reason="valid values for 10 s")
        if dues.get(_AUDIO, now + 1) <= now:
            yield from self._resume_audio(chair, now, reason="the pause is over")
        for condition in _ALL:
            if dues.get(condition.id, now + 1) <= now:
                yield from self._judge(chair, condition, now)

    def _judge(self, chair: Chair, condition: Condition, now: float) -> Iterator[Output]:
        """Let a rule look, and do what follows for its condition and those that depend on it."""
        track = chair.tracks[condition.id]
        life.observe(track, condition.look(chair, now), now)
        changes = life.settle(track, condition.timing, condition.latching, condition.priority, now)
        if changes:
            for change in changes:
                yield self._said(chair, condition, change)
                if change.target is State.ACTIVE:
                    yield from self._break_pause(chair, condition, now)
            self._mask(chair, condition)
        elif (
            track.state in life.PRESENT
            and track.finding.side is Side.BEYOND
            and track.finding.text
            and (track.finding.text, track.finding.note) != (track.text, track.note)
        ):
            yield self._said(chair, condition, Change(now, track.state, None, "the cause changed", "updated"))
        self._plan_track(chair, condition)

    def _mask(self, chair: Chair, condition: Condition) -> None:
        """Of a severity pair only the worse lights and sounds while it is there."""
        for milder in _ALL:
            if condition.id in (milder.id, milder.worse) and milder.worse:
                track = chair.tracks[milder.id]
                track.masked = chair.tracks[milder.worse].state in life.PRESENT
                self._plan_track(chair, milder)

    # --- events -------------------------------------------------------------------------------------------------

    def _take(self, chair: Chair, event: Event, now: float) -> Iterator[Output]:
        if isinstance(event, Sampled | Heard | CuffRead | StatusChanged):
            device = _device(chair, event.device)
            device.heard_at = now
            yield from self._take_news(chair, device, event, now)
            yield from self._heard(chair, now)
        elif isinstance(event, LinkChanged):
            yield from self._take_link(chair, _device(chair, event.device), event, now)
        else:
            if not event.actor.strip():
                raise UsageError("an act needs the name of who does it")
            yield from self._take_act(chair, event, now)

    def _take_news(
        self, chair: Chair, device: Device, event: Sampled | Heard | CuffRead | StatusChanged, now: float
    ) -> Iterator[Output]:
        match event:
            case Sampled():
                chair.take_sample(device, event.vital, event.value, event.validity, event.mode, now)
                yield from self._news(chair, now, event.vital)
            case CuffRead() if event.systolic is not None:
                chair.take_cuff(
                    CuffReading(
                        device.spec.id,
                        round(now - event.age_s, 6),
                        now,
                        event.systolic,
                        event.diastolic,
                        event.mean,
                        event.pulse,
                        event.mode,
                    )
                )
                yield from self._news(chair, now, CUFF_NEWS)
            case StatusChanged():
                if event.active:
                    device.statuses[event.status] = Standing(now, event.detail, event.priority)
                else:
                    device.statuses.pop(event.status, None)
                yield from self._news(chair, now, STATUS_NEWS)

    def _take_act(self, chair: Chair, act: Act, now: float) -> Iterator[Output]:
        match act:
            case Acknowledge():
                yield from self._acknowledge(chair, act, now)
            case PauseAudio():
                yield from self._pause_audio(chair, act, now)
            case ResumeAudio():
                yield from self._resume_audio(chair, now, actor=act.actor, reason="ended early")
            case SetChairState():
                if act.state not in CHAIR_STATES:
                    raise UsageError(f'a chair is {", ".join(CHAIR_STATES)}, not "{act.state}"')
                yield from self._set_state(chair, act.state, now, actor=act.actor, reason=act.reason)
            case SetPhase():
                if act.phase not in PHASES:
                    raise UsageError(f'a phase is {", ".join(PHASES)}, not "{act.phase}"')
                chair.phase = act.phase
                yield AlarmEvent(chair.id, "phase", now, text=act.phase, actor=act.actor)
                yield from self._all_news(chair, now)

    def _news(self, chair: Chair, now: float, *news: str) -> Iterator[Output]:
        """Let the rules look that the news concerns."""
        if chair.state != "watched":
            self._plan_watch(chair)
            return
        for kind in news:
            for condition in _BY_NEWS[kind]:
                yield from self._judge(chair, condition, now)

    def _all_news(self, chair: Chair, now: float) -> Iterator[Output]:
        if chair.state == "watched":
            for condition in _ALL:
                yield from self._judge(chair, condition, now)

    def _heard(self, chair: Chair, now: float) -> Iterator[Output]:
        """A frame came: only rules that are waiting for one need to look now; the others do at their deadline."""
        if chair.state != "watched":
            return
        for condition in _BY_NEWS[HEARD_NEWS]:
            if chair.tracks[condition.id].finding.side is not Side.CLEAR:
                yield from self._judge(chair, condition, now)

    def _take_link(self, chair: Chair, device: Device, event: LinkChanged, now: float) -> Iterator[Output]:
        device.up, device.reason = event.up, event.reason
        device.changed_at = now
        device.statuses = {}  # the driver tells them anew once it hears the device again
        if event.up:
            device.heard_at = now  # silence is timed from here
        yield from self._news(chair, now, LINK_NEWS)

    def _acknowledge(self, chair: Chair, event: Acknowledge, now: float) -> Iterator[Output]:
        condition = CATALOGUE.get(event.condition)
        if condition is None:
            raise UsageError(f'there is no condition "{event.condition}"')
        if chair.tracks[condition.id].state not in (State.ACTIVE, State.LATCHED, State.PENDING):
            raise UsageError(f"{condition.name}: nothing to acknowledge any more")
        milder = [c for c in _ALL if c.worse == condition.id]
        for each in (condition, *milder):
            change = life.acknowledge(chair.tracks[each.id], event.actor, now)
            if change is not None:
                yield self._said(chair, each, change, actor=event.actor)
            self._plan_track(chair, each)
        self._mask(chair, condition)

    def _pause_audio(self, chair: Chair, event: PauseAudio, now: float) -> Iterator[Output]:
        if not 0 < event.seconds <= PAUSE_AUDIO_S:
            raise UsageError(f"sound can be paused for up to {PAUSE_AUDIO_S:.0f} s, not {event.seconds:g}")
        chair.audio_paused_until = round(now + event.seconds, 6)
        chair.audio_pause_rank = max(
            (track.priority.rank for track in chair.tracks.values() if track.state in life.PRESENT), default=0
        )
        self._plan_audio(chair)
        yield AlarmEvent(chair.id, "audio_paused", now, actor=event.actor, text=f"{event.seconds:.0f} s")

    def _resume_audio(self, chair: Chair, now: float, *, reason: str, actor: str = "") -> Iterator[Output]:
        if chair.audio_paused_until is not None:
            chair.audio_paused_until = None
            self._plan_audio(chair)
            yield AlarmEvent(chair.id, "audio_resumed", now, actor=actor, reason=reason)

    def _break_pause(self, chair: Chair, condition: Condition, now: float) -> Iterator[Output]:
        """A new high alarm, or one above all that were there when the pause was set, ends the pause."""
        priority = chair.tracks[condition.id].priority
        if priority is Priority.HIGH or priority.rank > chair.audio_pause_rank:
            yield from self._resume_audio(chair, now, reason=f"new {priority} alarm {condition.id}")

    def _set_state(
        self, chair: Chair, state: str, now: float, *, actor: str = "", reason: str = ""
    ) -> Iterator[Output]:
        chair.state, chair.state_since = state, now
        yield AlarmEvent(chair.id, "chair_state", now, text=state, actor=actor, reason=reason)
        self._plan_watch(chair)
        if state == "watched":
            yield from self._all_news(chair, now)
            return
        if state == "empty":
            chair.forget_patient()
            chair.phase = "unknown"
        yield from self._resume_audio(chair, now, reason=f"the chair is {state}")
        for condition in _ALL:
            track = chair.tracks[condition.id]
            change = life.end(track, now, f"the chair is {state}")
            if change is not None:
                yield self._said(chair, condition, change, actor=actor)
            track.finding, track.masked = life.UNKNOWN, False
            self._plan_track(chair, condition)

    # --- words --------------------------------------------------------------------------------------------------

    def _said(self, chair: Chair, condition: Condition, change: Change, actor: str = "") -> Output:
        """Put a change of the state machine into the form of the record."""
        track = chair.tracks[condition.id]
        finding = track.finding
        text, note = condition.words(chair, track, change.at)
        if finding.side is Side.BEYOND:
            track.text, track.note = finding.text, finding.note
        if change.target is None:
            return AlarmEvent(
                chair.id,
                change.event,
                change.at,
                condition.id,
                track.priority,
                change.step,
                text,
                note,
                actor,
                change.reason,
            )
        beyond: Finding | None = finding if finding.side is Side.BEYOND else None
        return Transition(
            chair.id,
            condition.id,
            change.source,
            change.target,
            track.priority,
            change.at,
            finding.value if finding.value is not None else track.beyond_value,
            finding.limit if finding.limit is not None else track.beyond_limit,
            chair.profile.source(finding.limit_key) if finding.limit_key else "",
            beyond.delay_s if beyond is not None else track.delay_used,
            text,
            note,
            change.reason,
            actor,
            track.count,
        )


class _Saved(msgspec.Struct):
    now: float
    chairs: dict[str, Chair]


def _new_chair(spec: ChairSpec, now: float) -> Chair:
    interval = spec.nibp_interval_s
    if interval is None:
        interval = spec.profile.options.nibp_interval_min * 60
    devices = {device.id: Device(device, now) for device in spec.devices}
    tracks = {condition.id: Track() for condition in _ALL}
    return Chair(spec.id, spec.profile, devices, spec.same_limb, interval, spec.start, round(now, 6), tracks=tracks)


def _device(chair: Chair, device_id: str) -> Device:
    device = chair.devices.get(device_id)
    if device is None:
        raise UsageError(f'chair "{chair.id}" has no device "{device_id}"')
    return device
