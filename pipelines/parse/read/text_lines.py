"""Characters on a page to lines of text: which stand on one line, and what the gaps between them mean."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from operator import attrgetter
from typing import Final, NamedTuple

from pipelines.parse.read.glyph import BASE_AND_X, DIGIT, FIGURE, Glyph, are_one_number, hull
from pipelines.parse.read.looks import Look, as_shown
from pipelines.parse.records import UNREAD, Box
from pipelines.parse.vocabulary import is_numberlike

# in units of the character size
_SAME_LINE: Final = 0.5
_TOUCH: Final = 0.2  # nothing stands in a narrower gap
_NO_GAP: Final = 0.001
_WORD_GAP: Final = 0.25
_HAN_GAP: Final = 0.6
_COLUMN_GAP: Final = 2.0
_NUMBER_GAP: Final = 0.6
_SMALL: Final = 0.8
_SMALLER: Final = 0.9  # what stands raised behind a figure so is a mark, too; no figure goes on in it
_RAISED: Final = 0.15
_OFF_LINE: Final = 0.3  # digits of one number stand on one line, but for less
# in units of the width of the narrower of two characters
_COVERED: Final = 0.6
_REPRINTED: Final = 0.3  # where both are the same digit

_X = attrgetter("x0")


class Line(NamedTuple):
    """Glyphs on one baseline, left to right, as text; those printed turned are held upright.

    ``starts``: where what stands apart begins, in the text and among the glyphs, a blank between or none.
    """

    text: str
    glyphs: Sequence[Glyph]
    turn: int = 0
    starts: Sequence[tuple[int, int]] = ()

    @property
    def box(self) -> Box:
        """Where on the page the line stands."""
        return _turn_box(hull(self.glyphs), self.turn)

    @property
    def pieces(self) -> tuple[tuple[int, Box], ...]:
        """Where in the text each piece that stands apart begins, and where on the page it stands."""
        ends = [*(first for _, first in self.starts[1:]), len(self.glyphs)]
        return tuple(
            (start, rounded(_turn_box(hull(self.glyphs[first:end]), self.turn)))
            for (start, first), end in zip(self.starts, ends, strict=True)
        )

    @property
    def confidence(self) -> float | None:
        """That of the least sure glyph, None where none has any."""
        return min((g.confidence for g in self.glyphs if g.confidence is not None), default=None)


def lines_of(glyphs: Sequence[Glyph], tabs: bool = True) -> list[Line]:
    """Glyphs as lines, top first; wide gaps become tabs (``tabs``) or blanks.

    Rotated runs (quarter turns) are read along their own direction.
    """
    plain = _plain_lines(glyphs)
    if plain is not None:
        return plain
    turned = [glyph for glyph in glyphs if glyph.turn]
    upright = [glyph for glyph in glyphs if not glyph.turn] if turned else glyphs
    lines = [line for row in _rows(upright) if (line := _line(row, tabs)).text]
    for turn in {glyph.turn for glyph in turned}:
        rows = _rows([_turned_upright(glyph) for glyph in turned if glyph.turn == turn])
        lines += [line for row in rows if (line := _line(row, tabs, turn)).text]
    return lines


def _plain_lines(glyphs: Sequence[Glyph]) -> list[Line] | None:
    """The lines that the glyphs make if each follows the one before as nearly all do, without a blank, or
    begins a line below it.
    """
    if not glyphs:
        return None
    starts = [0]
    _, end, _, _, _, base, first, *_ = glyphs[0]
    before = first
    for n, (_, x0, _, x1, _, at, size, turn, *_) in enumerate(glyphs):
        if at != base:
            if at - base <= _SAME_LINE * (size if size < first else first):
                return None
            starts.append(n)
            base, first, before, end = at, size, size, x0
        if turn or not _SMALLER * before <= size <= before / _SMALLER:
            return None
        if not -_NO_GAP * size <= x0 - end <= _TOUCH * (size if size < before else before):
            return None
        end, before = x1, size
    lines = []
    for start, stop in itertools.pairwise([*starts, len(glyphs)]):
        text = "".join([glyph.text for glyph in glyphs[start:stop]])
        if text.split() != [text]:
            return None
        lines.append(Line(text, glyphs[start:stop], 0, ((0, 0),)))
    return lines


def _turned_upright(glyph: Glyph) -> Glyph:
    x0, top, x1, bottom = _turn_box((glyph.x0, glyph.top, glyph.x1, glyph.bottom), 4 - glyph.turn)
    return glyph._replace(x0=x0, top=top, x1=x1, bottom=bottom, base=bottom, turn=0)


def _turn_box(box: Box, quarters: int) -> Box:
    """The box turned clockwise about the origin by quarter turns (y grows down)."""
    for _ in range(quarters % 4):
        box = (-box[3], box[0], -box[1], box[2])
    return box


def _rows(glyphs: Sequence[Glyph]) -> list[list[Glyph]]:
    rows: list[list[Glyph]] = []
    row: list[Glyph] = []
    base = size = 0.0
    for glyph in sorted(glyphs, key=BASE_AND_X):
        at, high = glyph.base, glyph.size
        if row and at - base <= _SAME_LINE * (high if high < size else size):
            row.append(glyph)
        else:
            row, base, size = [glyph], at, high
            rows.append(row)
    return rows


def _line(glyphs: list[Glyph], tabs: bool, turn: int = 0) -> Line:
    glyphs.sort(key=_X)
    printed: list[Glyph] = []
    texts: list[str] = []
    starts = [(0, 0)]
    length, blank = 0, False
    end = high = base = 0.0  # of the character before
    for glyph in glyphs:
        text, x0, size, at = glyph.text, glyph.x0, glyph.size, glyph.base
        if text.isspace() or not text:
            blank = True
            continue
        goes_on = (  # as nearly all do: about as large as the one before, on its line, with nothing between
            not blank
            and -_OFF_LINE * size <= at - base <= _OFF_LINE * size
            and _SMALLER * high <= size <= high / _SMALLER
            and -_NO_GAP * size <= x0 - end <= _TOUCH * (size if size < high else high)
        )
        if printed and not goes_on:
            before = printed[-1]
            gap = _between(before, glyph, blank, tabs)
            if gap:
                texts.append(gap)
                length += len(gap)
            if gap or _stand_apart(before, glyph):
                starts.append((length, len(printed)))
            text = as_shown(text, Look.RAISED) if _is_raised(before, glyph) else text
        texts.append(text)
        length += len(text)
        printed.append(glyph)
        end, high, base, blank = glyph.x1, size, at, False
    return Line("".join(texts).strip(), printed, turn, starts) if printed else Line("", ())


def _between(before: Glyph, glyph: Glyph, blank: bool, tabs: bool) -> str:
    """What stands between two neighbours on a line: nothing, a blank, a tab; U+FFFD where they overlap."""
    size = min(before.size, glyph.size)
    if _covers(before, glyph) or _is_of_another_figure(before, glyph):
        return UNREAD
    gap = (glyph.x0 - before.x1) / size if size else 0.0
    if gap <= _TOUCH and not blank:
        return ""
    numbers = FIGURE.match(before.text[-1]) and FIGURE.match(glyph.text[0])
    if tabs and (gap >= _COLUMN_GAP or (numbers and gap >= _NUMBER_GAP)):
        return "\t"
    # programs leave air between Chinese and Latin characters where nobody wrote a blank
    latin = before.text[-1].isascii() and glyph.text[0].isascii()
    return " " if blank or gap >= (_WORD_GAP if latin else _HAN_GAP) else ""


def _stand_apart(before: Glyph, glyph: Glyph) -> bool:
    """Whether air parts neighbours between which no blank is printed, as it does between narrow columns."""
    return glyph.x0 - before.x1 > _TOUCH * min(before.size, glyph.size) and not before.text[-1].isascii()


def _covers(before: Glyph, glyph: Glyph) -> bool:
    """Whether two characters, one a digit, lie so much on one another that their order is chance."""
    if glyph.x0 >= before.x1:  # nearly always
        return False
    overlap = min(before.x1, glyph.x1) - max(before.x0, glyph.x0)
    narrow = min(before.x1 - before.x0, glyph.x1 - glyph.x0)
    digit = DIGIT.search(before.text) or DIGIT.search(glyph.text)
    most = _REPRINTED if before.text == glyph.text else _COVERED
    return digit is not None and overlap > most * narrow > 0


def _is_of_another_figure(before: Glyph, glyph: Glyph) -> bool:
    """Whether of two digits that touch one is smaller or higher: a mark of a note, part of a watermark."""
    small, large = sorted((before.size, glyph.size))
    return (
        (small < _SMALLER * large or abs(before.base - glyph.base) > _OFF_LINE * large)
        and are_one_number(before._replace(base=glyph.base), glyph)
        and not _is_raised(before, glyph)
        and glyph.confidence is None  # words that OCR has read are as high as their characters
    )


def _is_raised(before: Glyph, glyph: Glyph) -> bool:
    """Whether a small digit stands higher than the digit, or right behind the word, before it: the mark of
    a note.
    """
    if before.base - glyph.base <= _RAISED * before.size:  # nearly always
        return False
    if DIGIT.match(before.text[-1]):
        return glyph.size < _SMALL * before.size
    return glyph.size < _SMALLER * before.size and glyph.x0 - before.x1 <= _TOUCH * before.size


def rounded(box: Box) -> Box:
    """A box as a place is told: to the tenth of a point."""
    x0, top, x1, bottom = box
    return tenth(x0), tenth(top), tenth(x1), tenth(bottom)


def tenth(length: float) -> float:
    """A length to the tenth."""
    return round(float(length), 1)


def cell_text(lines: Sequence[Line]) -> str:
    """The text of a cell; a label printed one character a line is one word, a small digit over one a mark,
    which goes behind the line that it is raised behind.
    """
    texts = [line.text for line in lines]
    if len(texts) == 2 and _is_mark(*lines):
        mark, text = as_shown(texts[0], Look.RAISED), texts[1]
        last = lines[1].glyphs[-1]
        if abs(lines[0].glyphs[0].x0 - last.x1) <= _TOUCH * last.size:
            return text + mark
        texts = [mark, text]
    vertical = len(texts) > 1 and all(len(text) == 1 for text in texts)
    if vertical and not any(DIGIT.match(text) for text in texts):
        return "".join(texts)
    return "\n".join(texts)


def _is_mark(first: Line, second: Line) -> bool:
    """Whether a line is one smaller digit over the line below it or raised beside it: the mark of a note.

    A figure whose unit goes below it may be of a font with lower boxes.
    """
    if second.text.isalpha() and is_numberlike(f"1{second.text}"):
        return False
    mark, begin, last = first.glyphs[0], second.glyphs[0], second.glyphs[-1]
    beside = mark.x0 > last.x0 or mark.x1 <= begin.x0 + _NO_GAP * begin.size
    raised = beside and last.base - mark.base < last.size and mark.size < _SMALLER * last.size
    return first.text.isdecimal() and (mark.size < _SMALL * begin.size or raised)
