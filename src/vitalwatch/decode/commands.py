"""The command ``vitalwatch decode``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from rich.console import Console

from vitalwatch.config.explain import nearest
from vitalwatch.decode import output
from vitalwatch.decode.containers import FORMS, form_of, take_apart
from vitalwatch.decode.delivery import Pace
from vitalwatch.decode.drivers import find_driver
from vitalwatch.decode.run import run
from vitalwatch.decode.settings import options_from
from vitalwatch.driver import Driver
from vitalwatch.errors import CaptureError
from vitalwatch.model import Report

LARGEST_CAPTURE: Final = 64 * 1024 * 1024
"""Bytes; a capture is held in memory while it is read."""


def decode(name: str, path: Path, settings: list[str], form: str | None, *, as_json: bool) -> bool:
    """Read a capture through a driver, and print what the driver says.

    Returns:
        Whether everything was good: no bad frame.

    Raises:
        VitalWatchError: if it cannot be done.
    """
    if form is not None and form not in FORMS:
        raise CaptureError(f'"{form}" is not a form of capture. {nearest(form, FORMS, "Forms are")}')
    make = find_driver(name)
    driver = make(make.info.name, options_from(make.Options, settings))
    data = _read(path)
    try:
        taken = take_apart(form or form_of(path.suffix, data), data, Pace(driver.info, driver.period_s))
    except CaptureError as error:
        raise CaptureError(f"{path}: {error}") from None
    for notice in taken.notices:
        print(f"{path}: {notice}", file=sys.stderr)
    steps = run(driver, taken.deliveries)
    if as_json:
        for at_s, reports in steps:
            sys.stdout.buffer.writelines(output.json_line(at_s, report) for report in reports)
        sys.stdout.buffer.write(output.json_summary(driver.counts))
        sys.stdout.flush()
    else:
        _print_table(driver, steps)
    if driver.counts.retained:
        print(f"{path}: {driver.counts.retained} retained messages were not counted as values.", file=sys.stderr)
    return driver.counts.bad_frames == 0


def _print_table(driver: Driver, steps: Iterator[tuple[float, list[Report]]]) -> None:
    out = Console(soft_wrap=True)
    table = output.Table(driver.vitals)
    out.print(table.header())
    at_s = 0.0
    for at_s, reports in steps:
        out.print(table.line(at_s, reports))
    out.print(output.summary_words(driver.counts, at_s), highlight=False)


def _read(path: Path) -> bytes:
    """Read a capture, up to a bound.

    Raises:
        CaptureError: if there is nothing to read, or too much.
    """
    try:
        if path.is_dir():
            raise CaptureError(f"{path} is a folder. Name a capture in it.")
        if path.exists() and not path.is_file():
            raise CaptureError(f"{path} is not an ordinary file. Name a capture that was saved.")
        with path.open("rb") as file:
            data = file.read(LARGEST_CAPTURE + 1)
    except FileNotFoundError:
        raise CaptureError(f"There is no file {path}. Check the name and the folder.") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise CaptureError(f"{path} cannot be read: {reason}. Check its name and permissions.") from error
    if not data:
        raise CaptureError(f"{path} is empty. Name a capture that holds data.")
    if len(data) > LARGEST_CAPTURE:
        raise CaptureError(
            f"{path} is larger than {LARGEST_CAPTURE // 1024**2} MiB. Cut it (split -C 60M FILE) and read the parts."
        )
    return data
