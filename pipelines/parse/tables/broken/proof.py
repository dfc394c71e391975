"""Numbers that a narrow cell breaks over lines (1232 above 1): read as one where the form's sums prove it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from pipelines.parse.tables import sums
from pipelines.parse.tables.findings import Finding, Slot
from pipelines.parse.template import APPLICATIONS, REVIEWS

_BROKEN: Final = re.compile(r"\d{1,9}(?:\n\d{1,9})+")

Rows = Mapping[str, Finding]


def unbroken(table: str, rows: Rows) -> dict[str, Finding]:
    """The rows of a table with broken numbers made whole, as far as sums confirm them.

    A row is made whole where its total then is the sum of the rest, and, in section three, no column
    that can be added up speaks against it. All other broken numbers stay what they are: unreadable.
    """
    if table not in (APPLICATIONS, REVIEWS):
        return {}
    found = {key: _whole(row) for key, row in rows.items() if not row.problem and _is_broken(row)}
    found = {key: row for key, row in found.items() if _adds_up(row)}
    if table == APPLICATIONS and found:
        against = sums.broken_columns({**rows, **found})
        found = {key: row for key, row in found.items() if not against & _broken_columns(rows[key])}
    return found


def _is_broken(row: Finding) -> bool:
    return any(_BROKEN.fullmatch(slot.text) for slot in row.slots.values())


def _broken_columns(row: Finding) -> set[str]:
    return {column for column, slot in row.slots.items() if _BROKEN.fullmatch(slot.text)}


def _whole(row: Finding) -> Finding:
    return replace(row, slots={column: _joined(slot) for column, slot in row.slots.items()})


def _joined(slot: Slot) -> Slot:
    return slot._replace(text=slot.text.replace("\n", "")) if _BROKEN.fullmatch(slot.text) else slot


def _adds_up(row: Finding) -> bool:
    return sums.adds_up({column: slot.text for column, slot in row.slots.items()}) is True
