"""Samples of the Acme 1."""

from __future__ import annotations

from vitalwatch.driver import Conformance, Sample

MANUAL = "made up for tests"


def frame(*four: int) -> bytes:
    return bytes([*four, sum(four) & 0xFF])


CONFORMANCE = Conformance(
    samples=(
        Sample(
            name="finger in, finger out",
            source=MANUAL,
            checksum=True,
            frames=(frame(0xFA, 97, 71, 0), frame(0xFA, 97, 71, 1), frame(0xFA, 96, 128, 0)),
            expect=(
                *("spo2 97 valid", "pulse_rate 71 valid"),
                *("+sensor_off", "spo2 none unavailable", "pulse_rate none unavailable"),
                *("-sensor_off", "spo2 96 valid", "pulse_rate 128 valid"),
            ),
        ),
        Sample(
            name="zeros and old numbers without a finger",
            source=MANUAL,
            checksum=True,
            frames=(frame(0xFA, 0, 0, 0), frame(0xFA, 97, 71, 1)),
            expect=(
                *("spo2 none unavailable", "pulse_rate none unavailable"),
                *("+sensor_off", "spo2 none unavailable", "pulse_rate none unavailable"),
            ),
        ),
        Sample(
            name="cuff and curve",
            source=MANUAL,
            checksum=True,
            options={"ask_s": 1.0},
            frames=(frame(0xFC, 10, 20, 30), frame(0xFB, 120, 80, 7), frame(0xFC, 40, 50, 60)),
            expect=("systolic 120 valid", "diastolic 80 valid", "pleth 60 Hz 10 20 30 40 50 60"),
        ),
    ),
)
