"""How often detection is right, wrong or undecided: every simulator, settings, wrong speeds, noise and silence.

``make bench ARGS="detection"``. All cases of the table run on virtual time through the same judgement as the command,
those that are asked with ``--probe``; the last lines are of the command's own listening, on pseudo-terminals in real
time.

A wrong claim is worse than none, so the program's exit code is 1 if there is any.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import pty
import random
import sys
import time
import tty
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from itertools import product
from typing import Final, NamedTuple

import msgspec
from rich.console import Console
from rich.table import Table

from benchmarks.detection_cases import (
    ANSWERERS,
    FLIPS,
    HOUSE,
    PATHS,
    STARTED,
    STRANGERS,
    Chunk,
    heard_at,
    simulated,
    truth_of,
    with_flips,
)
from benchmarks.detection_lines import Answering, Line, Monitored, Recorded, on_line
from vitalwatch.clock import SystemClock
from vitalwatch.detect.listen import SECONDS, Listeners, find_listeners, listen
from vitalwatch.detect.ports import Port
from vitalwatch.detect.score import Confidence, Verdict
from vitalwatch.detect.topics import MAPPED_BY, Hearing
from vitalwatch.driver import LineSettings, Message
from vitalwatch_simulators.clinic import DEVICES, DevicePlan, MqttKind, SerialKind
from vitalwatch_simulators.patient import Patient
from vitalwatch_simulators.scenario import patient_in

SCENARIOS: Final = ("quiet", "ketamine", "desaturation", "probe-off-again", "pressure-rise", "fast-heart", "restless")
"""What happens to the people whose monitors are to be recognised."""


class Result(NamedTuple):
    """What became of one case."""

    case: str
    truth: str
    answer: str
    sure: bool
    took_s: float

    @property
    def kind(self) -> str:
        if self.answer == self.truth:
            return "right"
        return "undecided" if not self.answer else "wrong"


def _result(case: str, truth: str, line: Line, listeners: Listeners, seconds: float, *, probe: bool = False) -> Result:
    verdict, took_s = on_line(line, listeners, seconds, probe=probe)
    answer = verdict.score.driver if verdict.score else ""
    return Result(case, truth, answer, verdict.confidence is Confidence.SURE, took_s)


def _sent(chunks: Sequence[Chunk], sent: LineSettings) -> Recorded:
    return Recorded(lambda heard: heard_at(chunks, sent, heard))


def serial_kinds() -> dict[str, SerialKind]:
    """The simulated devices that speak on serial lines."""
    return {name: kind for name, kind in DEVICES.items() if isinstance(kind, SerialKind)}


def speaks(kind: SerialKind) -> bool:
    """Whether a simulated device sends whenever it is listened to. A cuff module does so only while its cuff runs."""
    return all(simulated(kind, kind.baud, seed, "quiet", SECONDS) for seed in range(5))


def devices(listeners: Listeners, seconds: float, seeds: range) -> Iterator[Result]:
    """Every simulated serial device that speaks by itself, at every setting of its driver; with turned bits too."""
    drivers = {driver.info.name: driver.info for driver in listeners.drivers}
    for name, kind in serial_kinds().items():
        if not speaks(kind):
            continue
        truth = truth_of(name, drivers)
        own = LineSettings(kind.baud, kind.bits, kind.parity, kind.stop)
        for sent in drivers[truth].settings if truth else (own,):
            for story, seed in product(SCENARIOS, seeds):
                chunks = simulated(kind, sent.baud, seed, story, seconds)
                case = f"{name} at {sent.baud}"
                yield _result(case, truth, _sent(chunks, sent), listeners, seconds)
                for share in FLIPS:
                    noisy = with_flips(chunks, share, random.Random(f"{seed}/{share}"))
                    case = f"{name} at {sent.baud}, {share:.1%} of bytes damaged"
                    yield _result(case, truth, _sent(noisy, sent), listeners, seconds)


def asked(listeners: Listeners, seconds: float, seeds: range) -> Iterator[Result]:
    """Every simulated serial device at its own setting with ``--probe``; and things that answer and are no monitor."""
    drivers = [driver.info.name for driver in listeners.drivers]
    for name, kind in serial_kinds().items():
        truth = truth_of(name, drivers)
        settings = LineSettings(kind.baud, kind.bits, kind.parity, kind.stop)
        for story, seed in product(SCENARIOS, seeds):
            begin = random.Random(f"{seed}/{story}").uniform(0, 120)
            line = Monitored(kind.make(patient_in(story, seed), STARTED), settings, begin)
            yield _result(f"{name}, asked", truth, line, listeners, seconds, probe=True)
    for case, answer in ANSWERERS.items():
        yield _result(f"{case}, asked", "", Answering(answer), listeners, seconds, probe=True)
    for seed in range(2 * len(seeds)):
        babble = Answering(partial(_babble, random.Random(seed)))
        yield _result("random answers, asked", "", babble, listeners, seconds, probe=True)
    yield _result("silence, asked", "", Recorded(lambda _at: ()), listeners, seconds, probe=True)


def wrong_speeds(listeners: Listeners, seconds: float, seeds: range) -> Iterator[Result]:
    """Every simulated serial device at a speed that no driver names: heard only as wrong bytes."""
    for name, kind in serial_kinds().items():
        for baud in (1200, 2400, 4800, 38400, 57600, 115200):
            sent = LineSettings(baud)
            if sent in listeners.settings:
                continue
            for seed in seeds:
                if chunks := simulated(kind, baud, seed, "quiet", seconds):
                    case = f"{name} at a speed that no driver names"
                    yield _result(case, "", _sent(chunks, sent), listeners, seconds)


def strangers(listeners: Listeners, seconds: float, seeds: range) -> Iterator[Result]:
    """Silence, noise, and lines of other programs."""
    yield _result("silence", "", Recorded(lambda _at: ()), listeners, seconds)
    for seed in range(20 * len(seeds)):
        rng = random.Random(seed)
        noise = [(t / 10, rng.randbytes(96)) for t in range(int(seconds * 10))]
        yield _result("random bytes", "", _same(noise), listeners, seconds)
        text = [(at, bytes(0x20 + byte % 0x5F for byte in data[:-2]) + b"\r\n") for at, data in noise]
        yield _result("random printable lines", "", _same(text), listeners, seconds)
    for case, data in STRANGERS.items():
        chunks = [(n * seconds / 40, data[n * 16 : n * 16 + 16]) for n in range(32)]
        yield _result(case, "", _same(chunks), listeners, seconds)
        yield _result(f"{case}, asked", "", _same(chunks), listeners, seconds, probe=True)


def _babble(rng: random.Random, _sent: bytes) -> bytes:
    return rng.randbytes(rng.randrange(1, 60))


def _same(chunks: Sequence[Chunk]) -> Recorded:
    """A line that sounds alike at every setting."""
    return Recorded(lambda _heard: chunks)


class _HandClock:
    speed = 1.0

    def __init__(self) -> None:
        self.at = 0.0

    def now(self) -> float:
        return self.at

    def wall(self) -> datetime:
        return STARTED


def topics(seconds: float, seeds: range) -> Iterator[Result]:
    """Every simulated MQTT device, and other publishers of a house."""
    plan = DevicePlan("", "")
    for name, kind in DEVICES.items():
        if not isinstance(kind, MqttKind) or name not in PATHS:
            continue
        for story in SCENARIOS:
            for seed in seeds:
                begin = random.Random(f"{seed}/{story}").uniform(0, 120)
                monitor = kind.make(
                    patient_in(story, seed), STARTED, msgspec.structs.replace(plan, id=f"{name}-{seed}")
                )
                messages = []
                while (t := monitor.next_at()) < begin + seconds:
                    messages += [(t - begin, each.payload) for each in monitor.emit(t) if t >= begin]
                yield _heard_topic(name, f"{MAPPED_BY}: {PATHS[name]}", messages, seconds)
    for case, payloads in HOUSE.items():
        yield _heard_topic(case, "", [(float(n), payload) for n, payload in enumerate(payloads)], seconds)


def _heard_topic(case: str, truth: str, messages: Sequence[tuple[float, bytes]], seconds: float) -> Result:
    clock = _HandClock()
    hearing = Hearing(clock)
    for at, payload in messages:
        clock.at = at
        hearing.received(Message(payload, "house/1"))
    reports = hearing.reports(seconds)
    answer = ""
    if reports and reports[0].driver:
        answer = f"{reports[0].driver}: {' '.join(sorted(reports[0].options['vitals'].values()))}"
    return Result(case, truth, answer, bool(reports) and reports[0].confidence is Confidence.SURE, seconds)


async def live(listeners: Listeners, ports_of_a_kind: int) -> tuple[float, list[Result]]:
    """The command's own listening on pseudo-terminals, all at once, in real time."""
    drivers = [driver.info.name for driver in listeners.drivers]
    lines: list[tuple[str, str, Callable[[float], bytes]]] = []
    for name, kind in serial_kinds().items():
        truth = truth_of(name, drivers) if speaks(kind) else ""
        lines += [(name, truth, _speaker(kind, seed)) for seed in range(ports_of_a_kind)]
    noise = random.Random(1)
    lines += [("random bytes", "", lambda _t: noise.randbytes(20))] * ports_of_a_kind
    lines += [("silence", "", lambda _t: b"")] * ports_of_a_kind
    ends = [pty.openpty() for _ in lines]
    for _, slave in ends:
        tty.setraw(slave)
    ports = [Port(os.ttyname(slave), os.ttyname(slave)) for _, slave in ends]
    begun = time.monotonic()

    async def one(port: Port) -> tuple[Verdict, float]:
        report = await listen(port, listeners, SystemClock(), SECONDS)
        return report.verdict, time.monotonic() - begun

    async with asyncio.TaskGroup() as tasks:
        speaking = tasks.create_task(_speak([master for master, _ in ends], [line[2] for line in lines]))
        answers = await asyncio.gather(*map(one, ports))
        speaking.cancel()
    for end in (end for pair in ends for end in pair):
        os.close(end)
    results = [
        Result(case, truth, verdict.score.driver if verdict.score else "", bool(verdict.confidence), took_s)
        for (case, truth, _), (verdict, took_s) in zip(lines, answers, strict=True)
    ]
    return time.monotonic() - begun, results


