"""Messages kept as JSON: one object, a list of them, objects one after the other or one a line. Pure.

Each object stays byte for byte what the sender wrote. Lines of ``mosquitto_sub -F %j`` (or ``%J``), which wrap a
message with its topic, its time of arrival and its retain flag, are unwrapped.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

from vitalwatch.decode.delivery import Piece

STAMPS: Final = ("tst", "time", "timestamp", "ts")
"""Where the time of a message stands: ISO 8601 text, or seconds or milliseconds since 1970."""

MILLISECONDS_FROM: Final = 1e11
"""A time as a number from here on is in milliseconds: as seconds it would lie after the year 5000."""

_BETWEEN: Final = re.compile(r"[\s,]*")
_LINE_END: Final = re.compile(r"[\r\n]")
_DECODER: Final = json.JSONDecoder()


def json_pieces(data: bytes) -> Iterator[Piece]:
    """Find the messages of a capture. What is no JSON comes out as it is, a line a message: the driver counts it."""
    # Bytes that are not UTF-8 survive the way to text and back.
    text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape").strip()
    listed = text.startswith("[") and text.endswith("]")
    place, end = (1, len(text) - 1) if listed else (0, len(text))
    while (place := _BETWEEN.match(text, place, end).end()) < end:  # type: ignore[union-attr]
        try:
            value, after = _DECODER.raw_decode(text, place)
        except RecursionError:
            value, after = None, end  # thousands of brackets: no message of anybody's
        except ValueError:
            line_end = _LINE_END.search(text, place, end)
            value, after = None, line_end.start() if line_end else end
        yield _piece(value, text[place:after].encode("utf-8", "surrogateescape"))
        place = after


def _piece(value: Any, raw: bytes) -> Piece:
    if not isinstance(value, dict):
        return Piece(None, raw)
    stamp_s = next(filter(None, (_seconds(value.get(key)) for key in STAMPS)), None)
    if isinstance(value.get("topic"), str) and "payload" in value and "tst" in value:
        payload = value["payload"]
        inside = payload if isinstance(payload, str) else json.dumps(payload, ensure_ascii=False)
        retained = bool(value.get("retain"))
        return Piece(stamp_s, inside.encode("utf-8", "surrogateescape"), value["topic"], retained)
    return Piece(stamp_s, raw)


def _seconds(sent: object) -> float | None:
    """Seconds since 1970 from a time as it stands in a message; only differences mean anything."""
    if isinstance(sent, str):
        try:
            moment = datetime.fromisoformat(sent.strip())
        except ValueError:
            pass  # a number in quotes, or no time at all
        else:
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    if not isinstance(sent, str | int | float):
        return None
    try:
        number = float(sent)
    except (ValueError, OverflowError):
        return None
    if not 0 < number < math.inf:
        return None
    return number / 1000 if number >= MILLISECONDS_FROM else number
