"""Replies of the ASCII host protocol and blocks of the PRO 1000 as frozen values, and their parsers. No state.

ASCII: the host asks, the monitor answers with a blank, two letters, fields of fixed width, two characters of checksum
and CR. PRO 1000: 50 blocks a second of 18 bytes each.

Sources: the Dinamap host communications reference (2010566), requirements HC_009, HC_020 and HC_023 as two public
readers of a CARESCAPE V100 quote and use them; tnez/TK-BP (commands, fields of NA and RC) and Zeriam/dinamap-reader
(blocks), both used with real monitors. The checksum of commands is worked out from seven known ones.
"""

from __future__ import annotations

from typing import Final, TypeAlias

import msgspec

from vitalwatch.errors import DecodeError

PROTOCOL: Final = "dinamap"

REPLY_LIMIT: Final = 40
"""Longest reply with its CR that is read. Known ones have up to 22 characters."""

LEAST_RC: Final = 7
"""Characters of an RC reply up to its rate; what follows is not known."""

LENGTHS: Final = {"NA": 19, "OA": 10, "RA": 7}
"""Characters of each reply without its checksum."""

_NO_NUMBER: Final = ("", "-99", "---")
"""What stands for none, zeros aside: a V100 writes -99; blanks and dashes are taken for the same."""

BLOCK_BYTES: Final = 18
BLOCKS_A_PAGE: Final = 50
SEQUENCES: Final = 200
"""Blocks are numbered from 0 to 199, and again."""

_RATE_GIVEN: Final = 1
"""Byte 129 of a parameter page while byte 131 counts beats. Seen 0 in the page of zeros after switching on."""


class CuffReply(msgspec.Struct, frozen=True):
    """NA: state of the cuff and the last result.

    Attributes:
        status: 0 busy, 1 done, 3 to 9 failed.
        age_s: seconds since the pressures were taken, 0 to 9999; the manual's range ends at 5400.
        systolic: mmHg, ``None`` for none. The other two alike.
        diastolic: mmHg.
        mean: mmHg.
    """

    status: int
    age_s: int
    systolic: int | None
    diastolic: int | None
    mean: int | None


class OximeterReply(msgspec.Struct, frozen=True):
    """OA: the oximeter.

    Attributes:
        status: 0 standby, 1 measuring, 3 no data, 6 sensor unplugged.
        spo2: %, ``None`` for none.
        strength: of the signal, 0 to 9.
    """

    status: int
    spo2: int | None
    strength: int


class RateReply(msgspec.Struct, frozen=True):
    """RA or RC: a heart or pulse rate.

    Attributes:
        code: ``RA`` or ``RC``.
        source: ``2`` the oximeter, ``3`` the cuff; anything printable in RC.
        rate: bpm, ``None`` for none.
    """

    code: str
    source: str
    rate: int | None


class OtherReply(msgspec.Struct, frozen=True):
    """A good reply that is not about vitals: the answer to NC, for example."""

    code: str


Reply: TypeAlias = CuffReply | OximeterReply | RateReply | OtherReply


class Block(msgspec.Struct, frozen=True):
    """One fiftieth of a second of a PRO 1000.

    Attributes:
        sequence: 0 to 199.
        status: bits 1-2 change at each beat, bits 3-4 at each breath, 0x20 warning alarm, 0x40 crisis alarm.
        channel_1: four samples of 10 bits; what they are is not known.
        channel_2: four samples of 10 bits of the ECG, 200 a second.
        parameters: three of the 150 bytes of the parameter page.
    """

    sequence: int
    status: int
    channel_1: tuple[int, ...]
    channel_2: tuple[int, ...]
    parameters: bytes


class Page(msgspec.Struct, frozen=True):
    """What is understood of the 150 bytes that 50 blocks bring. No manual confirms it: worked out from a recording.

    Attributes:
        heart_rate: bpm as sent; ``None`` for none.
        device_time: the monitor's own clock as ISO 8601, as far as it is a possible date. A label only.
    """

    heart_rate: int | None
    device_time: str | None


def checksum(text: bytes) -> bytes:
    """The two characters that end a command or reply, leading blank included in ``text``."""
    total = sum(byte - 0x1F for byte in text)
    return bytes((0x20 + (total >> 6), 0x20 + (total & 0x3F)))


def command(text: bytes) -> bytes:
    """What is sent to ask or order ``text``, two letters and their arguments."""
    return b" " + text + checksum(b" " + text) + b"\r"


