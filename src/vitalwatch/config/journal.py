"""The ``[journal]`` section: where the record is kept, for how long, and where copies of it go."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator

from vitalwatch.config.broker import FileName
from vitalwatch.config.section import Section

_Days = Annotated[int, Field(ge=1, le=36500, json_schema_extra={"unit": "days"})]

_FILE = re.compile(r"sqlite:///[^?#]+")
_SERVER = re.compile(r"postgresql://([^:@/\s]+@)?[^@\s]*/[^/?#\s]+(\?[^\s]*)?")


class Keeping(Section):
    """For how long what is kept, and when copies are made."""

    keep_samples_days: _Days = Field(
        default=35, description="how long every sample is kept, for replay and back-test; curves of minutes stay"
    )
    keep_waves_days: _Days = Field(default=7, description="how long curves (pleth) are kept")
    keep_seconds_days: _Days = Field(
        default=400, description="how long values are kept by the second; the lowest, highest and mean of a minute stay"
    )
    keep_entries_days: _Days | None = Field(
        default=None,
        description="how long alarms, acts, cuff readings and minutes are kept, at least as long as samples; for good "
        "if not given",
    )
    backup_at: Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")] = Field(
        default="02:30", description="time of day of the backup, HH:MM by the computer's own time zone"
    )
    backup_keep: Annotated[int, Field(ge=1, le=1000)] = Field(
        default=14, description="how many backups are kept; older ones are taken away"
    )


class Journal(Keeping):
    """Where everything that happens is kept."""

    url: Annotated[str, Field(max_length=400)] | None = Field(
        default=None,
        description="sqlite:///FILE, relative to this file, or postgresql://USER@HOST/DATABASE; by default a file "
        "beside this one, with its name and .journal.db",
    )
    password_file: FileName | None = Field(
        default=None, description="file that holds the password of the PostgreSQL user and nothing else"
    )
    password_env: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,99}$",
        description="environment variable of the service that holds that password: letters, digits and _",
    )
    backup: FileName | None = Field(
        default=None,
        description="folder for a copy of the record each day, best on another disk; it must be there",
    )

    @field_validator("url")
    @classmethod
    def _is_a_database(cls, url: str | None) -> str | None:
        if url is None or _FILE.fullmatch(url) or _SERVER.fullmatch(url):
            return url
        if re.fullmatch(r"[a-z+]*://[^/@]*:[^/@]*@.*", url):
            raise ValueError("url holds no password: it is shown and logged. Write password_file = ... on its own line")
        raise ValueError(
            f'url = "{url}" is not a place for the record. For example sqlite:///vitalwatch.db, or '
            "postgresql://vitalwatch@localhost/vitalwatch"
        )


class JournalPlace(BaseModel):
    """The record's place, with its secret read, and how it is kept.

    Attributes:
        url: as the file has it, or the default; a relative SQLite file is meant from the clinic file's folder.
        password: the secret itself; kept out of every text that is made of this.
        backup: folder of the daily copies; ``None`` when none are made.
        keeping: for how long what is kept, and when copies are made.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str
    password: str | None = Field(default=None, repr=False, exclude=True)
    backup: Path | None = None
    keeping: Keeping = Keeping()
