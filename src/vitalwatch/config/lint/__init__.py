"""Clinical lint: what a sound clinic file should not be like. Warnings, with places; nothing here stops a start.

Each rule is a generator over :class:`Facts`. A new rule is one function and one row in the ``RULES`` of its module.
"""

from __future__ import annotations

from vitalwatch.config.lint import chairs, links, profiles
from vitalwatch.config.lint.facts import Facts
from vitalwatch.config.lint.profiles import lint_profile
from vitalwatch.config.load import Examined
from vitalwatch.errors import ConfigError

__all__ = ["lint", "lint_profile"]


def lint(examined: Examined) -> list[ConfigError]:
    """All warnings about a file without mistakes; none about one that has any."""
    if examined.config is None:
        return []
    facts = Facts(examined.config, examined)
    return [warning for rule in (*chairs.RULES, *links.RULES, *profiles.RULES) for warning in rule(facts)]
