"""The monitor's own alarms and sensor states, from the three ways in which HL7 senders tell them. Pure.

* Flags beside a value (OBX-8 H, L, HH, LL): outside a limit of the monitor's own, until a row without the flag comes.
* IHE PCD-04 (ORU^R40): one message for each change of one alarm.
* Mindray's port 4601: message 54 lists all physiological alarms that hold, 56 all technical ones; empty for none.

Sources: IHE PCD technical framework volume 2, PCD-04; protocol notes on monitors, sections 4a and 4c.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from vitalwatch.model import Status, Vital
from vitalwatch_drivers.hl7.frames import Hl7Message, Row, shown
from vitalwatch_drivers.hl7.nomenclature import source_of
from vitalwatch_drivers.hl7.values import LIMIT_FLAGS

MOST_ALARMS: Final = 32
"""Alarms that are kept at once; a monitor that never ends one must not fill the memory."""

EVENT, PHASE, STATE, PRIORITY = "196616", "68481", "68482", "68484"
"""Codes of PCD-04 rows: the event, its phase, the alarm's state, its priority."""

PRIORITIES: Final = {"PH": "high", "PM": "medium", "PL": "low"}
_RANKS: Final = ("high", "medium", "low", "")
_STARS: Final = {3: "high", 2: "medium", 1: "low"}
"""Mindray puts stars before the text of an alarm."""

_LIMIT_TEXT: Final = re.compile(r"(SPO2|PR|HR|RR|AWRR|RESP|ETCO2|NIBP|TEMP|T1|T2)\b.*\b(HIGH|LOW)\b")
_TEXT_VITALS: Final[dict[str, tuple[Vital, ...]]] = {
    "SPO2": (Vital.SPO2,),
    "PR": (Vital.PULSE_RATE,),
    "HR": (Vital.HEART_RATE,),
    **dict.fromkeys(("RR", "AWRR", "RESP"), (Vital.RESPIRATION_RATE,)),
    "ETCO2": (Vital.ETCO2,),
    "NIBP": (Vital.SYSTOLIC, Vital.DIASTOLIC, Vital.MEAN_PRESSURE),
    **dict.fromkeys(("TEMP", "T1", "T2"), (Vital.TEMPERATURE,)),
}

_OXIMETER_STATES: Final = (
    ("SENSOR OFF", Status.SENSOR_OFF),
    ("FINGER OFF", Status.SENSOR_OFF),
    ("NO SENSOR", Status.NO_SENSOR),
    ("NO PULSE", Status.PULSE_LOST),
    ("SEARCH", Status.SEARCHING),
    ("LOW PERF", Status.LOW_PERFUSION),
    ("LOW SIGNAL", Status.LOW_SIGNAL),
    ("WEAK SIGNAL", Status.LOW_SIGNAL),
    ("MOTION", Status.MOTION),
    ("INTERF", Status.INTERFERENCE),
    ("LIGHT", Status.AMBIENT_LIGHT),
    ("FAULT", Status.SENSOR_FAULT),
    ("ERR", Status.SENSOR_FAULT),
)
TECHNICAL: Final = "hl7_technical_alarm"
"""Status of a technical alarm that is about nothing of the above."""


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
    """The alarms and states that one monitor says hold; a new one is made when its link was cut."""

    def __init__(self) -> None:
        self._flags: dict[Vital, Alarm] = {}
        self._events: dict[str, Alarm] = {}
        self._listed: list[Alarm] = []
        self._technical: dict[str, str] = {}

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
        about = (source_of(row, pds=False) for row in message.rows) if "_HI" in name or "_LO" in name else ()
        limit_of = tuple(dict.fromkeys(source.vital for source in about if source))
        if len(self._events) < MOST_ALARMS:
            self._events[key] = Alarm(name, priority, limit_of)

    def list_physiological(self, message: Hl7Message) -> None:
        """Take Mindray's message 54: all physiological alarms that hold."""
        self._listed = [_physiological(text) for text in _texts(message)]

    def list_technical(self, message: Hl7Message) -> None:
        """Take Mindray's message 56: all technical alarms that hold."""
        self._technical = {}
        for text in _texts(message):
            status = _technical_status(text.upper())
            before = self._technical.get(status)
            self._technical[status] = shown(f"{before}, {text}" if before else text)

    def alarms(self) -> list[Alarm]:
        """All alarms about the person, most urgent first."""
        told = [*self._events.values(), *self._listed, *self._flags.values()]
        return sorted(told, key=lambda alarm: _RANKS.index(alarm.priority))

    def states(self) -> dict[str, str]:
        """Technical statuses that hold, each with the monitor's words."""
        return dict(self._technical)


def _texts(message: Hl7Message) -> list[str]:
    texts = (shown(row.value.partition("^")[2]) for row in message.rows)
    return [text for text in texts if text][:MOST_ALARMS]


def _physiological(text: str) -> Alarm:
    words = text.lstrip("*")
    limit = _LIMIT_TEXT.match(words.upper())
    return Alarm(words, _STARS.get(len(text) - len(words), ""), _TEXT_VITALS[limit[1]] if limit else ())


def _technical_status(text: str) -> str:
    if "BATTERY" in text:
        return Status.BATTERY_LOW
    if "SPO2" in text:
        return next((status for word, status in _OXIMETER_STATES if word in text), TECHNICAL)
    return TECHNICAL
