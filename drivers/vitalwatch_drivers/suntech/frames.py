"""The packets of a SunTech module as frozen values, their parser, and the requests of the host. No meaning, no state.

A module's packet is ``3E``, its whole length, data, and a byte that makes the sum of the packet 0 modulo 256. A host's
request begins with ``3A`` and has no length. Numbers of two bytes come low byte first.

Sources: requests and worked examples in the open-source project ak-git/DesktopFX, package ``suntech``, which quotes
SunTech's OEM protocol document.
"""

from __future__ import annotations

from typing import Final, TypeAlias

import msgspec

from vitalwatch.errors import DecodeError

PROTOCOL: Final = "suntech"

START: Final = 0x3E
COMPLETE: Final = ord("K")
"""Code of the answer that says that a measurement is complete."""

ANSWER_BYTES: Final = 4
PRESSURE_BYTES: Final = 5
RESULT_BYTES: Final = 24
PACKET_BYTES: Final = frozenset({ANSWER_BYTES, PRESSURE_BYTES, RESULT_BYTES})
"""Lengths that the module uses to answer what this driver asks. Others (up to 67 bytes) come only when asked for, and
waiting for 67 bytes after a damaged length would hold back what matters."""

START_BP: Final = bytes.fromhex("3A 20 A6")
"""Inflates the cuff. Sent for a person's command only."""

GET_PRESSURE: Final = bytes.fromhex("3A 79 05 00 48")
GET_RESULT: Final = bytes.fromhex("3A 79 03 00 4A")


class Answer(msgspec.Struct, frozen=True):
    """A short answer.

    Attributes:
        code: an ASCII letter; :data:`COMPLETE` comes by itself when a measurement has ended.
    """

    code: int


class Pressure(msgspec.Struct, frozen=True):
    """What is in the cuff now.

    Attributes:
        mmhg: may be slightly below 0 in an empty cuff.
    """

    mmhg: int


class Result(msgspec.Struct, frozen=True):
    """The last measurement, whenever that was: the module keeps it and sends it as often as it is asked.

    Attributes:
        systolic: mmHg; meaningless, like the rest, unless ``error`` is 0.
        diastolic: mmHg.
        mean: mmHg.
        pulse: bpm.
        beats: beats that were found while the cuff emptied.
        status: "BP status"; its meanings are in no public document.
        error: 0 for a good measurement.
    """

    systolic: int
    diastolic: int
    mean: int
    pulse: int
    beats: int
    status: int
    error: int


Packet: TypeAlias = Answer | Pressure | Result


def parse_packet(raw: bytes) -> Packet:
    """Read one whole packet, from its ``3E`` to its checksum.

    Raises:
        DecodeError: if start, length or checksum are wrong, or the length is none of ``PACKET_BYTES``.
    """
    if not raw or raw[0] != START:
        raise _bad("does not begin with 3E", raw, 0)
    if len(raw) < 2 or raw[1] != len(raw) or len(raw) not in PACKET_BYTES:
        raise _bad("has a wrong length", raw, 1)
    if sum(raw) & 0xFF:
        raise _bad("has a wrong checksum", raw, len(raw) - 1)
    if len(raw) == ANSWER_BYTES:
        return Answer(raw[2])
    if len(raw) == PRESSURE_BYTES:
        return Pressure(int.from_bytes(raw[2:4], "little", signed=True))
    return Result(
        systolic=_word(raw, 2),
        diastolic=_word(raw, 4),
        mean=_word(raw, 18),
        # The document has one byte for the pulse and calls the next one spare. Read as one number, a spare byte of 0
        # changes nothing, and a pulse of 300 in a firmware that uses it is not read as 44.
        pulse=_word(raw, 16),
        beats=raw[6],
        status=raw[7],
        error=raw[20],
    )


def _word(raw: bytes, at: int) -> int:
    return int.from_bytes(raw[at : at + 2], "little")


def _bad(reason: str, raw: bytes, offset: int) -> DecodeError:
    return DecodeError(f"packet {reason}", protocol=PROTOCOL, offset=offset, excerpt=raw[:32])
