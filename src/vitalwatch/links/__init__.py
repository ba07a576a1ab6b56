"""Links: open a device's bytes or messages by URL, keep them open, and be told of every loss.

``Links(...).open(url)`` is the one place where a link is made. A new kind of link is one module with a ``Transport``,
one row in ``Links``, and one form in ``vitalwatch.link_url``. Nothing here knows what the bytes mean.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from random import Random

from vitalwatch.clock import Clock
from vitalwatch.link_url import LinkUrl, is_vwlog, parse_link
from vitalwatch.links import vwlog
from vitalwatch.links.base import Link, LinkSink, Sleep, Transport
from vitalwatch.links.broker_settings import BrokerSettings
from vitalwatch.links.link import END_OF_RECORDING, ReopeningLink
from vitalwatch.links.loop import Loop, LoopTransport
from vitalwatch.links.mqtt import Brokers, MqttLink
from vitalwatch.links.ports import PortLink, Ports
from vitalwatch.links.recording import RecordedLink, Recording, Redact
from vitalwatch.links.replay import ReplayTransport
from vitalwatch.links.serial import SerialTransport
from vitalwatch.links.tcp import TcpTransport
from vitalwatch.links.tcp_listen import CallSeat, ListenTransport
from vitalwatch.links.udp import UdpSeat, UdpTransport
from vitalwatch.links.vwlog_replay import VwlogTransport

__all__ = [
    "END_OF_RECORDING",
    "BrokerSettings",
    "Link",
    "LinkSink",
    "Links",
    "Loop",
    "Recording",
    "Redact",
]


class Links:
    """Opens links by URL, and holds what several of them share.

    Args:
        clock: the service's clock; pauses between attempts and the pace of a replay go by it.
        base: folder that relative paths in URLs are meant from: that of the config file.
        rng: spreads retries; give one with a seed to make a run repeatable.
        brokers: how to sign in to MQTT brokers, by ``host:port`` with the host in lower case and without brackets; a
            broker that lets everybody in need not be here.
        sleep: sleeps on ``clock``; only for a clock that is driven by hand.

    Attributes:
        recordings: of all links made so far that are recorded, for whoever shows what they missed.
    """

    def __init__(
        self,
        clock: Clock,
        base: Path,
        rng: Random | None = None,
        *,
        brokers: Mapping[str, BrokerSettings] | None = None,
        sleep: Sleep | None = None,
    ) -> None:
        self.recordings: list[Recording] = []
        self._clock = clock
        self._base = base
        self._rng = rng or Random()
        self._sleep = sleep or self._sleep_on_clock
        self._loops: dict[str, Loop] = {}
        self._brokers = Brokers(self._kept_open, brokers or {})
        self._listening = Ports(self._kept_open, ListenTransport)
        self._datagrams = Ports(self._kept_open, UdpTransport)
        self._openers: dict[str, Callable[[LinkUrl], Link]] = {
            "serial": lambda url: self._kept_open(url, SerialTransport(url)),
            "tcp": lambda url: self._kept_open(url, TcpTransport(url)),
            "tcp-listen": lambda url: PortLink(url, self._listening, CallSeat),
            "udp": lambda url: PortLink(url, self._datagrams, UdpSeat),
            "mqtt": lambda url: MqttLink(url, self._brokers),
            "mqtts": lambda url: MqttLink(url, self._brokers),
            "replay": self._replay,
            "loop": lambda url: self._kept_open(url, LoopTransport(self.loop(url.host))),
        }

    def open(self, url: LinkUrl | str, *, device: str = "", driver: str = "", redact: Redact | None = None) -> Link:
        """Make a link; nothing is opened before it runs.

        Args:
            url: what to open.
            device: id of the device, for the start line of its recording.
            driver: name of its driver, for the same.
            redact: takes patients' names out of the recording; none to record what comes.

        Raises:
            ConfigError: if the text is not a link URL.
        """
        if isinstance(url, str):
            url = parse_link(url)
        link = self._openers[url.scheme](url)
        if not url.record:
            return link

        def start() -> vwlog.Start:
            return vwlog.Start(vwlog.VERSION, self._clock.wall().isoformat(), url.text, device, driver)

        recording = Recording(self._base / url.record, start, self._clock, self._writer, redact)
        self.recordings.append(recording)
        return RecordedLink(link, recording)

    def loop(self, name: str) -> Loop:
        """The far end of ``loop://name``, for whoever plays the device; made at the first call."""
        if name not in self._loops:
            self._loops[name] = Loop(name)
        return self._loops[name]

    @cached_property
    def _writer(self) -> ThreadPoolExecutor:
        """One thread for all recordings, so that a disk that hangs holds up nothing but them."""
        return ThreadPoolExecutor(1, thread_name_prefix="recording")

    def _replay(self, url: LinkUrl) -> Link:
        if not is_vwlog(url.path):
            return self._kept_open(url, ReplayTransport(url, self._base, self._clock, self._sleep))
        transport = VwlogTransport(url, self._base, self._clock, self._sleep)
        return ReopeningLink(url, transport, transport.pause, self._rng)

    def _kept_open(self, url: LinkUrl, transport: Transport) -> ReopeningLink:
        return ReopeningLink(url, transport, self._sleep, self._rng)

    async def _sleep_on_clock(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self._clock.speed)
