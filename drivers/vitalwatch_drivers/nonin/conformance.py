"""Frames with a known meaning, for ``vitalwatch conform nonin``.

No long recording of a Nonin oximeter is public: all but one frame are made from the documents.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from vitalwatch.driver import Conformance, Sample

MANUAL: Final = "Onyx II Model 9560 OEM specification 6470-000-01"

NONE: Final = ("spo2 none unavailable", "pulse_rate none unavailable")


def packet(
    pulse: int, spo2: int, states: Sequence[int], *, display: tuple[int, int] = (72, 97), stat2: int = 0
) -> bytes:
    """25 frames of format 2: pulse and SpO2 of four beats, STATUS of each frame, and values of the display."""
    values = [pulse >> 7, pulse & 0x7F, spo2, 48, 0x7F, 0, 0, stat2, display[1], spo2, spo2, 0, 0, *([0] * 12)]
    values[19:21] = display[0] >> 7, display[0] & 0x7F
    made = b""
    for number, (status, value) in enumerate(zip(states, values, strict=True)):
        body = bytes((1, 0x80 | status | (number == 0), 60 + number, value))
        made += body + bytes((sum(body) & 0xFF,))
    return made


def wide(frames: bytes) -> bytes:
    """The same frames in format 7, the curve 256 times as high."""
    made = b""
    for at in range(0, len(frames), 5):
        body = bytes((frames[at + 1], frames[at + 2], 0, frames[at + 3]))
        made += body + bytes((sum(body) & 0xFF,))
    return made


def record(spo2: int, pulse: int, status: int) -> bytes:
    """A spot check of format 13 at 14:30:15 on 2050-12-31."""
    data = bytes.fromhex("20501231143015 00") + status.to_bytes(2, "big") + pulse.to_bytes(2, "big") + bytes((0, spo2))
    return b"\x00\x02\x00\x0d" + len(data).to_bytes(2, "big") + data + bytes((sum(data) & 0xFF, 3))


def curve(packets: int, scale: int = 1) -> str:
    """How the curve of so many packets is told."""
    return "pleth 75 Hz " + " ".join(f"{(60 + n) * scale:g}" for _ in range(packets) for n in range(25))


GREEN: Final = [0] * 13 + [0x02] * 12
YELLOW: Final = [0] * 13 + [0x06] * 12
STILL: Final = [0] * 25

CONFORMANCE: Final = Conformance(
    samples=(
        Sample(
            name="format 2: readings, good and doubtful",
            source=f"{MANUAL}, data format 2",
            checksum=True,
            frames=(
                packet(72, 97, GREEN),
                packet(130, 89, [0] * 13 + [0x26] * 12, stat2=1),
                packet(300, 100, GREEN),
            ),
            expect=(
                *("spo2 97 valid", "pulse_rate 72 valid"),
                *("+battery_low", "+low_perfusion", "+motion", "spo2 89 questionable", "pulse_rate 130 questionable"),
                *("-battery_low", "-low_perfusion", "-motion", "spo2 100 valid", "pulse_rate 300 valid"),
                curve(3),
            ),
        ),
        Sample(
            name="format 2: display values that stay after the finger is out",
            source=f"{MANUAL}, data format 2: display values are held for 10 s with the sensor alarm",
            checksum=True,
            frames=(packet(511, 127, [0x18] * 25), packet(72, 97, [0x08] * 25)),
            expect=("+searching", "+sensor_off", *NONE, "-searching", *NONE, curve(2)),
        ),
        Sample(
            name="format 2: a real frame without a finger",
            source="an Xpod 3012 LP in format 2, from the tests of the open-source reader agricolab/app-nonin (MIT)",
            checksum=True,
            recorded=True,
            frames=(bytes.fromhex("01986300fc"),),
            expect=("+searching", "+sensor_off", "pleth 75 Hz 99"),
        ),
        Sample(
            name="format 7: the same, with a curve of 16 bits",
            source=f"{MANUAL}, data format 7",
            checksum=True,
            options={"format": 7},
            frames=(wide(packet(255, 96, YELLOW)), wide(packet(256, 95, GREEN))),
            expect=(
                *("+low_perfusion", "spo2 96 questionable", "pulse_rate 255 questionable"),
                *("-low_perfusion", "spo2 95 valid", "pulse_rate 256 valid"),
                curve(2, 256),
            ),
        ),
        Sample(
            name="format 8: readings, then numbers that stay after the finger is out",
            source=f"{MANUAL}, data format 8",
            options={"format": 8},
            frames=tuple(map(bytes.fromhex, ("80486120", "81005920", "80486108", "837f7f08"))),
            expect=(
                *("spo2 97 valid", "pulse_rate 72 valid", "spo2 89 valid", "pulse_rate 128 valid"),
                *("+sensor_off", *NONE, *NONE),
            ),
        ),
        Sample(
            name="format 1: out of track, no sensor, reading",
            source="protocol notes on oximeters: format 8 without its last byte",
            options={"format": 1},
            frames=tuple(map(bytes.fromhex, ("a04861", "c04861", "81485a"))),
            expect=(
                *("+searching", *NONE, "+no_sensor", "-searching", *NONE),
                *("-no_sensor", "spo2 90 valid", "pulse_rate 200 valid"),
            ),
        ),
        Sample(
            name="format 13: from memory, then measured now, then no measurement",
            source=f"{MANUAL}, data format 13",
            checksum=True,
            options={"format": 13},
            frames=(record(80, 40, 0x0010), record(97, 257, 0x0200), record(127, 511, 0x0100)),
            expect=(
                *("+nonin_memory", "-nonin_memory", "spo2 97 valid", "pulse_rate 257 valid"),
                *("+nonin_no_measurement", *NONE),
            ),
        ),
        Sample(
            name="ASCII: values, event mark, dashes",
            source="Avant 4100, Avant 9600 and 8600V operator's manuals, Real-Time Patient Data Output",
            options={"format": "ascii"},
            frames=(b"SPO2=097 HR=072\r\n", b"09:14:01 SPO2=100 HR=200 F*\r\n", b"SPO2=--- HR=---\r\n"),
            expect=(
                *("spo2 97 valid", "pulse_rate 72 valid"),
                *("+nonin_event", "spo2 100 valid", "pulse_rate 200 valid", "-nonin_event", *NONE),
            ),
        ),
    ),
)
