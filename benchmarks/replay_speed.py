"""How fast the past is played, how soon a "why" is answered, and what watching it costs the live alarms.

python -m benchmarks.replay_speed [--minutes 20]

A record is made of chairs that send SpO2, pulse rate and heart rate once a second, with dips that alarm and answers of
people. Playing is given in chair-hours in a second of processor time, reading and comparing included. The last table is
how late the event loop is while nothing, one and two replays of twelve chairs are watched at 60 times the speed of
life: an alarm can come so much later, and not more.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter, process_time
from typing import Final

from rich.console import Console
from rich.table import Table
from sqlalchemy.engine import URL

from tests.integration.journal.chronicle import Chronicle, wall
from vitalwatch.alarms import ChairSpec, DeviceSpec
from vitalwatch.alarms.events import Acknowledge, LinkChanged, Sampled
from vitalwatch.hub.replay_picture import LiveAlarms, Room
from vitalwatch.hub.replayed import Replayed, Wish
from vitalwatch.journal.database import parsed
from vitalwatch.journal.history.moment import explain_then
from vitalwatch.journal.store import Store
from vitalwatch.model import Validity, Vital
from vitalwatch.replay.exchange import with_limit
from vitalwatch.replay.record_backtest import RecordBacktest
from vitalwatch.replay.span import SpanPlayer, span_of

VITALS: Final = (Vital.SPO2, Vital.PULSE_RATE, Vital.HEART_RATE)
QUESTIONS: Final = 15
WATCHED_S: Final = 10.0
STEP_S: Final = 0.005


def make(folder: Path, chairs: int, minutes: int) -> URL:
    """A record of so many chairs over so many minutes."""
    url, chance = parsed(f"sqlite:///{folder}/{chairs}.db"), random.Random(1)
    with Store.open(url, write=True) as store:
        record = Chronicle(store, [str(n) for n in range(chairs)])
        record.configure([ChairSpec(s.id, (DeviceSpec(f"ox-{s.id}", VITALS, 1.0),)) for s in record.specs], 0.0)
        for spec in record.specs:
            record.tell(LinkChanged(spec.id, f"ox-{spec.id}", True), 0.0)
        for second in range(1, minutes * 60 + 1):
            for n, spec in enumerate(record.specs):
                spo2 = 84.0 if (second + 60 * n) % 600 < 40 else 95.0 + chance.randint(0, 3)
                for vital, value in zip(VITALS, (spo2, 72.0 + chance.randint(0, 4), 71.0), strict=True):
                    record.tell(Sampled(spec.id, f"ox-{spec.id}", vital, value, Validity.VALID), second + n / 100)
                if (second + 60 * n) % 600 == 30:
                    record.tell(Acknowledge(spec.id, "SPO2-LOW", "Ana"), second + n / 100)
            if second % 60 == 0:
                record.checkpoint()
                record.write()
    return url


def speeds(url: URL, chairs: int, minutes: int) -> tuple[float, float, bool]:
    """Chair-hours in a second of replay and of back-test, and whether the replay was identical."""
    hours = chairs * minutes / 60
    with Store.open(url) as store:
        begun = process_time()
        player = SpanPlayer(store, span_of(store, None, None))
        for _ in player.play():
            pass
        replay_s, begun = process_time() - begun, process_time()
        other = ("other", with_limit("limits.spo2_low", 88.0))
        RecordBacktest(store, span_of(store, None, None), ("then", lambda profile: profile), other).run()
        return hours / replay_s, hours / (process_time() - begun), player.comparison.unlike is None


def answers(url: URL, minutes: int) -> list[float]:
    """Seconds that each of some questions took, at moments anywhere in the record."""
    chance, took = random.Random(2), []
    with Store.open(url) as store:
        for _ in range(QUESTIONS):
            moment = wall(chance.uniform(61, minutes * 60 - 1))
            begun = perf_counter()
            explain_then(store, "0", "SPO2-LOW", moment)
            took.append(perf_counter() - begun)
    return took


async def lateness(url: URL, replays: int) -> list[float]:
    """By how many seconds the event loop was late, each 5 ms, while so many replays are watched."""
    loop, late = asyncio.get_running_loop(), []
    room, stores = Room("Clinic", {}, {}), [Store.open(url) for _ in range(replays)]
    wish = Wish(wall(60), speed=60.0)
    watched = [await Replayed.begin(store, wish, room, lambda: LiveAlarms(0, 0, 0)) for store in stores]

    async def read(replay: Replayed) -> None:
        while True:
            await replay.picture.viewer.next_frame()

    tasks = [asyncio.create_task(work) for each in watched for work in (each.run(), read(each))]
    await asyncio.sleep(1.0)
    end = loop.time() + WATCHED_S
    while loop.time() < end:
        due = loop.time() + STEP_S
        await asyncio.sleep(STEP_S)
        late.append(loop.time() - due)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for store in stores:
        store.close()
    return late


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=int, default=20, help="of the record")
    minutes = parser.parse_args().minutes
    out = Console()
    speed = Table("chairs", "replay, chair-hours a second", "back-test", "identical", "a why, ms: median", "worst")
    late = Table("replays watched", "late, ms: median", "99 %", "worst")
    with tempfile.TemporaryDirectory() as folder:
        for chairs in (1, 12):
            url = make(Path(folder), chairs, minutes)
            replay, backtest, same = speeds(url, chairs, minutes)
            took = [1000 * each for each in answers(url, minutes)]
            cells = (f"{replay:.2f}", f"{backtest:.2f}", str(same), f"{median(took):.0f}", f"{max(took):.0f}")
            speed.add_row(str(chairs), *cells)
        out.print(speed)
        for replays in (0, 1, 2):
            found = [1000 * each for each in asyncio.run(lateness(url, replays))]
            figures = (median(found), quantiles(found, n=100)[98], max(found))
            late.add_row(str(replays), *(f"{each:.2f}" for each in figures))
        out.print(late)


if __name__ == "__main__":
    main()
