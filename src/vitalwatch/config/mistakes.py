"""All mistakes of a config at once, each with its place."""

from __future__ import annotations

from collections.abc import Iterable

from vitalwatch.errors import ConfigError


class BadConfig(ConfigError):  # noqa: N818 - reads as what it is: a config, and a bad one
    """A config that cannot be used, with everything that is wrong in it.

    Its own fields are those of the first mistake; its text lists all, one a line, as
    ``file:line:column: reason hint``.

    Args:
        mistakes: at least one; sorted here by file, line and column.
    """

    def __init__(self, mistakes: Iterable[ConfigError]) -> None:
        self.mistakes: tuple[ConfigError, ...] = tuple(
            sorted(mistakes, key=lambda m: (str(m.file or ""), m.line, m.column, m.reason))
        )
        first = self.mistakes[0]
        super().__init__(
            first.reason, file=first.file, line=first.line, column=first.column, key=first.key, hint=first.hint
        )

    def __str__(self) -> str:
        return "\n".join(str(mistake) for mistake in self.mistakes)
