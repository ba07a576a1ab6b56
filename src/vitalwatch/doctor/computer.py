"""The computer itself: room on the disk, the clock, and the versions of what VitalWatch is built on."""

from __future__ import annotations

import ctypes
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from vitalwatch.doctor.finding import Finding

LEAST_FREE: Final = 200 * 1024**2
"""Bytes; below this a service cannot be trusted to write what it has to."""

LITTLE_FREE: Final = 2 * 1024**3

LEAST_PYTHON: Final = (3, 11)

LIBRARIES: Final = (
    *("aiomqtt", "paho-mqtt", "fastapi", "uvicorn", "websockets", "httptools", "msgspec", "numpy"),
    *("pydantic", "pyserial", "structlog", "tree-sitter", "tree-sitter-toml", "typer", "rich"),
)
"""What the service cannot start without. uvloop is not among them: it is not there on every system."""

_STA_UNSYNC: Final = 0x0040  # <sys/timex.h>
_TIME_ERROR: Final = 5


def look_at_disk(folder: Path, usage: Callable[[Path], tuple[int, int, int]] = shutil.disk_usage) -> Iterator[Finding]:
    """See how much room there is on the disk of a folder."""
    total, _, free = usage(folder)
    found = f"{_size(free)} of {_size(total)} free."
    if free < LEAST_FREE:
        yield Finding("disk", str(folder), "fail", found, "Make room on this disk before you start the service.")
    elif free < LITTLE_FREE:
        yield Finding("disk", str(folder), "warn", found, "Make room on this disk soon.")
    else:
        yield Finding("disk", str(folder), "ok", found)


def look_at_clock(synchronised: Callable[[], bool | None] | None = None) -> Iterator[Finding]:
    """See whether something keeps the computer's clock right. Alarms do not depend on it; the times in records do."""
    match (synchronised or clock_synchronised)():
        case True:
            yield Finding("clock", "time of day", "ok", "It is kept right by a time service.")
        case False:
            advice = "Switch a time service on:  sudo timedatectl set-ntp true  (or install chrony)."
            found = "No time service keeps this computer's clock right, so times in records may drift."
            yield Finding("clock", "time of day", "warn", found, advice)
        case None:
            found = "This system does not tell whether a time service keeps its clock right."
            yield Finding("clock", "time of day", "warn", found, "Compare it with a clock that you trust.")


def look_at_versions(
    of: Callable[[str], str] = version, python: tuple[int, ...] = tuple(sys.version_info[:3])
) -> Iterator[Finding]:
    """Name the versions of Python and the main libraries, and those that are missing."""
    words = f"Python {'.'.join(map(str, python))} ({platform.python_implementation()} on {platform.platform()})."
    if python[:2] < LEAST_PYTHON:
        yield Finding("versions", "Python", "fail", words, "Install Python 3.11 or newer, and VitalWatch with it.")
    else:
        yield Finding("versions", "Python", "ok", words)
    installed: list[str] = []
    missing: list[str] = []
    for name in ("vitalwatch", *LIBRARIES):
        try:
            installed.append(f"{name} {of(name)}")
        except PackageNotFoundError:
            missing.append(name)
    if missing:
        found = f"Missing: {', '.join(missing)}."
        yield Finding("versions", "libraries", "fail", found, "Install VitalWatch again, with all that it needs.")
    else:
        yield Finding("versions", "libraries", "ok", f"{', '.join(installed)}.")


class _Timex(ctypes.Structure):
    """The beginning of the kernel's ``struct timex`` (adjtimex(2)), and room for all the rest of it."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_char * 512),
    )


def clock_synchronised() -> bool | None:
    """Whether the kernel says that a time service keeps its clock right; ``None`` where it cannot be asked.

    This is what ``timedatectl`` shows as well, without the need of systemd. With ``modes`` 0 nothing is changed.
    """
    if sys.platform != "linux":
        return None
    adjtimex = getattr(ctypes.CDLL(None, use_errno=True), "adjtimex", None)
    if adjtimex is None:
        return None
    state = _Timex()
    answer = adjtimex(ctypes.byref(state))
    if answer < 0:  # forbidden in some containers
        return None
    return answer != _TIME_ERROR and not state.status & _STA_UNSYNC


def _size(count: int) -> str:
    return f"{count / 1024**3:.1f} GiB" if count >= 1024**3 else f"{count / 1024**2:.0f} MiB"
