"""The engine of one chair: lets the rules look when there is news for them, and says what follows.

Deadlines of the chair are kept by name: one for each condition whose finding or state will change by time alone, and a
few of the chair's own. :meth:`ChairEngine.tick` does what is due at one moment, in a fixed order.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypeAlias

from vitalwatch.alarms import track as life
from vitalwatch.alarms.chair import TICK_S, Chair
from vitalwatch.alarms.conditions import (
    ALARM_NEWS,
    CATALOGUE,
    CLOCK_NEWS,
    CUFF_NEWS,
    HEARD_NEWS,
    LINK_NEWS,
    STATUS_NEWS,
    TICK_NEWS,
    Condition,
)
from vitalwatch.alarms.events import CuffRead, LinkChanged, News, Sampled, StatusChanged
from vitalwatch.alarms.facts import CuffReading, Device, Standing
from vitalwatch.alarms.track import Change, Side
from vitalwatch.alarms.transition import AlarmEvent, Priority, State, Transition
from vitalwatch.alarms.view import kept_quiet
from vitalwatch.errors import UsageError
from vitalwatch.model import USABLE, Vital

Output: TypeAlias = Transition | AlarmEvent

_AUDIO: Final = "audio"
_WATCH: Final = "watch"
_TICK: Final = "history"
_REMIND: Final = "remind"
"""Names of the chair's own deadlines, beside those of its conditions."""


class _Catalogue:
    """The conditions of one scope, and which of them each kind of news concerns."""

    def __init__(self, scope: str) -> None:
        self.all = tuple(c for c in CATALOGUE.values() if c.scope == scope)
        kinds = {news for condition in self.all for news in condition.news} | set(Vital)
        self.by_news = {news: tuple(c for c in self.all if news in c.news) for news in kinds}
        self.milder = {c.id: tuple(m for m in self.all if m.worse == c.id) for c in self.all}
        self.darkens = {c.id: tuple(m for m in self.all if c.id in (m.worse, *m.hidden_by)) for c in self.all}


_SCOPES: Final = {scope: _Catalogue(scope) for scope in ("chair", "clinic")}


def conditions_of(chair: Chair) -> tuple[Condition, ...]:
    """The conditions that are decided at a chair, or for the clinic."""
    return _SCOPES["chair" if chair.clinic is None else "clinic"].all


