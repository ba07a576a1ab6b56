"""When a value is missing or doubtful: probe off, no value, doubtful signal, pulse lost, no breathing, two rates.

Whatever keeps a value from being judged becomes an alarm of its own. Which one speaks follows from what the device
says: its sensor is off, else it has lost the pulse, else it is searching or disturbed, else nothing explains it.
"""

from __future__ import annotations

from typing import Final

from vitalwatch.alarms.chair import NO_PLETH_REASONS, NOT_ON_PATIENT, PLETH_VITALS, Chair
from vitalwatch.alarms.conditions.base import HEARD_NEWS, LINK_NEWS, STATUS_NEWS, Condition, found_words
from vitalwatch.alarms.facts import Device
from vitalwatch.alarms.track import UNKNOWN, Finding, Side, Track
from vitalwatch.alarms.transition import Priority
from vitalwatch.alarms.words import number
from vitalwatch.model import CATALOGUE, Mode, Status, Validity, Vital

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
_VALUES_EXPECTED: Final = (Vital.SPO2, Vital.HEART_RATE, Vital.PULSE_RATE, Vital.RESPIRATION_RATE, Vital.ETCO2)


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
    """Beyond while the sensor is on and SpO2 is searching, disturbed, only questionable, or never comes."""
    held = chair.cuff_hold_ends(now)
    if held is not None:
        return Finding(Side.UNKNOWN, until=held)
    oximeters = _oximeters(chair, now)
    if not oximeters:  # nor one that says anything of its sensor: is there one that sends frames without any value?
        oximeters = [device for device in chair.giving(Vital.SPO2) if device.speaking(now) and _sends_no_value(device)]
        if not oximeters or any(Vital.SPO2 in device.samples for device in chair.devices.values()):
            return UNKNOWN
    until = _heard_until(oximeters)
    sample = chair.newest(Vital.SPO2, now)
    if sample is not None and sample.speaks(now):
        until = min(until, sample.until)
        doubtful = sample.validity is Validity.QUESTIONABLE
    else:
        on = [device for device in oximeters if not device.has_any(_PROBE)]
        never = all(_last_at(device, Vital.SPO2) is None for device in oximeters) and not _off_patient(oximeters)
        doubtful = any(never or device.has_any(_DOUBT) for device in on)
    if not doubtful:
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


def _sends_no_value(device: Device) -> bool:
    """Whether frames have come since the link opened, and never a value or none in any of them."""
    return not device.samples and device.heard_at is not None and device.heard_at > device.changed_at


def _last_at(device: Device, vital: Vital) -> float | None:
    """When a device last gave a value of a vital; ``None`` if it never did."""
    sample = device.samples.get(vital)
    return None if sample is None else sample.last_at


def _off_patient(devices: list[Device]) -> list[str]:
    """Which of these devices say that they show no patient's values: standby or demo."""
    return [
        device.spec.id
        for device in devices
        if device.has_any(NOT_ON_PATIENT) or any(sample.mode is not Mode.REAL for sample in device.samples.values())
    ]


def look_no_value(chair: Chair, now: float) -> Finding:
    """Beyond while a vital that was there is missing and its monitor, which is heard, does not say why.

    A monitor that is on standby or shows a demo at a watched chair counts as one that gives nothing.
    """
    heard = [device for device in chair.devices.values() if device.speaking(now)]
    if not heard:
        return UNKNOWN
    until = _heard_until(heard)
    held = chair.cuff_hold_ends(now)
    missing: list[str] = []
    unsure = False
    for vital in _VALUES_EXPECTED:
        sample = chair.newest(vital, now)
        if sample is not None and sample.speaks(now):
            until = min(until, sample.until)
        elif vital in PLETH_VITALS and held is not None:
            unsure = True
        elif any(_last_at(d, vital) is not None and not _says_why(d, vital, now) for d in heard):
            missing.append(CATALOGUE[vital].label)
    off = _off_patient(heard)
    if missing or off:
        return Finding(
            Side.BEYOND,
            delay_s=NO_VALUE_DELAY_S,
            priority=while_infusing(chair),
            causes=(*missing, *off),
            until=until,
            text=f"{', '.join(missing)} no value" if missing else "Monitor shows no patient",
            note=f"standby or demo: {', '.join(off)}" if off else "",
        )
    return Finding(Side.UNKNOWN, until=held) if unsure else Finding(Side.CLEAR, until=until)


def _says_why(device: Device, vital: Vital, now: float) -> bool:
    """Whether a device itself says why it gives no value of a vital; or, for breathing, APNEA tells of it."""
    if vital is Vital.RESPIRATION_RATE:
        return _breathing_line_on(device, now)
    return vital in PLETH_VITALS and device.has_any(NO_PLETH_REASONS)


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


def _breathing_line_on(device: Device, now: float) -> bool:
    """Whether a device that gave breathing is heard and its leads or gas line are known to be on the patient.

    Breathing comes through the ECG leads or the CO2 line: it is known that they are on while the heart rate or the
    CO2 of the same device is there.
    """
    if Vital.RESPIRATION_RATE not in device.samples or not device.speaking(now):
        return False
    witnesses = (device.samples.get(Vital.HEART_RATE), device.samples.get(Vital.ETCO2))
    return any(witness is not None and witness.speaks(now) for witness in witnesses)


def look_apnea(chair: Chair, now: float) -> Finding:
    """Beyond while breathing is 0, or missing though it was there and leads or gas line are known to be on."""
    sample = chair.newest(Vital.RESPIRATION_RATE, now)
    if sample is None or sample.last_at is None:
        return UNKNOWN
    delay_s = chair.profile.delays.apnea
    if sample.speaks(now):
        if sample.value == 0:
            return Finding(Side.BEYOND, 0.0, delay_s=delay_s, until=sample.until, text="No breathing seen")
        return Finding(Side.CLEAR, sample.value, until=sample.until)
    speaking = [d for d in chair.devices.values() if _breathing_line_on(d, now)]
    if not speaking or _off_patient(speaking):
        return UNKNOWN  # T-NOVALUE tells of it
    return Finding(Side.BEYOND, delay_s=delay_s, until=_heard_until(speaking), text="No breathing seen")


def look_rates(chair: Chair, now: float) -> Finding:
    """Beyond while the ECG's heart rate and the oximeter's pulse rate are more than 20 bpm apart."""
    held = chair.cuff_hold_ends(now)
    if held is not None:
        return Finding(Side.UNKNOWN, until=held)
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
        news=frozenset({STATUS_NEWS, LINK_NEWS, HEARD_NEWS}),
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
        news=frozenset({STATUS_NEWS, LINK_NEWS, Vital.RESPIRATION_RATE, Vital.HEART_RATE, Vital.ETCO2}),
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
        news=frozenset({STATUS_NEWS, LINK_NEWS, HEARD_NEWS}),
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
        news=frozenset({STATUS_NEWS, LINK_NEWS, HEARD_NEWS, Vital.SPO2}),
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
