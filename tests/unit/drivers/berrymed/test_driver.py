"""What BCI packets mean: every flag, numbers that are no readings, and what tells it from a Contec."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.detect.listen import find_listeners
from vitalwatch.detect.score import Panel, Verdict, judge
from vitalwatch.driver import NOTHING_DUE, LineSettings, Message, NoOptions, load_driver
from vitalwatch.model import DeviceStatus, Observation, Report, Validity, Waveform
from vitalwatch_drivers.berrymed import BerrymedDriver
from vitalwatch_drivers.berrymed.conformance import packet

VALID, QUESTIONABLE, UNAVAILABLE, INVALID = (
    *(Validity.VALID, Validity.QUESTIONABLE),
    *(Validity.UNAVAILABLE, Validity.INVALID),
)


def make() -> BerrymedDriver:
    return BerrymedDriver("ox-4", NoOptions())


def told(reports: list[Report]) -> list[tuple[str, float | None, Validity]]:
    return [(str(r.vital), r.value, r.validity) for r in reports if isinstance(r, Observation)]


def statuses(reports: list[Report]) -> list[tuple[str, bool, str]]:
    return [(r.status, r.active, r.detail) for r in reports if isinstance(r, DeviceStatus)]


def both(
    spo2: float | None, pulse: float | None, validity: Validity = VALID
) -> list[tuple[str, float | None, Validity]]:
    return [("spo2", spo2, validity), ("pulse_rate", pulse, validity)]


# --- values ---------------------------------------------------------------------------------------------------------


def test_the_vector_made_by_hand(project: Path) -> None:
    lines = (project / "tests/data/berrymed/made.hex").read_text().splitlines()[1:]
    driver = make()
    reports = [report for line in lines for report in driver.receive(bytes.fromhex(line), 2.0)]
    assert told(reports) == [
        *both(97, 72),
        *both(88, 200),
        *both(None, None, UNAVAILABLE),
        *both(None, None, UNAVAILABLE),
    ]
    assert statuses(reports) == [
        ("low_signal", True, "signal strength under 3 of 8, or none told"),
        ("sensor_off", True, "no finger"),
        ("searching", True, "pulse search"),
        ("low_signal", False, ""),
        ("sensor_off", False, ""),
    ]
    assert (driver.counts.frames, driver.counts.bad_frames, driver.counts.dropped_bytes) == (8, 0, 0)


@pytest.mark.parametrize("pulse", [10, 127, 128, 129, 200, 254])
def test_pulse_rates_around_the_split(pulse: int) -> None:
    assert told(make().receive(packet(pulse, 97) * 2, 0.0)) == both(97, pulse)


@pytest.mark.parametrize(
    ("pulse", "spo2", "expected"),
    [
        (255, 127, [(None, UNAVAILABLE), (None, UNAVAILABLE)]),
        (0, 0, [(None, UNAVAILABLE), (None, UNAVAILABLE)]),
        (255, 97, [(97, VALID), (None, UNAVAILABLE)]),
        (72, 127, [(None, UNAVAILABLE), (72, VALID)]),
        (9, 101, [(None, INVALID), (None, INVALID)]),
        (72, 126, [(None, INVALID), (72, VALID)]),
        (254, 1, [(1, VALID), (254, VALID)]),
        (72, 100, [(100, VALID), (72, VALID)]),
    ],
)
def test_numbers_that_are_no_measurement(pulse: int, spo2: int, expected: list[tuple[float | None, Validity]]) -> None:
    assert [(v, validity) for _, v, validity in told(make().receive(packet(pulse, spo2) * 2, 0.0))] == expected


def test_unchanged_values_are_told_five_times_a_second_and_changed_ones_at_once() -> None:
    driver = make()
    when = [n for n in range(100) if told(driver.receive(packet(72, 97), n / 100))]
    assert when == [1, 21, 41, 61, 81]
    assert told(driver.receive(packet(72, 96), 1.0)) == []
    assert told(driver.receive(packet(72, 96), 1.01)) == both(96, 72)


@given(place=st.integers(0, 39), bit=st.integers(0, 39))
def test_one_damaged_packet_among_others_says_nothing(place: int, bit: int) -> None:
    # The first has no neighbour before it, but the second does not agree with it.
    stream = bytearray(packet(72, 97) * 40)
    stream[place * 5 + bit // 8] ^= 1 << bit % 8
    reports = make().receive(bytes(stream), 0.0)
    assert set(told(reports)) == set(both(97, 72))
    assert statuses(reports) == []


# --- flags ----------------------------------------------------------------------------------------------------------

FLAGS = [
    (0, 0, VALID, []),
    (0x40, 0, VALID, []),
    (0x10, 0, UNAVAILABLE, [("berrymed_no_signal", "no signal")]),
    (0x20, 0, UNAVAILABLE, [("no_sensor", "probe unplugged")]),
    (0, 0x10, UNAVAILABLE, [("sensor_off", "no finger")]),
    (0, 0x20, UNAVAILABLE, [("searching", "pulse search")]),
    (0x30, 0x10, UNAVAILABLE, [
        ("berrymed_no_signal", "no signal"), ("no_sensor", "probe unplugged"), ("sensor_off", "no finger"),
    ]),
    (0x20, 0x20, UNAVAILABLE, [("no_sensor", "probe unplugged"), ("searching", "pulse search")]),
]  # fmt: skip


@pytest.mark.parametrize(("first", "third", "validity", "expected"), FLAGS)
def test_every_flag_also_beside_numbers_that_are_left_over(
    first: int, third: int, validity: Validity, expected: list[tuple[str, str]]
) -> None:
    driver = make()
    driver.receive(packet(72, 97) * 20, 0.0)
    began = driver.receive(packet(72, 97, first=first, third=third) * 21, 1.0)
    assert statuses(began) == [(status, True, detail) for status, detail in expected]
    values = both(97, 72) if validity is VALID else both(None, None, validity)
    assert set(told(began)) == set(values)
    assert not any(isinstance(r, Observation) for r in began[: len(expected)])
    ended = driver.receive(packet(72, 97) * 21, 2.0)
    assert statuses(ended) == [(status, False, "") for status, _ in expected]
    assert told(ended)[:2] == both(97, 72)


@pytest.mark.parametrize("signal", range(16))
def test_every_strength_of_the_signal(signal: int) -> None:
    reports = make().receive(packet(72, 97, signal=signal) * 2, 0.0)
    if signal in (3, 4, 5, 6, 7, 8):
        assert (statuses(reports), told(reports)) == ([], both(97, 72))
    else:
        assert statuses(reports) == [("low_signal", True, "signal strength under 3 of 8, or none told")]
        assert told(reports) == both(97, 72, QUESTIONABLE)


# --- the curve ------------------------------------------------------------------------------------------------------


def test_the_curve_comes_in_tenths_of_a_second_with_gaps_where_there_was_none() -> None:
    driver = make()
    sent = [packet(72, 97, pleth=n) for n in (10, 20, 0, 40, 50)]
    reports = driver.receive(b"".join(sent) + b"\x01\x02" + b"".join(sent), 3.0)
    assert [r for r in reports if isinstance(r, Waveform)] == [
        Waveform("ox-4", "pleth", 100.0, (10, 20, None, 40, 50, None, 10, 20, None, 40), 3.0)
    ]
    assert (driver.counts.bad_frames, driver.counts.dropped_bytes) == (1, 2)


def test_noise_before_the_first_packet_is_no_part_of_the_curve() -> None:
    reports = make().receive(b"\x01\x02" + packet(72, 97) * 12, 3.0)
    assert [r.samples for r in reports if isinstance(r, Waveform)] == [(40,) * 10]


# --- BerryMed or Contec? --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("line", [LineSettings(115200), LineSettings(19200, parity="O")])
def test_detection_names_nobody_for_packets_that_fit_a_contec_as_well(line: LineSettings) -> None:
    listeners = find_listeners()
    assert BerrymedDriver not in listeners.drivers
    panel = Panel(listeners.drivers, line)
    for n in range(500):
        panel.hear(packet(72, 97, pleth=1 + n % 100), n / 100)
    assert judge([panel.heard()]) == Verdict()


def test_the_pace_of_a_contec_is_told_and_changes_no_value() -> None:
    driver = make()
    reports = [r for n in range(700) for r in driver.receive(packet(72, 97), n / 60)]
    detail = "under 80 packets a second: a Contec oximeter, or packets are lost"
    assert statuses(reports) == [("berrymed_pace", True, detail)]
    assert next(r.at for r in reports if isinstance(r, DeviceStatus)) == pytest.approx(10.0, abs=0.05)
    assert set(told(reports)) == set(both(97, 72))
    driver.reset()
    assert statuses(driver.receive(packet(72, 97) * 2, 20.0)) == []


def test_the_pace_of_a_berrymed_is_nothing_to_tell() -> None:
    driver = make()
    assert statuses([r for n in range(800) for r in driver.receive(packet(72, 97) * 4, n / 25)]) == []


# --- the contract ---------------------------------------------------------------------------------------------------


def test_it_is_found_by_its_name_knows_no_names_and_sends_nothing() -> None:
    assert load_driver("berrymed") is BerrymedDriver
    driver = make()
    assert driver.due(0.0) == NOTHING_DUE
    assert driver.redact(b"\x86\x28") == b"\x86\x28"


def test_messages_with_the_bytes_of_notifications_are_read_and_retained_ones_are_not() -> None:
    driver = make()
    assert told(driver.receive(Message(packet(72, 97) * 4, "ble/ox"), 0.0)) == both(97, 72)
    assert driver.receive(Message(packet(40, 70) * 4, "ble/ox", retained=True), 1.0) == []
    assert (driver.counts.retained, driver.counts.frames) == (1, 4)


def test_reset_forgets_half_a_packet_and_statuses_and_keeps_the_counts() -> None:
    driver = make()
    driver.receive(packet(255, 127, third=0x10) * 4 + b"\x86\x28", 0.0)
    driver.reset()
    assert (driver.counts.frames, driver.counts.dropped_bytes) == (4, 2)
    again = driver.receive(packet(255, 127, third=0x10) * 2, 1.0)
    assert statuses(again) == [("sensor_off", True, "no finger")]


@given(st.lists(st.integers(0, 260), max_size=12).map(sorted))
def test_any_split_gives_the_same(cuts: list[int]) -> None:
    stream = packet(72, 97) * 22 + b"\x05\x86" + packet(130, 88) * 12 + packet(255, 127, third=0x10, pleth=0) * 18
    whole, split = make(), make()
    expected = whole.receive(stream, 1.0)
    got = [r for a, b in pairwise([0, *cuts, len(stream)]) for r in split.receive(stream[a:b], 1.0)]
    assert (got, split.counts) == (expected, whole.counts)


@given(st.binary(max_size=400))
def test_any_bytes_are_borne(data: bytes) -> None:
    driver = make()
    driver.receive(data, 0.0)
    assert driver.counts.dropped_bytes <= len(data)
    assert told(driver.receive(packet(72, 97) * 30, 1.0))[-2:] == both(97, 72)
