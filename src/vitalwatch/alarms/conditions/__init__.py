"""The alarm catalogue: every condition, in the order in which equal moments are decided."""

from __future__ import annotations

from typing import Final

from vitalwatch.alarms.conditions.base import CUFF_NEWS, HEARD_NEWS, LINK_NEWS, STATUS_NEWS, Condition
from vitalwatch.alarms.conditions.limits import LIMITS
from vitalwatch.alarms.conditions.pressures import PRESSURES
from vitalwatch.alarms.conditions.technical import TECHNICAL

CATALOGUE: Final[dict[str, Condition]] = {condition.id: condition for condition in (*LIMITS, *PRESSURES, *TECHNICAL)}
"""All conditions by id. Patient conditions come before technical ones, which may ask about them."""

__all__ = ["CATALOGUE", "CUFF_NEWS", "HEARD_NEWS", "LINK_NEWS", "STATUS_NEWS", "Condition"]
