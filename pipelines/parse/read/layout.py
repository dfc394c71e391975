"""Characters and lines of a page to blocks in reading order, every character once."""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from math import inf
from operator import attrgetter
from typing import Final, NamedTuple

from pipelines.parse.read.bare import Bare, holds_more, in_lines
from pipelines.parse.read.clipped import Shown, shown
from pipelines.parse.read.forced_breaks import forced_breaks
from pipelines.parse.read.glyph import DIGIT, Glyph, are_one_number, as_legible
from pipelines.parse.read.looks import Look, as_shown
from pipelines.parse.read.ruling import DOT, Edge, Lattice, find_lattices
from pipelines.parse.records import UNREAD, Block, Box, Grid, GridCell, Paragraph, Place

# in units of the character size
_TURNED_FIGURE = re.compile(r"[+-]?[\d,.]+(?:万元|[万元件条])?")
_SAME_LINE: Final = 0.5
_TOUCH: Final = 0.2  # nothing stands in a narrower gap
_NO_GAP: Final = 0.001
_WORD_GAP: Final = 0.25
_HAN_GAP: Final = 0.6
_COLUMN_GAP: Final = 2.0
_NUMBER_GAP: Final = 0.6
_DOUBLED: Final = 0.15
_LATELY: Final = 8  # how many of the same characters before are looked at for a double
_GUTTER: Final = 1.2
_ACROSS: Final = (
    0.75  # a line with a narrower gap at the gutter runs across it; a comma may hang into the gap
)
_STRUCK_AT: Final = (0.55, 0.12)  # above the baseline
_SMALL: Final = 0.8
_SMALLER: Final = (
    0.9  # what stands raised behind a figure in this size is a mark, too; no figure goes on in it
)
_RAISED: Final = 0.15
_OFF_LINE: Final = 0.3  # digits of one number stand on one line, but for less
# in units of the width of the narrower of two characters
_COVERED: Final = 0.6
_REPRINTED: Final = 0.3  # where both are the same digit
_ASTRIDE: Final = 0.3  # a figure of which more lies on either side of a border may be of either cell
_TOUCHING: Final = -0.2  # the same of one that stands wholly on one side and touches the border
_RUN_OVER: Final = 3  # figures of a table that stand astride
_STACKED: Final = 4  # lines of figures in one cell that are rows of a table whose columns alone are parted
_ABREAST: Final = 3  # figures of one line in one cell that are of columns which nothing parts
_STRIPES: Final = 3  # shaded rows apart from each other that show a table of which every other row is shaded
_UNDERLINE: Final = 0.35  # how far below its line a figure is underlined at most
# in points
_LONGEST_FIGURE: Final = 80.0
_RULE_NEAR: Final = 1.0
_ONE_BASELINE: Final = 1.0

_FIGURE = re.compile(r"[0-9０-９/\-—–]")
_ONE_FIGURE = re.compile(r"[0-9０-９/\-—–.,]+")


_X = attrgetter("x0")
_BASE_AND_X = attrgetter("base", "x0")
_IS_FAINT, _IS_WHITE, _CONFIDENCE = map(attrgetter, ("faint", "white", "confidence"))


class Line(NamedTuple):
    """Glyphs on one baseline, left to right, as text; those printed turned are held upright.

    ``starts``: where what stands apart begins, in the text and among the glyphs, a blank between or none.
    """

    text: str
    glyphs: Sequence[Glyph]
    turn: int = 0
    starts: Sequence[tuple[int, int]] = ()

    @property
    def box(self) -> Box:
        """Where on the page the line stands."""
        return _turn_box(_hull(self.glyphs), self.turn)

    @property
    def pieces(self) -> tuple[tuple[int, Box], ...]:
        """Where in the text each piece that stands apart begins, and where on the page it stands."""
        ends = [*(first for _, first in self.starts[1:]), len(self.glyphs)]
        return tuple(
            (start, _rounded(_turn_box(_hull(self.glyphs[first:end]), self.turn)))
            for (start, first), end in zip(self.starts, ends, strict=True)
        )

    @property
    def confidence(self) -> float | None:
        """That of the least sure glyph, None where none has any."""
        return min((g.confidence for g in self.glyphs if g.confidence is not None), default=None)


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
    if len(lattices) > 1:
        lattices = _without_boxes(lattices, legible)
    strokes = [edge for edge in edges if not any(_is_rule(edge, at) for at in lattices)]
    glyphs = _without_struck(legible, strokes)
    strokes = strokes if unit == 1.0 else []  # in a picture they are ink, as words are
    loose, tables = _share_out(glyphs, lattices)
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
    gutter = _gutter(_segments(loose) + [box for box, _ in placed])
    for half in _halves(loose, gutter):
        for line in lines_of(half):
            place = Place(page=page, box=_rounded(line.box))
            pieces = line.pieces if len(line.starts) > 1 else ()
            found = Paragraph(line.text, place, wrapped=True, confidence=line.confidence, pieces=pieces)
            placed.append((line.box, found))
    return [block for _, block in _in_reading_order(placed, gutter)]


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
        if glyph[0] <= "9" and _FIGURE.match(glyph[0]):  # few are
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
    """Shaded areas that are tables, and not every other row of one."""
    rows = [lattice for lattice in shaded if len(lattice.ys) == 2]
    return [lattice for lattice in shaded if lattice not in rows] if len(rows) >= _STRIPES else shaded


