"""The import contracts hold, and each of them notices what it forbids."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOTS = {
    "src": "vitalwatch",
    "drivers": "vitalwatch_drivers",
    "simulators": "vitalwatch_simulators",
    "dashboard": "vitalwatch_dashboard",
}

LAYERS = "Layers of the core"
PURE = "Pure rooms know no clock, no event loop and no I/O"
CORE = "The core finds drivers by entry point and never imports them, nor simulators"
DRIVERS = "Drivers see only the driver contract, the model and the errors"
STRANGERS = "Drivers do not know each other"
SIMULATORS = "Simulators never import drivers"
DASHBOARD = "The dashboard package only carries files"


class Tree:
    """A copy of the four source roots, to be broken at will."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def check(self) -> tuple[int, str]:
        """Run the import contracts on the copy; returns the exit code and the output."""
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(str(self.folder / root) for root in ROOTS)}
        command = [str(Path(sys.executable).with_name("lint-imports")), "--no-logo", "--no-cache"]
        ended = subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False)
        return ended.returncode, ended.stdout + ended.stderr


@pytest.fixture
def tree(tmp_path: Path, project: Path) -> Tree:
    shutil.copy(project / "pyproject.toml", tmp_path)
    for root, package in ROOTS.items():
        not_code = shutil.ignore_patterns("__pycache__", "static", ".static-*")
        shutil.copytree(project / root / package, tmp_path / root / package, ignore=not_code)
    for package in ("drivers/vitalwatch_drivers", "simulators/vitalwatch_simulators"):
        for device in ("one", "other"):
            (tmp_path / package / device).mkdir()
            (tmp_path / package / device / "__init__.py").touch()
    return Tree(tmp_path)


def test_contracts_hold(tree: Tree) -> None:
    code, output = tree.check()
    assert code == 0, output
    assert "0 broken" in output


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("src/vitalwatch/alarms/probe.py", "import vitalwatch.hub", LAYERS),
        ("src/vitalwatch/hub/probe.py", "import vitalwatch.web", LAYERS),
        ("src/vitalwatch/config/probe.py", "import vitalwatch.links", LAYERS),
        ("src/vitalwatch/errors.py", "import vitalwatch.model", LAYERS),
        ("src/vitalwatch/unplaced.py", "", LAYERS),
        ("src/vitalwatch/alarms/probe.py", "import asyncio", PURE),
        ("src/vitalwatch/visits/probe.py", "from time import monotonic", PURE),
        ("src/vitalwatch/model/probe.py", "import vitalwatch.clock", PURE),
        ("src/vitalwatch/link_url.py", "import socket", PURE),
        ("drivers/vitalwatch_drivers/one/decoder.py", "import time", PURE),
        ("drivers/vitalwatch_drivers/one/frames.py", "import serial", PURE),
        ("drivers/vitalwatch_drivers/one/driver.py", "import aiomqtt", PURE),
        ("simulators/vitalwatch_simulators/one/encoder.py", "import asyncio", PURE),
        ("simulators/vitalwatch_simulators/patient.py", "import time", PURE),
        ("src/vitalwatch/hub/probe.py", "import vitalwatch_drivers.one", CORE),
        ("src/vitalwatch/web/probe.py", "import vitalwatch_simulators.one", CORE),
        ("drivers/vitalwatch_drivers/one/driver.py", "import vitalwatch.alarms", DRIVERS),
        ("drivers/vitalwatch_drivers/one/driver.py", "import vitalwatch_drivers.other", STRANGERS),
        ("simulators/vitalwatch_simulators/one/monitor.py", "import vitalwatch_drivers.one", SIMULATORS),
        ("dashboard/vitalwatch_dashboard/probe.py", "import vitalwatch.model", DASHBOARD),
    ],
)
def test_violation_is_noticed(tree: Tree, file: str, line: str, contract: str) -> None:
    with (tree.folder / file).open("a") as module:
        module.write(f"\n{line}\n")
    code, output = tree.check()
    assert code == 1, output
    assert f"{contract} BROKEN" in output


def test_driver_may_import_what_it_needs(tree: Tree) -> None:
    needs = "import vitalwatch.driver, vitalwatch.errors, vitalwatch.model, vitalwatch.model.observation\n"
    (tree.folder / "drivers/vitalwatch_drivers/one/driver.py").write_text(needs)
    code, output = tree.check()
    assert code == 0, output


@pytest.mark.parametrize("call", ["datetime.now(UTC)", "datetime.utcnow()"])
@pytest.mark.parametrize(
    ("file", "allowed"),
    [
        ("src/vitalwatch/alarms/probe.py", False),
        ("drivers/vitalwatch_drivers/one/driver.py", False),
        ("src/vitalwatch/clock.py", True),
    ],
)
def test_only_the_clock_reads_the_time_of_day(project: Path, file: str, allowed: bool, call: str) -> None:
    """Import contracts cannot see this: ``datetime`` as such is allowed everywhere."""
    code = f"from datetime import UTC, datetime\n\nprint(UTC, {call})\n"
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--select", "TID251", "--stdin-filename", file, "-"]
    ended = subprocess.run(command, cwd=project, input=code, capture_output=True, text=True, check=False)
    assert ended.returncode == (0 if allowed else 1)
    assert ("TID251" in ended.stdout) is not allowed
