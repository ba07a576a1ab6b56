"""A wire inside this process: a monitor on a ``loop://`` link of the service, for rehearsals."""

from __future__ import annotations

import asyncio
from typing import NamedTuple

from vitalwatch.driver import Message
from vitalwatch.links import Loop
from vitalwatch_simulators.rig import DatagramRig, MessageRig, Rig
from vitalwatch_simulators.wires.talk import Talk, datagram_talk, stream_talk
from vitalwatch_simulators.wires.timeline import Timeline


class OnLoop(NamedTuple):
    """A monitor on a loop."""

    rig: Rig
    loop: Loop
    topic: str
    """Under which a monitor that publishes does so."""

    async def run(self, timeline: Timeline) -> None:
        """Speak and listen until cancelled."""
        rig = self.rig
        if isinstance(rig, MessageRig):
            await self._publish(rig, timeline)
            return
        talk: Talk[bytes] | Talk[list[bytes]]
        if isinstance(rig, DatagramRig):
            talk = datagram_talk(rig, timeline, self._send)
        else:
            talk = stream_talk(rig, timeline, self.loop.feed)
        self.loop.heard = talk.hear
        await talk.run()

    def _send(self, datagrams: list[bytes]) -> None:
        for datagram in datagrams:
            self.loop.feed(Message(datagram))

    async def _publish(self, rig: MessageRig, timeline: Timeline) -> None:
        spoken_to = asyncio.Event()  # never: it only publishes
        while True:
            t = rig.next_at()
            await timeline.until_or(t, spoken_to)
            for said in rig.emit(t):
                self.loop.feed(Message(said.payload, self.topic + said.suffix))
