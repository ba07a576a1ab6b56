"""The bytes of the simulated Dinamap, held against known commands and recorded blocks."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from vitalwatch_simulators.dinamap.encoder import (
    CuffResult,
    block,
    cuff_reply,
    oximeter_reply,
    page,
    rate_reply,
    with_checksum,
)


@pytest.mark.parametrize("sent", [" NA!2", " NC0!E", " ND!5", " RC!8", " OA!3", " RA!6", " TC!:"])
def test_the_checksum_reproduces_every_known_command(sent: str) -> None:
    assert with_checksum(sent[:-2]) == f"{sent}\r".encode()


def test_fields_stand_where_the_documents_say() -> None:
    assert cuff_reply(1, 65, CuffResult(118, 76, 93, 72))[:19] == b" NA1100065118076093"
    assert cuff_reply(0, 9999, None)[:19] == b" NA0109999000000000"
    assert (oximeter_reply(1, 97, 5)[:10], oximeter_reply(6, None, 0)[:10]) == (b" OA1097508", b" OA6000008")
    assert (rate_reply("RA", 2, 72)[:7], rate_reply("RC", 3, None)[:7]) == (b" RA2072", b" RC3-99")


def test_recorded_blocks_are_made_again_byte_for_byte(shared: Path) -> None:
    text = (shared / "captures/dinamap-pro1000/native-binary-blocks-0000-0749.hex").read_text()
    for raw in map(bytes.fromhex, text.split()):
        channels = []
        for packed in (raw[2:7], raw[7:12]):
            bits = f"{int.from_bytes(packed, 'big'):040b}"
            channels.append([int(bits[at : at + 10], 2) for at in range(0, 40, 10)])
        assert block(raw[0], raw[1], channels[0], channels[1], raw[12:15]) == raw


def test_heart_rate_and_clock_stand_in_the_page_as_recorded() -> None:
    made = page(60, datetime(2003, 12, 10, 9, 28, 2, tzinfo=UTC))
    assert (made[129:132].hex(), made[137:143].hex(), len(made)) == ("01003c", "0c0a03091c02", 150)
    assert page(300, datetime(2003, 12, 10, tzinfo=UTC))[129:132].hex() == "01012c"
    assert page(None, datetime(2003, 12, 10, tzinfo=UTC))[129:132].hex() == "000000"
