"""A GE Dash monitor on its Unity network: see README.md in this folder."""

from vitalwatch_simulators.ge_unity.monitor import GeUnityMonitor

__all__ = ["GeUnityMonitor"]
