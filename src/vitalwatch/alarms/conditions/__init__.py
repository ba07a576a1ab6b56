"""The alarm catalogue: every condition, in the order in which equal moments are decided."""

from __future__ import annotations

from typing import Final

from vitalwatch.alarms.conditions.base import (
    ALARM_NEWS,
    CARE_NEWS,
    CLOCK_NEWS,
    CUFF_NEWS,
    HEARD_NEWS,
    LINK_NEWS,
    STATUS_NEWS,
    TICK_NEWS,
    Condition,
)
from vitalwatch.alarms.conditions.care import CARE, CLINIC_WIDE
from vitalwatch.alarms.conditions.limits import LIMITS
from vitalwatch.alarms.conditions.pressures import PRESSURES
from vitalwatch.alarms.conditions.reaction import REACTION
from vitalwatch.alarms.conditions.sensors import SENSORS
from vitalwatch.alarms.conditions.technical import TECHNICAL
from vitalwatch.alarms.conditions.trends import TRENDS

_ROWS: Final = (*LIMITS, *PRESSURES, *TRENDS, REACTION, *SENSORS, *TECHNICAL, *CARE, *CLINIC_WIDE)

CATALOGUE: Final[dict[str, Condition]] = {condition.id: condition for condition in _ROWS}
"""All conditions by id. Conditions on the patient come before technical ones, which may ask about them."""

__all__ = [
    "ALARM_NEWS",
    "CARE_NEWS",
    "CATALOGUE",
    "CLOCK_NEWS",
    "CUFF_NEWS",
    "HEARD_NEWS",
    "LINK_NEWS",
    "STATUS_NEWS",
    "TICK_NEWS",
    "Condition",
]
