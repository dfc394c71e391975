"""Charts as SVG, drawn here: no script, one file each, readable by a screen reader and in print.

Every chart has a title and a description with its numbers; the page beside it has them as a table.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

INK, SOFT, LINE = "#1d2733", "#5a6675", "#d9dde2"
_BAR, _BAND = "#0b5570", "#d28b00"
_FONT = 'font-family="system-ui, Noto Sans CJK SC, Microsoft YaHei, sans-serif"'
WIDTH, _HEIGHT, _LEFT, _TOP, _BOTTOM = 640, 262, 44, 46, 30


@dataclass(frozen=True, slots=True)
class Bar:
    """A year's value, or what is said in its place, and the middle half of the peers where known."""

    year: int
    value: float | None
    lower: float | None = None
    median: float | None = None
    upper: float | None = None
    absent: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole, with its name and colour."""

    name: str
    value: float
    colour: str


def series(title: str, bars: Sequence[Bar], peers_name: str) -> Markup:
    """A bar for each year; beside it the peers' middle half as a line, their median as a dot."""
    tops = [value for bar in bars for value in (bar.value, bar.upper) if value is not None]
    most = _round_up(max(tops, default=1) or 1)
    base, step = _HEIGHT - _BOTTOM, (WIDTH - _LEFT - 10) / max(len(bars), 1)

    def y(value: float) -> float:
        return base - (base - _TOP) * value / most

    drawn = [
        f'<line x1="{_LEFT}" x2="{WIDTH - 10}" y1="{y(tick):.1f}" y2="{y(tick):.1f}" stroke="{LINE}"/>'
        f'<text x="{_LEFT - 6}" y="{y(tick) + 4:.1f}" text-anchor="end" fill="{SOFT}">{_number(tick)}</text>'
        for tick in (0, most / 2, most)
    ]
    for number, bar in enumerate(bars):
        drawn.append(_bar(bar, _LEFT + step * (number + 0.5), step, y, base))
    key = f'<circle cx="{_LEFT + 4}" cy="12" r="4" fill="{_BAND}"/>' if peers_name else ""
    key += f'<text x="{_LEFT + 14}" y="16" fill="{SOFT}">{escape(peers_name)}</text>'
    told = "; ".join(f"{bar.year}: {_said(bar)}" for bar in bars)
    return svg(title, told, _HEIGHT, key + "".join(drawn))


def _bar(bar: Bar, x: float, step: float, y: Callable[[float], float], base: float) -> str:
    width = min(38.0, step * 0.55)
    top = y(bar.value or 0)
    parts = [f'<text x="{x:.1f}" y="{base + 18}" text-anchor="middle" fill="{INK}">{bar.year}</text>']
    if bar.value is not None:
        parts.append(
            f'<rect x="{x - width / 2:.1f}" y="{top:.1f}" width="{width:.1f}" height="{base - top:.1f}"'
            f' fill="{_BAR}"/>'
        )
    colour = INK if bar.value is not None else SOFT
    parts.append(
        f'<text x="{x:.1f}" y="{top - 5:.1f}" text-anchor="middle" fill="{colour}">{_said(bar)}</text>'
    )
    if bar.median is not None and bar.lower is not None and bar.upper is not None:
        beside = x + width / 2 + 7
        parts.append(
            f'<path d="M{beside:.1f} {y(bar.lower):.1f}V{y(bar.upper):.1f}" stroke="{_BAND}"'
            ' stroke-width="2"/>'
            f'<circle cx="{beside:.1f}" cy="{y(bar.median):.1f}" r="4" fill="{_BAND}"/>'
        )
    return "".join(parts)


def _said(bar: Bar) -> str:
    return bar.absent if bar.value is None else _number(bar.value)


def composition(title: str, rows: Sequence[tuple[int, Sequence[Share]]]) -> Markup:
    """A bar for each year, cut into the shares of its whole; a year whose whole is 0 has an empty one."""
    height = 34 + 30 * len(rows)
    width = WIDTH - _LEFT - 10
    key, at = [], float(_LEFT)
    for share in rows[0][1] if rows else ():
        key.append(f'<rect x="{at:.0f}" y="6" width="11" height="11" fill="{share.colour}"/>')
        key.append(f'<text x="{at + 16:.0f}" y="16" fill="{SOFT}">{escape(share.name)}</text>')
        at += 30 + 13 * _wide(share.name)
    drawn, told = [], []
    for number, (year, shares) in enumerate(rows):
        top, whole, x = 30 + 30 * number, sum(share.value for share in shares), float(_LEFT)
        drawn.append(f'<text x="{_LEFT - 6}" y="{top + 16}" text-anchor="end" fill="{INK}">{year}</text>')
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
    return svg(title, "; ".join(told), height, "".join([*key, *drawn]))


def svg(title: str, told: str, height: float, content: str, role: str = "img") -> Markup:
    """A drawing with its title and a description for who can't see it."""
    parts: Iterable[str] = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="{role}"',
        f' aria-label="{escape(title)}" class="chart" {_FONT} font-size="12.5">',
        f"<title>{escape(title)}</title>",
        f"<desc>{escape(told)}</desc>" if told else "",
        content,
        "</svg>",
    )
    return Markup("".join(parts))  # noqa: S704 - every text in it is escaped above


def _round_up(value: float) -> float:
    """The next of 1, 2, 4, 10, 20, 40 … that is not below ``value``."""
    unit = 10.0 ** math.floor(math.log10(value))
    return next(unit * factor for factor in (1, 2, 4, 10) if unit * factor >= value)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"


def _wide(text: str) -> float:
    """How many ideographs wide a text is, about."""
    return sum(1 if ord(char) > 0x2E7F else 0.56 for char in text)
