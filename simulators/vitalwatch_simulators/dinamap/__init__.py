"""Simulated Dinamap monitors, asked in ASCII and streaming blocks: see README.md in this folder."""

from vitalwatch_simulators.dinamap.monitor import DinamapMonitor
from vitalwatch_simulators.dinamap.pro1000 import Pro1000Monitor

__all__ = ["DinamapMonitor", "Pro1000Monitor"]
