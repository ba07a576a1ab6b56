"""The ``[[broker]]`` sections: how to sign in to an MQTT broker, with every secret outside of the config file."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from vitalwatch.config.section import Id, Section
from vitalwatch.link_url import MQTT_PORT, MQTTS_PORT

_URL = re.compile(r"(mqtts?)://(\[[0-9A-Fa-f:.]+\]|[^\[\]:/?@\s]+)(?::([0-9]{1,5}))?/?")

FileName = Annotated[str, Field(min_length=1, max_length=400, pattern=r"^[^\x00-\x1f\x7f]+$")]
"""Path of a file, relative to the file that names it."""

MqttVersion = Literal["3.1.1", "5"]


class BrokerBlock(Section):
    """What a clinic file says about one broker. A broker that wants none of this needs no block."""

    name: Id = Field(description="short name of the broker: 1 to 32 letters, digits, . _ or -")
    url: str = Field(
        description="mqtt://host or mqtts://host (TLS), with :port if it is not 1883 or 8883; links to it name the "
        "same host and port"
    )
    user: str | None = Field(default=None, min_length=1, max_length=200, description="name to sign in with")
    password_file: FileName | None = Field(
        default=None, description="file that holds the password and nothing else, readable by the service only"
    )
    password_env: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,99}$",
        description="environment variable of the service that holds the password: letters, digits and _",
    )
    ca_file: FileName | None = Field(
        default=None,
        description="certificates (PEM) of those who may vouch for the broker; default: those that the computer trusts",
    )
    cert_file: FileName | None = Field(default=None, description="our own certificate (PEM), if the broker wants one")
    key_file: FileName | None = Field(default=None, description="the key (PEM, without a password) of cert_file")
    version: MqttVersion = Field(default="3.1.1", description="version of MQTT that the broker speaks: 3.1.1 or 5")

    @field_validator("url")
    @classmethod
    def _is_a_broker(cls, url: str) -> str:
        if "@" in url:
            raise ValueError(
                "url holds no user name and no password: it is shown and logged. "
                "Write user = ... and password_file = ... on lines of their own"
            )
        match = _URL.fullmatch(url)
        if match is None or (match[3] and not 1 <= int(match[3]) <= 65_535):
            raise ValueError(
                f'url = "{url}" is not a broker. For example mqtt://localhost, mqtt://10.0.0.7:1884, or mqtts://broker '
                "with TLS"
            )
        return url

    @property
    def tls(self) -> bool:
        """Whether the connection is encrypted."""
        return self.url.startswith("mqtts:")

    @property
    def address(self) -> tuple[str, int]:
        """Host, in lower case and without brackets, and TCP port."""
        match = _URL.fullmatch(self.url)
        assert match is not None, "validated above"
        default = MQTTS_PORT if self.tls else MQTT_PORT
        return match[2].strip("[]").lower(), int(match[3] or default)


class Broker(BaseModel):
    """How to reach one broker: a ``[[broker]]`` block with its secret read and its paths made whole.

    Attributes:
        host: name or address, in lower case, without brackets.
        port: TCP port.
        user: name to sign in with; none to sign in as nobody.
        password: the secret itself; kept out of every text that is made of this.
        ca_file: certificates that may vouch for the broker; none: those that the computer trusts.
        cert_file: our own certificate; always together with ``key_file``.
        key_file: the key of our certificate.
        version: of MQTT.
        tls: whether the connection is encrypted.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    host: str
    port: int
    user: str | None = None
    password: str | None = Field(default=None, repr=False, exclude=True)
    ca_file: Path | None = None
    cert_file: Path | None = None
    key_file: Path | None = None
    version: MqttVersion = "3.1.1"
    tls: bool = False


def broker_key(host: str, port: int) -> str:
    """The name under which a broker stands in ``Config.brokers``: ``host:port``, the host in lower case."""
    return f"{host.lower()}:{port}"
