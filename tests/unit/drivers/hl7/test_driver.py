"""What HL7 messages mean: recordings first, then every dialect, flag and form of "no value"."""

from __future__ import annotations

from itertools import pairwise, product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.driver import NOTHING_DUE, Message
from vitalwatch.errors import UsageError
from vitalwatch.model import DeviceStatus, Mode, Observation, Report, Status, Validity, Vital
from vitalwatch_drivers.hl7 import Hl7Driver
from vitalwatch_drivers.hl7.alarms import MOST_ALARMS
from vitalwatch_drivers.hl7.conformance import CONFORMANCE, PULSE, SPO2, message, row
from vitalwatch_drivers.hl7.options import Hl7Options

SYSTOLIC = b"150021^MDC_PRESS_BLD_NONINV_SYS^MDC"
DIASTOLIC = b"150022^MDC_PRESS_BLD_NONINV_DIA^MDC"


def driver(**options: object) -> Hl7Driver:
    return Hl7Driver("m", Hl7Options.model_validate(options))


def capture(shared: Path, name: str) -> bytes:
    raw = (shared / "captures" / name).read_bytes()
    return raw if name.endswith(".mllp") else b"\x0b" + raw + b"\x1c\r"


def numbers(reports: list[Report]) -> dict[Vital, float | None]:
    observations = [report for report in reports if isinstance(report, Observation)]
    assert len({one.vital for one in observations}) == len(observations), "a vital is counted twice"
    return {one.vital: one.value for one in observations}


def cuff(systolic: bytes, diastolic: bytes, *, at: bytes, sent: bytes = b"20260302120000") -> bytes:
    return message(row(SYSTOLIC, systolic, at=at), row(DIASTOLIC, diastolic, at=at), sent=sent)


# Recordings


def test_vs900_recording(shared: Path) -> None:
    reports = driver().receive(capture(shared, "mindray-pcd01/vs900-20191206.hl7"), 5.0)
    told = {one.vital: one for one in reports if isinstance(one, Observation)}
    assert numbers(reports) == {
        Vital.SPO2: 99.0,
        Vital.PULSE_RATE: 94.0,
        Vital.PERFUSION_INDEX: 0.94,
        Vital.TEMPERATURE: 35.1,
        Vital.SYSTOLIC: 147.0,
        Vital.DIASTOLIC: 90.0,
        Vital.MEAN_PRESSURE: 109.0,
    }
    assert {told[v].device_time for v in (Vital.SPO2, Vital.PULSE_RATE, Vital.PERFUSION_INDEX)} == {
        "2019-12-06T11:34:52"
    }
    assert told[Vital.TEMPERATURE].device_time == "2019-12-06T11:34:15"
    assert told[Vital.SYSTOLIC].device_time == "2019-12-06T11:10:16"
    assert {told[v].reading_age_s for v in (Vital.SYSTOLIC, Vital.DIASTOLIC, Vital.MEAN_PRESSURE)} == {24 * 60 + 36.0}
    assert all(one.mode is Mode.REAL and one.at == 5.0 for one in told.values())


def test_vs900_recording_repeated_is_no_new_cuff_reading(shared: Path) -> None:
    raw, monitor = capture(shared, "mindray-pcd01/vs900-20191206.hl7"), driver()
    monitor.receive(raw, 0.0)
    later = raw.replace(b"20191206113452", b"20191206113502")
    assert not {Vital.SYSTOLIC, Vital.DIASTOLIC, Vital.MEAN_PRESSURE} & numbers(monitor.receive(later, 10.0)).keys()


def test_comen_recording(shared: Path) -> None:
    raw, monitor = capture(shared, "comen-hl7/nc-monitor-20250610.hl7"), driver()
    assert numbers(monitor.receive(raw, 0.0)) == {
        Vital.SPO2: 97.0,
        Vital.PULSE_RATE: 59.0,
        Vital.RESPIRATION_RATE: 20.0,
        Vital.TEMPERATURE: 37.0,
        Vital.SYSTOLIC: 120.0,
        Vital.DIASTOLIC: 80.0,
        Vital.MEAN_PRESSURE: 90.0,
    }
    # Comen stamps the repeat of a reading with the time of its message.
    again = monitor.receive(raw.replace(b"20250610015127", b"20250610015137"), 10.0)
    assert Vital.SYSTOLIC not in numbers(again)


