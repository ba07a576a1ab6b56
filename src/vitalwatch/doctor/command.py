"""The command ``vitalwatch doctor``: looks at everything, and says how it is and what to do."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from vitalwatch.config import BadConfig, Config, load
from vitalwatch.doctor.broker import look_at_brokers
from vitalwatch.doctor.computer import look_at_clock, look_at_disk, look_at_versions
from vitalwatch.doctor.devices import look_at_ports, look_at_recordings
from vitalwatch.doctor.fallback import look_at_fallback
from vitalwatch.doctor.finding import Finding
from vitalwatch.doctor.page import ask_health, look_at_page, look_at_web
from vitalwatch.doctor.record import look_at_record
from vitalwatch.errors import ConfigError

OK: Final = 0
PROBLEMS: Final = 1

_MARKS: Final = {"ok": Text("ok", "green"), "warn": Text("warn", "yellow"), "fail": Text("FAIL", "bold red")}


def doctor(clinic: Path, *, as_json: bool, call: bool = False) -> int:
    """Look at everything that a clinic needs, print it, and give the exit code: 1 when anything fails.

    Args:
        clinic: its config file.
        as_json: print one JSON object.
        call: let the fallback sound and call once.

    Raises:
        ConfigError: if there is no such file.
    """
    if not clinic.is_file():
        raise ConfigError("There is no such file.", file=clinic, hint="Name the clinic's config file.")
    console = Console(stderr=True)
    if console.is_terminal and not as_json:
        with console.status("Looking at the config, ports, brokers and this computer ..."):
            findings = examine(clinic, call=call)
    else:
        findings = examine(clinic, call=call)
    if as_json:
        print(msgspec.json.encode({"ok": _healthy(findings), "findings": findings}).decode())
    else:
        _show(findings, Console())
    return OK if _healthy(findings) else PROBLEMS


def examine(clinic: Path, *, call: bool = False) -> list[Finding]:
    """Look at everything, the clinic's own things first; those that need the config only when it can be used."""
    findings: list[Finding] = []
    try:
        config = load(clinic)
    except BadConfig as bad:
        findings += [_mistake(mistake, clinic) for mistake in bad.mistakes]
    else:
        chairs, devices = len(config.chairs), len(config.devices)
        found = f"It can be used: {chairs} chair{'s' * (chairs != 1)}, {devices} device{'s' * (devices != 1)}."
        findings.append(Finding("config", clinic.name, "ok", found))
        findings += _clinic(config, call=call)
    return [
        *findings,
        *look_at_disk(clinic.resolve().parent),
        *look_at_clock(),
        *look_at_versions(),
        *look_at_page(),
    ]


def _clinic(config: Config, *, call: bool) -> list[Finding]:
    health = ask_health(config.web)
    return [
        *look_at_ports(config, running=health is not None),
        *look_at_recordings(config),
        *asyncio.run(look_at_brokers(config)),
        *look_at_web(config.web, health),
        *look_at_fallback(config.fallback, call=call),
        *look_at_record(config),
    ]


def _mistake(mistake: ConfigError, clinic: Path) -> Finding:
    place = f"{mistake.file or clinic}"
    if mistake.line:
        place += f":{mistake.line}:{mistake.column}"
    return Finding("config", place, "fail", mistake.reason, mistake.hint or "Correct the file.")


def _healthy(findings: Sequence[Finding]) -> bool:
    return all(finding.level != "fail" for finding in findings)


def _show(findings: Sequence[Finding], out: Console) -> None:
    table = Table("", "What", "How it is", "Next step")
    table.columns[1].overflow = "fold"
    for finding in findings:
        what = Text.assemble((finding.part, "bold"), " ", finding.subject)
        table.add_row(_MARKS[finding.level], what, Text(finding.found), Text(finding.next_step))
    out.print(table)
    fails, warns = (sum(finding.level == level for finding in findings) for level in ("fail", "warn"))
    if fails:
        out.print(f"{fails} problem{'s' * (fails != 1)}. Do what stands under Next step, then ask again.")
    else:
        out.print("Nothing stands in the way." if not warns else f"Nothing stands in the way; {warns} worth a look.")
