"""Numbers in two pieces (1232 above 1) that the form's sums prove to be one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pipelines.parse.tables import sums
from pipelines.parse.tables.broken.pieces import is_in_pieces, whole
from pipelines.parse.tables.findings import Finding
from pipelines.parse.template import APPLICATIONS, REVIEWS

Rows = Mapping[str, Finding]


def proved(table: str, rows: Rows) -> dict[str, Finding]:
    """The rows of a table with numbers in pieces made whole, as far as sums confirm them.

    A row is made whole where its total then is the sum of the rest, and, in section three, no column
    that can be added up speaks against it. All other pieces stay what they are: unreadable.
    """
    if table not in (APPLICATIONS, REVIEWS):
        return {}
    found = {key: _whole(row) for key, row in rows.items() if not row.problem and _columns_in_pieces(row)}
    found = {key: row for key, row in found.items() if _adds_up(row)}
    if table == APPLICATIONS and found:
        against = sums.broken_columns({**rows, **found})
        found = {key: row for key, row in found.items() if not against & _columns_in_pieces(rows[key])}
    return found


def _columns_in_pieces(row: Finding) -> set[str]:
    return {column for column, slot in row.slots.items() if is_in_pieces(slot.text)}


def _whole(row: Finding) -> Finding:
    slots = {column: slot._replace(text=whole(slot.text)) for column, slot in row.slots.items()}
    return replace(row, slots=slots)


def _adds_up(row: Finding) -> bool:
    return sums.adds_up({column: slot.text for column, slot in row.slots.items()}) is True
