"""Maps as SVG: regions as dots where they lie, provinces as tiles of one size. No borders are drawn."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from pipelines.publish.charts import INK, LINE, SOFT, WIDTH, svg
from pipelines.publish.percent import percent

_FEWEST_DOTS = 12
_TILE_WIDTH, _TILE_HEIGHT, _COLUMNS = 71, 46, 9
_GREEN, _PALE_GREEN, _PALE = (31, 107, 69), (128, 196, 156), (249, 220, 216)
# provinces by the first two digits of their codes, placed by rough direction
_GRID = """
.. .. .. .. .. .. .. .. 23
.. .. .. .. .. .. 15 11 22
.. 65 .. 62 64 14 13 12 21
.. .. 63 .. 61 41 37 32 ..
.. 54 .. 51 50 42 34 31 ..
.. .. .. 53 52 43 36 33 ..
.. .. .. .. 45 44 35 71 ..
.. .. .. .. 46 82 81 .. ..
"""
PLACES = {
    code: (x, y) for y, row in enumerate(_GRID.split("\n")[1:]) for x, code in enumerate(row.split())
}  # .. is overwritten, and nobody's code


@dataclass(frozen=True, slots=True)
class Dot:
    """A place on the map: degrees, a share from 0 to 1 (None: nothing due), a name, and where it leads."""

    longitude: float
    latitude: float
    share: float | None
    name: str
    href: str


@dataclass(frozen=True, slots=True)
class Tile:
    """A province on the map of tiles: the first two digits of its code, its name, a share from 0 to 1.

    Without ``href`` it has no agency yet.
    """

    code: str
    name: str
    share: float | None = None
    href: str = ""


def tile_map(title: str, tiles: Sequence[Tile]) -> Markup:
    """Provinces as tiles: the greener, the larger the share; white where nothing is due.

    One that is on no map of China stands below.
    """
    others = [tile for tile in tiles if tile.code not in PLACES]
    below = 1 + max(y for _, y in PLACES.values())
    drawn = [_tile(tile, *PLACES[tile.code]) for tile in tiles if tile.code in PLACES]
    drawn += [_tile(t, n % _COLUMNS, below + n // _COLUMNS) for n, t in enumerate(others)]
    rows = below + -(-len(others) // _COLUMNS)
    return svg(title, "", rows * _TILE_HEIGHT + 4, "".join(drawn), role="group")


def _tile(tile: Tile, x: int, y: int) -> str:
    share = "—" if tile.share is None else percent(tile.share, 1)
    left, top, middle = x * _TILE_WIDTH + 2, y * _TILE_HEIGHT + 2, (x + 0.5) * _TILE_WIDTH
    text = f'text-anchor="middle" fill="{INK if tile.href else SOFT}"'
    box = (
        f'<rect x="{left}" y="{top}" width="{_TILE_WIDTH - 4}" height="{_TILE_HEIGHT - 4}" rx="3"'
        f' fill="{_shade(tile.share, _PALE_GREEN)}" stroke="{LINE}"/>'
        f'<text x="{middle}" y="{top + 17}" {text}>{escape(tile.name)}</text>'
        f'<text x="{middle}" y="{top + 34}" {text}>{share if tile.href else ""}</text>'
        f"<title>{escape(tile.name)} {share}</title>"
    )
    if not tile.href:
        return f"<g>{box}</g>"
    return f'<a href="{escape(tile.href)}" aria-label="{escape(tile.name)} {share}">{box}</a>'


def dot_map(title: str, dots: Sequence[Dot]) -> Markup:
    """Places by longitude and latitude; the greener a dot, the larger the share. No borders are drawn.

    Empty where the places are too few to be made out as a map.
    """
    if len(dots) < _FEWEST_DOTS:
        return Markup("")
    west, east = _span([dot.longitude for dot in dots])
    south, north = _span([dot.latitude for dot in dots])
    narrow = math.cos(math.radians((south + north) / 2))  # a degree of longitude against one of latitude
    scale = min((WIDTH - 40) / ((east - west) * narrow), 420 / (north - south))
    height = 40 + (north - south) * scale
    radius = 7 if len(dots) < 60 else 4 if len(dots) < 600 else 2.5
    drawn = []
    for dot in dots:
        x = 20 + (dot.longitude - west) * narrow * scale
        y = 20 + (north - dot.latitude) * scale
        told = f"{dot.name} {'—' if dot.share is None else percent(dot.share, 1)}"
        drawn.append(
            f'<a href="{escape(dot.href)}" aria-label="{escape(told)}"><circle cx="{x:.1f}" cy="{y:.1f}"'
            f' r="{radius}" fill="{_shade(dot.share, _GREEN)}" stroke="{SOFT}" stroke-width=".6">'
            f"<title>{escape(told)}</title></circle></a>"
        )
    return svg(title, "", math.ceil(height), "".join(drawn), role="group")


def _span(degrees: Sequence[float]) -> tuple[float, float]:
    return min(degrees) - 0.5, max(degrees) + 0.5


def _shade(share: float | None, full: tuple[int, int, int]) -> str:
    if share is None:
        return "#ffffff"
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(_PALE, full, strict=True))
    return f"#{red:02x}{green:02x}{blue:02x}"
