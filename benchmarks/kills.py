"""The service killed again and again while people act: is everything there that anybody was told? Run by hand.

python -m benchmarks.kills [--kills 200] [--chairs 16] [--least 0.3] [--most 4] [--seed 1]

The monitors, simulated, and the broker go on; ``vitalwatch run`` gets SIGKILL at a random moment between ``--least``
and ``--most`` seconds after its first snapshot, and is started again at once. Three people act without a rest, and a
client keeps every change of an alarm that it is told. In the end that is compared with the record:

* an act that was answered is in it once; one that was refused is not;
* a change that was shown is in it once, unless it was shown in the last 50 ms before a kill;
* every first snapshot shows each alarm in the state that the record has it in;
* the chain is whole, and everything played again from the first checkpoint gives the same lines to the byte.

Exit code 1 if not.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import statistics
import sys
import tempfile
from pathlib import Path
from random import Random

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from tools.kills import JUST_NOW_S, Found, Life, clinic, compare, live_and_die, record_of


async def lives(options: argparse.Namespace, folder: Path) -> tuple[list[Life], Found]:
    """Kill the service so many times, and compare."""
    rng = Random(options.seed)
    lived: list[Life] = []
    with clinic(folder, options.chairs, options.seed) as file:
        with Progress(console=Console(stderr=True)) as progress:
            for number in progress.track(range(options.kills + 1), description="kills"):
                for_s = rng.uniform(options.least, options.most)
                how = signal.SIGKILL if number < options.kills else signal.SIGTERM
                lived.append(await live_and_die(file, folder / f"life {number}.log", rng, for_s, how))
        with record_of(file) as store:
            return lived, compare(store, lived)


def show(lived: list[Life], found: Found) -> None:
    """Print what was told beside what was found, and how long the starts took."""
    table = Table("", "", title=f"{len(lived) - 1} restarts after SIGKILL")
    for what, count in sorted(found.told.items()):
        table.add_row("changes of alarms shown" if what == "changes" else f"acts {what}", f"{count}")
    table.add_row("of both, missing in the record or twice in it", f"{len(found.missing)}")
    table.add_row(f"changes of the last {JUST_NOW_S * 1e3:.0f} ms that were not kept as shown", f"{found.again}")
    table.add_row("of these, decided again a little later", f"{found.decided}")
    table.add_row("of these, by an act that was not answered, and did not happen", f"{found.unanswered}")
    table.add_row("alarms in the first snapshots", f"{sum(_alarms(life) for life in lived[1:])}")
    table.add_row("other problems of the record", f"{len(found.problems)}")
    ready, cpu = ([getattr(life, name) for life in lived[1:]] for name in ("ready_s", "cpu_s"))
    for what, times in (("start to first snapshot, s", ready), ("processor time of that, s", cpu)):
        table.add_row(f"{what}: median, worst", f"{statistics.median(times):.2f}, {max(times):.2f}")
    console = Console(width=110)
    console.print(table)
    console.print("in the record:", dict(found.counts))
    for line in [*found.missing, *found.problems][:20]:
        console.print(line, markup=False)


def _alarms(life: Life) -> int:
    return sum(len(chair["alarms"]) for chair in life.snapshot["chairs"])


def main() -> int:
    """Run it; 1 if anything is missing."""
    parser = argparse.ArgumentParser(description="what is left of what people were told, after many kills")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--chairs", type=int, default=16)
    parser.add_argument("--least", type=float, default=0.3, help="seconds from the first snapshot to a kill")
    parser.add_argument("--most", type=float, default=4.0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        lived, found = asyncio.run(lives(options, Path(name)))
        show(lived, found)
    return 1 if found.missing or found.problems else 0


if __name__ == "__main__":
    sys.exit(main())
