"""How many alarms a clinic's nurses would have: simulated days through the real service.

python -m benchmarks.clinic_day [--days 4] [--hours 8] [--probes-off 0.37]

12 chairs, 3 nurses, ketamine and iron, one visit after the other; monitors speak their protocols, and drivers, hub and
alarm engine are the service's own. How often a probe falls off, an arm moves or a link breaks is mostly assumed
(``clinic_luck``), and so is how soon a nurse comes: the load says how the alarms behave in such a clinic, not what any
clinic will have.
"""

from __future__ import annotations

import argparse
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from statistics import median
from typing import Final

import msgspec
import structlog
from rich.console import Console
from rich.progress import Progress

from benchmarks.alarm_quality import wilson
from benchmarks.clinic_luck import PROBES_OFF_AN_HOUR
from benchmarks.clinic_room import CHAIRS, HOURS, NURSES, Alarm, Clinic, Day, Visit
from vitalwatch_simulators.virtual_time import run_virtually

PROCESSES: Final = 2
AGAIN_S: Final = 60.0
"""An alarm that comes back within so long is the same to a nurse."""

WINDOW_S: Final = 600.0
LOUD: Final = ("medium", "high")
CUT_SEEN_S: Final = 60.0
"""A cut that began so long before a visit may still be felt in it."""


