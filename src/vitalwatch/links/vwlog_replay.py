"""``replay:FILE.vwlog``: a recorded link played again, with its openings, losses and gaps, at its own pace.

What a link of any kind once told comes again: bytes as bytes, messages with their topics, losses with their reasons.
What was sent to the device is not played. A start line inside the file is a restart of the service: the link is lost
there if it was open, and goes on a second later, however long the service stood still.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Final

import structlog

from vitalwatch.clock import Clock
from vitalwatch.driver import Message, Received
from vitalwatch.errors import LinkError
from vitalwatch.link_url import LinkUrl
from vitalwatch.links import vwlog
from vitalwatch.links.base import Sleep
from vitalwatch.links.replay import open_capture, unusable

RESTART_S: Final = 1.0
_READ_AT_ONCE: Final = 256 * 1024  # bytes

_log = structlog.get_logger(__name__)


class VwlogTransport:
    """Plays one recording from its start to its end, over as many openings as it has.

    Args:
        url: a ``replay`` URL of a ``.vwlog``.
        base: folder that a relative path is meant from.
        clock: the service's clock.
        sleep: sleeps on that clock.
    """

    def __init__(self, url: LinkUrl, base: Path, clock: Clock, sleep: Sleep) -> None:
        self._url = url
        self._file = base / url.path
        self._clock = clock
        self._sleep = sleep
        self._player: _Player | None = None
        self._began = 0.0

    async def run(self, opened: Callable[[], None], received: Callable[[Received], None]) -> None:
        """Play until a recorded loss, or to the end; the next run goes on behind that loss."""
        player, self._player = self._player, None
        if player is None:
            player = await asyncio.to_thread(_Player, self._file, self._url)
            self._began = self._clock.now()
        while (piece := await player.next()) is not None:
            at_s, event = piece
            await self._sleep(max(0.0, self._began + at_s - self._clock.now()))
            match event:
                case vwlog.Opened():
                    opened()
                case vwlog.Data(data=data):
                    received(data)
                case vwlog.Delivered(data=data, topic=topic, retained=retained):
                    received(Message(data, topic, retained))
                case vwlog.Lost(reason=reason, transient=transient):
                    self._player = player
                    raise LinkError(reason, url=self._url.text, transient=transient)

    def send(self, data: bytes) -> None:
        """Does nothing: a recording does not listen."""

    async def pause(self, seconds: float) -> None:
        """Sleep between two runs; not after a recorded loss, for the recording says when the link came back."""
        await self._sleep(0.0 if self._player is not None else seconds)


class _Player:
    """The events of a recording in order, each with its seconds since the first start line.

    The file may be far larger than memory: it is read in parts, and closed in between.
    """

    def __init__(self, file: Path, url: LinkUrl) -> None:
        self._file = file
        self._url = url
        self._waiting: deque[tuple[float, vwlog.Event]] = deque()
        self._position = 0
        self._offset_s = 0.0
        self._last_s = 0.0
        self._open = False
        self._ended = False
        self._bad_lines = 0
        with open_capture(file, url) as lines:
            if not isinstance(vwlog.decode(lines.readline(vwlog.LONGEST_LINE)), vwlog.Start):
                raise unusable(url, f"{file} does not begin as a .vwlog does. Name a recording in the link.")

    async def next(self) -> tuple[float, vwlog.Event] | None:
        """The next event and its time, or none at the end."""
        while not self._waiting and not self._ended:
            await asyncio.to_thread(self._read)
        return self._waiting.popleft() if self._waiting else None

    def _read(self) -> None:
        with open_capture(self._file, self._url) as lines:
            lines.seek(self._position)
            while lines.tell() < self._position + _READ_AT_ONCE:
                line = lines.readline(vwlog.LONGEST_LINE)
                if not line:
                    self._end()
                    return
                self._take_line(line)
            self._position = lines.tell()

    def _take_line(self, line: bytes) -> None:
        record = vwlog.decode(line)
        if record is None:
            self._bad_lines += 1  # cut off by a crash, or damaged
        elif isinstance(record, vwlog.Start):
            if record.vwlog > vwlog.VERSION:
                raise unusable(
                    self._url, f"{self._file} was written by a newer VitalWatch. Update this one to replay it."
                )
            self._restart()
        else:
            self._take(record)

    def _take(self, event: vwlog.Event) -> None:
        if isinstance(event, (vwlog.Data, vwlog.Delivered)) and not self._open:
            self._take(vwlog.Opened(event.t))  # the record of the opening is missing
        if isinstance(event, (vwlog.Opened, vwlog.Lost)):
            self._open = isinstance(event, vwlog.Opened)
        self._last_s = max(self._last_s, self._offset_s + event.t)  # never back, whatever a damaged file says
        self._waiting.append((self._last_s, event))

    def _restart(self) -> None:
        if self._open:
            self._open = False
            lost = vwlog.Lost(self._last_s, "The recording was interrupted here.")
            self._waiting.append((self._last_s, lost))
        if self._position or self._waiting:
            self._last_s += RESTART_S
        self._offset_s = self._last_s

    def _end(self) -> None:
        self._ended = True
        if self._bad_lines:
            _log.warning("recording holds lines that cannot be read", file=str(self._file), lines=self._bad_lines)
