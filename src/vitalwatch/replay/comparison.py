"""What the alarm engine says now, beside what it said then: equal to the byte, or where not. Pure."""

from __future__ import annotations

import hashlib
from collections import deque

import msgspec


class Unlike(msgspec.Struct, frozen=True):
    """The first place at which the two differ; either is empty where the other says more."""

    said: str
    kept: str


class Comparison:
    """Takes both as they come, neither ahead of the other by more than what is said in one moment.

    Attributes:
        said: how many lines were said now.
        kept: how many stand in the record.
        undecided: how many were said now at the very end of a stretch and do not stand in the record: decided, but
            the service ended before they were kept. They are in neither hash.
        unlike: the first difference, if there is one.
    """

    def __init__(self) -> None:
        self.said = self.kept = self.undecided = 0
        self.unlike: Unlike | None = None
        self._said: deque[str] = deque()
        self._kept: deque[str] = deque()
        self._said_hash, self._kept_hash = hashlib.sha256(), hashlib.sha256()

    def say(self, body: str) -> None:
        """A line is said now."""
        self._said.append(body)
        self._match()

    def keep(self, body: str) -> None:
        """A line stands in the record."""
        self._kept.append(body)
        self._match()

    def end(self, newest: int) -> None:
        """A stretch is over: what follows leans on nothing before it.

        Args:
            newest: how many lines were said in its last moment. So many may be missing from the record.
        """
        if not self._kept and len(self._said) <= newest:
            self.undecided += len(self._said)
            self._said.clear()
        while self._said or self._kept:
            self._pair(self._said.popleft() if self._said else "", self._kept.popleft() if self._kept else "")

    @property
    def said_sha256(self) -> str:
        """SHA-256 over what is said now, a line each."""
        return self._said_hash.hexdigest()

    @property
    def kept_sha256(self) -> str:
        """SHA-256 over what stands in the record, a line each."""
        return self._kept_hash.hexdigest()

    def _match(self) -> None:
        while self._said and self._kept:
            self._pair(self._said.popleft(), self._kept.popleft())

    def _pair(self, said: str, kept: str) -> None:
        if said:
            self.said += 1
            self._said_hash.update(f"{said}\n".encode())
        if kept:
            self.kept += 1
            self._kept_hash.update(f"{kept}\n".encode())
        if said != kept and self.unlike is None:
            self.unlike = Unlike(said, kept)
