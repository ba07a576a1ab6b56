"""Plain words for what an MQTT client can run into, each with the next step."""

from __future__ import annotations

import socket
from enum import IntEnum

import aiomqtt
from aiomqtt.exceptions import MqttConnectError

from vitalwatch.errors import LinkError
from vitalwatch.link_url import LinkUrl


class _Code(IntEnum):
    """Reason codes (MQTT 5 section 2.4; the client library uses them for 3.1.1 as well)."""

    UNSUPPORTED_VERSION = 132
    CLIENT_ID_NOT_VALID = 133
    BAD_USER_OR_PASSWORD = 134
    NOT_AUTHORIZED = 135
    SERVER_UNAVAILABLE = 136
    SERVER_BUSY = 137
    BANNED = 138
    KEEP_ALIVE_TIMEOUT = 141


def explain(error: Exception, url: LinkUrl) -> LinkError:
    """Turn what the client library raised into a sentence for people."""
    broker = f"{url.host}:{url.port}"
    if isinstance(error, MqttConnectError):
        return _refusal(error, broker, url)
    if isinstance(error, aiomqtt.MqttCodeError):
        if _code(error) == _Code.KEEP_ALIVE_TIMEOUT:
            reason = f"The broker {broker} has stopped answering. Check its computer and the network."
        else:
            reason = f"The broker {broker} closed the connection. Check that it is running."
        return LinkError(reason, url=url.text)
    # The library replaces what the system said by its own error and keeps the original as the context.
    cause = error.__cause__ or error.__context__ or error
    if isinstance(cause, aiomqtt.MqttError) and cause is not error:
        return explain(cause, url)
    if isinstance(cause, (socket.gaierror, UnicodeError)):
        reason = f'No computer is known by the name "{url.host}". Check the name in the link, and the name service.'
    elif isinstance(cause, ConnectionRefusedError):
        reason = f"Nothing answers at {broker}. Start the broker, or correct its name and port in the link."
    elif isinstance(cause, TimeoutError):
        reason = f"There was no answer from an MQTT broker at {broker}. Check host, port, network and firewall."
    else:
        reason = f"The connection to the broker {broker} failed: {cause}. Check the network and the broker."
    return LinkError(reason, url=url.text)


def topic_refused(url: LinkUrl) -> LinkError:
    """The broker does not let us read a topic."""
    return LinkError(
        f'The broker {url.host}:{url.port} does not let VitalWatch read "{url.topic}". '
        "Allow it in the broker's access rules.",
        url=url.text,
        transient=False,
    )


def _refusal(error: MqttConnectError, broker: str, url: LinkUrl) -> LinkError:
    """The broker answered, and said no."""
    match _code(error):
        case _Code.BAD_USER_OR_PASSWORD | _Code.NOT_AUTHORIZED | _Code.BANNED:
            reason = (
                f"The broker {broker} wants a user name and password that it knows. "
                "Let VitalWatch in without one, from this computer, in the broker's settings."
            )
        case _Code.CLIENT_ID_NOT_VALID:
            reason = f"The broker {broker} does not accept the client name. Change or remove client_id in the link."
        case _Code.UNSUPPORTED_VERSION:
            reason = f"The broker {broker} does not speak MQTT 3.1.1. Use a newer broker."
        case _Code.SERVER_UNAVAILABLE | _Code.SERVER_BUSY:
            return LinkError(f"The broker {broker} is too busy to take a connection. See its log.", url=url.text)
        case _:
            reason = f"The broker {broker} refused the connection: {error}. See its log."
    return LinkError(reason, url=url.text, transient=False)


def _code(error: aiomqtt.MqttCodeError) -> int | None:
    return error.rc if error.rc is None or isinstance(error.rc, int) else error.rc.value
