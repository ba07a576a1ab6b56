"""Events of known truth, laid over quiet stretches of real recordings. No alarm rule is used to define an event.

Each case is a series of rows, what else a driver would report, and the truth: an event with onset, end, the priority
it requires and the conditions that would tell it, or none. The truth comes from the curve that was injected, without
the real signal's own unrest that is laid over it. Everything follows from a seed.

Figures of the curves: clinical notes of this project; ketamine: 2,342 infusions at Yale, mean rise +16 (SD 11.2)
systolic and +11 (8.5) diastolic, peak at 40 min.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Final

import msgspec

from vitalwatch.alarms import Priority, Profile
from vitalwatch.config import alarm_profile, load_profile
from vitalwatch.model import Vital
from vitalwatch.replay import Row, survey

HR, PR, SPO2, SYS, DIA = Vital.HEART_RATE, Vital.PULSE_RATE, Vital.SPO2, Vital.SYSTOLIC, Vital.DIASTOLIC

CALM: Final = 60
"""Quiet seconds before the onset of an event, and after its end."""

TREND: Final = frozenset({"SPO2-DROP", "SPO2-TTL", "HR-TREND", "BP-RISE", "BP-FALL", "BP-TTL"})
"""Advisory trend conditions; they are judged on their own."""


class Truth(msgspec.Struct, frozen=True):
    """An event that a nurse should be told about, in seconds of its case.

    Attributes:
        onset: when the injected curve first calls for somebody.
        end: when it no longer does.
        priority: the least priority it requires.
        conditions: any of these tells it.
        delay_s: the condition delay that the profile allows.
    """

    onset: float
    end: float
    priority: Priority
    conditions: frozenset[str]
    delay_s: float = 0.0


class Case(msgspec.Struct, frozen=True):
    """One series to be judged.

    Attributes:
        kind: what was injected.
        profile: the profile in force.
        rows: the series.
        truth: the event; ``None`` when nothing should alarm.
        period_s: row step.
        cuff_inflating: when a cuff on the oximeter's arm inflates and is done, seconds.
        frozen_from: when the device's own clock stops, seconds.
        clock_rate: how fast the device's own clock runs.
        baseline_at: when the baseline is taken, seconds.
        disturbed: from when to when the patient is truly not as usual; alarms in it are not false. ``None`` = never.
        rise: the injected rise of systolic and diastolic at each row, mmHg, for judging trend alarms.
        crossing: when the injected pressure first reaches the crisis limit, seconds.
    """

    kind: str
    profile: str
    rows: list[Row]
    truth: Truth | None = None
    period_s: float = 1.0
    cuff_inflating: tuple[tuple[float, float], ...] = ()
    frozen_from: float | None = None
    clock_rate: float | None = None
    baseline_at: float | None = None
    disturbed: tuple[float, float] | None = None
    rise: tuple[tuple[float, float], ...] = ()
    crossing: float | None = None


class Quiet:
    """Quiet stretches of real recordings, to be drawn from.

    Args:
        folder: the folder of the recordings, with ``bidmc`` and ``mimic`` in it.
    """

    def __init__(self, folder: Path) -> None:
        self.stays: list[list[tuple[float, float, float]]] = []
        for path in sorted((folder / "bidmc").glob("*.csv")):
            rows = [tuple(row.values[vital] for vital in (HR, PR, SPO2)) for row in survey(path).read()]
            self.stays += [stay for stay in _runs(rows) if len(stay) >= 300]
        readings = [(row.values[SYS], row.values[DIA]) for row in survey(next((folder / "mimic").glob("*.csv"))).read()]
        self.cuffs = [(s, d) for s, d in readings if s is not None and d is not None]

    def stretch(self, rng: random.Random, seconds: int, step: int = 1) -> list[tuple[float, float, float]]:
        """HR, PR and SpO2 for so many rows: a stretch of one stay, walked to and fro when it is too short."""
        stay = rng.choice(self.stays)
        at, direction = rng.randrange(len(stay)), 1
        drawn = []
        for _ in range(0, seconds, step):
            drawn.append(stay[at])
            for _ in range(step):
                if not 0 <= at + direction < len(stay):
                    direction = -direction
                at += direction
        return drawn

    def cuff_unrest(self, rng: random.Random, count: int) -> list[tuple[float, float]]:
        """How real readings in a row differ from the median of their neighbours; systolic and diastolic, mmHg."""
        start = rng.randrange(2, len(self.cuffs) - 2 - count)
        unrest = []
        for index in range(start, start + count):
            near = self.cuffs[index - 2 : index + 3]
            unrest.append(tuple(self.cuffs[index][side] - median(pair[side] for pair in near) for side in (0, 1)))
        return [(max(-8.0, min(8.0, s)), max(-8.0, min(8.0, d))) for s, d in unrest]


def _runs(rows: list[tuple[float | None, ...]]) -> list[list[tuple[float, float, float]]]:
    """Unbroken runs in which everything is measured, ordinary, and the two rates agree."""
    runs: list[list[tuple[float, float, float]]] = [[]]
    for hr, pr, spo2 in rows:
        calm = None not in (hr, pr, spo2) and 55 <= hr <= 105 and abs(hr - pr) <= 10 and spo2 >= 94  # type: ignore[operator]
        if calm:
            runs[-1].append((hr, pr, spo2))  # type: ignore[arg-type]
        elif runs[-1]:
            runs.append([])
    return runs


# --- curves ---------------------------------------------------------------------------------------------------------


def _trapeze(n: int, onset: int, ramp: float, hold: float) -> list[float]:
    """0 to 1 and back: up over ``ramp`` seconds from ``onset``, held, and down again."""
    curve = []
    for second in range(n):
        x = second - onset
        up = 1.0 if ramp == 0 else x / ramp
        down = 1.0 if ramp == 0 else (2 * ramp + hold - x) / ramp
        inside = 0 <= x < 2 * ramp + hold
        curve.append(max(0.0, min(1.0, up, down)) if inside else 0.0)
    return curve


def _span(flags: list[bool], step: float = 1.0) -> tuple[float, float] | None:
    """First and last second at which something holds, the last one's whole step included."""
    where = [index for index, flag in enumerate(flags) if flag]
    return (where[0] * step, (where[-1] + 1) * step) if where else None


