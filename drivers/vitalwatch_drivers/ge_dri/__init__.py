"""GE Datex-Ohmeda S/5, B-series and CARESCAPE monitors over the DRI serial protocol: see README.md in this folder."""

from vitalwatch_drivers.ge_dri.driver import GeDriDriver

__all__ = ["GeDriDriver"]