def test_xh80x_sentinels_recording(shared: Path) -> None:
    reports = driver().receive(capture(shared, "xh80x-hl7/xh80x-sentinels.hl7"), 0.0)
    assert numbers(reports) == {Vital.SPO2: None, Vital.HEART_RATE: None, Vital.TEMPERATURE: None}


def test_ihe_example(shared: Path) -> None:
    reports = driver().receive(capture(shared, "ihe-pcd01/nibp-ucum.hl7"), 0.0)
    assert numbers(reports) == {
        Vital.SYSTOLIC: 120.0,
        Vital.DIASTOLIC: 80.0,
        Vital.MEAN_PRESSURE: 93.0,
        Vital.CUFF_PULSE_RATE: 63.0,
    }
    assert {one.reading_age_s for one in reports if isinstance(one, Observation)} == {78.0}


@pytest.mark.parametrize("name", ["mindray-pcd01/vs900-20191206.hl7", "ihe-pcd01/nibp-ucum.hl7"])
def test_what_is_recorded_means_the_same_and_names_nobody(shared: Path, name: str) -> None:
    raw = capture(shared, name)
    kept = driver().redact(raw)
    assert driver().receive(kept, 0.0) == driver().receive(raw, 0.0)
    assert not any(name in kept for name in (b"Hon", b"Albert", b"Adams", b"HO2009001", b"1961", b"Saguaro", b"Tucson"))


# Dialects


def test_philips_and_edan_dialects_without_frames(project: Path) -> None:
    monitor = driver()
    raw = (project / "tests/data/hl7/dialects.hl7").read_bytes()
    philips = {
        Vital.SPO2: 97.0,
        Vital.HEART_RATE: 72.0,
        Vital.SYSTOLIC: 121.0,
        Vital.DIASTOLIC: 79.0,
        Vital.MEAN_PRESSURE: 93.0,
    }
    edan = {
        Vital.SYSTOLIC: 118.0,
        Vital.DIASTOLIC: 76.0,
        Vital.CUFF_PULSE_RATE: 66.0,
        Vital.SPO2: 98.0,
        Vital.HEART_RATE: 65.0,
        Vital.TEMPERATURE: 36.7,
    }
    assert numbers(monitor.receive(raw, 0.0)) == philips
    monitor = driver()
    assert numbers(monitor.receive(raw[raw.index(b"MSH", 1) :] + b"MSH|", 0.0)) == edan


@pytest.mark.parametrize(
    ("code", "vital"),
    [
        (b"59408-5^^LN", Vital.SPO2),
        (b"8889-8^^LN", Vital.PULSE_RATE),
        (b"149522^MDC_PULS_RATE^MDC", Vital.PULSE_RATE),
        (b"SpO2^SpO2^99MNDRY", Vital.SPO2),
        (b"0002-4822^^MDIL", Vital.PULSE_RATE),
        (b"150456", Vital.SPO2),
        (b"19889-5^^LN", None),
        (b"150456^^99MNDRY", None),
        (b"150017^MDC_PRESS_BLD_SYS^MDC", None),
        (b"150017^MDC_PRESS_BLD_NONINV_SYS^MDC", Vital.SYSTOLIC),
        (b"150033^MDC_PRESS_BLD_ART_SYS^MDC", None),
        (b"150037^MDC_PRESS_BLD_ART_ABP_SYS^MDC", None),
        (b"150033^MDC_PRESS_BLD_NONINV_SYS^MDC", None),
        (b"150021^MDC_PRESS_BLD_ART_SYS^MDC", None),
        (b"0002-4a11^ABPs^MDIL", None),
    ],
)
def test_which_vital_a_code_names_and_an_invasive_pressure_never_is_a_cuffs(code: bytes, vital: Vital | None) -> None:
    told = numbers(driver().receive(message(row(code, b"97")), 0.0))
    assert vital in told if vital else told == {}


