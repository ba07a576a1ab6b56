"""A record of a few chairs that holds everything that its engine was told, with restarts, gaps and other configs."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import get_args

from tests.integration.journal.stories import keep, same
from vitalwatch import __version__
from vitalwatch.alarms import ChairSpec, DeviceSpec, Engine, Output, Profile
from vitalwatch.alarms.events import (
    Acknowledge,
    Act,
    ChangeLimit,
    CuffRead,
    Event,
    Heard,
    LinkChanged,
    PauseAudio,
    Resumed,
    Sampled,
)
from vitalwatch.alarms.transition import Transition
from vitalwatch.errors import UsageError
from vitalwatch.journal.packing import Item, Packer
from vitalwatch.journal.record import Kind, Lost, Started, to_us
from vitalwatch.journal.resume import resume
from vitalwatch.journal.store import Store
from vitalwatch.model import Validity, Vital

BEGIN_S = 1_800_000_000.0
VITALS = (Vital.SPO2, Vital.PULSE_RATE, Vital.SYSTOLIC, Vital.DIASTOLIC)


def spec(chair: str, profile: Profile | None = None) -> ChairSpec:
    """A chair with one monitor."""
    return ChairSpec(chair, (DeviceSpec(f"ox-{chair}", VITALS, 1.0),), profile or Profile())


class Chronicle:
    """Writes a record as the hub does. Times are seconds from its beginning; the wall shows the axis.

    Args:
        store: open for writing, empty.
        chairs: ids.
    """

    def __init__(self, store: Store, chairs: Sequence[str] = ("1", "2")) -> None:
        self.store = store
        self.specs = [spec(chair) for chair in chairs]
        self.engine = Engine(self.specs, BEGIN_S)
        self.items: list[Item] = []
        self._packer = Packer()
        self._random = Random(7)
        self._began(Started(__version__, resumed=False), BEGIN_S)

    @property
    def at(self) -> float:
        """Seconds from the beginning."""
        return self.engine.now - BEGIN_S

    def tell(self, event: Event, at: float) -> None:
        """Something happens; what is impossible is refused, and not in the record."""
        try:
            said = self.engine.step(event, BEGIN_S + at)
        except UsageError:
            self._said(self.engine.advance(BEGIN_S + at))
            return
        now = self.engine.now
        if isinstance(event, Sampled | Heard):
            self.items.append(Item(None, now, event))
        else:
            kind = Kind.ACT if isinstance(event, get_args(Act)) else Kind.NEWS
            self.items.append(Item(kind, now, event, str(event.__struct_config__.tag), event.chair))
        self._said(said)

    def spo2(self, value: float | None, seconds: int, chair: str = "1") -> None:
        """A value each second, and a checkpoint each minute."""
        begin = int(self.at) + 1
        for second in range(begin, begin + seconds):
            validity = Validity.UNAVAILABLE if value is None else Validity.VALID
            self.tell(Sampled(chair, f"ox-{chair}", Vital.SPO2, value, validity), second)
            pulse = None if value is None else 72.0
            self.tell(Sampled(chair, f"ox-{chair}", Vital.PULSE_RATE, pulse, validity), second)
            if second % 60 == 0:
                self.checkpoint()

    def live(self, seconds: int) -> None:
        """Whatever may happen, by chance but always the same, at every chair."""
        level, begin = 95.0, int(self.at) + 1
        for second in range(begin, begin + seconds):
            level = min(99.0, max(78.0, level + self._random.choice((-2, -1, 0, 0, 1, 2))))
            for n, chair in enumerate(self.engine.chairs):
                at = second + 0.1 * n + self._random.random() / 20
                if self._random.random() < 0.9:
                    self.tell(Sampled(chair, f"ox-{chair}", Vital.SPO2, level, Validity.VALID), at)
                if self._random.random() < 0.05:
                    self.tell(self._deed(chair), at)
            if second % 60 == 0:
                self.checkpoint()

    def _deed(self, chair: str) -> Event:
        return self._random.choice(
            [
                Acknowledge(chair, "SPO2-LOW", "Ana"),
                PauseAudio(chair, "Ana", 60.0),
                ChangeLimit(chair, "limits.spo2_low", 93.0, "Ana", "frail"),
                CuffRead(chair, f"ox-{chair}", float(self._random.randint(85, 190)), 60.0),
                LinkChanged(chair, f"ox-{chair}", self._random.random() < 0.7),
            ]
        )

    def pass_time(self, until: float) -> None:
        """Nothing happens but what the engine does by itself."""
        self._said(self.engine.advance(BEGIN_S + until))

    def configure(self, specs: Sequence[ChairSpec], at: float) -> None:
        """Another config holds."""
        said = self.engine.reconfigure(specs, BEGIN_S + at)
        self.specs = list(specs)
        self.items.append(Item(Kind.CONFIG, self.engine.now, list(specs)))
        self._said(said)

    def restart(self, away_s: float, unkept: int = 0) -> None:
        """The service is killed, with so many things not kept yet, and comes back."""
        if unkept:
            del self.items[-unkept:]
        self.write()
        found = resume(self.store)
        assert found is not None
        self.engine = found.engine
        end = self.engine.now
        self._said(found.again)
        self._began(Started(__version__, resumed=True, away_s=away_s, after="broken off"), end + away_s)
        self.items.append(Item(Kind.NEWS, end, Resumed(away_s), "resumed", ""))
        self._said(self.engine.step(Resumed(away_s), end))
        self.configure(self.specs, end - BEGIN_S + away_s)

    def anew(self, at: float) -> None:
        """The service comes back and goes on from nothing."""
        self.engine = Engine(self.specs, BEGIN_S + at)
        self._began(Started(__version__, resumed=False), BEGIN_S + at)

    def lose(self, seconds: int, value: float) -> None:
        """Values that the engine judges, but that cannot be kept."""
        since = self.engine.now
        before = len(self.items)
        self.spo2(value, seconds)
        lost = [item for item in self.items[before:] if isinstance(item.body, Sampled)]
        self.items[before:] = [item for item in self.items[before:] if not isinstance(item.body, Sampled)]
        span = (to_us(since), to_us(self.engine.now))
        self.items.append(Item(Kind.LOST, self.engine.now, Lost(len(lost), *span, "the disk hung")))
        self.checkpoint()

    def checkpoint(self) -> None:
        """The engine's state."""
        self.items.append(Item(None, self.engine.now, self.engine.snapshot()))

    def write(self) -> None:
        """Everything so far goes to the disk."""
        keep(self.store, self.items, self._packer)
        self.items = []

    def _began(self, started: Started, at: float) -> None:
        self.items.append(Item(Kind.STARTED, at, started))
        self.items.append(Item(None, at, self.engine.snapshot()))

    def _said(self, said: list[Output]) -> None:
        for output in said:
            is_change = isinstance(output, Transition)
            name = output.condition if isinstance(output, Transition) else output.event
            kind = Kind.TRANSITION if is_change else Kind.EVENT
            self.items.append(Item(kind, output.at, output, name, output.chair))


def wall(second: float) -> int:
    """µs since 1970 of a second of a chronicle."""
    return same(to_us(BEGIN_S + second))
