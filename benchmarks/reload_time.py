"""How long a reload of the config takes, and how long it keeps a running service from everything else.

python -m benchmarks.reload_time [--chairs 64] [--rounds 10]

A clinic in this process, with ten minutes of values at every chair and an alarm at every fourth. For each kind of
change:

* *preview* and *apply*: from asking to the report, reading and checking the files included;
* *longest stall*: the longest time in which the event loop did nothing else, so that a value or an alarm had to wait.

Reading and checking happen in a thread and cost the others only their share of the processor.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Final

import structlog
from rich.console import Console
from rich.table import Table

from vitalwatch.alarms.chair import HISTORY_TICKS
from vitalwatch.app import chair_setups, loop_factory, make_hub, make_links, notices
from vitalwatch.clock import SystemClock
from vitalwatch.config import load
from vitalwatch.hub import Viewer
from vitalwatch.links import Links
from vitalwatch.model import Vital
from vitalwatch.reload import Reloader

PROFILE: Final = 'name = "ours"\nversion = "1"\n[limits]\nspo2_low = {}\n'
SETTLE_S: Final = 0.3

Change = Callable[[str], str]


def chair(number: int) -> str:
    """One chair with an oximeter."""
    return f"""
[[chair]]
id = "{number}"

[[device]]
id = "ox-{number}"
chair = "{number}"
driver = "nellcor"
link = "loop://ox-{number}"
"""


def last_out(text: str) -> str:
    """The file without its last chair and that one's device."""
    return text[: text.rindex("[[chair]]")]


CHANGES: Final[dict[str, Change]] = {
    "nothing (the file was saved again)": lambda text: text,
    "another label": lambda text: text.replace('id = "1"\n', 'id = "1"\nlabel = "Window"\n', 1),
    "one device's link": lambda text: text.replace('"loop://ox-1"', '"loop://other"'),
    "a chair added": lambda text: text + chair(999),
    "a chair taken out": last_out,
    "another limit at every chair": lambda text: text.replace("one.toml", "two.toml"),
}


class Stalls:
    """Sees how long the event loop is away."""

    longest_s = 0.0

    async def watch(self) -> None:
        """Come back as often as the loop can, until cancelled."""
        before = perf_counter()
        while True:
            await asyncio.sleep(0)
            now = perf_counter()
            self.longest_s = max(self.longest_s, now - before)
            before = now


def fill(links: Links, reloader: Reloader, chairs: int) -> None:
    """Let every oximeter send a line; the histories are filled by hand."""
    for number in range(1, chairs + 1):
        spo2 = 80 if number % 4 == 0 else 97
        links.loop(f"ox-{number}").feed(b"02-Mar-26 10:15:00   %3d      66      12    %-18s\r\n" % (spo2, b""))
    engine = reloader._hub._engine  # noqa: SLF001 - ten minutes of values in no time
    for name in engine.chairs:
        engine.chair(name).history = {
            vital: [97.0 - n % 3 for n in range(HISTORY_TICKS)] for vital in (Vital.SPO2, Vital.HEART_RATE)
        }


@asynccontextmanager
async def clinic(path: Path, chairs: int) -> AsyncIterator[tuple[Reloader, Links]]:
    """A running clinic with one screen."""
    config = load(path)
    clock = SystemClock()
    links = make_links(config, clock)
    hub = make_hub(config, clock, links)
    running = asyncio.create_task(hub.run())
    await asyncio.sleep(SETTLE_S)
    hub.viewers.add(Viewer(hub.snapshot()))
    reloader = Reloader(config, hub, partial(chair_setups, links=links), notices)
    fill(links, reloader, chairs)
    try:
        yield reloader, links
    finally:
        running.cancel()
        await asyncio.wait({running})


async def timed(reloader: Reloader, *, dry_run: bool) -> tuple[float, float]:
    """Milliseconds of one reload, and of the longest stall in it."""
    stalls = Stalls()
    watching = asyncio.create_task(stalls.watch())
    await asyncio.sleep(0)
    began = perf_counter()
    report = await reloader.run(dry_run)
    spent = perf_counter() - began
    await asyncio.sleep(0)
    watching.cancel()
    await asyncio.wait({watching})
    if not report.ok:
        raise SystemExit(f"the benchmark's own config has mistakes: {report.mistakes}")
    return spent * 1e3, stalls.longest_s * 1e3


async def measure(folder: Path, chairs: int, change: Change) -> tuple[float, float, float, float]:
    """Milliseconds: preview, its longest stall, apply, its longest stall."""
    path = folder / "clinic.toml"
    text = '[clinic]\nprofile = "one.toml"\n' + "".join(chair(n) for n in range(1, chairs + 1))
    path.write_text(text)
    async with clinic(path, chairs) as (reloader, _):
        path.write_text(change(text))
        os.utime(path)
        preview = await timed(reloader, dry_run=True)
        applied = await timed(reloader, dry_run=False)
    return *preview, *applied


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description="how long a reload of the config takes")
    parser.add_argument("--chairs", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=10, help="how often each change is made")
    options = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    title = f"{options.chairs} chairs, {options.rounds} rounds: median (worst), ms"
    table = Table("what changed", "preview", "longest stall", "apply", "longest stall", title=title)
    with tempfile.TemporaryDirectory() as name, asyncio.Runner(loop_factory=loop_factory()) as runner:
        folder = Path(name)
        for profile, limit in (("one", 90), ("two", 91)):
            (folder / f"{profile}.toml").write_text(PROFILE.format(limit).replace("ours", profile))
        for what, change in CHANGES.items():
            rounds = [runner.run(measure(folder, options.chairs, change)) for _ in range(options.rounds)]
            table.add_row(what, *(f"{median(column):.1f} ({max(column):.1f})" for column in zip(*rounds, strict=True)))
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