@pytest.mark.parametrize(
    ("code", "value", "unit", "expected"),
    [
        (b"150344^MDC_TEMP^MDC", b"98.6", b"266560^MDC_DIM_FAHR^MDC", 37.0),
        (b"150344^MDC_TEMP^MDC", b"98.6", b"268224^MDC_DIM_FAHR^MDC", 37.0),
        (b"150344^MDC_TEMP^MDC", b"98.6", b"[degF]^^UCUM", 37.0),
        (b"150344^MDC_TEMP^MDC", b"36.6", b"Cel^Cel^UCUM", 36.6),
        (b"150344^MDC_TEMP^MDC", b"36.6", b"", 36.6),
        (b"150344^MDC_TEMP^MDC", b"98.6", b"268192^MDC_DIM_DEGC^MDC", None),
        (b"150344^MDC_TEMP^MDC", b"310", b"K", None),
        (b"151708^MDC_CONC_AWAY_CO2_ET^MDC", b"5.0", b"265987^MDC_DIM_KILO_PASCAL^MDC", 37.5),
        (b"151708^MDC_CONC_AWAY_CO2_ET^MDC", b"5.0", b"%^%^UCUM", None),
        (SYSTOLIC, b"16", b"kPa", 120.0),
        (SYSTOLIC, b"120", b"mm[Hg]^^UCUM", 120.0),
        (SYSTOLIC, b"120", b"cm[H2O]", None),
    ],
)
def test_units(code: bytes, value: bytes, unit: bytes, expected: float | None) -> None:
    reports = driver().receive(message(row(code, value, unit)), 0.0)
    one = reports[0]
    assert isinstance(one, Observation)
    assert (one.value, one.validity) == (expected, Validity.INVALID if expected is None else Validity.VALID)


@pytest.mark.parametrize("none", [b"", b"-1", b"-100", b"-100.00", b"-999", b"-99.9", b"8388607", b"--", b"--.-"])
@pytest.mark.parametrize("code", [SPO2, PULSE, SYSTOLIC])
def test_no_form_of_none_is_a_number(none: bytes, code: bytes) -> None:
    told = numbers(driver().receive(message(row(code, none)), 0.0))
    assert not [value for value in told.values() if value is not None]


@pytest.mark.parametrize("value", [b"0", b"255", b"Alert", b"97%", b"1e2", b"101"])
def test_an_impossible_saturation_is_invalid(value: bytes) -> None:
    (one,) = driver().receive(message(row(SPO2, value)), 0.0)
    assert isinstance(one, Observation)
    assert (one.value, one.validity) == (None, Validity.INVALID)


@pytest.mark.parametrize("value", [25, 127, 128, 129, 200, 255, 256, 300])
def test_pulse_around_byte_boundaries(value: int) -> None:
    assert numbers(driver().receive(message(row(PULSE, str(value).encode())), 0.0)) == {Vital.PULSE_RATE: float(value)}


def test_a_heart_rate_of_zero_is_real() -> None:
    assert numbers(driver().receive(message(row(b"147842^^MDC", b"0")), 0.0)) == {Vital.HEART_RATE: 0.0}


@pytest.mark.parametrize(
    ("flag", "validity", "mode"),
    [
        (b"INV", Validity.INVALID, Mode.REAL),
        (b"NAV", Validity.UNAVAILABLE, Mode.REAL),
        (b"ONGOING", Validity.ONGOING, Mode.REAL),
        (b"CALIB", Validity.CALIBRATION, Mode.REAL),
        (b"QUES", Validity.QUESTIONABLE, Mode.REAL),
        (b"QUES~INV", Validity.INVALID, Mode.REAL),
        (b"DEMO", Validity.VALID, Mode.DEMO),
        (b"N~DEMO", Validity.VALID, Mode.DEMO),
        (b"TEST", Validity.VALID, Mode.TEST),
        (b"L", Validity.VALID, Mode.REAL),
    ],
)
def test_flags(flag: bytes, validity: Validity, mode: Mode) -> None:
    one = driver().receive(message(row(SPO2, b"97", flags=flag)), 0.0)[-1]
    assert isinstance(one, Observation)
    assert (one.validity, one.mode) == (validity, mode)


