"""The parts of what is known about a chair: devices and their samples, cuff readings, facts that people set.

All are msgspec structs, so that a snapshot is their JSON and a restore is the same value read back.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from vitalwatch.model import CUFF_VITALS, Mode, Status, Validity, Vital


class DeviceSpec(msgspec.Struct, frozen=True):
    """What the core must know about a device that is wired to a chair.

    Attributes:
        id: device id.
        vitals: what it can give.
        period_s: the longest usual time between two of its messages, seconds.
    """

    id: str
    vitals: tuple[Vital, ...]
    period_s: float

    @property
    def silent_after_s(self) -> float:
        """How long it may say nothing, link up, before that is an alarm; seconds."""
        return max(10.0, 3.0 * self.period_s)

    @property
    def gives_cuff(self) -> bool:
        """Whether it measures cuff pressures."""
        return any(vital in CUFF_VITALS for vital in self.vitals)


class Sample(msgspec.Struct):
    """The newest sample of one vital from one device, and the newest that could be used.

    Attributes:
        value: in the vital's unit; ``None`` when the newest sample has none.
        validity: of the newest sample.
        mode: of the newest sample.
        at: when it arrived, service seconds.
        until: how long it speaks for the present.
        valid_since: since when there were usable values without a break; ``None`` now.
        last_value: newest usable value ever (this visit), shown only with its age.
        last_at: when that arrived.
    """

    value: float | None
    validity: Validity
    mode: Mode
    at: float
    until: float
    valid_since: float | None = None
    last_value: float | None = None
    last_at: float | None = None

    def speaks(self, now: float) -> bool:
        """Whether this is a patient's value that holds at ``now``."""
        return self.value is not None and now < self.until and self.mode is Mode.REAL


class CuffReading(msgspec.Struct, frozen=True):
    """One cuff reading. ``at`` is when it was measured (host clock), ``seen_at`` when it arrived; mmHg and bpm."""

    device: str
    at: float
    seen_at: float
    systolic: float | None
    diastolic: float | None
    mean: float | None
    pulse: float | None = None
    mode: Mode = Mode.REAL

    @property
    def text(self) -> str:
        """``168/102``."""
        sys, dia = ("--" if p is None else f"{p:.0f}" for p in (self.systolic, self.diastolic))
        return f"{sys}/{dia}"


class Pressure(NamedTuple):
    """A systolic pressure that was read, with its diastolic if that was; ``at`` is when it was measured."""

    at: float
    systolic: float
    diastolic: float | None


class Standing(msgspec.Struct):
    """A device state that holds; fields as in ``DeviceStatus``."""

    since: float
    detail: str = ""
    priority: str = ""
    limit_of: tuple[Vital, ...] = ()


class Baseline(msgspec.Struct, frozen=True):
    """This patient's values before the drug, medians; ``None`` where there was nothing to take."""

    at: float
    actor: str
    spo2: float | None
    heart_rate: float | None
    systolic: float | None
    diastolic: float | None


class SatCounter(msgspec.Struct):
    """The SpO2 integral: points below the limit x seconds, counted back down while the value is inside.

    Attributes:
        points: as of ``at``.
        at: when they were last counted.
        rate: points a second since then; negative while the value is inside.
        until: how long the newest sample stands; nothing is counted after it.
        below: whether the newest value that there was lay below the limit.
        dips: when the value last went below the limit, newest last, at most three.
    """

    points: float = 0.0
    at: float = 0.0
    rate: float = 0.0
    until: float = 0.0
    below: bool = False
    dips: list[float] = []

    def count(self, now: float) -> float:
        """The points at ``now``, in points x seconds; never below 0."""
        return max(0.0, self.points + self.rate * (min(now, self.until) - self.at))


class Sedation(msgspec.Struct, frozen=True):
    """The sedation score last charted."""

    scale: str
    score: int
    at: float
    actor: str


class ClinicFacts(msgspec.Struct):
    """What concerns the whole clinic.

    Attributes:
        watched: how many chairs are watched.
        alarm_grade: how many screens that can alarm are alive; ``None`` until told.
        silent: how many more draw but do not sound.
        check_failed: whether the service's last check of itself failed.
        check_why: why it did, in plain words.
        new_alarms: when alarms became active within the last ten minutes, oldest first.
    """

    watched: int = 0
    alarm_grade: int | None = None
    silent: int = 0
    check_failed: bool = False
    check_why: str = ""
    new_alarms: list[float] = []


class Device(msgspec.Struct):
    """What is known about one device of the chair.

    Attributes:
        spec: the fixed facts.
        up: whether the link is open; ``None`` until the first word about it.
        changed_at: when the link opened or was lost, or when the chair was made.
        reason: why it is lost, in plain words.
        heard_at: when a whole frame last arrived; the opening counts, so that silence is timed from there.
        heard: whether one has arrived since the link opened; until then nothing is known of the device's state.
        samples: newest sample by streamed vital.
        statuses: device states that hold.
        pulse_good: whether there was a steady pulse, with the sensor on ever since.
        clock: the device's own time stamp, as last heard.
        clock_moved_at: when that stamp last moved forward.
    """

    spec: DeviceSpec
    changed_at: float
    up: bool | None = None
    reason: str = ""
    heard_at: float | None = None
    heard: bool = False
    samples: dict[Vital, Sample] = {}
    statuses: dict[str, Standing] = {}
    pulse_good: bool = False
    clock: str | None = None
    clock_moved_at: float = 0.0

    def speaking(self, now: float) -> bool:
        """Whether the device can be believed to be telling its state at ``now``."""
        if self.up is not True or self.heard_at is None or not self.heard:
            return False
        return now < self.heard_at + self.spec.silent_after_s

    def has_any(self, statuses: frozenset[Status]) -> bool:
        """Whether any of these device states holds."""
        return any(status in self.statuses for status in statuses)
