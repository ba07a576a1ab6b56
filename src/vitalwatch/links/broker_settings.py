"""How to sign in to an MQTT broker: what does not belong in a link's URL, because URLs are logged and shown."""

from __future__ import annotations

import os
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
    file = settings.ca_file
    try:
        context = ssl.create_default_context(cafile=file)
        context.sslsocket_class = _SelfClosing
        if settings.cert_file is not None:
            file = settings.cert_file
            # Without this an encrypted key would make OpenSSL ask for its password on the terminal.
            context.load_cert_chain(settings.cert_file, settings.key_file, password=lambda: b"")
    except OSError as error:  # ssl.SSLError is one
        raise LinkError(_unusable(error, file, settings), url=url.text, transient=False) from error
    return context


class _SelfClosing(ssl.SSLSocket):
    """Closes itself when the two ends do not agree; the MQTT client would leave that to the garbage collector."""

    def do_handshake(self, block: bool = False) -> None:
        try:
            super().do_handshake(block)
        except BaseException:
            self.close()
            raise


def _unusable(error: OSError, file: Path | None, settings: BrokerSettings) -> str:
    if isinstance(error, ssl.SSLError):
        if file == settings.ca_file:
            return f"{file} holds no certificate that can be read. Name a PEM file as ca_file in [[broker]]."
        if error.reason == "KEY_VALUES_MISMATCH":
            return f"{settings.key_file or file} is not the key of {file}. Correct key_file or cert_file in [[broker]]."
        return (
            f"{file} and {settings.key_file or file} cannot be used as certificate and key. Both have to be PEM files, "
            "and the key without a password."
        )
    # load_cert_chain does not say which of its two files is at fault.
    files = [one for one in (file, settings.key_file) if one is not None and not os.access(one, os.R_OK)]
    named = files[0] if files else file
    if isinstance(error, FileNotFoundError):
        return f"There is no file {named}. Correct its name in [[broker]]."
    return f"{named} cannot be read: {error.strerror}. Check its permissions."
