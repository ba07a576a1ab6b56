"""What a driver said, as lines of JSON and of a table."""

from __future__ import annotations

import json

import pytest

from vitalwatch.decode.output import Table, json_line, json_summary, summary_words
from vitalwatch.driver import Counts
from vitalwatch.model import DeviceStatus, Mode, Observation, Report, Validity, Vital, Waveform

SPO2 = Observation("ox", Vital.SPO2, 97.0, Validity.VALID, 1.0, device_time="2026-03-02T10:15:07")


def test_an_observation() -> None:
    assert json_line(0.1234567, SPO2) == (
        b'{"kind":"observation","t":0.123457,"device":"ox","vital":"spo2","value":97,"unit":"%","validity":"valid",'
        b'"mode":"real","episodic":false,"device_time":"2026-03-02T10:15:07"}\n'
    )


@pytest.mark.parametrize(
    ("report", "fields"),
    [
        (Observation("ox", Vital.SPO2, None, Validity.INVALID, 1.0), {"value": None, "validity": "invalid"}),
        (Observation("ox", Vital.SPO2, None, Validity.UNAVAILABLE, 1.0), {"value": None, "device_time": None}),
        (Observation("ox", Vital.SPO2, 97.0, Validity.VALID, 1.0, Mode.DEMO), {"mode": "demo"}),
        (Observation("ox", Vital.TEMPERATURE, 36.6, Validity.VALID, 1.0), {"value": 36.6, "unit": "°C"}),
        (
            Observation("ox", Vital.SYSTOLIC, 120, Validity.VALID, 1.0, reading_age_s=159.0),
            {"episodic": True, "reading_age_s": 159},
        ),
        (DeviceStatus("ox", "motion", True, 1.0, "MO"), {"kind": "status", "active": True, "detail": "MO"}),
        (DeviceStatus("ox", "motion", False, 1.0), {"kind": "status", "status": "motion", "active": False}),
        (DeviceStatus("ox", "x", True, 1.0, "\udcff"), {"detail": "?"}),
        (
            Waveform("ox", "pleth", 75.0, (1.0, None, 2.5), 1.0),
            {"kind": "waveform", "signal": "pleth", "rate_hz": 75, "samples": [1, None, 2.5]},
        ),
    ],
)
def test_what_is_in_a_line(report: Report, fields: dict[str, object]) -> None:
    line = json.loads(json_line(2.0, report))
    assert {key: line[key] for key in fields} == fields
    assert (line["t"], line["device"]) == (2.0, "ox")


def test_the_age_of_a_reading_and_an_empty_detail_are_left_out() -> None:
    assert b"reading_age_s" not in json_line(0.0, SPO2)
    assert b"detail" not in json_line(0.0, DeviceStatus("ox", "motion", False, 1.0))


def test_the_last_line() -> None:
    counts = Counts(frames=3, bad_frames=1, dropped_bytes=20)
    assert json_summary(counts) == b'{"kind":"summary","frames":3,"bad_frames":1,"dropped_bytes":20}\n'
    assert summary_words(counts, 1.5) == "1.5 s, 3 frames, 1 bad frame, 20 bytes dropped."


def test_the_table_has_a_line_a_moment_with_a_column_a_vital() -> None:
    table = Table((Vital.SPO2, Vital.SYSTOLIC))
    assert table.header().plain.split() == ["seconds", "SpO2", "%", "SYS", "mmHg"]
    reports: list[Report] = [
        DeviceStatus("ox", "motion", True, 1.0, "MO"),
        DeviceStatus("ox", "demo", False, 1.0),
        Observation("ox", Vital.SPO2, 97.0, Validity.QUESTIONABLE, 1.0, Mode.DEMO),
        Observation("ox", Vital.SYSTOLIC, 120, Validity.VALID, 1.0, reading_age_s=159.0),
        Waveform("ox", "pleth", 75.0, (1.0, 2.0), 1.0),
    ]
    assert table.line(2.0, reports).plain == (
        "      2.000     97?       120  +motion (MO)  -demo  DEMO  read 159 s before  pleth: 2 samples"
    )


@pytest.mark.parametrize(("validity", "cell"), [(Validity.UNAVAILABLE, "--"), (Validity.INVALID, "invalid")])
def test_no_value_is_shown_as_none_or_as_what_is_wrong(validity: Validity, cell: str) -> None:
    assert Table((Vital.SPO2,)).line(0.0, [Observation("ox", Vital.SPO2, None, validity, 0.0)]).plain.endswith(cell)


def test_nothing_that_a_device_says_is_taken_for_markup() -> None:
    line = Table((Vital.SPO2,)).line(0.0, [DeviceStatus("ox", "x", True, 0.0, "[bold]a[/]")])
    assert "[bold]a[/]" in line.plain
