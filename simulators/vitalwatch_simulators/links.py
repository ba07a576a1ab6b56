"""Where a simulated device speaks: the kinds of link, read from their written form. Pure; opens nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar, Final, Literal, TypeAlias
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

import msgspec

from vitalwatch import link_url
from vitalwatch.driver import LineSettings
from vitalwatch.errors import ConfigError, LinkError


class PtyLink(msgspec.Struct, frozen=True):
    """A pseudo-terminal under a stable name.

    Attributes:
        path: name under which a program can open it like a serial port.
    """

    form: ClassVar = "pty:PATH"

    path: Path

    def __str__(self) -> str:
        return f"pty:{self.path}"


class SerialLink(msgspec.Struct, frozen=True):
    """A serial port of this computer, with a cable to the one that reads.

    Attributes:
        path: the port's device file, for example ``/dev/ttyUSB0``.
        baud: bits per second; like the others ``None`` for what the device usually has.
        bits: data bits.
        parity: ``N`` for none, ``E`` for even, ``O`` for odd.
        stop: stop bits.
    """

    form: ClassVar = "serial:PATH"

    path: Path
    baud: int | None = None
    bits: int | None = None
    parity: Literal["N", "E", "O"] | None = None
    stop: float | None = None

    def line(self, usual: LineSettings) -> LineSettings:
        """The settings of the line: those of the device, but for what the link says."""
        own = {name: getattr(self, name) for name in LineSettings.__struct_fields__}
        return msgspec.structs.replace(usual, **{name: value for name, value in own.items() if value is not None})

    def __str__(self) -> str:
        return f"serial:{self.path}"


class TcpLink(msgspec.Struct, frozen=True):
    """A program that listens, to be dialled.

    Attributes:
        host: its name or address.
        port: its TCP port.
    """

    form: ClassVar = "tcp://host:port"

    host: str
    port: int

    def __str__(self) -> str:
        return f"tcp://{_place(self.host, self.port)}"


class TcpListenLink(msgspec.Struct, frozen=True):
    """A port of this computer at which programs dial in.

    Attributes:
        host: the address to listen on; empty for every address of this computer.
        port: the TCP port.
    """

    form: ClassVar = "tcp-listen://:port"

    host: str
    port: int

    def __str__(self) -> str:
        return f"tcp-listen://{_place(self.host, self.port)}"


class UdpLink(msgspec.Struct, frozen=True):
    """A program that takes datagrams.

    Attributes:
        host: its name or address, also a broadcast address.
        port: its UDP port.
        from_port: the port of this computer that the device sends from and is spoken to at; ``None`` for any that is
            free.
    """

    form: ClassVar = "udp://host:port"

    host: str
    port: int
    from_port: int | None = None

    def __str__(self) -> str:
        source = "" if self.from_port is None else f"?from={self.from_port}"
        return f"udp://{_place(self.host, self.port)}{source}"


class MqttLink(msgspec.Struct, frozen=True):
    """A topic at a broker.

    Attributes:
        host: name or address of the broker.
        port: its MQTT port.
        topic: where the device publishes; its monitor may put a suffix behind it.
        username: ``None`` for a broker that asks for none.
        password: ``None`` for a broker that asks for none.
    """

    form: ClassVar = "mqtt://host:port/topic"

    host: str
    port: int
    topic: str
    username: str | None = None
    password: str | None = None

    def __str__(self) -> str:
        return f"mqtt://{_place(self.host, self.port)}/{self.topic}"


Link: TypeAlias = PtyLink | SerialLink | TcpLink | TcpListenLink | UdpLink | MqttLink


def parse_link(text: str) -> Link:
    """Read a link as people write it.

    Raises:
        LinkError: if it is none of the kinds, or a part is missing; a person has to mend it.
    """
    scheme, colon, _ = text.partition(":")
    read = _READERS.get(scheme)
    if read is None or not colon:
        *most, last = _READERS
        raise _unusable(text, f"it must begin with {', '.join(most)} or {last}, and a colon")
    return read(text)


def _pty(text: str) -> PtyLink:
    path = text.removeprefix("pty:")
    if not path:
        raise _unusable(text, "it names no path; write for example pty:/tmp/chair-1")
    return PtyLink(Path(path))


def _serial(text: str) -> SerialLink:
    try:
        url = link_url.parse_link(text)  # the same line settings as in the config of the service, and the same words
    except ConfigError as error:
        raise _unusable(text, str(error)) from error
    if url.record:
        raise _unusable(text, "a simulator records nothing; leave record out")
    given = parse_qs(text.partition("?")[2])
    return SerialLink(Path(url.path), **{name: getattr(url.options, name) for name in given})


def _tcp(text: str) -> TcpLink:
    parts = _split(text)
    if not parts.hostname or not parts.port or parts.path or parts.query:
        raise _unusable(text, "it must name a host and a port and nothing else, for example tcp://127.0.0.1:4001")
    return TcpLink(parts.hostname, parts.port)


def _tcp_listen(text: str) -> TcpListenLink:
    parts = _split(text)
    if not parts.port or parts.path or parts.query:
        raise _unusable(text, "it must name a port to listen at and nothing else, for example tcp-listen://:4001")
    return TcpListenLink(parts.hostname or "", parts.port)


def _udp(text: str) -> UdpLink:
    parts = _split(text)
    if not parts.hostname or not parts.port or parts.path:
        raise _unusable(text, "it must name a host and a port, for example udp://127.0.0.1:7001")
    if not parts.query:
        return UdpLink(parts.hostname, parts.port)
    name, _, number = parts.query.partition("=")
    if name != "from" or not number.isascii() or not number.isdecimal() or not 0 < int(number) < 1 << 16:
        raise _unusable(text, "the only thing to say behind the ? is the port to send from, for example from=24105")
    return UdpLink(parts.hostname, parts.port, int(number))


def _mqtt(text: str) -> MqttLink:
    parts = _split(text)
    topic = unquote(parts.path.removeprefix("/"))
    if not parts.hostname or not topic:
        raise _unusable(text, "it must name a broker and a topic, for example mqtt://127.0.0.1:1883/chair/1")
    if any(sign in text for sign in "+#?"):
        raise _unusable(text, "a topic to publish to cannot hold + # or ?")
    username, password = (unquote(part) if part else None for part in (parts.username, parts.password))
    return MqttLink(parts.hostname, parts.port or link_url.MQTT_PORT, topic, username, password)


_READERS: Final[dict[str, Callable[[str], Link]]] = {
    "pty": _pty,
    "serial": _serial,
    "tcp": _tcp,
    "tcp-listen": _tcp_listen,
    "udp": _udp,
    "mqtt": _mqtt,
}


def _split(text: str) -> SplitResult:
    """Take a link of the form ``scheme://host:port…`` apart; its port, if any, is a number that a port can have."""
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        raise _unusable(text, "its host is no host, or its port is not a number from 1 to 65535") from None
    if parts.username is not None and parts.scheme != "mqtt":
        raise _unusable(text, "only a broker asks for a name")
    return parts


def _place(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _unusable(text: str, reason: str) -> LinkError:
    shown = text.rpartition("@")[2] if "@" in text else text  # never repeat a password
    return LinkError(f'the link "{shown}" cannot be used: {reason}', url=shown, transient=False)
