"""Hot reload: another version of the config, applied to the running service or only looked at.

Only a valid config applies. A bad one changes nothing but the notice at the foot of every screen; the service watches
on with the last good one. Chairs and devices that are the same in both go on untouched.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import msgspec
import structlog

from vitalwatch.alarms import WouldChange
from vitalwatch.config import BadConfig, Config, load
from vitalwatch.errors import ConfigError
from vitalwatch.hub import ChairSetup, Hub

LOOK_S: Final = 1.0
"""Real seconds between two looks at the config's files."""

AGAIN_LOOKS: Final = 5
"""A config with mistakes is read again after so many looks though its files stand still: what mends it may be a file
that was never read, for example one that is included and was not there."""

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
        self._refused: list[str] = []
        self._one_at_a_time = asyncio.Lock()

    async def watch(self) -> None:
        """Apply the config again whenever one of its files has changed, until cancelled.

        A change counts when two looks in a row have found the same, so that no half of a file is taken for a whole.
        """
        before, looks = self._seen, 0
        while True:
            await asyncio.sleep(LOOK_S)
            stamps = await asyncio.to_thread(_stamps, self.config.files)
            settled, before, looks = stamps == before, stamps, looks + 1
            if settled and (stamps != self._seen or (self._refused and looks % AGAIN_LOOKS == 0)):
                await self.run()

    async def run(self, dry_run: bool = False, file: Path | None = None) -> ReloadReport:
        """Load the config anew and put it in force, or only say what that would do. Never raises.

        Args:
            dry_run: change nothing.
            file: what the asker takes for the clinic file; for a dry run it may be another one in the same folder.
        """
        refusal = None if file is None else self._refusal_of(file, dry_run)
        if refusal:
            return ReloadReport(False, mistakes=[refusal])
        async with self._one_at_a_time:
            stamps = await asyncio.to_thread(_stamps, self.config.files)
            if not dry_run:
                self._seen = stamps
            try:
                report, config, setups = await self._judged(file or self.config.path)
                if not dry_run:
                    self._put_in_force(report, config, setups)
                    fresh = await asyncio.to_thread(_stamps, self.config.files)
                    self._seen = {path: stamps.get(path, stamp) for path, stamp in fresh.items()}
            except Exception as fault:  # noqa: BLE001 - a bug here is told like a mistake: it must not end the watching
                return self._not_applied(fault, dry_run)
            return report

    def _refusal_of(self, file: Path, dry_run: bool) -> str | None:
        """Why a file cannot be taken; ``None`` when it can. Nobody may have any file of the computer read to him."""
        own, asked = self.config.path.resolve(), file.resolve()
        if asked == own or (dry_run and asked.parent == own.parent):
            return None
        if dry_run:
            return f"{asked} is not in the folder of {own}, with which the service runs. Put it there."
        return f"The service runs with {own}, not with {asked}. Name that file, or put the changes into it."

    async def _judged(self, path: Path) -> tuple[ReloadReport, Config, Sequence[ChairSetup]]:
        """What the files say now: what it would do, what of it can be in force without a restart, and its chairs.

        Raises:
            ConfigError: if the config cannot be used.
        """
        loaded = await asyncio.to_thread(load, path)
        changes, restart = differences(self.config, loaded)
        if loaded.replay_speed != self.config.replay_speed:
            # The one clock of the service runs at this speed: no device of the new config may be heard beside it.
            return ReloadReport(True, restart=[*restart, *changes]), self.config, self._setups(self.config)
        now = self.config
        config = replace(loaded, web=now.web, brokers=now.brokers, fallback=now.fallback, journal=now.journal)
        setups = self._setups(config)
        return ReloadReport(True, [], changes, restart, self._hub.preview(setups)), config, setups

    def _put_in_force(self, report: ReloadReport, config: Config, setups: Sequence[ChairSetup]) -> None:
        if config != self.config or self._refused:
            self._hub.look = config.wall.look
            self._hub.reconfigure(config.clinic.name, setups, self._notices(config))
        self.config, self._refused = config, []
        _log.info("config applied", changes=report.changes or "none", after_restart=report.restart or "none")

    def _not_applied(self, fault: Exception, dry_run: bool) -> ReloadReport:
        if isinstance(fault, ConfigError):
            found = fault.mistakes if isinstance(fault, BadConfig) else (fault,)
            mistakes = [str(mistake) for mistake in found]
        else:
            mistakes = [f"VitalWatch itself failed at it: {fault!r}"]
        if not dry_run and mistakes != self._refused:
            self._refused = mistakes
            unexpected = None if isinstance(fault, ConfigError) else fault
            _log.error("config not applied: the last good one stays in force", mistakes=mistakes, exc_info=unexpected)
            notice = f"The config file has a mistake and was not applied: {mistakes[0]}"
            self._hub.say([notice, *self._notices(self.config)])
        return ReloadReport(False, mistakes=mistakes)


