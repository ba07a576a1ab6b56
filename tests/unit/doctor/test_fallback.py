"""What the doctor says of the fallback, and that only an express wish makes a noise or calls anybody."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from vitalwatch.config import Fallback
from vitalwatch.doctor.fallback import look_at_fallback
from vitalwatch.doctor.finding import Finding
from vitalwatch.hub.callers import Sound


@pytest.fixture
def script(tmp_path: Path) -> Callable[[str], str]:
    """Writes an executable shell script, and gives its path."""

    def script(text: str) -> str:
        path = tmp_path / "call"
        path.write_text(f"#!/bin/sh\n{text}\n", "utf-8")
        path.chmod(0o755)
        return str(path)

    return script


def look(section: Fallback, *, call: bool = False, sound: Sound | None = None) -> list[Finding]:
    return list(look_at_fallback(section, call=call, sound=sound))


def test_without_a_fallback_it_warns() -> None:
    (finding,) = look(Fallback())
    assert (finding.level, finding.found) == ("warn", "When no screen draws and sounds, nobody is called.")
    assert "[fallback]" in finding.next_step


def test_a_look_calls_nobody(script: Callable[[str], str], tmp_path: Path) -> None:
    path = script(f"touch {tmp_path}/called")
    command, sound = Fallback(command=(path,)), Fallback(sound=True)
    assert [finding.level for finding in look(command)] == ["ok"]
    assert [finding.level for finding in look(sound, sound=Sound([(path,)], []))] == ["ok"]
    assert not (tmp_path / "called").exists()


def test_a_wish_calls_once_as_a_test(script: Callable[[str], str], tmp_path: Path) -> None:
    path = script(f'echo "$1|$2|$3" >> {tmp_path}/called')
    (finding,) = look(Fallback(command=(path, "-v")), call=True)
    assert (finding.level, finding.next_step) == ("ok", "Did it reach anybody?")
    assert (tmp_path / "called").read_text() == "-v|TEST|\n"


def test_a_call_that_fails_fails(script: Callable[[str], str]) -> None:
    path = script("echo no line; exit 2")
    (command,) = look(Fallback(command=(path,)), call=True)
    assert (command.level, command.found) == ("fail", f"{path} ended with code 2: no line.")
    (sound,) = look(Fallback(sound=True), call=True, sound=Sound([("no-such-player",)], []))
    assert (sound.level, "loudspeaker" in sound.next_step) == ("fail", True)


def test_a_command_that_is_not_there_fails_and_a_missing_player_warns() -> None:
    (command,) = look(Fallback(command=("/no/such/program",)))
    assert command.level == "fail"
    (sound,) = look(Fallback(sound=True), sound=Sound([("no-such-player",)], []))
    assert sound.level == "warn"


def test_a_sound_asks_whether_it_was_heard(script: Callable[[str], str]) -> None:
    (sound,) = look(Fallback(sound=True), call=True, sound=Sound([(script("exit 0"),)], []))
    assert (sound.level, sound.next_step) == ("ok", "Did you hear it in the room?")
