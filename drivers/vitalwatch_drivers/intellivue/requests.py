"""The messages that we send, as bytes. Pure. None of them changes a setting or starts a cuff.

Source: protocol notes on monitors, section 1, "Association Request" and "Data export message".
"""

from __future__ import annotations

from typing import Final

from vitalwatch_drivers.intellivue.frames import (
    CONFIRMED_ACTION,
    CONFIRMED_EVENT_REPORT,
    DATA_EXPORT,
    EXTENDED_POLL,
    INVOKE,
    MDS_CREATED,
    RESULT,
    SINGLE_POLL,
    SYSTEM,
    TICKS_A_SECOND,
    Event,
    SessionKind,
)

POLL_PERIOD_S: Final = 1.0
"""How often we ask, and what we tell the monitor about it; how long it waits for us follows from it."""

EXTENDED_S: Final = 60
"""How long an extended poll lets the monitor go on sending."""

_SESSION_HEADER: Final = bytes.fromhex("05 08 13 01 00 16 01 02 80 00 14 02 00 02")
_PRESENTATION_HEADER: Final = bytes.fromhex(
    "31 80 A0 80 80 01 01 00 00 A2 80 A0 03 00 00 01 A4 80 30 80 02 01 01 06 04 52 01 00 01 30 80 06 02 51 01 00 00 00"
    "00 30 80 02 01 02 06 0C 2A 86 48 CE 14 02 01 00 00 00 01 01 30 80 06 0C 2A 86 48 CE 14 02 01 00 00 00 02 01 00 00"
    "00 00 00 00 61 80 30 80 02 01 01 A0 80 60 80 A1 80 06 0C 2A 86 48 CE 14 02 01 00 00 00 03 01 00 00 BE 80 28 80 06"
    "0C 2A 86 48 CE 14 02 01 00 00 00 01 01 02 01 02 81"
)
_PRESENTATION_TRAILER: Final = bytes(16)

RELEASE: Final = bytes.fromhex("09 18 C1 16 61 80 30 80 02 01 01 A0 80 62 80 80 01 00 00 00 00 00 00 00 00 00")
"""Release Request: ends an association."""

LARGEST_ON_LINE: Final = 1000
LARGEST_ON_NETWORK: Final = 0x5B0
"""Largest message that we take and send, bytes."""

_POLL_EXTENSION: Final = 0x8800_0000
_POLL_EXTENSION_WITH_WAVES: Final = 0x8E00_0000
_POLL_TIME: Final = 0xF13E


def association_request(*, waves: bool) -> bytes:
    """Ask the monitor on a serial line to talk to us; ``waves`` if curves will be asked for."""
    extension = _POLL_EXTENSION_WITH_WAVES if waves else _POLL_EXTENSION
    profile = b"".join(
        (
            _u32(0x8000_0000),  # revision of the polling profile
            _u32(round(POLL_PERIOD_S * TICKS_A_SECOND)),
            _largest(LARGEST_ON_LINE),
            _u32(0xFFFF_FFFF),  # bandwidth: any
            _u32(0x6000_0000),  # polled objects may come and go
            _list(_attribute(0xF001, _u32(extension) + _u32(0))),
        )
    )
    user = b"".join(
        (
            _u32(0x8000_0000),  # protocol version 1
            _u32(0x4000_0000),  # nomenclature version
            _u32(0),  # functional units
            _u32(0x8000_0000),  # we are the client
            _u32(0x2000_0000),  # cold start
            _list(),  # options
            _list(_attribute(1, profile)),
        )
    )
    presentation = _PRESENTATION_HEADER + bytes((len(user),)) + user + _PRESENTATION_TRAILER
    session = _SESSION_HEADER + bytes((0xC1, len(presentation))) + presentation
    return bytes((0x0D, len(session))) + session


def for_network(message: bytes) -> bytes:
    """The same message for a monitor on the network: only the request to associate differs, in the largest message."""
    if message[0] != SessionKind.REQUEST:
        return message
    return message.replace(_largest(LARGEST_ON_LINE), _largest(LARGEST_ON_NETWORK))


def created_result(event: Event) -> bytes:
    """Confirm that the monitor has told us of itself; without it, it sends nothing."""
    body = b"".join(map(_u16, event.object_id)) + _u32(event.ticks) + _u16(MDS_CREATED) + _u16(0)
    return _operation(RESULT, event.invoke_id, CONFIRMED_EVENT_REPORT, body)


def single_poll(number: int, kind: int) -> bytes:
    """Ask once for all objects of a class."""
    return _action(number, SINGLE_POLL, _polled(number, kind))


def extended_poll(number: int, kind: int) -> bytes:
    """Ask the monitor to send all objects of a class again and again, for ``EXTENDED_S``."""
    duration = _list(_attribute(_POLL_TIME, _u32(EXTENDED_S * TICKS_A_SECOND)))
    return _action(number, EXTENDED_POLL, _polled(number, kind) + duration)


def _polled(number: int, kind: int) -> bytes:
    return _u16(number) + _u16(1) + _u16(kind) + _u16(0)


def _action(invoke_id: int, action: int, data: bytes) -> bytes:
    body = _u16(SYSTEM) + bytes(8) + _u16(action) + _u16(len(data)) + data
    return _operation(INVOKE, invoke_id, CONFIRMED_ACTION, body)


def _operation(kind: int, invoke_id: int, command: int, body: bytes) -> bytes:
    inner = _u16(invoke_id) + _u16(command) + _u16(len(body)) + body
    return _u16(DATA_EXPORT) + _u16(2) + _u16(kind) + _u16(len(inner)) + inner


def _largest(size: int) -> bytes:
    return _u32(size) * 2  # of what we take, and of what we send


def _attribute(name: int, value: bytes) -> bytes:
    return _u16(name) + _u16(len(value)) + value


def _list(*entries: bytes) -> bytes:
    data = b"".join(entries)
    return _u16(len(entries)) + _u16(len(data)) + data


def _u16(value: int) -> bytes:
    return value.to_bytes(2, "big")


def _u32(value: int) -> bytes:
    return value.to_bytes(4, "big")
