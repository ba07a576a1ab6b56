"""The alarm core. Pure: no clock, no asyncio, no I/O. See ``engine`` for the way in and ``track`` for the rules."""

from vitalwatch.alarms.chair_engine import Output
from vitalwatch.alarms.engine import Engine, WouldChange
from vitalwatch.alarms.facts import DeviceSpec
from vitalwatch.alarms.profile import Profile
from vitalwatch.alarms.spec import ChairSpec
from vitalwatch.alarms.transition import AlarmEvent, Priority, State, Transition

__all__ = [
    "AlarmEvent",
    "ChairSpec",
    "DeviceSpec",
    "Engine",
    "Output",
    "Priority",
    "Profile",
    "State",
    "Transition",
    "WouldChange",
]