def _unrest(values: list[float]) -> list[float]:
    """The fast part of a real signal: what is left after a running median over a minute."""
    return [v - median(values[max(0, i - 30) : i + 31]) for i, v in enumerate(values)]


def _middle(base: list[tuple[float, float, float]]) -> tuple[float, float]:
    """All but the quiet at both ends."""
    return float(CALM), float(len(base) - CALM)


def _series(base: list[tuple[float, float, float]], step: int = 1) -> list[Row]:
    return [Row(float(i * step), {HR: hr, PR: pr, SPO2: spo2}) for i, (hr, pr, spo2) in enumerate(base)]


def _bend(base: list[tuple[float, float, float]], vitals: set[Vital], target: float, curve: list[float]) -> list[Row]:
    """Lead some vitals from where they are to a target along a curve, their real unrest laid over it.

    At the target the unrest only leads further away, so that the event is never less than the truth says.
    """
    rows = _series(base)
    for vital in vitals:
        real = [row.values[vital] or 0.0 for row in rows]
        level = median(real)
        for row, unrest, share, value in zip(rows, _unrest(real), curve, real, strict=True):
            if share:
                away = math.copysign(min(3.0, abs(unrest)), target - level)
                bent = round(level + (target - level) * share + (1 - share) * unrest + share * away)
                row.values[vital] = min(100.0, bent) if vital is SPO2 else float(bent)
            else:
                row.values[vital] = value
    return rows


def _truth_of(
    base: list[tuple[float, float, float]],
    side: int,
    target: float,
    curve: list[float],
    beyond: Callable[[float], bool],
) -> tuple[float, float]:
    level = median(entry[side] for entry in base)
    span = _span([share > 0 and beyond(round(level + (target - level) * share)) for share in curve])
    assert span is not None
    return span


# --- kinds of cases -------------------------------------------------------------------------------------------------


