"""The commands ``vitalwatch replay``, ``vitalwatch backtest`` and ``vitalwatch why``."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
from rich.console import Console
from rich.progress import Progress

from vitalwatch.alarms import AlarmEvent, Output, Profile
from vitalwatch.clock import SystemClock
from vitalwatch.config import alarm_profile, load_profile
from vitalwatch.errors import ConfigError
from vitalwatch.journal.history.when import when
from vitalwatch.replay import record_commands, show
from vitalwatch.replay.backtest import compare
from vitalwatch.replay.recording import Recording, Row, survey
from vitalwatch.replay.report import Report
from vitalwatch.replay.run import end_of, play
from vitalwatch.replay.source import is_record

_UNITS: Final = {"s": 1.0, "m": 60.0, "h": 3600.0}
_ROWS_A_STEP: Final = 500
"""How often the progress bar moves."""


ADULT: Final = "adult-default"
"""The profile of a recorded series, unless one is named."""


class Part(NamedTuple):
    """Which part of a record is meant, as a person wrote it."""

    since: str | None = None
    until: str | None = None
    chair: str | None = None


def replay(names: list[str], profile_name: str | None, baseline: str | None, part: Part, *, as_json: bool) -> bool:
    """Play recordings, or a span of a record, through the alarm engine, and print what it says.

    Returns:
        false when a record says something else now than it did.

    Raises:
        VitalWatchError: if something cannot be used.
    """
    if _is_record(names, baseline, part):
        asked = record_commands.Asked(part.since, part.until, SystemClock().wall())
        return record_commands.replay(names[0], asked, profile_name, part.chair, as_json=as_json)
    _replay_series([Path(name) for name in names], profile_name or ADULT, baseline, as_json=as_json)
    return True


def backtest(
    names: list[str],
    profile_name: str | None,
    against: str,
    baseline: str | None,
    part: Part,
    *,
    as_json: bool,
) -> None:
    """Play recordings, or a span of a record, under two profiles, and print how the alarms differ.

    Raises:
        VitalWatchError: if something cannot be used.
    """
    if _is_record(names, baseline, part):
        asked = record_commands.Asked(part.since, part.until, SystemClock().wall())
        record_commands.backtest(names[0], asked, profile_name, against, as_json=as_json)
    else:
        _backtest_series([Path(name) for name in names], profile_name or ADULT, against, baseline, as_json=as_json)


def why(name: str, chair: str, condition: str, at: str, *, as_json: bool) -> None:
    """Print why a condition alarmed at a moment of a record, or did not.

    Raises:
        VitalWatchError: if the record cannot answer.
    """
    record_commands.why(name, chair, condition, when(at, SystemClock().wall()), as_json=as_json)


def _is_record(names: list[str], baseline: str | None, part: Part) -> bool:
    """Whether one record is meant, and not recorded series.

    Raises:
        ConfigError: if what was asked for does not go together.
    """
    if not any(map(is_record, names)):
        if part != Part():
            raise ConfigError("--since, --until and --chair are for a record.", hint="Leave them out for a series.")
        return False
    if len(names) > 1:
        raise ConfigError("A record is played alone.", hint="Name nothing beside it.")
    if baseline is not None:
        raise ConfigError("--baseline is for recorded series.", hint="A record holds when baselines were taken.")
    return True


def _replay_series(paths: list[Path], profile_name: str, baseline: str | None, *, as_json: bool) -> None:
    """Play recordings through the alarm engine, and print what it says. Nothing is printed if one cannot be used."""
    profile = alarm_profile(load_profile(profile_name))
    baseline_s = _baseline_s(baseline)
    recordings = _survey(paths)
    report = Report(profile.name)
    say = _print_json if as_json else _say_nothing
    with _progress(recordings, 1, quiet=as_json and sys.stdout.isatty()) as moved:
        _play_all(recordings, profile, report, baseline_s, say, moved)
    if not as_json:
        out = Console()
        out.print(show.alarm_table(report.alarms(), f"Alarms under {profile.name}"))
        for line in (*show.load_words(report.load()), *show.untestable(recordings.values(), profile)):
            out.print(line, highlight=False, markup=False)


def _backtest_series(
    paths: list[Path], profile_name: str, against: str, baseline: str | None, *, as_json: bool
) -> None:
    """Play recordings under two profiles, and print how the alarms differ. Nothing is printed if one cannot be used."""
    profiles = [alarm_profile(load_profile(name)) for name in (profile_name, against)]
    baseline_s = _baseline_s(baseline)
    recordings = _survey(paths)
    first, second = reports = [Report(profile.name) for profile in profiles]
    with _progress(recordings, 2, quiet=False) as moved:
        for profile, report in zip(profiles, reports, strict=True):
            _play_all(recordings, profile, report, baseline_s, _say_nothing, moved)
    loads = [first.load(), second.load()]
    difference = compare(first, second)
    if as_json:
        print(msgspec.json.encode({"profiles": loads, "difference": difference}).decode())
        return
    out = Console()
    out.print(show.load_table(*loads))
    lines = [f"{load.profile}: {line}" for load in loads for line in show.load_words(load)]
    for profile in profiles:
        lines += [line for line in show.untestable(recordings.values(), profile) if line not in lines]
    for line in (*lines, *show.difference_words(difference, first.profile, second.profile)):
        out.print(line, highlight=False, markup=False)


def _survey(paths: list[Path]) -> dict[str, Recording]:
    """Check every recording, by the chair it is played at: "1" for a single one, else its file's name."""
    recordings: dict[str, Recording] = {}
    for path in paths:
        chair = path.stem if len(paths) > 1 else "1"
        number = 1
        while chair in recordings:  # files of one name in two folders
            number += 1
            chair = f"{path.stem}-{number}"
        recordings[chair] = survey(path)
        for notice in recordings[chair].notices:
            _notice(path, notice)
    return recordings


