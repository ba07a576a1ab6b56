"""Masimo SET serial output ASCII 1: see README.md in this folder."""

from vitalwatch_drivers.masimo.driver import MasimoDriver

__all__ = ["MasimoDriver"]
