"""Whether a driver lives through silence, cut links and repeats."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec.structs import replace

from vitalwatch.conform.checks.found import Exempt, Found, samples_of
from vitalwatch.conform.play import START_S, Play, difference, has_cuff, payload, said, values, without_cuff
from vitalwatch.conform.subject import Subject
from vitalwatch.driver import Due, Message, Received, Sample
from vitalwatch.model import Observation

SILENCE_S: Final = 600.0
SHORTEST_POLL_S: Final = 0.02
"""A driver that wants to send more often than this would keep a slow line busy with nothing else."""


def silence(subject: Subject) -> Found:
    """Ten minutes without a byte: nothing is reported, ``due`` goes forward, and afterwards values are read again."""
    faults: list[str] = []
    polls = 0
    for sample in samples_of(subject):
        play = Play(subject, sample)
        play.all(sample.frames)
        if subject.driver.info.takes == "stream" and play.receive(b""):
            faults.append(f"{sample.name}: reports something though nothing came")
        calls, wrong = _ask_due(play)
        polls += calls
        if wrong:
            faults.append(wrong)
            break
        for _ in range(2):  # a protocol may need a frame to find its place again
            again = play.all(sample.frames)
        if wrong := difference(values(Play(subject, sample).all(sample.frames)), values(again)):
            faults.append(f"{sample.name} after {SILENCE_S:g} s of silence: {wrong}")
    return Found(f"due asked {polls} times in {SILENCE_S:g} s" if polls else "never sends", faults)


def reconnect(subject: Subject) -> Found:
    """After a link was cut inside a frame, the next connection is read as from the start; counts are kept.

    Statuses that still hold are told again. Two halves of a frame on two connections are not one frame.
    """
    faults: list[str] = []
    tried = 0
    for sample in samples_of(subject):
        expected = said(without_cuff(Play(subject, sample).all(sample.frames)))
        for came in _before_the_cut(sample):
            tried += 1
            play = Play(subject, sample)
            play.all(came)
            before = replace(play.driver.counts)
            play.driver.reset()
            where = f"{sample.name}, link cut after {sum(len(payload(data)) for data in came)} bytes"
            if any(getattr(play.driver.counts, name) < getattr(before, name) for name in before.__struct_fields__):
                faults.append(f"{where}: reset takes counts back")
            if wrong := difference(expected, said(without_cuff(play.all(sample.frames)))):
                faults.append(f"{where}: {wrong}")
        faults += _joined_halves(subject, sample)
    return Found(f"{tried} cut links", faults)


def cuff_once(subject: Subject) -> Found:
    """A cuff reading that is sent again, also on another connection, is no second reading."""
    faults: list[str] = []
    shown = [sample for sample in samples_of(subject) if has_cuff(sample)]
    if not shown:
        raise Exempt("gives no cuff readings")
    for sample in shown:
        play = Play(subject, sample)
        play.all(sample.frames)
        faults += _second_readings(play, sample, "sent again")
        play.driver.reset()
        faults += _second_readings(play, sample, "sent again on another connection")
    return Found(f"{len(shown)} samples with readings sent three times", faults)


def _second_readings(play: Play, sample: Sample, how: str) -> list[str]:
    again = [r for r in play.all(sample.frames) if isinstance(r, Observation) and r.episodic]
    return [f"{sample.name}, {how}: {again[0].vital} is reported as a new reading"] if again else []


def _ask_due(play: Play) -> tuple[int, str]:
    """Ask ``due`` as the service does, through the silence; how often, and what was wrong."""
    calls = 0
    while True:
        due = play.driver.due(play.now)
        if not isinstance(due, Due) or not all(isinstance(data, bytes) and data for data in due.send):
            return calls, "due gives something else than a Due with bytes to send"
        if due.next_at is None:
            play.now = START_S + SILENCE_S
            return calls, ""
        calls += 1
        if due.next_at - play.now < SHORTEST_POLL_S:
            return calls, f"due wants to be asked again after {due.next_at - play.now:g} s"
        play.now = due.next_at
        if play.now >= START_S + SILENCE_S:
            return calls, ""


def _joined_halves(subject: Subject, sample: Sample) -> list[str]:
    faults = []
    for frame in sample.frames:
        if isinstance(frame, Message):
            continue
        play = Play(subject, sample)
        play.receive(frame[: len(frame) // 2])
        play.driver.reset()
        if told := values(play.receive(frame[len(frame) // 2 :])):
            faults.append(f'{sample.name}: half a frame and, on another connection, its rest give "{told[0]}"')
    return faults


def _before_the_cut(sample: Sample) -> Iterator[list[Received]]:
    """What may have come when a link was cut: of each frame of a stream none, one byte, half, or all but one byte.

    Of messages all: the first of them coming right after itself may well be a copy that the broker sent twice.
    """
    for place, frame in enumerate(sample.frames):
        if isinstance(frame, Message):
            yield list(sample.frames)
            return
        size = len(frame)
        for kept in sorted({0, 1, size // 2, size - 1}):
            yield [*sample.frames[:place], frame[:kept]]
