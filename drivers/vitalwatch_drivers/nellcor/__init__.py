"""Nellcor ASCII tabular output: see README.md in this folder."""

from vitalwatch_drivers.nellcor.driver import NellcorDriver

__all__ = ["NellcorDriver"]
