"""Row labels in grids: which cells of a row print its label, and what it matches."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipelines.parse import vocabulary as words
from pipelines.parse.labels import core, normal
from pipelines.parse.records import GridCell
from pipelines.parse.tables.suffix import label_at_end, labels_together
from pipelines.parse.vocabulary import is_blank, is_numberlike

_GROUPS = tuple(words.GROUPS.forms)
# a figure and the one letter beside it that a stamp or watermark leaves there, in a column of figures
_MARKED = re.compile(r"\d[\d,]*[\u4e00-\u9fff]|[\u4e00-\u9fff]\d[\d,]*")
_YEAR = re.compile(r"\d{2,4}年?")


def label_of(row: Sequence[GridCell]) -> tuple[str, words.RowLabel | None, list[GridCell]]:
    """The printed label of a row, what it matches, and the cells right of it."""
    cells = list(row)
    lead = lead_of(cells)
    if not any(not is_blank(c.text) for c in lead) and len(cells) > 1:
        skipped = lead_of(cells[1:])
        if label_at_end([c.text for c in skipped]) or any(words.GROUPS.match(c.text) for c in skipped):
            cells, lead = cells[1:], skipped
    best: tuple[str, words.RowLabel, list[GridCell]] | None = None
    for last in range(len(lead) - 1, -1, -1):
        if not any(map(str.isalpha, core(lead[last].text))):
            continue  # no label ends with an ordinal or a sign: (5) behind one stands for its figure
        if best and not is_blank(lead[last + 1].text):
            continue  # behind a label that is not sure a surer one counts only if blanks stand between
        found = match_until(lead, last)
        if found and found[1].match.sure:
            return found[0], found[1], cells[last + 1 :]
        if found and best is None:
            best = (*found, cells[last + 1 :])
    if best:
        return best
    text = "".join(c.text for c in lead)
    end = max((i + 1 for i, c in enumerate(lead) if not is_blank(c.text)), default=0)
    return text, None, cells[end:]


def parted(
    row: Sequence[GridCell], heads: Sequence[tuple[int, int]]
) -> tuple[str, words.RowLabel, list[GridCell]] | None:
    """The label of a row in which words stand for figures, and the cells that lie one below each head.

    ``heads`` are the grid columns of each head, from left to right, as half-open ranges. Nothing
    comes out where no words stand there, or where they name columns, or where spans leave it open
    which cells are the label's: what is read below heads alone is read as it is printed.
    """
    values = [c for c in row if heads and c.column >= heads[0][0]]
    if [(c.column, c.column + c.colspan) for c in values] != list(heads):
        return None
    said = [c.text for c in values if not is_blank(c.text) and not is_numberlike(c.text)]
    if not said or any(words.names_column(text) or words.row_label(text) for text in said):
        return None
    label, found, beside = label_of(row[: len(row) - len(values)])
    if found is None or not found.match.sure or any(not is_blank(c.text) for c in beside):
        return None
    return label, found, values


def several(row: Sequence[GridCell]) -> tuple[str, ...]:
    """The rows whose labels stand together in one cell of the row."""
    return next((keys for cell in row if (keys := labels_together(cell.text))), ())


def is_row(filled: Sequence[GridCell]) -> bool:
    """Whether one of the cells prints the label of a row."""
    return any(words.row_label(c.text) for c in filled)


def lead_of(cells: Sequence[GridCell]) -> list[GridCell]:
    """The cells before the first that holds a value."""
    lead: list[GridCell] = []
    for cell in cells:
        if is_numberlike(cell.text) or (lead and _is_marked(cell.text)):
            break
        lead.append(cell)
    return lead


def _is_marked(text: str) -> bool:
    plain = normal(text)
    return _MARKED.fullmatch(plain) is not None and not _YEAR.fullmatch(plain)


def match_until(lead: Sequence[GridCell], last: int) -> tuple[str, words.RowLabel] | None:
    """The row label that ends in cell ``last``: that cell alone, or with cells before it."""
    text = ""
    for first in range(last, -1, -1):
        text = lead[first].text + text
        found = words.row_label(text)
        if found:
            return text, found
    return label_at_end([c.text for c in lead[: last + 1]])


def is_half(label: str) -> bool:
    """Whether a text is a piece of a row's label; a group's label beside values heads a sum of its rows."""
    longer = any(group in normal(label) for group in _GROUPS)
    return not longer and words.is_label_part(label)
