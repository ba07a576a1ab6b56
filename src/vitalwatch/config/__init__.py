"""The clinic's settings: strict TOML files whose every mistake is named with file, line and column."""

from vitalwatch.config.broker import Broker, broker_key
from vitalwatch.config.chair import Chair
from vitalwatch.config.clinic import Clinic, ClinicFile, Config
from vitalwatch.config.device import Device
from vitalwatch.config.fallback import Fallback
from vitalwatch.config.load import load
from vitalwatch.config.mistakes import BadConfig
from vitalwatch.config.person import Person
from vitalwatch.config.profile import ProfileConfig, alarm_profile
from vitalwatch.config.profile_files import load_profile, profile_names
from vitalwatch.config.room import Room
from vitalwatch.config.wall import Wall
from vitalwatch.config.web import Web

__all__ = [
    "BadConfig",
    "Broker",
    "Chair",
    "Clinic",
    "ClinicFile",
    "Config",
    "Device",
    "Fallback",
    "Person",
    "ProfileConfig",
    "Room",
    "Wall",
    "Web",
    "alarm_profile",
    "broker_key",
    "load",
    "load_profile",
    "profile_names",
]
