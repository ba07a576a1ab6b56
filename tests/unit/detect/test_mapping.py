"""Which fields of a JSON message are vitals, and which only have such names or such values."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.detection_cases import HOUSE
from vitalwatch.detect.mapping import MOST_LEAVES, Guess, guess, parse, vital_of
from vitalwatch.model import Vital


def guessed(*messages: Any) -> Guess:
    fields = [parse(json.dumps(message).encode()) for message in messages]
    assert None not in fields
    return guess([each for each in fields if each is not None])


def paths(*messages: Any) -> dict[str, str]:
    return {str(vital): found.path for vital, found in guessed(*messages).vitals.items()}


@pytest.mark.parametrize(
    ("path", "vital", "clear"),
    [
        ("spo2", Vital.SPO2, True),
        ("SpO2", Vital.SPO2, True),
        ("SPO2_percent", Vital.SPO2, True),
        ("vitals.spo2.value", Vital.SPO2, True),
        ("values.0.pulse_rate", Vital.PULSE_RATE, True),
        ("bpm", Vital.PULSE_RATE, False),
        ("pulse_bpm", Vital.PULSE_RATE, False),
        ("HR", Vital.HEART_RATE, False),
        ("heartRate", Vital.HEART_RATE, True),
        ("nibp.systolic", Vital.SYSTOLIC, True),
        ("NBP.sys", Vital.SYSTOLIC, True),
        ("nibp_dia", Vital.DIASTOLIC, True),
        ("nibp.mean", Vital.MEAN_PRESSURE, True),
        ("nibp.pulse", Vital.CUFF_PULSE_RATE, True),
        ("bp_pulse", Vital.CUFF_PULSE_RATE, True),
        ("sys", Vital.SYSTOLIC, False),
        ("resp", Vital.RESPIRATION_RATE, False),
        ("etCO2", Vital.ETCO2, True),
    ],
)
def test_names_that_devices_use(path: str, vital: Vital, clear: bool) -> None:
    assert vital_of(path) == (vital, clear)


@pytest.mark.parametrize(
    "path",
    [
        *("battery", "rssi", "id", "mean", "value", "", "abp.sys", "ibp.mean", "nibp.time", "nibp.spo2"),
        *("limits.spo2", "alarm.heart_rate", "spo2_limits", "config.hr", "nibp"),
    ],
)
def test_names_that_are_no_present_vital(path: str) -> None:
    assert vital_of(path) == (None, False)


def test_the_recommended_oximeter_is_mapped_whole() -> None:
    found = guessed({"seq": 1, "time": "2026-03-02T10:15:00Z", "spo2": 97, "pulse_rate": 71, "perfusion_index": 2.4})
    assert {str(vital): each.value for vital, each in found.vitals.items()} == {
        "spo2": 97,
        "pulse_rate": 71,
        "perfusion_index": 2.4,
    }
    assert found.time == "time"
    assert found.cuff_time == ""
    assert found.weight == 4


def test_a_cuff_reading_is_mapped_with_its_own_time() -> None:
    found = guessed(
        {"ts": 1772446500, "reading": {"bp": {"sys": "124", "dia": "78", "map": 93, "at": "2026-03-02T10:12:31Z"}}}
    )
    assert {str(vital): each.path for vital, each in found.vitals.items()} == {
        "systolic": "reading.bp.sys",
        "diastolic": "reading.bp.dia",
        "mean_pressure": "reading.bp.map",
    }
    assert (found.time, found.cuff_time) == ("ts", "reading.bp.at")


def test_a_number_that_no_body_has_is_not_that_vital() -> None:
    assert paths({"spo2": 0.97}) == {}
    assert paths({"spo2": 970, "heart_rate": 70}) == {"heart_rate": "heart_rate"}
    assert paths({"spo2": 97}, {"spo2": 4000}) == {}


def test_what_devices_send_for_no_value_does_not_speak_against_a_field() -> None:
    for nothing in (None, "--", "", "nan", 0, -1):
        assert paths({"spo2": nothing}, {"spo2": 97}) == {"spo2": "spo2"}
    assert paths({"spo2": True}) == {}
    assert paths({"spo2": "v2"}) == {}


@pytest.mark.parametrize(
    "message",
    [
        {"sys": 120},
        {"sys": 70, "dia": 120},
        {"nibp": {"sys": 120}, "dia": 70},
        {"nibp": {"sys": 120, "dia": None}},
        {"nibp": {"mean": 90, "pulse": 70}},
    ],
)
def test_half_a_cuff_is_none(message: dict[str, Any]) -> None:
    assert paths(message) == {}


def test_a_clear_name_is_taken_before_a_short_one_whichever_comes_first() -> None:
    assert paths({"pr": 61, "pulse_rate": 71}) == {"pulse_rate": "pulse_rate"}
    assert paths({"pulse_rate": 71, "pr": 61}) == {"pulse_rate": "pulse_rate"}


def test_a_room_is_told_from_a_body_by_its_temperature() -> None:
    assert paths({"spo2": 97, "temperature": 22.5}) == {"spo2": "spo2"}
    assert paths({"spo2": 97, "temperature": 36.6}) == {"spo2": "spo2", "temperature": "temperature"}


@pytest.mark.parametrize("name", HOUSE)
def test_other_publishers_of_a_house_weigh_too_little(name: str) -> None:
    messages = [fields for payload in HOUSE[name] if (fields := parse(payload)) is not None]
    assert guess(messages).weight < 2


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inside: st.lists(inside) | st.dictionaries(st.text(), inside),
        max_leaves=30,
    )
)
def test_no_json_breaks_it_and_every_path_can_be_written(value: Any) -> None:
    fields = parse(json.dumps({"x": value}).encode())
    assert fields is not None
    guess([fields])
    assert len(fields) <= MOST_LEAVES
    assert all(all(path.split(".")) and path.isprintable() for path in fields)


@pytest.mark.parametrize("payload", [b"", b"97", b"[1]", b"\xff\xfe", b"{", b"[" * 100_000])
def test_what_is_no_json_object_has_no_fields(payload: bytes) -> None:
    assert parse(payload) is None


def test_huge_messages_are_looked_at_only_so_far() -> None:
    fields = parse(json.dumps({"a": {str(n): n for n in range(1000)}, "b": list(range(1000))}).encode())
    assert fields is not None
    assert len(fields) == MOST_LEAVES
