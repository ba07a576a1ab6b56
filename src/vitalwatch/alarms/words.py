"""How numbers and times read in an alarm's text."""

from __future__ import annotations


def number(value: float | None) -> str:
    """A value as a nurse reads it: whole when it is whole, else one decimal; never rounded across a limit."""
    if value is None:
        return "--"
    return f"{value:.0f}" if value == int(value) else f"{value:.1f}"


def span(seconds: float) -> str:
    """A length of time as ``0:14``, ``12:05`` or ``1:02:03``."""
    whole = max(0, int(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, secs = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{secs:02d}" if hours else f"{minutes}:{secs:02d}"
