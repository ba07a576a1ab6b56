"""A simulated Nonin oximeter: see README.md in this folder."""

from vitalwatch_simulators.nonin.monitor import NoninMonitor

__all__ = ["NoninMonitor"]
