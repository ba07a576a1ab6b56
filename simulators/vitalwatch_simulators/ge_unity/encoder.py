"""Values into the datagrams of a GE Unity monitor. Big-endian. Written from the protocol notes; pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

INVALID: Final = -32768
MISSING: Final = -32767
NO_CUFF_PULSE: Final = -32762
LEAD_OFF: Final = -32753

TAIL: Final = bytes.fromhex("fa0d00090027") + bytes(13) + b"\x04" + bytes(15)
"""What ends every recorded datagram of curves; nobody has described it."""

Six = tuple[int, int, int, int, int, int]


class Parameter(msgspec.Struct, frozen=True):
    """One quantity as the monitor shows it.

    Attributes:
        code: which one.
        module: the kind of the module that measures it.
        status: bits whose meaning nobody has described; as recorded.
        numbers: three.
        limits: low and high of each.
    """

    code: int
    module: int
    status: int
    numbers: tuple[int, int, int]
    limits: Six


def ecg(rate: int | None) -> Parameter:
    """Heart rate in bpm; ``None`` while the leads are off."""
    numbers = (INVALID, INVALID, INVALID) if rate is None else (rate, 0, MISSING)
    return Parameter(0x3A, 1, 0xC01F if rate is None else 0xC000, numbers, (35, 110, 0, 6, 0, 0))


def oximeter(spo2: int | None, pulse: int | None) -> Parameter:
    """SpO2 in % and pulse in bpm; ``None`` without a finger."""
    numbers = (INVALID if spo2 is None else spo2, INVALID if pulse is None else pulse, MISSING)
    return Parameter(0x2D, 11, 0xC0E0, numbers, (94, 101, 35, 110, 0, 0))


def cuff(mean: int, systolic: int, diastolic: int) -> Parameter:
    """The last cuff reading in mmHg, mean first, or codes in its place."""
    return Parameter(0x18, 10, 0xC080, (mean, systolic, diastolic), (40, 140, 80, 160, 20, 120))


def st_segment(code: int) -> Parameter:
    """An ST segment without a value."""
    return Parameter(code, 13, 0xC000, (INVALID, INVALID, INVALID), (-20, 20, -20, 20, -20, 20))


def values(address: bytes, sequence: int, state: int, level: int, parameters: Sequence[Parameter]) -> bytes:
    """A reply with all parameters; ``state`` and ``level`` are those of the monitor's alarms."""
    blocks = b"".join(_block(parameter, sequence) for parameter in parameters)
    body = bytes([state, level, level, 1, len(parameters), 0]) + blocks
    inner = _header(address, 20, sequence, len(body)) + body
    return _header(address, 20, 0, len(inner)) + inner


def alarm(address: bytes, place: str, level: int, code: int, text: str, counter: int) -> bytes:
    """A broadcast about an alarm that stands."""
    head = address[:3] + b"\xff\0\0" + address + b"\0\0" + _words(201, 4, 0, 0, 1, 0)
    body = bytes([0x81, level, level, code, 1, 1]) + _padded(text, 14) + counter.to_bytes(4, "big")
    return head + _padded(place, 32) + _words(1, len(body)) + body


def discovery(address: bytes, place: str, name: str, counter: int) -> bytes:
    """A monitor that makes itself known: where it stands, who lies there, and the ports that it listens at."""
    known = bytes.fromhex("01040000") + address + counter.to_bytes(4, "big") + _padded(place, 16)
    ports = bytes.fromhex("000307d0001100200009 07d000130bb8001c0bb9000d07d0000c07d0")
    return (known + _padded(name, 15) + b"\x07" + ports).ljust(88, b"\0")


def waves(sequence: int, pleth: Sequence[int]) -> bytes:
    """A quarter of a second: 15 rounds with four ECG leads that are off and one sample of the pleth."""
    leads = b"".join(_words(lead, *[LEAD_OFF] * 4) for lead in (2043, 2299, 2555, 2811))
    rounds = b"".join(leads + _words(9993, sample) for sample in pleth)
    return _words(sequence & 0xFFFF, 0) + rounds + TAIL


def _header(address: bytes, about: int, sequence: int, length: int) -> bytes:
    who = (address + b"\0\0") * 2
    return who + _words(201, about, 1, sequence & 0xFFFF, 0, 0) + bytes(32) + _words(0, length)


def _block(parameter: Parameter, sequence: int) -> bytes:
    code = parameter.code
    shown = bytes([1, code]) + _words(parameter.status, *parameter.numbers)
    more = bytes(14)
    setup = bytes([3, code]) + _words(0, 0, *parameter.limits, 0)
    messages = bytes([0x15, code]) + bytes(8)
    more_setup = bytes(10)
    source = bytes([parameter.module, code, 0, 0, sequence & 0xFF, 0])
    return shown + more + setup + messages + more_setup + source


def _words(*numbers: int) -> bytes:
    return b"".join((number & 0xFFFF).to_bytes(2, "big") for number in numbers)


def _padded(text: str, length: int) -> bytes:
    return text.encode("latin-1")[:length].ljust(length, b"\0")
