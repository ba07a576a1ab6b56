"""The fallback: could the service call somebody, and does it when it is tried?"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Final

from vitalwatch.config import Fallback
from vitalwatch.doctor.finding import Finding
from vitalwatch.hub.callers import PLAYERS, Command, Sound
from vitalwatch.hub.fallback import Reason

TRY: Final = "Try it:  vitalwatch doctor CLINIC.toml --call"

_TEST: Final = Reason("TEST", "", "Test of the fallback by vitalwatch doctor")
_NONE: Final = "When no screen draws and sounds, nobody is called."


def look_at_fallback(section: Fallback, *, call: bool, sound: Sound | None = None) -> Iterator[Finding]:
    """See whether each means is there; with ``call``, sound and call once, as a test.

    Args:
        section: what the config says.
        call: whether to really do it. The command is given the condition ``TEST`` and no chair.
        sound: what plays; tests have one that is silent.
    """
    if not section.any:
        advice = "Add  [fallback]  to the config, and under it  sound = true , or a command."
        yield Finding("fallback", "none", "warn", _NONE, advice)
    if section.sound:
        yield _sound(sound or Sound(), call=call)
    if section.command:
        yield _command(Command(section.command), call=call)


def _sound(sound: Sound, *, call: bool) -> Finding:
    if call:
        failure = sound.call(_TEST)
        if failure:
            return Finding("fallback", sound.name, "fail", failure, "Install alsa-utils, and connect a loudspeaker.")
        how = f"through {sound.player}" if sound.player else "by the bell of a terminal, which is easily missed"
        return Finding("fallback", sound.name, "ok", f"A burst was played {how}.", "Did you hear it in the room?")
    if sound.player:
        return Finding("fallback", sound.name, "ok", f"It would be played by {sound.player}.", TRY)
    players = " nor ".join(command[0] for command in PLAYERS)
    found = f"There is neither {players} here, so only a terminal's bell could ring."
    return Finding("fallback", sound.name, "warn", found, "Install alsa-utils, and connect a loudspeaker.")


def _command(command: Command, *, call: bool) -> Finding:
    if call:
        failure = command.call(_TEST)
        if failure:
            return Finding("fallback", command.name, "fail", failure, "Make it end with code 0 within 10 s.")
        return Finding(
            "fallback", command.name, "ok", "It was called with the condition TEST.", "Did it reach anybody?"
        )
    if not os.access(command.name, os.X_OK):
        advice = "Check the path and its permissions."
        return Finding("fallback", command.name, "fail", "It is not a program that can be run here.", advice)
    return Finding("fallback", command.name, "ok", "It is there and can be run.", TRY)
