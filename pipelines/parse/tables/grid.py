"""The first way: rows and columns of a grid bound by their matched labels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from pipelines.parse import vocabulary as words
from pipelines.parse.labels import Match, core, normal
from pipelines.parse.numbers import MONEY, money_units
from pipelines.parse.records import Grid, GridCell
from pipelines.parse.tables.blocks import Captions
from pipelines.parse.tables.findings import NO_COLUMNS, Finding, Findings, Slot, loose_slots, numbers_columns
from pipelines.parse.tables.grid_headers import GridHeaders
from pipelines.parse.tables.headers import STRANGE, Header, bind, make_header, slots_of
from pipelines.parse.tables.merged import SHARED, shared_values
from pipelines.parse.tables.reviews import ALL_PAIRS
from pipelines.parse.tables.reviews_grid import ReviewsReader
from pipelines.parse.tables.row_labels import is_half, label_of, parted, several
from pipelines.parse.tables.row_places import RowPlaces, end_of
from pipelines.parse.tables.years import OWN, YEAR_REACH, named_year
from pipelines.parse.template import APPLICATIONS, PROACTIVE, REVIEWS, Label
from pipelines.parse.vocabulary import is_blank, is_numberlike

SHORT = (
    "行内有空格，又比表中其他行都短，可能缺一格"
    " / it has blanks, and ends where no other row of its table does: it may have lost a cell"
)
BESIDE_LABELS = (
    "第一个空格在其他行的标题处，可能不是数值"
    " / its first blank stands where other rows have their labels: it may be no value"
)
IN_LABEL = (
    "标题后带数字而行末空白，数值可能左移"
    " / a figure stands behind its label, and a blank at its end: its values may have moved left"
)
_FEWEST = 6  # values that a row of section three may be left with, a blank one among them


class Held(NamedTuple):
    """Values whose label may go on in the next row: its beginning, the cells, the header and the table.

    ``apart``: they stand in a grid of their own, in which they are too few for a row of section three.
    """

    label: str
    cells: list[GridCell]
    header: Header | None
    table: str
    apart: bool


class GridReader:
    """Reads the grids of a document one after the other; a table may go on in the next grid."""

    def __init__(self, format_name: str, captions: Captions) -> None:
        """``captions`` tells what stands above the block of an index."""
        self.found = Findings()
        self._format = format_name
        self._captions = captions
        self._reviews = ReviewsReader(self.found)
        self._heads = GridHeaders(self.found.seen)
        self._index, self._exact = 0, True
        self._grid: Grid | None = None
        self._places: RowPlaces
        self._strange = False  # whether the columns of the grid bear names that are none of the form's
        self._shared: tuple[GridCell, ...] = ()  # figures of the grid that several of its rows might own
        self._first = 0  # how many rows were found before the grid
        self._fragment = ""
        self._held: Held | None = None
        self._begun = ""  # the label of the row before, if that row is blank: it may go on in this row

    def read(self, index: int, grid: Grid) -> None:
        """Take in the grid that is block ``index``."""
        self._heads.start(grid)
        self._index, self._exact, self._grid = index, grid.exact, grid
        self._places, self._strange = RowPlaces(grid), False
        before = (len(self.found.rows), len(self.found.unbound))
        self._first = len(self.found.rows)
        self._shared = shared_values(grid)
        self._reviews.start(grid, self._captions.line(index), self._shared)
        for row in grid.rows():
            if row:
                self._row(row)
        self._reviews.finish_grid()
        if before != (len(self.found.rows), len(self.found.unbound)) or self._reviews.touched:
            self.found.used.add(index)

    def finish(self) -> Findings:
        """Everything found in the grids read."""
        self._settle()
        self._reviews.finish()
        return self.found

    # --- one row ---------------------------------------------------------------

    def _row(self, row: Sequence[GridCell]) -> None:
        filled = [c for c in row if not is_blank(c.text)]
        if not filled:
            if self._heads.table == REVIEWS:
                self._reviews.blank(row)
            return
        if self._heads.take_title(filled) or self._in_words(row, filled) or self._is_header(row, filled):
            return
        if (self._heads.table == REVIEWS or self._reviews.names(row)) and self._reviews.data(row):
            self._heads.table = REVIEWS
            return
        self._data(row, filled)

    def _is_header(self, row: Sequence[GridCell], filled: Sequence[GridCell]) -> bool:
        if any(is_numberlike(c.text) for c in filled):
            return False
        if self._reviews.header(row):
            self._heads.enter(REVIEWS)
            return True
        taken = self._heads.take_applicants(row, filled) or self._heads.take_items(filled)
        if len(filled) >= len(words.APPLICANT_ORDER) and len({c.text for c in filled}) > 1:
            self._strange = not any(words.names_column(c.text) for c in filled)
        return taken

    # --- data ------------------------------------------------------------------

    def _in_words(self, row: Sequence[GridCell], filled: Sequence[GridCell]) -> bool:
        """Take in a row with words where figures should be (五, 见附件), each below the head of a column."""
        if not self._exact or all(is_numberlike(c.text) for c in filled[1:]) or self._shared_in(row):
            return False
        found = parted(row, self._heads.spans())
        if found is None or several(row) or any(named_year(c.text) for c in filled):
            return False
        label, whose, values = found
        self._settle()
        self._begun = ""
        self._labelled(label, whose, values)
        return True

    def _data(self, row: Sequence[GridCell], filled: Sequence[GridCell]) -> None:
        stated = next((c for c in row[:YEAR_REACH] if named_year(c.text)), None)
        if stated is not None:
            year = named_year(stated.text)
            if year not in (OWN, self._captions.year):
                return  # the row of another year, or of a year that can't be told
            row = self._without_year(row, stated)
        label, found, values = label_of(row)
        if stated is not None and found is None and self.found.rows:
            label = self.found.rows[-1].label  # the label's own row named no year: whose values are its own?
            found = words.row_label(label)
        has_values = any(not is_blank(c.text) for c in values)
        if found is None and self._fragment and label:
            found = words.row_label(self._fragment + label)
        begun, self._begun = self._begun, ""
        jammed = several(row) if has_values else ()
        if jammed:
            self._jammed(jammed, values)
            return
        if begun and core(label) and has_values and not (found and found.match.sure):
            whole = words.row_label(begun + label)
            if whole and whole.match.key == self.found.rows[-1].row:
                self.found.rows.pop()
                label, found = begun + label, whole
        if found and self._totals_others(found):
            self._settle()
            self.found.foreign[self._index, row[0].row] = ((0, end_of(row[-1])),)
            self.found.unbound.append((APPLICATIONS, loose_slots(c for c in values if not is_blank(c.text))))
            return
        if found is None or (
            self._held and not has_values and self._held.label and not core(self._held.label)
        ):
            self._unlabelled(label, values, has_values)
            return
        self._settle()
        if found.match.key in words.WEAK_ROWS and self._heads.table != APPLICATIONS:
            return
        if shared := self._shared_in(row):
            self._unowned(label, found, values or shared)
        elif values:
            self._labelled(label, found, values)
            self._begun = "" if has_values else label
        elif self._exact:
            self.found.bare.add((found.table, found.match.key))

    def _totals_others(self, found: words.RowLabel) -> bool:
        """Whether a row is the total of rows that are none of the form's, with which the grid begins."""
        if found.match.key != "total_handled" or len(self.found.rows) > self._first or self._held is None:
            return False
        return bool(core(self._held.label)) and not is_half(self._held.label)

    def _shared_in(self, row: Sequence[GridCell]) -> list[GridCell]:
        """The figures that stand in this row and in rows of other labels."""
        return [c for c in self._shared if c.row <= row[0].row < c.row + c.rowspan]

    def _unowned(self, label: str, found: words.RowLabel, values: Sequence[GridCell]) -> None:
        """Take in a row of which a value may be another row's."""
        table, match = found
        self._fragment = ""
        self._heads.enter_rows(table)
        loose = loose_slots(c for c in values if not is_blank(c.text))
        self.found.rows.append(
            Finding(table, match.key, label, match, values[0].place, loose=loose, problem=SHARED)
        )

    def _without_year(self, row: Sequence[GridCell], stated: GridCell) -> list[GridCell]:
        """A row of the report's own year, with the labels that reach into it and without the year."""
        cells = self._grid.cells if self._grid else ()
        above = [c for c in cells if c.row < stated.row < c.row + c.rowspan and c.column < stated.column]
        return sorted([*above, *(c for c in row if c is not stated)], key=lambda c: c.column)

    def _jammed(self, rows: Sequence[str], values: Sequence[GridCell]) -> None:
        """Labels of several rows in one cell: whose the values are can't be told."""
        self._settle()
        table = APPLICATIONS if rows[0] not in words.ITEM_OF else PROACTIVE
        self._heads.enter_rows(table)
        loose = loose_slots(c for c in values if not is_blank(c.text))
        problem = "几行的标题在同一格 / the labels of several rows stand in one cell"
        for number, row in enumerate(rows):
            shown = loose if number == 0 else ()
            self.found.rows.append(
                Finding(table, row, "", Match(row), values[0].place, loose=shown, problem=problem)
            )

    def _unlabelled(self, label: str, values: list[GridCell], has_values: bool) -> None:
        """A row whose label is no row's: half of a label cut by a page, or values without a label."""
        if has_values:
            self._settle()
            if numbers_columns([c.text for c in values if not is_blank(c.text)]):
                return
            few = self._heads.table == APPLICATIONS and len(values) < _FEWEST
            apart = few and len(self.found.rows) == self._first
            self._held = Held(label, values, self._heads.applicants, self._heads.table, apart)
        elif (
            self._held and self._held.label and label and (found := words.row_label(self._held.label + label))
        ):
            held, self._held = self._held, None
            self._heads.applicants, now = held.header, self._heads.applicants
            self._labelled(held.label + label, found, held.cells)
            self._heads.applicants = now
        else:
            self._settle()
            self._fragment = label

    def _settle(self) -> None:
        """Give up waiting for the rest of a label: values held so far belong to no row."""
        if self._held is not None:
            filled = [c for c in self._held.cells if is_numberlike(c.text) and not _is_share(c.text)]
            fifteen = len(self._held.cells) == len(ALL_PAIRS)  # a row of section four without its header
            if self._held.table in (PROACTIVE, APPLICATIONS) and filled:
                self.found.unbound.append((REVIEWS if fifteen else self._held.table, loose_slots(filled)))
                loose = not core(self._held.label) or is_half(self._held.label)
                if loose and not fifteen and not self._held.apart:
                    self.found.orphans.append((self._held.table, len(self.found.rows)))
                elif words.GROUPS.match(self._held.label):
                    self.found.grouped.append((self._held.table, len(self.found.rows)))
        self._held, self._fragment = None, ""

    def _labelled(self, label: str, found: words.RowLabel, values: list[GridCell]) -> None:
        table, match = found
        self._fragment, self._held = "", None
        if table == APPLICATIONS:
            self._heads.enter_rows(APPLICATIONS)
            header = self._heads.of_applicants()
            values_here = self._places.at_the_end(values, header)
            bound = STRANGE if self._strange else bind(values_here, header, self._exact)
            if header.complete and header.here and self._exact and self._places.is_short(values, header):
                bound = SHORT
            if not isinstance(bound, str) and self._places.begins_beside_labels(bound, header):
                bound = BESIDE_LABELS
            self._record(table, match, label, values, bound, header, "")
        else:
            self._heads.enter_rows(PROACTIVE)
            self._proactive_row(match, label, values)

    def _proactive_row(self, match: Match, label: str, values: list[GridCell]) -> None:
        item = words.ITEM_OF[match.key]
        shown = self._heads.of_items()
        layout = words.proactive_layout(tuple(c.match.key for c in shown.cells), item, self._format)
        if layout is None or (not shown.cells and (len(layout[0]) > 1 or not self._heads.titled)):
            self._record(PROACTIVE, match, label, values, NO_COLUMNS, shown, "")
            return
        columns, form = layout
        header = make_header(shown.cells, tuple(c.key for c in columns), self._exact)
        header = replace(header, extra=shown.extra) if shown.here else header.away()
        bound = bind(values, header, self._exact)
        self._record(
            PROACTIVE,
            match,
            label,
            values,
            bound,
            header,
            form,
            lambda key: self._unit_of(key, header, label, columns),
        )

    def _unit_of(self, key: str, header: Header, label: str, columns: Sequence[Label]) -> str:
        """The unit stated for a column of money: in its header or the row's label, the title, or nearby.

        "" where header and label state two.
        """
        if not any(c.key == key and c.kind == MONEY for c in columns):
            return ""
        stated = money_units(header.text_of(key), label)
        if stated:
            return min(stated) if len(stated) == 1 else ""
        return self._heads.title_unit or self._captions.unit(self._index)

    def _record(
        self,
        table: str,
        match: Match,
        label: str,
        values: Sequence[GridCell],
        bound: dict[str, GridCell] | str,
        header: Header,
        form: str,
        unit_hint: Callable[[str], str] = lambda key: "",
    ) -> None:
        if not isinstance(bound, str) and any(words.row_label(c.text) for c in bound.values()):
            bound = "数值中夹有另一行的标题 / another row's label stands among the values"
        if not match.sure and normal(label)[-1:].isdigit() and is_blank(values[-1].text):
            bound = IN_LABEL
        if isinstance(bound, str):
            slots, loose, problem = {}, loose_slots(c for c in values if not is_blank(c.text)), bound
        else:
            slots, loose, problem = slots_of(bound, header, unit_hint), (), ""
        beside: tuple[Slot, ...] = ()
        if header.extra and header.here:
            self.found.foreign[self._index, values[0].row] = header.extra
            others = [c for c in values if any(start <= c.column < end for start, end in header.extra)]
            beside = loose_slots(c for c in others if is_numberlike(c.text))
        ordered = header.order == words.APPLICANT_ORDER or table == PROACTIVE
        plain = self._exact and match.sure and not problem and header.plain
        place, headed = values[0].place, bool(problem) and header.of_form
        row = Finding(
            table, match.key, label, match, place, slots, loose, problem, form, ordered, plain, headed
        )
        self.found.rows.append(replace(row, beside=beside) if beside else row)


def _is_share(text: str) -> bool:
    """Whether it is a percentage, of which the form has none."""
    return text.rstrip().endswith(("%", "％"))
