"""The monitor's own alarms: about the person, and about sensors, cuff and battery. Pure.

Source: lists 0902 (about the person) and 0904 (technical) of the alert object 36, and its state 0916; layout, types and
codes as in the public readers LNhealth, VSCaptureMP and mdpnp, which agree.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from vitalwatch.driver import only_limits
from vitalwatch.model import Status, Vital
from vitalwatch_drivers.intellivue.frames import Attributes, Reader, parse_text
from vitalwatch_drivers.intellivue.values import VITALS

ABOUT_PERSON, TECHNICAL, ALERT_STATE = 0x0902, 0x0904, 0x0916
INHIBITED, SUSPENDED, DEMO = 0x8000, 0x4000, 0x0100
WITH_TEXT: Final = 516
"""Kind of the further information: with a text of the monitor's."""

PRIORITIES: Final = {1: "low", 2: "medium", 4: "high", 256: "low", 512: "medium", 1024: "high"}
RANKS: Final = ("high", "medium", "low", "")

MOST_SHOWN: Final = 8
"""Alarms whose words are told at once."""

PRESSURES: Final = (Vital.SYSTOLIC, Vital.DIASTOLIC, Vital.MEAN_PRESSURE)
CUFF: Final = 0x4A04
CUFF_SOURCES: Final = frozenset({CUFF, 0x4A05, 0x4A06, 0x4A07})
OXIMETER_SOURCES: Final = frozenset({0x4BB8, 0x4BB4, 0x4BB0, 0x4822, 0x481A})

EVENTS: Final = {
    40: "HIGH",
    62: "LOW",
    3072: "APNEA",
    3076: "ASYSTOLE",
    3086: "EXTREME BRADYCARDIA",
    3122: "EXTREME TACHYCARDIA",
    3224: "VENTRICULAR TACHYCARDIA",
    3246: "DESATURATION",
}
"""Words for events, when the monitor sends none."""

HIGH, LOW, DESATURATION = 40, 62, 3246

OXIMETER_STATES: Final[dict[int, Status]] = {
    **dict.fromkeys((22, 308, 352), Status.NO_SENSOR),  # disconnected
    **dict.fromkeys((268, 274), Status.SENSOR_OFF),  # off the person
    **dict.fromkeys((38, 70, 242, 310, 312, 354, 356, 358), Status.SENSOR_FAULT),
    **dict.fromkeys((74, 436), Status.INTERFERENCE),
    432: Status.MOTION,  # artifact in the curve
    **dict.fromkeys((128, 380, 384, 434), Status.LOW_SIGNAL),
    442: Status.SEARCHING,  # no pulse in the curve
    350: Status.AMBIENT_LIGHT,
}
BATTERY: Final = frozenset({194, 198, 6676, 6678})
OTHER: Final = "intellivue_technical_alarm"


class Alarm(msgspec.Struct, frozen=True):
    """One alarm that holds.

    Attributes:
        source: physiological id of what it is about.
        event: what happened.
        priority: high, medium or low.
        text: the monitor's words, or ours if it sends none.
        demo: the monitor says that it is in demo mode.
    """

    source: int
    event: int
    priority: str
    text: str
    demo: bool

    @property
    def limit_of(self) -> tuple[Vital, ...]:
        """The vitals whose limit it is about; empty for any other alarm."""
        if self.event not in (HIGH, LOW, DESATURATION):
            return ()
        if self.source == CUFF:
            return PRESSURES
        return (VITALS[self.source][0],) if self.source in VITALS else ()

    @property
    def status(self) -> str:
        """The status that it is as a technical alarm."""
        if self.source in OXIMETER_SOURCES:
            return OXIMETER_STATES.get(self.event, OTHER)
        if self.source in CUFF_SOURCES:
            return Status.CUFF_FAILED
        return Status.BATTERY_LOW if self.event in BATTERY else OTHER


class Alarms(msgspec.Struct, frozen=True):
    """All alarms of one monitor at one time; the most urgent about the person first."""

    person: tuple[Alarm, ...] = ()
    technical: tuple[Alarm, ...] = ()
    paused: bool = False

    @property
    def demo(self) -> bool:
        """Whether any of them says that the monitor is in demo mode."""
        return any(alarm.demo for alarm in (*self.person, *self.technical))

    @property
    def priority(self) -> str:
        """The highest about the person; empty without any."""
        return self.person[0].priority if self.person else ""

    @property
    def limit_of(self) -> tuple[Vital, ...]:
        """The vitals whose limits are passed, if that is all that the alarms are about."""
        return only_limits(alarm.limit_of for alarm in self.person)

    def statuses(self) -> dict[str, str]:
        """What holds, each with the monitor's words."""
        words: dict[str, list[str]] = {}
        for alarm in self.technical:
            words.setdefault(str(alarm.status), []).append(alarm.text)
        if self.person:
            words[Status.MONITOR_ALARM] = [alarm.text for alarm in self.person]
        if self.paused:
            words[Status.MONITOR_AUDIO_PAUSED] = ["alarms are paused at the monitor"]
        return {status: ", ".join(dict.fromkeys(texts[:MOST_SHOWN])) for status, texts in words.items()}


def read_alarms(attributes: Attributes) -> Alarms:
    """Read what the alert object says.

    Raises:
        DecodeError: if a list is shorter than it says.
    """
    person = sorted(_list(attributes.get(ABOUT_PERSON)), key=lambda alarm: RANKS.index(alarm.priority))
    state = attributes.get(ALERT_STATE, b"\x00\x00")
    paused = bool(Reader(state).u16() & (SUSPENDED | INHIBITED))
    return Alarms(tuple(person), tuple(_list(attributes.get(TECHNICAL))), paused)


def _list(data: bytes | None) -> Iterator[Alarm]:
    if data is None:
        return
    count, part = Reader(data).counted()
    for _ in range(count):
        source, code, kind, state = part.u16(), part.u16(), part.u16(), part.u16()
        part.take(6)  # the object
        form = part.u16()
        information = part.take(part.u16())
        if kind not in PRIORITIES or state & INHIBITED:
            continue
        event = code & ~1  # the lowest bit says which table the source is from
        text = parse_text(information[10:]) if form == WITH_TEXT else ""
        yield Alarm(source, event, PRIORITIES[kind], text or _words(source, event), bool(state & DEMO))


def _words(source: int, event: int) -> str:
    about = str(VITALS[source][0]) if source in VITALS else "cuff" if source == CUFF else f"{source:04X}"
    return f"{about} {EVENTS.get(event, f'event {event}')}"
