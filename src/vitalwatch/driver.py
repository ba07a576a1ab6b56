"""The driver contract, and how drivers are found.

A driver turns what one device sends into observations, waveform blocks and device statuses. It does no I/O and reads
no clock: bytes and the time come in, reports go out. A driver author needs this module, ``vitalwatch.model`` and
``vitalwatch.errors``, and nothing else of the core.

A new driver is a package folder plus one line in the entry-point group ``vitalwatch.drivers``::

    [project.entry-points."vitalwatch.drivers"]
    nellcor = "vitalwatch_drivers.nellcor:NellcorDriver"
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import ClassVar, Literal, Protocol, TypeAlias, runtime_checkable

import msgspec
from pydantic import BaseModel, ConfigDict

from vitalwatch.errors import UsageError
from vitalwatch.model import DeviceStatus, Report, Status, Vital

ENTRY_POINT_GROUP = "vitalwatch.drivers"


class Message(msgspec.Struct, frozen=True):
    """One whole message from a link that delivers messages and not a stream of bytes (MQTT, UDP).

    Attributes:
        payload: the message's bytes.
        topic: where it was published; empty for UDP.
        retained: true when the broker kept it from an unknown time ago. Such a message is never fresh.
    """

    payload: bytes
    topic: str = ""
    retained: bool = False


Received: TypeAlias = bytes | Message
"""What a link hands to a driver: a chunk of a byte stream, cut anywhere, or a whole message."""


class LineSettings(msgspec.Struct, frozen=True):
    """Serial line settings that a device is known to use, in the order in which to try them."""

    baud: int = 9600
    bits: int = 8
    parity: Literal["N", "E", "O"] = "N"
    stop: float = 1


class Command(StrEnum):
    """What a person can have a device do, if the config allows it for this device (``allow`` of ``[[device]]``)."""

    START_NIBP = "start_nibp"
    """Start one cuff measurement: "BP now"."""


class DriverInfo(msgspec.Struct, frozen=True):
    """What is fixed about a driver, for config checks, detection and docs.

    Attributes:
        name: entry-point name, as written in the config.
        title: one line for people.
        models: device models that speak this protocol.
        takes: ``stream`` for byte chunks, ``messages`` for whole messages.
        vitals: what a device of this kind can give.
        period_s: the longest usual time between two messages of a streaming device, seconds. Ages and the
            "no data" alarm follow it.
        settings: serial line settings to try, best first; empty when the protocol does not run on a serial line.
        checksum: every frame carries a checksum that the decoder tests; then fewer bytes convince detection.
        datagrams: a driver of streams also reads UDP, each datagram as a :class:`Message`.
        commands: what its protocol can have the device do. A driver that names any is a :class:`CommandedDriver`.
    """

    name: str
    title: str
    models: tuple[str, ...]
    takes: Literal["stream", "messages"]
    vitals: tuple[Vital, ...]
    period_s: float
    settings: tuple[LineSettings, ...] = ()
    checksum: bool = False
    datagrams: bool = False
    commands: tuple[Command, ...] = ()


class Due(msgspec.Struct, frozen=True):
    """What to send to the device now, and when to ask again.

    Attributes:
        send: bytes to write, in order; empty for a device that talks by itself.
        next_at: monotonic seconds of the next call; ``None`` when the driver never sends.
    """

    send: tuple[bytes, ...] = ()
    next_at: float | None = None


NOTHING_DUE = Due()
"""The answer of a driver whose device talks by itself."""


class Counts(msgspec.Struct):
    """What a driver has read and what it had to drop since it was made; only ever grows."""

    frames: int = 0
    bad_frames: int = 0
    dropped_bytes: int = 0
    retained: int = 0


class DriverOptions(BaseModel):
    """Base of a driver's ``[device.options]``: unknown keys are refused, nothing is coerced."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class NoOptions(DriverOptions):
    """For drivers that have nothing to set."""


class Driver(Protocol):
    """One device's bytes turned into meaning. Made once for a device and kept while the service runs."""

    info: ClassVar[DriverInfo]
    Options: ClassVar[type[DriverOptions]]
    counts: Counts
    period_s: float
    """As ``info.period_s``, unless the options say otherwise."""
    vitals: tuple[Vital, ...]
    """As ``info.vitals``, unless the options say that this device gives fewer."""

    def __init__(self, device: str, options: DriverOptions) -> None:
        """Make a driver for the device with this id; ``options`` is an instance of this class's ``Options``."""
        ...

    def receive(self, data: Received, now: float) -> list[Report]:
        """Take the next bytes or message, arrived at monotonic ``now``, and say what they mean.

        The statuses of a frame come before its observations, so that a value beside "sensor off" is never judged
        before the sensor is known to be off.

        Never raises on anything a device may send: it bounds its buffer, finds its feet again after garbage, and
        counts what it dropped in ``counts``.
        """
        ...

    def due(self, now: float) -> Due:
        """Say what to send at ``now`` and when to ask again.

        Must be harmless to a wrong device, and never starts a cuff unless :meth:`CommandedDriver.command` asked for
        it: ``detect --probe`` sends what a new driver answers here to whatever is at the other end of a line.

        Asked when the link has opened, after each ``receive``, and at the moment that it named last.
        """
        ...

    def redact(self, data: bytes) -> bytes:
        """Take patients' names out of bytes that are about to be recorded; give them as they are if there are none.

        Called with the same chunks or payloads as ``receive``, by a link that is being recorded.
        """
        ...

    def reset(self) -> None:
        """Forget half a frame and the present statuses: the link was cut. What tells an old cuff reading
        from a new one is kept."""
        ...


