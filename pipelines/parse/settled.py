"""Which issues of the tables are settled because people have read what they tell of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pipelines.parse.records import Cell, Issue, Method, State
from pipelines.parse.template import REVIEWS, TABLES

_ABOUT = re.compile(rf"({'|'.join(TABLES)})(?:\.(\w+))?(?:\.(\w+))?: ")
_UNREAD_CODES = ("cell_unreadable", "row_unreadable", "values_unbound")
_ABSENT_CODES = ("rows_absent", "cells_absent")


def is_settled(issue: Issue, cells: Sequence[Cell]) -> bool:
    """Whether people have read all that an issue of the tables tells of."""
    if issue.code == "ocr_unsure":
        official = [cell for cell in cells if cell.table_name in TABLES]
        return _touched(official) and not _any(official, State.UNREADABLE)
    about = _ABOUT.match(issue.detail)
    if about is None:
        return False
    concerned = [cell for cell in cells if _concerns(about, cell)]
    if not _touched(concerned):
        return False
    if issue.code in _UNREAD_CODES:
        return not _any(concerned, State.UNREADABLE)
    if issue.code in _ABSENT_CODES:
        return not _any(concerned, State.ABSENT)
    return issue.code == "row_doubtful" and all(cell.method is Method.PERSON for cell in concerned)


def _concerns(about: re.Match[str], cell: Cell) -> bool:
    """An issue of a row of section four tells of all its stages, which are one row of print."""
    table, row, column = about.groups()
    if cell.table_name != table:
        return False
    whole_row = table == REVIEWS and column is None
    return (row in (None, cell.row) or whole_row) and column in (None, cell.column_name)


def _touched(cells: Iterable[Cell]) -> bool:
    return any(cell.method is Method.PERSON for cell in cells)


def _any(cells: Iterable[Cell], state: State) -> bool:
    return any(cell.state is state for cell in cells)
