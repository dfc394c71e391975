"""Tables without borders in the lines of a page: what belongs to which row and column, by where it stands.

A blank leaves no trace in a line, and a label of several lines stands above and below its values. The
figures of all rows, and the labels above them, show where the columns are; whole labels show how far a
row reaches. Where they leave anything open, nothing is changed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby, pairwise
from operator import attrgetter
from typing import Final, NamedTuple

from pipelines.parse import vocabulary as words
from pipelines.parse.labels import Matcher, core, normal
from pipelines.parse.records import Box, Paragraph
from pipelines.parse.tables.reviews import ALL_PAIRS
from pipelines.parse.tables.tokens import GAP, Sort, Token
from pipelines.parse.template import APPLICATIONS

_ROWS: Final = 10  # rows that make a table of section three
_HEADER: Final = 14  # lines that a header has at most
_LINES: Final = 16  # lines that a label has at most
_ASIDE: Final = 2.0  # points by which a figure stands beside the middle of its label, if it does
_ORDINAL = re.compile(r"[(（][一二三四五六七八九十][)）]|\d[.．、](?!\d)")

Span = tuple[float, float]


class _Line(NamedTuple):
    """A printed line: its pieces, which of them are texts, and which are values behind the last of these."""

    tokens: list[Token]
    texts: list[Token]
    values: list[Token]
    page: Mapping[int, Paragraph]

    @property
    def pieces(self) -> list[list[Token]]:
        """The texts, each in the pieces between which air is printed."""
        found: list[list[Token]] = []
        at = 0
        for token in self.texts:
            block = self.page[token.block]
            start = max(0, block.text.find(token.text, at))
            at = start + len(token.text)
            found.append(list(_pieces(token, block, start, at)))
        return found


class _Row(NamedTuple):
    """The label of a row: its key and its pieces, top first."""

    key: str
    pieces: list[Token]

    @property
    def text(self) -> str:
        return "".join(t.text for t in self.pieces)

    def reaches(self, line: _Line) -> bool:
        """Whether a line stands at the height of the label."""
        middle = _middle(_height(line.tokens[0]))
        beside = [t for t in self.pieces if t.place.page == line.tokens[0].place.page]
        return bool(beside) and _height(beside[0])[0] < middle < _height(beside[-1])[1]


def in_rows(tokens: list[Token], page: Mapping[int, Paragraph]) -> list[Token]:
    """The pieces of a document, each row of a table without borders on a line, its blanks in their columns.

    ``page`` are the lines by their index, of which the pieces have boxes of their own.
    """
    if not any(t.place.box for t in tokens):
        return tokens
    printed = [_line(list(line), page) for _, line in groupby(tokens, key=attrgetter("line"))]
    start, end = _area(printed)
    settled = _applications(printed[start:end], printed[max(0, start - _HEADER) : start])
    if settled is not None:
        printed[start:end] = [_line(row, page) for row in settled]
    _settle_reviews(printed)
    return [token for line in printed for token in line.tokens]


def _line(tokens: list[Token], page: Mapping[int, Paragraph]) -> _Line:
    texts = [t for t in tokens if t.sort is Sort.TEXT]
    last = tokens.index(texts[-1]) if texts else -1
    return _Line(tokens, texts, [t for t in tokens[last + 1 :] if t.sort is Sort.VALUE], page)


def _is_placed(token: Token, page: Mapping[int, Paragraph]) -> bool:
    return token.block in page and token.place.box is not None and token.sort in (Sort.VALUE, Sort.TEXT)


def _are_placed(area: Sequence[_Line]) -> bool:
    """Whether lines are lines of pages, on which nothing but labels and values stands."""
    return all(_is_placed(t, line.page) for line in area for t in line.tokens)


def _begins_row(line: _Line) -> bool:
    """Whether a label may begin with the last text of a line of a page."""
    return (
        bool(line.texts) and _is_placed(line.texts[-1], line.page) and words.begins_label(line.texts[-1].text)
    )


def _area(printed: Sequence[_Line]) -> tuple[int, int]:
    """Where section three begins and ends: where its first row's label begins, and its last one's ends."""
    starts = [n for n, line in enumerate(printed) if _begins_row(line) and _row_at(printed, n)]
    if len(starts) < _ROWS:
        return 0, 0
    _, end = _row_at(printed, starts[-1]) or (None, 0)
    while end < len(printed) and printed[end].values and not printed[end].texts:
        end += 1
    return starts[0], end


# --- rows --------------------------------------------------------------------------


def _applications(area: Sequence[_Line], above: Sequence[_Line]) -> list[list[Token]] | None:
    """The rows of section three, label, values and blanks; None where anything is left open."""
    if not area or not _are_placed(area):
        return None
    rows = _rows([_parted(line) for line in area])
    valued = [line for line in area if line.values]
    columns = _columns(
        [line.values for line in valued],
        words.APPLICANT_ORDER,
        _labels_of(_header(above, words.HEADS.match), words.APPLICANTS),
    )
    if rows is None or columns is None:
        return None
    found: dict[str, _Line] = {}
    for line in valued:
        owners = [row.key for row in rows if row.reaches(line)]
        if len(owners) != 1 or owners[0] in found:
            return None
        found[owners[0]] = line
    return [_settled(row, found.get(row.key), columns) for row in rows]


def _settled(row: _Row, line: _Line | None, columns: Sequence[Span]) -> list[Token]:
    first = row.pieces[0]
    boxes = [_box(t) for t in row.pieces if t.place.page == first.place.page]
    label = first._replace(text=row.text, place=replace(first.place, box=_hull(boxes)))
    beside = line.values if line else []
    return [
        label,
        *(
            t._replace(line=first.line)
            for t in _in_columns(beside, columns, line.tokens[0] if line else first)
        ),
    ]


def _rows(area: Sequence[_Line]) -> list[_Row] | None:
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


def _pieces(token: Token, line: Paragraph, start: int, end: int) -> Iterator[Token]:
    """The pieces of a text of a line: between air, and from where an ordinal stands."""
    boxes = [(n, box) for n, box in line.pieces if start <= n < end]
    if not boxes or boxes[0][0] != start:
        boxes = [(start, _box(token))]
    for (first, box), last in zip(boxes, [*(n for n, _ in boxes[1:]), end], strict=True):
        text = line.text[first:last].rstrip()
        starts = [0, *(m.start() for m in _ORDINAL.finditer(text, 1))]
        for at, behind in zip(starts, [*starts[1:], len(text)], strict=True):
            x0, x1 = (_reach(box, text, n) for n in (at, behind))
            place = replace(token.place, box=(x0, box[1], x1, box[3]))
            yield token._replace(text=text[at:behind], place=place)


def _reach(box: Box, text: str, length: int) -> float:
    """Where the first characters of a text end in its box: letters are half as wide as Chinese characters."""
    wide = [1 if c.isascii() else 2 for c in text]
    return box[0] + (box[2] - box[0]) * sum(wide[:length]) / sum(wide)


def _parted(line: _Line) -> _Line:
    """The line, the end of a group's label apart from that of a row that is printed close to it."""
    texts: list[Token] = []
    for pieces in line.pieces:
        ends = range(len(pieces) - 1, 0, -1)
        end = next((end for end in ends if words.is_of_group("".join(t.text for t in pieces[:end]))), 0)
        texts += [_joined(part) for part in (pieces[:end], pieces[end:]) if part]
    return line._replace(texts=texts)


