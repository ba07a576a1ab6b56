"""Binding the page's address: what cannot be, said in a plain sentence with the next step."""

from __future__ import annotations

import errno
import socket

import pytest

from vitalwatch.errors import ConfigError
from vitalwatch.web.server import bind


def test_port_0_takes_any_free_port_and_small_frames_leave_at_once() -> None:
    with bind("127.0.0.1", 0) as listener:
        assert listener.getsockname()[1] > 0
        assert listener.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        with socket.create_connection(listener.getsockname()):
            pass


def test_a_port_that_is_taken_is_named_with_what_to_do() -> None:
    with bind("127.0.0.1", 0) as taken, pytest.raises(ConfigError) as error:
        bind("127.0.0.1", taken.getsockname()[1])
    assert str(taken_port := error.value).startswith("Port ")
    assert "another program" in taken_port.reason
    assert taken_port.hint
    assert taken_port.key == "web.listen"


def test_an_address_of_another_computer_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"no network address 192\.0\.2\.1"):
        bind("192.0.2.1", 0)


@pytest.mark.parametrize(("number", "word"), [(errno.EACCES, "administrator"), (errno.ENOBUFS, "cannot be served")])
def test_every_other_refusal_of_the_system_is_explained_too(
    monkeypatch: pytest.MonkeyPatch, number: int, word: str
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(number, "the system's own words")

    monkeypatch.setattr(socket.socket, "bind", refuse)
    with pytest.raises(ConfigError, match=word):
        bind("127.0.0.1", 80)


def test_an_ipv6_address_can_be_listened_on() -> None:
    try:
        listener = bind("::1", 0)
    except ConfigError as error:
        pytest.skip(f"this computer has no IPv6: {error}")
    with listener:
        assert listener.family == socket.AF_INET6
