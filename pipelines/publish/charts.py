"""Charts as SVG, drawn here: no script, one file each, readable by a screen reader and in print.

Every chart has a title and a description with its numbers; the page beside it has them as a table.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

_INK, _SOFT, _LINE = "#1d2733", "#5a6675", "#d9dde2"
_BAR, _BAND = "#0b5570", "#d28b00"
_FONT = 'font-family="system-ui, Noto Sans CJK SC, Microsoft YaHei, sans-serif"'
_FEWEST_DOTS = 12
_WIDTH, _HEIGHT, _LEFT, _TOP, _BOTTOM = 640, 250, 44, 34, 30


@dataclass(frozen=True, slots=True)
class Bar:
    """A year's value (None: not stated), and the middle half of the peers where known."""

    year: int
    value: float | None
    lower: float | None = None
    median: float | None = None
    upper: float | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole, with its name and colour."""

    name: str
    value: float
    colour: str


@dataclass(frozen=True, slots=True)
class Dot:
    """A place on the map: degrees, a share from 0 to 1 (None: nothing due), a name, and where it leads."""

    longitude: float
    latitude: float
    share: float | None
    name: str
    href: str


def series(title: str, bars: Sequence[Bar], peers_name: str, missing: str) -> Markup:
    """A bar for each year; beside it the peers' middle half as a line, their median as a dot."""
    tops = [value for bar in bars for value in (bar.value, bar.upper) if value is not None]
    most = _round_up(max(tops, default=1) or 1)
    base, step = _HEIGHT - _BOTTOM, (_WIDTH - _LEFT - 10) / max(len(bars), 1)

    def y(value: float) -> float:
        return base - (base - _TOP) * value / most

    drawn = [
        f'<line x1="{_LEFT}" x2="{_WIDTH - 10}" y1="{y(tick):.1f}" y2="{y(tick):.1f}" stroke="{_LINE}"/>'
        f'<text x="{_LEFT - 6}" y="{y(tick) + 4:.1f}" text-anchor="end" fill="{_SOFT}">{_number(tick)}</text>'
        for tick in (0, most / 2, most)
    ]
    for number, bar in enumerate(bars):
        drawn.append(_bar(bar, _LEFT + step * (number + 0.5), step, y, base, missing))
    key = f'<circle cx="{_LEFT + 4}" cy="12" r="4" fill="{_BAND}"/>' if peers_name else ""
    key += f'<text x="{_LEFT + 14}" y="16" fill="{_SOFT}">{escape(peers_name)}</text>'
    told = "; ".join(f"{bar.year}: {missing if bar.value is None else _number(bar.value)}" for bar in bars)
    return _svg(title, told, _HEIGHT, key + "".join(drawn))


def _bar(bar: Bar, x: float, step: float, y: Callable[[float], float], base: float, missing: str) -> str:
    width = min(38.0, step * 0.55)
    label = _number(bar.value) if bar.value is not None else missing
    top = y(bar.value or 0)
    parts = [f'<text x="{x:.1f}" y="{base + 18}" text-anchor="middle" fill="{_INK}">{bar.year}</text>']
    if bar.value is not None:
        parts.append(
            f'<rect x="{x - width / 2:.1f}" y="{top:.1f}" width="{width:.1f}" height="{base - top:.1f}"'
            f' fill="{_BAR}"/>'
        )
    colour = _INK if bar.value is not None else _SOFT
    parts.append(f'<text x="{x:.1f}" y="{top - 5:.1f}" text-anchor="middle" fill="{colour}">{label}</text>')
    if bar.median is not None and bar.lower is not None and bar.upper is not None:
        beside = x + width / 2 + 7
        parts.append(
            f'<path d="M{beside:.1f} {y(bar.lower):.1f}V{y(bar.upper):.1f}" stroke="{_BAND}"'
            ' stroke-width="2"/>'
            f'<circle cx="{beside:.1f}" cy="{y(bar.median):.1f}" r="4" fill="{_BAND}"/>'
        )
    return "".join(parts)


