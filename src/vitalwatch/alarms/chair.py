"""What is known about one chair: values, device states, links, cuff readings, and the facts that people set.

Plain state with the questions that conditions ask of it. Nothing here decides an alarm. Everything is a msgspec
struct, so that a snapshot of a chair is this value written as JSON, and a restore is the same value read back.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterator
from typing import Final

import msgspec

from vitalwatch.alarms.facts import (
    Baseline,
    ClinicFacts,
    CuffReading,
    Device,
    Pressure,
    Sample,
    SatCounter,
    Sedation,
    Standing,
)
from vitalwatch.alarms.profile import HARD_RANGES, Profile, looser, numbers
from vitalwatch.alarms.track import REMINDER_S, Track
from vitalwatch.alarms.transition import State
from vitalwatch.model import USABLE, Mode, Status, Validity, Vital, standing_s

CUFF_OLD_S: Final = 15 * 60
"""A cuff reading first seen older than this is shown with its age and raises no alarm."""

CUFF_HOLD_S: Final = 60
"""How long an inflating cuff on the oximeter's arm may hold oximeter alarms back from starting."""

OVERDUE_S: Final = 120
"""The least time past its interval after which a cuff reading is overdue."""

STEADY_PULSE_S: Final = 10
"""A pulse that was there this long counts as one that can be lost."""

SAT_DECAY: Final = 1.0
"""Points a second by which the SpO2 integral runs back down while the value is inside; the makers do not say."""

TICK_S: Final = 5.0
"""Seconds between two entries of the history that trends look at."""

HISTORY_TICKS: Final = 120
"""Entries of that history that are kept: ten minutes."""

AUTO_WATCH_S: Final = 10
"""Valid continuous values for this long make an empty or standby chair watched."""

PLETH_VITALS: Final = frozenset({Vital.SPO2, Vital.PULSE_RATE, Vital.PERFUSION_INDEX})
"""What an oximeter reads at the finger, and so what a cuff on the same arm disturbs."""

SENSOR_LEFT: Final = frozenset({Status.SENSOR_OFF, Status.NO_SENSOR, Status.SENSOR_FAULT})
"""Device states after which a missing pulse says nothing about the patient."""

NO_PLETH_REASONS: Final = SENSOR_LEFT | {Status.SEARCHING, Status.PULSE_LOST}
"""Device states that say why an oximeter gives no value."""

NOT_ON_PATIENT: Final = frozenset({Status.STANDBY, Status.DEMO})
"""Device states in which a monitor shows no patient's values at all."""

_CUFF_READINGS_KEPT: Final = 64  # hours of readings; trends look at minutes


