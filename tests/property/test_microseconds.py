"""Time goes on at every microsecond, for every period a device may have, however long the computer has been up.

A sum of two times and that sum rounded to microseconds may differ by the last bit of a double: mostly where it passes
a power of two, as the computer's monotonic seconds do after 36 hours, and 3, 6 and 12 days. A deadline planned by one
and judged by the other would be due for ever and never done.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.property.driving import as_bytes, by_deadlines, in_one_jump
from tests.property.strategies import examples
from vitalwatch.alarms import ChairSpec, DeviceSpec, Engine, Profile
from vitalwatch.alarms.events import (
    ChartSedation,
    CuffRead,
    Event,
    Heard,
    LinkChanged,
    PauseAudio,
    Sampled,
    Shelve,
    StatusChanged,
)
from vitalwatch.alarms.profile import Options
from vitalwatch.model import Status, Validity, Vital

VITALS = (Vital.SPO2, Vital.PULSE_RATE, Vital.HEART_RATE, Vital.SYSTOLIC)
COUNTING = Profile(name="counting", options=Options(sat_seconds=25.0))


def before_rounding_down(after_s: float) -> float:
    """The first time, in whole microseconds, at which ``after_s`` later is rounded down to the microsecond."""
    micros = math.ceil((2**17 - after_s) * 1e6)
    return next(at for n in range(10**6) if round((at := (micros + n) / 1e6) + after_s, 6) < at + after_s)


ADULT = Profile()


def _by_deadlines_and_at_once(
    now: float, events: Sequence[Event], after_s: float, *, period_s: float = 1.0, profile: Profile = ADULT
) -> None:
    chair = ChairSpec("a", (DeviceSpec("m", VITALS, period_s),), profile, same_limb=True)
    at_once, sleeper = Engine([chair], now), Engine([chair], now)
    said = [output for event in events for output in at_once.step(event, now)]
    assert said == [output for event in events for output in sleeper.step(event, now)]
    assert as_bytes(by_deadlines(sleeper, now + after_s)) == as_bytes(in_one_jump(at_once, now + after_s))


LOW = Sampled("a", "m", Vital.SPO2, 80.0, Validity.VALID)

STORIES: dict[str, tuple[float, Sequence[Event]]] = {
    "a sample grows too old": (5.0, [LOW]),
    "a monitor falls silent": (10.0, [LinkChanged("a", "m", True), Heard("a", "m")]),
    "a high alarm calls on": (30.0, [ChartSedation("a", "moaas", 0, "Ada")]),
    "a medium alarm calls on": (120.0, [ChartSedation("a", "moaas", 3, "Ada")]),
    "a cuff reading is overdue": (1350.0, [CuffRead("a", "m", 118.0, 70.0)]),
    "a cuff stays inflated": (60.0, [StatusChanged("a", "m", Status.CUFF_INFLATING, True)]),
    "the sound is paused": (60.0, [PauseAudio("a", "Ada")]),
    "an alarm is shelved": (60.0, [Shelve("a", "SPO2-LOW", "Ada", "probe moved", 200.0)]),
}


@pytest.mark.parametrize("story", STORIES)
def test_a_deadline_that_is_rounded_down_is_done_all_the_same(story: str) -> None:
    after_s, events = STORIES[story]
    _by_deadlines_and_at_once(before_rounding_down(after_s), events, after_s + 30)


def test_a_sample_whose_standing_time_is_no_round_number_grows_too_old_once() -> None:
    period_s = 2.7
    tenths = next(n for n in range(1000) if round(n / 10 + 2 * period_s, 6) < n / 10 + 2 * period_s)
    _by_deadlines_and_at_once(tenths / 10, [LOW], 30, period_s=period_s)


MICROS = st.one_of(
    st.integers(0, 10**12),
    st.sampled_from((5, 10, 15, 17, 18, 20)).flatmap(
        lambda power: st.integers(max(0, 2**power - 200) * 10**6, 2**power * 10**6)
    ),
)


@examples(0.4)
@given(
    MICROS,
    st.lists(st.sampled_from([(gap, events) for gap, events in STORIES.values()]), min_size=1, max_size=4),
    st.floats(0.01, 60.0),
    st.sampled_from((ADULT, COUNTING)),
)
def test_time_goes_on_from_any_microsecond(
    micros: int, stories: list[tuple[float, Sequence[Event]]], period_s: float, profile: Profile
) -> None:
    events = [event for _, some in stories for event in some if not isinstance(event, Shelve)]
    _by_deadlines_and_at_once(micros / 1e6, events, 400, period_s=period_s, profile=profile)
