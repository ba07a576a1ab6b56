"""A help for drivers of devices that speak HL7 v2: messages, MLLP frames, recordings without people. Pure.

What a row means is the driver's: codes, units, "no value" and alarms differ by dialect.
"""

from vitalwatch.hl7.message import MAX_TEXT, PROTOCOL, Hl7Message, Row, Stamp, parse_message, parse_stamp, shown
from vitalwatch.hl7.redact import LINE_LIMIT, LineRedactor, redact_segment
from vitalwatch.hl7.stream import MESSAGE_LIMIT, MllpDecoder, framed

__all__ = [
    "LINE_LIMIT",
    "MAX_TEXT",
    "MESSAGE_LIMIT",
    "PROTOCOL",
    "Hl7Message",
    "LineRedactor",
    "MllpDecoder",
    "Row",
    "Stamp",
    "framed",
    "parse_message",
    "parse_stamp",
    "redact_segment",
    "shown",
]
