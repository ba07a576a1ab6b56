"""Contec oximeters, dialects V7, 5-byte and EB: see README.md in this folder."""

from vitalwatch_drivers.contec.driver import ContecDriver

__all__ = ["ContecDriver"]
