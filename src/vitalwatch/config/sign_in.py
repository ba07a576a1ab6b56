"""Whether each ``[[broker]]`` block fits together, and fetching its secret from where it says."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from vitalwatch.config.broker import Broker, BrokerBlock, broker_key
from vitalwatch.config.explain import shown
from vitalwatch.config.includes import Assembled
from vitalwatch.errors import ConfigError
from vitalwatch.link_url import LinkUrl

if TYPE_CHECKING:
    from vitalwatch.config.position import KeyPath

MAX_SECRET_BYTES = 4096
"""Longest password file that is read; a longer one is some other file."""

_TLS_ONLY = ("ca_file", "cert_file", "key_file")


def check_brokers(
    document: Assembled, blocks: list[dict[str, Any]], links: Mapping[int, LinkUrl]
) -> Iterator[ConfigError]:
    """Find settings of a broker that exclude or need each other.

    Args:
        document: the clinic file.
        blocks: the settings of each block that are sound in themselves.
        links: by the device's index in the file.
    """
    encrypted: dict[str, bool] = {}
    first: dict[str, int] = {}
    for index, block in enumerate(blocks):
        yield from _check_password(document, index, block)
        yield from _check_certificates(document, index, block)
        address = _address(block)
        if address is None:
            continue
        key, tls = address
        encrypted.setdefault(key, tls)
        if first.setdefault(key, index) != index:
            reason = f"The broker {shown(key)} has a block already: {shown(blocks[first[key]].get('name'))}."
            yield document.mistake(("broker", index, "url"), reason, "Put the two together.")
    for index, link in links.items():
        tls = link.scheme == "mqtts"
        if link.scheme in ("mqtt", "mqtts") and encrypted.get(broker_key(link.host, link.port), tls) is not tls:
            meant, written = ("mqtt", "mqtts") if tls else ("mqtts", "mqtt")
            reason = f"The link begins with {written}://, and the url of its broker with {meant}://."
            yield document.mistake(("device", index, "link"), reason, "Write the same in both places.")


def _check_password(document: Assembled, index: int, block: dict[str, Any]) -> Iterator[ConfigError]:
    given = [key for key in ("password_file", "password_env") if key in block]
    if len(given) == 2:
        reason = "The password is given by password_file and by password_env."
        yield document.mistake(("broker", index, "password_env"), reason, "Keep one of the two.")
    elif given and "user" not in document.blocks("broker")[index]:
        yield document.mistake(("broker", index, given[0]), f"{given[0]} needs a user.", "Add a line user = ...", "key")


def _check_certificates(document: Assembled, index: int, block: dict[str, Any]) -> Iterator[ConfigError]:
    stated = document.blocks("broker")[index]
    for one, other in (("cert_file", "key_file"), ("key_file", "cert_file")):
        if one in block and other not in stated:
            yield document.mistake(("broker", index, one), f"{one} needs {other}.", f"Add a line {other} = ...", "key")
    for name in _TLS_ONLY:
        if name in block and str(block.get("url", "")).startswith("mqtt:"):
            reason = f"{name} is for TLS, and the url begins with mqtt://."
            yield document.mistake(("broker", index, name), reason, "Write mqtts://, with the port for TLS.", "key")


def _address(block: dict[str, Any]) -> tuple[str, bool] | None:
    """A block's ``host:port`` and whether it uses TLS; none when its url cannot be used."""
    try:
        broker = BrokerBlock(name="any", url=block.get("url", ""))
    except ValidationError:
        return None
    return broker_key(*broker.address), broker.tls


def make_brokers(document: Assembled, blocks: Iterable[BrokerBlock], absent: list[ConfigError]) -> dict[str, Broker]:
    """Turn blocks into brokers with their secrets.

    Args:
        document: the clinic file.
        blocks: sound blocks, in the order of the file.
        absent: gets what cannot be fetched here; another account, or the service's environment, may have it.
    """
    return {broker_key(*block.address): _make(document, i, block, absent) for i, block in enumerate(blocks)}


def _make(document: Assembled, index: int, block: BrokerBlock, absent: list[ConfigError]) -> Broker:
    here: KeyPath = ("broker", index)
    folder = document.folder_of(here)
    password = None
    try:
        if block.password_file is not None:
            password = _secret_of(folder / block.password_file)
        elif block.password_env is not None:
            password = _secret_from_environment(block.password_env)
    except ConfigError as error:
        key = "password_env" if block.password_file is None else "password_file"
        absent.append(document.mistake((*here, key), error.reason, error.hint))
    files = {key: folder / name for key in _TLS_ONLY if (name := getattr(block, key)) is not None}
    for key, file in files.items():
        if not os.access(file, os.R_OK) or not file.is_file():
            reason, hint = f"There is no file {file} that can be read.", "Check the name, and who may read the file."
            absent.append(document.mistake((*here, key), reason, hint))
    host, port = block.address
    return Broker(
        host=host, port=port, user=block.user, password=password, version=block.version, tls=block.tls, **files
    )


def _secret_of(file: Path) -> str:
    """What stands in a password file, without the line end that editors add.

    Raises:
        ConfigError: if it cannot be read here or holds no password; never with anything of its text.
    """
    try:
        with file.open("rb") as source:
            raw = source.read(MAX_SECRET_BYTES + 1)
    except OSError as error:
        hint = "Check the name, and that the service may read the file."
        raise ConfigError(f"The password file {file} cannot be read: {error.strerror}.", hint=hint) from None
    try:
        secret = raw.decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        secret = ""
    if len(raw) > MAX_SECRET_BYTES or not secret or "\n" in secret:
        reason = f"{file} is not a password file."
        raise ConfigError(reason, hint="It holds the password on one line, as UTF-8 text, and nothing else.")
    return secret


def _secret_from_environment(name: str) -> str:
    secret = os.environ.get(name, "")
    if not secret:
        hint = "Set it where the service is started."
        raise ConfigError(f"The environment variable {name} is not set here.", hint=hint)
    return secret
