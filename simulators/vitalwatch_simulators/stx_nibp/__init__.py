"""A simulated blood pressure module that speaks STX frames of text: see README.md in this folder."""

from vitalwatch_simulators.stx_nibp.monitor import StxNibpMonitor

__all__ = ["StxNibpMonitor"]
