"""Lines as printed to paragraphs as written: the line ends of a page or a text file undone."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, pairwise
from math import inf
from operator import attrgetter
from typing import Final, NamedTuple

from pipelines.parse.records import Box, Paragraph, Place

_FINISHED = re.compile(r"[。！？；：:;!?][”’」』）)》\]】]*\s*$")
_SENTENCE_END = re.compile(r"[。！？][”’」』）)》\]】]*\s*$")
_REST_OF_FIGURE = re.compile(r"\d*[余多]?[万亿]?[条件个次篇人期项份家元]")
_FIGURE = re.compile(r"\d[余多]?$|\d[余多]?[万亿]$")
_ENDING: Final = tuple("，。、；）”》")  # with these no line begins
_LABEL = re.compile(r"[：:]\s*$")
_GOES_ON = re.compile(r"[，、,（(《“‘]\s*$")
_ITEM = re.compile(
    r"\s*(?:[（(][一二三四五六七八九十\d]{1,3}[)）]|[一二三四五六七八九十]{1,3}[、.．是]|\d{1,2}[、.．)）](?!\d)|[①-⑳]|第[一二三四五六七八九十]{1,3}[，,、])"
)
_LONG = 60  # half-widths; a shorter line of unknown page width is a heading or an item, not a cut sentence
_TOLD = 40  # half-widths of a line with figures that is no heading
_BEGUN, _USUALLY = 3, 0.8  # beginnings of paragraphs that show how they stand, and the share that does
_TITLE = 1.1  # the type of a title, in units of that of the text
_FEW, _SHARE = 3, 0.25  # full lines that show how wide lines are, and their share of the longer ones
_TEXT = 5  # lines that show where text stands
_INDENT = 4  # half-widths by which the first line of a paragraph is shorter, for all one can see
_HANGING = 3.0  # line heights: lines that end with a sign of punctuation may reach into the margin
_SLACK = 6  # half-widths by which a full line may fall short: a number or a word kept whole


@dataclass(frozen=True, slots=True)
class Measure:
    """How wide the lines of a document are.

    ``width`` is in half-widths of text, 0 where lines vary freely; where boxes are
    known, ``columns`` are the left and right edges of text on a page, ``of_pages`` those
    of pages set in several columns, ``em`` the height of a line and ``type`` the size of
    its characters in points, and ``indented`` tells whether paragraphs begin further right.
    """

    width: int = 0
    columns: tuple[Edges, ...] = ()
    of_pages: Mapping[int | None, tuple[Edges, ...]] = field(default_factory=dict)
    em: float = 0.0
    type: float = 0.0
    indented: bool = False

    def edges(self, box: Box, page: int | None) -> Edges:
        """The edges between which the line in that box stands."""
        columns = self.of_pages.get(page, self.columns)
        return next((c for c in columns if c.left <= box[2] and box[0] <= c.right), columns[0])


class Edges(NamedTuple):
    """Where lines begin and end."""

    left: float
    right: float


def measure(lines: Sequence[Paragraph]) -> Measure:
    """The measure of a document's wrapped lines."""
    boxes = [line.place.box for line in lines if line.place.box]
    if len(boxes) > 2:
        heights = sorted(box[3] - box[1] for box in boxes)
        types = sorted(map(_type, lines))
        text = [line.place for line in lines if line.place.box and "\t" not in line.text]
        columns = tuple(map(_edges, _columns(_long(place.box for place in text if place.box) or boxes)))
        scale = Measure(0, columns, _of_pages(text), heights[len(heights) // 2], types[len(types) // 2])
        return replace(scale, indented=_is_indented(lines, scale))
    widths = sorted(width(line.text) for line in lines if "\t" not in line.text)
    if len(widths) < 3:
        return Measure()
    full = widths[len(widths) * 97 // 100]
    long = [each for each in widths if each > full / 2]
    near = sum(abs(each - full) <= _SLACK for each in long)
    return Measure(full if full < 140 and near >= max(_FEW, _SHARE * len(long)) else 0)


def _long(boxes: Iterable[Box]) -> list[Box]:
    """The lines at least half as long as the longest, if they show how text stands: no labels of tables."""
    boxes = list(boxes)
    half = max((box[2] - box[0] for box in boxes), default=0.0) / 2
    long = [box for box in boxes if box[2] - box[0] >= half]
    return long if len(long) >= _TEXT else []


def _of_pages(places: Sequence[Place]) -> dict[int | None, tuple[Edges, ...]]:
    """The edges of the columns of each page that is set in several."""
    found = {}
    for page, on_page in groupby(places, key=attrgetter("page")):
        columns = list(_columns([place.box for place in on_page if place.box]))
        if len(columns) > 1 and min(map(len, columns)) >= _TEXT:
            found[page] = tuple(map(_edges, columns))
    return found


def _columns(boxes: Sequence[Box]) -> Iterator[list[Box]]:
    """The lines of each column in which lines stand."""
    column: list[Box] = []
    for box in sorted(boxes):
        if column and box[0] > max(b[2] for b in column):
            yield column
            column = []
        column.append(box)
    yield column


def _edges(column: Sequence[Box]) -> Edges:
    """The edges of a column, without the few lines that stick out."""
    starts, ends = sorted(box[0] for box in column), sorted(box[2] for box in column)
    return Edges(starts[len(starts) // 20], ends[len(ends) * 19 // 20])


def _is_indented(lines: Sequence[Paragraph], scale: Measure) -> bool:
    """Whether nearly every line behind one that is not full stands further right: a paragraph begins so.

    A heading or an item that does not says nothing of paragraphs.
    """
    begun = [
        (_starts_indented(line, scale), _ITEM.match(line.text))
        for previous, line in pairwise(lines)
        if previous.place.box and line.place.box and not _is_full(previous, scale)
    ]
    told = [indented for indented, is_item in begun if indented or not is_item]
    return len(told) >= _BEGUN and sum(told) >= _USUALLY * len(told)


def width(text: str) -> int:
    """The width of a line in half-widths: 2 for a Chinese character, 1 for a Latin one."""
    if text.isascii():
        return len(text)
    return sum(
        2 if char > "\u2e7f" or unicodedata.east_asian_width(char) in "WFA" else 1 for char in text.strip()
    )


def join_lines(lines: Sequence[Paragraph], scale: Measure) -> list[str]:
    """The paragraphs that ``lines`` make up; a line of markup is a paragraph of its own."""
    joined: list[list[str]] = []
    previous: Paragraph | None = None
    for line in lines:
        text = line.text.strip()
        if not text:
            continue
        if previous is not None and _continues(previous, line, scale):
            joined[-1].extend((_joint(previous.text.rstrip(), text), text))
        else:
            joined.append([text])
        previous = line
    return ["".join(parts) for parts in joined]


def _continues(previous: Paragraph, line: Paragraph, scale: Measure) -> bool:
    if not (previous.wrapped and line.wrapped):
        return False
    if _is_title(previous, line, scale):
        return True
    full, starts = _is_full(previous, scale), _starts_indented(line, scale)
    if _FINISHED.search(previous.text):
        return full and not starts and (scale.indented or _is_cut_label(previous.text, line.text))
    if previous.place.box and line.place.box and scale.em:
        cut = _is_full(previous, scale, _HANGING) and _is_cut(previous.text, line.text)
        return (full or cut or _had_no_room(previous, line.text, scale)) and not starts
    if _is_cut(previous.text, line.text):
        return True
    if scale.width:
        cut = width(previous.text) + _INDENT + _needed(line.text) > scale.width
        return full or cut or bool(_GOES_ON.search(previous.text))
    long = width(previous.text) >= _LONG and not _ITEM.match(line.text)
    return long or bool(_GOES_ON.search(previous.text))


def _is_cut(left: str, right: str) -> bool:
    """Whether a line is a part of a sentence that ends on the next: a comma or the end of a figure tells."""
    figure = _FIGURE.search(left) and _REST_OF_FIGURE.match(right)
    told = right[:1] in _ENDING or figure or ("，" in left and _is_told(left))
    return bool(told and _SENTENCE_END.search(right)) and not (
        _ITEM.match(right) or "\t" in left or "|" in left
    )


def _is_told(line: str) -> bool:
    """Whether a line with a comma is text and no heading: behind a sentence, or long and with figures."""
    own = line[found.end() :] if (found := _ITEM.match(line)) else line
    return "。" in own or (any(map(str.isdigit, own)) and width(line) >= _TOLD)


def _is_full(line: Paragraph, scale: Measure, short: float = 1.5) -> bool:
    """Whether a line reaches the edge; where boxes are known, all but so many lines' heights."""
    if line.place.box and scale.em:
        return line.place.box[2] >= scale.edges(line.place.box, line.place.page).right - short * scale.em
    return 0 < scale.width <= width(line.text) + _SLACK


# what a line's end does not part: a number or a word, and a sign with the punctuation behind it
_UNPARTED = re.compile(r"\s*(?:[A-Za-z0-9.,%]+|.)[，。、；：！？）》”’%]*")


def _had_no_room(line: Paragraph, text: str, scale: Measure) -> bool:
    """Whether what ``text`` begins with could not stand in the line before it."""
    box = line.place.box
    edge = scale.edges(box, line.place.page).right if box else inf
    return box is not None and box[2] + _needed(text) / 2 * scale.type > edge


def _needed(text: str) -> int:
    """The width of what ``text`` begins with and no line's end parts."""
    first = _UNPARTED.match(text)
    return width(first[0]) if first else 0


def _starts_indented(line: Paragraph, scale: Measure) -> bool:
    box = line.place.box
    edge = scale.edges(box, line.place.page).left if box and scale.em else inf
    return box is not None and box[0] >= edge + 1.2 * scale.em


def _is_title(previous: Paragraph, line: Paragraph, scale: Measure) -> bool:
    """Whether two lines are one title: of the same large type, one below the middle of the other."""
    above, below = previous.place.box, line.place.box
    if not (above and below and scale.em) or previous.place.page != line.place.page:
        return False
    sizes = sorted((_type(previous), _type(line)))
    centred = abs(above[0] + above[2] - below[0] - below[2]) < scale.em
    large = _TITLE * scale.type < sizes[0] and sizes[1] < _TITLE * sizes[0]
    near = 0 < below[1] - above[1] < 3 * sizes[1]
    return centred and large and near and not _FINISHED.search(previous.text)


def _type(line: Paragraph) -> float:
    """The size of the characters of a line in points: how wide a Chinese one is on average."""
    box, halves = line.place.box, width(line.text)
    return 2 * (box[2] - box[0]) / halves if box and halves else 0.0


def _is_cut_label(left: str, right: str) -> bool:
    """电子邮箱： at the end of a full line, its address on the next."""
    starts_latin = right[:1].isascii() and right[:1].isalnum()
    return bool(_LABEL.search(left)) and starts_latin and not _ITEM.match(right)


def _joint(left: str, right: str) -> str:
    """What stands between two joined lines: a blank between Latin words, else nothing."""
    last = left.split()[-1] if left.split() else ""
    is_word = last[-1:].isascii() and last[-1:].isalpha() and right[:1].isascii() and right[:1].isalpha()
    return " " if is_word and not re.search(r"[/@.]", last) else ""
