"""What the documents promise: they name everything there is, their links lead somewhere, their figures are true."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import get_args

import pytest
import typer

from benchmarks.__main__ import LONG, QUICK
from tools import alarm_docs
from vitalwatch import link_url
from vitalwatch.alarms import events, track
from vitalwatch.alarms.acts import PAUSE_AUDIO_S
from vitalwatch.alarms.conditions import CATALOGUE, care
from vitalwatch.alarms.transition import Priority, State
from vitalwatch.cli import cli
from vitalwatch.config import load
from vitalwatch.driver import driver_names, load_driver
from vitalwatch.hub import callers, pulse
from vitalwatch.hub.glass import ALIVE_S
from vitalwatch.hub.screens import GRACE_S, RECEIPT_S
from vitalwatch.hub.watchdog import LOOK_S, STALLED_S
from vitalwatch.model import CATALOGUE as VITALS
from vitalwatch.model import Mode, Status, Validity, Vital
from vitalwatch_simulators.cli import app as simulators

PROJECT = Path(__file__).resolve().parents[2]
FOLDERS = ("benchmarks", "config", "dashboard", "docs", "drivers", "simulators", "tests", "tools")
NOT_OURS = {"node_modules", "static"}


def documents() -> list[Path]:
    """Every Markdown file of the project."""
    inside = (page for folder in FOLDERS for page in (PROJECT / folder).rglob("*.md"))
    return sorted([*PROJECT.glob("*.md"), *(page for page in inside if NOT_OURS.isdisjoint(page.parts))])


def name_of(page: Path) -> str:
    return str(page.relative_to(PROJECT))


def text(name: str) -> str:
    return (PROJECT / name).read_text("utf-8")


def prose(page: Path) -> str:
    """A page without its fenced blocks."""
    return re.sub(r"^( *)```.*?^\1```$", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)


every_document = pytest.mark.parametrize("page", documents(), ids=name_of)


# Links and what must not stand anywhere


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as code hosts make them."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@every_document
def test_every_local_link_leads_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@every_document
def test_no_path_of_somebodys_machine_and_no_host_of_a_package_index(page: Path) -> None:
    found = page.read_text("utf-8")
    assert re.findall(r"(?<![\w.])/(?:work|root|home|Users)/\S*|\b[A-Z]:\\\S*", found) == []
    assert re.findall(r"\b(?:\w+\.)*(?:pypi|pythonhosted|npmjs|yarnpkg|crates)\.(?:org|com|io)\b", found) == []


def test_every_document_of_the_folder_is_in_its_index() -> None:
    index = text("docs/README.md")
    for page in (PROJECT / "docs").glob("*.md"):
        assert page.name == "README.md" or f"({page.name})" in index, page.name


# What there is, and where it has to be told


@pytest.mark.parametrize("name", driver_names())
def test_a_driver_stands_in_the_lists_and_has_its_pages(name: str) -> None:
    folder = name.replace("-", "_")
    assert f"`{name}`" in text("README.md")
    assert f"| [`{name}`](" in text("drivers/README.md")
    page = text(f"drivers/vitalwatch_drivers/{folder}/README.md")
    for vital in load_driver(name).info.vitals:
        assert name == "mqtt-json" or f"`{vital}`" in page
    assert (PROJECT / "simulators/vitalwatch_simulators" / folder / "README.md").is_file()


@pytest.mark.parametrize("vital", Vital)
def test_a_vital_stands_with_its_unit_and_range(vital: Vital) -> None:
    info = VITALS[vital]
    zero = ", or 0" if info.zero_is_real else ""
    row = f"| `{vital}` | {info.label} | {info.unit} | {info.low:g} to {info.high:g}{zero} | "
    page = text("docs/vitals.md")
    assert row in page
    assert page.partition(row)[2].startswith("cuff reading" if info.episodic else "stream")


@pytest.mark.parametrize("name", [*Status, *Validity, *Mode])
def test_a_status_validity_or_mode_is_explained(name: str) -> None:
    assert f"`{name}`" in text("docs/vitals.md")


def commands(app: typer.Typer) -> Iterator[tuple[str, list[str]]]:
    """The commands of a command line, each with the long options that a person may write there or at a part of it."""
    for name, command in typer.main.get_command(app).commands.items():  # type: ignore[attr-defined]
        parts = [command, *getattr(command, "commands", {}).values()]
        options = [option for part in parts for each in part.params for option in (*each.opts, *each.secondary_opts)]
        yield name, [option for option in options if option.startswith("--") and option != "--help"]


COMMANDS = [
    *((f"### `vitalwatch {name}", options) for name, options in commands(cli)),
    *((f"`{name}`", options) for name, options in commands(simulators)),
]


@pytest.mark.parametrize(("name", "options"), COMMANDS, ids=[name for name, _ in COMMANDS])
def test_a_command_and_each_of_its_options_are_told(name: str, options: list[str]) -> None:
    page = text("docs/command-line.md")
    assert name in page
    for option in options:
        assert f"`{option}" in page, option


def test_every_room_of_the_core_stands_in_the_architecture() -> None:
    page = text("docs/architecture.md")
    for entry in (PROJECT / "src/vitalwatch").iterdir():
        if entry.is_dir() and (entry / "__init__.py").is_file():
            assert f"`{entry.name}/`" in page, entry.name
        elif entry.suffix == ".py" and entry.name != "__init__.py":
            assert f"`{entry.name}`" in page, entry.name


@pytest.mark.parametrize("scheme", link_url._FORMS)
def test_a_kind_of_link_has_its_row(scheme: str) -> None:
    assert re.search(rf"^\| .* \| `{scheme}:", text("docs/links.md"), re.MULTILINE)


def test_every_benchmark_has_its_name_and_its_row() -> None:
    modules = (PROJECT / "benchmarks").glob("[!_]*.py")
    runnable = {module.stem for module in modules if "__main__" in module.read_text("utf-8")}
    assert runnable == {*QUICK, *LONG}
    page = text("benchmarks/README.md")
    for name in runnable:
        (row,) = re.findall(rf"^\| `{name}` \| .* \| (yes|no) \|$", page, re.MULTILINE)
        assert row == ("yes" if name in QUICK else "no"), name


# Alarms


def test_the_tables_of_alarms_are_those_of_the_code() -> None:
    page = text("docs/alarms.md")
    assert alarm_docs.with_tables(page) == page, "Next: .venv/bin/python tools/alarm_docs.py"


@pytest.mark.parametrize("condition", CATALOGUE)
def test_a_condition_has_its_row(condition: str) -> None:
    assert f"\n| `{condition}` | " in text("docs/alarms.md")


@pytest.mark.parametrize("state", State)
def test_a_state_of_an_alarm_is_explained(state: State) -> None:
    assert f"| `{state}` | " in text("docs/alarms.md")


def test_figures_of_an_alarms_life_are_those_of_the_code() -> None:
    page = text("docs/alarms.md").partition("## On the patient")[0]
    high, medium = (track.ACK_TIMEOUT_S[priority] for priority in (Priority.HIGH, Priority.MEDIUM))
    assert f"after {high:g} s (high) or {medium:g} s (medium)" in page
    first, second = track.ESCALATE_S[Priority.HIGH]
    (only,) = track.ESCALATE_S[Priority.MEDIUM]
    assert f"after {first:g} s and again after {second:g} s, a medium one after {only:g} s" in page
    assert f"a reminder each {track.REMINDER_S:g} s" in page
    assert f"within {track.REJOIN_S:g} s of having been acknowledged" in page
    assert f"paused for up to {PAUSE_AUDIO_S:g} s" in page
    assert f"Not there for {track.STREAM.reset_s:g} s in a row, or clearly over for {track.STREAM.clear_s:g} s" in page
    assert f"for {track.STREAM.clear_s:g} s, or inside at all for {track.STREAM.inside_s:g} s" in page


def test_figures_of_living_screens_are_those_of_the_code() -> None:
    page = text("docs/screens.md")
    assert f"was sent at most {ALIVE_S:g} s ago" in page
    assert f"| {ALIVE_S:g} s at most | the same: {ALIVE_S + care.NOBODY_DELAY_S:g} s after the cut at most |" in page
    assert f"| {RECEIPT_S:g} s | `T-UNDELIVERED` {RECEIPT_S + care.UNDELIVERED_DELAY_S:g} s after the alarm |" in page
    assert f"nobody is missed for {GRACE_S:g} s" in page
    assert f"every {callers.SOUND_EVERY_S:g} s, through `aplay`" in page
    assert f"It has {callers.CALL_S:g} s" in page
    assert f"when it stood still for {pulse.STOOD_S:g} s or more" in page
    assert f"A failure counts for {pulse.HELD_S:g} s" in page
    assert f"calls the fallback after {STALLED_S:g} to {STALLED_S + 2 * LOOK_S:g} s" in page
    assert f"sent at most {ALIVE_S:g} s\nago" in text("docs/live-socket.md")


def silent() -> tuple[str, str]:
    """What the page of alarms calls silent: without an act, and in any case."""
    part = text("docs/alarms.md").partition("## Waiting for facts")[2].partition("## Profiles")[0]
    without_an_act, _, in_any_case = part.partition("silent in any case")
    return without_an_act, in_any_case


@pytest.mark.parametrize(
    ("condition", "act"),
    [
        *((condition, events.TakeBaseline) for condition in ("SPO2-DROP", "HR-TREND", "BP-RISE", "BP-FALL")),
        ("SED-DEEP", events.ChartSedation),
        *((condition, events.Plan) for condition in ("S-OBS-DUE", "S-TIME")),
        *(("S-LIMITS", act) for act in (events.Shelve, events.ChangeLimit)),
    ],
)
def test_an_alarm_is_called_silent_exactly_while_the_page_has_no_button_for_its_act(condition: str, act: type) -> None:
    assert act in get_args(events.Act)  # which the live socket takes
    name = str(act.__struct_config__.tag)  # type: ignore[attr-defined]
    parts = (PROJECT / "dashboard/web/src").rglob("*.svelte")
    offered = any(f'"{name}"' in part.read_text("utf-8") for part in parts)
    told = any(f"`{name}`" in row and f"`{condition}`" in row for row in silent()[0].splitlines())
    assert told is not offered


@pytest.mark.parametrize(
    ("condition", "event"),
    [("T-NOVIEW", events.Screens), ("T-UNDELIVERED", events.Undelivered), ("T-ENGINE", events.SelfCheck)],
)
def test_an_alarm_is_called_silent_exactly_while_the_service_feeds_it_nothing(condition: str, event: type) -> None:
    service = [*(PROJECT / "src/vitalwatch").glob("*.py")]
    service += [page for room in ("hub", "web") for page in (PROJECT / "src/vitalwatch" / room).glob("*.py")]
    fed = any(re.search(rf"\b{event.__name__}\(", module.read_text("utf-8")) for module in service)
    told = f"`{condition}`" in silent()[1]
    assert told is not fed


# Words for strangers


@pytest.mark.parametrize(
    "words",
    ["second pair of eyes", "bedside monitor is the primary alarm", "not a medical device", "medical lead", "aiomqtt"],
)
def test_the_readme_says_what_nobody_may_miss(words: str) -> None:
    assert words in re.sub(r"[\s>]+", " ", text("README.md")).replace("**", "").lower()


@pytest.mark.parametrize("command", ["detect", "init", "check", "doctor", "run"])
def test_the_readme_says_what_each_command_does_that_a_clinic_needs_first(command: str) -> None:
    assert f"\n| `{command}` | " in text("README.md")


@pytest.mark.parametrize(
    ("words", "where", "sign"),
    [
        ("**No sound.**", "dashboard/web/src", "AudioContext"),
        ("**No sign-in.**", "src/vitalwatch/web", "pwdlib"),
        ("**No visits on the page**", "dashboard/web/src", "new_visit"),
        ("No curves on the page", "dashboard/web/src", "canvas"),
        ("no changing of limits there", "dashboard/web/src", "change_limit"),
    ],
)
def test_the_readme_says_that_it_does_not_do_this_exactly_while_it_does_not(words: str, where: str, sign: str) -> None:
    sources = [page for page in (PROJECT / where).rglob("*") if page.suffix in {".py", ".ts", ".svelte"}]
    assert sources
    done = any(sign in source.read_text("utf-8") for source in sources)
    told = words in text("README.md").partition("## What it does not do today")[2]
    assert told is not done


def test_every_clinic_in_the_readme_loads(tmp_path: Path) -> None:
    clinics = re.findall(r"^```toml\n(.*?)^```$", text("README.md"), re.DOTALL | re.MULTILINE)
    assert len(clinics) == 2
    for clinic in clinics:
        path = tmp_path / "clinic.toml"
        path.write_text(clinic, "utf-8")
        config = load(path)
        assert config.devices_of(config.chairs[0].id)


def test_the_licence_is_the_one_that_the_readme_names() -> None:
    assert "Licence: [Apache-2.0](LICENSE)" in text("README.md")
    assert "Apache License" in text("LICENSE")


def test_the_changelog_keeps_its_form() -> None:
    headings = re.findall(r"^(#+) (.+)$", text("CHANGELOG.md"), re.MULTILINE)
    assert headings[:2] == [("#", "Changelog"), ("##", "[Unreleased]")]
    for level, heading in headings[2:]:
        version = re.fullmatch(r"\[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d", heading)
        kind = heading in {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
        assert version if level == "##" else kind, heading


def test_decisions_are_numbered_without_a_gap_listed_and_say_what_was_refused() -> None:
    folder = PROJECT / "docs/decisions"
    records = sorted(page for page in folder.glob("*.md") if page.name != "README.md")
    index = (folder / "README.md").read_text("utf-8")
    for number, page in enumerate(records, 1):
        assert page.name.startswith(f"{number:04}-")
        assert f"[{number:04}]({page.name})" in index
        found = page.read_text("utf-8")
        assert found.startswith(f"# {number}. ")
        for heading in ("Context", "Decision", "Refused"):
            assert f"\n## {heading}\n" in found, f"{page.name}: {heading}"


def test_the_installed_page_says_the_same_as_the_readme() -> None:
    """The safety sentence reaches people who never see the README."""
    page = files("vitalwatch_dashboard") / "static"
    if not page.is_dir():
        pytest.skip("the page is not built; next: make test")
    scripts = [entry.read_text("utf-8") for entry in (page / "assets").iterdir() if entry.name.endswith(".js")]
    assert any("the bedside monitor is the primary alarm" in script for script in scripts)