def test_a_value_that_the_device_stamps_as_old_is_not_present() -> None:
    old, fresh = b"20260302115859", b"20260302115900"
    assert numbers(driver().receive(message(row(SPO2, b"97", at=old)), 0.0)) == {Vital.SPO2: None}
    assert numbers(driver().receive(message(row(SPO2, b"97", at=fresh)), 0.0)) == {Vital.SPO2: 97.0}


def test_two_sources_never_take_turns() -> None:
    monitor = driver()
    direct, other = (message(row(code, value)) for code, value in ((b"151562^^MDC", b"14"), (b"151570^^MDC", b"30")))
    assert numbers(monitor.receive(direct, 0.0)) == {Vital.RESPIRATION_RATE: 14.0}
    assert numbers(monitor.receive(other, 1.0)) == {}
    assert numbers(monitor.receive(other, 30.0)) == {Vital.RESPIRATION_RATE: 30.0}
    assert numbers(monitor.receive(direct, 31.0)) == {Vital.RESPIRATION_RATE: 14.0}


# Cuff readings


def test_a_reading_is_new_by_its_stamp() -> None:
    monitor = driver()
    at, later = b"20260302115000", b"20260302115500"
    assert len(monitor.receive(cuff(b"120", b"80", at=at), 0.0)) == 2
    assert monitor.receive(cuff(b"120", b"80", at=at, sent=b"20260302121000"), 1.0) == []
    assert len(monitor.receive(cuff(b"120", b"80", at=later), 2.0)) == 2
    monitor.reset()
    assert monitor.receive(cuff(b"120", b"80", at=later), 3.0) == []


@pytest.mark.parametrize("at", [b"", b"20260302120000", b"20260302115959"])
def test_without_a_stamp_of_its_own_a_reading_is_new_when_it_differs(at: bytes) -> None:
    monitor = driver()
    assert len(monitor.receive(cuff(b"120", b"80", at=at), 0.0)) == 2
    assert monitor.receive(cuff(b"120", b"80", at=at), 1.0) == []
    assert len(monitor.receive(cuff(b"180", b"110", at=at), 2.0)) == 2


def test_a_reading_sent_at_once_is_not_new_when_it_is_sent_with_an_old_stamp() -> None:
    monitor = driver()
    assert len(monitor.receive(cuff(b"120", b"80", at=b"20260302120000"), 0.0)) == 2
    assert monitor.receive(cuff(b"120", b"80", at=b"20260302120000", sent=b"20260302121000"), 600.0) == []


def test_zeros_and_nothing_are_no_reading() -> None:
    assert driver().receive(cuff(b"0", b"0", at=b""), 0.0) == []
    assert driver().receive(cuff(b"", b"-100", at=b""), 0.0) == []


def test_a_clock_set_back_gives_no_age() -> None:
    one = driver().receive(cuff(b"120", b"80", at=b"20260302130000"), 0.0)[0]
    assert isinstance(one, Observation)
    assert one.reading_age_s == 0.0


# Statuses


def pcd04(
    name: bytes, *, place: int = 150456, phase: bytes = b"start", state: bytes = b"active", priority: bytes = b""
) -> bytes:
    at = b"1.3.1.%d" % place
    return message(
        b"OBX|1|CWE|196616^MDC_EVT_ALARM^MDC|%b.1|196648^%b^MDC||||||F" % (at, name),
        b"OBX|2|NM|150456^MDC_PULS_OXIM_SAT_O2^MDC|%b.2|84|||||F" % at,
        b"OBX|3|ST|68481^MDC_ATTR_EVENT_PHASE^MDC|%b.3|%b" % (at, phase),
        b"OBX|4|ST|68482^MDC_ATTR_ALARM_STATE^MDC|%b.4|%b" % (at, state),
        b"OBX|5|ST|68484^MDC_ATTR_ALARM_PRIORITY^MDC|%b.5|%b" % (at, priority),
        kind=b"ORU^R40^ORU_R40",
    )


