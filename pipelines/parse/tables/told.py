"""Rows of which each value is told beside the label of its column, whatever they stand in.

They become the grid that the form would have printed; each cell keeps its place. They are taken for
a table only where each row names all the columns of its table, each once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final, NamedTuple

from pipelines.parse import vocabulary as words
from pipelines.parse.labels import Match
from pipelines.parse.records import Grid, GridCell, Place
from pipelines.parse.tables.suffix import without_group
from pipelines.parse.template import APPLICATIONS, PROACTIVE, REVIEWS

TOLD: Final = 3  # rows of a table that lines begin with, so that it is told there
_WHOLE: Final = {APPLICATIONS: len(words.APPLICANT_ORDER), REVIEWS: len(words.OUTCOME_ORDER)}
_COLUMNS: Final = (
    (APPLICATIONS, words.APPLICANTS),
    (REVIEWS, words.OUTCOMES),
    (PROACTIVE, words.PROACTIVE_COLUMNS),
)


def column_of(text: str, table: str) -> Match | None:
    """The column of a table that a text names."""
    return next((m for name, labels in _COLUMNS if name == table and (m := labels.match(text))), None)


class Pair(NamedTuple):
    """A column's label and the value beside it, as cells that stand in no grid yet."""

    table: str
    match: Match
    label: GridCell
    value: GridCell


@dataclass(slots=True)
class Row:
    """A row of a list."""

    table: str
    label: GridCell
    pairs: list[Pair] = field(default_factory=list)

    def is_whole(self) -> bool:
        """Whether each column of the table is named once; of section two, whether none is named twice."""
        keys = [pair.match.key for pair in self.pairs]
        if not keys or len(set(keys)) < len(keys) or any(p.table != self.table for p in self.pairs):
            return False
        return self.table == PROACTIVE or len(keys) == _WHOLE[self.table]


@lru_cache(maxsize=2048)  # headings and titles are much the same everywhere
def row_named(text: str) -> str | None:
    """The table whose row a text names as the form has it; 其他 and 总计 name one only with their ordinal."""
    if words.STAGES.match(text):
        return REVIEWS
    found = words.row_printed(text)
    if found is None:
        text = without_group(text)
        found = words.row_printed(text)
    if found is None:
        return None
    return None if words.means_else(found, text) else found.table


def wide(rows: Sequence[Row], place: Place) -> Grid:
    """The rows as the form prints them: a header, then the rows; in section two a header for each row."""
    cells: list[GridCell] = []
    at = width = 0
    for number, row in enumerate(rows):
        if number == 0 or row.table == PROACTIVE:
            heads = row.pairs
            cells += [_at(pair.label, at, n) for n, pair in enumerate(heads, 1)]
            at += 1
        beside = {pair.match.key: pair.value for pair in row.pairs}
        values = [beside[pair.match.key] for pair in heads]
        cells += [_at(cell, at, n) for n, cell in enumerate([row.label, *values])]
        at, width = at + 1, max(width, len(values) + 1)
    return Grid(tuple(cells), at, width, place)


def _at(cell: GridCell, row: int, column: int) -> GridCell:
    return replace(cell, row=row, column=column, rowspan=1, colspan=1)
