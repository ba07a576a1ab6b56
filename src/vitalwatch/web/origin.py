"""Which pages may talk to the service: its own, and none that some other site shows."""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urlsplit


def same_site(origin: str | None, host: str | None) -> bool:
    """Whether a page that names this ``Origin`` may use a service reached as ``Host``.

    Programs send no origin and may. A browser's page must come from the very address that it talks to, and that must
    be an address or name of this computer, so that neither a stray web page nor a name that was bent to point here
    can acknowledge an alarm.
    """
    if origin is None:
        return True
    try:
        if host is None or urlsplit(origin).netloc != host:
            return False
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:  # brackets that hold no address
        return False
    own = socket.gethostname().lower()
    if name in ("localhost", own, f"{own}.local"):
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
