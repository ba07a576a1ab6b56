"""Playing frames to a driver, and putting what it says into the short words of a sample."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from vitalwatch.conform.subject import Subject, options_of
from vitalwatch.driver import Received, Sample
from vitalwatch.model import CATALOGUE, DeviceStatus, Mode, Observation, Report, Waveform

DEVICE: Final = "conform-1"
START_S: Final = 1000.0
"""Monotonic seconds at which every play begins: never 0, so that a driver that makes up a time is seen."""


class Fault(Exception):  # noqa: N818 - says what it is, like the words of the report
    """The driver broke a rule; the text says which and on what."""


class Play:
    """One driver, new, and what is played to it.

    Args:
        subject: whose driver.
        sample: whose options it gets; without one it gets the defaults.
    """

    def __init__(self, subject: Subject, sample: Sample | None = None) -> None:
        self.driver = subject.driver(DEVICE, options_of(subject.driver, sample.options if sample else {}))
        self.now = START_S
        self.driver.due(self.now)

    def receive(self, data: Received) -> list[Report]:
        """Give the driver a chunk or message.

        Raises:
            Fault: if it raises, which no driver may.
        """
        try:
            return self.driver.receive(data, self.now)
        except Exception as error:  # the rule is: none at all
            raise Fault(f"receive raised {type(error).__name__} ({error}) on {excerpt(data)}") from error

    def all(self, frames: Iterable[Received], *, step_s: float = 0.0) -> list[Report]:
        """Give the driver several, each ``step_s`` after the one before, and collect what it says."""
        reports: list[Report] = []
        for frame in frames:
            reports += self.receive(frame)
            self.now += step_s
        return reports


def words(report: Report) -> str:
    """A report in the words of a sample: what is said, without device, arrival, device time and detail."""
    if isinstance(report, DeviceStatus):
        return f"{'+' if report.active else '-'}{report.status}"
    if isinstance(report, Waveform):
        samples = " ".join("none" if sample is None else f"{sample:g}" for sample in report.samples)
        return f"{report.signal} {report.rate_hz:g} Hz {samples}"
    value = "none" if report.value is None else f"{report.value:g}"
    mode = "" if report.mode is Mode.REAL else f" {report.mode}"
    age = f" {report.reading_age_s:g} s old" if report.reading_age_s else ""
    return f"{report.vital} {value} {report.validity}{mode}{age}"


def said(reports: Iterable[Report]) -> list[str]:
    """Reports in words. Blocks of a curve are joined and come last: how long a block is, the driver may choose."""
    lines: list[str] = []
    curves: dict[tuple[str, float], tuple[float | None, ...]] = {}
    for report in reports:
        if isinstance(report, Waveform):
            curve = (report.signal, report.rate_hz)
            curves[curve] = curves.get(curve, ()) + report.samples
        else:
            lines.append(words(report))
    return lines + [words(Waveform(DEVICE, *curve, samples, 0.0)) for curve, samples in curves.items()]


def without_cuff(reports: Iterable[Report]) -> list[Report]:
    """Reports but for cuff readings, which are told once."""
    return [report for report in reports if not (isinstance(report, Observation) and report.episodic)]


def values(reports: Iterable[Report]) -> list[str]:
    """Only the observations of streams, in words."""
    return [words(report) for report in without_cuff(reports) if isinstance(report, Observation)]


def has_cuff(sample: Sample) -> bool:
    """Whether a sample holds a cuff reading."""
    episodic = {str(vital) for vital, info in CATALOGUE.items() if info.episodic}
    return any(line.split()[0] in episodic for line in sample.expect)


def difference(expected: list[str], got: list[str]) -> str:
    """The first place where what was said is not what was expected; empty when all is as expected."""
    for place in range(max(len(expected), len(got))):
        wanted = expected[place] if place < len(expected) else "nothing more"
        found = got[place] if place < len(got) else "nothing more"
        if wanted != found:
            return f'report {place + 1}: expected "{wanted}", got "{found}"'
    return ""


def payload(data: Received) -> bytes:
    """The bytes of a chunk or message."""
    return data if isinstance(data, bytes) else data.payload


def excerpt(data: Received) -> str:
    """The first bytes, to be shown."""
    raw = payload(data)
    return f"{raw[:24]!r}{'...' if len(raw) > 24 else ''} ({len(raw)} bytes)"
