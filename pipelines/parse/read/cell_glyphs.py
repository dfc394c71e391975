"""Characters shared out among the cells of ruled tables; what may be of either of two cells is unreadable."""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from math import inf
from typing import Final

from pipelines.parse.read.boxes import meet
from pipelines.parse.read.glyph import BASE_AND_X, FIGURE, Glyph, are_one_number, hull
from pipelines.parse.read.ruling import Lattice
from pipelines.parse.records import UNREAD, Box

# in units of the width of a character
_ASTRIDE: Final = 0.3  # a figure of which more lies on either side of a border may be of either cell
_TOUCHING: Final = -0.2  # the same of one that stands wholly on one side and touches the border
# in units of its size: by how much figures in two cells stand further apart than their digits
_PARTED: Final = 0.03
# a count
_RUN_OVER: Final = 3  # figures of a table that stand astride

# a table, its cell with the first digit of a pair that stands on both sides of a border, that, and the other
_Crossing = tuple[int, list[Glyph], Glyph, list[Glyph], Glyph]


def share_out(
    glyphs: Iterable[Glyph], lattices: Sequence[Lattice]
) -> tuple[list[Glyph], list[dict[int, list[Glyph]]]]:
    """Glyphs outside every table, and for each table glyphs by the index of their cell."""
    loose: list[Glyph] = []
    held: list[dict[int, list[Glyph]]] = [{} for _ in lattices]
    runs_over = [0] * len(lattices)
    # the smallest first: a table inside a cell takes what stands in it
    order = sorted(range(len(lattices)), key=lambda i: _area(lattices[i].box))
    finders = {i: _CellFinder(lattices[i]) for i in order}
    apart = not any(meet(a.box, b.box) for a, b in itertools.combinations(lattices, 2))
    at: tuple[int, int] | None = None  # the table and the cell of the character before
    left = above = right = below = 0.0  # where that cell lies, unless another table may lie in it
    here: list[Glyph] = []
    crossings: list[_Crossing] = []
    for glyph in glyphs:
        x, y = (glyph[1] + glyph[3]) / 2, (glyph[2] + glyph[4]) / 2
        if left < x <= right and above < y <= below:  # mostly
            here.append(glyph)
            continue
        for i in order:
            cell = finders[i].find(x, y)
            if cell is None:
                continue
            before, here = here, held[i].setdefault(cell, [])
            if at and at[0] == i and at[1] != cell and are_one_number(before[-1], glyph):
                crossings.append((i, before, before[-1], here, glyph))
            here.append(glyph)
            at = i, cell
            left, above, right, below = finders[i].latest if apart else (0.0,) * 4
            break
        else:
            loose.append(glyph)
            at, right = None, left
    for i, before, last, behind, first in crossings:
        if not _stand_apart(last, before, first, behind):  # it runs over the border
            before.append(first._replace(text=UNREAD))
            behind.append(last._replace(text=UNREAD))
            runs_over[i] += not (first.stained or last.stained)  # what a seal prints tells nothing
    for i, finder in finders.items():
        _doubt_astride(held[i], finder, runs_over[i])
    return loose, held


def _stand_apart(last: Glyph, before: Sequence[Glyph], first: Glyph, behind: Sequence[Glyph]) -> bool:
    """Whether figures that fill two cells end and begin at the border between them: it parts them by more
    than their own digits, of which there are several in each.
    """
    sides = [_gaps(last, before), _gaps(first, behind)]
    widest = max(map(max, sides)) if all(sides) else inf
    return first.x0 - last.x1 > widest + _PARTED * min(last.size, first.size)


def _gaps(one: Glyph, cell: Sequence[Glyph]) -> list[float]:
    """The gaps between the digits of the figure in a cell of which this is one."""
    line = sorted((g for g in cell if abs(g.base - one.base) < one.size * _PARTED), key=BASE_AND_X)
    return [b.x0 - a.x1 for a, b in itertools.pairwise(line) if are_one_number(a, b)]


