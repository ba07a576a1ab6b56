"""Replies and blocks, held against known commands, the documents and a recording of a PRO 1000."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.errors import DecodeError
from vitalwatch_drivers.dinamap.conformance import block, reply
from vitalwatch_drivers.dinamap.frames import (
    Block,
    CuffReply,
    OtherReply,
    OximeterReply,
    Page,
    RateReply,
    command,
    parse_block,
    parse_page,
    parse_reply,
)

BLOCKS = "captures/dinamap-pro1000/native-binary-blocks-0000-0749.hex"


@pytest.fixture
def blocks(shared: Path) -> list[Block]:
    """The 750 recorded blocks."""
    return [parse_block(bytes.fromhex(line)) for line in (shared / BLOCKS).read_text().split()]


def pages(blocks: list[Block]) -> list[bytes]:
    return [b"".join(block.parameters for block in blocks[at : at + 50]) for at in range(0, len(blocks), 50)]


@pytest.mark.parametrize("sent", [" NA!2", " NC0!E", " ND!5", " RC!8", " OA!3", " RA!6", " TC!:"])
def test_the_checksum_reproduces_every_known_command(sent: str) -> None:
    assert command(sent[1:-2].encode()) == sent.encode() + b"\r"


# --- the recording --------------------------------------------------------------------------------------------------


def test_all_750_recorded_blocks_keep_their_checksum_and_complements(blocks: list[Block]) -> None:
    assert len(blocks) == 750


def test_recorded_sequence_numbers_go_from_0_to_199_and_again(blocks: list[Block]) -> None:
    assert [block.sequence for block in blocks] == [number % 200 for number in range(750)]


def test_channel_1_of_the_first_recorded_block(blocks: list[Block]) -> None:
    assert blocks[0].channel_1 == (384, 0, 384, 412)


def test_channel_2_of_the_first_recorded_block(blocks: list[Block]) -> None:
    assert blocks[0].channel_2 == (508, 508, 508, 508)


def test_recorded_beat_bits_change_about_every_50_blocks(blocks: list[Block]) -> None:
    bits = [block.status >> 1 & 3 for block in blocks]
    beats = [place for place, (before, after) in enumerate(pairwise(bits), 1) if before != after]
    assert len(beats) == 14
    assert all(50 <= later - earlier <= 51 for earlier, later in pairwise(beats))


def test_no_recorded_block_has_a_warning(blocks: list[Block]) -> None:
    assert not any(block.status & 0x20 for block in blocks)


def test_no_recorded_block_has_a_crisis(blocks: list[Block]) -> None:
    assert not any(block.status & 0x40 for block in blocks)


def test_recorded_pages_carry_01_00_3c_and_once_3b(blocks: list[Block]) -> None:
    rates = [page[129:132].hex() for page in pages(blocks)]
    assert rates == ["000000", *["01003c"] * 9, "01003b", *["01003c"] * 4]
    assert [parse_page(page).heart_rate for page in pages(blocks)] == [None, *[60] * 9, 59, *[60] * 4]


def test_recorded_clock_counts_up_from_09_28_02(blocks: list[Block]) -> None:
    told = [parse_page(page).device_time for page in pages(blocks)]
    assert told == [None, *(f"2003-12-10T09:28:{second:02d}" for second in range(2, 16))]


# --- replies --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (" NA1100125118076093", CuffReply(1, 125, 118, 76, 93)),
        (" NA0219999000000000", CuffReply(0, 9999, None, None, None)),
        (" NA1000007---  0-99", CuffReply(1, 7, None, None, None)),
        (" OA1097508", OximeterReply(1, 97, 5)),
        (" OA6-99008", OximeterReply(6, None, 0)),
        (" RA2 72", RateReply("RA", "2", 72)),
        (" RA3000", RateReply("RA", "3", None)),
        (" RC1256 more", RateReply("RC", "1", 256)),
        (" NC", OtherReply("NC")),
    ],
)
def test_replies(text: str, read: object) -> None:
    assert parse_reply(reply(text)[:-1]) == read


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "NA", " na1100125118076093", "uNA1100125118076093", " N\xc41100125118076093"),
        *(" NA110012511807609", " NA11001251180760930", " NA1300125118076093", " NA1120125118076093"),
        *(" NAX100125118076093", " NA11001X5118076093", " NA11001251X8076093", " NA110012511807609."),
        *(" OA109750", " OA1097X08", " RA207", " RC307", " RA2x12", " RA2+72", " RA2\t72"),
    ],
)
def test_what_has_another_form_is_refused_though_its_checksum_fits(text: str) -> None:
    total = sum(max(0, ord(character) - 0x1F) for character in text)
    with pytest.raises(DecodeError):
        parse_reply(text.encode("latin-1") + bytes((0x20 + total // 64, 0x20 + total % 64)))


@pytest.mark.parametrize("end", [b"", b"!!"])
def test_without_checking_another_checksum_or_none_is_taken(end: bytes) -> None:
    assert parse_reply(b" RA2072" + end, checked=False) == RateReply("RA", "2", 72)
    with pytest.raises(DecodeError):
        parse_reply(b" XX2072" + end, checked=False)


def test_a_changed_checksum_is_refused() -> None:
    with pytest.raises(DecodeError):
        parse_reply(b" RA2072!!")


@given(
    st.one_of(st.binary(max_size=60), st.sampled_from([b" ZZ" + b"~" * size for size in (36, 37, 999)])), st.booleans()
)
def test_any_bytes_are_a_reply_or_refused(raw: bytes, checked: bool) -> None:
    for parse in (lambda: parse_reply(raw, checked=checked), lambda: parse_block(raw)):
        try:
            parse()
        except DecodeError:
            continue


# --- blocks ---------------------------------------------------------------------------------------------------------


@given(st.integers(0, 199), st.integers(0, 255), st.integers(0, 1023), st.binary(min_size=3, max_size=3))
def test_a_block_is_read_as_it_was_made(sequence: int, status: int, sample: int, parameters: bytes) -> None:
    made = block(sequence, status, sample, parameters)
    assert parse_block(made) == Block(sequence, status, (0,) * 4, (sample,) * 4, parameters)


@given(st.integers(0, 143))
def test_a_block_with_any_changed_bit_is_refused(bit: int) -> None:
    bent = bytearray(block(7, 14, 508, b"abc"))
    bent[bit // 8] ^= 1 << (bit % 8)
    with pytest.raises(DecodeError):
        parse_block(bytes(bent))


def test_a_block_with_an_impossible_number_or_length_is_refused() -> None:
    for raw in (block(200, 0, 0, bytes(3)), block(0, 0, 0, bytes(3))[:-1], b""):
        with pytest.raises(DecodeError):
            parse_block(raw)


@pytest.mark.parametrize("rate", [1, 59, 127, 128, 129, 200, 255, 256, 300, 350, 999])
def test_heart_rates_of_a_page_around_byte_boundaries(rate: int) -> None:
    assert parse_page(bytes(129) + b"\x01" + rate.to_bytes(2, "big") + bytes(18)) == Page(rate, None)


@pytest.mark.parametrize("field", ["010000", "017fff", "01ffff", "00003c", "02003c", "ff003c", "000000"])
def test_what_stands_for_no_heart_rate(field: str) -> None:
    assert parse_page(bytes(129) + bytes.fromhex(field) + bytes(18)).heart_rate is None


@pytest.mark.parametrize("clock", ["0d0a03091c02", "0c2003091c02", "0c0a64091c02", "0c0a03181c02", "0c0a03093c02"])
def test_an_impossible_clock_is_no_label(clock: str) -> None:
    assert parse_page(bytes(137) + bytes.fromhex(clock) + bytes(7)).device_time is None
