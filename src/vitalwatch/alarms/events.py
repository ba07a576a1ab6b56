"""What the engine is told: samples, cuff readings, device states, links, and people's acts. Pure values.

Every event names its chair. Times are the ``now`` of the step that carries the event, never inside it, except a cuff
reading's age.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, TypeAlias

import msgspec

from vitalwatch.model import CUFF_VITALS, DeviceStatus, Mode, Observation, Report, Validity, Vital


def _snake(name: str) -> str:
    """``PauseAudio`` is ``pause_audio`` on the wire and in the record."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")


class Sampled(msgspec.Struct, frozen=True, tag_field="event", tag=_snake):
    """One sample, or none, of a streamed vital."""

    chair: str
    device: str
    vital: Vital
    value: float | None
    validity: Validity
    mode: Mode = Mode.REAL
    device_time: str | None = None


class CuffRead(msgspec.Struct, frozen=True, tag_field="event", tag=_snake):
    """One new cuff reading, mmHg and bpm; pressures are ``None`` where the device gave no usable number."""

    chair: str
    device: str
    systolic: float | None
    diastolic: float | None
    mean: float | None = None
    pulse: float | None = None
    age_s: float = 0.0
    mode: Mode = Mode.REAL


class StatusChanged(msgspec.Struct, frozen=True, tag_field="event", tag=_snake):
    """A device state began or ended."""

    chair: str
    device: str
    status: str
    active: bool
    detail: str = ""
    priority: str = ""
    limit_of: tuple[Vital, ...] = ()


class Heard(msgspec.Struct, frozen=True, tag_field="event", tag=_snake):
    """A whole frame of the device's protocol arrived, whatever it said."""

    chair: str
    device: str


class LinkChanged(msgspec.Struct, frozen=True, tag_field="event", tag=_snake):
    """The link to a device opened or was lost; ``reason`` is in plain words."""

    chair: str
    device: str
    up: bool
    reason: str = ""


class Acknowledge(msgspec.Struct, frozen=True, tag_field="event", tag=_snake):
    """A named person has seen one condition."""

    chair: str
    condition: str
    actor: str


class PauseAudio(msgspec.Struct, frozen=True, tag_field="event", tag=_snake):
    """A named person stops the sound of one chair for a while; never without an end."""

    chair: str
    actor: str
    seconds: float = 120.0


class ResumeAudio(msgspec.Struct, frozen=True, tag_field="event", tag=_snake):
    """A named person ends an audio pause early."""

    chair: str
    actor: str


class SetChairState(msgspec.Struct, frozen=True, tag_field="event", tag="set_state"):
    """A named person says that a chair is ``empty``, ``watched`` or on ``standby``."""

    chair: str
    state: str
    actor: str
    reason: str = ""


class SetPhase(msgspec.Struct, frozen=True, tag_field="event", tag=_snake):
    """A named person says which phase the visit is in: ``preparation``, ``infusion`` or ``recovery``."""

    chair: str
    phase: str
    actor: str


class Shelve(msgspec.Struct, frozen=True, tag_field="event", tag=_snake):
    """A named person puts one condition aside for a while, with a reason; never one of high priority."""

    chair: str
    condition: str
    actor: str
    reason: str
    seconds: float


class Unshelve(msgspec.Struct, frozen=True, tag_field="event", tag=_snake):
    """A named person takes a condition off the shelf early."""

    chair: str
    condition: str
    actor: str


class ChangeLimit(msgspec.Struct, frozen=True, tag_field="event", tag=_snake):
    """A named person sets one limit or delay for this patient: ``limits.spo2_low``, in its fixed unit.

    What is looser than the profile needs a reason and ``second``, the name of another person who agrees.
    """

    chair: str
    key: str
    value: float
    actor: str
    reason: str = ""
    second: str = ""


class TakeBaseline(msgspec.Struct, frozen=True, tag_field="event", tag=_snake):
    """A named person makes the present values this patient's baseline."""

    chair: str
    actor: str


class NewVisit(msgspec.Struct, frozen=True, tag_field="event", tag=_snake):
    """A named person begins a visit: no values, limits or baseline of the patient before."""

    chair: str
    actor: str


class ChartSedation(msgspec.Struct, frozen=True, tag_field="event", tag=_snake):
    """A named person charts a sedation score on the ``moaas`` (0 to 5) or ``rass`` (-5 to +4) scale."""

    chair: str
    scale: str
    score: int
    actor: str


class Plan(msgspec.Struct, frozen=True, tag_field="event", tag=_snake):
    """The visit says what is planned, in seconds from now: the next charted check, the end of the infusion."""

    chair: str
    actor: str
    check_in_s: float | None = None
    end_in_s: float | None = None


