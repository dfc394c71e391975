"""Headers: which grid columns stand for which columns of the form, and binding a row's cells to them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from pipelines.parse.labels import Match
from pipelines.parse.records import GridCell
from pipelines.parse.tables.findings import Slot, miscounted
from pipelines.parse.tables.merged import Span, is_for_each
from pipelines.parse.vocabulary import in_order, is_blank, is_numberlike

Problem = str
UNDER_OTHERS = (
    "剩下的列标题所在位置与范本次序不合"
    " / the labels of the columns that are left stand over other values than by the form's order"
)
STRANGE = "列标题与范本不同 / the columns of its table bear other names than the form's"
_MANY = 5  # columns of a table of which one may be missing without doubt of the others
_LOST = 2  # columns that bear other names, or none, in a table that is the form's all the same
SPARE = 3  # blank cells beside the values of a row that are no values


@dataclass(frozen=True, slots=True)
class HeaderCell:
    """A column label: its match and the half-open range of grid columns it covers."""

    match: Match
    start: int
    end: int
    row: int
    text: str = ""

    @property
    def span(self) -> Span:
        """The grid columns below it."""
        return self.start, self.end

    def covers(self, cell: GridCell) -> bool:
        """Whether the label stands above any part of the cell."""
        return self.start < cell.column + cell.colspan and cell.column < self.end


@dataclass(frozen=True, slots=True)
class Header:
    """The columns that a table shows.

    ``order`` is the order its values are in, None where the labels that are
    left contradict the form's order and can't tell another. ``complete``: every
    column of the form is labelled, once. ``here``: the positions belong to the
    grid being read, not to an earlier piece of the table. ``extra`` are columns
    that are none of the form's, ``strange`` whether one of them stands where a label of the form is
    lost, or among the columns of an earlier grid, ``end`` is where the rows of the header end,
    ``reach`` where the longest row of the grid does.
    """

    cells: tuple[HeaderCell, ...]
    order: tuple[str, ...] | None
    complete: bool
    here: bool = True
    extra: tuple[tuple[int, int], ...] = ()
    end: int | None = None
    reach: int | None = None
    strange: bool = False
    by_key: dict[str, HeaderCell] = field(default_factory=dict)
    official: tuple[str, ...] = ()
    by_column: dict[int, str] = field(default_factory=dict)  # where no label spans columns

    @property
    def plain(self) -> bool:
        """Whether the labels of all columns stand in this grid as the form has them, in its order."""
        labelled = self.complete and self.here and not self.extra and self.order == self.official
        return labelled and all(cell.match.sure for cell in self.cells)

    @property
    def of_form(self) -> bool:
        """Whether most columns of the form are labelled in this grid."""
        return self.here and 2 * len(self.by_key) > len(self.official)

    def away(self) -> Header:
        """The same header for the next piece of a table, where positions mean nothing."""
        first, last = self.reaches()
        between = any(first < start < last for start, _ in self.extra)
        return replace(self, here=False, extra=(), end=None, strange=self.strange or between)

    def reaches(self) -> Span:
        """Where the labels begin and end, (0, 0) if there are none."""
        starts, ends = [cell.start for cell in self.cells], [cell.end for cell in self.cells]
        return min(starts, default=0), max(ends, default=0)

    def match_of(self, key: str) -> Match:
        """How the label of a column was matched; exact where the label is lost (the form's order binds)."""
        return self.by_key[key].match if key in self.by_key else Match(key)

    def text_of(self, key: str) -> str:
        """The printed label of a column, "" where it is lost."""
        return self.by_key[key].text if key in self.by_key else ""


def header_cell(cell: GridCell, match: Match) -> HeaderCell:
    """A grid cell that prints a column label."""
    return HeaderCell(match, cell.column, cell.column + cell.colspan, cell.row, cell.text)


def make_header(cells: Sequence[HeaderCell], official: tuple[str, ...], exact: bool) -> Header:
    """A header from the labels found; a label repeated below itself is one.

    All labels there: their own order counts, read by position (``exact``) or,
    where positions mean nothing, from the one row that holds them all. Some
    lost: the form's order, if those left are in it.
    """
    cells = list({(cell.match.key, cell.start, cell.end): cell for cell in cells}.values())
    keys = [cell.match.key for cell in cells]
    unique = len(keys) == len(set(keys))
    complete = unique and set(keys) == set(official)
    order: tuple[str, ...] | None = None
    if exact and unique:
        across = tuple(c.match.key for c in sorted(cells, key=lambda c: c.start))
        order = across if complete else official if in_order(across, official) else None
    elif unique:
        order = _order_in_rows(cells, official, complete)
    narrow = all(cell.end - cell.start == 1 for cell in cells)
    return Header(
        tuple(cells),
        order,
        complete,
        official=official,
        by_key={cell.match.key: cell for cell in cells},
        by_column={cell.start: cell.match.key for cell in cells} if narrow else {},
    )


def with_lost_label(
    cells: Sequence[HeaderCell], official: tuple[str, ...], printed: Sequence[GridCell]
) -> list[HeaderCell]:
    """The labels of all columns but one, and that one where a single column lies between its neighbours.

    Not where any of the cells ``printed`` in the header stands there: it may bear another name.
    """
    across = sorted(cells, key=lambda cell: cell.start)
    for at, (left, right) in enumerate(pairwise(across), 1):
        rest = (*official[:at], *official[at + 1 :])
        if left.end + 1 == right.start and tuple(cell.match.key for cell in across) == rest:
            lost = HeaderCell(Match(official[at]), left.end, right.start, left.row)
            return list(cells) if any(map(lost.covers, printed)) else [*cells, lost]
    return list(cells)


def _order_in_rows(
    cells: Iterable[HeaderCell], official: tuple[str, ...], complete: bool
) -> tuple[str, ...] | None:
    """The order where only the sequence within a line can be trusted."""
    rows: dict[int, list[str]] = {}
    for cell in cells:
        rows.setdefault(cell.row, []).append(cell.match.key)
    if complete and len(rows) == 1:
        return tuple(next(iter(rows.values())))
    return official if all(in_order(keys, official) for keys in rows.values()) else None


def bind(cells: Sequence[GridCell], header: Header, exact: bool) -> dict[str, GridCell] | Problem:
    """The cells right of a row's label, bound to the columns; or why they can't be.

    By position where every column is labelled and each has its cell. Else by
    count: exactly as many values as the form has columns, in the header's order.
    """
    if header.order is None:
        copied = _below_copies(cells, header) if exact and header.here else None
        return copied or "列标题次序不对或有重复 / the labels of the columns are out of order or repeated"
    if _cell_lost(cells, header):
        return "本行少一格或多一格 / the row has lost a cell, or has one too many"
    values = (
        [c for c in cells if not any(s <= c.column < e for s, e in header.extra)] if header.extra else cells
    )
    if header.strange:
        return _beside_strangers(values, header, exact) or STRANGE
    if header.complete and header.here and not _beyond(cells, header) and not _too_narrow(header):
        placed = _by_position(values, header) or (_beside_blanks(values, header) if exact else None)
        if placed and (exact or _trustworthy(placed, header.order)):
            return placed
    if exact and _whole_but_one(header):
        placed = _by_position(values, header) if header.here else _one_by_one(values, header)
        if placed:
            return placed
    return _by_count(values, header, exact)


def _below_copies(values: Sequence[GridCell], header: Header) -> dict[str, GridCell] | None:
    """The values where each column that a merged label was copied to has a copy of the value as well."""
    heads: list[HeaderCell] = []
    for cell in sorted(header.cells, key=lambda cell: cell.start):
        if heads and (heads[-1].text, heads[-1].end) == (cell.text, cell.start):
            cell = replace(heads.pop(), end=cell.end)
        heads.append(cell)
    columns = [column for head in heads for column in range(head.start, head.end)]
    if tuple(h.match.key for h in heads) != header.official or [c.column for c in values] != columns:
        return None
    below = {head.match.key: [c for c in values if head.covers(c)] for head in heads}
    alike = all(len({c.text for c in cells}) == 1 for cells in below.values())
    return {key: cells[0] for key, cells in below.items()} if alike else None


def _by_count(values: Sequence[GridCell], header: Header, exact: bool) -> dict[str, GridCell] | Problem:
    """Exactly as many values as the form has columns, in the header's order; or why they are none."""
    order = _order_by_count(header, values)
    if order is None:
        return (
            "各列次序与范本不同，本行又不在其下对齐"
            " / the columns are in an order of their own, and the row does not lie below them"
        )
    wanted, filled = len(order), [c for c in values if not is_blank(c.text)]
    if not all(is_numberlike(c.text) for c in filled):
        return (
            "数值中夹有文字，本行又不在列标题下对齐"
            " / words stand among the values, and the row does not lie below the labels of the columns"
        )
    if len(filled) == wanted and len(values) <= wanted + SPARE and not _gap(values):
        counted = dict(zip(order, filled, strict=True))
        return UNDER_OTHERS if exact and _stand_elsewhere(counted, header) else counted
    if exact and len(values) == wanted and all(c.colspan == 1 for c in values):
        counted = dict(zip(order, values, strict=True))
        return UNDER_OTHERS if _stand_elsewhere(counted, header) else counted
    if not filled and len(values) >= wanted:
        return dict(zip(order, values, strict=False))
    return miscounted(len(filled), wanted)


def _beside_strangers(values: Sequence[GridCell], header: Header, exact: bool) -> dict[str, GridCell] | None:
    """The values below the labels of a header that has nearly all of them and is as wide as the rows."""
    nearly = len(header.by_key) + _LOST >= len(header.official)
    if exact and header.here and header.reach == header.end and nearly:
        return _by_position(values, header)
    return None


def _stand_elsewhere(counted: dict[str, GridCell], header: Header) -> bool:
    """Whether labels that are left stand over other values than the form's order gives them.

    Where the last one stands over the last values none has moved: a column among them is none of the form's.
    """
    if not header.here or header.complete or header.reaches()[1] != header.reach:
        return False
    return any(key in counted and not cell.covers(counted[key]) for key, cell in header.by_key.items())


def _whole_but_one(header: Header) -> bool:
    """Whether one column of the form is left out, label and values, and the rest stands side by side."""
    if header.reach is None or len(header.cells) != len(header.official) - 1 or len(header.official) < _MANY:
        return False
    starts = sorted(header.by_column)
    return starts == list(range(header.reach - len(header.cells), header.reach))


def _one_by_one(values: Sequence[GridCell], header: Header) -> dict[str, GridCell] | None:
    """As many values as the header has labels, none of them blank, in a further piece of its table."""
    if len(values) != len(header.cells) or any(is_blank(c.text) for c in values):
        return None
    return {header.by_column[at]: c for at, c in zip(sorted(header.by_column), values, strict=True)}


def _order_by_count(header: Header, values: Sequence[GridCell]) -> tuple[str, ...] | None:
    """The order for values that do not lie below their labels.

    An order that is not the form's counts where all labels are in one row. Labels
    of several rows that stand left of the values have been moved by wrong spans:
    then the rows of the header, each in the form's order, tell that it is the form's.
    """
    if header.order == header.official or len({cell.row for cell in header.cells}) < 2:
        return header.order
    moved = bool(values) and any(cell.start < values[0].column for cell in header.cells)
    return _order_in_rows(header.cells, header.official, header.complete) if moved and header.here else None


def _cell_lost(cells: Sequence[GridCell], header: Header) -> bool:
    """Whether a row beside columns that are none of the form's is longer than the header, or shorter.

    Shorter it is where those right of the form's own show it, or where it ends before these and one stands
    among them: then it is another of its values that stands there.
    """
    if not header.extra:
        return False
    last = max((cell.end for cell in header.cells), default=0)
    right = [span for span in header.extra if span[0] >= last]
    if any(_is_astride(cell, header) for cell in cells):
        return True
    covered = all(any(c.column <= s < c.column + c.colspan for c in cells) for s, _ in right)
    first = min((cell.start for cell in header.cells), default=0)
    among = any(first < start < last for start, _ in header.extra)
    ends_before = among and cells[-1].column + cells[-1].colspan < last
    return not covered or ends_before or _beyond(cells, header)


def _is_astride(cell: GridCell, header: Header) -> bool:
    """Whether a figure begins below a column that is none of the form's and ends below one that is."""
    begins = any(start <= cell.column < end for start, end in header.extra)
    return begins and not is_blank(cell.text) and any(head.covers(cell) for head in header.cells)


def _beyond(cells: Sequence[GridCell], header: Header) -> bool:
    return header.end is not None and any(c.column >= header.end for c in cells)


def _too_narrow(header: Header) -> bool:
    """Whether lost spans have put the labels of a header of several rows into an order of their own.

    Rows of the grid that reach beyond the header show it; those that do not only seem to lie below it.
    """
    if header.order == header.official or header.end is None or header.reach is None:
        return False
    return header.reach > header.end and len({cell.row for cell in header.cells}) > 1


def _trustworthy(placed: dict[str, GridCell], order: tuple[str, ...]) -> bool:
    """Positions inferred from tabs: a lost value shifts the rest, so the last one must be filled."""
    filled = [not is_blank(placed[key].text) for key in order]
    return filled[-1] or not any(filled)


def _gap(values: Sequence[GridCell]) -> bool:
    """Whether a blank stands between values: then one of them may be a remark, and the blank a value."""
    filled = [not is_blank(cell.text) for cell in values]
    first, last = filled.index(True), len(filled) - filled[::-1].index(True)
    return not all(filled[first:last])


def _by_position(values: Sequence[GridCell], header: Header) -> dict[str, GridCell] | None:
    if len(values) == len(header.by_column) == len(header.cells):
        straight = {header.by_column.get(c.column, ""): c for c in values if c.colspan == 1}
        if straight.keys() == header.by_key.keys():
            return straight
    placed: dict[str, GridCell] = {}
    for cell in values:
        start, end = cell.column, cell.column + cell.colspan
        above = [h for h in header.cells if h.start < end and start < h.end]
        if not above and not is_blank(cell.text):
            return None
        if len(above) > 1 and not is_for_each(cell, [h.span for h in above]):
            return None
        if len(above) == 2 and _is_stretched(cell, values, header):
            return None
        for h in above:
            if h.match.key in placed:
                return None
            placed[h.match.key] = cell
    return placed if len(placed) == len(header.cells) else None


def _beside_blanks(values: Sequence[GridCell], header: Header) -> dict[str, GridCell] | None:
    """Values below labels over as many columns each: the same one holds the value, the others nothing."""
    widths = {cell.end - cell.start for cell in header.cells}
    width = widths.pop()
    if widths or width == 1 or len(values) != width * len(header.cells):
        return None
    columns = {cell.column: cell for cell in values if cell.colspan == 1}
    for offset in range(width):
        placed = {h.match.key: columns.get(h.start + offset) for h in header.cells}
        own = {key: cell for key, cell in placed.items() if cell is not None}
        beside = [cell for cell in columns.values() if cell not in own.values()]
        if len(own) + len(beside) == len(values) and all(is_blank(cell.text) for cell in beside):
            return own if len(own) == len(header.cells) else None
    return None


def _is_stretched(cell: GridCell, values: Sequence[GridCell], header: Header) -> bool:
    """Whether a row of a printed page has one cell too few: a program widens another to fill the row."""
    lacks_one = len(values) == len(header.cells) - 1 and len(header.cells) >= _MANY
    return cell.place.page is not None and lacks_one


def slots_of(
    bound: dict[str, GridCell], header: Header, unit_hint: Callable[[str], str] = lambda key: ""
) -> dict[str, Slot]:
    """Bound cells as slots, in the order of the form's columns or the header's."""
    return {
        key: Slot(cell.text, cell.place, cell.confidence, header.match_of(key), unit_hint(key))
        for key, cell in bound.items()
    }