def _doubt_astride(held: dict[int, list[Glyph]], finder: _CellFinder, runs_over: int) -> None:
    """Make figures of one character that stand astride a border unreadable, in both cells.

    Unless the other cell has a figure of its own. Where several do, or longer ones run over a border, figures
    have run out of their cells: what only touches a border may have come from beyond it.
    """
    astride = {
        cell: (glyphs[0], beyond)
        for cell, glyphs in held.items()
        if len(glyphs) == 1 and (beyond := _beyond(glyphs[0], cell, finder)) is not None
    }
    for cell, (glyph, beyond) in astride.items():
        if beyond not in held or beyond in astride:
            doubtful = [glyph._replace(text=UNREAD)]
            held[cell] = doubtful
            held.setdefault(beyond, doubtful)
    clean = sum(not glyph.stained for glyph, _ in astride.values())
    if clean + runs_over >= _RUN_OVER:
        _doubt_touching(held, finder)
    if runs_over >= _RUN_OVER:
        _doubt_beside(held, finder)


def _doubt_touching(held: dict[int, list[Glyph]], finder: _CellFinder) -> None:
    """Make figures of one character that touch a border unreadable, and the blank cells beyond it."""
    for cell, glyphs in list(held.items()):
        order = sorted(range(len(glyphs)), key=lambda n: glyphs[n].x0)
        joined = {
            n
            for pair in itertools.pairwise(order)
            if are_one_number(*(glyphs[i] for i in pair))
            for n in pair
        }
        for n in {order[0], order[-1]} - joined:
            beyond = _beyond(glyphs[n], cell, finder, _TOUCHING)
            if beyond is not None:
                glyphs[n] = glyphs[n]._replace(text=UNREAD)
                held.setdefault(beyond, [glyphs[n]])


def _doubt_beside(held: dict[int, list[Glyph]], finder: _CellFinder) -> None:
    """Make figures that stand wholly beside a border unreadable, and the blank cells beyond it.

    In a table of which other figures run over their borders, these may have run over as a whole.
    """
    for cell, glyphs in list(held.items()):
        x0, top, x1, bottom = hull(glyphs)
        if not all(FIGURE.match(glyph.text) for glyph in glyphs):
            continue
        middle, reach = (top + bottom) / 2, glyphs[0].size
        for x in (x1 - reach, x0 + reach):
            beyond = finder.find(x, middle)
            if beyond is not None and beyond != cell:
                held[cell] = doubtful = [glyph._replace(text=UNREAD) for glyph in glyphs]
                held.setdefault(beyond, doubtful)


def _beyond(glyph: Glyph, cell: int, finder: _CellFinder, share: float = _ASTRIDE) -> int | None:
    """The cell beside this one in which this share of a figure stands, if there is one."""
    if not FIGURE.match(glyph.text):
        return None
    reach, middle = share * (glyph.x1 - glyph.x0), (glyph.top + glyph.bottom) / 2
    found = (finder.find(x, middle) for x in (glyph.x0 + reach, glyph.x1 - reach))
    return next((other for other in found if other is not None and other != cell), None)


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


class _CellFinder:
    """Which cell of a lattice a point lies in."""

    def __init__(self, lattice: Lattice) -> None:
        self._box = lattice.box
        self._xs, self._ys, self._drifted = lattice.xs, lattice.ys, lattice.drifted
        self.latest: Box = (0.0, 0.0, 0.0, 0.0)  # the place found last
        self._found: int | None = None
        self._cell_at = {
            (cell.row + i, cell.column + j): n
            for n, cell in enumerate(lattice.cells)
            for i in range(cell.rowspan)
            for j in range(cell.colspan)
        }

    def find(self, x: float, y: float) -> int | None:
        """The index of the cell, None outside the table."""
        left, above, right, below = self.latest
        if left < x <= right and above < y <= below:  # mostly it is that of the character before
            return self._found
        x0, top, x1, bottom = self._box
        if not (x0 <= x <= x1 and top <= y <= bottom):
            return None
        row = _interval(self._ys, y)
        xs = self._drifted.get(row, self._xs)
        column = _interval(xs, x)
        self.latest = xs[column], self._ys[row], xs[column + 1], self._ys[row + 1]
        self._found = self._cell_at.get((row, column))
        return self._found


def _interval(positions: Sequence[float], at: float) -> int:
    return min(bisect_left(positions, at, 1), len(positions) - 1) - 1
