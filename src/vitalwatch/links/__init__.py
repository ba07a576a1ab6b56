"""Links: open a device's bytes or messages by URL, keep them open, and be told of every loss.

``Links(...).open(url)`` is the one place where a link is made. A new kind of link is one module with a ``Transport``,
one row in ``Links``, and one form in ``vitalwatch.link_url``. Nothing here knows what the bytes mean.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from random import Random

from vitalwatch.clock import Clock
from vitalwatch.link_url import LinkUrl, parse_link
from vitalwatch.links.base import Link, LinkSink, Sleep, Transport
from vitalwatch.links.link import END_OF_RECORDING, ReopeningLink
from vitalwatch.links.loop import Loop, LoopTransport
from vitalwatch.links.mqtt import Brokers, MqttLink
from vitalwatch.links.replay import ReplayTransport
from vitalwatch.links.serial import SerialTransport

__all__ = ["END_OF_RECORDING", "Link", "LinkSink", "Links", "Loop"]


class Links:
    """Opens links by URL, and holds what several of them share.

    Args:
        clock: the service's clock; pauses between attempts and the pace of a replay go by it.
        base: folder that relative paths in URLs are meant from: that of the config file.
        rng: spreads retries; give one with a seed to make a run repeatable.
        sleep: sleeps on ``clock``; only for a clock that is driven by hand.
    """

    def __init__(self, clock: Clock, base: Path, rng: Random | None = None, *, sleep: Sleep | None = None) -> None:
        self._clock = clock
        self._base = base
        self._rng = rng or Random()
        self._sleep = sleep or self._sleep_on_clock
        self._loops: dict[str, Loop] = {}
        self._brokers = Brokers(self._kept_open)
        self._openers: dict[str, Callable[[LinkUrl], Link]] = {
            "serial": lambda url: self._kept_open(url, SerialTransport(url)),
            "mqtt": lambda url: MqttLink(url, self._brokers),
            "replay": lambda url: self._kept_open(url, ReplayTransport(url, self._base, self._clock, self._sleep)),
            "loop": lambda url: self._kept_open(url, LoopTransport(self.loop(url.host))),
        }

    def open(self, url: LinkUrl | str) -> Link:
        """Make a link; nothing is opened before it runs.

        Raises:
            ConfigError: if the text is not a link URL.
        """
        if isinstance(url, str):
            url = parse_link(url)
        return self._openers[url.scheme](url)

    def loop(self, name: str) -> Loop:
        """The far end of ``loop://name``, for whoever plays the device; made at the first call."""
        if name not in self._loops:
            self._loops[name] = Loop(name)
        return self._loops[name]

    def _kept_open(self, url: LinkUrl, transport: Transport) -> ReopeningLink:
        return ReopeningLink(url, transport, self._sleep, self._rng)

    async def _sleep_on_clock(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self._clock.speed)
