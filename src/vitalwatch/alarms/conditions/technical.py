"""When the watching itself is at fault: probe, values, silence, link, overdue pressure.

These keep silence honest: whatever stops a value from being judged becomes an alarm of its own, within seconds. Which
one speaks follows from what is known: link lost, else monitor silent, else the device's own reason, else "no value".
"""

from __future__ import annotations

from typing import Final

from vitalwatch.alarms.chair import NO_VALUE_REASONS, Chair, Device
from vitalwatch.alarms.conditions.base import CUFF_NEWS, HEARD_NEWS, LINK_NEWS, STATUS_NEWS, Condition
from vitalwatch.alarms.track import CLEAR, PRESENT, UNKNOWN, Finding, Side, Track
from vitalwatch.alarms.transition import Priority
from vitalwatch.alarms.words import span
from vitalwatch.model import CATALOGUE, Status, Vital

PROBE_DELAY_S: Final = 10.0
NO_VALUE_DELAY_S: Final = 10.0
LINK_DELAY_S: Final = 5.0

_PROBE_WORDS: Final = {
    Status.SENSOR_OFF: "sensor off",
    Status.NO_SENSOR: "sensor disconnected",
    Status.SENSOR_FAULT: "sensor fault",
}
_PROBE: Final = frozenset(_PROBE_WORDS)

_NO_VALUE_WATCHED: Final = (Vital.SPO2, Vital.HEART_RATE, Vital.PULSE_RATE, Vital.RESPIRATION_RATE)


def _while_infusing(chair: Chair) -> Priority:
    return Priority.MEDIUM if chair.infusing else Priority.LOW


def look_probe(chair: Chair, now: float) -> Finding:
    """Beyond while every oximeter of the chair that can be heard says that its sensor is off, out or broken."""
    oximeters = [device for device in chair.giving(Vital.SPO2) if device.speaking(now)]
    if not oximeters:
        return UNKNOWN
    for device in oximeters:
        if not device.has_any(_PROBE):
            return Finding(Side.CLEAR, until=_speaks_until(device))
    cause = next(words for status, words in _PROBE_WORDS.items() if status in oximeters[0].statuses)
    until = _speaks_until(oximeters[0])
    return Finding(
        Side.BEYOND,
        delay_s=PROBE_DELAY_S,
        priority=_while_infusing(chair),
        until=until,
        text="SpO2 probe off",
        note=cause,
    )


def _speaks_until(device: Device) -> float | None:
    return None if device.heard_at is None else device.heard_at + device.spec.silent_after_s


def look_no_value(chair: Chair, now: float) -> Finding:
    """Beyond while a vital that was there is missing, the monitor is heard, and nothing says why."""
    missing: list[str] = []
    known = False
    until: float | None = None
    for vital in _NO_VALUE_WATCHED:
        sample = chair.newest(vital, now)
        if sample is None or sample.last_at is None:
            continue
        if sample.speaks(now):
            known = True
            until = sample.until if until is None else min(until, sample.until)
            continue
        speaking = [device for device in chair.giving(vital) if device.speaking(now)]
        if not speaking:
            continue
        known = True
        end = min(device.heard_at or now for device in speaking) + min(d.spec.silent_after_s for d in speaking)
        until = end if until is None else min(until, end)
        explained = any(device.has_any(NO_VALUE_REASONS) for device in speaking)
        held = vital in (Vital.SPO2, Vital.PULSE_RATE) and chair.cuff_hold_ends(now) is not None
        if not explained and not held:
            missing.append(CATALOGUE[vital].label)
    if until is not None and until <= now:
        until = None
    if missing:
        return Finding(
            Side.BEYOND,
            delay_s=NO_VALUE_DELAY_S,
            priority=_while_infusing(chair),
            until=until,
            text=f"{', '.join(missing)} no value",
        )
    return Finding(Side.CLEAR if known else Side.UNKNOWN, until=until)


