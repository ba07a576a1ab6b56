"""What is installed on a clinic's machine: the wheel, built through the sdist in a copy of this tree."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement

PACKAGES = ["vitalwatch", "vitalwatch_drivers", "vitalwatch_simulators", "vitalwatch_dashboard"]
STATIC = "vitalwatch_dashboard/static"

NOT_COPIED = shutil.ignore_patterns(
    ".*_cache", ".git", ".venv", ".hypothesis", "__pycache__", "node_modules", "test-output"
)


def python(tree: Path, *arguments: str) -> str:
    """Run this environment's Python inside a tree; returns what it printed."""
    ended = subprocess.run([sys.executable, *arguments], cwd=tree, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def requirements_to_build(tree: Path, kind: str) -> list[str]:
    """What pip would install for a build, beside pyproject's ``[build-system] requires``."""
    question = f"import hatchling.build, json; print(json.dumps(hatchling.build.get_requires_for_build_{kind}()))"
    answer: list[str] = json.loads(python(tree, "-c", question))
    return answer


def asks_for_node(tree: Path, kind: str = "wheel") -> bool:
    return any(requirement.startswith("nodejs") for requirement in requirements_to_build(tree, kind))


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory, project: Path) -> Path:
    """A copy of this project with a current page, in a folder with a blank in its name."""
    tree = tmp_path_factory.mktemp("package") / "a copy"
    shutil.copytree(project, tree, ignore=NOT_COPIED)
    modules = Path("dashboard", "web", "node_modules")
    if (project / modules).is_dir():  # a copy, because npm would remove what stands behind a link
        shutil.copytree(project / modules, tree / modules, symlinks=True)
    python(tree, "hatch_build.py")
    return tree


@pytest.fixture(scope="module")
def wheel(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> zipfile.Path:
    """The wheel that comes out of the sdist of that copy."""
    out = tmp_path_factory.mktemp("built")
    python(tree, "-m", "build", "--no-isolation", "--outdir", str(out), ".")
    (built,) = out.glob("*.whl")
    assert list(out.glob("*.tar.gz"))
    return zipfile.Path(built)


def test_wheel_holds_the_page_with_every_file_that_it_names(wheel: zipfile.Path) -> None:
    page = (wheel / STATIC / "index.html").read_text(encoding="utf-8")
    named = re.findall(r'(?:src|href)="\./([^"]+)"', page)
    assert named
    for name in named:
        assert (wheel / STATIC / name).is_file()


@pytest.mark.parametrize("package", PACKAGES)
def test_wheel_says_that_each_package_is_typed(wheel: zipfile.Path, package: str) -> None:
    assert (wheel / package / "py.typed").is_file()


@pytest.mark.parametrize(
    ("place", "folder"),
    [("vitalwatch/config/builtin_profiles", "profiles"), ("vitalwatch_simulators/builtin_scenarios", "scenarios")],
)
def test_wheel_holds_every_profile_and_scenario(wheel: zipfile.Path, project: Path, place: str, folder: str) -> None:
    inside = wheel.joinpath(*place.split("/"))
    ours = sorted((project / "config" / folder).glob("*.toml"))
    assert ours
    assert sorted(f.name for f in inside.iterdir() if f.name.endswith(".toml")) == [file.name for file in ours]
    for file in ours:
        assert (inside / file.name).read_bytes() == file.read_bytes()


def test_wheel_holds_nothing_else(wheel: zipfile.Path) -> None:
    tops = {file.name for file in wheel.iterdir() if not file.name.endswith(".dist-info")}
    assert tops == set(PACKAGES)
    assert {file.name for file in (wheel / "vitalwatch_dashboard").iterdir()} == {"__init__.py", "py.typed", "static"}


def test_wheel_brings_commands_drivers_and_licence(wheel: zipfile.Path) -> None:
    (info,) = (folder for folder in wheel.iterdir() if folder.name.endswith(".dist-info"))
    entry_points = (info / "entry_points.txt").read_text()
    assert "vitalwatch = vitalwatch.cli:main" in entry_points
    assert "[vitalwatch.drivers]" in entry_points
    assert "Apache License" in (info / "licenses" / "LICENSE").read_text()


@pytest.mark.parametrize("kind", ["sdist", "wheel", "editable"])
def test_build_with_a_current_page_asks_for_no_node(tree: Path, kind: str) -> None:
    assert not asks_for_node(tree, kind)


def test_build_from_the_sdist_asks_for_no_node(tree: Path, tmp_path: Path) -> None:
    python(tree, "-m", "build", "--sdist", "--no-isolation", "--outdir", str(tmp_path), ".")
    (sdist,) = tmp_path.glob("*.tar.gz")
    shutil.unpack_archive(sdist, tmp_path, filter="data")
    unpacked = tmp_path / sdist.name.removesuffix(".tar.gz")
    assert (unpacked / "dashboard" / "web" / "package.json").is_file()
    assert not asks_for_node(unpacked)


def test_editable_installation_finds_the_four_roots_and_copies_no_profiles(tree: Path, tmp_path: Path) -> None:
    python(tree, "-c", f"import hatchling.build; hatchling.build.build_editable({str(tmp_path)!r})")
    (built,) = tmp_path.glob("*.whl")
    editable = zipfile.Path(built)
    (roots,) = (file for file in editable.iterdir() if file.name.endswith(".pth"))
    expected = [str(tree / root) for root in ("dashboard", "drivers", "simulators", "src")]
    assert sorted(roots.read_text().split("\n")) == expected
    assert {file.name.rpartition(".")[2] for file in editable.iterdir()} == {"pth", "dist-info"}


def test_edited_page_source_asks_for_node_and_lands_in_the_page(tree: Path, tmp_path: Path) -> None:
    copy = tmp_path / "edited"
    shutil.copytree(tree, copy, symlinks=True)
    index = copy / "dashboard" / "web" / "index.html"
    index.write_text(
        index.read_text(encoding="utf-8").replace("</head>", '<meta name="probe" /></head>'), encoding="utf-8"
    )
    assert asks_for_node(copy)
    python(copy, "hatch_build.py")
    static = copy / "dashboard" / "vitalwatch_dashboard" / "static"
    assert 'name="probe"' in (static / "index.html").read_text(encoding="utf-8")
    assert not asks_for_node(copy)


# The pins


def pins(project: Path) -> list[Requirement]:
    return [Requirement(line) for line in (project / "constraints.txt").read_text().splitlines()]


def test_constraints_are_exact_versions_without_address_or_path(project: Path) -> None:
    text = (project / "constraints.txt").read_text()
    assert "/" not in text
    assert "@" not in text
    for pin in pins(project):
        assert str(pin.specifier).startswith("==")


def test_every_dependency_is_pinned_to_a_version_that_it_allows(project: Path) -> None:
    settings = tomllib.loads((project / "pyproject.toml").read_text())["project"]
    groups = [settings["dependencies"], *settings["optional-dependencies"].values()]
    for wanted in (Requirement(text) for group in groups for text in group):
        pinned = [pin for pin in pins(project) if pin.name == wanted.name]
        assert pinned, f"{wanted.name} is not in constraints.txt. Next: make lock"
        for pin in pinned:
            (exact,) = pin.specifier
            assert wanted.specifier.contains(exact.version), f"{pin} does not fit {wanted}. Next: make lock"


def test_page_lock_file_holds_no_address(project: Path) -> None:
    lock = (project / "dashboard" / "web" / "package-lock.json").read_text()
    assert '"resolved"' not in lock
    assert "registry" not in lock
