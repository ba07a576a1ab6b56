"""What the columns of a recorded series mean, by their names. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import msgspec

from vitalwatch.model import Vital

INVASIVE: Final = "abp"
"""How the names of arterial-line pressures begin; they are never taken for cuff pressures."""

_TIME_NAMES: Final = {
    **dict.fromkeys(("time", "times", "timesec", "timeseconds", "t", "seconds"), 1.0),
    **dict.fromkeys(("minute", "minutes", "timemin", "timeminutes"), 60.0),
    **dict.fromkeys(("timestamp", "datetime"), 1.0),
}
"""Names of the time column, as :func:`_plain` gives them, with the seconds in one unit of a plain number."""

_SHORT_NAMES: Final = {
    Vital.HEART_RATE: ("hr", "ecghr", "hrecg"),
    Vital.PULSE_RATE: ("pulse", "pr", "spo2pr", "spo2pulse"),
    Vital.CUFF_PULSE_RATE: ("nbppulse", "nibppulse", "nbppr", "nibppr", "prcuff"),
    Vital.SPO2: ("sat", "o2sat"),
    Vital.PERFUSION_INDEX: ("pi", "perf", "perfusion"),
    Vital.SYSTOLIC: ("nbpsys", "nibpsys", "nbps", "nibps", "bpsys", "sys", "sbp"),
    Vital.DIASTOLIC: ("nbpdias", "nibpdias", "nbpdia", "nibpdia", "nbpd", "nibpd", "bpdia", "dias", "dia", "dbp"),
    Vital.MEAN_PRESSURE: ("nbpmean", "nibpmean", "nbpm", "nibpm", "bpmean", "map", "mean"),
    Vital.RESPIRATION_RATE: ("resp", "rr", "respiration", "resprate"),
    Vital.ETCO2: (),
    Vital.TEMPERATURE: ("temp",),
}

_VITAL_NAMES: Final = {
    name: vital for vital, names in _SHORT_NAMES.items() for name in (*names, vital.value.replace("_", ""))
}


class Columns(msgspec.Struct, frozen=True):
    """The meaning of a header.

    Attributes:
        width: how many cells each row has.
        time: index of the time column; -1 when there is none.
        second: how many seconds one unit of its plain numbers is.
        vitals: index and vital of each column that is used, in the order of the file.
        names: the used columns' names in the file, by vital.
        notices: what is ignored, in plain words.
    """

    width: int
    time: int
    second: float
    vitals: tuple[tuple[int, Vital], ...]
    names: dict[Vital, str]
    notices: tuple[str, ...]


def read_header(cells: Sequence[str]) -> Columns:
    """Find the time and the vitals among the names of the columns. Case, spaces and units in brackets do not matter."""
    time, second = -1, 1.0
    vitals: dict[Vital, int] = {}
    invasive: list[str] = []
    unknown: list[str] = []
    twice: list[str] = []
    for index, cell in enumerate(cells):
        name = cell.strip()
        plain = _plain(name)
        vital = _VITAL_NAMES.get(_plain(re.sub(r"[\[(].*", "", name)))
        if plain in _TIME_NAMES:
            if time < 0:
                time, second = index, _TIME_NAMES[plain]
            else:
                twice.append(name)
        elif vital is not None:
            if vital in vitals:
                twice.append(name)
            else:
                vitals[vital] = index
        elif plain.startswith(INVASIVE):
            invasive.append(name)
        elif name:
            unknown.append(name)
    notices = [
        f"{words}: {', '.join(names)}."
        for words, names in (
            ("Ignored, as pressures of an arterial line are never taken for cuff pressures", invasive),
            ("Ignored, as another column says the same", twice),
            ("Ignored, as these columns are not known here", unknown),
        )
        if names
    ]
    return Columns(
        width=len(cells),
        time=time,
        second=second,
        vitals=tuple((index, vital) for vital, index in vitals.items()),
        names={vital: cells[index].strip() for vital, index in vitals.items()},
        notices=tuple(notices),
    )


def _plain(name: str) -> str:
    """Only the letters and digits of a name, small: ``Time [s]`` is ``times``, ``heart_rate`` is ``heartrate``."""
    return re.sub(r"[^a-z0-9]", "", name.lower())