def _stamps(files: Sequence[Path]) -> dict[Path, tuple[int, int]]:
    """When each file was last written, and its size; a file that is gone shows as one that changed."""
    stamps = {}
    for path in files:
        try:
            state = path.stat()
        except OSError:
            stamps[path] = (0, 0)
        else:
            stamps[path] = (state.st_mtime_ns, state.st_size)
    return stamps


def differences(old: Config, new: Config) -> tuple[list[str], list[str]]:
    """What differs between two configs, in plain words: what applies at once, and what takes a restart."""
    changes = [
        *_fields("clinic", old.clinic.model_dump(), new.clinic.model_dump()),
        *_fields("wall", old.wall.model_dump(), new.wall.model_dump()),
        *_items("room", _by_id(old.rooms), _by_id(new.rooms)),
        *_items("chair", _by_id(old.chairs, "start"), _by_id(new.chairs, "start")),
        *_items("device", _by_id(old.devices), _by_id(new.devices)),
        *_items("person", _by_id(old.people), _by_id(new.people)),
        *_items("profile", _profiles(old), _profiles(new)),
    ]
    restart = list(_fields("web", old.web.model_dump(), new.web.model_dump()))
    restart += _fields("fallback", old.fallback.model_dump(), new.fallback.model_dump())
    if (old.journal.url, old.journal.password) != (new.journal.url, new.journal.password):
        restart.append(f"journal: {old.journal.url} -> {new.journal.url}" + _secret_too(old, new))
    if (old.journal.keeping, old.journal.backup) != (new.journal.keeping, new.journal.backup):
        restart.append("journal: for how long what is kept, and backups")
    if old.replay_speed != new.replay_speed:
        restart.append(f"replay speed {old.replay_speed:g} -> {new.replay_speed:g}, and with it everything else")
    starts = {chair.id: chair.start for chair in old.chairs}
    restart += [
        f"chair {chair.id}: start {starts[chair.id]} -> {chair.start}"
        for chair in new.chairs
        if chair.start != starts.get(chair.id, chair.start)
    ]
    brokers = sorted(old.brokers.keys() | new.brokers.keys())
    restart += [f"broker {key}: its sign-in" for key in brokers if old.brokers.get(key) != new.brokers.get(key)]
    return changes, restart


def _secret_too(old: Config, new: Config) -> str:
    return ", and its password" if old.journal.password != new.journal.password else ""


def _by_id(blocks: Sequence[Any], without: str = "") -> dict[str, dict[str, Any]]:
    return {block.id: block.model_dump(exclude={without}) for block in blocks}


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
    if what != "profile" and [name for name in old if name in new] != [name for name in new if name in old]:
        yield f"{what}s in another order"


def _fields(what: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    for key in sorted(old.keys() | new.keys()):
        if old.get(key) != new.get(key):
            yield f"{what}: {key} {_shown(old.get(key))} -> {_shown(new.get(key))}"


def _shown(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)
