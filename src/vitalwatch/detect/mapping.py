"""Guessing which fields of a publisher's JSON are vitals, from their names and values. Pure.

A name alone is not enough ("temperature" may be the room's, "sys" the computer's) and neither is a number that a body
could have. So names that can mean nothing else count fully, short ones only in company, and temperature and perfusion
index not at all: they are mapped when the message is a patient's for other reasons. The guess is then proved by giving
the messages to the driver with it (see ``topics``).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias

import msgspec

from vitalwatch.model import CUFF_VITALS, Vital, plausible

Leaf: TypeAlias = str | float | bool | None

MOST_LEAVES: Final = 200
"""Fields of one message that are looked at; a bedside device sends some ten."""

_DEEPEST: Final = 6
_LONGEST_LIST: Final = 16

CLEAR: Final[dict[str, Vital]] = {
    **dict.fromkeys(("spo2", "oxygensaturation", "bloodoxygen", "bloodoxygensaturation"), Vital.SPO2),
    **dict.fromkeys(("pulserate", "spo2pulse", "spo2pulserate"), Vital.PULSE_RATE),
    **dict.fromkeys(("heartrate", "ecgheartrate", "ecghr"), Vital.HEART_RATE),
    **dict.fromkeys(("systolic", "systolicpressure", "sbp"), Vital.SYSTOLIC),
    **dict.fromkeys(("diastolic", "diastolicpressure", "dbp"), Vital.DIASTOLIC),
    **dict.fromkeys(("meanpressure", "meanarterialpressure"), Vital.MEAN_PRESSURE),
    **dict.fromkeys(("respirationrate", "respiratoryrate", "breathingrate", "resprate"), Vital.RESPIRATION_RATE),
    **dict.fromkeys(("etco2", "endtidalco2"), Vital.ETCO2),
    **dict.fromkeys(("perfusionindex",), Vital.PERFUSION_INDEX),
    **dict.fromkeys(("bodytemperature", "bodytemp"), Vital.TEMPERATURE),
}
"""Names, without blanks and signs, that mean one vital and nothing else."""

SHORT: Final[dict[str, Vital]] = {
    **dict.fromkeys(("sat", "o2sat", "saturation"), Vital.SPO2),
    **dict.fromkeys(("pulse", "pr", "bpm"), Vital.PULSE_RATE),
    **dict.fromkeys(("hr", "heart"), Vital.HEART_RATE),
    **dict.fromkeys(("sys",), Vital.SYSTOLIC),
    **dict.fromkeys(("dia",), Vital.DIASTOLIC),
    **dict.fromkeys(("map", "mbp"), Vital.MEAN_PRESSURE),
    **dict.fromkeys(("rr", "resp", "awrr"), Vital.RESPIRATION_RATE),
    **dict.fromkeys(("pi", "perfusion"), Vital.PERFUSION_INDEX),
    **dict.fromkeys(("temp", "temperature"), Vital.TEMPERATURE),
}
"""Names that devices use and that also mean other things."""

IN_CUFF: Final[dict[str, Vital]] = {
    **dict.fromkeys(("sys",), Vital.SYSTOLIC),
    **dict.fromkeys(("dia",), Vital.DIASTOLIC),
    **dict.fromkeys(("mean", "map"), Vital.MEAN_PRESSURE),
    **dict.fromkeys(("pulse", "pr", "pulserate", "hr", "heartrate", "bpm"), Vital.CUFF_PULSE_RATE),
}
"""What names mean inside, or behind, the name of a cuff."""

_CUFF: Final = re.compile(r"(?:nibp|nbp|cuff|bloodpressure|bp)")
_NOT_A_MEASUREMENT: Final = re.compile(
    r".*(?:limit|alarm|threshold|setting|config|history|trend)s?|min|max|abp|art|ibp"
)
"""Tables that hold such names without a present measurement; the last three are invasive pressures."""

_UNITS: Final = re.compile(r"(?<=.)(?:percent|pct|mmhg|bpm|celsius)$")
_GENERIC: Final = ("value", "val", "current", "numeric")
_TIMES: Final = ("time", "timestamp", "ts", "datetime", "measuredat", "at")
_COUNTS: Final = frozenset(Vital) - {Vital.PERFUSION_INDEX, Vital.TEMPERATURE}
"""Vitals whose names and values are seldom anything else."""

_NONE_NUMBERS: Final = (0.0, -1.0)
_BODY_C: Final = (30.0, 43.0)
"""Temperatures in which a body is told from a room, degrees Celsius."""


class Found(msgspec.Struct, frozen=True):
    """A field that looks like a vital.

    Attributes:
        path: names with dots between them, as the driver's options have it.
        clear: its name can mean nothing else.
        value: the newest plausible number; ``None`` while the device has none.
    """

    path: str
    clear: bool
    value: float | None


class Guess(msgspec.Struct, frozen=True):
    """What the fields of a publisher's messages seem to be.

    Attributes:
        vitals: where each vital stands.
        time: path of the message's own time; empty if there is none.
        cuff_time: path of the time of the cuff reading; empty if there is none.
    """

    vitals: dict[Vital, Found]
    time: str = ""
    cuff_time: str = ""

    @property
    def weight(self) -> int:
        """How much speaks for a patient's vitals: 2 for a clear name with a plausible value, 1 for half of that."""
        return sum(
            (1 + found.clear) if found.value is not None else found.clear
            for vital, found in self.vitals.items()
            if vital in _COUNTS
        )


