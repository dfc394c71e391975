"""Printed lines of a page, and where their pieces stand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from pipelines.parse.records import Box, Paragraph
from pipelines.parse.tables.tokens import Sort, Token

_ORDINAL = re.compile(r"[(（][一二三四五六七八九十][)）]|\d[.．、](?!\d)")

Span = tuple[float, float]


class PrintedLine(NamedTuple):
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


def printed_line(tokens: list[Token], page: Mapping[int, Paragraph]) -> PrintedLine:
    """The tokens of a line; ``page`` are the lines of the document by their index."""
    texts = [t for t in tokens if t.sort is Sort.TEXT]
    last = tokens.index(texts[-1]) if texts else -1
    return PrintedLine(tokens, texts, [t for t in tokens[last + 1 :] if t.sort is Sort.VALUE], page)


def is_placed(token: Token, page: Mapping[int, Paragraph]) -> bool:
    """Whether a token is a label or a value of a line of a page."""
    return token.block in page and token.place.box is not None and token.sort in (Sort.VALUE, Sort.TEXT)


def are_placed(area: Sequence[PrintedLine]) -> bool:
    """Whether lines are lines of pages, on which nothing but labels and values stands."""
    return all(is_placed(t, line.page) for line in area for t in line.tokens)


def _pieces(token: Token, line: Paragraph, start: int, end: int) -> Iterator[Token]:
    """The pieces of a text of a line: between air, and from where an ordinal stands."""
    boxes = [(n, box) for n, box in line.pieces if start <= n < end]
    if not boxes or boxes[0][0] != start:
        boxes = [(start, box_of(token))]
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


def joined(pieces: Sequence[Token]) -> Token:
    """Pieces above or beside each other as one."""
    place = replace(pieces[0].place, box=hull_of([box_of(t) for t in pieces]))
    return pieces[0]._replace(text="".join(t.text for t in pieces), place=place)


def box_of(token: Token) -> Box:
    """Where on its page a token stands that has a place."""
    assert token.place.box is not None
    return token.place.box


def hull_of(boxes: Sequence[Box]) -> Box:
    """The smallest box that holds all."""
    x0, top, x1, bottom = zip(*boxes, strict=True)
    return min(x0), min(top), max(x1), max(bottom)


def span_of(token: Token) -> Span:
    """From where to where a token reaches across the page."""
    return box_of(token)[0], box_of(token)[2]


def height_of(token: Token) -> Span:
    """From where to where a token reaches down the page."""
    return box_of(token)[1], box_of(token)[3]


def middle_of(span: Span) -> float:
    """The middle of a span."""
    return (span[0] + span[1]) / 2


def meet(a: Span, b: Span) -> bool:
    """Whether two spans overlap."""
    return a[0] < b[1] and b[0] < a[1]


def merged(spans: Sequence[Span]) -> list[Span]:
    """The spans, those that overlap as one."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start < found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((start, end))
    return found


def at_column(span: Span, columns: Sequence[Span]) -> int | None:
    """The one column that a figure stands in; None for none, and for several."""
    found = [n for n, column in enumerate(columns) if meet(span, column)]
    return found[0] if len(found) == 1 else None
