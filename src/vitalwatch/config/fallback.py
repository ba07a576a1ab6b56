"""The ``[fallback]`` section: how the service itself calls somebody when no screen can be relied on."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_validator

from vitalwatch.config.section import Section

_Word = Annotated[str, Field(max_length=400, pattern=r"^[^\x00-\x1f\x7f]+$")]


class Fallback(Section):
    """How to call somebody when an alarm has reached no screen, no screen is there, or the service is at fault."""

    sound: bool = Field(
        default=False,
        description="true: a loud burst from this computer every 10 s, through aplay or paplay, else a terminal's bell",
    )
    command: Annotated[tuple[_Word, ...], Field(max_length=20)] = Field(
        default=(),
        description="program with its full path, and its first arguments, run each minute; condition and chair are "
        "added after them",
    )

    @field_validator("command")
    @classmethod
    def _is_a_full_path(cls, command: tuple[str, ...]) -> tuple[str, ...]:
        """Refuse a bare name: which program it stands for would depend on who starts the service."""
        if command and not command[0].startswith("/"):
            raise ValueError(
                f'command begins with "{command[0]}". Write the full path of the program, for example '
                "/usr/local/bin/call-nurse; it is run without a shell"
            )
        return command

    @property
    def any(self) -> bool:
        """Whether there is a way to call somebody."""
        return self.sound or bool(self.command)
