"""A Tempus Pro that sends its vitals as lines of JSON: see README.md in this folder."""

from vitalwatch_simulators.tempus.monitor import TempusMonitor

__all__ = ["TempusMonitor"]
