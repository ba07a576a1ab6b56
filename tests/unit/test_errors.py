"""Deliberate errors: one tree, with data in fields and a text for people."""

from __future__ import annotations

from pathlib import Path

import pytest

from vitalwatch.errors import ConfigError, DecodeError, DeviceError, LinkError, UsageError, VitalWatchError


def test_every_deliberate_error_can_be_caught_as_one() -> None:
    errors = [
        ConfigError("x"),
        LinkError("x", url="loop://a"),
        DecodeError("x", protocol="p"),
        DeviceError("x", code="E1", advice="y"),
        UsageError("x"),
    ]
    assert all(isinstance(error, VitalWatchError) for error in errors)


@pytest.mark.parametrize(
    ("line", "column", "text"),
    [(14, 3, "clinic.toml:14:3: no such key. Remove it."), (0, 0, "clinic.toml: no such key. Remove it.")],
)
def test_a_config_error_names_the_place_as_far_as_it_is_known(line: int, column: int, text: str) -> None:
    error = ConfigError("no such key.", file=Path("clinic.toml"), line=line, column=column, hint="Remove it.")
    assert str(error) == text


def test_a_config_error_without_a_file_is_its_reason_alone() -> None:
    assert str(ConfigError("Port 80 is taken.")) == "Port 80 is taken."


def test_a_link_error_can_pass_by_itself_unless_it_says_otherwise() -> None:
    assert LinkError("cable out", url="serial:///dev/ttyS0").transient
    assert not LinkError("wrong password", url="mqtt://b/t", transient=False).transient


def test_a_decode_error_shows_rule_place_and_bytes() -> None:
    error = DecodeError("no checksum", protocol="masimo", offset=7, excerpt=b"\x00ab")
    assert (error.protocol, error.offset, error.excerpt) == ("masimo", 7, b"\x00ab")
    assert all(part in str(error) for part in ("masimo", "no checksum", "7", "ab"))
