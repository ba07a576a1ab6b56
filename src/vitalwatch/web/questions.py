"""``/api/v1``: what the page and other programs may ask about chairs and alarms. Nothing here changes anything."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, FastAPI, Query, Response

from vitalwatch.alarms.transition import Priority
from vitalwatch.errors import UsageError
from vitalwatch.hub import Hub
from vitalwatch.hub.answers import AlarmRecordView
from vitalwatch.hub.seconds import KEPT_S
from vitalwatch.journal.history.export import harmless
from vitalwatch.journal.history.moment import explain_then
from vitalwatch.web.archive import Answer, Archive
from vitalwatch.web.refused import RefusedError, own_site

Ago = Annotated[float, Query(ge=0, le=KEPT_S)]
"""Seconds before now, as far back as is remembered."""


def add_questions(site: FastAPI, hub: Hub, archive: Archive) -> None:
    """Add the routes to the site."""

    async def get_why(chair: str, condition: str, at: str | None = None) -> Response:
        """Why a condition of a chair alarms now, or does not: the facts, and a sentence.

        With ``at``, a time of day, the same of that moment of the record, with the changes of state beside it.
        """
        if at is None:
            return _json(_known(lambda: hub.questions.explain(chair, condition)))
        wall = archive.moment(at)
        return _json(await archive.ask(archive.long, lambda store: explain_then(store, chair, condition, wall)))

    async def get_history(chair: str, seconds: Ago = 600, before_s: Ago = 0) -> Response:
        """The values, cuff readings, alarms and marks of a chair, from ``seconds`` ago until ``before_s`` ago."""
        return _json(_known(lambda: hub.questions.chair_history(chair, seconds, before_s)))

    async def get_limits(chair: str) -> Response:
        """Every limit and delay of a chair that people may set, with the profile's own and the hard range."""
        return _json(_known(lambda: hub.questions.limits(chair)))

    async def try_limit(chair: str, key: str, value: float) -> Response:
        """Which alarms a limit would start or stop, were it set now."""
        return _json(_known(lambda: hub.questions.try_limit(chair, key, value)))

    async def get_alarms(chair: str | None = None, since_s: Ago = KEPT_S, priority: Priority | None = None) -> Response:
        """The alarms of a chair, or of all, that were there in the last ``since_s`` seconds; oldest first."""
        return _json({"now": round(hub.clock.now(), 3), "alarms": found(chair, since_s, priority)})

    async def get_alarms_csv(
        chair: str | None = None, since_s: Ago = KEPT_S, priority: Priority | None = None
    ) -> Response:
        """The same as a table, with times of day."""
        return Response(_table(hub, found(chair, since_s, priority)), media_type="text/csv; charset=utf-8")

    def found(chair: str | None, since_s: float, priority: Priority | None) -> list[AlarmRecordView]:
        records = _known(lambda: hub.questions.alarm_records(chair, since_s))
        return [record for record in records if priority in (None, record.priority)]

    router = APIRouter(prefix="/api/v1", dependencies=[Depends(own_site)])
    router.add_api_route("/why", get_why)
    router.add_api_route("/chairs/{chair}/history", get_history)
    router.add_api_route("/chairs/{chair}/limits", get_limits)
    router.add_api_route("/chairs/{chair}/limits/try", try_limit)
    router.add_api_route("/alarms", get_alarms)
    router.add_api_route("/alarms.csv", get_alarms_csv)
    site.include_router(router)


def _known(ask: Callable[[], Answer]) -> Answer:
    """What the hub answers; a chair or condition that it does not know is refused in its own words."""
    try:
        return ask()
    except UsageError as error:
        raise RefusedError(404, str(error)) from error


def _json(answer: Any) -> Response:
    return Response(msgspec.json.encode(answer), media_type="application/json")


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
