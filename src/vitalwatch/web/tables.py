"""``/api/v1/record/*.csv`` and ``*.parquet``: the record as tables for other programs."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

from fastapi import APIRouter, Query, Response
from fastapi.responses import FileResponse, StreamingResponse
from starlette.background import BackgroundTask

from vitalwatch.journal.history import export
from vitalwatch.journal.history.deeds import deeds
from vitalwatch.journal.history.export import Row
from vitalwatch.journal.history.past_alarms import alarms
from vitalwatch.journal.history.questions import chairs
from vitalwatch.journal.history.stretch import Stretch
from vitalwatch.web.archive import ALARMS_D, LONGEST_D, Archive, From, Until
from vitalwatch.web.refused import RefusedError

SECONDS_D = 7
"""Days of which every second may be asked for at once."""

Form: TypeAlias = Literal["csv", "parquet"]
Chair = Annotated[str | None, Query(description="Chair id; all by default.")]
Resolution = Annotated[Literal["second", "minute"], Query(description="A row for each second with a value, or minute.")]

Parts: TypeAlias = Iterator[Iterable[Row]]


def add_tables(record: APIRouter, archive: Archive) -> None:
    """Add the routes to the router of the record."""

    async def get_values(
        form: Form, chair: Chair = None, since: From = None, until: Until = None, resolution: Resolution = "minute"
    ) -> Response:
        """Values and cuff readings, chair by chair."""
        by_second = resolution == "second"
        span = archive.span(since, until, longest_d=SECONDS_D if by_second else LONGEST_D)
        known = await archive.ask(archive.quick, chairs)
        wanted = [each.id for each in known if chair in (None, each.id)]
        parts = export.values(archive.open, wanted, *span, by_second=by_second)
        return await _table(archive, "values", form, export.VALUES, parts)

    async def get_alarms(form: Form, chair: Chair = None, since: From = None, until: Until = None) -> Response:
        """Alarms, oldest first; each whole, also one that began before or is not over."""
        span = archive.span(since, until, longest_d=ALARMS_D)
        found = await archive.ask(archive.long, lambda store: alarms(Stretch(store, *span), chair))
        return await _table(archive, "alarms", form, export.ALARMS, iter([export.alarm_rows(found)]))

    async def get_acts(form: Form, chair: Chair = None, since: From = None, until: Until = None) -> Response:
        """What was done, by whom and why, oldest first."""
        span = archive.span(since, until, longest_d=ALARMS_D)
        found = await archive.ask(archive.long, lambda store: list(deeds(store, *span, chair)))
        return await _table(archive, "acts", form, export.ACTS, iter([export.act_rows(found)]))

    for name, route in (("values", get_values), ("alarms", get_alarms), ("acts", get_acts)):
        record.add_api_route(f"/{name}.{{form}}", route)


async def _table(archive: Archive, name: str, form: Form, columns: Mapping[str, type], parts: Parts) -> Response:
    if form == "parquet":
        return await _parquet(archive, name, columns, parts)
    archive.tables.see_room()
    headers = {"content-disposition": f'attachment; filename="{name}.csv"'}
    text = _in_threads(archive, export.as_csv(columns, parts))
    return StreamingResponse(text, media_type="text/csv; charset=utf-8", headers=headers)


async def _in_threads(archive: Archive, parts: Iterator[str]) -> AsyncIterator[str]:
    """Each part made in a thread when the one before has been taken."""
    async with archive.tables.turn():
        while (part := await asyncio.to_thread(next, parts, None)) is not None:
            yield part


async def _parquet(archive: Archive, name: str, columns: Mapping[str, type], parts: Parts) -> Response:
    try:
        async with archive.tables.turn():
            file = await asyncio.to_thread(_written, columns, parts)
    except ImportError:
        text = 'Parquet needs a part that is not installed here: pip install "vitalwatch[parquet]". CSV needs nothing.'
        raise RefusedError(501, text) from None
    return FileResponse(file, filename=f"{name}.parquet", background=BackgroundTask(file.unlink))


def _written(columns: Mapping[str, type], parts: Parts) -> Path:
    """A file of its own with the table; nothing is left when that fails."""
    with tempfile.NamedTemporaryFile(prefix="vitalwatch-", suffix=".parquet", delete=False) as made:
        file = Path(made.name)
    try:
        export.write_parquet(columns, parts, file)
    except BaseException:
        file.unlink()
        raise
    return file
