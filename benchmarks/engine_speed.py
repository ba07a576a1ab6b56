"""What deciding costs: the alarm engine alone, without links, screens and record.

python -m benchmarks.engine_speed [--rounds 5]

Three figures in processor time, which other programs on the computer disturb less than time on the clock; each is the
median of some rounds, and the best of them:

* one sample at one chair, by what the chair is going through;
* one tick of the trends (each five seconds) at one chair, in a clinic of so many. ``moving`` is the worst case: every
  series of every chair slopes, so every line has to be fitted; in a ``steady`` one the values do not move at all;
* one second of a clinic in which every chair sends SpO2, pulse rate and heart rate once, the tick's share included.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable
from statistics import median
from time import process_time
from typing import Final

from rich.console import Console
from rich.table import Table

from vitalwatch.alarms import ChairSpec, DeviceSpec, Engine
from vitalwatch.alarms.chair import HISTORY_TICKS, TICK_S
from vitalwatch.alarms.events import LinkChanged, Sampled
from vitalwatch.alarms.facts import Baseline
from vitalwatch.model import Validity, Vital

VITALS: Final = (Vital.SPO2, Vital.PULSE_RATE, Vital.HEART_RATE)
SAMPLES: Final = 5000
SECONDS: Final = 30
SEED: Final = 1

STREAMS: Final[dict[str, dict[Vital, Callable[[int], float]]]] = {
    "SpO2 wandering inside its limit": {Vital.SPO2: lambda n: 96.0 + n % 3},
    "SpO2 about its limit": {Vital.SPO2: lambda n: 88.0 + n % 5},
    "SpO2 in alarm": {Vital.SPO2: lambda n: 82.0 + n % 2},
    "HR wandering inside its limits": {Vital.HEART_RATE: lambda n: 70.0 + n % 7},
    "HR in alarm": {Vital.HEART_RATE: lambda n: 155.0 + n % 2},
    "SpO2, pulse and HR in turn": {
        Vital.SPO2: lambda n: 96.0 + n % 3,
        Vital.PULSE_RATE: lambda n: 70.0 + n % 7,
        Vital.HEART_RATE: lambda n: 71.0 + n % 7,
    },
}


def clinic(chairs: int, *, moving: bool) -> Engine:
    """A clinic at 0 s whose chairs already know ten minutes of values and a baseline."""
    chance = random.Random(SEED)
    names = [f"chair-{n}" for n in range(chairs)]
    engine = Engine([ChairSpec(name, (DeviceSpec(f"{name}-m", VITALS, 1.0),)) for name in names], 0.0)
    for name in names:
        engine.step(LinkChanged(name, f"{name}-m", True), 0.0)
        chair = engine.chair(name)
        chair.baseline = Baseline(0.0, "benchmark", 98.0, 75.0, 120.0, 75.0)
        for vital, level in ((Vital.SPO2, 97.0), (Vital.HEART_RATE, 75.0)):
            slope = 1.5 / HISTORY_TICKS if moving else 0.0
            noise = 1.0 if moving else 0.0
            chair.history[vital] = [
                round(level - slope * n + noise * chance.uniform(-1, 1), 1) for n in range(HISTORY_TICKS)
            ]
    return engine


def tell(engine: Engine, names: list[str], now: float) -> None:
    """Every chair sends each of its values once."""
    for name in names:
        for vital, value in ((Vital.SPO2, 97.0), (Vital.PULSE_RATE, 75.0), (Vital.HEART_RATE, 75.0)):
            engine.step(Sampled(name, f"{name}-m", vital, value, Validity.VALID), now)


def sample_us(stream: dict[Vital, Callable[[int], float]]) -> float:
    """Microseconds for one sample, at 1 Hz, one chair; ticks of the trends are left out by short steps of time."""
    engine = Engine([ChairSpec("a", (DeviceSpec("m", VITALS, 1.0),))], 0.0)
    engine.step(LinkChanged("a", "m", True), 0.0)
    events = [Sampled("a", "m", vital, of(n), Validity.VALID) for n in range(SAMPLES) for vital, of in stream.items()]
    step_s = 1 / len(stream)
    spent = 0.0
    for n, event in enumerate(events):
        engine.advance(n * step_s)  # what is due by itself is not the sample's cost
        began = process_time()
        engine.step(event, n * step_s)
        spent += process_time() - began
    return spent / len(events) * 1e6


def clock_us() -> float:
    """What reading the clock twice costs, which is taken off the figure above."""
    spent = 0.0
    for _ in range(SAMPLES):
        began = process_time()
        spent += process_time() - began
    return spent / SAMPLES * 1e6


def tick_ns(chairs: int, *, moving: bool) -> float:
    """Nanoseconds for one chair at its tick of the trends; chairs tick at moments of their own."""
    engine = clinic(chairs, moving=moving)
    tell(engine, engine.chairs, TICK_S)  # stands until all but the last few chairs have ticked
    began = process_time()
    engine.advance(2 * TICK_S - 0.1)
    return (process_time() - began) / chairs * 1e9


def second_ms(chairs: int, *, moving: bool) -> float:
    """Milliseconds of processor time for one second of a clinic."""
    engine = clinic(chairs, moving=moving)
    names = engine.chairs
    began = process_time()
    for second in range(1, SECONDS + 1):
        tell(engine, names, float(second))
    return (process_time() - began) / SECONDS * 1e3


def rounds_of(measure: Callable[[], float], rounds: int) -> tuple[float, float]:
    """Median and best."""
    figures = [measure() for _ in range(rounds)]
    return median(figures), min(figures)


def main() -> None:
    """Measure, and print three tables."""
    parser = argparse.ArgumentParser(description="what deciding costs, without links, screens and record")
    parser.add_argument("--rounds", type=int, default=5, help="how often each figure is taken")
    rounds = parser.parse_args().rounds
    out = Console()
    clock = min(clock_us() for _ in range(5))

    table = Table("one sample at one chair", "µs", "best", title=f"{SAMPLES} samples, {rounds} rounds")
    for name, stream in STREAMS.items():
        middle, best = rounds_of(lambda stream=stream: sample_us(stream) - clock, rounds)  # type: ignore[misc]
        table.add_row(name, f"{middle:.1f}", f"{best:.1f}")
    out.print(table)

    table = Table("one chair at a tick of the trends", "moving, ns", "best", "steady, ns", "best")
    for chairs in (100, 1000, 10_000):
        figures = [
            figure
            for moving in (True, False)
            for figure in rounds_of(lambda n=chairs, moving=moving: tick_ns(n, moving=moving), min(rounds, 3))  # type: ignore[misc]
        ]
        table.add_row(f"{chairs:,} chairs", *(f"{figure:,.0f}" for figure in figures))
    out.print(table)

    table = Table("one second of a clinic, 3 values a chair", "ms", "best", "of one core")
    for chairs in (50, 500):
        for moving in (True, False):
            middle, best = rounds_of(lambda n=chairs, moving=moving: second_ms(n, moving=moving), min(rounds, 3))  # type: ignore[misc]
            what = "moving" if moving else "steady"
            table.add_row(f"{chairs} chairs, {what}", f"{middle:.1f}", f"{best:.1f}", f"{middle / 10:.1f} %")
    out.print(table)


if __name__ == "__main__":
    main()
