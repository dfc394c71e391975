"""Tables without borders in the lines of a page: what belongs to which row and column, by where it stands.

A blank leaves no trace in a line, and a label of several lines stands above and below its values. The
figures of all rows, and the labels above them, show where the columns are; whole labels show how far a
row reaches. Where they leave anything open, nothing is changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from operator import attrgetter
from typing import Final, NamedTuple

from pipelines.parse import vocabulary as words
from pipelines.parse.labels import core, normal
from pipelines.parse.records import Paragraph
from pipelines.parse.tables.placed import (
    PrintedLine,
    Span,
    are_placed,
    box_of,
    height_of,
    hull_of,
    is_placed,
    joined,
    middle_of,
    printed_line,
    span_of,
)
from pipelines.parse.tables.placed_columns import (
    ColumnLabel,
    columns_of,
    header_of,
    in_columns,
    labels_of,
    stand_below,
    with_whole_labels,
)
from pipelines.parse.tables.reviews import ALL_PAIRS
from pipelines.parse.tables.tokens import Token
from pipelines.parse.template import APPLICATIONS

_ROWS: Final = 10  # rows that make a table of section three
_HEADER: Final = 14  # lines that a header has at most
_LINES: Final = 16  # lines that a label has at most


class _Row(NamedTuple):
    """The label of a row: its key and its pieces, top first."""

    key: str
    pieces: list[Token]

    @property
    def text(self) -> str:
        return "".join(t.text for t in self.pieces)

    def reaches(self, line: PrintedLine) -> bool:
        """Whether a line stands at the height of the label."""
        middle = middle_of(height_of(line.tokens[0]))
        beside = [t for t in self.pieces if t.place.page == line.tokens[0].place.page]
        return bool(beside) and height_of(beside[0])[0] < middle < height_of(beside[-1])[1]


def in_rows(tokens: list[Token], page: Mapping[int, Paragraph]) -> list[Token]:
    """The pieces of a document, each row of a table without borders on a line, its blanks in their columns.

    ``page`` are the lines by their index, of which the pieces have boxes of their own.
    """
    if not any(t.place.box for t in tokens):
        return tokens
    printed = [printed_line(list(line), page) for _, line in groupby(tokens, key=attrgetter("line"))]
    start, end = _area(printed)
    above = max(0, start - _HEADER)
    settled = _applications(printed[start:end], printed[above:start])
    if settled is not None:
        printed[above:end] = settled
    _settle_reviews(printed)
    return [token for line in printed for token in line.tokens]


def _begins_row(line: PrintedLine) -> bool:
    """Whether a label may begin with the last text of a line of a page."""
    return (
        bool(line.texts) and is_placed(line.texts[-1], line.page) and words.begins_label(line.texts[-1].text)
    )


def _area(printed: Sequence[PrintedLine]) -> tuple[int, int]:
    """Where section three begins and ends: where its first row's label begins, and its last one's ends."""
    starts = [n for n, line in enumerate(printed) if _begins_row(line) and _row_at(printed, n)]
    if len(starts) < _ROWS:
        return 0, 0
    _, end = _row_at(printed, starts[-1]) or (None, 0)
    while end < len(printed) and printed[end].values and not printed[end].texts:
        end += 1
    return starts[0], end


# --- rows --------------------------------------------------------------------------


def _applications(area: Sequence[PrintedLine], above: Sequence[PrintedLine]) -> list[PrintedLine] | None:
    """The lines above section three, with its columns' labels whole on the last one, and its rows: label,
    values and blanks; None where anything is left open.
    """
    if not area or not are_placed(area):
        return None
    rows = _rows([_parted(line) for line in area])
    if rows is None:
        return None
    beside = _beside(rows, _without_group_labels(area, rows))
    if not beside:
        return None
    labels = labels_of(header_of(above, words.HEADS.match), words.APPLICANTS)
    order = _order(labels)
    columns = columns_of(list(beside.values()), order, labels)
    if columns is None:
        return None
    if stand_below(columns, order, labels):
        above = with_whole_labels(above, labels)
    settled = [_settled(row, beside.get(row.key, ()), columns) for row in rows]
    return [*above, *(printed_line(row, area[0].page) for row in settled)]


def _beside(rows: Sequence[_Row], area: Sequence[PrintedLine]) -> dict[str, list[Token]] | None:
    """The values that stand at the height of each row's label, by its key, be it on several lines; None where
    any stand at that of none, or of several.
    """
    found: dict[str, list[Token]] = {}
    for line in area:
        owners = [row.key for row in rows if row.reaches(line)] if line.values else []
        if len(owners) != bool(line.values):
            return None
        for owner in owners:
            found.setdefault(owner, []).extend(line.values)
    return found


def _order(labels: Sequence[ColumnLabel]) -> Sequence[str]:
    """The order of the columns: that of their labels where all stand there, else the form's."""
    keys = [label.key for label in labels]
    return keys if sorted(keys) == sorted(words.APPLICANT_ORDER) else words.APPLICANT_ORDER


