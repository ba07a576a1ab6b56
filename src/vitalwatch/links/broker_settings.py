"""How to sign in to an MQTT broker: what does not belong in a link's URL, because URLs are logged and shown."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Literal

import msgspec

from vitalwatch.errors import LinkError
from vitalwatch.link_url import LinkUrl


class BrokerSettings(msgspec.Struct, frozen=True):
    """What one broker wants of us.

    Attributes:
        user: name to sign in with; none to sign in as nobody.
        password: the secret itself; never part of any text.
        ca_file: certificates (PEM) that may vouch for the broker; none: those that the computer trusts.
        cert_file: our own certificate (PEM), for a broker that wants one.
        key_file: the key (PEM, without a password) of our certificate; none when ``cert_file`` holds it.
        version: of MQTT.
        tls: whether the connection is encrypted; a ``mqtts`` link always is.
    """

    user: str | None = None
    password: str | None = None
    ca_file: Path | None = None
    cert_file: Path | None = None
    key_file: Path | None = None
    version: Literal["3.1.1", "5"] = "3.1.1"
    tls: bool = False

    def __repr__(self) -> str:
        """Everything but the password."""
        return f"BrokerSettings(user={self.user!r}, version={self.version!r}, tls={self.tls!r}, …)"


NO_SETTINGS = BrokerSettings()
"""For a broker that lets everybody in."""


def tls_context(settings: BrokerSettings, url: LinkUrl) -> ssl.SSLContext:
    """Make what an encrypted connection needs. Reads files: not for the event loop.

    Raises:
        LinkError: if a file cannot be used; which one, and why.
    """
    files = (settings.ca_file, settings.cert_file, settings.key_file)
    try:
        for file in files:
            if file is not None:
                with file.open("rb"):  # OpenSSL would not say which file is missing
                    pass
    except OSError as error:
        raise _refuse(f"{error.filename} cannot be read: {error.strerror}. Correct it in [[broker]].", url) from error
    try:
        context = ssl.create_default_context(cafile=settings.ca_file)
    except ssl.SSLError as error:
        reason = f"{settings.ca_file} holds no certificate that can be read. Name a PEM file as ca_file in [[broker]]."
        raise _refuse(reason, url) from error
    context.sslsocket_class = _SelfClosing
    if settings.cert_file is not None:
        try:
            # Without this an encrypted key would make OpenSSL ask for its password on the terminal.
            context.load_cert_chain(settings.cert_file, settings.key_file, password=lambda: b"")
        except ssl.SSLError as error:
            raise _refuse(_unfit(error, settings), url) from error
    return context


class _SelfClosing(ssl.SSLSocket):
    """Closes itself when the two ends do not agree; the MQTT client would leave that to the garbage collector."""

    def do_handshake(self, block: bool = False) -> None:
        try:
            super().do_handshake(block)
        except BaseException:
            self.close()
            raise


def _refuse(reason: str, url: LinkUrl) -> LinkError:
    return LinkError(reason, url=url.text, transient=False)


def _unfit(error: ssl.SSLError, settings: BrokerSettings) -> str:
    certificate, key = settings.cert_file, settings.key_file or settings.cert_file
    if error.reason == "KEY_VALUES_MISMATCH":
        return f"{key} is not the key of {certificate}. Correct key_file or cert_file in [[broker]]."
    return (
        f"{certificate} and {key} cannot be used as certificate and key. Both have to be PEM files, and the key "
        "without a password."
    )
