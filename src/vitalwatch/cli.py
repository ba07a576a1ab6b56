"""The command line. Each command imports what it needs when it runs, so that ``--help`` answers at once."""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from vitalwatch import __version__
from vitalwatch.cli_journal import journal
from vitalwatch.errors import VitalWatchError

FOUND_PROBLEMS = 1
"""Exit code when a command did its work and found something wrong."""

CANNOT_RUN = 2
"""Exit code when a command could not do its work."""

cli = typer.Typer(
    name="vitalwatch",
    help="A second pair of eyes for infusion rooms: reads bedside monitors, raises alarms, shows every chair.\n\n"
    "The bedside monitor stays the primary alarm.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
cli.add_typer(journal, name="journal")


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"vitalwatch {__version__}")
        raise typer.Exit


@cli.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and stop.")
    ] = False,
) -> None:
    pass


@cli.command(epilog="Example:  vitalwatch run config/clinic.example.toml")
def run(
    clinic: Annotated[Path, typer.Argument(help="The clinic's config file.", show_default=False)],
    json_log: Annotated[bool, typer.Option("--json-log", help="Write the log as JSON lines.")] = False,
) -> None:
    """Watch the chairs of a clinic and serve the page, until Ctrl-C."""
    gc.disable()  # what is loaded and taken up now is no garbage: looking for some costs a fifth of the start

    def ready(address: str) -> None:
        gc.freeze()
        gc.enable()
        _say_ready(address)

    from vitalwatch import app
    from vitalwatch.config import load
    from vitalwatch.logs import set_up_logs

    set_up_logs(json_lines=json_log)
    try:
        app.run(load(clinic), ready=ready)
    except VitalWatchError as error:
        _stop(error)


@cli.command(epilog="Example:  vitalwatch check config/clinic.example.toml --strict")
def check(
    clinic: Annotated[Path | None, typer.Argument(help="The clinic's config file.", show_default=False)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write one JSON object.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Count warnings as problems: exit code 1.")] = False,
    schema: Annotated[
        str | None, typer.Option(metavar="clinic|profile", help="Print a JSON Schema for editors instead.")
    ] = None,
) -> None:
    """Name every mistake of a clinic file with its line, and warn of what may harm. Needs no device to be there."""
    from vitalwatch.config import check as command

    try:
        raise typer.Exit(command.print_schema(schema) if schema else command.check(clinic, json=as_json, strict=strict))
    except VitalWatchError as error:
        _stop(error)


@cli.command(epilog='Example:  vitalwatch init clinic.toml --name "Day unit" --chairs 4 --driver nellcor')
def init(
    file: Annotated[Path, typer.Argument(help="The file to write.")] = Path("clinic.toml"),
    name: Annotated[str | None, typer.Option(help="Name of the clinic.")] = None,
    chairs: Annotated[int | None, typer.Option(help="Number of chairs.")] = None,
    driver: Annotated[str | None, typer.Option(help="Driver of the monitor at every chair.")] = None,
    link: Annotated[str | None, typer.Option(help="Its link, with {n} for the chair's number.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it is there.")] = False,
) -> None:
    """Write a first clinic file. Asks for what no option says; without a terminal the usual answers are taken."""
    from vitalwatch.config import init as command

    try:
        command.init(file, command.Given(name, chairs, driver, link), force=force)
    except VitalWatchError as error:
        _stop(error)
    typer.echo(f"{file} is written. Next: put your ports and topics into it, then  vitalwatch check {file}")


@cli.command(epilog="Example:  vitalwatch demo --chairs 16 --no-browser")
def demo(
    chairs: Annotated[int, typer.Option(min=1, max=64, help="How many simulated chairs.")] = 8,
    speed: Annotated[float, typer.Option(min=0.1, max=100, help="Simulated seconds in one real second.")] = 1.0,
    seed: Annotated[int, typer.Option(help="The same seed gives the same patients.")] = 1,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port of the page; 8080 or the next free one if not given.")
    ] = None,
    journal: Annotated[
        Path | None, typer.Option(help="Keep the record in this file, and go on from it. Else it ends with the demo.")
    ] = None,
    browser: Annotated[bool, typer.Option(" /--no-browser", help="Do not open the page in a browser.")] = True,
) -> None:
    """Show a simulated clinic: real protocol bytes, a real broker, no hardware. Every tile is marked SIMULATED."""
    from vitalwatch.demo import run_demo
    from vitalwatch.logs import set_up_logs

    set_up_logs()
    try:
        run_demo(chairs=chairs, speed=speed, seed=seed, port=port, journal=journal, browser=browser, ready=_say_ready)
    except VitalWatchError as error:
        _stop(error)


