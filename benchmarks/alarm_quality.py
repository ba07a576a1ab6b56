"""How well the alarms tell events from artefacts: injected events of known truth, and the real recordings.

python -m benchmarks.alarm_quality [--quick] [--plot FILE.svg]

Ours is set beside three fixed rules on the same series: B0 plain limits, no delay; B1 plain limits held for 15 s; B2
as B0, but SpO2 by an integral of 50 points x seconds. Recordings are read from ``recordings`` in the folder that
VITALWATCH_SHARED names, else in ``shared`` beside the project.

The series are real, but from intensive care, and values that a monitor has already averaged: time to alarm counts from
the monitor's number, not from the body. Nothing here says that the limits are clinically right.
"""

from __future__ import annotations

import argparse
import math
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Final

import msgspec
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from benchmarks.injections import KINDS, SPO2, Quiet, Truth, make, profile_of
from benchmarks.judging import Outcome, judge, ours, plain
from benchmarks.plot import Curve, draw
from vitalwatch.alarms import Priority
from vitalwatch.replay import Recording, Report, end_of, play, survey

PLOT_TITLE: Final = "SpO2 falls found within 10 s, by the delay for a small fall (graded by depth, or the same for all)"
RULES: Final = ("ours", "B0", "B1", "B2")
DELAYS: Final = (0.0, 2.0, 5.0, 10.0, 15.0, 20.0, 30.0)
SPO2_KINDS: Final = (0, 1, 2, 16)
"""Kinds of cases that the curve over the delay is drawn from."""

SOON_S: Final = 10.0
"""The curve counts an event as found when the alarm comes this soon after its onset; given time, all delays find it."""


# --- running ----------------------------------------------------------------------------------------------------------

_quiet: Quiet | None = None
"""Read once in each process."""


def _begin(folder: Path) -> None:
    global _quiet
    _quiet = Quiet(folder)


def run_case(kind: int, number: int) -> tuple[float, dict[str, Outcome]]:
    """All rules on one case; hours of the case, and the outcome by rule."""
    assert _quiet is not None
    case = make(_quiet, kind, number)
    profile = profile_of(case.profile)
    stretches = {
        "ours": ours(case, profile),
        "B0": plain(case, profile, 0.0),
        "B1": plain(case, profile, 15.0),
        "B2": plain(case, profile, 0.0, integral=50.0),
    }
    return len(case.rows) * case.period_s / 3600, {rule: judge(case, found) for rule, found in stretches.items()}


def run_delay(kind: int, number: int) -> tuple[float, list[tuple[Outcome, Outcome]]]:
    """Ours and plain limits on one SpO2 case, for each delay of the curve."""
    assert _quiet is not None
    case = make(_quiet, kind, number)
    profile = profile_of(case.profile)
    pairs = []
    for delay in DELAYS:
        share = delay / profile.delays.spo2_low
        delays = msgspec.structs.replace(
            profile.delays,
            spo2_low=delay,
            spo2_low_deep=profile.delays.spo2_low_deep * share,
            spo2_low_deeper=profile.delays.spo2_low_deeper * share,
            spo2_very_low=profile.delays.spo2_very_low * share,
        )
        mine = judge(case, ours(case, msgspec.structs.replace(profile, delays=delays)))
        pairs.append((mine, judge(case, plain(case, profile, delay))))
    return len(case.rows) * case.period_s / 3600, pairs


