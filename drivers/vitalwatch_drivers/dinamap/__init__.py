"""GE and Critikon Dinamap monitors, ASCII host protocol and PRO 1000 binary blocks: see README.md in this folder."""

from vitalwatch_drivers.dinamap.driver import DinamapDriver

__all__ = ["DinamapDriver"]
