"""A record of many days, made without living them: for figures and pictures.

It has minutes, cuff readings, alarms with answers, doses, and a run a day. Every chair is watched from 7 to 19 o'clock
(UTC). The rows are of the form that a service writes, in its order; blocks of samples are left out, since no question
of the history reads them.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Final

import numpy as np

from vitalwatch import __version__
from vitalwatch.alarms import ChairSpec, Engine
from vitalwatch.alarms.events import Acknowledge, CuffRead, Event, Note
from vitalwatch.alarms.facts import DeviceSpec
from vitalwatch.alarms.transition import AlarmEvent, Priority, State, Transition
from vitalwatch.journal.record import US, Checkpoint, Entry, Kind, Minute, Row, Seal, Started, pack, text_of
from vitalwatch.journal.store import Store
from vitalwatch.model import Vital
from vitalwatch.model.cells import cell_of

DAY_S: Final = 24 * 3600
OPENS_S: Final = 7 * 3600
SHUTS_S: Final = 19 * 3600
USUAL: Final = {Vital.SPO2: (97.0, 1.0), Vital.PULSE_RATE: (74.0, 5.0), Vital.PERFUSION_INDEX: (4.0, 0.5)}
RULES: Final = (
    ("SPO2-LOW", Priority.MEDIUM, 88.0, 90.0, "SpO2 low 88 < 90"),
    ("T-PROBE", Priority.LOW, None, None, "SpO2 probe off"),
    ("HR-HIGH", Priority.MEDIUM, 134.0, 130.0, "HR high 134 > 130"),
    ("BP-HIGH", Priority.MEDIUM, 176.0, 170.0, "BP high 176/98"),
    ("SPO2-DESAT", Priority.HIGH, 80.0, 85.0, "SpO2 very low 80 < 85"),
)
WEIGHTS: Final = (6, 8, 3, 3, 1)
HOURLY: Final = 4.0
"""Alarms of a chair in an hour."""

AT_ONCE: Final = 5000


def fill(store: Store, chairs: int, days: int, until: int, seed: int = 1) -> int:
    """Fill an empty record.

    Args:
        store: open for writing.
        chairs: how many.
        days: how many.
        until: µs since 1970 at which the last day ends.
        seed: of everything by chance.

    Returns:
        how many rows.
    """
    clinic = _Clinic(chairs, Random(seed), np.random.default_rng(seed))
    hash_, rows, count = store.tail().hash, [], 0
    first = until // US // DAY_S - days + 1
    for day in range(first, first + days):
        for row in clinic.day(day * DAY_S, day == first):
            rows.append(row)
            if len(rows) >= AT_ONCE:
                hash_, count = store.write(rows, hash_), count + len(rows)
                rows = []
    store.write(rows, hash_)
    return count + len(rows)


class _Clinic:
    def __init__(self, chairs: int, random: Random, numbers: np.random.Generator) -> None:
        vitals = (*USUAL, Vital.SYSTOLIC, Vital.DIASTOLIC)
        specs = [ChairSpec(str(n), (DeviceSpec(f"ox-{n}", vitals, 1.0),)) for n in range(1, chairs + 1)]
        self._chairs = [spec.id for spec in specs]
        self._specs = specs
        self._random = random
        self._numbers = numbers
        self._seq = 0
        self._sealed = 0

    def day(self, midnight: int, is_first: bool) -> Iterator[Row]:
        """The rows of one day, by the minute."""
        opens, shuts = midnight + OPENS_S, midnight + SHUTS_S
        began = Started(
            __version__, resumed=not is_first, away_s=None if is_first else float(DAY_S - SHUTS_S + OPENS_S)
        )
        yield self._entry(Kind.STARTED, opens, began)
        said = sorted((at, n, what) for n, (at, what) in enumerate(self._said(opens, shuts)))
        for minute in range(opens // 60, shuts // 60):
            while said and said[0][0] < (minute + 1) * 60:
                at, _, what = said.pop(0)
                yield self._told(at, what)
            for chair in self._chairs:
                yield from self._minutes(chair, minute)
            yield from self._checkpoint(minute * 60 + 60, keep=minute % 10 == 0)
        yield from self._checkpoint(shuts, keep=True)
        yield self._entry(Kind.STOPPED, shuts, {})

    def _said(self, opens: int, shuts: int) -> Iterator[tuple[float, Event | Transition | AlarmEvent]]:
        for chair in self._chairs:
            for at in range(opens + 300, shuts, 600):
                systolic = round(self._random.gauss(128, 12))
                yield (
                    at + self._random.random(),
                    CuffRead(chair, f"ox-{chair}", systolic, round(systolic * 0.62)),
                )
            yield opens + 1800.0, AlarmEvent(chair, "phase", opens + 1800.0, text="infusion", actor="Ada")
            yield opens + 3600.5, AlarmEvent(chair, "dose", opens + 3600.5, text="ketamine 40 mg", actor="Ada")
            yield opens + 3600.5, Note(chair, "ketamine 40 mg", "Ada", "dose")
            at = opens + self._random.expovariate(HOURLY / 3600)
            while at < shuts - 600:
                yield from self._alarm(chair, at)
                at += 400 + self._random.expovariate(HOURLY / 3600)

    def _alarm(self, chair: str, at: float) -> Iterator[tuple[float, Event | Transition | AlarmEvent]]:
        ((rule, priority, value, limit, text),) = self._random.choices(RULES, WEIGHTS)
        lasts = self._random.expovariate(1 / 45)
        answered = self._random.random() < 0.6
        answer = self._random.uniform(4, 90)

        def change(at: float, source: State, target: State, reason: str, actor: str = "") -> Transition:
            limited = "" if limit is None else "adult-default.toml:12"
            return Transition(
                chair,
                rule,
                source,
                target,
                priority,
                round(at, 6),
                value,
                limit,
                limited,
                10.0,
                text,
                "",
                reason,
                actor,
            )

        yield at - 10, change(at - 10, State.IDLE, State.PENDING, "beyond the limit")
        yield at, change(at, State.PENDING, State.ACTIVE, "held for its delay")
        if not answered or answer >= lasts:
            yield at + lasts, change(at + lasts, State.ACTIVE, State.IDLE, "back inside")
            return
        yield at + answer, Acknowledge(chair, rule, "Ada")
        yield at + answer, change(at + answer, State.ACTIVE, State.ACKNOWLEDGED, "acknowledged", "Ada")
        yield at + lasts, change(at + lasts, State.ACKNOWLEDGED, State.IDLE, "back inside")

    def _told(self, at: float, what: Event | Transition | AlarmEvent) -> Entry:
        if isinstance(what, Transition):
            return self._entry(Kind.TRANSITION, at, what, what.condition, what.chair)
        if isinstance(what, AlarmEvent):
            return self._entry(Kind.EVENT, at, what, what.event, what.chair)
        kind = Kind.NEWS if isinstance(what, CuffRead) else Kind.ACT
        return self._entry(kind, at, what, str(what.__struct_config__.tag), what.chair)

    def _minutes(self, chair: str, minute: int) -> Iterator[Row]:
        for vital, (usual, spread) in USUAL.items():
            swing = usual + spread * np.sin((minute + 13 * int(chair)) / 37)
            values = np.clip(np.round(swing + spread * 0.4 * self._numbers.standard_normal(60), 1), 0.1, 100)
            cells = np.asarray([cell_of(value) for value in values.tolist()], dtype="<u2").tobytes()
            low, high, mean = (round(float(number), 2) for number in (values.min(), values.max(), values.mean()))
            yield Minute(chair, vital, minute, minute * 60 * US, 60, low, high, mean, cells)

    def _checkpoint(self, at: int, *, keep: bool) -> Iterator[Row]:
        yield self._entry(Kind.SEAL, at, Seal(self._sealed, self._seq + 1, 0, ""))
        self._sealed = self._seq
        if keep:
            yield Checkpoint(self._seq, at * US, at * US, pack(Engine(self._specs, at).snapshot()))

    def _entry(self, kind: Kind, at: float, body: object, name: str = "", chair: str = "") -> Entry:
        self._seq += 1
        us = round(at * US)
        return Entry(self._seq, us, us, kind, name, chair, text_of(body))
