"""Frames with a known meaning, for ``vitalwatch conform viatom``."""

from __future__ import annotations

from typing import Final

from vitalwatch.driver import Conformance, Sample
from vitalwatch_drivers.viatom.frames import crc8

NONE: Final = ("spo2 none unavailable", "pulse_rate none unavailable", "perfusion_index none unavailable")


def frame(token: int, kind: int, *payload: int) -> bytes:
    """A frame with its length and CRC."""
    head = bytes((0xAA, 0x55, token, len(payload) + 2, kind, *payload))
    return head + bytes((crc8(head),))


def reading(spo2: int, pulse: int, pi: int, flags: int = 0, battery: int = 0xC0) -> bytes:
    """Values: %, bpm, tenths of %."""
    return frame(0x0F, 0x01, spo2, pulse & 0xFF, pulse >> 8, pi, flags, battery)


MADE: Final = "layout of the open-source reader sza2/viatom_pc60fw; flags and modes of the maker's Android SDK"

CONFORMANCE: Final = Conformance(
    samples=(
        Sample(
            name="a second of a real PC-60FW",
            source="recording of a PC-60FW in sycophantic/pc60fw_pulseox",
            checksum=True,
            recorded=True,
            frames=tuple(
                map(
                    bytes.fromhex,
                    (
                        "aa550f07024ccc4c4a48b9",
                        "aa550f070245423f3e3dc7",
                        "aa550f08016244004b00c03d",
                        "aa55f0030303f6",
                        "aa550f06210200000045",
                    ),
                )
            ),
            expect=(
                *("spo2 98 valid", "pulse_rate 68 valid", "perfusion_index 7.5 valid"),
                "pleth 50 Hz 76 76 76 74 72 69 66 63 62 61",
            ),
        ),
        Sample(
            name="the first seconds: good values without a perfusion index",
            source="recording of a PC-60FW in sycophantic/pc60fw_pulseox",
            checksum=True,
            recorded=True,
            frames=(bytes.fromhex("aa550f08016144000000c094"),),
            expect=("spo2 97 valid", "pulse_rate 68 valid", "perfusion_index none unavailable"),
        ),
        Sample(
            name="no finger, search, and numbers that are left over beside the flags",
            source=MADE,
            checksum=True,
            frames=(
                reading(0, 0, 0),
                reading(0, 0, 0, flags=0x02),
                reading(97, 68, 40, flags=0x02),
                reading(97, 68, 40, flags=0x04),
            ),
            expect=("+sensor_off", *NONE, "+sensor_off", *NONE, *NONE, "+searching", "-sensor_off", *NONE),
        ),
        Sample(
            name="pulse rates around 256, one value missing, a flag that nobody lists",
            source=MADE,
            checksum=True,
            frames=(reading(100, 255, 1), reading(88, 256, 200), reading(95, 0, 30), reading(95, 300, 30, flags=0x40)),
            expect=(
                *("spo2 100 valid", "pulse_rate 255 valid", "perfusion_index 0.1 valid"),
                *("spo2 88 valid", "pulse_rate 256 valid", "perfusion_index 20 valid"),
                *("+low_signal", "spo2 95 questionable", "pulse_rate none unavailable"),
                *("perfusion_index 3 questionable", "+viatom_flags", "-low_signal"),
                *("spo2 95 questionable", "pulse_rate 300 questionable", "perfusion_index 3 questionable"),
            ),
        ),
        Sample(
            name="low battery, a spot check, a frame of another kind, and continuous again",
            source=MADE,
            checksum=True,
            frames=(
                frame(0xF0, 0x03, 1),
                frame(0x0F, 0x21, 1, 2, 0, 0),
                reading(97, 68, 40, battery=0x40),
                frame(0xF0, 0x02, 1, 2, 3),
                frame(0x0F, 0x21, 2, 0, 0, 0),
                reading(97, 68, 40, battery=0x80),
            ),
            expect=(
                *("+battery_low", "+viatom_not_continuous"),
                *("spo2 97 questionable", "pulse_rate 68 questionable", "perfusion_index 4 questionable"),
                *("-viatom_not_continuous", "-battery_low"),
                *("spo2 97 valid", "pulse_rate 68 valid", "perfusion_index 4 valid"),
            ),
        ),
    ),
)
