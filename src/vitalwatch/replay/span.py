"""A span of the record through the alarm engine again: what it says now, and whether that is what it said then."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import msgspec

from vitalwatch import __version__
from vitalwatch.alarms import Engine, Output, Profile
from vitalwatch.errors import JournalError
from vitalwatch.journal.history.walk import Gap, Times, axis_at, start_at, walk
from vitalwatch.journal.record import US, Checkpoint, Entry, Kind, Started, Told, text_of, to_s, to_us, unpack
from vitalwatch.journal.resume import feed, told_of
from vitalwatch.journal.store import Store
from vitalwatch.replay.comparison import Comparison
from vitalwatch.replay.exchange import exchange_all, tell

MANY: Final = 2000
"""So many things are played between two moves of a progress bar."""


class Missed(msgspec.Struct, frozen=True):
    """A part of a span that cannot be played, by time of day (µs since 1970), and why."""

    since: int
    until: int
    why: str


class Span(msgspec.Struct, frozen=True):
    """What is played.

    Attributes:
        start: the checkpoint from which.
        since: µs on the service's axis from which on it counts.
        until: µs at which it ends; ``None`` for the end of the record.
        end: the highest µs that there is to play, for a progress bar.
    """

    start: Checkpoint
    since: int
    until: int | None
    end: int


def span_of(store: Store, since: int | None, until: int | None) -> Span:
    """A span between two times of day (µs since 1970); ``None`` for the beginning and the end of the record.

    Raises:
        JournalError: if there is nothing of it in the record, or it cannot be read.
    """
    start, tail = start_at(store, since), store.tail()
    since_at = start.at if since is None else max(start.at, axis_at(store, since))
    until_at = None if until is None else axis_at(store, until)
    if since_at > tail.at or (until_at is not None and until_at <= since_at):
        raise JournalError("The record holds nothing of that time.", url=store.url, hint="Choose another span.")
    return Span(start, since_at, until_at, tail.at if until_at is None else min(until_at, tail.at))


class SpanPlayer:
    """Plays a span once.

    Args:
        store: the record.
        span: of it.
        profile: play under these limits instead of those of then; nothing is compared in that case.
        chair: only what is said of this chair counts, with the empty id of the clinic as a whole.

    Attributes:
        comparison: of what is said with what was; complete when all is played.
        missed: what could not be played.
        versions: the other versions of VitalWatch that decided in this span.
        times: of day.
        played: how many things the engine was told.
        impossible: how many acts of people made no sense under the other profile, and were left out.
    """

    def __init__(self, store: Store, span: Span, *, profile: Profile | None = None, chair: str | None = None) -> None:
        self.comparison = Comparison()
        self.missed: list[Missed] = []
        self.versions: list[str] = []
        self.times = Times()
        self.played = self.impossible = 0
        self._store = store
        self._span = span
        self._profile = profile
        self._chair = chair
        self._engine = Engine((), 0.0)
        self._newest = 0
        self._is_whole = False  # the record goes on after the span
        self._gap: Gap | None = None

    def play(self, moved: Callable[[int], None] = lambda _at: None) -> Iterator[Output]:
        """Let it happen again, and give what the engine says of the span, as it comes.

        Args:
            moved: is told now and then how far it has come, µs on the axis.

        Raises:
            JournalError: if the record cannot be read.
        """
        self._find_versions()
        at = self._span.start.at
        for item in self._until_the_end():
            match item:
                case Checkpoint():
                    yield from self._begin(item)
                case Gap():
                    yield from self._finish(item.at)
                    self._gap = item
                case Told():
                    yield from self._tell(item)
                    if self.played % MANY == 0:
                        moved(at)
            at = max(at, to_us(item.at) if isinstance(item, Told) else item.at)
        if self._gap is not None:
            self._miss(Missed(self.times.wall(self._gap.at), self.times.wall(self._span.end), self._gap.why))
            return
        if self._is_whole and self._span.until is not None:
            at = self._span.until - 1
        yield from self._finish(at, is_whole=self._is_whole)

    # --- inside -------------------------------------------------------------------------------------------------

    def _until_the_end(self) -> Iterator[Checkpoint | Gap | Entry | Told]:
        """What is in the record up to the end of the span; entries that told the engine something as what they told."""
        until = self._span.until
        for item in walk(self._store, self._span.start):
            if isinstance(item, Entry):
                self.times.note(item.at, item.wall)
                if item.kind in (Kind.TRANSITION, Kind.EVENT):
                    self._keep(item)
            told = None if isinstance(item, Checkpoint | Gap) else told_of(item)
            if told is not None and until is not None and to_us(told.at) >= until:
                if self._is_whole:
                    return  # what was said before the end stands before the second thing that was told after it
                self._is_whole = True
            elif not self._is_whole:
                yield told or item

    def _begin(self, checkpoint: Checkpoint) -> Iterator[Output]:
        self.times.note(checkpoint.at, checkpoint.wall)
        if self._gap is not None:
            gap, self._gap = self._gap, None
            self._miss(Missed(self.times.wall(gap.at), checkpoint.wall, gap.why))
        self._engine = Engine.restore(unpack(checkpoint.data))
        self._newest = 0
        if self._profile is not None:
            yield from self._of_span(exchange_all(self._engine, self._exchange, to_s(checkpoint.at)))

    def _miss(self, missed: Missed) -> None:
        """Keep what could not be played; what is missing for one reason all along is one piece."""
        last = self.missed[-1] if self.missed else None
        if last is not None and last.why == missed.why and missed.since - last.until < 120 * US:
            self.missed[-1] = msgspec.structs.replace(last, until=missed.until)
        else:
            self.missed.append(missed)

    def _tell(self, told: Told) -> Iterator[Output]:
        self.played += 1
        if self._profile is None:
            said = feed(self._engine, told)
        else:
            said, possible = tell(self._engine, told, self._exchange)
            self.impossible += not possible
        self._newest = 0
        yield from self._of_span(said)

    def _finish(self, at: int, *, is_whole: bool = False) -> Iterator[Output]:
        """Let time pass to the end of a stretch; it is whole when the record goes on after it."""
        yield from self._of_span(self._engine.advance(max(self._engine.now, to_s(at))))
        if self._profile is None:
            self.comparison.end(0 if is_whole else self._newest)

    def _of_span(self, said: list[Output]) -> Iterator[Output]:
        for output in said:
            if self._counts(to_us(output.at), output.chair):
                self._newest += 1
                if self._profile is None:
                    self.comparison.say(text_of(output))
                yield output

    def _keep(self, entry: Entry) -> None:
        if self._profile is None and self._counts(entry.at, entry.chair):
            self.comparison.keep(entry.body)

    def _exchange(self, profile: Profile) -> Profile:
        return self._profile or profile

    def _counts(self, at: int, chair: str) -> bool:
        span = self._span
        is_inside = at >= span.since and (span.until is None or at < span.until)
        return is_inside and (self._chair is None or chair == self._chair)

    def _find_versions(self) -> None:
        """Which versions decided: the one that ran when the span begins, and all that were started in it."""
        start = self._span.start.seq
        before = self._store.entries(kinds=[Kind.STARTED], last=start, newest=1)
        for entry in [*before, *self._store.entries(kinds=[Kind.STARTED], after=start)]:
            if self._span.until is not None and entry.at >= self._span.until:
                break
            version = msgspec.json.decode(entry.body, type=Started).version
            if version != __version__ and version not in self.versions:
                self.versions.append(version)
