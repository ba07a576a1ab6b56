"""Every command of README and CONTRIBUTING: run here for real where that is cheap, else by the test that is named.

A command without an entry in ``PROVED_BY`` fails, and so does an entry whose test is not there.
"""

from __future__ import annotations

import ast
import os
import re
import signal
import subprocess
import sys
import sysconfig
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tools.running import VITALWATCH, running, watching

PROJECT = Path(__file__).resolve().parents[2]
PAGES = ("README.md", "CONTRIBUTING.md")

HERE = "tests/integration/test_readme_commands.py"
DRY = f"{HERE}::test_a_make_target_finds_every_program_that_it_starts"
TARGETS = f"{HERE}::test_make_help_names_every_target"
INSTALL = f"{HERE}::test_the_installation_of_the_readme_gives_the_commands_and_the_page"
FIRST = f"{HERE}::test_the_first_file_is_sound_and_serves_before_any_monitor_is_there"
LIMITS = f"{HERE}::test_a_recorded_night_is_judged_by_both_sets_of_limits"
RECORD = f"{HERE}::test_the_record_of_the_first_hour_is_verified_copied_and_played"
PREPARE = "tests/unit/tools/test_prepare.py"
DEMO = "tests/integration/service/test_demo.py"
CONFORM = "tests/integration/test_conform_cli.py"

PROVED_BY = {
    "make help": [TARGETS],
    "make demo": [
        DRY,
        "tests/unit/tools/test_foreground.py::test_without_a_terminal_the_end_of_make_is_the_end_of_the_command",
        f"{DEMO}::test_every_chair_is_marked_and_has_values_soon_after_the_start_and_ctrl_c_ends_it_all",
    ],
    'make demo ARGS="--no-browser --port 8080"': [DRY, f"{DEMO}::test_sigterm_ends_it_as_well"],
    "make test": [DRY, f"{PREPARE}::test_every_program_that_the_makefile_asks_for_is_known"],
    'make test ARGS="-k nellcor"': [DRY],
    "make lint": [DRY, "tests/unit/test_layers.py::test_contracts_hold"],
    "make screenshots": [DRY, f"{HERE}::test_taking_pictures_starts_as_make_starts_it"],
    "make lock": [
        DRY,
        "tests/integration/test_package.py::test_constraints_are_exact_versions_without_address_or_path",
    ],
    "python3 -m venv watch": [INSTALL],
    "watch/bin/pip install --constraint constraints.txt .": [INSTALL],
    "watch/bin/vitalwatch detect": [
        "tests/integration/test_detect.py::test_the_command_finds_writes_and_its_file_loads",
        "tests/integration/test_detect.py::test_the_command_says_by_its_exit_code_what_became_of_it",
    ],
    "watch/bin/vitalwatch init my-clinic.toml": [FIRST, "tests/integration/test_init_cli.py::test_by_questions"],
    "watch/bin/vitalwatch check my-clinic.toml": [FIRST],
    "watch/bin/vitalwatch doctor my-clinic.toml": [
        "tests/integration/test_doctor.py::test_the_command_prints_a_table_or_json_and_its_exit_code_tells",
        "tests/integration/test_doctor.py::test_a_healthy_clinic_exits_0",
    ],
    "watch/bin/vitalwatch run my-clinic.toml": [FIRST],
    "watch/bin/vitalwatch run config/replay-n560.toml": [
        "tests/integration/service/test_run_recording.py::test_the_recording_of_a_real_desaturation_alarms_as_it_must",
        "tests/unit/config/test_load.py::test_the_replay_example_names_the_real_recording",
    ],
    "watch/bin/vitalwatch replay night.csv --profile adult-default": [LIMITS],
    "watch/bin/vitalwatch backtest night.csv --profile adult-default --against our-limits.toml": [LIMITS],
    "watch/bin/vitalwatch journal verify my-clinic.toml": [RECORD],
    "watch/bin/vitalwatch journal backup my-clinic.toml copy.db": [RECORD],
    "watch/bin/vitalwatch replay copy.db --since 1h": [RECORD],
    "watch/bin/vitalwatch backtest copy.db --since 30d --against our-limits.toml": [RECORD],
    "watch/bin/vitalwatch-sim --help": [f"{HERE}::test_the_simulators_help_lists_devices_and_stories"],
    "watch/bin/vitalwatch conform --all": [f"{CONFORM}::test_all_means_every_installed_driver_a_line_each"],
    ".venv/bin/pytest tests/unit": [f"{HERE}::test_the_folder_of_unit_tests_holds_tests"],
    ".venv/bin/python tools/alarm_docs.py": [f"{HERE}::test_making_the_tables_of_alarms_anew_changes_nothing"],
    ".venv/bin/python tools/config_docs.py": [
        "tests/unit/config/test_reference.py::test_the_tables_of_the_reference_are_those_of_the_models",
    ],
    ".venv/bin/vitalwatch conform nellcor": [f"{CONFORM}::test_a_driver_of_this_project_passes"],
    ".venv/bin/python -m tools.driver_grades": [f"{CONFORM}::test_the_grade_list_is_what_the_kit_finds"],
    ".venv/bin/python hatch_build.py dev": [f"{HERE}::test_the_page_is_served_while_it_is_edited"],
}


