"""Which lines of a page make tables: some underline or cross out figures, some part boxes for digits."""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from typing import Final

from pipelines.parse.read.glyph import FIGURE, Glyph, stands_in
from pipelines.parse.read.ruling import DOT, Edge, Lattice, find_lattices
from pipelines.parse.read.text_lines import lines_of
from pipelines.parse.records import Box

_UNDERLINE: Final = 0.35  # how far below its line a figure is underlined at most, in units of its size
# in points
_LONGEST_FIGURE: Final = 80.0
_UPRIGHT: Final = 5.0  # what is shorter is the side of a thin line
_RULE_NEAR: Final = 1.0
_SAME_DEPTH: Final = 0.1
# counts
_MOST_TABLES: Final = 1000  # of a page on which boxes for digits are looked for
_BOTH: Final = 2  # ends of a line
_STACKED: Final = 4  # lines of figures in one cell that are rows of a table whose columns alone are parted
_SEVERAL: Final = 3  # lines under text that tell how far below it such lines stand
_ABREAST: Final = 3  # figures of one line in one cell that are of columns which nothing parts
_STRIPES: Final = 3  # shaded rows apart from each other that show a table of which every other row is shaded

_ONE_FIGURE = re.compile(r"[0-9０-９/\-—–.,]+")


def tables_of(
    edges: Sequence[Edge], faint: Sequence[Edge], unit: float
) -> tuple[list[Lattice], list[Lattice]]:
    """The tables that lines make, and outside these the ones that borders of shaded areas (``faint``) do."""
    ruled = find_lattices(edges, unit)
    outside = [edge for edge in faint if not any(meets(edge, lattice.box) for lattice in ruled)]
    return ruled, _without_stripes(find_lattices(outside, unit)) if outside else []


def without_underlines(edges: Sequence[Edge], glyphs: Sequence[Glyph]) -> Sequence[Edge]:
    """Edges without the lines under figures, and under words if they end at no line of a table.

    They begin and end with what they underline, right below it. Where several do, what does so as far
    below its words is one of them though lines of a table stand at both its ends, and nothing else there is.
    """
    level = [edge for edge in edges if edge.top == edge.bottom and edge.x1 - edge.x0 > DOT]
    held = _held(level, edges)
    loose = {edge for edge, ends in held.items() if not ends}
    short = [edge for edge in level if edge in loose or edge.x1 - edge.x0 < _LONGEST_FIGURE]
    if not short:
        return edges
    # few are figures
    read = glyphs if loose else [glyph for glyph in glyphs if _is_of_figure(glyph)]
    above = _by_height_below(read, {int(edge.top) for edge in short})
    depths = {edge: _depth(edge, above.get(int(edge.top), ()), edge in loose) for edge in short}
    under = {edge: depth for edge, depth in depths.items() if depth is not None}
    if not under:
        return edges
    known = sorted(depth for edge, depth in under.items() if held[edge] < _BOTH)
    if len(known) >= _SEVERAL:
        above = _by_height_below(glyphs, {int(edge.top) for edge in level})
        for edge in level:
            depth = _depth(edge, above.get(int(edge.top), ()), words=True)
            if depth is not None and _is_usual(depth, known):
                under[edge] = depth
            elif held[edge] == _BOTH:
                under.pop(edge, None)
    return [edge for edge in edges if edge not in under]


def _is_usual(depth: float, known: Sequence[float]) -> bool:
    """Whether several of the ``known`` depths, in order, are this one."""
    return bisect_left(known, depth + _SAME_DEPTH) - bisect_left(known, depth - _SAME_DEPTH) >= _SEVERAL


def _by_height_below(glyphs: Iterable[Glyph], heights: Collection[int]) -> dict[int, list[Glyph]]:
    """Of the heights those at which a line may stand that underlines a character, each with all such ones."""
    above: dict[int, list[Glyph]] = {}
    for glyph in glyphs:
        for height in range(int(glyph.base), int(glyph.base + _UNDERLINE * glyph.size) + 1):
            if height in heights:
                above.setdefault(height, []).append(glyph)
    return above


def _is_of_figure(glyph: Glyph) -> bool:
    return not glyph[0].isalpha() and FIGURE.match(glyph[0]) is not None


def _held(level: Sequence[Edge], edges: Sequence[Edge]) -> dict[Edge, int]:
    """At how many of its ends an upright edge stands, for each level one."""
    upright = {int(edge.x0) for edge in edges if edge.bottom - edge.top > _UPRIGHT}
    near = upright | {x - 1 for x in upright} | {x + 1 for x in upright}
    return {edge: (int(edge.x0) in near) + (int(edge.x1) in near) for edge in level}


