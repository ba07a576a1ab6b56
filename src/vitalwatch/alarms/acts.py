"""What people's acts do at a chair. Each act names who did it; what is not possible is refused with the reason."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median
from typing import Final

from vitalwatch.alarms import profile as profiles
from vitalwatch.alarms import track as life
from vitalwatch.alarms.chair import HISTORY_TICKS, TICK_S, Chair
from vitalwatch.alarms.chair_engine import ChairEngine, Output
from vitalwatch.alarms.conditions import CARE_NEWS, CATALOGUE, Condition
from vitalwatch.alarms.conditions.care import check_score
from vitalwatch.alarms.events import (
    Acknowledge,
    Act,
    ChangeLimit,
    ChartSedation,
    NewVisit,
    Note,
    PauseAudio,
    Plan,
    ResumeAudio,
    SetChairState,
    SetPhase,
    Shelve,
    TakeBaseline,
    Unshelve,
)
from vitalwatch.alarms.facts import Baseline, Sedation
from vitalwatch.alarms.transition import AlarmEvent, Priority, State
from vitalwatch.errors import UsageError
from vitalwatch.model import Vital

PAUSE_AUDIO_S: Final = 120.0
"""The longest audio pause, seconds."""

SHELVE_S: Final = 1800.0
"""The longest time on the shelf, seconds."""

BASELINE_S: Final = 300.0
"""How far back SpO2 and rate are looked at for a baseline; cuff readings: half an hour."""

BASELINE_CUFF_S: Final = 1800.0

NAME_LENGTH: Final = 80
REASON_LENGTH: Final = 400
"""Letters that the record keeps of who acted and why."""

NOTE_LENGTH: Final = 200
"""Letters of a note."""

CLINIC_ACTS: Final = (Acknowledge,)
"""What can be done about the clinic as a whole."""

CHAIR_STATES: Final = ("empty", "watched", "standby")
PHASES: Final = ("preparation", "infusion", "recovery")
NOTE_KINDS: Final = ("note", "dose")


def do(engine: ChairEngine, act: Act, now: float) -> Iterator[Output]:
    """Do one act.

    Raises:
        UsageError: if it is not possible; the text is for the person.
    """
    if not act.actor.strip():
        raise UsageError("an act needs the name of who does it")
    names = (act.actor, getattr(act, "second", ""))
    if max(map(len, names)) > NAME_LENGTH or len(getattr(act, "reason", "")) > REASON_LENGTH:
        raise UsageError(f"a name has up to {NAME_LENGTH} letters, a reason up to {REASON_LENGTH}")
    match act:
        case Acknowledge():
            yield from _acknowledge(engine, act, now)
        case PauseAudio():
            yield from _pause_audio(engine, act, now)
        case ResumeAudio():
            yield from engine.resume_audio(now, actor=act.actor, reason="ended early")
        case Shelve() | Unshelve():
            yield from _shelf(engine, act, now)
        case ChangeLimit():
            yield from _change_limit(engine, act, now)
        case TakeBaseline():
            yield from _take_baseline(engine, act.actor, now)
        case _:
            yield from _visit(engine, act, now)
    engine.plan_own()


def _visit(
    engine: ChairEngine, act: SetChairState | SetPhase | NewVisit | ChartSedation | Plan | Note, now: float
) -> Iterator[Output]:
    """What concerns the visit and not one alarm."""
    chair = engine.chair
    match act:
        case SetChairState():
            _one_of("a chair", act.state, CHAIR_STATES)
            yield from engine.set_state(act.state, now, actor=act.actor, reason=act.reason)
        case SetPhase():
            _one_of("a phase", act.phase, PHASES)
            chair.phase = act.phase
            yield AlarmEvent(chair.id, "phase", now, text=act.phase, actor=act.actor)
            yield from _watch(engine, act.actor, now, f"{act.phase} began")
        case NewVisit():
            chair.forget_patient()
            chair.phase = "preparation"
            chair.visit_since = now
            yield AlarmEvent(chair.id, "visit", now, actor=act.actor)
            yield from engine.resume_audio(now, reason="a new visit")
            yield from engine.end_all(now, "a new visit", act.actor)
            yield from _watch(engine, act.actor, now, "a new visit")
        case ChartSedation():
            check_score(act.scale, act.score)
            chair.sedation = Sedation(act.scale, act.score, now, act.actor)
            yield AlarmEvent(chair.id, "charted", now, text=f"{act.scale} {act.score}", actor=act.actor)
            yield from engine.news(now, CARE_NEWS)
        case Plan():
            chair.check_due_at = None if act.check_in_s is None else round(now + act.check_in_s, 6)
            chair.end_due_at = None if act.end_in_s is None else round(now + act.end_in_s, 6)
            yield from engine.news(now, CARE_NEWS)
        case Note():
            _one_of("a note", act.kind, NOTE_KINDS)
            text = " ".join(act.text.split())
            if not 0 < len(text) <= NOTE_LENGTH:
                raise UsageError(f"a {act.kind} has 1 to {NOTE_LENGTH} letters")
            yield AlarmEvent(chair.id, act.kind, now, text=text, actor=act.actor)


def _watch(engine: ChairEngine, actor: str, now: float, reason: str) -> Iterator[Output]:
    """Judge everything anew; a chair with somebody in it is watched, whatever it was."""
    if engine.chair.state == "watched":
        yield from engine.everything(now)
    else:
        yield from engine.set_state("watched", now, actor=actor, reason=reason)


def _one_of(what: str, word: str, allowed: tuple[str, ...]) -> None:
    if word not in allowed:
        raise UsageError(f'{what} is {", ".join(allowed)}, not "{word}"')


def _condition(name: str) -> Condition:
    condition = CATALOGUE.get(name)
    if condition is None:
        raise UsageError(f'there is no condition "{name}"')
    return condition


def _acknowledge(engine: ChairEngine, act: Acknowledge, now: float) -> Iterator[Output]:
    condition = _condition(act.condition)
    track = engine.chair.tracks.get(condition.id)
    answerable = track is not None and (
        track.state in (State.ACTIVE, State.LATCHED) or (track.state is State.PENDING and track.was_latched)
    )
    if not answerable:
        raise UsageError(f"{condition.name}: there is nothing to acknowledge")
    for each in (condition, *engine.milder_of(condition)):
        change = life.acknowledge(engine.chair.tracks[each.id], act.actor, now)
        if change is not None:
            yield engine.said(each, change, act.actor)
        engine.plan(each)
    engine.mask(condition)


def _pause_audio(engine: ChairEngine, act: PauseAudio, now: float) -> Iterator[Output]:
    if not 0 < act.seconds <= PAUSE_AUDIO_S:
        raise UsageError(f"sound can be paused for up to {PAUSE_AUDIO_S:.0f} s, not {act.seconds:g}")
    chair = engine.chair
    _begin_reminding(chair, now)
    chair.audio_paused_until = round(now + act.seconds, 6)
    chair.audio_pause_rank = max((t.priority.rank for t in chair.tracks.values() if t.state in life.PRESENT), default=0)
    yield AlarmEvent(chair.id, "audio_paused", now, actor=act.actor, text=f"{act.seconds:.0f} s")


def _shelf(engine: ChairEngine, act: Shelve | Unshelve, now: float) -> Iterator[Output]:
    condition = _condition(act.condition)
    chair = engine.chair
    if condition.id not in chair.tracks:
        raise UsageError(f"{condition.name} concerns the whole clinic and cannot be shelved at a chair")
    track = chair.tracks[condition.id]
    if isinstance(act, Unshelve):
        if track.state is not State.SHELVED:
            raise UsageError(f"{condition.name} is not on the shelf")
        yield engine.said(condition, life.unshelve(track, now, "taken off the shelf"), act.actor)
    else:
        if condition.priority is Priority.HIGH or (track.state is not State.IDLE and track.priority is Priority.HIGH):
            raise UsageError(f"{condition.name} is of high priority and cannot be shelved")
        if track.state is State.SHELVED:
            raise UsageError(f"{condition.name} is already on the shelf")
        if not act.reason.strip():
            raise UsageError("shelving an alarm needs a reason")
        if not 0 < act.seconds <= SHELVE_S:
            raise UsageError(f"an alarm can be shelved for up to {SHELVE_S / 60:.0f} min")
        _begin_reminding(chair, now)
        change = life.shelve(track, round(now + act.seconds, 6), act.actor, act.reason, now)
        yield engine.said(condition, change, act.actor)
    chair.note_quiet(now)
    engine.mask(condition)
    if chair.state == "watched":
        yield from engine.judge(condition, now)
    engine.plan(condition)
    yield from engine.news(now, CARE_NEWS)


def _begin_reminding(chair: Chair, now: float) -> None:
    """Time the reminders from now, unless they run already: one more thing kept quiet does not put them off."""
    if chair.remind_at is None:
        chair.reminded_at = now


def _change_limit(engine: ChairEngine, act: ChangeLimit, now: float) -> Iterator[Output]:
    chair = engine.chair
    second = act.second.strip()
    by = f"{act.actor} and {second}" if second else act.actor
    new = profiles.changed(chair.profile, act.key, act.value, by, act.reason)
    old = profiles.numbers(chair.profile)[act.key]
    if needs_second(chair, act.key, act.value):
        _another_person(second, act.actor)
    if chair.own_profile is None:
        chair.own_profile = chair.profile
    _begin_reminding(chair, now)
    chair.profile = new
    chair.note_quiet(now)
    text = f"{act.key} {old:g} -> {act.value:g}" + (f", agreed by {second}" if second else "")
    yield AlarmEvent(chair.id, "limit_changed", now, text=text, actor=act.actor, reason=act.reason)
    yield from engine.everything(now)


def needs_second(chair: Chair, key: str, value: float) -> bool:
    """Whether setting a limit takes two people: it gets looser than it is, and looser than the profile has it."""
    in_force = profiles.numbers(chair.profile)[key]
    own = profiles.numbers(chair.own_profile or chair.profile)[key]
    return profiles.looser(key, in_force, value) and profiles.looser(key, own, value)


def _another_person(second: str, actor: str) -> None:
    if not second:
        raise UsageError("looser than the profile: a second person has to agree, by name")
    if _plain(second) == _plain(actor):
        raise UsageError(f"{actor} cannot be the second person too: somebody else has to agree")


def _plain(name: str) -> str:
    """A name without what makes no other person of it."""
    return " ".join(name.split()).casefold()


def _take_baseline(engine: ChairEngine, actor: str, now: float) -> Iterator[Output]:
    """The medians of what the chair has seen: five minutes of SpO2 and rate, half an hour of cuff readings."""
    chair = engine.chair
    ticks = min(HISTORY_TICKS, int(BASELINE_S / TICK_S))
    streams = {
        vital: [entry for entry in chair.history.get(vital, [])[-ticks:] if entry is not None]
        for vital in (Vital.SPO2, Vital.HEART_RATE)
    }
    readings = [reading for reading in chair.cuff if now - reading.at <= BASELINE_CUFF_S]
    systolic = [reading.systolic for reading in readings if reading.systolic is not None]
    diastolic = [reading.diastolic for reading in readings if reading.diastolic is not None]
    baseline = Baseline(
        now,
        actor,
        _median(streams[Vital.SPO2]),
        _median(streams[Vital.HEART_RATE]),
        _median(systolic),
        _median(diastolic),
    )
    if baseline.spo2 is None and baseline.heart_rate is None and baseline.systolic is None:
        raise UsageError("there are no values to take as a baseline yet")
    chair.baseline = baseline
    parts = (("SpO2", baseline.spo2), ("HR", baseline.heart_rate), ("SYS", baseline.systolic))
    text = ", ".join(f"{name} {'--' if value is None else f'{value:g}'}" for name, value in parts)
    yield AlarmEvent(chair.id, "baseline", now, text=text, actor=actor)
    yield from engine.everything(now)


def _median(values: list[float]) -> float | None:
    return float(median(values)) if values else None
