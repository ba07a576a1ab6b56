"""What detection is tried on: simulated devices at right and wrong speeds, damaged bytes, and other publishers.

Without hardware a wrong line speed has to be worked out: ``heard_at`` is a model of a serial receiver that samples the
sender's bits at its own speed. All text here is our own, in the manner of what stands on serial lines and brokers.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from typing import Final, TypeAlias

from vitalwatch.driver import LineSettings
from vitalwatch_simulators.clinic import SerialKind
from vitalwatch_simulators.scenario import patient_in

Chunk: TypeAlias = tuple[float, bytes]
"""Bytes, and the second of their arrival, counted from when listening begins."""

STARTED: Final = datetime(2026, 3, 2, 10, 15, tzinfo=UTC)
FLIPS: Final = (0.001, 0.01, 0.05)
"""Shares of bytes with one bit turned, for the noisy lines."""

STRANGERS: Final[dict[str, bytes]] = {
    "nothing but NUL": bytes(512),
    "nothing but 0xFF": b"\xff" * 512,
    "positions of a satellite receiver": b"$GPGGA,101500.00,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47\r\n"
    * 8,
    "a start-up log with our headings": b"N-560 VERSION 2.0 loaded\r\nmode: ADULT 0SAT-S\r\nTIME %SPO2 BPM\r\n" * 8,
    "a stored-trend dump": b"09/21/08 09:56:14 SpO2=096 PR=074 PI=02.28 EXC=C00:LowSigIQ,SET\r\n" * 8,
    "a modem that asks": b"AT+CSQ\r\nOK\r\n" * 40,
    "dated log lines": b"02-Mar-26 10:15:00 pump 2 rate 125 ml/h volume 250 ml\r\n" * 9,
    "a scale": b"ST,GS,+00071.35kg\r\n" * 25,
}
"""Lines that are no monitor's."""

ANSWERERS: Final[dict[str, Callable[[bytes], bytes]]] = {
    "an echo": lambda sent: sent,
    "an echo with a prompt": lambda sent: sent + b"\r\n> ",
    "a modem that knows no such command": lambda _: b"\r\nERROR\r\n",
    "something that acknowledges all": lambda _: b"\x06",
    "something that refuses all": lambda _: b"\x15",
    "something that says every byte back inverted": lambda sent: bytes(byte ^ 0xFF for byte in sent),
    "a shell": lambda sent: sent.replace(b"\r", b"\r\n") + b": command not found\r\n$ ",
}
"""What answers and is no monitor."""

_DRIVERS: Final = {"contec-5-byte": "contec in its other dialect", "dinamap-pro1000": "dinamap"}
"""The drivers of simulators that have another name than theirs."""

PATHS: Final = {
    "json-oximeter": "perfusion_index pulse_rate spo2",
    "json-cuff": "nibp.diastolic nibp.mean nibp.pulse nibp.systolic",
}
"""Where the simulated MQTT devices put their vitals: a guess is right when it finds all of them and no other."""

HOUSE: Final[dict[str, tuple[bytes, ...]]] = {
    "a room sensor": (b'{"temperature": 36.4, "humidity": 41, "battery": 97}',) * 5,
    "a computer": (b'{"cpu": {"sys": 42, "usr": 60, "temp": 55}, "mem": 70}',) * 5,
    "a power meter": (b'{"time": "2026-03-02T10:15:00", "ENERGY": {"Power": 97, "Voltage": 230, "pf": 0.97}}',) * 5,
    "alarm limits": (b'{"limits": {"spo2": 90, "hr": 50}, "alarm": {"heart_rate": 120}}',) * 5,
    "an invasive line": (b'{"abp": {"sys": 120, "dia": 70, "mean": 85}}',) * 5,
    "bare numbers": (b"97", b"98", b"97"),
    "words": (b"online",) * 3,
    "a chest strap in a broadcast": (b'{"id": "a1", "rssi": -60, "bpm": 72}',) * 5,
}


def truth_of(name: str, drivers: Collection[str]) -> str:
    """The driver that should be claimed for a simulated device.

    Empty if none can be: where a person has to set an option first, detection cannot find the device, and must not
    take it for anything else.
    """
    driver = _DRIVERS.get(name, name)
    return driver if driver in drivers else ""


def heard_at(chunks: Sequence[Chunk], sent: LineSettings, heard: LineSettings) -> list[Chunk]:
    """What a receiver at one setting makes of bytes that were sent at another.

    The model: each byte is a start bit (0), the data bits from the lowest, a parity bit if there is one, and stop bits
    (1); the line rests at 1. The receiver waits for a falling edge and then looks at the line in the middle of each
    of its own bit times. It hands on every byte, as Linux does unless told otherwise, also one whose stop bit is
    wrong, and then waits for the line to rest.
    """
    if sent == heard:
        return list(chunks)
    result = []
    for at, data in chunks:
        if got := _received(_levels(data, sent), sent.baud, heard):
            result.append((at, got))
    return result


def _levels(data: bytes, sent: LineSettings) -> list[int]:
    levels: list[int] = []
    for byte in data:
        bits = [(byte >> place) & 1 for place in range(sent.bits)]
        parity = {"N": [], "E": [sum(bits) % 2], "O": [1 - sum(bits) % 2]}[sent.parity]
        levels += [0, *bits, *parity, *[1] * round(sent.stop)]
    return levels


def _received(levels: list[int], baud: int, heard: LineSettings) -> bytes:
    def level(bit_time: float) -> int:
        place = int(bit_time)
        return levels[place] if place < len(levels) else 1

    ratio = baud / heard.baud
    extra = 0 if heard.parity == "N" else 1
    got = bytearray()
    place = 0
    while place < len(levels):
        if levels[place]:
            place += 1
            continue
        got.append(sum(level(place + (bit + 1.5) * ratio) << bit for bit in range(heard.bits)))
        end = place + (heard.bits + extra + 1.5) * ratio
        place = int(end)
        while place < len(levels) and not level(place):  # a wrong stop bit: wait for the line to rest
            place += 1
    return bytes(got)


def with_flips(chunks: Sequence[Chunk], share: float, rng: random.Random) -> list[Chunk]:
    """The same bytes, some with one bit turned."""
    return [
        (at, bytes(byte ^ (1 << rng.randrange(8)) if rng.random() < share else byte for byte in data))
        for at, data in chunks
    ]


def simulated(kind: SerialKind, baud: int, seed: int, story: str, seconds: float) -> list[Chunk]:
    """What a simulated device sends, listened to from a random moment on, so that the first line is cut."""
    monitor = kind.make(patient_in(story, seed), STARTED)
    rng = random.Random(f"{seed}/{story}/{baud}")
    begin = rng.uniform(0, 120)
    chunks: list[Chunk] = []
    while (t := monitor.next_at()) < begin + seconds:
        data = monitor.emit(t)
        for offset in range(0, len(data), 16):
            arrives = t + (offset + 16) * 10 / baud - begin
            if 0 <= arrives < seconds:
                chunks.append((arrives, data[offset : offset + 16]))
    return chunks
