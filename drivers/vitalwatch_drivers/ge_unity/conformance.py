"""Frames with a known meaning, for ``vitalwatch conform ge-unity``.

Made from the protocol notes; the block of the alarm and its text are those of the recorded Dash 4000.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Final

from vitalwatch.driver import Conformance, Message, Sample
from vitalwatch_drivers.ge_unity.requests import request

NOTES: Final = "protocol notes on monitors, section 2b (mindleaving/gedash, mdpnp GESerial)"

NONE: Final = -32768
MISSING: Final = -32767


def header(function: int, about: int, length: int, sequence: int = 0) -> bytes:
    """The 60 bytes in front of a message: addresses, what it is, who asked, and how long the rest is."""
    monitor = bytes((192, 0, 2, 1, 0, 0))
    return monitor * 2 + struct.pack(">6H32xHH", function, about, 1, sequence, 0, 0, 0, length)


def block(code: int, *numbers: int, status: int = 0xC000, limits: Sequence[int] = (0,) * 6) -> bytes:
    """One parameter, with three numbers."""
    three = (*numbers, *(MISSING,) * (3 - len(numbers)))
    values = struct.pack(">BBH3h14x", 1, code, status, *three)
    return (values + struct.pack(">BB4x6h22x", 3, code, *limits) + bytes((1, code, 0, 0))).ljust(70, b"\0")


def reply(*blocks: bytes, level: int = 0, state: int = 0, sequence: int = 1) -> Message:
    """A reply with values."""
    body = bytes((state, level, level, 1, len(blocks), 0)) + b"".join(blocks)
    inner = header(201, 20, len(body), sequence) + body
    return Message(header(201, 20, len(inner)) + inner)


def alarm(text: str, level: int, code: int = 0x3A, counter: int = 182) -> Message:
    """An alarm broadcast."""
    head = bytes((192, 0, 2, 255, 0, 0, 192, 0, 2, 1, 0, 0)) + struct.pack(">6H", 201, 4, 0, 0, 1, 0)
    place = b"HOME|B-01".ljust(32, b"\0") + struct.pack(">HH", 1, 24)
    said = text.encode("latin-1").ljust(14, b"\0")
    return Message(head + place + bytes((0x81, level, level, code, 1, 1)) + said + struct.pack(">I", counter))


def discovery(name: str) -> Message:
    """A monitor that makes itself known, with the name of a person."""
    start = bytes.fromhex("01040000 c0000201 5cceb324") + b"HOME|B-01".ljust(16, b"\0")
    return Message((start + name.encode("latin-1").ljust(15, b"\0") + b"\x07").ljust(88, b"\0"))


def waves(*pleth: int, sequence: int = 1167) -> Message:
    """A datagram of curves: in each round four ECG leads, off, and one sample of the pleth."""
    leads = b"".join(struct.pack(">5h", code, *(-32753,) * 4) for code in (2043, 2299, 2555, 2811))
    rounds = b"".join(leads + struct.pack(">2h", 9993, sample) for sample in pleth)
    return Message(struct.pack(">2H", sequence, 0) + rounds + bytes.fromhex("fa0d00090027") + bytes(29))


VALUES: Final = (
    block(0x3A, 256, 2),
    block(0x2D, 97, 300),
    block(0x22, 16),
    block(0x23, 371),
    block(0x18, 93, 120, 80),
)
NOTHING: Final = tuple(block(code, NONE, NONE, NONE) for code in (0x3A, 0x2D, 0x22, 0x23, 0x18))
STREAMED: Final = ("heart_rate", "spo2", "pulse_rate", "respiration_rate", "temperature")
UNAVAILABLE: Final = tuple(f"{vital} none unavailable" for vital in STREAMED)
SAID: Final = (
    *("heart_rate 256 valid", "spo2 97 valid", "pulse_rate 300 valid"),
    *("respiration_rate 16 valid", "temperature 37.1 valid"),
)

CONFORMANCE: Final = Conformance(
    samples=(
        Sample(
            name="nothing is measured, then every vital, then the same again",
            source=NOTES,
            frames=(reply(*NOTHING), reply(*VALUES), reply(*VALUES)),
            expect=(
                *UNAVAILABLE,
                *SAID,
                *("systolic 120 valid", "diastolic 80 valid", "mean_pressure 93 valid"),
                *SAID,
            ),
        ),
        Sample(
            name="a cuff reading that stands there when the monitor is first heard",
            source=f"{NOTES}; its age is unknown, so it is not told",
            frames=(reply(block(0x18, 93, 120, 80)), reply(block(0x18, 93, 120, 80))),
            expect=(),
        ),
        Sample(
            name="numbers that are none, then a zero before anything was seen",
            source=NOTES,
            frames=(reply(*NOTHING), reply(block(0x3A, 0, 0), block(0x2D, -5, 0))),
            expect=(
                *UNAVAILABLE,
                *("heart_rate none invalid", "spo2 none invalid", "pulse_rate none invalid"),
                *("respiration_rate none unavailable", "temperature none unavailable"),
            ),
        ),
        Sample(
            name="sensor and cuff fail beside old numbers",
            source=NOTES,
            frames=(reply(block(0x2D, -32761, 64), block(0x18, -32762, -32762, -32762)),),
            expect=("+cuff_failed", "+sensor_fault", "spo2 none unavailable", "pulse_rate none unavailable"),
        ),
        Sample(
            name="alarms: a broadcast, its level in the values, silenced at the monitor, none",
            source=f"{NOTES}; level of the broadcast by analogy with the values",
            frames=(
                alarm("ABLTG AUSFALL", 3),
                reply(block(0x2D, 97, 64), level=3),
                reply(block(0x2D, 97, 64), level=3, state=1),
                reply(block(0x2D, 97, 64)),
            ),
            expect=(
                "+monitor_alarm",
                *("spo2 97 valid", "pulse_rate 64 valid"),
                *("+monitor_audio_paused", "spo2 97 valid", "pulse_rate 64 valid"),
                *("-monitor_alarm", "-monitor_audio_paused", "spo2 97 valid", "pulse_rate 64 valid"),
            ),
        ),
        Sample(
            name="what says nothing of the person: a discovery and requests",
            source=NOTES,
            frames=(
                discovery("LAST,FIRST"),
                Message(request("vitals", "HOME|B-02")),
                Message(request("waves", "HOME|B-02")),
            ),
            expect=(),
        ),
        Sample(
            name="the oximeter's curve with a missing sample",
            source=NOTES,
            frames=(waves(624, 624, -32753, 608),),
            expect=("pleth 60 Hz 624 624 none 608",),
        ),
    ),
    exempt={"bit flips": "the protocol has no checksum; UDP, which carries it, has its own"},
)
