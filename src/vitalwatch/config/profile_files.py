"""Finding profile files, following what they inherit, and remembering which line set each value."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from vitalwatch.config.document import Document, read, to_json
from vitalwatch.config.explain import Explainer, nearest, shown, value_at
from vitalwatch.config.mistakes import BadConfig
from vitalwatch.config.profile import BASE_PROFILE, ProfileConfig, ProfileFile
from vitalwatch.errors import ConfigError

if TYPE_CHECKING:
    from vitalwatch.config.position import KeyPath

MAX_DEPTH = 8
"""Most profiles in a row that inherit one from the other."""

_VALUE_SECTIONS = ("limits", "delays", "options", "trends")
"""What a profile inherits value by value; name, version and signature are every file's own."""


def builtin_folder() -> Path:
    """The folder of the built-in profiles: package data when installed, ``config/profiles`` in a checkout.

    Raises:
        ConfigError: if neither is there.
    """
    here = Path(__file__).resolve()
    for folder in (here.parent / "builtin_profiles", here.parents[3] / "config" / "profiles"):
        if folder.is_dir():
            return folder
    raise ConfigError("The built-in profiles are not where they belong.", hint="Install VitalWatch again.")


def is_builtin(path: Path) -> bool:
    """Whether a file lies in the folder of the built-in profiles, by whatever path it is named."""
    return Path(os.path.realpath(path.parent)) == builtin_folder()


def profile_names() -> list[str]:
    """Names of the built-in profiles, sorted."""
    return sorted(path.stem for path in builtin_folder().glob("*.toml"))


def load_profile(name: str, folder: Path = Path()) -> ProfileConfig:
    """Load a profile by its built-in name, or from a path that ends in ``.toml``.

    Args:
        name: for example ``ketamine-iv`` or ``our-profiles/iron.toml``.
        folder: what a relative path is relative to: the folder of the file that names the profile.

    Raises:
        BadConfig: with all mistakes, if the profile's files have any.
        ConfigError: if there is no such profile; it has no place, which only the file that names the profile has.
    """
    return read_profile(name, folder).profile


def read_profile(name: str, folder: Path = Path(), others: Iterable[str] = ()) -> LoadedProfile:
    """As :func:`load_profile`, with the files that the profile was made from.

    Args:
        name: as for :func:`load_profile`.
        folder: as for :func:`load_profile`.
        others: names of profiles that are known besides the built-in ones, for the hint.
    """
    return _load(_path_of(name, folder, others))


@dataclass(frozen=True)
class LoadedProfile:
    """A profile with where it came from.

    Attributes:
        profile: the profile itself.
        documents: its file, then the one that it inherits from, and so on to the base of all.
        values: all values in force, by section.
        owners: the file that each value comes from, by its dotted name.
        parent: the profile that it inherits from; none for the base of all.
    """

    profile: ProfileConfig
    documents: tuple[Document, ...]
    values: Mapping[str, Any]
    owners: Mapping[str, Document]
    parent: LoadedProfile | None

    @property
    def built_in(self) -> bool:
        """Whether it came with VitalWatch and is not the clinic's own."""
        return is_builtin(self.documents[0].path)


def _path_of(name: str, folder: Path, others: Iterable[str] = ()) -> Path:
    if name.endswith(".toml") and name.isprintable():
        return folder / name
    if name not in profile_names():
        known = nearest(name, [*profile_names(), *others], "Known are")
        hint = f"{known} A file of your own is named with its ending .toml."
        raise ConfigError(f"There is no built-in profile {shown(name)}.", hint=hint)
    return builtin_folder() / f"{name}.toml"


def _load(path: Path, depth: int = 0) -> LoadedProfile:
    """Load a profile file after those it inherits from; ``depth`` counts the files that led here."""
    try:
        document = read(path)
    except ConfigError as error:
        if not error.line:  # not there or not readable: the mistake is in the file that names it
            raise ConfigError(f"The profile {path} cannot be used: {error.reason}", hint=error.hint) from None
        raise BadConfig([error]) from None
    parent = _parent(document, depth)
    values, owners = _merge(document, parent)
    try:
        profile = ProfileFile.model_validate_json(to_json(values))
    except ValidationError as error:
        raise BadConfig(_mistakes(error, document, values, owners)) from None
    if not is_builtin(path) and profile.name in profile_names():
        reason = f"The name {shown(profile.name)} is that of a built-in profile."
        raise BadConfig([document.mistake(("name",), reason, "Alarms show the name: choose another.")])
    documents = (document, *(parent.documents if parent else ()))
    complete = ProfileConfig(**dict(profile), sources=_sources(values, owners))
    return LoadedProfile(complete, documents, values, owners, parent)


def _parent(document: Document, depth: int) -> LoadedProfile | None:
    """Load the profile that a file inherits from; none for the base of all."""
    if document.path.stem == BASE_PROFILE and is_builtin(document.path):
        return None
    name = document.data.get("inherits", BASE_PROFILE)
    try:
        if not isinstance(name, str):
            raise ConfigError("inherits must be text in quotes.", hint=f'For example inherits = "{BASE_PROFILE}".')
        if depth >= MAX_DEPTH:
            raise ConfigError("The profiles inherit from each other in a circle, or too deep.", hint="Shorten the row.")
        return _load(_path_of(name, document.path.parent), depth + 1)
    except BadConfig:
        raise  # mistakes in the parent's own file
    except ConfigError as error:
        raise BadConfig([document.mistake(("inherits",), error.reason, error.hint)]) from None


def _merge(document: Document, parent: LoadedProfile | None) -> tuple[dict[str, Any], dict[str, Document]]:
    """Lay a file's own values over those it inherits."""
    values = dict(document.data)
    owners = dict(parent.owners) if parent else {}
    for section in _VALUE_SECTIONS:
        own = document.data.get(section, {})
        if not isinstance(own, dict):
            continue  # the model says what is wrong with it
        if parent or section in document.data:
            values[section] = {**(parent.values[section] if parent else {}), **own}
        owners.update({f"{section}.{key}": document for key in own})
    if parent:
        values.setdefault("inherits", BASE_PROFILE)
    return values, owners


def _sources(values: Mapping[str, Any], owners: Mapping[str, Document]) -> dict[str, str]:
    sources = {}
    for section in _VALUE_SECTIONS:
        for key in values[section]:
            owner = owners[f"{section}.{key}"]
            place = owner.positions.of_key((section, key))
            sources[f"{section}.{key}"] = f"{owner.path.name}:{place.line}" if place else owner.path.name
    return sources


def _mistakes(
    error: ValidationError, document: Document, values: dict[str, Any], owners: Mapping[str, Document]
) -> list[ConfigError]:
    def home(path: KeyPath) -> tuple[Document, KeyPath]:
        return owners.get(".".join(map(str, path[:2])), document), path

    crossed = [pair for details in error.errors() if details["type"] == "crossed" for pair in details["ctx"]["crossed"]]
    if not crossed:
        return Explainer(ProfileFile, values, home).explain(error)
    sources = _sources(values, owners)
    mistakes = []
    for first, words, second in crossed:
        left, right = (f"{key.partition('.')[2]} = {value_at(values, key.split('.')):g}" for key in (first, second))
        blamed, other = (first, second) if owners[first] is document else (second, first)
        hint = f"{other.partition('.')[2]} is set in {sources[other]}."
        mistakes.append(document.mistake(tuple(blamed.split(".")), f"{left} must be {words} {right}.", hint))
    return mistakes
