"""Loading a clinic file: all of it or, with every mistake at once, nothing. Needs no device to be present."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from vitalwatch.config.checks import Checks
from vitalwatch.config.clinic import ClinicFile, Config
from vitalwatch.config.document import Document, read, to_json
from vitalwatch.config.explain import Explainer
from vitalwatch.config.mistakes import BadConfig
from vitalwatch.errors import ConfigError


def load(path: Path) -> Config:
    """Load a clinic file, its profiles and the settings of its drivers.

    Raises:
        BadConfig: if anything is wrong; with all mistakes and their places.
    """
    try:
        document = read(path)
    except ConfigError as error:
        raise BadConfig([error]) from None
    try:
        file = ClinicFile.model_validate_json(to_json(document.data))
    except ValidationError as error:
        own = Explainer(ClinicFile, document.data, lambda _: document).explain(error)
        refused = {details["loc"] for details in error.errors(include_url=False)}
        raise BadConfig([*own, *Checks(document, refused).run()]) from None
    checks = Checks(document, refused=())
    mistakes = [*checks.run(), *_no_chair(file, document)]
    if mistakes:
        raise BadConfig(mistakes)
    return Config(
        path=path,
        clinic=file.clinic,
        web=file.web,
        rooms=file.room,
        chairs=file.chair,
        devices=file.device,
        profiles=checks.profiles,
        links={device.id: checks.links[index] for index, device in enumerate(file.device)},
        options={device.id: checks.options[index] for index, device in enumerate(file.device)},
    )


def _no_chair(file: ClinicFile, document: Document) -> list[ConfigError]:
    if file.chair:
        return []
    hint = 'Add a block:  [[chair]]  and under it  id = "1".'
    return [ConfigError("There is no chair in this file, so nothing to watch.", file=document.path, hint=hint)]