_Recordings = Annotated[
    list[str],
    typer.Argument(
        help="Recorded series: CSV files. Or one record: a clinic file, FILE.db or a url.", show_default=False
    ),
]
_ProfileName = Annotated[
    str | None,
    typer.Option(
        "--profile",
        help="A built-in profile, or a profile file. Without it adult-default for a series, and the limits of then for "
        "a record.",
        show_default=False,
    ),
]
_Baseline = Annotated[
    str | None, typer.Option(help="When the baseline is taken: first:5m is five minutes in. None unless given.")
]
_Since = Annotated[
    str | None, typer.Option(help="Of a record: from when on. 2026-11-22T10:42, or 8h, 30d for so long ago.")
]
_Until = Annotated[str | None, typer.Option(help="Of a record: up to when.")]


@cli.command(
    epilog="Example:  vitalwatch replay monitor.csv --profile ketamine-iv --json   or   vitalwatch replay clinic.toml "
    "--since 2h"
)
def replay(
    recordings: _Recordings,
    profile: _ProfileName = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write every change as a line of JSON.")] = False,
    baseline: _Baseline = None,
    since: _Since = None,
    until: _Until = None,
    chair: Annotated[str | None, typer.Option(help="Of a record: only this chair.")] = None,
) -> None:
    """Play recorded vital signs through the alarm engine, and show what would have alarmed.

    A record is played as it was, and compared with what was decided then: exit code 1 if that is not the same.
    """
    from vitalwatch.replay import commands

    try:
        same = commands.replay(recordings, profile, baseline, commands.Part(since, until, chair), as_json=as_json)
    except VitalWatchError as error:
        _stop(error)
    if not same:
        raise typer.Exit(FOUND_PROBLEMS)


@cli.command(
    epilog="Example:  vitalwatch backtest ward/*.csv --profile adult-default --against our-limits.toml   or   "
    "vitalwatch backtest clinic.toml --since 30d --against our-limits.toml"
)
def backtest(
    recordings: _Recordings,
    against: Annotated[str, typer.Option(help="The profile to compare with.", show_default=False)],
    profile: _ProfileName = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write the figures as one JSON object.")] = False,
    baseline: _Baseline = None,
    since: _Since = None,
    until: _Until = None,
) -> None:
    """Play recorded vital signs under two profiles, and show what the other limits would have done."""
    from vitalwatch.replay import commands

    try:
        commands.backtest(recordings, profile, against, baseline, commands.Part(since, until), as_json=as_json)
    except VitalWatchError as error:
        _stop(error)


@cli.command(epilog="Example:  vitalwatch why 3 SPO2-LOW clinic.toml --at 2026-11-22T10:42")
def why(
    chair: Annotated[str, typer.Argument(help='The chair; "" for the clinic as a whole.', show_default=False)],
    condition: Annotated[str, typer.Argument(help="The alarm: SPO2-LOW.", show_default=False)],
    at: Annotated[str, typer.Option(help="When: 2026-11-22T10:42, or 15m for so long ago.", show_default=False)],
    record: Annotated[str, typer.Argument(help="A clinic file, FILE.db or a url.")] = "clinic.toml",
    as_json: Annotated[bool, typer.Option("--json", help="Write one JSON object.")] = False,
) -> None:
    """Tell from the record why a condition alarmed at a moment, or why it did not."""
    from vitalwatch.replay import commands

    try:
        commands.why(record, chair, condition, at, as_json=as_json)
    except VitalWatchError as error:
        _stop(error)


