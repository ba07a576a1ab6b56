"""The command ``vitalwatch detect``: lists, listens, says, and writes what was found."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NoReturn

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from vitalwatch.clock import SystemClock
from vitalwatch.detect import topics
from vitalwatch.detect.listen import SECONDS, Listeners, PortReport, find_listeners, listen, longest_s
from vitalwatch.detect.ports import Port, find_ports
from vitalwatch.detect.report import Finds, show, to_json
from vitalwatch.detect.snippet import snippet
from vitalwatch.detect.topics import BrokerReport, broker_link, listen_to_broker
from vitalwatch.errors import ConfigError
from vitalwatch.link_url import LinkUrl

FOUND: Final = 0
NOT_FOUND: Final = 1
CANNOT_RUN: Final = 2

_TICK_S: Final = 0.1


def detect(
    asked: Sequence[str],
    mqtt: str | None,
    seconds: float | None,
    *,
    probe: bool,
    as_json: bool,
    write: Path | None,
) -> int:
    """Find what is connected, print it, and give the exit code.

    Args:
        asked: paths of ports; empty for all.
        mqtt: a broker, with a topic filter or without.
        seconds: how long to listen, at each line setting and to the broker; ``None`` for the usual times.
        probe: let the drivers ask what they ask in service, where listening recognises nothing.
        as_json: print one JSON object.
        write: a new file for the finds.

    Raises:
        ConfigError: if the broker is no link, or the file cannot be written; nothing has been listened to then.
    """
    link = broker_link(mqtt) if mqtt else None
    if write is not None and (write.exists() or not write.parent.is_dir()):
        reason = "This file is there already." if write.exists() else "Its folder does not exist."
        raise ConfigError(reason, file=write, hint="Name a new file in a folder that exists.")
    listeners = find_listeners()
    ports = find_ports(asked)
    bound_s = max(
        longest_s(listeners, seconds or SECONDS, probe=probe) if ports else 0.0,
        (seconds or topics.SECONDS) if link else 0.0,
    )
    reports, broker = asyncio.run(_Run(listeners, seconds, probe=probe).listen(ports, link, bound_s, quiet=as_json))
    finds = Finds(tuple(reports), broker, snippet(reports, broker), listeners.unusable)
    if as_json:
        print(to_json(finds))
    else:
        show(finds, Console())
    if write is not None and finds.config:
        _write(write, finds.config)
    if finds.recognised:
        return FOUND
    return CANNOT_RUN if finds.deaf else NOT_FOUND


class _Run:
    """One run: all ports and the broker at once, under one progress bar.

    Args:
        listeners: the drivers to try.
        seconds: how long to listen; ``None`` for the usual times.
        probe: let the drivers ask.
    """

    def __init__(self, listeners: Listeners, seconds: float | None, *, probe: bool) -> None:
        self._listeners = listeners
        self._seconds = seconds
        self._probe = probe
        self._clock = SystemClock()

    async def listen(
        self, ports: Sequence[Port], link: LinkUrl | None, bound_s: float, *, quiet: bool
    ) -> tuple[list[PortReport], BrokerReport | None]:
        """Listen to everything; the bar stands on standard error and only on a terminal."""
        console = Console(stderr=True)
        columns = TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn()
        with Progress(*columns, console=console, transient=True, disable=quiet or not console.is_terminal) as progress:
            what = [f"{len(ports)} port{'s' * (len(ports) > 1)}"] * bool(ports) + ["the broker"] * bool(link)
            doing = "Listening to and asking" if self._probe else "Listening to"
            bar = progress.add_task(f"{doing} {' and '.join(what)}", total=bound_s)
            moving = asyncio.create_task(self._move(progress, bar))
            try:
                async with asyncio.TaskGroup() as tasks:
                    listening = [tasks.create_task(self._port(port), name=port.path) for port in ports]
                    hearing = tasks.create_task(self._broker(link), name="broker")
            finally:
                moving.cancel()
                await asyncio.wait({moving})
        return [task.result() for task in listening], hearing.result()

    async def _move(self, progress: Progress, bar: TaskID) -> NoReturn:
        begun = self._clock.now()
        while True:
            progress.update(bar, completed=self._clock.now() - begun)
            await asyncio.sleep(_TICK_S)

    async def _port(self, port: Port) -> PortReport:
        return await listen(port, self._listeners, self._clock, self._seconds or SECONDS, probe=self._probe)

    async def _broker(self, link: LinkUrl | None) -> BrokerReport | None:
        if link is None:
            return None
        return await listen_to_broker(link, self._clock, self._seconds or topics.SECONDS)


def _write(path: Path, text: str) -> None:
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise ConfigError(f"The file cannot be written: {error.strerror}.", file=path) from error
