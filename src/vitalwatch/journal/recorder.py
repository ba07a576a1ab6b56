"""What the hub tells the record, and what the record tells the hub. Lives on the event loop; nothing here blocks."""

from __future__ import annotations

import asyncio
import time
from array import array
from collections.abc import Callable, Iterable, Sequence
from typing import Final, get_args

from vitalwatch import __version__
from vitalwatch.alarms import ChairSpec, Output
from vitalwatch.alarms.events import Act, Event, Heard, Sampled
from vitalwatch.alarms.transition import Transition
from vitalwatch.clock import Clock
from vitalwatch.driver import Command
from vitalwatch.journal.packing import PASSING, Item, Packer
from vitalwatch.journal.record import GAP, Kind, Lost, Minute, Started, Wave, pack, to_us
from vitalwatch.journal.spool import Spool
from vitalwatch.journal.store import Store
from vitalwatch.journal.upkeep.copier import Backups, Copier
from vitalwatch.journal.writer import Writer
from vitalwatch.model import Waveform

CONFIRM_S: Final = 2.0
"""Real seconds that a person's act waits for the disk, before the answer says that it is not kept yet."""

QUEUE: Final = 250_000
"""Things that may wait for the writer, should a disk hang without a word; of more, samples are given up and counted."""

LOOK_S: Final = 1.0
"""Real seconds between two looks at the writer."""

HUNG_S: Final = 3.0
"""Real seconds that the writer may wait for the database before everybody is told."""

HUNG: Final = "The record is not being kept. The database does not answer. What happens waits in memory."

CUT_S: Final = 12.0
"""Real seconds after which the connection to a server is cut: longer than its own limit for a statement."""

END_S: Final = 5.0
"""Real seconds that the end of the service waits for the last rows."""

_ACTS: Final = get_args(Act)


