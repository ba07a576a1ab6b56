"""``tcp://host:port``: a device behind a terminal server (serial device server), or one that listens itself."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
from collections.abc import Callable
from typing import Final

from vitalwatch.driver import Received
from vitalwatch.errors import LinkError
from vitalwatch.link_url import LinkUrl
from vitalwatch.links.base import Outcome
from vitalwatch.links.stream import Stream

ANSWER_S: Final = 3.0
"""How long to wait for an address to answer, real seconds; on a clinic's network it takes milliseconds."""


class TcpTransport:
    """A connection that we dial, from one opening to its loss.

    Args:
        url: a ``tcp`` URL.
    """

    def __init__(self, url: LinkUrl) -> None:
        self._url = url
        self._stream: Stream | None = None

    async def run(self, opened: Callable[[], None], received: Callable[[Received], None]) -> None:
        """Dial, and hand on bytes until the connection ends."""
        outcome = Outcome()
        stream = self._stream = Stream(
            self._url, lambda: outcome.call(opened), lambda data: outcome.call(received, data), outcome.fail
        )
        try:
            await self._dial(stream)
            await outcome.wait()
        finally:
            self._stream = None
            stream.close()

    def send(self, data: bytes) -> None:
        """Write bytes to the device; does nothing while the link is not open."""
        if self._stream is not None:
            self._stream.send(data)

    async def _dial(self, stream: Stream) -> None:
        """Try every address of the host in turn; the last failure is the one that is told."""
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(self._url.host, self._url.port, type=socket.SOCK_STREAM)
            for number, (*_, address) in enumerate(found, start=1):
                try:
                    async with asyncio.timeout(ANSWER_S):
                        await loop.create_connection(lambda: stream, str(address[0]), self._url.port)
                    return
                except OSError:  # TimeoutError is one
                    if number == len(found):
                        raise
        except (OSError, UnicodeError) as error:
            raise _explain(error, self._url) from error


def _explain(error: Exception, url: LinkUrl) -> LinkError:
    """Turn what the system raised into a sentence for people."""
    code = error.errno if isinstance(error, OSError) else None
    if isinstance(error, (socket.gaierror, UnicodeError)):
        reason = f'No computer is known by the name "{url.host}". Check the name in the link, and the name service.'
    elif isinstance(error, ConnectionRefusedError):
        reason = (
            f"{url.place} refuses the connection. Check that the device server is set to listen on that port, and that "
            "no other program is connected: many serve one at a time."
        )
    elif isinstance(error, TimeoutError):
        reason = f"{url.place} does not answer. Check its power, its network cable, its address and the firewall."
    elif code in (errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ENETDOWN):
        reason = f"There is no way to {url.place} from this computer. Check the network and the address in the link."
    elif code in (errno.EMFILE, errno.ENFILE):
        reason = f"{url.place} cannot be dialled: too many files are open. Raise the limit (ulimit -n) and restart."
    else:
        reason = f"{url.place} cannot be reached: {os.strerror(code) if code else error}. Check the network."
    return LinkError(reason, url=url.text)
