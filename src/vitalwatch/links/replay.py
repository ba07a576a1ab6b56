"""``replay:FILE``: a capture of bytes played as it came and at its own pace. Recordings of links: ``vwlog_replay``.

The pace is that of the service's clock. To play faster, the whole service runs on a faster clock (``speed`` in the URL
is read by whoever makes that clock), so that delays and ages shrink with it.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from vitalwatch.clock import Clock
from vitalwatch.driver import Received
from vitalwatch.errors import LinkError
from vitalwatch.link_url import LinkUrl, ReplayOptions
from vitalwatch.links.base import Sleep
from vitalwatch.links.capture import Piece, pieces

LARGEST_CAPTURE = 64 * 1024 * 1024
"""Bytes; a capture is held in memory while it is played."""


class ReplayTransport:
    """Plays one capture from its start to its end.

    Args:
        url: a ``replay`` URL.
        base: folder that a relative path is meant from.
        clock: the service's clock.
        sleep: sleeps on that clock.
    """

    def __init__(self, url: LinkUrl, base: Path, clock: Clock, sleep: Sleep) -> None:
        self._url = url
        self._file = base / url.path
        self._clock = clock
        self._sleep = sleep

    async def run(self, opened: Callable[[], None], received: Callable[[Received], None]) -> None:
        """Play the capture; return at its end."""
        played = await asyncio.to_thread(self._read)
        start = self._clock.now()
        opened()
        for piece in played:
            await self._sleep(max(0.0, start + piece.at_s - self._clock.now()))
            received(piece.data)

    def send(self, data: bytes) -> None:
        """Does nothing: a recording does not listen."""

    def _read(self) -> list[Piece]:
        """Read and divide the file; in a thread, since it may be large or lie on a slow disk."""
        with open_capture(self._file, self._url) as file:
            data = file.read(LARGEST_CAPTURE + 1)
        if len(data) > LARGEST_CAPTURE:
            raise unusable(
                self._url,
                f"{self._file} is larger than {LARGEST_CAPTURE // 1024**2} MiB. "
                "Cut it into parts (split -C 60M FILE) and replay one of them.",
            )
        options = self._url.options if isinstance(self._url.options, ReplayOptions) else ReplayOptions()
        return list(pieces(data, options))


def open_capture(file: Path, url: LinkUrl) -> BinaryIO:
    """Open a file that holds something.

    Raises:
        LinkError: in plain words, with the next step.
    """
    try:
        if not file.is_file() and file.exists():
            raise unusable(url, f"{file} is not a file. Name a capture in the link.")
        capture = file.open("rb")
        if os.fstat(capture.fileno()).st_size == 0:
            capture.close()
            raise unusable(url, f"{file} is empty. Name a capture that holds data.")
    except FileNotFoundError as error:
        raise unusable(url, f"There is no file {file}. Correct the path in the link.") from error
    except OSError as error:
        raise unusable(url, f"{file} cannot be read: {error.strerror}. Check its permissions.") from error
    return capture


def unusable(url: LinkUrl, reason: str) -> LinkError:
    """A capture that cannot be played until a person has done something about it."""
    return LinkError(reason, url=url.text, transient=False)
