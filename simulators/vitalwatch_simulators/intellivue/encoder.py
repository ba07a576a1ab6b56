"""Bytes of an IntelliVue monitor: serial frames, association answers, poll results. Pure.

Written from the protocol notes on monitors, section 1 (Philips Data Export Interface Programming Guide 4535 642 59271),
and not from the driver.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

import msgspec

CONFIRMED_ACTION: Final = 7
SINGLE, EXTENDED = 0x0C16, 0xF13B
NUMERIC_OBJECT, WAVE_OBJECT, MDS_OBJECT, ALERT_OBJECT = 6, 9, 0x21, 0x36
NAN: Final = 0x007FFFFF

ACCEPT: Final = bytes.fromhex("0E 08 05 06 13 01 00 16 01 02")
REFUSE: Final = bytes.fromhex("0C 02 C1 00")
ABORT: Final = bytes.fromhex("19 02 C1 00")
RELEASED: Final = bytes.fromhex("0A 02 C1 00")
"""Only their first byte and their length are of the guide; what they negotiate is left out."""


class Number(msgspec.Struct, frozen=True):
    """One numeric: physiological id, value or none, decimals, unit, state bits."""

    source: int
    value: float | None
    decimals: int
    unit: int
    state: int = 0


class Alarm(msgspec.Struct, frozen=True):
    """One alarm: what about, what happened, its type (256, 512, 1024 about the person; 1, 2, 4 technical), its text."""

    source: int
    event: int
    kind: int
    text: str


def x25(data: bytes) -> int:
    """CRC-16/X-25, bit by bit."""
    register = 0xFFFF
    for byte in data:
        for bit in range(8):
            out = (register ^ (byte >> bit)) & 1
            register >>= 1
            if out:
                register ^= 0x8408
    return register ^ 0xFFFF


def serial_frame(message: bytes) -> bytes:
    """A message between C0 and C1."""
    body = struct.pack(">BBH", 0x11, 0x01, len(message)) + message
    body += struct.pack("<H", x25(body))
    out = bytearray(b"\xc0")
    for byte in body:
        out += bytes((0x7D, byte ^ 0x20)) if byte in (0xC0, 0xC1, 0x7D) else bytes((byte,))
    return bytes(out) + b"\xc1"


def floating(value: float | None, decimals: int) -> int:
    """FLOAT-Type of a value with so many decimals; NaN for none."""
    if value is None:
        return NAN
    return ((-decimals & 0xFF) << 24) | (round(value * 10.0**decimals) & 0xFFFFFF)


def clock(moment: datetime) -> bytes:
    """Absolute time: eight BCD bytes."""
    return bytes.fromhex(moment.strftime("%Y%m%d%H%M%S") + f"{moment.microsecond // 10_000:02d}")


def attribute(name: int, value: bytes) -> bytes:
    """Id, length, value."""
    return struct.pack(">HH", name, len(value)) + value


def counted(entries: Sequence[bytes]) -> bytes:
    """Count, length of all, all."""
    data = b"".join(entries)
    return struct.pack(">HH", len(entries), len(data)) + data


def numeric(handle: int, number: Number, extra: Iterable[bytes] = ()) -> bytes:
    """An object with one number."""
    return _object(handle, [attribute(0x0950, _observed(number)), *extra])


def compound(handle: int, numbers: Sequence[Number], extra: Iterable[bytes] = ()) -> bytes:
    """An object with several numbers, such as a cuff reading."""
    return _object(handle, [attribute(0x094B, counted([_observed(number) for number in numbers])), *extra])


def stamps(moment: datetime, ticks: int) -> list[bytes]:
    """When a reading was made, by both clocks."""
    return [attribute(0x0990, clock(moment)), attribute(0x0991, struct.pack(">I", ticks))]


def wave(handle: int, source: int, heights: Sequence[int], *, first: bool, state: int = 0) -> bytes:
    """A block of a curve; with the first come its period of 8 ms and its 12 significant bits."""
    block = struct.pack(">HHH", source, state, 2 * len(heights)) + struct.pack(f">{len(heights)}H", *heights)
    shape = [attribute(0x096D, struct.pack(">HBBH", len(heights), 16, 12, 0)), attribute(0x098D, struct.pack(">I", 64))]
    return _object(handle, [attribute(0x096E, block), *(shape if first else [])])


def alert(handle: int, person: Sequence[Alarm], technical: Sequence[Alarm]) -> bytes:
    """The alert object: lists of alarms."""
    lists = ((0x0902, person), (0x0904, technical))
    return _object(handle, [attribute(name, counted([_alarm(each) for each in alarms])) for name, alarms in lists])


def system(handle: int, mode: int) -> bytes:
    """The monitor's own object: its mode."""
    return _object(handle, [attribute(0x0946, struct.pack(">H", mode))])


