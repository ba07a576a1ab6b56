"""What Contec frames mean: the recordings, every flag, numbers that are no readings, the curve, and what is sent."""

from __future__ import annotations

import csv
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from vitalwatch.driver import NOTHING_DUE, Due, Message, NoOptions, load_driver
from vitalwatch.errors import UsageError
from vitalwatch.model import DeviceStatus, Observation, Report, Validity, Vital, Waveform
from vitalwatch_drivers.contec import ContecDriver
from vitalwatch_drivers.contec.conformance import eb, five_byte, v7
from vitalwatch_drivers.contec.decoder import EbDecoder, V7Decoder
from vitalwatch_drivers.contec.driver import EB_KEEP_ALIVE, EB_START, KEEP_ALIVE_S, V7_KEEP_ALIVE, V7_START
from vitalwatch_drivers.contec.frames import EbMeasurement, EbWave, Live
from vitalwatch_drivers.contec.options import ContecOptions, Dialect

VALID, QUESTIONABLE, UNAVAILABLE, INVALID = (
    *(Validity.VALID, Validity.QUESTIONABLE),
    *(Validity.UNAVAILABLE, Validity.INVALID),
)
NO_VALUE = (None, UNAVAILABLE)


def make(dialect: Dialect = "v7", *, pulse_bit: bool = True) -> ContecDriver:
    if dialect == "eb":
        return ContecDriver("ox-1", ContecOptions(dialect=dialect, pulse_bit=pulse_bit))
    return ContecDriver("ox-1", ContecOptions(dialect=dialect))


def values(reports: list[Report], vital: Vital) -> list[tuple[float | None, Validity]]:
    return [(r.value, r.validity) for r in reports if isinstance(r, Observation) and r.vital is vital]


def spo2(reports: list[Report]) -> list[tuple[float | None, Validity]]:
    return values(reports, Vital.SPO2)


def pulse(reports: list[Report]) -> list[tuple[float | None, Validity]]:
    return values(reports, Vital.PULSE_RATE)


def perfusion(reports: list[Report]) -> list[tuple[float | None, Validity]]:
    return values(reports, Vital.PERFUSION_INDEX)


def statuses(reports: list[Report]) -> list[tuple[str, bool, str]]:
    return [(r.status, r.active, r.detail) for r in reports if isinstance(r, DeviceStatus)]


def curve(reports: list[Report]) -> list[float | None]:
    return [sample for r in reports if isinstance(r, Waveform) for sample in r.samples]


def ended(packet: bytes) -> bytes:
    """A packet of the 5-byte dialect with the first byte of the next, without which it does not count."""
    return packet + b"\x80"


# --- the contract ---------------------------------------------------------------------------------------------------


def test_it_is_found_by_its_name_and_reads_v7_unless_told_otherwise() -> None:
    assert load_driver("contec") is ContecDriver
    assert ContecOptions().dialect == "v7"


def test_a_message_or_options_of_another_driver_are_a_bug_of_the_caller() -> None:
    with pytest.raises(UsageError):
        make().receive(Message(b""), 0.0)
    with pytest.raises(UsageError):
        ContecDriver("ox-1", NoOptions())


@pytest.mark.parametrize(
    "options",
    [{"dialect": "V8"}, {"dialect": "v7", "pulse_bit": False}, {"dialect": "5-byte", "pulse_bit": True}],
)
def test_options_that_mean_nothing_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ContecOptions.model_validate(options)


@pytest.mark.parametrize(("dialect", "vitals"), [("v7", 3), ("5-byte", 2), ("eb", 3)])
def test_the_5_byte_dialect_has_no_perfusion_index(dialect: Dialect, vitals: int) -> None:
    assert len(make(dialect).vitals) == vitals


def test_nothing_is_redacted_because_no_name_is_asked_for() -> None:
    assert make().redact(b"\x05\x80\xc1") == b"\x05\x80\xc1"


# --- what is sent ---------------------------------------------------------------------------------------------------


def test_what_is_sent_are_the_bytes_of_the_documents() -> None:
    assert V7_START.hex() == "7d81a1808080808080"
    assert V7_KEEP_ALIVE.hex() == "7d81af808080808080"
    assert [command.hex() for command in (*EB_START, EB_KEEP_ALIVE)] == ["9b001b", "9b011c", "9a1a"]
    assert ContecDriver.info.commands == ()


