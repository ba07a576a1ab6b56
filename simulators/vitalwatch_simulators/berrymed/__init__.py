"""A simulated BerryMed oximeter: see README.md in this folder."""

from vitalwatch_simulators.berrymed.monitor import BerrymedMonitor

__all__ = ["BerrymedMonitor"]
