"""Bare numbers on lines of their own that count the pages of a text, in a table as between its sentences.

Where a page ends in a sentence its number is known by that. The numbers of the pages before it are known,
wherever these end, if for each only one line can bear it. Nothing moves: what is taken out leaves blanks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from pipelines.parse.headings import match_heading

_LONE: Final = re.compile(r"^[ \t\u3000]*(?P<number>\d{1,3})[ \t\u3000\r]*$", re.MULTILINE)
_SENTENCE: Final = re.compile(r"[\u4e00-\u9fff].*[。；：！]$|(?=.{10}).*[，。；：、,;]")
# what goes on after a number that a line's end has parted from it: of a figure, of an item's numeral
_GOES_ON: Final = re.compile(r"[、.．,，)）%％万亿余多条件次个篇份名家项人元年月日期场号]")
_CHARACTERS, _LINES = 150, 12  # a page holds as many of either at least
_LOOK: Final = 400  # characters in which the line before a number, or behind it, is looked for


class _Number(NamedTuple):
    start: int
    end: int
    value: int


def without_page_numbers(text: str) -> str:
    """The text with blanks in the place of the bare numbers that are known to count its pages."""
    lone = [_Number(*found.span("number"), int(found["number"])) for found in _LONE.finditer(text)]
    sure = [_Number(0, 0, 0), *(number for number in lone if _ends_page(text, number))]
    if len(lone) < 2 or len(sure) < 2 or not all(_counts_on(text, *two) for two in pairwise(sure)):
        return text
    pages = [number for two in pairwise(sure) for number in (*_between(text, lone, *two), two[1])]
    for number in pages if len(pages) > 1 else ():
        text = text[: number.start] + " " * (number.end - number.start) + text[number.end :]
    return text


def _counts_on(text: str, first: _Number, second: _Number) -> bool:
    """Whether a number may count a page behind that of another; the last page may hold little."""
    pages, held = second.value - first.value, text[first.end : second.start]
    enough = len(held) >= pages * _CHARACTERS or held.count("\n") >= pages * _LINES
    return pages > 0 and (enough or not text[second.end :].strip())


def _between(text: str, lone: Sequence[_Number], first: _Number, last: _Number) -> Sequence[_Number]:
    """The numbers of the pages between two, where for each only one line may bear it."""
    missing = range(first.value + 1, last.value)
    found = [n for n in lone if first.end < n.start < last.start and n.value in missing]
    known = [n.value for n in found] == list(missing)
    return found if known and all(_counts_on(text, *two) for two in pairwise([first, *found, last])) else ()


def _ends_page(text: str, number: _Number) -> bool:
    """Whether a number stands alone between lines of sentences, before a section, or at the very end."""
    before = text[max(0, number.start - _LOOK) : number.start].rstrip().rpartition("\n")[2]
    rest = text[number.end : number.end + _LOOK].lstrip()
    after = rest.partition("\n")[0].rstrip()
    if not _is_sentence(before) or _GOES_ON.match(after):
        return False
    return not rest or _is_sentence(after) or match_heading(after) is not None


def _is_sentence(line: str) -> bool:
    return "\t" not in line and "|" not in line and bool(_SENTENCE.match(line))
