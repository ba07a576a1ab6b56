"""A back-test in a process of its own, for the service: ``python -m vitalwatch.replay.in_child``.

It reads one :class:`Wish` as a line of JSON from standard input, and writes lines of JSON: ``{"done": 0.4}`` now and
then, and at the end ``{"result": …}`` or ``{"error": "…"}``. It gives way to everything else on the computer.
"""

from __future__ import annotations

import sys
from typing import Any, Final

import msgspec
from sqlalchemy.engine import make_url

from vitalwatch.children import work_in_background
from vitalwatch.errors import VitalWatchError
from vitalwatch.journal.store import Store
from vitalwatch.replay.exchange import with_limit
from vitalwatch.replay.record_backtest import RecordBacktest
from vitalwatch.replay.span import span_of

LISTED: Final = 200
"""Alarms of each sort that are listed one by one, the newest; all are counted."""

STEP: Final = 0.005
"""The part of the whole after which it says again how far it has come."""


class Wish(msgspec.Struct, frozen=True):
    """What is to be tried.

    Attributes:
        url: of the record, with its password: hence not on the command line.
        parent: process id of the service.
        since: µs since 1970.
        key: the limit or delay, ``limits.spo2_low``.
        value: its other value.
    """

    url: str
    parent: int
    since: int
    key: str
    value: float


def main() -> None:
    """Do what is asked on standard input."""
    wish = msgspec.json.decode(sys.stdin.readline(), type=Wish)
    work_in_background(wish.parent)
    try:
        _say({"result": _run(wish)})
    except VitalWatchError as error:
        _say({"error": str(error)})


def _run(wish: Wish) -> dict[str, Any]:
    with Store.open(make_url(wish.url)) as store:
        span = span_of(store, wish.since, None)
        run = RecordBacktest(
            store,
            span,
            ("the limits of then", lambda profile: profile),
            (f"{wish.key} {wish.value:g}", with_limit(wish.key, wish.value)),
        )
        length, said = max(1, span.end - span.start.at), 0.0

        def moved(at: int) -> None:
            nonlocal said
            done = (at - span.start.at) / length
            if done >= said + STEP:
                said = done
                _say({"done": round(done, 3)})

        result = run.result(run.run(moved))
    for name, part in result["difference"].items():
        if name != "same":
            result["difference"][name] = {"count": len(part), "alarms": part[-LISTED:]}
    return result


def _say(what: dict[str, Any]) -> None:
    print(msgspec.json.encode(what).decode(), flush=True)


if __name__ == "__main__":
    main()
