"""Hot reload: another version of the config, applied to the running service or only looked at.

Only a valid config applies. A bad one changes nothing but the notice at the foot of every screen; the service watches
on with the last good one. Chairs and devices that are the same in both go on untouched.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
import structlog

from vitalwatch.alarms import WouldChange
from vitalwatch.config import BadConfig, Config, load
from vitalwatch.errors import ConfigError
from vitalwatch.hub import ChairSetup, Hub

LOOK_S: Final = 2.0
"""Real seconds between two looks at the config's files."""

_log = structlog.get_logger("config")


class ReloadReport(msgspec.Struct, frozen=True):
    """What a reload did, or would do.

    Attributes:
        ok: whether the config is valid (and, unless only looked at, now in force).
        mistakes: what is wrong with it, with file, line and column.
        changes: what differs from the config in force, in plain words.
        restart: what differs but takes a restart of the service.
        alarms: which alarms it would start or stop at this moment.
    """

    ok: bool
    mistakes: list[str] = []
    changes: list[str] = []
    restart: list[str] = []
    alarms: list[WouldChange] = []


class Reloader:
    """Keeps a running service and its config files together.

    Args:
        config: the config in force.
        hub: the running hub.
        setups: turns a config into what the hub watches.
        notices: turns a config into the sentences at the foot of the screen.
    """

    def __init__(
        self,
        config: Config,
        hub: Hub,
        setups: Callable[[Config], Sequence[ChairSetup]],
        notices: Callable[[Config], list[str]],
    ) -> None:
        self.config = config
        self._hub = hub
        self._setups = setups
        self._notices = notices
        self._seen = _stamps(config.files)

    async def watch(self) -> None:
        """Apply the config again whenever one of its files has changed, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_S)
            stamps = await asyncio.to_thread(_stamps, self.config.files)
            if stamps != self._seen:
                self._seen = stamps
                await self.run()

    async def run(self, dry_run: bool = False) -> ReloadReport:
        """Load the config anew and put it in force; with ``dry_run`` only say what that would do."""
        try:
            config = await asyncio.to_thread(load, self.config.path)
            setups = self._setups(config)
        except ConfigError as error:
            return self._refused(error, dry_run)
        changes, restart = differences(self.config, config)
        alarms = self._hub.preview(setups)
        if not dry_run:
            self.config = config
            self._seen = await asyncio.to_thread(_stamps, config.files)
            self._hub.reconfigure(config.clinic.name, setups, self._notices(config))
            _log.info("config applied", changes=changes or "none", after_restart=restart or "none")
        return ReloadReport(True, changes=changes, restart=restart, alarms=alarms)

    def _refused(self, error: ConfigError, dry_run: bool) -> ReloadReport:
        found = error.mistakes if isinstance(error, BadConfig) else (error,)
        mistakes = [str(mistake) for mistake in found]
        if not dry_run:
            _log.error("config not applied: the last good one stays in force", mistakes=mistakes)
            notice = f"The config file has a mistake and was not applied: {mistakes[0]}"
            self._hub.say([notice, *self._notices(self.config)])
        return ReloadReport(False, mistakes=mistakes)


def _stamps(files: Sequence[Path]) -> list[tuple[int, int]]:
    """When each file was last written, and its size; a file that is gone shows as one that changed."""
    stamps = []
    for path in files:
        try:
            state = path.stat()
        except OSError:
            stamps.append((0, 0))
        else:
            stamps.append((state.st_mtime_ns, state.st_size))
    return stamps


def differences(old: Config, new: Config) -> tuple[list[str], list[str]]:
    """What differs between two configs, in plain words: what applies at once, and what takes a restart."""
    changes = [
        *_fields("clinic", old.clinic.model_dump(), new.clinic.model_dump()),
        *_items("room", _by_id(old.rooms), _by_id(new.rooms)),
        *_items("chair", _by_id(old.chairs), _by_id(new.chairs)),
        *_items("device", _by_id(old.devices), _by_id(new.devices)),
        *_items("person", _by_id(old.people), _by_id(new.people)),
        *_items("profile", _profiles(old), _profiles(new)),
    ]
    restart = list(_fields("web", old.web.model_dump(), new.web.model_dump()))
    if old.replay_speed != new.replay_speed:
        restart.append(f"replay speed {old.replay_speed:g} -> {new.replay_speed:g}")
    if old.brokers != new.brokers:
        restart.append("broker sign-in")
    return changes, restart


def _by_id(blocks: Sequence[Any]) -> dict[str, dict[str, Any]]:
    return {block.id: block.model_dump() for block in blocks}


def _profiles(config: Config) -> dict[str, dict[str, Any]]:
    flat = {}
    for name, profile in config.profiles.items():
        values = profile.model_dump(exclude={"sources"})
        flat[name] = {
            f"{section}.{key}" if isinstance(part, dict) else section: value
            for section, part in values.items()
            for key, value in (part.items() if isinstance(part, dict) else [("", part)])
        }
    return flat


def _items(what: str, old: dict[str, dict[str, Any]], new: dict[str, dict[str, Any]]) -> Iterator[str]:
    yield from (f"{what} {name} taken out" for name in old if name not in new)
    yield from (f"{what} {name} added" for name in new if name not in old)
    for name in old:
        if name in new:
            yield from _fields(f"{what} {name}", old[name], new[name])


def _fields(what: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    for key in sorted(old.keys() | new.keys()):
        if old.get(key) != new.get(key):
            yield f"{what}: {key} {_shown(old.get(key))} -> {_shown(new.get(key))}"


def _shown(value: Any) -> str:
    return "none" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
