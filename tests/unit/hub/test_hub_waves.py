"""The way of a curve through the hub: from the driver's report to the screens that draw it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from vitalwatch.alarms.events import SetChairState
from vitalwatch.model import Observation, Validity, Vital, Waveform


def sends(room: Any, device: str, spo2: float | None) -> None:
    """Let a device report an SpO2 and a block of its curve."""
    validity = Validity.VALID if spo2 is not None else Validity.UNAVAILABLE

    def receive(_: Any, now: float) -> list[Any]:
        room.drivers[device].counts.frames += 1
        return [
            Observation(device, Vital.SPO2, spo2, validity, now),
            Waveform(device, "pleth", 75.0, (1.0, 2.0, 3.0), now),
        ]

    room.drivers[device].receive = receive
    room.say(device, "anything")


async def waves(screen: Any) -> list[bytes]:
    """Waves that come within a second; other frames are passed over."""
    found = []
    try:
        async with asyncio.timeout(1):
            while True:
                frame = await screen.viewer.next_frame()
                if isinstance(frame, bytes):
                    found.append(frame)
    except TimeoutError:
        return found


def test_a_curve_reaches_the_screens_that_draw_it_under_its_chairs_number(in_room: Callable[..., Any]) -> None:
    async def story(room: Any) -> None:
        drawing, other = room.screen(), room.screen()
        drawing.viewer.waves = True
        sends(room, "d2", 97)
        [frame] = await waves(drawing)
        assert (frame[0], frame[2], frame[12]) == (1, 1, 1)  # waves, one block, the second chair
        assert await waves(other) == []

    in_room(story, chairs=2)


def test_the_curve_of_an_empty_chair_is_not_shown(in_room: Callable[..., Any]) -> None:
    async def story(room: Any) -> None:
        screen = room.screen()
        screen.viewer.waves = True
        room.hub.act(SetChairState("1", "empty", "Ada"))
        sends(room, "d1", 97)
        assert await waves(screen) == []

    in_room(story)


def test_a_device_without_a_value_still_shows_its_curve(in_room: Callable[..., Any]) -> None:
    """It is what a nurse looks at to see why there is no value."""

    async def story(room: Any) -> None:
        screen = room.screen()
        screen.viewer.waves = True
        sends(room, "d1", None)
        assert len(await waves(screen)) == 1

    in_room(story)


def test_a_device_that_is_gone_sends_no_curve(in_room: Callable[..., Any]) -> None:
    async def story(room: Any) -> None:
        screen = room.screen()
        screen.viewer.waves = True
        sends(room, "d1", 97)
        assert len(await waves(screen)) == 1
        room.links.loop("d1").cut()
        assert await waves(screen) == []

    in_room(story)
