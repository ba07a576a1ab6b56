"""Link URLs: one line of text that says how a device is connected, checked and taken apart. Pure; opens nothing.

::

    serial:///dev/serial/by-id/usb-1-port0?baud=9600&bits=8&parity=N&stop=1
    tcp://host:port
    tcp-listen://[address]:port[?from=ADDRESS]
    udp://[address]:port[?from=ADDRESS][&group=MULTICAST-ADDRESS][&to=ADDRESS:PORT]
    mqtt://broker[:port]/topic/with/+/wildcards[?client_id=NAME][&qos=1][&bytes=hex]   mqtts:// with TLS
    replay:captures/monitor.txt?speed=1[&line_s=2][&baud=9600]
    loop://name

and with each of them ``record=FILE.vwlog``. ``config`` checks links with this module and ``links`` opens them, so a
link that passes the check is one that can be opened. A new kind of link is one function here and one row in ``_FORMS``.
In a path, topic or option a ``?`` is written ``%3F`` and a ``%`` before two hexadecimal digits ``%25``. Names and
passwords have no place in a URL: it is logged and shown.
"""

from __future__ import annotations

import ipaddress
import math
import re
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from functools import partial
from typing import Literal, NoReturn, TypeAlias, cast
from urllib.parse import unquote

import msgspec

from vitalwatch.driver import LineSettings
from vitalwatch.errors import ConfigError

MQTT_PORT = 1883
"""Port of MQTT without TLS (IANA)."""

MQTTS_PORT = 8883
"""Port of MQTT over TLS (IANA)."""

VWLOG = ".vwlog"
"""How the name of a recording ends, in which links are recorded byte for byte."""

_BAUDS = (
    *(300, 600, 1200, 1800, 2400, 4800, 9600, 14400, 19200, 28800, 38400, 57600, 115200, 128000, 230400),
    *(250000, 256000, 460800, 500000, 576000, 921600, 1000000, 1500000, 2000000, 3000000, 4000000),
)
_MAX_SPEED = 10_000.0
_MAX_LINE_S = 3600.0
_MAX_TOPIC_BYTES = 65_535  # MQTT 3.1.1 section 1.5.3: a string is at most 65,535 bytes of UTF-8


class MqttOptions(msgspec.Struct, frozen=True):
    """Options of an ``mqtt`` link.

    Attributes:
        client_id: the name to give to the broker; ``None`` lets the client make one up. Links to one broker share a
            connection when this agrees.
        qos: quality of service to ask for: 0 or 1.
        bytes: how payloads write the bytes of a stream, for devices whose bytes a gateway publishes piece by piece
            (Bluetooth notifications); ``None`` when each message stands for itself.
    """

    client_id: str | None = None
    qos: Literal[0, 1] = 0
    bytes: Literal["raw", "hex", "base64"] | None = None


class ListenOptions(msgspec.Struct, frozen=True, rename={"sender": "from"}):
    """Options of a ``tcp-listen`` link.

    Attributes:
        sender: the only IP address from which the device may come, as ``ipaddress`` writes it; ``None`` for any that
            no other link of the same port names.
    """

    sender: str | None = None


class UdpOptions(msgspec.Struct, frozen=True, rename={"sender": "from"}):
    """Options of a ``udp`` link.

    Attributes:
        sender: as for ``tcp-listen``.
        group: the IPv4 multicast group to join; ``None`` for datagrams sent to this computer.
        to: address and port that the driver's datagrams go to; ``None`` for whoever was heard last.
    """

    sender: str | None = None
    group: str | None = None
    to: tuple[str, int] | None = None


class ReplayOptions(msgspec.Struct, frozen=True):
    """Options of a ``replay`` link.

    Attributes:
        speed: service seconds that pass in one real second; for the clock of the whole service, not for this link.
        line_s: seconds from one line to the next in a text capture without time stamps; ``None`` when not given.
        baud: line speed at which a capture without time stamps and without ``line_s`` is played, bits per second.
    """

    speed: float = 1.0
    line_s: float | None = None
    baud: int = 9600


LinkOptions: TypeAlias = LineSettings | ListenOptions | UdpOptions | MqttOptions | ReplayOptions | None
"""``LineSettings`` for serial; ``None`` for a link that has nothing to set."""