def _without_group_labels(area: Sequence[PrintedLine], rows: Sequence[_Row]) -> list[PrintedLine]:
    """The lines without words that stand left of a row's label: a group's label, printed one character a
    line, may hold a 无. A figure or a dash there is of another page of the sheet.
    """
    label = max(span_of(piece)[0] for row in rows for piece in row.pieces)
    return [
        line._replace(values=[t for t in line.values if span_of(t)[1] > label or not t.text.isalpha()])
        for line in area
    ]


def _settled(row: _Row, beside: Sequence[Token], columns: Sequence[Span]) -> list[Token]:
    first = row.pieces[0]
    boxes = [box_of(t) for t in row.pieces if t.place.page == first.place.page]
    label = first._replace(text=row.text, place=replace(first.place, box=hull_of(boxes)))
    values = in_columns(beside, columns, beside[0] if beside else first)
    return [label, *(t._replace(line=first.line) for t in values)]


def _rows(area: Sequence[PrintedLine]) -> list[_Row] | None:
    """The rows of which the labels stand there, each once; None where something else stands among them."""
    rows: list[_Row] = []
    n = 0
    while n < len(area):
        found = _row_at(area, n) if _begins_row(area[n]) else None
        if found:
            rows.append(found[0])
            n = found[1]
        elif not area[n].texts or words.is_of_group(area[n].texts[-1].text):
            n += 1
        else:
            return None
    if any(row.key.startswith("other_") and row.key != "other_handling" for row in rows):
        rows = [row for row in rows if row.key != "other_handling"]  # there the name of a group
    if any(character.isdigit() for row in rows for character in core(row.text)):
        return None  # a figure printed close to a label, which a remark in brackets may hold
    keys = [row.key for row in rows]
    return rows if len(set(keys)) == len(keys) >= _ROWS else None


def _parted(line: PrintedLine) -> PrintedLine:
    """The line, the end of a group's label apart from that of a row that is printed close to it."""
    texts: list[Token] = []
    for pieces in line.pieces:
        ends = range(len(pieces) - 1, 0, -1)
        end = next((end for end in ends if words.is_of_group("".join(t.text for t in pieces[:end]))), 0)
        texts += [joined(part) for part in (pieces[:end], pieces[end:]) if part]
    return line._replace(texts=texts)


def _row_at(area: Sequence[PrintedLine], start: int) -> tuple[_Row, int] | None:
    """The row whose label begins with the last text of a line, and the line behind its end.

    What stands left of it on lines between is the label of a group. The longest label counts: a remark is
    part of it.
    """
    pieces = [area[start].texts[-1]]
    found = None
    for n in range(start, min(start + _LINES, len(area))):
        if n > start and area[n].texts:
            piece = area[n].texts[-1]
            if not is_placed(piece, area[n].page) or span_of(piece)[0] >= max(span_of(t)[1] for t in pieces):
                break
            if span_of(piece)[1] <= min(span_of(t)[0] for t in pieces):
                continue
            pieces.append(piece)
        key = _key("".join(t.text for t in pieces))
        if found and key not in ("", found[0].key):
            break
        if key and (not found or len(pieces) > len(found[0].pieces)):
            found = _Row(key, list(pieces)), n + 1
    return found


def _key(text: str) -> str:
    """The row of section three of which a text is the whole label; 其他 and 总计 alone are none."""
    label = words.row_label(text)
    if label is None or not label.match.sure or label.table != APPLICATIONS:
        return ""
    unclear = core(text) == normal(text) or words.is_of_group(text)
    return "" if label.match.key in words.WEAK_ROWS and unclear else label.match.key


# --- section four ------------------------------------------------------------------


def _settle_reviews(printed: list[PrintedLine]) -> None:
    """Put blanks into the one row of section four, if its header shows where they are."""
    keys = [outcome for _, outcome in ALL_PAIRS]
    for n, line in enumerate(printed):
        if line.texts or not 0 < len(line.values) < len(keys) or not are_placed([line]):
            continue
        header = header_of(printed[max(0, n - _HEADER) : n], lambda text: normal(text) == words.LAWSUITS)
        columns = columns_of([line.values], keys, labels_of(header, words.OUTCOMES))
        if columns:
            blanks = in_columns(line.values, columns, line.tokens[0])
            printed[n] = line._replace(tokens=list(blanks))
