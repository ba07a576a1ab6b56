"""The driver under test: its class, its samples and the folder that it comes from."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import msgspec

from vitalwatch.config.document import to_json
from vitalwatch.decode.drivers import find_driver
from vitalwatch.driver import Conformance, Driver, DriverOptions

SAMPLES_MODULE: Final = "conformance"
SAMPLES_NAME: Final = "CONFORMANCE"


class Subject(msgspec.Struct, frozen=True):
    """A driver and what its author gives with it.

    Attributes:
        name: the entry-point name that it was found by.
        driver: the class.
        folder: where its sources are; ``None`` when Python cannot say.
        conformance: its samples; ``None`` when there are none.
        missing: why there are none, and what to do.
    """

    name: str
    driver: type[Driver]
    folder: Path | None
    conformance: Conformance | None
    missing: str = ""

    @property
    def exempt(self) -> Mapping[str, str]:
        """Checks that cannot hold for the protocol, each with the reason."""
        return self.conformance.exempt if self.conformance else {}


def find_subject(name: str) -> Subject:
    """Find an installed driver and its samples.

    Raises:
        VitalWatchError: if there is no such driver or it cannot be started.
    """
    driver = find_driver(name)
    package = sys.modules[driver.__module__].__package__ or driver.__module__
    conformance, missing = _conformance(package)
    return Subject(name, driver, _folder(package), conformance, missing)


def options_of(driver: type[Driver], settings: Mapping[str, Any]) -> DriverOptions:
    """The driver's options with these settings, checked as those of a config file are."""
    return driver.Options.model_validate_json(to_json(dict(settings)))


def _conformance(package: str) -> tuple[Conformance | None, str]:
    module = f"{package}.{SAMPLES_MODULE}"
    try:
        if find_spec(module) is None:
            return None, f"There is no module {module}. Write one: docs/conformance.md shows how."
        given = getattr(importlib.import_module(module), SAMPLES_NAME, None)
    except Exception as error:  # noqa: BLE001 - whatever somebody's module does when it is imported
        return None, f"{module} cannot be imported: {type(error).__name__}: {error}."
    if not isinstance(given, Conformance) or not given.samples:
        return None, f"{module} has no {SAMPLES_NAME} = Conformance(samples=(...)) with samples in it."
    return given, ""


def _folder(package: str) -> Path | None:
    spec = find_spec(package)
    folder = Path(spec.origin).parent if spec and spec.origin else None
    return folder if folder and folder.is_dir() else None