def commands(page: str) -> list[str]:
    """Every line of a page's shell blocks."""
    blocks = re.findall(r"^```sh\n(.*?)^```$", (PROJECT / page).read_text("utf-8"), re.DOTALL | re.MULTILINE)
    return [line for block in blocks for line in block.splitlines() if line]


def run(*command: str | Path, **environment: str) -> str:
    """Run a command in the project's folder to its good end, without a terminal, and give what it printed."""
    # A make that was started by a make (the tests themselves are) tells of folders, and takes over its options.
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    plain = {**ours, "NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "120", **environment}
    ended = subprocess.run(
        command,
        cwd=PROJECT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=plain,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


# The table


@pytest.mark.parametrize("page", PAGES)
def test_every_command_of_a_page_is_in_the_table(page: str) -> None:
    printed = commands(page)
    assert printed
    assert [command for command in printed if command not in PROVED_BY] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_fenced_block_of_a_page_says_what_it_is(page: str) -> None:
    opened = re.findall(r"^```(.*)$", (PROJECT / page).read_text("utf-8"), re.MULTILINE)[::2]
    assert set(opened) <= {"sh", "toml"}


def test_the_table_holds_no_command_that_no_page_prints() -> None:
    printed = {command for page in PAGES for command in commands(page)}
    assert PROVED_BY.keys() - printed == set()


@pytest.mark.parametrize("proof", sorted({proof for proofs in PROVED_BY.values() for proof in proofs}))
def test_every_test_that_the_table_names_is_there(proof: str) -> None:
    path, _, name = proof.partition("::")
    tree = ast.parse((PROJECT / path).read_text("utf-8"))
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


# make


@pytest.mark.parametrize("command", [command for command in PROVED_BY if DRY in PROVED_BY[command]])
def test_a_make_target_finds_every_program_that_it_starts(command: str) -> None:
    """A dry run: what would be run is printed, and the scripts of this project and of its environment are there."""
    target, _, arguments = command.removeprefix("make ").partition(" ")
    arguments = arguments.replace('"', "")
    would_run = run("make", "--dry-run", target, *([arguments] if arguments else []))
    assert arguments.removeprefix("ARGS=") in would_run
    for script in re.findall(r"(?<!\S)((?:tools|benchmarks)/\S+\.py|hatch_build\.py)", would_run):
        assert (PROJECT / script).is_file(), script
    for program in re.findall(r"\.venv/bin/(\S+)", would_run):
        assert Path(sys.executable).with_name(program).is_file(), program
    for module in re.findall(r"-m ([\w.]+)", would_run):
        run(sys.executable, "-c", f"import {module}")


def test_taking_pictures_starts_as_make_starts_it() -> None:
    *_, last = run("make", "--dry-run", "screenshots", "ARGS=--help").splitlines()
    program, *arguments = last.split()
    assert program == ".venv/bin/python"
    assert "usage" in run(sys.executable, *arguments)


def test_make_help_names_every_target() -> None:
    phony = re.search(r"^\.PHONY: (.*)$", (PROJECT / "Makefile").read_text(), re.MULTILINE)
    assert phony is not None
    told = run("make", "help")
    for target in set(phony[1].split()) - {"help"}:
        assert re.search(rf"^make {target}\b", told, re.MULTILINE), target


# The clinic's installation


def test_the_installation_of_the_readme_gives_the_commands_and_the_page(tmp_path: Path) -> None:
    """As the README says, except that dependencies come from this environment: tests need no internet."""
    watch = tmp_path / "watch"
    run(sys.executable, "-m", "venv", watch)
    borrowed = {"PYTHONPATH": sysconfig.get_path("purelib"), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    offline = ("--no-index", "--no-deps", "--no-build-isolation", "--ignore-installed")
    run(watch / "bin/pip", "install", "--constraint", "constraints.txt", *offline, ".", **borrowed)
    for command in ("vitalwatch", "vitalwatch-sim"):
        assert "Usage" in run(watch / "bin" / command, "--help", **borrowed)
    (page,) = watch.glob("lib/python*/site-packages/vitalwatch_dashboard/static/index.html")
    assert page.stat().st_size > 0


@pytest.mark.asyncio
async def test_the_first_file_is_sound_and_serves_before_any_monitor_is_there(tmp_path: Path) -> None:
    clinic = tmp_path / "my-clinic.toml"
    run(VITALWATCH, "init", clinic)
    assert "no mistakes" in run(VITALWATCH, "check", clinic)
    first = clinic.read_text("utf-8")
    assert "port = 8080" in first
    clinic.write_text(first.replace("port = 8080", "port = 0"), "utf-8")  # 8080 may be taken here
    async with (
        running("run", str(clinic), log=tmp_path / "log") as service,
        watching(await service.address()) as screen,
    ):
        assert list(screen.chairs) == ["1", "2"]
        await screen.until(lambda screen, _: screen.chairs["1"]["devices"][0]["link"] == "lost")
        assert "usb-adapter-1" in screen.chairs["1"]["devices"][0]["reason"]
        assert "bedside monitor is the primary alarm" in service.log


@pytest.mark.asyncio
async def test_the_record_of_the_first_hour_is_verified_copied_and_played(tmp_path: Path) -> None:
    """Of the first seconds, rather: the monitors are not there, which is an alarm that the record holds."""
    clinic, copy, ours = tmp_path / "my-clinic.toml", tmp_path / "copy.db", tmp_path / "our-limits.toml"
    run(VITALWATCH, "init", clinic)
    clinic.write_text(clinic.read_text("utf-8").replace("port = 8080", "port = 0"), "utf-8")
    ours.write_text('name = "our-limits"\nversion = "1"\n\n[limits]\nspo2_low = 94\n', "utf-8")
    async with (
        running("run", str(clinic), log=tmp_path / "log") as service,
        watching(await service.address()) as screen,
    ):
        await screen.until(lambda screen, _: ("1", "T-LINK") in screen.alarms)
    assert "Everything is as it was written" in run(VITALWATCH, "journal", "verify", clinic)
    run(VITALWATCH, "journal", "backup", clinic, copy)
    assert "Identical to the byte" in run(VITALWATCH, "replay", copy, "--since", "1h")
    assert "vanish" in run(VITALWATCH, "backtest", copy, "--since", "30d", "--against", ours)


def test_a_recorded_night_is_judged_by_both_sets_of_limits(tmp_path: Path) -> None:
    """SpO2 of 91 for a minute: nothing under 90, an alarm under the clinic's own 94."""
    night, ours = tmp_path / "night.csv", tmp_path / "our-limits.toml"
    rows = [f"{second},70,{91 if 60 <= second < 120 else 97}\n" for second in range(180)]
    night.write_text("Time [s],HR,SpO2\n" + "".join(rows), "utf-8")
    ours.write_text('name = "our-limits"\nversion = "1"\n\n[limits]\nspo2_low = 94\n', "utf-8")
    assert "SPO2-LOW" not in run(VITALWATCH, "replay", night, "--profile", "adult-default")
    compared = run(VITALWATCH, "backtest", night, "--profile", "adult-default", "--against", ours)
    assert re.search(r"appears +1 .* SPO2-LOW", compared)


def test_the_simulators_help_lists_devices_and_stories() -> None:
    told = run(VITALWATCH.with_name("vitalwatch-sim"), "--help")
    for word in ("nellcor", "masimo", "json-oximeter", "json-cuff", "clinic", "desaturation"):
        assert word in told


# For those who take part


def test_the_folder_of_unit_tests_holds_tests() -> None:
    assert Path(sys.executable).with_name("pytest").is_file()
    assert "test_docs.py::test_" in run(
        sys.executable, "-m", "pytest", "--collect-only", "-q", "tests/unit/test_docs.py"
    )


def test_making_the_tables_of_alarms_anew_changes_nothing(tmp_path: Path) -> None:
    copy = tmp_path / "alarms.md"
    committed = (PROJECT / "docs/alarms.md").read_text("utf-8")
    copy.write_text(committed, "utf-8")
    run(sys.executable, "tools/alarm_docs.py", str(copy))
    assert copy.read_text("utf-8") == committed


@contextmanager
def serving_the_page() -> Iterator[subprocess.Popen[str]]:
    """``hatch_build.py dev`` with everything that it starts, ended at the end of the block."""
    served = subprocess.Popen(
        [sys.executable, "hatch_build.py", "dev"],
        cwd=PROJECT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "NO_COLOR": "1"},
        start_new_session=True,
    )
    try:
        yield served
    finally:
        os.killpg(served.pid, signal.SIGTERM)
        served.communicate(timeout=10)


def test_the_page_is_served_while_it_is_edited() -> None:
    if not (PROJECT / "dashboard/web/node_modules/.installed.sha256").is_file():
        pytest.skip("the page's packages are not installed; next: make lint")
    with serving_the_page() as served:
        assert served.stdout is not None
        address = next((found[0] for line in served.stdout if (found := re.search(r"http://\S+", line))), None)
        assert address, "it ended without an address"
        with urllib.request.urlopen(f"{address}src/main.ts", timeout=10) as answer:
            assert b"feed.worker" in answer.read()
