"""The commands ``vitalwatch journal …``: each does its work with a progress bar, prints what came of it, and gives
the exit code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypeVar

import msgspec
from rich.console import Console
from rich.progress import Progress
from sqlalchemy.engine import URL

from vitalwatch.errors import JournalError
from vitalwatch.journal import upgrade as forms
from vitalwatch.journal.database import DamagedError
from vitalwatch.journal.keeping import packer_at_the_end_of
from vitalwatch.journal.packing import Item
from vitalwatch.journal.pages import Steps, take
from vitalwatch.journal.record import to_s
from vitalwatch.journal.store import Store
from vitalwatch.journal.upkeep import backup as copies
from vitalwatch.journal.upkeep.compact import Policy, Saved
from vitalwatch.journal.upkeep.compact import compact as compacted
from vitalwatch.journal.upkeep.deep import play_again
from vitalwatch.journal.upkeep.verify import Known, Problem, Verified
from vitalwatch.journal.upkeep.verify import verify as verified

OK: Final = 0
PROBLEMS: Final = 1

Result = TypeVar("Result")
Moved = Callable[[int], None]


def verify(url: URL, known: str | None, *, deep: bool, as_json: bool) -> int:
    """See whether a record holds what was written into it; 1 when it does not.

    Args:
        url: of the record.
        known: ``NUMBER:HASH`` of an entry, from elsewhere.
        deep: also play it again.
        as_json: print one JSON object.

    Raises:
        JournalError: if it cannot be read.
    """
    entry = None if known is None else _known(known)
    with Store.open(url) as store:
        try:
            store.check()
        except DamagedError as damaged:
            found = Verified(problems=[Problem(0, str(damaged))])
        else:
            with _bar("Reading", copies.row_count(store)) as moved:
                found = take(verified(store, entry, moved))
            if deep:
                with _bar("Playing it again", found.checkpoints) as moved:
                    take(play_again(store, found, moved))
    if as_json:
        _print_json({"good": found.good, **msgspec.structs.asdict(found)})
    else:
        _show(found)
    return OK if found.good else PROBLEMS


def backup(url: URL, path: Path, *, as_json: bool) -> int:
    """Copy a record into a file, while it is being written; 1 when it was changed.

    Raises:
        JournalError: if that is not possible.
    """
    with Store.open(url) as store, _bar("Copying and verifying", 2 * copies.row_count(store)) as moved:
        found = take(copies.backup(store, path, moved))
    return _copied(str(path), found, as_json=as_json)


def restore(source: URL, target: URL, spool: Path | None, *, as_json: bool) -> int:
    """Copy a backup to where there is no record; 1 when it was changed.

    Args:
        source: the backup.
        target: where to.
        spool: where rows wait for the record that will be there; ``None`` when that is not known.
        as_json: print one JSON object.

    Raises:
        JournalError: if that is not possible.
    """
    if spool is not None and spool.exists():
        hint = "Start the service once with the record that they belong to, or move that file away."
        raise JournalError(f"Rows wait in {spool}.", url=str(spool), hint=hint)
    with Store.open(source) as store, _bar("Copying and verifying", 2 * copies.row_count(store)) as moved:
        found = take(copies.restore(store, target, moved))
    return _copied(target.render_as_string(hide_password=True), found, as_json=as_json)


def compact(url: URL, policy: Policy, now: int, *, as_json: bool) -> int:
    """Take out what is old, merge the rest, and give the space back. Nobody else may be writing.

    Args:
        url: of the record.
        policy: what is kept.
        now: the time of day, µs since 1970.
        as_json: print one JSON object.

    Raises:
        JournalError: if that is not possible.
    """
    _see_that_it_exists(url)
    with Store.open(url, write=True) as store:
        before = copies.size(store)
        tail = store.tail()
        with _bar("Compacting", None) as moved:
            steps = compacted(store, policy, now, lambda: to_s(tail.at), lambda _: moved(1))
            saved = _kept_with(store, steps, tail.wall)
        store.shrink()
        after = copies.size(store)
    if as_json:
        _print_json({"bytes_before": before, "bytes_after": after, **msgspec.structs.asdict(saved)})
    else:
        out = Console()
        out.print(f"{before / 1e6:.1f} MB before, {after / 1e6:.1f} MB now.", highlight=False, soft_wrap=True)
        for what, count in msgspec.structs.asdict(saved).items():
            if count:
                out.print(f"{count} {_SAVED[what]}", highlight=False, soft_wrap=True)
    return OK


_SAVED: Final = {
    "blocks": "blocks of samples were old and were taken out.",
    "merged": "blocks of samples were merged.",
    "checkpoints": "checkpoints were taken out.",
    "waves": "seconds of curves were old and were taken out.",
    "seconds": "minutes were old and keep only lowest, highest and mean.",
    "entries": "entries were old and were taken out.",
    "minutes": "minutes were old and were taken out.",
}


def upgrade(url: URL, *, as_json: bool) -> int:
    """Bring a record to the form of this version.

    Raises:
        JournalError: if that is not possible; it has its old form then.
    """
    _see_that_it_exists(url)
    with Store.open(url, write=True) as store:
        return _brought(forms.REVISIONS[-1], store.kept_copy, as_json=as_json)


def downgrade(url: URL, to: str, *, as_json: bool) -> int:
    """Take a record back to an older form.

    Raises:
        JournalError: if that is not possible; it has its newer form then.
    """
    if to not in forms.REVISIONS[:-1]:
        older = ", ".join(forms.REVISIONS[:-1])
        raise JournalError(f'There is no older form "{to}".', url=str(url.database), hint=f"There are: {older}.")
    _see_that_it_exists(url)
    with Store.open(url, write=True) as store:
        return _brought(to, store.take_back(to), as_json=as_json)


# --- inside -----------------------------------------------------------------------------------------------------


def _see_that_it_exists(url: URL) -> None:
    """Opening for writing would make a record where there is none."""
    if url.get_backend_name() == "sqlite" and not Path(str(url.database)).exists():
        raise JournalError("There is no such file.", url=str(url.database), hint="Check the name and the folder.")


def _known(text: str) -> Known:
    number, _, hash_ = text.partition(":")
    if not number.isdecimal() or not hash_:
        raise JournalError(f'"{text}" is no entry and its hash.', url="", hint="Write --known NUMBER:HASH.")
    return Known(int(number), hash_.strip().lower())


def _kept_with(store: Store, steps: Steps[Saved], wall: int) -> Saved:
    """Take steps to their end; what the record must hold is written before the next."""
    packer = packer_at_the_end_of(store)

    def keep(item: Item) -> None:
        before = packer.hash
        store.write(packer.pack([item], lambda _: wall), before)

    try:
        while True:
            item = next(steps)
            if item is not None:
                keep(item)
    except StopIteration as end:
        saved: Saved = end.value
        return saved


@contextmanager
def _bar(doing: str, total: int | None) -> Iterator[Moved]:
    """A progress bar on a terminal; nothing elsewhere."""
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        bar = progress.add_task(doing, total=total)
        yield lambda count: progress.advance(bar, count)


def _copied(where: str, found: Verified, *, as_json: bool) -> int:
    if as_json:
        _print_json({"place": where, "good": found.good, **msgspec.structs.asdict(found)})
    else:
        Console().print(f"Written and verified: {where}", highlight=False, markup=False, soft_wrap=True)
        _show(found)
    return OK if found.good else PROBLEMS


def _show(found: Verified) -> None:
    out = Console()
    out.print(
        f"{found.entries} entries, {found.samples} samples in {found.blocks} blocks, {found.checkpoints} checkpoints.",
        highlight=False,
        soft_wrap=True,
    )
    for note in found.notes:
        out.print(note, highlight=False, markup=False, soft_wrap=True)
    for problem in found.problems:
        out.print(problem.what, style="bold red", highlight=False, markup=False, soft_wrap=True)
    if found.good:
        out.print(
            f"Everything is as it was written. Last entry: {found.last_entry}:{found.hash}",
            highlight=False,
            soft_wrap=True,
        )
    else:
        out.print(
            "The record is not as it was written. The first thing that is wrong stands first.",
            highlight=False,
            soft_wrap=True,
        )


def _brought(form: str, copy: Path | None, *, as_json: bool) -> int:
    if as_json:
        _print_json({"form": form, "copy": None if copy is None else str(copy)})
    else:
        Console().print(f"The record has the form {form}.", highlight=False, soft_wrap=True)
        if copy is not None:
            Console().print(f"As it was before, it is kept as {copy}", highlight=False, markup=False, soft_wrap=True)
    return OK


def _print_json(found: dict[str, object]) -> None:
    print(msgspec.json.encode(found).decode())
