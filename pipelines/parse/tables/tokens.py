"""A document as one stream of printed pieces, without rows and columns, for the second way of reading."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from pipelines.parse import vocabulary as words
from pipelines.parse.labels import Matcher, normal
from pipelines.parse.records import Block, Grid, GridCell, Paragraph, Place
from pipelines.parse.tables.run_together import apart
from pipelines.parse.tables.suffix import label_at_end
from pipelines.parse.vocabulary import is_blank, is_numberlike

_PIECE = re.compile(r"\S+")
_RULE = re.compile(r":?-{2,}:?|:?={2,}:?|:?—{2,}:?|_{2,}")
_GLUED = re.compile(
    r"(?P<label>.*[\u4e00-\u9fff)）”\"])(?:[:：]|[.·…]{2,})?(?P<value>[+-]?\d[\d,.]*(?:[+-]\d[\d,.]*)*(?:[万亿]?元)?)$"
)
_RULED = ("--", "==", "——", "__", ":")  # what a rule ends with
_LONG_RULE = 6  # signs of a rule that are more than a dash has
_UNIT = re.compile(r"[件条次个项宗起份部]|[百千]?万?元整?|亿元")
_REMARK = re.compile(r"[(（][^()（）]*[)）]")
_SENTENCE = re.compile(r"[。；！？]")
_MARKS, _FIELD = 10, 6  # as many marks, and no longer fields between them, has no sentence
_WORDS = re.compile(r"[^\W\d_无件]{2}")
_LONG_LINE = 30
_WIDE = "\u3000"  # a blank that may part fields, in which others part thousands
_SHORT = 20  # characters of a cell that can't hold lines of a table
_REVIEWS = len(words.STAGE_ORDER) * len(words.OUTCOME_ORDER)
_APPLICANTS = len(words.APPLICANT_ORDER)
_FIGURES = 3  # more numbers in a row than a sentence has without words between
GAP = " "  # the text of a blank that is known to be one by where its column stands


Foreign = Mapping[tuple[int, int], Sequence[tuple[int, int]]]


class Sort(Enum):
    """What a piece is."""

    TEXT = "text"
    VALUE = "value"
    BLANK = "blank"  # an empty field between tabs or pipes, an empty cell
    BARRIER = "barrier"  # a sentence: no table goes on over it


class Piece(NamedTuple):
    """A printed piece of a line."""

    sort: Sort
    text: str
    place: Place
    confidence: float | None = None


class Token(NamedTuple):
    """A piece in the stream; ``line`` numbers lines of text and rows of grids, ``block`` the blocks."""

    sort: Sort
    text: str
    place: Place
    confidence: float | None
    line: int
    block: int


def tokens_of(blocks: Iterable[tuple[int, Block]], foreign: Foreign | None = None) -> list[Token]:
    """The pieces of numbered blocks in reading order, without columns that are none of the form's."""
    found: list[Token] = []
    line = 0
    for index, block in blocks:
        lines = (
            _grid_lines(block, index, foreign or {}) if isinstance(block, Grid) else _paragraph_lines(block)
        )
        for pieces in lines:
            found += [Token(*piece, line, index) for piece in _tidy(pieces)]
            line += 1
    return found


def sorts_of(blocks: Iterable[tuple[int, Block]], foreign: Foreign) -> list[Sort]:
    """What the pieces of numbered blocks are."""
    found: list[Sort] = []
    for index, block in blocks:
        if isinstance(block, Paragraph) and not block.pieces:
            found += _sorts_of(block.text)
        else:
            found += [token.sort for token in tokens_of([(index, block)], foreign)]
    return found


@lru_cache(maxsize=4096)  # most lines around tables are headings
def _sorts_of(text: str) -> tuple[Sort, ...]:
    return tuple([token.sort for token in tokens_of([(0, Paragraph(text, Place()))])])


def all_on_one_line(pieces: Sequence[Token], labels: Matcher, count: int) -> bool:
    """Whether one of the lines of a header prints as many labels as all of it."""
    lines: dict[int, list[str]] = {}
    for token in pieces:
        lines.setdefault(token.line, []).append(token.text)
    return any(len(words.scan(texts, labels)) == count for texts in lines.values())


# --- lines ---------------------------------------------------------------------


def _paragraph_lines(paragraph: Paragraph) -> Iterator[list[Piece]]:
    offset = 0
    for text in paragraph.text.split("\n"):
        yield list(_line(text, paragraph, offset))
        offset += len(text) + 1


