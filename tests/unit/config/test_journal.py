"""The ``[journal]`` section: for how long what is kept, and where copies go."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from vitalwatch.app import backups_of, policy_of
from vitalwatch.config import BadConfig, load
from vitalwatch.journal.upkeep.compact import Policy
from vitalwatch.journal.upkeep.copier import Backups

CHAIR = '[[chair]]\nid = "1"\n'


def write(folder: Path, journal: str) -> Path:
    path = folder / "clinic.toml"
    path.write_text(f"[journal]\n{journal}\n{CHAIR}", "utf-8")
    return path


def mistakes(path: Path) -> list[tuple[int, str]]:
    with pytest.raises(BadConfig) as caught:
        load(path)
    return [(mistake.line, mistake.reason) for mistake in caught.value.mistakes]


def test_without_a_word_about_it_the_usual_is_kept_and_no_backup_made(tmp_path: Path) -> None:
    config = load(write(tmp_path, ""))
    assert policy_of(config.journal) == Policy(samples=35, waves=7, seconds=400, entries=None)
    assert backups_of(config) is None


def test_what_the_file_says_is_what_is_done(tmp_path: Path) -> None:
    config = load(
        write(
            tmp_path,
            "keep_samples_days = 100\nkeep_waves_days = 1\nkeep_seconds_days = 50\nkeep_entries_days = 3650\n"
            'backup = "copies"\nbackup_at = "23:59"\nbackup_keep = 3',
        )
    )
    assert policy_of(config.journal) == Policy(samples=100, waves=1, seconds=50, entries=3650)
    assert backups_of(config) == Backups(tmp_path / "copies", "clinic", dt.time(23, 59), 3)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("keep_samples_days = 0", 2, "keep_samples_days"),
        ("keep_waves_days = 1.5", 2, "keep_waves_days"),
        ("keep_entries_days = 10", 2, "less than keep_samples_days, which is 35"),
        ("keep_entries_days = 30\nkeep_samples_days = 31", 2, "which is 31"),
        ('backup = "copies"\nbackup_at = "24:00"', 3, "backup_at"),
        ('backup_at = "02:00"', 2, "no place for backups"),
        ("backup_keep = 3", 2, "no place for backups"),
        ('backup = "copies"\nbackup_keep = 0', 3, "backup_keep"),
    ],
)
def test_what_cannot_be_meant_is_named_with_its_line(tmp_path: Path, text: str, line: int, words: str) -> None:
    (found,) = mistakes(write(tmp_path, text))
    assert found[0] == line
    assert words in found[1]
