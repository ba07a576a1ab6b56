"""When the page counts as current, and that a failed or doubled build does no harm. No Node needed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from hatch_build import NODE_REQUIREMENT, Page, PageError


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A project folder with page sources and, as after a build, a page made from them."""
    web = tmp_path / "dashboard" / "web"
    (web / "src").mkdir(parents=True)
    (web / "package.json").write_text("{}")
    (web / ".npmrc").write_text("fund=false")
    (web / "src" / "main.ts").write_text("start()")
    static = tmp_path / "dashboard" / "vitalwatch_dashboard" / "static"
    static.mkdir(parents=True)
    (static / "index.html").write_text("built before")
    (static / "sources.sha256").write_text(Page(tmp_path).source_sum() + "\n")
    return tmp_path


def put(file: Path, text: str = "new") -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def test_untouched_page_is_current(tree: Path) -> None:
    assert Page(tree).is_current()


@pytest.mark.parametrize(
    "name", ["src/main.ts", "src/chair/Tile.svelte", "package.json", ".npmrc", "public/favicon.svg"]
)
def test_edited_or_new_source_makes_the_page_stale(tree: Path, name: str) -> None:
    put(tree / "dashboard" / "web" / name)
    assert not Page(tree).is_current()


def test_removed_and_renamed_sources_make_the_page_stale(tree: Path) -> None:
    main = tree / "dashboard" / "web" / "src" / "main.ts"
    main.rename(main.with_name("start.ts"))
    assert not Page(tree).is_current()


@pytest.mark.parametrize(
    "name",
    [
        "node_modules/vite/vite.js",
        "tests/feed.test.ts",
        "src/age.test.ts",
        "dist/index.html",
        "src/.main.ts.swp",
        ".vite/x",
    ],
)
def test_what_is_not_part_of_the_page_leaves_it_current(tree: Path, name: str) -> None:
    put(tree / "dashboard" / "web" / name)
    assert Page(tree).is_current()


@pytest.mark.parametrize("name", ["index.html", "sources.sha256"])
def test_page_with_a_part_missing_is_not_current(tree: Path, name: str) -> None:
    (tree / "dashboard" / "vitalwatch_dashboard" / "static" / name).unlink()
    assert not Page(tree).is_current()


def test_without_sources_the_page_that_is_there_is_right(tree: Path) -> None:
    (tree / "dashboard" / "web" / "package.json").unlink()
    assert Page(tree).is_current()
    assert not Page(tree).build()


def test_neither_page_nor_sources_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PageError):
        Page(tmp_path).build()


class StubPage(Page):
    """A page whose npm does nothing, and whose Vite writes a page or fails."""

    fails = False
    edits_meanwhile = False

    def _install_packages(self) -> None:
        pass

    def _run(self, command: list[str], what: str, hint: str = "") -> None:
        if self.fails:
            raise PageError(what)
        out = Path(command[command.index("--outDir") + 1])
        put(out / "index.html", "built now")
        if self.edits_meanwhile:
            put(self.sources / "src" / "main.ts", "edited while it was built")


@pytest.fixture
def no_node(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hatch_build.node", lambda: Path("node"))


def built_text(tree: Path) -> str:
    return (tree / "dashboard" / "vitalwatch_dashboard" / "static" / "index.html").read_text()


def left_over(tree: Path) -> list[Path]:
    return list((tree / "dashboard" / "vitalwatch_dashboard").glob(".static-*"))


@pytest.mark.usefixtures("no_node")
def test_stale_page_is_replaced_whole(tree: Path) -> None:
    put(tree / "dashboard" / "web" / "src" / "main.ts")
    put(tree / "dashboard" / "vitalwatch_dashboard" / "static" / "assets" / "old.js")
    put(tree / "dashboard" / "vitalwatch_dashboard" / ".static-killed" / "index.html")
    page = StubPage(tree)
    assert page.build()
    assert built_text(tree) == "built now"
    assert page.is_current()
    assert not (page.static / "assets").exists()
    assert left_over(tree) == []


@pytest.mark.usefixtures("no_node")
def test_failed_build_keeps_the_page_that_was_there(tree: Path) -> None:
    put(tree / "dashboard" / "web" / "src" / "main.ts")
    page = StubPage(tree)
    page.fails = True
    with pytest.raises(PageError):
        page.build()
    assert built_text(tree) == "built before"
    assert not page.is_current()
    assert left_over(tree) == []


@pytest.mark.usefixtures("no_node")
def test_edit_during_the_build_leaves_the_page_stale(tree: Path) -> None:
    put(tree / "dashboard" / "web" / "src" / "main.ts")
    page = StubPage(tree)
    page.edits_meanwhile = True
    assert page.build()
    assert not page.is_current()


@pytest.mark.usefixtures("no_node")
def test_two_builds_at_once_build_once(tree: Path) -> None:
    put(tree / "dashboard" / "web" / "src" / "main.ts")
    together = Barrier(2)

    def build() -> bool:
        together.wait(timeout=10)
        return StubPage(tree).build()

    with ThreadPoolExecutor(2) as pool:
        built = [future.result(timeout=10) for future in [pool.submit(build), pool.submit(build)]]
    assert sorted(built) == [False, True]


def test_packages_are_installed_again_only_when_the_lock_file_changes(tree: Path) -> None:
    ran: list[str] = []

    class Npm(Page):
        def _run(self, command: list[str], what: str, hint: str = "") -> None:
            ran.append(what)
            (self.sources / "node_modules").mkdir(exist_ok=True)

    web = tree / "dashboard" / "web"
    put(web / "package-lock.json", "one")
    Npm(tree)._install_packages()
    Npm(tree)._install_packages()
    assert ran == ["npm ci"]
    put(web / "package-lock.json", "two")
    Npm(tree)._install_packages()
    assert ran == ["npm ci", "npm ci"]


def test_hook_and_pyproject_name_the_same_node(project: Path) -> None:
    assert f'"{NODE_REQUIREMENT}"' in (project / "pyproject.toml").read_text()
