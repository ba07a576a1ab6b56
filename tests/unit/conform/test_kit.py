"""The kit passes a good driver, and finds each kind of fault in a bad one."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from vitalwatch.conform import Outcome, Report, Result, Subject, run_checks
from vitalwatch.conform.kit import CHECKS, run_check
from vitalwatch.driver import Conformance, Counts, Due, Sample
from vitalwatch.model import Validity, Vital, observe

Methods = dict[str, Any]


def failed(report: Report) -> set[str]:
    return {result.check for result in report.results if result.outcome is Outcome.FAILED}


def faults(report: Report, check: str) -> str:
    return "\n".join(next(result.faults for result in report.results if result.check == check))


def checked(subject: Subject, name: str) -> tuple[str, ...]:
    """The faults that one check finds."""
    (check,) = (each for each in CHECKS if each.name == name)
    return run_check(check, subject).faults


def with_methods(subject: Subject, **methods: Any) -> Subject:
    """The same driver with some methods done wrong."""
    return replace(subject, driver=type("Bad", (subject.driver,), methods))


def with_samples(subject: Subject, *samples: Sample, exempt: dict[str, str] | None = None) -> Subject:
    return replace(subject, conformance=Conformance(samples=samples, exempt=exempt or {}))


def test_a_good_driver_passes_every_check(acme: Subject) -> None:
    began: list[str] = []
    report = run_checks(acme, began.append)
    assert failed(report) == set()
    assert report.passed
    assert began == [result.check for result in report.results] == [check.name for check in CHECKS]
    assert {result.outcome for result in report.results} == {Outcome.DONE}


# Faults of the driver


def holds_the_last_number(self: Any, spo2: int, pulse: int, flags: int, now: float) -> list[Any]:
    if flags & 1 or not spo2:
        spo2, pulse = getattr(self, "held", (0, 0))
    self.held = (spo2, pulse)
    return list(super(type(self), self).finger(spo2, pulse, 0, now))


def observes_first(self: Any, *arguments: Any) -> list[Any]:
    return list(reversed(super(type(self), self).finger(*arguments)))


def forgets_between_chunks(self: Any, data: bytes, now: float) -> list[Any]:
    reports = super(type(self), self).receive(data, now)
    self.buffer.clear()
    return list(reports)


def reads_half_a_frame(self: Any, data: bytes, now: float) -> list[Any]:
    reports = super(type(self), self).receive(data, now)
    if len(self.buffer) == 2 and self.buffer[0] == 0xFA:
        reports.append(observe(self.device, Vital.SPO2, self.buffer[1] % 90 + 1, now))
    return list(reports)


def reports_out_of_nothing(self: Any, data: bytes, now: float) -> list[Any]:
    reports = super(type(self), self).receive(data, now)
    return [*reports, observe(self.device, Vital.SPO2, None, now)] if not data else list(reports)


def forgets_its_counts(self: Any) -> None:
    super(type(self), self).reset()
    self.counts = Counts()


def keeps_half_a_frame(self: Any) -> None:
    self.statuses.clear()


def keeps_its_statuses(self: Any) -> None:
    self.buffer.clear()


def forgets_the_cuff_reading(self: Any) -> None:
    super(type(self), self).reset()
    self.last_cuff = b""


def raises_on_some_flags(self: Any, frame: bytes, now: float) -> list[Any]:
    if frame[0] == 0xFC and frame[1] > 200:
        raise IndexError(frame[1])
    return list(super(type(self), self).reports(frame, now))


def never_forgets(self: Any, data: bytes, now: float) -> list[Any]:
    self.__dict__.setdefault("all", []).append(bytes(bytearray(data)))
    return list(super(type(self), self).receive(data, now))


def counts_nothing(self: Any, data: bytes, now: float) -> list[Any]:
    reports = super(type(self), self).receive(data, now)
    self.counts = Counts()
    return list(reports)


def takes_its_time(self: Any, data: bytes, now: float) -> list[Any]:
    # Looks through everything once more for each byte, as careless code that finds its place again does.
    for place in range(len(data)):
        bytes(data[place:]).count(b"\xfa\xfb\xfc")
        sum(data[: place % 256])
    return list(super(type(self), self).receive(data, now))


BAD_METHODS: dict[str, tuple[str, Methods]] = {
    "says something else": (
        "golden frames",
        {"finger": lambda self, a, b, c, now: super(type(self), self).finger(a - 1 if a else 0, b, c, now)},
    ),
    "holds the last number without a finger": ("special values", {"finger": holds_the_last_number}),
    "reports under another device's id": (
        "well-formed reports",
        {"finger": lambda self, a, b, c, now: [observe("other", Vital.SPO2, a, now)]},
    ),
    "makes up the time": (
        "well-formed reports",
        {"reports": lambda self, frame, now: super(type(self), self).reports(frame, 0.0)},
    ),
    "reports a vital that it does not give": (
        "well-formed reports",
        {"finger": lambda self, a, b, c, now: [observe(self.device, Vital.ETCO2, a, now, validity=Validity.VALID)]},
    ),
    "tells the value before the status": ("statuses first", {"finger": observes_first}),
    "forgets what came in the chunk before": ("every chunking", {"receive": forgets_between_chunks}),
    "reads half a frame": ("every truncation", {"receive": reads_half_a_frame}),
    "does not look at the checksum": ("bit flips", {"sound": lambda self, frame: True}),
    "keeps half a frame over a cut link": ("reconnect", {"reset": keeps_half_a_frame}),
    "does not tell statuses again after a cut link": ("reconnect", {"reset": keeps_its_statuses}),
    "forgets its counts with the link": ("reconnect", {"reset": forgets_its_counts}),
    "asks without a pause": ("silence", {"due": lambda self, now: Due((b"?",), now)}),
    "sends nothing that can be sent": ("silence", {"due": lambda self, now: Due((b"",), now + 1)}),
    "reports something when nothing came": ("silence", {"receive": reports_out_of_nothing}),
    "takes every repeat for a reading": (
        "cuff readings once",
        {"cuff": lambda self, frame, now: [observe(self.device, Vital.SYSTOLIC, frame[1], now)]},
    ),
    "takes a repeat on another link for a reading": ("cuff readings once", {"reset": forgets_the_cuff_reading}),
    "raises": ("never raises", {"reports": raises_on_some_flags}),
    "raises when it is made": ("golden frames", {"due": lambda self, now: 1 / 0}),
    "keeps everything": ("memory bound", {"receive": never_forgets}),
    "keeps everything in a flood": ("flood", {"receive": never_forgets}),
    "drops bytes without counting them": ("memory bound", {"receive": counts_nothing}),
    "calls itself something else": ("info", {}),
}


@pytest.mark.parametrize("defect", BAD_METHODS)
def test_a_fault_of_the_driver_is_found(acme: Subject, defect: str) -> None:
    check, methods = BAD_METHODS[defect]
    bad = with_methods(acme, **methods) if methods else replace(acme, name="other")
    assert checked(acme, check) == ()
    assert checked(bad, check) != ()


def test_a_driver_that_is_too_slow_for_its_line_is_found(acme: Subject) -> None:
    fast_line = replace(acme.driver.info, settings=(replace(acme.driver.info.settings[0], baud=4_000_000),))
    slow = with_methods(acme, info=fast_line, receive=takes_its_time)
    assert any("times its line" in fault for fault in checked(slow, "flood"))


def test_what_raised_is_told_with_its_place(acme: Subject) -> None:
    (fault,) = checked(with_methods(acme, due=lambda self, now: 1 / 0), "golden frames")
    assert "ZeroDivisionError" in fault
    assert "test_kit.py:" in fault


# Faults of the samples


def sample(acme: Subject, **changes: Any) -> Sample:
    assert acme.conformance is not None
    return replace(acme.conformance.samples[0], **changes)


@pytest.mark.parametrize(
    ("check", "changes"),
    [
        ("golden frames", {"expect": ("spo2 97 valid",)}),
        ("golden frames", {"source": ""}),
        ("golden frames", {"frames": (b"\xfa",), "expect": ()}),
        ("every vital shown", {}),
        ("special values", {}),
        ("bit flips", {"checksum": False}),
    ],
)
def test_samples_that_show_too_little_are_found(acme: Subject, check: str, changes: Methods) -> None:
    assert checked(with_samples(acme, sample(acme, **changes)), check) != ()


def test_without_samples_the_rest_is_still_checked(acme: Subject) -> None:
    report = run_checks(replace(acme, conformance=None, missing="There is no module."))
    assert failed(report) == {check.name for check in CHECKS if check.needs_samples}
    assert faults(report, "golden frames") == "There is no module."


def test_an_exemption_is_shown_with_its_reason(acme: Subject) -> None:
    excused = with_samples(acme, sample(acme), exempt={"bit flips": "no checksum"})
    (check,) = (each for each in CHECKS if each.name == "bit flips")
    assert run_check(check, excused) == Result("bit flips", Outcome.EXEMPT, "no checksum")
    assert checked(excused, "exemptions") == ()


@pytest.mark.parametrize("name", ["golden frames", "never raises", "no such check"])
def test_what_every_driver_can_keep_has_no_exemption(acme: Subject, name: str) -> None:
    (fault,) = checked(with_samples(acme, sample(acme), exempt={name: "too hard"}), "exemptions")
    assert name in fault


# Faults of the package


@pytest.fixture
def copied(acme: Subject, tmp_path: Path) -> Subject:
    """The good driver with its sources in a folder that may be spoiled."""
    assert acme.folder is not None
    folder = tmp_path / "acme_oximeter"
    shutil.copytree(acme.folder, folder, ignore=shutil.ignore_patterns("__pycache__"))
    return replace(acme, folder=folder)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("import time", "driver.py:1: imports time"),
        ("from asyncio import sleep", "driver.py:1: imports asyncio"),
        ("import socket as s", "driver.py:1: imports socket"),
        ("import vitalwatch.hub", "driver.py:1: imports vitalwatch.hub"),
        ("from vitalwatch import hub", "driver.py:1: imports vitalwatch.hub"),
        ("from vitalwatch.links.capture import pieces", "driver.py:1: imports vitalwatch.links.capture"),
        ("open('x')", "driver.py:1: calls open"),
        ("datetime.now()", "driver.py:1: calls datetime.now"),
    ],
)
def test_a_clock_or_input_and_output_in_the_package_is_found(copied: Subject, line: str, told: str) -> None:
    assert checked(copied, "no clock, no I/O") == ()
    assert copied.folder is not None
    (copied.folder / "driver.py").write_text(f"{line}\n")
    assert checked(copied, "no clock, no I/O") == (told,)


@pytest.mark.parametrize("line", ["import math", "from . import frames", "from vitalwatch.model import Vital"])
def test_what_a_driver_may_import_is_not_found(copied: Subject, line: str) -> None:
    assert copied.folder is not None
    (copied.folder / "driver.py").write_text(f"{line}\n")
    assert checked(copied, "no clock, no I/O") == ()


def spoil(section: str) -> Callable[[str], str]:
    return lambda text: text.replace(section, "")


@pytest.mark.parametrize(
    ("change", "told"),
    [(spoil("## Limits"), 'no section "## Limits"'), (spoil("`ask_s`"), "option `ask_s` is not told")],
)
def test_a_readme_that_tells_too_little_is_found(copied: Subject, change: Callable[[str], str], told: str) -> None:
    assert copied.folder is not None
    page = copied.folder / "README.md"
    page.write_text(change(page.read_text()))
    assert checked(copied, "readme") == (told,)


def test_a_package_without_a_readme_or_sources_is_found(acme: Subject) -> None:
    bare = replace(acme, folder=None)
    assert checked(bare, "readme")
    assert checked(bare, "no clock, no I/O")
