"""The ``[[room]]`` sections: the rooms that chairs stand in."""

from __future__ import annotations

from pydantic import Field

from vitalwatch.config.section import Id, Label, Section


class Room(Section):
    """One room. Optional: without any ``[[room]]`` the rooms are those that the chairs name."""

    id: Id = Field(description="short name of the room: 1 to 32 letters, digits, . _ or -")
    label: Label | None = Field(
        default=None, description="the room's name on the screen, 1 to 40 characters; default: its id"
    )

    @property
    def title(self) -> str:
        """The room's name on the screen."""
        return self.label or self.id
