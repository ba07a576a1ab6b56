"""The commands ``replay``, ``backtest`` and ``why`` on a record."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import msgspec
from rich.console import Console
from rich.progress import Progress

from vitalwatch.alarms import Profile
from vitalwatch.alarms.words import span as words_span
from vitalwatch.config import alarm_profile, load_profile
from vitalwatch.journal.history.moment import explain_then
from vitalwatch.journal.history.walk import shown
from vitalwatch.journal.history.when import when
from vitalwatch.journal.record import US, to_us
from vitalwatch.replay import show
from vitalwatch.replay.exchange import Exchange
from vitalwatch.replay.record_backtest import RecordBacktest
from vitalwatch.replay.report import Report
from vitalwatch.replay.source import open_record
from vitalwatch.replay.span import Span, SpanPlayer, span_of


class Asked(msgspec.Struct, frozen=True):
    """Which part of a record is meant.

    Attributes:
        since: as a person wrote it; ``None`` for the beginning.
        until: the same, for the end.
        now: the time of day.
    """

    since: str | None
    until: str | None
    now: datetime

    def times(self) -> tuple[int | None, int | None]:
        """Both in µs since 1970.

        Raises:
            UsageError: if one is no time.
        """
        since, until = (None if text is None else when(text, self.now) for text in (self.since, self.until))
        return since, until


def replay(name: str, asked: Asked, profile_name: str | None, chair: str | None, *, as_json: bool) -> bool:
    """Play a span of a record again, and print what the alarm engine says and whether that is what it said then.

    Args:
        name: a url, a clinic file or a SQLite file.
        asked: which span.
        profile_name: play under these limits; nothing is compared then.
        chair: only this one.
        as_json: lines of JSON instead of a table.

    Returns:
        false when it says something else now.

    Raises:
        VitalWatchError: if the record or the profile cannot be used.
    """
    profile = None if profile_name is None else alarm_profile(load_profile(profile_name))
    with open_record(name) as store:
        span = span_of(store, *asked.times())
        player = SpanPlayer(store, span, profile=profile, chair=chair)
        report = Report("" if profile is None else profile.name)
        with progress(span, quiet=as_json and sys.stdout.isatty()) as moved:
            for output in player.play(moved):
                report.take(output)
                if as_json:
                    print(show.json_line(output))
    report.finish(span.end / US)
    if as_json:
        print(summary_line(player, profile))
    else:
        _print_table(report, player, profile)
    return player.comparison.unlike is None


def backtest(name: str, asked: Asked, profile_name: str | None, against: str, *, as_json: bool) -> None:
    """Play a span of a record under two sets of limits, and print how the alarms differ.

    Args:
        name: a url, a clinic file or a SQLite file.
        asked: which span.
        profile_name: one side; without it, the limits of then.
        against: the other side.
        as_json: one object of JSON instead of tables.

    Raises:
        VitalWatchError: if the record or a profile cannot be used.
    """
    first, second = _side(profile_name), _side(against)
    with open_record(name) as store:
        span = span_of(store, *asked.times())
        run = RecordBacktest(store, span, first, second)
        with progress(span, quiet=False) as moved:
            difference = run.run(moved)
    if as_json:
        print(msgspec.json.encode(run.result(difference)).decode())
        return
    loads = [side.report.load() for side in run.sides]
    out = Console()
    out.print(show.load_table(*loads))
    out.print(show.bars(*loads))
    lines = [f"{load.profile}: {line}" for load in loads for line in show.load_words(load, "chair")]
    lines += [f"Not played, from {shown(m.since)} to {shown(m.until)}: {m.why}." for m in run.missed]
    lines += [
        f"{show.many(side.impossible, 'act')} of people made no sense under {side.report.profile}."
        for side in run.sides
        if side.impossible
    ]
    words = show.difference_words(difference, first[0], second[0], lambda at: shown(run.times.wall(to_us(at))))
    for line in (*lines, *words):
        out.print(line, highlight=False, markup=False)


def _side(profile_name: str | None) -> tuple[str, Exchange]:
    if profile_name is None:
        return "the limits of then", lambda profile: profile
    other = alarm_profile(load_profile(profile_name))
    return other.name, lambda _: other


def why(name: str, chair: str, condition: str, wall: int, *, as_json: bool) -> None:
    """Print why a condition alarmed at a time of day (µs since 1970), or did not.

    Raises:
        VitalWatchError: if the record cannot answer.
    """
    with open_record(name) as store:
        then = explain_then(store, chair, condition, wall)
    if as_json:
        print(msgspec.json.encode(then).decode())
        return
    print(f"{then.at}: {then.explanation.sentence}")
    for each in (then.before, then.after):
        if each is not None:
            span = words_span(abs(each.after_s))
            print(f"  {span} {'before' if each.after_s <= 0 else 'after'}: {each.change.target} ({each.change.reason})")


def summary_line(player: SpanPlayer, profile: Profile | None) -> str:
    """The last line of JSON."""
    same = player.comparison
    summary: dict[str, object] = {"kind": "summary", "played": player.played, "missed": _missed(player)}
    if profile is not None:
        summary |= {"profile": profile.name, "impossible_acts": player.impossible}
    else:
        summary |= {
            "said": same.said,
            "kept": same.kept,
            "undecided": same.undecided,
            "identical": same.unlike is None,
            "sha256": same.said_sha256,
            "sha256_kept": same.kept_sha256,
            "unlike": same.unlike,
        }
    return msgspec.json.encode(summary | {"other_versions": player.versions}).decode()


def _missed(player: SpanPlayer) -> list[dict[str, str]]:
    return [{"since": shown(each.since), "until": shown(each.until), "why": each.why} for each in player.missed]


def _print_table(report: Report, player: SpanPlayer, profile: Profile | None) -> None:
    out = Console()
    title = "Alarms, as they were decided then" if profile is None else f"Alarms under {profile.name}"
    out.print(show.alarm_table(report.alarms(), title, lambda at: shown(player.times.wall(to_us(at)))))
    for line in words(player, profile):
        out.print(line, highlight=False, markup=False)


def words(player: SpanPlayer, profile: Profile | None) -> Iterator[str]:
    """What a person must know of a replay beside its alarms."""
    for missed in player.missed:
        yield f"Not played, from {shown(missed.since)} to {shown(missed.until)}: {missed.why}."
    if player.versions:
        yield f"Decided then by VitalWatch {', '.join(player.versions)}; played by this one."
    if profile is not None:
        yield f"Played under {profile.name}; {show.many(player.impossible, 'act')} of people made no sense there."
        return
    same = player.comparison
    yield f"said now  {same.said_sha256}  {show.many(same.said, 'line')}"
    yield f"recorded  {same.kept_sha256}  {show.many(same.kept, 'line')}"
    if same.undecided:
        yield f"{show.many(same.undecided, 'line')} more at an end that broke off before they were kept."
    if same.unlike is None:
        yield "Identical to the byte."
    else:
        yield "NOT identical. The first difference:"
        yield f"  said now  {same.unlike.said or '(nothing)'}"
        yield f"  recorded  {same.unlike.kept or '(nothing)'}"


@contextmanager
def progress(span: Span, *, quiet: bool) -> Iterator[Callable[[int], None]]:
    """A progress bar on standard error over the time of a span; only on a terminal, and not between printed lines."""
    console = Console(stderr=True)
    begin = span.start.at
    with Progress(console=console, transient=True, disable=quiet or not console.is_terminal) as bar:
        task = bar.add_task("Playing", total=max(1, span.end - begin))
        yield lambda at: bar.update(task, completed=at - begin)
