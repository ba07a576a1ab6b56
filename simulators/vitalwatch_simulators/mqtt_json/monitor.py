"""An oximeter and a cuff monitor that publish JSON. Pure: see ``vitalwatch_simulators.monitor``."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Final

from vitalwatch_simulators.monitor import Person, Publication
from vitalwatch_simulators.mqtt_json.encoder import CuffReading, encode_cuff, encode_offline, encode_oximeter
from vitalwatch_simulators.patient import Sensor

SENSOR_STATUS: Final[dict[Sensor, tuple[str, ...]]] = {
    "on": (),
    "off": ("sensor_off",),
    "unplugged": ("no_sensor",),
    "searching": ("searching",),
}
"""What the oximeter says about its sensor; anything but ``on`` leaves it without numbers."""

INFLATING_S: Final = 25.0
"""How long one cuff measurement takes, pumping up and letting down."""

REPEAT_S: Final = 5.0
"""How often a cuff monitor says its last reading again."""


class JsonOximeter:
    """Publishes SpO2, pulse rate and perfusion index once a second, QoS 0.

    Args:
        patient: who wears it.
        device: its name for itself.
        started: what its own clock reads at the start of the simulation.
        period_s: seconds between two messages.

    Attributes:
        start: its clock; may be set while it runs.
    """

    def __init__(self, patient: Person, device: str, started: datetime, period_s: float = 1.0) -> None:
        self._patient = patient
        self._device = device
        self.start = started
        self._period_s = period_s
        self._sent = 0

    @property
    def will(self) -> Publication:
        """What the broker publishes in its name when its connection breaks."""
        return Publication("", encode_offline(self._device), 0)

    def next_at(self) -> float:
        """Seconds since the start at which it publishes next."""
        return self._sent * self._period_s

    def emit(self, t: float) -> list[Publication]:
        """What it publishes at ``t``."""
        now = self._patient.vitals(t)
        statuses = SENSOR_STATUS[now.sensor]
        sees = now.sensor == "on"
        if sees and now.motion:
            statuses = ("motion",)
        payload = encode_oximeter(
            self._device,
            self._sent,
            self.start + timedelta(seconds=t),
            statuses,
            spo2=round(now.spo2) if sees else None,
            pulse_rate=round(now.heart_rate) if sees else None,
            perfusion_index=round(now.perfusion_index, 1) if sees else None,
        )
        self._sent += 1
        return [Publication("", payload, 0)]


class JsonCuff:
    """Measures at a fixed interval and publishes its last reading every 5 s, QoS 1.

    Each measurement takes 25 s, in which the status is ``cuff_inflating`` and the old reading is still shown. The
    first one is already under way when the simulation starts. An arm that moves when the reading is due spoils it:
    ``cuff_failed`` stands until the next measurement begins, and the old reading stays.

    Args:
        patient: who wears it.
        device: its name for itself.
        started: what its own clock reads at the start of the simulation.
        interval_s: seconds from one reading to the next; more than 25.
        first_s: seconds from the start to the first reading.

    Attributes:
        start: its clock; may be set while it runs.

    Raises:
        ValueError: if the cuff would have no rest between two measurements.
    """

    def __init__(
        self, patient: Person, device: str, started: datetime, interval_s: float = 300.0, first_s: float = 8.0
    ) -> None:
        if interval_s <= INFLATING_S:
            raise ValueError(f"a cuff interval must be more than {INFLATING_S:g} s, not {interval_s:g}")
        self._patient = patient
        self._device = device
        self.start = started
        self._interval_s = interval_s
        self._reading_at = first_s
        self._reading: CuffReading | None = None
        self._failed = False
        self._sent = 0
        self._next_at = 0.0

    @property
    def will(self) -> Publication:
        """What the broker publishes in its name when its connection breaks."""
        return Publication("", encode_offline(self._device), 1)

    def next_at(self) -> float:
        """Seconds since the start at which it publishes next: a repeat, or the begin or end of a measurement."""
        return self._next_at

    def emit(self, t: float) -> list[Publication]:
        """What it publishes at ``t``."""
        if t >= self._reading_at:
            self._measure()
        inflates_at = self._reading_at - INFLATING_S
        statuses: tuple[str, ...] = ()
        if t >= inflates_at:
            statuses = ("cuff_inflating",)
            self._failed = False
        elif self._failed:
            statuses = ("cuff_failed",)
        payload = encode_cuff(self._device, self._sent, self.start + timedelta(seconds=t), statuses, self._reading)
        self._sent += 1
        repeat_at = (math.floor(t / REPEAT_S) + 1) * REPEAT_S
        self._next_at = min(at for at in (repeat_at, inflates_at, self._reading_at) if at > t)
        return [Publication("", payload, 1)]

    def _measure(self) -> None:
        """Finish the measurement that is due, and plan the next."""
        at = self._reading_at
        body = self._patient.vitals(at)
        self._failed = body.spoils_cuff
        if not self._failed:
            self._reading = CuffReading(
                systolic=round(body.systolic),
                diastolic=round(body.diastolic),
                mean=round(body.mean_pressure),
                pulse=round(body.heart_rate),
                time=self.start + timedelta(seconds=at),
            )
        self._reading_at += self._interval_s
