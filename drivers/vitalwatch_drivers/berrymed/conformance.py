"""Packets with a known meaning, for ``vitalwatch conform berrymed``.

No recording of a BerryMed oximeter is public: all are made from the document. Two packets in a row have to
agree before they are told, so each comes several times.
"""

from __future__ import annotations

from typing import Final

from vitalwatch.driver import Conformance, Sample

DOCUMENT: Final = '"BCI Protocol V1.2", published in zh2x/BCI_Protocol'

NONE: Final = ("spo2 none unavailable", "pulse_rate none unavailable")


def packet(pulse: int, spo2: int, *, signal: int = 6, first: int = 0, third: int = 0, pleth: int = 40) -> bytes:
    """One packet: ``first`` and ``third`` are the flags of those bytes."""
    return bytes((0x80 | signal | first, pleth, 5 | third | pulse >> 7 << 6, pulse & 0x7F, spo2))


def four(*packets: bytes) -> tuple[bytes, ...]:
    """Each packet four times."""
    return tuple(one for one in packets for _ in range(4))


def curve(*samples: str) -> str:
    """How a curve is told."""
    return "pleth 100 Hz " + " ".join(samples)


CONFORMANCE: Final = Conformance(
    samples=(
        Sample(
            name="readings, on both sides of the eighth bit of the pulse",
            source=DOCUMENT,
            frames=four(packet(127, 97), packet(128, 96), packet(254, 100, first=0x40)),
            expect=(
                *("spo2 97 valid", "pulse_rate 127 valid", "spo2 96 valid", "pulse_rate 128 valid"),
                *("spo2 100 valid", "pulse_rate 254 valid", curve(*["40"] * 10)),
            ),
        ),
        Sample(
            name="unchanged values are told five times a second",
            source=DOCUMENT,
            frames=(packet(72, 97),) * 40,
            expect=(*("spo2 97 valid", "pulse_rate 72 valid") * 2, curve(*["40"] * 40)),
        ),
        Sample(
            name="no finger, search, no signal, no probe, with and without numbers that are left over",
            source=DOCUMENT,
            frames=four(
                packet(255, 127, third=0x10, pleth=0),
                packet(72, 97, third=0x20),
                packet(72, 97, first=0x10),
                packet(72, 97, first=0x20),
                packet(255, 127),
            ),
            expect=(
                *("+sensor_off", *NONE, "+searching", "-sensor_off", *NONE),
                *("+berrymed_no_signal", "-searching", *NONE, "+no_sensor", "-berrymed_no_signal", *NONE),
                *("-no_sensor", *NONE, curve(*["none"] * 4, *["40"] * 16)),
            ),
        ),
        Sample(
            name="poor signal, and zeros that are no values",
            source=f"{DOCUMENT}; 0 to 2 as poor is our cut",
            frames=four(packet(72, 97, signal=2), packet(72, 97, signal=15), packet(0, 0, signal=3)),
            expect=(
                *("+low_signal", "spo2 97 questionable", "pulse_rate 72 questionable"),
                *("-low_signal", *NONE, curve(*["40"] * 10)),
            ),
        ),
    ),
    exempt={"bit flips": "the BCI protocol has no checksum; two packets in a row have to agree instead"},
)
