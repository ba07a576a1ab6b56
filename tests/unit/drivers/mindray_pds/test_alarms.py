"""The monitor's own alarms: words, numbers, stars."""

from __future__ import annotations

import pytest

from vitalwatch.model import Status, Vital
from vitalwatch_drivers.mindray_pds.alarms import MOST_ALARMS, OTHER_TECHNICAL, Alarm, physiological, technical
from vitalwatch_drivers.mindray_pds.conformance import alarm, message
from vitalwatch_drivers.mindray_pds.conformance import technical as row
from vitalwatch_drivers.mindray_pds.frames import parse

PRESSURES = (Vital.SYSTOLIC, Vital.DIASTOLIC, Vital.MEAN_PRESSURE)


def told(*rows: str) -> list[Alarm]:
    return physiological(parse(message(54, *rows)[1:-2]))


def statuses(*rows: str) -> dict[str, str]:
    return technical(parse(message(56, *rows)[1:-2]))


@pytest.mark.parametrize(
    ("text", "limit_of"),
    [
        ("10033^**SpO2 TOO HIGH", (Vital.SPO2,)),
        ("10002^**HR TOO LOW", (Vital.HEART_RATE,)),
        ("10044^**RR TOO LOW", (Vital.RESPIRATION_RATE,)),
        ("10076^**T1 Too Low", (Vital.TEMPERATURE,)),
        ("10002^**心率过低", (Vital.HEART_RATE,)),
        ("0^**PR TOO HIGH", (Vital.PULSE_RATE,)),
        ("0^**awRR(AG) TOO LOW", (Vital.RESPIRATION_RATE,)),
        ("0^**EtCO2 TOO HIGH", (Vital.ETCO2,)),
        ("0^**T2 TOO HIGH", (Vital.TEMPERATURE,)),
        ("0^***SpO2 DESAT", (Vital.SPO2,)),
        ("0^**NIBP TOO HIGH", PRESSURES),
        ("0^**NIBP-Sys TOO HIGH", (Vital.SYSTOLIC,)),
        ("0^**NIBP-S TOO HIGH", (Vital.SYSTOLIC,)),
        ("0^**NIBP-Dia TOO LOW", (Vital.DIASTOLIC,)),
        ("0^**NIBP-Mean TOO LOW", (Vital.MEAN_PRESSURE,)),
        ("10170^**Art-Sys TOO HIGH", ()),
        ("10302^**CVP-Mean TOO HIGH", ()),
        ("0^**PRESSURE TOO HIGH", ()),
        ("0^**SpO2 HIGHER", ()),
        ("0^***ASYSTOLE", ()),
        ("9^**心率过低", ()),
    ],
)
def test_whose_limit_an_alarm_is_about(text: str, limit_of: tuple[Vital, ...]) -> None:
    (one,) = told(alarm(text))
    assert one.limit_of == limit_of
    assert not one.text.startswith("*")


@pytest.mark.parametrize(
    ("stars", "priority"), [("***", "high"), ("**", "medium"), ("*", "low"), ("", ""), ("****", "")]
)
def test_stars_are_the_priority(stars: str, priority: str) -> None:
    assert told(alarm(f"1^{stars}APNEA")) == [Alarm("APNEA", priority, ())]


def test_the_most_urgent_comes_first() -> None:
    rows = (alarm("1^*ONE"), alarm("2^TWO"), alarm("3^***THREE"), alarm("4^**FOUR"))
    assert [one.text for one in told(*rows)] == ["THREE", "FOUR", "TWO", "ONE"]


def test_an_alarm_without_words_is_told_by_its_number() -> None:
    assert [one.text for one in told(alarm("10033"), alarm(""))] == ["alarm 10033"]


def test_rows_beside_alarms_are_no_alarms() -> None:
    assert told("OBX||CE|2040^||0^||||||F", "OBX||CE|2040^||1^On||||||F") == []
    assert statuses("OBX||CE|2041^||0^||||||F") == {}


def test_a_list_is_bounded() -> None:
    assert len(told(*(alarm(f"{n}^*A") for n in range(200)))) == MOST_ALARMS


def test_the_most_urgent_of_a_long_list_is_not_left_out() -> None:
    assert told(*(alarm(f"{n}^*A") for n in range(MOST_ALARMS)), alarm("99^***ASYSTOLE"))[0].text == "ASYSTOLE"


def test_the_last_row_of_a_long_list_still_says_that_the_sensor_is_off() -> None:
    rows = (row(f"{n}^ECG noise") for n in range(1000, 1000 + MOST_ALARMS))
    assert Status.SENSOR_OFF in statuses(*rows, row("205^SpO2 Sensor Off"))


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("205^SpO2 Sensor Off", Status.SENSOR_OFF),
        ("205^SpO2 传感器脱落", Status.SENSOR_OFF),
        ("1^SpO2 Finger Off", Status.SENSOR_OFF),
        ("1^SpO2 No Sensor", Status.NO_SENSOR),
        ("1^SpO2 No Pulse", Status.PULSE_LOST),
        ("1^SpO2 Search Pulse", Status.SEARCHING),
        ("1^SpO2 Low Perf", Status.LOW_PERFUSION),
        ("1^SpO2 Low Signal", Status.LOW_SIGNAL),
        ("1^SpO2 Weak Signal", Status.LOW_SIGNAL),
        ("1^SpO2 Excess Motion", Status.MOTION),
        ("1^SpO2 Interference", Status.INTERFERENCE),
        ("1^SpO2 Too Much Light", Status.AMBIENT_LIGHT),
        ("1^SpO2 Sensor Fault", Status.SENSOR_FAULT),
        ("1^SpO2 Comm Err", Status.SENSOR_FAULT),
        ("1^SpO2 something", OTHER_TECHNICAL),
        ("1^NIBP Cuff Loose", Status.CUFF_FAILED),
        ("1^Low Battery", Status.BATTERY_LOW),
        ("5^ECG Lead Off", OTHER_TECHNICAL),
        ("77", OTHER_TECHNICAL),
    ],
)
def test_technical_alarms(text: str, status: str) -> None:
    number, _, words = text.partition("^")
    assert statuses(row(text)) == {status: words or f"alarm {number}"}


def test_two_technical_alarms_of_a_kind_share_a_status() -> None:
    assert statuses(row("5^ECG Lead Off"), row("6^ECG Noise")) == {OTHER_TECHNICAL: "ECG Lead Off, ECG Noise"}
