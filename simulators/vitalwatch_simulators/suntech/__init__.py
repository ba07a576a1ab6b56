"""A simulated SunTech OEM blood pressure module: see README.md in this folder."""

from vitalwatch_simulators.suntech.monitor import SuntechMonitor

__all__ = ["SuntechMonitor"]