def _without_boxes(lattices: list[Lattice], glyphs: Sequence[Glyph]) -> list[Lattice]:
    """Lattices but for those in a cell of another one that hold figures alone: boxes for a figure's digits.

    What stands in them is the cell's, their lines are strokes in it.
    """
    boxes = [
        at
        for at in lattices
        if any(_is_in_a_cell(at.box, around) for around in lattices if around is not at)
        and (held := [glyph.text for glyph in glyphs if glyph.text.strip() and _is_in(glyph, at.box)])
        and all(map(_FIGURE.match, held))
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


def _share_out(
    glyphs: Iterable[Glyph], lattices: Sequence[Lattice]
) -> tuple[list[Glyph], list[dict[int, list[Glyph]]]]:
    """Glyphs outside every table, and for each table glyphs by the index of their cell."""
    loose: list[Glyph] = []
    held: list[dict[int, list[Glyph]]] = [{} for _ in lattices]
    runs_over = [0] * len(lattices)
    # the smallest first: a table inside a cell takes what stands in it
    order = sorted(range(len(lattices)), key=lambda i: _area(lattices[i].box))
    finders = {i: _CellFinder(lattices[i]) for i in order}
    apart = not any(_overlap(a.box, b.box) for a, b in itertools.combinations(lattices, 2))
    at: tuple[int, int] | None = None  # the table and the cell of the character before
    left = above = right = below = 0.0  # where that cell lies, unless another table may lie in it
    here: list[Glyph] = []
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
                before.append(glyph._replace(text=UNREAD))  # it runs over the border
                here.append(before[-2]._replace(text=UNREAD))
                runs_over[i] += 1
            here.append(glyph)
            at = i, cell
            left, above, right, below = finders[i].latest if apart else (0.0,) * 4
            break
        else:
            loose.append(glyph)
            at, right = None, left
    for i, finder in finders.items():
        _doubt_astride(held[i], finder, runs_over[i])
    return loose, held


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
    if len(astride) + runs_over >= _RUN_OVER:
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
        x0, top, x1, bottom = _hull(glyphs)
        if not all(_FIGURE.match(glyph.text) for glyph in glyphs):
            continue
        middle, reach = (top + bottom) / 2, glyphs[0].size
        for x in (x1 - reach, x0 + reach):
            beyond = finder.find(x, middle)
            if beyond is not None and beyond != cell:
                held[cell] = doubtful = [glyph._replace(text=UNREAD) for glyph in glyphs]
                held.setdefault(beyond, doubtful)


def _beyond(glyph: Glyph, cell: int, finder: _CellFinder, share: float = _ASTRIDE) -> int | None:
    """The cell beside this one in which this share of a figure stands, if there is one."""
    if not _FIGURE.match(glyph.text):
        return None
    reach, middle = share * (glyph.x1 - glyph.x0), (glyph.top + glyph.bottom) / 2
    found = (finder.find(x, middle) for x in (glyph.x0 + reach, glyph.x1 - reach))
    return next((other for other in found if other is not None and other != cell), None)


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


class _CellFinder:
    """Which cell of a lattice a point lies in."""

    def __init__(self, lattice: Lattice) -> None:
        self._box = lattice.box
        self._xs, self._ys = lattice.xs, lattice.ys
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
        row, column = _interval(self._ys, y), _interval(self._xs, x)
        self.latest = self._xs[column], self._ys[row], self._xs[column + 1], self._ys[row + 1]
        self._found = self._cell_at.get((row, column))
        return self._found


def _interval(positions: Sequence[float], at: float) -> int:
    return min(bisect_left(positions, at, 1), len(positions) - 1) - 1


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
    places = Lattice(tuple(map(_tenth, lattice.xs)), tuple(map(_tenth, lattice.ys)), ())
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


def cell_text(lines: Sequence[Line]) -> str:
    """The text of a cell; a label printed one character a line is one word, a small digit over one a mark."""
    texts = [line.text for line in lines]
    if len(texts) == 2 and _is_mark(*lines):
        texts[0] = as_shown(texts[0], Look.RAISED)
    vertical = len(texts) > 1 and all(len(text) == 1 for text in texts)
    if vertical and not any(DIGIT.match(text) for text in texts):
        return "".join(texts)
    return "\n".join(texts)


def _is_mark(first: Line, second: Line) -> bool:
    """Whether a line is one smaller digit over the line below it or raised beside it: the mark of a note."""
    mark, begin, last = first.glyphs[0], second.glyphs[0], second.glyphs[-1]
    beside = mark.x0 > last.x0 or mark.x1 <= begin.x0 + _NO_GAP * begin.size
    raised = beside and last.base - mark.base < last.size and mark.size < _SMALLER * last.size
    return first.text.isdecimal() and (mark.size < _SMALL * begin.size or raised)


def lines_of(glyphs: Sequence[Glyph], tabs: bool = True) -> list[Line]:
    """Glyphs as lines, top first; wide gaps become tabs (``tabs``) or blanks.

    Rotated runs (quarter turns) are read along their own direction.
    """
    plain = _plain_lines(glyphs)
    if plain is not None:
        return plain
    turned = [glyph for glyph in glyphs if glyph.turn]
    upright = [glyph for glyph in glyphs if not glyph.turn] if turned else glyphs
    lines = [line for row in _rows(upright) if (line := _line(row, tabs)).text]
    for turn in {glyph.turn for glyph in turned}:
        rows = _rows([_turned_upright(glyph) for glyph in turned if glyph.turn == turn])
        lines += [line for row in rows if (line := _line(row, tabs, turn)).text]
    return lines


def _plain_lines(glyphs: Sequence[Glyph]) -> list[Line] | None:
    """The lines that the glyphs make if each follows the one before as nearly all do, without a blank, or
    begins a line below it.
    """
    if not glyphs:
        return None
    starts = [0]
    _, end, _, _, _, base, first, *_ = glyphs[0]
    before = first
    for n, (_, x0, _, x1, _, at, size, turn, *_) in enumerate(glyphs):
        if at != base:
            if at - base <= _SAME_LINE * (size if size < first else first):
                return None
            starts.append(n)
            base, first, before, end = at, size, size, x0
        if turn or not _SMALLER * before <= size <= before / _SMALLER:
            return None
        if not -_NO_GAP * size <= x0 - end <= _TOUCH * (size if size < before else before):
            return None
        end, before = x1, size
    lines = []
    for start, stop in itertools.pairwise([*starts, len(glyphs)]):
        text = "".join([glyph.text for glyph in glyphs[start:stop]])
        if text.split() != [text]:
            return None
        lines.append(Line(text, glyphs[start:stop], 0, ((0, 0),)))
    return lines


def _turned_upright(glyph: Glyph) -> Glyph:
    x0, top, x1, bottom = _turn_box((glyph.x0, glyph.top, glyph.x1, glyph.bottom), 4 - glyph.turn)
    return glyph._replace(x0=x0, top=top, x1=x1, bottom=bottom, base=bottom, turn=0)


def _turn_box(box: Box, quarters: int) -> Box:
    """The box turned clockwise about the origin by quarter turns (y grows down)."""
    for _ in range(quarters % 4):
        box = (-box[3], box[0], -box[1], box[2])
    return box


def _rows(glyphs: Sequence[Glyph]) -> list[list[Glyph]]:
    rows: list[list[Glyph]] = []
    row: list[Glyph] = []
    base = size = 0.0
    for glyph in sorted(glyphs, key=_BASE_AND_X):
        at, high = glyph.base, glyph.size
        if row and at - base <= _SAME_LINE * (high if high < size else size):
            row.append(glyph)
        else:
            row, base, size = [glyph], at, high
            rows.append(row)
    return rows


def _line(glyphs: list[Glyph], tabs: bool, turn: int = 0) -> Line:
    glyphs.sort(key=_X)
    printed: list[Glyph] = []
    texts: list[str] = []
    starts = [(0, 0)]
    length, blank = 0, False
    end = high = base = 0.0  # of the character before
    for glyph in glyphs:
        text, x0, size, at = glyph.text, glyph.x0, glyph.size, glyph.base
        if text.isspace() or not text:
            blank = True
            continue
        goes_on = (  # as nearly all do: about as large as the one before, on its line, with nothing between
            not blank
            and -_OFF_LINE * size <= at - base <= _OFF_LINE * size
            and _SMALLER * high <= size <= high / _SMALLER
            and -_NO_GAP * size <= x0 - end <= _TOUCH * (size if size < high else high)
        )
        if printed and not goes_on:
            before = printed[-1]
            gap = _between(before, glyph, blank, tabs)
            if gap:
                texts.append(gap)
                length += len(gap)
            if gap or _stand_apart(before, glyph):
                starts.append((length, len(printed)))
            text = as_shown(text, Look.RAISED) if _is_raised(before, glyph) else text
        texts.append(text)
        length += len(text)
        printed.append(glyph)
        end, high, base, blank = glyph.x1, size, at, False
    return Line("".join(texts).strip(), printed, turn, starts) if printed else Line("", ())


def _between(before: Glyph, glyph: Glyph, blank: bool, tabs: bool) -> str:
    """What stands between two neighbours on a line: nothing, a blank, a tab; U+FFFD where they overlap."""
    size = min(before.size, glyph.size)
    if _covers(before, glyph) or _is_of_another_figure(before, glyph):
        return UNREAD
    gap = (glyph.x0 - before.x1) / size if size else 0.0
    if gap <= _TOUCH and not blank:
        return ""
    numbers = _FIGURE.match(before.text[-1]) and _FIGURE.match(glyph.text[0])
    if tabs and (gap >= _COLUMN_GAP or (numbers and gap >= _NUMBER_GAP)):
        return "\t"
    # programs leave air between Chinese and Latin characters where nobody wrote a blank
    latin = before.text[-1].isascii() and glyph.text[0].isascii()
    return " " if blank or gap >= (_WORD_GAP if latin else _HAN_GAP) else ""


def _stand_apart(before: Glyph, glyph: Glyph) -> bool:
    """Whether air parts neighbours between which no blank is printed, as it does between narrow columns."""
    return glyph.x0 - before.x1 > _TOUCH * min(before.size, glyph.size) and not before.text[-1].isascii()


def _covers(before: Glyph, glyph: Glyph) -> bool:
    """Whether two characters, one a digit, lie so much on one another that their order is chance."""
    if glyph.x0 >= before.x1:  # nearly always
        return False
    overlap = min(before.x1, glyph.x1) - max(before.x0, glyph.x0)
    narrow = min(before.x1 - before.x0, glyph.x1 - glyph.x0)
    digit = DIGIT.search(before.text) or DIGIT.search(glyph.text)
    most = _REPRINTED if before.text == glyph.text else _COVERED
    return digit is not None and overlap > most * narrow > 0


def _is_of_another_figure(before: Glyph, glyph: Glyph) -> bool:
    """Whether of two digits that touch one is smaller or higher: a mark of a note, part of a watermark."""
    small, large = sorted((before.size, glyph.size))
    return (
        (small < _SMALLER * large or abs(before.base - glyph.base) > _OFF_LINE * large)
        and are_one_number(before._replace(base=glyph.base), glyph)
        and not _is_raised(before, glyph)
        and glyph.confidence is None  # words that OCR has read are as high as their characters
    )


def _is_raised(before: Glyph, glyph: Glyph) -> bool:
    """Whether a small digit stands higher than the digit, or right behind the word, before it: the mark of
    a note.
    """
    if before.base - glyph.base <= _RAISED * before.size:  # nearly always
        return False
    if DIGIT.match(before.text[-1]):
        return glyph.size < _SMALL * before.size
    return glyph.size < _SMALLER * before.size and glyph.x0 - before.x1 <= _TOUCH * before.size


def _hull(glyphs: Sequence[Glyph]) -> Box:
    return (
        min([g.x0 for g in glyphs]),
        min([g.top for g in glyphs]),
        max([g.x1 for g in glyphs]),
        max([g.bottom for g in glyphs]),
    )


def _rounded(box: Box) -> Box:
    x0, top, x1, bottom = box
    return _tenth(x0), _tenth(top), _tenth(x1), _tenth(bottom)


def _tenth(length: float) -> float:
    return round(float(length), 1)


def _segments(glyphs: Sequence[Glyph]) -> list[Box]:
    """The boxes of the pieces of each line between gaps as wide as those of columns."""
    boxes: list[Box] = []
    for row in _baselines([glyph for glyph in glyphs if glyph.text.strip()]):
        run: list[Glyph] = []
        for glyph in sorted(row, key=_X):
            if run and glyph.x0 - run[-1].x1 > _GUTTER * glyph.size:
                boxes.append(_hull(run))
                run = []
            run.append(glyph)
        boxes.append(_hull(run))
    return boxes


def _baselines(glyphs: Iterable[Glyph]) -> list[list[Glyph]]:
    """Glyphs by the line they are printed on, however little below the next it is, top first.

    Two columns need not have their lines at the same height.
    """
    rows: list[list[Glyph]] = []
    base = -inf
    for glyph in sorted(glyphs, key=_BASE_AND_X):
        if glyph.base - base > _ONE_BASELINE:
            rows.append([])
            base = glyph.base
        rows[-1].append(glyph)
    return rows


def _halves(glyphs: list[Glyph], gutter: float | None) -> list[list[Glyph]]:
    """Glyphs in sets whose lines are not to be mixed: lines across the gutter, left of it, right of it."""
    if gutter is None:
        return [glyphs]
    across: list[Glyph] = []
    left: list[Glyph] = []
    right: list[Glyph] = []
    for row in _baselines(glyphs):
        before = [glyph for glyph in row if (glyph.x0 + glyph.x1) / 2 < gutter]
        after = [glyph for glyph in row if (glyph.x0 + glyph.x1) / 2 >= gutter]
        gap = min(g.x0 for g in after) - max(g.x1 for g in before) if before and after else inf
        if gap < _ACROSS * max(g.size for g in row):
            across += row
        else:
            left += before
            right += after
    return [across, left, right]


def _in_reading_order(placed: list[tuple[Box, Block]], gutter: float | None) -> list[tuple[Box, Block]]:
    """Blocks top to bottom; where a page is set in two columns, the left one first."""
    placed = sorted(placed, key=lambda item: (item[0][1], item[0][0]))
    if gutter is None:
        return placed
    ordered: list[tuple[Box, Block]] = []
    left: list[tuple[Box, Block]] = []
    right: list[tuple[Box, Block]] = []
    for box, block in placed:
        if box[2] <= gutter:
            left.append((box, block))
        elif box[0] >= gutter:
            right.append((box, block))
        else:  # a line or table across both columns ends the band above it
            ordered += [*left, *right, (box, block)]
            left, right = [], []
    return ordered + left + right


def _gutter(boxes: list[Box]) -> float | None:
    """The x of the gap between two columns of text, None where the page has one column."""
    if len(boxes) < 12:
        return None
    x0, x1 = min(b[0] for b in boxes), max(b[2] for b in boxes)
    for share in (0.5, 0.48, 0.52, 0.46, 0.54):
        x = x0 + share * (x1 - x0)
        left = [b for b in boxes if b[2] <= x]
        right = [b for b in boxes if b[0] >= x]
        if len(boxes) - len(left) - len(right) > len(boxes) // 5:
            continue
        if _is_column(left, x - x0) and _is_column(right, x1 - x):
            return x
    return None


def _is_column(boxes: list[Box], width: float) -> bool:
    """Whether lines fill a column: many, and most of them nearly as wide as it is."""
    full = [b for b in boxes if b[2] - b[0] >= 0.75 * width]
    return len(boxes) >= 5 and len(full) >= 0.6 * len(boxes)