@pytest.mark.parametrize(("priority", "word"), [(b"PH", "high"), (b"PM", "medium"), (b"PL", "low"), (b"", "")])
def test_pcd04_alarm_begins_and_ends(priority: bytes, word: str) -> None:
    monitor = driver()
    (begun,) = monitor.receive(pcd04(b"MDC_EVT_LO", priority=priority), 0.0)
    assert begun == DeviceStatus(
        "m", Status.MONITOR_ALARM, True, 0.0, "MDC_EVT_LO", priority=word, limit_of=(Vital.SPO2,)
    )
    assert monitor.receive(pcd04(b"MDC_EVT_LO", phase=b"continue", priority=priority), 1.0) == []
    ended = pcd04(b"MDC_EVT_LO", phase=b"end", state=b"inactive", priority=priority)
    assert monitor.receive(ended, 2.0) == [DeviceStatus("m", Status.MONITOR_ALARM, False, 2.0)]


def monitor_alarm(reports: list[Report]) -> DeviceStatus:
    (one,) = (report for report in reports if isinstance(report, DeviceStatus))
    assert one.status == Status.MONITOR_ALARM
    return one


def test_an_asystole_beside_a_passed_limit_does_not_pass_for_a_limit() -> None:
    monitor = driver()
    assert monitor_alarm(monitor.receive(message(row(SPO2, b"84", flags=b"L")), 0.0)).limit_of == (Vital.SPO2,)
    both = monitor_alarm(monitor.receive(pcd04(b"MDC_EVT_ECG_ASYSTOLE", priority=b"PH"), 1.0))
    assert (both.limit_of, both.priority) == ((), "high")


def test_an_alarm_without_a_priority_is_not_lowered_by_a_low_one() -> None:
    monitor = driver()
    monitor.receive(pcd04(b"MDC_EVT_LEADS_OFF", priority=b"PL"), 0.0)
    assert monitor_alarm(monitor.receive(pcd04(b"MDC_EVT_APNEA", place=2), 1.0)).priority == ""


def test_a_monitor_that_never_ends_its_alarms_cannot_hide_a_new_one() -> None:
    monitor = driver()
    for place in range(MOST_ALARMS):
        monitor.receive(pcd04(b"MDC_EVT_LEADS_OFF", place=place, priority=b"PL"), 0.0)
    told = monitor_alarm(monitor.receive(pcd04(b"MDC_EVT_ECG_ASYSTOLE", priority=b"PH"), 1.0))
    assert told.priority == "high"
    assert told.detail.startswith("MDC_EVT_ECG_ASYSTOLE")
    for place in range(1000, 1000 + MOST_ALARMS):
        monitor.receive(pcd04(b"MDC_EVT_LEADS_OFF", place=place, priority=b"PL"), 2.0)
    ended = pcd04(b"MDC_EVT_ECG_ASYSTOLE", phase=b"end", state=b"inactive")
    assert monitor_alarm(monitor.receive(ended, 3.0)).priority == "low"


# Sending


def test_a_message_is_refused_since_it_may_be_of_any_age() -> None:
    with pytest.raises(UsageError, match="not messages"):
        driver().receive(Message(message(row(SPO2, b"97")), "m/hl7", retained=True), 0.0)


@pytest.mark.parametrize(
    ("accept", "apply", "option", "answered"),
    [
        (b"AL", b"NE", "asked", True),
        (b"NE", b"AL", "asked", True),
        (b"SU", b"", "asked", True),
        (b"ER", b"NE", "asked", False),
        (b"", b"", "asked", False),
        (b"", b"", "always", True),
        (b"AL", b"AL", "never", False),
    ],
)
def test_acknowledgement_as_asked(accept: bytes, apply: bytes, option: str, answered: bool) -> None:
    monitor = driver(acknowledge=option)
    monitor.receive(message(row(SPO2, b"97")).replace(b"|AL|NE", b"|" + accept + b"|" + apply), 0.0)
    sent = monitor.due(0.1).send
    header = b"MSH|^~\\&|VitalWatch||MONITOR^0000000000000001^EUI-64||20260302120000||ACK^R01|VW1|P|2.6"
    expected = b"\x0b" + header + b"\rMSA|AA|7\r\x1c\r"
    assert sent == ((expected,) if answered else ())
    assert monitor.due(0.2).send == ()


