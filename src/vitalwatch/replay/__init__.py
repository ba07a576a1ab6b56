"""Recorded series through the live alarm engine, on virtual time: what would have alarmed, and under other limits."""

from vitalwatch.replay.backtest import Difference, compare
from vitalwatch.replay.recording import Recording, Row, survey
from vitalwatch.replay.report import Load, Report
from vitalwatch.replay.run import end_of, play

__all__ = ["Difference", "Load", "Recording", "Report", "Row", "compare", "end_of", "play", "survey"]
