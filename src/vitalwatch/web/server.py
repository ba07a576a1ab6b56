"""The web server: a socket bound with plain errors, uvicorn set up for screens that must not stall one another."""

from __future__ import annotations

import contextlib
import errno
import socket
from collections.abc import Iterator
from typing import Any, Final

import uvicorn
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from vitalwatch.errors import ConfigError

ABORT: Final = "vitalwatch.abort"
"""Name of the ASGI extension that drops a connection at once, its unsent data with it."""

UNSENT: Final = "vitalwatch.unsent"
"""Name of the ASGI extension that tells how many bytes the connection has not been able to send yet."""

_UNSENT_IN_KERNEL: Final = 16_384
"""Bytes that may wait in the system's buffer before ours begins to fill: without a limit it takes megabytes of waves,
and an alarm would come behind all of them."""

_USER_TIMEOUT_MS: Final = 10_000


class AbortableProtocol(WebSocketsSansIOProtocol):
    """uvicorn's websocket protocol, which also lets the application abort the connection and see whether it lags.

    A polite close waits for the send buffer, and the buffer of a viewer that no longer reads never drains: such a
    connection was still there after its ping time-out.
    """

    async def run_asgi(self) -> None:
        """Offer both to the application, then serve as usual."""
        extensions: dict[str, Any] = self.scope.setdefault("extensions", {})
        extensions[ABORT] = self.transport.abort
        extensions[UNSENT] = self.transport.get_write_buffer_size
        await super().run_asgi()


class Server(uvicorn.Server):
    """uvicorn without its own signal handling: the service decides when it ends."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to the service."""
        yield


def bind(host: str, port: int) -> socket.socket:
    """Bind the page's socket.

    Args:
        host: address to listen on.
        port: 1 to 65535; 0 for any free one.

    Raises:
        ConfigError: if the address or port cannot be used; the text says why and what to do.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux: drops a laptop that went to sleep, inherited on accept
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _USER_TIMEOUT_MS)
    if hasattr(socket, "TCP_NOTSENT_LOWAT"):  # inherited on accept as well
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, _UNSENT_IN_KERNEL)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise _bind_error(host, port, error) from error
    listener.listen(128)
    return listener


def _bind_error(host: str, port: int, error: OSError) -> ConfigError:
    if error.errno == errno.EADDRINUSE:
        reason = f"Port {port} on {host} is used by another program."
        hint = "Stop that program, or choose another port under [web] in the config (or with --port)."
    elif error.errno == errno.EADDRNOTAVAIL or isinstance(error, socket.gaierror):
        reason = f"This computer has no network address {host}."
        hint = "Set listen under [web] to one of its addresses, or leave it out for this machine only."
    elif error.errno == errno.EACCES:
        reason = f"Port {port} may only be opened by the system's administrator."
        hint = "Choose a port from 1024 up under [web] in the config."
    else:
        reason = f"The page cannot be served on {host} port {port}: {error.strerror or error}."
        hint = "Check listen and port under [web] in the config."
    return ConfigError(reason, key="web.listen", hint=hint)


def make_server(app: Any) -> Server:
    """A server for the page and the live socket, to be given a bound socket."""
    config = uvicorn.Config(
        app,
        ws=AbortableProtocol,
        http="httptools",
        timeout_graceful_shutdown=1,
        ws_max_size=65_536,
        ws_ping_interval=20,
        ws_per_message_deflate=False,
        log_config=None,
        access_log=False,
        lifespan="off",
    )
    return Server(config)
