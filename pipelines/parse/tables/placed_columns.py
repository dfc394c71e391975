"""The columns of a table without borders: figures below each other, and the labels above them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final, NamedTuple

from pipelines.parse import vocabulary as words
from pipelines.parse.labels import Matcher, normal
from pipelines.parse.tables.placed import (
    PrintedLine,
    Span,
    are_placed,
    at_column,
    box_of,
    joined,
    meet,
    merged,
    middle_of,
    printed_line,
    span_of,
)
from pipelines.parse.tables.tokens import GAP, Sort, Token

_ASIDE: Final = 2.0  # points by which a figure stands beside the middle of its label, if it does


class ColumnLabel(NamedTuple):
    """The label of a column: its key, where it reaches across the page, and its pieces, top first."""

    key: str
    span: Span
    pieces: list[Token]


def columns_of(
    rows: Sequence[Sequence[Token]], keys: Sequence[str], labels: Sequence[ColumnLabel]
) -> Sequence[Span] | None:
    """Where the columns ``keys`` stand; None where that is open.

    Figures below each other are one column. There are as many as the form has where a row fills them all;
    where a column is empty, the ``labels`` above tell which.
    """
    spans = [[span_of(t) for t in row] for row in rows]
    columns = merged([span for row in spans for span in row])
    if not columns or any(len({at_column(span, columns) for span in row}) < len(row) for row in spans):
        return None
    header = [label.span for label in labels] if [label.key for label in labels] == list(keys) else None
    named = _below(columns, header) if header else None
    if len(columns) == len(keys) and any(len(row) == len(keys) for row in rows):
        return columns if named in (None, list(range(len(keys)))) else None
    if named is None or header is None:
        return None
    for column, at in zip(columns, named, strict=True):
        header[at] = column
    return header if all(a[1] <= b[0] for a, b in pairwise(header)) else None


def header_of(above: Sequence[PrintedLine], names: Callable[[str], object]) -> Sequence[PrintedLine]:
    """The lines of a header, from the first that holds a text with which it begins; nothing without one."""
    starts = [
        n for n, line in enumerate(above) if are_placed([line]) and any(names(t.text) for t in line.texts)
    ]
    return [line for line in above[starts[0] :] if are_placed([line])] if starts else ()


def labels_of(header: Sequence[PrintedLine], matcher: Matcher) -> list[ColumnLabel]:
    """The labels of columns, from left to right: pieces above each other are one."""
    parted = [t for line in header for pieces in line.pieces for t in pieces]
    whole = [t for line in header for t in line.texts if _is_head(t.text)]
    heads = [t for t in parted if any(_is_within(t, head) for head in whole)]
    pieces = [t for t in parted if t not in heads]
    found = []
    for stack in merged([span_of(t) for t in pieces]):
        own = [t for t in pieces if meet(span_of(t), stack)]
        match = matcher.match("".join(t.text for t in own))
        if match and match.sure:
            found.append(ColumnLabel(match.key, stack, own))
    return found


def stand_below(columns: Sequence[Span], keys: Sequence[str], labels: Sequence[ColumnLabel]) -> bool:
    """Whether the labels are those of all ``keys`` in their order, each above its column."""
    own = [label.key for label in labels] == list(keys)
    return own and _below(columns, [label.span for label in labels]) == list(range(len(keys)))


def with_whole_labels(header: Sequence[PrintedLine], labels: Sequence[ColumnLabel]) -> list[PrintedLine]:
    """The lines of a header, with its labels on a last line where their pieces stand on several."""
    taken = [piece for label in labels for piece in label.pieces]
    last = taken[-1].line
    if all(piece.line == last for piece in taken):
        return list(header)
    end = max(piece.line for piece in taken)
    row = [joined(label.pieces)._replace(line=end) for label in labels]
    return [*(_without(line, taken) for line in header), printed_line(row, header[-1].page)]


def _without(line: PrintedLine, taken: Sequence[Token]) -> PrintedLine:
    """The line without the pieces ``taken``."""
    if not are_placed([line]):
        return line
    pieces = dict(zip(line.texts, line.pieces, strict=True))
    left = [
        part
        for token in line.tokens
        for part in (pieces[token] if set(pieces.get(token, ())) & set(taken) else (token,))
        if part not in taken
    ]
    return printed_line(left, line.page)


def _is_within(token: Token, whole: Token) -> bool:
    return token.line == whole.line and meet(span_of(token), span_of(whole))


def _is_head(text: str) -> bool:
    """Whether a text stands above several columns."""
    return bool(words.HEADS.match(text) or words.STAGES.match(text)) or normal(text) == words.LAWSUITS


def _below(columns: Sequence[Span], header: Sequence[Span]) -> list[int] | None:
    """Below which label each column of figures stands; None where one may stand below two.

    Figures that no label is above stand at the side of theirs at which all others stand.
    """
    below = [[n for n, label in enumerate(header) if meet(column, label)] for column in columns]
    if any(len(found) > 1 for found in below):
        return None
    aside = [
        middle_of(c) - middle_of(header[found[0]]) for c, found in zip(columns, below, strict=True) if found
    ]
    right, left = bool(aside) and min(aside) > _ASIDE, bool(aside) and max(aside) < -_ASIDE
    if not all(below) and not (right or left):
        return None
    before = [sum(middle_of(label) < middle_of(column) for label in header) for column in columns]
    named = [found[0] if found else at - right for found, at in zip(below, before, strict=True)]
    rising = all(a < b for a, b in pairwise(named))
    return named if rising and named[0] >= 0 and named[-1] < len(header) else None


def in_columns(values: Sequence[Token], columns: Sequence[Span], beside: Token) -> Iterator[Token]:
    """A value for each column, and a blank where there is none, at the height of what stands beside it."""
    known = {at_column(span_of(t), columns): t for t in values}
    _, top, _, bottom = box_of(beside)
    for n, (start, end) in enumerate(columns):
        place = replace(beside.place, box=(start, top, end, bottom))
        yield known.get(n) or beside._replace(sort=Sort.BLANK, text=GAP, place=place)
