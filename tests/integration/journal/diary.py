"""A record that is written as the hub writes it, driven by hand: a real engine, and what it was told and said."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import get_args

from vitalwatch.alarms import ChairSpec, DeviceSpec, Engine, Output
from vitalwatch.alarms.events import Act, Event, Resumed, Sampled
from vitalwatch.alarms.transition import Transition
from vitalwatch.journal.record import US, Checkpoint, Entry, Kind, Minute, Row, Started, pack, text_of, to_us
from vitalwatch.journal.store import Store
from vitalwatch.model import Validity, Vital
from vitalwatch.model.cells import cell_of

BEGIN_S = 1_800_000_000.0
"""Service seconds, and seconds since 1970, at which every diary begins."""

VITALS = (Vital.SPO2, Vital.PULSE_RATE, Vital.SYSTOLIC, Vital.DIASTOLIC)


def spec(chair: str, start: str = "watched") -> ChairSpec:
    """A chair with one oximeter that also has a cuff."""
    return ChairSpec(chair, (DeviceSpec(f"ox-{chair}", VITALS, 1.0),), start=start)


def us(second: float) -> int:
    """µs since 1970 of a second of the diary."""
    return to_us(BEGIN_S + second)


class Diary:
    """Writes a record. Times are seconds from its beginning; the wall shows the axis.

    Args:
        store: open for writing, empty.
        chairs: ids.
    """

    def __init__(self, store: Store, chairs: Sequence[str] = ("1",)) -> None:
        self._store = store
        self._rows: list[Row] = []
        self.said: list[Output] = []
        self.engine = Engine([spec(chair) for chair in chairs], BEGIN_S)
        self._seq = 0
        self._hash = store.tail().hash
        self.began(0, Started("1", resumed=False))

    def began(self, at: float, started: Started) -> None:
        """A run begins."""
        self._rows.append(self._entry(Kind.STARTED, BEGIN_S + at, started))
        self.checkpoint(at)

    def stopped(self, at: float) -> None:
        """A run ends as it was told to."""
        self._hear(self.engine.advance(BEGIN_S + at))
        self.checkpoint(at)
        self._rows.append(self._entry(Kind.STOPPED, BEGIN_S + at, {}))

    def back(self, at: float, away_s: float) -> None:
        """The service is back after it broke off ``away_s`` ago, and goes on."""
        self._hear(self.engine.step(Resumed(away_s), BEGIN_S + at - away_s))
        self.began(at, Started("1", resumed=True, away_s=away_s, after="broken off"))

    def anew(self, at: float, chairs: Sequence[str] = ("1",)) -> None:
        """The service is back, and knows nothing any more."""
        self.engine = Engine([spec(chair) for chair in chairs], BEGIN_S + at)
        self.began(at, Started("1", resumed=False))

    def configured(self, at: float, specs: Sequence[ChairSpec]) -> None:
        """Another config."""
        outputs = self.engine.reconfigure(specs, BEGIN_S + at)
        self._rows.append(self._entry(Kind.CONFIG, BEGIN_S + at, list(specs)))
        self._hear(outputs)

    def tell(self, event: Event, at: float) -> None:
        """The engine is told an event. Samples are not written: no question of the history reads them."""
        outputs = self.engine.step(event, BEGIN_S + at)
        if not isinstance(event, Sampled):
            kind = Kind.ACT if isinstance(event, get_args(Act)) else Kind.NEWS
            tag = str(event.__struct_config__.tag)
            self._rows.append(self._entry(kind, self.engine.now, event, tag, event.chair))
        self._hear(outputs)

    def spo2(self, value: float | None, since: float, until: float, chair: str = "1") -> None:
        """A sample each second, and a checkpoint each minute."""
        validity = Validity.UNAVAILABLE if value is None else Validity.VALID
        for second in range(int(since), int(until)):
            self.tell(Sampled(chair, f"ox-{chair}", Vital.SPO2, value, validity), second)
            if second % 60 == 59:
                self.checkpoint(second)

    def minute(self, number: int, values: Sequence[float | None], chair: str = "1", vital: str = Vital.SPO2) -> Minute:
        """A minute of the diary with a value for each of its seconds; ``None`` = nothing arrived."""
        cells = array("H", [0 if value is None else cell_of(value) for value in values])
        there = [value for value in values if value is not None]
        begin = BEGIN_S + 60 * number
        low, high, mean = (min(there), max(there), sum(there) / len(there)) if there else (None, None, None)
        row = Minute(chair, vital, int(begin // 60), to_us(begin), len(there), low, high, mean, cells.tobytes())
        self._rows.append(row)
        return row

    def checkpoint(self, at: float) -> None:
        """The engine's state."""
        self._hear(self.engine.advance(BEGIN_S + at))
        self._rows.append(self._entry(Kind.SEAL, BEGIN_S + at, {}))
        self._rows.append(Checkpoint(self._seq, us(at), us(at), pack(self.engine.snapshot())))

    def _hear(self, outputs: Sequence[Output]) -> None:
        self.said += outputs
        for output in outputs:
            is_change = isinstance(output, Transition)
            kind = Kind.TRANSITION if is_change else Kind.EVENT
            name = output.condition if isinstance(output, Transition) else output.event
            self._rows.append(self._entry(kind, output.at, output, name, output.chair))

    def _entry(self, kind: Kind, at: float, body: object, name: str = "", chair: str = "") -> Entry:
        self._seq += 1
        return Entry(self._seq, to_us(at), to_us(at), kind, name, chair, text_of(body))

    @property
    def store(self) -> Store:
        """The record, with everything so far."""
        self._hash = self._store.write(self._rows, self._hash)
        self._rows = []
        return self._store


def at_us(second: float) -> float:
    """Seconds since 1970 of a second of the diary."""
    return us(second) / US
