"""The commands ``vitalwatch journal …``: what they take. What they do is in ``journal/commands.py``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from vitalwatch.errors import ConfigError, VitalWatchError

CANNOT_RUN = 2

journal = typer.Typer(
    no_args_is_help=True,
    help="The record of everything that happened: is it as it was written, copies of it, and its size.\n\n"
    "RECORD is the clinic file, a record's own FILE.db, or the url of a database.",
)

_Record = Annotated[str, typer.Argument(help="A clinic file, FILE.db or a url.", show_default=False)]
_Json = Annotated[bool, typer.Option("--json", help="Write one JSON object.")]


@journal.command(epilog="Example:  vitalwatch journal verify clinic.toml")
def verify(
    record: _Record,
    deep: Annotated[bool, typer.Option("--deep", help="Also play it again, and compare what was decided.")] = False,
    known: Annotated[
        str | None, typer.Option(metavar="NUMBER:HASH", help="The last entry of a backup, or one that you noted down.")
    ] = None,
    as_json: _Json = False,
) -> None:
    """Find any row that was changed, taken out or moved. The service may run. Exit code 1 if there is one."""

    def work() -> int:
        from vitalwatch.journal import commands
        from vitalwatch.replay.source import url_of

        return commands.verify(url_of(record), known, deep=deep, as_json=as_json)

    _end(work)


@journal.command(epilog="Example:  vitalwatch journal backup clinic.toml /mnt/usb/record.db")
def backup(
    record: _Record,
    file: Annotated[
        Path | None, typer.Argument(help="The copy; else one in the folder that the clinic file names.")
    ] = None,
    as_json: _Json = False,
) -> None:
    """Copy the record into a SQLite file, and verify the copy. The service may run."""

    def work() -> int:
        from vitalwatch.journal import commands
        from vitalwatch.replay.source import url_of

        return commands.backup(url_of(record), file or _planned(record), as_json=as_json)

    _end(work)


@journal.command(epilog="Example:  vitalwatch journal restore /mnt/usb/record.db clinic.toml")
def restore(
    copy: Annotated[str, typer.Argument(help="The backup.", show_default=False)],
    record: Annotated[
        str, typer.Argument(help="Where to: a clinic file, FILE.db or a url, without a record.", show_default=False)
    ],
    as_json: _Json = False,
) -> None:
    """Make a record from a backup, where there is none. Nothing is ever overwritten."""

    def work() -> int:
        from vitalwatch.journal import commands
        from vitalwatch.replay.source import url_of

        spool = None
        if record.endswith(".toml"):
            from vitalwatch import app
            from vitalwatch.config import load

            spool = app.spool_of(load(Path(record)))
        return commands.restore(url_of(copy), url_of(record), spool, as_json=as_json)

    _end(work)


@journal.command(epilog="Example:  vitalwatch journal compact clinic.toml")
def compact(record: _Record, as_json: _Json = False) -> None:
    """Make the record smaller: what the clinic file lets go of is taken out, the rest is packed, space is given back.

    The service does this by itself, but for giving space back to the disk. Stop it first. Without a clinic file nothing
    is taken out.
    """

    def work() -> int:
        from vitalwatch.clock import SystemClock
        from vitalwatch.journal import commands
        from vitalwatch.journal.record import to_us
        from vitalwatch.journal.upkeep.compact import FOR_GOOD
        from vitalwatch.replay.source import url_of

        policy = FOR_GOOD
        if record.endswith(".toml"):
            from vitalwatch import app
            from vitalwatch.config import load

            policy = app.policy_of(load(Path(record)).journal)
        now = to_us(SystemClock().wall().timestamp())
        return commands.compact(url_of(record), policy, now, as_json=as_json)

    _end(work)


@journal.command(epilog="Example:  vitalwatch journal upgrade clinic.toml")
def upgrade(record: _Record, as_json: _Json = False) -> None:
    """Bring the record to the form of this version. A file is copied first. The service does this when it starts."""

    def work() -> int:
        from vitalwatch.journal import commands
        from vitalwatch.replay.source import url_of

        return commands.upgrade(url_of(record), as_json=as_json)

    _end(work)


@journal.command(epilog="Example:  vitalwatch journal downgrade clinic.toml --to 0001")
def downgrade(
    record: _Record,
    to: Annotated[str, typer.Option(help="The older form.", show_default=False)],
    as_json: _Json = False,
) -> None:
    """Take the record back to an older form, for an older VitalWatch. A file is copied first. Stop the service."""

    def work() -> int:
        from vitalwatch.journal import commands
        from vitalwatch.replay.source import url_of

        return commands.downgrade(url_of(record), to, as_json=as_json)

    _end(work)


def _planned(record: str) -> Path:
    """Where the next backup of the service would go.

    Raises:
        ConfigError: if the clinic file names no folder, or there is no clinic file.
    """
    from vitalwatch import app
    from vitalwatch.clock import SystemClock
    from vitalwatch.config import load

    backups = app.backups_of(load(Path(record))) if record.endswith(".toml") else None
    if backups is None:
        raise ConfigError("No place for the copy is named.", hint="Name its file, or a folder under [journal] backup.")
    return backups.named(SystemClock().wall())


def _end(work: Callable[[], int]) -> None:
    """Do the work, and end with its exit code."""
    try:
        code = work()
    except VitalWatchError as error:
        typer.echo(str(error), err=True)
        code = CANNOT_RUN
    raise typer.Exit(code)
