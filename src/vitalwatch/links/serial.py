"""``serial://``: a serial port, or a pseudo-terminal that stands for one.

pyserial makes the settings and takes the port for this program alone; the event loop then watches the descriptor.
pyserial's own ``read`` is not used: it selects, which breaks past descriptor 1023, and it would need a thread a port.
"""

from __future__ import annotations

import asyncio
import errno
import grp
import os
import stat
import termios
from collections.abc import Callable
from pathlib import Path

import msgspec
import serial

from vitalwatch.driver import LineSettings, Received
from vitalwatch.errors import LinkError
from vitalwatch.link_url import LinkUrl
from vitalwatch.links.base import Outcome

_CHUNK = 4096
_UNSENT_BYTES = 4096
"""Bytes that may wait for a device that does not take them; a poll is a few tens of bytes."""
_CC = 6  # index of the control characters in termios' attributes
_PSEUDO_TERMINALS = range(136, 144)
"""Major device numbers of pseudo-terminals in Linux (kernel documentation, devices.txt)."""


class SerialTransport:
    """A serial port, open from one opening to its loss.

    Args:
        url: a ``serial`` URL.
    """

    def __init__(self, url: LinkUrl) -> None:
        self._url = url
        self._line: _Line | None = None

    async def run(self, opened: Callable[[], None], received: Callable[[Received], None]) -> None:
        """Open the port and hand on bytes until it hangs up."""
        descriptor = await self._open()
        outcome = Outcome()
        line = self._line = _Line(descriptor, outcome, received, self._url)
        try:
            line.watch()
            opened()
            await outcome.wait()
        finally:
            self._line = None
            line.close()

    def send(self, data: bytes) -> None:
        """Write bytes to the device; does nothing while the port is not open."""
        if self._line is not None:
            self._line.send(data)

    async def _open(self) -> int:
        """Open in a thread: an adapter whose firmware hangs can hold an open for seconds."""
        opening = asyncio.get_running_loop().run_in_executor(None, open_port, self._url)
        try:
            return await asyncio.shield(opening)
        except asyncio.CancelledError:
            opening.add_done_callback(_close_unwanted)
            raise


class _Line:
    """An open descriptor and the event loop's interest in it."""

    def __init__(self, descriptor: int, outcome: Outcome, received: Callable[[Received], None], url: LinkUrl) -> None:
        self._loop = asyncio.get_running_loop()
        self._descriptor = descriptor
        self._outcome = outcome
        self._received = received
        self._url = url
        self._unsent = bytearray()

    def watch(self) -> None:
        """Begin to hand on what comes."""
        self._loop.add_reader(self._descriptor, self._readable)

    def send(self, data: bytes) -> None:
        """Write what the port takes now, and keep a little for when it takes more."""
        if len(self._unsent) + len(data) > _UNSENT_BYTES:
            self._fail(f"{self._url.path} takes no more bytes. Check that the device is on and the cable is whole.")
            return
        if not self._unsent:
            self._loop.add_writer(self._descriptor, self._writable)
        self._unsent += data
        self._writable()

    def close(self) -> None:
        """Lose interest first, then close: a closed descriptor may at once be somebody else's."""
        self._loop.remove_reader(self._descriptor)
        self._loop.remove_writer(self._descriptor)
        try:
            # Else closing waits, up to 30 s, for bytes that a stopped device does not take.
            termios.tcflush(self._descriptor, termios.TCOFLUSH)
        except termios.error as error:
            if error.args[0] not in (errno.EIO, errno.ENODEV, errno.ENXIO):  # vanished: nothing waits any more
                raise
        finally:
            os.close(self._descriptor)

    def _readable(self) -> None:
        try:
            data = os.read(self._descriptor, _CHUNK)
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            self._vanished(error)
            return
        if data:
            self._outcome.call(self._received, data)
        else:
            self._vanished(None)

    def _writable(self) -> None:
        try:
            sent = os.write(self._descriptor, self._unsent)
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            self._vanished(error)
            return
        del self._unsent[:sent]
        if not self._unsent:
            self._loop.remove_writer(self._descriptor)

    def _vanished(self, error: OSError | None) -> None:
        detail = "" if error is None or error.errno == errno.EIO else f" ({error.strerror})"
        self._fail(f"{self._url.path} was unplugged or switched off{detail}. Check the adapter and its cable.")

    def _fail(self, reason: str) -> None:
        # A hang-up keeps the descriptor readable: without this the loop would call again and again until the close.
        self._loop.remove_reader(self._descriptor)
        self._loop.remove_writer(self._descriptor)
        self._outcome.fail(LinkError(reason, url=self._url.text))