def _joined(pieces: Sequence[Token]) -> Token:
    place = replace(pieces[0].place, box=_hull([_box(t) for t in pieces]))
    return pieces[0]._replace(text="".join(t.text for t in pieces), place=place)


def _row_at(area: Sequence[_Line], start: int) -> tuple[_Row, int] | None:
    """The row whose label begins with the last text of a line, and the line behind its end.

    What stands left of it on lines between is the label of a group. The longest label counts: a remark is
    part of it.
    """
    pieces = [area[start].texts[-1]]
    found = None
    for n in range(start, min(start + _LINES, len(area))):
        if n > start and area[n].texts:
            piece = area[n].texts[-1]
            if not _is_placed(piece, area[n].page) or _span(piece)[0] >= max(_span(t)[1] for t in pieces):
                break
            if _span(piece)[1] <= min(_span(t)[0] for t in pieces):
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


# --- columns -----------------------------------------------------------------------


def _columns(
    rows: Sequence[Sequence[Token]], keys: Sequence[str], labels: Sequence[tuple[str, Span]]
) -> Sequence[Span] | None:
    """Where the columns ``keys`` stand; None where that is open.

    Figures below each other are one column. There are as many as the form has where a row fills them all;
    where a column is empty, the ``labels`` above tell which.
    """
    spans = [[_span(t) for t in row] for row in rows]
    columns = _merged([span for row in spans for span in row])
    if not columns or any(len({_at(span, columns) for span in row}) < len(row) for row in spans):
        return None
    header = [span for _, span in labels] if [key for key, _ in labels] == list(keys) else None
    named = _below(columns, header) if header else None
    if len(columns) == len(keys) and any(len(row) == len(keys) for row in rows):
        return columns if named in (None, list(range(len(keys)))) else None
    if named is None or header is None:
        return None
    for column, at in zip(columns, named, strict=True):
        header[at] = column
    return header if all(a[1] <= b[0] for a, b in pairwise(header)) else None


