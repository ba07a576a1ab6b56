"""What Masimo lines mean: recorded readings, every flag, and numbers that linger after the sensor is off."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.driver import NOTHING_DUE, Message, NoOptions, load_driver
from vitalwatch.errors import UsageError
from vitalwatch.model import DeviceStatus, Observation, Report, Validity, Vital
from vitalwatch_drivers.masimo import MasimoDriver

VALID, QUESTIONABLE, UNAVAILABLE = Validity.VALID, Validity.QUESTIONABLE, Validity.UNAVAILABLE
VITALS = [Vital.SPO2, Vital.PULSE_RATE, Vital.PERFUSION_INDEX]


def make() -> MasimoDriver:
    return MasimoDriver("ox-2", NoOptions())


def line(spo2: str = "098", bpm: str = "097", pi: str = "03.60", exc: int = 0x800, alarm: int = 0) -> bytes:
    return (
        f"02/22/16 22:47:45 SN=0000056661 SPO2={spo2}% BPM={bpm} PI={pi}% ALARM={alarm:04X} EXC={exc:06X}\n\r".encode()
    )


def values(reports: list[Report]) -> list[tuple[float | None, Validity]]:
    """Value and validity of each observation, in the order SpO2, pulse rate, perfusion index."""
    observations = [report for report in reports if isinstance(report, Observation)]
    assert [one.vital for one in observations] == VITALS * (len(observations) // 3)
    return [(one.value, one.validity) for one in observations]


def statuses(reports: list[Report]) -> list[tuple[str, bool, str]]:
    return [(r.status, r.active, r.detail) for r in reports if isinstance(r, DeviceStatus)]


def test_it_is_found_by_its_entry_point_name() -> None:
    assert load_driver("masimo") is MasimoDriver
    assert MasimoDriver.info.name == "masimo"


def test_it_never_sends_anything() -> None:
    assert make().due(0.0) == NOTHING_DUE


def test_a_message_is_a_bug_of_the_caller() -> None:
    with pytest.raises(UsageError):
        make().receive(Message(b""), 0.0)


def test_a_good_line_gives_three_vitals_with_arrival_and_device_time() -> None:
    assert make().receive(line(), 12.5) == [
        Observation("ox-2", vital, value, VALID, 12.5, device_time="2016-02-22T22:47:45")
        for vital, value in zip(VITALS, (98, 97, 3.6), strict=True)
    ]


@pytest.mark.parametrize(
    ("bit", "validity", "status", "detail"),
    [
        (0x001, UNAVAILABLE, "no_sensor", "no sensor"),
        (0x002, UNAVAILABLE, "sensor_fault", "defective sensor"),
        (0x004, QUESTIONABLE, "low_perfusion", "low perfusion"),
        (0x008, UNAVAILABLE, "searching", "pulse search"),
        (0x010, QUESTIONABLE, "interference", "interference"),
        (0x020, UNAVAILABLE, "sensor_off", "sensor off"),
        (0x040, QUESTIONABLE, "ambient_light", "ambient light"),
        (0x080, UNAVAILABLE, "sensor_fault", "unrecognised sensor"),
        (0x100, QUESTIONABLE, "masimo_exc_100", "EXC bit 8"),
        (0x200, QUESTIONABLE, "masimo_exc_200", "EXC bit 9"),
        (0x400, QUESTIONABLE, "low_signal", "low signal IQ"),
    ],
)
def test_every_exception_bit(bit: int, validity: Validity, status: str, detail: str) -> None:
    driver = make()
    began = driver.receive(line(exc=0x800 | bit), 0.0)
    assert statuses(began) == [(status, True, detail)]
    numbers = (None, None, None) if validity is UNAVAILABLE else (98, 97, 3.6)
    assert values(began) == [(number, validity) for number in numbers]
    ended = driver.receive(line(), 1.0)
    assert statuses(ended) == [(status, False, "")]
    assert values(ended) == [(98, VALID), (97, VALID), (3.6, VALID)]


def test_set_running_alone_is_the_good_state_and_no_status() -> None:
    assert statuses(make().receive(line(exc=0x800), 0.0)) == []


def test_numbers_before_signal_extraction_has_locked_are_questionable() -> None:
    reports = make().receive(line(exc=0), 0.0)
    assert values(reports) == [(98, QUESTIONABLE), (97, QUESTIONABLE), (3.6, QUESTIONABLE)]
    assert statuses(reports) == []


@pytest.mark.parametrize(
    ("bit", "status", "detail"),
    [
        (0x01, "monitor_alarm", "SpO2 high"),
        (0x02, "monitor_alarm", "SpO2 low"),
        (0x04, "monitor_alarm", "pulse high"),
        (0x08, "monitor_alarm", "pulse low"),
        (0x10, "monitor_alarm", "sounding"),
        (0x20, "monitor_audio_paused", "silenced"),
        (0x40, "masimo_alarm_40", "ALARM bit 6"),  # nobody has explained it: kept, but no alarm
        (0x8000, "masimo_alarm_8000", "ALARM bit 15"),
    ],
)
def test_every_alarm_bit_is_a_status_and_leaves_the_values_alone(bit: int, status: str, detail: str) -> None:
    driver = make()
    began = driver.receive(line(alarm=bit), 0.0)
    assert statuses(began) == [(status, True, detail)]
    assert values(began) == [(98, VALID), (97, VALID), (3.6, VALID)]
    assert statuses(driver.receive(line(), 1.0)) == [(status, False, "")]


def test_flags_add_up_and_each_is_kept() -> None:
    reports = make().receive(line(exc=0x800 | 0x400 | 0x040 | 0x004, alarm=0x16), 0.0)
    assert statuses(reports) == [
        ("ambient_light", True, "ambient light"),
        ("low_perfusion", True, "low perfusion"),
        ("low_signal", True, "low signal IQ"),
        ("monitor_alarm", True, "SpO2 low, pulse high, sounding"),
    ]
    assert values(reports)[0] == (98, QUESTIONABLE)


def test_two_sensor_faults_are_one_status_that_names_both() -> None:
    assert statuses(make().receive(line(exc=0x082), 0.0)) == [
        ("sensor_fault", True, "defective sensor, unrecognised sensor")
    ]


def test_statuses_are_told_when_they_or_their_detail_change_and_not_again() -> None:
    driver = make()
    driver.receive(line(alarm=0x12), 0.0)
    assert statuses(driver.receive(line(alarm=0x12), 1.0)) == []
    silenced = driver.receive(line(alarm=0x22), 2.0)
    assert statuses(silenced) == [("monitor_alarm", True, "SpO2 low"), ("monitor_audio_paused", True, "silenced")]


def test_a_status_that_begins_is_told_before_one_that_ends_and_both_before_the_values() -> None:
    driver = make()
    driver.receive(line(exc=0x001), 0.0)
    reports = driver.receive(line(exc=0x820), 1.0)
    assert statuses(reports) == [("sensor_off", True, "sensor off"), ("no_sensor", False, "")]
    assert [type(report) for report in reports] == [DeviceStatus] * 2 + [Observation] * 3


def test_old_numbers_after_the_sensor_fell_off_never_become_values() -> None:
    # As a Rad-8 user recorded it: numbers, dashes in PI, and SET + sensor off + low perfusion.
    reports = make().receive(line("085", "072", "--.--", 0x824), 0.0)
    assert values(reports) == [(None, UNAVAILABLE)] * 3
    assert statuses(reports) == [("low_perfusion", True, "low perfusion"), ("sensor_off", True, "sensor off")]


@pytest.mark.parametrize("none", ["---", "000"])
def test_without_a_saturation_the_line_is_no_reading(none: str) -> None:
    assert values(make().receive(line(spo2=none), 0.0)) == [(None, UNAVAILABLE)] * 3


def test_a_missing_pulse_or_perfusion_index_is_missing_alone() -> None:
    assert values(make().receive(line(bpm="---", pi="--.--"), 0.0)) == [
        (98, VALID),
        (None, UNAVAILABLE),
        (None, UNAVAILABLE),
    ]


@pytest.mark.parametrize("pulse", [127, 128, 129, 200, 255, 256, 300])
def test_pulse_rates_around_byte_boundaries_are_values(pulse: int) -> None:
    assert values(make().receive(line(bpm=str(pulse)), 0.0))[1] == (pulse, VALID)


def test_impossible_numbers_are_invalid_and_carry_no_value() -> None:
    assert values(make().receive(line("127", "511", "99.99"), 0.0)) == [(None, Validity.INVALID)] * 3


def test_a_line_that_does_not_say_how_the_signal_is_gives_nothing() -> None:
    driver = make()
    assert driver.receive(b"02/22/16 22:47:45 SN=0000056661 SPO2=098% BPM=097 PI=03.60% ALARM=0000\n\r", 0.0) == []
    assert driver.counts.bad_frames == 1


def test_the_stored_trend_dump_is_not_read_as_live() -> None:
    driver = make()
    dump = b"09/21/08 09:56:14 SpO2=096 PR=074 PI=02.28 EXC=C00:LowSigIQ,SET\r\n"
    assert driver.receive(dump * 3, 0.0) == []
    assert (driver.counts.frames, driver.counts.bad_frames) == (0, 3)


def test_reset_forgets_statuses_and_half_a_line_and_keeps_the_counts() -> None:
    driver = make()
    driver.receive(line(exc=0x820) + b"02/22/16 22:47", 0.0)
    driver.reset()
    assert statuses(driver.receive(line(exc=0x820), 9.0)) == [("sensor_off", True, "sensor off")]
    assert (driver.counts.frames, driver.counts.bad_frames, driver.counts.dropped_bytes) == (2, 0, 14)


def test_own_lines_of_every_state(project: Path) -> None:
    driver = make()
    told = [
        values(driver.receive(raw, 0.0))[0]
        for raw in (project / "tests/data/masimo/states.txt").read_bytes().splitlines(keepends=True)
    ]
    assert told == [
        (97, VALID),
        *[(97, QUESTIONABLE)] * 6,
        *[(None, UNAVAILABLE)] * 7,
        *[(97, QUESTIONABLE)] * 2,
        *[(None, UNAVAILABLE)] * 2,
        (88, VALID),
        (88, VALID),
        (100, VALID),
        (97, VALID),
        (97, VALID),
    ]
    assert driver.counts.bad_frames == 0


@pytest.mark.parametrize("end", [b"\n\r", b"\r\n", b"\n\n", b"\n\r\n\r"])
def test_recorded_rad8_values_with_every_line_end_that_users_saw(shared: Path, end: bytes) -> None:
    driver = make()
    lines = (shared / "captures/masimo-ascii1/rad8-20160222-5lines.txt").read_bytes().splitlines()
    reports = driver.receive(b"".join(raw + end for raw in lines), 0.0)
    expected = [(98, 97, 3.6), (98, 96, 3.95), (98, 96, 4.25), (98, 96, 3.19), (98, 97, 2.41)]
    assert values(reports) == [(value, VALID) for row in expected for value in row]
    assert statuses(reports) == []
    assert (driver.counts.frames, driver.counts.bad_frames, driver.counts.dropped_bytes) == (5, 0, 0)
    labels = [report.device_time for report in reports if isinstance(report, Observation)][::3]
    assert labels == [f"2016-02-22T22:47:{second}" for second in range(45, 50)]


def test_recorded_variants_of_three_models(shared: Path) -> None:
    driver = make()
    reports = driver.receive((shared / "captures/masimo-ascii1/variants-3lines.txt").read_bytes(), 0.0)
    assert (
        values(reports) == [(98, QUESTIONABLE), (123, QUESTIONABLE), (0.55, QUESTIONABLE)] + [(None, UNAVAILABLE)] * 6
    )
    assert statuses(reports) == [
        ("low_signal", True, "low signal IQ"),
        ("low_signal", False, ""),
        ("no_sensor", True, "no sensor"),
    ]
    assert driver.counts.bad_frames == 0


@given(st.data())
def test_any_split_of_the_states_gives_the_same_reports(project: Path, data: st.DataObject) -> None:
    stream = (project / "tests/data/masimo/states.txt").read_bytes()
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


@given(st.integers(0, 0xFFF), st.integers(0, 0xFFFF))
def test_every_mix_of_flags_is_told_and_the_worst_decides(exc: int, alarm: int) -> None:
    reports = make().receive(line(exc=exc, alarm=alarm), 0.0)
    details = ", ".join(detail for _, _, detail in statuses(reports)).split(", ")
    expected = (exc & 0x7FF).bit_count() + alarm.bit_count()
    assert len([detail for detail in details if detail]) == expected
    value, validity = values(reports)[0]
    assert (validity is UNAVAILABLE) == bool(exc & 0x0AB)
    assert (validity is VALID) == (exc == 0x800)
    assert (value is None) == (validity is UNAVAILABLE)


@given(st.integers(0, 80), st.integers(0, 7), st.sampled_from([0x800, 0x820, 0xC00]))
def test_a_flipped_bit_costs_at_most_its_own_line(at: int, bit: int, exc: int) -> None:
    # There is no checksum, so a flipped digit is read as another digit; nothing may raise or spill into other lines.
    damaged = bytearray(line(exc=exc).rstrip(b"\r\n"))
    damaged[at] ^= 1 << bit
    driver = make()
    driver.receive(bytes(damaged) + b"\n\r", 0.0)
    after = driver.receive(line("097", "061", "02.00"), 1.0)
    assert values(after) == [(97, VALID), (61, VALID), (2.0, VALID)]
    assert driver.counts.frames >= 1
