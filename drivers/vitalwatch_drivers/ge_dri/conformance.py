"""Frames with a known meaning, for ``vitalwatch conform ge-dri``.

The one public recording is of a bench monitor without a person and is not part of this package; the tests read it. The
frames here are made from the documents.
"""

from __future__ import annotations

from collections.abc import Sequence
from struct import pack, pack_into
from typing import Final

from vitalwatch.driver import Conformance, Sample
from vitalwatch_drivers.ge_dri.frames import (
    ALARMS,
    BASIC,
    CO2,
    ECG,
    EXT1,
    NIBP,
    PHYSIOLOGICAL,
    SECOND_SPO2,
    SPO2,
    TEMPERATURES,
    WAVES,
    wrap,
)

SPECIFICATION: Final = "GE DRI Specification 8005313"

NOON: Final = 1_900_000_000
"""Seconds since 1970 that the made monitor's clock reads."""

NONE: Final = -32767

ON: Final = 3
"""Status of a group whose module is there and measures."""

FROM_ECG: Final = ON | 1 << 3


def record(kind: int, parts: Sequence[tuple[int, bytes]], *, sent: int = NOON) -> bytes:
    """A frame with a record of this main type and these parts, each with its kind."""
    body, listed = b"", b""
    for part_kind, part in parts:
        listed += pack("<hB", len(body), part_kind)
        body += part
    listed = (listed + b"\0\0\xff" + bytes(24))[:24]
    return wrap(pack("<hBBHI4xh", 40 + len(body), 17, 9, 35588, sent, kind) + listed + body)


def group(status: int, label: int, *values: int) -> bytes:
    """One group."""
    return pack(f"<IH{len(values)}h", status, label, *values)


def displayed(groups: dict[int, bytes], value_class: int = BASIC, *, at: int = NOON) -> tuple[int, bytes]:
    """A part with displayed values; groups that are not given belong to no module."""
    part = bytearray(278)
    pack_into("<I", part, 0, at)
    for place, data in groups.items():
        part[place : place + len(data)] = data
    pack_into("<BBH", part, 274, 2, 0x40, value_class << 8 | 0x81)
    return 1, bytes(part)


def auxiliary(nibp_time: int) -> tuple[int, bytes]:
    """A part with the time of the last cuff measurement."""
    return 4, pack("<I", nibp_time) + bytes(110)


def values(groups: dict[int, bytes], *more: tuple[int, bytes], sent: int = NOON) -> bytes:
    """A frame with displayed values of the Basic class, and further parts."""
    return record(PHYSIOLOGICAL, [displayed(groups, at=sent), *more], sent=sent)


def wave(kind: int, samples: Sequence[int], status: int = 0) -> bytes:
    """A frame with a block of one curve."""
    return record(WAVES, [(kind, pack(f"<hHH{len(samples)}h", len(samples), status, 0, *samples))])


def alarms(*lines: tuple[str, int], silence: int = 0) -> bytes:
    """A frame with the alarms that the monitor shows: texts and colours."""
    part = pack("<hhhhh", 0, 1, 0, 0, silence)
    for text, colour in [*lines, *[("", 0)] * 5][:5]:
        part += text.encode("latin-1").ljust(80, b"\0") + pack("<hhh", 1, colour, 0) + bytes(12)
    return record(ALARMS, [(1, part + bytes(10))])


def oximeter(saturation: int = 9700, pulse: int = 72, amplitude: int = 210) -> bytes:
    """A group of an oximeter that measures."""
    return group(ON, 0, saturation, pulse, amplitude, NONE)


GOOD: Final = {
    ECG: group(FROM_ECG, 0x0012, 72, 0, 0, 0, 16),
    SPO2: oximeter(),
    CO2: group(ON, 0, 500, 0, 14, 7600),
    TEMPERATURES[0]: group(ON, 7, 3310),
    TEMPERATURES[1]: group(ON, 11, 3680),
}
READ: Final = (
    *("heart_rate 72 valid", "spo2 97 valid", "pulse_rate 72 valid", "perfusion_index 2.1 valid"),
    *("respiration_rate 14 valid", "etco2 35.65 valid", "temperature 36.8 valid"),
)
NO_VALUES: Final = {
    ECG: group(ON | 9 << 3 | 0x0200, 0x3275, 0, NONE, NONE, NONE, NONE),
    SPO2: oximeter(NONE, NONE, NONE),
    CO2: group(7, 9, NONE, NONE, NONE, 7551),
    TEMPERATURES[0]: group(ON, 14, -32764),
}
NOTHING: Final = (
    *("heart_rate none unavailable", "spo2 none unavailable", "pulse_rate none unavailable"),
    *("perfusion_index none unavailable", "respiration_rate none unavailable", "etco2 none unavailable"),
    "temperature none underflow",
)


