"""The monitor's own alarms, from the two ways in which HL7 senders tell them. Pure.

* Flags beside a value (OBX-8 H, L, HH, LL): outside a limit of the monitor's own, until a row without the flag comes.
* IHE PCD-04 (ORU^R40): one message for each change of one alarm.

Sources: IHE PCD technical framework volume 2, PCD-04; protocol notes on monitors, section 4a.
"""

from __future__ import annotations

from typing import Final

import msgspec

from vitalwatch.hl7 import Hl7Message, Row, shown
from vitalwatch.model import Vital
from vitalwatch_drivers.hl7.nomenclature import source_of
from vitalwatch_drivers.hl7.values import LIMIT_FLAGS

MOST_ALARMS: Final = 32
"""Alarms that are kept at once; a monitor that never ends one must not fill the memory."""

EVENT, PHASE, STATE, PRIORITY = "196616", "68481", "68482", "68484"
"""Codes of PCD-04 rows: the event, its phase, the alarm's state, its priority."""

PRIORITIES: Final = {"PH": "high", "PM": "medium", "PL": "low"}
_RANKS: Final = ("high", "medium", "", "low")
"""Most urgent first; the hub takes an alarm without a priority for a medium one."""


class Alarm(msgspec.Struct, frozen=True):
    """One alarm of the monitor.

    Attributes:
        text: the monitor's own words.
        priority: high, medium, low, or empty if it does not say.
        limit_of: whose limit it found passed; empty when it is about anything else.
    """

    text: str
    priority: str = ""
    limit_of: tuple[Vital, ...] = ()


class AlarmBook:
    """The alarms that one monitor says hold; a new one is made when its link was cut."""

    def __init__(self) -> None:
        self._flags: dict[Vital, Alarm] = {}
        self._events: dict[str, Alarm] = {}

    def flagged(self, vital: Vital, row: Row) -> None:
        """Take the limit flags of a row with a value."""
        flag = next((flag for flag in LIMIT_FLAGS if flag in row.flags), "")
        if flag:
            self._flags[vital] = Alarm(shown(f"{vital} {flag}"), limit_of=(vital,))
        else:
            self._flags.pop(vital, None)

    def event(self, message: Hl7Message) -> None:
        """Take a PCD-04 message: an alarm that begins, lasts or ends."""
        rows = {row.code: row for row in message.rows}
        event = rows.get(EVENT)
        if event is None:
            return
        parts = event.value.split("^")
        name = shown(parts[1] if len(parts) > 1 and parts[1] else parts[0])
        key = shown(f"{name} {event.sub_id.rpartition('.')[0]}")
        phase, state = (rows[code].value.lower() if code in rows else "" for code in (PHASE, STATE))
        if "inactive" in state or phase.endswith("end"):
            self._events.pop(key, None)
            return
        flags = event.flags | ({rows[PRIORITY].value.upper()} if PRIORITY in rows else set())
        priority = next((word for flag, word in PRIORITIES.items() if flag in flags), "")
        about = (source_of(row) for row in message.rows) if "_HI" in name or "_LO" in name else ()
        limit_of = tuple(dict.fromkeys(source.vital for source in about if source))
        self._events[key] = Alarm(name, priority, limit_of)
        if len(self._events) > MOST_ALARMS:  # the first of the least urgent makes room: never a new one that is more so
            del self._events[max(self._events, key=lambda key: _RANKS.index(self._events[key].priority))]

    def alarms(self) -> list[Alarm]:
        """All alarms about the person, most urgent first."""
        told = [*self._events.values(), *self._flags.values()]
        return sorted(told, key=lambda alarm: _RANKS.index(alarm.priority))