def desaturation(quiet: Quiet, rng: random.Random, *, crisis: bool) -> Case:
    """SpO2 down at 2 to 6 % in 30 s to 75-84 (crisis) or 85-89 (medium), there for 20 to 180 s, and back."""
    target = rng.randint(75, 84) if crisis else rng.randint(85, 89)
    ramp = (97 - target) / rng.uniform(2, 6) * 30
    hold = rng.uniform(20, 180)
    base = quiet.stretch(rng, int(2 * CALM + 2 * ramp + hold))
    curve = _trapeze(len(base), CALM, ramp, hold)
    limit = 85 if crisis else 90
    onset, end = _truth_of(base, 2, target, curve, lambda value: value < limit)
    truth = Truth(onset, end, Priority.HIGH, frozenset({"SPO2-DESAT"}), 5.0)
    if not crisis:
        truth = Truth(onset, end, Priority.MEDIUM, frozenset({"SPO2-LOW", "SPO2-DESAT"}), 15.0)
    kind = "desaturation to 75-84" if crisis else "desaturation to 85-89"
    return Case(kind, "adult-default", _bend(base, {SPO2}, target, curve), truth, disturbed=_middle(base))


def spike(quiet: Quiet, rng: random.Random) -> Case:
    """SpO2 at 50 to 80 for 1 to 3 s: a moved finger."""
    rows = _series(quiet.stretch(rng, 300))
    start, value = rng.randrange(60, 240), float(rng.randint(50, 80))
    for row in rows[start : start + rng.randint(1, 3)]:
        row.values[SPO2] = value
    return Case("SpO2 spike 1-3 s", "adult-default", rows)


def probe_off(quiet: Quiet, rng: random.Random) -> Case:
    """No SpO2 and no pulse for 5 to 600 s. From 12 s on it must be told; below 10 s it must not."""
    length = rng.randint(5, 600)
    rows = _series(quiet.stretch(rng, 2 * CALM + length))
    for row in rows[CALM : CALM + length]:
        row.values[SPO2] = row.values[PR] = None
    truth = Truth(CALM, CALM + length, Priority.MEDIUM, frozenset({"T-NOVALUE", "T-PROBE", "T-LOWSIG"}), 10.0)
    return Case("probe off", "adult-default", rows, truth if length >= 12 else None)


def same_limb_cuff(quiet: Quiet, rng: random.Random) -> Case:
    """The cuff on the oximeter's arm takes SpO2 and pulse away for 35 s, each 5 to 10 min."""
    rows = _series(quiet.stretch(rng, 1500))
    cuffs = []
    start = rng.randint(60, 300)
    while start + 40 < len(rows):
        cuffs.append((float(start), float(start + 35)))
        for row in rows[start : start + 35]:
            row.values[SPO2] = row.values[PR] = None
        start += rng.randint(300, 600)
    return Case("cuff on the same limb", "adult-default", rows, cuff_inflating=tuple(cuffs))


def fast_rate(quiet: Quiet, rng: random.Random, *, crisis: bool) -> Case:
    """The rate up to 151-160 (crisis) or 125-150 (medium) over 1 to 5 min, there for a minute, and back."""
    target = rng.randint(151, 160) if crisis else rng.randint(125, 150)
    ramp = rng.uniform(60, 300)
    base = quiet.stretch(rng, int(2 * CALM + 2 * ramp + 60))
    curve = _trapeze(len(base), CALM, ramp, 60)
    limit = 150 if crisis else 120
    onset, end = _truth_of(base, 0, target, curve, lambda value: value > limit)
    truth = Truth(onset, end, Priority.HIGH, frozenset({"HR-XHIGH"}), 5.0)
    if not crisis:
        truth = Truth(onset, end, Priority.MEDIUM, frozenset({"HR-HIGH", "HR-XHIGH"}), 10.0)
    kind = "rate up to 151-160" if crisis else "rate up to 125-150"
    return Case(kind, "adult-default", _bend(base, {HR, PR}, target, curve), truth, disturbed=_middle(base))


