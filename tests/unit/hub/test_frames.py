"""What a screen is told about one value: its age, when it goes stale, and never an old number as the present one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from vitalwatch.alarms.engine import ChairSpec, Engine
from vitalwatch.alarms.events import CuffRead, LinkChanged, NewVisit, Sampled, SetChairState, StatusChanged
from vitalwatch.alarms.facts import DeviceSpec
from vitalwatch.alarms.profile import Limits, Profile
from vitalwatch.hub import ChairFace
from vitalwatch.hub.frames import CUFF_GONE_S, chair_view, limits_text, statuses, value_view
from vitalwatch.model import Mode, Validity, Vital

OXIMETER = DeviceSpec("ox", (Vital.SPO2, Vital.PULSE_RATE), 2.0)
SECOND = DeviceSpec("ox-2", (Vital.SPO2,), 4.0)
CUFF = DeviceSpec("cuff", (Vital.SYSTOLIC, Vital.DIASTOLIC), 5.0)
FACE = ChairFace("1", "Chair 1", "Garden room", "SIMULATED")

Told = Callable[..., Any]


@pytest.fixture
def told() -> Told:
    """The chair after events, each told at a time: ``told((at, event), …)``, with the time moved on to the last."""

    def told(*timed: tuple[float, Any], interval_s: float = 300.0) -> Any:
        spec = ChairSpec("1", (OXIMETER, SECOND, CUFF), nibp_interval_s=interval_s)
        engine = Engine([spec], 0.0)
        for at, event in timed:
            engine.step(event, at)
        return engine.chair("1")

    return told


def spo2(value: float | None, device: str = "ox", validity: Validity = Validity.VALID, mode: Mode = Mode.REAL) -> Any:
    return Sampled("1", device, Vital.SPO2, value, validity, mode)


def test_a_chair_that_never_had_a_vital_has_no_view_of_it(told: Told) -> None:
    chair = told()
    assert [value_view(chair, vital, 0.0) for vital in Vital] == [None] * len(Vital)


def test_a_streamed_value_carries_its_age_and_when_it_is_stale_and_gone(told: Told) -> None:
    view = value_view(told((1.0, spo2(97.0))), Vital.SPO2, 4.5)
    assert (view.label, view.unit, view.value, view.validity, view.device) == ("SpO2", "%", 97.0, "valid", "ox")
    assert (view.age_s, view.stale_s, view.gone_s, view.episodic) == (3.5, 5.0, 10.0, False)
    assert (view.last_value, view.last_age_s) == (None, None)


def test_when_there_is_no_value_the_last_one_is_given_apart_with_its_own_age(told: Told) -> None:
    view = value_view(told((1.0, spo2(73.0)), (3.0, spo2(None, validity=Validity.UNAVAILABLE))), Vital.SPO2, 15.0)
    assert (view.value, view.validity) == (None, "unavailable")
    assert (view.last_value, view.last_age_s) == (73.0, 14.0)


def test_a_value_that_came_without_any_before_it_has_no_last_one(told: Told) -> None:
    view = value_view(told((1.0, spo2(None, validity=Validity.INVALID))), Vital.SPO2, 2.0)
    assert (view.value, view.last_value, view.last_age_s) == (None, None, None)


@pytest.mark.parametrize("mode", [Mode.TEST, Mode.DEMO])
def test_a_demo_or_test_value_says_so(told: Told, mode: Mode) -> None:
    assert value_view(told((1.0, spo2(97.0, mode=mode))), Vital.SPO2, 1.0).mode == mode


def test_the_first_device_of_the_chair_is_shown_until_it_has_had_no_value_for_long_enough(told: Told) -> None:
    chair = told((1.0, spo2(97.0)), (1.0, spo2(92.0, "ox-2")), (2.0, spo2(None, validity=Validity.UNAVAILABLE)))
    assert value_view(chair, Vital.SPO2, 5.9).device == "ox"
    later = value_view(chair, Vital.SPO2, 6.0)
    assert (later.device, later.value, later.stale_s) == ("ox-2", 92.0, 8.0)


def test_a_cuff_reading_is_as_old_as_its_measurement_and_late_after_half_an_interval_more(told: Told) -> None:
    chair = told((100.0, CuffRead("1", "cuff", 124.0, 78.0, None, None, age_s=30.0)))
    systolic, mean = value_view(chair, Vital.SYSTOLIC, 110.0), value_view(chair, Vital.MEAN_PRESSURE, 110.0)
    assert (systolic.value, systolic.age_s, systolic.episodic) == (124.0, 40.0, True)
    assert (systolic.stale_s, systolic.gone_s) == (450.0, 3600.0)
    assert (mean.value, mean.validity) == (None, "unavailable")


def test_a_cuff_reading_is_stale_at_the_latest_when_it_is_gone(told: Told) -> None:
    chair = told((0.0, CuffRead("1", "cuff", 124.0, 78.0)), interval_s=3600.0)
    assert value_view(chair, Vital.SYSTOLIC, 0.0).stale_s == CUFF_GONE_S


def test_statuses_carry_the_devices_own_words_and_their_age(told: Told) -> None:
    chair = told((2.0, StatusChanged("1", "ox", "sensor_off", True, "SO")))
    (status,) = statuses(chair, 12.0)
    assert (status.device, status.status, status.detail, status.since_age_s) == ("ox", "sensor_off", "SO", 10.0)


def test_a_lost_link_takes_the_statuses_with_it(told: Told) -> None:
    chair = told(
        (2.0, StatusChanged("1", "ox", "sensor_off", True, "SO")), (3.0, LinkChanged("1", "ox", False, "unplugged"))
    )
    assert statuses(chair, 3.0) == []


def test_a_chair_shows_its_face_its_state_and_its_limits(told: Told) -> None:
    view = chair_view(told(), FACE, [], 0.0)
    assert (view.id, view.label, view.room, view.mark) == ("1", "Chair 1", "Garden room", "SIMULATED")
    assert (view.state, view.phase, view.profile, view.audio_paused_until) == (
        *("watched", "unknown"),
        *("adult-default", None),
    )
    assert view.limits["spo2"] == "90–"


@pytest.mark.parametrize("act", [NewVisit("1", "Ada"), SetChairState("1", "empty", "Ada")])
def test_a_visit_is_as_old_as_the_act_that_ended_the_one_before(told: Told, act: Any) -> None:
    chair = told((0.0, spo2(97)), (40.0, act), (45.0, SetChairState("1", "watched", "Ada")))
    assert chair_view(chair, FACE, [], 60.0).visit_age_s == 20.0


def test_limits_are_written_short_and_without_needless_decimals() -> None:
    text = limits_text(Profile(limits=Limits(spo2_low=91.5, heart_rate_low=50.0)).limits)
    assert text == {"spo2": "91.5–", "heart_rate": "50–120", "systolic": "90–160"}
