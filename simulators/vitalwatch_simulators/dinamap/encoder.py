"""What a Dinamap says, as bytes: replies of the ASCII host protocol and blocks of the PRO 1000. Pure.

Written from the protocol notes on monitors, section 3, and the field tables of the Dinamap host communications
reference (HC_009, HC_020, HC_023) that public readers of a V100 quote.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

import msgspec

BLOCKS_A_SECOND: Final = 50
NEVER_S: Final = 9999
"""The counter while there is no result."""


class CuffResult(msgspec.Struct, frozen=True):
    """Pressures in mmHg and a pulse in bpm."""

    systolic: int
    diastolic: int
    mean: int
    pulse: int


def with_checksum(text: str) -> bytes:
    """A command or reply with its two characters of checksum and CR."""
    total = 0
    for character in text:
        total += ord(character) - 31
    return f"{text}{chr(32 + total // 64)}{chr(32 + total % 64)}\r".encode("ascii")


def cuff_reply(status: int, age_s: int, result: CuffResult | None) -> bytes:
    """Answer to NA, for an adult in normal mode."""
    pressures = (result.systolic, result.diastolic, result.mean) if result else (0, 0, 0)
    return with_checksum(f" NA{status}10{age_s:04d}" + "".join(f"{pressure:03d}" for pressure in pressures))


def oximeter_reply(status: int, spo2: int | None, strength: int) -> bytes:
    """Answer to OA; averaging over 8 s."""
    return with_checksum(f" OA{status}{spo2 or 0:03d}{strength}08")


def rate_reply(code: str, source: int, rate: int | None) -> bytes:
    """Answer to RA or RC; source 2 is the oximeter, 3 the cuff."""
    return with_checksum(f" {code}{source}{'-99' if rate is None else f'{rate:03d}'}")


def page(heart_rate: int | None, clock: datetime) -> bytes:
    """The 150 bytes of a parameter page: heart rate and clock, the rest 0."""
    fields = bytearray(150)
    if heart_rate is not None:
        fields[129] = 1
        fields[130:132] = heart_rate.to_bytes(2, "big")
    fields[137:143] = bytes((clock.month, clock.day, clock.year % 100, clock.hour, clock.minute, clock.second))
    return bytes(fields)


def block(sequence: int, status: int, channel_1: list[int], channel_2: list[int], parameters: bytes) -> bytes:
    """One of 50 blocks a second: four samples of 10 bits of each channel, three bytes of the page."""
    body = bytes((status,)) + _packed(channel_1) + _packed(channel_2) + parameters
    crc = _crc(body)
    return bytes((sequence,)) + body + bytes((crc, 255 - crc, 255 - sequence))


def _packed(samples: list[int]) -> bytes:
    bits = "".join(f"{sample:010b}" for sample in samples)
    return int(bits, 2).to_bytes(5, "big")


def _crc(body: bytes) -> int:
    """CRC-8, polynomial 0x85, bits taken and given from the lowest: worked in the plain order and turned round."""
    register = 0
    for byte in body:
        register ^= _turned(byte)
        for _ in range(8):
            register = (register << 1) ^ 0x185 if register & 0x80 else register << 1
    return _turned(register)


def _turned(byte: int) -> int:
    return int(f"{byte:08b}"[::-1], 2)
