"""The page: built or not, its port free, ours, or somebody else's."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from vitalwatch.config import Web
from vitalwatch.doctor.page import ask_health, look_at_page, look_at_web


@pytest.fixture
def serve() -> Iterator[Callable[[bytes], Web]]:
    """Serves one answer to everybody on a port of its own."""
    made: list[tuple[HTTPServer, threading.Thread]] = []

    def serve(body: bytes) -> Web:
        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.end_headers()
                self.wfile.write(body if self.path == "/healthz" else b"")

            def log_message(self, *_args: object) -> None:
                """Stay quiet."""

        server = HTTPServer(("127.0.0.1", 0), Answer)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        made.append((server, thread))
        return Web(port=server.server_port)

    yield serve
    for server, thread in made:
        server.shutdown()
        thread.join()
        server.server_close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_a_page_that_was_not_built_is_told_with_the_way_to_build_it(tmp_path: Path) -> None:
    (missing,) = look_at_page(tmp_path)
    assert missing.level == "fail"
    assert "hatch_build.py" in missing.next_step
    (tmp_path / "index.html").touch()
    (built,) = look_at_page(tmp_path)
    assert built.level == "ok"


def test_a_free_port_is_fine_and_left_free() -> None:
    web = Web(port=free_port())
    assert ask_health(web) is None
    for _ in range(2):
        (finding,) = look_at_web(web, None)
        assert finding.level == "ok"


def test_port_0_takes_any() -> None:
    assert ask_health(Web(port=0)) is None
    (finding,) = look_at_web(Web(port=0), None)
    assert finding.level == "ok"


def test_our_own_service_on_the_port_is_fine(serve: Callable[[bytes], Web]) -> None:
    web = serve(b'{"status": "ok", "version": "1.2", "chairs": 8, "devices": 9, "devices_up": 9, "screens": 3}')
    (finding,) = look_at_web(web, ask_health(web))
    assert finding.level == "ok"
    assert "8 chairs, 9 of 9 devices" in finding.found


def test_a_service_that_has_lost_a_device_is_worth_a_look(serve: Callable[[bytes], Web]) -> None:
    web = serve(b'{"status": "ok", "chairs": 8, "devices": 9, "devices_up": 7}')
    (finding,) = look_at_web(web, ask_health(web))
    assert finding.level == "warn"
    assert "7 of 9 devices" in finding.found
    assert finding.next_step


def test_a_service_that_has_stalled_is_told(serve: Callable[[bytes], Web]) -> None:
    web = serve(b'{"status": "stalled", "chairs": 8}')
    (finding,) = look_at_web(web, ask_health(web))
    assert finding.level == "fail"


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"status": "ok"}', b"\xff"])
def test_another_program_on_the_port_is_not_taken_for_us(serve: Callable[[bytes], Web], body: bytes) -> None:
    web = serve(body)
    health = ask_health(web)
    assert health is None
    (finding,) = look_at_web(web, health)
    assert finding.level == "fail"
    assert "another program" in finding.found
    assert finding.next_step


def test_an_address_that_this_computer_has_not_is_told() -> None:
    (finding,) = look_at_web(Web(listen="192.0.2.1", port=8080), None)
    assert finding.level == "fail"


def test_every_network_is_asked_on_this_computer(serve: Callable[[bytes], Web]) -> None:
    web = serve(b'{"status": "ok", "chairs": 1}')
    assert ask_health(Web(listen="0.0.0.0", port=web.port)) is not None
