"""What the raw numbers and bits of the groups mean. Pure.

Every number at or below -32000 is a code (8005313, "special values"). The meaning of bits is told beside each.
"""

from __future__ import annotations

from typing import Final, TypeAlias

from vitalwatch.model import Validity, Vital
from vitalwatch_drivers.ge_dri.frames import (
    CO2,
    ECG,
    MORE_TEMPERATURES,
    SECOND_SPO2,
    SPO2,
    TEMPERATURES,
    Displayed,
    Group,
)

Reading: TypeAlias = tuple[float | None, Validity]

LAST_CODE: Final = -32000
CODES: Final = {
    -32767: Validity.UNAVAILABLE,  # no valid data
    -32766: Validity.UNAVAILABLE,  # not updated: an old number
    -32765: Validity.CALIBRATION,  # discontinuity, for example a calibration
    -32764: Validity.UNDERFLOW,
    -32763: Validity.OVERFLOW,
    -32762: Validity.CALIBRATION,  # not calibrated
}
NO_READING: Final[Reading] = (None, Validity.UNAVAILABLE)

# Status of the ECG group.
ASYSTOLE: Final = 0x0004
NOISE: Final = 0x0080
ARTEFACT: Final = 0x0100
LEARNING: Final = 0x0200
LEADS_OFF: Final = 0x3800  # one bit a channel
ECG_STATUSES: Final = {
    NOISE: ("ecg_noise", "noise"),
    ARTEFACT: ("ecg_artefact", "artefact"),
    LEARNING: ("ecg_learning", "learning"),
    LEADS_OFF: ("ecg_lead_off", "lead off"),
}
"""Words of our own: those of the core are about the finger, and would hold back its alarms."""

FROM_PLETH: Final = (6, 12)
FROM_PRESSURE: Final = (2, 3, 4, 5, 7, 8, 10, 11)
"""Where the heart rate comes from, bits 3-6; 1 and 9 are the ECG."""

NOT_OF_THE_BODY: Final = (7, 8, 9, 16)
"""Labels of temperatures: skin, airway, room, surface."""

WATER_VAPOUR_MMHG: Final = 47.0
"""At body temperature. Of wet gas it takes its part before the rest is shared."""

LIMIT_WORDS: Final = {
    "SPO2": (Vital.SPO2,),
    "PR": (Vital.PULSE_RATE,),
    "HR": (Vital.HEART_RATE,),
    "RR": (Vital.RESPIRATION_RATE,),
    "ETCO2": (Vital.ETCO2,),
    "NIBP": (Vital.SYSTOLIC, Vital.DIASTOLIC, Vital.MEAN_PRESSURE),
}
COLOURS: Final = {3: "high", 2: "medium", 1: "low"}
"""Red, yellow, white."""

SILENCED: Final = {
    1: "apnoea alarms",
    2: "asystole alarms",
    3: "apnoea and asystole alarms",
    4: "all alarms",
    5: "all alarms for 2 min",
    6: "all alarms for 5 min",
    7: "all alarms for 20 s",
}
"""What was silenced at the monitor."""


def raw_reading(raw: int, scale: float = 1.0) -> Reading:
    """A raw number divided by its scale, or why it is none."""
    if raw <= LAST_CODE:
        return None, CODES.get(raw, Validity.UNAVAILABLE)
    return raw / scale, Validity.VALID


def reading(group: Group, index: int, scale: float = 1.0) -> Reading:
    """A value of a group; none unless its module is there and measures."""
    return raw_reading(group.values[index], scale) if group.active else NO_READING


def heart_rate(ecg: Group) -> Reading:
    """The heart rate, bpm, unless it is the oximeter's pulse under another name.

    Zero is real when the ECG could see beats: leads on, and the rhythm learnt.
    """
    source = ecg.status >> 3 & 0x0F
    value, validity = NO_READING if source in FROM_PLETH else reading(ecg, 0)
    if value is None:
        return value, validity
    if source in FROM_PRESSURE:
        return (value, validity) if value else NO_READING
    off = ecg.status & LEADS_OFF
    if ecg.status & LEARNING or off == LEADS_OFF or (value == 0 and off):
        return NO_READING
    return value, Validity.QUESTIONABLE if ecg.status & (NOISE | ARTEFACT) else validity


def ecg_statuses(ecg: Group) -> dict[str, str]:
    """What the ECG says is the matter with it."""
    if not ecg.active:
        return {}
    statuses = {name: word for bits, (name, word) in ECG_STATUSES.items() if ecg.status & bits}
    if "ecg_lead_off" in statuses:
        channels = [str(number) for number, bit in enumerate((0x0800, 0x1000, 0x2000), start=1) if ecg.status & bit]
        statuses["ecg_lead_off"] = f"channel {', '.join(channels)}"
    return statuses


class Breathing:
    """The respiration of one person, from the airway or the chest.

    A module without anybody at its line shows zeros, and says "apnoea" (seen in a recording of a bench monitor). So a
    zero is real only from a source that has seen breaths since it began to measure.
    """

    def __init__(self) -> None:
        self._seen: set[int] = set()

    def rate(self, ecg: Group, co2: Group) -> Reading:
        """Breaths a minute: from the airway while it gives a number, else from the chest."""
        chest_off = bool(ecg.status & LEADS_OFF)
        for place, group, index in ((CO2, co2, 2), (ECG, ecg, 4)):
            value, validity = reading(group, index)
            if not group.active:
                self._seen.discard(place)
            if value:
                self._seen.add(place)
            real_zero = value == 0 and place in self._seen and not (place == ECG and chest_off)
            if value or real_zero:
                return value, validity
        return NO_READING

    def end_tidal(self, co2: Group, *, wet: bool) -> Reading:
        """CO2 at the end of a breath, mmHg: the share in % of the ambient pressure, of wet gas without its vapour."""
        share, validity = reading(co2, 0, 100.0)
        ambient, _ = reading(co2, 3, 10.0)
        if share is None:
            return None, validity
        if ambient is None or (share == 0 and CO2 not in self._seen):
            return NO_READING
        return share / 100.0 * (ambient - (WATER_VAPOUR_MMHG if wet else 0.0)), validity


def oximeter(basic: Displayed, ext1: Displayed | None) -> Group:
    """The oximeter that has a saturation: the first, else the second."""
    first = basic.group(SPO2, 4)
    if ext1 is not None and reading(first, 0)[0] is None:
        second = ext1.group(SECOND_SPO2, 4)
        if reading(second, 0)[0] is not None:
            return second
    return first


def temperature(basic: Displayed, ext1: Displayed | None) -> tuple[bool, Reading]:
    """Whether there is a channel for the body at all, and the first that has a number, in degrees Celsius."""
    groups = [basic.group(at, 1) for at in TEMPERATURES]
    groups += [ext1.group(at, 1) for at in MORE_TEMPERATURES] if ext1 is not None else []
    body = [group for group in groups if group.exists and group.label not in NOT_OF_THE_BODY]
    read = [reading(group, 0, 100.0) for group in body]
    return bool(body), next((one for one in read if one[0] is not None), read[0] if read else NO_READING)


def limit_of(text: str) -> tuple[Vital, ...]:
    """The vitals whose limit an alarm text names, in English; empty for any other text."""
    words = text.upper().replace("ET CO2", "ETCO2").split()
    return LIMIT_WORDS.get(words[0], ()) if words and {"HIGH", "LOW"} & set(words[1:]) else ()
