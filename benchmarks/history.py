"""How soon the record answers: one chair for 8 hours and for 30 days, the alarms and the burden of 30 days.

python -m benchmarks.history [--days 30] [--chairs 12] [--rounds 20] [--keep FILE]

Records are filled by ``history_days.py``, on SQLite and, where PostgreSQL is installed, on a server of its own. Each
question opens the record anew, as the web does. The *longest stall* is how long an event loop in the same process did
nothing else while the question was answered in a thread: so long an alarm might wait.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from sqlalchemy.engine import URL

from benchmarks.history_days import SHUTS_S, fill
from tests.integration.journal.postgres import PostgresServer, programs
from vitalwatch.journal.database import parsed
from vitalwatch.journal.history.curves import MOST, curves
from vitalwatch.journal.history.past_alarms import alarms
from vitalwatch.journal.history.questions import alarm_burden, timeline
from vitalwatch.journal.history.stretch import Stretch
from vitalwatch.journal.record import US
from vitalwatch.journal.store import Store

DAY: Final = 24 * 3600 * US
HOUR: Final = 3600 * US
LAST_DAY: Final = 1_790_000_000 // (24 * 3600)
"""A day in September 2026."""

END: Final = (LAST_DAY * 24 * 3600 + SHUTS_S) * US
TICK_S: Final = 0.001

Question = Callable[[Store], Any]


def questions(days: int) -> dict[str, Question]:
    """What is asked, of the end of the record."""
    since = END - days * DAY
    return {
        "nothing, for the stall of a computer that does other things too": lambda _: time.sleep(0.1),
        "curves, 10 minutes": lambda store: curves(store, "5", END - HOUR // 6, END),
        "curves, 8 hours": lambda store: curves(store, "5", END - 8 * HOUR, END),
        f"curves, {days} days": lambda store: curves(store, "5", since, END),
        "timeline, 8 hours": lambda store: timeline(store, "5", END - 8 * HOUR, END, MOST),
        f"timeline, {days} days": lambda store: timeline(store, "5", since, END, MOST),
        "alarms of all chairs, 8 hours": lambda store: alarms(Stretch(store, END - 8 * HOUR, END)),
        f"burden of all chairs, {days} days": lambda store: alarm_burden(store, since, END),
    }


async def measured(place: URL, question: Question, rounds: int) -> tuple[list[float], float]:
    """Seconds of each answer, and the longest stall of the event loop."""

    def answer() -> float:
        begun = time.perf_counter()
        with Store.open(place) as store:
            question(store)
        return time.perf_counter() - begun

    gc.freeze()  # as the service does
    stalls = [0.0]

    async def tick() -> None:
        while True:
            begun = time.perf_counter()
            await asyncio.sleep(TICK_S)
            stalls.append(time.perf_counter() - begun - TICK_S)

    ticking = asyncio.create_task(tick())
    await asyncio.to_thread(answer)  # warm
    took = [await asyncio.to_thread(answer) for _ in range(rounds)]
    ticking.cancel()
    return took, max(stalls)


@contextmanager
def places(keep: Path | None) -> Iterator[dict[str, URL]]:
    """Empty databases by name."""
    installed = programs()
    with tempfile.TemporaryDirectory() as folder:
        found = {"SQLite": parsed(f"sqlite:///{keep or Path(folder) / 'record.db'}")}
        if installed is None:
            yield found
            return
        server = PostgresServer(installed, durable=True)
        server.start()
        try:
            yield {**found, "PostgreSQL": server.database()}
        finally:
            server.remove()


def main() -> None:
    """Fill, ask, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--chairs", type=int, default=12)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--keep", type=Path, help="where the SQLite record stays, for a look at it on the page")
    given = parser.parse_args()
    console = Console()
    with places(given.keep) as found:
        for name, place in found.items():
            begun = time.perf_counter()
            with Store.open(place, write=True) as store:
                rows = fill(store, given.chairs, given.days, END)
            console.print(f"{name}: {rows:,} rows, filled in {time.perf_counter() - begun:.0f} s")
            table = Table("question", "median, ms", "p95, ms", "longest stall, ms", title=name)
            for text, question in questions(given.days).items():
                took, stall = asyncio.run(measured(place, question, given.rounds))
                cuts = quantiles(took, n=20, method="inclusive")
                table.add_row(text, *(f"{seconds * 1000:.1f}" for seconds in (cuts[9], cuts[18], stall)))
            console.print(table)


if __name__ == "__main__":
    main()
