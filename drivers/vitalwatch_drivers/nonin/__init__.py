"""Nonin oximeters, binary formats 1, 2, 7, 8, 13 and the ASCII form: see README.md in this folder."""

from vitalwatch_drivers.nonin.driver import NoninDriver

__all__ = ["NoninDriver"]
