"""When a value is missing or doubtful: probe off, no value, doubtful signal, pulse lost, no breathing, two rates.

Whatever keeps a value from being judged becomes an alarm of its own. Which one speaks follows from what the device
says: its sensor is off, else it has lost the pulse, else it is searching or disturbed, else nothing explains it.
"""

from __future__ import annotations

from typing import Final

from vitalwatch.alarms.chair import NO_VALUE_REASONS, Chair
from vitalwatch.alarms.conditions.base import LINK_NEWS, STATUS_NEWS, Condition, found_words
from vitalwatch.alarms.facts import Device
from vitalwatch.alarms.track import UNKNOWN, Finding, Side, Track
from vitalwatch.alarms.transition import Priority
from vitalwatch.alarms.words import number
from vitalwatch.model import CATALOGUE, Status, Validity, Vital

PROBE_DELAY_S: Final = 10.0
NO_VALUE_DELAY_S: Final = 10.0
LOW_SIGNAL_DELAY_S: Final = 30.0
PULSE_LOST_DELAY_S: Final = 10.0
RATES_DELAY_S: Final = 15.0
RATES_APART_BPM: Final = 20.0
MEDIUM_AFTER_S: Final = 60.0

_PROBE_WORDS: Final = {
    Status.SENSOR_OFF: "sensor off",
    Status.NO_SENSOR: "sensor disconnected",
    Status.SENSOR_FAULT: "sensor fault",
}
_PROBE: Final = frozenset(_PROBE_WORDS)
_DOUBT: Final = frozenset(
    {
        Status.SEARCHING,
        Status.MOTION,
        Status.LOW_PERFUSION,
        Status.LOW_SIGNAL,
        Status.INTERFERENCE,
        Status.AMBIENT_LIGHT,
    }
)
_SENSOR_WORDS: Final = frozenset({*_PROBE, *_DOUBT, Status.PULSE_LOST})
_VALUES_EXPECTED: Final = (Vital.SPO2, Vital.HEART_RATE, Vital.PULSE_RATE)


def while_infusing(chair: Chair) -> Priority:
    """Medium during an infusion (or while the phase is unknown), low at other times."""
    return Priority.MEDIUM if chair.infusing else Priority.LOW


def _oximeters(chair: Chair, now: float) -> list[Device]:
    """The devices that have told of SpO2 or of a sensor, and can be heard."""
    return [
        device
        for device in chair.devices.values()
        if (Vital.SPO2 in device.samples or device.has_any(_SENSOR_WORDS)) and device.speaking(now)
    ]


def _heard_until(devices: list[Device]) -> float:
    """Until when what these devices say can be believed if they fall silent now."""
    return min((device.heard_at or 0.0) + device.spec.silent_after_s for device in devices)


def look_probe(chair: Chair, now: float) -> Finding:
    """Beyond while every oximeter that can be heard says that its sensor is off, out or broken."""
    oximeters = _oximeters(chair, now)
    if not oximeters:
        return UNKNOWN
    until = _heard_until(oximeters)
    if not all(device.has_any(_PROBE) for device in oximeters):
        return Finding(Side.CLEAR, until=until)
    cause = next(words for status, words in _PROBE_WORDS.items() if status in oximeters[0].statuses)
    return Finding(
        Side.BEYOND,
        delay_s=PROBE_DELAY_S,
        priority=while_infusing(chair),
        until=until,
        text="SpO2 probe off",
        note=cause,
    )


def look_low_signal(chair: Chair, now: float) -> Finding:
    """Beyond while the sensor is on and SpO2 is searching, disturbed, or only questionable."""
    oximeters = _oximeters(chair, now)
    if not oximeters:
        return UNKNOWN
    until = _heard_until(oximeters)
    sample = chair.newest(Vital.SPO2, now)
    if sample is not None and sample.speaks(now):
        until = min(until, sample.until)
        doubtful = sample.validity is Validity.QUESTIONABLE
    else:
        doubtful = any(d.has_any(_DOUBT) and not d.has_any(_PROBE) for d in oximeters)
    if not doubtful or chair.cuff_hold_ends(now) is not None:
        return Finding(Side.CLEAR, until=until)
    causes = sorted({s.replace("_", " ") for d in oximeters for s in d.statuses if s in _DOUBT})
    return Finding(
        Side.BEYOND,
        delay_s=LOW_SIGNAL_DELAY_S,
        rises=(MEDIUM_AFTER_S, Priority.MEDIUM),
        until=until,
        text="SpO2 unreliable",
        note=", ".join(causes),
    )


def look_no_value(chair: Chair, now: float) -> Finding:
    """Beyond while a vital that was there is missing, its monitor is heard, and nothing says why."""
    missing: list[str] = []
    ends: list[float] = []
    for vital in _VALUES_EXPECTED:
        sample = chair.newest(vital, now)
        if sample is None or sample.last_at is None:
            continue
        if sample.speaks(now):
            ends.append(sample.until)
            continue
        speaking = [device for device in chair.devices.values() if vital in device.samples and device.speaking(now)]
        if not speaking:
            continue
        ends.append(_heard_until(speaking))
        explained = any(device.has_any(NO_VALUE_REASONS) for device in speaking)
        held = vital is not Vital.HEART_RATE and chair.cuff_hold_ends(now) is not None
        if not explained and not held:
            missing.append(CATALOGUE[vital].label)
    if not ends:
        return UNKNOWN
    if not missing:
        return Finding(Side.CLEAR, until=min(ends))
    return Finding(
        Side.BEYOND,
        delay_s=NO_VALUE_DELAY_S,
        priority=while_infusing(chair),
        until=min(ends),
        text=f"{', '.join(missing)} no value",
    )


