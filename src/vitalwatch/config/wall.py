"""The ``[wall]`` section: the colours of the values on every screen, and why some are refused."""

from __future__ import annotations

from typing import Annotated, Final, Literal, TypeAlias

from pydantic import AfterValidator, Field

from vitalwatch.config.section import Section

LEAST_CONTRAST: Final = 4.5
"""Of a value's colour with what it stands on. Source: WCAG 2.2, success criterion 1.4.3."""

LEAST_DIFFERENCE: Final = 20.0
"""CIE76 distance of a value's colour from each alarm's: nearer ones are taken for each other at a glance."""

DARKER: Final = 0.78
"""How much of each channel is left in a dark room. The page's ``tokens.css`` does the same."""

BRIGHT: Final = {
    "tile": "#12171c",
    "tile-stale": "#1c2126",
    "high": "#d21f25",
    "medium": "#ffd400",
    "low": "#4cd7e6",
}
DIM: Final = {"tile": "#0a0d10", "tile-stale": "#14181b", "high": "#ba1a1f", "medium": "#cba900", "low": "#3babb7"}
"""What values stand on and beside in both lights, as in ``tokens.css``; a test compares them."""

CLASSIC: Final = {"hr": "#5ee08a", "spo2": "#6cb8ff", "pressure": "#f2f4f5"}
"""What stands in for a colour that a clinic does not set."""

Channels: TypeAlias = tuple[float, float, float]
"""Red, green and blue light, each 0 to 1, linear."""


def _readable_and_no_alarm(colour: str) -> str:
    for light, surroundings, factor in (("", BRIGHT, 1.0), (" when the screen is dim", DIM, DARKER)):
        own = _channels(colour, factor)
        for ground in ("tile", "tile-stale"):
            if (found := _contrast(own, _channels(surroundings[ground]))) < LEAST_CONTRAST:
                raise ValueError(
                    f"{colour} is too dark to be read on a tile{light}: contrast {found:.1f}, at least {LEAST_CONTRAST}"
                    " is needed. Choose a lighter colour"
                )
        for priority in ("high", "medium", "low"):
            if (found := _difference(own, _channels(surroundings[priority]))) < LEAST_DIFFERENCE:
                raise ValueError(
                    f"{colour} looks like an alarm of {priority} priority ({surroundings[priority]}){light}: "
                    f"difference {found:.0f}, at least {LEAST_DIFFERENCE:.0f} is needed. Choose another colour"
                )
    return colour


Colour = Annotated[
    str | None, Field(pattern=r"^#[0-9A-Fa-f]{6}$"), AfterValidator(lambda it: it and _readable_and_no_alarm(it))
]


class Wall(Section):
    """The look of the wall. A colour that is hard to read, or near an alarm's, is refused."""

    palette: Literal["classic", "mono"] = Field(
        default="classic", description="colours of the values: classic, or mono for all in the colour of text"
    )
    heart_rate: Colour = Field(default=None, description='own colour of heart and pulse rate, as in "#5ee08a"')
    spo2: Colour = Field(default=None, description='own colour of SpO2 and its curve, as in "#6cb8ff"')
    pressure: Colour = Field(default=None, description='own colour of blood pressure, as in "#f2f4f5"')

    @property
    def look(self) -> dict[str, str | dict[str, str]]:
        """The wall's palette as ``docs/live-socket.md`` has it."""
        own = {"hr": self.heart_rate, "spo2": self.spo2, "pressure": self.pressure}
        if not any(own.values()):
            return {"palette": self.palette, "colours": {}}
        return {"palette": "clinic", "colours": {name: colour or CLASSIC[name] for name, colour in own.items()}}


def _channels(colour: str, factor: float = 1.0) -> Channels:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255 * factor) for at in (1, 3, 5))
    return red, green, blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def _contrast(one: Channels, other: Channels) -> float:
    """Contrast ratio of WCAG 2.2, 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(channels: Channels) -> float:
    red, green, blue = channels
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _difference(one: Channels, other: Channels) -> float:
    """CIE76 colour difference: the distance in CIE L*a*b*."""
    return float(sum((a - b) ** 2 for a, b in zip(_lab(one), _lab(other), strict=True)) ** 0.5)


def _lab(channels: Channels) -> Channels:
    """CIE L*a*b* under the white D65."""
    red, green, blue = channels
    x = _bend((0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047)
    y = _bend(_luminance(channels))
    z = _bend((0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def _bend(part: float) -> float:
    return float(part ** (1 / 3)) if part > 0.008856 else 7.787 * part + 16 / 116
