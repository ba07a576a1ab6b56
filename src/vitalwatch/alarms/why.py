"""Why a condition alarms, or does not: the facts as data, and one sentence for people. On request; decides nothing."""

from __future__ import annotations

import msgspec

from vitalwatch.alarms.chair import Chair
from vitalwatch.alarms.conditions import CATALOGUE, Condition
from vitalwatch.alarms.facts import Baseline
from vitalwatch.alarms.track import PRESENT, Finding, Side, Track
from vitalwatch.alarms.transition import Priority, State
from vitalwatch.alarms.words import number, span
from vitalwatch.errors import UsageError
from vitalwatch.model import CATALOGUE as VITALS
from vitalwatch.model import CUFF_VITALS, Mode, Validity, Vital


class Evidence(msgspec.Struct, frozen=True):
    """One value that the rule looks at, or its absence.

    Attributes:
        vital: which.
        device: whose.
        value: in the vital's unit; ``None`` when there is none now.
        validity: its quality.
        mode: real, test or demo; only real values are judged.
        age_s: since it arrived, or was measured.
        speaks: whether it holds at this moment and is judged.
    """

    vital: Vital
    device: str
    value: float | None
    validity: Validity
    mode: Mode
    age_s: float
    speaks: bool


class Explanation(msgspec.Struct, frozen=True):
    """Why a condition is as it is.

    Attributes:
        chair: chair id; empty for the clinic.
        condition: catalogue id.
        state: its state.
        priority: of the alarm if there is one, else the catalogue's.
        sentence: all of it for people.
        evidence: the values that it looks at.
        side: where the rule sees its input.
        value: what it judged.
        limit: the limit in force.
        limit_source: file and line, or the person who changed it.
        delay_s: the delay that the newest finding asks for.
        clock_s: what the delay clock shows.
        points: the SpO2 integral, where the profile uses it.
        baseline: this patient's baseline, where one was taken.
        held_back: what holds the condition back from starting, in plain words.
        statuses: device states that hold, ``device: status``.
    """

    chair: str
    condition: str
    state: State
    priority: Priority
    sentence: str
    evidence: list[Evidence]
    side: Side
    value: float | None
    limit: float | None
    limit_source: str
    delay_s: float
    clock_s: float
    points: float | None
    baseline: Baseline | None
    held_back: list[str]
    statuses: list[str]


def explain(chair: Chair, condition_id: str, now: float) -> Explanation:
    """Explain one condition of a chair at ``now``.

    Raises:
        UsageError: if the chair has no such condition.
    """
    condition = CATALOGUE.get(condition_id)
    if condition is None or condition_id not in chair.tracks:
        raise UsageError(f'there is no condition "{condition_id}" here')
    track = chair.tracks[condition_id]
    finding = condition.look(chair, now)
    evidence = [seen for vital in condition.vitals for seen in _evidence(chair, vital, now)]
    held_back = _held_back(chair, condition, now)
    clock_s = _clock(track, now)
    statuses = [f"{d.spec.id}: {status}" for d in chair.devices.values() for status in d.statuses]
    source = chair.profile.source(finding.limit_key) if finding.limit_key else ""
    return Explanation(
        chair=chair.id,
        condition=condition_id,
        state=track.state,
        priority=condition.priority if track.state is State.IDLE else track.priority,
        sentence=_sentence(chair, condition, track, finding, evidence, held_back, statuses, source, clock_s, now),
        evidence=evidence,
        side=finding.side,
        value=finding.value,
        limit=finding.limit,
        limit_source=source,
        delay_s=finding.delay_s,
        clock_s=clock_s,
        points=round(chair.sat.count(now), 3) if chair.profile.options.sat_seconds else None,
        baseline=chair.baseline,
        held_back=held_back,
        statuses=statuses,
    )


