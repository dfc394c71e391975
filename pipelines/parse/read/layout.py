"""Characters and lines of a page to blocks in reading order, every character once."""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Final

from pipelines.parse.read.bare import Bare, holds_more, in_lines
from pipelines.parse.read.cell_glyphs import share_out
from pipelines.parse.read.clipped import Shown, shown
from pipelines.parse.read.forced_breaks import forced_breaks
from pipelines.parse.read.glyph import DIGIT, FIGURE, Glyph, are_one_number, as_legible
from pipelines.parse.read.reading_order import gutter_of, halves, in_reading_order, segments
from pipelines.parse.read.ruling import DOT, Edge, Lattice, find_lattices
from pipelines.parse.read.text_lines import cell_text, lines_of, rounded, tenth
from pipelines.parse.records import UNREAD, Block, Box, Grid, GridCell, Paragraph, Place

# in units of the character size
_DOUBLED: Final = 0.15
_STRUCK_AT: Final = (0.55, 0.12)  # above the baseline
_MOST_TABLES: Final = 1000  # of a page on which boxes for digits are looked for
_UNDERLINE: Final = 0.35  # how far below its line a figure is underlined at most
# in points
_LONGEST_FIGURE: Final = 80.0
_RULE_NEAR: Final = 1.0
# counts
_LATELY: Final = 8  # of the same characters before are looked at for a double
_STACKED: Final = 4  # lines of figures in one cell that are rows of a table whose columns alone are parted
_ABREAST: Final = 3  # figures of one line in one cell that are of columns which nothing parts
_STRIPES: Final = 3  # shaded rows apart from each other that show a table of which every other row is shaded

_ONE_FIGURE = re.compile(r"[0-9０-９/\-—–.,]+")
_TURNED_FIGURE = re.compile(r"[+-]?[\d,.]+(?:万元|[万元件条])?")
_IS_FAINT, _IS_WHITE, _CONFIDENCE = map(attrgetter, ("faint", "white", "confidence"))


def page_blocks(
    glyphs: Sequence[Glyph],
    edges: Sequence[Edge],
    page: int,
    faint: Sequence[Edge] = (),
    unit: float = 1.0,
    size: tuple[float, float] | None = None,
    bare: Bare | None = None,
) -> list[Block]:
    """The blocks of a page: a :class:`Grid` for each ruled table, a :class:`Paragraph` for each line outside.

    ``faint`` are borders of shaded areas: they count where they lie outside the
    tables that lines make. ``unit`` is as for :func:`find_lattices`. ``size`` is the
    page's width and height: what a table loses beyond them, or beyond its own border,
    makes its outermost cells unreadable. ``bare`` is the page without its text, where it shows
    more than text and rules.
    """
    if unit == 1.0:
        edges = _without_underlines(edges, glyphs)
    lattices = find_lattices(edges, unit)
    outside = [edge for edge in faint if not any(_meets(edge, lattice.box) for lattice in lattices)]
    shaded = _without_stripes(find_lattices(outside, unit)) if outside else []
    lattices += shaded
    legible = _without_doubles(glyphs)
    if any(map(_IS_FAINT, legible)):
        legible = [as_legible(glyph) for glyph in legible]
    if 1 < len(lattices) <= _MOST_TABLES:
        lattices = _without_boxes(lattices, legible)
    strokes = [edge for edge in edges if not any(_is_rule(edge, at) for at in lattices)]
    glyphs = _without_struck(legible, strokes)
    strokes = strokes if unit == 1.0 else []  # in a picture they are ink, as words are
    loose, tables = share_out(glyphs, lattices)
    for n in reversed(range(len(lattices))):
        if _parts_no_rows(lattices[n], tables[n]) or (
            lattices[n] in shaded and _parts_no_columns(lattices[n], tables[n])
        ):
            loose += itertools.chain.from_iterable(tables.pop(n).values())
            del lattices[n]
    if bare or strokes:
        loose += in_lines(loose, bare, [] if lattices else strokes)
    placed: list[tuple[Box, Block]] = [
        (lattice.box, _grid(lattice, held, page, shown(lattice, loose, size), bare, strokes))
        for lattice, held in zip(lattices, tables, strict=True)
        if any(held.values())
    ]
    gutter = gutter_of(segments(loose) + [box for box, _ in placed])
    for half in halves(loose, gutter):
        for line in lines_of(half):
            place = Place(page=page, box=rounded(line.box))
            pieces = line.pieces if len(line.starts) > 1 else ()
            found = Paragraph(line.text, place, wrapped=True, confidence=line.confidence, pieces=pieces)
            placed.append((line.box, found))
    return [block for _, block in in_reading_order(placed, gutter)]


