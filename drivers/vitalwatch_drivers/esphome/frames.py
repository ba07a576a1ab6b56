"""One message of an ESPHome node as a frozen value, and its parser. No meaning, no state.

Topics (ESPHome documentation, MQTT Client Component): ``<prefix>/<component>/<entity>/state`` for each entity,
``<prefix>/status`` for the node's availability, ``<prefix>/debug`` for its log; the prefix may have several levels.
"""

from __future__ import annotations

import math
import re
from typing import Final, TypeAlias

import msgspec

from vitalwatch.errors import DecodeError

PROTOCOL: Final = "esphome"

MAX_PAYLOAD: Final = 64
"""Bytes. A state has some ten; this bounds what a wrong topic can cost."""

_NUMBER: Final = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
"""What C's printf makes of a number. Python's own reader would also take ``1_000`` and digits of other scripts."""

_NOT_STATES: Final = frozenset({"debug", "command"})
"""Last levels of the node's other topics."""


class State(msgspec.Struct, frozen=True):
    """The state of a sensor.

    Attributes:
        entity: its name in the topic.
        text: as published, without blanks around it; ``None`` for what is too long or no text.
    """

    entity: str
    text: str | None


class Switch(msgspec.Struct, frozen=True):
    """The state of a binary sensor.

    Attributes:
        entity: its name in the topic.
        on: ``None`` when it is neither ON nor OFF: the node does not know.
    """

    entity: str
    on: bool | None


class Availability(msgspec.Struct, frozen=True):
    """Whether the node is connected: its birth message or its last will."""

    online: bool


class Other(msgspec.Struct, frozen=True):
    """A message of the node that is about neither: a light, a command, the log."""


Frame: TypeAlias = State | Switch | Availability | Other


def parse(topic: str, payload: bytes) -> Frame:
    """Read one message.

    Raises:
        DecodeError: if the topic is none of a node, or the availability is neither online nor offline.
    """
    levels = topic.split("/")
    match levels[1:]:  # the prefix has at least one level
        case [*_, "sensor", entity, "state"]:
            return State(entity, _text(payload))
        case [*_, "binary_sensor", entity, "state"]:
            return Switch(entity, {"ON": True, "OFF": False}.get((_text(payload) or "").upper()))
        case [*_, "status"]:
            word = (_text(payload) or "").lower()
            if word not in ("online", "offline"):
                raise DecodeError("neither online nor offline", protocol=PROTOCOL, excerpt=payload[:32])
            return Availability(word == "online")
        case [*_, _, _, "state"]:
            return Other()
        case [*_, last] if last in _NOT_STATES:
            return Other()
        case _:
            raise DecodeError("the topic is none of an ESPHome node", protocol=PROTOCOL, excerpt=payload[:32])


def number(text: str) -> float:
    """The number that a text is; NaN if it is none."""
    return float(text) if _NUMBER.fullmatch(text) else math.nan


def _text(payload: bytes) -> str | None:
    if len(payload) > MAX_PAYLOAD:
        return None
    try:
        return payload.decode("utf-8").strip()
    except UnicodeDecodeError:
        return None