def _line(text: str, paragraph: Paragraph, offset: int) -> Iterator[Piece]:
    place = paragraph.place
    if is_prose(text):
        yield Piece(Sort.BARRIER, text, place)
        return
    pieces = _without_rule(list(_split(text, boxed=bool(paragraph.pieces))))
    behind = _behind_label(pieces) if "\t" in text or "|" in text else len(pieces)
    for number, (start, piece) in enumerate(pieces):
        at = place.within(offset + start, len(piece))
        if paragraph.pieces and piece:
            at = _boxed(paragraph, start, start + len(piece))
        sort = _sort(piece)
        if sort is Sort.TEXT and number >= behind:
            sort = Sort.VALUE
        yield Piece(sort, piece, at, paragraph.confidence)


def _without_rule(pieces: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """The pieces of a row without the rule that ran on behind it: a sign for each field at least."""
    if not pieces or not pieces[-1][1].endswith("---"):
        return pieces
    row = len(pieces)
    while row and _RULE.fullmatch(pieces[row - 1][1]):
        row -= 1
    signs = len(pieces) - row
    label = next((at for at in range(row - 1, 0, -1) if _sort(pieces[at][1]) is Sort.TEXT), 0)
    filled = sum(bool(text) for _, text in pieces[label:row])
    runs_on = (filled > 1 and signs >= max(filled, _FIGURES)) or signs == _REVIEWS < row
    return pieces[:row] if runs_on else pieces


def _behind_label(pieces: Sequence[tuple[int, str]]) -> int:
    """Where the values of a line of fields begin: behind a row's whole label, if no label follows there.

    Words in a field of its own stand for a figure (五, 见附件), as in a cell of a table.
    """
    texts = [piece for _, piece in pieces]
    lead = next(
        (n for n, text in enumerate(texts) if not any(map(str.isalpha, text)) or is_numberlike(text)),
        len(texts),
    )
    ends = [n + 1 for n in range(lead) if _ends_whole_label(texts[: n + 1])]
    return ends[-1] if ends and not any(map(_is_label, texts[ends[-1] :])) else len(texts)


def _ends_whole_label(texts: Sequence[str]) -> bool:
    """Whether texts end with the label of a row that can't be meant otherwise: 其他 can, 3.其他 can't."""
    found = label_at_end(texts)
    if found is None or not found[1].match.sure or found[1].match.key == "other_handling":
        return False  # （六）其他处理 is the name of a group too
    return not words.means_else(found[1], found[0])


def _is_label(text: str) -> bool:
    return bool(words.row_label(text) or words.names_column(text) or words.GROUPS.match(text))


def _boxed(line: Paragraph, start: int, end: int) -> Place:
    """The place of a piece of a line of a page: the box of its words, the line's if it is but part of one."""
    found = [box for at, box in line.pieces if start <= at < end]
    if not found or not any(at == start for at, _ in line.pieces):
        return line.place
    x0, top, x1, bottom = zip(*found, strict=True)
    return Place(page=line.place.page, box=(min(x0), min(top), max(x1), max(bottom)), part=line.place.part)


def is_prose(text: str) -> bool:
    """Whether a line is part of a sentence and not of a table."""
    if "\t" in text or "|" in text or sum(map(is_numberlike, text.split())) >= _FIGURES:
        return False
    marks = text.count("，") + text.count("；")
    if not _WORDS.search(text) or (marks >= _MARKS and len(text) < _FIELD * marks):
        return False
    if _SENTENCE.search(text):
        return len(text) > 4
    if "，" not in text or len(text) <= _LONG_LINE:
        return False
    return "，" in _REMARK.sub("", text) and not words.is_label_part(text)


def _split(text: str, boxed: bool) -> Iterator[tuple[int, str]]:
    """The pieces of a line and where they begin; ``boxed``: a blank in a field parts them."""
    if text.count("|") > 1:
        fields = _inner_fields(text)
        if all(_RULE.fullmatch(f.strip()) or not f.strip() for _, f in fields):
            return
    elif "\t" in text:
        fields = _fields(text, "\t")
        if sum(bool(_RULE.fullmatch(f.strip())) for _, f in fields) > 1 and not any(
            c.isalnum() for c in text
        ):
            return
    elif _WIDE in text and sum(map(is_numberlike, text.split(_WIDE))) >= _FIGURES:
        fields = [(start, part) for start, part in _fields(text, _WIDE) if part.strip()]
    else:
        if not _is_drawn(text):
            yield from _words(text.removesuffix("|"), 0)  # the pipe that closes a cell on a line of its own
        return
    for start, content in fields:
        stripped = content.strip()
        if not stripped:
            yield start, ""
        elif is_numberlike(stripped) and not (boxed and " " in stripped) and not _is_row(stripped):
            yield start + content.index(stripped), stripped
        else:
            yield from _words(content, start)


def _is_drawn(text: str) -> bool:
    """Whether a line is a rule, or rules side by side, and holds no dashes that stand for values."""
    if not text.endswith(_RULED):
        return False
    signs = text.split()
    return max(map(len, signs)) >= _LONG_RULE and all(map(_RULE.fullmatch, signs))


def _is_row(text: str) -> bool:
    """Whether a field holds as many numbers as a row of section three or four, not one with blanks in it."""
    return " " in text and len(text.split()) in (_APPLICANTS, _REVIEWS)


def _fields(text: str, mark: str) -> list[tuple[int, str]]:
    found, start = [], 0
    for part in text.split(mark):
        found.append((start, part))
        start += len(part) + len(mark)
    return found


def _inner_fields(text: str) -> list[tuple[int, str]]:
    """The fields between pipes, without the empty ones outside the outer pipes."""
    fields = _fields(text, "|")
    if not fields[0][1].strip():
        fields = fields[1:]
    if fields and not fields[-1][1].strip():
        fields = fields[:-1]
    return fields


def _words(text: str, base: int) -> Iterator[tuple[int, str]]:
    """Pieces between blanks; a number keeps its unit, a label loses the number glued to its end."""
    held: tuple[int, int] | None = None
    end = len(text.rstrip())
    for m in _PIECE.finditer(text):
        if held and _UNIT.fullmatch(m.group()) and is_numberlike(text[held[0] : held[1]]):
            yield base + held[0], text[held[0] : m.end()]
            held = None
            continue
        if held:
            yield from _unglued(base, text[held[0] : held[1]], held[0], last=False)
        held = m.span()
    if held:
        yield from _unglued(base, text[held[0] : held[1]], held[0], last=held[1] == end)


def _unglued(base: int, piece: str, start: int, *, last: bool) -> Iterator[tuple[int, str]]:
    """A piece, or the label and the values that it holds: these may be a row where it is the ``last``."""
    glued = _GLUED.fullmatch(piece)
    row = label_at_end([glued["label"]]) if glued else None
    if glued and (row or _is_header_of_reviews(glued["label"])):
        yield base + start, glued["label"]
        at = base + start + glued.start("value")
        whole = last or not glued["value"].strip("0")
        parts = whole and (not row or row[1].match.sure)
        yield from _apart(at, glued["value"]) if parts else [(at, glued["value"])]
    elif len(piece) == _REVIEWS and piece.isdigit():
        yield from _apart(base + start, piece)
    else:
        yield base + start, piece


def _apart(start: int, digits: str) -> Iterator[tuple[int, str]]:
    """The values that run together behind a label, and where they begin."""
    for value in apart(digits):
        yield start, value
        start += len(value)


def _is_header_of_reviews(text: str) -> bool:
    """Whether a text is the whole header of section four."""
    return len(words.scan([text], words.OUTCOMES)) == _REVIEWS


def _grid_lines(grid: Grid, index: int, foreign: Foreign) -> Iterator[list[Piece]]:
    for number, whole in enumerate(grid.rows()):
        spans = foreign.get((index, number), ())
        row = [c for c in whole if not any(s <= c.column < e for s, e in spans)] if spans else whole
        if len(row) == 1 or any(len(c.text) > _SHORT and _holds_lines(c) for c in row):
            for cell in row:
                yield from _cell_lines(cell)
        else:
            yield [Piece(_sort(c.text), c.text, c.place, c.confidence) for c in row]


def _holds_lines(cell: GridCell) -> bool:
    """Whether a cell holds a table of its own, as lines of text."""
    return cell.text.count("\n") > 4 and sum(is_numberlike(piece) for piece in cell.text.split()) > 4


def _cell_lines(cell: GridCell) -> Iterator[list[Piece]]:
    yield from _paragraph_lines(Paragraph(cell.text, cell.place, confidence=cell.confidence))


@lru_cache(maxsize=4096)
def _sort(text: str) -> Sort:
    if is_blank(text):
        return Sort.BLANK
    return Sort.VALUE if is_numberlike(text) else Sort.TEXT


def _tidy(line: Sequence[Piece]) -> list[Piece]:
    """A line without the blanks before its last text, and without a running number before a row's label.

    A line of as many fields as section four has places, and nothing but values, keeps all of them.
    """
    sorts = [piece.sort for piece in line]
    if len(sorts) == _REVIEWS and Sort.TEXT not in sorts:
        return list(line)
    kept = list(line)
    last = len(sorts) - 1 - sorts[::-1].index(Sort.TEXT) if Sort.TEXT in sorts else -1
    if Sort.BLANK in sorts:
        first = (
            last
            if last >= 0
            else next((i for i, sort in enumerate(sorts) if sort is not Sort.BLANK), len(sorts))
        )
        kept = [piece for i, piece in enumerate(line) if piece.sort is not Sort.BLANK or i > first]
    if (
        len(kept) > 1
        and kept[0].sort is Sort.VALUE
        and kept[1].sort is Sort.TEXT
        and normal(kept[0].text).isdigit()
    ):
        lead = [t.text for t in kept[1:] if t.sort is Sort.TEXT]
        if words.row_label("".join(lead)) or words.row_label(lead[-1]):
            return kept[1:]
    return kept
