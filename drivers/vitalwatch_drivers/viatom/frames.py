"""The AA 55 frames of a PC-60FW as frozen values, and the parser of one frame. No meaning, no state.

A frame is AA 55, a token, a length, a type, a payload and a CRC. The length counts everything behind it. The CRC is
CRC-8/MAXIM (polynomial 31, bits reflected, start 0) over everything before it, AA 55 included.

Sources: README of the open-source reader sza2/viatom_pc60fw (layout); the maker's Android SDK as published in
viatom-develop/LepuDemo, and open-source apps that hold its parser (flags, ranges, modes); the CRC was found on
recordings published in sycophantic/pc60fw_pulseox, where it fits 12,686 of 12,687 frames.
"""

from __future__ import annotations

from typing import Final, TypeAlias

import msgspec

from vitalwatch.errors import DecodeError

PROTOCOL: Final = "viatom"

SYNC: Final = b"\xaa\x55"
TOKENS: Final = b"\x0f\xf0"
"""Third byte of a frame: 0F oximeter, F0 device."""

LENGTHS: Final = range(2, 33)
"""What the length can be: type and CRC at least. Frames that are known have 3 to 8; the upper bound is ours, so that a
damaged length does not hold back what follows for long."""

PROBE_OFF: Final = 0x02  # no finger
SEARCHING: Final = 0x04  # looking for the pulse
KNOWN_FLAGS: Final = PROBE_OFF | SEARCHING

CONTINUOUS: Final = 2
"""The mode in which an oximeter measures without end; 1 is a spot check, 3 the menu."""

_MOST_BATTERY: Final = 3
_BEAT: Final = 0x80


class Reading(msgspec.Struct, frozen=True):
    """Values, once a second.

    Attributes:
        spo2: %, 1-255; none for 0.
        pulse: bpm, 1-65535; none for 0.
        perfusion_index: %, 0.1-25.5; none for 0, which also stands beside good values in the first seconds.
        flags: ``PROBE_OFF``, ``SEARCHING``, or bits that no source lists.
        battery: 0-3, 3 full.
    """

    spo2: int | None
    pulse: int | None
    perfusion_index: float | None
    flags: int
    battery: int


class Wave(msgspec.Struct, frozen=True):
    """Five samples of the curve, ten times a second.

    Attributes:
        samples: 0-127, oldest first; no unit.
        beats: which of them have the mark of a beat.
    """

    samples: tuple[int, ...]
    beats: tuple[bool, ...]


class Working(msgspec.Struct, frozen=True):
    """What the oximeter is doing.

    Attributes:
        mode: ``CONTINUOUS`` or another.
        step: of a spot check.
    """

    mode: int
    step: int


class Battery(msgspec.Struct, frozen=True):
    """The battery's level, 0-3, 3 full."""

    level: int


class Other(msgspec.Struct, frozen=True):
    """A good frame of a kind that this driver has no use for."""

    token: int
    kind: int


Frame: TypeAlias = Reading | Wave | Working | Battery | Other


def parse(raw: bytes) -> Frame:
    """Read one whole frame, from AA to its CRC.

    Raises:
        DecodeError: if it is none, its CRC is wrong, or a known kind has another length or range than it should.
    """
    if len(raw) < 6 or raw[:2] != SYNC or raw[2] not in TOKENS or raw[3] != len(raw) - 4:
        raise _bad("no frame", raw)
    if crc8(raw[:-1]) != raw[-1]:
        raise _bad("wrong CRC", raw)
    payload = raw[5:-1]
    match (raw[2], raw[4]):
        case (0x0F, 0x01):
            _sized(payload, 6, raw)
            return Reading(
                spo2=payload[0] or None,
                pulse=payload[1] | payload[2] << 8 or None,
                perfusion_index=payload[3] / 10 or None,
                flags=payload[4],
                battery=payload[5] >> 6,
            )
        case (0x0F, 0x02):
            _sized(payload, 5, raw)
            return Wave(tuple(s & ~_BEAT for s in payload), tuple(bool(s & _BEAT) for s in payload))
        case (0x0F, 0x21):
            _sized(payload, 4, raw)
            return Working(payload[0], payload[1])
        case (0xF0, 0x03):
            _sized(payload, 1, raw)
            if payload[0] > _MOST_BATTERY:
                raise _bad("no level of a battery", raw)
            return Battery(payload[0])
    return Other(raw[2], raw[4])


def crc8(data: bytes) -> int:
    """CRC-8/MAXIM of these bytes."""
    crc = 0
    for byte in data:
        crc = _CRCS[crc ^ byte]
    return crc


def _crc_of(byte: int) -> int:
    for _ in range(8):
        byte = byte >> 1 ^ (0x8C if byte & 1 else 0)
    return byte


_CRCS: Final = bytes(map(_crc_of, range(256)))


def _sized(payload: bytes, size: int, raw: bytes) -> None:
    if len(payload) != size:
        raise _bad(f"payload of {len(payload)} bytes and not {size}", raw)


def _bad(reason: str, raw: bytes) -> DecodeError:
    return DecodeError(reason, protocol=PROTOCOL, excerpt=raw[:32])
