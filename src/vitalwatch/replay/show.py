"""Replay and backtest as a person or a program reads them: tables, sentences, JSON. Prints nothing by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

import msgspec
from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from vitalwatch.alarms import Output, Priority, Profile
from vitalwatch.alarms.conditions import CATALOGUE
from vitalwatch.alarms.profile import numbers
from vitalwatch.alarms.words import span
from vitalwatch.replay.backtest import Changed, Difference
from vitalwatch.replay.recording import Recording
from vitalwatch.replay.report import Alarm, Line, Load

_COLOURS: Final = {Priority.HIGH: "bold red", Priority.MEDIUM: "yellow", Priority.LOW: "cyan"}

BAR_WIDTH: Final = 40
"""Letters of the longest bar."""


def time(seconds: float) -> str:
    """A moment by a recording's own stamps: ``1:02:10``."""
    return f"-{span(-seconds)}" if seconds < 0 else span(seconds)


def json_line(output: Output) -> str:
    """One transition or event as a line of JSON; ``t`` is in seconds by the recording's own stamps."""
    fields: dict[str, Any] = msgspec.to_builtins(output)
    return msgspec.json.encode({"t": fields.pop("at"), **fields}).decode()


def alarm_table(alarms: Iterable[Alarm], title: str, begins: Callable[[float], str] = time) -> Table:
    """Alarms, one a row, by chair and time.

    Args:
        alarms: which.
        title: of the table.
        begins: words for the moment at which an alarm began.
    """
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD)
    table.add_column("chair", overflow="fold")
    for heading in ("begins", "lasts"):
        table.add_column(heading, justify="right", no_wrap=True)
    for heading in ("priority", "condition", "message"):
        table.add_column(heading, no_wrap=heading != "message")
    for alarm in alarms:
        lasts = span(alarm.end - alarm.start) + (" +" if alarm.standing else "")
        table.add_row(alarm.chair, begins(alarm.start), lasts, _ranked(alarm.priority), alarm.condition, alarm.text)
    return table


def load_table(first: Load, second: Load) -> Table:
    """Alarms by condition and priority under two profiles, side by side as A and B."""
    title = f"Alarms under A = {first.profile} and B = {second.profile}: raw, merged, merged a monitored chair-hour"
    table = Table("condition", "priority", title=title, title_justify="left", box=SIMPLE_HEAD)
    for heading in ("A raw", "merged", "a hour", "B raw", "merged", "a hour"):
        table.add_column(heading, justify="right")
    present = {(line.condition, line.priority) for load in (first, second) for line in load.lines}
    for kind in ((condition, priority) for condition in CATALOGUE for priority in reversed(Priority)):
        if kind in present:
            table.add_row(kind[0], _ranked(kind[1]), *_cells(first.lines, *kind), *_cells(second.lines, *kind))
    table.add_section()
    for priority in reversed(Priority):
        cells = (*_cells(first.priorities, "", priority), *_cells(second.priorities, "", priority))
        table.add_row("all", _ranked(priority), *cells)
    return table


def bars(first: Load, second: Load) -> Table:
    """Merged alarms of each condition under A and B as bars, for a terminal."""
    table = Table("condition", "", "", title="Merged alarms", title_justify="left", box=None, padding=(0, 1))
    counts = [Counter(dict(_merged(load))) for load in (first, second)]
    longest = max((number for count in counts for number in count.values()), default=0)
    for condition in CATALOGUE:
        if not any(count[condition] for count in counts):
            continue
        for name, count in zip("AB", counts, strict=True):
            number = count[condition]
            bar = "█" * max(1, round(number * BAR_WIDTH / longest)) if number else ""
            table.add_row(condition if name == "A" else "", name, f"{bar} {number}")
    return table


def _merged(load: Load) -> Iterator[tuple[str, int]]:
    """How many merged alarms of each condition there were, of all priorities together."""
    for condition in dict.fromkeys(line.condition for line in load.lines):
        yield condition, sum(line.merged for line in load.lines if line.condition == condition)


def load_words(load: Load, what: str = "recording") -> list[str]:
    """The figures beside the counts, a sentence each."""
    sound = f"{load.sound_s:.0f} s of sound if nobody answers"
    if load.monitored_hours:
        sound += f", {load.sound_s / load.monitored_hours:.0f} s a chair-hour"
    short = f"{load.short} of the {load.ended} alarms that ended did so within 10 s"
    if load.ended:
        short += f" ({100 * load.short / load.ended:.0f} %)"
    hours = f"{load.wall_hours:.2f} h, of which {load.monitored_hours:.2f} h monitored"
    return [
        f"{many(load.recordings, what)}, {hours}.",
        f"{sound}.",
        f"{short}.",
        f"{many(load.held_back, 'time')} a value passed its limit for less than the delay.",
    ]


def difference_words(
    difference: Difference, first: str, second: str, begins: Callable[[float], str] = time
) -> list[str]:
    """What changes from one profile to the other: a sentence, then a line for each alarm that does."""
    counts = (
        (len(difference.vanish), "vanish"),
        (len(difference.appear), "appear"),
        (len(difference.later), "come later"),
        (len(difference.earlier), "come earlier"),
        (len(difference.reranked), "change priority"),
        (difference.same, "stay as they are"),
    )
    lines = [f"From {first} to {second}: " + ", ".join(f"{count} {words}" for count, words in counts) + "."]
    lines += [f"  vanishes  {_where(alarm, begins)}  {alarm.text}" for alarm in difference.vanish]
    lines += [f"  appears   {_where(alarm, begins)}  {alarm.text}" for alarm in difference.appear]
    for pair in (*difference.later, *difference.earlier):
        lines.append(f"  {abs(pair.later_s):g} s {'later' if pair.later_s > 0 else 'earlier'}  {_where(pair, begins)}")
    for pair in difference.reranked:
        lines.append(f"  {pair.priority_before} becomes {pair.priority}  {_where(pair, begins)}")
    return lines


def untestable(recordings: Iterable[Recording], profile: Profile) -> list[str]:
    """A sentence for each period of recordings that is too long to test some of the delays."""
    sentences = []
    for period in sorted({recording.period_s for recording in recordings}):
        blind = [
            f"{key.removeprefix('delays.')} {value:g} s"
            for key, value in numbers(profile).items()
            if key.startswith("delays.") and 0 < value < period
        ]
        if blind:
            sentences.append(
                f"Rows {period:g} s apart cannot test delays below {period:g} s ({', '.join(blind)}): alarms come at "
                "the scale of the rows, and what lies between two rows is not seen."
            )
    return sentences


def _cells(lines: Iterable[Line], condition: str, priority: Priority) -> tuple[str, str, str]:
    for line in lines:
        if (line.condition, line.priority) == (condition, priority):
            return str(line.raw), str(line.merged), "--" if line.per_hour is None else f"{line.per_hour:.2f}"
    return "0", "0", "0"


def _where(item: Alarm | Changed, begins: Callable[[float], str]) -> str:
    return f"{item.chair}  {begins(item.start)}  {item.condition}"


def _ranked(priority: Priority) -> Text:
    return Text(priority, style=_COLOURS[priority])


def many(count: int, word: str) -> str:
    """``1 alarm``, ``2 alarms``."""
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