class LinkUrl(msgspec.Struct, frozen=True):
    """A link, taken apart.

    Attributes:
        text: the URL as the person wrote it, without blanks around it.
        scheme: ``serial``, ``tcp``, ``tcp-listen``, ``udp``, ``mqtt``, ``mqtts``, ``replay`` or ``loop``.
        host: name or address of the broker or terminal server; where to listen, empty for every address of this
            computer; for ``loop`` the loop's name; else empty.
        port: TCP or UDP port; else 0.
        path: the port's device file, or the capture's file as written (perhaps relative); else empty.
        topic: MQTT topic filter; else empty.
        options: what stands behind the ``?``, with defaults filled in.
        record: the file to record the link in, as written (perhaps relative); empty for no recording.
    """

    text: str
    scheme: str
    host: str = ""
    port: int = 0
    path: str = ""
    topic: str = ""
    options: LinkOptions = None
    record: str = ""

    @property
    def place(self) -> str:
        """Host and port for people: ``10.0.0.7:4001``, ``[fe80::1]:4001``, and ``port 2575`` on every address."""
        if not self.host:
            return f"port {self.port}"
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def gives(self) -> Literal["stream", "messages", "either"]:
        """What a driver gets from the link: a stream of bytes, whole messages, or what was recorded or fed into it."""
        if self.scheme in ("serial", "tcp", "tcp-listen"):
            return "stream"
        if isinstance(self.options, MqttOptions) and self.options.bytes:
            return "stream"
        if self.scheme in ("udp", "mqtt", "mqtts"):
            return "messages"
        return "stream" if self.scheme == "replay" and not is_vwlog(self.path) else "either"


def is_vwlog(path: str) -> bool:
    """Tell whether a file is a recording of links, by its name."""
    return path.lower().endswith(VWLOG) and not path.lower().endswith("/" + VWLOG)


def parse_link(text: str) -> LinkUrl:
    """Check a link URL and take it apart.

    Raises:
        ConfigError: if it cannot be opened as it stands; ``reason`` says what is wrong, ``hint`` what to write.
    """
    text = text.strip()
    scheme, colon, rest = text.partition(":")
    scheme = scheme.lower()
    if not colon or not re.fullmatch(r"[a-z][a-z0-9+.-]*", scheme):
        _no_scheme(text)
    form = _FORMS.get(scheme)
    if form is None:
        raise ConfigError(f'"{scheme}:" is not a kind of link.', hint=_nearest(scheme, _FORMS, "Links begin with"))
    body, _, query = rest.partition("?")
    options = _Options(scheme, query)
    link = form(text, body, options)
    record = options.text("record")
    options.done()
    if record is None:
        return link
    if not is_vwlog(record):
        raise ConfigError(
            f'"{record}" is not the name of a recording.', hint="It ends with .vwlog: record=chair-1.vwlog."
        )
    return msgspec.structs.replace(link, record=record)


class _Options:
    """What stands behind the ``?``: names and values, each to be taken by the form that knows it."""

    def __init__(self, scheme: str, query: str) -> None:
        self._scheme = scheme
        self._values: dict[str, str] = {}
        self._known: list[str] = []
        for part in query.split("&") if query else ():
            name, equals, value = part.partition("=")
            if not equals or not name or not value:
                raise ConfigError(
                    f'The option "{part}" has no value.', hint="Write name=value, with & between options."
                )
            if name in self._values:
                raise ConfigError(f'The option "{name}" is given twice.', hint="Keep one of the two.")
            self._values[name] = unquote(value)

    def text(self, name: str) -> str | None:
        """The option's value, or none when it is not given."""
        self._known.append(name)
        return self._values.get(name)

    def number(self, name: str, default: float, above: float, upto: float) -> float:
        """A number greater than ``above`` and at most ``upto``."""
        value = self.text(name)
        if value is None:
            return default
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        if not above < number <= upto:
            raise ConfigError(
                f'{name}={value} cannot be used: "{name}" is a number above {above:g} and at most {upto:g}.',
                hint=f"For example {name}={default:g}.",
            )
        return number

    def sender(self) -> str | None:
        """The address that stands behind ``from``."""
        value = self.text("from")
        return None if value is None else str(_address(value, "from=10.0.0.7"))

    def choice(self, name: str, default: str, allowed: Iterable[object], meaning: str) -> str:
        """One of a few values, compared without regard to upper and lower case."""
        value = self.text(name)
        choices = [str(choice) for choice in allowed]
        if value is None:
            return default
        if value.upper() not in choices:
            raise ConfigError(f"{name}={value} cannot be used.", hint=_nearest(value, choices, meaning))
        return value.upper()

    def done(self) -> None:
        """Refuse the first option that nobody took."""
        for name in self._values:
            if name not in self._known:
                hint = _nearest(name, self._known, "It has")
                raise ConfigError(f'A {self._scheme} link has no option "{name}".', hint=hint)


