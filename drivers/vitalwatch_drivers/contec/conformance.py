"""Frames with a known meaning, for ``vitalwatch conform contec``.

Of V7 and EB there are recordings; of the 5-byte dialect none is public, so its packets are made from the documents.
"""

from __future__ import annotations

from typing import Final

from vitalwatch.driver import Conformance, Sample

V7: Final = 'Contec "Communication protocol of pulse oximeter V7.0", 2010-07-08'
FIVE_BYTE: Final = 'Contec "Communication protocol V5.0A"'
EB: Final = "protocol notes on oximeters, EB dialect, from open-source readers"

NONE: Final = ("spo2 none unavailable", "pulse_rate none unavailable")
NO_VALUES: Final = (*NONE, "perfusion_index none unavailable")


def v7(
    pulse: int, spo2: int, *, perfusion: int = 0xFFFF, signal: int = 4, flags: int = 0, wave: int = 19, bar: int = 2
) -> bytes:
    """A live package: ``flags`` are the upper bits of its third byte, ``wave`` and ``bar`` with their flags."""
    payload = (signal | flags, wave, bar, pulse, spo2, perfusion & 0xFF, perfusion >> 8)
    high = sum((byte >> 7) << place for place, byte in enumerate(payload))
    return bytes((0x01, 0x80 | high, *(0x80 | byte for byte in payload)))


def five_byte(pulse: int, spo2: int, *, signal: int = 5, flags: int = 0, more: int = 0, wave: int = 19) -> bytes:
    """A packet: ``flags`` are the upper bits of its first byte, ``more`` bits 4 and 5 of its third."""
    return bytes((0x80 | signal | flags, wave, 2 | more | (pulse >> 7) << 6, pulse & 0x7F, spo2))


def eb(*body: int) -> bytes:
    """An EB frame with its checksum."""
    return bytes((0xEB, *body, (0xEB + sum(body)) & 0x7F))


CONFORMANCE: Final = Conformance(
    samples=(
        Sample(
            name="V7: readings, on both sides of the eighth bit",
            source=V7,
            frames=(
                v7(127, 97, perfusion=127),
                v7(128, 96, perfusion=128),
                v7(200, 89, perfusion=2200, signal=2),
                v7(254, 100, perfusion=256, flags=0x60),
            ),
            expect=(
                *("spo2 97 valid", "pulse_rate 127 valid", "perfusion_index 1.27 valid"),
                *("spo2 96 valid", "pulse_rate 128 valid", "perfusion_index 1.28 valid"),
                *("+low_signal", "spo2 89 questionable", "pulse_rate 200 questionable"),
                *("perfusion_index 22 questionable", "-low_signal"),
                *("spo2 100 valid", "pulse_rate 254 valid", "perfusion_index 2.56 valid"),
                "pleth 60 Hz 19 19 19 19",
            ),
        ),
        Sample(
            name="V7: finger out, searching, and old numbers beside them",
            source=V7,
            frames=(
                v7(255, 127, flags=0x80, wave=64, bar=0x10),
                v7(72, 97, flags=0x80, wave=64),
                v7(72, 97, wave=0x80 | 30),
                v7(72, 97, flags=0x10),
                v7(255, 127),
            ),
            expect=(
                *("+sensor_off", *NO_VALUES, "+searching", "-sensor_off", *NO_VALUES),
                *("+searching", *NO_VALUES, "-searching", *NO_VALUES, "pleth 60 Hz none none 30 19 19"),
            ),
        ),
        Sample(
            name="V7: the oximeter leaves",
            source=f"{V7}, disconnect notice",
            frames=(v7(72, 97), bytes.fromhex("0d8081")),
            expect=(
                *("spo2 97 valid", "pulse_rate 72 valid", "perfusion_index none unavailable"),
                *("+contec_disconnected", *NO_VALUES, "pleth 60 Hz 19"),
            ),
        ),
        Sample(
            name="V7: packages of a CMS50E",
            source="a CMS50E's recording in titinho11/CMS50E-raw-ppg-data",
            recorded=True,
            frames=(bytes.fromhex("01e0849392bce3ffff"),) * 20,  # as many as there are from one telling to the next
            expect=("spo2 99 valid", "pulse_rate 60 valid", "perfusion_index none unavailable", "pleth 60 Hz 19"),
        ),
        Sample(
            name="5-byte: readings, on both sides of the eighth bit",
            source=FIVE_BYTE,
            options={"dialect": "5-byte"},
            frames=(
                five_byte(127, 97),
                five_byte(128, 96, flags=0x60),
                five_byte(200, 89, signal=1),
                five_byte(72, 97),
                five_byte(72, 97),
            ),
            expect=(
                *("spo2 97 valid", "pulse_rate 127 valid", "spo2 96 valid", "pulse_rate 128 valid"),
                *("+low_signal", "spo2 89 questionable", "pulse_rate 200 questionable"),
                *("-low_signal", "spo2 97 valid", "pulse_rate 72 valid", "pleth 60 Hz 19 19 19 19"),
            ),
        ),
        Sample(
            name="5-byte: finger out, searching, numbers that are none",
            source=FIVE_BYTE,
            options={"dialect": "5-byte"},
            frames=(
                five_byte(255, 127, more=0x10),
                five_byte(72, 97, more=0x20),
                five_byte(0, 0),
                five_byte(72, 97, flags=0x10),
                five_byte(72, 97, flags=0x10),
            ),
            expect=(
                *("+sensor_off", *NONE, "+searching", "-sensor_off", *NONE, "-searching", *NONE, "+searching", *NONE),
                "pleth 60 Hz none 19 19 19",
            ),
        ),
        Sample(
            name="EB: a measurement and a sample of the curve from a CMS50D-BT",
            source="tobiasisenberg/OxiVis issue 2, two frames of a CMS50D-BT over Bluetooth",
            checksum=True,
            recorded=True,
            options={"dialect": "eb"},
            frames=(bytes.fromhex("eb010453637f0025"), bytes.fromhex("eb000348093f")),
            expect=(
                *("spo2 99 valid", "pulse_rate 83 valid", "perfusion_index none unavailable"),
                "pleth 60 Hz 72",
            ),
        ),
        Sample(
            name="EB: a pulse of 128 and more, and a jump that no heart makes",
            source=EB,
            checksum=True,
            options={"dialect": "eb"},
            frames=(
                eb(0x01, 0x04, 125, 97, 0x2C, 0x01),
                eb(0x01, 0x06, 0, 96, 0x2C, 0x01),
                eb(0x01, 0x04, 24, 96, 0x2C, 0x01),
            ),
            expect=(
                *("spo2 97 valid", "pulse_rate 125 valid", "perfusion_index 1.72 valid"),
                *("spo2 96 valid", "pulse_rate 128 valid", "perfusion_index 1.72 valid"),
                *("spo2 96 valid", "pulse_rate 24 questionable", "perfusion_index 1.72 valid"),
            ),
        ),
        Sample(
            name="EB: no finger",
            source=EB,
            checksum=True,
            options={"dialect": "eb"},
            frames=(eb(0x01, 0x04, 0, 0, 0, 0), eb(0x01, 0x04, 127, 127, 0x7F, 0)),
            expect=("+sensor_off", *NO_VALUES, *NO_VALUES),
        ),
    ),
)