def parse(payload: bytes) -> dict[str, Leaf] | None:
    """The fields of a JSON object by their paths; ``None`` if it is no JSON object."""
    try:
        message = json.loads(payload)
    except (ValueError, RecursionError):
        return None
    if not isinstance(message, dict):
        return None
    fields: dict[str, Leaf] = {}
    for path, leaf in _leaves(message, "", 0):
        if len(fields) == MOST_LEAVES:
            break
        fields[path] = leaf
    return fields


def guess(messages: Sequence[dict[str, Leaf]]) -> Guess:
    """Guess the mapping of one publisher from its messages, oldest first."""
    vitals: dict[Vital, Found] = {}
    for path in dict.fromkeys(path for message in messages for path in message):
        vital, clear = vital_of(path)
        values = [message[path] for message in messages if path in message]
        if vital is None or not all(_may_be(vital, value) for value in values):
            continue
        numbers = [number for value in values if (number := _number(value)) not in (None, *_NONE_NUMBERS)]
        found = Found(path, clear, numbers[-1] if numbers else None)
        before = vitals.get(vital)
        if before is None or (found.clear, found.value is not None) > (before.clear, before.value is not None):
            vitals[vital] = found
    _without_half_cuffs(vitals)
    systolic = vitals.get(Vital.SYSTOLIC)
    times = [path for message in messages[-1:] for path in message if _plain(path.rpartition(".")[2]) in _TIMES]
    own = next((path for path in times if "." not in path), "")
    table = systolic.path.rpartition(".")[0] if systolic else ""
    cuff = next((path for path in times if table and path.rpartition(".")[0] == table), "")
    return Guess(vitals, own, cuff)


def vital_of(path: str) -> tuple[Vital | None, bool]:
    """The vital that a field's name seems to mean, and whether it can mean nothing else."""
    *tables, name = [_plain(step) for step in path.split(".") if not step.isdecimal()] or [""]
    if tables and name in _GENERIC:
        *tables, name = tables
    if any(_NOT_A_MEASUREMENT.fullmatch(table) for table in [*tables, name]):
        return None, False
    name = _UNITS.sub("", name)
    in_cuff = any(_CUFF.fullmatch(table) for table in tables)
    if not in_cuff and (name in CLEAR or name in SHORT):
        return CLEAR.get(name) or SHORT[name], name in CLEAR
    before = _CUFF.match(name)
    inside = name[before.end() :] if before else name
    vital = IN_CUFF.get(inside) or CLEAR.get(inside)
    return (vital, True) if vital in CUFF_VITALS and (in_cuff or before) else (None, False)


def _leaves(table: object, path: str, depth: int) -> Iterator[tuple[str, Leaf]]:
    if isinstance(table, dict):
        # A path has dots between names; what cannot be printed cannot be written into a config either.
        inside = [(name, value) for name, value in table.items() if name.isprintable() and name and "." not in name]
    elif isinstance(table, list):
        inside = [(str(index), value) for index, value in enumerate(table[:_LONGEST_LIST])]
    else:
        return
    for name, value in inside:
        step = f"{path}.{name}" if path else name
        if isinstance(value, str | int | float | bool | None):
            yield step, value
        elif depth < _DEEPEST:
            yield from _leaves(value, step, depth + 1)


def _plain(name: str) -> str:
    """A name without signs, in lower case: ``SpO2``, ``sp_o2`` and ``SPO2`` are one."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _number(value: Leaf) -> float | None:
    """A finite number, or a text that is one; ``None`` for anything else."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _may_be(vital: Vital, value: Leaf) -> bool:
    """Whether a vital's field may hold this: a plausible number, or a sender's way of saying that there is none."""
    if isinstance(value, bool):
        return False
    number = _number(value)
    if number is None:
        return value is None or not any(c.isdigit() for c in str(value))
    if vital is Vital.TEMPERATURE:
        return _BODY_C[0] <= number <= _BODY_C[1]
    return plausible(vital, number) or number in _NONE_NUMBERS


def _without_half_cuffs(vitals: dict[Vital, Found]) -> None:
    """A cuff is a systolic above its diastolic, from one table; anything less is none."""
    high, low = vitals.get(Vital.SYSTOLIC), vitals.get(Vital.DIASTOLIC)
    pair = (
        high is not None
        and low is not None
        and high.path.rpartition(".")[0] == low.path.rpartition(".")[0]
        and (high.value is None) == (low.value is None)
        and (high.value is None or low.value is None or high.value > low.value)
    )
    if not pair:
        for vital in CUFF_VITALS:
            vitals.pop(vital, None)
