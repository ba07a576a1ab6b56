"""Framing: MLLP, none at all, and everything that goes wrong."""

from __future__ import annotations

import pytest

from vitalwatch_drivers.hl7.decoder import MESSAGE_LIMIT, Hl7Decoder

BARE = b"MSH|^~\\&|A||||20260302120000||ORU^R01|1|P|2.6\rOBX|1|NM|150456^^MDC||97\r"
FRAMED = b"\x0b" + BARE + b"\x1c\r"


def identities(data: bytes) -> tuple[list[str], int, int]:
    decoder = Hl7Decoder()
    decoder.feed(data)
    return [frame.rows[0].value for frame in decoder.frames()], decoder.bad_frames, decoder.dropped_bytes


@pytest.mark.parametrize(
    ("data", "good", "bad", "dropped"),
    [
        (FRAMED, 1, 0, 0),
        (FRAMED + FRAMED, 2, 0, 0),
        (FRAMED[:-1] + FRAMED[:-1], 2, 0, 0),
        (FRAMED.replace(b"\r", b"\n"), 1, 0, 0),
        (FRAMED.replace(b"\r", b"\r\n"), 1, 0, 0),
        (b"\x0b\xe2\x80\xa8" + BARE + b"\x1c\r", 1, 0, 0),
        (BARE, 0, 0, 0),
        (BARE + BARE, 1, 0, 0),
        (BARE + b"\xe2\x80\xa8" + BARE + FRAMED, 3, 0, 0),
        (BARE + b"\x1c\r", 1, 0, 0),
        (BARE[:-2] + BARE + FRAMED, 2, 1, len(BARE) - 2),
        (FRAMED[:40] + FRAMED, 1, 1, 40),
        (b"noise" + FRAMED + b"\0\0", 1, 0, 7),
        (b"\x0bnot HL7\x1c\r" + FRAMED, 1, 1, 9),
        (b"\x0bMSH|^~\\&|A\x1c\r" + FRAMED, 1, 1, 12),
    ],
)
def test_framing(data: bytes, good: int, bad: int, dropped: int) -> None:
    values, bad_frames, dropped_bytes = identities(data)
    assert (len(values), bad_frames, dropped_bytes) == (good, bad, dropped)
    assert set(values) <= {"97"}


def test_a_message_without_end_is_dropped_at_the_limit() -> None:
    values, bad, dropped = identities(b"\x0bMSH|" + b"x" * MESSAGE_LIMIT + FRAMED)
    assert (len(values), bad, dropped) == (1, 1, MESSAGE_LIMIT + 5)


def test_half_a_message_is_forgotten_with_its_link() -> None:
    decoder = Hl7Decoder()
    decoder.feed(FRAMED[:30])
    decoder.reset()
    decoder.feed(FRAMED[30:] + FRAMED)
    assert len(list(decoder.frames())) == 1
    assert decoder.dropped_bytes > 30