class Note(msgspec.Struct, frozen=True, tag_field="event", tag=_snake):
    """A named person writes something down, up to 200 letters; it changes no alarm.

    Its ``kind`` is ``note``, or ``dose`` for a drug that was given (``ketamine 40 mg``).
    """

    chair: str
    text: str
    actor: str
    kind: str = "note"


class Undelivered(msgspec.Struct, frozen=True, tag_field="event", tag=_snake):
    """Whether a high alarm of this chair has reached no screen that can alarm.

    Attributes:
        chair: its chair.
        undelivered: whether it is so.
        drawn: whether screens do show it, of which none sounds.
    """

    chair: str
    undelivered: bool
    drawn: bool = False


class Screens(msgspec.Struct, frozen=True, tag_field="event", tag=_snake):
    """Which screens are alive; for the whole clinic, so ``chair`` is :data:`CLINIC`.

    Attributes:
        alarm_grade: how many draw, are looked at, and sound.
        chair: always :data:`CLINIC`.
        silent: how many draw and are looked at, but do not sound.
    """

    alarm_grade: int
    chair: str = ""
    silent: int = 0


class SelfCheck(msgspec.Struct, frozen=True, tag_field="event", tag=_snake):
    """Whether the service's check of itself passed, and if not, why; for the whole clinic."""

    passed: bool
    chair: str = ""
    why: str = ""


class Resumed(msgspec.Struct, frozen=True, tag_field="event", tag=_snake):
    """The service goes on after a break; told at the end of what was before, for the whole clinic.

    Attributes:
        away_s: service seconds until it watches again. Nothing was heard in them, which says nothing of any monitor.
        known: whether the clock can be believed that it was so long.
        chair: always :data:`CLINIC`.
    """

    away_s: float
    known: bool = True
    chair: str = ""


CLINIC: Final = ""
"""The chair id of conditions that concern the whole clinic."""

Act: TypeAlias = (
    Acknowledge
    | PauseAudio
    | ResumeAudio
    | SetChairState
    | SetPhase
    | Shelve
    | Unshelve
    | ChangeLimit
    | TakeBaseline
    | NewVisit
    | ChartSedation
    | Plan
    | Note
)
"""What people do; each names who did it."""

News: TypeAlias = Sampled | CuffRead | StatusChanged | Heard
"""What a device says."""

Event: TypeAlias = News | LinkChanged | Undelivered | Screens | SelfCheck | Resumed | Act
"""Everything the engine can be told."""


def events_from(chair: str, reports: Iterable[Report]) -> list[Event]:
    """Turn what a driver reported into engine events, in its order.

    The cuff observations of one reading become one :class:`CuffRead`, so that no rule ever judges half a reading.
    Of statuses that change together, those that begin come first: a sensor that goes from "off" to "disconnected" is
    at no moment without a reason. Waveforms decide nothing and are left out.
    """
    events: list[Event] = []
    statuses: dict[str, StatusChanged] = {}
    cuff: dict[Vital, Observation] = {}
    for report in reports:
        if isinstance(report, DeviceStatus):
            if report.status in statuses:
                _let_out(events, chair, statuses, cuff)
            statuses[report.status] = StatusChanged(
                chair, report.device, report.status, report.active, report.detail, report.priority, report.limit_of
            )
        elif isinstance(report, Observation):
            if report.vital in CUFF_VITALS:
                if report.vital in cuff:
                    _let_out(events, chair, statuses, cuff)
                cuff[report.vital] = report
                continue
            _let_out(events, chair, statuses, cuff)
            events.append(
                Sampled(
                    chair,
                    report.device,
                    report.vital,
                    _number(report.value),
                    report.validity,
                    report.mode,
                    report.device_time,
                )
            )
    _let_out(events, chair, statuses, cuff)
    return events


def _let_out(
    events: list[Event], chair: str, statuses: dict[str, StatusChanged], cuff: dict[Vital, Observation]
) -> None:
    """Add what was being gathered, and gather anew."""
    began_first: list[StatusChanged] = sorted(statuses.values(), key=lambda status: not status.active)
    events.extend(began_first)
    statuses.clear()
    if not cuff:
        return
    values = {vital: _number(observation.value) for vital, observation in cuff.items()}
    first = next(iter(cuff.values()))
    reading = CuffRead(
        chair=chair,
        device=first.device,
        systolic=values.get(Vital.SYSTOLIC),
        diastolic=values.get(Vital.DIASTOLIC),
        mean=values.get(Vital.MEAN_PRESSURE),
        pulse=values.get(Vital.CUFF_PULSE_RATE),
        age_s=float(first.reading_age_s),
        mode=first.mode,
    )
    events.append(reading)
    cuff.clear()


def _number(value: float | None) -> float | None:
    """A value as the record gives it back: drivers may give whole numbers as such, and 91 is not 91.0 in its text."""
    return None if value is None else float(value)
