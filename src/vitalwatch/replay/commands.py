"""The commands ``vitalwatch replay`` and ``vitalwatch backtest``."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec
from rich.console import Console
from rich.progress import Progress

from vitalwatch.alarms import AlarmEvent, Output, Profile
from vitalwatch.config import alarm_profile, load_profile
from vitalwatch.errors import ConfigError
from vitalwatch.replay import show
from vitalwatch.replay.backtest import compare
from vitalwatch.replay.recording import Recording, Row, survey
from vitalwatch.replay.report import Report
from vitalwatch.replay.run import end_of, play

_UNITS: Final = {"s": 1.0, "m": 60.0, "h": 3600.0}
_ROWS_A_STEP: Final = 500
"""How often the progress bar moves."""


def replay(paths: list[Path], profile_name: str, baseline: str | None, *, as_json: bool) -> None:
    """Play recordings through the alarm engine, and print what it says.

    Raises:
        VitalWatchError: if a recording or the profile cannot be used; nothing has been printed then.
    """
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


def backtest(paths: list[Path], profile_name: str, against: str, baseline: str | None, *, as_json: bool) -> None:
    """Play recordings under two profiles, and print how the alarms differ.

    Raises:
        VitalWatchError: if a recording or a profile cannot be used; nothing has been printed then.
    """
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
