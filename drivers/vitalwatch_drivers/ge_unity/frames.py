"""Datagrams of the Unity network as frozen values. All numbers are big-endian.

Sources: the parsers and the recording of mindleaving/gedash (a Dash 4000), and mdpnp ``GESerial``, which names the
fields of the same reply on the serial line; both by the protocol notes on monitors, section 2b.
"""

from __future__ import annotations

from typing import Final, TypeAlias

import msgspec

PROTOCOL: Final = "ge-unity"

REPLY: Final = 201
REQUEST: Final = 202
"""Function numbers at byte 12 of every message that has a header."""

VALUES: Final = 20
ALARM: Final = 4
"""What a reply is about: its number at byte 14."""

ECG, SPO2, NIBP, RESPIRATION, TEMPERATURE = 0x3A, 0x2D, 0x18, 0x22, 0x23
"""Codes of the parameters that are read; 56 to 59 are ST segments."""

FIRST_NONE: Final = 0x80
"""A number whose first byte is this is no value but a code for why there is none."""
NO_CUFF_PULSE, SENSOR_FAIL = -32762, -32761

STATUS_ONLY, SYSTEM_MESSAGE, SYSTEM_ADVISORY, SYSTEM_WARNING = 0, 1, 2, 3
MESSAGE, ADVISORY, WARNING, CRISIS = 4, 5, 6, 7
"""Alarm levels: 1 to 3 are about the equipment, 4 to 7 about the person."""


class Parameter(msgspec.Struct, frozen=True):
    """One block of a reply.

    Attributes:
        code: what is measured.
        status: of unknown meaning; kept for recordings of other monitors to be compared.
        numbers: three numbers as sent, signed.
        limits: the low and high alarm limit of each, as sent.
    """

    code: int
    status: int
    numbers: tuple[int, int, int]
    limits: tuple[tuple[int, int], tuple[int, int], tuple[int, int]]


class Values(msgspec.Struct, frozen=True):
    """A reply with everything that the monitor measures, each 2 s.

    Attributes:
        sequence: number of the reply.
        alarm_state: 0 alarms sound, 1 silenced, 2 paused, 3 off, 4 volume off, 5 paused and not shown.
        alarm_level: the highest that stands, 0 to 7.
        parameters: one for each quantity that the monitor knows of.
    """

    sequence: int
    alarm_state: int
    alarm_level: int
    parameters: tuple[Parameter, ...]


class Alarm(msgspec.Struct, frozen=True):
    """A broadcast about an alarm that stands, each 2 s.

    Attributes:
        monitor: the monitor's IPv4 address.
        place: ward and bed with ``|`` between.
        level: as in :class:`Values`; read by analogy, for both are 3 in the recording.
        code: the parameter that it is about.
        text: in the language of the monitor; at most 14 characters.
        counter: seconds of some clock.
    """

    monitor: str
    place: str
    level: int
    code: int
    text: str
    counter: int


class Discovery(msgspec.Struct, frozen=True):
    """A broadcast by which a monitor makes itself known, each 10 s. The name of the person in it is not read.

    Attributes:
        monitor: the monitor's IPv4 address.
        place: ward and bed with ``|`` between.
    """

    monitor: str
    place: str


class Request(msgspec.Struct, frozen=True):
    """What a host sends to a monitor; heard in recordings of both directions.

    Attributes:
        wanted: what is asked for.
    """

    wanted: int


class Waves(msgspec.Struct, frozen=True):
    """A quarter of a second of curves.

    Attributes:
        sequence: number of the datagram, 0 to 65535.
        pleth: 15 samples of the oximeter's curve, 60 a second, without unit; ``None`` for one that is missing.
        leads: the same of the ECG, by lead (1, 2, 3, and 4 for V), 240 a second.
    """

    sequence: int
    pleth: tuple[int | None, ...]
    leads: dict[int, tuple[int | None, ...]]


Frame: TypeAlias = Values | Alarm | Discovery | Request | Waves


def number_of(raw: int) -> int | None:
    """The number that was sent; ``None`` when it is a code for "no value"."""
    return None if raw & 0xFFFF in range(FIRST_NONE << 8, (FIRST_NONE + 1) << 8) else raw
