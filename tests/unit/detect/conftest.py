"""What simulated oximeters say, and drivers that are made for one test."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from vitalwatch.driver import Counts, Driver, DriverInfo, LineSettings, NoOptions
from vitalwatch.model import Vital, observe
from vitalwatch_simulators.masimo import MasimoMonitor
from vitalwatch_simulators.nellcor import NellcorMonitor
from vitalwatch_simulators.patient import Patient

STARTED = datetime(2026, 3, 2, 10, 15, tzinfo=UTC)


@pytest.fixture
def nellcor() -> bytes:
    """A heading and six lines of a Nellcor oximeter."""
    monitor = NellcorMonitor(Patient(1), STARTED)
    return b"".join(monitor.emit(monitor.next_at()) for _ in range(6))


@pytest.fixture
def masimo() -> bytes:
    """Six lines of a Masimo oximeter."""
    monitor = MasimoMonitor(Patient(1), STARTED)
    return b"".join(monitor.emit(monitor.next_at()) for _ in range(6))


@pytest.fixture
def make_driver() -> Callable[..., type[Driver]]:
    """Makes drivers of a protocol with frames of so many bytes that begin with one sign; a frame is one reading."""

    def make(
        name: str = "made-up", size: int = 10, sign: bytes = b"<", value: float = 97.0, **info: Any
    ) -> type[Driver]:
        class MadeUp:
            Options = NoOptions

            def __init__(self, device: str, options: Any) -> None:
                self.counts = Counts()
                self.period_s = 1.0
                self.vitals = (Vital.SPO2,)
                self._device = device
                self._rest = b""

            def receive(self, data: Any, now: float) -> list[Any]:
                self._rest += data
                reports = []
                while self._rest:
                    if not self._rest.startswith(sign):
                        self._rest = self._rest[1:]
                        self.counts.dropped_bytes += 1
                        continue
                    if len(self._rest) < size:
                        break
                    self._rest = self._rest[size:]
                    self.counts.frames += 1
                    reports.append(observe(self._device, Vital.SPO2, value, now))
                return reports

        MadeUp.info = DriverInfo(  # type: ignore[attr-defined]
            name=name,
            title=f"{name} monitors",
            models=("one",),
            takes="stream",
            vitals=(Vital.SPO2,),
            period_s=1.0,
            settings=(LineSettings(9600),),
            **info,
        )
        return MadeUp  # type: ignore[return-value]

    return make
