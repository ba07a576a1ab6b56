"""A recording through the alarm engine on virtual time: rows become the events that a driver would have caused.

The recording's stamps are the engine's time. Between rows the engine is woken at its own deadlines, exactly as the
service wakes it, so a delay that runs out between two rows alarms at its own moment.

A recorded series holds no device states: where it has no value, it gives no reason. The link counts as open from the
first row; a hole in the rows is a silent monitor, not a lost link.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from vitalwatch.alarms import ChairSpec, DeviceSpec, Engine, Output, Profile
from vitalwatch.alarms.events import Event, Heard, LinkChanged, SetPhase, TakeBaseline, events_from
from vitalwatch.errors import UsageError
from vitalwatch.model import CUFF_VITALS, Vital, observe, observe_cuff, standing_s
from vitalwatch.replay.recording import Recording, Row

DEVICE: Final = "recording"
ACTOR: Final = "replay"
"""The device that speaks for a recording, and the name that its set-up acts carry."""

CARRIED_S: Final = 30.0
"""A cuff pauses at least this long between two cycles (IEC 80601-2-30). Rows closer than that which repeat the same
reading carry it forward, as many exports do; they are not new readings."""


def play(
    recording: Recording,
    chair: str,
    profile: Profile,
    *,
    baseline_s: float | None = None,
    on_row: Callable[[Row], None] = lambda _: None,
) -> Iterator[Output]:
    """Let a recording happen at a watched chair during infusion, and give what the alarm engine says, as it comes.

    The last values stand for as long as any value stands, up to :func:`end_of`; nothing is made up after that.

    Args:
        recording: as surveyed.
        chair: id of the chair.
        profile: limits and options in force.
        baseline_s: seconds after the first row at which the patient's baseline is taken, or as soon after that as
            there are values; ``None`` = never.
        on_row: is shown each row before it is played.

    Raises:
        RecordingError: if the file has changed since it was surveyed.
    """
    spec = ChairSpec(chair, (DeviceSpec(DEVICE, recording.vitals, recording.period_s),), profile)
    engine = Engine([spec], recording.first_at)
    yield from engine.step(LinkChanged(chair, DEVICE, True), recording.first_at)
    yield from engine.step(SetPhase(chair, "infusion", ACTOR), recording.first_at)
    baseline_at = None if baseline_s is None else recording.first_at + baseline_s
    before: Row | None = None
    for row in recording.read():
        if baseline_at is not None and row.at >= baseline_at:
            yield from pass_time(engine, baseline_at)
            yield from _take_baseline(engine, chair, baseline_at)
            baseline_at = row.at if engine.chair(chair).baseline is None else None
        on_row(row)
        yield from pass_time(engine, row.at)
        for event in events_of(row, before, chair):
            yield from engine.step(event, row.at)
        before = row
    yield from pass_time(engine, end_of(recording))


def end_of(recording: Recording) -> float:
    """When the last values of a recording cease to stand, by its own stamps."""
    return recording.last_at + standing_s(recording.period_s)


def pass_time(engine: Engine, end: float) -> Iterator[Output]:
    """Let time pass up to, not including, ``end``.

    One deadline at a time, so that what is said during a long silence is not gathered in memory.
    """
    while (due := engine.next_deadline()) is not None and due < end:
        yield from engine.advance(due)


def _take_baseline(engine: Engine, chair: str, at: float) -> list[Output]:
    try:
        return engine.step(TakeBaseline(chair, ACTOR), at)
    except UsageError:  # no values yet: tried again at the next row, as a person would
        return []


def events_of(row: Row, before: Row | None, chair: str) -> list[Event]:
    """What a driver would have told the engine at a row, given the row before it."""
    reports = [observe(DEVICE, vital, value, row.at) for vital, value in row.values.items() if vital not in CUFF_VITALS]
    cuff = _cuff(row)
    carried = before is not None and row.at - before.at < CARRIED_S and _cuff(before) == cuff
    if cuff and not carried:
        reports += observe_cuff(
            DEVICE,
            cuff.get(Vital.SYSTOLIC),
            cuff.get(Vital.DIASTOLIC),
            row.at,
            mean=cuff.get(Vital.MEAN_PRESSURE),
            pulse=cuff.get(Vital.CUFF_PULSE_RATE),
        )
    return events_from(chair, reports) or [Heard(chair, DEVICE)]


def _cuff(row: Row) -> dict[Vital, float]:
    """The cuff reading of a row; empty when there is none."""
    return {vital: value for vital, value in row.values.items() if vital in CUFF_VITALS and value is not None}
