"""One datagram of the Unity network in, one frame out. Pure; a datagram is whole or it is none.

There is no checksum beyond that of UDP, so every length and every number that is sent twice has to agree.
"""

from __future__ import annotations

import ipaddress
import struct
from typing import Final

from vitalwatch.errors import DecodeError
from vitalwatch_drivers.ge_unity import frames as f

HEADER: Final = 60
BODY: Final = 2 * HEADER
"""A reply with values has two headers, each with the length of what follows it."""
BLOCKS: Final = BODY + 6
BLOCK: Final = 70
LONGEST: Final = 4096
"""Longer than any datagram that was seen (699 bytes); what is longer is not looked at."""

ALARM_LENGTH: Final = 84
DISCOVERY_LENGTH: Final = 88
DISCOVERY_START: Final = b"\x01\x04\x00\x00"
REQUEST_LENGTH: Final = 62
NAMES_AT: Final = 28
"""Where the name of the person begins in a discovery."""

PLETH: Final = 9993
RESPIRATION: Final = 5897
LEADS: Final = ((1800, 2050, 1), (2050, 2300, 2), (2300, 2570, 3), (2570, 2850, 4))
"""Codes in front of the samples of a curve: from, up to but not including, ECG lead."""


def decode(data: bytes) -> f.Frame:
    """Read one datagram.

    Raises:
        DecodeError: if it is none of this protocol.
    """
    if len(data) > LONGEST:
        raise _bad("too long", data)
    if len(data) == DISCOVERY_LENGTH and data.startswith(DISCOVERY_START):
        return f.Discovery(_address(data[4:8]), _text(data[12:NAMES_AT]))
    function, about = struct.unpack_from(">HH", data, 12) if len(data) >= 16 else (0, 0)
    match function, about:
        case f.REQUEST, _ if len(data) == REQUEST_LENGTH:
            return f.Request(about)
        case f.REPLY, f.ALARM if len(data) == ALARM_LENGTH:
            return _alarm(data)
        case f.REPLY, f.VALUES:
            return _values(data)
    return _waves(data)


def without_names(data: bytes) -> bytes:
    """A datagram as it may be recorded: nothing of one that is not known, and no name of a discovery."""
    try:
        frame = decode(data)
    except DecodeError:
        return b""
    if isinstance(frame, f.Discovery):
        return data[:NAMES_AT].ljust(DISCOVERY_LENGTH, b"\0")
    return data


def _values(data: bytes) -> f.Values:
    if len(data) < BLOCKS:
        raise _bad("too short for values", data)
    for header in (0, HEADER):
        kind = struct.unpack_from(">HH", data, header + 12)
        (length,) = struct.unpack_from(">H", data, header + 58)
        if kind != (f.REPLY, f.VALUES) or length != len(data) - header - HEADER:
            raise _bad("the two headers do not fit the reply", data)
    (sequence,) = struct.unpack_from(">H", data, HEADER + 18)
    state, level, _audio, _admitted, count, _graph = data[BODY:BLOCKS]
    if level > f.CRISIS or len(data) < BLOCKS + BLOCK * count:
        raise _bad("unknown alarm level, or fewer blocks than are told", data)
    blocks = (data[place : place + BLOCK] for place in range(BLOCKS, BLOCKS + BLOCK * count, BLOCK))
    return f.Values(sequence, state, level, tuple(map(_parameter, blocks)))


def _parameter(block: bytes) -> f.Parameter:
    """A block: five parts of the module, each with its kind and the code of the parameter, then where it comes from."""
    kind, code, status, *numbers = struct.unpack_from(">BBHhhh", block)
    if kind != 1 or block[65] != code:
        raise _bad("a block does not begin with values, or names two parameters", block)
    low1, high1, low2, high2, low3, high3 = struct.unpack_from(">6h", block, 30)
    first, second, third = numbers
    return f.Parameter(code, status, (first, second, third), ((low1, high1), (low2, high2), (low3, high3)))


def _alarm(data: bytes) -> f.Alarm:
    (length,) = struct.unpack_from(">H", data, 58)
    level, code = data[61], data[63]
    if length != ALARM_LENGTH - HEADER or level > f.CRISIS:
        raise _bad("the length or the level of the alarm does not fit", data)
    (counter,) = struct.unpack_from(">I", data, 80)
    return f.Alarm(_address(data[6:10]), _text(data[24:56]), level, code, _text(data[66:80]), counter)


def _waves(data: bytes) -> f.Waves:
    """Sequence, a zero, then rounds of codes with their samples; an unknown code ends them."""
    words = struct.unpack_from(f">{len(data) // 2}h", data)
    if len(words) < 4 or words[1] != 0:
        raise _bad("no kind of datagram that is known", data)
    curves: dict[int, list[int | None]] = {}
    place = 2
    while place < len(words) and (curve := _curve(words[place])):
        count = 1 if curve in (PLETH, RESPIRATION) else 4
        samples = words[place + 1 : place + 1 + count]
        if len(samples) < count:
            raise _bad("a curve without its samples", data)
        curves.setdefault(curve, []).extend(map(f.number_of, samples))
        place += 1 + count
    if not curves:
        raise _bad("no kind of datagram that is known", data)
    leads = {lead: tuple(curves[lead]) for _, _, lead in LEADS if lead in curves}
    return f.Waves(words[0] & 0xFFFF, tuple(curves.get(PLETH, ())), leads)


def _curve(code: int) -> int:
    """Which curve a code stands for: ``PLETH``, ``RESPIRATION``, the number of an ECG lead, or 0."""
    if code in (PLETH, RESPIRATION):
        return code
    return next((lead for low, end, lead in LEADS if low <= code < end), 0)


def _address(raw: bytes) -> str:
    return str(ipaddress.IPv4Address(raw))


def _text(raw: bytes) -> str:
    """Text up to the first NUL; the monitor's character set is not documented, Latin-1 loses nothing."""
    text = raw.partition(b"\0")[0].decode("latin-1")
    return "".join(sign if sign.isprintable() else " " for sign in text).strip()


def _bad(reason: str, data: bytes) -> DecodeError:
    return DecodeError(reason, protocol=f.PROTOCOL, excerpt=data[:16])