def open_port(url: LinkUrl) -> int:
    """Open a serial port for this program alone, raw, without flow control, and throw away what it had buffered.

    A pseudo-terminal has no line, so it is opened with 8 data bits and no parity whatever the link says: Linux drops
    these settings there, and glibc answers that the terminal has refused them.

    Returns:
        A non-blocking descriptor, to be closed by the caller.

    Raises:
        LinkError: in plain words, with the next step.
    """
    settings = url.options if isinstance(url.options, LineSettings) else LineSettings()
    try:
        about = Path(url.path).stat()
        if not stat.S_ISCHR(about.st_mode):
            raise _not_serial(url)
        if os.major(about.st_rdev) in _PSEUDO_TERMINALS:
            settings = msgspec.structs.replace(settings, bits=8, parity="N")
        with serial.Serial(
            url.path,
            baudrate=settings.baud,
            bytesize=settings.bits,
            parity=settings.parity,
            stopbits=settings.stop,
            xonxoff=False,
            rtscts=False,
            dsrdtr=False,
            exclusive=True,
        ) as port:
            attributes = termios.tcgetattr(port.fileno())
            # pyserial asks for reads that return nothing when there is nothing; then a hang-up could not be told.
            attributes[_CC][termios.VMIN] = 1
            termios.tcsetattr(port.fileno(), termios.TCSANOW, attributes)
            # The copy keeps port and lock; the four descriptors that pyserial's own read needs are closed.
            return os.dup(port.fileno())
    except (OSError, ValueError, termios.error) as error:
        raise _explain(error, url) from error


def _explain(error: Exception, url: LinkUrl) -> LinkError:
    """Turn what the system or pyserial raised into a sentence for people."""
    if isinstance(error, serial.SerialException) and error.errno is None and error.__context__ is not None:
        error = error.__context__ if isinstance(error.__context__, Exception) else error
    code = error.errno if isinstance(error, OSError) else error.args[0] if isinstance(error, termios.error) else None
    match code:
        case errno.ENOENT | errno.ENOTDIR:
            reason = f"There is no serial port {url.path}. Plug the adapter in, or correct the path in the link."
            return LinkError(reason, url=url.text)
        case errno.ENXIO | errno.ENODEV | errno.EIO:
            reason = f"No device answers behind {url.path}. Plug the adapter in again."
            return LinkError(reason, url=url.text)
        case errno.EACCES | errno.EPERM:
            reason = _permission(url.path)
        case errno.EBUSY | errno.EAGAIN:
            reason = f"{url.path} is in use by another program. Close that program; the link then opens by itself."
        case errno.ENOTTY:
            return _not_serial(url)
        case errno.EMFILE | errno.ENFILE:
            reason = f"{url.path} cannot be opened: too many files are open. Raise the limit (ulimit -n) and restart."
        case errno.EINVAL | None:
            reason = f"{url.path} does not take these line settings ({error}). Correct baud, bits, parity or stop."
        case _:
            reason = f"{url.path} cannot be opened: {error}. Check the adapter."
    return LinkError(reason, url=url.text, transient=False)


def _not_serial(url: LinkUrl) -> LinkError:
    reason = f"{url.path} is not a serial port. Correct the path in the link; /dev/serial/by-id lists the ports."
    return LinkError(reason, url=url.text, transient=False)


def _permission(path: str) -> str:
    """Say who may open the port, if a group may."""
    advice = "Ask the person who looks after this computer."
    try:
        about = Path(path).stat()
        # Never advise to join the group of the administrator: that would open far more than a port.
        if about.st_gid != 0 and about.st_mode & stat.S_IRGRP and about.st_mode & stat.S_IWGRP:
            group = grp.getgrgid(about.st_gid).gr_name
            advice = f'Add that account to the group "{group}" (sudo usermod -aG {group} ACCOUNT) and restart.'
    except (OSError, KeyError):
        advice = "Ask the person who looks after this computer for the group that owns it."
    return f"The account that runs VitalWatch may not open {path}. {advice}"


def _close_unwanted(opening: asyncio.Future[int]) -> None:
    """Close a port whose opening finished after nobody wanted it any more."""
    if not opening.cancelled() and opening.exception() is None:
        os.close(opening.result())
