"""What was done at the chairs, and what the monitors said of themselves, at any time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from vitalwatch.alarms.events import LinkChanged, StatusChanged
from vitalwatch.alarms.records import MARKED
from vitalwatch.alarms.transition import AlarmEvent
from vitalwatch.driver import Command
from vitalwatch.journal.history.stretch import RUNS, Stretch
from vitalwatch.journal.record import US, Entry, Kind, said_in, told_in
from vitalwatch.journal.store import Store

LINK_LOST: Final = "link_lost"
"""Beside the device statuses: nothing can be heard of the monitor."""

_ANSWERS: Final = ("acknowledge", "shelve", "unshelve", "plan")
"""Acts of which the engine says nothing in words; of all others it does."""

_NOT_SAID: Final = frozenset({"event", "chair", "actor", "reason", "second", "limit_of"})


class Deed(msgspec.Struct, frozen=True):
    """Something that was done at a chair.

    Attributes:
        t: seconds since 1970.
        chair: chair id; empty for the clinic as a whole.
        kind: ``acknowledge``, ``phase``, ``limit_changed``, ``note``, ``dose``, ``command`` …
        text: what it was: the condition, the phase, the limit before and after, the words.
        actor: who did it; empty when it happened by itself.
        reason: why, where one was given.
    """

    t: float
    chair: str
    kind: str
    text: str
    actor: str
    reason: str


class PastStatus(msgspec.Struct, frozen=True):
    """A state of a monitor that held.

    Attributes:
        chair: chair id.
        device: device id.
        status: its name, or ``link_lost``.
        began: seconds since 1970.
        ended: seconds since 1970; ``None`` while it holds, or when it held to the end of what was asked for.
        detail: the device's own code or text, or why the link was lost.
    """

    chair: str
    device: str
    status: str
    began: float
    ended: float | None
    detail: str


def deeds(store: Store, since: int, until: int, chair: str | None = None) -> Iterator[Deed]:
    """What was done at a chair (at all, and to the clinic's alarms, with ``None``) between two times (µs), in order.

    Raises:
        JournalError: if the record cannot be read.
    """
    names = [*MARKED, *_ANSWERS, *map(str, Command)]
    kinds = (Kind.EVENT, Kind.ACT, Kind.COMMAND)
    for entry in store.entries(since=since, until=until, kinds=kinds, chair=chair, names=names):
        found = _deed(entry)
        if found is not None:
            yield found


def _deed(entry: Entry) -> Deed | None:
    at = entry.wall / US
    if entry.kind is Kind.EVENT:
        said = said_in(entry)
        if not isinstance(said, AlarmEvent) or said.condition:
            return None
        return Deed(at, entry.chair, said.event, said.text, said.actor, said.reason)
    body: dict[str, Any] = msgspec.json.decode(entry.body)
    actor, reason = str(body.get("actor", "")), str(body.get("reason", ""))
    if entry.kind is Kind.COMMAND:
        return Deed(at, entry.chair, "command", entry.name, actor, reason)
    if entry.name not in _ANSWERS:
        return None
    text = " ".join(_word(value) for key, value in body.items() if key not in _NOT_SAID and value is not None)
    return Deed(at, entry.chair, entry.name, text, actor, reason)


def _word(value: object) -> str:
    return f"{value:g} s" if isinstance(value, int | float) else str(value)


def statuses(stretch: Stretch, chair: str | None = None) -> list[PastStatus]:
    """The states of a chair's monitors (of all with ``None``) that held between two times, oldest first.

    Raises:
        JournalError: if the record cannot be read.
    """
    fold = _Fold()
    _standing(stretch, chair, fold)
    for entry in stretch.entries((Kind.NEWS,), chair, ["status_changed", "link_changed"]):
        if entry.kind not in RUNS:
            fold.take(entry)
    return sorted(fold.told(stretch.since / US), key=lambda each: each.began)


def _standing(stretch: Stretch, chair: str | None, fold: _Fold) -> None:
    """What held at the opening."""
    if stretch.engine is None:
        return
    for chair_id in stretch.engine.chairs:
        if chair not in (None, chair_id):
            continue
        for device, facts in stretch.engine.chair(chair_id).devices.items():
            for name, standing in facts.statuses.items():
                fold.begin(chair_id, device, name, stretch.wall(standing.since) / US, standing.detail)
            if facts.up is False:
                fold.begin(chair_id, device, LINK_LOST, stretch.wall(facts.changed_at) / US, facts.reason)


class _Fold:
    """States in the making."""

    def __init__(self) -> None:
        self._over: list[PastStatus] = []
        self._open: dict[tuple[str, str, str], PastStatus] = {}

    def take(self, entry: Entry) -> None:
        """Take in what a device said."""
        event, at = told_in(entry).event, entry.wall / US
        if isinstance(event, StatusChanged):
            self._change(event.chair, event.device, event.status, event.active, at, event.detail)
        elif isinstance(event, LinkChanged):
            self._change(event.chair, event.device, LINK_LOST, not event.up, at, event.reason)

    def begin(self, chair: str, device: str, status: str, at: float, detail: str) -> None:
        """It holds from now on."""
        self._open.setdefault((chair, device, status), PastStatus(chair, device, status, at, None, detail))

    def _change(self, chair: str, device: str, status: str, holds: bool, at: float, detail: str) -> None:
        if holds:
            self.begin(chair, device, status, at, detail)
            return
        known = self._open.pop((chair, device, status), None)
        if known is not None:
            self._over.append(msgspec.structs.replace(known, ended=at))

    def told(self, since: float) -> Iterator[PastStatus]:
        """What held at or after a time of day."""
        yield from (each for each in self._over if each.ended is None or each.ended >= since)
        yield from self._open.values()