def poll_result(
    request: tuple[int, int, int, int],
    moment: datetime,
    ticks: int,
    objects: Sequence[bytes],
    *,
    link: tuple[int, int] | None = None,
    sequence: int = 0,
) -> bytes:
    """An answer to a poll, or a part of one.

    Args:
        request: invoke id, action, number of the poll and class of the objects.
        moment: the monitor's clock.
        ticks: its relative time, 1/8 ms.
        objects: that are told.
        link: state and number of a part; none for the whole answer, or the end of a long one.
        sequence: number of the result of an extended poll.
    """
    invoke_id, action, number, kind = request
    head = struct.pack(">H", number) if action == SINGLE else struct.pack(">HH", number, sequence)
    contexts = [struct.pack(">H", 0) + counted(objects)] if objects else []
    body = head + struct.pack(">I", ticks) + clock(moment) + struct.pack(">HHH", 1, kind, 0) + counted(contexts)
    inner = struct.pack(">HHHHH", 0x21, 0, 0, action, len(body)) + body
    operation = struct.pack(">HHH", invoke_id, CONFIRMED_ACTION, len(inner)) + inner
    return _export(2, operation) if link is None else _export(5, struct.pack(">BB", *link) + operation)


def created(ticks: int, mode: int) -> bytes:
    """The monitor tells of itself after it has accepted an association."""
    attributes = counted([attribute(0x0946, struct.pack(">H", mode)), attribute(0x0928, _model())])
    body = struct.pack(">HHH", 0x21, 0, 0) + attributes
    inner = struct.pack(">HHHIHH", 0x21, 0, 0, ticks, 0x0D06, len(body)) + body
    return _export(1, struct.pack(">HHH", 1, 1, len(inner)) + inner)


def connect_indication(ticks: int, address: bytes) -> bytes:
    """What the monitor tells the network of itself; ``address`` is 4 bytes."""
    services = counted([struct.pack(">HHHH", app, 1, 24105, 0) for app in (1, 5)])
    network = bytes(6) + address + bytes.fromhex("FFFFFF00 0000")
    attributes = [attribute(0x0928, _model()), attribute(0xF100, network), attribute(0xF101, services)]
    body = counted(attributes)
    inner = struct.pack(">HHHIHH", 0x21, 0, 0, ticks, 0x0D17, len(body)) + body
    operation = struct.pack(">HHH", 0, 0, len(inner)) + inner
    return struct.pack(">IHH", 0x0100, 1, len(operation)) + operation


def _model() -> bytes:
    return struct.pack(">H", 8) + b"Philips\0" + struct.pack(">H", 10) + b"SIMULATED\0"


def _export(kind: int, body: bytes) -> bytes:
    return struct.pack(">HHHH", 0xE100, 2, kind, len(body)) + body


def _object(handle: int, attributes: Sequence[bytes]) -> bytes:
    return struct.pack(">H", handle) + counted(attributes)


def _observed(number: Number) -> bytes:
    return struct.pack(">HHHI", number.source, number.state, number.unit, floating(number.value, number.decimals))


def _alarm(alarm: Alarm) -> bytes:
    text = alarm.text.encode("utf-16-be") + b"\0\0"
    information = struct.pack(">HIHHH", 0, 0, 0, 0, len(text)) + text
    head = struct.pack(">HHHH", alarm.source, alarm.event, alarm.kind, 0x0008)
    return head + struct.pack(">HHHHH", ALERT_OBJECT, 0, 0, 516, len(information)) + information