def run(seed: int, hours: float, probes_off: float) -> Day:
    """One day."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    return run_virtually(lambda: Clinic(seed, hours=hours, probes_off=probes_off).live())


def run_all(days: int, hours: float, probes_off: float) -> tuple[list[Day], float]:
    """Every day, and how many simulated clinic hours passed in a second."""
    began = time.perf_counter()
    with (
        ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool,
        Progress(console=Console(stderr=True)) as progress,
    ):
        bar = progress.add_task("Days", total=days)
        found = []
        for day in pool.map(partial(run, hours=hours, probes_off=probes_off), range(1, days + 1)):
            found.append(day)
            progress.advance(bar)
    return found, days * hours / (time.perf_counter() - began)


class Group(msgspec.Struct, frozen=True):
    """Visits of one sort, with the medium and high alarms of each."""

    name: str
    visits: tuple[tuple[Visit, tuple[Alarm, ...]], ...]

    @property
    def silent(self) -> int:
        """In how many there was none."""
        return sum(not alarms for _, alarms in self.visits)

    def conditions(self) -> str:
        """What it was in the others: visits by condition."""
        seen = Counter(name for _, alarms in self.visits for name in {alarm.condition for alarm in alarms})
        return ", ".join(f"{name} {count}" for name, count in seen.most_common(6)) or "nothing"


def groups(days: Sequence[Day]) -> list[Group]:
    """Visits by what befell them: decided by what was drawn before the day began, never by the alarms."""
    sorts: dict[str, list[tuple[Visit, tuple[Alarm, ...]]]] = {"normal": [], "trouble": [], "event": []}
    for day in days:
        for visit in day.visits:
            loud = tuple(
                a for a in day.alarms if a.priority in LOUD and a.chair == visit.chair and _within(a.at, visit)
            )
            cut = any(chair == visit.chair and _within(at + CUT_SEEN_S, visit, CUT_SEEN_S) for chair, at in day.cuts)
            sort = "event" if visit.luck.rare else "trouble" if visit.luck.trouble or cut else "normal"
            sorts[sort].append((visit, loud))
    names = {
        "normal": "normal (drug, sleep, fear, an arm that moves)",
        "trouble": "with trouble (probe off, loose cuff, cold hands, link cut)",
        "event": "with a patient's event",
    }
    return [Group(names[sort], tuple(visits)) for sort, visits in sorts.items()]


def _within(at: float, visit: Visit, more: float = 0.0) -> bool:
    return visit.began <= at <= visit.ended + more


def merged(alarms: Sequence[Alarm]) -> list[Alarm]:
    """Without those that came back within a minute, as one nurse would count."""
    last: dict[tuple[str, str], float] = {}
    kept = []
    for alarm in alarms:
        key = alarm.chair, alarm.condition
        if alarm.at - last.get(key, -AGAIN_S - 1.0) > AGAIN_S:
            kept.append(alarm)
        last[key] = alarm.at
    return kept


def most_in_window(alarms: Sequence[Alarm]) -> int:
    """The most alarms that began within ten minutes of each other."""
    return max((sum(first.at <= a.at < first.at + WINDOW_S for a in alarms) for first in alarms), default=0)


def tell(days: Sequence[Day], hours: float) -> Iterator[tuple[str, str, bool | None]]:
    """What is said of the days, in words; with whether the target is met, where there is one."""
    nurse_hours = len(days) * hours * NURSES
    everything = [alarm for day in days for alarm in day.alarms]
    count: Callable[[tuple[str, ...]], int] = lambda which: sum(a.priority in which for a in everything)  # noqa: E731
    rate = len(everything) / nurse_hours
    yield "all alarms a nurse-hour", f"{rate:.2f} ({len(everything)} in {nurse_hours:.0f}), at most 5", rate <= 5
    single = sum(len(merged(day.alarms)) for day in days)
    yield "the same, back within 60 s counted once", f"{single / nurse_hours:.2f}", None
    yield "medium and high a nurse-hour", f"{count(LOUD) / nurse_hours:.2f} (high: {count(('high',))})", None
    yield "low a nurse-hour", f"{count(('low',)) / nurse_hours:.2f}", None
    floods = sum(alarm.condition == "T-FLOOD" for alarm in everything)
    most = max(most_in_window(day.alarms) for day in days)
    yield "floods", f"{floods} in {len(days)} days; most alarms in 10 min: {most}", floods == 0
    for group in groups(days):
        silent, of = group.silent, len(group.visits)
        target = silent >= 0.9 * of if group.name.startswith("normal") else None
        yield f"visits {group.name}: silent", wilson(silent, of), target
        yield "    medium or high in", group.conditions(), None
    waits = sorted(a.answered_at - a.at for a in everything if a.priority in LOUD and a.answered_at is not None)
    if waits:
        late = waits[int(0.9 * (len(waits) - 1))]
        words = f"median {median(waits):.0f} s, 90 % {late:.0f} s, worst {waits[-1]:.0f} s ({len(waits)} alarms)"
        yield "medium and high, until acknowledged", words, None
    yield "medium and high, over before a nurse came", f"{count(LOUD) - len(waits)} of {count(LOUD)}", None
    yield "cuffs that a nurse could not start", f"{sum(day.refused for day in days)}", None
    top = Counter(f"{alarm.condition} {alarm.priority}" for alarm in everything).most_common(10)
    yield "most frequent", ", ".join(f"{name} {number}" for name, number in top), None


def main() -> int:
    """Run and print; 1 if a target is missed."""
    parser = argparse.ArgumentParser(description="The alarm load of simulated clinic days.")
    parser.add_argument("--days", type=int, default=4, help="how many, seeds 1 to n")
    parser.add_argument("--hours", type=float, default=HOURS, help="of one day")
    words = f"probes that come off, an hour of a visit; {PROBES_OFF_AN_HOUR:g} without it"
    parser.add_argument("--probes-off", type=float, default=PROBES_OFF_AN_HOUR, help=words)
    asked = parser.parse_args()
    days, pace = run_all(asked.days, asked.hours, asked.probes_off)
    out = Console(width=150)
    visits = [visit for day in days for visit in day.visits]
    put_off = sum(visit.put_off for visit in visits)
    out.print(
        f"{asked.days} days of {asked.hours:g} h, {CHAIRS} chairs, {NURSES} nurses, "
        f"{len(visits)} visits ({put_off} put off for the pressure); "
        f"{pace * 3600:.0f} times as fast as life ({pace * CHAIRS:.2f} chair-hours a second)",
        highlight=False,
    )
    told = list(tell(days, asked.hours))
    for what, found, met in told:
        mark = {True: "met   ", False: "MISSED", None: "      "}[met]
        out.print(f"{mark}  {what}: {found}", highlight=False)
    return 1 if any(met is False for _, _, met in told) else 0


if __name__ == "__main__":
    raise SystemExit(main())
