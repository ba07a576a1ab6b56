"""How soon the service notices that its only screen is lost: run by hand, see README.md.

python -m benchmarks.screens [--cuts N] [--at-once N] [--seed N]

Each cut is at a random moment between two heartbeats, at a service of its own with one watched chair. The way goes over
real connections of the loopback: a screen that draws and sounds, a network between it and the service, and another
program that listens and takes the time when it is told.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import statistics
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import cycle, islice
from random import Random
from typing import Any, Final, NamedTuple

import structlog
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from tools.attending import CUTS, attending
from tools.running import watching
from vitalwatch.alarms import ChairSpec
from vitalwatch.app import loop_factory
from vitalwatch.clock import SystemClock
from vitalwatch.hub import ChairFace, ChairSetup, Hub
from vitalwatch.reload import ReloadReport
from vitalwatch.web import bind, make_server, make_site

TARGET_S: Final = 5.0
"""A loss has to be an alarm within this time."""

_WAIT_S: Final = 15.0


class Noticed(NamedTuple):
    """What one loss took, in seconds: until the screen was no longer counted, and until that was an alarm."""

    how: str
    not_alive_s: float
    alarm_s: float


@asynccontextmanager
async def service() -> AsyncIterator[str]:
    """Serve one watched chair for the length of a block; gives the page's address."""

    async def no_reload(*_: object) -> ReloadReport:
        raise NotImplementedError("nothing here has a config")

    chair = ChairSetup(ChairSpec("1", ()), ChairFace("1", "Chair 1", ""), ())
    hub = Hub("Benchmark", [chair], SystemClock())
    listener = bind("127.0.0.1", 0)
    server = make_server(make_site(hub, no_reload))
    async with asyncio.TaskGroup() as tasks:
        watching_chairs = tasks.create_task(hub.run())
        serving = tasks.create_task(server.serve([listener]))
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        server.should_exit = True
        await serving
        watching_chairs.cancel()
    listener.close()


async def loss(how: str, wait_s: float) -> Noticed:
    """Lose the only screen of a service, so many seconds after it could alarm."""
    now = asyncio.get_running_loop().time

    def alive(_: object, frame: dict[str, Any]) -> bool:
        return any(screen["alive"] for screen in frame.get("screens", []))

    def not_alive(_: object, frame: dict[str, Any]) -> bool:
        return "screens" in frame and not alive(_, frame)

    async with service() as address, watching(address) as program, attending(address) as screen:
        await program.until(alive)
        with contextlib.suppress(TimeoutError):
            await program.until(not_alive, wait_s)
            raise RuntimeError("the screen was lost before it was cut")
        began = now()
        await screen.cut(how)
        await program.until(not_alive, _WAIT_S)
        not_alive_s = now() - began
        await program.until_alarm("", "T-NOVIEW", "active", _WAIT_S)
        return Noticed(how, not_alive_s, now() - began)


async def measure(cuts: int, at_once: int, seed: int, progress: Progress) -> list[Noticed]:
    """Take all the losses, so many at a time."""
    random = Random(seed)
    lanes = asyncio.Semaphore(at_once)
    task = progress.add_task("cuts", total=cuts)

    async def one(how: str, wait_s: float) -> Noticed:
        async with lanes:
            noticed = await loss(how, wait_s)
        progress.advance(task)
        return noticed

    waits = [(how, 1 + random.random()) for how in islice(cycle(CUTS), cuts)]
    return await asyncio.gather(*(one(how, wait_s) for how, wait_s in waits))


def table(found: list[Noticed]) -> Table:
    """The figures, a row for each way to be lost."""
    made = Table(
        "the screen", "cuts", "not alive after (median)", "worst", "an alarm after (median)", "worst", "in time"
    )
    for how in (*CUTS, "all"):
        rows = [noticed for noticed in found if how in (noticed.how, "all")]
        times = [[noticed.not_alive_s for noticed in rows], [noticed.alarm_s for noticed in rows]]
        figures = [f"{figure:.2f} s" for each in times for figure in (statistics.median(each), max(each))]
        in_time = sum(noticed.alarm_s <= TARGET_S for noticed in rows)
        made.add_row(how, str(len(rows)), *figures, f"{in_time} of {len(rows)}")
    return made


def main() -> int:
    """Measure and print the table; 1 when a loss was noticed too late."""
    parser = argparse.ArgumentParser(description="How soon the service notices that its only screen is lost.")
    parser.add_argument("--cuts", type=int, default=50, metavar="N", help="how many, of each kind in turn (50)")
    parser.add_argument("--at-once", type=int, default=10, metavar="N", help="services at a time (10)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of the moments of the cuts (1)")
    asked = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    console = Console()
    with Progress(console=console, transient=True) as progress, asyncio.Runner(loop_factory=loop_factory()) as runner:
        found = runner.run(measure(asked.cuts, asked.at_once, asked.seed, progress))
    console.print(table(found))
    return int(any(noticed.alarm_s > TARGET_S for noticed in found))


if __name__ == "__main__":
    sys.exit(main())
