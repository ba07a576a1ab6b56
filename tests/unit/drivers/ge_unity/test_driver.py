"""What datagrams mean: numbers that are measurements and those that are not, alarms, curves, requests."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from vitalwatch.decode.pcap import read_pcap
from vitalwatch.driver import NOTHING_DUE, Due, Message, NoOptions, load_driver
from vitalwatch.errors import UsageError
from vitalwatch.model import DeviceStatus, Observation, Report, Status, Validity, Vital, Waveform
from vitalwatch_drivers.ge_unity import GeUnityDriver
from vitalwatch_drivers.ge_unity.conformance import NONE, NOTHING, VALUES, alarm, block, discovery, reply, waves
from vitalwatch_drivers.ge_unity.driver import OLDEST_ALARM_S
from vitalwatch_drivers.ge_unity.options import GeUnityOptions
from vitalwatch_drivers.ge_unity.requests import request

FINGER = block(0x2D, 97, 64)


def make(**options: object) -> GeUnityDriver:
    return GeUnityDriver("m", GeUnityOptions.model_validate(options))


def values(reports: list[Report]) -> dict[str, tuple[float | None, str]]:
    return {str(r.vital): (r.value, str(r.validity)) for r in reports if isinstance(r, Observation)}


def statuses(reports: list[Report]) -> list[tuple[str, bool, str, str]]:
    return [(r.status, r.active, r.detail, r.priority) for r in reports if isinstance(r, DeviceStatus)]


def test_it_is_found_by_its_entry_point_name() -> None:
    assert load_driver("ge-unity") is GeUnityDriver
    assert GeUnityDriver.info.commands == ()
    with pytest.raises(UsageError):
        GeUnityDriver("m", NoOptions())


# --- numbers ------------------------------------------------------------------------------------------------------


def test_every_vital_of_a_reply() -> None:
    assert values(make().receive(reply(*VALUES), 1.0)) == {
        "heart_rate": (256.0, "valid"),
        "spo2": (97.0, "valid"),
        "pulse_rate": (300.0, "valid"),
        "respiration_rate": (16.0, "valid"),
        "temperature": (37.1, "valid"),
    }


@pytest.mark.parametrize("rate", [127, 128, 129, 200, 255, 256, 300])
def test_rates_over_the_edges_of_a_byte(rate: int) -> None:
    told = values(make().receive(reply(block(0x3A, rate), block(0x2D, 97, rate)), 1.0))
    assert (told["heart_rate"], told["pulse_rate"]) == ((rate, "valid"), (rate, "valid"))


@pytest.mark.parametrize("code", range(-32768, -32752))
def test_no_code_in_the_place_of_a_number_is_a_value(code: int) -> None:
    blocks = [block(parameter, code, code, code) for parameter in (0x3A, 0x2D, 0x22, 0x23, 0x18)]
    driver = make()
    driver.receive(reply(*NOTHING), 1.0)
    told = values(driver.receive(reply(*blocks), 3.0))
    assert set(told.values()) == {(None, "unavailable")}
    assert len(told) == 5


@pytest.mark.parametrize("number", [-1, -100, 32767])
def test_impossible_numbers_are_invalid(number: int) -> None:
    told = values(make().receive(reply(block(0x3A, number), block(0x2D, number, number), block(0x23, number)), 1.0))
    assert set(told.values()) == {(None, "invalid")}


@pytest.mark.parametrize("raw", [37, 3710, 986])
def test_a_temperature_in_another_unit_than_tenths_is_invalid_and_never_a_wrong_number(raw: int) -> None:
    assert values(make().receive(reply(block(0x23, raw)), 1.0)) == {"temperature": (None, "invalid")}


def test_a_zero_heart_rate_is_real_only_after_a_heart_was_seen_without_a_break() -> None:
    driver = make()
    seen = [0, 72, 0, 0, NONE, 0]
    told = [values(driver.receive(reply(block(0x3A, rate)), 2.0 * n))["heart_rate"] for n, rate in enumerate(seen)]
    none = (None, "unavailable")
    assert told == [(None, "invalid"), (72, "valid"), (0, "valid"), (0, "valid"), none, (None, "invalid")]


def test_a_parameter_that_is_no_longer_in_the_reply_has_no_value() -> None:
    driver = make()
    driver.receive(reply(FINGER), 1.0)
    assert values(driver.receive(reply(), 3.0)) == {
        "spo2": (None, "unavailable"),
        "pulse_rate": (None, "unavailable"),
    }


def test_the_first_of_two_equal_parameters_counts() -> None:
    assert values(make().receive(reply(FINGER, block(0x2D, 80, 40)), 1.0))["spo2"] == (97, "valid")


def test_old_numbers_beside_a_failed_sensor_do_not_count_and_the_sensor_is_told_first() -> None:
    reports = make().receive(reply(block(0x2D, -32761, 64)), 1.0)
    assert isinstance(reports[0], DeviceStatus)
    assert reports[0].status == Status.SENSOR_FAULT
    assert set(values(reports).values()) == {(None, "unavailable")}


@pytest.mark.parametrize(("code", "detail"), [(-32762, "no pulse found"), (-32761, "sensor failed")])
def test_a_failed_cuff(code: int, detail: str) -> None:
    assert statuses(make().receive(reply(block(0x18, code, code, code)), 1.0)) == [("cuff_failed", True, detail, "")]


# --- cuff ---------------------------------------------------------------------------------------------------------


def test_a_reading_is_mean_systolic_diastolic_and_told_once() -> None:
    driver = make()
    driver.receive(reply(block(0x18, NONE, NONE, NONE)), 1.0)
    told = driver.receive(reply(block(0x18, 93, 120, 80)), 3.0)
    assert told == [
        Observation("m", vital, value, Validity.VALID, 3.0)
        for vital, value in ((Vital.SYSTOLIC, 120.0), (Vital.DIASTOLIC, 80.0), (Vital.MEAN_PRESSURE, 93.0))
    ]
    assert driver.receive(reply(block(0x18, 93, 120, 80)), 5.0) == []


def test_another_status_word_alone_makes_no_new_reading() -> None:
    driver = make()
    driver.receive(reply(block(0x18, NONE, NONE, NONE)), 1.0)
    driver.receive(reply(block(0x18, 93, 120, 80, status=0xC080)), 3.0)
    assert driver.receive(reply(block(0x18, 93, 120, 80, status=0xC081)), 5.0) == []


def test_a_reading_of_unknown_age_at_the_beginning_is_not_told_but_the_next_is() -> None:
    driver = make()
    assert driver.receive(reply(block(0x18, 93, 120, 80)), 1.0) == []
    assert values(driver.receive(reply(block(0x18, 140, 204, 118)), 3.0))["systolic"] == (204, "valid")


def test_after_a_cut_link_a_new_reading_is_told_with_the_length_of_the_silence() -> None:
    driver = make()
    driver.receive(reply(block(0x18, 93, 120, 80)), 1.0)
    driver.reset()
    assert driver.receive(reply(block(0x18, 93, 120, 80)), 60.0) == []
    driver.reset()
    told = driver.receive(reply(block(0x18, 100, 130, 85)), 660.0)
    assert [r.reading_age_s for r in told if isinstance(r, Observation)] == [600.0] * 3


@pytest.mark.parametrize("numbers", [(80, 120, 93), (130, 120, 80), (93, 80, 120)])
def test_three_pressures_that_do_not_fit_are_invalid(numbers: tuple[int, int, int]) -> None:
    driver = make()
    driver.receive(reply(block(0x18, NONE, NONE, NONE)), 1.0)
    told = values(driver.receive(reply(block(0x18, *numbers)), 3.0))
    assert told == dict.fromkeys(("systolic", "diastolic", "mean_pressure"), (None, "invalid"))


def test_a_reading_with_one_number_missing_waits_for_it() -> None:
    driver = make()
    driver.receive(reply(block(0x18, NONE, NONE, NONE)), 1.0)
    assert driver.receive(reply(block(0x18, NONE, 120, 80)), 3.0) == []
    assert values(driver.receive(reply(block(0x18, 93, 120, 80)), 5.0))["diastolic"] == (80, "valid")


# --- alarms -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("level", "detail", "priority"),
    [
        (2, "system advisory", "low"),
        (3, "system warning", "medium"),
        (5, "advisory", "low"),
        (6, "warning", "medium"),
        (7, "crisis", "high"),
    ],
)
def test_levels_in_a_reply_that_are_alarms(level: int, detail: str, priority: str) -> None:
    assert statuses(make().receive(reply(level=level), 1.0)) == [("monitor_alarm", True, detail, priority)]


@pytest.mark.parametrize("level", [0, 1, 4])
def test_levels_that_are_none(level: int) -> None:
    assert make().receive(reply(level=level), 1.0) == []
    assert make().receive(alarm("SAVING TREND", level), 1.0) == []


@pytest.mark.parametrize(
    ("state", "detail"),
    [(1, "silenced"), (2, "paused"), (3, "off"), (4, "volume off"), (5, "paused, not shown"), (9, "state 9")],
)
def test_alarms_that_do_not_sound(state: int, detail: str) -> None:
    assert statuses(make().receive(reply(state=state), 1.0)) == [("monitor_audio_paused", True, detail, "")]


def test_a_broadcast_adds_its_text_and_the_worst_priority_counts() -> None:
    driver = make()
    driver.receive(alarm("ABLTG AUSFALL", 3), 1.0)
    assert statuses(driver.receive(alarm("ASYSTOLE", 7), 1.1)) == [
        ("monitor_alarm", True, "ABLTG AUSFALL, ASYSTOLE (crisis)", "high")
    ]


def test_an_alarm_that_becomes_worse_under_the_same_text_is_told_again() -> None:
    driver = make()
    driver.receive(alarm("SPO2 LO", 5), 1.0)
    assert statuses(driver.receive(alarm("SPO2 LO", 7), 3.0)) == [("monitor_alarm", True, "SPO2 LO (crisis)", "high")]


def test_an_alarm_ends_when_a_reply_says_that_none_stands() -> None:
    driver = make()
    driver.receive(alarm("ASYSTOLE", 7), 1.0)
    assert statuses(driver.receive(reply(), 2.0)) == [("monitor_alarm", False, "", "")]


def test_an_alarm_ends_when_its_own_broadcast_says_so() -> None:
    driver = make(ask="nothing")
    driver.receive(alarm("ASYSTOLE", 7), 1.0)
    assert statuses(driver.receive(alarm("ASYSTOLE", 0), 3.0)) == [("monitor_alarm", False, "", "")]


def test_an_alarm_that_is_not_broadcast_any_more_ends_with_the_next_datagram() -> None:
    driver = make(ask="nothing")
    driver.receive(alarm("ASYSTOLE", 7), 1.0)
    assert driver.receive(discovery("LAST,FIRST"), 1.0 + OLDEST_ALARM_S) == []
    told = driver.receive(discovery("LAST,FIRST"), 1.1 + OLDEST_ALARM_S)
    assert statuses(told) == [("monitor_alarm", False, "", "")]


def test_no_alarm_passes_for_a_mere_limit_of_ours() -> None:
    (told,) = make().receive(alarm("SPO2 LO", 6, code=0x2D), 1.0)
    assert isinstance(told, DeviceStatus)
    assert told.limit_of == ()


def test_an_alarm_without_a_text_is_named_by_its_parameter() -> None:
    assert statuses(make().receive(alarm("", 6), 1.0)) == [("monitor_alarm", True, "parameter 3A (warning)", "medium")]


def test_endless_different_texts_are_not_kept_without_end() -> None:
    driver = make()
    for number in range(200):
        driver.receive(alarm(f"ALARM {number}", 6), 1.0)
    assert len(driver._alarms) == 16


# --- curves -------------------------------------------------------------------------------------------------------


def test_the_pleth_comes_at_60_hz_and_a_lost_datagram_is_a_gap() -> None:
    driver = make(ask="waves")
    first = driver.receive(waves(1, 2, sequence=0xFFFF), 1.0)
    second = driver.receive(waves(3, -32753, sequence=0), 1.25)
    third = driver.receive(waves(5, sequence=2), 1.75)
    assert [*first, *second, *third] == [
        Waveform("m", "pleth", 60.0, (1, 2), 1.0),
        Waveform("m", "pleth", 60.0, (3, None), 1.25),
        Waveform("m", "pleth", 60.0, (None, 5), 1.75),
    ]


def test_curves_without_an_oximeter_say_nothing() -> None:
    raw = waves(1).payload
    assert make(ask="waves").receive(Message(raw[:44] + raw[48:]), 1.0) == []


# --- requests and the link ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("ask", ["vitals", "waves"])
def test_the_monitor_is_asked_at_once_and_each_5_s_and_again_after_a_cut(ask: str) -> None:
    driver = make(ask=ask, origin="ICU|B-9")
    wanted = request("vitals" if ask == "vitals" else "waves", "ICU|B-9")
    assert driver.due(10.0) == Due((wanted,), 15.0)
    assert driver.due(12.0) == Due((), 15.0)
    assert driver.due(15.0) == Due((wanted,), 20.0)
    driver.reset()
    assert driver.due(16.0) == Due((wanted,), 21.0)


def test_a_link_that_only_listens_asks_nothing_and_promises_no_vitals() -> None:
    driver = make(ask="nothing")
    assert driver.due(1.0) is NOTHING_DUE
    assert driver.vitals == ()
    assert make(ask="waves").vitals == ()
    assert make().vitals == GeUnityDriver.info.vitals


@pytest.mark.parametrize("origin", ["", "HOME", "|B", "HOME|", "A|B|C", "WARD-TOO-LONG|B1", "H\u00d6HE|B", "A\x00|B"])
def test_an_origin_that_is_no_ward_and_bed_is_refused(origin: str) -> None:
    with pytest.raises(ValidationError):
        GeUnityOptions.model_validate({"origin": origin})


def test_after_a_cut_link_statuses_are_told_again() -> None:
    driver = make()
    driver.receive(reply(level=6), 1.0)
    assert driver.receive(reply(level=6), 3.0) == []
    driver.reset()
    assert statuses(driver.receive(reply(level=6), 5.0)) == [("monitor_alarm", True, "warning", "medium")]


def test_a_retained_message_is_never_fresh() -> None:
    driver = make()
    assert driver.receive(Message(reply(FINGER).payload, retained=True), 1.0) == []
    assert driver.counts.retained == 1


def test_what_is_no_datagram_of_the_protocol_is_counted() -> None:
    driver = make()
    assert driver.receive(b"hello", 1.0) == []
    assert (driver.counts.frames, driver.counts.bad_frames, driver.counts.dropped_bytes) == (0, 1, 5)


def test_redact_leaves_no_name_in_a_discovery() -> None:
    assert b"LAST" not in make().redact(discovery("LAST,FIRST").payload)


@given(st.lists(st.binary(max_size=700), max_size=5))
def test_any_bytes_never_raise(datagrams: list[bytes]) -> None:
    driver = make()
    for data in datagrams:
        driver.receive(Message(data), 1.0)
    assert driver.counts.frames + driver.counts.bad_frames == len(datagrams)


@given(st.integers(0, 8 * 266 - 1))
def test_a_flipped_bit_never_raises_and_never_makes_an_impossible_number(bit: int) -> None:
    raw = bytearray(reply(FINGER, block(0x18, 93, 120, 80)).payload)
    raw[bit // 8] ^= 1 << bit % 8
    driver = make()
    driver.receive(reply(*NOTHING), 1.0)
    driver.receive(Message(bytes(raw)), 3.0)
    assert driver.counts.frames + driver.counts.bad_frames == 2


# --- the recording ------------------------------------------------------------------------------------------------


def test_the_recording_of_a_dash_4000(shared: Path) -> None:
    capture = shared / "captures/ge-unity-udp/dash4000-first27.pcap"
    driver = make()
    reports: list[Report] = []
    for packet in read_pcap(capture.read_bytes()).packets:
        reports += driver.receive(Message(packet.payload), packet.stamp_s)
    told = [(r.vital, r.value) for r in reports if isinstance(r, Observation)]
    assert told == [
        (vital, value)
        for pulse in (64, 65, 65)
        for vital, value in ((Vital.HEART_RATE, None), (Vital.SPO2, 97), (Vital.PULSE_RATE, pulse))
    ]
    assert statuses(reports) == [("monitor_alarm", True, "ABLTG AUSFALL (system warning)", "medium")]
    curve = [sample for r in reports if isinstance(r, Waveform) for sample in r.samples]
    assert len(curve) == 19 * 15
    assert None not in curve
    assert (driver.counts.frames, driver.counts.bad_frames) == (27, 0)
