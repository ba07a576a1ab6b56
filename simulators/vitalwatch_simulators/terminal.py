"""A running clinic for a person at a terminal: commands that are typed, and a table that lives below them."""

from __future__ import annotations

import asyncio
import contextlib
import math
import os
import shlex
import sys
import termios
import tty
from collections.abc import Callable, Iterator
from typing import Final

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from vitalwatch_simulators.faults import FAULTS
from vitalwatch_simulators.live import LiveClinic, LiveDevice, Refused
from vitalwatch_simulators.physiology.episodes import KINDS
from vitalwatch_simulators.scenario import SPAN_EVENTS

REDRAWS_S: Final = 0.5
LONGEST_LINE: Final = 200
LINK_COLUMNS: Final = 36
"""Of a longer link the end is left out: the faults beside it are what people look for."""

USAGE: Final = {
    "fault": "fault CHAIR[/DEVICE] FAULT [TIME]       fault 3/masimo silence 30s",
    "clear": "clear CHAIR[/DEVICE]                    clear 3",
    "event": "event CHAIR EVENT [TIME] [xSTRENGTH]    event 2 vasovagal 90s x1.5",
    "set": "set CHAIR VITAL=VALUE... [over TIME] [for TIME]    set 1 spo2=84 over 20s for 1m",
    "give": "give CHAIR DRUG [ROUTE] [MG_PER_KG] [TIME]         give 1 ketamine iv 0.5 40m",
    "stop": "stop CHAIR                              stops its infusions",
}
"""What can be typed, with an example each."""

HELP: Final = "\n".join(
    [
        *USAGE.values(),
        f"faults: {', '.join(FAULTS)}",
        f"events: {', '.join((*SPAN_EVENTS, *KINDS))}",
        "help, and Ctrl-C to end",
    ]
)


def obey(clinic: LiveClinic, line: str) -> str:
    """Carry out a typed line.

    Returns:
        What is to be said about it; nothing for an empty line.

    Raises:
        Refused: if it cannot be carried out; the text says why.
    """
    try:
        words = shlex.split(line)
    except ValueError:
        raise Refused("A quotation mark is missing.") from None
    if not words:
        return ""
    if words in (["help"], ["?"]):
        return HELP
    said = _to_device(clinic, words) or _to_person(clinic, words)
    if said:
        return said
    if words[0] in USAGE:
        raise Refused(f"Write: {USAGE[words[0]]}")
    raise Refused(f'There is no command "{words[0]}". There are: {", ".join(USAGE)}, help.')


def _to_device(clinic: LiveClinic, words: list[str]) -> str:
    match words:
        case ["fault", address, fault]:
            return clinic.break_(address, {"fault": fault})
        case ["fault", address, fault, lasts]:
            return clinic.break_(address, {"fault": fault, "lasts": lasts})
        case ["clear", address]:
            return clinic.mend(address)
    return ""


def _to_person(clinic: LiveClinic, words: list[str]) -> str:
    match words:
        case ["event", chair, event, *more]:
            return clinic.befall(chair, {"event": event, **_course(more)})
        case ["set", chair, *more] if more:
            return clinic.befall(chair, _values(more))
        case ["give", chair, drug, *more]:
            return clinic.befall(chair, {"give": {"drug": drug, **_dose(more)}})
        case ["stop", chair]:
            return clinic.befall(chair, {"stop": "infusion"})
    return ""


def _course(words: list[str]) -> dict[str, object]:
    """``90s`` and ``x1.5``, in any order."""
    course: dict[str, object] = {}
    for word in words:
        if word.startswith("x"):
            course["strength"] = _number(word[1:], "event")
        else:
            course["lasts"] = word
    return course


def _values(words: list[str]) -> dict[str, object]:
    """``spo2=84 pulse=60 over 20s for 1m``."""
    values: dict[str, float] = {}
    wanted: dict[str, object] = {"set": values}
    rest = iter(words)
    for word in rest:
        vital, equals, value = word.partition("=")
        if equals:
            values[vital] = _number(value, "set")
        elif word in ("over", "for") and (time := next(rest, "")):
            wanted["over" if word == "over" else "lasts"] = time
        else:
            raise Refused(f"Write: {USAGE['set']}")
    return wanted


