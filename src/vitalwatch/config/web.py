"""The ``[web]`` section: where the page is served."""

from __future__ import annotations

from ipaddress import ip_address

from pydantic import Field, field_validator

from vitalwatch.config.section import Section


class Web(Section):
    """Where the page is served. Without this section only this computer can open it."""

    listen: str = Field(default="127.0.0.1", description="address to serve the page on: an IP address of this computer")
    port: int = Field(
        default=8080, ge=0, le=65535, description="TCP port of the page, 1 to 65535; 0 takes any free one"
    )

    @field_validator("listen")
    @classmethod
    def _is_an_address(cls, listen: str) -> str:
        """Refuse host names: what a name stands for may change between the check and the start."""
        try:
            ip_address(listen)
        except ValueError:
            raise ValueError(
                f'listen = "{listen}" is not an IP address. Write 127.0.0.1 for this computer only, '
                "or 0.0.0.0 for every network it is on; the port has a line of its own"
            ) from None
        return listen

    @property
    def only_this_computer(self) -> bool:
        """Whether nobody on the network can open the page."""
        return ip_address(self.listen).is_loopback
