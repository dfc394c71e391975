"""Numbers in two pieces (1232 above 1) that the form's sums prove to be one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from pipelines.parse.tables import sums
from pipelines.parse.tables.broken.pieces import are_several, first_line, is_in_pieces, last_line, whole
from pipelines.parse.tables.findings import Finding
from pipelines.parse.template import APPLICATIONS, REVIEWS
from pipelines.parse.vocabulary import is_figure

Rows = Mapping[str, Finding]


def proved(table: str, rows: Rows) -> dict[str, Finding]:
    """The rows of a table with numbers in pieces made whole, as far as sums confirm them.

    A row is made whole where its total then is the sum of the rest, and, in section three, no column
    that can be added up speaks against it; but not where all this is true of its first and last lines
    alone as well, or of either if all its figures have two: the others may be last year's; nor where
    blanks part other figures of the table than thousands. All other pieces stay what they are: unreadable.
    """
    if table not in (APPLICATIONS, REVIEWS):
        return {}
    broken = {key: row for key, row in rows.items() if not row.problem and _columns_in_pieces(row)}
    if broken and any(are_several(slot.text) for row in rows.values() for slot in row.slots.values()):
        broken = {key: row for key, row in broken.items() if not _has(" ", row)}
    found = _fitting(table, rows, broken, whole)
    if not found:
        return {}
    lined = {key: row for key, row in broken.items() if _has("\n", row)}
    first, last = (_fitting(table, rows, lined, line) for line in (first_line, last_line))
    apart = {key for key in first | last if (key in first and key in last) or _is_all_lined(rows[key])}
    return {key: row for key, row in found.items() if key not in apart}


def _is_all_lined(row: Finding) -> bool:
    """Whether every figure of a row stands on two lines."""
    texts = [slot.text for slot in row.slots.values() if is_figure(slot.text)]
    return all("\n" in text for text in texts)


def _has(joint: str, row: Finding) -> bool:
    return any(joint in slot.text for slot in row.slots.values() if is_in_pieces(slot.text))


def _fitting(table: str, rows: Rows, broken: Rows, told: Callable[[str], str]) -> dict[str, Finding]:
    """The rows in pieces that add up where each text of theirs is read as ``told`` says."""
    found = {key: _read(row, told) for key, row in broken.items()}
    found = {key: row for key, row in found.items() if _adds_up(row)}
    if table == APPLICATIONS and found:
        against = sums.broken_columns({**rows, **found})
        found = {key: row for key, row in found.items() if not against & _columns_in_pieces(rows[key])}
    return found


def _columns_in_pieces(row: Finding) -> set[str]:
    return {column for column, slot in row.slots.items() if is_in_pieces(slot.text)}


def _read(row: Finding, told: Callable[[str], str]) -> Finding:
    slots = {column: slot._replace(text=told(slot.text)) for column, slot in row.slots.items()}
    return replace(row, slots=slots)


def _adds_up(row: Finding) -> bool:
    return sums.adds_up({column: slot.text for column, slot in row.slots.items()}) is True