def _play_all(
    recordings: dict[str, Recording],
    profile: Profile,
    report: Report,
    baseline_s: float | None,
    say: Callable[[Output], None],
    moved: Callable[[], None],
) -> None:
    """Play one recording after the other, each at a chair and in an engine of its own."""

    def on_row(row: Row) -> None:
        report.take_row(row)
        moved()

    for chair, recording in recordings.items():
        report.begin(recording, chair)
        based = baseline_s is None
        for output in play(recording, chair, profile, baseline_s=baseline_s, on_row=on_row):
            based = based or (isinstance(output, AlarmEvent) and output.event == "baseline")
            report.take(output)
            say(output)
        report.finish(end_of(recording))
        if not based:
            _notice(recording.path, "No baseline was taken: there were no values at its time or after.")


def _print_json(output: Output) -> None:
    print(show.json_line(output))


def _say_nothing(output: Output) -> None:
    """The table comes when all has been played."""


def _notice(path: Path, text: str) -> None:
    print(f"{path}: {text}", file=sys.stderr)


def _baseline_s(text: str | None) -> float | None:
    """Seconds from ``first:5m``."""
    if text is None:
        return None
    match = re.fullmatch(r"first:(\d{1,6}(?:\.\d+)?)([smh])", text.strip())
    if match is None or float(match[1]) == 0:
        raise ConfigError(f'"{text}" is no baseline.', hint="Write for example first:5m, with s, m or h for the unit.")
    return float(match[1]) * _UNITS[match[2]]


@contextmanager
def _progress(recordings: dict[str, Recording], passes: int, *, quiet: bool) -> Iterator[Callable[[], None]]:
    """A progress bar on standard error while rows are played; only on a terminal, and not between printed lines."""
    total = passes * sum(recording.rows for recording in recordings.values())
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=quiet or not console.is_terminal) as progress:
        task = progress.add_task("Playing", total=total)
        played = 0

        def moved() -> None:
            nonlocal played
            played += 1
            if played % _ROWS_A_STEP == 0:
                progress.update(task, completed=played)

        yield moved
