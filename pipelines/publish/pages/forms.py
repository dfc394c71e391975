"""The three tables as the official form prints them, filled from `cells`.

Layout comes from the form's template.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from pipelines.parse.template import TEMPLATES, Label, Table, Template
from pipelines.publish import words
from pipelines.publish.pages.reader import Row

# Which rows of section three stand under a heading that has no numbers itself, and the name of its words.
_GROUPS = {
    "denied_": "head_denied",
    "unavailable_": "head_unavailable",
    "not_processed_": "head_not_processed",
    "other_": "head_other",
}


_UNITS = {"元": 1, "万元": 10_000, "亿元": 100_000_000}
_BARE = re.compile(r"\s*[\d,]*\d(?:\.\d+)?\s*")


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a form: its cells in the order of the columns (None: the document has no such cell).

    ``group`` names the words that head this and the following ``span`` rows; ``before`` are the numbers of
    last year by column.
    """

    key: str
    label: str
    cells: tuple[Row | None, ...]
    before: tuple[Row | None, ...]
    group: str = ""
    span: int = 0
    checks: tuple[Row, ...] = ()

    @property
    def unbound(self) -> bool:
        """Whether the row could not be bound to its columns: one printed text stands for all of them."""
        texts = {cell["raw"] for cell in self.cells if cell}
        unreadable = all(cell and cell["state"] == "unreadable" for cell in self.cells)
        return unreadable and len(self.cells) > 1 and len(texts) == 1


@dataclass(frozen=True, slots=True)
class Form:
    """A table to print.

    ``units``: by column, the unit that its amounts are printed in where they do not name it themselves.
    ``column_checks``: by rule, a check (or None) under each column.
    """

    table: Table
    lines: tuple[Line, ...]
    units: tuple[str, ...] = ()
    column_checks: dict[str, tuple[Row | None, ...]] = field(default_factory=dict)


class Filler:
    """Fills forms with the cells and checks of a report, last year's beside."""

    def __init__(self, cells: Iterable[Row], before: Iterable[Row], checks: Iterable[Row]) -> None:
        self._cells = {_key(cell): cell for cell in cells}
        self._before = {_key(cell): cell for cell in before}
        self._checks = list(checks)

    def form(self, table: Table, rows: tuple[Label, ...] = ()) -> Form:
        """``table`` filled; ``rows`` in place of those of the form where the document departs from it."""
        labels = rows or table.rows
        spans = _group_spans([row.key for row in labels]) if table.name == "applications" else {}
        lines = tuple(self._line(table, row, *spans.get(row.key, ("", 0))) for row in labels)
        units = tuple(_printed_unit(cells) for cells in zip(*(line.cells for line in lines), strict=True))
        return Form(table, lines, units, self._column_checks(table))

    def has(self, name: str) -> bool:
        """Whether the document has cells of the table ``name``."""
        return any(key[0] == name and cell["state"] != "absent" for key, cell in self._cells.items())

    def rows_of(self, template: Template) -> tuple[Label, ...]:
        """The rows of section three as the document has them: the form's, or the alternatives it prints."""
        present = {row for name, _, row, _ in self._cells if name == "applications"}
        keys = template.substituted(tuple(row.key for row in template.applications.rows), present)
        known = {row.key: row for row in template.all_rows}
        return tuple(known[key] for key in keys)

    def _line(self, table: Table, row: Label, group: str, span: int) -> Line:
        keys = [(table.name, table.item, row.key, column.key) for column in table.columns]
        cells = tuple(self._cells.get(key) for key in keys)
        printed = next((cell["label"] for cell in cells if cell and cell["label"]), row.label)
        before = tuple(self._before.get(key) for key in keys)
        checks = tuple(
            c for c in self._checks if c["scope"] == row.key and c["rule"].startswith(table.name + ".")
        )
        return Line(row.key, words.joined(printed), cells, before, group, span, checks)

    def _column_checks(self, table: Table) -> dict[str, tuple[Row | None, ...]]:
        found: dict[str, dict[str, Row]] = {}
        columns = [column.key for column in table.columns]
        for check in self._checks:
            if check["scope"] in columns and check["rule"].startswith(table.name + "."):
                found.setdefault(check["rule"], {})[check["scope"]] = check
        return {rule: tuple(by_column.get(key) for key in columns) for rule, by_column in found.items()}


def template_of(format_name: str, year: int) -> Template:
    """The form that a report is printed on; for a mixture, that of its year."""
    return TEMPLATES.get(format_name) or TEMPLATES["2021" if year >= 2021 else "2019"]


def _key(cell: Row) -> tuple[str, str, str, str]:
    return cell["table_name"], cell["item"] or "", cell["row"], cell["column_name"]


def _printed_unit(cells: Iterable[Row | None]) -> str:
    """The unit of a column of amounts, by what is printed and what it was read as; empty if not known."""
    found = set()
    for cell in cells:
        if (
            cell
            and cell.get("unit") == "yuan"
            and cell["value"]
            and _BARE.fullmatch(words.unified(cell["raw"] or ""))
        ):
            printed = float(words.unified(cell["raw"]).replace(",", ""))
            found |= {name for name, yuan in _UNITS.items() if math.isclose(cell["value"], printed * yuan)}
    return found.pop() if len(found) == 1 else ""


def _group_spans(keys: list[str]) -> dict[str, tuple[str, int]]:
    """By the first row of each group, its heading and how many rows it spans."""
    spans: dict[str, tuple[str, int]] = {}
    for prefix, heading in _GROUPS.items():
        members = [key for key in keys if key.startswith(prefix) and key != "other_handling"]
        if members:
            spans[members[0]] = (heading, len(members))
    return spans
