"""An oximeter, a chest strap and a cuff behind a Bluetooth gateway. Pure: see ``vitalwatch_simulators.monitor``."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Final

from vitalwatch_simulators.bluetooth import encoder
from vitalwatch_simulators.monitor import Person, Publication

OFFLINE: Final = Publication("/availability", b"offline", 0)

INFLATING_S: Final = 25.0
"""How long one cuff measurement takes, pumping up and letting down."""

BODY_MOVEMENT: Final = 1 << 0
"""Status of a cuff measurement."""

HIGHEST_PRESSURE: Final = 180
LOWEST_PRESSURE: Final = 40


class _EachSecond:
    """What publishes once a second."""

    def __init__(self) -> None:
        self._sent = 0

    @property
    def will(self) -> Publication:
        """What the broker publishes in the gateway's name when its connection breaks."""
        return OFFLINE

    def next_at(self) -> float:
        """Seconds since the start at which it publishes next."""
        return float(self._sent)


class BluetoothOximeter(_EachSecond):
    """Notifies 2A5F once a second; off the finger it shows no numbers.

    Args:
        patient: who wears it.
    """

    def __init__(self, patient: Person) -> None:
        super().__init__()
        self._patient = patient

    def emit(self, t: float) -> list[Publication]:
        """What the gateway publishes at ``t``."""
        self._sent += 1
        now = self._patient.vitals(t)
        sees = now.sensor == "on"
        measurement = 1 << encoder.MEASUREMENT_ONGOING
        measurement |= 1 << (encoder.FULLY_QUALIFIED if sees else encoder.MEASUREMENT_UNAVAILABLE)
        sensor = 0 if sees else 1 << encoder.SENSOR_BITS[now.sensor]
        if sees and now.motion:
            sensor |= 1 << encoder.ERRATIC_SIGNAL
        payload = encoder.encode_continuous(
            round(now.spo2) if sees else None,
            round(now.heart_rate) if sees else None,
            now.perfusion_index if sees else None,
            measurement,
            sensor,
        )
        return [Publication("/2a5f", payload, 0)]


class BluetoothStrap(_EachSecond):
    """Notifies 2A37 once a second. It stays on whatever the oximeter's sensor does.

    Args:
        patient: who wears it.
    """

    def __init__(self, patient: Person) -> None:
        super().__init__()
        self._patient = patient

    def emit(self, t: float) -> list[Publication]:
        """What the gateway publishes at ``t``."""
        self._sent += 1
        rate = round(self._patient.vitals(t).heart_rate)
        return [Publication("/2a37", encoder.encode_heart_rate(rate, contact=True), 0)]


class BluetoothCuff:
    """Measures at a fixed interval: 2A36 each second while it runs, then 2A35 once, QoS 1.

    A measurement takes 25 s. The first is already under way when the simulation starts. An arm that moves when the
    result is due spoils it: then 2A35 holds no numbers.

    Args:
        patient: who wears it.
        started: what its own clock reads at the start of the simulation.
        interval_s: seconds from one result to the next; more than 25.
        first_s: seconds from the start to the first result.

    Attributes:
        start: its clock; may be set while it runs.

    Raises:
        ValueError: if the cuff would have no rest between two measurements.
    """

    def __init__(self, patient: Person, started: datetime, interval_s: float = 300.0, first_s: float = 8.0) -> None:
        if interval_s <= INFLATING_S:
            raise ValueError(f"a cuff interval must be more than {INFLATING_S:g} s, not {interval_s:g}")
        self._patient = patient
        self.start = started
        self._interval_s = interval_s
        self._result_at = first_s
        self._next_at = 0.0

    @property
    def will(self) -> Publication:
        """What the broker publishes in the gateway's name when its connection breaks."""
        return OFFLINE

    def next_at(self) -> float:
        """Seconds since the start at which it publishes next: a moment of a measurement, or its result."""
        return self._next_at

    def emit(self, t: float) -> list[Publication]:
        """What the gateway publishes at ``t``."""
        if t >= self._result_at:
            result = self._result()
            self._result_at += self._interval_s
            self._next_at = self._result_at - INFLATING_S
            return [Publication("/2a35", result, 1)]
        share = (self._result_at - t) / INFLATING_S
        pressure = round(LOWEST_PRESSURE + (HIGHEST_PRESSURE - LOWEST_PRESSURE) * min(1.0, share))
        self._next_at = min(math.floor(t) + 1.0, self._result_at)
        return [Publication("/2a36", encoder.encode_cuff_pressure(pressure), 0)]

    def _result(self) -> bytes:
        body = self._patient.vitals(self._result_at)
        time = self.start + timedelta(seconds=self._result_at)
        if body.spoils_cuff:
            return encoder.encode_blood_pressure(None, None, None, None, time, BODY_MOVEMENT)
        return encoder.encode_blood_pressure(
            round(body.systolic), round(body.diastolic), round(body.mean_pressure), round(body.heart_rate), time, 0
        )
