"""What a screen is told, as values that encode to the frames of ``docs/live-socket.md``."""

from __future__ import annotations

import msgspec

from vitalwatch.alarms.chair import Chair
from vitalwatch.alarms.facts import CuffReading, Device, Sample
from vitalwatch.alarms.profile import Limits, numbers
from vitalwatch.alarms.view import kept_quiet
from vitalwatch.alarms.words import number
from vitalwatch.driver import Command
from vitalwatch.model import CATALOGUE, Mode, Validity, Vital, gone_s, standing_s

CUFF_GONE_S = 60 * 60
"""A cuff reading is shown, with its age, for an hour at most; seconds."""


class ValueView(msgspec.Struct, frozen=True):
    """One vital of one chair."""

    chair: str
    vital: Vital
    label: str
    unit: str
    value: float | None
    validity: Validity
    mode: Mode
    device: str
    age_s: float
    stale_s: float
    gone_s: float
    episodic: bool
    last_value: float | None = None
    last_age_s: float | None = None


class StatusView(msgspec.Struct, frozen=True):
    """One device state that holds."""

    device: str
    status: str
    detail: str
    since_age_s: float


class DeviceView(msgspec.Struct, frozen=True):
    """One device and its link. What was counted is ``None`` in a replay: the record does not hold it."""

    id: str
    driver: str
    link: str
    reason: str
    heard_age_s: float | None
    frames: int | None
    bad_frames: int | None
    dropped_bytes: int | None
    commands: list[Command]


class ChairFace(msgspec.Struct, frozen=True):
    """What is fixed about a chair on the screen: name, room, mark."""

    id: str
    label: str
    room: str
    mark: str = ""


class ChairView(msgspec.Struct, frozen=True):
    """One chair, whole but for its alarms."""

    id: str
    label: str
    room: str
    mark: str
    state: str
    phase: str
    visit_age_s: float
    profile: str
    limits: dict[str, str]
    changed_limits: list[str]
    devices: list[DeviceView]
    statuses: list[StatusView]
    values: list[ValueView]
    audio_paused_until: float | None
    kept_quiet: list[str]


def value_view(chair: Chair, vital: Vital, now: float) -> ValueView | None:
    """One vital as it stands; ``None`` when the chair never had it."""
    if CATALOGUE[vital].episodic:
        return _cuff_view(chair, vital, chair.cuff_newest, now)
    found = chair.source(vital, now)
    return None if found is None else _sample_view(chair, vital, *found, now)


def _sample_view(chair: Chair, vital: Vital, device: Device, sample: Sample, now: float) -> ValueView:
    info = CATALOGUE[vital]
    period_s = device.spec.period_s
    last_at = sample.last_at if sample.value is None else None
    return ValueView(
        chair.id,
        vital,
        info.label,
        info.unit,
        sample.value,
        sample.validity,
        sample.mode,
        device.spec.id,
        round(now - sample.at, 3),
        standing_s(period_s),
        gone_s(period_s),
        False,
        sample.last_value if last_at is not None else None,
        None if last_at is None else round(now - last_at, 3),
    )


def _cuff_view(chair: Chair, vital: Vital, reading: CuffReading | None, now: float) -> ValueView | None:
    if reading is None:
        return None
    value = {
        Vital.SYSTOLIC: reading.systolic,
        Vital.DIASTOLIC: reading.diastolic,
        Vital.MEAN_PRESSURE: reading.mean,
        Vital.CUFF_PULSE_RATE: reading.pulse,
    }[vital]
    info = CATALOGUE[vital]
    return ValueView(
        chair.id,
        vital,
        info.label,
        info.unit,
        value,
        Validity.VALID if value is not None else Validity.UNAVAILABLE,
        reading.mode,
        reading.device,
        round(now - reading.at, 3),
        min(chair.cuff_late_s, CUFF_GONE_S),
        CUFF_GONE_S,
        True,
    )


def values(chair: Chair, now: float) -> list[ValueView]:
    """Every vital that the chair has had."""
    return [view for vital in Vital if (view := value_view(chair, vital, now)) is not None]


def statuses(chair: Chair, now: float) -> list[StatusView]:
    """Every device state that holds at the chair."""
    return [
        StatusView(device.spec.id, name, standing.detail, round(now - standing.since, 3))
        for device in chair.devices.values()
        for name, standing in device.statuses.items()
    ]


def limits_text(limits: Limits) -> dict[str, str]:
    """The limits in force, short enough for the strip of a calm tile."""
    return {
        Vital.SPO2: f"{number(limits.spo2_low)}–",
        Vital.HEART_RATE: f"{number(limits.heart_rate_low)}–{number(limits.heart_rate_high)}",
        Vital.SYSTOLIC: f"{number(limits.systolic_low)}–{number(limits.systolic_high)}",
    }


def changed_limits(chair: Chair) -> list[str]:
    """The limits and delays that are another for this patient than in the profile, by dotted name."""
    if chair.own_profile is None:
        return []
    own = numbers(chair.own_profile)
    return [key for key, value in numbers(chair.profile).items() if own[key] != value]


def chair_view(chair: Chair, face: ChairFace, devices: list[DeviceView], now: float) -> ChairView:
    """One chair, whole but for its alarms."""
    return ChairView(
        face.id,
        face.label,
        face.room,
        face.mark,
        chair.state,
        chair.phase,
        round(now - chair.visit_since, 3),
        chair.profile.name,
        limits_text(chair.profile.limits),
        changed_limits(chair),
        devices,
        statuses(chair, now),
        values(chair, now),
        chair.audio_paused_until,
        kept_quiet(chair),
    )