def composition(title: str, rows: Sequence[tuple[int, Sequence[Share]]]) -> Markup:
    """A bar for each year, cut into the shares of its whole; a year whose whole is 0 has an empty one."""
    height = 34 + 30 * len(rows)
    width = _WIDTH - _LEFT - 10
    key, at = [], float(_LEFT)
    for share in rows[0][1] if rows else ():
        key.append(f'<rect x="{at:.0f}" y="6" width="11" height="11" fill="{share.colour}"/>')
        key.append(f'<text x="{at + 16:.0f}" y="16" fill="{_SOFT}">{escape(share.name)}</text>')
        at += 30 + 13 * _wide(share.name)
    drawn, told = [], []
    for number, (year, shares) in enumerate(rows):
        top, whole, x = 30 + 30 * number, sum(share.value for share in shares), float(_LEFT)
        drawn.append(f'<text x="{_LEFT - 6}" y="{top + 16}" text-anchor="end" fill="{_INK}">{year}</text>')
        drawn.append(f'<rect x="{_LEFT}" y="{top}" width="{width}" height="22" fill="#eef0f2"/>')
        for share in shares:
            long = width * share.value / whole if whole else 0
            drawn.append(
                f'<rect x="{x:.1f}" y="{top}" width="{long:.1f}" height="22" fill="{share.colour}"/>'
            )
            if long > 26:
                drawn.append(
                    f'<text x="{x + long / 2:.1f}" y="{top + 16}" text-anchor="middle" fill="#fff">'
                    f"{_number(share.value)}</text>"
                )
            x += long
        told.append(f"{year}: " + ", ".join(f"{share.name} {_number(share.value)}" for share in shares))
    return _svg(title, "; ".join(told), height, "".join([*key, *drawn]))


def dot_map(title: str, dots: Sequence[Dot]) -> Markup:
    """Places by longitude and latitude; the greener a dot, the larger the share. No borders are drawn.

    Empty where the places are too few to be made out as a map.
    """
    if len(dots) < _FEWEST_DOTS:
        return Markup("")
    west, east = _span([dot.longitude for dot in dots])
    south, north = _span([dot.latitude for dot in dots])
    narrow = math.cos(math.radians((south + north) / 2))  # a degree of longitude against one of latitude
    scale = min((_WIDTH - 40) / ((east - west) * narrow), 420 / (north - south))
    height = 40 + (north - south) * scale
    radius = 7 if len(dots) < 60 else 4 if len(dots) < 600 else 2.5
    drawn = []
    for dot in dots:
        x = 20 + (dot.longitude - west) * narrow * scale
        y = 20 + (north - dot.latitude) * scale
        told = f"{dot.name} {'—' if dot.share is None else f'{100 * dot.share:.0f}%'}"
        drawn.append(
            f'<a href="{escape(dot.href)}" aria-label="{escape(told)}"><circle cx="{x:.1f}" cy="{y:.1f}"'
            f' r="{radius}" fill="{_shade(dot.share)}" stroke="{_SOFT}" stroke-width=".6">'
            f"<title>{escape(told)}</title></circle></a>"
        )
    return _svg(title, "", math.ceil(height), "".join(drawn), role="group")


def _svg(title: str, told: str, height: float, content: str, role: str = "img") -> Markup:
    parts: Iterable[str] = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="{role}"',
        f' aria-label="{escape(title)}" class="chart" {_FONT} font-size="12.5">',
        f"<title>{escape(title)}</title>",
        f"<desc>{escape(told)}</desc>" if told else "",
        content,
        "</svg>",
    )
    return Markup("".join(parts))  # noqa: S704 - every text in it is escaped above


def _span(degrees: Sequence[float]) -> tuple[float, float]:
    return min(degrees) - 0.5, max(degrees) + 0.5


def _shade(share: float | None) -> str:
    if share is None:
        return "#ffffff"
    pale, full = (249, 220, 216), (31, 107, 69)
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(pale, full, strict=True))
    return f"#{red:02x}{green:02x}{blue:02x}"


def _round_up(value: float) -> float:
    """The next of 1, 2, 4, 10, 20, 40 … that is not below ``value``."""
    unit = 10.0 ** math.floor(math.log10(value))
    return next(unit * factor for factor in (1, 2, 4, 10) if unit * factor >= value)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"


def _wide(text: str) -> float:
    """How many ideographs wide a text is, about."""
    return sum(1 if ord(char) > 0x2E7F else 0.56 for char in text)
