"""The values of a chair at any span: by the second for minutes and hours, by minutes and groups of them beyond.

However many there are, at most so many points come back as were asked for, and each holds the lowest and the highest
value of its time: no dip is ever averaged away.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import ceil
from typing import Final, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt
from sqlalchemy import func, select

from vitalwatch.alarms.events import CuffRead
from vitalwatch.journal.minutes import whole
from vitalwatch.journal.record import US, Kind, Minute, told_in
from vitalwatch.journal.schema import minute
from vitalwatch.journal.store import Store
from vitalwatch.model import Mode, Vital, standing_s
from vitalwatch.model.cells import NOTHING, values_of

SECONDS_S: Final = 2 * 60 * 60
"""Up to this span, seconds, the seconds of each minute are read; beyond, its lowest, highest and mean."""

MOST: Final = 2000
"""Points of one vital at most."""

_GROUPS_MIN: Final = (1, 2, 5, 10, 15, 20, 30, 60, 120, 180, 240, 360, 720, 1440)
"""Minutes that one point may stand for."""

_MINUTE_US: Final = 60 * US

Numbers = npt.NDArray[np.float64]


class Curve(msgspec.Struct, frozen=True):
    """One vital of one chair, oldest first.

    Attributes:
        episodic: whether each point is a reading of its own (a cuff's), not to be joined with the next.
        t: seconds since 1970 at which each point begins.
        low: lowest value of the point's time, in the vital's unit; ``None`` where a gap begins.
        high: highest.
        mean: their mean.
    """

    episodic: bool
    t: list[float]
    low: list[float | None]
    high: list[float | None]
    mean: list[float | None]


class Curves(msgspec.Struct, frozen=True):
    """The values of a chair; ``step_s`` is how many seconds a point stands for at least, service seconds."""

    step_s: int
    vitals: Mapping[str, Curve]


class _Points(NamedTuple):
    """Points of a vital: service seconds, µs since 1970, and values; NaN where there was no usable one."""

    at: Numbers
    wall: Numbers
    low: Numbers
    high: Numbers
    mean: Numbers


def curves(
    store: Store, chair: str, since: int, until: int, points: int = MOST, newest: Sequence[Minute] = ()
) -> Curves:
    """The values of a chair between two times of day.

    Args:
        store: the record.
        chair: chair id.
        since: µs since 1970.
        until: µs since 1970, after it.
        points: of one vital at most; 10 to :data:`MOST`.
        newest: minutes that are not, or not wholly, in the record yet.

    Raises:
        JournalError: if the record cannot be read.
    """
    newest = _whole(store, chair, newest)
    span_s = max(1, ceil((until - since) / US))
    cuff = _cuff(store, chair, since, until, points)
    if span_s <= SECONDS_S:
        step_s = ceil(span_s / points)
        rows = _minutes(store, chair, since, until, newest)
        found = {vital: _by_seconds(many, since, until, step_s) for vital, many in rows.items()}
        return Curves(step_s, {vital: curve for vital, curve in found.items() if curve.t} | cuff)
    group = next((each for each in _GROUPS_MIN if span_s / 60 / each <= points), ceil(span_s / 60 / points))
    return Curves(group * 60, _by_minutes(store, chair, since, until, group, newest) | cuff)


def _whole(store: Store, chair: str, newest: Sequence[Minute]) -> list[Minute]:
    """The newest minutes, with what of them is in the record: it may be of somebody who has just left."""
    found = {(row.vital, row.minute): row for row in newest}
    if found:
        for row in store.minutes_from(chair, min(row.minute for row in newest)):
            key = (row.vital, row.minute)
            found[key] = whole(row, found[key]) if key in found else row
    return list(found.values())


# --- by the second ----------------------------------------------------------------------------------------------


def _minutes(store: Store, chair: str, since: int, until: int, newest: Iterable[Minute]) -> dict[str, list[Minute]]:
    known = {(row.vital, row.minute): row for row in store.minutes(chair, since - _MINUTE_US, until)}
    known |= {(row.vital, row.minute): row for row in newest if since - _MINUTE_US <= row.wall < until}
    found: dict[str, list[Minute]] = {}
    for _, row in sorted(known.items()):
        found.setdefault(row.vital, []).append(row)
    return found


def _by_seconds(rows: Sequence[Minute], since: int, until: int, step_s: int) -> Curve:
    points = _joined([_seconds(row, pace) for row, pace in zip(rows, _paces(rows), strict=True)])
    inside = (points.wall >= since) & (points.wall < until)
    points = _Points(*(column[inside] for column in points))
    there = ~np.isnan(points.mean)
    period = float(np.median(np.diff(points.at[there]))) if there.sum() > 1 else 1.0
    if step_s > 1:
        points = _grouped(_Points(*(column[there] for column in points)), step_s)
    return _curve(points, max(standing_s(period), 1.5 * step_s))


def _paces(rows: Sequence[Minute]) -> list[float]:
    """µs of the wall's clock in a service second, of each minute: they are one but where time is played faster."""
    paces: list[float] = []
    for row, following in zip(rows, [*rows[1:], None], strict=True):
        if following is not None and following.minute == row.minute + 1:
            paces.append((following.wall - row.wall) / 60)
        else:
            paces.append(paces[-1] if paces else float(US))
    return paces


def _seconds(row: Minute, pace: float) -> _Points:
    """The seconds of a minute; of one whose seconds were compacted away, one point."""
    if row.seconds is None:
        bare = [np.asarray([np.nan if n is None else n], dtype=np.float64) for n in (row.low, row.high, row.mean)]
        return _Points(np.asarray([row.minute * 60.0]), np.asarray([float(row.wall)]), *bare)
    cells = np.frombuffer(row.seconds, dtype="<u2")
    (which,) = np.nonzero(cells != NOTHING)
    values = values_of(cells[which])
    second = which.astype(np.float64)
    return _Points(row.minute * 60.0 + second, row.wall + second * pace, values, values, values)


def _joined(parts: Sequence[_Points]) -> _Points:
    return _Points(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _grouped(points: _Points, step_s: int) -> _Points:
    """One point for each ``step_s`` seconds in which there is a value."""
    if not len(points.at):
        return points
    (begins,) = np.nonzero(np.diff(points.at // step_s, prepend=-1.0))
    counts = np.diff(np.append(begins, len(points.at)))
    return _Points(
        points.at[begins],
        points.wall[begins],
        np.minimum.reduceat(points.low, begins),
        np.maximum.reduceat(points.high, begins),
        np.add.reduceat(points.mean, begins) / counts,
    )


# --- by minutes -------------------------------------------------------------------------------------------------


def _by_minutes(
    store: Store, chair: str, since: int, until: int, group: int, newest: Sequence[Minute]
) -> dict[str, Curve]:
    fresh = [row for row in newest if since <= row.wall < until]
    bucket = (minute.c.minute - minute.c.minute % group).label("bucket")
    query = select(
        minute.c.vital,
        bucket,
        func.min(minute.c.wall).label("wall"),
        func.sum(minute.c.n).label("n"),
        func.min(minute.c.low).label("low"),
        func.max(minute.c.high).label("high"),
        (func.sum(minute.c.mean * minute.c.n) / func.sum(minute.c.n)).label("mean"),
    ).where(minute.c.chair == chair, minute.c.wall >= since, minute.c.wall < until, minute.c.n > 0)
    if fresh:
        query = query.where(minute.c.minute < min(row.minute for row in fresh))
    found: dict[str, dict[int, list[float]]] = {}
    for row in store.rows(query.group_by(minute.c.vital, bucket).order_by(minute.c.vital, bucket)):
        numbers = [row.bucket * 60.0, row.wall, row.low, row.high, row.mean, row.n]
        found.setdefault(row.vital, {})[row.bucket] = [float(number) for number in numbers]
    for minute_ in fresh:
        _add(found.setdefault(minute_.vital, {}), minute_, group)
    return {vital: _of_groups(buckets, group) for vital, buckets in found.items() if buckets}


def _add(buckets: dict[int, list[float]], row: Minute, group: int) -> None:
    """Add a minute to its group."""
    if row.low is None or row.high is None or row.mean is None:
        return
    begin = row.minute - row.minute % group
    known = buckets.get(begin)
    if known is None:
        buckets[begin] = [begin * 60.0, float(row.wall), row.low, row.high, row.mean, float(row.n)]
        return
    n = known[5] + row.n
    known[2:] = [min(known[2], row.low), max(known[3], row.high), (known[4] * known[5] + row.mean * row.n) / n, n]


def _of_groups(buckets: Mapping[int, Sequence[float]], group: int) -> Curve:
    numbers = np.asarray([row[:5] for row in buckets.values()]).T
    return _curve(_Points(*numbers), 1.5 * group * 60)


# --- cuff readings ----------------------------------------------------------------------------------------------

_PARTS: Final = {
    Vital.SYSTOLIC: "systolic",
    Vital.DIASTOLIC: "diastolic",
    Vital.MEAN_PRESSURE: "mean",
    Vital.CUFF_PULSE_RATE: "pulse",
}


def cuff_readings(store: Store, chair: str, since: int, until: int) -> dict[str, list[tuple[float, float]]]:
    """The parts of the cuff readings of a chair that arrived between two times of day (µs since 1970), by vital.

    Each is the time at which it was measured, µs, and its value.

    Raises:
        JournalError: if the record cannot be read.
    """
    found: dict[str, list[tuple[float, float]]] = {}
    for entry in store.entries(since=since, until=until, kinds=[Kind.NEWS], chair=chair, names=["cuff_read"]):
        event = told_in(entry).event
        if isinstance(event, CuffRead) and event.mode is Mode.REAL:
            for vital, part in _PARTS.items():
                value = getattr(event, part)
                if value is not None:
                    found.setdefault(vital, []).append((entry.wall - event.age_s * US, value))
    return found


def _cuff(store: Store, chair: str, since: int, until: int, points: int) -> dict[str, Curve]:
    """Each reading; of more than ``points``, the extremes of equal times."""
    curves = {}
    for vital, found in cuff_readings(store, chair, since, until).items():
        at, value = np.asarray(sorted(found)).T
        all_ = _Points(at / US, at, value, value, value)
        if len(found) > points:
            all_ = _grouped(all_, ceil((until - since) / US / points))
        curves[vital] = _curve(all_, np.inf)
    return curves


def _curve(points: _Points, stands_s: float) -> Curve:
    """What is sent: a ``None`` after each point that does not speak for the time until the next.

    Points that stand for ever are not values of a stream: they are readings, each for itself.
    """
    gaps = np.diff(points.at) > stands_s
    (before,) = np.nonzero(gaps & ~np.isnan(points.mean[:-1]))
    columns = []
    for column in (points.low, points.high, points.mean):
        gapped = np.round(np.insert(column, before + 1, np.nan), 2)
        columns.append([None if number != number else number for number in gapped.tolist()])
    walls = np.insert(points.wall, before + 1, points.wall[before] + 1000) / US
    return Curve(stands_s == np.inf, np.round(walls, 3).tolist(), *columns)
