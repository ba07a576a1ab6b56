"""What a Dinamap's frames mean: new and old cuff results, every code, the recording, and what is ever sent."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from vitalwatch.driver import NOTHING_DUE, Command, CommandedDriver, Due, Message, NoOptions, load_driver
from vitalwatch.errors import UsageError
from vitalwatch.model import DeviceStatus, Observation, Report, Validity, Vital, Waveform
from vitalwatch_drivers.dinamap import DinamapDriver
from vitalwatch_drivers.dinamap.conformance import block, page, reply
from vitalwatch_drivers.dinamap.options import DinamapOptions

VALID, QUESTIONABLE, UNAVAILABLE, INVALID = (
    *(Validity.VALID, Validity.QUESTIONABLE),
    *(Validity.UNAVAILABLE, Validity.INVALID),
)
NA, OA, RA, RC = b" NA!2\r", b" OA!3\r", b" RA!6\r", b" RC!8\r"
START = b" NC0!E\r"
CUFF = (Vital.SYSTOLIC, Vital.DIASTOLIC, Vital.MEAN_PRESSURE)


def make(**options: object) -> DinamapDriver:
    return DinamapDriver("bp-1", DinamapOptions.model_validate(options))


def values(reports: list[Report], *vitals: Vital) -> list[tuple[float | None, Validity]]:
    return [(r.value, r.validity) for r in reports if isinstance(r, Observation) and r.vital in vitals]


def statuses(reports: list[Report]) -> list[tuple[str, bool, str]]:
    return [(r.status, r.active, r.detail) for r in reports if isinstance(r, DeviceStatus)]


def cuff(age_s: int, systolic: int = 118, diastolic: int = 76, mean: int = 93, status: int = 1) -> bytes:
    return reply(f" NA{status}10{age_s:04d}{systolic:03d}{diastolic:03d}{mean:03d}")


# --- the contract ---------------------------------------------------------------------------------------------------


def test_it_is_found_by_its_name_and_can_be_commanded() -> None:
    assert load_driver("dinamap") is DinamapDriver
    assert isinstance(make(), CommandedDriver)
    assert DinamapDriver.info.commands == (Command.START_NIBP,)


def test_a_message_or_options_of_another_driver_are_a_bug_of_the_caller() -> None:
    with pytest.raises(UsageError):
        make().receive(Message(b""), 0.0)
    with pytest.raises(UsageError):
        DinamapDriver("bp-1", NoOptions())
    with pytest.raises(ValidationError):
        make(format="binary")


def test_vitals_and_pace_follow_the_options() -> None:
    assert make().vitals == DinamapDriver.info.vitals
    assert make(oximeter=False, heart_rate=False).vitals == (*CUFF, Vital.CUFF_PULSE_RATE)
    assert make(format="pro1000").vitals == (Vital.HEART_RATE,)
    assert make(format="pro1000", heart_rate=False).vitals == ()
    assert (make().period_s, make(format="pro1000").period_s) == (1.5, 1.0)


def test_there_is_nothing_to_redact() -> None:
    assert make().redact(NA) == NA


# --- what is sent ---------------------------------------------------------------------------------------------------


def sent(driver: DinamapDriver, begin: float, seconds: float) -> list[bytes]:
    """Everything that it wants to send, asked when it says and at odd times between."""
    told: list[bytes] = []
    now = begin
    while now < begin + seconds:
        due = driver.due(now)
        told += due.send
        assert due.next_at is not None
        assert driver.due(now).send == ()
        now = due.next_at
    return told


def test_questions_go_round_one_at_a_time() -> None:
    driver = make()
    assert driver.due(10.0) == Due((NA,), 10.5)
    assert driver.due(10.2) == Due((), 10.5)
    assert driver.due(10.5) == Due((OA,), 11.0)
    assert driver.due(11.0) == Due((RA,), 11.5)
    assert driver.due(11.5) == Due((NA,), 12.0)


def test_without_an_oximeter_only_the_cuff_is_asked() -> None:
    driver = make(oximeter=False)
    assert driver.due(0.0) == Due((NA,), 1.5)
    assert driver.due(1.5) == Due((NA,), 3.0)


def test_a_new_result_is_followed_once_by_the_question_for_its_pulse() -> None:
    driver = make()
    driver.due(0.0)
    driver.receive(cuff(3), 0.1)
    assert driver.due(0.5).send == (RC,)
    assert driver.due(1.0).send == (OA,)
    driver.receive(cuff(5), 2.0)
    assert RC not in sent(driver, 2.0, 60.0)


def test_without_a_command_only_questions_are_ever_sent() -> None:
    driver = make()
    driver.receive(cuff(9, status=3) + reply(" OA3000008") + cuff(9), 0.0)
    assert set(sent(driver, 0.0, 120.0)) == {NA, OA, RA, RC}


def test_the_cuff_is_started_once_and_only_when_commanded() -> None:
    driver = make()
    driver.due(0.0)
    driver.command(Command.START_NIBP, 0.1)
    assert driver.due(0.1) == Due((START,), 0.6)
    assert START not in sent(driver, 0.6, 60.0)


def test_a_command_that_was_not_sent_is_forgotten_with_the_link() -> None:
    driver = make()
    driver.command(Command.START_NIBP, 0.0)
    driver.reset()
    assert START not in sent(driver, 1.0, 60.0)


def test_a_monitor_that_streams_is_sent_nothing_and_takes_no_command() -> None:
    for driver in (make(format="pro1000"), make()):
        driver.receive(block(0, 0, 500, bytes(3)), 0.0)
        assert driver.due(0.0) == NOTHING_DUE
        with pytest.raises(UsageError):
            driver.command(Command.START_NIBP, 0.0)
    driver.reset()
    assert driver.due(1.0).send == (NA,)


def test_a_command_that_it_does_not_know_is_a_bug_of_the_caller() -> None:
    with pytest.raises(UsageError):
        make().command("stop", 0.0)  # type: ignore[arg-type]


# --- the cuff -------------------------------------------------------------------------------------------------------


def test_the_bytes_made_from_the_documents(project: Path) -> None:
    lines = (project / "tests/data/dinamap/v100.txt").read_bytes().splitlines(keepends=True)
    driver = make()
    told = [driver.receive(line, 100.0 + 10 * place) for place, line in enumerate(lines)]
    assert [(r.value, r.reading_age_s) for r in told[0] if isinstance(r, Observation)] == [
        *((118, 125.0), (76, 125.0), (93, 125.0)),
    ]
    assert statuses(told[1]) == [("cuff_inflating", True, "")]
    assert statuses(told[2]) == [("cuff_inflating", False, "")]
    assert values(told[2], *CUFF) == [(135, VALID), (85, VALID), (102, VALID)]
    assert told[3] == [Observation("bp-1", Vital.CUFF_PULSE_RATE, 72, VALID, 130.0, reading_age_s=10.0)]
    assert values(told[4], Vital.SPO2) == [(97, VALID)]
    assert values(told[5], Vital.PULSE_RATE) == [(71, VALID)]
    assert statuses(told[6]) == [("no_sensor", True, "sensor unplugged")]
    assert values(told[6], Vital.SPO2, Vital.PULSE_RATE) == [(None, UNAVAILABLE)] * 2
    assert told[7] == []
    assert (driver.counts.frames, driver.counts.bad_frames, driver.counts.dropped_bytes) == (8, 0, 0)


def test_one_result_is_told_once_however_long_it_is_repeated() -> None:
    driver = make()
    assert len(driver.receive(cuff(0), 50.0)) == 3
    for second in range(1, 5400):
        # A slow answer and a counter of whole seconds make it waver.
        assert driver.receive(cuff(second), 50.0 + second + second % 4 * 0.9) == []
    driver.reset()
    assert driver.receive(cuff(5399), 50.0 + 5399) == []


def test_a_fallen_counter_is_a_new_result_though_its_pressures_are_the_same() -> None:
    driver = make()
    driver.receive(cuff(300), 0.0)
    assert values(driver.receive(cuff(0), 25.0), *CUFF) == [(118, VALID), (76, VALID), (93, VALID)]


def test_a_new_result_is_found_after_a_cut_link_though_its_counter_is_higher() -> None:
    driver = make()
    driver.receive(cuff(300), 0.0)
    driver.reset()
    (systolic, *_) = driver.receive(cuff(400, 150), 600.0)
    assert isinstance(systolic, Observation)
    assert (systolic.value, systolic.reading_age_s) == (150, 400.0)


@pytest.mark.parametrize(("age_s", "told"), [(0, 3), (5399, 3), (5400, 0), (5401, 0), (9999, 0)])
def test_a_counter_at_its_end_says_no_time_and_is_no_reading(age_s: int, told: int) -> None:
    driver = make()
    assert len(driver.receive(cuff(age_s), 10_000.0)) == told
    assert driver.receive(cuff(age_s), 20_000.0) == [] or told


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (0, ("cuff_inflating", True, "")),
        (2, ("dinamap_nibp_2", True, "")),
        (3, ("cuff_failed", True, "no result")),
        (4, ("cuff_failed", True, "took too long to pump up")),
        (5, ("cuff_failed", True, "code 5")),
        (6, ("cuff_failed", True, "took too long")),
        (7, ("cuff_failed", True, "took too long at one pressure")),
        (8, ("cuff_failed", True, "overpressure, or too much air in the cuff")),
        (9, ("cuff_failed", True, "unknown")),
    ],
)
def test_every_other_status_of_the_cuff_gives_no_number(status: int, told: tuple[str, bool, str]) -> None:
    driver = make()
    reports = driver.receive(cuff(0, status=status), 0.0)
    assert statuses(reports) == [told]
    assert len(reports) == 1
    assert statuses(driver.receive(cuff(0), 1.0)) == [(told[0], False, "")]


@pytest.mark.parametrize(
    ("pressures", "told"),
    [
        ((0, 0, 0), []),
        ((0, 0, 93), [(None, UNAVAILABLE), (None, UNAVAILABLE), (93, VALID)]),
        ((76, 118, 93), [(None, INVALID)] * 3),
        ((301, 76, 93), [(None, INVALID), (76, VALID), (93, VALID)]),
        ((256, 128, 170), [(256, VALID), (128, VALID), (170, VALID)]),
    ],
)
def test_pressures_that_are_none_crossed_or_impossible(
    pressures: tuple[int, int, int], told: list[tuple[float | None, Validity]]
) -> None:
    assert values(make().receive(cuff(0, *pressures), 0.0), *CUFF) == told


@pytest.mark.parametrize("rate", [127, 128, 129, 200, 255, 256, 300])
def test_the_pulse_of_a_new_result_is_told_once(rate: int) -> None:
    driver = make()
    answer = reply(f" RC3{rate:03d}")
    assert driver.receive(answer, 0.0) == []
    driver.receive(cuff(2), 1.0)
    assert driver.receive(answer, 2.0) == [
        Observation("bp-1", Vital.CUFF_PULSE_RATE, rate, VALID, 2.0, reading_age_s=3.0)
    ]
    assert driver.receive(answer, 3.0) == []


@pytest.mark.parametrize("answer", [" RC2072", " RC3000", " RC3-99"])
def test_a_rate_of_the_oximeter_or_none_is_no_pulse_of_the_cuff(answer: str) -> None:
    driver = make()
    driver.receive(cuff(0), 0.0)
    assert driver.receive(reply(answer), 1.0) == []


def test_the_pulse_of_an_old_result_is_not_told_while_the_cuff_works_again() -> None:
    driver = make()
    driver.receive(cuff(0) + cuff(9, status=0), 0.0)
    assert driver.receive(reply(" RC3072"), 1.0) == []


# --- the oximeter ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [127, 128, 129, 200, 255, 256, 300])
def test_pulse_rates_around_byte_boundaries(rate: int) -> None:
    reports = make().receive(reply(" OA1097508") + reply(f" RA2{rate:03d}"), 0.0)
    assert values(reports, Vital.PULSE_RATE) == [(rate, VALID)]


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (0, ("dinamap_oximeter_standby", True, "standby")),
        (2, ("dinamap_oximeter_2", True, "")),
        (3, ("searching", True, "no data")),
        (4, ("dinamap_oximeter_4", True, "")),
        (5, ("dinamap_oximeter_5", True, "")),
        (6, ("no_sensor", True, "sensor unplugged")),
        (7, ("dinamap_oximeter_7", True, "")),
        (8, ("dinamap_oximeter_8", True, "")),
        (9, ("dinamap_oximeter_9", True, "")),
    ],
)
def test_no_old_number_counts_in_any_other_status_of_the_oximeter(status: int, told: tuple[str, bool, str]) -> None:
    driver = make()
    driver.receive(reply(" OA1097508") + reply(" RA2072"), 0.0)
    reports = driver.receive(reply(f" OA{status}097508") + reply(" RA2072"), 1.0)
    assert statuses(reports) == [told]
    assert isinstance(reports[0], DeviceStatus)
    assert values(reports, *Vital) == [(None, UNAVAILABLE)] * 2


@pytest.mark.parametrize(
    ("saturation", "told"),
    [
        *((none, (None, UNAVAILABLE)) for none in ("000", "---", "-99", "   ")),
        *(("101", (None, INVALID)), ("127", (None, INVALID)), ("100", (100, VALID)), ("  1", (1, VALID))),
    ],
)
def test_saturations_that_are_none_or_impossible(saturation: str, told: tuple[float | None, Validity]) -> None:
    assert values(make().receive(reply(f" OA1{saturation}508"), 0.0), Vital.SPO2) == [told]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (" RA2000", (None, UNAVAILABLE)),
        (" RA2-99", (None, UNAVAILABLE)),
        (" RA3072", (None, UNAVAILABLE)),
        (" RA1072", (None, UNAVAILABLE)),
        (" RA2009", (None, INVALID)),
        (" RA2351", (None, INVALID)),
    ],
)
def test_pulses_that_are_none_not_the_oximeters_or_impossible(answer: str, told: tuple[object, object]) -> None:
    assert values(make().receive(reply(" OA1097508") + reply(answer), 0.0), Vital.PULSE_RATE) == [told]


def test_a_pulse_counts_only_right_after_the_oximeter_said_that_it_measures() -> None:
    driver = make()
    assert driver.receive(reply(" RA2072"), 0.0) == []
    driver.receive(reply(" OA1097508") + reply(" RA2072"), 1.0)
    assert driver.receive(reply(" RA2072"), 2.0) == []


def test_without_any_signal_strength_values_are_questionable() -> None:
    driver = make()
    reports = driver.receive(reply(" OA1097008") + reply(" RA2072"), 0.0)
    assert statuses(reports) == [("low_signal", True, "signal strength 0")]
    assert values(reports, *Vital) == [(97, QUESTIONABLE), (72, QUESTIONABLE)]
    assert statuses(driver.receive(reply(" OA1097108"), 1.0)) == [("low_signal", False, "")]


def test_replies_that_mean_nothing_are_counted_and_others_are_bad() -> None:
    driver = make()
    assert driver.receive(reply(" NC") + b" RA2072!!\r" + reply(" TC000") * 2, 0.0) == []
    assert (driver.counts.frames, driver.counts.bad_frames, driver.counts.dropped_bytes) == (3, 1, 10)


def test_told_so_it_reads_replies_with_another_checksum() -> None:
    assert values(make(check_replies=False).receive(b" OA1097508!!\r", 0.0), Vital.SPO2) == [(97, VALID)]


# --- PRO 1000 -------------------------------------------------------------------------------------------------------


def recording(shared: Path) -> bytes:
    return bytes.fromhex(
        (shared / "captures/dinamap-pro1000/native-binary-blocks-0000-0749.hex").read_text(encoding="ascii")
    )


def test_the_recording_gives_a_heart_rate_a_second_and_its_curve(shared: Path) -> None:
    driver = make(format="pro1000")
    reports = driver.receive(recording(shared), 5.0)
    rates = [r for r in reports if isinstance(r, Observation)]
    assert [r.value for r in rates] == [None, *[60] * 9, 59, *[60] * 4]
    assert {r.validity for r in rates[1:]} == {QUESTIONABLE}
    assert (rates[0].validity, rates[1].device_time) == (UNAVAILABLE, "2003-12-10T09:28:02")
    assert statuses(reports) == []
    (curve,) = [r for r in reports if isinstance(r, Waveform)]
    assert (curve.signal, curve.rate_hz, len(curve.samples), curve.samples[:4]) == ("ecg", 200, 3000, (508,) * 4)
    assert (driver.counts.frames, driver.counts.bad_frames, driver.counts.dropped_bytes) == (750, 0, 0)


def test_the_heart_rate_can_be_left_out(shared: Path) -> None:
    reports = make(format="pro1000", heart_rate=False).receive(recording(shared), 5.0)
    assert [type(report) for report in reports] == [Waveform]


@pytest.mark.parametrize("rate", [127, 128, 129, 200, 255, 256, 300])
def test_heart_rates_around_byte_boundaries_are_always_questionable(rate: int) -> None:
    reports = make().receive(page(0, b"\x01" + rate.to_bytes(2, "big")), 0.0)
    assert values(reports, Vital.HEART_RATE) == [(rate, QUESTIONABLE)]


@pytest.mark.parametrize(
    ("field", "validity"),
    [
        ("010000", UNAVAILABLE),
        ("017fff", UNAVAILABLE),
        ("00003c", UNAVAILABLE),
        ("010009", INVALID),
        ("01015f", INVALID),
    ],
)
def test_what_is_no_heart_rate_never_becomes_one(field: str, validity: Validity) -> None:
    assert values(make().receive(page(0, bytes.fromhex(field)), 0.0), Vital.HEART_RATE) == [(None, validity)]


@pytest.mark.parametrize(
    ("bits", "told"),
    [
        (0x20, [("monitor_alarm", "warning", "medium")]),
        (0x40, [("monitor_alarm", "crisis", "high")]),
        (0x60, [("monitor_alarm", "crisis", "high")]),
        (0x80, [("dinamap_block_80", "", "")]),
        (0xE0, [("dinamap_block_80", "", ""), ("monitor_alarm", "crisis", "high")]),
        (0x1F, []),
    ],
)
def test_every_bit_of_a_blocks_status(bits: int, told: list[tuple[str, str, str]]) -> None:
    driver = make()
    reports = driver.receive(block(0, bits, 500, bytes(3)), 0.0)
    assert [(r.status, r.detail, r.priority) for r in reports if isinstance(r, DeviceStatus)] == told
    ended = driver.receive(block(1, 0, 500, bytes(3)), 0.0)
    assert sorted(name for name, active, _ in statuses(ended) if not active) == [name for name, *_ in told]


def test_a_page_with_a_lost_block_gives_no_heart_rate_and_the_curve_a_gap() -> None:
    whole = page(0, b"\x01\x00\x3c")
    reports = make().receive(whole[: 18 * 10] + whole[18 * 11 :] + page(50, b"\x01\x00\x3d"), 0.0)
    assert values(reports, Vital.HEART_RATE) == [(61, QUESTIONABLE)]
    (curve,) = [r for r in reports if isinstance(r, Waveform)]
    assert [place for place, sample in enumerate(curve.samples) if sample is None] == [40]


def test_two_halves_of_a_page_on_two_connections_are_none() -> None:
    driver = make()
    whole = page(0, b"\x01\x00\x3c")
    driver.receive(whole[:450], 0.0)
    driver.reset()
    assert values(driver.receive(whole[450:], 1.0), *Vital) == []


# --- anything -------------------------------------------------------------------------------------------------------


@given(st.lists(st.binary(max_size=400), max_size=10))
def test_any_bytes_never_raise(chunks: list[bytes]) -> None:
    driver = make(check_replies=False)
    for now, chunk in enumerate(chunks):
        driver.receive(chunk, float(now))
        driver.due(float(now))


_FRAMES = st.sampled_from(
    [
        *(cuff(0), cuff(40, 150), cuff(3, status=0), reply(" OA1097508"), reply(" OA6097508"), reply(" RA2072")),
        *(reply(" RC3072"), page(0, b"\x01\x00\x3c"), page(50, b"\x01\x00\x3c", status=0x40)),
    ]
)


@given(st.lists(_FRAMES, max_size=6).map(b"".join), st.integers(1, 40))
def test_any_split_gives_the_same_values_and_states(data: bytes, size: int) -> None:
    whole, cut = make(), make()
    expected = [r for r in whole.receive(data, 100.0) if not isinstance(r, Waveform)]
    chunks = [data[at : at + size] for at in range(0, len(data), size)]
    got = [r for chunk in chunks for r in cut.receive(chunk, 100.0)]
    assert [r for r in got if not isinstance(r, Waveform)] == expected
    assert cut.counts == whole.counts
