"""``vitalwatch reload``: asks the service that runs on this computer to take its config anew."""

from __future__ import annotations

import http.client
import urllib.parse
from collections.abc import Callable
from pathlib import Path

import msgspec

from vitalwatch.config import BadConfig, Web
from vitalwatch.config.load import examine
from vitalwatch.errors import ConfigError, LinkError
from vitalwatch.reload import ReloadReport

_ANSWER_S = 30.0


def ask_reload(clinic: Path, *, dry_run: bool, as_json: bool, say: Callable[[str], None]) -> int:
    """Ask for a reload and tell what came of it.

    Args:
        clinic: the config file; its ``[web]`` section says where the service is. To look ahead it may be another file
            in the same folder.
        dry_run: only ask what would change.
        as_json: tell it as one JSON object.
        say: is given each line.

    Returns:
        0 when the config is valid, 1 when it has mistakes or is not the service's.

    Raises:
        ConfigError: if the file cannot be read.
        LinkError: if no service answers there.
    """
    try:
        report = _ask(_web_of(clinic), clinic, dry_run)
    except BadConfig as bad:  # the service would find the same
        report = ReloadReport(False, mistakes=[str(mistake) for mistake in bad.mistakes])
    if as_json:
        say(msgspec.json.encode(report).decode())
    else:
        for line in _told(report, dry_run):
            say(line)
    return 0 if report.ok else 1


def _web_of(clinic: Path) -> Web:
    """Where the service is. Secrets that only the service's account can fetch are the service's to judge.

    Raises:
        BadConfig: if the file has mistakes.
        ConfigError: if it cannot be read.
    """
    try:
        examined = examine(clinic)
    except ConfigError as error:
        if not error.line:
            raise
        raise BadConfig([error]) from None
    if examined.config is None:
        raise BadConfig(examined.mistakes)
    return examined.config.web


def _ask(web: Web, clinic: Path, dry_run: bool) -> ReloadReport:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(web.listen, web.listen)
    # A plain connection: urllib would take the way over a proxy that the environment names.
    connection = http.client.HTTPConnection(host, web.port, timeout=_ANSWER_S)
    try:
        asked = urllib.parse.urlencode({"dry_run": str(dry_run).lower(), "file": clinic.resolve()})
        connection.request("POST", f"/api/v1/reload?{asked}")
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != http.HTTPStatus.OK:
            raise http.client.HTTPException(f"{answer.status} {answer.reason}")
        return msgspec.json.decode(body, type=ReloadReport)
    except (OSError, http.client.HTTPException, msgspec.MsgspecError) as error:
        advice = "Is it running with this file? A change under [web] takes a restart."
        if web.port == 0:
            advice = "Where it is cannot be known with port = 0 under [web]; it notices a changed file by itself."
        found = " ".join(str(error).split())  # a stranger's answer may have any form
        reason = f"No VitalWatch answers on {host} port {web.port}: {found}. {advice}"
        raise LinkError(reason, url=f"http://{host}:{web.port}/") from error
    finally:
        connection.close()


def _told(report: ReloadReport, dry_run: bool) -> list[str]:
    if not report.ok:
        return ["This cannot be applied; what is in force stays in force:", *report.mistakes]
    lines = ["Would change:" if dry_run else "Changed:", *_listed(report.changes, "nothing")]
    if report.restart:
        lines += ["Takes a restart:", *_listed(report.restart)]
    alarms = [
        f"chair {change.chair}: {change.condition} "
        f"{f'starts after {change.delay_s:g} s' if change.starts else 'stops'} ({change.text})"
        for change in report.alarms
    ]
    heading = "Alarms that would start or stop now:" if dry_run else "Alarms that start or stop by it:"
    return [*lines, heading, *_listed(alarms, "none")]


def _listed(things: list[str], otherwise: str = "") -> list[str]:
    return [f"  {thing}" for thing in things or [otherwise]]
