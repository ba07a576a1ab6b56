"""What the doctor says about one thing."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

Level: TypeAlias = Literal["ok", "warn", "fail"]
"""``fail`` is a problem that keeps the service or a device from working; ``warn`` is worth a look."""


class Finding(msgspec.Struct, frozen=True):
    """One thing that was looked at.

    Attributes:
        part: what kind of thing: ``config``, ``port``, ``recording``, ``broker``, ``disk``, ``clock``, ``versions``,
            ``page``, ``web``, ``fallback``, ``record``.
        subject: which one.
        level: how it is.
        found: what was found, in plain words.
        next_step: what to do; empty when there is nothing to do.
    """

    part: str
    subject: str
    level: Level
    found: str
    next_step: str = ""


def split_advice(reason: str) -> tuple[str, str]:
    """Divide a link's sentence pair into what happened and what to do next."""
    found, dot, advice = reason.partition(". ")
    return (f"{found}.", advice) if dot else (reason, "")
