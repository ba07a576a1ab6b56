"""One packet of the BCI protocol as a frozen value, and its parser. No meaning, no state.

Five bytes, 100 times a second; bit 7 is set in the first byte only. No checksum. Bytes from 1, bit 0 lowest:

    1   bits 0-3 signal strength, 4 no signal, 5 probe unplugged, 6 beep
    2   curve, 0 for none
    3   bits 0-3 bar, 4 no finger, 5 pulse search, 6 = bit 7 of the pulse rate
    4   bits 0-6 of the pulse rate; the whole is 255 for none
    5   SpO2, 127 for none

Contec's old five-byte packets look the same and mean something else in bits 4 and 5 of byte 1.

Source: "BCI Protocol V1.2" as published in zh2x/BCI_Protocol.
"""

from __future__ import annotations

from typing import Final

import msgspec

from vitalwatch.errors import DecodeError

PROTOCOL: Final = "berrymed"
PACKET_BYTES: Final = 5

NO_SIGNAL: Final = 0x10
PROBE_UNPLUGGED: Final = 0x20
BEEP: Final = 0x40
"""Bits of byte 1."""

NO_FINGER: Final = 0x10
PULSE_SEARCH: Final = 0x20
PULSE_BIT_7: Final = 0x40
"""Bits of byte 3."""

NO_PULSE: Final = 255
NO_SPO2: Final = 127


class Packet(msgspec.Struct, frozen=True):
    """One packet.

    Attributes:
        signal: strength, 0-8 by the document; the field can hold 15.
        no_signal: flag.
        probe_unplugged: flag.
        no_finger: flag.
        searching: looking for the pulse.
        pleth: curve, 1-127 without a unit (1-100 by the document), or none.
        pulse: bpm, 1-254, or none.
        spo2: %, 1-126 (1-100 by the document), or none.
    """

    signal: int
    no_signal: bool
    probe_unplugged: bool
    no_finger: bool
    searching: bool
    pleth: int | None
    pulse: int | None
    spo2: int | None


def is_packet(raw: bytes | bytearray) -> bool:
    """Whether these bytes have the form of a packet."""
    return len(raw) == PACKET_BYTES and raw[0] >= 0x80 and max(raw[1:]) < 0x80


def parse(raw: bytes) -> Packet:
    """Read a packet. A pulse rate or SpO2 of 0 is none too: no body has it, and the document does not name it.

    Raises:
        DecodeError: if it is none.
    """
    if not is_packet(raw):
        raise DecodeError("no packet", protocol=PROTOCOL, excerpt=raw[:32])
    first, pleth, third, low, spo2 = raw
    pulse = (third & PULSE_BIT_7) << 1 | low
    return Packet(
        signal=first & 0x0F,
        no_signal=bool(first & NO_SIGNAL),
        probe_unplugged=bool(first & PROBE_UNPLUGGED),
        no_finger=bool(third & NO_FINGER),
        searching=bool(third & PULSE_SEARCH),
        pleth=pleth or None,
        pulse=None if pulse in (0, NO_PULSE) else pulse,
        spo2=None if spo2 in (0, NO_SPO2) else spo2,
    )
