"""A small plot as SVG text: sensitivity against false alarms per chair-hour."""

from __future__ import annotations

from typing import Final
from xml.sax.saxutils import escape

import msgspec

_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _EDGE = 720, 420, 70, 60, 60
_COLOURS: Final = ("#0b6e4f", "#b4430f", "#30457a")


class Curve(msgspec.Struct, frozen=True):
    """Points of (false alarms per chair-hour, sensitivity from 0 to 1, label). Those at one place share their label."""

    name: str
    points: tuple[tuple[float, float, str], ...]


def draw(curves: list[Curve], title: str) -> str:
    """The plot as the text of an SVG file."""
    right = max((x for curve in curves for x, _, _ in curve.points), default=0.0) * 1.1 or 1.0
    width, height = _WIDTH - _LEFT - _EDGE, _HEIGHT - _BOTTOM - _EDGE - 20

    def place(x: float, y: float) -> tuple[float, float]:
        return _LEFT + width * x / right, _HEIGHT - _BOTTOM - height * y

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}">',
        "<style>text { font: 12px sans-serif }</style>",
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>',
        f'<text x="{_LEFT}" y="24">{escape(title)}</text>',
    ]
    for step in range(6):
        y, x = step / 5, right * step / 5
        (left, level), (across, floor) = place(0, y), place(x, 0)
        parts.append(f'<path d="M{left:.1f} {level:.1f}H{_WIDTH - _EDGE}" stroke="#ddd"/>')
        parts.append(f'<text x="{left - 8:.1f}" y="{level + 4:.1f}" text-anchor="end">{100 * y:.0f} %</text>')
        parts.append(f'<text x="{across:.1f}" y="{floor + 18:.1f}" text-anchor="middle">{x:.2g}</text>')
    parts.append(f'<text x="{_LEFT}" y="{_HEIGHT - 14}">false alarms per chair-hour (up: events found)</text>')
    for number, curve in enumerate(curves):
        colour = _COLOURS[number % len(_COLOURS)]
        spots: dict[tuple[float, float], list[str]] = {}
        for x, y, label in curve.points:
            spots.setdefault(place(x, y), []).append(label)
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in spots)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        for (x, y), labels in spots.items():
            words = escape(", ".join(labels))
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>')
            parts.append(f'<text x="{x + 6:.1f}" y="{y + 15 + 14 * number:.1f}" fill="{colour}">{words}</text>')
        name = escape(curve.name)
        legend = f'x="{_WIDTH - _EDGE}" y="{_HEIGHT - _BOTTOM - 30 + 16 * number}" text-anchor="end"'
        parts.append(f'<text {legend} fill="{colour}">{name}</text>')
    return "\n".join([*parts, "</svg>", ""])
