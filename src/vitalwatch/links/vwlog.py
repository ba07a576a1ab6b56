"""``.vwlog``: what came and went over one link, as lines of text. Pure: records to lines, lines to records.

The format is described for others in ``docs/vwlog.md``.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec

VERSION = 1
"""Of the format; a file with a higher one cannot be read."""

LONGEST_LINE = 2 * 1024 * 1024
"""Bytes; room for the largest MQTT message that a link hands on, 1 MiB, as base64."""


class Start(msgspec.Struct, frozen=True, tag_field="kind", tag="start"):
    """The first line of a recording, and of each later one that was added to the same file.

    Attributes:
        vwlog: version of the format.
        started: wall time, ISO 8601 in UTC; a label.
        link: the link's URL.
        device: the device's id in the config; empty when not known.
        driver: the name of its driver; empty when not known.
    """

    vwlog: int
    started: str
    link: str
    device: str = ""
    driver: str = ""


class Opened(msgspec.Struct, frozen=True, tag_field="kind", tag="opened"):
    """The link was opened.

    Attributes:
        t: seconds since the start line on the service's monotonic clock; the same in all other records.
    """

    t: float


class Lost(msgspec.Struct, frozen=True, tag_field="kind", tag="lost"):
    """The link was lost, or could not be opened."""

    t: float
    reason: str
    transient: bool = True


class Data(msgspec.Struct, frozen=True, tag_field="kind", tag="data"):
    """A chunk of a byte stream came."""

    t: float
    data: bytes


class Delivered(msgspec.Struct, frozen=True, tag_field="kind", tag="message"):
    """A whole message came."""

    t: float
    data: bytes
    topic: str = ""
    retained: bool = False


class Sent(msgspec.Struct, frozen=True, tag_field="kind", tag="sent"):
    """Bytes were written to the device."""

    t: float
    data: bytes


class Missed(msgspec.Struct, frozen=True, tag_field="kind", tag="missed"):
    """So many records before ``t`` are not in the file, because the disk was too slow."""

    t: float
    records: int


Event: TypeAlias = Opened | Lost | Data | Delivered | Sent | Missed
Record: TypeAlias = Start | Event

_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[Record] = msgspec.json.Decoder(Record)


def encode(record: Record) -> bytes:
    """A record as one line, with its line end."""
    return _encoder.encode(record) + b"\n"


def decode(line: bytes) -> Record | None:
    """The record of one line, with or without its line end; ``None`` if it is none."""
    try:
        return _decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
