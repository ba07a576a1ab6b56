"""RDT Tempus Pro monitors, vitals as lines of JSON: see README.md in this folder."""

from vitalwatch_drivers.tempus.driver import TempusDriver

__all__ = ["TempusDriver"]