def _serial(text: str, body: str, options: _Options) -> LinkUrl:
    path = unquote(body[2:] if body.startswith("//") else body)
    if not path.strip("/"):
        raise ConfigError("The serial port is missing.", hint="For example serial:///dev/ttyUSB0?baud=9600.")
    if not path.startswith("/"):
        raise ConfigError(
            f'"{path}" is not the full path of a serial port.',
            hint=f"It begins with a slash of its own, which makes three: serial:///{path}.",
        )
    settings = LineSettings(
        baud=int(options.choice("baud", "9600", _BAUDS, "A line speed is one of")),
        bits=int(options.choice("bits", "8", (5, 6, 7, 8), "Data bits are")),
        parity=cast(
            "Literal['N', 'E', 'O']", options.choice("parity", "N", "NEO", "Parity is N (none), E (even) or O (odd):")
        ),
        stop=float(options.choice("stop", "1", (1, 1.5, 2), "Stop bits are")),
    )
    return LinkUrl(text, "serial", path=path, options=settings)


def _tcp(text: str, body: str, _: _Options) -> LinkUrl:
    example = "tcp://10.0.0.7:4001"
    host, port = _host_and_port(_only_place(body, example), "terminal server", example)
    return LinkUrl(text, "tcp", host=host, port=port)


def _tcp_listen(text: str, body: str, options: _Options) -> LinkUrl:
    host, port = _listen_at(body, "tcp-listen://:2575")
    return LinkUrl(text, "tcp-listen", host=host, port=port, options=ListenOptions(options.sender()))


def _udp(text: str, body: str, options: _Options) -> LinkUrl:
    host, port = _listen_at(body, "udp://:7001")
    sender, group = options.sender(), options.text("group")
    if group is not None:
        address = _address(group, "group=224.0.23.63")
        if address.version != 4 or not address.is_multicast:
            raise ConfigError(
                f'"{group}" is not an IPv4 multicast group.', hint="It lies between 224.0.0.0 and 239.255.255.255."
            )
        if ":" in host:
            raise ConfigError(
                f'"{host}" cannot hear an IPv4 group.', hint=f"Write udp://:{port}?group={group}, or an IPv4 address."
            )
    to = _to(options, sender)
    # A device that is spoken to is also the only one that is heard.
    return LinkUrl(text, "udp", host=host, port=port, options=UdpOptions(to[0] if to else sender, group, to))


def _to(options: _Options, sender: str | None) -> tuple[str, int] | None:
    """Where a driver's datagrams go."""
    value = options.text("to")
    if value is None:
        return None
    example = "to=10.0.0.7:24105"
    host, port = _host_and_port(value, "device", example)
    address = str(_address(host.strip("[]"), example))
    if sender not in (None, address):
        raise ConfigError(f"to={address} and from={sender} are two devices.", hint="Leave from out, or correct one.")
    return address, port


def _mqtt(text: str, body: str, options: _Options, *, scheme: str, port: int) -> LinkUrl:
    example = f"{scheme}://localhost/ward/chair-1/spo2"
    if not body.startswith("//"):
        raise ConfigError("The broker is missing.", hint=f"For example {example}.")
    place, _, topic = body[2:].partition("/")
    host, port = _host_and_port(place, "broker", example, port)
    topic = unquote(topic)
    _check_topic(topic)
    settings = MqttOptions(
        client_id=options.text("client_id"),
        qos=1 if options.choice("qos", "0", (0, 1), "The quality of service is") == "1" else 0,
        bytes=cast(
            "Literal['raw', 'hex', 'base64'] | None",
            options.choice("bytes", "", ("RAW", "HEX", "BASE64"), "Payloads hold the bytes as").lower() or None,
        ),
    )
    return LinkUrl(text, scheme, host=host, port=port, topic=topic, options=settings)


def _replay(text: str, body: str, options: _Options) -> LinkUrl:
    path = unquote(body)
    if path.startswith("//"):
        path = path[2:]
        if not path.startswith("/"):
            raise ConfigError(
                "A replay link is written without slashes before the file.",
                hint=f"Write replay:{path or 'captures/monitor.txt'}.",
            )
    if not path or path.endswith("/"):
        raise ConfigError("The file to replay is missing.", hint="For example replay:captures/monitor.txt?speed=1.")
    play = ReplayOptions(
        speed=options.number("speed", 1.0, above=0, upto=_MAX_SPEED),
        line_s=None if options.text("line_s") is None else options.number("line_s", 1.0, above=0, upto=_MAX_LINE_S),
        baud=int(options.choice("baud", "9600", _BAUDS, "A line speed is one of")),
    )
    return LinkUrl(text, "replay", path=path, options=play)