def _speaker(kind: SerialKind, seed: int) -> Callable[[float], bytes]:
    monitor = kind.make(Patient(seed), STARTED)

    def speak(t: float) -> bytes:
        said = b""
        while monitor.next_at() <= t:
            said += monitor.emit(monitor.next_at())
        return said

    return speak


async def _speak(ends: Sequence[int], lines: Sequence[Callable[[float], bytes]]) -> None:
    for end in ends:
        os.set_blocking(end, False)
    begun = time.monotonic()
    while True:
        for end, line in zip(ends, lines, strict=True):
            if data := line(time.monotonic() - begun):
                try:
                    os.write(end, data)
                except BlockingIOError:
                    continue  # nobody reads this line any more
        await asyncio.sleep(0.1)


def main() -> int:
    """Run everything and print a table; 1 if anything was claimed wrongly."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=1, help="patients of each kind")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="listening at each line setting")
    parser.add_argument("--ports", type=int, default=2, help="pseudo-terminals of each kind, listened to at once")
    args = parser.parse_args()
    listeners = find_listeners()
    seeds = range(args.seeds)
    begun = time.process_time()
    results = [
        *devices(listeners, args.seconds, seeds),
        *asked(listeners, args.seconds, seeds),
        *wrong_speeds(listeners, args.seconds, seeds),
        *strangers(listeners, args.seconds, seeds),
        *topics(10.0, seeds),
    ]
    cpu_s = time.process_time() - begun
    out = Console(width=130)
    out.print(_table(results))
    elapsed_s, live_results = asyncio.run(live(listeners, args.ports))
    kinds = Counter(each.kind for each in live_results if each.truth)
    quiet = Counter(each.kind for each in live_results if not each.truth)
    out.print(
        f"{len(live_results)} pseudo-terminals at once: {elapsed_s:.1f} s; devices {dict(kinds)}, "
        f"noise, silence and silent devices {dict(quiet)} (right: nothing claimed)."
    )
    out.print(f"{len(results)} cases on virtual time: {cpu_s:.1f} s of processor time.")
    return int(any(each.kind == "wrong" for each in [*results, *live_results]))


def _table(results: Sequence[Result]) -> Table:
    table = Table("Case", "Truth", *("cases", "right", "wrong", "undecided", "sure", "median s", "worst s"))
    for case in dict.fromkeys(each.case for each in results):
        rows = [each for each in results if each.case == case]
        kinds = Counter(each.kind for each in rows)
        times = sorted(each.took_s for each in rows)
        table.add_row(
            case,
            rows[0].truth.partition(":")[0] or "nothing",
            str(len(rows)),
            *(str(kinds[kind]) for kind in ("right", "wrong", "undecided")),
            str(sum(each.sure for each in rows)),
            f"{times[len(times) // 2]:.1f}",
            f"{times[-1]:.1f}",
        )
    totals = Counter((bool(each.truth), each.kind) for each in results)
    for known, name in ((True, "all devices"), (False, "all that is no device")):
        table.add_row(
            name,
            "",
            str(sum(count for (truth, _), count in totals.items() if truth is known)),
            *(str(totals[known, kind]) for kind in ("right", "wrong", "undecided")),
            "",
            "",
            "",
        )
    return table


if __name__ == "__main__":
    sys.exit(main())
