"""Whole messages of the Data Export protocol as frozen values. Pure. All numbers are big-endian.

Source: Philips IntelliVue Data Export Interface Programming Guide 4535 642 59271, in the words of the protocol notes on
monitors, section 1; the order "last linked result, then one plain result" from the comment at RORLS_LAST in the public
readers made from that guide.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import IntEnum
from typing import Final, TypeAlias

import msgspec

from vitalwatch.errors import DecodeError

PROTOCOL: Final = "intellivue"

DATA_EXPORT: Final = 0xE100
"""Session id of a data export message."""
CONNECT_INDICATION: Final = 0x0000_0100
"""Nomenclature version with which a connect indication begins: major 1."""

INVOKE, RESULT, ERROR, LINKED_RESULT = 1, 2, 3, 5
EVENT_REPORT, CONFIRMED_EVENT_REPORT, CONFIRMED_ACTION = 0, 1, 7
MDS_CREATED, CONNECTED = 0x0D06, 0x0D17
SINGLE_POLL, EXTENDED_POLL = 0x0C16, 0xF13B

NUMERICS, WAVES, SYSTEM, ALARMS = 0x06, 0x09, 0x21, 0x36
"""Classes of objects that are polled."""

FIRST_LINK, MIDDLE_LINK, LAST_LINK = 1, 2, 3

OLDEST_YEAR: Final = 2020
"""A monitor whose clock was never set says 1990 or so: an earlier year is no time."""

TICKS_A_SECOND: Final = 8000
"""Relative times count 1/8 ms in 32 bits."""

Attributes: TypeAlias = Mapping[int, bytes]


class SessionKind(IntEnum):
    """First byte of a message about the association itself."""

    RELEASE_REQUEST = 0x09
    RELEASE_RESPONSE = 0x0A
    REFUSE = 0x0C
    REQUEST = 0x0D
    ACCEPT = 0x0E
    ABORT = 0x19


class Session(msgspec.Struct, frozen=True):
    """A message about the association itself; what it negotiates is not read."""

    kind: SessionKind


class Stamp(msgspec.Struct, frozen=True):
    """A time by the monitor's clock.

    Attributes:
        label: ISO 8601 without a zone.
        seconds: only the difference of two of them means anything.
    """

    label: str
    seconds: float


class Event(msgspec.Struct, frozen=True):
    """Something that the monitor reports by itself.

    Attributes:
        invoke_id: to be repeated in the answer.
        confirmed: whether it wants one.
        object_id: class, context and handle of the object that it is about.
        ticks: the monitor's relative time, 1/8 ms.
        event: what happened.
        attributes: of the object, by their ids.
    """

    invoke_id: int
    confirmed: bool
    object_id: tuple[int, int, int]
    ticks: int
    event: int
    attributes: Attributes


class ConnectIndication(msgspec.Struct, frozen=True):
    """What a monitor tells the network of itself."""

    event: Event


class Polled(msgspec.Struct, frozen=True):
    """One object of a poll: its context, its handle and its attributes by id."""

    context: int
    handle: int
    attributes: Attributes


class Poll(msgspec.Struct, frozen=True):
    """What a poll brought.

    Attributes:
        ticks: the monitor's relative time, 1/8 ms.
        stamp: the monitor's clock; ``None`` when it is not set.
        kind: class of the polled objects.
        objects: in the order of sending.
    """

    ticks: int
    stamp: Stamp | None
    kind: int
    objects: tuple[Polled, ...]


class Result(msgspec.Struct, frozen=True):
    """An answer to a request.

    Attributes:
        invoke_id: the request's.
        link: state and number of a part of a long answer; ``None`` for a whole one, and for the one behind the parts.
        poll: what was polled; ``None`` when the request was another.
    """

    invoke_id: int
    link: tuple[int, int] | None
    poll: Poll | None


class Refusal(msgspec.Struct, frozen=True):
    """A request that the monitor could not do, with its error number."""

    invoke_id: int
    error: int


Frame: TypeAlias = Session | Event | ConnectIndication | Result | Refusal


class Reader:
    """Takes fields off the front of bytes.

    Raises:
        DecodeError: from every method, when the bytes end before the field does.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, size: int) -> bytes:
        """So many bytes."""
        part = self._data[self._at : self._at + size]
        if len(part) < size:
            raise bad("ends inside a field", self._data, self._at)
        self._at += size
        return part

    def u8(self) -> int:
        """One byte."""
        return self.take(1)[0]

    def u16(self) -> int:
        """Two bytes."""
        return int.from_bytes(self.take(2), "big")

    def u32(self) -> int:
        """Four bytes."""
        return int.from_bytes(self.take(4), "big")

    def rest(self) -> bytes:
        """Whatever is left."""
        return self.take(len(self._data) - self._at)

    def counted(self) -> tuple[int, Reader]:
        """A list: how many entries, and the bytes of all of them."""
        count = self.u16()
        return count, Reader(self.take(self.u16()))

    def attributes(self) -> dict[int, bytes]:
        """A list of attributes."""
        count, part = self.counted()
        found: dict[int, bytes] = {}
        for _ in range(count):
            name = part.u16()
            found[name] = part.take(part.u16())
        return found


