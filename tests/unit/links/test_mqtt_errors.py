"""What an MQTT client can run into, told to people."""

from __future__ import annotations

import socket

import aiomqtt
import pytest
from aiomqtt.exceptions import MqttConnectError
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from vitalwatch.link_url import parse_link
from vitalwatch.links.mqtt_errors import explain, topic_refused

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
    error = explain(MqttConnectError(ReasonCode(PacketTypes.CONNACK, name)), URL)
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
    error = explain(wrapped(cause), URL)
    assert word in error.reason
    assert error.transient


def test_a_silent_broker_and_a_closed_connection_are_told_apart() -> None:
    silent = aiomqtt.MqttError("Disconnected during message iteration")
    silent.__cause__ = aiomqtt.MqttCodeError(ReasonCode(PacketTypes.DISCONNECT, "Keep alive timeout"))
    assert "stopped answering" in explain(silent, URL).reason
    assert "closed" in explain(aiomqtt.MqttCodeError(7), URL).reason


def test_an_error_without_any_cause_is_still_told() -> None:
    assert "strange" in explain(aiomqtt.MqttError("strange"), URL).reason


def test_a_refused_topic_is_named() -> None:
    error = topic_refused(URL)
    assert '"ward/1"' in error.reason
    assert not error.transient
