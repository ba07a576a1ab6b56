"""What a viewer of the past is told: the frames of the live socket, made from an engine that is not the live one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from vitalwatch import __version__
from vitalwatch.alarms import Engine, Output
from vitalwatch.alarms.events import CLINIC, Event
from vitalwatch.alarms.facts import Device
from vitalwatch.alarms.view import present
from vitalwatch.hub import frames
from vitalwatch.hub.frames import ChairFace, DeviceView
from vitalwatch.hub.picture import Picture, alarm_frame
from vitalwatch.hub.viewers import Viewer

MARK: Final = "REPLAY"
"""Every chair of the past carries it."""

_encode = msgspec.json.Encoder().encode


class Room(msgspec.Struct, frozen=True):
    """What the record does not hold: how the clinic looks now.

    Attributes:
        clinic: its name.
        look: its colours.
        faces: names and rooms of its chairs, by id.
    """

    clinic: str
    look: Mapping[str, object]
    faces: Mapping[str, ChairFace]


class LiveAlarms(msgspec.Struct, frozen=True):
    """What is the matter at the live chairs while somebody looks at the past.

    Attributes:
        high: alarms of this priority that light.
        medium: the same.
        low: the same.
        chair: name of the chair with the most urgent alarm that nobody has answered; empty for the clinic as a whole.
        text: of that alarm; empty if all are answered.
        priority: of that alarm.
    """

    high: int
    medium: int
    low: int
    chair: str = ""
    text: str = ""
    priority: str = ""


class ReplayPicture:
    """The frames for one viewer.

    Args:
        room: how the clinic looks.
        chairs: show only these; all if there are none.

    Attributes:
        engine: the past as it stands; put another in its place when the replay begins anew.
    """

    def __init__(self, room: Room, chairs: Sequence[str]) -> None:
        self.engine = Engine((), 0.0)
        self._viewer: Viewer | None = None
        self._room = room
        self._only = frozenset(chairs)
        self._picture = Picture(self.engine, (), self._chair_view)
        self._live: LiveAlarms | None = None

    @property
    def viewer(self) -> Viewer:
        """The queue; there is one from the first :meth:`renew` on."""
        assert self._viewer is not None
        return self._viewer

    @property
    def chairs(self) -> list[str]:
        """Ids of the chairs that are shown."""
        return [chair for chair in self.engine.chairs if not self._only or chair in self._only]

    def renew(self, wall: str, speed: float, notices: list[str], replay: dict[str, Any]) -> None:
        """Send everything anew.

        Args:
            wall: the time of day of the past, ISO 8601.
            speed: recorded seconds in a real one; 0 while time stands still.
            notices: sentences for the foot of the screen.
            replay: what is played, and how.
        """
        self._live = None
        self._picture = Picture(self.engine, self.chairs, self._chair_view)
        now = self.engine.now
        snapshot = {
            "type": "snapshot",
            "now": self._stamp(),
            "wall": wall,
            "speed": speed,
            "clinic": self._room.clinic,
            "version": __version__,
            "notices": notices,
            "look": self._room.look,
            "chairs": self._picture.chairs(now),
            "clinic_alarms": present(self.engine.chair(CLINIC), now),
            "screens": [],
            "fallback": True,
            "replay": replay,
        }
        body = _encode(snapshot)
        if self._viewer is None:
            self._viewer = Viewer(body)
        else:
            self._viewer.renew(body)

    def mark(self, event: Event) -> None:
        """The engine is told this: note what the viewer has to be told anew."""
        self._picture.mark(event)

    def say(self, outputs: list[Output]) -> None:
        """The engine said this: alarms go at once."""
        for output in outputs:
            alarm = self._picture.take(output, self.engine.now)
            if alarm is not None:
                self._put(alarm_frame(output, alarm, self.engine.now), alarm=True)

    def flush(self, live: LiveAlarms) -> None:
        """Send what has changed since the last batch, and what is the matter at the live chairs."""
        for frame in self._picture.batch(self.engine.now):
            self._put(frame.body, alarm=frame.alarm)
        if live != self._live:
            self._live = live
            self._put({"type": "live", "alarms": live}, alarm=True)

    def beat(self) -> None:
        """Let the viewer know that the service is there."""
        self._put({"type": "heartbeat", "now": self._stamp()})

    def _put(self, frame: dict[str, Any], *, alarm: bool = False) -> None:
        self.viewer.put(_encode(frame), alarm=alarm)

    def _stamp(self) -> float:
        return round(self.engine.now, 3)

    def _chair_view(self, chair_id: str, now: float) -> frames.ChairView:
        chair = self.engine.chair(chair_id)
        known = self._room.faces.get(chair_id)
        face = ChairFace(chair_id, known.label if known else chair_id, known.room if known else "", MARK)
        return frames.chair_view(chair, face, [_device_view(device, now) for device in chair.devices.values()], now)


def _device_view(device: Device, now: float) -> DeviceView:
    link = {True: "up", False: "lost", None: "opening"}[device.up]
    heard = None if device.heard_at is None else round(now - device.heard_at, 3)
    return DeviceView(device.spec.id, "", link, "", heard, None, None, None, [])