class Chair(msgspec.Struct):
    """Everything that the core knows about one chair.

    Attributes:
        id: chair id.
        profile: limits, delays and options in force.
        devices: by id, in the order of the config: the first that gives a vital wins.
        same_limb: whether the cuff sits on the oximeter's arm.
        nibp_interval_s: seconds between cuff readings that are expected here.
        state: ``empty``, ``watched`` or ``standby``.
        state_since: when that was last set.
        visit_since: when the visit began, as far as it is known.
        phase: ``unknown``, ``preparation``, ``infusion`` or ``recovery``.
        cuff: readings of this visit that may alarm, oldest first: neither old when first seen, nor from a demo.
        cuff_newest: the newest reading, shown with its age whether it may alarm or not.
        audio_paused_until: end of the audio pause, or ``None``.
        audio_pause_rank: highest priority rank that was present when the pause was set.
        tracks: the state of each condition, by catalogue id.
        own_profile: the profile before any change for this patient.
        baseline: this patient's values before the drug, once taken.
        sat: the SpO2 integral.
        history: SpO2 and heart rate every :data:`TICK_S` seconds, newest last, ten minutes; ``None`` where there was
            no value.
        cuff_failures: tries of the cuff that failed since its last reading.
        cuff_failed_at: when the last try failed.
        sedation: the score last charted.
        check_due_at: when the next charted check is due.
        end_due_at: when the planned infusion time is over.
        undelivered: whether a high alarm of this chair has reached no screen that can alarm.
        drawn_silently: whether it is drawn all the same, on screens that do not sound.
        next_tick_at: when the history gets its next entry.
        reminded_at: when somebody was last reminded that something here is kept quiet.
        kept_quiet_since: since when anything here is shelved or looser than the profile.
        clinic: for the whole clinic's own conditions; ``None`` for a chair.
    """

    id: str
    profile: Profile
    devices: dict[str, Device]
    same_limb: bool
    nibp_interval_s: float
    state: str
    state_since: float
    next_tick_at: float
    visit_since: float
    phase: str = "unknown"
    cuff: list[CuffReading] = []
    cuff_newest: CuffReading | None = None
    audio_paused_until: float | None = None
    audio_pause_rank: int = 0
    tracks: dict[str, Track] = {}
    own_profile: Profile | None = None
    baseline: Baseline | None = None
    sat: SatCounter = msgspec.field(default_factory=SatCounter)
    history: dict[Vital, list[float | None]] = {}
    cuff_failures: int = 0
    cuff_failed_at: float | None = None
    sedation: Sedation | None = None
    check_due_at: float | None = None
    end_due_at: float | None = None
    undelivered: bool = False
    drawn_silently: bool = False
    reminded_at: float = 0.0
    kept_quiet_since: float | None = None
    clinic: ClinicFacts | None = None

    # --- what arrives -------------------------------------------------------------------------------------------

    def take_sample(
        self, device: Device, vital: Vital, value: float | None, validity: Validity, mode: Mode, now: float
    ) -> None:
        """Keep a sample of a streamed vital as the newest of its device."""
        if validity not in USABLE:
            value = None
        until = round(now + standing_s(device.spec.period_s), 6)
        sample = device.samples.get(vital)
        if sample is None:
            sample = device.samples[vital] = Sample(None, validity, mode, now, until)
        unbroken = sample.speaks(now)
        sample.value, sample.validity, sample.mode, sample.at, sample.until = value, validity, mode, now, until
        if value is None or mode is not Mode.REAL:
            sample.valid_since = None
            return
        if not unbroken or sample.valid_since is None:
            sample.valid_since = now
        sample.last_value, sample.last_at = value, now
        if vital in PLETH_VITALS and now - sample.valid_since >= STEADY_PULSE_S:
            device.pulse_good = True

    def take_clock(self, device: Device, stamp: str, now: float) -> None:
        """Keep a device's own time stamp. A clock that was set back and runs on is running."""
        if device.clock is None or stamp > device.clock:
            device.clock_moved_at = now
        device.clock = stamp

    def count_sat(self, sample: Sample | None, now: float) -> None:
        """Bring the SpO2 integral to ``now`` and go on with the sample that speaks; ``None`` stops the counter."""
        sat = self.sat
        sat.points, sat.at, sat.until, sat.rate = sat.count(now), now, now, 0.0
        if sample is None or sample.value is None:
            return
        sat.until = sample.until
        extra = 1.0 if self.profile.options.sat_seconds_counting == "ge" else 0.0
        points = self.profile.limits.spo2_low + extra - sample.value
        sat.rate = points if points > 0 else -SAT_DECAY
        below = sample.value < self.profile.limits.spo2_low
        if below and not sat.below:
            sat.dips = [*sat.dips, now][-3:]
        sat.below = below

    def take_status(self, device: Device, status: str, standing: Standing | None, now: float) -> None:
        """Keep a device state that began (with what is said of it) or ended (``None``)."""
        if standing is None:
            began = device.statuses.pop(status, None)
            if status == Status.CUFF_INFLATING and began is not None and Status.CUFF_FAILED in device.statuses:
                self.cuff_failed(now)
            return
        known = device.statuses.get(status)
        device.statuses[status] = standing if known is None else msgspec.structs.replace(standing, since=known.since)
        if known is not None:
            return
        if status == Status.CUFF_FAILED:
            self.cuff_failed(now)
        if status in SENSOR_LEFT:
            device.pulse_good = False
        if status == Status.CUFF_INFLATING and self.same_limb:
            for each in self.devices.values():
                each.pulse_good = False

    def cuff_failed(self, now: float) -> None:
        """Count a try of the cuff that gave no reading."""
        if self.cuff_failed_at != now:  # "inflating" may end and "failed" begin in one message
            self.cuff_failures += 1
            self.cuff_failed_at = now

    def take_cuff(self, reading: CuffReading) -> None:
        """Keep a cuff reading: the newest measured is shown; what is young enough and real may alarm."""
        if self.cuff_newest is None or reading.at >= self.cuff_newest.at:
            self.cuff_newest = reading
        self.cuff_failures, self.cuff_failed_at = 0, None
        if reading.mode is Mode.REAL and reading.seen_at - reading.at <= CUFF_OLD_S:
            bisect.insort(self.cuff, reading, key=lambda each: each.at)  # a stored one may come after a newer one
            del self.cuff[:-_CUFF_READINGS_KEPT]

    @property
    def cuff_measured_at(self) -> float | None:
        """When this patient's pressure was last measured, as far as it is known."""
        newest = self.cuff_newest
        return None if newest is None or newest.mode is not Mode.REAL else newest.at

    @property
    def pressures(self) -> list[Pressure]:
        """This visit's readings that may alarm and have a systolic, oldest first: what trends look at."""
        return [Pressure(r.at, r.systolic, r.diastolic) for r in self.cuff if r.systolic is not None]

    @property
    def cuff_late_s(self) -> float:
        """How old a cuff reading may be before the next one is overdue: half as much again, at least 2 minutes."""
        return self.nibp_interval_s + max(self.nibp_interval_s / 2, OVERDUE_S)

    # --- what conditions ask ------------------------------------------------------------------------------------

    @property
    def infusing(self) -> bool:
        """Whether priorities are those of a running infusion; an unknown phase counts as one."""
        return self.phase in ("infusion", "unknown")

    def giving(self, vital: Vital) -> Iterator[Device]:
        """The devices that can give a vital, in config order."""
        return (device for device in self.devices.values() if vital in device.spec.vitals)

    def silenced(self, device: Device, vital: Vital) -> bool:
        """Whether a device's number must not be believed: it says itself that its sensor is not on the patient."""
        return vital in PLETH_VITALS and device.has_any(SENSOR_LEFT)

    def newest(self, vital: Vital, now: float) -> Sample | None:
        """The sample that speaks for a vital, as in :meth:`source`."""
        found = self.source(vital, now)
        return None if found is None else found[1]

    def source(self, vital: Vital, now: float) -> tuple[Device, Sample] | None:
        """The device and sample that speak for a vital, by the rule of two sources; ``None`` if none ever came.

        The first device of the config wins; the next takes over when the first has had no valid value for the time
        that its samples stand. A sample that does not speak (:meth:`Sample.speaks`) may be given back: it tells what
        was there last.
        """
        fallback: tuple[Device, Sample] | None = None
        for device in self.devices.values():
            sample = device.samples.get(vital)
            if sample is None:
                continue
            if self.silenced(device, vital):
                sample = msgspec.structs.replace(sample, value=None, valid_since=None)
            if sample.speaks(now):
                return device, sample
            if fallback is None:
                fallback = device, sample
            if sample.last_at is not None and now < sample.last_at + standing_s(device.spec.period_s):
                return device, sample
        return fallback

    def next_source_at(self, vital: Vital, now: float) -> float | None:
        """When another device takes over a vital that its first device has lost; ``None`` when that is past."""
        moments = [
            sample.last_at + standing_s(device.spec.period_s)
            for device in self.devices.values()
            if (sample := device.samples.get(vital)) is not None and sample.last_at is not None
        ]
        return min((moment for moment in moments if moment > now), default=None)

    def spo2(self, now: float) -> Sample | None:
        """The SpO2 sample that speaks; nothing while a cuff on the same arm holds it back."""
        return None if self.cuff_hold_ends(now) is not None else self.newest(Vital.SPO2, now)

    def heart(self, now: float) -> Sample | None:
        """The rate that speaks: the ECG's heart rate while it is valid, else the pulse rate of the oximeter."""
        sample = self.newest(Vital.HEART_RATE, now)
        if sample is not None and sample.speaks(now):
            return sample
        if self.cuff_hold_ends(now) is not None:
            return None
        return self.newest(Vital.PULSE_RATE, now) or sample

    def tick(self, now: float) -> None:
        """Add the present SpO2 and rate to the history."""
        for vital, sample in ((Vital.SPO2, self.spo2(now)), (Vital.HEART_RATE, self.heart(now))):
            entries = self.history.setdefault(vital, [])
            entries.append(sample.value if sample is not None and sample.speaks(now) else None)
            del entries[:-HISTORY_TICKS]

    def last_usable(self, *vitals: Vital) -> tuple[float, float] | None:
        """The newest usable value among ``vitals`` over all devices, and when it arrived."""
        newest: tuple[float, float] | None = None
        for device in self.devices.values():
            for vital in vitals:
                sample = device.samples.get(vital)
                if (
                    sample is not None
                    and sample.last_value is not None
                    and sample.last_at is not None
                    and (newest is None or sample.last_at > newest[1])
                ):
                    newest = (sample.last_value, sample.last_at)
        return newest

    def cuff_hold_ends(self, now: float) -> float | None:
        """Until when an inflating cuff on the oximeter's arm holds oximeter alarms back; ``None`` if it does not."""
        if not self.same_limb:
            return None
        for device in self.devices.values():
            inflating = device.statuses.get(Status.CUFF_INFLATING)
            if inflating is not None and now < inflating.since + CUFF_HOLD_S:
                return inflating.since + CUFF_HOLD_S
        return None

    @property
    def looser(self) -> bool:
        """Whether any limit or delay of this patient is looser than the profile's."""
        if self.own_profile is None:
            return False
        own, now_in_force = numbers(self.own_profile), numbers(self.profile)
        return any(looser(key, own[key], now_in_force[key]) for key in HARD_RANGES)

    def note_quiet(self, now: float) -> None:
        """Keep since when anything here is kept quiet: a condition on the shelf, or limits looser than the profile."""
        if not self.looser and not any(track.state is State.SHELVED for track in self.tracks.values()):
            self.kept_quiet_since = None
        elif self.kept_quiet_since is None:
            self.kept_quiet_since = now

    @property
    def remind_at(self) -> float | None:
        """When to remind that something is kept quiet; ``None`` when nothing is."""
        if self.audio_paused_until is None and self.kept_quiet_since is None:
            return None
        return self.reminded_at + REMINDER_S

    def watching_from(self) -> float | None:
        """When an unwatched chair becomes watched by itself, given the samples that stand; ``None`` = not yet."""
        runs = [
            (max(sample.valid_since, self.state_since) + AUTO_WATCH_S, sample.until)
            for device in self.devices.values()
            for sample in device.samples.values()
            if sample.valid_since is not None
        ]
        return min((at for at, until in runs if at < until), default=None)

    def forget_patient(self) -> None:
        """Drop every value of the patient before; device states and links stay."""
        self.cuff = []
        self.cuff_newest = None
        self.cuff_failures, self.cuff_failed_at = 0, None
        self.baseline = None
        self.sat = SatCounter()
        self.history = {}
        self.sedation = None
        self.check_due_at = self.end_due_at = None
        if self.own_profile is not None:
            self.profile, self.own_profile = self.own_profile, None
        for device in self.devices.values():
            device.samples = {}
            device.pulse_good = False
