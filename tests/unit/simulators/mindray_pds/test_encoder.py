"""Messages have the form of the recorded ones."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from vitalwatch_simulators.mindray_pds.encoder import (
    SPO2,
    CuffResult,
    Shown,
    admitted,
    asks,
    cuff,
    heartbeat,
    numerics,
    physiological,
    technical,
)

CLOCK = datetime(2007, 1, 6, 19, 19, 15)  # noqa: DTZ001 - the monitor's own time has no zone


def lines(raw: bytes) -> list[str]:
    assert raw.startswith(b"\x0b")
    assert raw.endswith(b"\r\x1c\r")
    return raw.decode().replace("\x0b", "").replace("\x1c\r", "").split("\r")[:-1]


def test_a_cuff_result_is_byte_for_byte_the_recorded_one(shared: Path) -> None:
    recorded = (shared / "captures/mindray-pds/nibp-503.mllp").read_bytes()
    assert cuff(CuffResult(120, 80, 93, CLOCK)) == recorded


def test_values_and_states_are_byte_for_byte_in_the_recording(shared: Path) -> None:
    recorded = (shared / "captures/mindray-pds/t8-stream-excerpt.mllp").read_bytes()
    shown = [Shown(160, "SpO2", "98"), Shown(161, "PR", "60"), Shown(162, "PI", "12.000")]
    assert numerics(SPO2, shown) in recorded
    assert heartbeat() in recorded
    assert physiological([], CLOCK) + technical([]) in recorded


def test_no_value_is_minus_100_with_state_2() -> None:
    assert lines(numerics(SPO2, [Shown(160, "SpO2", None)], demo=True)) == [
        "MSH|^~\\&|||||||ORU^R01|204|P|2.3.1|",
        "OBX||NM|160^SpO2|2103|-100|||DEMO|||F",
        "MSH|^~\\&|||||||ORU^R01|205|P|2.3.1|",
        "OBX||CE|2037^|160|2^||||||F",
    ]


def test_before_the_first_measurement_all_rows_are_none() -> None:
    assert {line.split("|", 4)[4] for line in lines(cuff(None))[1:]} == {"2105|-100||||||F||APERIODIC|00000000000000"}


def test_alarms_are_one_row_each() -> None:
    assert lines(physiological(["10033^**SpO2 TOO HIGH"], CLOCK))[1:] == [
        "OBX||CE|2|1|10033^**SpO2 TOO HIGH||||||F|||20070106191915|"
    ]
    assert lines(technical(["205^SpO2 Sensor Off"]))[1:] == ["OBX||CE|4||205^SpO2 Sensor Off||||||F|"]


def test_nobody_is_admitted() -> None:
    assert [line for line in lines(admitted()) if line.startswith("PID")] == ["PID|||"]


QUESTION = b"MSH|^~\\&|||||||QRY^R02|1203|P|2.3.1|\rQRD|20060731145557|R|I|1|||||RES\rQRF|MON||||0&0^1^1^1^\r"


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        (QUESTION, True),
        (QUESTION.replace(b"\r", b"\r\n"), True),
        (QUESTION.replace(b"1203", b"106"), False),
        (QUESTION.replace(b"QRY^R02", b"ORU^R01"), False),
        (QUESTION.partition(b"QRF")[0], False),
        (b"", False),
        (b"\xff\xfe", False),
    ],
)
def test_the_question(said: bytes, asked: bool) -> None:
    assert asks(said) is asked