def look_pulse_lost(chair: Chair, now: float) -> Finding:
    """Beyond when the device says that it lost the pulse; or searches for one that was steady, sensor on ever since."""
    if chair.cuff_hold_ends(now) is not None:
        return Finding(Side.UNKNOWN, until=chair.cuff_hold_ends(now))
    oximeters = _oximeters(chair, now)
    if not oximeters:
        return UNKNOWN
    until = _heard_until(oximeters)
    for device in oximeters:
        if Status.PULSE_LOST in device.statuses:
            return Finding(Side.BEYOND, until=until, text="No pulse found", note="the monitor lost the pulse")
        if Status.SEARCHING in device.statuses and device.pulse_good:
            return Finding(
                Side.BEYOND,
                delay_s=PULSE_LOST_DELAY_S,
                until=until,
                text="No pulse found",
                note="searching after a steady pulse",
            )
    if any(device.has_any(_PROBE) for device in oximeters):
        return UNKNOWN  # whether there is a pulse cannot be told
    return Finding(Side.CLEAR, until=until)


def look_apnea(chair: Chair, now: float) -> Finding:
    """Beyond while breathing is 0, or missing though it was there and the monitor says nothing of a lead off."""
    sample = chair.newest(Vital.RESPIRATION_RATE, now)
    if sample is None or sample.last_at is None:
        return UNKNOWN
    delay_s = chair.profile.delays.apnea
    if sample.speaks(now):
        if sample.value == 0:
            return Finding(Side.BEYOND, 0.0, delay_s=delay_s, until=sample.until, text="No breathing seen")
        return Finding(Side.CLEAR, sample.value, until=sample.until)
    speaking = [d for d in chair.devices.values() if Vital.RESPIRATION_RATE in d.samples and d.speaking(now)]
    if not speaking or any(device.has_any(NO_VALUE_REASONS) for device in speaking):
        return UNKNOWN
    return Finding(Side.BEYOND, delay_s=delay_s, until=_heard_until(speaking), text="No breathing seen")


def look_rates(chair: Chair, now: float) -> Finding:
    """Beyond while the ECG's heart rate and the oximeter's pulse rate are more than 20 bpm apart."""
    heart, pulse = chair.newest(Vital.HEART_RATE, now), chair.newest(Vital.PULSE_RATE, now)
    if heart is None or pulse is None or heart.value is None or pulse.value is None:
        return UNKNOWN
    if not (heart.speaks(now) and pulse.speaks(now)):
        return UNKNOWN
    until = min(heart.until, pulse.until)
    apart = abs(heart.value - pulse.value)
    if apart <= RATES_APART_BPM:
        return Finding(Side.CLEAR, apart, RATES_APART_BPM, until=until)
    return Finding(
        Side.BEYOND,
        apart,
        RATES_APART_BPM,
        delay_s=RATES_DELAY_S,
        rises=(MEDIUM_AFTER_S, Priority.MEDIUM),
        until=until,
    )


def _rates_words(chair: Chair, track: Track, now: float) -> tuple[str, str]:
    heart, pulse = chair.newest(Vital.HEART_RATE, now), chair.newest(Vital.PULSE_RATE, now)
    if heart is None or pulse is None or not (heart.speaks(now) and pulse.speaks(now)):
        return "Pulse and ECG differed", ""
    return f"Pulse {number(pulse.value)}, ECG {number(heart.value)}", ""


SENSORS: Final = (
    Condition(
        id="PULSE-LOST",
        name="No pulse found",
        kind="P",
        priority=Priority.HIGH,
        latching=True,
        action="Check the patient first, then the probe",
        look=look_pulse_lost,
        words=found_words,
        news=frozenset({STATUS_NEWS, LINK_NEWS}),
        vitals=(Vital.PULSE_RATE,),
    ),
    Condition(
        id="APNEA",
        name="No breathing seen",
        kind="P",
        priority=Priority.HIGH,
        latching=True,
        action="Rouse, airway, call",
        look=look_apnea,
        words=found_words,
        news=frozenset({STATUS_NEWS, LINK_NEWS, Vital.RESPIRATION_RATE}),
        vitals=(Vital.RESPIRATION_RATE,),
    ),
    Condition(
        id="T-PROBE",
        name="SpO2 probe off",
        kind="T",
        priority=Priority.LOW,
        latching=False,
        action="Refit the probe",
        look=look_probe,
        words=found_words,
        news=frozenset({STATUS_NEWS, LINK_NEWS}),
        vitals=(Vital.SPO2,),
    ),
    Condition(
        id="T-LOWSIG",
        name="SpO2 unreliable",
        kind="T",
        priority=Priority.LOW,
        latching=False,
        action="Warm the hand, move the probe",
        look=look_low_signal,
        words=found_words,
        news=frozenset({STATUS_NEWS, LINK_NEWS, Vital.SPO2}),
        vitals=(Vital.SPO2,),
    ),
    Condition(
        id="T-NOVALUE",
        name="No value",
        kind="T",
        priority=Priority.LOW,
        latching=False,
        action="Look at the patient, then the sensor",
        look=look_no_value,
        words=found_words,
        news=frozenset({*_VALUES_EXPECTED, STATUS_NEWS, LINK_NEWS}),
    ),
    Condition(
        id="T-HRDIFF",
        name="Pulse and ECG differ",
        kind="T",
        priority=Priority.LOW,
        latching=False,
        action="Feel the pulse",
        look=look_rates,
        words=_rates_words,
        news=frozenset({Vital.HEART_RATE, Vital.PULSE_RATE}),
        vitals=(Vital.HEART_RATE, Vital.PULSE_RATE),
    ),
)