@cli.command(epilog="Example:  vitalwatch decode nellcor capture.txt --json")
def decode(
    driver: Annotated[str, typer.Argument(help="Name of the driver.", show_default=False)],
    capture: Annotated[Path, typer.Argument(help="What was recorded.", metavar="FILE", show_default=False)],
    as_json: Annotated[bool, typer.Option("--json", help="Write everything the driver says as lines of JSON.")] = False,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="An option of the driver; dots for a key inside a table."),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit code 1 if there was a bad frame.")] = False,
    form: Annotated[
        str | None, typer.Option("--as", metavar="FORM", help="Form of the file, if its name does not tell.")
    ] = None,
) -> None:
    """Read a recorded capture through a driver, and show what it says."""
    from vitalwatch.decode import commands

    try:
        good = commands.decode(driver, capture, settings or [], form, as_json=as_json)
    except VitalWatchError as error:
        _stop(error)
    if strict and not good:
        raise typer.Exit(FOUND_PROBLEMS)


@cli.command(epilog="Example:  vitalwatch conform nellcor")
def conform(
    drivers: Annotated[
        list[str] | None, typer.Argument(metavar="DRIVER...", help="Names of drivers.", show_default=False)
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All drivers that are installed.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Write a line of JSON for each driver.")] = False,
) -> None:
    """Run the conformance kit on a driver: what is right and what is wrong with it."""
    from vitalwatch.conform import commands

    try:
        passed = commands.conform(drivers or [], every=every, as_json=as_json)
    except VitalWatchError as error:
        _stop(error)
    if not passed:
        raise typer.Exit(FOUND_PROBLEMS)


@cli.command(epilog="Example:  vitalwatch reload config/clinic.example.toml --dry-run")
def reload(
    clinic: Annotated[
        Path,
        typer.Argument(
            help="The clinic's config file, as given to run; or a copy beside it, for --dry-run.", show_default=False
        ),
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change, and which alarms.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Write one JSON object.")] = False,
) -> None:
    """Apply the changed config to the running service, or only show what that would do."""
    from vitalwatch.ask_reload import ask_reload

    try:
        raise typer.Exit(ask_reload(clinic, dry_run=dry_run, as_json=as_json, say=typer.echo))
    except VitalWatchError as error:
        _stop(error)


@cli.command(epilog="Example:  vitalwatch detect --mqtt mqtt://localhost:1883/# --write clinic.toml")
def detect(
    ports: Annotated[
        list[str] | None, typer.Argument(metavar="PORT...", help="Serial ports; all if none is named.")
    ] = None,
    mqtt: Annotated[str | None, typer.Option(help="Also hear this broker: mqtt://host:port/topic-filter.")] = None,
    seconds: Annotated[
        float | None,
        typer.Option(min=0.1, max=3600, help="How long to listen at each line setting (5) and to the broker (10)."),
    ] = None,
    probe: Annotated[
        bool,
        typer.Option(
            "--probe", help="Let the drivers ask where listening recognises nothing. Without it: listen only."
        ),
    ] = False,
    write: Annotated[Path | None, typer.Option(help="Write the finds as a new config file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write one JSON object.")] = False,
) -> None:
    """Find out which monitors are connected, by listening to the serial ports and to an MQTT broker."""
    from vitalwatch.detect import command

    try:
        code = command.detect(ports or [], mqtt, seconds, probe=probe, as_json=as_json, write=write)
    except VitalWatchError as error:
        _stop(error)
    raise typer.Exit(code)


@cli.command(epilog="Example:  vitalwatch doctor clinic.toml")
def doctor(
    clinic: Annotated[Path, typer.Argument(help="The clinic's config file.", show_default=False)],
    as_json: Annotated[bool, typer.Option("--json", help="Write one JSON object.")] = False,
    call: Annotated[bool, typer.Option("--call", help="Let the fallback sound and call once, as a test.")] = False,
) -> None:
    """Look at the config, its ports and brokers, and this computer: what is in the way, and what to do about it."""
    from vitalwatch.doctor import command

    try:
        code = command.doctor(clinic, as_json=as_json, call=call)
    except VitalWatchError as error:
        _stop(error)
    raise typer.Exit(code)


def _say_ready(address: str) -> None:
    typer.echo(f"The page is at {address}  (Ctrl-C ends)")
    sys.stdout.flush()


def _stop(error: VitalWatchError) -> NoReturn:
    typer.echo(str(error), err=True)
    raise typer.Exit(CANNOT_RUN)


def main() -> None:
    """Run the command line."""
    cli()
