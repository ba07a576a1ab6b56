"""A simulated Masimo oximeter that writes ASCII 1: see README.md in this folder."""

from vitalwatch_simulators.masimo.monitor import MasimoMonitor

__all__ = ["MasimoMonitor"]
