"""Lines with a known meaning, for ``vitalwatch conform masimo``."""

from __future__ import annotations

from typing import Final

from vitalwatch.driver import Conformance, Sample

MANUAL: Final = "Rad-8 Operator's Manual, sections 4 and 7"

NO_READING: Final = ("spo2 none unavailable", "pulse_rate none unavailable", "perfusion_index none unavailable")


def line(second: int, spo2: str, bpm: str, perfusion: str, exceptions: str, alarm: str = "0000") -> bytes:
    """A Rad-8's line: date and time, then ``KEY=value`` words in its order and widths."""
    measured = f"SN=0000000001 SPO2={spo2}% BPM={bpm} PI={perfusion}% SPCO=--.-% SPMET=--.-% DESAT=-- PIDELTA=+--"
    return f"03/24/25 09:14:{second:02d} {measured} ALARM={alarm} EXC={exceptions}\n\r".encode("ascii")


CONFORMANCE: Final = Conformance(
    samples=(
        Sample(
            name="readings, good and doubtful",
            source=MANUAL,
            frames=(
                line(0, "097", "072", "02.40", "000800"),
                line(1, "089", "128", "00.31", "000C04"),
                line(2, "100", "240", "20.00", "000800"),
            ),
            expect=(
                *("spo2 97 valid", "pulse_rate 72 valid", "perfusion_index 2.4 valid"),
                *("+low_perfusion", "+low_signal"),
                *("spo2 89 questionable", "pulse_rate 128 questionable", "perfusion_index 0.31 questionable"),
                *("-low_perfusion", "-low_signal"),
                *("spo2 100 valid", "pulse_rate 240 valid", "perfusion_index 20 valid"),
            ),
        ),
        Sample(
            name="old numbers beside sensor off",
            source="oximeter protocol notes, Masimo: a Rad-8 goes on showing numbers after the sensor fell off",
            frames=(line(3, "097", "072", "02.40", "000820"), line(4, "---", "---", "--.--", "000801")),
            expect=("+sensor_off", *NO_READING, "+no_sensor", "-sensor_off", *NO_READING),
        ),
        Sample(
            name="zeros and dashes while searching",
            source=MANUAL,
            frames=(line(5, "000", "000", "00.00", "000008"), line(6, "---", "---", "--.--", "000000")),
            expect=("+searching", *NO_READING, "-searching", *NO_READING),
        ),
        Sample(
            name="numbers before signal extraction has locked, with the monitor's own alarm",
            source=f"{MANUAL}; ALARM bits from users' experiments with a Rad-8",
            frames=(line(7, "085", "255", "01.00", "000000", "0012"),),
            expect=(
                "+monitor_alarm",
                *("spo2 85 questionable", "pulse_rate 255 questionable", "perfusion_index 1 questionable"),
            ),
        ),
    ),
    exempt={"bit flips": "ASCII 1 has no checksum; every word that is read must have its full width instead"},
)
