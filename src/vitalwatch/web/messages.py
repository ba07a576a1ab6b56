"""What a screen may say on the live socket, checked on arrival. The page's side is ``docs/live-socket.md``."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from vitalwatch.alarms.events import Acknowledge, Act, PauseAudio, ResumeAudio, SetChairState, SetPhase
from vitalwatch.errors import UsageError


class Hello(msgspec.Struct, frozen=True, tag="hello"):
    """The screen's name, and whether it is an alarm-grade kiosk or a viewer."""

    screen: str
    kind: Literal["kiosk", "viewer"] = "viewer"


class Drew(msgspec.Struct, frozen=True, tag="drew"):
    """Everything up to this frame is on the glass."""

    seq: int


class ActFrame(msgspec.Struct, frozen=True, tag="act"):
    """A person's act; ``id`` is the page's own number, given back in the reply."""

    id: int
    act: Literal["acknowledge", "pause_audio", "resume_audio", "set_state", "set_phase"]
    chair: str
    actor: str
    condition: str = ""
    state: str = ""
    phase: str = ""
    reason: str = ""

    def event(self) -> Act:
        """The engine's event for this act."""
        match self.act:
            case "acknowledge":
                return Acknowledge(self.chair, self.condition, self.actor)
            case "pause_audio":
                return PauseAudio(self.chair, self.actor)
            case "resume_audio":
                return ResumeAudio(self.chair, self.actor)
            case "set_state":
                return SetChairState(self.chair, self.state, self.actor, self.reason)
            case "set_phase":
                return SetPhase(self.chair, self.phase, self.actor)


Said: TypeAlias = Hello | Drew | ActFrame

_decoder: msgspec.json.Decoder[Said] = msgspec.json.Decoder(Said)


def read(text: str) -> Said:
    """Read a frame from a screen.

    Raises:
        UsageError: if it is not one of the documented frames; the text says why.
    """
    try:
        return _decoder.decode(text)
    except msgspec.MsgspecError as error:
        raise UsageError(f"not a frame of the live socket: {error}") from None


class Reply(msgspec.Struct, frozen=True, tag_field="type", tag="reply"):
    """The answer to an act."""

    id: int
    ok: bool
    error: str = ""
