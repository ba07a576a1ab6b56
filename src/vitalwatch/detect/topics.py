"""Hearing an MQTT broker: which topics there are, and which of them carry vitals. Nothing is published."""

from __future__ import annotations

import asyncio
import math
from pathlib import Path
from typing import Any, Final

import msgspec
from pydantic import ValidationError

from vitalwatch.clock import Clock
from vitalwatch.detect.listen import quoted
from vitalwatch.detect.mapping import Guess, guess, parse, vital_of
from vitalwatch.detect.score import PREVIEW_BYTES, Confidence, Readings
from vitalwatch.driver import Message, Received, load_driver
from vitalwatch.errors import ConfigError, LinkError, UsageError
from vitalwatch.link_url import LinkUrl, parse_link
from vitalwatch.links import Links

SECONDS: Final = 10.0
"""How long to listen to a broker if not said: two messages of a cuff monitor that speaks each 5 s."""

MOST_TOPICS: Final = 200
"""Topics that are kept apart; more are only counted."""

KEPT_MESSAGES: Final = 10
LONGEST_MESSAGE: Final = 8192
"""Newest messages of a topic that are looked at, and the longest one, in bytes. Together: at most 16 MB."""

MAPPED_BY: Final = "mqtt-json"
"""The driver that reads any JSON by a mapping."""

_ROUND_PERIODS: Final = (1.0, 2.0, 3.0, 5.0, 10.0, 15.0, 20.0, 30.0, 60.0)
_JITTER: Final = 1.1
"""How much later than its period a message may come without being of a longer one."""

_SURE_WEIGHT, _LIKELY_WEIGHT = 4, 2
_SURE_MESSAGES: Final = 2


class TopicReport(msgspec.Struct, frozen=True):
    """What came on one topic.

    Attributes:
        topic: its name.
        messages: how many messages came while listening.
        retained: how many the broker had kept from before; their age is unknown.
        preview: the first bytes of the newest message.
        confidence: how sure it is that these are vitals, with this mapping.
        driver: name of the driver that reads them; empty when nothing was recognised.
        options: its settings, as they stand under ``[device.options]``.
        values: the newest usable value of each vital, read by the driver with these settings.
        statuses: what the device says is the matter now.
        note: what there is to say when nothing was recognised.
        demo: the device says that its values are not a patient's.
    """

    topic: str
    messages: int
    retained: int
    preview: bytes
    confidence: Confidence = Confidence.NONE
    driver: str = ""
    options: dict[str, Any] = {}
    values: dict[str, float] = {}
    statuses: tuple[str, ...] = ()
    note: str = ""
    demo: bool = False


class BrokerReport(msgspec.Struct, frozen=True):
    """What came of one broker.

    Attributes:
        url: the link that was listened to.
        seconds: how long.
        topics: those that spoke, by name.
        left_out: messages on more topics than are kept apart.
        error: why the broker could not be heard, in plain words; empty if it could.
    """

    url: str
    seconds: float
    topics: tuple[TopicReport, ...] = ()
    left_out: int = 0
    error: str = ""


class _Topic:
    """The newest messages of one topic."""

    def __init__(self) -> None:
        self.fresh: list[bytes] = []
        self.newest = b""
        self.messages = 0
        self.retained = 0
        self.longest_gap_s = 0.0
        self._last_at: float | None = None

    def take(self, message: Message, now: float) -> None:
        self.newest = message.payload
        if message.retained:
            self.retained += 1
            return
        self.messages += 1
        if self._last_at is not None:
            self.longest_gap_s = max(self.longest_gap_s, now - self._last_at)
        self._last_at = now
        if len(message.payload) <= LONGEST_MESSAGE:
            self.fresh = [*self.fresh[-KEPT_MESSAGES + 1 :], message.payload]


class Hearing:
    """Sorts messages by topic. A sink of a link.

    Args:
        clock: tells the gaps between messages.
    """

    def __init__(self, clock: Clock) -> None:
        self.ended = asyncio.Event()
        self.error = ""
        self.left_out = 0
        self._clock = clock
        self._open = False
        self._topics: dict[str, _Topic] = {}

    def opened(self) -> None:
        """The broker delivers."""
        self._open = True

    def received(self, data: Received) -> None:
        """Keep a message, or count it when there are too many topics."""
        if not isinstance(data, Message):
            return
        if data.topic not in self._topics and len(self._topics) == MOST_TOPICS:
            self.left_out += 1
            return
        self._topics.setdefault(data.topic, _Topic()).take(data, self._clock.now())

    def lost(self, error: LinkError) -> None:
        """The broker cannot be heard; what was heard before a loss counts."""
        self.error = error.reason
        self.ended.set()

    @property
    def silent(self) -> bool:
        """Whether there was not even an opening."""
        return not self._open and not self._topics

    def reports(self, seconds: float) -> tuple[TopicReport, ...]:
        """What came on each topic in so many seconds of listening."""
        return tuple(_report(name, topic, seconds) for name, topic in sorted(self._topics.items()))