def _loop(text: str, body: str, _: _Options) -> LinkUrl:
    name = body.removeprefix("//")
    if not body.startswith("//") or not name or "/" in name:
        raise ConfigError("A loop link is written loop://name.", hint="For example loop://chair-1.")
    return LinkUrl(text, "loop", host=unquote(name))


_FORMS: dict[str, Callable[[str, str, _Options], LinkUrl]] = {
    "serial": _serial,
    "tcp": _tcp,
    "tcp-listen": _tcp_listen,
    "udp": _udp,
    "mqtt": partial(_mqtt, scheme="mqtt", port=MQTT_PORT),
    "mqtts": partial(_mqtt, scheme="mqtts", port=MQTTS_PORT),
    "replay": _replay,
    "loop": _loop,
}


def _no_scheme(text: str) -> NoReturn:
    if not text:
        raise ConfigError("The link is empty.", hint="For example serial:///dev/ttyUSB0?baud=9600.")
    if text.startswith("/dev/"):
        raise ConfigError(f'"{text}" is a path, not a link.', hint=f"Write serial://{text}.")
    raise ConfigError(f'"{text}" does not say what kind of link it is.', hint=_nearest("", _FORMS, "Links begin with"))


def _only_place(body: str, example: str) -> str:
    """What stands behind the two slashes of a link that has nothing behind its port."""
    place = body[2:].removesuffix("/")
    if not body.startswith("//") or "/" in place:
        raise ConfigError("Host and port stand behind two slashes, and nothing behind them.", hint=f"Write {example}.")
    return place


def _listen_at(body: str, example: str) -> tuple[str, int]:
    """The address and port of this computer at which to listen; no address for all of them."""
    place = _only_place(body, example)
    if place.startswith(":"):
        return "", _port(place[1:], example)
    host, port = _host_and_port(place, "port", example)
    return str(_address(host, example)), port


def _host_and_port(place: str, what: str, example: str, default: int | None = None) -> tuple[str, int]:
    if "@" in place:
        raise ConfigError(
            "A link holds no user name and no password: it is shown and logged.", hint="Take the part up to @ out."
        )
    match = re.fullmatch(r"(\[[0-9A-Fa-f:.]+\]|[^\[\]:\s]*)(?::(.*))?", place)
    if match is None:
        raise ConfigError(
            f'"{place}" is not a host name or address.', hint="Write host, host:port, or [address]:port for IPv6."
        )
    host, port = match[1].strip("[]"), match[2]
    if not host:
        raise ConfigError(f"The {what} is missing.", hint=f"For example {example}.")
    if port is None and default is not None:
        return host, default
    return host, _port(port or "", example)


def _port(port: str, example: str) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", port) or not 1 <= int(port) <= 65_535:
        found = f'"{port}" is not a port.' if port else "The port is missing."
        raise ConfigError(found, hint=f"A whole number from 1 to 65535, for example {example}.")
    return int(port)


def _address(text: str, example: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        raise ConfigError(f'"{text}" is not an IP address.', hint=f"For example {example}.") from None


def _check_topic(topic: str) -> None:
    """Refuse what MQTT 3.1.1 section 4.7 does not allow as a topic filter."""
    if not topic:
        raise ConfigError("The topic is missing.", hint="For example mqtt://localhost/ward/chair-1/spo2.")
    if "\0" in topic or len(topic.encode("utf-8", "replace")) > _MAX_TOPIC_BYTES:
        raise ConfigError("The topic has a NUL in it or is longer than 65,535 bytes.", hint="Shorten it.")
    if topic.startswith("$share/"):
        raise ConfigError(
            "A shared subscription gives each message to only one of its readers, so values would be missed.",
            hint="Name the topic itself, without $share and the group.",
        )
    levels = topic.split("/")
    for number, level in enumerate(levels, start=1):
        if level != "+" and "+" in level:
            raise ConfigError(f'"+" stands for a whole level, not for part of "{level}".', hint="Write /+/ alone.")
        if "#" in level and (level != "#" or number < len(levels)):
            raise ConfigError(
                '"#" stands for all the rest, so it is the last level and alone in it.', hint="End with /#."
            )


def _nearest(name: str, known: Iterable[object], listing: str) -> str:
    """A hint: the name that was probably meant, or all of them."""
    names = [str(item) for item in known]
    for guess in get_close_matches(name, names, n=1):
        return f'Did you mean "{guess}"?'
    return f"{listing} {', '.join(names)}."
