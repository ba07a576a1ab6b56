"""What the engine is told: samples, cuff readings, device states, links, and people's acts. Pure values.

Every event names its chair. Times are the ``now`` of the step that carries the event, never inside it, except a cuff
reading's age.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

import msgspec

from vitalwatch.model import CUFF_VITALS, DeviceStatus, Mode, Observation, Report, Validity, Vital


class Sampled(msgspec.Struct, frozen=True, tag=True):
    """One sample, or none, of a streamed vital."""

    chair: str
    device: str
    vital: Vital
    value: float | None
    validity: Validity
    mode: Mode = Mode.REAL


class CuffRead(msgspec.Struct, frozen=True, tag=True):
    """One new cuff reading, mmHg and bpm; pressures are ``None`` where the device gave no usable number."""

    chair: str
    device: str
    systolic: float | None
    diastolic: float | None
    mean: float | None = None
    pulse: float | None = None
    age_s: float = 0.0
    mode: Mode = Mode.REAL


class StatusChanged(msgspec.Struct, frozen=True, tag=True):
    """A device state began or ended."""

    chair: str
    device: str
    status: str
    active: bool
    detail: str = ""
    priority: str = ""


class Heard(msgspec.Struct, frozen=True, tag=True):
    """A whole frame of the device's protocol arrived, whatever it said."""

    chair: str
    device: str


class LinkChanged(msgspec.Struct, frozen=True, tag=True):
    """The link to a device opened or was lost; ``reason`` is in plain words."""

    chair: str
    device: str
    up: bool
    reason: str = ""


class Acknowledge(msgspec.Struct, frozen=True, tag=True):
    """A named person has seen one condition."""

    chair: str
    condition: str
    actor: str


class PauseAudio(msgspec.Struct, frozen=True, tag=True):
    """A named person stops the sound of one chair for a while; never without an end."""

    chair: str
    actor: str
    seconds: float = 120.0


class ResumeAudio(msgspec.Struct, frozen=True, tag=True):
    """A named person ends an audio pause early."""

    chair: str
    actor: str


class SetChairState(msgspec.Struct, frozen=True, tag=True):
    """A named person says that a chair is ``empty``, ``watched`` or on ``standby``."""

    chair: str
    state: str
    actor: str
    reason: str = ""


class SetPhase(msgspec.Struct, frozen=True, tag=True):
    """A named person says which phase the visit is in: ``preparation``, ``infusion`` or ``recovery``."""

    chair: str
    phase: str
    actor: str


Act: TypeAlias = Acknowledge | PauseAudio | ResumeAudio | SetChairState | SetPhase
"""What people do; each names who did it."""

Event: TypeAlias = Sampled | CuffRead | StatusChanged | Heard | LinkChanged | Act
"""Everything the engine can be told."""


def events_from(chair: str, reports: Iterable[Report]) -> list[Event]:
    """Turn what a driver reported in one go into engine events.

    The cuff observations among them become one :class:`CuffRead`, so that no rule ever judges half a reading.
    Waveforms decide nothing and are left out. Statuses come first: a value beside "sensor off" must not be judged
    before the status is known; and what begins comes before what ends, so that a sensor that goes from "off" to
    "disconnected" is at no moment without a reason.
    """
    statuses: list[StatusChanged] = []
    samples: list[Event] = []
    cuff: dict[Vital, Observation] = {}
    for report in reports:
        if isinstance(report, DeviceStatus):
            statuses.append(
                StatusChanged(chair, report.device, report.status, report.active, report.detail, report.priority)
            )
        elif isinstance(report, Observation):
            if report.vital in CUFF_VITALS:
                cuff[report.vital] = report
            else:
                samples.append(Sampled(chair, report.device, report.vital, report.value, report.validity, report.mode))
    if cuff:
        first = next(iter(cuff.values()))

        def value(vital: Vital) -> float | None:
            return cuff[vital].value if vital in cuff else None

        samples.append(
            CuffRead(
                chair,
                first.device,
                value(Vital.SYSTOLIC),
                value(Vital.DIASTOLIC),
                value(Vital.MEAN_PRESSURE),
                value(Vital.CUFF_PULSE_RATE),
                first.reading_age_s,
                first.mode,
            )
        )
    return [*sorted(statuses, key=lambda status: not status.active), *samples]