def slow_rate(quiet: Quiet, rng: random.Random, *, crisis: bool) -> Case:
    """The rate falls at once to 35-39 (crisis) or 40-48 (medium) for 10 to 60 s."""
    target = rng.randint(35, 39) if crisis else rng.randint(40, 48)
    length = rng.randint(10, 60)
    base = quiet.stretch(rng, 2 * CALM + length)
    curve = _trapeze(len(base), CALM, 0, length)
    truth = Truth(CALM, CALM + length, Priority.HIGH, frozenset({"HR-XLOW"}), 5.0)
    if not crisis:
        truth = Truth(CALM, CALM + length, Priority.MEDIUM, frozenset({"HR-LOW", "HR-XLOW"}), 10.0)
    kind = "rate down to 35-39" if crisis else "rate down to 40-48"
    return Case(kind, "adult-default", _bend(base, {HR, PR}, target, curve), truth, disturbed=_middle(base))


def miscounted_beat(quiet: Quiet, rng: random.Random) -> Case:
    """The rate doubled or halved for 1 or 2 s: a beat counted twice or missed."""
    rows = _series(quiet.stretch(rng, 300))
    start, factor = rng.randrange(60, 240), rng.choice((0.5, 2.0))
    for row in rows[start : start + rng.randint(1, 2)]:
        row.values[HR] = round((row.values[HR] or 0) * factor) + 0.0
        row.values[PR] = round((row.values[PR] or 0) * factor) + 0.0
    return Case("beat counted twice or missed", "adult-default", rows)


_KETAMINE_MIN = 110
_START_MIN = 15


