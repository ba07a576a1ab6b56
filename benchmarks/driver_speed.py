"""What decoding costs: every installed driver on its own conformance samples, over and over.

python -m benchmarks.driver_speed [--seconds 1] [DRIVER...]

Processor time of ``receive`` alone, in chunks as a serial port hands them on. The last column puts it beside the line:
the share of one processor core that a device takes whose line is never idle at the driver's first line setting (10
bits a byte). Drivers without a serial line, and those of messages, have none.
"""

from __future__ import annotations

import argparse
import sys
from itertools import cycle
from time import process_time
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from vitalwatch.conform.play import Play, payload
from vitalwatch.conform.subject import Subject, find_subject
from vitalwatch.driver import Received, driver_names

CHUNK_BYTES = 64
STEP_S = 0.05
BITS_A_BYTE = 10


class Speed(NamedTuple):
    """How fast one driver was."""

    driver: str
    bytes_a_s: float
    frames_a_s: float
    share_of_core: float | None


def measure(name: str, seconds: float) -> Speed:
    """Play a driver's samples to it for about so many seconds of processor time."""
    subject = find_subject(name)
    if subject.conformance is None:
        raise SystemExit(f"{name} has no samples: {subject.missing}")
    heard = frames = 0
    spent = 0.0
    for sample in cycle(subject.conformance.samples):
        play = Play(subject, sample)
        chunks = list(_chunks(subject, sample.frames))
        before, began = play.driver.counts.frames, process_time()
        while process_time() - began < seconds / len(subject.conformance.samples):
            play.all(chunks, step_s=STEP_S)
            heard += sum(len(payload(chunk)) for chunk in chunks)
        spent += process_time() - began
        frames += play.driver.counts.frames - before
        if spent >= seconds:
            break
    settings = subject.driver.info.settings
    share = settings[0].baud / BITS_A_BYTE / (heard / spent) if settings else None
    return Speed(name, heard / spent, frames / spent, share)


def _chunks(subject: Subject, frames: tuple[Received, ...]) -> list[Received]:
    if subject.driver.info.takes == "messages":
        return list(frames)
    data = b"".join(map(payload, frames))
    return [data[start : start + CHUNK_BYTES] for start in range(0, len(data), CHUNK_BYTES)]


def main() -> int:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("drivers", nargs="*")
    parser.add_argument("--seconds", type=float, default=1.0, help="of processor time for each driver")
    asked = parser.parse_args()
    table = Table("driver", "MB a second", "frames a second", "µs a frame", "core at a full line")
    for name in asked.drivers or driver_names():
        speed = measure(name, asked.seconds)
        share = "-" if speed.share_of_core is None else f"{speed.share_of_core:.2%}"
        table.add_row(
            name, f"{speed.bytes_a_s / 1e6:.2f}", f"{speed.frames_a_s:,.0f}", f"{1e6 / speed.frames_a_s:.1f}", share
        )
    Console().print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
