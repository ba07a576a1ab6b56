"""Nothing stays quiet for ever: pauses and shelves end, reminders come while they last, unanswered alarms call on."""

from __future__ import annotations

from collections import defaultdict

from hypothesis import given

from tests.property.driving import moments
from tests.property.strategies import VISIT_MOVES, ClinicPlan, chair_specs, clinic_plans, examples
from vitalwatch.alarms import AlarmEvent, Output, Priority, State, Transition
from vitalwatch.alarms.chair import Chair

AUDIO_PAUSED_S = 120
SHELVED_S = 1800
REMINDER_S = 60
CALLS_S = {Priority.HIGH: (30, 60), Priority.MEDIUM: (120,), Priority.LOW: ()}
ACKNOWLEDGED_S = {Priority.HIGH: 120, Priority.MEDIUM: 300}
"""Figures of the clinical notes, stated here a second time."""

VISITS = clinic_plans(VISIT_MOVES, specs=chair_specs(start=("watched",)), most=18)


@examples()
@given(clinic_plans())
def test_every_audio_pause_and_every_shelf_ends_in_time(plan: ClinicPlan) -> None:
    paused_at: float | None = None
    shelved_at: dict[str, float] = {}
    for engine, outputs in moments(plan, after_s=SHELVED_S):
        for output in outputs:
            if isinstance(output, Transition):
                shelved_at.pop(output.condition, None)
                if output.target is State.SHELVED:
                    shelved_at[output.condition] = output.at
            elif output.event == "audio_paused":
                paused_at = output.at
            elif output.event == "audio_resumed":
                assert paused_at is not None
                paused_at = None
        chair = engine.chair("a")
        now = engine._now
        assert (chair.audio_paused_until is None) == (paused_at is None)
        assert paused_at is None or now < paused_at + AUDIO_PAUSED_S
        assert all(now < at + SHELVED_S for at in shelved_at.values())
        assert shelved_at.keys() == {name for name, track in chair.tracks.items() if track.state is State.SHELVED}
    assert chair.audio_paused_until is None
    assert not shelved_at


def _kept_quiet(chair: Chair) -> bool:
    shelved = any(track.state is State.SHELVED for track in chair.tracks.values())
    return shelved or chair.looser or chair.audio_paused_until is not None


def _assert_reminded(plan: ClinicPlan) -> None:
    """While anything is kept quiet no minute passes without a word of it."""
    last: float | None = None
    for engine, outputs in moments(plan, after_s=400):
        chair = engine.chair("a")
        for output in outputs:
            if isinstance(output, AlarmEvent) and output.event == "reminder" and not output.condition:
                last = output.at
            elif getattr(output, "event", "") in ("audio_paused", "limit_changed"):
                last = output.at  # the act itself is a word of it
            elif isinstance(output, Transition) and output.target is State.SHELVED:
                last = output.at
        if chair.state == "watched" and _kept_quiet(chair):
            assert last is not None
            assert engine._now < last + REMINDER_S


@examples()
@given(VISITS)
def test_somebody_is_reminded_each_minute_while_anything_is_kept_quiet(plan: ClinicPlan) -> None:
    _assert_reminded(plan)


class _Heard:
    """What one who only hears the engine knows of the alarms of one chair."""

    def __init__(self) -> None:
        self.sounding: dict[str, float] = {}
        self.called: dict[str, int] = defaultdict(int)
        self.answered: dict[str, float] = {}

    def hear(self, output: Output) -> None:
        name = output.condition
        if isinstance(output, Transition):
            self.sounding.pop(name, None)
            if output.target is State.ACTIVE:
                self._sounds(name, output.at)
            elif output.target is State.ACKNOWLEDGED and output.source is State.ACTIVE:
                self.answered[name] = output.at
        elif output.event == "escalated":
            self.called[name] += 1
            assert output.step == self.called[name]
            assert name in self.sounding
        elif output.event == "updated" and output.reason.endswith("priority"):
            self._sounds(name, output.at)  # the calls are timed anew at a higher priority

    def _sounds(self, name: str, at: float) -> None:
        self.sounding[name], self.called[name] = at, 0


@examples(1.5)
@given(VISITS)
def test_an_unanswered_alarm_calls_on_at_its_times_and_an_answer_runs_out(plan: ClinicPlan) -> None:
    """At every moment as many people have been called as are due, for each alarm that sounds."""
    heard = _Heard()
    for engine, outputs in moments(plan, after_s=400):
        for output in outputs:
            heard.hear(output)
        now = engine._now
        for name, track in engine.chair("a").tracks.items():
            assert (track.state is State.ACTIVE) == (name in heard.sounding)
            if track.state is State.ACTIVE and not track.masked:
                since = heard.sounding[name]
                due = sum(since + after <= now for after in CALLS_S[track.priority])
                assert heard.called[name] == due, f"{name} sounding since {since}, now {now}"
            if track.state is State.ACKNOWLEDGED and track.priority in ACKNOWLEDGED_S:
                assert now < heard.answered[name] + ACKNOWLEDGED_S[track.priority], name
