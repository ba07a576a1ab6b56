"""Runs a clinic until it is told to end: by Ctrl-C, SIGTERM, or the end of standard input."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import threading
from collections.abc import Coroutine
from typing import Any

from vitalwatch.clock import SystemClock
from vitalwatch_simulators.live import LiveClinic
from vitalwatch_simulators.plan import ClinicPlan


def run(plan: ClinicPlan, *, until_stdin_closes: bool = False, control: str | None = None, view: bool = False) -> None:
    """Run a clinic. Prints ``ready`` when every wire is open, and then where it can be asked.

    Args:
        plan: what runs.
        until_stdin_closes: also end when standard input closes.
        control: where it can be asked over HTTP: ``port`` or ``host:port``.
        view: show it on the terminal instead, and obey what is typed.

    Raises:
        ConfigError: if the plan cannot be carried out, or it cannot be asked there.
        LinkError: if a link cannot be opened.
    """
    asyncio.run(_run(plan, until_stdin_closes, control, view))


async def _run(plan: ClinicPlan, until_stdin_closes: bool, control: str | None, view: bool) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    if until_stdin_closes:
        threading.Thread(target=_wait_for_stdin, args=(loop, stop), name="stdin", daemon=True).start()
    clinic = LiveClinic(plan, SystemClock().wall())
    begun = asyncio.Event()
    tasks = [
        asyncio.create_task(stop.wait(), name="stop"),
        asyncio.create_task(clinic.run(begun.set), name="clinic"),
        asyncio.create_task(_be_open(clinic, begun, control, view), name="face"),
    ]
    try:
        ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in ended:
            task.result()
    finally:
        for task in reversed(tasks):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


async def _be_open(clinic: LiveClinic, begun: asyncio.Event, control: str | None, view: bool) -> None:
    """Say that all is ready, and let people and programs in."""
    listener = _listen(control) if control else None
    await begun.wait()
    faces: list[Coroutine[Any, Any, None]] = []
    if not view:
        print("ready", flush=True)
    if listener is not None:
        if not view:
            host, port = listener.getsockname()[:2]
            print(f"control at http://{f'[{host}]' if ':' in host else host}:{port}/devices", flush=True)
        faces.append(_serve_control(clinic, listener))
    if view:
        from vitalwatch_simulators.terminal import view as show

        faces.append(show(clinic))
    if faces:
        async with asyncio.TaskGroup() as group:
            for face in faces:
                group.create_task(face)
    else:
        await asyncio.Event().wait()


def _listen(control: str) -> socket.socket:
    from vitalwatch.web import bind
    from vitalwatch_simulators.control import parse_address

    return bind(*parse_address(control))


async def _serve_control(clinic: LiveClinic, listener: socket.socket) -> None:
    from vitalwatch.web import make_server
    from vitalwatch_simulators.control import make_control

    server = make_server(make_control(clinic))
    serving = asyncio.create_task(server.serve([listener]), name="control")
    try:
        await asyncio.shield(serving)
    finally:
        server.should_exit = True
        await serving


def _wait_for_stdin(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    # A thread, because a loop cannot watch every kind of standard input (a file, /dev/null). Not an executor's, because
    # the interpreter would wait for it at the end. Not sys.stdin, whose lock a thread must not hold then.
    while os.read(0, 4096):
        pass
    with contextlib.suppress(RuntimeError):  # the loop is already closed: we are ending anyway
        loop.call_soon_threadsafe(stop.set)