@pytest.mark.parametrize(
    ("dialect", "values", "start", "keep_alive"),
    [
        ("v7", v7(60, 99), (V7_START,), (V7_KEEP_ALIVE,)),
        ("eb", eb(1, 4, 81, 95, 0x7F, 0), EB_START, (EB_KEEP_ALIVE,)),
    ],
)
def test_an_oximeter_is_started_kept_awake_and_started_again_when_it_is_silent(
    dialect: Dialect, values: bytes, start: tuple[bytes, ...], keep_alive: tuple[bytes, ...]
) -> None:
    driver = make(dialect)
    assert KEEP_ALIVE_S < 5.0
    assert driver.due(100.0) == Due(start, 104.0)
    driver.receive(values, 101.0)
    assert driver.due(101.0) == Due((), 104.0)
    assert driver.due(104.0) == Due(keep_alive, 108.0)
    assert driver.due(108.0) == Due(start, 112.0)
    driver.reset()
    assert driver.due(109.0) == Due(start, 113.0)


def test_an_eb_oximeter_that_sends_its_curve_only_is_started_again() -> None:
    driver = make("eb")
    driver.due(0.0)
    driver.receive(eb(0, 6, 50, 6), 1.0)
    assert driver.due(4.0).send == EB_START


def test_the_5_byte_dialect_is_sent_nothing() -> None:
    driver = make("5-byte")
    assert driver.due(0.0) == NOTHING_DUE
    driver.reset()
    assert driver.due(1.0) == NOTHING_DUE


# --- recordings -----------------------------------------------------------------------------------------------------


def test_recorded_v7_packages_of_a_cms50e(shared: Path) -> None:
    lines = (shared / "captures/contec-v7-serial/cms50e-frames-000-059.hex").read_text().split()
    data = bytes.fromhex("".join(lines))
    decoder = V7Decoder()
    decoder.feed(data)
    frames = [frame for frame in decoder.frames() if isinstance(frame, Live)]
    assert len(frames) == 60
    assert (decoder.bad_frames, decoder.dropped_bytes) == (0, 0)
    assert {line[:2] for line in lines} == {"01"}
    assert {frame.signal for frame in frames} == {4}
    assert {frame.probe_error for frame in frames} == {False}
    assert {frame.searching for frame in frames} == {False}
    assert {frame.searching_long for frame in frames} == {False}
    assert {frame.perfusion for frame in frames} == {None}
    assert {int(line[8:10], 16) & 0x10 for line in lines} == {0x10}
    assert {line[-4:] for line in lines} == {"ffff"}
    assert {frame.pulse for frame in frames} == {60}
    assert {frame.spo2 for frame in frames} == {99}
    assert [frame.wave for frame in frames[:16]] == [19, 19, 18, 18, 18, 17, 17, 16, 16, 16, 15, 14, 14, 13, 13, 12]
    assert [frame.wave for frame in frames[30:35]] == [62, 70, 72, 71, 68]
    assert max(range(60), key=lambda place: frames[place].wave) == 32
    assert [place for place, frame in enumerate(frames) if frame.beep] == [34, 35]
    assert {(int(line[10:12], 16), int(line[12:14], 16)) for line in lines} == {(188, 227)}  # without the high byte


def test_recorded_v7_packages_give_readings_three_times_a_second(shared: Path) -> None:
    driver = make()
    data = bytes.fromhex((shared / "captures/contec-v7-serial/cms50e-frames-000-059.hex").read_text())
    reports = driver.receive(data, 1.0)
    assert spo2(reports) == [(99, VALID)] * 3
    assert pulse(reports) == [(60, VALID)] * 3
    assert perfusion(reports) == [NO_VALUE] * 3
    assert statuses(reports) == []
    assert curve(reports)[32] == 72
    assert driver.counts.frames == 60
    assert driver.counts.bad_frames == driver.counts.dropped_bytes == 0


