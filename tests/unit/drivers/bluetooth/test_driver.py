"""The meaning of notifications: streams, cuff readings, what is neither, and statuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.driver import Counts, Message, NoOptions
from vitalwatch.errors import UsageError
from vitalwatch.model import DeviceStatus, Mode, Observation, Report, Validity, Vital
from vitalwatch_drivers.bluetooth import BluetoothDriver
from vitalwatch_drivers.bluetooth.options import BluetoothOptions

NONE = (None, Validity.UNAVAILABLE)
SPECIAL = ["ff 07", "00 08", "fe 07", "02 08", "01 08"]
READING = "7c 00 4e 00 5d 00"
NOON = "ea 07 03 02 0c 00 00"
EARLIER = "ea 07 03 02 0b 32 00"  # 11:50


class Bench:
    """A driver, fed one notification a minute of host time, for bursts by ``seconds``."""

    def __init__(self, seconds: float = 60.0, **options: Any) -> None:
        self.driver = BluetoothDriver("ble-1", BluetoothOptions(**options))
        self.now = 100.0
        self.seconds = seconds

    def send(self, characteristic: str, digits: str, *, retained: bool = False) -> list[Report]:
        return self.message(bytes.fromhex(digits), f"gw/{characteristic.lower()}", retained=retained)

    def message(self, payload: bytes, topic: str, *, retained: bool = False) -> list[Report]:
        self.now += self.seconds
        return self.driver.receive(Message(payload, topic, retained), self.now)

    def values(self, characteristic: str, digits: str) -> dict[Vital, tuple[float | None, Validity]]:
        return {o.vital: (o.value, o.validity) for o in observations(self.send(characteristic, digits))}

    def statuses(self, characteristic: str, digits: str) -> list[str]:
        return told(self.send(characteristic, digits))


def observations(reports: list[Report]) -> list[Observation]:
    return [report for report in reports if isinstance(report, Observation)]


def told(reports: list[Report]) -> list[str]:
    return [f"{'+' if r.active else '-'}{r.status}" for r in reports if isinstance(r, DeviceStatus)]


def plx(*, measurement: int = 0, sensor: int = 0) -> str:
    """98 %, 71 bpm, amplitude 2.4 with these statuses."""
    return f"1c 62 00 47 00 {measurement.to_bytes(2, 'little').hex()} {sensor.to_bytes(3, 'little').hex()} 18 f0"


def cases(project: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((project / "tests/data/bluetooth/notifications.json").read_text("utf-8"))
    return found


def test_each_notification_of_the_data_gives_what_is_written_beside_it(project: Path) -> None:
    played = cases(project)
    assert len(played) == 8
    for case in played:
        reports = observations(Bench().send(case["characteristic"], case["hex"]))
        assert {o.vital: o.value for o in reports} == case["values"], case["source"]


def test_a_moment_of_an_oximeter_to_the_last_field() -> None:
    driver = BluetoothDriver("ox-1", BluetoothOptions())
    assert driver.receive(Message(bytes.fromhex("00cff34700"), "gw/2a5f"), 5.0) == [
        Observation("ox-1", Vital.SPO2, 97.5, Validity.VALID, 5.0),
        Observation("ox-1", Vital.PULSE_RATE, 71.0, Validity.VALID, 5.0),
    ]
    assert driver.counts == Counts(frames=1)


@pytest.mark.parametrize("pulse", [127, 128, 129, 200, 255, 256, 300])
def test_a_pulse_across_the_byte_boundaries(pulse: int) -> None:
    low_first = pulse.to_bytes(2, "little").hex()
    assert Bench().values("2A5F", f"00 62 00 {low_first}")[Vital.PULSE_RATE] == (pulse, Validity.VALID)
    assert Bench().values("2A37", f"01 {low_first}")[Vital.HEART_RATE] == (pulse, Validity.VALID)
    cuff = Bench().values("2A35", f"04 {READING} {low_first}")
    assert cuff[Vital.CUFF_PULSE_RATE] == (pulse, Validity.VALID)


@pytest.mark.parametrize("special", [*SPECIAL, "00 00"])
def test_a_special_value_or_zero_of_an_oximeter_is_unavailable(special: str) -> None:
    values = Bench().values("2A5F", f"10 {special} {special} {special}")
    assert values == {Vital.SPO2: NONE, Vital.PULSE_RATE: NONE, Vital.PERFUSION_INDEX: NONE}


def test_an_impossible_number_is_invalid_and_the_others_stand() -> None:
    assert Bench().values("2A5F", "00 65 00 47 00") == {  # 101 %
        Vital.SPO2: (None, Validity.INVALID),
        Vital.PULSE_RATE: (71.0, Validity.VALID),
    }
    assert Bench().values("2A37", "01 f4 01") == {Vital.HEART_RATE: (None, Validity.INVALID)}  # 500 bpm


@pytest.mark.parametrize(
    ("bit", "status", "validity"),
    [
        (0, "display_held", Validity.QUESTIONABLE),
        (1, "sensor_fault", Validity.UNAVAILABLE),
        (2, "low_signal", Validity.QUESTIONABLE),
        (3, "low_signal", Validity.QUESTIONABLE),
        (4, "low_signal", Validity.QUESTIONABLE),
        (5, "low_perfusion", Validity.QUESTIONABLE),
        (6, "low_signal", Validity.QUESTIONABLE),
        (7, "searching", Validity.UNAVAILABLE),
        (8, "low_signal", Validity.QUESTIONABLE),
        (9, "analysing", Validity.QUESTIONABLE),
        (10, "interference", Validity.QUESTIONABLE),
        (11, "sensor_off", Validity.UNAVAILABLE),
        (12, "sensor_fault", Validity.UNAVAILABLE),
        (13, "sensor_off", Validity.UNAVAILABLE),
        (14, "sensor_fault", Validity.UNAVAILABLE),
        (15, "no_sensor", Validity.UNAVAILABLE),
        *((bit, "unknown_flag", Validity.QUESTIONABLE) for bit in range(16, 24)),
    ],
)
def test_a_bit_of_the_sensor_s_status(bit: int, status: str, validity: Validity) -> None:
    reports = Bench().send("2A5F", plx(sensor=1 << bit))
    assert told(reports) == [f"+{status}"]
    assert isinstance(reports[0], DeviceStatus)  # before the values that it explains
    assert reports[0].detail
    assert {o.validity for o in observations(reports)} == {validity}
    assert {o.value for o in observations(reports)} == (
        {None} if validity is Validity.UNAVAILABLE else {98.0, 71.0, 2.4}
    )


@pytest.mark.parametrize(
    ("bit", "status", "validity", "mode"),
    [
        *((bit, ["+unknown_flag"], Validity.QUESTIONABLE, Mode.REAL) for bit in range(5)),
        (5, [], Validity.VALID, Mode.REAL),
        (6, [], Validity.QUESTIONABLE, Mode.REAL),
        (7, [], Validity.VALID, Mode.REAL),
        (8, [], Validity.VALID, Mode.REAL),
        (9, ["+stored_reading"], Validity.UNAVAILABLE, Mode.REAL),
        (10, ["+demo"], Validity.VALID, Mode.DEMO),
        (11, [], Validity.VALID, Mode.TEST),
        (12, ["+calibrating"], Validity.CALIBRATION, Mode.REAL),
        (13, [], Validity.UNAVAILABLE, Mode.REAL),
        (14, [], Validity.QUESTIONABLE, Mode.REAL),
        (15, [], Validity.INVALID, Mode.REAL),
    ],
)
def test_a_bit_of_the_measurement_s_status(bit: int, status: list[str], validity: Validity, mode: Mode) -> None:
    reports = Bench().send("2A5F", plx(measurement=1 << bit))
    assert told(reports) == status
    assert {(o.validity, o.mode) for o in observations(reports)} == {(validity, mode)}


def test_flags_add_up_and_the_worst_decides() -> None:
    reports = Bench().send("2A5F", plx(measurement=1 << 10 | 1 << 11 | 1 << 14, sensor=1 << 4 | 1 << 6 | 1 << 11))
    assert told(reports) == ["+demo", "+low_signal", "+sensor_off"]
    assert [r.detail for r in reports if isinstance(r, DeviceStatus)][1] == "poor signal, erratic signal"
    assert {(o.value, o.mode) for o in observations(reports)} == {(None, Mode.DEMO)}


def test_statuses_begin_and_end_once() -> None:
    bench = Bench()
    assert bench.statuses("2A5F", plx(sensor=1 << 11)) == ["+sensor_off"]
    assert bench.statuses("2A5F", plx(sensor=1 << 11)) == []
    assert bench.statuses("2A5F", plx(sensor=1 << 5)) == ["+low_perfusion", "-sensor_off"]
    assert bench.statuses("2A5F", "00 62 00 47 00") == ["-low_perfusion"]


def test_one_characteristic_says_nothing_about_another() -> None:
    bench = Bench()
    bench.send("2A5F", plx(sensor=1 << 11))
    reports = bench.send("2A37", "06 48")
    assert told(reports) == []
    assert observations(reports)[0].value == 72.0
    assert bench.statuses("2A35", f"10 {READING} 01 00") == ["+cuff_motion"]
    assert bench.statuses("2A5F", "00 62 00 47 00") == ["-sensor_off"]


def test_a_spot_check_is_no_value_whatever_it_says() -> None:
    bench = Bench()
    (status,) = bench.send("2A5E", "01 54 00 47 00 ea 07 03 02 0a 0f 07")
    assert status == DeviceStatus(
        "ble-1", "spot_check", True, bench.now, "the spot check of 2026-03-02T10:15:07 is not shown"
    )
    assert bench.statuses("2A5F", "00 62 00 47 00") == ["-spot_check"]
    (again,) = bench.send("2A5E", "00 54 00 47 00")
    assert isinstance(again, DeviceStatus)


def test_a_heart_rate_without_contact_is_an_old_number() -> None:
    reports = Bench().send("2A37", "04 48")
    assert told(reports) == ["+no_skin_contact"]
    assert [(o.value, o.validity) for o in observations(reports)] == [NONE]


@pytest.mark.parametrize("digits", ["00 00", "06 00", "01 00 00"])
def test_a_heart_rate_of_zero_is_none_and_no_asystole(digits: str) -> None:
    assert Bench().values("2A37", digits) == {Vital.HEART_RATE: NONE}


def test_a_cuff_reading_with_all_that_it_says() -> None:
    bench = Bench()
    reports = observations(bench.send("2A35", f"1e {READING} {NOON} 46 00 01 00 00"))
    assert [(o.vital, o.value, o.validity) for o in reports] == [
        (Vital.SYSTOLIC, 124.0, Validity.VALID),
        (Vital.DIASTOLIC, 78.0, Validity.VALID),
        (Vital.MEAN_PRESSURE, 93.0, Validity.VALID),
        (Vital.CUFF_PULSE_RATE, 70.0, Validity.VALID),
    ]
    assert {(o.device_time, o.reading_age_s, o.at) for o in reports} == {("2026-03-02T12:00:00", 0.0, bench.now)}


@pytest.mark.parametrize(
    ("status", "word"),
    [
        (0x0001, "cuff_motion"),
        (0x0002, "cuff_loose"),
        (0x0004, "irregular_pulse"),
        (0x0008, "pulse_out_of_range"),
        (0x0010, "pulse_out_of_range"),
        (0x0018, "pulse_out_of_range"),
        (0x0020, "cuff_position"),
        *((1 << bit, "unknown_flag") for bit in range(6, 16)),
    ],
)
def test_a_bit_of_a_cuff_reading_s_status(status: int, word: str) -> None:
    reports = Bench().send("2A35", f"10 {READING} {status.to_bytes(2, 'little').hex()}")
    assert told(reports) == [f"+{word}"]
    assert {o.validity for o in observations(reports)} == {Validity.QUESTIONABLE}
    assert [o.value for o in observations(reports)] == [124.0, 78.0, 93.0]


def test_the_two_bits_of_the_pulse_range_are_one_field() -> None:
    details = []
    for status in ("08", "10", "18"):
        (status_report, *_) = Bench().send("2A35", f"10 {READING} {status} 00")
        assert isinstance(status_report, DeviceStatus)
        details.append(status_report.detail)
    assert details == ["above the device's range", "below the device's range", "reserved value"]


def test_pressures_in_kilopascal() -> None:
    values = Bench().values("2A35", "01 a0 f0 68 f0 7b f0")  # 16.0 / 10.4 / 12.3
    assert [value for value, _ in values.values()] == [120.0, 78.0, 92.3]


@pytest.mark.parametrize("special", SPECIAL)
def test_a_systolic_that_is_no_number_is_a_failed_try_and_no_reading(special: str) -> None:
    bench = Bench()
    reports = bench.send("2A35", f"10 {special} {special} {special} 03 00")
    assert reports == [DeviceStatus("ble-1", "cuff_failed", True, bench.now, "body movement, cuff too loose")]


def test_each_failed_try_begins_anew_and_a_reading_ends_it() -> None:
    bench = Bench()
    failed = "02 ff 07 ff 07 ff 07 "
    assert bench.statuses("2A35", failed + EARLIER) == ["+cuff_failed"]
    assert bench.statuses("2A35", failed + EARLIER) == []  # delivered twice: one try
    assert bench.statuses("2A35", failed + NOON) == ["-cuff_failed", "+cuff_failed"]
    assert bench.statuses("2A35", f"00 {READING}") == ["-cuff_failed"]


def test_the_cuff_runs_until_its_result() -> None:
    bench = Bench(seconds=1.0)
    assert bench.statuses("2A36", "00 5a 00 ff 07 ff 07") == ["+cuff_inflating"]
    assert bench.send("2A36", "00 78 00 ff 07 ff 07") == []
    assert bench.statuses("2A35", f"00 {READING}") == ["-cuff_inflating"]


@pytest.mark.parametrize("pressure", ["00 00", "ff 0f", *SPECIAL])
def test_no_pressure_in_the_cuff_is_no_run(pressure: str) -> None:
    assert Bench().send("2A36", f"00 {pressure} ff 07 ff 07") == []


def test_a_diastolic_or_pulse_that_is_no_number_leaves_the_systolic() -> None:
    assert Bench().values("2A35", "04 7c 00 ff 07 ff 07 ff 07") == {
        Vital.SYSTOLIC: (124.0, Validity.VALID),
        Vital.DIASTOLIC: NONE,
    }


def test_crossed_pressures_are_invalid() -> None:
    values = Bench().values("2A35", "00 4e 00 7c 00 5d 00")
    assert set(values.values()) == {(None, Validity.INVALID)}


def test_a_reading_sent_again_is_never_new_also_after_a_cut_link() -> None:
    bench = Bench()
    stamped = f"12 {READING} {NOON} 01 00"
    assert observations(bench.send("2A35", stamped))
    assert bench.send("2A35", stamped) == []
    bench.driver.reset()
    assert bench.statuses("2A35", stamped) == ["+cuff_motion"]  # what holds is told again, the reading not
    assert observations(bench.send("2A35", f"02 {READING} {EARLIER}"))
    assert bench.send("2A35", stamped) == []


def test_stored_readings_behind_the_newest_carry_their_age() -> None:
    bench = Bench(seconds=2.0)
    bench.send("2A35", f"02 {READING} {NOON}")
    ages = {o.reading_age_s for o in observations(bench.send("2A35", f"02 {READING} {EARLIER}"))}
    assert ages == {602.0}


def test_a_retained_message_is_nothing_but_counted() -> None:
    bench = Bench()
    stamped = f"02 {READING} {NOON}"
    assert bench.send("2A35", stamped, retained=True) == []
    assert bench.send("2A5F", "00 62 00 47 00", retained=True) == []
    assert bench.message(b"offline", "gw/status", retained=True) == []
    assert bench.driver.counts == Counts(retained=3)
    assert observations(bench.send("2A35", stamped))  # the kept copy did not make the fresh one a repeat


def test_what_is_not_watched_is_passed_over() -> None:
    bench = Bench(characteristics=["2A5F"])
    assert bench.driver.vitals == (Vital.SPO2, Vital.PULSE_RATE, Vital.PERFUSION_INDEX)
    assert bench.send("2A35", f"00 {READING}") == []
    assert bench.send("2A36", "00 5a 00 ff 07 ff 07") == []
    assert bench.send("2A37", "00 48") == []
    assert bench.send("2A19", "64") == []  # a battery level
    assert bench.driver.counts == Counts()


@pytest.mark.parametrize(
    ("payload", "topic"),
    [(b"\x00\x62\x00\x47", "gw/2a5f"), (b"0062004700", "gw/2a5f"), (b"\x00\x62\x00\x47\x00", "gw/ox")],
)
def test_what_cannot_be_read_is_counted_and_changes_nothing(payload: bytes, topic: str) -> None:
    bench = Bench()
    bench.send("2A5F", plx(sensor=1 << 11))
    assert bench.message(payload, topic) == []
    assert bench.driver.counts == Counts(frames=1, bad_frames=1, dropped_bytes=len(payload))
    assert bench.statuses("2A5F", plx(sensor=1 << 11)) == []


def test_a_gateway_that_is_off_leaves_no_values_until_something_comes() -> None:
    bench = Bench()
    reports = bench.message(b"offline", "gw/availability")
    assert told(reports) == ["+offline"]
    assert {(o.vital, o.value) for o in observations(reports)} == {
        (vital, None) for vital in (Vital.SPO2, Vital.PULSE_RATE, Vital.PERFUSION_INDEX, Vital.HEART_RATE)
    }
    assert told(bench.message(b"online", "gw/availability")) == ["-offline"]
    bench.message(b"offline", "gw/availability")
    assert bench.statuses("2A37", "06 48") == ["-offline"]


def test_a_cut_link_forgets_statuses_without_a_word() -> None:
    bench = Bench()
    bench.send("2A5F", plx(sensor=1 << 11))
    bench.driver.reset()
    assert bench.statuses("2A37", "06 48") == []
    assert bench.statuses("2A5F", plx(sensor=1 << 11)) == ["+sensor_off"]


def test_notifications_and_availability_are_recorded_and_nothing_else() -> None:
    driver = Bench().driver
    for kept in (b"\x00\x62\x00\x47\x00", b"offline"):
        assert driver.redact(kept) == kept
    assert driver.redact(b"Nobody Real") == b"." * 11


def test_nothing_is_ever_sent_and_the_period_follows_the_options() -> None:
    driver = BluetoothDriver("ble-1", BluetoothOptions(characteristics=["2A35"]))
    assert driver.period_s == 300.0
    assert (driver.due(0.0).send, driver.due(0.0).next_at) == ((), None)


def test_other_options_are_a_bug_of_the_caller() -> None:
    with pytest.raises(UsageError):
        BluetoothDriver("ble-1", NoOptions())


TOPICS = ["gw/2a5f", "gw/2a5e", "gw/2a37", "gw/2a35", "gw/2a36", "gw/2a19", "gw", ""]


@given(
    st.sampled_from(["raw", "hex", "base64"]),
    st.lists(st.tuples(st.sampled_from(TOPICS), st.binary(max_size=24), st.sampled_from(range(3))), max_size=8),
)
def test_any_bytes_give_reports_that_can_be_sent_on(kind: str, messages: list[tuple[str, bytes, int]]) -> None:
    bench = Bench(seconds=1.0, payload=kind)
    for topic, payload, written in messages:
        text = (payload, payload.hex().encode(), b"offline")[written]
        for report in bench.message(text, topic):
            assert isinstance(report, Observation | DeviceStatus)
            assert msgspec.json.encode(report)
    counts = bench.driver.counts
    assert counts.frames + counts.bad_frames <= len(messages)


@given(st.binary(min_size=5, max_size=20))
def test_a_value_is_told_only_while_no_bit_forbids_it(tail: bytes) -> None:
    """The rule of the protocol notes: use a 2A5F only if the bits 9, 12, 13 and 15 are clear; 10 and 11 are marked."""
    raw = bytes([0x04]) + b"\x62\x00\x47\x00" + tail[:2]
    bench = Bench()
    measurement = int.from_bytes(tail[:2], "little")
    for seen in observations(bench.message(raw, "gw/2a5f")):
        assert (seen.value is None) == bool(measurement & 0xB200)
        assert (seen.mode is Mode.REAL) == (not measurement & 0x0C00)
