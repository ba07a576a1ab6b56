"""Simulated Contec oximeters: see README.md in this folder."""

from vitalwatch_simulators.contec.monitor import ContecEbMonitor, ContecFiveByteMonitor, ContecV7Monitor

__all__ = ["ContecEbMonitor", "ContecFiveByteMonitor", "ContecV7Monitor"]
