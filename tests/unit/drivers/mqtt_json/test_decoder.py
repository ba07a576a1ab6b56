"""A message's bytes to what it says: numbers, none, not a number; stamps, statuses, flags."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.errors import DecodeError
from vitalwatch.model import Mode, Vital
from vitalwatch_drivers.mqtt_json.decoder import MAX_PAYLOAD, MAX_STATUSES, MAX_TEXT, Decoder
from vitalwatch_drivers.mqtt_json.frames import Stamp, VitalsMessage
from vitalwatch_drivers.mqtt_json.options import MqttJsonOptions


def decode(message: dict[str, Any], **options: Any) -> VitalsMessage:
    return Decoder(MqttJsonOptions(**options)).decode(json.dumps(message).encode())


def value(sent: Any, vital: Vital = Vital.SPO2, **options: Any) -> float | None:
    return decode({"it": sent}, vitals={vital: "it"}, **options).values[vital]


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"97",
        b"97.0",
        b"nan",
        b"[]",
        b'"spo2"',
        b"null",
        b'{"spo2": 97',
        b"\xff\xfe\x00",
        b"{" * 1000,
        b"[" * 60000,
        b'{"spo2":97}' + b" " * MAX_PAYLOAD,
    ],
)
def test_what_is_not_an_object_of_sane_size_is_a_decode_error(payload: bytes) -> None:
    with pytest.raises(DecodeError) as error:
        Decoder(MqttJsonOptions()).decode(payload)
    assert error.value.protocol == "mqtt-json"
    assert len(error.value.excerpt) <= MAX_TEXT


@pytest.mark.parametrize("sent", [97, 97.0, "97", " 97.0 ", "9.7e1"])
def test_a_number_may_come_as_a_number_or_a_text(sent: Any) -> None:
    assert value(sent) == 97.0


@pytest.mark.parametrize(
    "sent", [None, "", "--", "---", "--.--", "+--", "nan", "NaN", " N/A ", "unavailable", -1, "-1"]
)
def test_placeholders_mean_none(sent: Any) -> None:
    assert value(sent) is None


@pytest.mark.parametrize("sent", [True, False, {}, {"value": 97}, [97], "97 %", "ninety", math.nan])
def test_what_is_not_a_number_is_kept_apart_from_none(sent: Any) -> None:
    found = value(sent)
    assert found is not None
    assert math.isnan(found)


def test_a_number_too_long_for_any_machine_is_infinite_and_spoils_nothing_else() -> None:
    message = Decoder(MqttJsonOptions()).decode(b'{"spo2": ' + b"9" * 5000 + b', "pulse_rate": 71}')
    assert message.values == {Vital.SPO2: math.inf, Vital.PULSE_RATE: 71.0}


@pytest.mark.parametrize("rate", [1, 127, 128, 129, 200, 255, 256, 300])
def test_rates_around_byte_borders_come_through_whole(rate: int) -> None:
    assert value(rate, Vital.PULSE_RATE) == rate


@pytest.mark.parametrize("vital", sorted(set(Vital) - {Vital.ETCO2, Vital.SYSTOLIC, Vital.DIASTOLIC}))
def test_zero_is_none_unless_the_config_says_that_it_is_real(vital: Vital) -> None:
    table = {vital: "it"} if vital not in {Vital.MEAN_PRESSURE, Vital.CUFF_PULSE_RATE} else None
    table = table or {vital: "it", Vital.SYSTOLIC: "it", Vital.DIASTOLIC: "it"}
    assert set(decode({"it": 0}, vitals=table).values.values()) == {None}
    assert set(decode({"it": "0.0"}, vitals=table).values.values()) == {None}


def test_zero_is_real_for_etco2_and_for_the_rates_that_the_config_lists() -> None:
    assert value(0, Vital.ETCO2) == 0.0
    assert value(0, Vital.HEART_RATE, real_zero=["heart_rate"]) == 0.0
    assert value(0, Vital.RESPIRATION_RATE, real_zero=["heart_rate"]) is None


def test_own_none_values_replace_the_list() -> None:
    assert value(255, Vital.PULSE_RATE, none=[255, "off"]) is None
    assert value("OFF", Vital.PULSE_RATE, none=[255, "off"]) is None
    assert math.isnan(value("--", Vital.PULSE_RATE, none=[255, "off"]) or 0.0)


def test_kilopascals_become_mmhg_and_leave_the_cuffs_pulse_alone() -> None:
    nibp = {"systolic": 16.0, "diastolic": "10.5", "mean": True, "pulse": 71}
    values = decode({"nibp": nibp}, pressure_unit="kPa").values
    assert values[Vital.SYSTOLIC] == 120.0
    assert values[Vital.DIASTOLIC] == 78.8
    assert math.isnan(values[Vital.MEAN_PRESSURE] or 0.0)
    assert values[Vital.CUFF_PULSE_RATE] == 71.0


def test_paths_go_into_objects_and_lists_and_absent_is_not_none() -> None:
    options = MqttJsonOptions(vitals={Vital.SPO2: "a.1.b", Vital.PULSE_RATE: "a.7.b", Vital.HEART_RATE: "a.x"})
    assert Decoder(options).decode(b'{"a": [5, {"b": 98}]}').values == {Vital.SPO2: 98.0}


def test_the_inside_of_null_is_none() -> None:
    values = decode({"nibp": None}).values
    assert values[Vital.SYSTOLIC] is None
    assert Vital.SPO2 not in values


@pytest.mark.parametrize(
    ("sent", "stamp"),
    [
        ("2026-03-02T10:15:07Z", Stamp("2026-03-02T10:15:07Z", 1772446507.0, zoned=True)),
        ("2026-03-02T11:15:07+01:00", Stamp("2026-03-02T11:15:07+01:00", 1772446507.0, zoned=True)),
        ("2026-03-02 10:15:07", Stamp("2026-03-02 10:15:07", 1772446507.0, zoned=False)),
        (1772446507, Stamp("2026-03-02T10:15:07+00:00", 1772446507.0, zoned=True)),
        (1772446507500, Stamp("2026-03-02T10:15:07.500000+00:00", 1772446507.5, zoned=True)),
        ("1772446507500", Stamp("2026-03-02T10:15:07.500000+00:00", 1772446507.5, zoned=True)),
        ("half past ten", Stamp("half past ten")),
        (1e300, Stamp("1e+300")),
        (0, None),
        (-1, None),
        ("--", None),
        (True, None),
        (["10:15"], None),
        (None, None),
    ],
)
def test_time_stamps(sent: Any, stamp: Stamp | None) -> None:
    assert decode({"time": sent}).time == stamp


@pytest.mark.parametrize(
    ("sent", "statuses"),
    [
        ([], ()),
        (None, ()),
        ("", ()),
        ("motion", ("motion",)),
        (["Sensor-Off", "sensor off", "LOW_PERFUSION"], ("sensor_off", "low_perfusion")),
        (["lead 2 loose"], ("lead_2_loose",)),
        ([12, None, {"a": 1}], ("12", "unreadable_status")),
        (False, ("unreadable_status",)),
    ],
)
def test_statuses(sent: Any, statuses: tuple[str, ...]) -> None:
    assert decode({"status": sent}).statuses == statuses


def test_labels_and_statuses_hold_nothing_that_utf8_cannot_carry() -> None:
    message = decode({"time": "\ud800 o'clock", "status": ["\ud800 loose"], "seq": "\ud800"})
    assert message.time == Stamp("? o'clock")
    assert message.statuses == ("loose",)
    assert message.sequence == "?"


def test_a_message_without_status_does_not_speak_of_it() -> None:
    assert decode({"spo2": 97}).statuses is None


def test_statuses_are_bounded_in_number_and_length() -> None:
    statuses = decode({"status": [f"{number}" + "x" * 500 for number in range(100)]}).statuses
    assert statuses is not None
    assert len(statuses) == MAX_STATUSES
    assert {len(status) for status in statuses} == {MAX_TEXT}


@pytest.mark.parametrize(
    ("sent", "mode"),
    [
        (True, Mode.DEMO),
        ("Demo", Mode.DEMO),
        ("test", Mode.TEST),
        (False, Mode.REAL),
        ("adult", Mode.REAL),
        (7, Mode.REAL),
    ],
)
def test_mode_flag(sent: Any, mode: Mode) -> None:
    assert decode({"mode": sent}).mode is mode


def test_the_sequence_is_a_number_or_a_text() -> None:
    assert decode({"seq": 7}).sequence == decode({"seq": 7.0}).sequence
    assert decode({"seq": "a-7"}).sequence == "a-7"
    assert decode({"seq": {"n": 7}}).sequence is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
KEYS = ["spo2", "pulse_rate", "perfusion_index", "nibp", "time", "seq", "status", "mode"]


@given(st.dictionaries(st.sampled_from(KEYS), JSON))
def test_any_object_is_a_message(message: dict[str, Any]) -> None:
    assert isinstance(decode(message), VitalsMessage)


@given(st.binary() | st.text().map(str.encode))
def test_any_bytes_are_a_message_or_a_decode_error(payload: bytes) -> None:
    try:
        assert isinstance(Decoder(MqttJsonOptions()).decode(payload), VitalsMessage)
    except DecodeError as error:
        assert error.reason  # noqa: PT017 - either outcome is right, and this is what must be true of this one


@given(st.floats(allow_nan=False, min_value=0.001), st.booleans())
def test_every_positive_number_comes_through_unchanged_as_number_and_as_text(number: float, as_text: bool) -> None:
    assert value(repr(number) if as_text else number) == number
