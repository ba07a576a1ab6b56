"""Simulated GE Datex-Ohmeda monitor with a DRI serial line."""

from vitalwatch_simulators.ge_dri.monitor import GeDriMonitor

__all__ = ["GeDriMonitor"]
