"""The computer: disk, clock and versions, each with its next step."""

from __future__ import annotations

import ctypes
import sys
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from vitalwatch.doctor import computer
from vitalwatch.doctor.finding import Finding, split_advice

GIB = 1024**3


@pytest.mark.parametrize(
    ("free", "level"),
    [(100 * GIB, "ok"), (2 * GIB, "ok"), (2 * GIB - 1, "warn"), (200 * 1024**2, "warn"), (1, "fail"), (0, "fail")],
)
def test_a_full_disk_is_told_before_it_is_full(free: int, level: str) -> None:
    (finding,) = computer.look_at_disk(Path("/srv"), lambda _folder: (200 * GIB, 0, free))
    assert finding.level == level
    assert bool(finding.next_step) is (level != "ok")


def test_the_disk_of_a_real_folder_can_be_read(tmp_path: Path) -> None:
    (finding,) = computer.look_at_disk(tmp_path)
    assert "free" in finding.found


@pytest.mark.parametrize(("synchronised", "level"), [(True, "ok"), (False, "warn"), (None, "warn")])
def test_a_clock_that_nothing_keeps_right_is_told(synchronised: bool | None, level: str) -> None:
    (finding,) = computer.look_at_clock(lambda: synchronised)
    assert finding.level == level
    assert bool(finding.next_step) is (level != "ok")


def test_what_cannot_be_known_is_not_called_wrong() -> None:
    (unknown,) = computer.look_at_clock(lambda: None)
    (wrong,) = computer.look_at_clock(lambda: False)
    assert unknown.found != wrong.found


@pytest.mark.parametrize(
    ("answer", "status", "synchronised"),
    [(0, 0, True), (0, 0x2001, True), (5, 0, False), (0, 0x0040, False), (5, 0x0040, False), (-1, 0, None)],
)
def test_the_kernels_word_about_its_clock_is_read(
    monkeypatch: pytest.MonkeyPatch, answer: int, status: int, synchronised: bool | None
) -> None:
    """adjtimex(2): TIME_ERROR is 5, STA_UNSYNC is 0x40, and -1 is a refusal."""

    class Library:
        @staticmethod
        def adjtimex(state: object) -> int:
            state._obj.status = status  # type: ignore[attr-defined]
            assert state._obj.modes == 0  # type: ignore[attr-defined]
            return answer

    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(ctypes, "CDLL", lambda *_a, **_k: Library)
    assert computer.clock_synchronised() is synchronised


def test_a_system_without_that_call_knows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert computer.clock_synchronised() is None
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(ctypes, "CDLL", lambda *_a, **_k: object())
    assert computer.clock_synchronised() is None


def test_the_kernel_of_this_computer_can_be_asked() -> None:
    assert computer.clock_synchronised() in (True, False, None)


def test_an_old_python_is_told() -> None:
    old, _ = computer.look_at_versions(lambda _name: "1", (3, 10, 9))
    new, _ = computer.look_at_versions(lambda _name: "1", (3, 11, 0))
    assert (old.level, new.level) == ("fail", "ok")
    assert "3.10.9" in old.found


def test_a_missing_library_is_named() -> None:
    def version(name: str) -> str:
        if name == "numpy":
            raise PackageNotFoundError(name)
        return "1.2"

    _, libraries = computer.look_at_versions(version)
    assert (libraries.level, libraries.found) == ("fail", "Missing: numpy.")


def test_every_library_that_is_looked_for_is_one_that_the_service_needs() -> None:
    _, libraries = computer.look_at_versions()
    assert libraries.level == "ok"
    assert libraries.found.startswith("vitalwatch ")


def test_a_sentence_pair_is_divided_into_what_and_next_step() -> None:
    assert split_advice("It is in use. Close it; then. All.") == ("It is in use.", "Close it; then. All.")
    assert split_advice("Only this") == ("Only this", "")
    assert Finding("port", "x", "fail", *split_advice("A. B.")).next_step == "B."
