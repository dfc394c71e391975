"""Rows of ruled tables that the end of a page has cut in two, put together again.

A word processor breaks a row between its lines: the first lines of each cell stand at the foot
of one page, the rest at the head of the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from pipelines.parse import vocabulary as words
from pipelines.parse.labels import normal
from pipelines.parse.records import Block, Box, Grid, GridCell, Paragraph, Place
from pipelines.parse.tables import sums
from pipelines.parse.tables.broken.pieces import doubtful, in_two, weakest
from pipelines.parse.tables.row_labels import label_of
from pipelines.parse.tables.suffix import ORDINAL
from pipelines.parse.template import TEMPLATES
from pipelines.parse.vocabulary import is_blank, is_numberlike

_NEAR: Final = 2.0  # points that borders of the same column may differ by
_LEAST: Final = 2  # columns that two pieces of a row have in common, rows that show a habit
_NUMBER: Final = 12  # characters of a page's number

# rows of a form of which one stands just below the other
_NEIGHBOURS: Final = frozenset(
    pair for form in TEMPLATES.values() for pair in pairwise([row.key for row in form.applications.rows])
)

Row = list[GridCell]


def whole_rows(blocks: list[Block]) -> list[Block]:
    """The blocks with every cut row whole, in the grid where it begins; the next grid has lost its rest."""
    grids = [i for i, block in enumerate(blocks) if isinstance(block, Grid) and block.place.page is not None]
    above: int | None = None  # the grid in which the row at the end of the page stands
    last, end, head = Place(), 0, -1
    for index in grids:
        grid = blocks[index]
        assert isinstance(grid, Grid)
        if above is None or not _is_next(last, grid.place):
            above = head = index
        else:
            upper, first = blocks[above], blocks[head]
            assert isinstance(upper, Grid) and isinstance(first, Grid)
            apart = _is_below(last, grid.place) or not _touch(blocks[end + 1 : index])
            blocks[above], blocks[index] = _mended(upper, grid, _repeated(first, grid), apart)
            head = index if apart else head
            rest = blocks[index]
            assert isinstance(rest, Grid)
            above = index if rest.n_rows else above
        last, end = grid.place, index
    return blocks


def _is_next(last: Place, place: Place) -> bool:
    """Whether a table stands on the next page, or on the next of several pages on one sheet."""
    if last.page is None or place.page is None:
        return False
    beside = last.box is not None and place.box is not None and last.box[2] <= place.box[0]
    return place.page == last.page + 1 or (place.page == last.page and (beside or _is_below(last, place)))


def _is_below(last: Place, place: Place) -> bool:
    """Whether a table stands on the same page as the one before, below it."""
    if place.page != last.page or last.box is None or place.box is None:
        return False
    return last.box[3] <= place.box[1]


def _touch(between: Iterable[Block]) -> bool:
    """Whether nothing but numbers of pages stands between two tables."""
    return all(isinstance(b, Paragraph) and len(b.text) <= _NUMBER and _no_words(b.text) for b in between)


def _no_words(text: str) -> bool:
    return not any(c.isalpha() and c not in "第页共" for c in text)


def _repeated(first: Grid, grid: Grid) -> int:
    """How many rows at the top of a further piece repeat those of the first one."""
    known, rows = first.rows(), grid.rows()
    count = 0
    for here, there in zip(rows, known, strict=False):
        if grid is first or [c.text for c in here] != [c.text for c in there] or not here:
            break
        count += 1
    return count


def _mended(upper: Grid, lower: Grid, skipped: int, apart: bool) -> tuple[Grid, Grid]:
    """Two pieces with the row that the page cuts put together, or as they are where none is cut.

    With words between them, as those of a foot note, or on one page, the pieces of its label must prove
    that one is.
    """
    foot = sorted((c for c in upper.cells if c.row + c.rowspan == upper.n_rows), key=lambda c: c.column)
    top = sorted((c for c in lower.cells if c.row == skipped), key=lambda c: c.column)
    foot, top = _partners(foot, top, _aside(upper.place, lower.place))
    if apart and not (foot and _ends_label(foot, top)):
        return upper, lower
    doubt = _is_rest(foot, top) if foot else None
    if doubt is None and _has_label_below(foot, top, in_full=False) and _prints_blanks(upper):
        doubt = False
    if doubt is None:
        return upper, lower
    if doubt and _are_values_below(foot, top, [*lower.rows()][skipped + 1 : skipped + 2]):
        doubt = _may_be_blank(upper, upper.n_rows - 1) or _may_be_blank(lower, skipped)
    joined = {id(a): _joined(a, b, doubt) for a, b in zip(foot, top, strict=True) if b.rowspan == 1}
    cells = tuple(joined.get(id(c), c) for c in upper.cells)
    return replace(upper, cells=cells), _without_row(lower, skipped)


def _aside(upper: Place, lower: Place) -> float:
    """How far right of one table another as wide stands that follows it on the same sheet or the next."""
    if not upper.box or not lower.box:
        return 0.0
    (left, _, right, _), (x0, _, x1, _) = upper.box, lower.box
    alike = upper.page == lower.page or abs(right - left - x1 + x0) <= _NEAR
    return x0 - left if alike else 0.0


def _partners(foot: Row, top: Row, aside: float) -> tuple[Row, Row]:
    """The cells of both rows in the same columns; none where a column with words or figures is lost.

    ``aside`` is how far right the lower row's columns stand of the upper's.
    Spacers, and the labels of groups before that of the row, may end with the page.
    """
    pairs = [(a, b) for a in foot for b in top if _in_one_column(a.place.box, b.place.box, aside)]
    if len(pairs) < _LEAST:
        return [], []
    known = {id(cell) for pair in pairs for cell in pair}
    lost = [c for c in foot[foot.index(pairs[0][0]) :] if id(c) not in known]
    lost += [c for c in top if id(c) not in known]
    if any(not is_blank(c.text) for c in lost):
        return [], []
    return [a for a, _ in pairs], [b for _, b in pairs]


def _in_one_column(above: Box | None, below: Box | None, aside: float) -> bool:
    if above is None or below is None:
        return False
    return abs(above[0] + aside - below[0]) <= _NEAR and abs(above[2] + aside - below[2]) <= _NEAR


def _is_rest(foot: Row, top: Row) -> bool | None:
    """None where ``top`` is a row of its own, else whether its values are doubtful as rests of ``foot``'s."""
    if all(is_blank(c.text) for c in top):
        return False
    if any(
        is_numberlike(b.text) and not (is_blank(a.text) or is_numberlike(a.text))
        for a, b in _pairs(foot, top)
    ):
        return None  # values below words: the first row below a header
    if _has_label_below(foot, top):
        return False
    rest = label_of(top)[1]
    label = _own_label(foot, top)
    numbered = label is not None and ORDINAL.fullmatch(normal(foot[top.index(label)].text))
    if rest is not None and rest.match.sure and not (numbered or _ends_label(foot, top)):
        return None
    if _is_header_cut(foot, top):
        return False
    values = [a for a, b in _pairs(foot, top) if is_numberlike(b.text)]
    if label is None:
        return any(is_blank(a.text) for a in values) if values else None
    begun = foot[top.index(label)].text
    whole = words.row_label(begun + label.text)
    if whole is not None and whole.match.sure:
        return False  # though a piece alone be a label too: 2.其他 | 法律行政法规禁止公开
    return True if values and words.row_label(begun) is not None and rest is None else None


