"""What other limits would have done: the alarms of two profiles on the same recordings, set side by side. Pure."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

import msgspec

from vitalwatch.alarms import Priority
from vitalwatch.replay.report import MERGE_S, Alarm, Report

NEAR_S: Final = MERGE_S
"""Alarms that do not overlap but lie this close together can still be the same one."""


class Changed(msgspec.Struct, frozen=True):
    """An alarm that both profiles give, with the seconds by which the second gives it later (negative: earlier)."""

    chair: str
    condition: str
    start: float
    later_s: float
    priority: Priority
    priority_before: Priority


class Difference(msgspec.Struct, frozen=True):
    """What changes from the first profile to the second. Alarms are merged ones.

    Attributes:
        vanish: alarms that only the first gives.
        appear: alarms that only the second gives.
        later: alarms of both that the second gives later.
        earlier: alarms of both that the second gives earlier.
        reranked: alarms of both whose highest priority changes; they may stand in ``later`` or ``earlier`` as well.
        same: how many alarms both give at the same moment with the same priority.
    """

    vanish: tuple[Alarm, ...]
    appear: tuple[Alarm, ...]
    later: tuple[Changed, ...]
    earlier: tuple[Changed, ...]
    reranked: tuple[Changed, ...]
    same: int


def compare(first: Report, second: Report) -> Difference:
    """Pair the alarms of two reports over the same recordings, and give what differs.

    An alarm's counterpart is the first unpaired one of the same severity pair at the same chair that overlaps it or
    lies within a minute of it.
    """
    waiting: dict[tuple[str, str], list[Alarm]] = defaultdict(list)
    for alarm in second.alarms(MERGE_S):
        waiting[alarm.chair, alarm.family].append(alarm)
    vanish: list[Alarm] = []
    both: list[Changed] = []
    for alarm in first.alarms(MERGE_S):
        candidates = waiting[alarm.chair, alarm.family]
        twin = next((other for other in candidates if _close(alarm, other)), None)
        if twin is None:
            vanish.append(alarm)
            continue
        candidates.remove(twin)
        later_s = round(twin.start - alarm.start, 6)
        both.append(Changed(alarm.chair, twin.condition, twin.start, later_s, twin.priority, alarm.priority))
    appear = sorted(
        (alarm for alarms in waiting.values() for alarm in alarms),
        key=lambda alarm: (alarm.chair, alarm.start, alarm.condition),
    )
    return Difference(
        vanish=tuple(vanish),
        appear=tuple(appear),
        later=tuple(pair for pair in both if pair.later_s > 0),
        earlier=tuple(pair for pair in both if pair.later_s < 0),
        reranked=tuple(pair for pair in both if pair.priority is not pair.priority_before),
        same=sum(pair.later_s == 0 and pair.priority is pair.priority_before for pair in both),
    )


def _close(alarm: Alarm, other: Alarm) -> bool:
    return other.start <= alarm.end + NEAR_S and alarm.start <= other.end + NEAR_S
