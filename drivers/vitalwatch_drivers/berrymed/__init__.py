"""BerryMed oximeters, the five-byte BCI protocol: see README.md in this folder."""

from vitalwatch_drivers.berrymed.driver import BerrymedDriver

__all__ = ["BerrymedDriver"]
