"""SunTech OEM blood pressure modules: see README.md in this folder."""

from vitalwatch_drivers.suntech.driver import SuntechDriver

__all__ = ["SuntechDriver"]