def _are_values_below(foot: Row, top: Row, behind: Sequence[Sequence[GridCell]]) -> bool:
    """Whether a row prints its label at the foot of a page, and all its values at the head of the next.

    The label of the row ``behind`` shows that the page has cut one row, and lost the label of none.
    """
    _, label, values = label_of(foot)
    if label is None or not label.match.sure or not values:
        return False
    following = [found.match.key for row in behind if (found := label_of(row)[1])]
    if following and (label.match.key, following[0]) not in _NEIGHBOURS:
        return False
    first = foot.index(values[0])
    return all(is_blank(c.text) for c in (*values, *top[:first])) and all(
        is_numberlike(c.text) for c in top[first:]
    )


def _may_be_blank(grid: Grid, cut: int) -> bool:
    """Whether a row with a label, other than the ``cut`` one, has no values: so may that one have none."""
    for n, row in enumerate(grid.rows()):
        _, label, values = label_of(row)
        if n != cut and label is not None and values and all(is_blank(c.text) for c in values):
            return True
    return False


def _pairs(foot: Row, top: Row) -> Iterable[tuple[GridCell, GridCell]]:
    return zip(foot, top, strict=True)


def _ends_label(foot: Row, top: Row) -> bool:
    """Whether a row without values only ends the label above it, though its piece alone would be known."""
    label = _own_label(foot, top)
    if label is None or any(is_numberlike(c.text) for c in top):
        return False
    begun = foot[top.index(label)].text
    whole, alone = words.row_label(begun + label.text), words.row_label(label.text)
    if whole is None or alone is None or whole.match.key != alone.match.key or is_blank(begun):
        return False
    return words.row_label(begun) is None and any(is_numberlike(c.text) for c in foot)


