"""The promises that fuzzing holds drivers to: all drivers keep them on their samples, and broken ones are caught."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest

from tests.fuzz.target import Broken, Target
from vitalwatch.driver import Due, driver_names
from vitalwatch.model import Observation

BENT = 10
"""Bent copies of each sample that are played."""


@pytest.mark.parametrize("driver", driver_names())
def test_every_driver_keeps_them_on_its_samples_and_on_bent_ones(driver: str) -> None:
    target, chance = Target(driver), Random(1)
    for seed in target.seeds():
        target.one(seed)
        for _ in range(BENT):
            bent = bytearray(seed)
            bent[1] = chance.randrange(256)
            bent[chance.randrange(2, len(bent))] = chance.randrange(256)
            target.one(bytes(bent))


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Callable[..., Any]], None]:
    """Play masimo's samples to a driver of which one method is changed: ``broken(method, change)``."""

    def play(method: str, change: Callable[..., Any]) -> None:
        target = Target("masimo")
        driver = target.subject.driver
        true = getattr(driver, method)
        monkeypatch.setattr(driver, method, lambda self, *given: change(self, true, *given))
        for seed in target.seeds():
            target.one(seed[:1] + b"\x05" + seed[2:])

    return play


def raise_on(byte: bytes) -> Callable[..., Any]:
    def change(self: Any, true: Any, data: bytes, now: float) -> Any:
        if byte in data:
            raise ZeroDivisionError("a bug")
        return true(self, data, now)

    return change


def test_an_exception_is_caught(broken: Callable[..., None]) -> None:
    with pytest.raises(ZeroDivisionError):
        broken("receive", raise_on(b"S"))


def test_a_report_of_another_time_is_caught(broken: Callable[..., None]) -> None:
    def change(self: Any, true: Any, data: bytes, now: float) -> Any:
        return [
            msgspec.structs.replace(r, at=now + 1) if isinstance(r, Observation) else r for r in true(self, data, now)
        ]

    with pytest.raises(Broken, match="another device or time"):
        broken("receive", change)


def test_meaning_that_depends_on_the_cut_is_caught(broken: Callable[..., None]) -> None:
    def change(self: Any, true: Any, data: bytes, now: float) -> Any:
        return true(self, data, now) if len(data) > 8 else []

    with pytest.raises(Broken, match="cut otherwise"):
        broken("receive", change)


def test_a_poll_in_the_past_is_caught(broken: Callable[..., None]) -> None:
    with pytest.raises(Broken, match="due in the past"):
        broken("due", lambda self, true, now: Due(next_at=now - 1))


def test_bytes_that_are_dropped_twice_are_caught(broken: Callable[..., None]) -> None:
    def change(self: Any, true: Any, data: bytes, now: float) -> Any:
        reports = true(self, data, now)
        self.counts.dropped_bytes = 2 * len(data)
        return reports

    with pytest.raises(Broken, match="bytes dropped of"):
        broken("receive", change)


def test_one_command_fuzzes_a_driver_and_prints_what_it_did(project: Path) -> None:
    pytest.importorskip("atheris", reason="atheris has no wheel for this platform")
    command = [sys.executable, "-m", "tests.fuzz", "nellcor", "--seconds", "2"]
    ended = subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 0, ended.stderr
    assert "nellcor" in ended.stdout
    assert "nothing" in ended.stdout


def test_a_driver_that_does_not_exist_cannot_be_fuzzed(project: Path) -> None:
    command = [sys.executable, "-m", "tests.fuzz", "nelcor"]
    ended = subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 2
    assert "no driver is called nelcor" in ended.stderr
