"""Signing in to a broker: passwords, certificates, versions of MQTT, and what is told when it fails."""

from __future__ import annotations

import socket
from pathlib import Path
from random import Random
from typing import Any

import aiomqtt
import pytest

from vitalwatch.clock import SystemClock
from vitalwatch.driver import Message
from vitalwatch.links import BrokerSettings, Links

pytestmark = pytest.mark.asyncio

NODELAY = ((socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),)


def links_with(broker: Any, **settings: Any) -> Links:
    brokers = {f"{broker.host}:{broker.port}": BrokerSettings(**settings)}
    return Links(SystemClock(speed=20.0), Path(), Random(1), brokers=brokers)


def listening(certificates: Any, name: str, *more: str) -> list[str]:
    """The settings of a mosquitto that speaks TLS."""
    ca, certificate, key = (certificates[file] for file in ("ca.pem", f"{name}.pem", f"{name}.key"))
    return [f"cafile {ca}", f"certfile {certificate}", f"keyfile {key}", *more]


@pytest.mark.parametrize("version", ["3.1.1", "5"])
@pytest.mark.parametrize("qos", [0, 1])
async def test_a_message_comes_over_tls_with_a_password_in_both_versions_and_qualities(
    strict_broker: Any, certificates: Any, sink: Any, running: Any, version: str, qos: int
) -> None:
    broker = strict_broker(*listening(certificates, "broker"))
    await broker.start()
    ca = certificates["ca.pem"]
    links = links_with(broker, user="watch", password="secret", ca_file=ca, version=version)
    async with running(links.open(f"mqtts://{broker.host}:{broker.port}/ward/1?qos={qos}"), sink):
        await sink.expect("opened")
        async with aiomqtt.Client(
            broker.host,
            broker.port,
            username="watch",
            password="secret",
            tls_params=aiomqtt.TLSParameters(ca_certs=str(ca)),
            socket_options=NODELAY,
        ) as client:
            await client.publish("ward/1", b"97", qos=1)
        assert await sink.expect("received") == Message(b"97", "ward/1")


async def test_our_own_certificate_lets_us_in(strict_broker: Any, certificates: Any, sink: Any, running: Any) -> None:
    broker = strict_broker(*listening(certificates, "broker", "require_certificate true"), sign_in=False)
    await broker.start()
    links = links_with(
        broker,
        ca_file=certificates["ca.pem"],
        cert_file=certificates["watch.pem"],
        key_file=certificates["watch.key"],
        tls=True,
    )
    async with running(links.open(f"{broker.url}/ward/1"), sink):  # mqtt://, made TLS by the settings
        await sink.expect("opened")


async def test_a_missing_certificate_of_ours_is_told(
    strict_broker: Any, certificates: Any, sink: Any, running: Any
) -> None:
    broker = strict_broker(*listening(certificates, "broker", "require_certificate true"), sign_in=False)
    await broker.start()
    links = links_with(broker, ca_file=certificates["ca.pem"], tls=True)
    async with running(links.open(f"{broker.url}/ward/1"), sink):
        assert "certificate of VitalWatch" in (await sink.expect("lost")).reason


@pytest.mark.parametrize(
    ("served", "trusted", "told"),
    [
        ("expired", "ca.pem", "has expired"),
        ("broker", "other-ca.pem", "somebody whom this computer does not know"),
        ("broker", None, "somebody whom this computer does not know"),
        ("elsewhere", "ca.pem", "made out to another name"),
    ],
)
async def test_a_certificate_of_the_broker_that_cannot_be_trusted_is_told(
    strict_broker: Any, certificates: Any, sink: Any, running: Any, served: str, trusted: str | None, told: str
) -> None:
    broker = strict_broker(*listening(certificates, served), sign_in=False)
    await broker.start()
    links = links_with(broker, ca_file=certificates[trusted] if trusted else None)
    async with running(links.open(f"mqtts://{broker.host}:{broker.port}/ward/1"), sink):
        lost = await sink.expect("lost")
    assert told in lost.reason
    assert f"{broker.host}:{broker.port}" in lost.reason
    assert not lost.transient


async def test_a_key_that_is_not_our_certificates_is_told(certificates: Any, sink: Any, running: Any) -> None:
    settings = BrokerSettings(cert_file=certificates["watch.pem"], key_file=certificates["broker.key"], tls=True)
    links = Links(SystemClock(speed=20.0), Path(), brokers={"localhost:1883": settings})
    async with running(links.open("mqtt://LOCALHOST/ward/1"), sink):
        lost = await sink.expect("lost")
    assert "is not the key of" in lost.reason
    assert not lost.transient


async def test_a_broker_that_wants_tls_is_told_so(
    strict_broker: Any, certificates: Any, sink: Any, running: Any, links: Links
) -> None:
    broker = strict_broker(*listening(certificates, "broker"), sign_in=False)
    await broker.start()
    async with running(links.open(f"{broker.url}/ward/1"), sink):
        assert "mqtts://" in (await sink.expect("lost")).reason


async def test_a_broker_without_tls_is_told_so(make_broker: Any, certificates: Any, sink: Any, running: Any) -> None:
    broker = make_broker("mosquitto")
    await broker.start()
    links = links_with(broker, ca_file=certificates["ca.pem"])
    async with running(links.open(f"mqtts://{broker.host}:{broker.port}/ward/1"), sink):
        assert "does not speak TLS" in (await sink.expect("lost")).reason


@pytest.mark.parametrize("version", ["3.1.1", "5"])
@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, "wants a user name and a password"),
        ({"user": "watch", "password": "wrong"}, 'does not accept the user "watch"'),
        ({"user": "stranger", "password": "secret"}, 'does not accept the user "stranger"'),
    ],
)
async def test_a_wrong_or_missing_password_is_told_and_never_shown(
    strict_broker: Any, sink: Any, running: Any, given: dict[str, str], told: str, version: str
) -> None:
    broker = strict_broker()
    await broker.start()
    async with running(links_with(broker, **given, version=version).open(f"{broker.url}/ward/1"), sink):
        lost = await sink.expect("lost")
    assert told in lost.reason
    assert "secret" not in lost.reason
    assert "wrong" not in lost.reason
    assert not lost.transient


async def test_a_broker_of_an_older_version_names_the_one_to_set(make_broker: Any, sink: Any, running: Any) -> None:
    """nats-server speaks 3.1.1 only."""
    broker = make_broker("nats-server")
    await broker.start()
    async with running(links_with(broker, version="5").open(f"{broker.url}/ward/1"), sink):
        assert 'version = "3.1.1"' in (await sink.expect("lost")).reason


async def test_a_password_that_is_put_right_lets_the_same_link_in(
    strict_broker: Any, sink: Any, running: Any, tmp_path: Path
) -> None:
    broker = strict_broker()
    await broker.start()
    async with running(links_with(broker, user="watch", password="new").open(f"{broker.url}/ward/1"), sink):
        await sink.expect("lost")
        broker.stop()
        broker._config.write_text(f"listener {broker.port} {broker.host}\nallow_anonymous true\nuser root\n")
        await broker.start()
        if await sink.expect_any("lost", "opened") == "lost":  # an attempt may have met the closed port
            await sink.expect("opened")