def _dose(words: list[str]) -> dict[str, object]:
    """``iv 0.5 40m``, ``nasal 84mg``; what is left out is as usual for the drug."""
    dose: dict[str, object] = {}
    for word in words:
        if word.isalpha():
            dose["route"] = word
        elif word.endswith("mg"):
            dose["mg"] = _number(word[:-2], "give")
        elif word.endswith("m"):
            dose["minutes"] = _number(word[:-1], "give")
        else:
            dose["mg_per_kg"] = _number(word, "give")
    return dose


def _number(text: str, command: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise Refused(f'"{text}" is not a number. Write: {USAGE[command]}') from None


class Keyboard:
    """The line that is being typed.

    Args:
        entered: is given each line when it is complete.
    """

    def __init__(self, entered: Callable[[str], None]) -> None:
        self.line = ""
        self._entered = entered

    def press(self, keys: str) -> None:
        """Take what was typed."""
        if keys.startswith("\x1b"):  # an arrow, or another key that is no character
            return
        for key in keys:
            if key in "\r\n":
                line, self.line = self.line, ""
                self._entered(line)
            elif key in "\x7f\b":
                self.line = self.line[:-1]
            elif key == "\x15":  # Ctrl-U
                self.line = ""
            elif key.isprintable() and len(self.line) < LONGEST_LINE:
                self.line += key


async def view(clinic: LiveClinic) -> None:
    """Show the clinic on the terminal, and obey what is typed, until cancelled."""
    said = "help tells what can be typed"

    def enter(line: str) -> None:
        nonlocal said
        try:
            said = obey(clinic, line)
        except Refused as error:
            said = str(error)

    keyboard = Keyboard(enter)

    def picture() -> Group:
        return Group(Text(f"> {keyboard.line}▌"), Text(said, style="dim"), table(clinic))

    with (
        _each_key(keyboard.press),
        Live(picture(), console=Console(), screen=True, auto_refresh=False, redirect_stderr=False) as screen,
    ):
        while True:
            screen.update(picture(), refresh=True)
            await asyncio.sleep(REDRAWS_S)


def table(clinic: LiveClinic) -> Table:
    """How everything is now."""
    made = Table(expand=True, title=f"{clinic.timeline.now():.0f} s", title_justify="right")
    for title in ("chair", "scenario", "SpO2", "HR", "BP", "RR", "device", "link", "faults"):
        widest = LINK_COLUMNS if title == "link" else None
        made.add_column(title, overflow="ellipsis", no_wrap=True, max_width=widest)
    now = clinic.timeline.now()
    for name, chair in clinic.chairs.items():
        vitals = clinic.vitals(name)
        person = [
            name,
            chair.plan.named,
            f"{vitals.spo2:.0f}" if vitals.sensor == "on" else f"{vitals.spo2:.0f} ({vitals.sensor})",
            f"{vitals.heart_rate:.0f}",
            f"{vitals.systolic:.0f}/{vitals.diastolic:.0f}",
            f"{vitals.respiration_rate:.0f}",
        ]
        for device in chair.devices.values():
            made.add_row(*person, device.address.partition("/")[2], str(device.plug.link), _faults(device, now))
            person = [""] * len(person)
    return made


def _faults(device: LiveDevice, now: float) -> Text:
    held = device.rig.line.present(now)
    told = [name if math.isinf(until) else f"{name} {until - now:.0f} s" for name, until in held.items()]
    return Text(", ".join(told), style="red")


@contextlib.contextmanager
def _each_key(press: Callable[[str], None]) -> Iterator[None]:
    """Hand on what is typed at once, and leave its echo to the picture. Ctrl-C still ends the program."""
    keys = sys.stdin.fileno()
    before = termios.tcgetattr(keys)
    loop = asyncio.get_running_loop()
    tty.setcbreak(keys)
    loop.add_reader(keys, lambda: press(os.read(keys, 1024).decode(errors="replace")))
    try:
        yield
    finally:
        loop.remove_reader(keys)
        termios.tcsetattr(keys, termios.TCSADRAIN, before)
