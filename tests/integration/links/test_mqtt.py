"""MQTT links against real brokers of two kinds, on the loopback."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import aiomqtt
import pytest

from tests.patience import PATIENCE_S
from vitalwatch.driver import Counts, Message, load_driver
from vitalwatch.links import Links, mqtt_connection
from vitalwatch.model import Observation, Vital

pytestmark = pytest.mark.asyncio

NODELAY = ((socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),)


@asynccontextmanager
async def publisher(broker: Any) -> AsyncIterator[aiomqtt.Client]:
    async with aiomqtt.Client(broker.host, broker.port, socket_options=NODELAY) as client:
        yield client


async def keep(broker: Any, client: aiomqtt.Client, topic: str, payload: bytes) -> None:
    """Publish a retained message and wait until the broker hands it out (nats-server stores it a little later)."""
    await client.publish(topic, payload, qos=1, retain=True)
    async with asyncio.timeout(PATIENCE_S):
        while True:
            async with publisher(broker) as newcomer:
                await newcomer.subscribe(topic)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(0.05):
                        if (await anext(newcomer.messages)).retain:
                            return


async def test_a_message_arrives_with_its_topic(broker: Any, links: Links, sink: Any, running: Any) -> None:
    await broker.start()
    async with running(links.open(f"{broker.url}/ward/1"), sink), publisher(broker) as client:
        await sink.expect("opened")
        await client.publish("ward/2", b"for somebody else")
        await client.publish("ward/1", b"\x00\xff")
        assert await sink.expect("received") == Message(b"\x00\xff", "ward/1", retained=False)
    assert sink.quiet


async def test_a_retained_message_says_so_and_a_live_one_does_not(
    broker: Any, links: Links, sink: Any, running: Any
) -> None:
    await broker.start()
    async with publisher(broker) as client:
        await keep(broker, client, "ward/1", b"old")
        async with running(links.open(f"{broker.url}/ward/1"), sink):
            await sink.expect("opened")
            assert await sink.expect("received") == Message(b"old", "ward/1", retained=True)
            await client.publish("ward/1", b"new", retain=True)
            assert await sink.expect("received") == Message(b"new", "ward/1", retained=False)


async def test_wildcards_bring_every_topic_they_match_and_no_other(
    broker: Any, links: Links, make_sink: Any, running: Any
) -> None:
    await broker.start()
    plus, rest = make_sink(), make_sink()
    async with (
        running(links.open(f"{broker.url}/ward/+/spo2"), plus),
        running(links.open(f"{broker.url}/lab/#"), rest),
        publisher(broker) as client,
    ):
        await plus.expect("opened")
        await rest.expect("opened")
        for topic in ("ward/1/spo2", "ward/1/pulse", "lab", "ward/2/spo2", "lab/a/b"):
            await client.publish(topic, topic.encode())
        assert [(await plus.expect("received")).topic for _ in range(2)] == ["ward/1/spo2", "ward/2/spo2"]
        assert [(await rest.expect("received")).topic for _ in range(2)] == ["lab", "lab/a/b"]
    assert plus.quiet
    assert rest.quiet


async def test_two_devices_on_one_topic_both_get_each_message_once(
    broker: Any, links: Links, make_sink: Any, running: Any
) -> None:
    await broker.start()
    sinks = [make_sink(), make_sink()]
    async with AsyncExitStack() as stack:
        for sink in sinks:
            await stack.enter_async_context(running(links.open(f"{broker.url}/ward/1"), sink))
            await sink.expect("opened")
        client = await stack.enter_async_context(publisher(broker))
        for payload in (b"1", b"2"):
            await client.publish("ward/1", payload)
        for sink in sinks:
            assert [(await sink.expect("received")).payload for _ in range(2)] == [b"1", b"2"]


async def test_a_device_that_leaves_does_not_take_the_topic_from_the_other(
    broker: Any, links: Links, make_sink: Any, running: Any
) -> None:
    await broker.start()
    stays, leaves = make_sink(), make_sink()
    async with running(links.open(f"{broker.url}/ward/1"), stays), publisher(broker) as client:
        await stays.expect("opened")
        async with running(links.open(f"{broker.url}/ward/1"), leaves):
            await leaves.expect("opened")
        await client.publish("ward/1", b"1")
        assert (await stays.expect("received")).payload == b"1"
    assert leaves.quiet


async def test_a_device_that_joins_later_gets_the_retained_message_too(
    broker: Any, links: Links, make_sink: Any, running: Any
) -> None:
    await broker.start()
    first, second = make_sink(), make_sink()
    async with publisher(broker) as client, running(links.open(f"{broker.url}/ward/1"), first):
        await first.expect("opened")
        await keep(broker, client, "ward/1", b"kept")
        assert (await first.expect("received")).retained is False
        async with running(links.open(f"{broker.url}/ward/1"), second):
            await second.expect("opened")
            assert (await second.expect("received")).retained is True


async def test_overlapping_filters_do_not_double_messages(
    broker: Any, links: Links, make_sink: Any, running: Any
) -> None:
    """A broker may send a message once for every filter of a client that matches it; nats-server does."""
    await broker.start()
    one, all_of_them = make_sink(), make_sink()
    async with (
        running(links.open(f"{broker.url}/ward/1?client_id=watch"), one),
        running(links.open(f"{broker.url}/ward/+?client_id=watch"), all_of_them),
        publisher(broker) as client,
    ):
        await one.expect("opened")
        await all_of_them.expect("opened")
        for payload in (b"1", b"2"):
            await client.publish("ward/1", payload)
        for sink in (one, all_of_them):
            assert [(await sink.expect("received")).payload for _ in range(2)] == [b"1", b"2"]
    assert one.quiet
    assert all_of_them.quiet


async def test_a_broker_that_is_not_there_is_told_once_and_found_when_it_comes(
    broker: Any, links: Links, sink: Any, running: Any
) -> None:
    async with running(links.open(f"{broker.url}/ward/1"), sink):
        lost = await sink.expect("lost")
        assert lost.transient
        assert str(broker.port) in lost.reason
        assert lost.url == f"{broker.url}/ward/1"
        await broker.start()
        await sink.expect("opened")


@pytest.mark.parametrize("how", ["stop", "kill"])
async def test_a_broker_that_dies_is_lost_for_every_device_and_back_after_its_restart(
    broker: Any, links: Links, make_sink: Any, running: Any, how: str
) -> None:
    await broker.start()
    sinks = {f"ward/{number}": make_sink() for number in range(3)}
    async with AsyncExitStack() as stack:
        for topic, sink in sinks.items():
            await stack.enter_async_context(running(links.open(f"{broker.url}/{topic}"), sink))
        for sink in sinks.values():
            await sink.expect("opened")
        getattr(broker, how)()
        for topic, sink in sinks.items():
            assert (await sink.expect("lost")).url == f"{broker.url}/{topic}"
        await broker.start()
        client = None
        for topic, sink in sinks.items():
            event = await sink.expect_any("lost", "opened")  # a retry may find the port closed: another reason
            if event == "lost":
                await sink.expect("opened")
            client = client or await stack.enter_async_context(publisher(broker))
            await client.publish(topic, topic.encode())
            assert (await sink.expect("received")).payload == topic.encode()


async def test_one_connection_serves_all_devices_of_a_broker(
    broker: Any, links: Links, make_sink: Any, running: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    real = aiomqtt.Client

    def counted(*arguments: Any, **settings: Any) -> aiomqtt.Client:
        made.append(real(*arguments, **settings))
        return made[-1]

    await broker.start()
    monkeypatch.setattr(mqtt_connection.aiomqtt, "Client", counted)
    async with AsyncExitStack() as stack:
        sinks = [make_sink() for _ in range(250)]
        for number, sink in enumerate(sinks):
            await stack.enter_async_context(running(links.open(f"{broker.url}/ward/{number}"), sink))
        for sink in sinks:
            await sink.expect("opened")
    assert len(made) == 1


async def test_a_broker_that_wants_a_password_is_told_so(
    make_broker: Any, links: Links, sink: Any, running: Any
) -> None:
    for kind in ("mosquitto", "nats-server"):
        broker = make_broker(kind, sign_in=True)
        await broker.start()
        async with running(links.open(f"{broker.url}/ward/1"), sink):
            lost = await sink.expect("lost")
        assert "password" in lost.reason
        assert not lost.transient


async def test_an_unknown_host_is_told_so(links: Links, sink: Any, running: Any) -> None:
    async with running(links.open("mqtt://no-such-host.invalid/ward/1"), sink):
        lost = await sink.expect("lost")
    assert '"no-such-host.invalid"' in lost.reason


async def test_a_name_that_no_host_can_have_is_told_so(links: Links, sink: Any, running: Any) -> None:
    async with running(links.open(f"mqtt://{'a' * 64}.invalid/ward/1"), sink):
        assert '"aaaa' in (await sink.expect("lost")).reason


async def test_something_that_is_no_broker_is_told_so(
    links: Links, sink: Any, running: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mqtt_connection, "ANSWER_S", 0.2)

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with running(links.open(f"mqtt://127.0.0.1:{port}/ward/1"), sink):
        lost = await sink.expect("lost")
    server.close()
    await server.wait_closed()
    assert "MQTT" in lost.reason


async def test_a_frozen_broker_is_noticed(
    broker: Any, links: Links, sink: Any, running: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert 2 * mqtt_connection.KEEPALIVE_S + 2 <= 15  # asked after one, given up after another, looked at each second
    monkeypatch.setattr(mqtt_connection, "KEEPALIVE_S", 1)
    await broker.start()
    async with running(links.open(f"{broker.url}/ward/1"), sink):
        await sink.expect("opened")
        broker.freeze()
        assert "stopped answering" in (await sink.expect("lost")).reason
        broker.kill()


async def test_a_message_larger_than_the_limit_is_ignored_and_counted(
    broker: Any, links: Links, sink: Any, running: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mqtt_connection, "LARGEST_MESSAGE", 1000)
    await broker.start()
    link = links.open(f"{broker.url}/ward/1")
    async with running(link, sink), publisher(broker) as client:
        await sink.expect("opened")
        await client.publish("ward/1", bytes(1001))
        await client.publish("ward/1", bytes(1000))
        assert len((await sink.expect("received")).payload) == 1000
        assert link.ignored == 1
    assert link.ignored == 1


async def test_a_bug_in_one_sink_stops_its_link_and_no_other(
    broker: Any, links: Links, make_sink: Any, running: Any
) -> None:
    def bug(_: object) -> None:
        raise ZeroDivisionError

    faulty, sound = make_sink(), make_sink()
    faulty.received = bug
    await broker.start()
    broken = asyncio.create_task(links.open(f"{broker.url}/ward/1").run(faulty))
    async with running(links.open(f"{broker.url}/ward/1"), sound), publisher(broker) as client:
        await faulty.expect("opened")
        await sound.expect("opened")
        for payload in (b"1", b"2"):
            await client.publish("ward/1", payload)
            assert (await sound.expect("received")).payload == payload
        with pytest.raises(ZeroDivisionError):
            await broken


async def test_a_bug_in_the_connection_comes_out_of_every_link(
    make_broker: Any, links: Links, make_sink: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def bug(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(mqtt_connection.BrokerConnection, "_subscribe", bug)
    broker = make_broker("mosquitto")
    await broker.start()
    tasks = [asyncio.create_task(links.open(f"{broker.url}/ward/{n}").run(make_sink())) for n in range(2)]
    for task in tasks:
        with pytest.raises(ZeroDivisionError):
            async with asyncio.timeout(PATIENCE_S):
                await task


async def test_a_refused_topic_is_told_to_its_device_only_and_asked_for_again(
    make_broker: Any, links: Links, make_sink: Any, running: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A broker with access rules answers a subscription with 128; the one here does so twice for one topic."""
    real = aiomqtt.Client.subscribe
    asked = []

    async def subscribe(self: aiomqtt.Client, topics: list[tuple[str, int]], **settings: Any) -> Any:
        codes = await real(self, topics, **settings)
        asked.extend(topic for topic, _ in topics if topic == "secret")
        return [
            128 if topic == "secret" and len(asked) < 3 else code
            for (topic, _), code in zip(topics, codes, strict=True)
        ]

    monkeypatch.setattr(aiomqtt.Client, "subscribe", subscribe)
    monkeypatch.setattr(mqtt_connection, "LONGEST_PAUSE_S", 0.05)
    broker = make_broker("mosquitto")
    await broker.start()
    refused, allowed = make_sink(), make_sink()
    async with running(links.open(f"{broker.url}/secret"), refused), running(links.open(f"{broker.url}/a"), allowed):
        lost = await refused.expect("lost")
        assert '"secret"' in lost.reason
        assert not lost.transient
        await allowed.expect("opened")
        await refused.expect("opened")
    assert refused.quiet
    assert allowed.quiet


