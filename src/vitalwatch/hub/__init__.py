"""The room where devices, the alarm engine and the screens meet. See ``hub`` for the way through."""

from vitalwatch.hub.devices import ChairSetup, DeviceSetup
from vitalwatch.hub.frames import ChairFace
from vitalwatch.hub.hub import Hub
from vitalwatch.hub.viewers import Viewer

__all__ = ["ChairFace", "ChairSetup", "DeviceSetup", "Hub", "Viewer"]
