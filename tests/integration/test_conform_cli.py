"""``vitalwatch conform`` on the drivers of this project and on one that somebody else has installed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tools import driver_grades
from tools.running import VITALWATCH
from vitalwatch.conform import Outcome, commands
from vitalwatch.conform.kit import CHECKS


def conform(*arguments: str, packages: Path | None = None) -> Any:
    plain = {**os.environ, "NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "120", "PYTHONDONTWRITEBYTECODE": "1"}
    if packages:
        plain["PYTHONPATH"] = str(packages)
    return subprocess.run(
        [VITALWATCH, "conform", *arguments], capture_output=True, text=True, timeout=120, check=False, env=plain
    )


@pytest.fixture
def packages(project: Path, tmp_path: Path) -> Path:
    """A folder of installed packages with a driver that this project does not know, as pip leaves it."""
    package = tmp_path / "acme_oximeter"
    shutil.copytree(project / "tests/data/acme_oximeter", package, ignore=shutil.ignore_patterns("__pycache__"))
    facts = tmp_path / "acme_oximeter-1.0.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-oximeter\nVersion: 1.0\n")
    (facts / "entry_points.txt").write_text("[vitalwatch.drivers]\nacme = acme_oximeter:AcmeDriver\n")
    return tmp_path


@pytest.mark.parametrize("name", driver_grades.drivers())
def test_a_driver_of_this_project_passes(name: str) -> None:
    report = driver_grades.report_on(name)
    assert [(result.check, result.faults) for result in report.results if result.faults] == []
    assert report.passed


def test_the_grade_list_is_what_the_kit_finds() -> None:
    page = driver_grades.PAGE.read_text("utf-8")
    assert "<!-- grades -->" in page
    assert driver_grades.with_grades(page) == page, "Next: .venv/bin/python -m tools.driver_grades"


def test_every_check_is_explained(project: Path) -> None:
    page = (project / "docs/conformance.md").read_text("utf-8")
    for check in CHECKS:
        assert f"| {check.name} |" in page, check.name


def test_the_example_of_the_page_is_a_conformance_module(project: Path) -> None:
    page = (project / "docs/conformance.md").read_text("utf-8")
    code = page.partition("```python\n")[2].partition("```")[0]
    made: dict[str, Any] = {}
    exec(compile(code, "conformance.md", "exec"), made)
    assert made["CONFORMANCE"].samples


def test_an_installed_driver_of_somebody_else_passes(packages: Path) -> None:
    ended = conform("acme", packages=packages)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert f"acme: {len(CHECKS)} done, 0 exempt, 0 failed" in ended.stdout
    assert ended.stderr == ""


def test_a_fault_gives_exit_code_1_and_is_in_the_report(packages: Path) -> None:
    driver = packages / "acme_oximeter" / "driver.py"
    driver.write_text(driver.read_text().replace("import annotations\n", "import annotations\n\nimport time\n", 1))
    ended = conform("acme", "--json", packages=packages)
    assert ended.returncode == 1
    report = json.loads(ended.stdout)
    assert (report["driver"], report["passed"]) == ("acme", False)
    failed = [result for result in report["results"] if result["outcome"] == Outcome.FAILED]
    assert [(result["check"], len(result["faults"])) for result in failed] == [("no clock, no I/O", 1)]


def test_all_means_every_installed_driver_a_line_each(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # What the kit finds is asked for once in these tests: all drivers take a minute.
    monkeypatch.setattr(commands, "run_checks", lambda subject, _: driver_grades.report_on(subject.name))
    assert commands.conform([], every=True, as_json=True)
    lines = [json.loads(line)["driver"] for line in capsys.readouterr().out.splitlines()]
    assert sorted(lines) == sorted(driver_grades.drivers())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(["nelcor"], 'Did you mean "nellcor"?'), ([], "--all"), (["nellcor", "--all"], "--all")],
)
def test_what_cannot_be_done_is_told_with_exit_code_2(arguments: list[str], words: str) -> None:
    ended = conform(*arguments)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert words in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_driver_that_cannot_be_imported_is_told(packages: Path) -> None:
    (packages / "acme_oximeter" / "driver.py").write_text("import no_such_module\n")
    ended = conform("acme", packages=packages)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "no_such_module" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_driver_without_samples_is_told_what_to_write(packages: Path) -> None:
    (packages / "acme_oximeter" / "conformance.py").unlink()
    ended = conform("acme", packages=packages)
    assert ended.returncode == 1
    assert "acme_oximeter.conformance" in ended.stdout