async def test_a_link_cancelled_while_connecting_leaves_no_connection(
    broker: Any, links: Links, make_sink: Any
) -> None:
    await broker.start()
    for turns in range(0, 60, 3):
        task = asyncio.create_task(links.open(f"{broker.url}/ward/1").run(make_sink()))
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        async with asyncio.timeout(PATIENCE_S):
            await asyncio.wait({task})
        assert task.cancelled()
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_polling_an_mqtt_device_does_nothing(links: Links) -> None:
    links.open("mqtt://localhost/ward/1").send(b"poll")


def publish(payload: bytes, number: int, *, dup: bool) -> bytes:
    """A PUBLISH packet of quality 1 to ``ward/1`` (MQTT 3.1.1 section 3.3)."""
    body = b"\x00\x06ward/1" + number.to_bytes(2, "big") + payload
    return bytes([0x3A if dup else 0x32, len(body)]) + body


async def test_at_quality_1_each_message_comes_once_however_often_the_broker_sends_it(
    links: Links, sink: Any, running: Any
) -> None:
    """No real broker repeats on demand, so this one is played by hand."""
    asked = []
    answers = asyncio.Queue[bytes]()

    async def broker(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError):
            while True:
                kind, length = await reader.readexactly(2)
                body = await reader.readexactly(length)
                match kind >> 4:
                    case 1:  # CONNECT: accepted
                        writer.write(b"\x20\x02\x00\x00")
                    case 8:  # SUBSCRIBE: granted
                        asked.append(body[-1])
                        writer.write(b"\x90\x03" + body[:2] + b"\x01")
                        for payload, number, dup in [
                            (b"97", 1, False),
                            (b"97", 1, True),
                            (b"97", 2, False),
                            (b"96", 3, True),
                            (b"96", 3, True),
                            (b"95", 4, False),
                        ]:
                            writer.write(publish(payload, number, dup=dup))
                    case 4:  # PUBACK
                        answers.put_nowait(body)
        writer.close()

    server = await asyncio.start_server(broker, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with running(links.open(f"mqtt://127.0.0.1:{port}/ward/1?qos=1"), sink):
        await sink.expect("opened")
        assert [(await sink.expect("received")).payload for _ in range(4)] == [b"97", b"97", b"96", b"95"]
        async with asyncio.timeout(PATIENCE_S):
            assert [(await answers.get())[1] for _ in range(6)] == [1, 1, 2, 3, 3, 4]  # repeats are answered too
    assert asked == [1]
    assert sink.quiet
    server.close()
    await server.wait_closed()


async def test_devices_of_one_topic_share_the_higher_quality(
    broker: Any, links: Links, make_sink: Any, running: Any
) -> None:
    await broker.start()
    low, high = make_sink(), make_sink()
    async with (
        running(links.open(f"{broker.url}/ward/1"), low),
        running(links.open(f"{broker.url}/ward/1?qos=1"), high),
        publisher(broker) as client,
    ):
        await low.expect("opened")
        await high.expect("opened")
        await client.publish("ward/1", b"97", qos=1)
        assert (await low.expect("received")).payload == b"97"
        assert (await high.expect("received")).payload == b"97"
    assert low.quiet
    assert high.quiet


async def test_a_gateway_that_publishes_notifications_in_hex_is_a_cable_for_a_driver_of_bytes(
    broker: Any, links: Links, sink: Any, running: Any, shared: Path
) -> None:
    """A recording of a real oximeter, notification by notification as it came over Bluetooth."""
    said = (shared / "captures/viatom-pc60fw-ble/pc60fw-notifications-001-060.hex").read_text("ascii").split()
    driver = load_driver("viatom")("ox", load_driver("viatom").Options())
    await broker.start()
    async with running(links.open(f"{broker.url}/gateway/ox?bytes=hex"), sink), publisher(broker) as client:
        await sink.expect("opened")
        reports: list[Any] = []
        for notification in said:
            await client.publish("gateway/ox", notification)
            reports += driver.receive(await sink.expect("received"), 1.0)
    assert driver.counts == Counts(frames=77)
    readings = [r.value for r in reports if isinstance(r, Observation) and r.vital is Vital.SPO2]
    assert readings == [97, 98, 98, 98, 99, 98]
