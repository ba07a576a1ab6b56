"""Who may open the live socket: programs, and pages that this very service gave out."""

from __future__ import annotations

import socket

import pytest

from vitalwatch.web.live import same_site

OWN = socket.gethostname().lower()


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        *((None, "127.0.0.1:8080"), (None, None)),
        *(("http://127.0.0.1:8080", "127.0.0.1:8080"), ("http://localhost:8080", "localhost:8080")),
        *(("http://192.0.2.7:8080", "192.0.2.7:8080"), ("http://[::1]:8080", "[::1]:8080")),
        *(("http://127.0.0.1", "127.0.0.1"), ("https://192.0.2.7", "192.0.2.7")),
        *((f"http://{OWN}:8080", f"{OWN}:8080"), (f"http://{OWN}.local:8080", f"{OWN}.local:8080")),
    ],
)
def test_programs_and_our_own_pages_may(origin: str | None, host: str | None) -> None:
    assert same_site(origin, host)


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        *(("http://stray.example", "127.0.0.1:8080"), ("http://127.0.0.1:9000", "127.0.0.1:8080")),
        *(("http://127.0.0.1", "127.0.0.1:8080"), ("null", "127.0.0.1:8080"), ("", "127.0.0.1:8080")),
        *(("http://127.0.0.1:8080", None), ("http://[::1", "[::1"), ("http://[x]", "[x]")),
    ],
)
def test_other_pages_may_not(origin: str, host: str | None) -> None:
    assert not same_site(origin, host)


def test_a_foreign_name_that_was_bent_to_point_at_this_computer_may_not() -> None:
    """DNS rebinding: origin and host then agree, but the name is not ours."""
    assert not same_site("http://stray.example:8080", "stray.example:8080")
