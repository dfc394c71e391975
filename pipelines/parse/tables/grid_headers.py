"""The header rows of sections two and three in grids: gathered as they come, a header when a row needs it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipelines.parse import vocabulary as words
from pipelines.parse.labels import core, normal
from pipelines.parse.numbers import money_unit
from pipelines.parse.records import Grid, GridCell
from pipelines.parse.tables.applicants import copied_total, stacked, with_extra
from pipelines.parse.tables.headers import Header, HeaderCell, header_cell, make_header, with_lost_label
from pipelines.parse.tables.merged import Span
from pipelines.parse.tables.other_names import is_other_name
from pipelines.parse.tables.row_labels import is_row
from pipelines.parse.tables.years import of_other_year
from pipelines.parse.template import APPLICATIONS, PROACTIVE, REVIEWS
from pipelines.parse.vocabulary import is_numberlike

_LETTERS = frozenset("".join(words.PROACTIVE_COLUMNS.forms))


class GridHeaders:
    """Knows which table the reader of grids is in, and the headers that hold for its rows.

    ``table`` is the official table of the latest header or row; ``applicants`` the header of section
    three, None while none is made; ``title_unit`` the unit of money that a sub-table's title states,
    ``titled`` whether such a title stands in the grid.
    """

    def __init__(self, seen: set[str]) -> None:
        """``seen`` takes in the tables of which a header or a row is met."""
        self.table = ""
        self.applicants: Header | None = None
        self.title_unit = ""
        self.titled = False
        self._seen = seen
        self._items: Header | None = None
        self._grid: Grid | None = None
        self._exact = True
        self._pending: list[HeaderCell] = []
        self._cells: list[GridCell] = []
        self._end = 0

    def start(self, grid: Grid) -> None:
        """A grid begins: of the headers before it the order holds, not the positions."""
        if self.table == APPLICATIONS and self.applicants is None and self._pending:
            self.of_applicants()
        if self.table == PROACTIVE and self._items is None and self._pending:
            self.of_items()
        self._pending, self._cells = [], []
        self.applicants = self.applicants.away() if self.applicants else None
        self._items = self._items.away() if self._items else None
        self._grid, self._exact = grid, grid.exact
        self.titled = False

    def enter(self, table: str) -> None:
        """A header of a table begins or goes on."""
        if self.table != table:
            self._pending, self._cells = [], []
        self.enter_rows(table)

    def enter_rows(self, table: str) -> None:
        """A row of a table has come, below whatever header there was."""
        self.table = table
        self._seen.add(table)

    # --- rows of headers ---------------------------------------------------------

    def take_title(self, filled: Sequence[GridCell]) -> bool:
        """Take in a row if it is the title of a sub-table (第二十条第（一）项)."""
        item = words.item_title(filled[0].text)
        if not item or any(is_numberlike(c.text) for c in filled):
            return False
        self.enter(PROACTIVE)
        self._items, self._pending, self._cells = None, [], []
        self.title_unit = money_unit(filled[0].text)
        self.titled = True
        self.take_items(filled[1:])  # where a title stands beside its rows, not above them
        return True

    def take_applicants(self, row: Sequence[GridCell], filled: Sequence[GridCell]) -> bool:
        """Take in a row if it is of the header of section three."""
        if len(filled) == 1 and core(filled[0].text) != normal(filled[0].text) and is_row(filled):
            return False  # （七）总计 of a blank row
        hits = [header_cell(c, m) for c in filled if (m := words.APPLICANTS.match(c.text))]
        others = [c for c in filled if not words.APPLICANTS.match(c.text)]  # 总计 names a row too
        grouped = any(words.HEADS.match(c.text) for c in others) and not is_row(others)
        heading = self.table == APPLICATIONS and self.applicants is None and bool(self._cells)
        if not (len(hits) > 1 or (grouped and self.table != REVIEWS) or (heading and hits)):
            return False
        if self.table != APPLICATIONS or self.applicants is not None:
            self._pending, self._cells, self.applicants, self._end = [], [], None, 0
        self.enter(APPLICATIONS)
        self._end = max(self._end, row[-1].column + row[-1].colspan)
        self._pending += hits
        self._cells += filled
        return True

    def take_items(self, filled: Sequence[GridCell]) -> bool:
        """Take in a row if it is of the header of a sub-table of section two."""
        hits = [
            header_cell(c, m)
            for c in filled
            if (m := words.PROACTIVE_COLUMNS.match(c.text)) and (m.sure or not of_other_year(c.text))
        ]
        if not hits:
            if self.titled and self._items is None and filled and normal(filled[0].text) == words.ITEMS:
                self._cells = list(filled)  # the labels of all columns are lost, or bear other names
            return False
        self.enter(PROACTIVE)
        self._items = None
        if self._pending and self._pending[-1].row + 1 < hits[0].row:
            self._pending, self._cells = [], []
        self._pending += hits
        self._cells += filled
        return True

    # --- headers -----------------------------------------------------------------

    def spans(self) -> list[Span]:
        """Where the labels of columns stand in this grid, from left to right."""
        known = self.applicants if self.table == APPLICATIONS else self._items
        if self.table == REVIEWS or (known and not known.here):
            return []
        heads = list(known.cells) if known else self._pending
        return sorted(head.span for head in heads)

    def of_applicants(self) -> Header:
        """The header of section three; made of the rows gathered if there is none yet."""
        if self.applicants is None:
            self.applicants = self._made_of_applicants()
        return self.applicants

    def of_items(self) -> Header:
        """The header of a sub-table of section two, whichever form it belongs to."""
        if self._items is None:
            self._items = self._made_of_items()
        return self._items

    def _made_of_applicants(self) -> Header:
        cells = self._pending
        if self._exact and len({c.match.key for c in cells}) < len(words.APPLICANT_ORDER):
            cells = cells + list(stacked(self._cells, cells))
            beneath = [c for c in self._cells if c.colspan == 1]  # not the names of groups above
            cells = with_lost_label(cells, words.APPLICANT_ORDER, beneath)
        copy = copied_total(cells, self._grid) if self._exact and self._grid else None
        header = make_header([c for c in cells if c is not copy], words.APPLICANT_ORDER, self._exact)
        header = with_extra(header, self._cells, self._grid, self._end)
        reach = self._grid.n_columns if self._grid else None
        return replace(header, reach=reach, extra=(*header.extra, *([copy.span] if copy else ())))

    def _made_of_items(self) -> Header:
        header = make_header(self._pending, tuple(c.match.key for c in self._pending), self._exact)
        starts = [c.column for c in self._cells if normal(c.text) == words.ITEMS]
        first = min([*starts, *(h.start for h in header.cells)], default=0)
        apart = [c for c in self._cells if _is_apart(c, first) and not any(h.covers(c) for h in header.cells)]
        return replace(header, extra=tuple((c.column, c.column + c.colspan) for c in apart))


def _is_apart(cell: GridCell, first: int) -> bool:
    """Whether a cell heads a column that is none of section two's; ``first``: where its header begins."""
    if words.is_extra(cell.text) or of_other_year(cell.text):
        return True
    return cell.column > first and is_other_name(cell.text, _LETTERS)
