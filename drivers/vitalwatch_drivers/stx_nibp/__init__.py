"""Blood pressure modules that speak STX frames of text (SINNOR N6, PAR NIBP2010/2020): see README.md in this folder."""

from vitalwatch_drivers.stx_nibp.driver import StxNibpDriver

__all__ = ["StxNibpDriver"]
