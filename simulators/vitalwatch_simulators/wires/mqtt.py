"""An MQTT broker: a monitor, or the bridge beside one, that publishes."""

from __future__ import annotations

import asyncio
import socket
from typing import Final, NamedTuple

import aiomqtt

from vitalwatch.errors import LinkError
from vitalwatch_simulators.links import MqttLink
from vitalwatch_simulators.monitor import MessageMonitor
from vitalwatch_simulators.wires import outage
from vitalwatch_simulators.wires.timeline import Timeline

NO_DELAY: Final = ((socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),)
"""Without it two messages in a row wait up to 44 ms for the broker's acknowledgement of the first."""


class OnMqtt(NamedTuple):
    """A monitor that publishes to a broker."""

    monitor: MessageMonitor
    link: MqttLink

    async def run(self, opened: asyncio.Event, timeline: Timeline) -> None:
        """Publish until cancelled; ``opened`` is set when the broker has answered. One that is lost is dialled again.

        Raises:
            LinkError: if there is no connection at the start.
        """
        trouble = outage.Outage(self.link, "the broker")
        while True:
            try:
                async with _client(self) as client:
                    if trouble.lasts:
                        trouble.end()
                        _skip(self.monitor, timeline.now())
                    opened.set()
                    await _publish_until_lost(client, self, timeline)
            except aiomqtt.MqttError as error:
                _end_if_cancelled()
                if not opened.is_set():
                    reason = f"{self.link}: no connection to the broker ({error}). Is it on, and is the port right?"
                    raise LinkError(reason, url=str(self.link)) from error
                trouble.begin(error)
            await asyncio.sleep(outage.RETRY_S)


def _client(station: OnMqtt) -> aiomqtt.Client:
    """A client for one connection. A used one would send again what was not acknowledged on the connection before."""
    will, link = station.monitor.will, station.link
    return aiomqtt.Client(
        link.host,
        link.port,
        username=link.username,
        password=link.password,
        will=aiomqtt.Will(link.topic + will.suffix, will.payload, will.qos),
        socket_options=NO_DELAY,
    )


async def _publish_until_lost(client: aiomqtt.Client, station: OnMqtt, timeline: Timeline) -> None:
    # Not a task group: up to Python 3.12 one that fails leaves its own task marked as cancelled, which is what
    # _end_if_cancelled looks at.
    tasks = [
        asyncio.create_task(_publish(client, station, timeline), name=f"publish {station.link}"),
        asyncio.create_task(_notice_loss(client), name=f"watch {station.link}"),
    ]
    try:
        ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        ended.pop().result()  # raises: neither ends by itself
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _publish(client: aiomqtt.Client, station: OnMqtt, timeline: Timeline) -> None:
    monitor, link = station
    while True:
        t = monitor.next_at()
        await timeline.until(t)
        for publication in monitor.emit(t):
            await client.publish(link.topic + publication.suffix, publication.payload, publication.qos)
        _end_if_cancelled()


def _end_if_cancelled() -> None:
    """End the present task if it was cancelled and the cancellation went astray.

    It does in two places: ``asyncio.wait_for`` of Python 3.11, inside a publish, drops it when the acknowledgement
    comes in the same moment, and an aiomqtt client that is left by it raises its own error instead if the connection
    breaks meanwhile.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


async def _notice_loss(client: aiomqtt.Client) -> None:
    # Nothing is subscribed; what this waits for is the error. A publish that awaits its acknowledgement does not
    # notice that the connection is gone (aiomqtt 2.5) and would stand there for 10 s.
    async for _ in client.messages:
        pass


def _skip(monitor: MessageMonitor, now: float) -> None:
    """Pass over what came due while the broker was away: a device that stores nothing has lost it."""
    while monitor.next_at() < now:
        monitor.emit(monitor.next_at())