def look_silent(chair: Chair, now: float) -> Finding:
    """Beyond when a device whose link is open has sent no whole frame for three of its periods, at least 10 s."""
    until: float | None = None
    for device in chair.devices.values():
        if device.up is not True or device.heard_at is None:
            continue
        silent_at = device.heard_at + device.spec.silent_after_s
        if now >= silent_at:
            return Finding(Side.BEYOND, text="No data from monitor", note=device.spec.id)
        until = silent_at if until is None else min(until, silent_at)
    return UNKNOWN if until is None else Finding(Side.CLEAR, until=until)


def look_link(chair: Chair, now: float) -> Finding:
    """Beyond while the link to any device is lost; of high priority when a patient alarm was there."""
    lost = [device for device in chair.devices.values() if device.up is False]
    if lost:
        patient_alarm = any(
            track.state in PRESENT and not name.startswith("T-") for name, track in chair.tracks.items()
        )
        return Finding(
            Side.BEYOND,
            delay_s=LINK_DELAY_S,
            priority=Priority.HIGH if patient_alarm else None,
            text="Monitor link lost",
            note="; ".join(f"{device.spec.id}: {device.reason}" for device in lost),
        )
    return CLEAR if all(device.up for device in chair.devices.values()) else UNKNOWN


def _cuff_due_at(chair: Chair) -> float:
    """When the next cuff reading is expected: an interval after the last, or after watching began."""
    return _cuff_counts_from(chair) + chair.nibp_interval_s


def _cuff_counts_from(chair: Chair) -> float:
    measured_at = chair.cuff_measured_at
    return chair.state_since if measured_at is None else max(chair.state_since, measured_at)


def look_overdue(chair: Chair, now: float) -> Finding:
    """Beyond when no valid cuff reading came for the interval and a half, at least the interval and 2 minutes."""
    if not any(device.spec.gives_cuff for device in chair.devices.values()):
        return UNKNOWN
    late_at = _cuff_counts_from(chair) + chair.cuff_late_s
    if now < late_at:
        return Finding(Side.CLEAR, until=late_at)
    return Finding(Side.BEYOND, priority=_while_infusing(chair))


def _found_words(chair: Chair, track: Track, now: float) -> tuple[str, str]:
    finding = track.finding
    if finding.side is Side.BEYOND:
        return finding.text, finding.note
    return track.text, track.note


def _overdue_words(chair: Chair, track: Track, now: float) -> tuple[str, str]:
    return f"BP overdue {max(0, int((now - _cuff_due_at(chair)) // 60))} min", ""


def _silent_words(chair: Chair, track: Track, now: float) -> tuple[str, str]:
    """``No data from monitor``, with the device and for how long."""
    text, note = _found_words(chair, track, now)
    device = chair.devices.get(note)
    if device is None or device.heard_at is None:
        return text, note
    return text, f"{note}: {span(now - device.heard_at)}"


TECHNICAL: Final = (
    Condition(
        id="T-PROBE",
        name="SpO2 probe off",
        kind="T",
        priority=Priority.LOW,
        latching=False,
        action="Refit the probe",
        look=look_probe,
        words=_found_words,
        news=frozenset({STATUS_NEWS, LINK_NEWS}),
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
        words=_found_words,
        news=frozenset({*_NO_VALUE_WATCHED, STATUS_NEWS, LINK_NEWS}),
    ),
    Condition(
        id="T-NIBP-LATE",
        name="BP overdue",
        kind="T",
        priority=Priority.LOW,
        latching=False,
        action="Measure the pressure",
        look=look_overdue,
        words=_overdue_words,
        news=frozenset({CUFF_NEWS}),
        vitals=(Vital.SYSTOLIC, Vital.DIASTOLIC),
    ),
    Condition(
        id="T-SILENT",
        name="No data from monitor",
        kind="T",
        priority=Priority.MEDIUM,
        latching=False,
        action="Check cable and monitor",
        look=look_silent,
        words=_silent_words,
        news=frozenset({LINK_NEWS, HEARD_NEWS}),
    ),
    Condition(
        id="T-LINK",
        name="Monitor link lost",
        kind="T",
        priority=Priority.MEDIUM,
        latching=True,
        action="Go to the chair, watch the bedside monitor",
        look=look_link,
        words=_found_words,
        news=frozenset({LINK_NEWS}),
    ),
)
