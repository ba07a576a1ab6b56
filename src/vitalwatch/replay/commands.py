"""The commands ``vitalwatch replay`` and ``vitalwatch backtest``."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec
from rich.console import Console
from rich.progress import Progress

from vitalwatch.alarms import Output, Profile
from vitalwatch.config import alarm_profile, load_profile
from vitalwatch.errors import ConfigError
from vitalwatch.replay import show
from vitalwatch.replay.backtest import compare
from vitalwatch.replay.recording import Recording, survey
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
            out.print(line, highlight=False)


def backtest(paths: list[Path], profile_name: str, against: str, baseline: str | None, *, as_json: bool) -> None:
    """Play recordings under two profiles, and print how the alarms differ.

    Raises:
        VitalWatchError: if a recording or a profile cannot be used; nothing has been printed then.
    """
    profiles = [alarm_profile(load_profile(name)) for name in (profile_name, against)]
    baseline_s = _baseline_s(baseline)
    recordings = _survey(paths)
    reports = [Report(profile.name) for profile in profiles]
    with _progress(recordings, 2, quiet=False) as moved:
        for profile, report in zip(profiles, reports, strict=True):
            _play_all(recordings, profile, report, baseline_s, _say_nothing, moved)
    loads = tuple(report.load() for report in reports)
    difference = compare(*reports)
    if as_json:
        print(msgspec.json.encode({"profiles": loads, "difference": difference}).decode())
        return
    out = Console()
    out.print(show.load_table(loads))
    lines = [f"{load.profile}: {line}" for load in loads for line in show.load_words(load)]
    for profile in profiles:
        lines += [line for line in show.untestable(recordings.values(), profile) if line not in lines]
    for line in (*lines, *show.difference_words(difference, loads[0].profile, loads[1].profile)):
        out.print(line, highlight=False)


def _survey(paths: list[Path]) -> dict[str, Recording]:
    """Check every recording, by the chair it is played at: "1" for a single one, else its file's name."""
    stems = Counter[str]()
    recordings: dict[str, Recording] = {}
    for path in paths:
        stems[path.stem] += 1
        number = stems[path.stem]
        chair = "1" if len(paths) == 1 else path.stem if number == 1 else f"{path.stem}-{number}"
        recording = survey(path)
        for notice in recording.notices:
            print(f"{path}: {notice}", file=sys.stderr)
        recordings[chair] = recording
    return recordings


def _play_all(
    recordings: dict[str, Recording],
    profile: Profile,
    report: Report,
    baseline_s: float | None,
    say: Callable[[Output], None],
    moved: Callable[[], None],
) -> None:
    for chair, recording in recordings.items():
        report.begin(recording, chair)
        taken = baseline_s is None

        def on_row(row: show.Row) -> None:
            report.take_row(row)
            moved()

        for output in play(recording, chair, profile, baseline_s=baseline_s, on_row=on_row):
            report.take(output)
            say(output)
        report.finish(end_of(recording))
