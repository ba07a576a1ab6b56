"""Gets everything ready for a make target: the environment in ``.venv``, the dashboard page, the system's programs.

    python3 tools/prepare.py demo
    python3 tools/prepare.py dev mosquitto chromium

Runs before every make target and takes a few hundredths of a second when nothing is to be done. It compares contents
and not time stamps, because a git checkout disturbs those. Standard library only, and no syntax newer than Python 3.7,
so that an old Python gets as far as the sentence that says so.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import json
import os
import platform
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator, NamedTuple, Sequence  # noqa: UP035  (collections.abc has no subscripts before 3.9)

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

from hatch_build import Page  # noqa: E402

VENV = PROJECT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
STAMP = VENV / "prepared.json"

OLDEST_PYTHON = (3, 11)

LEVELS = ("demo", "dev")
"""Extras of pyproject.toml, each holding what the one before it holds."""

INPUTS = ("pyproject.toml", "constraints.txt", "hatch_build.py")
"""The files that decide what is installed."""

PROGRAMS = {"mosquitto": "mosquitto", "chromium": "chromium", "postgresql": "postgres"}
"""Debian package and the program that it brings."""


class PreparationError(Exception):
    """Cannot go on; the text says why and what to do next."""


class Stamp(NamedTuple):
    """What an environment was made from, kept inside it."""

    level: str
    python: str
    project: str
    inputs: str


def main(level: str, packages: Sequence[str]) -> None:
    """Prepare one level and the named system packages.

    Raises:
        PreparationError: when something that is needed cannot be had.
    """
    problem = python_problem(sys.version_info[:2], has_venv=importlib.util.find_spec("ensurepip") is not None)
    if problem:
        raise PreparationError(problem)
    with only_one():
        level = prepare_environment(level)
        prepare_page(level)
        prepare_programs(packages)


# The environment


def python_problem(version: tuple[int, ...], has_venv: bool) -> str:
    """Say what is wrong with the Python that runs this; empty when it will do."""
    found = ".".join(map(str, version))
    if version < OLDEST_PYTHON:
        return (
            f"VitalWatch needs Python {'.'.join(map(str, OLDEST_PYTHON))} or newer, and this one ({sys.executable}) "
            f"is {found}. Name a newer one: make demo PYTHON=/path/to/python3"
        )
    if not has_venv:
        return (
            f"This Python ({sys.executable}) comes without its venv module. "
            f"On Debian or Ubuntu: sudo apt-get install python{found}-venv"
        )
    return ""


def decide(found: Stamp | None, wanted: Stamp, venv_python: str) -> str:
    """Decide what the environment needs.

    Args:
        found: the stamp inside ``.venv``; none when an installation did not end, or someone made ``.venv`` by hand.
        wanted: the stamp it should have.
        venv_python: version of the Python in ``.venv``; empty when there is none that runs.

    Returns:
        ``nothing``, ``install`` into the environment that is there, or ``create`` a new one: an environment neither
        survives a change of Python nor of the folder it stands in.
    """
    if venv_python != wanted.python:
        return "create"
    if found is None:
        return "install"
    if found.project != wanted.project:
        return "create"
    return "nothing" if found == wanted else "install"


def higher_level(asked: str, found: Stamp | None) -> str:
    """Give the level to prepare: never less than what is there, since a dev environment serves the demo too."""
    return max(asked, found.level if found else asked, key=LEVELS.index)


def read_stamp(path: Path) -> Stamp | None:
    """Read a stamp; none when there is no stamp, or one that this version did not write."""
    try:
        stamp = Stamp(**json.loads(path.read_text()))
    except (OSError, ValueError, TypeError):
        return None
    return stamp if stamp.level in LEVELS else None


def version_of_venv(venv: Path) -> str:
    """Give the version of the Python that an environment was made with; empty when it has none that runs."""
    config = venv / "pyvenv.cfg"
    if not (config.is_file() and (venv / "bin" / "python").exists()):
        return ""
    settings = dict(line.partition(" = ")[::2] for line in config.read_text().splitlines())
    return settings.get("version", "")


def prepare_environment(level: str) -> str:
    """Make, renew or leave ``.venv``.

    Returns:
        The level that it has now.
    """
    found = read_stamp(STAMP)
    wanted = Stamp(higher_level(level, found), platform.python_version(), str(PROJECT), sum_of_inputs(PROJECT))
    todo = decide(found, wanted, version_of_venv(VENV))
    if todo == "nothing":
        return wanted.level
    if STAMP.exists():  # removed before and written after, so that an interrupted installation is not taken for done
        STAMP.unlink()
    if todo == "create":
        say("Setting up the environment in .venv (about a minute the first time) ...")
        create_venv()
    else:
        say("Bringing the environment in .venv up to date ...")
    pip("--constraint", "constraints.txt", "--editable", f".[{wanted.level}]")
    STAMP.write_text(json.dumps(wanted._asdict(), indent=2))
    return wanted.level


def sum_of_inputs(project: Path) -> str:
    """Hash the files that decide what is installed."""
    total = hashlib.sha256()
    for name in INPUTS:
        total.update(hashlib.sha256((project / name).read_bytes()).digest())
    return total.hexdigest()


def create_venv() -> None:
    """Make ``.venv`` anew; half of one is never left behind."""
    done = False
    try:
        done = run([sys.executable, "-m", "venv", "--clear", str(VENV)])
    finally:
        if not done:
            shutil.rmtree(str(VENV), ignore_errors=True)
    if not done:
        raise PreparationError("The virtual environment could not be made, see above.")


def pip(*arguments: str) -> None:
    """Run ``pip install`` inside ``.venv``; on failure pip's own words are on the terminal."""
    command = [str(VENV_PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "--quiet", *arguments]
    if not run(command):
        raise PreparationError(
            "pip could not install what is needed, see above. Can this machine reach its Python package index? "
            "If .venv itself looks broken: remove that folder and try again."
        )


# The page


def prepare_page(level: str) -> None:
    """Build the dashboard page when its sources have changed since it was built."""
    if Page(PROJECT).is_current():
        return
    say("Building the dashboard page ...")
    if level != "dev":
        # Has no Node. The build hook gets one for as long as this takes.
        pip("--no-deps", "--editable", ".")
    elif not run([str(VENV_PYTHON), "hatch_build.py"]):
        raise PreparationError("The dashboard page could not be built, see above.")


# The system's programs


def prepare_programs(packages: Sequence[str]) -> None:
    """See that the programs of these Debian packages are there, installing them when this user may."""
    missing = missing_packages(packages)
    if missing:
        prefix = root_prefix()
        if prefix is not None and shutil.which("apt-get"):
            say(f"Installing {', '.join(missing)} with apt-get ...")
            apt_install(prefix, missing)
            missing = missing_packages(packages)
    must = os.environ.get("CI") == "true"
    for package in missing:
        say(missing_sentence(package, must))
    if missing and must:
        raise PreparationError("With CI=true no test may be skipped for a missing program.")


def missing_packages(packages: Sequence[str]) -> list[str]:
    """Give those packages whose program is nowhere to be found."""
    return [package for package in packages if shutil.which(PROGRAMS[package], path=search_path()) is None]


def search_path() -> str:
    """Give PATH and the folders where Debian keeps servers; an ordinary user's PATH has neither."""
    servers = [str(folder) for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"))]
    return os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", *servers])


def root_prefix() -> list[str] | None:
    """Give what to put before a command so that root runs it without a password; none when that cannot be."""
    if os.geteuid() == 0:
        return []
    sudo = ["sudo", "-n"]
    if shutil.which("sudo") and subprocess.run([*sudo, "true"], stderr=subprocess.DEVNULL, check=False).returncode == 0:
        return sudo
    return None


def apt_install(prefix: list[str], packages: Sequence[str]) -> None:
    """Install Debian packages; the output is shown only when that fails. Waits for another apt up to 10 minutes."""
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", "DPkg::Lock::Timeout=600"]
    install = [*apt, "install", "-y", "--no-install-recommends", *packages]
    for command in ([*apt, "update"], install):
        ended = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        # One broken source makes "update" fail while the packages can still be had: only the install counts.
        if command is install and ended.returncode:
            say(ended.stdout.decode(errors="replace").strip())


def missing_sentence(package: str, must: bool) -> str:
    """Say in one line how to get a program."""
    effect = "" if must else "  (the tests that need it are skipped)"
    return f"{package} not found: run  sudo apt-get install {package}{effect}"


# Small tools


@contextmanager
def only_one() -> Iterator[None]:
    """Let only one preparation run at a time in this tree; ``make lint`` beside ``make test`` waits."""
    with (PROJECT / ".prepare.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Waiting for another make that is setting up ...")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def run(command: Sequence[str]) -> bool:
    """Run a command in the project's folder with its output on the terminal; true when it ended well."""
    return subprocess.run(list(command), cwd=str(PROJECT), check=False).returncode == 0


def say(text: str) -> None:
    """Tell the person at once; through a pipe too."""
    print(text, flush=True)


if __name__ == "__main__":
    try:
        main(sys.argv[1], sys.argv[2:])
    except PreparationError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