def _evidence(chair: Chair, vital: Vital, now: float) -> list[Evidence]:
    if vital in CUFF_VITALS:
        reading = chair.cuff_newest
        if reading is None:
            return []
        value = {
            Vital.SYSTOLIC: reading.systolic,
            Vital.DIASTOLIC: reading.diastolic,
            Vital.MEAN_PRESSURE: reading.mean,
            Vital.CUFF_PULSE_RATE: reading.pulse,
        }[vital]
        validity = Validity.UNAVAILABLE if value is None else Validity.VALID
        judged = bool(chair.cuff) and chair.cuff[-1] == reading
        return [Evidence(vital, reading.device, value, validity, reading.mode, round(now - reading.at, 3), judged)]
    chosen = chair.source(vital, now)
    return [
        Evidence(
            vital,
            device.spec.id,
            sample.value,
            sample.validity,
            sample.mode,
            round(now - sample.at, 3),
            chosen is not None and chosen[0] is device and chosen[1].speaks(now),
        )
        for device in chair.devices.values()
        if (sample := device.samples.get(vital)) is not None
    ]


def _held_back(chair: Chair, condition: Condition, now: float) -> list[str]:
    reasons = []
    if chair.state != "watched":
        reasons.append(f"the chair is {chair.state}")
    held_until = chair.cuff_hold_ends(now)
    if held_until is not None and condition.id.startswith(("SPO2", "PULSE", "HR", "T-LOWSIG", "T-NOVALUE")):
        reasons.append(f"a cuff is inflating on the oximeter's arm, for {held_until - now:.0f} s more at most")
    until = chair.tracks[condition.id].shelved_until
    if until is not None:
        reasons.append(f"shelved by {chair.tracks[condition.id].actor} for {span(until - now)} more")
    return reasons


def _clock(track: Track, now: float) -> float:
    """What the delay clock shows: it runs only while a pending condition's finding is beyond."""
    if track.state is not State.PENDING:
        return 0.0
    running = now - track.found_at if track.finding.side is Side.BEYOND else 0.0
    return round(track.clock + running, 3)


def _sentence(
    chair: Chair,
    condition: Condition,
    track: Track,
    finding: Finding,
    evidence: list[Evidence],
    held_back: list[str],
    statuses: list[str],
    source: str,
    clock_s: float,
    now: float,
) -> str:
    parts = [f"{condition.id} is {track.state}"]
    if track.state in PRESENT or track.state in (State.LATCHED, State.PENDING):
        text, note = condition.words(chair, track, now)
        parts.append(text + (f" ({note})" if note else ""))
    elif finding.side is Side.UNKNOWN:
        parts.append("there is nothing to judge: " + _missing(condition, evidence, statuses))
    elif finding.value is not None and finding.limit is not None:
        parts.append(f"{number(finding.value)} against a limit of {number(finding.limit)}")
    else:
        parts.append("nothing is wrong")
    if source:
        parts.append(f"limit from {source}")
    if track.state is State.PENDING:
        parts.append(f"it has held for {clock_s:.0f} of {finding.delay_s:.0f} s")
    if track.state in PRESENT:
        parts.append(f"since {span(now - track.since)}, after a delay of {track.delay_used:.0f} s")
    if track.state is State.ACKNOWLEDGED:
        parts.append(f"acknowledged by {track.actor}")
    parts += [f"held back: {reason}" for reason in held_back]
    if any(seen.validity is Validity.QUESTIONABLE for seen in evidence):
        parts.append("the value is questionable" + (f" ({', '.join(statuses)})" if statuses else ""))
    return "; ".join(parts) + "."


def _missing(condition: Condition, evidence: list[Evidence], statuses: list[str]) -> str:
    if any(seen.mode is not Mode.REAL for seen in evidence):
        return "the device is in demo or test mode"
    names = ", ".join(VITALS[vital].label for vital in condition.vitals) or "its input"
    why = f" ({', '.join(statuses)})" if statuses else ""
    return f"{names} has no value now{why}"
