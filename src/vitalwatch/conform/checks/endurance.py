"""Whether a driver bears anything, without end, within bounds."""

from __future__ import annotations

import gc
import sys
import tracemalloc
from collections.abc import Iterator
from random import Random
from time import perf_counter
from types import FunctionType, ModuleType
from typing import Final

from vitalwatch.conform.checks.found import Found, samples_of
from vitalwatch.conform.play import Fault, Play, payload
from vitalwatch.conform.subject import Subject
from vitalwatch.driver import Message, Received, Sample
from vitalwatch.links.capture import BITS_A_BYTE

SEED: Final = 1
FUZZ_ROUNDS: Final = 1000
NOISE_BYTES: Final = 1024 * 1024
CHUNK_BYTES: Final = 4096
FLOOD_BYTES: Final = 256 * 1024
MOST_KEPT_BYTES: Final = 256 * 1024
"""How much more memory a driver may hold after noise than before it: a few of the longest frames."""

LEAK_BYTES: Final = 64 * 1024
MOST_LEAKED_BYTES: Final = 32 * 1024
"""How much of a second flood, which is like the first, may stay; Python's own bookkeeping needs some."""

LEAST_HEADROOM: Final = 10.0
"""How many times faster than its line a driver must read, on one core."""

LEAST_MESSAGES_A_SECOND: Final = 500.0
LEAST_BYTES_A_SECOND: Final = 100_000.0
"""For a stream that names no line."""


def never_raises(subject: Subject) -> Found:
    """Nothing that a device may send makes ``receive`` raise: single bytes, noise, damaged and mixed-up frames."""
    random = Random(SEED)
    tried = 0
    faults: dict[str, None] = {}
    for sample in samples_of(subject) or (None,):
        play = Play(subject, sample)
        for data in _anything(subject, sample, random):
            tried += 1
            try:
                play.receive(data)
            except Fault as fault:
                faults[str(fault)] = None
                play = Play(subject, sample)
    return Found(f"{tried} inputs", list(faults))


def memory_bound(subject: Subject) -> Found:
    """A megabyte that never ends a frame leaves no megabyte behind, is counted, and costs no more time than frames."""
    faults: list[str] = []
    most = 0
    slowest = float("inf")
    sample = next(iter(samples_of(subject)), None)
    for name, noise in _endless(subject, sample):
        play = Play(subject, sample)
        before = held_bytes(play.driver)
        began = perf_counter()
        play.all(noise)
        slowest = min(slowest, NOISE_BYTES / (perf_counter() - began))
        kept = held_bytes(play.driver) - before
        most = max(most, kept)
        if kept > MOST_KEPT_BYTES:
            faults.append(f"{name}: {kept // 1024} KiB are kept of {NOISE_BYTES // 1024}")
        counts = play.driver.counts
        if not (counts.bad_frames or counts.dropped_bytes or counts.frames):
            faults.append(f"{name}: not counted")
    figures = {"most_kept_kib": round(most / 1024, 1)}
    if subject.driver.info.takes == "messages":  # how fast one too long is refused, says nothing
        return Found(f"at most {most // 1024} KiB kept", faults, figures)
    figures["noise_mb_per_s"] = round(slowest / 1e6, 2)
    if slowest < _line_bytes_a_second(subject) * LEAST_HEADROOM:
        faults.append(f"noise is read at {slowest / 1e6:.3f} MB/s only")
    return Found(f"at most {most // 1024} KiB kept; noise at {slowest / 1e6:.1f} MB/s", faults, figures)


