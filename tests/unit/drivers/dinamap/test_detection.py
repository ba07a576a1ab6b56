"""Both forms are recognised among all installed drivers, and by nobody else."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from vitalwatch.detect.listen import find_listeners
from vitalwatch.detect.score import Confidence, Panel, Verdict, judge
from vitalwatch.driver import LineSettings
from vitalwatch_drivers.dinamap.driver import READ_CUFF, READ_OXIMETER
from vitalwatch_simulators.dinamap import DinamapMonitor
from vitalwatch_simulators.patient import Patient

QUESTIONS = (READ_OXIMETER, READ_CUFF)


def verdict_on(data: bytes) -> Verdict:
    panel = Panel(find_listeners().drivers, LineSettings(9600))
    panel.hear(data, 0.0)
    return judge([panel.heard()])


@pytest.mark.parametrize("cut", [0, 1, 7, 450])
def test_a_pro_1000_is_recognised_by_listening(shared: Path, cut: int) -> None:
    text = (shared / "captures/dinamap-pro1000/native-binary-blocks-0000-0749.hex").read_text()
    verdict = verdict_on(bytes.fromhex(text)[cut : cut + 4 * 900])
    assert verdict.confidence is Confidence.SURE
    assert verdict.score is not None
    assert (verdict.score.driver, verdict.score.values) == ("dinamap", {"heart_rate": 60})


def test_the_ascii_form_is_recognised_by_its_answers() -> None:
    monitor = DinamapMonitor(Patient(3), datetime(2026, 3, 2, tzinfo=UTC))
    verdict = verdict_on(b"".join(monitor.receive(question, 40.0) for question in QUESTIONS * 2))
    assert verdict.confidence is Confidence.SURE
    assert verdict.score is not None
    assert verdict.score.driver == "dinamap"
    assert {"spo2", "systolic", "diastolic", "mean_pressure"} <= verdict.score.values.keys()