def _meets(edge: Edge, box: Box) -> bool:
    return (
        edge.x0 <= box[2] + 1
        and edge.x1 >= box[0] - 1
        and edge.top <= box[3] + 1
        and edge.bottom >= box[1] - 1
    )


def _without_underlines(edges: Sequence[Edge], glyphs: Sequence[Glyph]) -> Sequence[Edge]:
    """Edges without the lines under figures: they begin and end with the figure, right below it."""
    short = [edge for edge in edges if edge.top == edge.bottom and DOT < edge.x1 - edge.x0 < _LONGEST_FIGURE]
    if not short:
        return edges
    heights = {int(edge.top) for edge in short}
    above: dict[int, list[Glyph]] = {}  # figures by the heights at which a line under them may stand
    for glyph in glyphs:
        if glyph[0] <= "9" and FIGURE.match(glyph[0]):  # few are
            for height in range(int(glyph.base), int(glyph.base + _UNDERLINE * glyph.size) + 1):
                if height in heights:
                    above.setdefault(height, []).append(glyph)
    under = {edge for edge in short if _underlines(edge, above.get(int(edge.top), ()))}
    return [edge for edge in edges if edge not in under] if under else edges


def _underlines(edge: Edge, figures: Iterable[Glyph]) -> bool:
    """Whether an edge begins with one of the figures and ends with one."""
    on_line = [glyph for glyph in figures if glyph.base <= edge.top <= glyph.base + _UNDERLINE * glyph.size]
    starts = any(abs(glyph.x0 - edge.x0) < _RULE_NEAR for glyph in on_line)
    return starts and any(abs(glyph.x1 - edge.x1) < _RULE_NEAR for glyph in on_line)


def _without_stripes(shaded: list[Lattice]) -> list[Lattice]:
    """Shaded areas that are tables, none where they are every other row of one."""
    return [] if sum(len(lattice.ys) == 2 for lattice in shaded) >= _STRIPES else shaded


