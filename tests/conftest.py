"""Fixtures that several rooms of tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("suite", deadline=None)  # how long a test takes says something about the computer
settings.load_profile("suite")

PROJECT = Path(__file__).resolve().parents[1]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What needs a browser comes last: a page that is slowed down by other work says that it is."""
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
