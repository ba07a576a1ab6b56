"""What Nonin frames mean: the one real frame, every flag of every format, and numbers that are not readings."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from vitalwatch.driver import NOTHING_DUE, Due, Message, NoOptions, load_driver
from vitalwatch.errors import UsageError
from vitalwatch.model import DeviceStatus, Observation, Report, Validity, Vital, Waveform
from vitalwatch_drivers.nonin import NoninDriver
from vitalwatch_drivers.nonin.conformance import GREEN, STILL, packet, record, wide
from vitalwatch_drivers.nonin.options import Format, NoninOptions

VALID, QUESTIONABLE, UNAVAILABLE, INVALID = (
    *(Validity.VALID, Validity.QUESTIONABLE),
    *(Validity.UNAVAILABLE, Validity.INVALID),
)
PULSES = [127, 128, 129, 200, 255, 256, 300]


def make(form: Format = 2, *, select: bool = False) -> NoninDriver:
    return NoninDriver("ox-1", NoninOptions(format=form, select=select))


def values(reports: list[Report], vital: Vital) -> list[tuple[float | None, Validity]]:
    return [(r.value, r.validity) for r in reports if isinstance(r, Observation) and r.vital is vital]


def spo2(reports: list[Report]) -> list[tuple[float | None, Validity]]:
    return values(reports, Vital.SPO2)


def pulse(reports: list[Report]) -> list[tuple[float | None, Validity]]:
    return values(reports, Vital.PULSE_RATE)


def statuses(reports: list[Report]) -> list[tuple[str, bool, str]]:
    return [(r.status, r.active, r.detail) for r in reports if isinstance(r, DeviceStatus)]


def curve(reports: list[Report]) -> list[float | None]:
    return [sample for r in reports if isinstance(r, Waveform) for sample in r.samples]


def second(form: Format, rate: int, saturation: int, flags: int = 0, more: int = 0) -> bytes:
    return bytes((0x80 | flags | rate >> 7, rate & 0x7F, saturation, more))[: 3 if form == 1 else 4]


# --- the contract ---------------------------------------------------------------------------------------------------


def test_it_is_found_by_its_name_and_reads_format_2_unless_told_otherwise() -> None:
    assert load_driver("nonin") is NoninDriver
    assert NoninOptions().format == 2


def test_a_message_or_options_of_another_driver_are_a_bug_of_the_caller() -> None:
    with pytest.raises(UsageError):
        make().receive(Message(b""), 0.0)
    with pytest.raises(UsageError):
        NoninDriver("ox-1", NoOptions())


def test_it_sends_nothing_unless_asked() -> None:
    driver = make()
    assert driver.due(0.0) == NOTHING_DUE
    driver.reset()
    assert driver.due(1.0) == NOTHING_DUE


@pytest.mark.parametrize(("form", "byte"), [(2, "02"), (7, "07"), (8, "08"), (13, "0d")])
def test_asked_to_it_selects_the_format_once_an_opening(form: Format, byte: str) -> None:
    driver = make(form, select=True)
    for _ in range(2):
        assert driver.due(0.0) == Due((bytes.fromhex(f"02700202{byte}03"),))
        assert driver.due(1.0) == NOTHING_DUE
        driver.reset()


@pytest.mark.parametrize("form", [1, "ascii"])
def test_a_format_that_the_command_does_not_know_cannot_be_selected(form: Format) -> None:
    with pytest.raises(ValidationError):
        NoninOptions(format=form, select=True)


@pytest.mark.parametrize("form", [3, 12, "2", "ASCII"])
def test_an_unknown_format_is_refused(form: object) -> None:
    with pytest.raises(ValidationError):
        NoninOptions.model_validate({"format": form})


# --- formats 2 and 7 ------------------------------------------------------------------------------------------------


def test_real_frame_without_a_finger_gives_no_reading(shared: Path) -> None:
    driver = make()
    reports = driver.receive(bytes.fromhex((shared / "captures/nonin-df2/xpod3012-one-frame.hex").read_text()), 3.0)
    assert statuses(reports) == [("searching", True, "out of track"), ("sensor_off", True, "sensor alarm")]
    assert spo2(reports) == pulse(reports) == []
    assert reports[2:] == [Waveform("ox-1", "pleth", 75, (99,), 3.0)]
    assert (driver.counts.frames, driver.counts.bad_frames, driver.counts.dropped_bytes) == (1, 0, 0)


def test_a_packet_of_the_documents_gives_four_beat_values_and_its_curve(project: Path) -> None:
    reports = make().receive(bytes.fromhex((project / "tests/data/nonin/format-2.hex").read_text()), 5.0)
    # Its display values are 200 and 80, and the reserved bits of the pulse's high byte are set.
    assert reports == [
        Observation("ox-1", Vital.SPO2, 97, VALID, 5.0),
        Observation("ox-1", Vital.PULSE_RATE, 130, VALID, 5.0),
        Waveform("ox-1", "pleth", 75, tuple(range(100, 125)), 5.0),
    ]


@pytest.mark.parametrize("rate", PULSES)
def test_pulse_rates_around_byte_boundaries(rate: int) -> None:
    assert pulse(make().receive(packet(rate, 97, GREEN), 0.0)) == [(rate, VALID)]
    assert pulse(make(7).receive(wide(packet(rate, 97, GREEN)), 0.0)) == [(rate, VALID)]
    for form in (1, 8):
        assert pulse(make(form).receive(second(form, rate, 97), 0.0)) == [(rate, VALID)]
    assert pulse(make(13).receive(record(97, rate, 0), 0.0)) == [(rate, VALID)]
    assert pulse(make("ascii").receive(f"SPO2=097 HR={rate:03d}\r\n".encode(), 0.0)) == [(rate, VALID)]


@pytest.mark.parametrize(
    ("rate", "saturation", "expected_pulse", "expected_spo2"),
    [
        (511, 127, (None, UNAVAILABLE), (None, UNAVAILABLE)),
        (0, 0, (None, INVALID), (None, INVALID)),
        (17, 101, (None, INVALID), (None, INVALID)),
        (18, 1, (18, VALID), (1, VALID)),
        (321, 100, (321, VALID), (100, VALID)),
        (322, 126, (None, INVALID), (None, INVALID)),
        (510, 97, (None, INVALID), (97, VALID)),
    ],
)
def test_numbers_that_are_no_measurement_in_every_binary_format(
    rate: int, saturation: int, expected_pulse: tuple[object, object], expected_spo2: tuple[object, object]
) -> None:
    sent = {
        2: packet(rate, saturation, GREEN),
        7: wide(packet(rate, saturation, GREEN)),
        1: second(1, rate, saturation),
        8: second(8, rate, saturation),
        13: record(saturation, rate, 0),
    }
    for form, data in sent.items():
        reports = NoninDriver("ox-1", NoninOptions.model_validate({"format": form})).receive(data, 0.0)
        assert (pulse(reports), spo2(reports)) == ([expected_pulse], [expected_spo2]), form


@pytest.mark.parametrize(
    ("bits", "validity", "told"),
    [
        (0x40, UNAVAILABLE, [("no_sensor", "sensor disconnected")]),
        (0x20, QUESTIONABLE, [("motion", "artifact")]),
        (0x10, UNAVAILABLE, [("searching", "out of track")]),
        (0x08, UNAVAILABLE, [("sensor_off", "sensor alarm")]),
        (0x04, QUESTIONABLE, [("low_perfusion", "low perfusion")]),
        (0x06, QUESTIONABLE, [("low_perfusion", "marginal perfusion")]),
        (0x02, VALID, []),
        (0x26, QUESTIONABLE, [("low_perfusion", "marginal perfusion"), ("motion", "artifact")]),
        (0x48, UNAVAILABLE, [("no_sensor", "sensor disconnected"), ("sensor_off", "sensor alarm")]),
    ],
)
@pytest.mark.parametrize("form", [2, 7])
def test_every_bit_of_status(form: Format, bits: int, validity: Validity, told: list[tuple[str, str]]) -> None:
    # One frame of the packet is enough.
    states = [0] * 24 + [bits]
    sent, clean = packet(72, 97, states), packet(72, 97, GREEN)
    driver = make(form)
    began = driver.receive(sent if form == 2 else wide(sent), 0.0)
    assert [(status, detail) for status, active, detail in statuses(began) if active] == told
    assert spo2(began) == [(None if validity is UNAVAILABLE else 97, validity)]
    assert pulse(began) == [(None if validity is UNAVAILABLE else 72, validity)]
    ended = driver.receive(clean if form == 2 else wide(clean), 1.0)
    assert statuses(ended) == [(status, False, "") for status, _ in told]
    assert spo2(ended) == [(97, VALID)]


def test_a_lost_finger_is_told_at_its_first_frame_and_stands_until_a_whole_packet_without() -> None:
    driver = make()
    driver.receive(packet(72, 97, GREEN), 0.0)
    lost = packet(72, 97, [0] * 10 + [0x08] + [0] * 14)
    assert statuses(driver.receive(lost[:50], 1.0)) == []
    assert statuses(driver.receive(lost[50:55], 1.1)) == [("sensor_off", True, "sensor alarm")]
    rest = driver.receive(lost[55:], 1.2)
    assert (statuses(rest), spo2(rest)) == ([], [(None, UNAVAILABLE)])
    assert statuses(driver.receive(packet(72, 97, GREEN), 1.5)) == [("sensor_off", False, "")]


def test_what_the_last_pulse_said_stands_in_packets_without_a_pulse() -> None:
    driver = make()
    driver.receive(packet(72, 97, [0x26] * 12 + [0] * 13), 0.0)
    between = driver.receive(packet(72, 97, STILL), 0.3)
    assert (statuses(between), spo2(between)) == ([], [(97, QUESTIONABLE)])
    clean = driver.receive(packet(72, 97, GREEN), 0.6)
    assert statuses(clean) == [("low_perfusion", False, ""), ("motion", False, "")]
    assert spo2(clean) == [(97, VALID)]


def test_low_battery_is_a_status_and_the_values_stand() -> None:
    reports = make().receive(packet(72, 97, GREEN, stat2=0x21), 0.0)
    assert statuses(reports) == [("battery_low", True, "low battery")]
    assert spo2(reports) == [(97, VALID)]


def test_a_packet_with_a_damaged_or_missing_frame_gives_no_values_but_its_curve() -> None:
    whole = packet(72, 97, GREEN)
    for broken in (whole[:50] + b"\xff" * 5 + whole[55:], whole[:50] + whole[55:]):
        driver = make()
        lost = driver.receive(broken + whole, 0.0)
        assert spo2(lost) == [(97, VALID)]
        drawn = [sample for sample in curve(lost) if sample is not None]
        assert drawn == [*range(60, 70), *range(71, 85), *range(60, 85)]


def test_noise_is_a_gap_in_the_curve() -> None:
    whole = packet(72, 97, GREEN)
    samples = curve(make().receive(whole[:10] + b"\xff\xff" + whole[15:] + whole, 0.0))
    assert samples[:4] == [60, 61, None, 63]


# --- formats 1 and 8 ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("flags", "more", "validity", "told"),
    [
        (0x40, 0, UNAVAILABLE, [("no_sensor", "sensor disconnected")]),
        (0x20, 0, UNAVAILABLE, [("searching", "out of track")]),
        (0x10, 0, QUESTIONABLE, [("low_perfusion", "low perfusion")]),
        (0x08, 0, QUESTIONABLE, [("low_perfusion", "marginal perfusion")]),
        (0x04, 0, QUESTIONABLE, [("motion", "artifact")]),
        (0, 0x08, UNAVAILABLE, [("sensor_off", "sensor alarm")]),
        (0, 0x04, VALID, [("nonin_spot_check", "spot-check mode")]),
        (0, 0x02, VALID, [("battery_low", "critical battery")]),
        (0, 0x01, VALID, [("battery_low", "low battery")]),
        (0, 0x03, VALID, [("battery_low", "critical battery, low battery")]),
        (0, 0x70, VALID, []),  # good signal, and bits that are reserved
        (0x3C, 0x09, UNAVAILABLE, [
            ("battery_low", "low battery"), ("low_perfusion", "low perfusion, marginal perfusion"),
            ("motion", "artifact"), ("searching", "out of track"), ("sensor_off", "sensor alarm"),
        ]),
    ],
)  # fmt: skip
def test_every_flag_of_formats_1_and_8(flags: int, more: int, validity: Validity, told: list[tuple[str, str]]) -> None:
    for form in (1, 8) if not more else (8,):
        driver = make(form)
        began = driver.receive(second(form, 130, 88, flags, more), 0.0)
        assert [(status, detail) for status, _, detail in statuses(began)] == told
        assert spo2(began) == [(None if validity is UNAVAILABLE else 88, validity)]
        assert pulse(began) == [(None if validity is UNAVAILABLE else 130, validity)]
        ended = driver.receive(second(form, 130, 88), 1.0)
        assert [status for status, active, _ in statuses(ended) if not active] == [status for status, _ in told]


def test_display_values_that_stay_after_the_finger_is_out_are_no_readings(project: Path) -> None:
    reports = make(8).receive(bytes.fromhex((project / "tests/data/nonin/format-8.hex").read_text()), 0.0)
    assert spo2(reports) == [(97, VALID), (None, UNAVAILABLE), (None, UNAVAILABLE)]
    assert pulse(reports) == [(72, VALID), (None, UNAVAILABLE), (None, UNAVAILABLE)]
    assert statuses(reports) == [("sensor_off", True, "sensor alarm")]


# --- format 13 and ASCII --------------------------------------------------------------------------------------------


def test_records_of_format_13(project: Path) -> None:
    driver = make(13)
    stored, fresh, failed = (
        driver.receive(bytes.fromhex(line), 9.0)
        for line in (project / "tests/data/nonin/format-13.hex").read_text().splitlines()
    )
    # From memory: no observation at all, though pulse and SpO2 stand there.
    assert stored == [DeviceStatus("ox-1", "nonin_memory", True, 9.0, "stored readings are not shown")]
    assert driver.counts.retained == 1
    assert fresh == [
        DeviceStatus("ox-1", "nonin_memory", False, 9.0),
        Observation("ox-1", Vital.SPO2, 97, VALID, 9.0, device_time="2025-03-24T09:14:00"),
        Observation("ox-1", Vital.PULSE_RATE, 300, VALID, 9.0, device_time="2025-03-24T09:14:00"),
    ]
    assert statuses(failed) == [("nonin_no_measurement", True, "no measurement")]
    assert (spo2(failed), pulse(failed)) == ([(None, UNAVAILABLE)], [(None, UNAVAILABLE)])


def test_no_measurement_forbids_numbers_and_a_stored_record_tells_nothing_of_the_battery() -> None:
    driver = make(13)
    reports = driver.receive(record(97, 72, 0x0101), 0.0)
    assert [status for status, _, _ in statuses(reports)] == ["battery_low", "nonin_no_measurement"]
    assert spo2(reports) == [(None, UNAVAILABLE)]
    assert [status for status, _, _ in statuses(driver.receive(record(97, 72, 0x0010), 1.0))] == ["nonin_memory"]


def test_lines_of_the_ascii_form(project: Path) -> None:
    reports = make("ascii").receive((project / "tests/data/nonin/ascii.txt").read_bytes(), 0.0)
    assert spo2(reports) == [(97, VALID), (98, VALID), (89, VALID), (None, UNAVAILABLE)]
    assert pulse(reports) == [(72, VALID), (130, VALID), (255, VALID), (None, UNAVAILABLE)]
    assert statuses(reports) == [("nonin_event", True, "event button"), ("nonin_event", False, "")]


# --- all formats ----------------------------------------------------------------------------------------------------


def test_statuses_come_before_the_values_that_they_explain() -> None:
    kinds = [type(report) for report in make(8).receive(second(8, 72, 97, 0x04, 0x01), 0.0)]
    assert kinds == [DeviceStatus, DeviceStatus, Observation, Observation]


def test_reset_forgets_half_a_packet_and_the_statuses_and_keeps_the_counts() -> None:
    driver = make()
    whole = packet(72, 97, [0x08] * 25)
    driver.receive(whole[:62], 0.0)
    driver.reset()
    assert spo2(driver.receive(whole[65:], 1.0)) == []
    assert statuses(driver.receive(whole, 2.0)) == []
    driver.reset()
    assert statuses(driver.receive(whole, 3.0)) == [("sensor_off", True, "sensor alarm")]
    assert (driver.counts.frames, driver.counts.bad_frames, driver.counts.dropped_bytes) == (12 + 12 + 50, 0, 2)


def told(driver: NoninDriver, chunks: list[bytes]) -> tuple[list[Report], list[float | None]]:
    reports = [report for chunk in chunks for report in driver.receive(chunk, 1.0)]
    return [report for report in reports if not isinstance(report, Waveform)], curve(reports)


@given(st.data())
def test_any_split_gives_the_same_reports_and_counts(data: st.DataObject) -> None:
    states = st.lists(st.integers(0, 63).map(lambda n: n * 2), min_size=25, max_size=25)
    stream = b"".join(packet(130, 97, data.draw(states)) for _ in range(3)) + data.draw(st.binary(max_size=30))
    cuts = data.draw(st.lists(st.integers(0, len(stream)), max_size=15).map(sorted))
    pieces, whole = make(), make()
    chunks = [stream[begin:end] for begin, end in pairwise([0, *cuts, len(stream)])]
    assert told(pieces, chunks) == told(whole, [stream])
    assert pieces.counts == whole.counts


@given(st.sampled_from([1, 2, 7, 8, 13, "ascii"]), st.lists(st.binary(max_size=200), max_size=8))
def test_any_bytes_never_raise(form: Format, chunks: list[bytes]) -> None:
    driver = make(form)
    for chunk in chunks:
        driver.receive(chunk, 0.0)
    assert driver.counts.dropped_bytes <= sum(map(len, chunks))


@given(st.integers(0, 125 * 8 - 1), st.sampled_from([2, 7]))
def test_a_flipped_bit_costs_its_own_packet_only(bit: int, form: Format) -> None:
    sent, clean = packet(130, 88, GREEN), packet(72, 97, GREEN)
    sent, clean = (sent, clean) if form == 2 else (wide(sent), wide(clean))
    bent = bytearray(sent)
    bent[bit // 8] ^= 1 << bit % 8
    driver = make(form)
    assert spo2(driver.receive(bytes(bent), 0.0)) == []
    after = driver.receive(clean, 0.3) + driver.receive(clean, 0.6)
    assert set(spo2(after)) == {(97, VALID)}
    assert set(pulse(after)) == {(72, VALID)}
