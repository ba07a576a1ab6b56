"""A clinic file laid together with the files that it includes, every setting still knowing its own file and place.

``include = ["chairs.toml", "profiles/ours.toml"]`` puts the blocks of those files before the file's own, as if they
stood there. A profile that is included can be chosen by its name. Relative paths are always meant from the folder of
the file that names them.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from vitalwatch.config.clinic import ClinicFile
from vitalwatch.config.document import Document, read
from vitalwatch.config.explain import shown
from vitalwatch.config.mistakes import BadConfig
from vitalwatch.config.profile import ProfileFile
from vitalwatch.config.profile_files import LoadedProfile, read_profile
from vitalwatch.errors import ConfigError

if TYPE_CHECKING:
    from vitalwatch.config.position import KeyPath

MAX_FILES = 64
"""Most files that make up one clinic file, itself included."""


@dataclass
class Assembled:
    """A clinic file and all it includes. Made by :func:`assemble`.

    Attributes:
        main: the clinic file itself.
        data: what stands in all files together, as plain values.
        documents: all files that could be read, profiles left out.
        profiles: the included profiles by their names.
        mistakes: what is wrong with the including itself, and files that are not TOML.
    """

    main: Document
    data: dict[str, Any] = field(default_factory=dict)
    documents: list[Document] = field(default_factory=list)
    profiles: dict[str, LoadedProfile] = field(default_factory=dict)
    mistakes: list[ConfigError] = field(default_factory=list)
    _homes: dict[KeyPath, tuple[Document, int]] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        """The clinic file."""
        return self.main.path

    @property
    def complete(self) -> bool:
        """Whether nothing is missing, so that a name which is not here is nowhere."""
        return not self.mistakes

    def blocks(self, section: str) -> list[Any]:
        """The blocks of a ``[[section]]``, sound or not; none when it is something else."""
        found = self.data.get(section)
        return found if isinstance(found, list) else []

    def home(self, path: KeyPath) -> tuple[Document, KeyPath]:
        """The file in which a setting stands, and its path within that file."""
        if len(path) > 1 and path[:2] in self._homes:
            document, index = self._homes[path[:2]]
            return document, (path[0], index, *path[2:])
        return self._homes.get(path[:1], (self.main, 0))[0], path

    def folder_of(self, path: KeyPath) -> Path:
        """The folder from which a setting's relative path is meant."""
        return self.home(path)[0].path.parent

    def mistake(self, path: KeyPath, reason: str, hint: str = "", at: Literal["key", "value"] = "value") -> ConfigError:
        """Make the error for a mistake at a key or at its value, in the file where it stands."""
        document, own_path = self.home(path)
        return document.mistake(own_path, reason, hint, at)

    def lay(self, document: Document, key: str, value: object) -> None:
        """Lay one top-level setting of a file over those that are there: blocks are added, other things stand once."""
        there = self.data.setdefault(key, [] if isinstance(value, list) else value)
        known = self._homes.setdefault((key,), (document, 0))[0]
        if isinstance(value, list) and isinstance(there, list):
            for index, item in enumerate(value):
                self._homes[key, len(there)] = (document, index)
                there.append(item)
        elif known is not document:
            place = known.positions.of_key((key,))
            where = f"{known.path}:{place.line}" if place else str(known.path)
            reason = f"{shown(key)} is already set in {where}."
            self.mistakes.append(document.mistake((key,), reason, "Keep one of the two.", at="key"))


def assemble(path: Path) -> Assembled:
    """Read a clinic file and what it includes.

    Raises:
        ConfigError: if the clinic file itself cannot be read; other mistakes are in the result.
    """
    main = read(path)
    whole = Assembled(main)
    _add(whole, main, [_real(path)], {_real(path)})
    return whole


def _add(whole: Assembled, document: Document, chain: list[Path], seen: set[Path]) -> None:
    """Add what a file includes, then what stands in it. ``chain`` are the files that led here, itself the last."""
    whole.documents.append(document)
    names = document.data.get("include")
    for index, name in enumerate(names if isinstance(names, list) else []):
        if not isinstance(name, str):
            continue  # the model says what is wrong with it
        try:
            _include(whole, document, name, chain, seen)
        except BadConfig as error:
            whole.mistakes.extend(error.mistakes)
        except ConfigError as error:
            whole.mistakes.append(document.mistake(("include", index), error.reason, error.hint))
    for key, value in document.data.items():
        whole.lay(document, key, value)


def _include(whole: Assembled, document: Document, name: str, chain: list[Path], seen: set[Path]) -> None:
    """Add one included file.

    Raises:
        BadConfig: for mistakes in that file.
        ConfigError: for a mistake in the line that includes it; it has no place yet.
    """
    if not name.endswith(".toml") or not name.isprintable():
        raise ConfigError(f"{shown(name)} is not the name of a .toml file.", hint='For example "chairs.toml".')
    real = _real(document.path.parent / name)
    if real in chain:
        circle = " -> ".join(step.name for step in [*chain[chain.index(real) :], real])
        raise ConfigError(f"The files include each other in a circle: {circle}.", hint="Take one of the lines out.")
    if real in seen:
        raise ConfigError(f"{shown(name)} is already included.", hint="Keep one of the two.")
    if len(seen) >= MAX_FILES:
        raise ConfigError(f"More than {MAX_FILES} files are included.", hint="Put some of them together.")
    seen.add(real)
    try:
        child = read(document.path.parent / name)
    except ConfigError as error:
        if error.line:
            raise BadConfig([error]) from None
        raise ConfigError(f"{error.file} cannot be included: {error.reason}", hint=error.hint) from None
    if not is_profile(child):
        _add(whole, child, [*chain, real], seen)
        return
    loaded = read_profile(name, document.path.parent)
    if loaded.profile.name in whole.profiles:
        raise ConfigError(f"A profile {shown(loaded.profile.name)} is already included.", hint="Rename one of the two.")
    whole.profiles[loaded.profile.name] = loaded


def is_profile(document: Document) -> bool:
    """Whether a file has settings of a profile and none of a clinic; the two share no name."""
    keys = document.data.keys()
    return bool(keys & ProfileFile.model_fields.keys()) and not keys & ClinicFile.model_fields.keys()


def _real(path: Path) -> Path:
    """The file itself, whatever names and symbolic links lead to it."""
    return Path(os.path.realpath(path))
