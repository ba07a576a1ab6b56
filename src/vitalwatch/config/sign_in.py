"""Whether each section with a sign-in fits together, and fetching its secret from where it says."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from vitalwatch.config.broker import Broker, BrokerBlock, broker_key
from vitalwatch.config.explain import shown
from vitalwatch.config.includes import Assembled
from vitalwatch.config.journal import Journal, JournalPlace, Keeping
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
    password = _password(document, here, block, absent)
    files = {key: folder / name for key in _TLS_ONLY if (name := getattr(block, key)) is not None}
    for key, file in files.items():
        if not os.access(file, os.R_OK) or not file.is_file():
            reason, hint = f"There is no file {file} that can be read.", "Check the name, and who may read the file."
            absent.append(document.mistake((*here, key), reason, hint))
    host, port = block.address
    return Broker(
        host=host, port=port, user=block.user, password=password, version=block.version, tls=block.tls, **files
    )


def make_journal(document: Assembled, section: Journal, absent: list[ConfigError]) -> JournalPlace:
    """The record's place with its secret, as :func:`make_brokers` does it for brokers."""
    url = section.url or f"sqlite:///{document.path.stem}.journal.db"
    keeping = Keeping(**{name: getattr(section, name) for name in Keeping.model_fields})
    backup = None if section.backup is None else document.folder_of(("journal",)) / section.backup
    password = _password(document, ("journal",), section, absent)
    return JournalPlace(url=url, password=password, backup=backup, keeping=keeping)


def check_journal(document: Assembled) -> Iterator[ConfigError]:
    """Find settings of the record that exclude or need each other."""
    stated = document.data.get("journal")
    if not isinstance(stated, dict):
        return
    entries, samples = stated.get("keep_entries_days"), stated.get("keep_samples_days", Keeping().keep_samples_days)
    if isinstance(entries, int) and isinstance(samples, int) and entries < samples:
        reason = f"keep_entries_days = {entries} is less than keep_samples_days, which is {samples}."
        yield document.mistake(("journal", "keep_entries_days"), reason, "Samples mean nothing without their entries.")
    if "backup" not in stated:
        for key in ("backup_at", "backup_keep"):
            if key in stated:
                hint = "Name a folder:  backup = ..."
                yield document.mistake(("journal", key), f"{key} is given, but no place for backups.", hint, "key")
    given = [key for key in ("password_file", "password_env") if key in stated]
    if not given:
        return
    if len(given) == 2:
        reason = "The password is given by password_file and by password_env."
        yield document.mistake(("journal", "password_env"), reason, "Keep one of the two.")
    if not str(stated.get("url", "")).startswith("postgresql:"):
        reason = f"{given[0]} is for PostgreSQL, and the record is in a file."
        yield document.mistake(("journal", given[0]), reason, "Take the line out, or mend url.", "key")


def _password(
    document: Assembled, here: KeyPath, section: BrokerBlock | Journal, absent: list[ConfigError]
) -> str | None:
    try:
        if section.password_file is not None:
            return _secret_of(document.folder_of(here) / section.password_file)
        if section.password_env is not None:
            return _secret_from_environment(section.password_env)
    except ConfigError as error:
        key = "password_env" if section.password_file is None else "password_file"
        absent.append(document.mistake((*here, key), error.reason, error.hint))
    return None


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
