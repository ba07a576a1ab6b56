"""MQTT topic filters: which topics match one, and which filters can match the same topic. Pure.

Source: MQTT 3.1.1, section 4.7 (topic names and topic filters).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

_Seat = TypeVar("_Seat")


def has_wildcard(topic_filter: str) -> bool:
    """Tell whether a filter can match more than one topic."""
    return "+" in topic_filter or "#" in topic_filter


def matches(topic_filter: str, topic: str) -> bool:
    """Tell whether a topic name is one that a valid filter asks for."""
    return _meet(topic_filter, topic)


def overlap(first: str, second: str) -> bool:
    """Tell whether there is a topic that both filters match.

    A broker may deliver a message once for each of a client's filters that match it (section 3.3.5), so filters that
    overlap must not share a connection.
    """
    return _meet(first, second)


def _meet(first: str, second: str) -> bool:
    """Compare level by level; a topic name is a filter without wildcards, so one comparison serves both questions."""
    # Section 4.7.2: a wildcard in the first level does not match a topic that begins with "$".
    for one, other in ((first, second), (second, first)):
        if one[0] in "+#" and other[0] == "$":
            return False
    ours, theirs = first.split("/"), second.split("/")
    for one_level, other_level in zip(ours, theirs, strict=False):
        if "#" in (one_level, other_level):
            return True
        if one_level != other_level and "+" not in (one_level, other_level):
            return False
    if len(ours) == len(theirs):
        return True
    # Section 4.7.1.2: "a/#" also matches its parent level, "a".
    shorter, longer = sorted((ours, theirs), key=len)
    return longer[len(shorter) :] == ["#"]


class TopicTable(Generic[_Seat]):
    """Who wants which topic: one look-up for a topic named in full; filters with wildcards are tried in turn."""

    def __init__(self) -> None:
        self._exact: dict[str, list[_Seat]] = {}
        self._wild: dict[str, list[_Seat]] = {}

    def add(self, topic_filter: str, seat: _Seat) -> None:
        """Seat somebody under a filter; several may share one."""
        self._room(topic_filter).setdefault(topic_filter, []).append(seat)

    def remove(self, topic_filter: str, seat: _Seat) -> None:
        """Take somebody out; the filter goes with the last one."""
        room = self._room(topic_filter)
        room[topic_filter].remove(seat)
        if not room[topic_filter]:
            del room[topic_filter]

    def filters(self) -> list[str]:
        """All filters that somebody sits under."""
        return [*self._exact, *self._wild]

    def clashes(self, topic_filter: str) -> bool:
        """Tell whether a filter overlaps one that somebody sits under, other than itself."""
        others = self._wild if not has_wildcard(topic_filter) else self.filters()
        return any(other != topic_filter and overlap(other, topic_filter) for other in others)

    def under(self, topic_filter: str) -> list[_Seat]:
        """Who sits under exactly this filter."""
        return list(self._room(topic_filter).get(topic_filter, ()))

    def wanting(self, topic: str) -> list[_Seat]:
        """Who sits under any filter that matches this topic."""
        found = list(self._exact.get(topic, ()))
        for topic_filter, seats in self._wild.items():
            if matches(topic_filter, topic):
                found += seats
        return found

    def __iter__(self) -> Iterator[_Seat]:
        """Everybody, in no order that means anything."""
        for seats in [*self._exact.values(), *self._wild.values()]:
            yield from list(seats)

    def _room(self, topic_filter: str) -> dict[str, list[_Seat]]:
        return self._wild if has_wildcard(topic_filter) else self._exact
