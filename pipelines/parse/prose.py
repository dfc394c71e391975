"""Lines as printed to paragraphs as written: the line ends of a page or a text file undone."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.parse.records import Paragraph

_FINISHED = re.compile(r"[。！？；：:;!?][”’」』）)》\]】]*\s*$")
_LABEL = re.compile(r"[：:]\s*$")
_GOES_ON = re.compile(r"[，、,（(《“‘]\s*$")
_ITEM = re.compile(
    r"\s*(?:[（(][一二三四五六七八九十\d]{1,3}[)）]|[一二三四五六七八九十]{1,3}[、.．是]|\d{1,2}[、.．)）](?!\d)|[①-⑳]|第[一二三四五六七八九十]{1,3}[，,、])"
)
_LONG = 60  # half-widths; a shorter line of unknown page width is a heading or an item, not a cut sentence
_SLACK = 6  # half-widths by which a full line may fall short: a number or a word kept whole


@dataclass(frozen=True, slots=True)
class Measure:
    """How wide the lines of a document are.

    ``width`` is in half-widths of text, 0 where lines vary freely; where boxes are
    known, ``left`` and ``right`` are the edges and ``em`` the height of a line in points.
    """

    width: int = 0
    left: float = 0.0
    right: float = 0.0
    em: float = 0.0


def measure(lines: Sequence[Paragraph]) -> Measure:
    """The measure of a document's wrapped lines."""
    boxes = [line.place.box for line in lines if line.place.box]
    if len(boxes) > 2:
        heights = sorted(box[3] - box[1] for box in boxes)
        edges = sorted(box[2] for box in boxes)
        starts = sorted(box[0] for box in boxes)
        return Measure(0, starts[len(starts) // 20], edges[len(edges) * 19 // 20], heights[len(heights) // 2])
    widths = sorted(width(line.text) for line in lines if "\t" not in line.text)
    if len(widths) < 3:
        return Measure()
    full = widths[len(widths) * 97 // 100]
    long = [each for each in widths if each > full / 2]
    near = sum(abs(each - full) <= _SLACK for each in long)
    return Measure(full if full < 140 and near > 0.5 * len(long) else 0)


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
    full, starts = _is_full(previous, scale), _starts_indented(line, scale)
    if _FINISHED.search(previous.text):
        return full and not starts and _is_cut_label(previous.text, line.text)
    if previous.place.box and line.place.box and scale.em:
        return full and not starts
    if scale.width:
        return full or bool(_GOES_ON.search(previous.text))
    long = width(previous.text) >= _LONG and not _ITEM.match(line.text)
    return long or bool(_GOES_ON.search(previous.text))


def _is_full(line: Paragraph, scale: Measure) -> bool:
    if line.place.box and scale.em:
        return line.place.box[2] >= scale.right - 1.5 * scale.em
    return 0 < scale.width <= width(line.text) + _SLACK


def _starts_indented(line: Paragraph, scale: Measure) -> bool:
    return bool(line.place.box and scale.em and line.place.box[0] >= scale.left + 1.2 * scale.em)


def _is_cut_label(left: str, right: str) -> bool:
    """电子邮箱： at the end of a full line, its address on the next."""
    starts_latin = right[:1].isascii() and right[:1].isalnum()
    return bool(_LABEL.search(left)) and starts_latin and not _ITEM.match(right)


def _joint(left: str, right: str) -> str:
    """What stands between two joined lines: a blank between Latin words, else nothing."""
    last = left.split()[-1] if left.split() else ""
    is_word = last[-1:].isascii() and last[-1:].isalpha() and right[:1].isascii() and right[:1].isalpha()
    return " " if is_word and not re.search(r"[/@.]", last) else ""