def flood(subject: Subject) -> Found:
    """Frames without a pause are read many times faster than the line brings them, and nothing piles up."""
    faults: list[str] = []
    samples = samples_of(subject)
    frames = [frame for sample in samples if sample.options == samples[0].options for frame in sample.frames]
    stream = subject.driver.info.takes == "stream"
    load = list(_load(frames, FLOOD_BYTES, stream=stream))
    size = sum(len(payload(data)) for data in load)
    play = Play(subject, samples[0])
    began = perf_counter()
    reports = sum(len(play.receive(data)) for data in load)
    seconds = perf_counter() - began
    if not reports:
        faults.append("nothing is reported")
    kept = _leaked_bytes(play, list(_load(frames, LEAK_BYTES, stream=stream)))
    if kept > MOST_LEAKED_BYTES:
        faults.append(f"{kept // 1024} KiB more are kept after {LEAK_BYTES // 1024} KiB more of the same frames")
    speed = size / seconds
    if stream and speed < _line_bytes_a_second(subject) * LEAST_HEADROOM:
        faults.append(f"{speed / 1e6:.3f} MB/s is less than {LEAST_HEADROOM:g} times its line")
    if not stream and len(load) / seconds < LEAST_MESSAGES_A_SECOND:
        faults.append(f"{len(load) / seconds:.0f} messages a second")
    figures = {"mb_per_s": round(speed / 1e6, 2), "reports_per_s": round(reports / seconds), "kept_kib": kept // 1024}
    return Found(f"{speed / 1e6:.1f} MB/s, {reports / seconds:,.0f} reports/s", faults, figures)


def held_bytes(held: object) -> int:
    """How much memory an object holds with everything that it alone leads to: not code, classes and modules."""
    seen: dict[int, object] = {}
    found = [held]
    while found:
        each = found.pop()
        if id(each) not in seen and not isinstance(each, type | ModuleType | FunctionType):
            seen[id(each)] = each
            found += gc.get_referents(each)
    return sum(map(sys.getsizeof, seen.values()))


def _anything(subject: Subject, sample: Sample | None, random: Random) -> Iterator[Received]:
    frames = [payload(frame) for frame in sample.frames] if sample else []
    raw = [bytes([byte]) for byte in range(256)]
    raw += [random.randbytes(random.randint(0, 300)) for _ in range(FUZZ_ROUNDS)]
    for _ in range(FUZZ_ROUNDS if frames else 0):
        bent = bytearray(random.choice(frames) + random.choice(frames))
        for _ in range(random.randint(1, 4)):
            place = random.randrange(len(bent))
            match random.randrange(4):
                case 0:
                    bent[place] = random.randrange(256)
                case 1:
                    del bent[place : place + random.randint(1, 8)]
                case 2:
                    bent[place:place] = random.randbytes(random.randint(1, 8))
                case _:
                    bent[place:place] = random.choice(frames)[: random.randint(1, 20)]
            if not bent:
                bent = bytearray(random.choice(frames))
        raw.append(bytes(bent))
    for data in raw:
        yield data if subject.driver.info.takes == "stream" else Message(data, retained=False)


def _endless(subject: Subject, sample: Sample | None) -> Iterator[tuple[str, list[Received]]]:
    frame = payload(sample.frames[0]) if sample else b"\x02"
    kinds = {
        "random bytes": Random(SEED).randbytes(NOISE_BYTES),
        "zeros": bytes(NOISE_BYTES),
        "a frame's first byte again and again": frame[:1] * NOISE_BYTES,
        "beginnings of frames": (frame[: max(1, len(frame) // 2)] * NOISE_BYTES)[:NOISE_BYTES],
        "open brackets": b"[" * NOISE_BYTES,
    }
    for name, noise in kinds.items():
        if subject.driver.info.takes == "messages":
            yield name, [Message(noise)]
        else:
            yield name, [noise[place : place + CHUNK_BYTES] for place in range(0, NOISE_BYTES, CHUNK_BYTES)]


def _load(frames: list[Received], size: int, *, stream: bool) -> Iterator[Received]:
    once = b"".join(map(payload, frames))
    times = max(2, size // len(once))
    if not stream:
        for _ in range(times):
            yield from frames
        return
    data = once * times
    for place in range(0, len(data), CHUNK_BYTES):
        yield data[place : place + CHUNK_BYTES]


def _leaked_bytes(play: Play, load: list[Received]) -> int:
    """How much more memory there is after a load, its reports thrown away, than before, wherever it is held."""
    gc.collect()
    tracemalloc.start()
    try:
        for data in load:
            play.receive(data)
        gc.collect()
        return tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()


def _line_bytes_a_second(subject: Subject) -> float:
    bauds = [settings.baud for settings in subject.driver.info.settings]
    return max(bauds) / BITS_A_BYTE if bauds else LEAST_BYTES_A_SECOND / LEAST_HEADROOM
