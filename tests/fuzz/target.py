"""What a driver is given while it is fuzzed, and what has to hold of it whatever that is.

An input is: a byte that chooses one of the driver's conformance samples (its options and topics), a byte that chooses
how the rest is cut, and what the device sends. So one input reaches every setting, and mutations stay small.
"""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator

import msgspec

from vitalwatch.conform.play import DEVICE, START_S, Play, said
from vitalwatch.conform.subject import Subject, find_subject
from vitalwatch.driver import Command, CommandedDriver, Driver, Message, Received, Sample
from vitalwatch.errors import UsageError
from vitalwatch.model import Observation, Report

STEP_S = 0.25
"""Between two chunks."""

MESSAGE_END = b"\xff\x00\xff"
"""Divides an input into messages, for drivers that take those; the byte after it chooses the topic."""


class Broken(AssertionError):  # noqa: N818 - says what it is
    """A driver broke a promise of its contract."""


class Target:
    """One driver under fuzzing.

    Args:
        name: its entry-point name.
    """

    def __init__(self, name: str) -> None:
        self.subject: Subject = find_subject(name)
        assert self.subject.conformance, f"{name} has no samples: {self.subject.missing}"
        self.samples = self.subject.conformance.samples
        self._starts = self._command_bytes()

    def seeds(self) -> Iterator[bytes]:
        """Inputs that are the driver's own samples: where fuzzing begins."""
        for place, sample in enumerate(self.samples[:256]):
            frames = b""
            for frame in sample.frames:
                if isinstance(frame, Message):
                    topic = self._topics(sample).index((frame.topic, frame.retained))
                    frames += bytes([topic % 256]) + frame.payload + MESSAGE_END
                else:
                    frames += frame
            yield bytes([place, 0]) + frames

    def one(self, data: bytes) -> None:
        """Play one input.

        Raises:
            Broken: if the driver broke a promise. Anything else that is raised, it raised itself.
        """
        if len(data) < 3:
            return
        sample = self.samples[data[0] % len(self.samples)]
        if self.subject.driver.info.takes == "messages":
            self._play(sample, list(self._messages(sample, data[2:])))
            return
        whole = self._play(sample, [data[2:]], step_s=0.0)
        cut = self._play(sample, list(_cut(data[2:], data[1])), step_s=0.0)
        if said(whole) != said(cut):
            raise Broken(f"cut otherwise it says otherwise: {said(whole)} and {said(cut)}")
        self._play(sample, list(_cut(data[2:], data[1])), step_s=STEP_S)

    def _play(self, sample: Sample, chunks: list[Received], *, step_s: float = STEP_S) -> list[Report]:
        play = Play(self.subject, sample)
        driver, now, reports = play.driver, START_S, []
        counts = msgspec.structs.replace(driver.counts)
        heard = 0
        for chunk in chunks:
            raw = chunk if isinstance(chunk, bytes) else chunk.payload
            heard += len(raw)
            told = driver.receive(chunk, now)
            for report in told:
                if (report.device, report.at) != (DEVICE, now):
                    raise Broken(f"a report of another device or time: {report}")
                if isinstance(report, Observation) and report.reading_age_s < 0:
                    raise Broken(f"a reading from the future: {report}")
            reports += told
            self._check_due(driver, now)
            if not isinstance(driver.redact(raw), bytes):
                raise Broken("redact gave no bytes")
            if any(getattr(driver.counts, name) < getattr(counts, name) for name in counts.__struct_fields__):
                raise Broken(f"counts went back: {counts} then {driver.counts}")
            counts = msgspec.structs.replace(driver.counts)
            now += step_s
        if counts.dropped_bytes > heard:
            raise Broken(f"{counts.dropped_bytes} bytes dropped of {heard}")
        driver.reset()
        self._check_due(driver, now)
        return reports

    def _check_due(self, driver: Driver, now: float) -> None:
        due = driver.due(now)
        if due.next_at is not None and due.next_at < now:
            raise Broken(f"due in the past: {due.next_at} at {now}")
        if started := self._starts.intersection(due.send):
            raise Broken(f"it has the device do something that nobody asked for: {started}")

    def _command_bytes(self) -> frozenset[bytes]:
        """What is sent for a command and not without one."""
        with_command, without = self._sends(command=True), self._sends(command=False)
        return frozenset(with_command - without)

    def _sends(self, *, command: bool) -> set[bytes]:
        sends: set[bytes] = set()
        for sample in self.samples:
            driver = Play(self.subject, sample).driver
            if command and isinstance(driver, CommandedDriver):
                for each in driver.info.commands:
                    with contextlib.suppress(UsageError):  # as this sample sets it up, it cannot
                        driver.command(Command(each), START_S)
            sends.update(driver.due(START_S).send)
        return sends

    def _topics(self, sample: Sample) -> list[tuple[str, bool]]:
        return list(dict.fromkeys((f.topic, f.retained) for f in sample.frames if isinstance(f, Message)))

    def _messages(self, sample: Sample, data: bytes) -> Iterator[Message]:
        topics = self._topics(sample)
        for part in data.split(MESSAGE_END):
            if part:
                topic, retained = topics[part[0] % len(topics)]
                yield Message(part[1:], topic, retained)


def _cut(data: bytes, how: int) -> Iterator[bytes]:
    """Cut a stream into chunks of up to ``how`` bytes."""
    chance = random.Random(how)
    start = 0
    while start < len(data):
        end = start + chance.randint(1, max(1, how))
        yield data[start:end]
        start = end
