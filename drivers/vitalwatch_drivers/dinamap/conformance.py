"""Frames with a known meaning, for ``vitalwatch conform dinamap``.

The blocks are made by a table of their own kind of checksum here, not by the driver's.
"""

from __future__ import annotations

from typing import Final

from vitalwatch.driver import Conformance, Sample

HOST: Final = (
    "Dinamap host communications reference 2010566, HC_009, HC_020, HC_023, as public readers of a V100 quote it"
)
RECORDED: Final = "layout of a recording of a PRO 1000, Zeriam/dinamap-reader"

NO_OXIMETER: Final = ("spo2 none unavailable", "pulse_rate none unavailable")


def reply(text: str) -> bytes:
    """A reply with its checksum and CR: 6 bits and 6 bits of the sum of what each character is above 0x1F."""
    high, low = divmod(sum(ord(character) - 0x1F for character in text), 64)
    return f"{text}{chr(0x20 + high)}{chr(0x20 + low)}\r".encode("ascii")


def block(sequence: int, status: int, sample: int, parameters: bytes) -> bytes:
    """One block; the four samples of the ECG are the same, those of the other channel 0."""
    body = bytes((status, 0, 0, 0, 0, 0)) + (sample * (1 + (1 << 10) + (1 << 20) + (1 << 30))).to_bytes(5, "big")
    body += parameters
    remainder = int.from_bytes(body, "little")
    for _ in range(8 * len(body)):
        remainder = (remainder >> 1) ^ (0xA1 if remainder & 1 else 0)
    return bytes((sequence, *body, remainder, remainder ^ 0xFF, sequence ^ 0xFF))


def page(first: int, rate: bytes, *, status: int = 1) -> bytes:
    """50 blocks whose page says this heart rate (three bytes) and 2003-12-10 09:28:02."""
    fields = bytearray(150)
    fields[129:132] = rate
    fields[137:143] = bytes((12, 10, 3, 9, 28, 2))
    blocks = (block(first + n, status, 500, bytes(fields[3 * n : 3 * n + 3])) for n in range(50))
    return b"".join(blocks)


def curve(pages: int) -> str:
    """How the curve of so many pages is told."""
    return "ecg 200 Hz" + " 500" * (200 * pages)


CONFORMANCE: Final = Conformance(
    samples=(
        Sample(
            name="cuff: a result of before, busy, a new result and its pulse",
            source=HOST,
            checksum=True,
            frames=tuple(map(reply, (" NA1100125118076093", " NA0100140118076093", " NA1100001135085102", " RC3128"))),
            expect=(
                *("systolic 118 valid 125 s old", "diastolic 76 valid 125 s old", "mean_pressure 93 valid 125 s old"),
                *("+cuff_inflating", "-cuff_inflating"),
                *("systolic 135 valid 1 s old", "diastolic 85 valid 1 s old", "mean_pressure 102 valid 1 s old"),
                "cuff_pulse_rate 128 valid 2.5 s old",
            ),
        ),
        Sample(
            name="cuff: pump-up timeout beside old pressures, then a result that is none",
            source=HOST,
            checksum=True,
            frames=(reply(" NA4100900118076093"), reply(" NA1109999000000000")),
            expect=("+cuff_failed", "-cuff_failed"),
        ),
        Sample(
            name="oximeter: measuring, pulse above 127 and 255",
            source=HOST,
            checksum=True,
            frames=tuple(map(reply, (" OA1097508", " RA2128", " OA1100908", " RA2256"))),
            expect=("spo2 97 valid", "pulse_rate 128 valid", "spo2 100 valid", "pulse_rate 256 valid"),
        ),
        Sample(
            name="oximeter: numbers that stay beside no data and an unplugged sensor",
            source=HOST,
            checksum=True,
            frames=tuple(map(reply, (" OA3097508", " RA2072", " OA6097508", " RA2072", " OA0000008", " RA3-99"))),
            expect=(
                *("+searching", *NO_OXIMETER, "+no_sensor", "-searching", *NO_OXIMETER),
                *("+dinamap_oximeter_standby", "-no_sensor", *NO_OXIMETER),
            ),
        ),
        Sample(
            name="PRO 1000: heart rates and the monitor's own alarms",
            source=RECORDED,
            checksum=True,
            options={"format": "pro1000"},
            frames=(page(0, b"\x01\x00\x3c"), page(50, b"\x01\x01\x2c", status=0x41)),
            expect=("heart_rate 60 questionable", "+monitor_alarm", "heart_rate 300 questionable", curve(2)),
        ),
        Sample(
            name="PRO 1000: pages without a heart rate",
            source=RECORDED,
            checksum=True,
            options={"format": "pro1000"},
            frames=(page(100, b"\x00\x00\x3c"), page(150, b"\x01\x7f\xff")),
            expect=("heart_rate none unavailable", "heart_rate none unavailable", curve(2)),
        ),
    ),
)