def _has_label_below(foot: Row, top: Row, in_full: bool = True) -> bool:
    """Whether a whole row but for its label stands above a label alone: one of several lines, for which the
    page had no room. If it is not printed ``in_full``, with blanks among its values, its total tells.
    """
    label = _own_label(foot, top)
    if label is None:
        return False
    at = top.index(label)
    values = foot[at + 1 :]
    alone = is_blank(foot[at].text) and all(is_blank(c.text) for c in top[at + 1 :])
    if not alone or len(values) < _LEAST:
        return False
    if in_full:
        return all(is_numberlike(c.text) for c in values)
    return len(values) == len(words.APPLICANT_ORDER) and _adds_up(values)


def _adds_up(values: Sequence[GridCell]) -> bool:
    """Whether the values of a row are figures and blanks of which the last is the sum of the rest."""
    texts = dict(zip(words.APPLICANT_ORDER, (c.text for c in values), strict=True))
    return sums.adds_up(texts) is True


def _prints_blanks(grid: Grid) -> bool:
    """Whether several rows before the last have blanks among their values."""
    rows = [label_of(row)[2] for row in grid.rows()][:-1]
    return (
        sum(
            any(is_blank(c.text) for c in values) and any(is_numberlike(c.text) for c in values)
            for values in rows
        )
        > 1
    )


def _own_label(foot: Row, top: Row) -> GridCell | None:
    """The cell just before the values that prints a piece of a label; none where only its group's does.

    A unit below its figure is none.
    """
    lead = [
        n for n, (a, b) in enumerate(_pairs(foot, top)) if _is_words(b) and not is_numberlike(a.text + b.text)
    ]
    return top[lead[-1]] if lead and not any(map(_is_words, foot[lead[-1] + 1 :])) else None


def _is_words(cell: GridCell) -> bool:
    return not is_blank(cell.text) and not is_numberlike(cell.text)


def _is_header_cut(foot: Row, top: Row) -> bool:
    """Whether the labels of columns are cut: together they are labels, the lower pieces are none."""
    if any(is_numberlike(c.text) for c in (*foot, *top)):
        return False
    pieces = [(a.text + b.text, b.text) for a, b in _pairs(foot, top) if not is_blank(b.text)]
    return bool(pieces) and all(
        words.names_column(both) and not words.names_column(rest) for both, rest in pieces
    )


def _joined(above: GridCell, below: GridCell, doubt: bool) -> GridCell:
    """A cell with its rest; with ``doubt`` a number in it counts as unreadable."""
    text = in_two(above.text, below.text)
    if doubt and is_numberlike(below.text):
        text = doubtful(text)
    return replace(above, text=text, confidence=weakest(above.confidence, below.confidence))


def _without_row(grid: Grid, row: int) -> Grid:
    """The grid without a row; cells that reach on below it keep what they print."""
    cells: list[GridCell] = []
    for cell in grid.cells:
        if cell.row > row:
            cells.append(replace(cell, row=cell.row - 1))
        elif cell.row + cell.rowspan <= row:
            cells.append(cell)
        elif cell.rowspan > 1:
            cells.append(replace(cell, rowspan=cell.rowspan - 1))
    return replace(grid, cells=tuple(cells), n_rows=grid.n_rows - 1)
