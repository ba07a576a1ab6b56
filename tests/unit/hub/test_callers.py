"""Programs that are run to call somebody: without a shell, never for long, and what of them fails is told."""

from __future__ import annotations

import io
import os
import stat
import threading
import time
import wave
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from tests.patience import PATIENCE_S
from vitalwatch.hub.burst import RATE_HZ, burst_wav
from vitalwatch.hub.callers import Command, Program, Sound
from vitalwatch.hub.fallback import Reason

REASON = Reason("T-UNDELIVERED", "7", "Alarm not delivered")


@pytest.fixture
def script(tmp_path: Path) -> Callable[..., str]:
    """Write an executable shell script, and give its path."""

    def script(text: str, name: str = "call") -> str:
        path = tmp_path / name
        path.write_text(f"#!/bin/sh\n{text}\n", "utf-8")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return str(path)

    return script


def test_the_command_is_told_condition_chair_and_words(script: Callable[..., str], tmp_path: Path) -> None:
    said = tmp_path / "said"
    path = script(f'printf "%s|" "$@" "$VITALWATCH_CONDITION" "$VITALWATCH_CHAIR" "$VITALWATCH_TEXT" > {said}')
    assert Command([path, "--ward", "a; rm -rf $HOME"]).call(REASON) == ""
    assert said.read_text() == "--ward|a; rm -rf $HOME|T-UNDELIVERED|7|T-UNDELIVERED|7|Alarm not delivered|"


def test_one_that_is_not_there_or_fails_is_told_with_its_last_words(script: Callable[..., str], tmp_path: Path) -> None:
    missing = str(tmp_path / "missing")
    assert Command([missing]).call(REASON) == f"{missing} cannot be started: No such file or directory."
    path = script("echo trying; echo 'no modem.' >&2; echo; exit 3")
    assert Command([path]).call(REASON) == f"{path} ended with code 3: no modem."
    assert Command([script("exit 4")]).call(REASON) == f"{path} ended with code 4."


def runs(pid: int) -> bool:
    """Whether a process is there; one that has ended and was not waited for yet does not count."""
    try:
        return " Z " not in Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_one_that_hangs_is_ended_with_all_that_it_started(script: Callable[..., str], tmp_path: Path) -> None:
    child = tmp_path / "child"
    path = script(f"sleep 1000 & echo $! > {child}; wait")
    assert Command([path], Program(limit_s=0.5)).call(REASON) == f"{path} had not ended after 0.5 s."
    pid = int(child.read_text())
    deadline = time.monotonic() + PATIENCE_S
    while runs(pid):
        assert time.monotonic() < deadline
        os.sched_yield()


def test_one_that_talks_without_end_is_cut_short(script: Callable[..., str]) -> None:
    path = script("head -c 3000000 /dev/zero | tr '\\0' x; echo; echo last; exit 1")
    assert Command([path]).call(REASON) == f"{path} ended with code 1: last."


def test_it_can_be_stopped_from_another_thread(script: Callable[..., str], tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    os.mkfifo(begun)
    command = Command([script(f"echo > {begun}; exec sleep 1000")])
    failures: list[str] = []
    thread = threading.Thread(target=lambda: failures.append(command.call(REASON)))
    thread.start()
    begun.read_text()
    command.stop()
    thread.join(5)
    assert failures == [f"{command.name} ended with code -9."]


def test_the_sound_takes_the_first_player_that_plays(script: Callable[..., str], tmp_path: Path) -> None:
    played = tmp_path / "played"
    broken, good = script("echo no device >&2; exit 1", "broken"), script(f'cat "$1" > {played}', "good")
    sound = Sound([("no-such-player",), (broken,), (good,)], [])
    assert sound.call(REASON) == ""
    assert played.read_bytes() == burst_wav()
    assert sound.player == broken


def test_without_a_player_that_plays_the_terminals_bell_rings(script: Callable[..., str]) -> None:
    master, slave = os.openpty()
    try:
        missing, there = Path("/dev/no-such-terminal"), Path(os.ttyname(slave))
        assert Sound([(script("exit 1"),)], [missing, there]).call(REASON) == ""
        assert os.read(master, 10) == b"\a"
        assert not missing.exists()
    finally:
        os.close(master)
        os.close(slave)


def test_where_nothing_can_sound_that_is_told(script: Callable[..., str]) -> None:
    nothing = Sound([("no-such-player",), ("nor-this",)], [])
    assert nothing.call(REASON) == "There is neither no-such-player nor nor-this, and no terminal."
    assert nothing.player == ""
    path = script("exit 1")
    assert Sound([(path,)], []).call(REASON) == f"{path} ended with code 1."


def test_the_burst_is_ten_pulses_in_two_groups_of_three_and_two() -> None:
    with wave.open(io.BytesIO(burst_wav())) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE_HZ)
        raw = file.readframes(file.getnframes())
    loud = [abs(int.from_bytes(raw[i : i + 2], "little", signed=True)) > 200 for i in range(0, len(raw), 2)]
    starts, silent = [], RATE_HZ
    for n, is_loud in enumerate(loud):
        if is_loud and silent > 0.05 * RATE_HZ:
            starts.append(n / RATE_HZ)
        silent = 0 if is_loud else silent + 1
    gaps = [after - before for before, after in pairwise(starts)]
    assert len(starts) == 10
    assert gaps == pytest.approx([0.25, 0.25, 0.5, 0.25, 0.75, 0.25, 0.25, 0.5, 0.25], abs=0.01)
    assert len(raw) / 2 / RATE_HZ < 4
