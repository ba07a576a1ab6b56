"""The web room: the page, the live socket, health and metrics."""

from vitalwatch.web.server import Server, bind, make_server
from vitalwatch.web.site import make_site

__all__ = ["Server", "bind", "make_server", "make_site"]
