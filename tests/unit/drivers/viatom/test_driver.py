"""What AA 55 frames mean: the real recording, every flag, and numbers that are not readings."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.detect.listen import find_listeners
from vitalwatch.detect.score import Confidence, Panel, judge
from vitalwatch.driver import NOTHING_DUE, LineSettings, Message, NoOptions, load_driver
from vitalwatch.model import DeviceStatus, Observation, Report, Validity, Vital, Waveform
from vitalwatch_drivers.viatom import ViatomDriver
from vitalwatch_drivers.viatom.conformance import frame, reading
from vitalwatch_drivers.viatom.decoder import ViatomDecoder
from vitalwatch_drivers.viatom.frames import Battery, Reading, Wave, Working

VALID, QUESTIONABLE, UNAVAILABLE, INVALID = (
    *(Validity.VALID, Validity.QUESTIONABLE),
    *(Validity.UNAVAILABLE, Validity.INVALID),
)


def make() -> ViatomDriver:
    return ViatomDriver("ox-3", NoOptions())


def told(reports: list[Report], vital: Vital) -> list[tuple[float | None, Validity]]:
    return [(r.value, r.validity) for r in reports if isinstance(r, Observation) and r.vital is vital]


def statuses(reports: list[Report]) -> list[tuple[str, bool, str]]:
    return [(r.status, r.active, r.detail) for r in reports if isinstance(r, DeviceStatus)]


def curve(reports: list[Report]) -> list[float | None]:
    return [sample for r in reports if isinstance(r, Waveform) for sample in r.samples]


# --- the real recording ---------------------------------------------------------------------------------------------


@pytest.fixture
def notifications(shared: Path) -> list[bytes]:
    page = shared / "captures/viatom-pc60fw-ble/pc60fw-notifications-001-060.hex"
    return [bytes.fromhex(line) for line in page.read_text().split()]


@pytest.fixture
def recorded(notifications: list[bytes]) -> tuple[list[Report], ViatomDriver]:
    driver = make()
    return [report for data in notifications for report in driver.receive(data, 5.0)], driver


def test_recording_all_77_frames_are_good_and_no_byte_is_dropped(
    recorded: tuple[list[Report], ViatomDriver],
) -> None:
    counts = recorded[1].counts
    assert (counts.frames, counts.bad_frames, counts.dropped_bytes) == (77, 0, 0)


def test_recording_spo2(recorded: tuple[list[Report], ViatomDriver]) -> None:
    assert told(recorded[0], Vital.SPO2) == [(v, VALID) for v in (97, 98, 98, 98, 99, 98)]


def test_recording_pulse_rate(recorded: tuple[list[Report], ViatomDriver]) -> None:
    assert told(recorded[0], Vital.PULSE_RATE) == [(v, VALID) for v in (68, 68, 68, 68, 67, 65)]


def test_recording_perfusion_index_is_none_while_it_is_zero(recorded: tuple[list[Report], ViatomDriver]) -> None:
    none = (None, UNAVAILABLE)
    values = [(v, VALID) for v in (7.5, 7.5, 7.5, 7.2)]
    assert told(recorded[0], Vital.PERFUSION_INDEX) == [none, none, *values]


def test_recording_295_samples_of_the_curve(recorded: tuple[list[Report], ViatomDriver]) -> None:
    blocks = [r for r in recorded[0] if isinstance(r, Waveform)]
    assert len(blocks) == 59
    assert {(b.signal, b.rate_hz, b.at) for b in blocks} == {("pleth", 50.0, 5.0)}
    samples = curve(recorded[0])
    assert len(samples) == 295
    assert samples[:8] == [49, 48, 46, 45, 44, 43, 42, 42]
    assert max(sample for sample in samples if sample is not None) < 128


def test_recording_kinds_beats_battery_and_mode(notifications: list[bytes]) -> None:
    decoder = ViatomDecoder()
    decoder.feed(b"".join(notifications))
    frames = list(decoder.frames())
    assert [kind for kind in (Reading, Wave, Battery, Working) for f in frames if isinstance(f, kind)] == (
        [Reading] * 6 + [Wave] * 59 + [Battery] * 6 + [Working] * 6
    )
    assert sum(sum(f.beats) for f in frames if isinstance(f, Wave)) == 6
    assert {f.level for f in frames if isinstance(f, Battery)} == {3}
    assert {f.battery for f in frames if isinstance(f, Reading)} == {3}
    assert {(f.mode, f.step) for f in frames if isinstance(f, Working)} == {(2, 0)}


def test_recording_has_nothing_to_tell_beside_values_and_curve(
    recorded: tuple[list[Report], ViatomDriver],
) -> None:
    assert statuses(recorded[0]) == []
    assert None not in curve(recorded[0])


def test_recording_as_one_message_and_as_a_message_a_notification(
    recorded: tuple[list[Report], ViatomDriver], notifications: list[bytes]
) -> None:
    assert make().receive(Message(b"".join(notifications)), 5.0) == recorded[0]
    driver = make()
    assert [r for data in notifications for r in driver.receive(Message(data, "ble/ox"), 5.0)] == recorded[0]


def test_recording_is_recognised_by_detection_and_claimed_by_no_other_driver(notifications: list[bytes]) -> None:
    panel = Panel(find_listeners().drivers, LineSettings(115200))
    for place, data in enumerate(notifications):
        panel.hear(data, place / 10)
    verdict = judge([panel.heard()])
    assert verdict.confidence is Confidence.SURE
    assert verdict.score is not None
    assert (verdict.score.driver, verdict.score.values["spo2"]) == ("viatom", 98)


# --- what is no reading ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pulse", [127, 128, 129, 200, 255, 256, 300])
def test_pulse_rates_around_byte_boundaries(pulse: int) -> None:
    assert told(make().receive(reading(97, pulse, 40), 0.0), Vital.PULSE_RATE) == [(pulse, VALID)]


@pytest.mark.parametrize(
    ("spo2", "pulse", "index", "expected"),
    [
        (100, 10, 255, [(100, VALID), (10, VALID), (25.5, VALID)]),
        (1, 350, 1, [(1, VALID), (350, VALID), (0.1, VALID)]),
        (101, 351, 0, [(None, INVALID), (None, INVALID), (None, UNAVAILABLE)]),
        (127, 511, 40, [(None, INVALID), (None, INVALID), (4, VALID)]),
        (255, 0xFFFF, 40, [(None, INVALID), (None, INVALID), (4, VALID)]),
        (97, 9, 40, [(97, VALID), (None, INVALID), (4, VALID)]),
        (0, 0, 40, [(None, UNAVAILABLE)] * 3),
        (0, 70, 40, [(None, UNAVAILABLE), (70, QUESTIONABLE), (4, QUESTIONABLE)]),
        (97, 0, 40, [(97, QUESTIONABLE), (None, UNAVAILABLE), (4, QUESTIONABLE)]),
    ],
)
def test_numbers_at_and_beyond_the_edges(
    spo2: int, pulse: int, index: int, expected: list[tuple[float | None, Validity]]
) -> None:
    reports = make().receive(reading(spo2, pulse, index), 0.0)
    assert [(r.value, r.validity) for r in reports if isinstance(r, Observation)] == expected


@pytest.mark.parametrize(
    ("flags", "validity", "expected"),
    [
        (0x00, VALID, []),
        (0x01, QUESTIONABLE, [("viatom_flags", "flags 01")]),
        (0x02, UNAVAILABLE, [("sensor_off", "no finger")]),
        (0x04, UNAVAILABLE, [("searching", "pulse search")]),
        (0x06, UNAVAILABLE, [("searching", "pulse search"), ("sensor_off", "no finger")]),
        *((1 << bit, QUESTIONABLE, [("viatom_flags", f"flags {1 << bit:02X}")]) for bit in range(3, 8)),
        (0x0A, UNAVAILABLE, [("sensor_off", "no finger"), ("viatom_flags", "flags 08")]),
    ],
)
def test_every_flag_also_beside_numbers_that_are_left_over(
    flags: int, validity: Validity, expected: list[tuple[str, str]]
) -> None:
    driver = make()
    driver.receive(reading(97, 68, 40), 0.0)
    began = driver.receive(reading(97, 68, 40, flags=flags), 1.0)
    assert statuses(began) == [(status, True, detail) for status, detail in expected]
    assert [type(r) for r in began] == [DeviceStatus] * len(expected) + [Observation] * 3
    value = None if validity is UNAVAILABLE else 97
    assert told(began, Vital.SPO2) == [(value, validity)]
    ended = driver.receive(reading(97, 68, 40), 2.0)
    assert statuses(ended) == [(status, False, "") for status, _ in expected]
    assert told(ended, Vital.SPO2) == [(97, VALID)]


def test_both_values_zero_without_a_flag_is_no_finger_and_never_a_zero() -> None:
    reports = make().receive(reading(0, 0, 0), 0.0)
    assert statuses(reports) == [("sensor_off", True, "no values")]
    assert all(r.value is None for r in reports if isinstance(r, Observation))


def test_zeros_while_searching_do_not_say_that_the_sensor_is_off() -> None:
    assert statuses(make().receive(reading(0, 0, 0, flags=4), 0.0)) == [("searching", True, "pulse search")]


@pytest.mark.parametrize("level", [0, 1, 2, 3])
@pytest.mark.parametrize("form", ["reading", "frame"])
def test_the_battery_is_low_at_half_or_less(level: int, form: str) -> None:
    sent = reading(97, 68, 40, battery=level << 6) if form == "reading" else frame(0xF0, 0x03, level)
    expected = [("battery_low", True, f"battery level {level} of 3")] if level < 2 else []
    assert statuses(make().receive(sent, 0.0)) == expected


@pytest.mark.parametrize(("mode", "detail"), [(0, "mode 0"), (1, "spot check"), (3, "menu"), (4, "mode 4")])
def test_in_another_mode_than_continuous_values_are_questionable(mode: int, detail: str) -> None:
    driver = make()
    assert statuses(driver.receive(frame(0x0F, 0x21, mode, 3, 0, 0), 0.0)) == [("viatom_not_continuous", True, detail)]
    assert told(driver.receive(reading(97, 68, 40), 0.1), Vital.SPO2) == [(97, QUESTIONABLE)]
    assert statuses(driver.receive(frame(0x0F, 0x21, 2, 0, 0, 0), 1.0)) == [("viatom_not_continuous", False, "")]
    assert told(driver.receive(reading(97, 68, 40), 1.1), Vital.SPO2) == [(97, VALID)]


def test_a_frame_about_the_battery_does_not_end_what_holds_of_the_sensor() -> None:
    driver = make()
    driver.receive(reading(0, 0, 0, flags=2), 0.0)
    assert statuses(driver.receive(frame(0xF0, 0x03, 3), 0.1)) == []


# --- the contract ---------------------------------------------------------------------------------------------------


def test_the_vector_made_by_hand(project: Path) -> None:
    lines = (project / "tests/data/viatom/made.hex").read_text().splitlines()
    driver = make()
    reports = driver.receive(bytes.fromhex("".join(line for line in lines if not line.startswith("#"))), 2.0)
    assert reports == [
        Waveform("ox-3", "pleth", 50.0, (10, 20, 50, 80, 90), 2.0),
        Observation("ox-3", Vital.SPO2, 93, VALID, 2.0),
        Observation("ox-3", Vital.PULSE_RATE, 300, VALID, 2.0),
        Observation("ox-3", Vital.PERFUSION_INDEX, 3.5, VALID, 2.0),
        DeviceStatus("ox-3", "sensor_off", True, 2.0, "no finger"),
        *(Observation("ox-3", vital, None, UNAVAILABLE, 2.0) for vital in driver.vitals),
    ]
    assert (driver.counts.frames, driver.counts.bad_frames) == (5, 0)


def test_it_is_found_by_its_name_knows_no_names_and_sends_nothing() -> None:
    assert load_driver("viatom") is ViatomDriver
    driver = make()
    assert driver.due(0.0) == NOTHING_DUE
    assert driver.redact(b"\xaa\x55") == b"\xaa\x55"
    assert driver.period_s == 1.0


def test_a_frame_of_another_kind_is_counted_and_says_nothing() -> None:
    driver = make()
    assert driver.receive(frame(0xF0, 0x02, 1, 2, 3), 0.0) == []
    assert (driver.counts.frames, driver.counts.bad_frames) == (1, 0)


def test_a_retained_message_is_counted_and_not_read() -> None:
    driver = make()
    assert driver.receive(Message(reading(80, 40, 10), "ble/ox", retained=True), 0.0) == []
    assert (driver.counts.retained, driver.counts.frames) == (1, 0)


def test_dropped_bytes_leave_one_missing_sample_in_the_curve() -> None:
    driver = make()
    block = frame(0x0F, 0x02, 1, 2, 3, 4, 5)
    assert curve(driver.receive(block + b"noise" + block + block, 0.0)) == [
        *(1, 2, 3, 4, 5, None),
        *(1, 2, 3, 4, 5),
        *(1, 2, 3, 4, 5),
    ]
    assert (driver.counts.bad_frames, driver.counts.dropped_bytes) == (1, 5)


def test_reset_forgets_statuses_battery_and_mode_and_keeps_the_counts() -> None:
    driver = make()
    driver.receive(frame(0x0F, 0x21, 1, 0, 0, 0) + reading(0, 0, 0, flags=2, battery=0) + b"\xaa\x55\x0f", 0.0)
    driver.reset()
    assert (driver.counts.frames, driver.counts.dropped_bytes) == (2, 3)
    again = driver.receive(reading(97, 68, 40), 1.0)
    assert statuses(again) == []
    assert told(again, Vital.SPO2) == [(97, VALID)]


@given(st.lists(st.integers(0, 150), max_size=12).map(sorted))
def test_any_split_gives_the_same_reports(cuts: list[int]) -> None:
    stream = (
        reading(0, 0, 0, flags=4) + frame(0x0F, 0x02, 1, 2, 3, 4, 5) * 9 + b"\0\0" + reading(97, 128, 40, battery=0)
    )
    whole, split = make(), make()
    expected = whole.receive(stream, 1.0)
    got = [r for a, b in pairwise([0, *cuts, len(stream)]) for r in split.receive(stream[a:b], 1.0)]
    assert (got, split.counts) == (expected, whole.counts)


@given(st.binary(max_size=400))
def test_any_bytes_are_borne(data: bytes) -> None:
    driver = make()
    driver.receive(data, 0.0)
    assert driver.counts.dropped_bytes <= len(data)
    assert told(driver.receive(reading(97, 68, 40) * 5, 1.0), Vital.SPO2)
