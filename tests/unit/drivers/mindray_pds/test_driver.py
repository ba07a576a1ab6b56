"""What a monitor on port 4601 says: recordings first, then every parameter, state, alarm and form of "no value"."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.driver import Message, NoOptions
from vitalwatch.errors import UsageError
from vitalwatch.hl7 import Hl7Message, MllpDecoder
from vitalwatch.model import CUFF_VITALS, DeviceStatus, Mode, Observation, Report, Status, Validity, Vital
from vitalwatch_drivers.mindray_pds import MindrayPdsDriver
from vitalwatch_drivers.mindray_pds.conformance import CONFORMANCE, alarm, cuff, message, state, technical, value
from vitalwatch_drivers.mindray_pds.cuff import OPENING_S
from vitalwatch_drivers.mindray_pds.driver import ASK_AGAIN_S
from vitalwatch_drivers.mindray_pds.frames import HEARTBEAT_MESSAGE, QUERY, parse
from vitalwatch_drivers.mindray_pds.options import MindrayPdsOptions

SPO2_97 = message(204, value("160^SpO2", "97"))
SENSOR_OFF = message(56, technical("205^SpO2 Sensor Off"))


def driver(**options: object) -> MindrayPdsDriver:
    return MindrayPdsDriver("m", MindrayPdsOptions.model_validate(options))


def numbers(reports: list[Report]) -> dict[Vital, float | None]:
    observations = [report for report in reports if isinstance(report, Observation)]
    assert len({one.vital for one in observations}) == len(observations), "a vital is counted twice"
    return {one.vital: one.value for one in observations}


def the_one(reports: list[Report]) -> Observation:
    (one,) = (report for report in reports if isinstance(report, Observation))
    return one


# Recordings


def t8(shared: Path) -> bytes:
    return (shared / "captures/mindray-pds/t8-stream-excerpt.mllp").read_bytes()


def nibp(shared: Path) -> bytes:
    return (shared / "captures/mindray-pds/nibp-503.mllp").read_bytes()


def messages(data: bytes) -> list[Hl7Message]:
    decoder = MllpDecoder(parse)
    decoder.feed(data)
    assert decoder.bad_frames == 0
    return list(decoder.frames())


@pytest.mark.parametrize(
    ("vital", "number"),
    [
        (Vital.HEART_RATE, 60.0),
        (Vital.RESPIRATION_RATE, 20.0),
        (Vital.TEMPERATURE, 37.0),
        (Vital.SPO2, 98.0),
        (Vital.PULSE_RATE, 60.0),
        (Vital.PERFUSION_INDEX, 12.0),
        (Vital.ETCO2, 38.0),
    ],
)
def test_t8_recording_gives(shared: Path, vital: Vital, number: float) -> None:
    told = [one for one in driver().receive(t8(shared), 5.0) if isinstance(one, Observation) and one.vital is vital]
    assert [(one.value, one.validity, one.at) for one in told] == [(number, Validity.VALID, 5.0)]


@pytest.mark.parametrize(
    ("code", "number"),
    [
        ("102", "0"),
        ("105", "-100.00"),
        ("106", "-100.00"),
        ("201", "37.2"),
        ("202", "0.2"),
        ("251", "2"),
        ("280", "20"),
        ("500", "120"),
        ("501", "90"),
        ("502", "75"),
        ("587", "7"),
    ],
)
def test_t8_recording_has_rows_that_are_not_told(shared: Path, code: str, number: str) -> None:
    rows = [row for one in messages(t8(shared)) if one.identity == "204" for row in one.rows]
    assert [row.value for row in rows if row.code == code] == [number]
    without = [row for row in t8(shared).split(b"\r") if not row.startswith(f"OBX||NM|{code}^".encode())]
    assert driver().receive(b"\r".join(without), 0.0) == driver().receive(t8(shared), 0.0)


def test_t8_recording_alone_with_its_arterial_pressure_gives_no_cuff_reading(shared: Path) -> None:
    assert not CUFF_VITALS & numbers(driver().receive(t8(shared), 0.0)).keys()


def test_t8_recording_has_its_second_sources_if_the_first_are_missing(shared: Path) -> None:
    without_first = b"\r".join(row for row in t8(shared).split(b"\r") if b"|151^" not in row and b"|200^" not in row)
    told = numbers(driver().receive(without_first, 0.0))
    assert (told[Vital.RESPIRATION_RATE], told[Vital.TEMPERATURE]) == (20.0, 37.2)


def test_t8_recording_has_a_heartbeat_and_no_alarms(shared: Path) -> None:
    assert [one.identity for one in messages(t8(shared)) if one.identity in ("106", "54", "56")] == ["106", "54", "56"]
    assert not [one for one in driver().receive(t8(shared), 0.0) if isinstance(one, DeviceStatus)]


def test_t8_recording_has_a_state_beside_each_value_and_another_beside_none(shared: Path) -> None:
    all_rows = [(one.identity, row) for one in messages(t8(shared)) for row in one.rows]
    shown = {row.code: row.value for identity, row in all_rows if identity == "204"}
    states = {row.sub_id: row.value for identity, row in all_rows if identity == "205"}
    assert {shown[code].startswith("-100"): told for code, told in states.items()} == {True: "2^", False: "3^"}


@pytest.mark.parametrize(
    ("vital", "number"), [(Vital.SYSTOLIC, 120.0), (Vital.DIASTOLIC, 80.0), (Vital.MEAN_PRESSURE, 93.0)]
)
def test_recorded_cuff_result_gives(shared: Path, vital: Vital, number: float) -> None:
    monitor = driver()
    monitor.receive(message(106), 0.0)
    told = [one for one in monitor.receive(nibp(shared), 60.0) if isinstance(one, Observation) and one.vital is vital]
    assert [(one.value, one.validity, one.device_time) for one in told] == [
        (number, Validity.VALID, "2007-01-06T19:19:15")
    ]


def test_recorded_cuff_result_has_its_rows_in_another_order(shared: Path) -> None:
    assert [row.code for row in messages(nibp(shared))[0].rows] == ["171", "172", "170"]
    assert driver().receive(nibp(shared) * 3, 0.0) == driver().receive(nibp(shared), 0.0)


# Values


@pytest.mark.parametrize("none", ["", "-1", "-100", "-100.00", "--", "--.-"])
@pytest.mark.parametrize("parameter", ["101", "151", "160", "161", "162", "200", "250"])
def test_no_form_of_none_is_a_number(none: str, parameter: str) -> None:
    one = the_one(driver().receive(message(204, value(f"{parameter}^", none)), 0.0))
    assert (one.value, one.validity) == (None, Validity.UNAVAILABLE)


@pytest.mark.parametrize("status", ["X", "D", "W"])
def test_a_row_without_a_result_is_no_number(status: str) -> None:
    row = value("160^SpO2", "97").removesuffix("F") + status
    assert numbers(driver().receive(message(204, row), 0.0)) == {Vital.SPO2: None}


@pytest.mark.parametrize("number", ["0", "101", "255", "Alert", "97%", "1e2", "-5"])
def test_an_impossible_saturation_is_invalid(number: str) -> None:
    one = the_one(driver().receive(message(204, value("160^SpO2", number)), 0.0))
    assert (one.value, one.validity) == (None, Validity.INVALID)


@pytest.mark.parametrize("number", [25, 127, 128, 129, 200, 255, 256, 300])
def test_pulse_around_byte_boundaries(number: int) -> None:
    assert numbers(driver().receive(message(204, value("161^PR", f"{number}")), 0.0)) == {Vital.PULSE_RATE: number}


def test_a_heart_rate_of_zero_is_real() -> None:
    assert numbers(driver().receive(message(204, value("101^HR", "0")), 0.0)) == {Vital.HEART_RATE: 0.0}


@pytest.mark.parametrize(
    ("parameter", "number", "unit", "validity"),
    [
        ("200^T1", "36.6", "", Validity.VALID),
        ("200^T1", "36.6", "°C", Validity.VALID),
        ("200^T1", "36.6", "°F", Validity.INVALID),
        ("250^EtCO2", "38", "mmHg", Validity.VALID),
        ("250^EtCO2", "5.0", "kPa", Validity.INVALID),
        ("160^SpO2", "97", "%", Validity.VALID),
    ],
)
def test_another_unit_never_passes_for_ours(parameter: str, number: str, unit: str, validity: Validity) -> None:
    assert the_one(driver().receive(message(204, value(parameter, number, unit=unit)), 0.0)).validity is validity


@pytest.mark.parametrize(
    "parameter", ["0", "102", "105", "202", "220", "251", "500", "501", "502", "587", "170", "999"]
)
def test_other_parameters_of_message_204_are_not_told(parameter: str) -> None:
    assert driver().receive(message(204, value(f"{parameter}^Label", "50")), 0.0) == []


def test_two_parameters_never_take_turns() -> None:
    monitor = driver(period_s=5.0)
    direct, other = message(204, value("151^RR", "14")), message(204, value("280^awRR", "30"))
    assert numbers(monitor.receive(direct, 0.0)) == {Vital.RESPIRATION_RATE: 14.0}
    assert numbers(monitor.receive(other, 1.0)) == {}
    assert numbers(monitor.receive(other, 60.0)) == {Vital.RESPIRATION_RATE: 30.0}
    assert numbers(monitor.receive(direct, 61.0)) == {Vital.RESPIRATION_RATE: 14.0}
    assert numbers(monitor.receive(message(204, value("280^awRR", "-100")), 62.0)) == {}


def test_the_second_probe_stands_in_for_the_first_in_one_message() -> None:
    told = driver().receive(message(204, value("200^T1", "-100"), value("201^T2", "37.2")), 0.0)
    assert numbers(told) == {Vital.TEMPERATURE: 37.2}


# States of parameters


def test_a_number_beside_the_state_none_is_no_value_until_the_state_is_another() -> None:
    monitor = driver()
    assert numbers(monitor.receive(SPO2_97, 0.0)) == {Vital.SPO2: 97.0}
    assert numbers(monitor.receive(message(205, state(160, 2)), 0.0)) == {Vital.SPO2: None}
    assert numbers(monitor.receive(SPO2_97, 1.0)) == {Vital.SPO2: None}
    assert monitor.receive(message(205, state(160, 2)), 1.0) == []
    assert monitor.receive(message(205, state(160, 3)), 2.0) == []
    assert numbers(monitor.receive(SPO2_97, 3.0)) == {Vital.SPO2: 97.0}


def test_the_state_of_another_parameter_takes_nothing_away() -> None:
    monitor = driver()
    monitor.receive(SPO2_97, 0.0)
    assert monitor.receive(message(205, state(161, 2), state(999, 2), "OBX||CE|2037^||2^||||||F"), 0.0) == []
    assert numbers(monitor.receive(SPO2_97, 1.0)) == {Vital.SPO2: 97.0}


@pytest.mark.parametrize(("number", "validity"), [(3, Validity.VALID), (0, Validity.QUESTIONABLE), (7, "questionable")])
def test_an_unknown_state_makes_a_value_questionable(number: int, validity: str) -> None:
    monitor = driver()
    monitor.receive(message(205, state(160, number)), 0.0)
    one = the_one(monitor.receive(SPO2_97, 1.0))
    assert (one.value, one.validity) == (97.0, validity)


def test_states_are_forgotten_with_the_link() -> None:
    monitor = driver()
    monitor.receive(message(205, state(160, 2)), 0.0)
    monitor.reset()
    assert numbers(monitor.receive(SPO2_97, 1.0)) == {Vital.SPO2: 97.0}


# Alarms


def test_a_sensor_that_comes_off_takes_the_fingers_values_away_at_once_and_no_others() -> None:
    monitor = driver()
    monitor.receive(
        message(204, value("101^HR", "70"), value("160^", "97"), value("161^", "71"), value("162^", "2")), 0.0
    )
    first, *others = monitor.receive(SENSOR_OFF, 1.0)
    assert first == DeviceStatus("m", Status.SENSOR_OFF, True, 1.0, "SpO2 Sensor Off")
    assert numbers(others) == dict.fromkeys((Vital.SPO2, Vital.PULSE_RATE, Vital.PERFUSION_INDEX))
    told = numbers(monitor.receive(message(204, value("101^HR", "70"), value("160^", "97")), 2.0))
    assert told == {Vital.HEART_RATE: 70.0, Vital.SPO2: None}
    assert monitor.receive(message(56), 3.0) == [DeviceStatus("m", Status.SENSOR_OFF, False, 3.0)]
    assert numbers(monitor.receive(SPO2_97, 4.0)) == {Vital.SPO2: 97.0}


def test_a_weak_signal_takes_no_value_away() -> None:
    monitor = driver()
    monitor.receive(SPO2_97, 0.0)
    (one,) = monitor.receive(message(56, technical("1^SpO2 Low Perf")), 1.0)
    assert isinstance(one, DeviceStatus)
    assert one.status == Status.LOW_PERFUSION
    assert numbers(monitor.receive(SPO2_97, 2.0)) == {Vital.SPO2: 97.0}


def test_an_alarm_of_the_monitor_says_words_priority_and_limit_and_ends() -> None:
    monitor = driver()
    both = message(54, alarm("10033^*SpO2 TOO HIGH"), alarm("10002^**HR TOO LOW"))
    assert monitor.receive(both, 0.0) == [
        DeviceStatus(
            "m",
            Status.MONITOR_ALARM,
            True,
            0.0,
            "HR TOO LOW, SpO2 TOO HIGH",
            priority="medium",
            limit_of=(Vital.HEART_RATE, Vital.SPO2),
        )
    ]
    assert monitor.receive(both, 1.0) == []
    assert monitor.receive(message(54), 2.0) == [DeviceStatus("m", Status.MONITOR_ALARM, False, 2.0)]


def test_an_asystole_beside_a_passed_limit_does_not_pass_for_a_limit() -> None:
    both = message(54, alarm("10033^**SpO2 TOO LOW"), alarm("1^***ASYSTOLE"))
    assert driver().receive(both, 0.0) == [
        DeviceStatus("m", Status.MONITOR_ALARM, True, 0.0, "ASYSTOLE, SpO2 TOO LOW", priority="high")
    ]


# Cuff readings


def reading(systolic: str = "120", at: str = "20260302115000") -> bytes:
    return message(503, cuff("171^Dia", "80", at), cuff("170^Sys", systolic, at))


def test_a_repeated_reading_is_not_new_also_after_a_lost_link() -> None:
    monitor = driver()
    assert len(monitor.receive(reading(), 0.0)) == 2
    assert monitor.receive(reading(), 60.0) == []
    monitor.reset()
    assert monitor.receive(reading(), 120.0) == []
    assert len(monitor.receive(reading(at="20260302120000"), 121.0)) == 2


def test_a_reading_in_the_first_moments_of_a_link_is_doubted() -> None:
    monitor = driver()
    monitor.receive(message(106), 100.0)
    early = monitor.receive(reading("120"), 100.0 + OPENING_S - 0.1)
    late = monitor.receive(reading("121"), 100.0 + OPENING_S)
    validities = [{one.validity for one in told if isinstance(one, Observation)} for told in (early, late)]
    assert validities == [{Validity.QUESTIONABLE}, {Validity.VALID}]


def test_a_reading_behind_the_monitors_own_clock_is_as_old_as_that() -> None:
    monitor = driver()
    monitor.receive(message(54, alarm("10002^**HR TOO LOW", "20260302120000")), 0.0)
    told = monitor.receive(reading(at="20260302115000"), 60.0)
    assert {one.reading_age_s for one in told if isinstance(one, Observation)} == {600.0}


def test_crossed_pressures_are_invalid() -> None:
    told = driver().receive(reading("70"), 0.0)
    assert {one.validity for one in told if isinstance(one, Observation)} == {Validity.INVALID}


# Modes


@pytest.mark.parametrize(
    ("flags", "processing", "mode"),
    [
        ("DEMO", "P", Mode.DEMO),
        ("N~demo", "T", Mode.DEMO),
        ("", "T", Mode.TEST),
        ("", "D", Mode.TEST),
        ("", "P", Mode.REAL),
    ],
)
def test_what_is_not_about_a_patient_is_marked(flags: str, processing: str, mode: Mode) -> None:
    told = driver().receive(message(204, value("160^", "97", flags=flags), processing=processing), 0.0)
    assert the_one(told).mode is mode
    assert [one.status for one in told if isinstance(one, DeviceStatus)] == ([Status.DEMO] if mode is Mode.DEMO else [])


def test_a_cuff_reading_in_demo_mode_is_marked() -> None:
    row = "OBX||NM|170^Sys|2105|120|||DEMO|||F||APERIODIC|20260302115000"
    told = driver().receive(message(503, row, cuff("171^Dia", "80")), 0.0)
    assert {one.mode for one in told if isinstance(one, Observation)} == {Mode.DEMO}
    assert told[0] == DeviceStatus("m", Status.DEMO, True, 0.0)


# Sending


def test_the_question_goes_first_then_a_heartbeat_each_second() -> None:
    monitor = driver()
    assert monitor.due(0.0).send == (QUERY,)
    assert monitor.due(0.5).send == ()
    assert monitor.due(0.5).next_at == 1.0
    assert monitor.due(1.0).send == (HEARTBEAT_MESSAGE,)
    monitor.reset()
    assert monitor.due(1.1).send == (QUERY,)


def test_the_question_is_sent_again_only_while_no_values_come() -> None:
    monitor, sent = driver(), []
    for t in range(100):
        if t < 50:
            monitor.receive(SPO2_97, float(t))
        sent += [t for one in monitor.due(float(t)).send if one == QUERY]
    assert sent == [0, 49 + ASK_AGAIN_S]


def test_options_of_another_driver_and_messages_are_refused() -> None:
    with pytest.raises(UsageError):
        MindrayPdsDriver("m", NoOptions())
    with pytest.raises(UsageError):
        driver().receive(Message(b""), 0.0)


# Recordings without people


@pytest.fixture
def session(project: Path) -> bytes:
    return (project / "tests/data/mindray_pds/session.mllp").read_bytes()


def test_what_is_recorded_means_the_same_and_names_nobody(session: bytes) -> None:
    kept = driver().redact(session)
    assert driver().receive(kept, 0.0) == driver().receive(session, 0.0) != []
    assert not [word for word in (b"NAME", b"1970", b"7654321", b"222", b"189.0", b"Blood") if word in kept]


@given(cuts=st.lists(st.integers(0, 900), max_size=6))
def test_no_name_is_recorded_however_the_bytes_are_cut(cuts: list[int]) -> None:
    data = Path(__file__).resolve().parents[4].joinpath("tests/data/mindray_pds/session.mllp").read_bytes()
    monitor = driver()
    edges = sorted({0, *cuts, len(data)})  # no empty chunk: that would ask for what is kept back
    kept = b"".join(monitor.redact(data[a:b]) for a, b in pairwise(edges)) + monitor.redact(b"")
    assert kept == driver().redact(data) + driver().redact(b"")
    assert b"NAME" not in kept


def test_nothing_of_a_message_whose_beginning_was_lost_is_recorded() -> None:
    monitor = driver()
    monitor.redact(SPO2_97 + b"\x0bMSH|^~\\&|||||||ORU^R01|103|P")
    monitor.redact(b"")
    assert monitor.redact(b"OBX||ST|2301^||7654321||||||F\r") == b"\r"


# Anything


STREAM = b"".join(frame for sample in CONFORMANCE.samples for frame in sample.frames if isinstance(frame, bytes))


@given(st.lists(st.integers(0, len(STREAM)), max_size=8))
def test_any_split_gives_the_same_reports(cuts: list[int]) -> None:
    whole, parts = driver(), driver()
    told = [one for a, b in pairwise([0, *sorted(cuts), len(STREAM)]) for one in parts.receive(STREAM[a:b], 0.0)]
    assert told == whole.receive(STREAM, 0.0)
    assert parts.counts == whole.counts


@given(st.binary(max_size=400), st.integers(0, len(STREAM)))
def test_any_bytes_never_raise(noise: bytes, place: int) -> None:
    monitor = driver()
    monitor.receive(STREAM[:place] + noise + STREAM[place:], 0.0)
    monitor.redact(noise)
    told = monitor.receive(
        b"\x1c\r" + message(56) + message(205, state(101, 3)) + message(204, value("101^", "70")), 99.0
    )
    assert numbers(told)[Vital.HEART_RATE] == 70.0


def test_messages_of_another_kind_are_counted_as_bad() -> None:
    monitor = driver()
    other = SPO2_97.replace(b"2.3.1", b"2.6")
    assert monitor.receive(other + SPO2_97 + b"noise", 0.0) != []
    assert (monitor.counts.frames, monitor.counts.bad_frames) == (1, 1)
    assert monitor.counts.dropped_bytes == len(other) - 1 + len(b"noise")


def test_answers_and_questions_say_nothing_of_vitals() -> None:
    assert driver().receive(QUERY + SPO2_97.replace(b"ORU^R01", b"ADT^A01"), 0.0) == []
