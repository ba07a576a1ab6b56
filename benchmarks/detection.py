"""How often detection is right, wrong or undecided: every simulator, settings, wrong speeds, noise and silence.

``make bench ARGS="detection"``. All cases of the table run on virtual time through the same judgement as the command;
the last lines are of the command's own listening, on pseudo-terminals in real time.

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
from typing import NamedTuple, TypeAlias

import msgspec
from rich.console import Console
from rich.table import Table

from benchmarks.detection_cases import FLIPS, HOUSE, PATHS, STARTED, STRANGERS, Chunk, heard_at, simulated, with_flips
from vitalwatch.clock import SystemClock
from vitalwatch.detect.listen import SECONDS, Listeners, find_listeners, listen
from vitalwatch.detect.ports import Port
from vitalwatch.detect.score import Confidence, Heard, Panel, Verdict, judge
from vitalwatch.detect.topics import MAPPED_BY, Hearing
from vitalwatch.driver import LineSettings, Message
from vitalwatch_simulators.clinic import DEVICES, DevicePlan, MqttKind, SerialKind
from vitalwatch_simulators.patient import STORIES, Patient

Line: TypeAlias = Callable[[LineSettings], Sequence[Chunk]]
"""What a receiver at a setting hears in the longest time that it listens."""


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


def on_line(line: Line, listeners: Listeners, seconds: float) -> tuple[Verdict, float]:
    """Listen as the command does, on virtual time; the verdict and the seconds it took."""
    heard: list[Heard] = []
    took_s = 0.0
    settings = listeners.settings
    for setting in settings:
        silent = bool(heard) and not any(each.count for each in heard)
        limit_s = seconds / (len(settings) - 1) if silent else seconds
        panel = Panel(listeners.drivers, setting)
        ended_s = limit_s
        for at, data in line(setting):
            if at >= limit_s:
                break
            panel.hear(data, at)
            if panel.settled:
                ended_s = at
                break
        took_s += ended_s
        heard.append(panel.heard())
        if judge(heard[-1:]).confidence is Confidence.SURE:
            break
    return judge(heard), took_s


def _result(case: str, truth: str, line: Line, listeners: Listeners, seconds: float) -> Result:
    verdict, took_s = on_line(line, listeners, seconds)
    answer = verdict.score.driver if verdict.score else ""
    return Result(case, truth, answer, verdict.confidence is Confidence.SURE, took_s)


def devices(listeners: Listeners, seconds: float, seeds: range) -> Iterator[Result]:
    """Every simulated serial device at every setting of its driver, clean and with turned bits."""
    drivers = {driver.info.name: driver.info for driver in listeners.drivers}
    for name, kind in DEVICES.items():
        if not isinstance(kind, SerialKind) or name not in drivers:
            continue
        for sent in drivers[name].settings:
            for story in STORIES:
                for seed in seeds:
                    chunks = simulated(kind, sent.baud, seed, story, seconds)
                    case = f"{name} at {sent.baud}"
                    yield _result(case, name, lambda at, c=chunks, s=sent: heard_at(c, s, at), listeners, seconds)
                    for share in FLIPS:
                        noisy = with_flips(chunks, share, random.Random(f"{seed}/{share}"))
                        case = f"{name} at {sent.baud}, {share:.1%} of bytes damaged"
                        yield _result(case, name, lambda at, c=noisy, s=sent: heard_at(c, s, at), listeners, seconds)


def wrong_speeds(listeners: Listeners, seconds: float, seeds: range) -> Iterator[Result]:
    """Every simulated serial device at a speed that no driver names: heard only as wrong bytes."""
    for name, kind in DEVICES.items():
        if not isinstance(kind, SerialKind):
            continue
        for baud in (1200, 2400, 4800, 38400, 57600, 115200):
            sent = LineSettings(baud)
            if sent in listeners.settings:
                continue
            for seed in seeds:
                chunks = simulated(kind, baud, seed, "quiet", seconds)
                case = f"{name} at a speed that no driver names"
                yield _result(case, "", lambda at, c=chunks, s=sent: heard_at(c, s, at), listeners, seconds)


def strangers(listeners: Listeners, seconds: float, seeds: range) -> Iterator[Result]:
    """Silence, noise, and lines of other programs."""
    yield _result("silence", "", lambda _at: (), listeners, seconds)
    for seed in range(20 * len(seeds)):
        rng = random.Random(seed)
        noise = [(t / 10, rng.randbytes(96)) for t in range(int(seconds * 10))]
        yield _result("random bytes", "", lambda _at, c=noise: c, listeners, seconds)
        text = [(at, bytes(0x20 + byte % 0x5F for byte in data[:-2]) + b"\r\n") for at, data in noise]
        yield _result("random printable lines", "", lambda _at, c=text: c, listeners, seconds)
    for case, data in STRANGERS.items():
        chunks = [(n * seconds / 40, data[n * 16 : n * 16 + 16]) for n in range(32)]
        yield _result(case, "", lambda _at, c=chunks: c, listeners, seconds)


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
        for story in STORIES:
            for seed in seeds:
                begin = random.Random(f"{seed}/{story}").uniform(0, 120)
                monitor = kind.make(Patient(seed, story), STARTED, msgspec.structs.replace(plan, id=f"{name}-{seed}"))
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
    lines: list[tuple[str, str, Callable[[float], bytes]]] = []
    for name, kind in DEVICES.items():
        if isinstance(kind, SerialKind):
            lines += [(name, name, _speaker(kind, seed)) for seed in range(ports_of_a_kind)]
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
    return lambda t: monitor.emit(monitor.next_at()) if monitor.next_at() <= t else b""


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
    parser.add_argument("--seeds", type=int, default=5, help="patients of each kind")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="listening at each line setting")
    parser.add_argument("--ports", type=int, default=4, help="pseudo-terminals of each kind, listened to at once")
    args = parser.parse_args()
    listeners = find_listeners()
    seeds = range(args.seeds)
    begun = time.process_time()
    results = [
        *devices(listeners, args.seconds, seeds),
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
        f"noise and silence {dict(quiet)} (right: nothing claimed)."
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