def wilson(hits: int, of: int) -> str:
    """``198/200 (96.4-99.7 %)``: the 95 % interval by Wilson."""
    if not of:
        return "--"
    z, p = 1.96, hits / of
    centre = (p + z * z / (2 * of)) / (1 + z * z / of)
    half = z * math.sqrt(p * (1 - p) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return f"{hits}/{of} ({100 * max(0.0, centre - half):.1f}-{100 * min(1.0, centre + half):.1f} %)"


class Kind(msgspec.Struct):
    """The outcomes of one kind of case."""

    name: str
    truth: list[Truth | None]
    hours: float
    outcomes: dict[str, list[Outcome]]

    def found(self, rule: str) -> list[float]:
        """Seconds to the alarm, of the events that were found."""
        return sorted(o.found_s for o in self.outcomes[rule] if o.found_s is not None)

    @property
    def events(self) -> int:
        """How many cases had an event."""
        return sum(truth is not None for truth in self.truth)


def run_all(folder: Path, count: int, delays_count: int) -> tuple[list[Kind], list[Curve]]:
    """Every kind of case, ``count`` of each, and the curves over the delay."""
    tasks = [(kind, number) for kind in range(len(KINDS)) for number in range(count)]
    delay_tasks = [(kind, number) for kind in SPO2_KINDS for number in range(delays_count)]
    _begin(folder)
    assert _quiet is not None
    with (
        ProcessPoolExecutor(mp_context=get_context("spawn"), initializer=_begin, initargs=(folder,)) as pool,
        Progress(console=Console(stderr=True)) as progress,
    ):
        bar = progress.add_task("Cases", total=len(tasks) + len(delay_tasks) * len(DELAYS))
        kinds: list[Kind] = []
        for (kind, number), (hours, outcomes) in zip(tasks, pool.map(run_case, *zip(*tasks, strict=True)), strict=True):
            case = make(_quiet, kind, number)
            if number == 0:
                kinds.append(Kind(case.kind, [], 0.0, {rule: [] for rule in RULES}))
            kinds[-1].truth.append(case.truth)
            kinds[-1].hours += hours
            for rule, outcome in outcomes.items():
                kinds[-1].outcomes[rule].append(outcome)
            progress.advance(bar)
        results = []
        for result in pool.map(run_delay, *zip(*delay_tasks, strict=True)):
            results.append(result)
            progress.advance(bar, len(DELAYS))
    return kinds, _curves(delay_tasks, results)


def _curves(tasks: list[tuple[int, int]], results: list[tuple[float, list[tuple[Outcome, Outcome]]]]) -> list[Curve]:
    hours = sum(hours for hours, _ in results)
    events = sum(kind in SPO2_KINDS[:2] for kind, _ in tasks)
    curves = []
    for side, name in ((0, "VitalWatch"), (1, "plain limit")):
        points = []
        for index, delay in enumerate(DELAYS):
            found = [pairs[index][side] for _, pairs in results]
            hits = sum(outcome.found_s is not None and outcome.found_s <= SOON_S for outcome in found)
            points.append((sum(outcome.false for outcome in found) / hours, hits / events, f"{delay:g} s"))
        curves.append(Curve(name, tuple(points)))
    return curves


# --- the real recordings ----------------------------------------------------------------------------------------------


def real_targets(folder: Path) -> list[tuple[str, str, bool]]:
    """Target 2: what was found in the recordings, in words, and whether that is right."""
    alarms = {}
    for path in sorted(folder.glob("*/*.csv")):
        recording, report = survey(path), Report("adult-default")
        report.begin(recording, path.stem)
        for output in play(recording, path.stem, profile_of("adult-default"), on_row=report.take_row):
            report.take(output)
        report.finish(end_of(recording))
        alarms[path.stem] = report.alarms()

    def count(stem: str, *starts: str) -> int:
        return sum(alarm.condition.startswith(starts) for alarm in alarms[stem])

    bidmc = [stem for stem in alarms if stem.startswith("bidmc")]
    elsewhere = sum(count(stem, "SPO2") for stem in bidmc if "_49_" not in stem)
    mimic = next(stem for stem in alarms if stem not in bidmc)
    outages = _outages(survey(next((folder / "mimic").glob("*.csv"))))
    told = sum(
        any(a.condition.startswith("T-") and a.start <= end and a.end >= start + 10 for a in alarms[mimic])
        for start, end in outages
    )
    counts = (
        ("SpO2 alarms in BIDMC 49", count("bidmc_49_Numerics", "SPO2"), 1),
        ("SpO2 alarms in BIDMC 22", count("bidmc_22_Numerics", "SPO2"), 0),
        ("SpO2 alarms in all other BIDMC stays", elsewhere, 0),
        ("low-rate alarms in BIDMC 39", count("bidmc_39_Numerics", "HR-LOW", "HR-XLOW"), 0),
        ("SpO2 alarms in MIMIC s00001", count(mimic, "SPO2"), 0),
        ("SpO2 outages in MIMIC told as technical", told, len(outages)),
        ("alarms in MIMIC at a value of 0", sum(" 0 " in f"{alarm.text} " for alarm in alarms[mimic]), 0),
    )
    lines = [(what, f"{number}, wanted {wanted}", number == wanted) for what, number, wanted in counts]
    for stay in ("21", "25"):
        found = count(f"bidmc_{stay}_Numerics", "HR-HIGH", "HR-XHIGH")
        lines.append((f"high-rate alarms in BIDMC {stay}", f"{found}, wanted at least 1", found > 0))
    return lines


def _outages(recording: Recording) -> list[tuple[float, float]]:
    """Runs of rows without SpO2: first row, and the first one after with a value."""
    outages: list[tuple[float, float]] = []
    since: float | None = None
    for row in recording.read():
        if row.values[SPO2] is None:
            since = row.at if since is None else since
        elif since is not None:
            outages.append((since, row.at))
            since = None
    if since is not None:
        outages.append((since, end_of(recording)))
    return outages


# --- telling ----------------------------------------------------------------------------------------------------------


def case_table(kinds: list[Kind]) -> Table:
    """Sensitivity, time and false alarms by kind of case."""
    table = Table(title="Injected cases", title_justify="left")
    for heading in (
        "kind",
        "found by ours",
        "median / 90 % / worst s",
        "B0",
        "B1",
        "B2",
        "false: ours B0 B1 B2",
        "silent",
    ):
        table.add_column(heading)
    for kind in kinds:
        times = kind.found("ours")
        late = f"{median(times):.0f} / {times[int(0.9 * (len(times) - 1))]:.0f} / {times[-1]:.0f}" if times else "--"
        table.add_row(
            kind.name,
            wilson(len(times), kind.events),
            late,
            *(f"{len(kind.found(rule))}" if kind.events else "--" for rule in RULES[1:]),
            " ".join(f"{sum(o.false for o in kind.outcomes[rule])}" for rule in RULES),
            f"{sum(o.silent for o in kind.outcomes['ours'])}/{len(kind.truth)}",
        )
    return table


def targets(kinds: list[Kind]) -> Iterator[tuple[str, str, bool]]:
    """Targets 1 and 4."""
    for kind in kinds:
        truth = next((truth for truth in kind.truth if truth is not None), None)
        if truth is None or truth.priority is Priority.LOW:
            continue
        times, crisis = kind.found("ours"), truth.priority is Priority.HIGH
        need = kind.events if crisis else math.ceil(0.98 * kind.events)
        yield f"{kind.name}: found", wilson(len(times), kind.events), len(times) >= need
        middle = median(times) if times else math.inf
        within = truth.delay_s + 2
        yield f"{kind.name}: median time", f"{middle:.1f} s, at most {within:.0f} s", middle <= within
    for kind in kinds:
        if kind.name.startswith("SpO2 spike"):
            loud = sum(o.false > 0 for o in kind.outcomes["ours"])
            yield f"{kind.name}: with an alarm", wilson(loud, len(kind.truth)), loud == 0
    leads = [o.lead_s for kind in kinds for o in kind.outcomes["ours"] if o.lead_s is not None]
    if leads:
        middle = median(leads) / 60
        told = sum(lead > 0 for lead in leads)
        words = f"{middle:.1f} min over {len(leads)} crises, {told} told before, wanted 5 min"
        yield "trend: median lead before a pressure crisis", words, middle >= 5
    hours = sum(kind.hours for kind in kinds)
    wrong = sum(o.false_trends for kind in kinds for o in kind.outcomes["ours"])
    of = sum(o.trends for kind in kinds for o in kind.outcomes["ours"])
    words = f"{wrong / hours:.3f} ({wrong} of {of} in {hours:.0f} h), wanted at most 0.2"
    yield "trend: false alarms a chair-hour", words, wrong / hours <= 0.2


def depth_words(kinds: list[Kind]) -> Iterator[str]:
    """Points below the limit x seconds that passed before the alarm: what a delay costs."""
    for kind in kinds[:2]:
        for rule in RULES:
            depths = sorted(o.missed_depth for o in kind.outcomes[rule])
            yield f"{kind.name}, {rule}: median {median(depths):.0f}, worst {depths[-1]:.0f} %·s before the alarm"


def main() -> None:
    """Run, print, draw."""
    parser = argparse.ArgumentParser(description="Alarm quality on injected events and real recordings.")
    parser.add_argument("--quick", action="store_true", help="4 cases of each kind instead of 200")
    parser.add_argument("--plot", type=Path, default=Path(__file__).with_suffix(".svg"), help="where the plot goes")
    asked = parser.parse_args()
    shared = Path(os.environ.get("VITALWATCH_SHARED", Path(__file__).resolve().parents[2] / "shared"))
    folder = shared / "recordings"
    if not folder.is_dir():
        raise SystemExit(f"There are no recordings at {folder}. Set VITALWATCH_SHARED to the folder that holds them.")
    kinds, curves = run_all(folder, 4 if asked.quick else 200, 4 if asked.quick else 50)
    out = Console(width=150)
    out.print(case_table(kinds))
    for line in depth_words(kinds):
        out.print(line, highlight=False)
    for what, found, right in (*targets(kinds), *real_targets(folder)):
        out.print(f"{'met   ' if right else 'MISSED'}  {what}: {found}", highlight=False)
    asked.plot.write_text(draw(curves, PLOT_TITLE), encoding="utf-8")
    out.print(f"Plot: {asked.plot}")


if __name__ == "__main__":
    main()
