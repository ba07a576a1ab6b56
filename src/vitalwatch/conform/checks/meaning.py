"""Whether a driver says of known frames what they mean, and says it in due form."""

from __future__ import annotations

import math

from vitalwatch.conform.checks.found import Exempt, Found, samples_of
from vitalwatch.conform.play import DEVICE, Play, difference, said, words
from vitalwatch.conform.subject import Subject
from vitalwatch.driver import Sample
from vitalwatch.model import CATALOGUE, USABLE, DeviceStatus, Observation, Report, Vital, Waveform, plausible


def golden(subject: Subject) -> Found:
    """Each sample's frames give exactly the reports that it names, all of them are counted and none is bad."""
    faults: list[str] = []
    frames = 0
    for sample in samples_of(subject):
        play = Play(subject, sample)
        got = said(play.all(sample.frames, step_s=play.driver.period_s))
        frames += len(sample.frames)
        if wrong := difference(list(sample.expect), got):
            faults.append(f"{sample.name}: {wrong}")
        counts = play.driver.counts
        if counts.bad_frames or counts.dropped_bytes:
            faults.append(f"{sample.name}: counts {counts.bad_frames} bad frames and {counts.dropped_bytes} bytes")
        if not counts.frames and not counts.retained:
            faults.append(f"{sample.name}: counts no frame")
        if not sample.source:
            faults.append(f"{sample.name}: does not say where it comes from")
    return Found(f"{frames} frames in {len(samples_of(subject))} samples", faults)


def coverage(subject: Subject) -> Found:
    """Between them the samples show every vital with a value."""
    shown = {line.split()[0] for sample in samples_of(subject) for line in sample.expect if " none " not in line}
    missing = [vital for vital in subject.driver.info.vitals if vital not in shown]
    faults = [f"no sample shows {vital} with a value" for vital in missing]
    return Found(f"{len(subject.driver.info.vitals) - len(missing)} vitals", faults)


def special_values(subject: Subject) -> Found:
    """What is no measurement never becomes a number, not even right after good frames of the same device.

    Every streamed vital has a sample in which it is ``none`` (a sentinel, dashes, a zero while searching, an old number
    beside "sensor off"). After any other sample, such a sample still gives no number.
    """
    samples = samples_of(subject)
    streams = [vital for vital in subject.driver.info.vitals if not CATALOGUE[vital].episodic]
    if not streams:
        raise Exempt("gives cuff readings only")
    faults: list[str] = []
    tried = 0
    for vital in streams:
        silent = [sample for sample in samples if _only_none(sample, vital)]
        if not silent:
            faults.append(f"no sample shows {vital} as none in every frame")
        for sample in silent:
            for before in samples:
                if before.options != sample.options:
                    continue
                play = Play(subject, sample)
                play.all(before.frames)
                tried += 1
                told = [r for r in play.all(sample.frames) if isinstance(r, Observation) and r.vital is vital]
                faults += [f'{sample.name} after "{before.name}": {words(r)}' for r in told if r.value is not None]
    return Found(f"{tried} samples without a value played after others", faults)


def well_formed(subject: Subject) -> Found:
    """Every report carries the device's id and the arrival, and is of a kind that the driver names."""
    faults: list[str] = []
    seen = 0
    for sample in samples_of(subject):
        play = Play(subject, sample)
        for frame in sample.frames:
            reports = play.receive(frame)
            seen += len(reports)
            faults += [f"{sample.name}: {wrong}" for r in reports for wrong in _wrong_with(r, play)]
            play.now += 1.0
    return Found(f"{seen} reports", faults)


def statuses_first(subject: Subject) -> Found:
    """The statuses of a frame come before its observations, so that no value is judged before its flaw is known."""
    faults: list[str] = []
    statuses = 0
    for sample in samples_of(subject):
        play = Play(subject, sample)
        for frame in sample.frames:
            reports = play.receive(frame)
            kinds = [isinstance(report, DeviceStatus) for report in reports if not isinstance(report, Waveform)]
            statuses += sum(kinds)
            if kinds != sorted(kinds, reverse=True):
                faults.append(f"{sample.name}: an observation comes before a status of its frame")
    if not statuses:
        raise Exempt("no sample holds a status")
    return Found(f"{statuses} statuses", faults)


def _only_none(sample: Sample, vital: Vital) -> bool:
    lines = [line for line in sample.expect if line.split()[0] == vital]
    return bool(lines) and all(line.split()[1] == "none" for line in lines)


def _wrong_with(report: Report, play: Play) -> list[str]:
    faults = []
    if report.device != DEVICE:
        faults.append(f'says device "{report.device}" and not "{DEVICE}"')
    if report.at != play.now:
        faults.append(f"carries the time {report.at} and not the arrival {play.now}")
    if isinstance(report, Observation):
        faults += _wrong_value(report, play)
    elif isinstance(report, DeviceStatus):
        if not report.status or report.status != report.status.lower() or " " in report.status:
            faults.append(f'"{report.status}" is no name of a status: lower case, words joined by _')
    elif not (report.rate_hz > 0 and report.samples and report.signal):
        faults.append("a curve without a name, a rate or samples")
    return faults


def _wrong_value(report: Observation, play: Play) -> list[str]:
    faults = []
    if report.vital not in play.driver.vitals:
        faults.append(f"{report.vital} is not among the driver's vitals")
    if (report.value is not None) != (report.validity in USABLE):
        faults.append(f"{report.vital} {report.value} cannot be {report.validity}")
    if report.value is not None and not plausible(report.vital, report.value):
        faults.append(f"{report.vital} {report.value} is outside its plausible range")
    if not 0 <= report.reading_age_s < math.inf:
        faults.append(f"{report.vital} cannot be {report.reading_age_s} s old")
    return faults
