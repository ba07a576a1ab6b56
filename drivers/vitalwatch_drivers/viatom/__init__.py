"""Viatom, Wellue and Creative oximeters with frames that begin AA 55: see README.md in this folder."""

from vitalwatch_drivers.viatom.driver import ViatomDriver

__all__ = ["ViatomDriver"]
