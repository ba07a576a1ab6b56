"""Anything that may happen to a record, for property tests."""

from __future__ import annotations

from hypothesis import strategies as st

from vitalwatch.alarms.events import Acknowledge, Event, Heard, LinkChanged, Note, Sampled
from vitalwatch.journal.packing import Item
from vitalwatch.journal.record import US, Kind, Minute, Wave
from vitalwatch.model import Mode, Validity, Vital

names = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)

EPOCH_US = 1_800_000_000 * US
"""In 2027: as many microseconds since 1970 as a service's axis has."""

moments_us = st.integers(EPOCH_US, EPOCH_US + 86_400 * US)

values = st.none() | st.integers(0, 300) | st.floats(0, 655, allow_nan=False)

sampled = st.builds(
    Sampled,
    chair=names,
    device=names,
    vital=st.sampled_from(Vital),
    value=values,
    validity=st.sampled_from(Validity),
    mode=st.sampled_from(Mode),
    device_time=st.none() | names,
)

heard = st.builds(Heard, chair=names, device=names)

samples: st.SearchStrategy[Sampled | Heard] = sampled | heard

others: st.SearchStrategy[Event] = (
    st.builds(Acknowledge, chair=names, condition=names, actor=names)
    | st.builds(LinkChanged, chair=names, device=names, up=st.booleans(), reason=names)
    | st.builds(Note, chair=names, text=names, actor=names)
)


@st.composite
def happenings(draw: st.DrawFn, most: int = 12) -> list[Item]:
    """Samples, acts, news, checkpoints, minutes and curves in any order, one after the other in time."""
    items: list[Item] = []
    at = draw(moments_us)
    for _ in range(draw(st.integers(0, most))):
        at += draw(st.sampled_from([0, 1, 40_000, 1_000_003]))
        items.append(draw(_one(at / US)))
    return items


def _one(at: float) -> st.SearchStrategy[Item]:
    sample = samples.map(lambda event: Item(None, at, event))
    other = others.map(lambda event: Item(Kind.NEWS, at, event, str(event.__struct_config__.tag), event.chair))
    checkpoint = st.binary(max_size=20).map(lambda snapshot: Item(None, at, snapshot))
    minute = st.just(Item(None, at, Minute("1", "spo2", int(at // 60), 0, 1, 97.0, 97.0, 97.0, bytes(120))))
    wave = st.just(Item(None, at, Wave("1", "ox", "pleth", round(at * US), 0, 75.0, b"curve")))
    return st.one_of(sample, sample, sample, other, checkpoint, minute, wave)
