"""Coverage-guided fuzzing of every installed driver: ``make fuzz``, ``make fuzz ARGS="nonin hl7 --seconds 600"``.

Each driver is fuzzed in a process of its own, as many at once as there are processors, starting from its conformance
samples and from what earlier runs found worth keeping (``.fuzz/corpus``). An input that breaks a promise is left in
``.fuzz/found``, and the exit code is 1. Turn it into a test of the driver before mending it.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from time import monotonic
from typing import NamedTuple

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from tests.fuzz.target import Target
from vitalwatch.driver import driver_names

PROJECT = Path(__file__).resolve().parents[2]
FOLDER = PROJECT / ".fuzz"

LONGEST_INPUT = 4096
SLOWEST_S = 10
MOST_MEMORY_MB = 2048


class Outcome(NamedTuple):
    """What came of fuzzing one driver."""

    driver: str
    inputs: int
    seconds: float
    covered: int
    """Edges of the drivers' code that some input reached, as libFuzzer counts them."""
    found: str
    """What broke, in one line; empty when nothing did."""


def fuzz(driver: str, seconds: float) -> Outcome:
    """Fuzz one driver for some seconds."""
    corpus, found = FOLDER / "corpus" / driver, FOLDER / "found" / driver
    corpus.mkdir(parents=True, exist_ok=True)
    found.mkdir(parents=True, exist_ok=True)
    for place, seed in enumerate(Target(driver).seeds()):
        (corpus / f"sample-{place}").write_bytes(seed)
    command = [
        *(sys.executable, "-m", "tests.fuzz.one", driver, str(corpus)),
        *(f"-max_total_time={seconds:g}", f"-max_len={LONGEST_INPUT}", f"-timeout={SLOWEST_S}"),
        *(f"-rss_limit_mb={MOST_MEMORY_MB}", "-print_final_stats=1", f"-artifact_prefix={found}/"),
    ]
    began = monotonic()
    ended = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, errors="replace", check=False)
    return Outcome(
        driver,
        int(_last(r"number_of_executed_units: (\d+)", ended.stderr) or 0),
        monotonic() - began,
        int(_last(r"cov: (\d+)", ended.stderr) or 0),
        "" if ended.returncode == 0 else _why(ended.stdout + ended.stderr, found),
    )


def _last(pattern: str, text: str) -> str:
    return next(reversed(re.findall(pattern, text)), "")


def _why(text: str, folder: Path) -> str:
    error = _last(r"(?m)^(\w*(?:Error|Broken|Exception|ERROR)\b.*)$", text) or text.strip().splitlines()[-1]
    inputs = sorted(path.relative_to(PROJECT) for path in folder.iterdir())
    return f"{error[:300]} (input: {inputs[-1]})" if inputs else error[:300]


def run(drivers: list[str], seconds: float, jobs: int) -> Iterator[Outcome]:
    """Fuzz several drivers, some at once."""
    with ThreadPoolExecutor(jobs) as pool:
        for each in as_completed([pool.submit(fuzz, driver, seconds) for driver in drivers]):
            yield each.result()


def main() -> int:
    """Fuzz what was asked for and print a table; 1 if anything broke, 2 if it cannot run."""
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("drivers", nargs="*", help="names of drivers; all installed ones if left out")
    parser.add_argument("--seconds", type=float, default=60.0, help="for each driver")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="drivers at once")
    asked = parser.parse_args()
    drivers = asked.drivers or driver_names()
    if unknown := sorted(set(drivers) - set(driver_names())):
        print(f"no driver is called {', '.join(unknown)}; there are: {', '.join(driver_names())}", file=sys.stderr)
        return 2
    table = Table("driver", "inputs", "a second", "minutes", "edges reached", "found")
    outcomes: list[Outcome] = []
    with Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task("fuzzing", total=len(drivers))
        for outcome in run(drivers, asked.seconds, asked.jobs):
            outcomes.append(outcome)
            progress.advance(task)
    for one in sorted(outcomes):
        rate = f"{one.inputs / one.seconds:,.0f}"
        table.add_row(
            one.driver, f"{one.inputs:,}", rate, f"{one.seconds / 60:.1f}", str(one.covered), one.found or "nothing"
        )
    Console().print(table)
    return 1 if any(one.found for one in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