def _depth(edge: Edge, above: Iterable[Glyph], words: bool) -> float | None:
    """How far an edge stands below the line of the figures above it, if it begins and ends with one of them;
    or, for ``words``, with any glyph. None for another edge.
    """
    on_line = [
        glyph
        for glyph in above
        if glyph.base <= edge.top <= glyph.base + _UNDERLINE * glyph.size
        and (words or FIGURE.match(glyph[0]))
    ]
    starts = [edge.top - glyph.base for glyph in on_line if abs(glyph.x0 - edge.x0) < _RULE_NEAR]
    if starts and any(abs(glyph.x1 - edge.x1) < _RULE_NEAR for glyph in on_line):
        return starts[0]
    return None


def without_boxes(lattices: list[Lattice], glyphs: Sequence[Glyph]) -> list[Lattice]:
    """Lattices but for those in a cell of another one that hold figures alone: boxes for a figure's digits.

    What stands in them is the cell's, their lines are strokes in it.
    """
    if not 1 < len(lattices) <= _MOST_TABLES:
        return lattices
    boxes = [
        at
        for at in lattices
        if any(_is_in_a_cell(at.box, around) for around in lattices if around is not at)
        and (held := [glyph.text for glyph in glyphs if glyph.text.strip() and stands_in(glyph, at.box)])
        and all(map(FIGURE.match, held))
    ]
    return [at for at in lattices if at not in boxes] if boxes else lattices


def _is_in_a_cell(box: Box, lattice: Lattice) -> bool:
    """Whether a cell of the table has room for a box."""
    return _contains(lattice.box, box) and any(
        _contains(lattice.cell_box(cell), box) for cell in lattice.cells
    )


def _contains(box: Box, inner: Box) -> bool:
    return box[0] <= inner[0] and box[1] <= inner[1] and inner[2] <= box[2] and inner[3] <= box[3]


def is_rule(edge: Edge, lattice: Lattice) -> bool:
    """Whether an edge is a line of the table; one within a cell is none, though in line with another."""
    x0, top, x1, bottom = edge
    if top == bottom:
        return _lies_along(top, x0, x1, lattice.ys, lattice.xs) and meets(edge, lattice.box)
    return _lies_along(x0, top, bottom, lattice.xs, lattice.ys) and meets(edge, lattice.box)


def _lies_along(
    at: float, start: float, end: float, places: Sequence[float], crossed: Sequence[float]
) -> bool:
    """Whether an edge lies at one of the places, and is a dot or comes by two of the lines it crosses."""
    n = bisect_left(places, at - _RULE_NEAR)
    if n == len(places) or places[n] - at >= _RULE_NEAR:
        return False
    if end - start <= DOT:  # one of many that make the line
        return True
    first = bisect_left(crossed, start - _RULE_NEAR)
    return first + 1 < len(crossed) and crossed[first + 1] <= end + _RULE_NEAR


def parts_no_rows(lattice: Lattice, held: dict[int, list[Glyph]]) -> bool:
    """Whether lines part the columns of a table alone: a single row of cells with rows of figures in one."""
    return len(lattice.ys) == 2 and any(
        _are_rows([line.text for line in lines_of(glyphs)])
        for glyphs in held.values()
        if len(glyphs) >= _STACKED
    )


def parts_no_columns(lattice: Lattice, held: dict[int, list[Glyph]]) -> bool:
    """Whether shaded rows leave the columns of those between them together: figures beside each other in one
    cell.
    """
    return any(
        len([piece for piece in line.text.split("\t") if _ONE_FIGURE.fullmatch(piece)]) >= _ABREAST
        for n, glyphs in held.items()
        if lattice.cells[n].colspan > 1 and len(glyphs) >= _ABREAST
        for line in lines_of(glyphs)
    )


def _are_rows(lines: Sequence[str]) -> bool:
    """Whether lines of figures are rows of their own; what goes on of a broken figure is never longer."""
    figures = [line for line in lines if all(map(_ONE_FIGURE.fullmatch, line.split("\t")))]
    longer = any(len(below) > len(above) for above, below in itertools.pairwise(figures))
    return longer and len(figures) >= _STACKED


def meets(edge: Edge, box: Box) -> bool:
    """Whether an edge is no further than a point from a box."""
    return (
        edge.x0 <= box[2] + 1
        and edge.x1 >= box[0] - 1
        and edge.top <= box[3] + 1
        and edge.bottom >= box[1] - 1
    )


def _without_stripes(shaded: list[Lattice]) -> list[Lattice]:
    """Shaded areas that are tables, none where they are every other row of one."""
    return [] if sum(len(lattice.ys) == 2 for lattice in shaded) >= _STRIPES else shaded
