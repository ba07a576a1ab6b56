"""``vitalwatch-sim``: simulated bedside monitors from the command line."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Final

import typer

from vitalwatch.clock import SystemClock
from vitalwatch.errors import ConfigError, LinkError
from vitalwatch_simulators.clinic import DEVICES, ClinicPlan, DevicePlan, build, load_plan
from vitalwatch_simulators.patient import STORIES
from vitalwatch_simulators.serve import serve

HELP: Final = """Simulated bedside monitors that speak the real protocols, for demos and tests.

Runs until Ctrl-C. Prints "ready" when every device can be reached.

Examples:

  vitalwatch-sim nellcor --link pty:/tmp/chair-1 --story desaturation

  vitalwatch-sim json-cuff --link mqtt://127.0.0.1:1883/chair/1/cuff --story ketamine --speed 60

  vitalwatch-sim clinic plan.json

Stories:

""" + "\n\n".join(f"  {name}: {story.summary}" for name, story in STORIES.items())

app = typer.Typer(help=HELP, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

Link = Annotated[str, typer.Option(help="Where it speaks: pty:PATH or mqtt://host:port/topic.")]
StoryName = Annotated[str, typer.Option(help=f"What happens to the person: {', '.join(STORIES)}.")]
Seed = Annotated[int, typer.Option(help="Who the person is; the same seed is the same person.")]
Speed = Annotated[float, typer.Option(min=0.001, help="Simulated seconds in one real second.")]
Name = Annotated[str, typer.Option("--id", help="The device's name for itself, if its protocol says one.")]
Interval = Annotated[
    float | None, typer.Option(min=26, help="Seconds between two readings of a cuff; 300 if not said.")
]
UntilStdinCloses = Annotated[
    bool,
    typer.Option(
        "--until-stdin-closes", help="End when standard input closes, so as to die with the program that started this."
    ),
]


def _command(device: str) -> Callable[..., None]:
    def command(
        link: Link,
        story: StoryName = "quiet",
        seed: Seed = 1,
        speed: Speed = 1.0,
        name: Name = "",
        interval: Interval = None,
        until_stdin_closes: UntilStdinCloses = False,
    ) -> None:
        plan = DevicePlan(device, link, name, story, seed, interval)
        _run(ClinicPlan([plan], speed), until_stdin_closes)

    return command


for _name, _kind in DEVICES.items():
    app.command(_name, help=f"Simulate {_kind.summary}.")(_command(_name))


@app.command()
def clinic(
    plan: Annotated[Path, typer.Argument(help="JSON file that lists the devices; see the simulators' README.")],
    until_stdin_closes: UntilStdinCloses = False,
) -> None:
    """Run all the devices of a plan in one process."""
    try:
        devices = load_plan(plan)
    except ConfigError as error:
        raise _cannot_run(error) from error
    _run(devices, until_stdin_closes)


def main() -> None:
    """Run the command line; the entry point of ``vitalwatch-sim``."""
    app()


def _run(plan: ClinicPlan, until_stdin_closes: bool) -> None:
    try:
        asyncio.run(_serve_until_stopped(plan, until_stdin_closes))
    except (ConfigError, LinkError) as error:
        raise _cannot_run(error) from error


def _cannot_run(error: Exception) -> typer.Exit:
    where = f"{error.key}: " if isinstance(error, ConfigError) and error.key else ""
    typer.echo(f"vitalwatch-sim: {where}{error}", err=True)
    return typer.Exit(2)


async def _serve_until_stopped(plan: ClinicPlan, until_stdin_closes: bool) -> None:
    """Run a plan until Ctrl-C, SIGTERM, or, if asked for, the end of standard input."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    if until_stdin_closes:
        threading.Thread(target=_wait_for_stdin, args=(loop, stop), name="stdin", daemon=True).start()
    stations = build(plan.devices, SystemClock().wall())
    serving = asyncio.create_task(serve(stations, speed=plan.speed, ready=lambda: print("ready", flush=True)))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    serving.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await serving


def _wait_for_stdin(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    # A thread, because a loop cannot watch every kind of standard input (a file, /dev/null). Not an executor's, because
    # the interpreter would wait for it at the end. Not sys.stdin, whose lock a thread must not hold then.
    while os.read(0, 4096):
        pass
    with contextlib.suppress(RuntimeError):  # the loop is already closed: we are ending anyway
        loop.call_soon_threadsafe(stop.set)
