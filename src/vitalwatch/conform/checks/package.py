"""Whether a driver's package is as a driver's has to be: what it declares, imports and explains."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from vitalwatch.conform.checks.found import Found, samples_of
from vitalwatch.conform.play import Play
from vitalwatch.conform.subject import Subject
from vitalwatch.driver import DriverOptions

SECTIONS: Final = ("Models", "Link", "Options", "Vitals", "Statuses", "Limits", "Sources")
"""Headings of every driver's README, as in ``drivers/README.template.md``."""

LONGEST_PERIOD_S: Final = 3600.0

CORE: Final = (
    "vitalwatch.driver",
    "vitalwatch.frames",
    "vitalwatch.hl7",
    "vitalwatch.lines",
    "vitalwatch.model",
    "vitalwatch.errors",
)
"""All that a driver may import of VitalWatch."""

FORBIDDEN: Final = frozenset(
    [
        *("time", "sched", "signal", "select", "selectors", "asyncio", "threading", "multiprocessing", "concurrent"),
        *("os", "io", "pathlib", "shutil", "tempfile", "pickle", "shelve", "sqlite3", "subprocess", "logging", "queue"),
        *("socket", "socketserver", "ssl", "http", "urllib", "ftplib", "smtplib"),
        *("aiomqtt", "fastapi", "httpx", "paho", "requests", "serial", "sqlalchemy", "structlog", "uvloop"),
        "websockets",
    ]
)
"""Modules that read a clock, wait, or reach outside the process."""

FORBIDDEN_CALLS: Final = frozenset({"open", "print", "input", "exec", "eval", "__import__"})
FORBIDDEN_METHODS: Final = frozenset({"now", "utcnow", "today"})
"""Of ``datetime`` and ``date``: they read the computer's clock."""


def info(subject: Subject) -> Found:
    """What the class declares is complete and fits together."""
    made = subject.driver.info
    options = subject.driver.Options
    wrong = {
        f'is installed as "{subject.name}" but calls itself "{made.name}"': made.name != subject.name,
        "title is not one line of text": not made.title or "\n" in made.title,
        "models is empty": not made.models,
        "vitals is empty": not made.vitals,
        "a vital is named twice": len(set(made.vitals)) < len(made.vitals),
        f"period_s = {made.period_s:g} is not above 0 and at most 3600": not 0 < made.period_s <= LONGEST_PERIOD_S,
        "has line settings but reads messages": made.takes == "messages" and bool(made.settings),
        "Options does not derive from DriverOptions": not issubclass(options, DriverOptions),
    }
    faults = [fault for fault, found in wrong.items() if found]
    faults += [f'option "{name}" has no description' for name, f in options.model_fields.items() if not f.description]
    for sample in samples_of(subject) or (None,):
        driver = Play(subject, sample).driver
        if not (set(driver.vitals) <= set(made.vitals) and driver.period_s > 0):
            faults.append(
                f'with the options of "{sample.name if sample else "no sample"}": vitals or period_s is wrong'
            )
    return Found(made.title, faults)


def readme(subject: Subject) -> Found:
    """The package's README has every section, and names every option."""
    page = subject.folder / "README.md" if subject.folder else None
    if page is None or not page.is_file():
        return Found("", ["there is no README.md beside the driver"])
    text = page.read_text("utf-8")
    headings = {heading.strip().lower() for heading in re.findall(r"^##\s+(.+)$", text, re.MULTILINE)}
    faults = [f'no section "## {section}"' for section in SECTIONS if section.lower() not in headings]
    faults += [
        f"option `{name}` is not told" for name in subject.driver.Options.model_fields if f"`{name}`" not in text
    ]
    return Found(f"{len(SECTIONS)} sections", faults)


def pure(subject: Subject) -> Found:
    """No module of the package imports or calls what reads a clock, waits, or does input and output."""
    modules = sorted(subject.folder.rglob("*.py")) if subject.folder else []
    if not modules:
        return Found("", ["the sources are not there to be read"])
    faults = [f"{module.name}:{wrong}" for module in modules for wrong in _impure(module)]
    return Found(f"{len(modules)} modules", faults)


def _impure(module: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(module.read_bytes(), str(module))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            # "from vitalwatch import hub" names a module too.
            names = [node.module or ""]
            names = [f"vitalwatch.{alias.name}" for alias in node.names] if names == ["vitalwatch"] else names
        elif isinstance(node, ast.Call):
            if wrong := _forbidden_call(node.func):
                yield f"{node.lineno}: calls {wrong}"
            continue
        else:
            continue
        for name in names:
            root = name.split(".")[0]
            in_core = root == "vitalwatch" and not any(name == room or name.startswith(f"{room}.") for room in CORE)
            if root in FORBIDDEN or in_core:
                yield f"{node.lineno}: imports {name}"


def _forbidden_call(called: ast.expr) -> str:
    if isinstance(called, ast.Name):
        return called.id if called.id in FORBIDDEN_CALLS else ""
    if isinstance(called, ast.Attribute) and called.attr in FORBIDDEN_METHODS and isinstance(called.value, ast.Name):
        return f"{called.value.id}.{called.attr}" if called.value.id in ("datetime", "date") else ""
    return ""
