"""The page: is it built, and is its port free or already served by us?"""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from vitalwatch.config.web import Web
from vitalwatch.doctor.finding import Finding
from vitalwatch.errors import ConfigError
from vitalwatch.web import bind
from vitalwatch.web.site import static_folder

_ANSWER_S: Final = 2.0
_LONGEST_ANSWER: Final = 65_536
_EVERYWHERE: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}


def look_at_page(folder: Path | None = None) -> Iterator[Finding]:
    """See whether the page has been built."""
    folder = folder or static_folder()
    if (folder / "index.html").is_file():
        yield Finding("page", "dashboard", "ok", "It is built.")
    else:
        advice = "Run:  python hatch_build.py  (or: make demo), or install a released package."
        yield Finding("page", "dashboard", "fail", "It has not been built, so screens stay empty.", advice)


def look_at_web(web: Web, health: dict[str, Any] | None) -> Iterator[Finding]:
    """See whether the page can be served, or is.

    Args:
        web: where it is served.
        health: what the running service says of itself, from :func:`ask_health`.
    """
    subject = f"{web.listen} port {web.port}"
    if health is None:
        yield _free(subject, web)
    elif health["status"] == "ok":
        devices, connected = health.get("devices", 0), health.get("devices_up", 0)
        found = (
            f"VitalWatch {health.get('version', '')} serves here: {health['chairs']} chairs, "
            f"{connected} of {devices} devices connected, {health.get('screens', 0)} screens."
        )
        if connected == devices:
            yield Finding("web", subject, "ok", found)
        else:
            yield Finding(
                "web", subject, "warn", found, "Look at the page: it names the devices that are lost, and why."
            )
    else:
        found = f"VitalWatch serves here but says that it is {health['status']}."
        yield Finding("web", subject, "fail", found, "Look into its log, and start the service again.")


def ask_health(web: Web) -> dict[str, Any] | None:
    """What a VitalWatch at this address says of itself; ``None`` when there is none."""
    if web.port == 0:
        return None
    host = _EVERYWHERE.get(web.listen, web.listen)
    try:
        with closing(http.client.HTTPConnection(host, web.port, timeout=_ANSWER_S)) as connection:
            connection.request("GET", "/healthz")
            body = json.loads(connection.getresponse().read(_LONGEST_ANSWER))
    except (OSError, http.client.HTTPException, ValueError):
        return None  # nobody there, or somebody who is not VitalWatch: what it is, binding the port will tell
    return body if isinstance(body, dict) and "status" in body and "chairs" in body else None


def _free(subject: str, web: Web) -> Finding:
    try:
        bind(web.listen, web.port).close()
    except ConfigError as error:
        return Finding("web", subject, "fail", error.reason, error.hint)
    if web.port == 0:
        return Finding("web", subject, "ok", "Any free port will be taken.")
    return Finding("web", subject, "ok", "The port is free.")
