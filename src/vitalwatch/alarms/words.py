"""How numbers and times read in an alarm's text."""

from __future__ import annotations


def number(value: float | None) -> str:
    """A value as a nurse reads it: whole when it is whole, else one decimal.

    A value that is not whole never reads as a whole number, which could be the limit that it is past: 89.97 keeps its
    second decimal.
    """
    if value is None:
        return "--"
    if value == int(value):
        return f"{value:.0f}"
    texts = (f"{value:.{decimals}f}" for decimals in range(1, 7))
    return next((text for text in texts if float(text) != int(float(text))), f"{value:.6f}")


def span(seconds: float) -> str:
    """A length of time as ``0:14``, ``12:05`` or ``1:02:03``."""
    whole = max(0, int(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, secs = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{secs:02d}" if hours else f"{minutes}:{secs:02d}"
