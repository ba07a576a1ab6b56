"""The rows of the record: what each holds, how samples are packed, and the chain that makes changes visible. Pure.

Everything that the engine was told and everything that it said gets the next number, ``seq``, in the order in which it
happened. Samples come by the hundred, so they are packed into blocks; all else is an entry of its own, readable as it
stands. Times are whole microseconds: ``at`` on the service's own axis (see :class:`vitalwatch.clock.SystemClock`),
by which everything was decided, and ``wall``, what the clock on the wall said (UTC, since 1970).

The text of a block has a line for each item, JSON without spaces::

    [at,chair,device]                                     a frame without news (Heard)
    [at,chair,device,vital,value,validity]                a sample; with mode and device time when they say something
    3                                                     three numbers of seq stand elsewhere, as entries
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from typing import Any, Final, TypeAlias

import msgspec

from vitalwatch.alarms import ChairSpec, Output
from vitalwatch.alarms.events import Event, Heard, Sampled
from vitalwatch.alarms.transition import AlarmEvent, Transition
from vitalwatch.model import Mode, Validity, Vital

US: Final = 1_000_000

GENESIS: Final = bytes(32)
"""What the first entry of a record is chained to."""


GAP: Final = "a gap in the record"
"""What a ``started`` entry says came before, when the record goes on in another file, or after samples were lost."""


class Kind(StrEnum):
    """What an entry is. Of these the engine was told: act, news, config."""

    ACT = "act"  # what a person did; body: the event
    NEWS = "news"  # cuff readings, statuses, links, screens, self-checks, resumptions; body: the event
    CONFIG = "config"  # the chairs as a config has them; body: list of ChairSpec
    TRANSITION = "transition"  # an alarm changed its state; body: the Transition
    EVENT = "event"  # what else the engine said; body: the AlarmEvent
    COMMAND = "command"  # a person had a device do something; body: device, command, actor
    STARTED = "started"  # the service began; body: Started
    STOPPED = "stopped"  # it ended as it was told to
    SEAL = "seal"  # what the blocks since the last seal hold; body: Seal
    LOST = "lost"  # observations that could not be kept; body: Lost
    PRUNED = "pruned"  # what was taken out by policy; body: Pruned


INPUTS: Final = (Kind.ACT, Kind.NEWS, Kind.CONFIG)
"""What the engine was told, beside the samples."""


class Entry(msgspec.Struct, frozen=True, tag="entry"):
    """One row that stands alone.

    Attributes:
        seq: its number.
        at: µs on the service's axis.
        wall: µs since 1970, UTC.
        kind: what it is.
        name: of the event, the condition of a transition, or empty.
        chair: chair id; empty for the clinic as a whole.
        body: JSON.
    """

    seq: int
    at: int
    wall: int
    kind: Kind
    name: str
    chair: str
    body: str


class Block(msgspec.Struct, frozen=True, tag="block"):
    """Samples that came between two entries, or within a flush.

    Attributes:
        seq: number of the first item.
        last: number of the last.
        at: µs of the first item.
        until: µs of the last.
        wall: µs since 1970 that fit ``at``.
        items: how many.
        data: the text, deflated.
    """

    seq: int
    last: int
    at: int
    until: int
    wall: int
    items: int
    data: bytes


class Checkpoint(msgspec.Struct, frozen=True, tag="checkpoint"):
    """The engine's whole state after everything up to ``seq``.

    Attributes:
        seq: nothing after this is in it.
        at: µs on the service's axis to which the engine had come.
        wall: µs since 1970 that fit ``at``.
        data: the engine's snapshot, deflated.
        passing: whether it only shortens the next restart, and goes as soon as there is a newer one.
    """

    seq: int
    at: int
    wall: int
    data: bytes
    passing: bool = False


class Minute(msgspec.Struct, frozen=True, tag="minute"):
    """One vital of one chair over one minute of the service's axis, as the screen showed it.

    Attributes:
        chair: chair id.
        vital: of it.
        minute: ``at`` of its beginning, in whole minutes.
        wall: µs since 1970 at its beginning.
        n: seconds with a value.
        low: lowest of them, in the vital's unit; ``None`` when there was none.
        high: highest.
        mean: their mean.
        seconds: sixty cells of 16 bits, little-endian, as in ``model/cells.py``; ``None`` once they are compacted away.
    """

    chair: str
    vital: str
    minute: int
    wall: int
    n: int
    low: float | None
    high: float | None
    mean: float | None
    seconds: bytes | None


class Wave(msgspec.Struct, frozen=True, tag="wave"):
    """About a second of one curve.

    Attributes:
        chair: chair id.
        device: device id.
        name: which curve, ``pleth``.
        at: µs of its first value.
        wall: µs since 1970 that fit ``at``.
        hz: values in a second.
        data: the values, 32-bit floats, little-endian, deflated; NaN where there is none.
    """

    chair: str
    device: str
    name: str
    at: int
    wall: int
    hz: float
    data: bytes


Row: TypeAlias = Entry | Block | Checkpoint | Minute | Wave


class Started(msgspec.Struct, frozen=True):
    """The body of a ``started`` entry.

    Attributes:
        version: of VitalWatch.
        resumed: whether the engine goes on from what the record held; if not, a new stretch begins here.
        away_s: how long nobody was watching, seconds; ``None`` when that is not known.
        after: how the run before it ended: ``stopped``, ``broken off``, ``unknown``, or empty for the first.
    """

    version: str
    resumed: bool
    away_s: float | None = None
    after: str = ""


class Seal(msgspec.Struct, frozen=True):
    """The body of a ``seal`` entry: what lies in the blocks between two numbers.

    Attributes:
        first: numbers above this,
        last: up to this,
        items: how many items of blocks there are among them,
        sha256: of their lines, in order, without the lines that only count.
        state: SHA-256 of the text of the checkpoint that has this seal's number.
    """

    first: int
    last: int
    items: int
    sha256: str
    state: str = ""


class Pruned(msgspec.Struct, frozen=True):
    """The body of a ``pruned`` entry: what was taken out by policy.

    Attributes:
        what: ``samples`` (blocks and checkpoints), ``entries``, ``waves``, or ``seconds`` (of minutes).
        last: of samples and entries, those with numbers up to this; 0 for the others.
        wall: of waves and seconds, those from before this, µs since 1970; for people also with samples and entries.
        hash: of entries: the hash, in hex, of the last that was taken out; the chain goes on from it.
    """

    what: str
    last: int
    wall: int
    hash: str = ""


class Lost(msgspec.Struct, frozen=True):
    """The body of a ``lost`` entry: so many observations between two times (µs on the axis) were not kept, and why."""

    items: int
    since: int
    until: int
    reason: str


class Told(msgspec.Struct, frozen=True):
    """Something that the engine was told: an event, or the chairs of a config.

    Attributes:
        seq: its number.
        at: seconds on the service's axis.
        event: the event, if it was one.
        specs: the chairs, if it was a config.
    """

    seq: int
    at: float
    event: Event | None = None
    specs: tuple[ChairSpec, ...] = ()


_encode = msgspec.json.Encoder().encode
_event: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)
_specs: msgspec.json.Decoder[tuple[ChairSpec, ...]] = msgspec.json.Decoder(tuple[ChairSpec, ...])
_transition: msgspec.json.Decoder[Transition] = msgspec.json.Decoder(Transition)
_alarm_event: msgspec.json.Decoder[AlarmEvent] = msgspec.json.Decoder(AlarmEvent)
_line: msgspec.json.Decoder[Any] = msgspec.json.Decoder()


def to_us(at: float) -> int:
    """Seconds in whole microseconds."""
    return round(at * US)


def to_s(at: int) -> float:
    """Microseconds in seconds, exactly the value that the engine was given."""
    return at / US


def text_of(body: object) -> str:
    """The JSON of a body."""
    return _encode(body).decode()


# --- samples ----------------------------------------------------------------------------------------------------


def line_of(event: Sampled | Heard, at: int) -> bytes:
    """One line of a block's text."""
    if isinstance(event, Heard):
        return _encode((at, event.chair, event.device)) + b"\n"
    cells = [at, event.chair, event.device, event.vital, event.value, event.validity]
    if event.mode is not Mode.REAL or event.device_time is not None:
        cells += [event.mode, event.device_time]
    return _encode(cells) + b"\n"