def cuff(label: int, *numbers: int) -> dict[int, bytes]:
    """Only a cuff module: bits of its label, pressures in 1/100 mmHg, pulse."""
    return {NIBP: group(ON, label, *numbers)}


CONFORMANCE: Final = Conformance(
    samples=(
        Sample(
            name="values of every module; the skin is left out",
            source=f"{SPECIFICATION}, Basic class",
            checksum=True,
            frames=(values(GOOD),),
            expect=READ,
        ),
        Sample(
            name="a monitor with nobody attached: codes, and a zero while the ECG learns",
            source=f"{SPECIFICATION}, special values; groups as in a recording of a bench monitor",
            checksum=True,
            frames=(values(NO_VALUES),),
            expect=("+ecg_learning", *NOTHING),
        ),
        Sample(
            name="asystole is a real zero, and the pulse of an oximeter is no heart rate",
            source=f"{SPECIFICATION}, ECG status bits 2 and 3-6",
            checksum=True,
            frames=(
                values({ECG: group(FROM_ECG | 0x04, 0, 0, 0, 0, 0, NONE)}),
                values({ECG: group(ON | 6 << 3, 0, 72, 0, 0, 0, NONE)}),
            ),
            expect=(
                *("+monitor_alarm", "heart_rate 0 valid", "respiration_rate none unavailable"),
                *("-monitor_alarm", "heart_rate none unavailable", "respiration_rate none unavailable"),
            ),
        ),
        Sample(
            name="second oximeter",
            source=f"{SPECIFICATION}, Ext1 class",
            checksum=True,
            frames=(values({SPO2: oximeter(NONE, NONE, NONE)}, displayed({SECOND_SPO2: oximeter(8850, 128)}, EXT1)),),
            expect=("spo2 88.5 valid", "pulse_rate 128 valid", "perfusion_index 2.1 valid"),
        ),
        Sample(
            name="the cuff measures; its result with its time, which is then repeated",
            source=f"{SPECIFICATION}, NIBP label bits and auxiliary information",
            checksum=True,
            frames=(
                values(cuff(0x0028, NONE, NONE, NONE, NONE), auxiliary(NOON - 600)),
                values(cuff(0x0008, 12100, 7900, 9300, 70), auxiliary(NOON + 27), sent=NOON + 30),
                values(cuff(0x0008, 12100, 7900, 9300, 70), auxiliary(NOON + 27), sent=NOON + 30),
            ),
            expect=(
                *("+cuff_inflating", "-cuff_inflating"),
                *("systolic 121 valid 3 s old", "diastolic 79 valid 3 s old"),
                *("mean_pressure 93 valid 3 s old", "cuff_pulse_rate 70 valid 3 s old"),
            ),
        ),
        Sample(
            name="an old reading with its time is told with its age, one without is not told",
            source=f"{SPECIFICATION}, NIBP label bit 8 and auxiliary information",
            checksum=True,
            frames=(
                values(cuff(0x0108, 13000, 8000, NONE, NONE)),
                values(cuff(0x0108, 12800, 8100, NONE, NONE), auxiliary(NOON - 300)),
            ),
            expect=("systolic 128 valid 300 s old", "diastolic 81 valid 300 s old"),
        ),
        Sample(
            name="the monitor's own alarms",
            source="GE S/5 Computer Interface Specification M1017617, access to alarm information",
            checksum=True,
            frames=(alarms(("SpO2 low", 2), ("Check leads", 1), silence=5), alarms()),
            expect=("+monitor_alarm", "+monitor_audio_paused", "-monitor_alarm", "-monitor_audio_paused"),
        ),
        Sample(
            name="pleth with a gap, and a code inside it",
            source=f"{SPECIFICATION}, waveform subrecords",
            checksum=True,
            frames=(wave(8, [150, 126, 125, NONE, 110]), wave(8, [100, 95], status=1)),
            expect=("pleth 100 Hz 1.5 1.26 1.25 none 1.1 none 1 0.95",),
        ),
    ),
)
