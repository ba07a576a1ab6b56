"""What a screen may say on the live socket, checked on arrival. The page's side is ``docs/live-socket.md``."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import msgspec

from vitalwatch.alarms.events import Act
from vitalwatch.driver import Command
from vitalwatch.errors import UsageError
from vitalwatch.hub.viewers import Sound


class Hello(msgspec.Struct, frozen=True, tag="hello"):
    """The screen's name, and whether it is a kiosk on the wall or a viewer."""

    screen: str
    kind: Literal["kiosk", "viewer"] = "viewer"


class State(msgspec.Struct, frozen=True, tag="state"):
    """Whether the screen can sound, whether the page is in front of somebody, and whether the browser keeps it lit."""

    sound: Sound
    visible: bool
    awake: bool = True


class Drew(msgspec.Struct, frozen=True, tag="drew"):
    """Everything up to this frame is on the glass."""

    seq: int


class Waves(msgspec.Struct, frozen=True, tag="waves"):
    """Whether the screen draws waves from now on; none are sent to one that has not said so."""

    on: bool


class Play(msgspec.Struct, frozen=True, tag="play"):
    """Of a replay: how many recorded seconds go into a real one, and whether time stands still; ``None``: as it is."""

    speed: float | None = None
    paused: bool | None = None


class CommandDevice(msgspec.Struct, frozen=True):
    """A person wants a device of a chair to do something."""

    chair: str
    device: str
    command: Command
    actor: str


class ActFrame(msgspec.Struct, frozen=True):
    """A person's act; ``id`` is the page's own number, given back in the reply."""

    id: int
    act: Act | CommandDevice


Said: TypeAlias = Hello | State | Drew | Waves | Play | ActFrame

_screen: msgspec.json.Decoder[Hello | State | Drew | Waves | Play] = msgspec.json.Decoder(
    Hello | State | Drew | Waves | Play
)
_any: msgspec.json.Decoder[dict[str, Any]] = msgspec.json.Decoder(dict[str, Any])


def read(text: str) -> Said:
    """Read a frame from a screen.

    Raises:
        UsageError: if it is not one of the documented frames; the text says why.
    """
    try:
        fields = _any.decode(text)
        if fields.get("type") != "act":
            return _screen.decode(text)
        number = msgspec.convert(fields.get("id"), int)
        if fields.get("act") == "command":
            return ActFrame(number, msgspec.convert(fields, CommandDevice))
        event = {**fields, "event": fields.get("act")}
        return ActFrame(number, msgspec.convert(event, Act))
    except msgspec.MsgspecError as error:
        raise UsageError(f"not a frame of the live socket: {error}") from None


class Reply(msgspec.Struct, frozen=True, tag_field="type", tag="reply"):
    """The answer to an act, given when it is in the record; ``note`` says why it is not yet, though it holds."""

    id: int
    ok: bool
    error: str = ""
    note: str = ""