def parse_reply(raw: bytes, *, checked: bool = True) -> Reply:
    """Read one reply.

    Args:
        raw: from the leading blank to the last character before CR.
        checked: whether the checksum has to fit; if not, it may be another or missing.

    Raises:
        DecodeError: if it is no reply, or a damaged one.
    """
    text = raw.decode("ascii", errors="replace")
    code = text[1:3]
    if not (text.isascii() and text.isprintable() and text[:1] == " " and code.isalpha() and code.isupper()):
        raise _bad("not a blank, two capitals and printable characters", raw)
    if not 5 <= len(raw) < REPLY_LIMIT:
        raise _bad("too short or too long", raw)
    if checked and checksum(raw[:-2]) != raw[-2:]:
        raise _bad("the checksum does not fit", raw)
    bare = not checked and len(text) == LENGTHS.get(code)
    fields = text if bare else text[:-2]
    match code:
        case "NA" | "OA" | "RA" if len(fields) == LENGTHS[code]:
            return _read(code, fields, raw)
        case "RC" if len(fields) >= LEAST_RC:
            return _read(code, fields, raw)
        case "NA" | "OA" | "RA" | "RC":
            raise _bad("not as long as this reply is", raw)
    if not checked:
        raise _bad("an unknown reply, which only a checksum could prove", raw)
    return OtherReply(code)


def parse_block(raw: bytes) -> Block:
    """Read one block of 18 bytes.

    Raises:
        DecodeError: if its number, complements and checksum do not fit together.
    """
    if len(raw) != BLOCK_BYTES or raw[0] >= SEQUENCES or not is_block(raw):
        raise _bad("not a block", raw)
    return Block(raw[0], raw[1], _samples(raw[2:7]), _samples(raw[7:12]), raw[12:15])


def is_block(raw: bytes | bytearray) -> bool:
    """Whether the two complements and the checksum of 18 bytes fit."""
    return raw[0] ^ raw[17] == 0xFF and raw[15] ^ raw[16] == 0xFF and _crc(raw[1:15]) == raw[15]


def parse_page(raw: bytes) -> Page:
    """Read a parameter page of 150 bytes: heart rate and clock. The rest has no known meaning."""
    rate = int.from_bytes(raw[130:132], "big")
    # 7FFF and FFFF stand in other fields of the recorded page that have no value. A 0 may be asystole or none.
    given = raw[129] == _RATE_GIVEN and rate not in (0, 0x7FFF, 0xFFFF)
    month, day, year, hour, minute, second = raw[137:143]
    possible = 1 <= month <= 12 and 1 <= day <= 31 and year < 100 and hour < 24 and minute < 60 and second < 60
    label = f"20{year:02d}-{month:02d}-{day:02d}T{hour:02d}:{minute:02d}:{second:02d}"
    return Page(rate if given else None, label if possible else None)


def _read(code: str, text: str, raw: bytes) -> Reply:
    if code == "OA":
        return OximeterReply(_digits(text[3], raw), _number(text[4:7], raw), _digits(text[7], raw))
    if code != "NA":
        return RateReply(code, text[3], _number(text[4:7], raw))
    if text[4] not in "012" or text[5] not in "01":
        raise _bad("no kind of patient or determination", raw)
    pressures = [_number(text[at : at + 3], raw) for at in (10, 13, 16)]
    return CuffReply(_digits(text[3], raw), _digits(text[6:10], raw), *pressures)


def _digits(field: str, raw: bytes) -> int:
    if not field.isdigit():
        raise _bad(f"{field!r} is not made of digits", raw)
    return int(field)


def _number(field: str, raw: bytes) -> int | None:
    # Zero is none: neither a pressure nor a pulse of 0 is ever measured by a cuff or an oximeter.
    stripped = field.strip()
    return None if stripped in _NO_NUMBER else _digits(stripped, raw) or None


def _samples(packed: bytes) -> tuple[int, ...]:
    bits = int.from_bytes(packed, "big")
    return tuple(bits >> shift & 0x3FF for shift in (30, 20, 10, 0))


def _crc_of(byte: int) -> int:
    for _ in range(8):
        byte = (byte >> 1) ^ (0xA1 if byte & 1 else 0)  # polynomial 0x85, bits reflected
    return byte


_CRC: Final = tuple(map(_crc_of, range(256)))


def _crc(data: bytes | bytearray) -> int:
    value = 0
    for byte in data:
        value = _CRC[value ^ byte]
    return value


def _bad(reason: str, raw: bytes) -> DecodeError:
    return DecodeError(reason, protocol=PROTOCOL, excerpt=raw[:32])
