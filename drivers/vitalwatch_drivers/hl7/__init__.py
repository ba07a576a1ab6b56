"""HL7 v2 observation messages over MLLP: see README.md in this folder."""

from vitalwatch_drivers.hl7.driver import Hl7Driver

__all__ = ["Hl7Driver"]
