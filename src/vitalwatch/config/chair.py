"""The ``[[chair]]`` sections: the treatment places that are watched."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from vitalwatch.config.section import CuffInterval, Id, Label, ProfileName, Section


class Chair(Section):
    """One treatment place on the dashboard.

    A chair that the config names counts as watched until a named person says otherwise: silence has to be earned.
    """

    id: Id = Field(description="short name of the chair: 1 to 32 letters, digits, . _ or -")
    label: Label | None = Field(
        default=None, description="the chair's name on the screen, 1 to 40 characters; default: its id"
    )
    room: Id | None = Field(default=None, description="id of the room it stands in: 1 to 32 letters, digits, . _ or -")
    profile: ProfileName | None = Field(
        default=None,
        description="built-in alarm profile or path of a .toml file; default: the clinic's profile",
    )
    start: Literal["watched", "empty", "standby"] = Field(
        default="watched",
        description="what the chair is at the start: watched raises alarms, the others do not",
    )
    spo2_nibp_same_limb: bool = Field(
        default=False,
        description="true when cuff and SpO2 sensor sit on one arm: an inflating cuff then stops the pulse",
    )
    nibp_interval_min: CuffInterval | None = Field(
        default=None, description="minutes from one cuff reading to the next, 1 to 60; default: the profile's interval"
    )

    @property
    def title(self) -> str:
        """The chair's name on the screen."""
        return self.label or self.id
