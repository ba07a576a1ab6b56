"""What Nellcor lines mean: the recorded night, every status code, and numbers that are not readings."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.driver import NOTHING_DUE, Message, NoOptions, load_driver
from vitalwatch.errors import UsageError
from vitalwatch.model import DeviceStatus, Observation, Report, Validity, Vital
from vitalwatch_drivers.nellcor import NellcorDriver
from vitalwatch_drivers.nellcor.driver import MEANINGS
from vitalwatch_drivers.nellcor.frames import DataLine, parse_line

VALID, QUESTIONABLE, UNAVAILABLE = Validity.VALID, Validity.QUESTIONABLE, Validity.UNAVAILABLE
CAPTURE = "captures/nellcor-n560-ascii/n560-v1.56-20171229-part1.txt"


def make() -> NellcorDriver:
    return NellcorDriver("ox-1", NoOptions())


def line(spo2: str = "97", pulse: str = "72", amplitude: str = "24", codes: str = "") -> bytes:
    return f"29-Dec-17 07:19:01   {spo2:>3}     {pulse:>3}     {amplitude:>3}    {codes}\r\n".encode("ascii")


def values(reports: list[Report], vital: Vital) -> list[tuple[float | None, Validity]]:
    return [(r.value, r.validity) for r in reports if isinstance(r, Observation) and r.vital is vital]


def statuses(reports: list[Report]) -> list[tuple[str, bool, str]]:
    return [(r.status, r.active, r.detail) for r in reports if isinstance(r, DeviceStatus)]


def test_it_is_found_by_its_entry_point_name() -> None:
    assert load_driver("nellcor") is NellcorDriver
    assert NellcorDriver.info.name == "nellcor"


def test_it_never_sends_anything() -> None:
    assert make().due(0.0) == NOTHING_DUE


def test_a_message_is_a_bug_of_the_caller() -> None:
    with pytest.raises(UsageError):
        make().receive(Message(b""), 0.0)


def test_a_good_line_gives_both_vitals_with_arrival_and_device_time() -> None:
    assert make().receive(line(), 12.5) == [
        Observation("ox-1", Vital.SPO2, 97, VALID, 12.5, device_time="2017-12-29T07:19:01"),
        Observation("ox-1", Vital.PULSE_RATE, 72, VALID, 12.5, device_time="2017-12-29T07:19:01"),
    ]


@pytest.mark.parametrize(
    ("code", "validity", "names"),
    [
        ("AO", VALID, ["monitor_audio_paused"]),
        ("AS", VALID, ["monitor_audio_paused"]),
        ("LB", VALID, ["battery_low"]),
        ("LM", UNAVAILABLE, ["interference", "pulse_lost"]),
        ("LP", UNAVAILABLE, ["pulse_lost"]),
        ("MO", QUESTIONABLE, ["motion"]),
        ("PH", VALID, ["monitor_alarm"]),
        ("PL", VALID, ["monitor_alarm"]),
        ("PS", UNAVAILABLE, ["searching"]),
        ("SD", UNAVAILABLE, ["no_sensor"]),
        ("SH", VALID, ["monitor_alarm"]),
        ("SL", VALID, ["monitor_alarm"]),
        ("SO", UNAVAILABLE, ["sensor_off"]),
        ("QX", QUESTIONABLE, ["nellcor_qx"]),  # in no manual: told under its own name, never lost
    ],
)
def test_every_status_code(code: str, validity: Validity, names: list[str]) -> None:
    driver = make()
    began = driver.receive(line(codes=code), 0.0)
    assert statuses(began) == [(name, True, code) for name in names]
    for vital, number in ((Vital.SPO2, 97), (Vital.PULSE_RATE, 72)):
        assert values(began, vital) == [(None if validity is UNAVAILABLE else number, validity)]
    ended = driver.receive(line(), 2.0)
    assert statuses(ended) == [(name, False, "") for name in names]
    assert values(ended, Vital.SPO2) == [(97, VALID)]


def test_the_table_above_holds_every_known_code() -> None:
    assert set(MEANINGS) == {"AO", "AS", "LB", "LM", "LP", "MO", "PH", "PL", "PS", "SD", "SH", "SL", "SO"}


def test_codes_add_up_and_each_is_kept() -> None:
    reports = make().receive(line("73*", "200*", "9", "MO SL PH LB AS"), 0.0)
    assert statuses(reports) == [
        ("battery_low", True, "LB"),
        ("monitor_alarm", True, "PH SL"),
        ("monitor_audio_paused", True, "AS"),
        ("motion", True, "MO"),
    ]
    assert values(reports, Vital.SPO2) == [(73, QUESTIONABLE)]


def test_the_worst_code_decides_in_whatever_order_they_stand() -> None:
    for codes in ("MO SO", "SO MO", "SL SO AS"):
        assert values(make().receive(line(codes=codes), 0.0), Vital.SPO2) == [(None, UNAVAILABLE)]


def test_statuses_are_told_when_they_change_and_not_again() -> None:
    driver = make()
    assert statuses(driver.receive(line(codes="MO SL"), 0.0)) != []
    assert statuses(driver.receive(line(codes="MO SL"), 2.0)) == []


def test_another_code_of_the_same_status_is_told_without_ending_it() -> None:
    driver = make()
    driver.receive(line(codes="SL"), 0.0)
    assert statuses(driver.receive(line(codes="SL PL"), 2.0)) == [("monitor_alarm", True, "PL SL")]
    assert statuses(driver.receive(line(codes="PL"), 4.0)) == [("monitor_alarm", True, "PL")]
    assert statuses(driver.receive(line(), 6.0)) == [("monitor_alarm", False, "")]


def test_a_status_that_begins_is_told_before_one_that_ends() -> None:
    driver = make()
    driver.receive(line("---", "---", "---", "SD"), 0.0)
    changed = driver.receive(line("---", "---", "---", "SO"), 2.0)
    assert statuses(changed) == [("sensor_off", True, "SO"), ("no_sensor", False, "")]


def test_statuses_come_before_the_values_that_they_explain() -> None:
    kinds = [type(report) for report in make().receive(line("---", "---", "---", "SO"), 0.0)]
    assert kinds == [DeviceStatus, Observation, Observation]


@pytest.mark.parametrize(
    ("spo2", "pulse", "amplitude", "codes"),
    [
        ("0", "0", "---", "PS"),  # zeros after the sensor was put on
        ("0", "0", "---", ""),
        ("0", "0", "24", ""),
        ("97", "72", "---", "PS"),  # last values while it searches again
        ("97", "72", "---", ""),  # no pulse is measured, so these are last values as well
        ("97", "72", "24", "SD"),  # old numbers after the sensor was lost
        ("97", "72", "24", "SO"),
        ("97", "72", "24", "LP"),
        ("---", "---", "---", ""),
    ],
)
def test_numbers_that_are_no_measurement_never_become_values(spo2: str, pulse: str, amplitude: str, codes: str) -> None:
    reports = make().receive(line(spo2, pulse, amplitude, codes), 0.0)
    assert values(reports, Vital.SPO2) == [(None, UNAVAILABLE)]
    assert values(reports, Vital.PULSE_RATE) == [(None, UNAVAILABLE)]


@pytest.mark.parametrize("pulse", [127, 128, 129, 200, 255, 256, 300])
def test_pulse_rates_around_byte_boundaries_are_values(pulse: int) -> None:
    assert values(make().receive(line(pulse=str(pulse)), 0.0), Vital.PULSE_RATE) == [(pulse, VALID)]


@pytest.mark.parametrize(("spo2", "pulse"), [("127", "511"), ("255", "999"), ("101", "5")])
def test_impossible_numbers_are_invalid_and_carry_no_value(spo2: str, pulse: str) -> None:
    reports = make().receive(line(spo2, pulse), 0.0)
    assert values(reports, Vital.SPO2) == [(None, Validity.INVALID)]
    assert values(reports, Vital.PULSE_RATE) == [(None, Validity.INVALID)]


def test_reset_forgets_statuses_and_half_a_line_and_keeps_the_counts() -> None:
    driver = make()
    driver.receive(line(codes="SO") + b"29-Dec-17 07:19", 0.0)
    driver.reset()
    assert statuses(driver.receive(line(codes="SO"), 9.0)) == [("sensor_off", True, "SO")]
    assert (driver.counts.frames, driver.counts.bad_frames, driver.counts.dropped_bytes) == (2, 0, 15)


def test_own_lines_of_every_state(project: Path) -> None:
    driver = make()
    told = []
    for raw in (project / "tests/data/nellcor/states.txt").read_bytes().splitlines(keepends=True):
        reports = driver.receive(raw, 0.0)
        told.append((values(reports, Vital.SPO2)[0], values(reports, Vital.PULSE_RATE)[0][0]))
    none = ((None, UNAVAILABLE), None)
    assert told == [
        ((97, VALID), 72),
        ((97, QUESTIONABLE), 72),
        ((88, QUESTIONABLE), 72),
        ((88, VALID), 48),
        none,
        none,
        none,
        ((97, VALID), 95),
        none,
        none,
        none,
        none,
        ((100, VALID), 171),
        ((97, VALID), 72),
        ((97, QUESTIONABLE), 72),
    ]
    assert driver.counts.bad_frames == 0


def read_capture(shared: Path) -> tuple[NellcorDriver, list[list[Report]]]:
    """The capture line by line, as it would arrive; one list of reports for each line that gave any."""
    driver = make()
    lines = (shared / CAPTURE).read_bytes().splitlines(keepends=True)
    told = [driver.receive(raw, 2.0 * number) for number, raw in enumerate(lines)]
    return driver, [reports for reports in told if reports]


def test_recorded_n560_counts(shared: Path) -> None:
    driver, told = read_capture(shared)
    assert len(told) == 52
    assert driver.counts.frames == 58
    assert driver.counts.bad_frames == 1
    assert driver.counts.dropped_bytes == len("sóme garbäge first".encode())


def test_recorded_n560_values(shared: Path) -> None:
    _, told = read_capture(shared)
    spo2 = [values(reports, Vital.SPO2)[0][0] for reports in told]
    pulse = [values(reports, Vital.PULSE_RATE)[0][0] for reports in told]
    fall = [89, 83, 79, 77, 77, 77, 78, 78, 78, 77, 75, 73, 74, 73, 73, 73]
    assert spo2 == [99] * 7 + fall + [None] * 29
    assert pulse == [66] * 12 + [70] * 5 + [71] * 2 + [70] * 4 + [None] * 29


def test_recorded_n560_validities(shared: Path) -> None:
    _, told = read_capture(shared)
    v, q, u = VALID, QUESTIONABLE, UNAVAILABLE
    # Motion on the 2nd, 3rd, 5th to 7th line and through the whole fall but for the line at 07:19:07.
    expected = [v, q, q, v, q, q, q] + [q] * 5 + [v] + [q] * 10 + [u] * 29
    assert [values(reports, Vital.SPO2)[0][1] for reports in told] == expected
    assert [values(reports, Vital.PULSE_RATE)[0][1] for reports in told] == expected


def test_recorded_n560_device_times_are_labels_two_seconds_apart(shared: Path) -> None:
    _, told = read_capture(shared)
    labels = [report.device_time for reports in told for report in reports if isinstance(report, Observation)]
    seconds = [
        int(hour) * 3600 + int(minute) * 60 + int(second)
        for hour, minute, second in (str(label)[11:].split(":") for label in labels[::2])
    ]
    assert labels[0] == "2017-12-29T07:18:43"
    assert labels[-1] == "2017-12-29T07:20:25"
    assert {later - earlier for earlier, later in pairwise(seconds)} == {2}


def test_recorded_n560_status_sets(shared: Path) -> None:
    _, told = read_capture(shared)
    present: set[str] = set()
    sets: Counter[frozenset[str]] = Counter()
    for reports in told:
        for name, active, _ in statuses(reports):
            (present.add if active else present.discard)(name)
        sets[frozenset(present)] += 1
    assert sets == {
        frozenset(): 2,
        frozenset({"motion"}): 5,
        frozenset({"motion", "monitor_alarm"}): 2,
        frozenset({"motion", "monitor_alarm", "monitor_audio_paused"}): 13,
        frozenset({"monitor_alarm", "monitor_audio_paused"}): 1,
        frozenset({"no_sensor", "monitor_audio_paused"}): 14,
        frozenset({"sensor_off", "monitor_audio_paused"}): 1,
        frozenset({"sensor_off"}): 14,
    }


def test_recorded_n560_marks_exactly_the_values_under_its_limit(shared: Path) -> None:
    lines = [parse_line(raw) for raw in (shared / CAPTURE).read_bytes().splitlines()[1:]]
    data = [one for one in lines if isinstance(one, DataLine)]
    assert sum(one.spo2_marked for one in data) == 16
    assert all(one.spo2_marked == (one.spo2 is not None and one.spo2 < 90) for one in data)
    assert not any(one.pulse_marked for one in data)
    assert [one.amplitude for one in data[:8]] == [12, 17, 18, 52, 61, 13, 8, 201]


@given(st.data())
def test_any_split_of_the_states_gives_the_same_reports(project: Path, data: st.DataObject) -> None:
    stream = (project / "tests/data/nellcor/states.txt").read_bytes()
    cuts = data.draw(st.lists(st.integers(0, len(stream)), max_size=15).map(sorted))
    driver, whole = make(), make()
    told: list[Report] = []
    for begin, end in pairwise([0, *cuts, len(stream)]):
        told += driver.receive(stream[begin:end], 1.0)
    assert told == whole.receive(stream, 1.0)
    assert driver.counts == whole.counts


@given(st.lists(st.binary(max_size=200), max_size=8))
def test_any_bytes_never_raise_and_give_no_value(chunks: list[bytes]) -> None:
    driver = make()
    for chunk in chunks:
        assert driver.receive(chunk, 0.0) == []


@given(st.integers(0, 59), st.integers(0, 7), st.sampled_from(["", "SO", "MO SL"]))
def test_a_flipped_bit_costs_at_most_its_own_line(at: int, bit: int, codes: str) -> None:
    # There is no checksum, so a flipped digit is read as another digit; nothing may raise or spill into other lines.
    damaged = bytearray(line(codes=codes).rstrip(b"\r\n").ljust(60))
    damaged[at] ^= 1 << bit
    driver = make()
    driver.receive(bytes(damaged) + b"\r\n", 0.0)
    after = driver.receive(line("98", "61", "30"), 2.0)
    assert values(after, Vital.SPO2) == [(98, VALID)]
    assert values(after, Vital.PULSE_RATE) == [(61, VALID)]
    assert driver.counts.frames >= 1


def test_a_limit_alarm_of_the_monitor_names_the_vitals_whose_limits_passed() -> None:
    reports = make().receive(line("85*", "40*", "12", "SL PL"), 0.0)
    alarm = next(r for r in reports if isinstance(r, DeviceStatus) and r.status == "monitor_alarm")
    assert set(alarm.limit_of) == {Vital.SPO2, Vital.PULSE_RATE}
