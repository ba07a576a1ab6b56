"""Loading a clinic file: all of it or, with every mistake at once, nothing. Needs no device to be present."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from vitalwatch.config.checks import Checks
from vitalwatch.config.clinic import ClinicFile, Config
from vitalwatch.config.document import to_json
from vitalwatch.config.explain import Explainer
from vitalwatch.config.includes import Assembled, assemble
from vitalwatch.config.mistakes import BadConfig
from vitalwatch.config.profile_files import LoadedProfile, is_builtin
from vitalwatch.config.sign_in import make_brokers, make_journal
from vitalwatch.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True)
class Examined:
    """What a clinic file turned out to be.

    Attributes:
        document: the file with all it includes.
        mistakes: what is wrong with it, unordered.
        absent: secrets and certificates that cannot be fetched by this account; without them nothing starts.
        config: the settings; none when there are mistakes.
        profiles: the profiles in use, by the names of ``Config.profiles``.
    """

    document: Assembled
    mistakes: tuple[ConfigError, ...]
    absent: tuple[ConfigError, ...] = ()
    config: Config | None = None
    profiles: Mapping[str, LoadedProfile] = field(default_factory=dict)


def load(path: Path) -> Config:
    """Load a clinic file, what it includes, its profiles, secrets and the settings of its drivers.

    Raises:
        BadConfig: if anything is wrong or absent; with all mistakes and their places.
    """
    try:
        examined = examine(path)
    except ConfigError as error:
        raise BadConfig([error]) from None
    mistakes = [*examined.mistakes, *examined.absent]
    if mistakes or examined.config is None:
        raise BadConfig(mistakes)
    return examined.config


def examine(path: Path) -> Examined:
    """Look at a clinic file as :func:`load` does, and say everything that was found.

    Raises:
        ConfigError: if the file itself cannot be read or is not TOML.
    """
    document = assemble(path)
    try:
        file = ClinicFile.model_validate_json(to_json(document.data))
    except ValidationError as error:
        own = Explainer(ClinicFile, document.data, document.home).explain(error)
        refused = {details["loc"] for details in error.errors(include_url=False)}
        return Examined(document, (*document.mistakes, *own, *Checks(document, refused).run()))
    checks = Checks(document, refused=())
    mistakes = (*document.mistakes, *checks.run(), *_no_chair(file, document))
    if mistakes:
        return Examined(document, mistakes)
    absent: list[ConfigError] = []
    config = _config(file, document, checks, absent)
    return Examined(document, (), tuple(absent), config, checks.profiles)


def _config(file: ClinicFile, document: Assembled, checks: Checks, absent: list[ConfigError]) -> Config:
    clinic_profile = checks.profile_key(("clinic", "profile"), file.clinic.profile)
    chairs = (
        chair.model_copy(update={"profile": checks.profile_key(("chair", index, "profile"), chair.profile)})
        if chair.profile
        else chair
        for index, chair in enumerate(file.chair)
    )
    return Config(
        path=document.path,
        clinic=file.clinic.model_copy(update={"profile": clinic_profile}),
        web=file.web,
        wall=file.wall,
        rooms=file.room,
        chairs=tuple(chairs),
        devices=file.device,
        profiles={name: loaded.profile for name, loaded in checks.profiles.items()},
        links={device.id: checks.links[index] for index, device in enumerate(file.device)},
        options={device.id: checks.options[index] for index, device in enumerate(file.device)},
        people=file.person,
        fallback=file.fallback,
        brokers=make_brokers(document, file.broker, absent),
        journal=make_journal(document, file.journal, absent),
        files=_files(document, [*checks.profiles.values(), *document.profiles.values()]),
    )


def _files(document: Assembled, profiles: Iterable[LoadedProfile]) -> tuple[Path, ...]:
    """All files that were read, each once, without the built-in profiles."""
    own = [read.path for loaded in profiles for read in loaded.documents if not is_builtin(read.path)]
    return tuple(dict.fromkeys([*(read.path for read in document.documents), *own]))


def _no_chair(file: ClinicFile, document: Assembled) -> list[ConfigError]:
    if file.chair or not document.complete:
        return []
    hint = 'Add a block:  [[chair]]  and under it  id = "1".'
    return [ConfigError("There is no chair in this file, so nothing to watch.", file=document.path, hint=hint)]
