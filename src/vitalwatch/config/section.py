"""What all sections of a config file have in common: strictness, and the words that several of them use."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Section(BaseModel):
    """Base of every section: unknown keys are refused, nothing is coerced, nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$")]
"""A short name that can stand in an address, a log line and a metric: 1 to 32 letters, digits, ``.``, ``_``, ``-``."""

Label = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[^\x00-\x1f\x7f]+$")]
"""Text for people on one line of a screen, in any language."""

ProfileName = Annotated[str, Field(min_length=1, max_length=200)]
"""Name of a built-in profile, or the path of a ``.toml`` file, relative to the file that names it."""

CuffInterval = Annotated[float, Field(ge=1, le=60, json_schema_extra={"unit": "min"})]
"""Minutes from one cuff reading to the next. After 60 minutes a reading is no longer shown."""
