"""Whether the simulated people are like those of the literature: many visits, beside what was published.

python -m benchmarks.visits [--visits 1000]

Nothing but people and drugs: no monitor, no alarm. What a cuff reads is the body's pressure, rounded. Most figures are
fitted, so that they agree shows that the fit is right and no more; the table says which came out by themselves.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from statistics import mean, median, stdev
from typing import Final, Literal

import msgspec
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from vitalwatch_simulators.patient import Patient
from vitalwatch_simulators.physiology.drugs import Dose, Route
from vitalwatch_simulators.physiology.episodes import KINDS, episode

PROCESSES: Final = 2
MINUTE: Final = 60.0
SETTLED_S: Final = 10 * MINUTE
"""Seconds in the chair before the first reading that counts."""

READINGS_MIN: Final = range(10, 111, 10)
NASAL_READINGS_MIN: Final = (40, 60, 90)
IM_READINGS_MIN: Final = range(2, 61, 2)
SESSIONS: Final = 8
"""Nasal sessions in four weeks; taken as independent of each other."""

TRIES: Final = 3
"""How often the pressure is taken, 5 min apart, before a visit is put off for it."""

Kind = Literal["iv", "nasal", "im", "rest", "anaphylaxis", "vasovagal", "apnoea"]
KINDS_OF_VISITS: Final[dict[Kind, float]] = {
    "iv": 1.0,
    "nasal": 1.0,
    "im": 0.1,
    "rest": 0.5,
    "anaphylaxis": 0.1,
    "vasovagal": 0.1,
    "apnoea": 0.1,
}
"""How many of each, as a share of what is asked for."""


class Reading(msgspec.Struct, frozen=True):
    """What cuff and oximeter show at one time: mmHg, beats a minute, %."""

    minute: float
    systolic: int
    diastolic: int
    heart_rate: int
    spo2: float


class Visit(msgspec.Struct, frozen=True):
    """The readings of one visit, the first before anything happened; none if its pressure forbade the start."""

    readings: tuple[Reading, ...]

    def at(self, minute: float) -> Reading:
        """The reading of one minute after the start."""
        return next(each for each in self.readings if each.minute == minute)

    def rise(self, minute: float) -> tuple[int, int]:
        """Systolic and diastolic, less the first reading."""
        now, first = self.at(minute), self.readings[0]
        return now.systolic - first.systolic, now.diastolic - first.diastolic


def run(kind: Kind, seed: int) -> Visit:
    """One visit."""
    patient = Patient(seed)
    if kind == "rest":
        return _read(patient, SETTLED_S, (0, 5, 10))
    if kind == "iv" or kind == "nasal" or kind == "im":
        return _treated(patient, kind)
    patient.happen(episode(kind, SETTLED_S))
    minutes = [second / MINUTE for second in range(0, 400, 1 if kind == "apnoea" else 10)]
    return _read(patient, SETTLED_S, minutes)


def _treated(patient: Patient, route: Route) -> Visit:
    for again in range(TRIES):
        at = SETTLED_S + again * 5 * MINUTE
        gate = _read(patient, at, (0,)).readings[0]
        if gate.systolic <= 140 and gate.diastolic <= 90:
            patient.happen(Dose(route, at))
            minutes = {"iv": READINGS_MIN, "nasal": NASAL_READINGS_MIN, "im": IM_READINGS_MIN}[route]
            return Visit((gate, *_read(patient, at, minutes).readings))
    return Visit(())


def _read(patient: Patient, start: float, minutes: Iterable[float]) -> Visit:
    readings = []
    for minute in minutes:
        body = patient.vitals(start + minute * MINUTE)
        pressure = round(body.systolic), round(body.diastolic)
        readings.append(Reading(minute, *pressure, round(body.heart_rate), round(body.spo2, 1)))
    return Visit(tuple(readings))


def run_all(count: int) -> tuple[dict[Kind, list[Visit]], float]:
    """Every visit of every kind, and how many a second."""
    tasks = [(kind, seed) for kind, share in KINDS_OF_VISITS.items() for seed in range(1, 1 + math.ceil(count * share))]
    found: dict[Kind, list[Visit]] = {kind: [] for kind in KINDS_OF_VISITS}
    began = time.perf_counter()
    with (
        ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool,
        Progress(console=Console(stderr=True)) as progress,
    ):
        bar = progress.add_task("Visits", total=len(tasks))
        results = pool.map(run, *zip(*tasks, strict=True), chunksize=10)
        for (kind, _), visit in zip(tasks, results, strict=True):
            found[kind].append(visit)
            progress.advance(bar)
    return found, len(tasks) / (time.perf_counter() - began)


# --- comparing --------------------------------------------------------------------------------------------------------

Origin = Literal["fitted", "written so", "assumed", "by itself"]


class Figure(msgspec.Struct, frozen=True):
    """One figure beside the published one.

    Attributes:
        name: what it is.
        published: in words, with its source.
        simulated: in words.
        agrees: whether both lie within each other's sampling error, or in the published range; ``None`` if no
            published figure was found.
        origin: whether the simulation was made to give it.
    """

    name: str
    published: str
    simulated: str
    agrees: bool | None
    origin: Origin


def of_mean(name: str, values: Sequence[float], published: tuple[float, float, int], origin: Origin) -> list[Figure]:
    """Mean and spread beside a published mean, standard deviation and number; 95 % of the difference."""
    middle, spread, number = published
    found, wide, count = mean(values), stdev(values), len(values)
    error = 1.96 * math.sqrt(spread**2 / number + wide**2 / count)
    wide_error = 1.96 * math.sqrt(spread**2 / (2 * number) + wide**2 / (2 * count))
    return [
        Figure(f"{name}, mean", f"{middle:+.1f}", f"{found:+.1f}", abs(found - middle) <= error, origin),
        Figure(f"{name}, SD", f"{spread:.1f}", f"{wide:.1f}", abs(wide - spread) <= wide_error, origin),
    ]


def of_share(name: str, hits: Sequence[bool], published: tuple[float, int], origin: Origin) -> Figure:
    """A share beside a published one of a number."""
    share, number = published
    found, count = sum(hits) / len(hits), len(hits)
    error = 1.96 * math.sqrt(share * (1 - share) * (1 / number + 1 / count))
    words = f"{100 * found:.2f} % ({sum(hits)} of {count})"
    return Figure(name, f"{100 * share:.2f} %", words, abs(found - share) <= error, origin)


def of_range(name: str, value: float, low: float, high: float, unit: str, origin: Origin) -> Figure:
    """A figure beside a published range."""
    return Figure(name, f"{low:g} to {high:g}{unit}", f"{value:.1f}{unit}", low <= round(value, 1) <= high, origin)


def infusions(visits: list[Visit]) -> list[Figure]:
    """Ketamine IV: Yale (2,342 infusions), Gdansk (49 inpatients), and the mean of the heart of a meta-analysis."""
    begun = [visit for visit in visits if visit.readings]
    peak = [visit.rise(40) for visit in begun]
    severe = [any(r.systolic > 180 or r.diastolic > 110 for r in visit.readings) for visit in begun]
    heart = mean(visit.at(40).heart_rate - visit.readings[0].heart_rate for visit in begun)
    late = [visit.rise(90) for visit in begun]
    near = sum(abs(systolic) <= 10 for systolic, _ in late) / len(late)
    highest = mean(max(visit.readings[1:], key=lambda r: r.systolic).minute for visit in begun)
    gate = max(f"{visit.readings[0].systolic:03}/{visit.readings[0].diastolic}" for visit in begun)
    kept = all(visit.readings[0].systolic <= 140 and visit.readings[0].diastolic <= 90 for visit in begun)
    put_off = len(visits) - len(begun)
    return [
        *of_mean("IV: systolic at 40 min, mmHg", [float(s) for s, _ in peak], (16.0, 11.2, 2342), "fitted"),
        *of_mean("IV: diastolic at 40 min, mmHg", [float(d) for _, d in peak], (11.0, 8.5, 2342), "fitted"),
        of_share("IV: sessions above 180/110", severe, (0.0098, 2342), "fitted"),
        Figure("IV: heart rate at 40 min, bpm", "about +4", f"{heart:+.1f}", abs(heart - 4) <= 1, "fitted"),
        Figure(
            "IV: systolic at 90 min, mmHg",
            "at baseline",
            f"{mean(s for s, _ in late):+.1f}; {100 * near:.0f} % within 10",
            abs(mean(s for s, _ in late)) <= 2,
            "fitted",
        ),
        Figure("IV: mean minute of the highest reading", "40", f"{highest:.0f}", 30 <= highest <= 50, "by itself"),
        Figure("IV: highest start", "140/90", f"{gate}; {put_off} put off of {len(visits)}", kept, "by itself"),
    ]


def others(found: dict[Kind, list[Visit]]) -> list[Figure]:
    """Nasal (label), IM, and three cuff readings at rest (NHANES)."""
    nasal = [visit for visit in found["nasal"] if visit.readings]
    far = [any(s >= 40 or d >= 25 for s, d in map(visit.rise, NASAL_READINGS_MIN)) for visit in nasal]
    patients = [any(far[start : start + SESSIONS]) for start in range(0, len(far) - SESSIONS + 1, SESSIONS)]
    share = 100 * sum(patients) / len(patients)
    im = [visit for visit in found["im"] if visit.readings]
    im_peak = max(IM_READINGS_MIN, key=lambda minute: mean(visit.rise(minute)[0] for visit in im))
    figures = [
        of_range("nasal: systolic at 40 min, mmHg", mean(v.rise(40)[0] for v in nasal), 7, 9, "", "fitted"),
        of_range("nasal: diastolic at 40 min, mmHg", mean(v.rise(40)[1] for v in nasal), 4, 6, "", "fitted"),
        of_range(f"nasal: patients past 40/25 in {SESSIONS} sessions, %", share, 8, 19, "", "fitted"),
        Figure("IM: minute of the highest mean", "before IV's", f"{im_peak}", im_peak < 40, "assumed"),
    ]
    for name, published in (("systolic", 0.129), ("diastolic", 0.130)):
        apart = [_apart([getattr(r, name) for r in visit.readings]) > 10 for visit in found["rest"]]
        figures.append(
            of_share(f"three readings at rest, 5 min apart: > 10 apart, {name}", apart, (published, 53737), "fitted")
        )
    return figures


def _apart(values: list[int]) -> int:
    return max(values) - min(values)


def episodes(found: dict[Kind, list[Visit]]) -> list[Figure]:
    """What the episodes do to a body, beside what they were written to do."""

    def change(kind: Kind, minute: float, of: Callable[[Reading], float]) -> float:
        return mean(of(visit.at(minute)) / of(visit.readings[0]) - 1.0 for visit in found[kind]) * 100

    spo2 = mean(visit.readings[0].spo2 - visit.at(6).spo2 for visit in found["anaphylaxis"])
    figures = [
        _near("anaphylaxis: systolic at 6 min, %", change("anaphylaxis", 6, lambda r: r.systolic), -30),
        _near("anaphylaxis: heart rate at 6 min, %", change("anaphylaxis", 6, lambda r: r.heart_rate), 40),
        _near("anaphylaxis: SpO2 at 6 min, points", -spo2, -5),
        _near("vasovagal: systolic at 3 min, %", change("vasovagal", 3, lambda r: r.systolic), -25),
        _near("vasovagal: heart rate at 3 min, %", change("vasovagal", 3, lambda r: r.heart_rate), -30),
    ]
    below = [next((60 * r.minute for r in v.readings if r.spo2 < 90), math.inf) for v in found["apnoea"]]
    lowest = [min(v.readings, key=lambda r: r.spo2) for v in found["apnoea"]]
    ended = KINDS["apnoea"].onset + KINDS["apnoea"].lasts
    after = median(60 * r.minute for r in lowest) - ended
    depth = median(r.spo2 for r in lowest)
    return [
        *figures,
        Figure("apnoea of 75 s: SpO2 < 90 after, median s", "--", f"{median(below):.0f}", None, "by itself"),
        Figure("apnoea of 75 s: lowest after breathing is back, s", "--", f"{after:.0f}", None, "assumed"),
        Figure("apnoea of 75 s: lowest SpO2, median %", "--", f"{depth:.0f}", None, "by itself"),
    ]


def _near(name: str, value: float, wanted: float) -> Figure:
    return Figure(
        name, f"{wanted:+g}", f"{value:+.1f}", abs(value - wanted) <= max(1.0, 0.1 * abs(wanted)), "written so"
    )


def main() -> int:
    """Run and print; 1 if a figure is away from the published one."""
    parser = argparse.ArgumentParser(description="Simulated visits beside published figures.")
    parser.add_argument("--visits", type=int, default=1000, help="how many IV visits; the others go with it")
    asked = parser.parse_args()
    if asked.visits < 100:
        parser.error("fewer than 100 visits tell nothing")
    found, pace = run_all(asked.visits)
    table = Table(title=f"{sum(map(len, found.values()))} visits, {pace:.0f} a second", title_justify="left")
    for heading in ("figure", "published", "simulated", "", "how"):
        table.add_column(heading)
    figures = [*infusions(found["iv"]), *others(found), *episodes(found)]
    for each in figures:
        table.add_row(
            each.name,
            each.published,
            each.simulated,
            {True: "agrees", False: "AWAY", None: ""}[each.agrees],
            each.origin,
        )
    Console(width=130).print(table)
    return 1 if any(each.agrees is False for each in figures) else 0


if __name__ == "__main__":
    raise SystemExit(main())
