"""A simulated Viatom PC-60FW oximeter: see README.md in this folder."""

from vitalwatch_simulators.viatom.monitor import ViatomMonitor

__all__ = ["ViatomMonitor"]
