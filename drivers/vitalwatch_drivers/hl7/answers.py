"""What is sent to a device: acknowledgements of its messages, and the question that makes an Edan gateway talk. Pure.

The driver reads no clock, so that an acknowledgement carries the time of the message that it answers, and a question a
fixed one; no known device looks at either.
"""

from __future__ import annotations

from typing import Final

from vitalwatch.hl7 import Hl7Message, framed

WANTED: Final = frozenset({"AL", "SU"})
"""Of MSH-15 and MSH-16: always, and on success. ``ER`` wants one on errors only, ``NE`` never."""

UNANSWERED: Final = frozenset({"ACK", "QRY", "QBP", "QCN", "QSB", "RSP", "ORF"})
"""An acknowledgement is never acknowledged, and a question wants an answer and no receipt."""

PHILIPS: Final = "MDIL"
"""Code system of a Philips SureSigns VS4, which waits for an acknowledgement without asking for one."""


EDAN_QUERY: Final = framed("MSH|^~\\&|||||||QRY^R02|1|P|2.4|\rQRD|20060101000000|R|I|1|||||RES\rQRF|MON||||1\r")
"""Asks an Edan gateway for the present values; built from the constants of one client, not tried on a gateway."""


def wants_answer(message: Hl7Message, acknowledge: str) -> bool:
    """Whether a message is to be acknowledged, given the option ``acknowledge``."""
    if acknowledge == "never" or message.kind in UNANSWERED or not message.identity:
        return False
    asked = bool({message.accept.upper(), message.apply.upper()} & WANTED)
    return acknowledge == "always" or asked or _is_philips(message)


def acknowledgement(message: Hl7Message, number: int) -> bytes:
    """Say that a message was taken.

    Args:
        message: what is acknowledged.
        number: our own count, which makes the identity of the answer.
    """
    # What the sender wrote is put into a segment again, so nothing of it may end the segment or the frame.
    sender, facility, identity = (
        "".join(c for c in text if c.isprintable())[:200]
        for text in (message.application, message.facility, message.identity)
    )
    kind = "ACK^^ACK_ALL" if _is_philips(message) else f"ACK^{_plain(message.trigger) or 'R01'}"
    time = "".join(c for c in message.sent.label if c.isdigit())[:14] if message.sent else ""
    version = _plain(message.version) or "2.6"
    return framed(
        f"MSH|^~\\&|VitalWatch||{sender}|{facility}|{time}||{kind}|VW{number}|P|{version}\rMSA|AA|{identity}\r"
    )


def _plain(text: str) -> str:
    return "".join(c for c in text if c.isascii() and (c.isalnum() or c == "."))[:20]


def _is_philips(message: Hl7Message) -> bool:
    return any(row.system == PHILIPS for row in message.rows)
