"""A CASMED 740 is recognised by its answers to what the driver asks, and by nobody else."""

from __future__ import annotations

from datetime import UTC, datetime

from vitalwatch.detect.listen import find_listeners
from vitalwatch.detect.score import Confidence, Panel, judge
from vitalwatch.driver import LineSettings
from vitalwatch_drivers.casmed.driver import READ_NUMERICS
from vitalwatch_simulators.casmed import CasmedMonitor
from vitalwatch_simulators.patient import Patient


def test_it_is_recognised_by_its_answers() -> None:
    monitor = CasmedMonitor(Patient(3), datetime(2026, 3, 2, tzinfo=UTC))
    panel = Panel(find_listeners().drivers, LineSettings(115200))
    for question in (READ_NUMERICS,) * 5:
        panel.hear(monitor.receive(question, 40.0), 0.0)
    verdict = judge([panel.heard()])
    assert verdict.confidence is Confidence.SURE
    assert verdict.score is not None
    assert verdict.score.driver == "casmed"
    assert verdict.score.values.keys() == {"spo2", "pulse_rate", "temperature"}
