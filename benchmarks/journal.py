"""What keeping the record costs: processor time, delay of the event loop, room on the disk; and an hour without it.

python -m benchmarks.journal [--seconds 10] [--only sqlite]

A feeder in the event loop tells a real recorder what so many chairs send, in bursts of 10 ms, with one change of an
alarm a minute and chair; a real writer in its thread keeps it, on SQLite and on a PostgreSQL made for this, both with
every commit on the disk. Processor time is that of the two threads, each by its own clock; what the feeder costs with
nothing to tell is taken off. The delay is by how much a timer of the event loop comes late.

The hour: what 64 chairs send while the database is gone goes through the spool, second by second; then the next start
takes it in.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles
from typing import Final, NamedTuple

import structlog
from rich.console import Console
from rich.table import Table
from sqlalchemy import text
from sqlalchemy.engine import URL

from tests.integration.journal.postgres import PostgresServer, programs
from vitalwatch.alarms.events import Event, Sampled
from vitalwatch.alarms.transition import Priority, State, Transition
from vitalwatch.app import loop_factory
from vitalwatch.clock import SystemClock
from vitalwatch.journal.database import parsed
from vitalwatch.journal.opening import open_record
from vitalwatch.journal.packing import Item, gathered
from vitalwatch.journal.record import Kind, Row, to_us
from vitalwatch.journal.recorder import Recorder
from vitalwatch.journal.spool import Spool
from vitalwatch.journal.store import Store
from vitalwatch.journal.upkeep.compact import DAY, FOR_GOOD, compact
from vitalwatch.journal.writer import FLUSH_S
from vitalwatch.model import Validity, Vital

LOADS: Final = ((64, 4), (5000, 3))
"""Chairs, and samples a second from each."""

STREAMED: Final = (Vital.SPO2, Vital.PULSE_RATE, Vital.HEART_RATE, Vital.RESPIRATION_RATE)
TURN_S: Final = 0.01
PROBE_S: Final = 0.005
DAY_S: Final = 86_400


class Figures(NamedTuple):
    """What one run gave.

    Attributes:
        samples: told a second.
        loop_share: of one core, for telling, in the event loop's thread.
        writer_share: of one core, in the writer's.
        idle_ms: p99 of the delay of the event loop with nothing to keep, milliseconds.
        late_ms: p99 of it while all is kept.
        backlog: what was not on the disk when the feeder stopped.
    """

    samples: float
    loop_share: float
    writer_share: float
    idle_ms: float
    late_ms: float
    backlog: int


def events_of(chairs: int) -> Iterator[Event]:
    """What chairs send, one after the other, without end."""
    turn = 0
    while True:
        vital = STREAMED[turn % len(STREAMED)]
        level = 97.0 if vital is Vital.SPO2 else 70.0
        for chair in range(chairs):
            yield Sampled(f"chair-{chair}", f"mon-{chair}", vital, level + (turn * 7 + chair) % 5, Validity.VALID)
        turn += 1


def change(number: int, chairs: int, at: float) -> Transition:
    """One alarm changes its state."""
    return Transition(
        f"chair-{number % chairs}",
        "SPO2-LOW",
        State.PENDING,
        State.ACTIVE,
        Priority.MEDIUM,
        at,
        value=87.0,
        limit=90.0,
        limit_source="profile default",
        delay_s=10.0,
        reason="beyond the limit for its delay",
    )


async def feed(
    chairs: int,
    rate: int,
    seconds: float,
    clock: SystemClock,
    told: Callable[[Event, float], None],
    said: Callable[[list[Transition]], None],
) -> int:
    """Tell what happens for so long; gives how many samples that were."""
    events = events_of(chairs)
    begun = time.monotonic()
    samples = changes = 0
    while (passed := time.monotonic() - begun) < seconds:
        now = round(clock.now(), 6)
        for _ in range(int(passed * chairs * rate) - samples):
            told(next(events), now)
            samples += 1
        while changes < passed * chairs / 60:
            said([change(changes, chairs, now)])
            changes += 1
        await asyncio.sleep(TURN_S)
    return samples


async def probe(late: list[float]) -> None:
    """Note by how much a timer comes late, milliseconds."""
    while True:
        due = time.perf_counter() + PROBE_S
        await asyncio.sleep(PROBE_S)
        late.append((time.perf_counter() - due) * 1e3)


async def measure(chairs: int, rate: int, seconds: float, record: Recorder | None) -> tuple[int, float, list[float]]:
    """Samples told, processor time of this thread, and delays."""
    late: list[float] = []
    clock = SystemClock(start=1_800_000_000.0)
    watching = asyncio.create_task(probe(late))
    begun = time.thread_time()
    if record is None:
        samples = await feed(chairs, rate, seconds, clock, lambda _event, _at: None, lambda _outputs: None)
    else:
        samples = await feed(chairs, rate, seconds, clock, record.told, record.said)
    spent = time.thread_time() - begun
    watching.cancel()
    return samples, spent, late


async def run(place: URL, folder: Path, chairs: int, rate: int, seconds: float) -> Figures:
    """Keep what so many chairs send."""
    _, idle, idle_late = await measure(chairs, rate, seconds / 2, None)
    opened = open_record(place, folder / "spool", "benchmark")
    assert opened.store is not None, opened.notice
    record = Recorder(SystemClock(), opened.open, opened.store, opened.packer, opened.spool)
    record.start()
    thread = time.pthread_getcpuclockid(record.writer._thread.ident or 0)  # noqa: SLF001 - its clock, for this only
    before = time.clock_gettime(thread)
    samples, spent, late = await measure(chairs, rate, seconds, record)
    writer = time.clock_gettime(thread) - before
    backlog = record.backlog
    await record.end(b"{}")
    return Figures(
        samples / seconds,
        max(0.0, spent / seconds - idle / (seconds / 2)),
        writer / seconds,
        quantiles(idle_late, n=100)[98],
        quantiles(late, n=100)[98],
        backlog,
    )


def hour(place: URL, folder: Path) -> Iterator[tuple[str, str]]:
    """An hour of 64 chairs goes through the spool; then a start takes it in. Gives what was found."""
    chairs, rate = LOADS[0]
    begin = 1_800_000_000.0
    flushes = round(1 / FLUSH_S)
    events = events_of(chairs)
    spool = Spool(folder / "spool")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.monotonic()
    for second in range(3600):
        rows: list[Row] = []
        for flush in range(flushes):
            at = begin + second + flush / flushes
            rows += gathered([Item(None, at, next(events)) for _ in range(chairs * rate // flushes)], lambda at: at)
        at = begin + second + 0.99
        rows += gathered([Item(Kind.TRANSITION, at, change(second, chairs, at), "SPO2-LOW", "1")], lambda at: at)
        if second % 60 == 59:
            rows += gathered([Item(None, at, b"{}")], lambda at: at)  # where a seal is; a state's size is another story
        spool.put(rows, reachable=False)
    yield "into the file", f"{time.monotonic() - begun:.1f} s"
    yield "size of the file", f"{spool.path.stat().st_size / 1e6:.1f} MB"
    yield "memory", f"+{(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory) / 1024:.1f} MB"
    spool.close()
    begun = time.monotonic()
    opened = open_record(place, folder / "spool", "benchmark")
    assert opened.store is not None, opened.notice
    yield "taken in at the next start", f"{time.monotonic() - begun:.1f} s"
    with opened.store as store:
        begun = time.monotonic()
        found = sum(1 for _ in store.told())
        assert found == opened.packer.seq, "a gap, or something twice"
        yield "read again", f"{found / (time.monotonic() - begun):,.0f} rows/s"
        samples = found - 3660
        yield "samples", f"{samples:,}"
        yield "on the disk, a sample", f"{room(store) / samples:.1f} bytes"
        for _ in compact(store, FOR_GOOD, to_us(begin) + DAY, lambda: begin + 3600):
            pass
        if store.file is not None:  # a server keeps what became free for what comes
            store.shrink()
            yield "once compacted, a sample", f"{room(store) / samples:.1f} bytes"
            yield "a chair and day, compacted", f"{room(store) / samples * rate * DAY_S / 1e6:.2f} MB"


def room(store: Store) -> int:
    """Bytes that a record takes on the disk, its indexes too."""
    with store.transaction() as connection:
        if store.file is not None:
            pages = text("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
            return int(connection.execute(pages).scalar_one())
        tables = ("entry", "block", "checkpoint")
        sizes = [text(f"SELECT pg_total_relation_size('{table}')") for table in tables]
        return sum(int(connection.execute(size).scalar_one()) for size in sizes)


@contextmanager
def places(only: str) -> Iterator[list[tuple[str, Callable[[Path], URL]]]]:
    """The databases that there are."""
    found: list[tuple[str, Callable[[Path], URL]]] = []
    server = None
    if only != "postgresql":
        found.append(("SQLite", lambda folder: parsed(f"sqlite:///{folder}/record.db")))
    bin_ = programs()
    if bin_ is not None and only != "sqlite":
        server = PostgresServer(bin_, durable=True)
        server.start()
        made = server
        found.append(("PostgreSQL", lambda _folder: made.database()))
    try:
        yield found
    finally:
        if server is not None:
            server.remove()


def main() -> int:
    """Measure, and print tables."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--seconds", type=float, default=10.0, help="of each run (default: %(default)s)")
    parser.add_argument("--only", choices=["sqlite", "postgresql"], default="", help="one database")
    asked = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    console = Console(width=130)
    columns = "", "samples/s", "telling", "writer", "loop late, p99: idle", "keeping", "waits"
    table = Table(*columns, title="Keeping (shares of one core)")
    hours = Table("", "", title="An hour of 64 chairs without the database")
    with places(asked.only) as databases, tempfile.TemporaryDirectory() as top:
        for name, place in databases:
            folder = Path(tempfile.mkdtemp(dir=top))
            for what, figure in hour(place(folder), folder):
                hours.add_row(f"{name}: {what}", figure)
        for name, place in databases:
            for chairs, rate in LOADS:
                folder = Path(tempfile.mkdtemp(dir=top))
                with asyncio.Runner(loop_factory=loop_factory()) as runner:
                    got = runner.run(run(place(folder), folder, chairs, rate, asked.seconds))
                table.add_row(
                    f"{name}, {chairs} chairs",
                    f"{got.samples:.0f}",
                    f"{got.loop_share:.1%}",
                    f"{got.writer_share:.1%}",
                    f"{got.idle_ms:.2f} ms",
                    f"{got.late_ms:.2f} ms",
                    str(got.backlog),
                )
    console.print(table)
    console.print(hours)
    return 0


if __name__ == "__main__":
    sys.exit(main())
