"""The service's clock: monotonic, and faster only in proportion."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from vitalwatch import clock as module
from vitalwatch.clock import SystemClock


@pytest.fixture
def real(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The computer's monotonic time, as a list of one that the test sets."""
    now = [500.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    return now


def test_at_speed_1_service_seconds_are_the_computers_own(real: list[float]) -> None:
    clock = SystemClock()
    real[0] = 512.5
    assert clock.now() == 512.5


@pytest.mark.parametrize("speed", [0.1, 10.0, 100.0])
def test_at_another_speed_time_runs_on_from_the_moment_of_making(real: list[float], speed: float) -> None:
    clock = SystemClock(speed)
    start = clock.now()
    real[0] += 3.0
    assert clock.now() - start == pytest.approx(3.0 * speed)


def test_time_of_day_is_the_computers_at_every_speed() -> None:
    wall = SystemClock(100.0).wall()
    assert wall.utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - wall) < timedelta(minutes=1)
