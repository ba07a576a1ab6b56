"""What a simulator says of a wire that is lost: one line on standard error when it goes, one when it comes."""

from __future__ import annotations

import sys
from typing import Final

from vitalwatch_simulators.links import Link

RETRY_S: Final = 1.0
"""Real seconds between two tries to get a lost wire back."""


def note(link: Link, what: str) -> None:
    """Say something about a link on standard error."""
    print(f"vitalwatch-sim: {link}: {what}", file=sys.stderr, flush=True)


class Outage:
    """Whether a link is lost, said once for each loss.

    Args:
        link: the link.
        whom: whom it leads to, for people: "the broker".
    """

    def __init__(self, link: Link, whom: str) -> None:
        self.lasts = False
        self._link = link
        self._whom = whom

    def begin(self, reason: object) -> None:
        """It is lost, or still is."""
        if not self.lasts:
            self.lasts = True
            note(self._link, f"{self._whom} cannot be reached ({reason}); trying again")

    def end(self) -> None:
        """It is there."""
        if self.lasts:
            self.lasts = False
            note(self._link, f"{self._whom} is there")