def bad(reason: str, data: bytes, offset: int = 0) -> DecodeError:
    """The error for a message that is not as the guide has it."""
    return DecodeError(f"{reason}", protocol=PROTOCOL, offset=offset, excerpt=data[offset : offset + 16])


def parse(data: bytes) -> Frame:
    """Read one whole message.

    Raises:
        DecodeError: if it is none of this protocol.
    """
    if len(data) < 2:
        raise bad("too short for a message", data)
    if data[0] in set(SessionKind):
        return _session(data)
    reader = Reader(data)
    if data[:2] == DATA_EXPORT.to_bytes(2, "big"):
        reader.take(4)
        return _operation(reader, data)
    if reader.u32() == CONNECT_INDICATION:
        operation = _operation(reader, data)
        if isinstance(operation, Event) and operation.event == CONNECTED:
            return ConnectIndication(operation)
    raise bad("neither an association, a data export nor a connect indication", data)


def parse_stamp(data: bytes) -> Stamp | None:
    """Read an absolute time: eight BCD bytes, century first; ``None`` when the clock is not set or it is none."""
    digits = data.hex()
    if len(data) != 8 or not digits.isdecimal():
        return None
    try:
        moment = datetime.strptime(digits + "0000", "%Y%m%d%H%M%S%f").replace(tzinfo=UTC)
    except ValueError:
        return None
    if moment.year < OLDEST_YEAR:
        return None
    return Stamp(moment.replace(microsecond=0, tzinfo=None).isoformat(), moment.timestamp())


def parse_text(data: bytes) -> str:
    """Read a string: its length in bytes, then UTF-16; padded with NULs and blanks.

    Raises:
        DecodeError: if it is shorter than it says.
    """
    reader = Reader(data)
    raw = reader.take(reader.u16())
    shown = (char for char in raw.decode("utf-16-be", "replace") if char.isprintable())
    return "".join(shown).strip()


def _session(data: bytes) -> Session:
    reader = Reader(data)
    kind = SessionKind(reader.u8())
    size = reader.u8()
    reader.take(reader.u16() if size == 0xFF else size)
    return Session(kind)


def _operation(reader: Reader, whole: bytes) -> Event | Result | Refusal:
    kind = reader.u16()
    size = reader.u16()
    body = Reader(reader.take(size))
    if reader.rest():
        raise bad("longer than it says", whole)
    if kind == ERROR:
        return Refusal(body.u16(), body.u16())
    if kind not in (INVOKE, RESULT, LINKED_RESULT):
        raise bad(f"unknown kind of operation {kind}", whole, 4)
    link = (body.u8(), body.u8()) if kind == LINKED_RESULT else None
    invoke_id, command = body.u16(), body.u16()
    inner = Reader(body.take(body.u16()))
    if kind == INVOKE:
        if command not in (EVENT_REPORT, CONFIRMED_EVENT_REPORT):
            raise bad(f"a monitor does not ask for {command}", whole, 4)
        return _event(inner, invoke_id, confirmed=command == CONFIRMED_EVENT_REPORT)
    return Result(invoke_id, link, _poll(inner) if command == CONFIRMED_ACTION else None)


def _event(reader: Reader, invoke_id: int, *, confirmed: bool) -> Event:
    object_id = (reader.u16(), reader.u16(), reader.u16())
    ticks, event = reader.u32(), reader.u16()
    inner = Reader(reader.take(reader.u16()))
    attributes = inner.attributes() if event == CONNECTED else _created(inner) if event == MDS_CREATED else {}
    return Event(invoke_id, confirmed, object_id, ticks, event, attributes)


def _created(reader: Reader) -> dict[int, bytes]:
    """A created object: class, context and handle of its own, then its attributes."""
    reader.take(6)
    return reader.attributes()


def _poll(reader: Reader) -> Poll | None:
    reader.take(6)  # the polled object is always the whole monitor
    action = reader.u16()
    inner = Reader(reader.take(reader.u16()))
    if action not in (SINGLE_POLL, EXTENDED_POLL):
        return None
    inner.take(2 if action == SINGLE_POLL else 4)  # number of the poll, and of its result in an extended one
    ticks, stamp = inner.u32(), parse_stamp(inner.take(8))
    inner.take(2)  # partition
    kind = inner.u16()
    inner.take(2)  # attribute group
    objects: list[Polled] = []
    contexts, listed = inner.counted()
    for _ in range(contexts):
        context = listed.u16()
        count, part = listed.counted()
        for _ in range(count):
            handle = part.u16()
            objects.append(Polled(context, handle, part.attributes()))
    return Poll(ticks, stamp, kind, tuple(objects))
