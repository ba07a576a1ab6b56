"""What DRI records mean: the recording, every code and bit, cuff, alarms, curves, and what is asked when."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from vitalwatch.driver import Message, NoOptions, load_driver
from vitalwatch.errors import UsageError
from vitalwatch.model import DeviceStatus, Observation, Report, Validity, Vital, Waveform
from vitalwatch_drivers.ge_dri import GeDriDriver
from vitalwatch_drivers.ge_dri.conformance import (
    FROM_ECG,
    GOOD,
    NO_VALUES,
    NONE,
    NOON,
    ON,
    alarms,
    auxiliary,
    cuff,
    displayed,
    group,
    oximeter,
    record,
    values,
    wave,
)
from vitalwatch_drivers.ge_dri.frames import CO2, ECG, EXT1, MORE_TEMPERATURES, SECOND_SPO2, SPO2, TEMPERATURES, wrap
from vitalwatch_drivers.ge_dri.options import GeDriOptions
from vitalwatch_drivers.ge_dri.requests import alarm_request, displayed_request, wave_request

VALID, UNAVAILABLE = Validity.VALID, Validity.UNAVAILABLE
NO = [(None, UNAVAILABLE)]


def make(**options: Any) -> GeDriDriver:
    return GeDriDriver("mon-1", GeDriOptions.model_validate(options))


def told(reports: list[Report], vital: Vital) -> list[tuple[float | None, Validity]]:
    return [(r.value, r.validity) for r in reports if isinstance(r, Observation) and r.vital is vital]


def statuses(reports: list[Report]) -> list[tuple[str, bool, str]]:
    return [(r.status, r.active, r.detail) for r in reports if isinstance(r, DeviceStatus)]


def ecg(status: int, rate: int, breaths: int = NONE) -> dict[int, bytes]:
    return {ECG: group(status, 0, rate, 0, 0, 0, breaths)}


def heart(status: int, rate: int) -> list[tuple[float | None, Validity]]:
    return told(make().receive(values(ecg(status, rate)), 0.0), Vital.HEART_RATE)


# --- the contract -----------------------------------------------------------------------------------------------------


def test_it_is_found_by_its_name() -> None:
    assert load_driver("ge-dri") is GeDriDriver
    assert next((s.baud, s.bits, s.parity, s.stop) for s in GeDriDriver.info.settings) == (19200, 8, "E", 1)


def test_a_message_or_options_of_another_driver_are_a_bug_of_the_caller() -> None:
    with pytest.raises(UsageError):
        make().receive(Message(b""), 0.0)
    with pytest.raises(UsageError):
        GeDriDriver("mon-1", NoOptions())


@pytest.mark.parametrize(
    "options",
    [
        *({"interval_s": 4}, {"interval_s": 61}, {"waves": ["ecg_1", "ecg_2", "pleth"]}, {"waves": ["co2", "co2"]}),
        *({"waves": ["art"]}, {"co2": "moist"}),
    ],
)
def test_options_that_the_monitor_cannot_follow_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        make(**options)


def test_the_period_is_the_interval() -> None:
    assert make().period_s == 5.0
    assert make(interval_s=10).period_s == 10.0


# --- the recording ----------------------------------------------------------------------------------------------------


def test_recorded_monitor_without_a_person_gives_no_number_at_all(shared: Path) -> None:
    raw = (shared / "captures/ge-dri/s5-phdb-4-subrecords.bin").read_bytes()
    driver = make()
    reports = driver.receive(wrap(raw), 3.0)
    assert statuses(reports) == [("ecg_learning", True, "learning")]
    observations = [r for r in reports if isinstance(r, Observation)]
    assert [(r.vital, r.value, r.validity) for r in observations] == [
        (Vital.HEART_RATE, None, UNAVAILABLE),
        (Vital.SPO2, None, UNAVAILABLE),
        (Vital.PULSE_RATE, None, UNAVAILABLE),
        (Vital.PERFUSION_INDEX, None, UNAVAILABLE),
        (Vital.RESPIRATION_RATE, None, UNAVAILABLE),
        (Vital.ETCO2, None, UNAVAILABLE),
        (Vital.TEMPERATURE, None, Validity.INVALID),  # 18.00 degrees
    ]
    assert {r.device_time for r in observations} == {"2009-09-03T10:30:27"}
    assert (driver.counts.frames, driver.counts.bad_frames, driver.counts.dropped_bytes) == (1, 0, 0)


def test_frames_made_apart_from_driver_and_simulator(project: Path) -> None:
    lines = (project / "tests/data/ge_dri/basic-and-cuff-time.hex").read_text().splitlines()
    reports = make().receive(b"".join(map(bytes.fromhex, lines)), 1.0)
    read = {r.vital: (r.value, r.reading_age_s) for r in reports if isinstance(r, Observation)}
    assert read == {
        Vital.HEART_RATE: (126, 0),
        Vital.SPO2: (97, 0),
        Vital.PULSE_RATE: (125, 0),
        Vital.PERFUSION_INDEX: (2.1, 0),
        Vital.RESPIRATION_RATE: (None, 0),
        Vital.SYSTOLIC: (121, 27),
        Vital.DIASTOLIC: (79, 27),
        Vital.MEAN_PRESSURE: (93, 27),
        Vital.CUFF_PULSE_RATE: (70, 27),
    }
    assert alarm(reports) == ("SpO2 low", "medium", (Vital.SPO2,))


# --- streams ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "validity"),
    [
        *((-32768, UNAVAILABLE), (-32767, UNAVAILABLE), (-32766, UNAVAILABLE), (-32765, Validity.CALIBRATION)),
        *((-32764, Validity.UNDERFLOW), (-32763, Validity.OVERFLOW), (-32762, Validity.CALIBRATION)),
        *((-32761, UNAVAILABLE), (-32000, UNAVAILABLE), (-31999, Validity.INVALID)),
    ],
)
def test_every_code_in_every_stream(raw: int, validity: Validity) -> None:
    reports = make().receive(
        values({**ecg(FROM_ECG, raw), SPO2: oximeter(raw, raw, raw), TEMPERATURES[0]: group(ON, 11, raw)}), 0.0
    )
    for vital in (Vital.HEART_RATE, Vital.SPO2, Vital.PULSE_RATE, Vital.PERFUSION_INDEX, Vital.TEMPERATURE):
        assert told(reports, vital) == [(None, validity)], vital


@pytest.mark.parametrize("rate", [127, 128, 129, 200, 255, 256, 300])
def test_rates_around_byte_boundaries(rate: int) -> None:
    reports = make().receive(values({**ecg(FROM_ECG, rate), SPO2: oximeter(9700, rate)}), 0.0)
    assert told(reports, Vital.HEART_RATE) == [(rate, VALID)]
    assert told(reports, Vital.PULSE_RATE) == [(rate, VALID)]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [(10000, (100.0, VALID)), (10001, (None, Validity.INVALID)), (0, (None, Validity.INVALID)), (8450, (84.5, VALID))],
)
def test_saturation_is_in_hundredths(raw: int, expected: tuple[float | None, Validity]) -> None:
    assert told(make().receive(values({SPO2: oximeter(raw)}), 0.0), Vital.SPO2) == [expected]


@pytest.mark.parametrize("status", [1, 2])
def test_a_group_that_is_not_both_there_and_active_gives_no_number(status: int) -> None:
    driver = make()
    driver.receive(values(GOOD), 0.0)
    gone = driver.receive(values({place: bytes((status, *data[1:])) for place, data in GOOD.items()}), 5.0)
    assert told(gone, Vital.SPO2) == told(gone, Vital.HEART_RATE) == told(gone, Vital.TEMPERATURE) == NO
    assert told(gone, Vital.ETCO2) == told(gone, Vital.RESPIRATION_RATE) == NO


def test_a_module_that_never_was_there_is_not_spoken_of_and_one_that_was_pulled_out_has_no_value() -> None:
    driver = make()
    assert driver.receive(values({}), 0.0) == []
    driver.receive(values({SPO2: oximeter()}), 5.0)
    assert told(driver.receive(values({}), 10.0), Vital.SPO2) == NO
    driver.reset()
    assert driver.receive(values({}), 15.0) == []


@pytest.mark.parametrize(
    ("source", "rate", "expected"),
    [
        *((1, 72, (72, VALID)), (9, 72, (72, VALID)), (0, 72, (72, VALID)), (9, 0, (0, VALID))),
        *((6, 72, (None, UNAVAILABLE)), (12, 72, (None, UNAVAILABLE))),
        *((source, 72, (72, VALID)) for source in (2, 3, 4, 5, 7, 8, 10, 11)),
        *((source, 0, (None, UNAVAILABLE)) for source in (2, 3, 4, 5, 7, 8, 10, 11)),
    ],
)
def test_heart_rate_by_its_source(source: int, rate: int, expected: tuple[float | None, Validity]) -> None:
    assert heart(ON | source << 3, rate) == [expected]


@pytest.mark.parametrize(
    ("bits", "rate", "expected", "status"),
    [
        (0x0004, 0, (0, VALID), ("monitor_alarm", "ASYSTOLE")),
        (0x0080, 72, (72, Validity.QUESTIONABLE), ("ecg_noise", "noise")),
        (0x0100, 72, (72, Validity.QUESTIONABLE), ("ecg_artefact", "artefact")),
        (0x0200, 72, (None, UNAVAILABLE), ("ecg_learning", "learning")),
        (0x0200, 0, (None, UNAVAILABLE), ("ecg_learning", "learning")),
        (0x0800, 72, (72, VALID), ("ecg_lead_off", "channel 1")),
        (0x0800, 0, (None, UNAVAILABLE), ("ecg_lead_off", "channel 1")),
        (0x3000, 72, (72, VALID), ("ecg_lead_off", "channel 2, 3")),
        (0x3800, 72, (None, UNAVAILABLE), ("ecg_lead_off", "channel 1, 2, 3")),
    ],
)
def test_every_ecg_bit(bits: int, rate: int, expected: tuple[float | None, Validity], status: tuple[str, str]) -> None:
    driver = make()
    began = driver.receive(values(ecg(FROM_ECG | bits, rate)), 0.0)
    assert statuses(began) == [(status[0], True, status[1])]
    assert told(began, Vital.HEART_RATE) == [expected]
    assert isinstance(began[0], DeviceStatus)
    ended = driver.receive(values(ecg(FROM_ECG, 72)), 5.0)
    assert statuses(ended) == [(status[0], False, "")]


def test_unknown_ecg_bits_are_ignored_and_an_inactive_ecg_says_nothing() -> None:
    assert statuses(make().receive(values(ecg(FROM_ECG | 0xFFFFC400, 72)), 0.0)) == []
    assert statuses(make().receive(values(ecg(0x3BFD & ~2, 72)), 0.0)) == []


def breaths(
    driver: GeDriDriver, chest: int, airway: int | None, ecg_bits: int = 0
) -> list[tuple[float | None, Validity]]:
    groups = ecg(FROM_ECG | ecg_bits, 72, chest)
    if airway is not None:
        groups[CO2] = group(ON, 0, 500 if airway > 0 else airway, 0, airway, 7600)
    return told(driver.receive(values(groups), 0.0), Vital.RESPIRATION_RATE)


def test_airway_comes_before_chest_and_a_zero_counts_after_breaths_only() -> None:
    driver = make()
    assert breaths(driver, 0, 0) == NO
    assert breaths(driver, 16, 0) == [(16, VALID)]
    assert breaths(driver, 16, 14) == [(14, VALID)]
    assert breaths(driver, 16, 0) == [(0, VALID)]
    assert breaths(driver, 16, NONE) == [(16, VALID)]
    assert breaths(driver, 0, NONE) == [(0, VALID)]
    assert breaths(driver, 0, NONE, ecg_bits=0x0800) == NO
    assert breaths(driver, NONE, NONE) == NO


def test_a_module_that_is_put_in_again_has_to_see_breaths_again() -> None:
    driver = make()
    breaths(driver, NONE, 14)
    breaths(driver, NONE, None)
    assert breaths(driver, NONE, 0) == NO


@pytest.mark.parametrize(("setting", "expected"), [("wet", 35.65), ("dry", 38.0)])
def test_end_tidal_co2_in_mmhg(setting: str, expected: float) -> None:
    driver = make(co2=setting)
    ((value, validity),) = told(driver.receive(values(GOOD), 0.0), Vital.ETCO2)
    assert value == pytest.approx(expected)
    assert validity is VALID
    no_breath = {CO2: group(ON | 4, 0, 0, 0, 0, 7600)}
    assert told(driver.receive(values(no_breath), 5.0), Vital.ETCO2) == [(0, VALID)]


def test_end_tidal_co2_of_nobody_or_at_an_unknown_pressure_is_none() -> None:
    for co2 in (group(7, 9, 0, 0, 0, 7551), group(ON, 0, 500, 0, 14, NONE)):
        assert told(make().receive(values({CO2: co2}), 0.0), Vital.ETCO2) == NO


@pytest.mark.parametrize("label", [7, 8, 9, 16])
def test_temperatures_that_are_not_of_the_body_are_left_out(label: int) -> None:
    groups = {TEMPERATURES[0]: group(ON, label, 3100)}
    assert make().receive(values(groups), 0.0) == []
    groups[TEMPERATURES[3]] = group(ON, 15, 3710)
    assert told(make().receive(values(groups), 0.0), Vital.TEMPERATURE) == [(37.1, VALID)]


def test_channels_of_ext1_stand_in_for_those_of_basic() -> None:
    ext1 = displayed({SECOND_SPO2: oximeter(8850, 128), MORE_TEMPERATURES[1]: group(ON, 15, 3650)}, EXT1)
    for first in ({}, {SPO2: oximeter(NONE, NONE, NONE), TEMPERATURES[0]: group(ON, 11, NONE)}):
        reports = make().receive(values(first, ext1), 0.0)
        assert told(reports, Vital.SPO2) == [(88.5, VALID)]
        assert told(reports, Vital.PULSE_RATE) == [(128, VALID)]
        assert told(reports, Vital.TEMPERATURE) == [(36.5, VALID)]
    both = make().receive(values(GOOD, ext1), 0.0)
    assert told(both, Vital.SPO2) == [(97, VALID)]
    neither = displayed({SECOND_SPO2: oximeter(NONE, NONE, NONE)}, EXT1)
    assert told(make().receive(values({SPO2: oximeter(NONE)}, neither), 0.0), Vital.SPO2) == NO


# --- cuff -------------------------------------------------------------------------------------------------------------


def test_a_cuff_reading_has_its_own_time_and_age_and_comes_once() -> None:
    driver = make()
    groups = cuff(0x0008, 12160, 7900, 9300, 128)
    reports = driver.receive(values(groups, auxiliary(NOON + 20), sent=NOON + 25), 7.0)
    stamp = {"at": 7.0, "device_time": "2030-03-17T17:47:00", "reading_age_s": 5.0}
    assert reports == [
        Observation("mon-1", Vital.SYSTOLIC, 121.6, VALID, **stamp),
        Observation("mon-1", Vital.DIASTOLIC, 79, VALID, **stamp),
        Observation("mon-1", Vital.MEAN_PRESSURE, 93, VALID, **stamp),
        Observation("mon-1", Vital.CUFF_PULSE_RATE, 128, VALID, **stamp),
    ]
    assert driver.receive(values(groups, auxiliary(NOON + 20), sent=NOON + 30), 12.0) == []
    driver.reset()
    assert driver.receive(values(groups, auxiliary(NOON + 20), sent=NOON + 35), 17.0) == []


def test_the_time_may_come_in_a_record_of_its_own() -> None:
    driver = make()
    driver.receive(record(0, [auxiliary(NOON - 100)]), 0.0)
    (first, *_) = driver.receive(values(cuff(0x0100, 12000, 8000, NONE, NONE)), 1.0)
    assert isinstance(first, Observation)
    assert first.reading_age_s == 100.0


def test_a_measurement_holds_the_cuff_status_and_one_without_result_fails() -> None:
    driver = make()
    nothing = (NONE, NONE, NONE, NONE)
    assert statuses(driver.receive(values(cuff(0x0020, *nothing)), 0.0)) == [("cuff_inflating", True, "measuring")]
    assert statuses(driver.receive(values(cuff(0, *nothing)), 5.0)) == [
        ("cuff_failed", True, "measurement ended without a result"),
        ("cuff_inflating", False, ""),
    ]
    assert statuses(driver.receive(values(cuff(0x0040, *nothing)), 10.0)) == [
        ("cuff_inflating", True, "venous stasis"),
        ("cuff_failed", False, ""),
    ]


@pytest.mark.parametrize("raw", [-32768, -32767, -32766, -32764, -32763, -32762, -32000])
def test_a_code_is_never_a_pressure(raw: int) -> None:
    for numbers in ((raw, 8000, 9300, 70), (12000, raw, 9300, 70)):
        assert make().receive(values(cuff(0, *numbers)), 0.0) == []
    reports = make().receive(values(cuff(0, 12000, 8000, raw, raw)), 0.0)
    assert [r.vital for r in reports if isinstance(r, Observation)] == [Vital.SYSTOLIC, Vital.DIASTOLIC]


def test_crossed_pressures_are_invalid_and_an_inactive_cuff_is_not_read() -> None:
    reports = make().receive(values(cuff(0, 8000, 12000, 9300, 70)), 0.0)
    assert told(reports, Vital.SYSTOLIC) == told(reports, Vital.MEAN_PRESSURE) == [(None, Validity.INVALID)]
    off = {76: group(1, 0x0020, 12000, 8000, 9300, 70)}
    assert make().receive(values(off), 0.0) == []


# --- alarms and curves ------------------------------------------------------------------------------------------------


def alarm(reports: list[Report]) -> tuple[str, str, tuple[Vital, ...]]:
    (one,) = [r for r in reports if isinstance(r, DeviceStatus) and r.status == "monitor_alarm" and r.active]
    return one.detail, one.priority, one.limit_of


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([("SpO2 low", 2)], ("SpO2 low", "medium", (Vital.SPO2,))),
        ([("HR high", 3), ("PR high", 2)], ("HR high, PR high", "high", (Vital.HEART_RATE, Vital.PULSE_RATE))),
        ([("NIBP Sys high", 2)], (
            "NIBP Sys high", "medium", (Vital.SYSTOLIC, Vital.DIASTOLIC, Vital.MEAN_PRESSURE))),
        ([("Et CO2 low", 1)], ("Et CO2 low", "low", (Vital.ETCO2,))),
        ([("Asystole", 3), ("SpO2 low", 2)], ("Asystole, SpO2 low", "high", ())),
        ([("HR hoch", 2)], ("HR hoch", "medium", ())),
        ([("", 1)], ("alarm", "low", ())),
        ([("Odd colour", 9)], ("Odd colour", "", ())),
    ],
)  # fmt: skip
def test_alarm_texts_with_their_priority(
    lines: list[tuple[str, int]], expected: tuple[str, str, tuple[Vital, ...]]
) -> None:
    assert alarm(make().receive(alarms(*lines), 0.0)) == expected


def test_an_alarm_stands_until_the_next_alarm_record_and_a_colourless_text_is_none() -> None:
    driver = make()
    driver.receive(alarms(("SpO2 low", 2)), 0.0)
    assert statuses(driver.receive(values(GOOD), 5.0)) == []
    assert statuses(driver.receive(alarms(("SpO2 low", 0)), 10.0)) == [("monitor_alarm", False, "")]


def test_asystole_is_told_once_though_bit_and_text_say_it() -> None:
    driver = make()
    driver.receive(alarms(("ASYSTOLE", 3)), 0.0)
    assert statuses(driver.receive(values(ecg(FROM_ECG | 4, 0)), 5.0)) == []
    driver.receive(alarms(), 6.0)
    assert alarm(make().receive(values(ecg(FROM_ECG | 4, 0)), 0.0)) == ("ASYSTOLE", "high", ())


@pytest.mark.parametrize(
    ("code", "detail"),
    [
        *((1, "apnoea alarms"), (2, "asystole alarms"), (3, "apnoea and asystole alarms"), (4, "all alarms")),
        *((5, "all alarms for 2 min"), (6, "all alarms for 5 min"), (7, "all alarms for 20 s"), (8, "code 8")),
    ],
)
def test_every_silence_code(code: int, detail: str) -> None:
    driver = make()
    assert statuses(driver.receive(alarms(silence=code), 0.0)) == [("monitor_audio_paused", True, detail)]
    assert statuses(driver.receive(alarms(), 1.0)) == [("monitor_audio_paused", False, "")]


@pytest.mark.parametrize(
    ("kind", "name", "rate_hz", "sample"),
    [
        *((1, "ecg_1", 300, 1.25), (2, "ecg_2", 300, 1.25), (3, "ecg_3", 300, 1.25), (8, "pleth", 100, 12.5)),
        *((9, "co2", 25, 12.5), (15, "resp", 25, 12.5)),
    ],
)
def test_every_curve(kind: int, name: str, rate_hz: float, sample: float) -> None:
    reports = make().receive(wave(kind, [1250, -32766, -1250]), 3.0)
    assert reports == [Waveform("mon-1", name, rate_hz, (sample, None, -sample), 3.0)]


def test_gaps_leads_off_and_curves_without_a_name() -> None:
    driver = make()
    (gap,) = driver.receive(wave(8, [100], status=1), 0.0)
    assert isinstance(gap, Waveform)
    assert gap.samples == (None, 1.0)
    (off,) = driver.receive(wave(1, [100, 200], status=8), 0.0)
    assert isinstance(off, Waveform)
    assert off.samples == (None, None)
    assert driver.receive(wave(4, [100]) + wave(8, []), 0.0) == []
    assert driver.counts.frames == 4


# --- what is asked ----------------------------------------------------------------------------------------------------

VALUES, PLETH, CHANGES, STATE = displayed_request(5), wave_request([8]), alarm_request(2), alarm_request(0)


def test_at_the_opening_everything_is_asked_for_once() -> None:
    driver = make()
    due = driver.due(100.0)
    assert due.send == (VALUES, PLETH, CHANGES, STATE)
    assert due.next_at == 110.0
    assert driver.due(100.1).send == ()


def test_only_what_stays_away_is_asked_for_again() -> None:
    driver = make()
    driver.due(100.0)
    for second in range(101, 110):
        driver.receive(wave(8, [1]), float(second))
        assert driver.due(float(second)).send == ()
    assert driver.due(110.0).send == (VALUES,)
    driver.receive(values(GOOD), 118.0)
    assert driver.due(119.0).send == (PLETH,)
    driver.receive(wave(8, [1]), 127.0)
    assert driver.due(127.9).send == ()
    assert driver.due(128.0).send == (VALUES,)
    assert driver.due(130.0).send == (CHANGES, STATE)
    driver.receive(alarms(), 131.0)
    driver.receive(values(GOOD) + wave(8, [1]), 155.0)
    assert driver.due(160.9).send == ()
    assert driver.due(161.0).send == (CHANGES, STATE)


def test_trends_and_echoes_of_requests_are_not_the_answer() -> None:
    driver = make(waves=[], alarms=False)
    driver.due(0.0)
    driver.receive(VALUES + record(0, [(3, displayed(GOOD)[1])]), 9.0)
    assert driver.counts.frames == 2
    assert driver.due(10.0).send == (VALUES,)


def test_a_new_connection_is_asked_again_by_the_options() -> None:
    driver = make(interval_s=10, waves=["ecg_2", "co2"], alarms=False)
    for now in (0.0, 1.0):
        due = driver.due(now)
        assert due.send == (displayed_request(10), wave_request([2, 9]))
        assert due.next_at == now + 10.0
        driver.reset()


# --- recordings -------------------------------------------------------------------------------------------------------


def test_records_that_may_name_people_are_not_recorded() -> None:
    named = record(5, [(6, b"DOE".ljust(350, b"\0"))])
    kept = values(GOOD) + alarms(("SpO2 low", 2)) + wave(8, [1])
    stream = kept + named + record(8, [(1, b"note about DOE")]) + b"DOE" + kept
    assert make().redact(stream) == kept * 2
    byte_by_byte = make()
    assert b"".join(byte_by_byte.redact(bytes((byte,))) for byte in stream) == kept * 2


def test_half_a_record_is_not_recorded_and_an_endless_one_is_not_kept() -> None:
    driver = make()
    assert driver.redact(values(GOOD)[:100]) == b""
    assert driver.redact(b"") == b""
    for _ in range(100):
        assert driver.redact(b"a" * 1000) == b""
    assert len(driver._redactor._data) < 3000
    assert driver.redact(values(GOOD)) == values(GOOD)


# --- anything ---------------------------------------------------------------------------------------------------------


@given(st.lists(st.binary(max_size=100), max_size=5))
def test_any_bytes_never_raise_and_values_come_afterwards(chunks: list[bytes]) -> None:
    driver = make()
    for chunk in chunks:
        driver.receive(chunk, 0.0)
    assert told(driver.receive(b"\x7e" + values(GOOD), 1.0), Vital.SPO2) == [(97, VALID)]


@given(st.binary(min_size=270, max_size=270), st.integers(0, 0xFFFFFFFF))
def test_any_values_of_a_whole_record_never_raise(data: bytes, sent: int) -> None:
    reports = make().receive(values({4: data}, sent=sent), 0.0)
    assert all(r.value is None or r.validity is not UNAVAILABLE for r in reports if isinstance(r, Observation))


def test_nobody_attached_after_a_person_leaves_no_number_but_a_real_apnoea() -> None:
    driver = make()
    driver.receive(values(GOOD), 0.0)
    left = driver.receive(values(NO_VALUES), 5.0)
    assert all(r.value is None for r in left if isinstance(r, Observation))
