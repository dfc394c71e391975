"""Tables that are not printed whole: cut by the edge of the page, or by the frame that they stand in."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf
from typing import Final, NamedTuple

from pipelines.parse.read.glyph import Glyph
from pipelines.parse.read.ruling import Lattice
from pipelines.parse.records import Box

# points from the page's edge within which a border is the edge's
_EDGE: Final = 1.0
# in units of the character size: how far behind a border stands what has run over it
_OVER: Final = 1.5


class Shown(NamedTuple):
    """What is shown of a table for certain: a cell that reaches these limits may be cut."""

    x0: float = -inf
    top: float = -inf
    x1: float = inf
    bottom: float = inf

    def cuts(self, cell: Box) -> bool:
        """Whether the box of a cell reaches one of the limits."""
        x0, top, x1, bottom = cell
        return x0 <= self.x0 or top <= self.top or x1 >= self.x1 or bottom >= self.bottom


def shown(lattice: Lattice, loose: Iterable[Glyph], size: tuple[float, float] | None) -> Shown:
    """How far a table is shown on a page of that ``size`` (width, height; None if its edges cut nothing).

    ``loose`` are the characters outside of all tables: one that stands in line with a table's rows just
    behind its border belongs to a cell of which a frame shows only a part.
    """
    x0, top, x1, bottom = lattice.box
    left, right = (_EDGE, size[0] - _EDGE) if size else (-inf, inf)
    for glyph in loose:
        if glyph.text.strip() and not glyph.turn and top < (glyph.top + glyph.bottom) / 2 < bottom:
            middle, reach = (glyph.x0 + glyph.x1) / 2, _OVER * glyph.size
            left = max(left, x0) if x0 - reach < middle < x0 else left
            right = min(right, x1) if x1 < middle < x1 + reach else right
    return Shown(left, _EDGE, right, size[1] - _EDGE) if size else Shown(left, x1=right)