def test_philips_is_acknowledged_without_asking(project: Path) -> None:
    monitor = driver()
    monitor.receive((project / "tests/data/hl7/dialects.hl7").read_bytes(), 0.0)
    (answer,) = monitor.due(0.1).send
    assert b"|ACK^^ACK_ALL|" in answer
    assert b"\rMSA|AA|55\r" in answer


def test_an_acknowledgement_is_never_acknowledged() -> None:
    monitor = driver(acknowledge="always")
    monitor.receive(message(kind=b"ACK"), 0.0)
    assert monitor.due(0.1).send == ()


def test_unsent_acknowledgements_are_bounded_and_die_with_the_link() -> None:
    monitor = driver()
    monitor.receive(message(row(SPO2, b"97")) * 1000, 0.0)
    assert len(monitor.due(0.1).send) == 64
    monitor.receive(message(row(SPO2, b"97")), 0.0)
    monitor.reset()
    assert monitor.due(0.2).send == ()


def test_questions_are_sent_only_if_the_config_says_so() -> None:
    assert driver(acknowledge="never").due(0.0) == NOTHING_DUE
    monitor = driver(ask="edan", period_s=5.0)
    assert b"QRF|MON||||1\r" in monitor.due(0.0).send[0]
    assert monitor.due(4.9).send == ()
    assert len(monitor.due(5.0).send) == 1
    monitor.reset()
    assert len(monitor.due(5.1).send) == 1


# Anything


STREAM = b"".join(frame for sample in CONFORMANCE.samples for frame in sample.frames if isinstance(frame, bytes))


@given(st.lists(st.integers(0, len(STREAM)), max_size=8))
def test_any_split_gives_the_same_reports(cuts: list[int]) -> None:
    whole, parts = driver(), driver()
    edges = [0, *sorted(cuts), len(STREAM)]
    told = [one for a, b in pairwise(edges) for one in parts.receive(STREAM[a:b], 0.0)]
    assert told == whole.receive(STREAM, 0.0)
    assert parts.counts == whole.counts


@given(st.binary(max_size=400), st.integers(0, len(STREAM)))
def test_any_bytes_never_raise(noise: bytes, place: int) -> None:
    monitor = driver()
    monitor.receive(STREAM[:place] + noise + STREAM[place:], 0.0)
    monitor.redact(noise)
    assert numbers(monitor.receive(b"\x1c\r" + message(row(b"147842^^MDC", b"70")), 99.0))[Vital.HEART_RATE] == 70.0


@given(st.lists(st.integers(0, 400), max_size=6), st.sampled_from([b"\r", b"\n", b"\r\n"]))
def test_no_name_is_recorded_however_the_bytes_are_cut(cuts: list[int], end: bytes) -> None:
    data = Path(__file__).resolve().parents[4].joinpath("tests/data/hl7/dialects.hl7").read_bytes().replace(b"\r", end)
    monitor = driver()
    edges = sorted({0, *cuts, len(data)})  # no empty chunk: that would ask for what is kept back
    kept = b"".join(monitor.redact(data[a:b]) for a, b in pairwise(edges)) + monitor.redact(b"")
    assert b"NAME" not in kept
    assert b"19700101" not in kept
    assert kept == driver().redact(data)


def test_a_name_cut_by_a_lost_link_is_not_recorded() -> None:
    for flush, tail in product((True, False), (b"FAMILY^GIVEN|\r", b"NK1|FAMILY\r", b"MILY")):
        monitor = driver()
        kept = monitor.redact(b"\x0bMSH|^~\\&|A\rPID|||FA") + (monitor.redact(b"") if flush else b"")
        kept += monitor.redact(tail) + monitor.redact(b"")
        assert b"FA" not in kept
        assert b"MILY" not in kept
