"""A driver of somebody else's to run the kit on."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

from vitalwatch.conform import Subject

ACME = "acme_oximeter"


@pytest.fixture
def acme(project: Path, monkeypatch: pytest.MonkeyPatch) -> Subject:
    """The driver of ``tests/data/acme_oximeter``, found without an entry point."""
    folder = project / "tests" / "data"
    monkeypatch.syspath_prepend(folder)
    for module in [name for name in sys.modules if name.split(".")[0] == ACME]:
        monkeypatch.delitem(sys.modules, module)
    package = importlib.import_module(ACME)
    conformance = importlib.import_module(f"{ACME}.conformance").CONFORMANCE
    return Subject("acme", package.AcmeDriver, folder / ACME, conformance)
