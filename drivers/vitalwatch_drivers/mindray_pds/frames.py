"""Messages of Mindray's port 4601: which there are, what is sent, and the parser of one. Pure.

They are HL7 2.3.1 in MLLP frames with a header that is nearly empty: MSH-10 is no identity but says what the message is
about.

Source: protocol notes on monitors, section 4c, after the public clients hankersyan/mindray_t1 and caowm/pds-server and
recorded messages.
"""

from __future__ import annotations

from typing import Final

from vitalwatch.errors import DecodeError
from vitalwatch.hl7 import Hl7Message, framed, parse_message

PROTOCOL: Final = "mindray-pds"
VERSION: Final = "2.3.1"

PHYSIOLOGICAL: Final = "54"
"""All physiological alarms that hold; no row for none."""

TECHNICAL: Final = "56"
"""All technical alarms that hold; no row for none."""

HEARTBEAT: Final = "106"
NUMERICS: Final = "204"
"""Periodic values, a message for each module."""

STATES: Final = "205"
"""The state of each parameter of the 204 before it."""

CUFF: Final = "503"
"""The result of a cuff measurement."""

READ: Final = frozenset({PHYSIOLOGICAL, TECHNICAL, HEARTBEAT, NUMERICS, STATES, CUFF})
"""MSH-10 of what is read. Others: 101 and 103 (who the patient is), 157 (packed curves), and what we do not know."""

_HEADER: Final = "MSH|^~\\&|||||||"

HEARTBEAT_MESSAGE: Final = framed(f"{_HEADER}ORU^R01|106|P|{VERSION}|\r")
"""Keeps the connection; both ends send it."""

HEARTBEAT_S: Final = 1.0

QUERY: Final = framed(f"{_HEADER}QRY^R02|1203|P|{VERSION}|\rQRD|20060101000000|R|I|1|||||RES\rQRF|MON||||0&0^1^1^1^\r")
"""Asks for all parameters. Its time is fixed, for a driver has no clock; no known monitor looks at it."""


def parse(raw: bytes) -> Hl7Message:
    """Read one message, without its frame bytes.

    Raises:
        DecodeError: if it is not HL7, not of version 2.3.1, or MSH-10 is not one of this protocol's numbers.
    """
    message = parse_message(raw)
    number = message.identity
    if message.version != VERSION or not (number.isascii() and number.isdecimal() and len(number) <= 4):
        raise DecodeError("HL7, but not a message of port 4601", protocol=PROTOCOL, excerpt=raw[:20])
    return message