class ChairEngine:
    """Decides every condition of one chair.

    Args:
        chair: what is known about it; changed in place.
    """

    def __init__(self, chair: Chair) -> None:
        self.chair = chair
        self._catalogue = _SCOPES["chair" if chair.clinic is None else "clinic"]
        self._due: dict[str, float] = {}
        self.next_due: float | None = None
        for condition in self._catalogue.all:
            self.plan(condition)
        self.plan_own()

    # --- deadlines ----------------------------------------------------------------------------------------------

    def plan(self, condition: Condition) -> None:
        """Note when this condition next changes by time alone."""
        self._set_due(condition.id, life.due(self.chair.tracks[condition.id], condition.timing))

    def plan_own(self) -> None:
        """Note the chair's own deadlines."""
        chair = self.chair
        watched = chair.state == "watched"
        self._set_due(_AUDIO, chair.audio_paused_until)
        self._set_due(_WATCH, None if watched else chair.watching_from())
        self._set_due(_TICK, chair.next_tick_at if watched and chair.clinic is None else None)
        self._set_due(_REMIND, chair.remind_at)

    def settle_plan(self) -> float | None:
        """The chair's next deadline."""
        self.next_due = min(self._due.values()) if self._due else None
        return self.next_due

    def _set_due(self, name: str, at: float | None) -> None:
        if at is None:
            self._due.pop(name, None)
        else:
            self._due[name] = at

    def _is_due(self, name: str, now: float) -> bool:
        at = self._due.get(name)
        return at is not None and at <= now

    def tick(self, now: float) -> Iterator[Output]:
        """Everything that is due by ``now``: the chair's own first, then conditions in the catalogue's order."""
        chair = self.chair
        if self._is_due(_WATCH, now):
            yield from self.set_state("watched", now, reason="valid values for 10 s")
        if self._is_due(_AUDIO, now):
            yield from self.resume_audio(now, reason="the pause is over")
        if self._is_due(_REMIND, now):
            yield self._remind(now)
        if self._is_due(_TICK, now):
            chair.tick(now)
            chair.next_tick_at = round(chair.next_tick_at + TICK_S, 6)
            yield from self.news(now, TICK_NEWS)
        self.plan_own()
        for condition in self._catalogue.all:
            if not self._is_due(condition.id, now):
                continue
            if chair.state == "watched":
                yield from self.judge(condition, now)
            else:  # nothing is judged; only what was put on the shelf comes back
                yield from self._settle(condition, now)

    # --- judging ------------------------------------------------------------------------------------------------

    def news(self, now: float, *kinds: str) -> Iterator[Output]:
        """Let the rules look that the news concerns; on an unwatched chair only see whether it is watched now."""
        if self.chair.state != "watched":
            self.plan_own()
            return
        for kind in kinds:
            for condition in self._catalogue.by_news.get(kind, ()):
                if not self._calm(condition, now):
                    yield from self._settle(condition, now)

    def everything(self, now: float) -> Iterator[Output]:
        """Let every rule look."""
        if self.chair.state == "watched":
            for condition in self._catalogue.all:
                yield from self.judge(condition, now)

    def judge(self, condition: Condition, now: float) -> Iterator[Output]:
        """Let one rule look, and do what follows for its condition."""
        if not self._calm(condition, now):
            yield from self._settle(condition, now)

    def _calm(self, condition: Condition, now: float) -> bool:
        """Let one rule look. True when nothing can follow: the condition was idle and is not beyond its limit."""
        track = self.chair.tracks[condition.id]
        finding = condition.look(self.chair, now)
        life.observe(track, finding, now)
        if track.state is not State.IDLE or finding.side is Side.BEYOND:
            return False
        if finding.until is None:
            self._due.pop(condition.id, None)
        else:
            self._due[condition.id] = finding.until
        return True

    def _settle(self, condition: Condition, now: float) -> Iterator[Output]:
        """Do what follows from what a rule has just found."""
        track = self.chair.tracks[condition.id]
        rank = track.priority.rank
        changes = life.settle(track, condition.timing, condition.latches(track.priority), condition.priority, now)
        for change in changes:
            yield self.said(condition, change)
            if change.target is State.ACTIVE or (track.state is State.ACTIVE and track.priority.rank > rank):
                yield from self._break_pause(condition, now)
        if changes:
            if changes[0].source is State.SHELVED:
                self.chair.note_quiet(now)
                self.plan_own()
            self.mask(condition)
            yield from self.news(now, ALARM_NEWS)
        elif self._cause_changed(condition):
            yield self.said(condition, Change(now, track.state, None, "the cause changed", "updated"))
        self.plan(condition)

    def _cause_changed(self, condition: Condition) -> bool:
        """Whether an alarm that is there has another cause: off became disconnected, a second link was lost."""
        track = self.chair.tracks[condition.id]
        finding = track.finding
        if track.state not in life.PRESENT or finding.side is not Side.BEYOND:
            return False
        worded = condition.kind == "T" and bool(finding.text)
        return finding.causes != track.causes or (worded and (finding.text, finding.note) != (track.text, track.note))

    def mask(self, condition: Condition) -> None:
        """Of the conditions on one vital only the worst lights and sounds."""
        tracks = self.chair.tracks
        for milder in self._catalogue.darkens[condition.id]:
            worse = (milder.worse, *milder.hidden_by)
            tracks[milder.id].masked = any(tracks[w].state in life.PRESENT for w in worse if w)
            self.plan(milder)

    def milder_of(self, condition: Condition) -> tuple[Condition, ...]:
        """The milder member of a severity pair."""
        return self._catalogue.milder[condition.id]

    # --- what devices say ---------------------------------------------------------------------------------------

    def take(self, event: News, now: float) -> Iterator[Output]:
        """Take what a device says."""
        chair = self.chair
        device = self.device(event.device)
        device.heard_at, device.heard = now, True
        match event:
            case Sampled():
                yield from self._take_sample(device, event, now)
            case CuffRead() if (event.systolic, event.diastolic, event.mean) != (None, None, None):
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
                yield from self.news(now, CUFF_NEWS)
            case CuffRead():
                chair.cuff_failed(now)
                yield from self.news(now, CUFF_NEWS)
            case StatusChanged():
                standing = Standing(now, event.detail, event.priority, event.limit_of) if event.active else None
                chair.take_status(device, event.status, standing, now)
                yield from self.news(now, STATUS_NEWS)
        yield from self._awaited(now, HEARD_NEWS)

    def _awaited(self, now: float, kind: str) -> Iterator[Output]:
        """News that comes all the time: rules that wait for it look; the others find out at their own deadline."""
        if self.chair.state == "watched":
            for condition in self._catalogue.by_news[kind]:
                if self.chair.tracks[condition.id].finding.side is not Side.CLEAR:
                    yield from self.judge(condition, now)

    def _take_sample(self, device: Device, event: Sampled, now: float) -> Iterator[Output]:
        chair = self.chair
        if event.device_time is not None:
            chair.take_clock(device, event.device_time, now)
            yield from self._awaited(now, CLOCK_NEWS)
        value = event.value if event.validity in USABLE else None
        chair.take_sample(device, event.vital, value, event.validity, event.mode, now)
        if event.vital is Vital.SPO2 and chair.profile.options.sat_seconds:
            sample = chair.spo2(now)
            chair.count_sat(sample if sample is not None and sample.speaks(now) else None, now)
        yield from self.news(now, event.vital)

    def take_link(self, event: LinkChanged, now: float) -> Iterator[Output]:
        """A device's link opened or was lost: what it said of its state is not known any more."""
        device = self.device(event.device)
        device.up, device.reason, device.changed_at = event.up, event.reason, now
        device.statuses = {}
        device.clock = None
        device.heard = False
        if event.up:
            device.heard_at = now  # silence is timed from here
        yield from self.news(now, LINK_NEWS)

    def device(self, device_id: str) -> Device:
        """A device of this chair.

        Raises:
            UsageError: if there is none of this id.
        """
        device = self.chair.devices.get(device_id)
        if device is None:
            raise UsageError(f'chair "{self.chair.id}" has no device "{device_id}"')
        return device

    # --- states of the chair ------------------------------------------------------------------------------------

    def set_state(self, state: str, now: float, *, actor: str = "", reason: str = "") -> Iterator[Output]:
        """Make the chair empty, watched or standby."""
        chair = self.chair
        chair.state, chair.state_since = state, now
        yield AlarmEvent(chair.id, "chair_state", now, text=state, actor=actor, reason=reason)
        if state == "watched":
            while chair.next_tick_at <= now:  # its own rhythm goes on, whenever it was left
                chair.next_tick_at = round(chair.next_tick_at + TICK_S, 6)
            yield from self.everything(now)
        else:
            if state == "empty":
                chair.forget_patient()
                chair.phase = "unknown"
                chair.visit_since = now  # of whoever comes next; nothing from before belongs to that person
            yield from self.resume_audio(now, reason=f"the chair is {state}")
            yield from self.end_all(now, f"the chair is {state}", actor)
        self.plan_own()

    def end_all(self, now: float, reason: str, actor: str) -> Iterator[Output]:
        """End every condition, by a named act."""
        for condition in self._catalogue.all:
            track = self.chair.tracks[condition.id]
            change = life.end(track, now, reason)
            if change is not None:
                yield self.said(condition, change, actor)
            self.chair.tracks[condition.id] = life.Track()
            self.plan(condition)
        self.chair.note_quiet(now)

    def resume_audio(self, now: float, *, reason: str, actor: str = "") -> Iterator[Output]:
        """End the audio pause, if there is one."""
        if self.chair.audio_paused_until is not None:
            self.chair.audio_paused_until = None
            self.plan_own()
            yield AlarmEvent(self.chair.id, "audio_resumed", now, actor=actor, reason=reason)

    def _break_pause(self, condition: Condition, now: float) -> Iterator[Output]:
        """A new high alarm, or one above all that were there when the pause was set, ends the pause."""
        priority = self.chair.tracks[condition.id].priority
        if priority is Priority.HIGH or priority.rank > self.chair.audio_pause_rank:
            yield from self.resume_audio(now, reason=f"new {priority} alarm {condition.id}")

    def _remind(self, now: float) -> Output:
        """Nobody shall forget that something is kept quiet."""
        chair = self.chair
        chair.reminded_at = now
        quiet = kept_quiet(chair)
        if chair.audio_paused_until is not None:
            quiet.insert(0, f"sound paused for {chair.audio_paused_until - now:.0f} s more")
        return AlarmEvent(chair.id, "reminder", now, text="; ".join(quiet))

    # --- words --------------------------------------------------------------------------------------------------

    def said(self, condition: Condition, change: Change, actor: str = "") -> Output:
        """Put a change of the state machine into the form of the record."""
        track = self.chair.tracks[condition.id]
        finding = track.finding
        if finding.side is Side.BEYOND:
            track.text, track.note, track.causes = finding.text, finding.note, finding.causes
        text, note = condition.words(self.chair, track, change.at)
        if change.target is None:
            return AlarmEvent(
                chair=self.chair.id,
                event=change.event,
                at=change.at,
                condition=condition.id,
                priority=track.priority,
                step=change.step,
                text=text,
                note=note,
                actor=actor,
                reason=change.reason,
            )
        return Transition(
            chair=self.chair.id,
            condition=condition.id,
            source=change.source,
            target=change.target,
            priority=track.priority,
            at=change.at,
            value=finding.value if finding.value is not None else track.beyond_value,
            limit=finding.limit if finding.limit is not None else track.beyond_limit,
            limit_source=self.chair.profile.source(finding.limit_key) if finding.limit_key else "",
            delay_s=finding.delay_s if change.target is State.PENDING else track.delay_used,
            text=text,
            note=note,
            reason=change.reason,
            actor=actor,
            count=track.count,
        )
