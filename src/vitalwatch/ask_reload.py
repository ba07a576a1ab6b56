"""``vitalwatch reload``: asks the service that runs on this computer to take its config anew."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import msgspec

from vitalwatch.config import BadConfig, load
from vitalwatch.errors import LinkError
from vitalwatch.reload import ReloadReport

_ANSWER_S = 30.0


def ask_reload(clinic: Path, *, dry_run: bool, as_json: bool, say: Callable[[str], None]) -> int:
    """Ask for a reload and tell what came of it.

    Args:
        clinic: the config file; its ``[web]`` section says where the service is.
        dry_run: only ask what would change.
        as_json: tell it as one JSON object.
        say: is given each line.

    Returns:
        0 when the config is valid, 1 when it has mistakes.

    Raises:
        LinkError: if no service answers there.
    """
    try:
        web = load(clinic).web
    except BadConfig as bad:
        say("The config has mistakes; what is running stays as it is:")
        say(str(bad))
        return 1
    host = "127.0.0.1" if web.listen in ("0.0.0.0", "::") else web.listen
    url = f"http://{f'[{host}]' if ':' in host else host}:{web.port}/api/v1/reload?dry_run={str(dry_run).lower()}"
    try:
        request = urllib.request.Request(url, method="POST")
        with urllib.request.urlopen(request, timeout=_ANSWER_S) as answer:
            body: bytes = answer.read()
        report = msgspec.json.decode(body, type=ReloadReport)
    except (OSError, http.client.HTTPException, msgspec.MsgspecError) as error:
        reason = f"No VitalWatch answers on {host} port {web.port}: {error}. Is it running with this file?"
        raise LinkError(reason, url=url) from error
    if as_json:
        say(body.decode())
    else:
        for line in _told(report, dry_run):
            say(line)
    return 0 if report.ok else 1


def _told(report: ReloadReport, dry_run: bool) -> list[str]:
    if not report.ok:
        return ["The config has mistakes; the last good one stays in force:", *report.mistakes]
    lines = [f"  {change}" for change in report.changes] or ["  nothing"]
    lines.insert(0, "Would change:" if dry_run else "Changed:")
    if report.restart:
        lines += ["Takes a restart:", *(f"  {change}" for change in report.restart)]
    lines.append("Alarms that would start or stop now:" if dry_run else "Alarms that start or stop by it:")
    lines += [
        f"  {_alarm(change.chair, change.condition, change.starts, change.delay_s, change.text)}"
        for change in report.alarms
    ]
    return lines if report.alarms else [*lines, "  none"]


def _alarm(chair: str, condition: str, starts: bool, delay_s: float, text: str) -> str:
    what = f"starts after {delay_s:g} s" if starts else "stops"
    return f"chair {chair}: {condition} {what} ({text})"