def _header(above: Sequence[_Line], names: Callable[[str], object]) -> Sequence[_Line]:
    """The lines of a header, from the first that holds a text with which it begins; nothing without one."""
    starts = [
        n for n, line in enumerate(above) if _are_placed([line]) and any(names(t.text) for t in line.texts)
    ]
    return [line for line in above[starts[0] :] if _are_placed([line])] if starts else ()


def _labels_of(header: Sequence[_Line], matcher: Matcher) -> list[tuple[str, Span]]:
    """The labels of columns, from left to right, and where they stand: pieces above each other are one."""
    parted = [t for line in header for pieces in line.pieces for t in pieces]
    whole = [t for line in header for t in line.texts if _is_head(t.text)]
    heads = [t for t in parted if any(_is_within(t, head) for head in whole)]
    pieces = [t for t in parted if t not in heads]
    found = []
    for stack in _merged([_span(t) for t in pieces]):
        match = matcher.match("".join(t.text for t in pieces if _meet(_span(t), stack)))
        if match and match.sure:
            found.append((match.key, stack))
    return found


def _is_within(token: Token, whole: Token) -> bool:
    return token.line == whole.line and _meet(_span(token), _span(whole))


def _is_head(text: str) -> bool:
    """Whether a text stands above several columns."""
    return bool(words.HEADS.match(text) or words.STAGES.match(text)) or normal(text) == words.LAWSUITS


def _below(columns: Sequence[Span], header: Sequence[Span]) -> list[int] | None:
    """Below which label each column of figures stands; None where one may stand below two.

    Figures that no label is above stand at the side of theirs at which all others stand.
    """
    below = [[n for n, label in enumerate(header) if _meet(column, label)] for column in columns]
    if any(len(found) > 1 for found in below):
        return None
    aside = [_middle(c) - _middle(header[found[0]]) for c, found in zip(columns, below, strict=True) if found]
    right, left = bool(aside) and min(aside) > _ASIDE, bool(aside) and max(aside) < -_ASIDE
    if not all(below) and not (right or left):
        return None
    before = [sum(_middle(label) < _middle(column) for label in header) for column in columns]
    named = [found[0] if found else at - right for found, at in zip(below, before, strict=True)]
    rising = all(a < b for a, b in pairwise(named))
    return named if rising and named[0] >= 0 and named[-1] < len(header) else None


def _in_columns(values: Sequence[Token], columns: Sequence[Span], beside: Token) -> Iterator[Token]:
    """A value for each column, and a blank where there is none, at the height of what stands beside it."""
    known = {_at(_span(t), columns): t for t in values}
    _, top, _, bottom = _box(beside)
    for n, (start, end) in enumerate(columns):
        place = replace(beside.place, box=(start, top, end, bottom))
        yield known.get(n) or beside._replace(sort=Sort.BLANK, text=GAP, place=place)


# --- section four ------------------------------------------------------------------


def _settle_reviews(printed: list[_Line]) -> None:
    """Put blanks into the one row of section four, if its header shows where they are."""
    keys = [outcome for _, outcome in ALL_PAIRS]
    for n, line in enumerate(printed):
        if line.texts or not 0 < len(line.values) < len(keys) or not _are_placed([line]):
            continue
        header = _header(printed[max(0, n - _HEADER) : n], lambda text: normal(text) == words.LAWSUITS)
        columns = _columns([line.values], keys, _labels_of(header, words.OUTCOMES))
        if columns:
            blanks = _in_columns(line.values, columns, line.tokens[0])
            printed[n] = line._replace(tokens=list(blanks))


# --- places ------------------------------------------------------------------------


def _box(token: Token) -> Box:
    assert token.place.box is not None
    return token.place.box


def _hull(boxes: Sequence[Box]) -> Box:
    x0, top, x1, bottom = zip(*boxes, strict=True)
    return min(x0), min(top), max(x1), max(bottom)


def _span(token: Token) -> Span:
    return _box(token)[0], _box(token)[2]


def _height(token: Token) -> Span:
    return _box(token)[1], _box(token)[3]


def _middle(span: Span) -> float:
    return (span[0] + span[1]) / 2


def _meet(a: Span, b: Span) -> bool:
    return a[0] < b[1] and b[0] < a[1]


def _merged(spans: Sequence[Span]) -> list[Span]:
    """The spans, those that overlap as one."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start < found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((start, end))
    return found


def _at(span: Span, columns: Sequence[Span]) -> int | None:
    """The one column that a figure stands in; None for none, and for several."""
    found = [n for n, column in enumerate(columns) if _meet(span, column)]
    return found[0] if len(found) == 1 else None
