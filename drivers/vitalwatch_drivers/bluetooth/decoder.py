"""A gateway's message to a frame: which characteristic the topic names, and the bytes behind hex or base64. Pure."""

from __future__ import annotations

import base64
import re
from typing import Final

from vitalwatch.errors import DecodeError
from vitalwatch_drivers.bluetooth.frames import PARSERS, PROTOCOL, RESERVED_FLAGS, Frame
from vitalwatch_drivers.bluetooth.options import BluetoothOptions

MAX_PAYLOAD: Final = 2048
"""Bytes of a message. A notification has at most 512, four characters each with ``0x`` or a separator."""

_WORD: Final = re.compile(r"[0-9a-z-]+")
_UUID: Final = re.compile(r"(?:0x|0000)?(2[ab][0-9a-f]{2})(?:-?0000-?1000-?8000-?00805f9b34fb)?")
"""A 16-bit characteristic of the SIG, alone or in the SIG's own 128-bit UUID. A word of the topic has to be all of it:
addresses of devices and makers' own UUIDs may well hold the same four digits."""

_HEX: Final = re.compile(rb"(?:0x)?[0-9a-fA-F]{2}(?:[ :-]?[0-9a-fA-F]{2})*")


class Decoder:
    """Reads the messages of one gateway about one device.

    Args:
        options: what topics mean and how bytes are written.
    """

    def __init__(self, options: BluetoothOptions) -> None:
        self._payload = options.payload
        self._topics = {f"/{part}/": characteristic for part, characteristic in options.topics.items()}

    def characteristic(self, topic: str) -> str:
        """The characteristic that a topic names, four capital hex digits; empty if it names none, or several.

        The config's own table comes first, its longest part before the others.
        """
        mapped = [part for part in self._topics if part in f"/{topic}/"]
        if mapped:
            return self._topics[max(mapped, key=len)]
        words = map(_UUID.fullmatch, _WORD.findall(topic.lower()))
        found = {match[1].upper() for match in words if match is not None}
        return found.pop() if len(found) == 1 else ""

    def decode(self, characteristic: str, payload: bytes) -> Frame:
        """Read one notification.

        Raises:
            DecodeError: if it is none of this characteristic.
        """
        return PARSERS[characteristic](self._bytes(payload))

    def redact(self, payload: bytes) -> bytes:
        """A message as it may be recorded. A notification holds no name; what is none keeps only its length."""
        try:
            raw = self._bytes(payload)
        except DecodeError:
            raw = b""
        return payload if raw and not raw[0] & RESERVED_FLAGS else b"." * len(payload)

    def _bytes(self, payload: bytes) -> bytes:
        if len(payload) > MAX_PAYLOAD:
            raise DecodeError(f"a message of {len(payload)} bytes is too long", protocol=PROTOCOL, excerpt=payload[:32])
        match self._payload:
            case "raw":
                return payload
            case "hex":
                text = payload.strip()
                if not _HEX.fullmatch(text):
                    raise DecodeError("not hex digits in pairs", protocol=PROTOCOL, excerpt=payload[:32])
                return bytes.fromhex(re.sub(rb"^0x|[ :-]", b"", text).decode("ascii"))
            case "base64":
                try:
                    return base64.b64decode(payload.strip(), validate=True)
                except ValueError as error:
                    raise DecodeError("not base64", protocol=PROTOCOL, excerpt=payload[:32]) from error
