"""MQTT topic filters, against the examples of the standard and against each other."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.links.topics import TopicTable, has_wildcard, matches, overlap

# MQTT 3.1.1 sections 4.7.1.2, 4.7.1.3 and 4.7.2
EXAMPLES = [
    ("sport/tennis/player1/#", "sport/tennis/player1", True),
    ("sport/tennis/player1/#", "sport/tennis/player1/ranking", True),
    ("sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon", True),
    ("sport/#", "sport", True),
    ("sport/tennis/+", "sport/tennis/player1", True),
    ("sport/tennis/+", "sport/tennis/player1/ranking", False),
    ("sport/+", "sport", False),
    ("sport/+", "sport/", True),
    ("+/+", "/finance", True),
    ("/+", "/finance", True),
    ("+", "/finance", False),
    ("#", "any/thing/at/all", True),
    ("#", "$SYS/monitor", False),
    ("+/monitor/Clients", "$SYS/monitor/Clients", False),
    ("$SYS/#", "$SYS/monitor", True),
    ("$SYS/monitor/+", "$SYS/monitor/Clients", True),
    ("ward/1", "ward/1", True),
    ("ward/1", "Ward/1", False),
    ("ward/1", "ward/1/", False),
]


@pytest.mark.parametrize(("topic_filter", "topic", "expected"), EXAMPLES)
def test_matching_follows_the_standard(topic_filter: str, topic: str, expected: bool) -> None:
    assert matches(topic_filter, topic) is expected


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("ward/+", "ward/1", True),
        ("ward/+/spo2", "ward/1/+", True),
        ("ward/#", "+/1/spo2", True),
        ("ward/#", "ward", True),
        ("ward/+/spo2", "ward/+/pulse", False),
        ("a/+", "a/b/+", False),
        ("+/x", "$SYS/x", False),
        ("#", "$SYS/#", False),
        ("+/#", "a", True),
    ],
)
def test_overlapping_filters(first: str, second: str, expected: bool) -> None:
    assert overlap(first, second) is expected
    assert overlap(second, first) is expected


_NAME = st.lists(st.sampled_from(["a", "b", "", "$x"]), min_size=1, max_size=4).map("/".join).filter(bool)
_FILTER = st.builds(
    lambda levels, rest: "/".join([*levels, "#"] if rest else levels),
    st.lists(st.sampled_from(["a", "b", "", "+", "$x"]), max_size=4),
    st.booleans(),
).filter(bool)


@given(st.lists(_FILTER), _NAME)
def test_filters_that_match_one_topic_overlap(filters: list[str], topic: str) -> None:
    for first, second in combinations([f for f in filters if matches(f, topic)], 2):
        assert overlap(first, second)


@given(_NAME, _NAME)
def test_a_topic_without_wildcards_matches_itself_alone(first: str, second: str) -> None:
    assert matches(first, second) is (first == second)


@given(st.lists(_FILTER), _NAME)
def test_the_table_finds_what_matching_each_filter_finds(filters: list[str], topic: str) -> None:
    table: TopicTable[int] = TopicTable()
    for seat, topic_filter in enumerate(filters):
        table.add(topic_filter, seat)
    assert sorted(table.wanting(topic)) == [i for i, f in enumerate(filters) if matches(f, topic)]
    for seat, topic_filter in enumerate(filters):
        table.remove(topic_filter, seat)
    assert table.filters() == []


@given(st.lists(_FILTER), _FILTER)
def test_the_table_knows_which_filters_clash(filters: list[str], newcomer: str) -> None:
    table: TopicTable[int] = TopicTable()
    for seat, topic_filter in enumerate(filters):
        table.add(topic_filter, seat)
    assert table.clashes(newcomer) is any(f != newcomer and overlap(f, newcomer) for f in filters)


def test_seats_share_a_filter_and_can_be_listed() -> None:
    table: TopicTable[str] = TopicTable()
    table.add("ward/1", "a")
    table.add("ward/1", "b")
    table.add("lab/#", "c")
    assert table.under("ward/1") == ["a", "b"]
    assert sorted(table) == ["a", "b", "c"]
    assert has_wildcard("lab/#")
    assert not has_wildcard("ward/1")
