"""The budgets of the page, each measured: run by hand, see README.md.

python -m benchmarks.page [--part NAME] [--seconds N] [--paints N] [--alarms N] [--hours H] [--json]

Service, far ends and Chromium are processes as in a clinic, all on one computer.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import re
import shutil
import sys
from typing import Final

from playwright.async_api import async_playwright
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from benchmarks import page_hours, page_seen, page_work
from benchmarks.page_figures import Figure, Step, table
from vitalwatch.web.site import static_folder

PARTS: Final = {
    "work": "frames, work of the page's thread and traffic of 64 chairs with curves, the thread 4 × slower",
    "paint": "from the navigation to the first paint and the first tile",
    "strip": "from the alarm's change of state to its strip on the screen",
    "hours": "how much the heap grows over hours that are played fast",
    "size": "how much the page's scripts weigh",
}

FLAGS: Final = ["--no-sandbox", "--disable-gpu", "--autoplay-policy=no-user-gesture-required"]


def script_bytes() -> int:
    """Bytes of all scripts that the page loads, its workers included, each compressed by gzip."""
    there = {path.name: path.read_bytes() for path in (static_folder() / "assets").glob("*.js")}
    names = scripts_in((static_folder() / "index.html").read_text())
    loaded: set[str] = set()
    while new := (names & there.keys()) - loaded:
        loaded |= new
        names = set().union(*(scripts_in(there[name].decode()) for name in new))
    return sum(len(gzip.compress(there[name], 9)) for name in loaded)


def scripts_in(text: str) -> set[str]:
    """Names of script files that a text speaks of."""
    return set(re.findall(r"[\w.-]+\.js\b", text))


async def measure(asked: argparse.Namespace, step: Step) -> list[Figure]:
    """Measure the parts that were asked for."""
    chromium = shutil.which("chromium")
    parts = [asked.part] if asked.part else list(PARTS)
    found: list[Figure] = []
    async with async_playwright() as playwright:
        for part in parts:
            step(PARTS[part])
            match part:
                case "size":
                    found.append(
                        Figure("scripts", "compressed", script_bytes() / 1000, "kB", at_most=150),
                    )
                case "paint":
                    found += await page_seen.paints(
                        lambda: playwright.chromium.launch(executable_path=chromium, args=FLAGS), asked.paints, step
                    )
                case _:
                    browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
                    if part == "work":
                        found += await page_work.measure(browser, asked.seconds, step)
                    elif part == "strip":
                        found += await page_seen.strips(browser, asked.alarms, step)
                    else:
                        found += await page_hours.measure(browser, asked.hours, step)
                    await browser.close()
    return found


def main() -> int:
    """Measure and print; 1 when a budget is missed."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--part", choices=PARTS, help="only one; without it all, 28 minutes")
    options.add_argument("--seconds", type=float, default=60.0, metavar="N", help="of the work of each wall (60)")
    options.add_argument("--paints", type=int, default=10, metavar="N", help="cold starts (10)")
    options.add_argument("--alarms", type=int, default=60, metavar="N", help="at each speed of the page's thread (60)")
    options.add_argument("--hours", type=float, default=8.0, metavar="H", help="of the clinic that are played (8)")
    options.add_argument("--json", action="store_true", help="figures for programs")
    asked = options.parse_args()
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("starting")
        found = asyncio.run(measure(asked, lambda what: progress.update(task, description=what)))
    if asked.json:
        print(json.dumps([figure.json for figure in found], indent=2))
    else:
        Console().print(table(found))
    return int(not all(figure.is_met for figure in found))


if __name__ == "__main__":
    sys.exit(main())
