"""``vitalwatch-sim``: simulated bedside monitors from the command line."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Final, NoReturn

import typer

from vitalwatch.errors import ConfigError, VitalWatchError
from vitalwatch_simulators.clinic import DEVICES, DevicePlan, has_cuff
from vitalwatch_simulators.plan import ChairPlan, ClinicPlan, load_plan
from vitalwatch_simulators.run import run
from vitalwatch_simulators.scenario import Scenario, load_scenario, scenario_names

FOUND_PROBLEMS: Final = 1
CANNOT_RUN: Final = 2

HELP: Final = """Simulated bedside monitors that speak the real protocols, for demos and tests.

Runs until Ctrl-C. Prints "ready" when every port is open, every broker has answered, and every host was dialled once.

Examples:

  vitalwatch-sim nellcor --link pty:/tmp/chair-1 --scenario desaturation

  vitalwatch-sim hl7 --link tcp://127.0.0.1:2575

  vitalwatch-sim json-cuff --link mqtt://127.0.0.1:1883/chair/1/cuff --scenario ketamine --speed 60

  vitalwatch-sim clinic plan.toml --view

  vitalwatch-sim rehearse desaturation

What can happen to the person:  vitalwatch-sim scenarios
"""

app = typer.Typer(help=HELP, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

Link = Annotated[str, typer.Option(help="Where it speaks; what fits the device is named above.")]
ScenarioName = Annotated[
    str, typer.Option("--scenario", help="What happens: a name (see the command scenarios), or a file ending in .toml.")
]
Seed = Annotated[int | None, typer.Option(help="Who the person is; the scenario says it if this does not.")]
Speed = Annotated[float, typer.Option(min=0.001, help="Simulated seconds in one real second.")]
Name = Annotated[str, typer.Option("--id", help="The device's name for itself, if its protocol says one.")]
Interval = Annotated[
    float | None, typer.Option(min=26, help="Seconds between two readings of a cuff; the scenario's if not said.")
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
        scenario: ScenarioName = "quiet",
        seed: Seed = None,
        speed: Speed = 1.0,
        name: Name = "",
        interval: Interval = None,
        until_stdin_closes: UntilStdinCloses = False,
    ) -> None:
        try:
            chair = _alone(device, link, scenario, seed, name, interval)
            run(ClinicPlan((chair,), speed, chair.seed), until_stdin_closes=until_stdin_closes)
        except VitalWatchError as error:
            _stop(error)

    return command


def _alone(device: str, link: str, named: str, seed: int | None, name: str, interval: float | None) -> ChairPlan:
    """A chair with one device."""
    scenario = load_scenario(named)
    seed = scenario.seed if seed is None else seed
    if interval is not None and not has_cuff(device):
        raise ConfigError(f"A {device} has no cuff whose interval can be set.", hint="Leave --interval out.")
    interval = interval or scenario.nibp_interval
    plan = DevicePlan(device, link, name or f"{device}-{seed}", interval if has_cuff(device) else None)
    return ChairPlan("1", scenario, seed, {device: plan}, named)


for _name, _kind in DEVICES.items():
    _forms = ", ".join(link.form for link in _kind.links)
    app.command(_name, help=f"Simulate {_kind.summary}.\n\nSpeaks on {_forms}.")(_command(_name))


@app.command(epilog="Example:  vitalwatch-sim clinic plan.toml --control 8099")
def clinic(
    plan: Annotated[Path, typer.Argument(help="TOML file with the chairs and their devices.", show_default=False)],
    control: Annotated[
        str | None, typer.Option(metavar="[HOST:]PORT", help="Be asked over HTTP here; this computer only by default.")
    ] = None,
    view: Annotated[
        bool, typer.Option("--view", help="Show everything on the terminal, and obey what is typed.")
    ] = False,
    until_stdin_closes: UntilStdinCloses = False,
) -> None:
    """Run all the devices of a plan in one process."""
    if view and (until_stdin_closes or not (sys.stdin.isatty() and sys.stdout.isatty())):
        _stop(ConfigError("--view needs a terminal to show on and to type at.", hint="Leave it out, or use --control."))
    try:
        run(load_plan(plan), until_stdin_closes=until_stdin_closes, control=control, view=view)
    except VitalWatchError as error:
        _stop(error)


@app.command()
def scenarios(as_json: Annotated[bool, typer.Option("--json", help="Write one JSON object.")] = False) -> None:
    """List the scenarios that come with VitalWatch."""
    try:
        found = {name: load_scenario(name).summary for name in scenario_names()}
    except VitalWatchError as error:
        _stop(error)
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
    else:
        width = max(map(len, found))
        for name, summary in found.items():
            typer.echo(f"{name:{width}}  {summary}")


@app.command(epilog="Example:  vitalwatch-sim rehearse desaturation our-own.toml --json")
def rehearse(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME|FILE]...", help="All that come with VitalWatch if none.", show_default=False),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write one JSON object.")] = False,
    seed: Seed = None,
) -> None:
    """Play scenarios through the real service as fast as it goes; exit code 1 if an expectation was not met."""
    from vitalwatch_simulators import rehearsals

    try:
        met = rehearsals.rehearse_all(names or scenario_names(), seed, as_json=as_json)
    except VitalWatchError as error:
        _stop(error)
    if not met:
        raise typer.Exit(FOUND_PROBLEMS)


@app.command(epilog="Example:  vitalwatch-sim plot ketamine --out visit.svg")
def plot(
    scenario: Annotated[str, typer.Argument(help="A scenario's name, or a file ending in .toml.", show_default=False)],
    out: Annotated[Path, typer.Option(help="The SVG file to write.", show_default=False)],
    seed: Seed = None,
) -> None:
    """Draw a simulated visit: vitals, what happened, and the alarms."""
    from vitalwatch_simulators.plot import plot_visit
    from vitalwatch_simulators.rehearsals import quietly

    try:
        found: Scenario = load_scenario(scenario)
        with quietly():
            drawn = plot_visit(found, found.seed if seed is None else seed)
        out.write_text(drawn, "utf-8")
    except VitalWatchError as error:
        _stop(error)
    except OSError as error:
        _stop(ConfigError(f"{out} cannot be written: {error.strerror}."))


@app.command(epilog="Example:  vitalwatch-sim wire here --chairs 12 --broker 1883")
def wire(
    folder: Annotated[Path, typer.Argument(help="The folder for both files.", show_default=False)],
    chairs: Annotated[int, typer.Option(min=1, max=500, help="How many chairs.")] = 8,
    seed: Annotated[int, typer.Option(help="The same seed gives the same clinic.")] = 1,
    broker: Annotated[int, typer.Option(min=1, max=65535, help="Port of an MQTT broker on this computer.")] = 1883,
    speed: Speed = 1.0,
) -> None:
    """Write a clinic to show: the plan that runs it, and the clinic file with which VitalWatch reads it."""
    from vitalwatch_simulators import wire as command

    try:
        command.wire(folder, chairs=chairs, seed=seed, broker_port=broker, speed=speed)
    except VitalWatchError as error:
        _stop(error)
    except OSError as error:
        _stop(ConfigError(f"The files cannot be written to {folder}: {error.strerror}."))
    typer.echo(f"Next:  vitalwatch-sim clinic {folder / command.PLAN}  and  vitalwatch run {folder / command.CLINIC}")


def main() -> None:
    """Run the command line; the entry point of ``vitalwatch-sim``."""
    app()


def _stop(error: VitalWatchError) -> NoReturn:
    """Say why it cannot be: with its place what is wrong in a file, after our name what else is."""
    in_file = isinstance(error, ConfigError) and error.file is not None
    said = str(error) if in_file else f"vitalwatch-sim: {error}"
    typer.echo(said, err=True)
    raise typer.Exit(CANNOT_RUN)