async def listen_to_broker(url: LinkUrl, clock: Clock, seconds: float) -> BrokerReport:
    """Hear everything on a topic filter for so many seconds, or until the broker is lost."""
    hearing = Hearing(clock)
    running = asyncio.create_task(Links(clock, Path()).open(url).run(hearing))
    ended = asyncio.create_task(hearing.ended.wait())
    try:
        await asyncio.wait({running, ended}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        running.cancel()
        ended.cancel()
        await asyncio.wait({running, ended})
    if not running.cancelled():
        running.result()  # a bug in the link: never swallowed
    error = hearing.error
    if not error and hearing.silent:
        error = f"The broker {url.host}:{url.port} did not answer within {seconds:g} s. Check host, port and network."
    return BrokerReport(url.text, seconds, hearing.reports(seconds), hearing.left_out, error)


def broker_link(text: str) -> LinkUrl:
    """The link for what a person wrote: a broker, with a topic filter or without one, which means every topic.

    Raises:
        ConfigError: if it is no MQTT link.
    """
    scheme, _, rest = text.strip().partition("://")
    if scheme.lower() not in ("mqtt", "mqtts"):
        shown = text.rpartition("@")[2]  # never repeat a password
        raise ConfigError(f'"{shown}" is not an MQTT broker.', hint="For example mqtt://localhost:1883/#.")
    body, question, options = rest.partition("?")
    if not body.partition("/")[2]:
        body = f"{body.rstrip('/')}/#"
    return parse_link(f"{scheme}://{body}{question}{options}")


def link_of_topic(broker: str, topic: str) -> str:
    """The link of one topic at a broker that was listened to by this link."""
    scheme, _, rest = broker.partition("://")
    body, question, options = rest.partition("?")
    return f"{scheme}://{body.partition('/')[0]}/{quoted(topic)}{question}{options}"


def _report(name: str, topic: _Topic, seconds: float) -> TopicReport:
    report = TopicReport(name, topic.messages, topic.retained, topic.newest[:PREVIEW_BYTES])
    if not topic.messages:
        note = "only a retained message of unknown age; nothing new came"
        return msgspec.structs.replace(report, note=note)
    if not name.isprintable():
        return msgspec.structs.replace(report, note="its name holds characters that cannot be written into a config")
    if not topic.fresh:
        return msgspec.structs.replace(report, note=f"messages of more than {LONGEST_MESSAGE} bytes")
    messages = [fields for payload in topic.fresh if (fields := parse(payload)) is not None]
    if len(messages) < len(topic.fresh):
        return msgspec.structs.replace(report, note=_bare(name, topic.fresh[-1]))
    found = guess(messages)
    if found.weight < _LIKELY_WEIGHT:
        return msgspec.structs.replace(report, note="JSON without fields that are plainly vitals")
    return _proved(report, found, topic, seconds)


def _proved(report: TopicReport, found: Guess, topic: _Topic, seconds: float) -> TopicReport:
    """Give the messages to the driver with the guessed mapping: only what it reads is claimed."""
    options = _options(found, topic, seconds)
    try:
        driver = load_driver(MAPPED_BY)
        device = driver("detect", driver.Options.model_validate_json(msgspec.json.encode(options)))
    except (UsageError, ImportError, ValidationError) as error:
        note = f'JSON with vitals, but the driver "{MAPPED_BY}" cannot read it: {error}'
        return msgspec.structs.replace(report, note=" ".join(note.split()))
    readings = Readings()
    for payload in topic.fresh:
        readings.take(device.receive(Message(payload, report.topic), 0.0))
    if not readings.plausible:
        return msgspec.structs.replace(report, note="JSON with names of vitals but impossible values")
    sure = found.weight >= _SURE_WEIGHT and topic.messages >= _SURE_MESSAGES and bool(readings.values)
    return msgspec.structs.replace(
        report,
        confidence=Confidence.SURE if sure else Confidence.LIKELY,
        driver=MAPPED_BY,
        options=options,
        values=dict(readings.values),
        statuses=readings.statuses,
        demo=readings.demo,
    )


def _options(found: Guess, topic: _Topic, seconds: float) -> dict[str, Any]:
    """The driver's options for a guess. A time is always stated: an empty text says that there is none."""
    options: dict[str, Any] = {"period_s": _period_s(topic, seconds), "time": found.time, "cuff_time": found.cuff_time}
    if found.time and found.time == found.cuff_time:
        options["cuff_time"] = ""  # the message's own time would make each repeat of a reading look new
    return {**options, "vitals": {str(vital): field.path for vital, field in found.vitals.items()}}


def _period_s(topic: _Topic, seconds: float) -> float:
    """The longest gap that was heard, rounded; with a single message, the time of listening is all that is known."""
    gap = topic.longest_gap_s if topic.messages > 1 else seconds
    return next((period for period in _ROUND_PERIODS if gap <= period * _JITTER), math.ceil(gap))


def _bare(topic: str, payload: bytes) -> str:
    """What to say of a message that is no JSON object: perhaps one bare value a topic, as ESPHome publishes."""
    try:
        float(payload)
    except ValueError:
        return "not JSON"
    levels = topic.split("/")
    vital = next((vital for level in reversed(levels) if (vital := vital_of(level)[0])), None)
    if vital is None:
        return "a bare number; nothing says what it is"
    return f"a bare number, {vital} by its topic; one value a topic is read by a driver that has to be set by hand"
