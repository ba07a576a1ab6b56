"""CASMED 740 vital signs monitors, asked in ASCII: see README.md in this folder."""

from vitalwatch_drivers.casmed.driver import CasmedDriver

__all__ = ["CasmedDriver"]
