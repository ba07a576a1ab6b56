"""What messages mean: numbers that are measurements and those that are not, cuff readings, marks of alarms."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from vitalwatch.driver import NOTHING_DUE, Message, NoOptions, load_driver
from vitalwatch.errors import UsageError
from vitalwatch.model import DeviceStatus, Observation, Report, Validity
from vitalwatch_drivers.tempus import TempusDriver
from vitalwatch_drivers.tempus.conformance import GOOD, NOW, cuff, entry, line, sign, streams
from vitalwatch_drivers.tempus.decoder import LINE_LIMIT
from vitalwatch_drivers.tempus.frames import parse_line
from vitalwatch_drivers.tempus.options import TempusOptions

CUFF_LINE = line(cuff("120.0", "80.0", "96.0"), streams(*GOOD))


def make(**options: object) -> TempusDriver:
    return TempusDriver("m", TempusOptions.model_validate(options))


def values(reports: list[Report]) -> dict[str, tuple[float | None, str]]:
    return {str(r.vital): (r.value, str(r.validity)) for r in reports if isinstance(r, Observation)}


def one(name: str, val: object, unit: str, source: str) -> dict[str, tuple[float | None, str]]:
    return values(make().receive(line(entry(NOW, sign(name, val, unit, source))), 1.0))


def test_it_is_found_by_its_entry_point_name() -> None:
    assert load_driver("tempus") is TempusDriver
    assert TempusDriver.info.datagrams
    with pytest.raises(UsageError):
        TempusDriver("m", NoOptions())


def test_the_published_message(shared: Path) -> None:
    raw = (shared / "captures/tempus-json/tempus-pro-vitals-20170226.json").read_bytes()
    driver = make()
    told = driver.receive(raw, 7.0)
    assert values(told) == {
        "heart_rate": (106.0, "valid"),
        "spo2": (96.0, "valid"),
        "perfusion_index": (2.6, "valid"),
        "respiration_rate": (31.0, "valid"),
        "etco2": (35.0, "valid"),
        "temperature": (35.4, "valid"),
        "systolic": (120.0, "valid"),
        "diastolic": (80.0, "valid"),
        "mean_pressure": (96.0, "valid"),
    }
    cuff_told = [r for r in told if isinstance(r, Observation) and r.episodic]
    assert {(r.reading_age_s, r.device_time) for r in cuff_told} == {(164.0, "2017-02-26T16:40:00")}
    others = [r for r in told if isinstance(r, Observation) and not r.episodic]
    assert {r.device_time for r in others} == {"2017-02-26T16:42:44"}
    assert not [r for r in told if isinstance(r, DeviceStatus)]
    assert (driver.counts.frames, driver.counts.bad_frames) == (1, 0)


@pytest.mark.parametrize("rate", [127, 128, 129, 200, 255, 256, 300])
def test_rates_as_they_are(rate: int) -> None:
    assert one("HR", f"{rate}.0", "/min", "ECG") == {"heart_rate": (rate, "valid")}
    assert one("HR", f"{rate}.0", "/min", "PULSE") == {"pulse_rate": (rate, "valid")}


@pytest.mark.parametrize(
    ("name", "source"), [("HR", "P1:"), ("HR", "NIBP"), ("HR", ""), ("SPO2", "ECG"), ("RESP", "VENT"), ("SYS", "NIBP")]
)
def test_numbers_from_other_sources_are_not_told(name: str, source: str) -> None:
    assert one(name, "70.0", "/min", source) == {}


@pytest.mark.parametrize("source", ["P1:", "P2:", "P3:", "P4:", "NIBP"])
def test_a_pressure_inside_a_vessel_is_never_a_cuff_reading(source: str) -> None:
    signs = (sign("Sys", "119.0", "mm[Hg]", source), sign("Dia", "79.0", "mm[Hg]", source))
    assert make().receive(line(streams(*GOOD), entry(NOW, *signs)), 1.0) == make().receive(line(streams(*GOOD)), 1.0)


def test_cuff_names_with_an_invasive_source_are_no_cuff_reading() -> None:
    signs = (sign("SysNIBP", "119.0", "mm[Hg]", "P1:"), sign("DiaNIBP", "79.0", "mm[Hg]", "P1:"))
    told = values(make().receive(line(streams(*GOOD), entry("2026-03-02 12:00:00", *signs)), 1.0))
    assert "systolic" not in told


@pytest.mark.parametrize(
    ("name", "val", "unit", "source", "vital", "value"),
    [
        ("ETCO2", "5.0", "kPa", "CAPNO", "etco2", 37.5),
        ("ETCO2", "38", "mmHg", "CAPNO", "etco2", 38.0),
        ("Temperature1", "98.6", "F", "T1", "temperature", 37.0),
        ("Temperature2", "36.6", "Cel", "T2", "temperature", 36.6),
        ("RESP", "12", "bpm", "ECG", "respiration_rate", 12.0),
    ],
)
def test_units(name: str, val: str, unit: str, source: str, vital: str, value: float) -> None:
    assert one(name, val, unit, source) == {vital: (value, "valid")}


@pytest.mark.parametrize(
    ("name", "val", "unit", "source"),
    [
        ("ETCO2", "5.0", "%", "CAPNO"),
        ("Temperature1", "36.6", "", "T1"),
        ("Temperature1", "98.6", "C", "T1"),
        ("SPO2", "101.0", "%", "PULSE"),
        ("SPO2", "0.97", "1", "PULSE"),
        ("HR", "-1", "/min", "ECG"),
        ("HR", "9999", "/min", "ECG"),
        ("HR", "inf", "/min", "ECG"),
    ],
)
def test_an_unknown_unit_or_an_impossible_number_is_invalid(name: str, val: str, unit: str, source: str) -> None:
    (told,) = one(name, val, unit, source).values()
    assert told == (None, "invalid")


def test_the_first_thermometer_with_a_value_counts() -> None:
    driver = make()
    second = sign("Temperature2", "35.2", "C", "T2")
    both = line(entry(NOW, second, sign("Temperature1", "35.4", "C", "T1")))
    without = line(entry(NOW, second, sign("Temperature1", "--", "C", "T1")))
    assert values(driver.receive(both, 1.0))["temperature"] == (35.4, "valid")
    assert values(driver.receive(without, 2.0))["temperature"] == (35.2, "valid")


def test_a_zero_is_real_only_after_something_was_seen_without_a_break() -> None:
    driver = make()
    sent = ["0.0", "72.0", "0.0", "--", "0.0"]
    told = [values(driver.receive(line(entry(NOW, sign("HR", val, "/min", "ECG"))), 1.0))["heart_rate"] for val in sent]
    invalid, none = (None, "invalid"), (None, "unavailable")
    assert told == [invalid, (72.0, "valid"), (0.0, "valid"), none, invalid]


def test_a_zero_of_the_oximeter_is_never_a_measurement() -> None:
    driver = make()
    driver.receive(line(streams(*GOOD)), 1.0)
    told = values(driver.receive(line(streams("0", "0", "0", "0", "0", "0", "0")), 2.0))
    invalid = (None, "invalid")
    assert (told["spo2"], told["pulse_rate"], told["perfusion_index"], told["temperature"]) == (invalid,) * 4


def test_a_vital_that_is_no_longer_in_a_message_has_no_value() -> None:
    driver = make()
    driver.receive(line(streams(*GOOD)), 1.0)
    told = values(driver.receive(line(entry(NOW, sign("HR", "72.0", "/min", "ECG"))), 2.0))
    assert told["heart_rate"] == (72.0, "valid")
    assert told["spo2"] == (None, "unavailable")


def test_streamed_numbers_much_older_than_their_message_are_not_present() -> None:
    old = entry("2026-03-02 12:02:33", sign("SPO2", "97.0", "%", "PULSE"))
    close = entry("2026-03-02 12:02:34", sign("PI", "2.0", "%", "PULSE"))
    told = values(make().receive(line(old, close, entry(NOW, sign("HR", "72.0", "/min", "ECG"))), 1.0))
    assert told == {"heart_rate": (72.0, "valid"), "perfusion_index": (2.0, "valid")}


def test_of_the_same_number_in_two_entries_the_newer_counts_in_either_order() -> None:
    older = entry("2026-03-02 12:02:40", sign("SPO2", "84.0", "%", "PULSE"))
    newer = entry(NOW, sign("SPO2", "97.0", "%", "PULSE"))
    for entries in ((older, newer), (newer, older)):
        assert values(make().receive(line(*entries), 1.0)) == {"spo2": (97.0, "valid")}


@pytest.mark.parametrize(("mean", "told"), [("96.0", (96.0, "valid")), ("79.0", (None, "invalid"))])
def test_a_mean_has_to_lie_between_the_pressures(mean: str, told: tuple[float | None, str]) -> None:
    assert values(make().receive(line(cuff("120.0", "80.0", mean), streams(*GOOD)), 1.0))["mean_pressure"] == told


def test_a_cuff_reading_is_told_once_also_after_a_cut_link() -> None:
    driver = make()
    assert "systolic" in values(driver.receive(CUFF_LINE, 1.0))
    assert "systolic" not in values(driver.receive(CUFF_LINE, 6.0))
    driver.reset()
    assert "systolic" not in values(driver.receive(CUFF_LINE, 60.0))


def test_every_marked_number_is_in_the_monitors_alarm_which_is_told_before_the_values() -> None:
    marked = line(
        entry(NOW, sign("SPO2", "84.0", "%", "PULSE", alert="1"), sign("HR", "140.0", "/min", "ECG", alert="2"))
    )
    first, *rest = make().receive(marked, 1.0)
    assert first == DeviceStatus("m", "monitor_alarm", True, 1.0, "SPO2 alert 1, HR alert 2")
    assert all(isinstance(report, Observation) and report.validity is Validity.VALID for report in rest)


def test_after_a_cut_link_an_alarm_is_told_again() -> None:
    driver = make()
    marked = line(entry(NOW, sign("SPO2", "84.0", "%", "PULSE", alert="1")))
    driver.receive(marked, 1.0)
    driver.reset()
    assert isinstance(driver.receive(marked, 2.0)[0], DeviceStatus)


def test_datagrams_with_and_without_a_line_end() -> None:
    driver = make()
    driver.receive(b"half a line", 1.0)
    for payload in (CUFF_LINE, CUFF_LINE.rstrip()):
        assert values(driver.receive(Message(payload), 2.0))["spo2"] == (96.0, "valid")
    assert (driver.counts.frames, driver.counts.bad_frames, driver.counts.dropped_bytes) == (2, 0, 11)


def test_a_retained_message_is_never_fresh() -> None:
    driver = make()
    assert driver.receive(Message(CUFF_LINE, retained=True), 1.0) == []
    assert driver.counts.retained == 1


def test_nothing_is_sent_and_the_period_is_that_of_the_options() -> None:
    driver = make(period_s=10.0)
    assert driver.due(1.0) is NOTHING_DUE
    assert driver.period_s == 10.0
    with pytest.raises(ValidationError):
        make(period_s=0.0)


def test_lines_that_are_something_else_are_counted() -> None:
    driver = make()
    assert driver.receive(b"hello\n" + line(kind="PatientDetails"), 1.0) == []
    assert driver.counts.bad_frames == 2


# --- recordings ---------------------------------------------------------------------------------------------------


@given(st.lists(st.integers(1, 2 * len(CUFF_LINE)), max_size=6))
def test_a_recording_of_a_stream_means_the_same_however_it_is_cut_and_names_nobody(cuts: list[int]) -> None:
    stream = CUFF_LINE + line(kind="PatientDetails") + CUFF_LINE
    edges = [0, *sorted(cuts), len(stream)]
    driver = make()
    kept = b"".join(driver.redact(stream[a:b]) for a, b in pairwise(edges) if a != b)
    assert [parse_line(each) for each in kept.splitlines() if each] == [parse_line(CUFF_LINE)] * 2
    assert b"PatientDetails" not in kept
    assert b"600001" not in kept


def test_a_recording_of_datagrams_keeps_each_at_once() -> None:
    driver = make()
    kept = driver.redact(CUFF_LINE.rstrip())
    assert parse_line(kept) == parse_line(CUFF_LINE)
    assert driver.redact(CUFF_LINE.rstrip()) == kept


def test_half_a_message_before_a_cut_is_not_kept_nor_an_endless_one() -> None:
    driver = make()
    assert driver.redact(CUFF_LINE[:100]) == b""
    driver.reset()
    assert parse_line(driver.redact(CUFF_LINE)) == parse_line(CUFF_LINE)
    assert driver.redact(b"{" * (2 * LINE_LIMIT)) == b""
    assert driver.redact(b"\n") == b"\n"


# --- any split, any bytes -----------------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 2 * len(CUFF_LINE)), max_size=8))
def test_any_split_gives_the_same_reports_and_counts(cuts: list[int]) -> None:
    stream = b"noise\n" + CUFF_LINE + line(entry(NOW, sign("SPO2", "84.0", "%", "PULSE", alert="1")))
    whole, cut = make(), make()
    expected = whole.receive(stream, 1.0)
    edges = [0, *sorted(cuts), len(stream)]
    got = [report for a, b in pairwise(edges) for report in cut.receive(stream[a:b], 1.0)]
    assert got == expected
    assert cut.counts == whole.counts


@given(st.lists(st.binary(max_size=300) | st.just(CUFF_LINE), max_size=6))
def test_any_bytes_never_raise(chunks: list[bytes]) -> None:
    driver = make()
    for chunk in chunks:
        driver.receive(chunk, 1.0)
        driver.receive(Message(chunk), 1.0)


def test_a_line_without_an_end_leaves_no_memory_behind() -> None:
    driver = make()
    for _ in range(100):
        driver.receive(b"x" * 4096, 1.0)
    assert driver.counts.bad_frames == 1
    assert values(driver.receive(b"\n" + CUFF_LINE, 2.0))["spo2"] == (96.0, "valid")
