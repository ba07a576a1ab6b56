"""Plain words for what an MQTT client can run into, each with the next step."""

from __future__ import annotations

import socket
import ssl
from enum import IntEnum

import aiomqtt
from aiomqtt.exceptions import MqttConnectError

from vitalwatch.errors import LinkError
from vitalwatch.link_url import LinkUrl
from vitalwatch.links.broker_settings import BrokerSettings


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


class _Verify(IntEnum):
    """What OpenSSL may find wrong with a certificate (X509_STORE_CTX_get_error(3))."""

    NOT_YET_VALID = 9
    EXPIRED = 10
    SELF_SIGNED = 18
    SELF_SIGNED_IN_CHAIN = 19
    ISSUER_NOT_FOUND = 20
    FIRST_NOT_VERIFIED = 21
    WRONG_HOST = 62
    WRONG_ADDRESS = 64


class ClosedEarlyError(aiomqtt.MqttError):
    """What was dialled closed the connection instead of answering."""


def explain(error: Exception, url: LinkUrl, settings: BrokerSettings) -> LinkError:
    """Turn what the client library raised into a sentence for people."""
    broker = url.place
    if isinstance(error, MqttConnectError):
        return _refusal(error, broker, url, settings)
    if isinstance(error, ClosedEarlyError):
        return _closed_early(broker, url, settings)
    if isinstance(error, aiomqtt.MqttCodeError):
        if _code(error) == _Code.KEEP_ALIVE_TIMEOUT:
            reason = f"The broker {broker} has stopped answering. Check its computer and the network."
        else:
            reason = f"The broker {broker} closed the connection. Check that it is running."
        return LinkError(reason, url=url.text)
    return _not_connected(error, broker, url, settings)


def _not_connected(error: Exception, broker: str, url: LinkUrl, settings: BrokerSettings) -> LinkError:
    """The connection could not be made, or broke."""
    # The library replaces what the system said by its own error and keeps the original as the context.
    cause = error.__cause__ or error.__context__ or error
    if isinstance(cause, aiomqtt.MqttError) and cause is not error:
        return explain(cause, url, settings)
    if isinstance(cause, ssl.SSLError):
        return _no_tls(cause, broker, url)
    if isinstance(cause, ConnectionResetError) and _encrypted(url, settings):
        return _speaks_no_tls(broker, url)
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
        f'The broker {url.place} does not let VitalWatch read "{url.topic}". Allow it in the broker\'s access rules.',
        url=url.text,
        transient=False,
    )


def _no_tls(error: ssl.SSLError, broker: str, url: LinkUrl) -> LinkError:
    """The two ends did not agree on an encrypted connection."""
    if not isinstance(error, ssl.SSLCertVerificationError):
        if error.reason in ("WRONG_VERSION_NUMBER", "UNEXPECTED_EOF_WHILE_READING", "HTTP_REQUEST"):
            return _speaks_no_tls(broker, url)
        if error.reason is not None and "ALERT" in error.reason:
            reason = (
                f"The broker {broker} does not accept how VitalWatch proves who it is ({error.reason.lower()}). "
                "Check cert_file and key_file in [[broker]], and the broker's log."
            )
        else:
            reason = f"No encrypted connection to {broker} could be made: {error}. See the broker's log."
        return LinkError(reason, url=url.text, transient=False)
    match error.verify_code:
        case _Verify.EXPIRED:
            reason = f"The certificate of the broker {broker} has expired. Renew it on the broker."
        case _Verify.NOT_YET_VALID:
            reason = f"The certificate of the broker {broker} is not valid yet. Check the clocks of both computers."
        case _Verify.SELF_SIGNED | _Verify.SELF_SIGNED_IN_CHAIN | _Verify.ISSUER_NOT_FOUND | _Verify.FIRST_NOT_VERIFIED:
            reason = (
                f"The certificate of the broker {broker} was issued by somebody whom this computer does not know. "
                "Name the issuer's certificate as ca_file in [[broker]]."
            )
        case _Verify.WRONG_HOST | _Verify.WRONG_ADDRESS:
            reason = (
                f'The certificate of the broker {broker} is made out to another name than "{url.host}". '
                "Write the name that stands in the certificate, in the link and in [[broker]]."
            )
        case _:
            reason = f"The certificate of the broker {broker} cannot be trusted: {error.verify_message}."
    return LinkError(reason, url=url.text, transient=False)


def _speaks_no_tls(broker: str, url: LinkUrl) -> LinkError:
    reason = f"What answers at {broker} does not speak TLS. Correct the port, or write mqtt:// in the link."
    return LinkError(reason, url=url.text, transient=False)


def _closed_early(broker: str, url: LinkUrl, settings: BrokerSettings) -> LinkError:
    if _encrypted(url, settings):
        # TLS 1.3 lets a client go on before the broker has looked at the client's certificate.
        advice = "It may want another certificate of VitalWatch (cert_file in [[broker]]): see its log."
    else:
        advice = "Check that it is an MQTT broker. If it wants TLS, write mqtts:// in the link."
    return LinkError(f"{broker} closed the connection instead of answering. {advice}", url=url.text, transient=False)


def _encrypted(url: LinkUrl, settings: BrokerSettings) -> bool:
    return settings.tls or url.scheme == "mqtts"


def _refusal(error: MqttConnectError, broker: str, url: LinkUrl, settings: BrokerSettings) -> LinkError:
    """The broker answered, and said no."""
    match _code(error):
        case _Code.BAD_USER_OR_PASSWORD | _Code.NOT_AUTHORIZED | _Code.BANNED if settings.user is None:
            reason = f"The broker {broker} wants a user name and a password. Give them in [[broker]]."
        case _Code.BAD_USER_OR_PASSWORD | _Code.NOT_AUTHORIZED | _Code.BANNED:
            reason = (
                f'The broker {broker} does not accept the user "{settings.user}" with this password. '
                "Correct user and password in [[broker]], or the broker's list of users."
            )
        case _Code.CLIENT_ID_NOT_VALID:
            reason = f"The broker {broker} does not accept the client name. Change or remove client_id in the link."
        case _Code.UNSUPPORTED_VERSION:
            other = "3.1.1" if settings.version == "5" else "5"
            reason = (
                f"The broker {broker} does not speak MQTT {settings.version}. "
                f'Set version = "{other}" in [[broker]], or use a newer broker.'
            )
        case _Code.SERVER_UNAVAILABLE | _Code.SERVER_BUSY:
            return LinkError(f"The broker {broker} is too busy to take a connection. See its log.", url=url.text)
        case _:
            reason = f"The broker {broker} refused the connection: {error}. See its log."
    return LinkError(reason, url=url.text, transient=False)


def _code(error: aiomqtt.MqttCodeError) -> int | None:
    return error.rc if error.rc is None or isinstance(error.rc, int) else error.rc.value
