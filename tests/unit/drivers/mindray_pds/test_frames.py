"""Which messages belong to port 4601, and what is sent there."""

from __future__ import annotations

import pytest

from vitalwatch.errors import DecodeError
from vitalwatch_drivers.mindray_pds.frames import HEARTBEAT_MESSAGE, QUERY, parse


def test_what_is_sent_is_as_in_the_notes() -> None:
    assert HEARTBEAT_MESSAGE == b"\x0bMSH|^~\\&|||||||ORU^R01|106|P|2.3.1|\r\x1c\r"
    assert QUERY.split(b"\r")[0] == b"\x0bMSH|^~\\&|||||||QRY^R02|1203|P|2.3.1|"
    assert QUERY.split(b"\r")[2] == b"QRF|MON||||0&0^1^1^1^"


def test_a_message_is_known_by_its_number() -> None:
    assert parse(b"MSH|^~\\&|||||||ORU^R01|204|P|2.3.1|\rOBX||NM|101^HR|2101|60||||||F\r").identity == "204"


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"PID|",
        b"MSH|^~\\&|||||||ORU^R01|204|P|2.6|",
        b"MSH|^~\\&|||||||ORU^R01||P|2.3.1|",
        b"MSH|^~\\&|||||||ORU^R01|VW1|P|2.3.1|",
        b"MSH|^~\\&|||||||ORU^R01|20260302120000|P|2.3.1|",
        "MSH|^~\\&|||||||ORU^R01|٢٠٤|P|2.3.1|".encode(),
        b"MSH|^~\\&||||||||204|P|2.3.1|",
    ],
)
def test_other_hl7_is_refused(header: bytes) -> None:
    with pytest.raises(DecodeError):
        parse(header)
