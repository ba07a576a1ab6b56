"""An ESPHome node beside an oximeter and a cuff. Pure: see ``vitalwatch_simulators.monitor``."""

from __future__ import annotations

from typing import Final

from vitalwatch_simulators.esphome.encoder import encode_binary_sensor, encode_sensor, encode_status
from vitalwatch_simulators.monitor import Person, Publication

INFLATING_S: Final = 25.0
"""How long one cuff measurement takes, pumping up and letting down."""


class EsphomeNode:
    """Publishes SpO2, pulse and perfusion index once a second, each on its topic, and a cuff's readings in between.

    Off the finger it publishes ``nan``. Its binary sensors ``finger_out``, ``motion`` and ``cuff_running`` speak at the
    start and when they change. The first cuff reading comes 8 s after the start; one that an arm in motion spoils
    leaves no trace but the end of ``cuff_running``.

    Args:
        patient: who wears oximeter and cuff.
        interval_s: seconds from one cuff reading to the next; more than 25.
        first_s: seconds from the start to the first reading.

    Raises:
        ValueError: if the cuff would have no rest between two measurements.
    """

    def __init__(self, patient: Person, interval_s: float = 300.0, first_s: float = 8.0) -> None:
        if interval_s <= INFLATING_S:
            raise ValueError(f"a cuff interval must be more than {INFLATING_S:g} s, not {interval_s:g}")
        self._patient = patient
        self._interval_s = interval_s
        self._reading_at = first_s
        self._sent = 0
        self._switches: dict[str, bool] = {}

    @property
    def will(self) -> Publication:
        """What the broker publishes in the node's name when its connection breaks."""
        return encode_status(online=False)

    def next_at(self) -> float:
        """Seconds since the start at which it publishes next."""
        return float(self._sent)

    def emit(self, t: float) -> list[Publication]:
        """What it publishes at ``t``: what has changed of its binary sensors, then its sensors."""
        said = [encode_status(online=True)] if self._sent == 0 else []
        self._sent += 1
        now = self._patient.vitals(t)
        sees = now.sensor == "on"
        done = t >= self._reading_at
        if done:
            self._reading_at += self._interval_s
        said += self._changed("finger_out", not sees)
        said += self._changed("motion", now.motion)
        said += self._changed("cuff_running", t >= self._reading_at - INFLATING_S)
        said += [
            encode_sensor("spo2", now.spo2 if sees else None),
            encode_sensor("pulse_rate", now.heart_rate if sees else None),
            encode_sensor("perfusion_index", now.perfusion_index if sees else None, 1),
        ]
        if done and not now.spoils_cuff:
            said += [encode_sensor("systolic", now.systolic), encode_sensor("diastolic", now.diastolic)]
        return said

    def _changed(self, entity: str, on: bool) -> list[Publication]:
        if self._switches.get(entity) is on:
            return []
        self._switches[entity] = on
        return [encode_binary_sensor(entity, on=on)]
