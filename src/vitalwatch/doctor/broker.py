"""MQTT brokers: do they answer, let us read our topics, and pass messages on without the 40 ms step?

About the step. A broker that does not set TCP_NODELAY holds a small message back while an earlier one is not
acknowledged, and the receiving system acknowledges only after some 40 ms. Messages that come in bursts, as those of
many chairs do, then wait for each other. It cannot be seen on single messages; so a few bursts are sent to ourselves.
"""

from __future__ import annotations

import asyncio
import secrets
import socket
import statistics
from typing import Final

import aiomqtt

from vitalwatch.clock import SystemClock
from vitalwatch.config import Config
from vitalwatch.config.broker import Broker, broker_key
from vitalwatch.doctor.finding import Finding, split_advice
from vitalwatch.driver import Received
from vitalwatch.errors import LinkError
from vitalwatch.link_url import LinkUrl
from vitalwatch.links import Links
from vitalwatch.links.broker_settings import NO_SETTINGS, BrokerSettings, tls_context

STEP_S: Final = 0.025
"""A burst that takes this much longer than one question and its answer has met the step, which is 40 ms on Linux.
Without it the difference is under a millisecond on one computer, and little more between two."""

_ANSWER_S: Final = 8.0
"""How long a broker may take to grant our topics: longer than the link takes to give up a connection."""

_BURSTS: Final = 5
_BURST: Final = 5
_BURST_S: Final = 1.0
_NO_DELAY: Final = ((socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),)


async def look_at_brokers(config: Config) -> list[Finding]:
    """Ask every broker that the config's links name, all at once."""
    sign_ins = {key: _sign_in(broker) for key, broker in config.brokers.items()}
    opener = Links(SystemClock(), config.folder, brokers=sign_ins)
    brokers: dict[tuple[str, str, int], list[LinkUrl]] = {}
    for link in config.links.values():
        if link.scheme in ("mqtt", "mqtts"):
            brokers.setdefault((link.scheme, link.host.lower(), link.port), []).append(link)
    found = await asyncio.gather(
        *(
            _look_at(links, opener, sign_ins.get(broker_key(host, port), NO_SETTINGS))
            for (_, host, port), links in brokers.items()
        )
    )
    return [finding for findings in found for finding in findings]


async def _look_at(links: list[LinkUrl], opener: Links, sign_in: BrokerSettings) -> list[Finding]:
    """One broker: whether each topic is granted, then how bursts pass."""
    subject = f"{links[0].host}:{links[0].port}"
    refused = [reason for reason in await asyncio.gather(*(_ask(opener, link) for link in links)) if reason]
    # A broker that cannot be reached says the same for every topic.
    findings = [Finding("broker", subject, "fail", *split_advice(reason)) for reason in dict.fromkeys(refused)]
    if len(refused) == len(links):
        return findings
    if not refused:
        findings.append(Finding("broker", subject, "ok", f"It answers, and grants {_count(len(links), 'topic')}."))
    return [*findings, await _look_at_bursts(links[0], sign_in, subject)]


class _Answer:
    """A sink that waits for the first word of a link: open, or why not."""

    def __init__(self) -> None:
        self._told: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def opened(self) -> None:
        self._tell("")

    def received(self, data: Received) -> None:
        """Messages are not looked at here."""

    def lost(self, error: LinkError) -> None:
        self._tell(error.reason)

    async def wait(self) -> str:
        return await self._told

    def _tell(self, reason: str) -> None:
        if not self._told.done():
            self._told.set_result(reason)


async def _ask(links: Links, url: LinkUrl) -> str:
    answer = _Answer()
    running = asyncio.create_task(links.open(url).run(answer))
    try:
        async with asyncio.timeout(_ANSWER_S):
            return await answer.wait()
    except TimeoutError:
        return f"The broker {url.host}:{url.port} did not answer within {_ANSWER_S:g} s. Check host, port and network."
    finally:
        running.cancel()
        await asyncio.wait({running})


async def _look_at_bursts(url: LinkUrl, sign_in: BrokerSettings, subject: str) -> Finding:
    """Send bursts of small messages to ourselves, and see how long each takes."""
    topic = f"vitalwatch/doctor/{secrets.token_hex(8)}"
    unknown = "Whether messages that come in bursts are held back is unknown: "
    try:
        async with await _client(url, sign_in) as reader, await _client(url, sign_in) as writer:
            bursts = [await _burst(reader, writer, topic) for _ in range(_BURSTS)]
    except TimeoutError:
        advice = "Allow VitalWatch to publish and read vitalwatch/doctor/# in the broker's access rules."
        return Finding("broker", subject, "warn", f"{unknown}our own messages do not come back.", advice)
    except (aiomqtt.MqttError, LinkError) as error:
        return Finding("broker", subject, "warn", f"{unknown}{error}.", "Ask again; see the broker's log.")
    typical_ms = statistics.median(burst_s for _, burst_s in bursts) * 1000
    if statistics.median(burst_s - answer_s for answer_s, burst_s in bursts) >= STEP_S:
        advice = "With mosquitto, write  set_tcp_nodelay true  into its config and restart it."
        found = f"It holds small messages back: a burst of {_BURST} takes {typical_ms:.0f} ms."
        return Finding("broker", subject, "warn", found, advice)
    return Finding("broker", subject, "ok", f"A burst of {_BURST} messages passes in {typical_ms:.1f} ms.")


async def _burst(reader: aiomqtt.Client, writer: aiomqtt.Client, topic: str) -> tuple[float, float]:
    """Send some messages to ourselves.

    The reader asks for the topic anew before each burst: only while a connection goes both ways does Linux wait with
    an acknowledgement, as it does for a service that answers its broker. One that only reads acknowledges at once.

    Returns:
        Seconds that the broker took for an answer, and seconds from the first message sent to the last received.

    Raises:
        TimeoutError: if the messages do not all come back.
    """
    clock = SystemClock()
    asked_at = clock.now()
    (granted,) = await reader.subscribe(topic, qos=0)
    if (granted if isinstance(granted, int) else granted.value) >= 128:  # refused: MQTT 3.1.1 section 3.9.3
        raise TimeoutError
    begun_at = clock.now()
    async with asyncio.timeout(_BURST_S):
        for number in range(_BURST):
            await writer.publish(topic, str(number), qos=0)
        for _ in range(_BURST):
            await anext(reader.messages)
    return begun_at - asked_at, clock.now() - begun_at


async def _client(url: LinkUrl, sign_in: BrokerSettings) -> aiomqtt.Client:
    """A client that signs in as the links do, under a name of its own: one that is taken would push the service out."""
    encrypted = sign_in.tls or url.scheme == "mqtts"
    return aiomqtt.Client(
        url.host,
        url.port,
        username=sign_in.user,
        password=sign_in.password,
        tls_context=await asyncio.to_thread(tls_context, sign_in, url) if encrypted else None,
        protocol=aiomqtt.ProtocolVersion.V5 if sign_in.version == "5" else aiomqtt.ProtocolVersion.V311,
        timeout=_BURST_S,
        socket_options=_NO_DELAY,
    )


def _sign_in(broker: Broker) -> BrokerSettings:
    return BrokerSettings(
        broker.user, broker.password, broker.ca_file, broker.cert_file, broker.key_file, broker.version, broker.tls
    )


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"
