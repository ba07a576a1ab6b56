"""Where a simulated device speaks: the two kinds of link, read from their written form."""

from __future__ import annotations

from pathlib import Path
from typing import TypeAlias
from urllib.parse import unquote, urlsplit

import msgspec

from vitalwatch.errors import LinkError


class PtyLink(msgspec.Struct, frozen=True):
    """A pseudo-terminal under a stable name: ``pty:PATH``.

    Attributes:
        path: name under which a program can open it like a serial port.
    """

    path: Path

    def __str__(self) -> str:
        return f"pty:{self.path}"


class MqttLink(msgspec.Struct, frozen=True):
    """A topic at a broker: ``mqtt://[user:password@]host[:port]/topic``.

    Attributes:
        host: name or address of the broker.
        port: its MQTT port.
        topic: where the device publishes; its monitor may put a suffix behind it.
        username: ``None`` for a broker that asks for none.
        password: ``None`` for a broker that asks for none.
    """

    host: str
    port: int
    topic: str
    username: str | None = None
    password: str | None = None

    def __str__(self) -> str:
        return f"mqtt://{self.host}:{self.port}/{self.topic}"


Link: TypeAlias = PtyLink | MqttLink


def parse_link(text: str) -> Link:
    """Read a link as people write it.

    Raises:
        LinkError: if it is neither of the two kinds, or a part is missing; a person has to mend it.
    """
    if text.startswith("pty:"):
        path = text.removeprefix("pty:")
        if not path:
            raise _unusable(text, "it names no path; write for example pty:/tmp/chair-1")
        return PtyLink(Path(path))
    if not text.startswith("mqtt://"):
        raise _unusable(text, "it must begin with pty: or mqtt://")
    parts = urlsplit(text)
    try:
        port = parts.port or 1883
    except ValueError:
        raise _unusable(text, "its port is not a number from 1 to 65535") from None
    topic = unquote(parts.path.removeprefix("/"))
    if not parts.hostname or not topic:
        raise _unusable(text, "it must name a broker and a topic, for example mqtt://127.0.0.1:1883/chair/1")
    if any(sign in text for sign in "+#?"):
        raise _unusable(text, "a topic to publish to cannot hold + # or ?")
    username, password = (unquote(part) if part else None for part in (parts.username, parts.password))
    return MqttLink(parts.hostname, port, topic, username, password)


def _unusable(text: str, reason: str) -> LinkError:
    shown = text.rpartition("@")[2] if "@" in text else text  # never repeat a password
    return LinkError(f'the link "{shown}" cannot be used: {reason}', url=shown, transient=False)