def test_recorded_hid_reports_agree_with_the_manufacturers_program(shared: Path) -> None:
    folder = shared / "captures/contec-eb-hid"
    data = (folder / "cms50e-hid-live-reports-0000-1279.bin").read_bytes()
    with (folder / "cms50e-hid-manufacturer-first64.csv").open(newline="") as table:
        rows = [(int(row["SPO2"]), int(row["PULSE"])) for row in csv.DictReader(table)]
    driver = make("eb")
    told: list[tuple[int, tuple[float | None, float | None]]] = []
    for number in range(len(data) // 64):
        reports = driver.receive(data[64 * number : 64 * number + 64], number / 20)
        told += [(number, (s[0], p[0])) for s, p in zip(spo2(reports), pulse(reports), strict=True)]
        assert {validity for _, validity in [*spo2(reports), *pulse(reports)]} <= {VALID}
        assert perfusion(reports) in ([], [NO_VALUE])
    assert len(data) // 64 == 1280
    assert len(told) == 64
    assert [reading for _, reading in told] == rows
    assert told[0][1] == (95, 81)
    assert told[-1][1] == (96, 80)
    assert [number for number, _ in told] == list(range(19, 1280, 20))
    assert driver.counts.bad_frames == driver.counts.dropped_bytes == 0


def test_recorded_frames_of_a_cms50d_bt(shared: Path) -> None:
    data = bytes.fromhex((shared / "captures/contec-eb-ble/cms50d-bt-2frames.hex").read_text())
    decoder = EbDecoder()
    decoder.feed(data)
    measurement, wave = decoder.frames()
    assert isinstance(measurement, EbMeasurement)
    assert isinstance(wave, EbWave)
    assert (measurement.pulse, measurement.spo2, measurement.perfusion) == (83, 99, None)
    assert (wave.wave, wave.bar) == (72, 9)
    assert (data[7], data[-1]) == (0x25, 0x3F)
    assert decoder.bad_frames == 0
    reports = make("eb", pulse_bit=False).receive(data, 0.0)
    assert (spo2(reports), pulse(reports), perfusion(reports)) == ([(99, VALID)], [(83, VALID)], [NO_VALUE])
    assert curve(reports) == [72]


# --- V7 and 5-byte --------------------------------------------------------------------------------------------------


def test_v7_bytes_of_the_document(project: Path) -> None:
    driver = make()
    told = [
        driver.receive(bytes.fromhex(line), 1.0)
        for line in (project / "tests/data/contec/v7.hex").read_text().splitlines()
    ]
    assert (spo2(told[0]), pulse(told[0]), perfusion(told[0])) == ([(88, VALID)], [(200, VALID)], [(3.0, VALID)])
    assert told[1] == []
    assert statuses(told[2]) == [("sensor_off", True, "probe error, finger out")]
    assert spo2(told[2]) == pulse(told[2]) == perfusion(told[2]) == [NO_VALUE]
    assert statuses(told[3]) == [("contec_disconnected", True, "power off"), ("sensor_off", False, "")]
    assert spo2(told[3]) == [NO_VALUE]
    assert driver.due(1.0).send == (V7_START,)


def test_5_byte_packets_of_the_document(project: Path) -> None:
    reports = make("5-byte").receive(bytes.fromhex((project / "tests/data/contec/five-byte.hex").read_text()), 1.0)
    assert spo2(reports) == [(88, VALID), NO_VALUE]
    assert pulse(reports) == [(200, VALID), NO_VALUE]
    assert perfusion(reports) == []
    assert statuses(reports) == [("sensor_off", True, "probe error, finger out")]
    assert curve(reports) == [33, None]


@pytest.mark.parametrize(
    ("code", "detail"),
    [
        *[(0, "done"), (1, "power off"), (2, "user changed"), (3, "recording"), (4, "deleting failed")],
        *[(5, "not supported"), (0xFF, "unknown reason"), (0x2A, "reason 0x2a")],
    ],
)
def test_every_reason_to_leave(code: int, detail: str) -> None:
    driver = make()
    driver.receive(v7(60, 99), 0.0)
    reports = driver.receive(bytes((0x0D, 0x80 | code >> 7, 0x80 | code)), 1.0)
    assert statuses(reports) == [("contec_disconnected", True, detail)]
    assert spo2(reports) == pulse(reports) == perfusion(reports) == [NO_VALUE]
    assert statuses(driver.receive(v7(60, 99), 2.0)) == [("contec_disconnected", False, "")]


@pytest.mark.parametrize(
    ("rate", "saturation", "expected_pulse", "expected_spo2"),
    [
        (255, 127, NO_VALUE, NO_VALUE),
        (127, 97, (127, VALID), (97, VALID)),
        (128, 97, (128, VALID), (97, VALID)),
        (129, 1, (129, VALID), (1, VALID)),
        (200, 100, (200, VALID), (100, VALID)),
        (254, 97, (254, VALID), (97, VALID)),
        (9, 101, (None, INVALID), (None, INVALID)),
        (60, 126, (60, VALID), (None, INVALID)),
    ],
)
@pytest.mark.parametrize("dialect", ["v7", "5-byte"])
def test_numbers_and_what_is_no_measurement(
    dialect: Dialect, rate: int, saturation: int, expected_pulse: tuple[object, object], expected_spo2: object
) -> None:
    sent = v7(rate, saturation) if dialect == "v7" else ended(five_byte(rate, saturation))
    reports = make(dialect).receive(sent, 0.0)
    assert (pulse(reports), spo2(reports)) == ([expected_pulse], [expected_spo2])


def test_zeros_are_never_numbers() -> None:
    reports = make().receive(v7(0, 0, perfusion=0), 0.0)
    assert pulse(reports) == spo2(reports) == perfusion(reports) == [(None, INVALID)]
    reports = make("5-byte").receive(ended(five_byte(0, 0)), 0.0)
    assert pulse(reports) == spo2(reports) == [NO_VALUE]


@pytest.mark.parametrize(
    ("hundredths", "expected"),
    [(1, (0.01, VALID)), (2200, (22.0, VALID)), (0xFFFF, NO_VALUE), (3001, (None, INVALID)), (127, (1.27, VALID))],
)
def test_perfusion_index_of_v7(hundredths: int, expected: tuple[object, object]) -> None:
    assert perfusion(make().receive(v7(60, 99, perfusion=hundredths), 0.0)) == [expected]


FINGER_OUT = ("sensor_off", "probe error, finger out")
SEARCHING = ("searching", "searching")
TOO_LONG = ("searching", "searching too long")


@pytest.mark.parametrize(
    ("dialect", "sent", "told"),
    [
        ("v7", v7(72, 97, flags=0x80), [FINGER_OUT]),
        ("v7", v7(72, 97, flags=0x10), [TOO_LONG]),
        ("v7", v7(72, 97, wave=0x80), [SEARCHING]),
        ("v7", v7(72, 97, flags=0x90, wave=0x80, signal=0), [TOO_LONG, FINGER_OUT]),
        ("5-byte", ended(five_byte(72, 97, more=0x10)), [FINGER_OUT]),
        ("5-byte", ended(five_byte(72, 97, flags=0x10)), [TOO_LONG]),
        ("5-byte", ended(five_byte(72, 97, more=0x20)), [SEARCHING]),
        ("5-byte", ended(five_byte(72, 97, flags=0x10, more=0x30)), [TOO_LONG, FINGER_OUT]),
    ],
)
def test_every_flag_that_speaks_against_the_numbers_beside_it(
    dialect: Dialect, sent: bytes, told: list[tuple[str, str]]
) -> None:
    driver = make(dialect)
    reports = driver.receive(sent, 0.0)
    assert statuses(reports) == [(status, True, detail) for status, detail in told]
    assert spo2(reports) == pulse(reports) == [NO_VALUE]
    after = driver.receive(v7(72, 97) if dialect == "v7" else five_byte(72, 97)[1:] + b"\x80", 1.0)
    assert [(status, active) for status, active, _ in statuses(after)] in (
        [(status, False) for status, _ in told],
        # The byte that ended the packet before began this one: signal 0.
        [("low_signal", True), *((status, False) for status, _ in told)],
    )


@pytest.mark.parametrize("flags", [0x20, 0x40, 0x60])
def test_falling_saturation_and_beep_say_nothing(flags: int) -> None:
    assert statuses(make().receive(v7(72, 97, flags=flags), 0.0)) == []
    assert statuses(make("5-byte").receive(ended(five_byte(72, 97, flags=flags)), 0.0)) == []


@pytest.mark.parametrize("signal", range(16))
@pytest.mark.parametrize("dialect", ["v7", "5-byte"])
def test_every_signal_strength(dialect: Dialect, signal: int) -> None:
    sent = v7(72, 97, signal=signal) if dialect == "v7" else ended(five_byte(72, 97, signal=signal))
    reports = make(dialect).receive(sent, 0.0)
    weak = signal not in range(3, 9)
    assert statuses(reports) == ([("low_signal", True, "weak signal")] if weak else [])
    assert spo2(reports) == [(97, QUESTIONABLE if weak else VALID)]
    assert pulse(reports) == [(72, QUESTIONABLE if weak else VALID)]


def test_values_are_told_when_they_change_and_else_three_times_a_second() -> None:
    driver = make()
    told = [len(spo2(driver.receive(v7(72, 97), place / 60))) for place in range(60)]
    assert [place for place, count in enumerate(told) if count] == [0, 20, 40]
    assert spo2(driver.receive(v7(72, 96), 1.0)) == [(96, VALID)]
    assert spo2(driver.receive(v7(72, 96), 1.1)) == []


def test_a_lost_finger_is_told_with_its_first_package_and_old_numbers_do_not_come_back() -> None:
    driver = make()
    driver.receive(v7(72, 97) * 10, 0.0)
    lost = driver.receive(v7(72, 97, flags=0x80) * 60, 1.0)
    assert statuses(lost) == [("sensor_off", True, "probe error, finger out")]
    assert spo2(lost) == pulse(lost) == [NO_VALUE] * 3
    assert set(curve(lost)[9:]) == {None}


def test_noise_leaves_one_gap_in_the_curve_however_long_it_is() -> None:
    driver = make()
    driver.receive(v7(72, 97), 0.0)
    reports = driver.receive(
        (v7(72, 97, wave=5) + b"??") + bytes.fromhex("0480") + b"??" + v7(72, 97, wave=6) * 20, 1.0
    )
    assert curve(reports) == [5, None, *[6] * 19]
    assert (driver.counts.bad_frames, driver.counts.dropped_bytes) == (2, 4)


def test_reset_forgets_statuses_and_tells_them_again() -> None:
    driver = make()
    driver.receive(v7(255, 127, flags=0x80), 0.0)
    driver.reset()
    reports = driver.receive(v7(255, 127, flags=0x80), 1.0)
    assert statuses(reports) == [("sensor_off", True, "probe error, finger out")]
    assert curve(reports) == [None]


# --- EB -------------------------------------------------------------------------------------------------------------


def measured(status: int, rate: int, saturation: int = 97) -> bytes:
    return eb(1, status, rate, saturation, 0x7F, 0)


def test_a_report_of_the_protocol_notes(project: Path) -> None:
    reports = make("eb").receive(bytes.fromhex((project / "tests/data/contec/eb-report.hex").read_text()), 1.0)
    assert (spo2(reports), pulse(reports), perfusion(reports)) == ([(88, VALID)], [(135, VALID)], [(3.0, VALID)])


@pytest.mark.parametrize("status", [0x04, 0x05, 0x00, 0x7D])
@pytest.mark.parametrize("rate", [10, 126, 128, 129, 200, 254])
def test_only_bit_1_of_the_status_adds_128(status: int, rate: int) -> None:
    sent = measured(status | 0x02 if rate >= 128 else status, rate % 128)
    assert pulse(make("eb").receive(sent, 0.0)) == [(rate, VALID)]


def test_without_the_pulse_bit_nothing_is_added_and_a_set_bit_makes_the_pulse_doubtful() -> None:
    driver = make("eb", pulse_bit=False)
    assert pulse(driver.receive(measured(0x04, 83), 0.0)) == [(83, VALID)]
    assert pulse(driver.receive(measured(0x06, 83), 1.0)) == [(83, QUESTIONABLE)]
    assert pulse(driver.receive(measured(0x06, 2), 2.0)) == [(None, INVALID)]
    assert spo2(driver.receive(measured(0x06, 83), 3.0)) == [(97, VALID)]


@pytest.mark.parametrize(
    ("rate", "saturation", "status"), [(0, 0, 4), (127, 127, 4), (127, 127, 6), (80, 0, 4), (80, 127, 4), (0, 0, 6)]
)
def test_no_finger(rate: int, saturation: int, status: int) -> None:
    driver = make("eb")
    reports = driver.receive(eb(1, status, rate, saturation, 0x2C, 2), 0.0)
    assert statuses(reports) == [("sensor_off", True, "no reading, probably no finger")]
    assert spo2(reports) == pulse(reports) == perfusion(reports) == [NO_VALUE]
    assert statuses(driver.receive(measured(4, 80), 1.0)) == [("sensor_off", False, "")]


@pytest.mark.parametrize(
    ("status", "rate", "expected"),
    [(4, 0, NO_VALUE), (6, 127, NO_VALUE), (4, 127, (127, QUESTIONABLE)), (6, 0, (128, VALID))],
)
def test_forms_of_no_pulse_beside_a_saturation(status: int, rate: int, expected: tuple[object, object]) -> None:
    reports = make("eb").receive(measured(status, rate), 0.0)
    assert pulse(reports) == [expected]
    assert spo2(reports) == [(97, QUESTIONABLE if expected == NO_VALUE else VALID)]


@pytest.mark.parametrize(("rate", "validity"), [(179, VALID), (180, QUESTIONABLE), (250, QUESTIONABLE)])
def test_a_jump_by_100_bpm_or_more_is_questionable(rate: int, validity: Validity) -> None:
    driver = make("eb")
    driver.receive(measured(4, 80), 0.0)
    assert pulse(driver.receive(measured(6, rate - 128), 1.0)) == [(rate, validity)]
    assert pulse(driver.receive(measured(4, 82), 2.0)) == [(82, VALID)]


def test_after_a_jump_every_pulse_is_questionable_until_it_is_back() -> None:
    # 130 bpm read without its eighth bit is 2, then 12: not sound only because it no longer jumps.
    driver = make("eb", pulse_bit=False)
    told = [pulse(driver.receive(measured(4, rate), 0.0))[0] for rate in (126, 2, 12, 13, 60, 61)]
    assert told == [(126, VALID), (None, INVALID), (12, QUESTIONABLE), (13, QUESTIONABLE), (60, VALID), (61, VALID)]


@pytest.mark.parametrize("cut", ["finger", "link"])
def test_a_jump_is_none_from_one_person_to_the_next(cut: str) -> None:
    driver = make("eb")
    driver.receive(measured(4, 60), 0.0)
    if cut == "finger":
        driver.receive(measured(4, 0, 0), 1.0)
    else:
        driver.reset()
    assert pulse(driver.receive(measured(6, 200 - 128), 2.0)) == [(200, VALID)]


def test_the_curve_comes_in_blocks_and_the_first_sample_at_once() -> None:
    driver = make("eb")
    told = [curve(driver.receive(eb(0, 6, place, 1), 0.0)) for place in range(41)]
    assert [place for place, samples in enumerate(told) if samples] == [0, 20, 40]
    assert [sample for samples in told for sample in samples] == list(range(41))


def test_a_damaged_frame_leaves_a_gap_in_the_curve() -> None:
    driver = make("eb")
    bent = bytearray(eb(0, 6, 50, 1))
    bent[3] ^= 1
    reports = driver.receive(eb(0, 6, 1, 1) + eb(0, 6, 2, 1) + bytes(bent) + eb(0, 6, 3, 1) * 18, 0.0)
    assert curve(reports) == [1, 2, None, *[3] * 18]
    assert (driver.counts.bad_frames, driver.counts.dropped_bytes) == (1, 6)


def test_the_answer_to_a_stop_is_a_frame_that_says_nothing() -> None:
    driver = make("eb")
    assert driver.receive(bytes.fromhex("eb7f6a"), 0.0) == []
    assert driver.counts.frames == 1


# --- all dialects ---------------------------------------------------------------------------------------------------

FRAMES: dict[Dialect, list[bytes]] = {
    "v7": [v7(60, 99), v7(200, 88, perfusion=300, signal=1), v7(255, 127, flags=0x80), bytes.fromhex("0d8081")],
    "5-byte": [five_byte(60, 99), five_byte(200, 88), five_byte(255, 127, more=0x10)],
    "eb": [eb(0, 6, 50, 6), measured(6, 7, 88), measured(4, 60), measured(4, 0, 0)],
}


@pytest.mark.parametrize("dialect", list(FRAMES))
@given(data=st.data())
def test_any_split_gives_the_same_reports_and_counts(dialect: Dialect, data: st.DataObject) -> None:
    pieces = st.lists(st.one_of(st.sampled_from(FRAMES[dialect]), st.binary(max_size=6)), max_size=30)
    stream = b"".join(data.draw(pieces))
    cuts = data.draw(st.lists(st.integers(0, len(stream)), max_size=8).map(sorted))
    whole, split = make(dialect), make(dialect)
    expected = whole.receive(stream, 1.0)
    got = [r for begin, end in pairwise([0, *cuts, len(stream)]) for r in split.receive(stream[begin:end], 1.0)]
    assert got == expected
    assert split.counts == whole.counts


@pytest.mark.parametrize("dialect", list(FRAMES))
@given(chunks=st.lists(st.binary(max_size=200), max_size=8))
def test_any_bytes_never_raise_and_every_dropped_byte_is_counted(dialect: Dialect, chunks: list[bytes]) -> None:
    driver = make(dialect)
    for chunk in chunks:
        driver.receive(chunk, 0.0)
    assert driver.counts.dropped_bytes <= sum(map(len, chunks))
    assert bool(driver.counts.bad_frames) == bool(driver.counts.dropped_bytes)