def pack(text: bytes) -> bytes:
    """Deflate a text; quickly rather than tightly, since this goes on all day."""
    return zlib.compress(text, 1)


def unpack(data: bytes) -> bytes:
    """The text again."""
    return zlib.decompress(data)


def unpacked(block: Block) -> Iterator[Told]:
    """The samples of a block, in order."""
    seq = block.seq
    for line in unpack(block.data).splitlines():
        cells = _line.decode(line)
        if isinstance(cells, int):
            seq += cells
            continue
        yield Told(seq, to_s(cells[0]), _sample(cells))
        seq += 1


def _sample(cells: Sequence[Any]) -> Event:
    if len(cells) == 3:
        return Heard(cells[1], cells[2])
    mode, device_time = (Mode(cells[6]), cells[7]) if len(cells) > 6 else (Mode.REAL, None)
    return Sampled(cells[1], cells[2], Vital(cells[3]), cells[4], Validity(cells[5]), mode, device_time)


def item_lines(text: bytes) -> Iterator[bytes]:
    """The lines of a block's text that are items: what a seal is made of."""
    return (line for line in text.splitlines(keepends=True) if line[:1] == b"[")


# --- entries ----------------------------------------------------------------------------------------------------


def told_in(entry: Entry) -> Told:
    """What an entry of the kinds :data:`INPUTS` told the engine."""
    if entry.kind is Kind.CONFIG:
        return Told(entry.seq, to_s(entry.at), specs=_specs.decode(entry.body))
    return Told(entry.seq, to_s(entry.at), _event.decode(entry.body))


def said_in(entry: Entry) -> Output:
    """What the engine said in an entry of kind ``transition`` or ``event``."""
    return _transition.decode(entry.body) if entry.kind is Kind.TRANSITION else _alarm_event.decode(entry.body)


# --- the chain --------------------------------------------------------------------------------------------------


def chained(before: bytes, entry: Entry) -> bytes:
    """The hash of an entry, given that of the one before: SHA-256 over both.

    Whoever changes, takes out, adds or moves an entry would have to make every later hash anew; the last one stands
    in every backup.
    """
    cells = (entry.seq, entry.at, entry.wall, entry.kind, entry.name, entry.chair, entry.body)
    return hashlib.sha256(before + _encode(cells)).digest()


def merge(entries: Iterable[Entry], samples: Iterable[Told]) -> Iterator[Told | Entry]:
    """Entries and samples in one order, that of their numbers."""
    waiting = iter(samples)
    sample = next(waiting, None)
    for entry in entries:
        while sample is not None and sample.seq < entry.seq:
            yield sample
            sample = next(waiting, None)
        yield entry
    if sample is not None:
        yield sample
        yield from waiting
