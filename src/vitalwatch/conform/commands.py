"""The command ``vitalwatch conform``."""

from __future__ import annotations

import msgspec
from rich.console import Console

from vitalwatch.conform import report
from vitalwatch.conform.kit import run_checks
from vitalwatch.conform.subject import find_subject
from vitalwatch.driver import driver_names
from vitalwatch.errors import DriverError


def conform(names: list[str], *, every: bool, as_json: bool) -> bool:
    """Run the conformance kit on drivers, and print what it found: a table each, or a line of JSON each.

    Args:
        names: the drivers.
        every: run it on all that are installed instead.
        as_json: print JSON.

    Returns:
        Whether every driver passed.

    Raises:
        VitalWatchError: if a driver cannot be found or started; nothing has been printed then.
    """
    if every == bool(names):
        raise DriverError(f"Name a driver, or say --all. Installed are {', '.join(driver_names())}.")
    subjects = [find_subject(name) for name in (driver_names() if every else names)]
    out = Console()
    passed = True
    for subject in subjects:
        with Console(stderr=True).status("") as status:
            found = run_checks(subject, lambda check: status.update(f"{check} ..."))
        passed &= found.passed
        if as_json:
            print(msgspec.json.encode(found).decode())
        else:
            out.print(report.table(found))
    return passed
