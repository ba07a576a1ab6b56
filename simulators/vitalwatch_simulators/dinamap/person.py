"""Whom a simulated Dinamap watches."""

from __future__ import annotations

from typing import Protocol

from vitalwatch_simulators.patient import PatientVitals


class Person(Protocol):
    """Whose vitals are measured."""

    def vitals(self, t: float) -> PatientVitals:
        """The state of the person at ``t`` seconds since the start."""
        ...
