"""A hub of one chair with one oximeter, driven by calls on its supervisor."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from vitalwatch.alarms.engine import ChairSpec
from vitalwatch.alarms.facts import DeviceSpec
from vitalwatch.driver import NoOptions, load_driver
from vitalwatch.hub import ChairFace, ChairSetup, DeviceSetup, Hub
from vitalwatch.links import Links


class HandClock:
    """Time moves only when told to."""

    speed = 1.0
    time = 100.0

    def now(self) -> float:
        return self.time

    def wall(self) -> datetime:
        return datetime(2026, 3, 2, 10, 15, tzinfo=UTC)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def make_hub(clock: HandClock, tmp_path: Path) -> Callable[[], Hub]:
    """Makes the hub; not run, so that nothing happens but what the test does."""

    def make_hub() -> Hub:
        driver = load_driver("nellcor")("ox", NoOptions())
        spec = ChairSpec("1", (DeviceSpec("ox", driver.vitals, driver.period_s),))
        device = DeviceSetup("ox", driver, "nellcor", Links(clock, tmp_path).open("loop://ox"))
        return Hub("Test clinic", [ChairSetup(spec, ChairFace("1", "Chair 1", ""), (device,))], clock)

    return make_hub
