"""The ``[[person]]`` sections: who works here, so that acts carry a name."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from vitalwatch.config.section import Id, Label, Section


class Person(Section):
    """One person of the staff. Nothing secret stands here."""

    id: Id = Field(description="short name of the person: 1 to 32 letters, digits, . _ or -")
    name: Label = Field(description="the person's name on the screen and in the record, 1 to 40 characters")
    role: Literal["nurse", "clinician", "technician", "therapist"] = Field(
        description="what the person does here: nurse, clinician, technician or therapist"
    )
