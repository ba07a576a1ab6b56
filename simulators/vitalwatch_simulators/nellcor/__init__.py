"""A simulated Nellcor oximeter on its ASCII data port: see README.md in this folder."""

from vitalwatch_simulators.nellcor.monitor import NellcorMonitor

__all__ = ["NellcorMonitor"]
