"""A simulated CASMED 740 vital signs monitor: see README.md in this folder."""

from vitalwatch_simulators.casmed.monitor import CasmedMonitor

__all__ = ["CasmedMonitor"]
