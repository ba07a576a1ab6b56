"""``/api/v1/record``: what the record tells of any time. Nothing here changes anything."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeAlias

import msgspec
from fastapi import APIRouter, Depends, FastAPI, Query, Response

from vitalwatch.alarms.transition import Priority
from vitalwatch.journal.history.burden import Burden
from vitalwatch.journal.history.curves import MOST, Curves, curves
from vitalwatch.journal.history.deeds import Deed, PastStatus, deeds, statuses
from vitalwatch.journal.history.past_alarms import PastAlarm, alarms
from vitalwatch.journal.history.questions import PastChair, Timeline, alarm_burden, chairs, timeline
from vitalwatch.journal.history.stretch import Stretch
from vitalwatch.journal.record import US
from vitalwatch.journal.store import Store
from vitalwatch.web.archive import ALARMS_D, DAY_S, Archive, From, Span, Until
from vitalwatch.web.refused import own_site
from vitalwatch.web.tables import add_tables

LISTED = 2000
"""Alarms, acts or statuses in one answer at most; the tables have all."""

Points = Annotated[int, Query(ge=10, le=MOST, description="Points of one vital at most.")]
Chair = Annotated[str | None, Query(description="Chair id; empty for the clinic's own alarms; all by default.")]


class Chairs(msgspec.Struct, frozen=True):
    """The chairs of the record; ``now`` in seconds since 1970."""

    now: float
    chairs: list[PastChair]


class Alarms(msgspec.Struct, frozen=True):
    """Alarms that were there between two times (seconds since 1970), oldest first.

    Attributes:
        since: beginning.
        until: end.
        left_off: how many older ones there were too many for one answer.
        alarms: the newest.
    """

    since: float
    until: float
    left_off: int
    alarms: list[PastAlarm]


class Acts(msgspec.Struct, frozen=True):
    """What was done between two times, as :class:`Alarms`."""

    since: float
    until: float
    left_off: int
    acts: list[Deed]


class Statuses(msgspec.Struct, frozen=True):
    """What monitors said of themselves between two times, as :class:`Alarms`."""

    since: float
    until: float
    left_off: int
    statuses: list[PastStatus]


Routes: TypeAlias = dict[str, tuple[Callable[..., Awaitable[Response]], type[msgspec.Struct]]]


def add_history(site: FastAPI, archive: Archive) -> None:
    """Add the routes to the site."""
    record = APIRouter(prefix="/api/v1/record", dependencies=[Depends(own_site)])
    routes = {**_of_chairs(archive), **_lists(archive)}
    for path, (route, struct) in routes.items():
        record.add_api_route(path, route, responses=_described(struct))
    add_tables(record, archive)
    site.include_router(record)
    _name_structs(site, [struct for _, struct in routes.values()])


def _of_chairs(archive: Archive) -> Routes:
    async def get_chairs() -> Response:
        """The chairs of which the record has values, with the first and the last time of each."""
        found = await archive.ask(archive.quick, chairs)
        return _json(Chairs(archive.hub.clock.wall().timestamp(), found))

    async def get_values(chair: str, since: From = None, until: Until = None, points: Points = MOST) -> Response:
        """The values of a chair: by the second up to two hours, by minutes and groups of them beyond."""
        span, newest = archive.span(since, until), archive.newest(chair)

        def read(store: Store) -> Curves:
            archive.see_chair(store, chair)
            return curves(store, chair, *span, points, newest)

        return _json(await archive.ask(archive.quick, read))

    async def get_timeline(chair: str, since: From = None, until: Until = None, points: Points = MOST) -> Response:
        """Values, alarms, acts, statuses and runs of a chair on one axis of time."""
        span, newest = archive.span(since, until), archive.newest(chair)

        def read(store: Store) -> Timeline:
            archive.see_chair(store, chair)
            return timeline(store, chair, *span, points, newest)

        return _json(await archive.ask(archive.quick, read))

    return {
        "/chairs": (get_chairs, Chairs),
        "/chairs/{chair}/values": (get_values, Curves),
        "/chairs/{chair}/timeline": (get_timeline, Timeline),
    }


def _lists(archive: Archive) -> Routes:
    async def get_alarms(
        chair: Chair = None,
        since: From = None,
        until: Until = None,
        condition: str | None = None,
        priority: Priority | None = None,
    ) -> Response:
        """Alarms that were there between two times, each whole, also one that began before or is not over."""
        span = archive.span(since, until, longest_d=ALARMS_D)
        found = await archive.ask(archive.long, lambda store: _alarms(store, span, chair, condition, priority))
        return _json(Alarms(span.since / US, span.until / US, max(0, len(found) - LISTED), found[-LISTED:]))

    async def get_acts(chair: Chair = None, since: From = None, until: Until = None) -> Response:
        """What was done between two times, by whom and why."""
        span = archive.span(since, until, longest_d=ALARMS_D)
        found = await archive.ask(archive.long, lambda store: list(deeds(store, *span, chair)))
        return _json(Acts(span.since / US, span.until / US, max(0, len(found) - LISTED), found[-LISTED:]))

    async def get_statuses(chair: Chair = None, since: From = None, until: Until = None) -> Response:
        """What the monitors said of themselves between two times: sensor off, link lost …"""
        span = archive.span(since, until, longest_d=ALARMS_D)
        found = await archive.ask(archive.long, lambda store: statuses(Stretch(store, *span), chair))
        return _json(Statuses(span.since / US, span.until / US, max(0, len(found) - LISTED), found[-LISTED:]))

    async def get_burden(since: From = None, until: Until = None) -> Response:
        """How much alarming there was: by chair-hour watched, rule, hour and chair; how soon it was answered."""
        span = archive.span(since, until, usual_s=7 * DAY_S, longest_d=ALARMS_D)
        return _json(await archive.ask(archive.long, lambda store: alarm_burden(store, *span)))

    return {
        "/alarms": (get_alarms, Alarms),
        "/acts": (get_acts, Acts),
        "/statuses": (get_statuses, Statuses),
        "/burden": (get_burden, Burden),
    }


def _alarms(
    store: Store, span: Span, chair: str | None, condition: str | None, priority: str | None
) -> list[PastAlarm]:
    """The alarms of a time that are wanted."""
    found = alarms(Stretch(store, *span), chair)
    return [each for each in found if condition in (None, each.condition) and priority in (None, each.priority)]


def _json(answer: msgspec.Struct) -> Response:
    return Response(msgspec.json.encode(answer), media_type="application/json")


# --- the OpenAPI description ------------------------------------------------------------------------------------

_PLACE = "#/components/schemas/{name}"


def _described(struct: type[msgspec.Struct]) -> dict[int | str, dict[str, Any]]:
    schema = {"$ref": _PLACE.format(name=struct.__name__)}
    plain = {"text/plain": {"schema": {"type": "string"}}}
    return {
        200: {"content": {"application/json": {"schema": schema}}, "description": "What the record tells."},
        422: {"content": plain, "description": "A time that is none, or too long a time; the text says which."},
        503: {"content": plain, "description": "The record cannot be read now, or too many ask."},
    }


def _name_structs(site: FastAPI, structs: list[type[msgspec.Struct]]) -> None:
    """Add the forms of the answers to the site's OpenAPI description; FastAPI knows no msgspec."""
    made = site.openapi
    _, forms = msgspec.json.schema_components(structs, ref_template=_PLACE)

    def described() -> dict[str, Any]:
        document = made()
        document.setdefault("components", {}).setdefault("schemas", {}).update(forms)
        return document

    site.openapi = described  # type: ignore[method-assign]