def _without_boxes(lattices: list[Lattice], glyphs: Sequence[Glyph]) -> list[Lattice]:
    """Lattices but for those in a cell of another one that hold figures alone: boxes for a figure's digits.

    What stands in them is the cell's, their lines are strokes in it.
    """
    boxes = [
        at
        for at in lattices
        if any(_is_in_a_cell(at.box, around) for around in lattices if around is not at)
        and (held := [glyph.text for glyph in glyphs if glyph.text.strip() and _is_in(glyph, at.box)])
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


def _is_in(glyph: Glyph, box: Box) -> bool:
    x, y = (glyph.x0 + glyph.x1) / 2, (glyph.top + glyph.bottom) / 2
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def _without_doubles(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """Glyphs without those printed twice on the same spot (false bold, shadows)."""
    seen: dict[str, deque[tuple[float, float, int]]] = {}
    kept: list[Glyph] = []
    twice: dict[int, Glyph] = {}
    for glyph in glyphs:
        text, x, base, near = glyph[0], glyph[1], glyph[5], glyph[6] * _DOUBLED
        others = seen.get(text)
        if others is None:
            others = seen[text] = deque(maxlen=_LATELY)
        for other_x, other_base, index in others:
            if -near < other_base - base < near and -near < other_x - x < near:
                twice[index] = glyph
                break
        else:
            others.append((x, base, len(kept)))
            kept.append(glyph)
    return _doubted(kept, twice) if twice else kept


def _doubted(glyphs: list[Glyph], twice: Mapping[int, Glyph]) -> list[Glyph]:
    """Glyphs with digits of which only one of two neighbours is printed twice as unreadable.

    There two figures lie on one another. ``twice``: what else is printed on the glyph of that index; it
    stands nearer to the next one of its own figure.
    """
    printed = [*enumerate(glyphs), *twice.items()]
    printed.sort(key=lambda item: (round(item[1].base), item[1].x0))
    doubtful = {
        i
        for (a, left), (b, right) in itertools.pairwise(printed)
        if (a in twice) != (b in twice) and are_one_number(left, right)
        for i in (a, b)
    }
    return [g._replace(text=UNREAD) if i in doubtful else g for i, g in enumerate(glyphs)]


def _without_struck(glyphs: list[Glyph], strokes: Sequence[Edge]) -> list[Glyph]:
    """Glyphs with the digits that a line crosses out as unreadable: who drew it meant them not to count."""
    level = [edge for edge in strokes if edge.top == edge.bottom]
    if not level:
        return glyphs
    return [g._replace(text=_unreadable(g.text)) if _is_struck(g, level) else g for g in glyphs]


def _is_rule(edge: Edge, lattice: Lattice) -> bool:
    """Whether an edge is a line of the table; one within a cell is none, though in line with another."""
    x0, top, x1, bottom = edge
    if top == bottom:
        return _lies_along(top, x0, x1, lattice.ys, lattice.xs) and _meets(edge, lattice.box)
    return _lies_along(x0, top, bottom, lattice.xs, lattice.ys) and _meets(edge, lattice.box)


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


def _is_struck(glyph: Glyph, strokes: Sequence[Edge]) -> bool:
    middle = (glyph.x0 + glyph.x1) / 2
    high, low = (glyph.base - share * glyph.size for share in _STRUCK_AT)
    return not glyph.turn and any(e.x0 <= middle <= e.x1 and high < e.top < low for e in strokes)


def _unreadable(text: str) -> str:
    return DIGIT.sub(UNREAD, text)


def _parts_no_rows(lattice: Lattice, held: dict[int, list[Glyph]]) -> bool:
    """Whether lines part the columns of a table alone: a single row of cells with rows of figures in one."""
    return len(lattice.ys) == 2 and any(
        _are_rows([line.text for line in lines_of(glyphs)])
        for glyphs in held.values()
        if len(glyphs) >= _STACKED
    )


def _parts_no_columns(lattice: Lattice, held: dict[int, list[Glyph]]) -> bool:
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


def _grid(
    lattice: Lattice,
    held: dict[int, list[Glyph]],
    page: int,
    limits: Shown,
    bare: Bare | None,
    strokes: Sequence[Edge],
) -> Grid:
    boxes = [lattice.cell_box(span) for span in lattice.cells]
    printed = [lines_of(_as_seen(held[n]), tabs=False) if n in held else [] for n in range(len(boxes))]
    whole = forced_breaks(
        [(box, [(x.text, x.glyphs) for x in lines]) for box, lines in zip(boxes, printed, strict=True)]
    )
    within = [edge for edge in strokes if _meets(edge, lattice.box)]
    places = Lattice(tuple(map(tenth, lattice.xs)), tuple(map(tenth, lattice.ys)), ())
    cells = []
    for n, span in enumerate(lattice.cells):
        glyphs, lines, box = held.get(n, ()), printed[n], boxes[n]
        text = "".join(line.text for line in lines) if n in whole else cell_text(lines)
        if any(line.turn and _TURNED_FIGURE.fullmatch(line.text) for line in lines):
            text = _unreadable(text)  # it may go on in the cell above or below
        if limits.cuts(box) or ((bare or within) and holds_more(text, glyphs, box, bare, within)):
            text += UNREAD
        known = [sure for sure in map(_CONFIDENCE, glyphs) if sure is not None]
        stained = bool(known) and any(glyph.stained for glyph in glyphs)
        place = Place(page=page, box=places.cell_box(span))
        sure = min(known) if known else None
        cells.append(GridCell(span.row, span.column, text, place, span.rowspan, span.colspan, sure, stained))
    return Grid(
        tuple(cells),
        len(lattice.ys) - 1,
        len(lattice.xs) - 1,
        Place(page=page, box=places.box),
    )


def _as_seen(glyphs: list[Glyph]) -> list[Glyph]:
    """White digits in a table may be unseen: nobody can tell what is painted behind them."""
    if not any(map(_IS_WHITE, glyphs)):
        return glyphs
    return [glyph._replace(text=_unreadable(glyph.text)) if glyph.white else glyph for glyph in glyphs]