class Recorder:
    """Takes what happens, and hands it to the writer.

    Args:
        clock: the service's clock.
        open_store: opens the record for writing; used when it could not be, or was lost.
        store: the record, if it is open.
        packer: numbers what comes.
        spool: where rows wait.

    Attributes:
        trouble: why the record is not being kept, in plain words; empty while it is.
        copier: makes the backups; ``None`` when none are made.
        since_checkpoint: how many events the engine was told since the last checkpoint.
        changed: called when ``trouble`` has changed.
        wants_checkpoint: called when a checkpoint must be made now.
    """

    def __init__(
        self, clock: Clock, open_store: Callable[[], Store], store: Store | None, packer: Packer, spool: Spool
    ) -> None:
        self.trouble = ""
        self.copier: Copier | None = None
        self.since_checkpoint = 0
        self.changed: Callable[[], None] = lambda: None
        self.wants_checkpoint: Callable[[], None] = lambda: None
        self._clock = clock
        self._put = 0
        self._kept = 0
        self._waiting: list[tuple[int, asyncio.Future[None]]] = []
        self._given_up: Lost | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._look: asyncio.TimerHandle | None = None
        self.writer = Writer(
            open_store,
            store,
            packer,
            spool,
            clock,
            kept=lambda count: self._on_loop(self._on_kept, count),
            trouble=lambda text: self._on_loop(self._on_trouble, text),
            begun_anew=lambda: self._on_loop(self._on_begun_anew),
        )

    def start(self) -> None:
        """Begin to keep what was and will be told. Called in the event loop."""
        self._loop = asyncio.get_running_loop()
        self.writer.start()
        if self.copier is not None:
            self.copier.start()
        self._look_at_the_writer()

    def copied_to(self, backups: Backups, open_store: Callable[[], Store]) -> None:
        """Have backups made. Called before :meth:`start`.

        Args:
            backups: where they go, and when.
            open_store: opens the record for reading.
        """
        self.copier = Copier(backups, open_store, self._clock, lambda: self._on_loop(lambda: self.changed()))

    async def end(self, snapshot: bytes) -> bool:
        """The service ends as it was told to: keep the engine's last state; whether all was kept in time."""
        if self._look is not None:
            self._look.cancel()
        if self.copier is not None:
            await asyncio.to_thread(self.copier.end)
        self.checkpoint(snapshot, self._clock.now())
        self._entry(Kind.STOPPED, self._clock.now(), {}, urgent=True)
        return await asyncio.to_thread(self.writer.end, END_S)

    # --- what happens -------------------------------------------------------------------------------------------

    def began(self, started: Started, at: float) -> None:
        """A run of the service begins."""
        self._entry(Kind.STARTED, at, started)

    def told(self, event: Event, at: float) -> None:
        """The engine was told an event."""
        self.since_checkpoint += 1
        if isinstance(event, Sampled | Heard):
            self._sample(event, at)
        else:
            is_act = isinstance(event, _ACTS)
            tag = str(event.__struct_config__.tag)
            self._entry(Kind.ACT if is_act else Kind.NEWS, at, event, tag, event.chair, urgent=is_act)

    def configured(self, specs: Sequence[ChairSpec], at: float) -> None:
        """The engine was given the chairs of a config."""
        self._entry(Kind.CONFIG, at, list(specs))

    def said(self, outputs: Iterable[Output]) -> None:
        """The engine said something. It goes to the disk at once."""
        for output in outputs:
            if isinstance(output, Transition):
                self._entry(Kind.TRANSITION, output.at, output, output.condition, output.chair, urgent=True)
            else:
                self._entry(Kind.EVENT, output.at, output, output.event, output.chair, urgent=True)

    def commanded(self, chair: str, device: str, command: Command, actor: str, at: float) -> None:
        """A person had a device do something."""
        body = {"device": device, "command": command, "actor": actor}
        self._entry(Kind.COMMAND, at, body, str(command), chair, urgent=True)

    def drew(self, chair: str, curve: Waveform) -> None:
        """A stretch of a curve of a watched chair."""
        nan = float("nan")
        values = array("f", [nan if value is None else value for value in curve.samples])
        begin = to_us(curve.at - len(values) / curve.rate_hz)
        row = Wave(chair, curve.device, curve.signal, begin, 0, curve.rate_hz, pack(values.tobytes()))
        self._add(Item(None, curve.at, row))

    def minute(self, minute: Minute) -> None:
        """What a vital was over a minute, or a part of it; its time of day is filled in, if it has none."""
        self._add(Item(None, minute.minute * 60.0, minute))

    def checkpoint(self, snapshot: bytes, at: float, *, passing: bool = False) -> None:
        """The engine's whole state, from which a restart or a replay goes on.

        Args:
            snapshot: of the engine.
            at: service seconds to which it had come.
            passing: whether it only shortens the next restart, and goes as soon as there is a newer one.
        """
        self.since_checkpoint = 0
        self._add(Item(None, at, snapshot, PASSING if passing else ""))

    # --- what people wait for -----------------------------------------------------------------------------------

    async def kept(self) -> bool:
        """Wait until everything told so far is on the disk; false if that takes longer than :data:`CONFIRM_S`."""
        if self._kept >= self._put:
            return True
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((self._put, done))
        self.writer.urgent.set()
        try:
            await asyncio.wait_for(done, CONFIRM_S)
        except TimeoutError:
            return False
        return True

    @property
    def backlog(self) -> int:
        """How many things are not on the disk yet."""
        return self._put - self._kept

    # --- inside -------------------------------------------------------------------------------------------------

    def _sample(self, event: Sampled | Heard, at: float) -> None:
        if len(self.writer.queue) < QUEUE:
            self._add(Item(None, at, event))
            return
        us = to_us(at)
        lost = self._given_up or Lost(0, us, us, "the disk hung, and too much was waiting")
        self._given_up = Lost(lost.items + 1, lost.since, us, lost.reason)

    def _entry(
        self, kind: Kind, at: float, body: object, name: str = "", chair: str = "", *, urgent: bool = False
    ) -> None:
        self._add(Item(kind, at, body, name, chair))
        if urgent:
            self.writer.urgent.set()

    def _add(self, item: Item) -> None:
        if self._given_up is not None and len(self.writer.queue) < QUEUE:
            lost, self._given_up = self._given_up, None
            self._put += 1
            self.writer.queue.append(Item(Kind.LOST, item.at, lost))
            self._on_loop(self.wants_checkpoint)
        self._put += 1
        self.writer.queue.append(item)

    def _on_loop(self, call: Callable[..., None], *given: object) -> None:
        """Call in the event loop, from the writer's thread; a loop that has ended needs nothing any more."""
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(call, *given)

    def _on_kept(self, count: int) -> None:
        self._kept = count
        still = []
        for needed, done in self._waiting:
            if needed > count:
                still.append((needed, done))
            elif not done.done():
                done.set_result(None)
        self._waiting = still

    def _on_trouble(self, text: str) -> None:
        if text != self.trouble:
            self.trouble = text
            self.changed()

    def _look_at_the_writer(self) -> None:
        """A disk or a server that hangs leaves the writer no word to say it; so it is looked at from here."""
        self._look = asyncio.get_running_loop().call_later(LOOK_S, self._look_at_the_writer)
        since = self.writer.busy_since
        busy_s = 0.0 if since is None else time.monotonic() - since
        if busy_s > HUNG_S:
            self._on_trouble(HUNG)
        if busy_s > CUT_S:
            self.writer.cut()

    def _on_begun_anew(self) -> None:
        """The record goes on in another file, or has a gap: what comes must not lean on what is not there."""
        self.began(Started(__version__, resumed=True, away_s=0.0, after=GAP), self._clock.now())
        self.wants_checkpoint()
