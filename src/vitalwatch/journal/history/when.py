"""Times of day as people write them, for questions to the record. Pure."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final

from vitalwatch.errors import UsageError
from vitalwatch.journal.record import US

_AGO: Final = re.compile(r"(\d{1,5}(?:\.\d+)?)([smhd])")
_SECONDS: Final = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def when(text: str, now: datetime) -> int:
    """Read a time of day.

    Args:
        text: ISO 8601, in this computer's time zone unless it names another: ``2026-11-22T10:42``; seconds since 1970;
            or how long ago: ``90s``, ``15m``, ``8h``, ``30d``.
        now: the time of day, with its zone.

    Returns:
        µs since 1970.

    Raises:
        UsageError: if it is none of these; the text is for the person.
    """
    text = text.strip()
    ago = _AGO.fullmatch(text)
    if ago:
        return _us(now - timedelta(seconds=float(ago[1]) * _SECONDS[ago[2]]))
    if re.fullmatch(r"\d{8,11}(\.\d+)?", text):
        return round(float(text) * US)
    try:
        return _us(datetime.fromisoformat(text).astimezone())
    except (ValueError, OverflowError, OSError):
        raise UsageError(f'"{text}" is no time: write 2026-11-22T10:42, or 8h or 30d for so long ago') from None


def _us(moment: datetime) -> int:
    return round(moment.timestamp() * US)