@runtime_checkable
class CommandedDriver(Driver, Protocol):
    """A driver that can have its device do something."""

    def command(self, command: Command, now: float) -> None:
        """Have the device do this; what it takes goes out with the next ``due``, which is asked for at once.

        Called only with what ``info.commands`` names and the config allows. Never repeated by itself after a lost link:
        ``reset`` forgets it.

        Raises:
            UsageError: if the device as it is now cannot do it; the text is for the person.
        """
        ...


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """Frames whose meaning is known; the conformance kit plays them whole, cut, bent and again.

    A driver's package has them in a module ``conformance.py``: see ``docs/conformance.md``.

    Attributes:
        name: what it shows.
        source: which manual and section, standard or recording says what the frames mean.
        frames: whole frames in the order of sending: bytes from the beginning to the end of each, or messages. Sent
            again, they mean the same again, but for cuff readings.
        expect: everything that a new driver reports for them, in order and in short words: ``spo2 97 valid``,
            ``spo2 none unavailable``, ``+sensor_off``, ``-sensor_off``; curves last, ``pleth 60 Hz 19 18 18``.
        options: what the driver is set to, as in ``[device.options]``.
        checksum: whether a checksum guards each frame.
        recorded: whether the frames were recorded from a real device, and not made from its manual.
    """

    name: str
    source: str
    frames: tuple[Received, ...]
    expect: tuple[str, ...]
    options: Mapping[str, object] = {}
    checksum: bool = False
    recorded: bool = False


class Conformance(msgspec.Struct, frozen=True, kw_only=True):
    """What a driver's author gives to the conformance kit, as ``CONFORMANCE`` in ``conformance.py``.

    Attributes:
        samples: between them every vital with a value and without.
        exempt: name of a check that cannot hold for this protocol, and why.
    """

    samples: tuple[Sample, ...]
    exempt: Mapping[str, str] = {}


def only_limits(alarms: Iterable[tuple[Vital, ...]]) -> tuple[Vital, ...]:
    """The vitals whose limits a monitor's alarms are about, if they are about nothing else.

    The hub leaves such alarms to its own limits. So one alarm that is about anything else leaves none: an asystole
    beside "SpO2 low" must not pass for a limit.

    Args:
        alarms: for each alarm that holds, the vitals whose limit it is about; empty for any other alarm.
    """
    each = list(alarms)
    return tuple(dict.fromkeys(vital for vitals in each for vital in vitals)) if all(each) else ()


_Said: TypeAlias = tuple[str, str, tuple[Vital, ...]]
"""Of a status that holds: detail, priority, and whose limits it is about."""


class StatusBook:
    """Keeps which statuses hold at one device, and says only what changed.

    Args:
        device: the device's id.
    """

    def __init__(self, device: str) -> None:
        self._device = device
        self._active: dict[str, _Said] = {}

    def update(
        self, active: Mapping[str, str], now: float, limit_of: tuple[Vital, ...] = (), priority: str = ""
    ) -> list[DeviceStatus]:
        """Take the statuses that hold at ``now``, each with its detail; report what changed.

        Those that began, or changed, come before those that ended. ``limit_of`` and ``priority`` go with
        ``monitor_alarm``: the vitals whose limits the monitor found passed (:func:`only_limits`), and its own priority.
        An alarm that becomes more urgent under the same words has changed too.
        """
        holding: dict[str, _Said] = {
            str(status): (detail, priority, limit_of) if status == Status.MONITOR_ALARM else (detail, "", ())
            for status, detail in active.items()
        }
        began = [
            DeviceStatus(self._device, status, True, now, *said)
            for status, said in sorted(holding.items())
            if self._active.get(status) != said
        ]
        ended = [DeviceStatus(self._device, s, False, now) for s in sorted(self._active) if s not in holding]
        self._active = holding
        return [*began, *ended]

    def clear(self) -> None:
        """Forget everything without a report: the link was cut and nothing is known any more."""
        self._active = {}


@cache
def _installed() -> dict[str, EntryPoint]:
    """All installed drivers by name; looked up once, since it reads the data of every installed package."""
    return {entry.name: entry for entry in sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda e: e.name)}


def driver_names() -> list[str]:
    """Names of all installed drivers, sorted."""
    return list(_installed())


def load_driver(name: str) -> type[Driver]:
    """Find an installed driver by its entry-point name.

    Raises:
        UsageError: if no driver has this name; the text lists those that exist.
    """
    entry = _installed().get(name)
    if entry is None:
        raise UsageError(f'no driver is called "{name}"; installed: {", ".join(driver_names())}')
    driver: type[Driver] = entry.load()
    return driver