def ketamine(quiet: Quiet, rng: random.Random, *, crisis: bool) -> Case:
    """A ketamine infusion, cuff every 5 min: the usual rise, or one that reaches 185-215 (crisis)."""
    step = 5
    base = quiet.stretch(rng, _KETAMINE_MIN * 60, step)
    rows = _series(base, step)
    systolic, diastolic = rng.uniform(105, 135), rng.uniform(62, 82)
    top_s = rng.uniform(185, 215) - systolic if crisis else max(0.0, rng.gauss(16, 11.2))
    top_d = 0.55 * top_s if crisis else max(0.0, rng.gauss(11, 8.5))
    unrest = quiet.cuff_unrest(rng, _KETAMINE_MIN // 5)
    rise = []
    for index, row in enumerate(rows):
        minutes = row.at / 60 - _START_MIN
        share = math.sin(math.pi / 2 * minutes / 40) if minutes <= 40 else math.cos(math.pi / 2 * (minutes - 40) / 50)
        share = max(0.0, share) if 0 <= minutes <= 90 else 0.0
        rise.append((top_s * share, top_d * share))
        if row.at % 300 == 0 and row.at > 0:
            extra = unrest[index * step // 300 - 1]
            row.values[SYS] = round(systolic + top_s * share + extra[0]) + 0.0
            row.values[DIA] = round(diastolic + top_d * share + extra[1]) + 0.0
    limits = profile_of("ketamine-iv").limits
    crises = [systolic + s >= limits.systolic_crisis or diastolic + d >= limits.diastolic_crisis for s, d in rise]
    highs = [systolic + s > limits.systolic_high or diastolic + d > limits.diastolic_high for s, d in rise]
    span = _span(crises, step)
    truth = None
    if span is not None:
        truth = Truth(span[0], span[1], Priority.HIGH, frozenset({"BP-CRISIS"}), 480.0)
    kind = "ketamine, pressure crisis" if crisis else "ketamine, usual rise"
    return Case(
        kind,
        "ketamine-iv",
        rows,
        truth,
        float(step),
        baseline_at=_START_MIN * 60.0,
        disturbed=_span(highs, step),
        rise=tuple(rise),
        crossing=span[0] if span else None,
    )


def reaction(quiet: Quiet, rng: random.Random) -> Case:
    """Anaphylaxis: within 5 min systolic -30 %, rate +40 %, SpO2 -5; cuff every 5 min; profile iron."""
    base = quiet.stretch(rng, 1500)
    rows = _series(base)
    onset, systolic, diastolic = 600, rng.uniform(112, 140), rng.uniform(65, 85)
    for second, row in enumerate(rows):
        share = max(0.0, min(1.0, (second - onset) / 300))
        row.values[HR] = round((row.values[HR] or 0) * (1 + 0.4 * share)) + 0.0
        row.values[PR] = round((row.values[PR] or 0) * (1 + 0.4 * share)) + 0.0
        row.values[SPO2] = round((row.values[SPO2] or 0) - 5 * share) + 0.0
        if second % 300 == 0:
            row.values[SYS] = round(systolic * (1 - 0.3 * share)) + 0.0
            row.values[DIA] = round(diastolic * (1 - 0.3 * share)) + 0.0
    truth = Truth(onset, onset + 300, Priority.MEDIUM, frozenset({"REACTION", "BP-FALL", "BP-LOW", "BP-XLOW"}), 300.0)
    return Case("anaphylaxis", "iron", rows, truth, baseline_at=400.0, disturbed=(onset, 1500.0))


def vasovagal(quiet: Quiet, rng: random.Random) -> Case:
    """A faint: within 2 min rate -30 %, systolic -25 %; cuff every 5 min; profile iron."""
    rows = _series(quiet.stretch(rng, 1200))
    onset, systolic, diastolic = 600, rng.uniform(112, 140), rng.uniform(65, 85)
    for second, row in enumerate(rows):
        share = max(0.0, min(1.0, (second - onset) / 120))
        row.values[HR] = round((row.values[HR] or 0) * (1 - 0.3 * share)) + 0.0
        row.values[PR] = round((row.values[PR] or 0) * (1 - 0.3 * share)) + 0.0
        if second % 300 == 0:
            row.values[SYS] = round(systolic * (1 - 0.25 * share)) + 0.0
            row.values[DIA] = round(diastolic * (1 - 0.25 * share)) + 0.0
    told = frozenset({"BP-FALL", "BP-LOW", "BP-XLOW", "HR-LOW", "HR-XLOW", "REACTION"})
    truth = Truth(onset, onset + 300, Priority.LOW, told, 300.0)
    return Case("faint", "iron", rows, truth, baseline_at=400.0, disturbed=(onset, 1200.0))


def frozen(quiet: Quiet, rng: random.Random) -> Case:
    """The device goes on sending one and the same row, its own clock standing still."""
    rows = _series(quiet.stretch(rng, 400))
    start = rng.randrange(60, 180)
    for row in rows[start:]:
        row.values.update(rows[start].values)
    truth = Truth(start, len(rows), Priority.LOW, frozenset({"T-STALE"}), 120.0)
    return Case("device frozen", "adult-default", rows, truth, frozen_from=float(start))


def skewed_clock(quiet: Quiet, rng: random.Random) -> Case:
    """The device's own clock runs up to a tenth too fast or too slow: no alarm of ours."""
    return Case("clock skew", "adult-default", _series(quiet.stretch(rng, 300)), clock_rate=rng.uniform(0.9, 1.1))


def quiet_session(quiet: Quiet, rng: random.Random) -> Case:
    """A real quiet stretch of 20 min as it is."""
    return Case("quiet session", "adult-default", _series(quiet.stretch(rng, 1200)), baseline_at=300.0)


KINDS: Final[tuple[Callable[[Quiet, random.Random], Case], ...]] = (
    lambda quiet, rng: desaturation(quiet, rng, crisis=True),
    lambda quiet, rng: desaturation(quiet, rng, crisis=False),
    spike,
    probe_off,
    same_limb_cuff,
    lambda quiet, rng: fast_rate(quiet, rng, crisis=True),
    lambda quiet, rng: fast_rate(quiet, rng, crisis=False),
    lambda quiet, rng: slow_rate(quiet, rng, crisis=True),
    lambda quiet, rng: slow_rate(quiet, rng, crisis=False),
    miscounted_beat,
    lambda quiet, rng: ketamine(quiet, rng, crisis=True),
    lambda quiet, rng: ketamine(quiet, rng, crisis=False),
    reaction,
    vasovagal,
    frozen,
    skewed_clock,
    quiet_session,
)


def make(quiet: Quiet, kind: int, number: int) -> Case:
    """The case of a kind with a number: the same each time."""
    return KINDS[kind](quiet, random.Random(f"alarm quality {kind} {number}"))


_profiles: dict[str, Profile] = {}


def profile_of(name: str) -> Profile:
    """A built-in profile as the alarm core takes it, read once."""
    if name not in _profiles:
        _profiles[name] = alarm_profile(load_profile(name))
    return _profiles[name]
