"""Records of a ``.vwlog`` as lines, and lines as records."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.links import vwlog

_SECONDS = st.floats(min_value=0, max_value=1e9)
_RECORDS = st.one_of(
    st.builds(vwlog.Start, st.just(1), st.text(), st.text(), st.text(), st.text()),
    st.builds(vwlog.Opened, _SECONDS),
    st.builds(vwlog.Lost, _SECONDS, st.text(), st.booleans()),
    st.builds(vwlog.Data, _SECONDS, st.binary()),
    st.builds(vwlog.Delivered, _SECONDS, st.binary(), st.text(), st.booleans()),
    st.builds(vwlog.Sent, _SECONDS, st.binary()),
    st.builds(vwlog.Missed, _SECONDS, st.integers(1, 2**60)),
)


@given(_RECORDS)
def test_a_record_is_one_line_that_gives_the_same_record(record: vwlog.Record) -> None:
    line = vwlog.encode(record)
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")
    assert vwlog.decode(line) == record


@given(st.binary())
def test_any_line_is_a_record_or_none(line: bytes) -> None:
    record = vwlog.decode(line)
    assert record is None or vwlog.decode(vwlog.encode(record)) == record


def test_a_line_is_what_the_description_says() -> None:
    line = vwlog.encode(vwlog.Delivered(1.25, b"97", "ward/1", retained=True))
    assert json.loads(line) == {"kind": "message", "t": 1.25, "data": "OTc=", "topic": "ward/1", "retained": True}


@pytest.mark.parametrize("line", [b"", b"{}", b'{"kind":"data","t":0,"data":"OTc', b'{"kind":"later","t":0}', b"[1]"])
def test_what_is_no_record_is_none(line: bytes) -> None:
    assert vwlog.decode(line) is None


def test_fields_of_a_later_version_are_passed_over() -> None:
    assert vwlog.decode(b'{"kind":"opened","t":1,"by":"dialling"}') == vwlog.Opened(1.0)


def test_the_largest_message_fits_the_longest_line() -> None:
    assert len(vwlog.encode(vwlog.Delivered(1e9, bytes(1024 * 1024), "t" * 65_535))) < vwlog.LONGEST_LINE
