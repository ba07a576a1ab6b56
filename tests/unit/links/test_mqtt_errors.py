"""What an MQTT client can run into, told to people."""

from __future__ import annotations

import socket
import ssl
from typing import Any

import aiomqtt
import pytest
from aiomqtt.exceptions import MqttConnectError
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from vitalwatch.link_url import parse_link
from vitalwatch.links.broker_settings import NO_SETTINGS, BrokerSettings
from vitalwatch.links.mqtt_errors import ClosedEarlyError, explain, topic_refused

URL = parse_link("mqtt://broker:1884/ward/1")


@pytest.mark.parametrize(
    ("name", "word", "transient"),
    [
        ("Bad user name or password", "password", False),
        ("Not authorized", "password", False),
        ("Client identifier not valid", "client_id", False),
        ("Unsupported protocol version", "3.1.1", False),
        ("Server unavailable", "busy", True),
        ("Quota exceeded", "refused", False),
    ],
)
def test_a_refusal_says_what_the_broker_wants(name: str, word: str, transient: bool) -> None:
    error = explain(MqttConnectError(ReasonCode(PacketTypes.CONNACK, name)), URL, NO_SETTINGS)
    assert word in error.reason
    assert "broker:1884" in error.reason
    assert error.transient is transient
    assert error.url == URL.text


def wrapped(cause: Exception) -> aiomqtt.MqttError:
    """As the library does it: its own error, with the system's as the context."""
    try:
        try:
            raise cause
        except type(cause):
            raise aiomqtt.MqttError(str(cause)) from None
    except aiomqtt.MqttError as error:
        return error


@pytest.mark.parametrize(
    ("cause", "word"),
    [
        (socket.gaierror(-2, "Name or service not known"), '"broker"'),
        (ConnectionRefusedError(111, "Connection refused"), "Nothing answers"),
        (TimeoutError("timed out"), "no answer"),
        (OSError(113, "No route to host"), "No route to host"),
    ],
)
def test_a_failed_connection_is_told_by_its_cause(cause: Exception, word: str) -> None:
    error = explain(wrapped(cause), URL, NO_SETTINGS)
    assert word in error.reason
    assert error.transient


def test_a_silent_broker_and_a_closed_connection_are_told_apart() -> None:
    silent = aiomqtt.MqttError("Disconnected during message iteration")
    silent.__cause__ = aiomqtt.MqttCodeError(ReasonCode(PacketTypes.DISCONNECT, "Keep alive timeout"))
    assert "stopped answering" in explain(silent, URL, NO_SETTINGS).reason
    assert "closed" in explain(aiomqtt.MqttCodeError(7), URL, NO_SETTINGS).reason


def test_an_error_without_any_cause_is_still_told() -> None:
    assert "strange" in explain(aiomqtt.MqttError("strange"), URL, NO_SETTINGS).reason


def test_a_refused_topic_is_named() -> None:
    error = topic_refused(URL)
    assert '"ward/1"' in error.reason
    assert not error.transient


def test_a_wrong_password_names_the_user_and_not_the_password() -> None:
    refused = MqttConnectError(ReasonCode(PacketTypes.CONNACK, "Bad user name or password"))
    reason = explain(refused, URL, BrokerSettings(user="watch", password="secret")).reason
    assert '"watch"' in reason
    assert "secret" not in reason


@pytest.mark.parametrize(("version", "other"), [("3.1.1", "5"), ("5", "3.1.1")])
def test_a_version_that_the_broker_does_not_speak_names_the_other_one(version: Any, other: str) -> None:
    refused = MqttConnectError(ReasonCode(PacketTypes.CONNACK, "Unsupported protocol version"))
    assert f'version = "{other}"' in explain(refused, URL, BrokerSettings(version=version)).reason


@pytest.mark.parametrize(("tls", "word"), [(True, "certificate"), (False, "mqtts://")])
def test_a_connection_closed_instead_of_an_answer_says_what_may_be_wrong(tls: bool, word: str) -> None:
    assert word in explain(ClosedEarlyError(), URL, BrokerSettings(tls=tls)).reason


@pytest.mark.parametrize(
    ("code", "word"), [(9, "clocks"), (10, "expired"), (18, "issued by"), (20, "issued by"), (62, "name"), (64, "name")]
)
def test_each_fault_of_a_certificate_is_told_in_plain_words(code: int, word: str) -> None:
    cause = ssl.SSLCertVerificationError()
    cause.verify_code, cause.verify_message = code, "in the words of OpenSSL"
    error = explain(wrapped(cause), URL, NO_SETTINGS)
    assert word in error.reason
    assert "OpenSSL" not in error.reason
    assert not error.transient


def test_a_rare_fault_of_a_certificate_is_told_in_the_words_of_openssl() -> None:
    cause = ssl.SSLCertVerificationError()
    cause.verify_code, cause.verify_message = 23, "certificate revoked"
    assert "certificate revoked" in explain(wrapped(cause), URL, NO_SETTINGS).reason


@pytest.mark.parametrize(
    ("reason", "word"), [("WRONG_VERSION_NUMBER", "mqtt://"), ("TLSV1_ALERT_UNKNOWN_CA", "cert_file"), (None, "log")]
)
def test_a_failed_handshake_is_told(reason: str | None, word: str) -> None:
    cause = ssl.SSLError()
    cause.reason = reason
    assert word in explain(wrapped(cause), URL, NO_SETTINGS).reason
