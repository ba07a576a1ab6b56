"""``/api/v1``: what the page and other programs may ask about chairs and alarms. Nothing here changes anything."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Any

import msgspec
from fastapi import FastAPI, Query, Request, Response

from vitalwatch.alarms.transition import Priority
from vitalwatch.errors import UsageError
from vitalwatch.hub import Hub
from vitalwatch.hub.answers import AlarmRecordView
from vitalwatch.hub.seconds import KEPT_S
from vitalwatch.journal.export import harmless
from vitalwatch.journal.moment import explain_then
from vitalwatch.web.archive import Archive, own_site
from vitalwatch.web.origin import same_site

Ago = Annotated[float, Query(ge=0, le=KEPT_S)]
"""Seconds before now, as far back as is remembered."""


def add_questions(site: FastAPI, hub: Hub, archive: Archive) -> None:
    """Add the routes to the site."""

    async def get_why(request: Request, chair: str, condition: str, at: str | None = None) -> Response:
        """Why a condition of a chair alarms now, or does not: the facts, and a sentence.

        With ``at``, a time of day, the same of that moment of the record, with the changes of state beside it.
        """
        if at is None:
            return _answer(request, lambda: hub.questions.explain(chair, condition))
        own_site(request)
        wall = archive.moment(at)
        then = await archive.ask(archive.long, lambda store: explain_then(store, chair, condition, wall))
        return _answer(request, lambda: then)

    async def get_history(request: Request, chair: str, seconds: Ago = 600, before_s: Ago = 0) -> Response:
        """The values, cuff readings, alarms and marks of a chair, from ``seconds`` ago until ``before_s`` ago."""
        return _answer(request, lambda: hub.questions.chair_history(chair, seconds, before_s))

    async def get_limits(request: Request, chair: str) -> Response:
        """Every limit and delay of a chair that people may set, with the profile's own and the hard range."""
        return _answer(request, lambda: hub.questions.limits(chair))

    async def try_limit(request: Request, chair: str, key: str, value: float) -> Response:
        """Which alarms a limit would start or stop, were it set now."""
        return _answer(request, lambda: hub.questions.try_limit(chair, key, value))

    async def get_alarms(
        request: Request, chair: str | None = None, since_s: Ago = KEPT_S, priority: Priority | None = None
    ) -> Response:
        """The alarms of a chair, or of all, that were there in the last ``since_s`` seconds; oldest first."""
        return _answer(request, lambda: {"now": round(hub.clock.now(), 3), "alarms": found(chair, since_s, priority)})

    async def get_alarms_csv(
        request: Request, chair: str | None = None, since_s: Ago = KEPT_S, priority: Priority | None = None
    ) -> Response:
        """The same as a table, with times of day."""
        return _answer(request, lambda: _table(hub, found(chair, since_s, priority)), "text/csv; charset=utf-8")

    def found(chair: str | None, since_s: float, priority: Priority | None) -> list[AlarmRecordView]:
        records = hub.questions.alarm_records(chair, since_s)
        return [record for record in records if priority in (None, record.priority)]

    site.add_api_route("/api/v1/why", get_why)
    site.add_api_route("/api/v1/chairs/{chair}/history", get_history)
    site.add_api_route("/api/v1/chairs/{chair}/limits", get_limits)
    site.add_api_route("/api/v1/chairs/{chair}/limits/try", try_limit)
    site.add_api_route("/api/v1/alarms", get_alarms)
    site.add_api_route("/api/v1/alarms.csv", get_alarms_csv)


def _answer(request: Request, ask: Callable[[], Any], media_type: str = "application/json") -> Response:
    """Answer this service's own page and programs; a wrong name is a plain sentence."""
    host = request.headers.get("host")
    # A page's own GET names no origin: the host alone tells whether some other site's name was bent to point here.
    if not same_site(request.headers.get("origin") or f"http://{host}", host):
        return Response("This service goes by another name.\n", status_code=403)
    try:
        found = ask()
    except UsageError as error:
        return Response(f"{error}\n", status_code=404)
    body = found if isinstance(found, str) else msgspec.json.encode(found)
    return Response(body, media_type=media_type)


_COLUMNS = (
    *("began_utc", "lasted_s", "over", "chair", "label", "priority", "condition", "text", "value", "peak", "limit"),
    *("limit_source", "delay_s", "acknowledged_by", "acknowledged_after_s"),
)


def _table(hub: Hub, records: list[AlarmRecordView]) -> str:
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(_COLUMNS)
    wall, speed = hub.clock.wall(), hub.clock.speed
    for record in records:
        began = (wall - timedelta(seconds=record.age_s / speed)).isoformat(timespec="seconds")
        shown = {**msgspec.structs.asdict(record), "began_utc": began, "acknowledged_by": record.seen_by}
        shown |= {"acknowledged_after_s": record.seen_after_s, "over": "yes" if record.over else "no"}
        table.writerow(harmless(shown[column]) for column in _COLUMNS)
    return text.getvalue()
