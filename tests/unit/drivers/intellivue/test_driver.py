"""What answers mean: numbers that are measurements and those that are not, cuff readings, alarms, modes."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vitalwatch.driver import Due, Message, NoOptions, load_driver
from vitalwatch.errors import UsageError
from vitalwatch.model import DeviceStatus, Mode, Observation, Report, Status, Validity, Vital, Waveform
from vitalwatch_drivers.intellivue import IntellivueDriver
from vitalwatch_drivers.intellivue.alarms import OXIMETER_STATES
from vitalwatch_drivers.intellivue.conformance import (
    CONFORMANCE,
    NAN,
    SPO2,
    alert,
    alerts,
    attribute,
    counted,
    created,
    cuff,
    message,
    numeric,
    observed,
    poll,
    u16,
)
from vitalwatch_drivers.intellivue.decoder import framed
from vitalwatch_drivers.intellivue.options import IntellivueOptions
from vitalwatch_drivers.intellivue.requests import association_request, for_network
from vitalwatch_drivers.intellivue.values import VITALS, read_float

READING = ("00000078", "00000050", "0000005d")
BAD_LIST = attribute(0x0902, u16(9, 0))


def make(**options: object) -> IntellivueDriver:
    return IntellivueDriver("m", IntellivueOptions.model_validate(options))


def values(reports: list[Report]) -> dict[str, tuple[float | None, str]]:
    return {str(r.vital): (r.value, str(r.validity)) for r in reports if isinstance(r, Observation)}


def statuses(reports: list[Report]) -> dict[str, tuple[bool, str]]:
    return {r.status: (r.active, r.detail) for r in reports if isinstance(r, DeviceStatus)}


def test_it_is_found_by_its_entry_point_name() -> None:
    assert load_driver("intellivue") is IntellivueDriver
    assert IntellivueDriver.info.datagrams
    assert IntellivueDriver.info.commands == ()
    with pytest.raises(UsageError):
        IntellivueDriver("m", NoOptions())


def test_the_poll_that_was_written_by_hand(project: Path) -> None:
    text = (project / "tests/data/intellivue/cuff-poll.hex").read_text("ascii").splitlines()[1]
    raw = bytes.fromhex(text)
    assert raw == message(cuff(*READING))
    told = make().receive(framed(raw), 5.0)
    assert told == [
        Observation("m", vital, value, Validity.VALID, 5.0, Mode.REAL, "2026-03-02T11:58:00", 159.0)
        for vital, value in ((Vital.SYSTOLIC, 120), (Vital.DIASTOLIC, 80), (Vital.MEAN_PRESSURE, 93))
    ]


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (0x00000061, 97.0),
        (0xFF00016E, 36.6),
        (0xFE0003D2, 9.78),
        (0x01000009, 90.0),
        (0x00FFFFFB, -5.0),
        (0x00000000, 0.0),
    ],
)
def test_floats(raw: int, value: float) -> None:
    assert read_float(raw) == (value, Validity.VALID)


@pytest.mark.parametrize("exponent", [0x00, 0x05, 0xFB])
@pytest.mark.parametrize(
    ("mantissa", "validity"),
    [
        (0x7FFFFF, "unavailable"),
        (0x800000, "unavailable"),
        (0x800001, "unavailable"),
        (0x7FFFFE, "overflow"),
        (0x800002, "underflow"),
    ],
)
def test_a_float_special_is_never_a_number_whatever_its_exponent(exponent: int, mantissa: int, validity: str) -> None:
    raw = f"{exponent << 24 | mantissa:08x}"
    told = make().receive(poll(numeric(0x4182, 0x0AA0, raw), numeric(0x4BB8, 0x0220, raw)), 0.0)
    assert values(told) == {"heart_rate": (None, "unavailable" if validity == "unavailable" else validity)} | {
        "spo2": (None, validity)
    }


@pytest.mark.parametrize("source", [0x4182, 0x4822])
@pytest.mark.parametrize("rate", [10, 127, 128, 129, 200, 255, 256, 300, 350])
def test_a_rate_over_byte_boundaries(source: int, rate: int) -> None:
    told = make().receive(poll(numeric(source, 0x0AA0, f"{rate:08x}")), 0.0)
    assert list(values(told).values()) == [(rate, "valid")]


@pytest.mark.parametrize(
    ("state", "value", "validity", "mode"),
    [
        (0x8000, None, "invalid", Mode.REAL),
        (0x4000, None, "unavailable", Mode.REAL),
        (0x2000, None, "unavailable", Mode.REAL),
        (0x1000, None, "calibration", Mode.REAL),
        (0x0800, None, "unavailable", Mode.TEST),
        (0x0400, 97, "valid", Mode.DEMO),
        (0x0080, 97, "valid", Mode.REAL),
        (0x0040, 97, "valid", Mode.REAL),
        (0x0020, 97, "valid", Mode.REAL),
        (0x0002, 97, "valid", Mode.REAL),
        (0x0001, 97, "valid", Mode.REAL),
        (0xA000, None, "invalid", Mode.REAL),
        (0x0C02, None, "unavailable", Mode.TEST),
        (0x2402, None, "unavailable", Mode.DEMO),
    ],
)
def test_every_state_bit(state: int, value: float | None, validity: str, mode: Mode) -> None:
    told = make().receive(poll(numeric(0x4BB8, 0x0220, "00000061", state)), 0.0)
    (one,) = (report for report in told if isinstance(report, Observation))
    assert (one.value, one.validity, one.mode) == (value, validity, mode)
    assert (Status.DEMO in statuses(told)) == (mode is Mode.DEMO)
    assert (Status.MONITOR_ALARM in statuses(told)) == bool(state & 2)


@pytest.mark.parametrize(("source", "expected"), VITALS.items())
def test_every_source_gives_its_vital(source: int, expected: tuple[Vital, int]) -> None:
    unit = {"spo2": 0x0220, "perfusion_index": 0x0220, "temperature": 0x17A0}.get(expected[0], 0x0AA0)
    unit = 0x0F20 if expected[0] in ("systolic", "diastolic", "mean_pressure", "etco2") else unit
    objects = [numeric(source, unit, "0000001e")]
    if expected[0] is Vital.CUFF_PULSE_RATE:
        objects.append(cuff(*READING))
    assert values(make().receive(poll(*objects), 0.0))[expected[0]] == (30, "valid")


@pytest.mark.parametrize(
    ("source", "unit", "raw", "value"),
    [
        (0x50B0, 0x0F03, "ff000032", 37.5),
        (0x4B48, 0x1140, "ff0003da", 37.0),
        (0x4B48, 0x0F20, "00000025", None),  # a temperature in mmHg
        (0x50B0, 0x0220, "00000005", None),  # a share is no pressure
        (0x4BB8, 0x0AA0, "00000061", None),
        (0x4B48, 0x17A0, "00000050", None),  # 80 degrees
        (0x4BB8, 0x0220, "00000000", None),
        (0x4BB8, 0x0220, "00000065", None),
    ],
)
def test_units_are_converted_and_what_cannot_be_is_invalid(source: int, unit: int, raw: str, value: float) -> None:
    (told,) = values(make().receive(poll(numeric(source, unit, raw)), 0.0)).values()
    assert told == (value, "valid" if value is not None else "invalid")


def test_the_most_direct_source_with_a_value_counts() -> None:
    none, impedance = numeric(0x500A, 0x0AE0, NAN), numeric(0x501A, 0x0AE0, "0000000c")
    airway = numeric(0x5012, 0x0AE0, "0000000e")
    assert values(make().receive(poll(none, impedance, airway), 0.0)) == {"respiration_rate": (14, "valid")}
    assert values(make().receive(poll(impedance, none), 0.0)) == {"respiration_rate": (12, "valid")}


# --- the cuff ---------------------------------------------------------------------------------------------------


def test_a_reading_is_new_when_its_time_is_and_not_when_its_numbers_are() -> None:
    driver = make()
    assert len(driver.receive(poll(cuff(*READING)), 0.0)) == 3
    assert driver.receive(poll(cuff("00000079", *READING[1:])), 1.0) == []
    assert len(driver.receive(poll(cuff(*READING, time="2026030212000000")), 2.0)) == 3
    assert driver.receive(poll(cuff(*READING)), 3.0) == []  # a datagram that was overtaken
    driver.reset()
    assert driver.receive(poll(cuff(*READING)), 4.0) == []


@pytest.mark.parametrize("time", ["", "1990010100000000", "2019123123595900"])
def test_without_a_usable_time_numbers_or_a_run_of_the_cuff_tell(time: str) -> None:
    driver = make()
    assert len(driver.receive(poll(cuff(*READING, time=time)), 0.0)) == 3
    assert driver.receive(poll(cuff(*READING, time=time)), 1.0) == []
    running = driver.receive(poll(cuff(*READING, state=0x20, time=time)), 2.0)
    assert statuses(running) == {"cuff_inflating": (True, "")}
    assert values(running) == {}
    told = driver.receive(poll(cuff(*READING, time=time)), 3.0)
    assert statuses(told) == {"cuff_inflating": (False, "")}
    assert {one.device_time for one in told if isinstance(one, Observation)} == {None}
    assert values(told)["systolic"] == (120, "valid")
    assert len(driver.receive(poll(cuff("00000079", *READING[1:], time=time)), 4.0)) == 3


def relative(ticks: int) -> bytes:
    numbers = [observed(0x4A05 + n, 0x0F20, raw) for n, raw in enumerate(READING)]
    return u16(1) + counted(attribute(0x094B, counted(*numbers)), attribute(0x0991, ticks.to_bytes(4, "big")))


@pytest.mark.parametrize(
    ("ticks", "age_s"),
    [(155549440, 0.0), (155549440 - 8000 * 60, 60.0), ((155549440 - 8000 * 20000) % 2**32, 20000.0)],
)
def test_the_relative_time_stands_in_and_may_wrap(ticks: int, age_s: float) -> None:
    driver = make()
    told = driver.receive(poll(relative(ticks)), 0.0)
    assert {one.reading_age_s for one in told if isinstance(one, Observation)} == {age_s}
    assert driver.receive(poll(relative(ticks)), 1.0) == []
    assert len(driver.receive(poll(relative(ticks - 8)), 2.0)) == 3


def test_a_clock_that_was_set_back_gives_no_age() -> None:
    told = make().receive(poll(cuff(*READING, time="2026030213000000")), 0.0)
    assert {one.reading_age_s for one in told if isinstance(one, Observation)} == {0.0}


def test_crossed_invalid_and_missing_parts_of_a_reading() -> None:
    crossed = make().receive(poll(cuff("00000050", "00000078", "0000005d")), 0.0)
    assert set(values(crossed).values()) == {(None, "invalid")}
    only_mean = make().receive(poll(cuff(NAN, NAN, "0000005d")), 0.0)
    assert values(only_mean) == {
        "systolic": (None, "unavailable"),
        "diastolic": (None, "unavailable"),
        "mean_pressure": (93, "valid"),
    }
    over = make().receive(poll(cuff("007ffffe", "00000050", "0000005d")), 0.0)
    assert values(over)["systolic"] == (None, "invalid")
    assert make().receive(poll(cuff(*READING, state=0x8000)), 0.0) == []
    assert values(make().receive(poll(cuff("ff0000a0", "ff00006b", "ff00007c", unit=0x0F03)), 0.0))["systolic"] == (
        120.0,
        "valid",
    )


def test_a_pulse_of_another_time_is_not_of_this_reading() -> None:
    old = u16(2) + counted(
        attribute(0x0950, observed(0xF0E5, 0x0AA0, "00000042")), attribute(0x0990, bytes.fromhex("2026030211000000"))
    )
    assert "cuff_pulse_rate" not in values(make().receive(poll(cuff(*READING), old), 0.0))


# --- alarms and modes -------------------------------------------------------------------------------------------


def alarmed(driver: IntellivueDriver, person: bytes = b"", technical: bytes = b"", now: float = 0.0) -> list[Report]:
    return driver.receive(poll(alerts(person, technical), kind=0x36), now)


@pytest.mark.parametrize(
    ("source", "event", "kind", "priority", "limit_of"),
    [
        (0x4BB8, 62, 512, "medium", (Vital.SPO2,)),
        (0x4BB9 - 1, 63, 512, "medium", (Vital.SPO2,)),  # the lowest bit names a table
        (0x4182, 40, 256, "low", (Vital.HEART_RATE,)),
        (0x4BB8, 3246, 1024, "high", (Vital.SPO2,)),
        (0x4A04, 40, 512, "medium", (Vital.SYSTOLIC, Vital.DIASTOLIC, Vital.MEAN_PRESSURE)),
        (0x4182, 3076, 1024, "high", ()),
        (0x1234, 62, 512, "medium", ()),
    ],
)
def test_alarms_about_the_person(
    source: int, event: int, kind: int, priority: str, limit_of: tuple[Vital, ...]
) -> None:
    (told,) = alarmed(make(), alert(source, event, kind, "** WORDS\0"))
    assert told == DeviceStatus("m", Status.MONITOR_ALARM, True, 0.0, "** WORDS", priority, limit_of)


def both(*entries: bytes) -> bytes:
    return poll(u16(1) + counted(attribute(0x0902, counted(*entries))), kind=0x36)


def test_several_alarms_the_worst_first_and_a_limit_hides_no_other() -> None:
    (told,) = make().receive(both(alert(0x4BB8, 62, 256, "* SpO2"), alert(0x4182, 3076, 1024, "*** ASYSTOLE")), 0.0)
    assert isinstance(told, DeviceStatus)
    assert (told.detail, told.priority, told.limit_of) == ("*** ASYSTOLE, * SpO2", "high", ())


def test_no_alert_and_inhibited_alerts_are_none() -> None:
    quiet = bytearray(alert(0x4BB8, 62, 512, "x"))
    quiet[6:8] = u16(0x8000)
    assert make().receive(both(bytes(quiet), alert(0x4BB8, 62, 0, "x")), 0.0) == []


def test_an_alarm_without_words_gets_ours() -> None:
    bare = bytearray(alert(0x4182, 3076, 1024, ""))
    bare[14:16] = u16(513)
    assert statuses(make().receive(both(bytes(bare)), 0.0)) == {"monitor_alarm": (True, "heart_rate ASYSTOLE")}


@pytest.mark.parametrize(
    ("source", "event", "status"),
    [
        *((0x4BB8, event, status) for event, status in OXIMETER_STATES.items()),
        (0x4BB8, 9998, "intellivue_technical_alarm"),
        (0x4A04, 356, Status.CUFF_FAILED),
        (0x0021, 194, Status.BATTERY_LOW),
        (0x4182, 274, "intellivue_technical_alarm"),
    ],
)
def test_technical_alarms(source: int, event: int, status: str) -> None:
    assert statuses(alarmed(make(), b"", alert(source, event, 1, "WORDS"))) == {status: (True, "WORDS")}


def test_an_old_number_beside_a_sensor_that_is_off_is_none_until_the_alarm_ends_or_ages() -> None:
    driver = make()
    alarmed(driver, b"", alert(0x4BB8, 308, 1, "SpO2 NO SENSOR"))
    finger = poll(SPO2, numeric(0x4182, 0x0AA0, "00000048"))
    assert values(driver.receive(finger, 1.0)) == {"spo2": (None, "unavailable"), "heart_rate": (72, "valid")}
    told = driver.receive(finger, 6.0)
    assert values(told)["spo2"] == (97, "valid")
    assert statuses(told) == {"no_sensor": (False, "")}


def test_paused_alarms_are_told() -> None:
    state = u16(1) + counted(attribute(0x0916, u16(0x4000, 0, 0, 0)))
    assert list(statuses(make().receive(poll(state, kind=0x36), 0.0))) == ["monitor_audio_paused"]


def test_an_alert_object_that_does_not_hold_what_it_says_is_counted() -> None:
    driver = make()
    assert driver.receive(poll(u16(1) + counted(BAD_LIST), kind=0x36), 0.0) == []
    assert driver.counts.bad_frames == 1


def test_demo_mode_marks_every_value_until_it_ends() -> None:
    driver = make()
    assert statuses(driver.receive(framed(created(0x2000)), 0.0)) == {"demo": (True, "")}
    told = driver.receive(poll(SPO2, cuff(*READING)), 1.0)
    assert {one.mode for one in told if isinstance(one, Observation)} == {Mode.DEMO}
    monitoring = poll(u16(1) + counted(attribute(0x0946, u16(0x4000))), kind=0x21)
    assert statuses(driver.receive(monitoring, 2.0)) == {"demo": (False, "")}
    assert driver.receive(poll(SPO2), 3.0)[0].mode is Mode.REAL  # type: ignore[union-attr]


def test_a_refusal_is_told_and_ends() -> None:
    driver = make()
    driver.due(0.0)
    assert list(statuses(driver.receive(framed(b"\x0c\x00"), 0.1))) == ["intellivue_refused"]
    told = driver.receive(framed(created(0x4000)), 5.0)
    assert statuses(told) == {"intellivue_refused": (False, "")}


# --- forms of travel --------------------------------------------------------------------------------------------


def test_on_the_network_each_message_is_a_datagram_both_ways(shared: Path) -> None:
    driver = make()
    raw = (shared / "captures/philips-intellivue/connect-indication-udp-payload.bin").read_bytes()
    expected = {"intellivue_announced": (True, "Philips 866062 at 192.168.247.101, data export on UDP port 24105")}
    assert statuses(driver.receive(Message(raw), 0.0)) == expected
    assert driver.counts.bad_frames == 0
    assert values(driver.receive(Message(message(SPO2)), 1.0)) == {"spo2": (97, "valid")}
    assert statuses(driver.receive(Message(created(0x4000)), 2.0)) == {"intellivue_announced": (False, "")}
    assert driver.due(2.0).send[0][:2] == b"\xe1\x00"


def test_until_something_has_come_the_association_is_asked_for_in_both_forms_and_then_in_the_right_one() -> None:
    ask = association_request(waves=False)
    line, network = make(), make()
    assert line.due(0.0) == network.due(0.0) == Due((for_network(ask), framed(ask)), 5.0)
    line.receive(b"\xc0", 1.0)
    network.receive(Message(b"\x0e\x00"), 1.0)
    for driver in (line, network):
        driver.reset()  # another opening of the same link: what it is stays known
    assert line.due(20.0).send == (framed(ask),)
    assert network.due(20.0).send == (for_network(ask),)


@pytest.mark.parametrize(("framing", "form"), [("serial", framed), ("lan", for_network)])
def test_a_form_that_is_set_is_the_only_one(framing: str, form: Callable[[bytes], bytes]) -> None:
    assert make(framing=framing).due(0.0).send == (form(association_request(waves=False)),)


def test_a_capture_of_datagrams_may_come_as_bytes() -> None:
    assert values(make(framing="lan").receive(message(SPO2), 0.0)) == {"spo2": (97, "valid")}


def test_bytes_are_recorded_as_they_are() -> None:
    assert make().redact(poll(SPO2)) == poll(SPO2)


# --- long answers -----------------------------------------------------------------------------------------------

HEART, PULSE = numeric(0x4182, 0x0AA0, "00000048"), numeric(0x4822, 0x0AA0, "00000047")
PARTS = [poll(SPO2, link="0101"), poll(HEART, link="0202"), poll(PULSE, link="0303"), poll()]


def test_parts_are_told_together_at_the_end() -> None:
    driver = make()
    assert [len(driver.receive(part, 0.0)) for part in PARTS] == [0, 0, 0, 3]


@pytest.mark.parametrize("missing", [0, 1, 2])
def test_an_answer_with_a_missing_part_is_dropped_and_counted(missing: int) -> None:
    driver = make()
    told = [one for n, part in enumerate(PARTS) if n != missing for one in driver.receive(part, 0.0)]
    assert told == []
    assert driver.counts.bad_frames >= 1
    assert len([one for part in PARTS for one in driver.receive(part, 1.0)]) == 3


def test_an_answer_that_lingers_is_too_old() -> None:
    driver = make()
    for part in PARTS[:3]:
        driver.receive(part, 0.0)
    assert driver.receive(PARTS[3], 3.5) == []
    assert driver.counts.bad_frames == 1


def test_answers_under_way_are_few() -> None:
    driver = make()
    for invoke in range(10):
        driver.receive(framed(message(SPO2, link="0101", invoke=invoke)), 0.0)
    assert driver.counts.bad_frames == 6


def test_a_single_part_and_its_end() -> None:
    driver = make()
    assert driver.receive(poll(SPO2, link="0301"), 0.0) == []
    assert len(driver.receive(poll(HEART), 0.0)) == 2


# --- the curve --------------------------------------------------------------------------------------------------


def test_a_curve_without_its_shape_is_not_drawn_and_a_compound_one_is() -> None:
    driver = make(pleth=True)
    block = u16(0x4BB4, 0, 4, 5, 6)
    assert driver.receive(poll(u16(30) + counted(attribute(0x096E, block)), kind=9), 0.0) == []
    shape = (attribute(0x096D, bytes.fromhex("0002100c0000")), attribute(0x098D, u16(0, 64)))
    other = u16(0x0101, 0, 2, 9)  # an ECG
    both = u16(30) + counted(attribute(0x0967, counted(other, block)), *shape)
    assert driver.receive(poll(both, kind=9), 1.0) == [Waveform("m", "pleth", 125.0, (5.0, 6.0), 1.0)]


def test_shapes_of_curves_are_few() -> None:
    driver = make(pleth=True)
    for handle in range(100):
        driver.receive(poll(u16(handle) + counted(attribute(0x098D, u16(0, 64))), kind=9), 0.0)
    assert len(driver._curve._shapes) <= 16


# --- anything ---------------------------------------------------------------------------------------------------

FRAMES = [frame for sample in CONFORMANCE.samples for frame in sample.frames if isinstance(frame, bytes)]


@settings(max_examples=60)
@given(st.lists(st.sampled_from(FRAMES), max_size=6), st.data())
def test_any_split_gives_the_same_reports_and_counts(frames: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(frames)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=6)))
    edges = [0, *cuts, len(stream)]
    whole, split = make(), make()
    told = [one for a, b in pairwise(edges) for one in split.receive(stream[a:b], 0.0)]
    assert told == whole.receive(stream, 0.0)
    assert split.counts == whole.counts


@given(st.binary(max_size=120), st.sampled_from([0x06, 0x09, 0x21, 0x36]))
def test_any_attributes_never_raise(noise: bytes, kind: int) -> None:
    driver = make(framing="lan")
    for name in (0x0902, 0x0904, 0x0916, 0x0946, 0x094B, 0x0950, 0x0967, 0x096D, 0x096E, 0x098D, 0x0990, 0x0991):
        driver.receive(Message(message(u16(1) + counted(attribute(name, noise)), kind=kind)), 0.0)
    driver.receive(Message(noise), 0.0)
    assert driver.counts.frames >= 12
