"""Fixtures that several rooms of tests share."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from xdist.scheduler import LoadFileScheduling

settings.register_profile("suite", deadline=None)  # how long a test takes says something about the computer
settings.load_profile("suite")

PROJECT = Path(__file__).resolve().parents[1]


class Schedule(LoadFileScheduling):
    """Which process runs what: a file stays together, and so does all that needs a browser.

    Two browsers at a time would slow each other down, and a page that is slowed down says that it is.
    """

    def _split_scope(self, nodeid: str) -> str:
        return "browser" if nodeid.startswith("tests/e2e/") else super()._split_scope(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Schedule:
    """Schedule as above, whatever ``--dist`` says."""
    return Schedule(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What needs a browser comes last: when all else is done, it has the computer for itself."""
    items.sort(key=lambda item: "browser" in item.keywords)


@pytest.fixture(scope="session")
def project() -> Path:
    """The project's top folder."""
    return PROJECT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real captures and recordings, which is not part of the project."""
    folder = Path(os.environ.get("VITALWATCH_SHARED", PROJECT.parent / "shared"))
    if not (folder / "captures").is_dir():
        pytest.skip(f"no captures at {folder}; set VITALWATCH_SHARED to the folder that holds them")
    return folder
