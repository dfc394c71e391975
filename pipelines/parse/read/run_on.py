"""Texts that have lost their line breaks: where lines begin that converters ran together."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Final

from pipelines.parse import vocabulary as words
from pipelines.parse.glyphs import repair_glyphs
from pipelines.parse.headings import match_heading
from pipelines.parse.labels import core, normal
from pipelines.parse.records import Paragraph
from pipelines.parse.vocabulary import is_numberlike

LONG: Final = 200  # characters of a line in which another one may begin
_SHORT: Final = 40  # characters of a line that holds a header alone
_LOST: Final = 3  # headings in a line that show that a whole report stands in it
_PIECE = re.compile(r"[^\s|]+")
_MARKS: Final = " \t\u3000|"
_OPENINGS: Final = "三(（"  # of the labels of groups: 三、本年度办理结果, （三）不予公开
_ORDINAL = re.compile(r"\(?(?:\d{1,2}|[一二三四五六七])[.、)]")
_PIECES: Final = 9  # that a label may be parted into
_TITLE_END = re.compile(r"(?:报告|年报)[)）]?")
_ENDS = re.compile(r"\\r\\n|\\n|\\r")
_ESCAPED = re.compile(
    r"(?:\\u(?!00[0-7])[0-9a-fA-F]{4})+"
)  # letters of a record; no signs that it needs itself
_FIELD = re.compile(  # of a record: where a string begins, and where it or the record ends
    r'(?:(?<!\\)"\s*,|\[?\s*\{)\s*"[^"\\\n]{1,40}"\s*:\s*(?:\[\s*)?"?|(?<!\\)"[\s}\]]*$'
)
_QUOTE = re.compile(r'\\(?=["/])')
_TABLES: Final = (words.ITEMS, "申请人情况", "自然人")  # what the official tables print above their rows
_SIGNS = re.compile(r"[^\w\-—–－/／]+")
_TOLD = re.compile(
    r"自然人\s*[:：为]?\s*[\d无/／—–－-]"
)  # a row whose values stand beside the names of their columns
_REMARK = re.compile(r"\([^()]{0,30}\)")
_BEHIND_SENTENCE = re.compile(r"。\s*(?=[一二三四五六]\s*、)")  # a heading may begin there
_NUMBERED = re.compile(r"(?<![A-Za-z])[一二三四五六]、")
# what stands where a title ends, and not in a sentence
_TITLE_ENDS = re.compile(r"$|\s|(?<=\s)|[（(]一[)）]|20\d\d年")
_ODD: Final = 10  # characters of which one may be of no label
_FEW: Final = 10  # line breaks that are written out
_HARDLY: Final = 4  # as many times as there are others


def unescaped(text: str) -> str:
    r"""A record with the letters that it writes out (\u516c is 公)."""
    if "\\u" not in text or text.lstrip()[:1] not in ("{", "["):
        return text
    return _ESCAPED.sub(lambda found: json.loads(f'"{found[0]}"'), text)


def with_ends(text: str) -> str:
    r"""The text with line breaks for those that are only written out (\n), if it has no others.

    A record that is printed over lines ({"text": "…\n…"}) may have a few; what names its fields is left out.
    """
    written = text.count("\\n")
    if written < _FEW:
        return text
    bare = text.strip()
    if "\n" in bare and (bare[0] not in "{[" or bare.count("\n") * _HARDLY > written):
        return text
    if bare[0] in "{[":
        text = _QUOTE.sub(" ", _FIELD.sub(_as_end, text))
    parted = _ENDS.sub(_as_end, text)
    return parted.replace("\\t", " \t")


def _as_end(found: re.Match[str]) -> str:
    return "\n".rjust(len(found[0]))


def lines_in(line: str) -> list[tuple[int, int]]:
    """Where the lines that run on in a line stand in it: the whole of it, if none begins inside."""
    line = repair_glyphs(line)
    pieces = [found.span() for found in _PIECE.finditer(line)] if len(line) > LONG else []
    behind = [found.end() for found in _BEHIND_SENTENCE.finditer(line)]
    heads = {start: end for start, _ in pieces if (end := _heading_end(line, start))}
    heads |= {n: end for n in behind if (end := _heading_end(line, n)) and _TITLE_ENDS.match(line, end)}
    if len(line) > LONG and len(run_in := _run_in(line)) > 2 * len(heads):
        between = pairwise((0, *run_in, len(line)))
        return [(start + a, start + b) for start, end in between for a, b in lines_in(line[start:end])]
    begins = {0, *heads, *(end for end in heads.values() if end < len(line) and line[end] in _MARKS)}
    if len(heads) >= _LOST:
        begins.update(_rows(line, pieces), _titles(line, min(heads)))
    elif _holds_table(line):
        begins.update(_glued(line))
    edges = sorted({*begins, len(line)})
    if len(edges) > 2 and _SIGNS.fullmatch(line, 0, edges[1]):  # a bullet, a bracket: part of what follows
        del edges[1]
    parts = [_bare(line, start, end) for start, end in pairwise(edges)]
    return [(start, end) for start, end in parts if start < end]


def paragraphs_in(block: Paragraph) -> tuple[Paragraph, ...]:
    """A paragraph of markup as the lines that run on in it, if several do; any other alone."""
    place, text = block.place, block.text
    if place.block is None or place.span is not None or not runs_on(text):
        return (block,)
    lines = lines_in(text)
    if len(lines) == 1:
        return (block,)
    return tuple(replace(block, text=text[a:b], place=replace(place, span=(a, b))) for a, b in lines)


def runs_on(line: str) -> bool:
    """Whether several lines may stand in one: soon told."""
    return len(line) > LONG or _holds_table(line) or _BEHIND_SENTENCE.search(line) is not None


def _holds_table(line: str) -> bool:
    if len(line) <= _SHORT or "\t" in line or "|" in line:
        return False
    return any(word in line for word in _TABLES) and len(_TOLD.findall(line)) != 1


def _heading_end(line: str, start: int) -> int:
    """Where the heading of a section ends that begins at a piece of a line; 0 if none does."""
    if line[start] not in "一二三四五六":
        return 0
    found = match_heading(line[start : start + LONG])
    end = start + found.end if found and found.style == "top" else 0
    return len(line[:end].rstrip(_MARKS)) if end < start + LONG else 0


def _run_in(line: str) -> list[int]:
    """Where the headings of a whole report begin and end in a line in which nothing parts them from its text.

    Nowhere, unless several stand in it, each once and in their order.
    """
    found = [(at.start(), match_heading(line[at.start() :])) for at in _NUMBERED.finditer(line)]
    heads = [(at, head) for at, head in found if head and head.style == "top"]
    numbers = [head.number for _, head in heads]
    if len(numbers) < _LOST or numbers != sorted(set(numbers)):
        return []
    return [edge for at, head in heads for edge in (at, at + head.end)]


def _rows(line: str, pieces: list[tuple[int, int]]) -> Iterator[int]:
    """Where rows and parts of the official tables begin; blanks may part a label that bears an ordinal."""
    at = 0
    while at < len(pieces):
        start, end = pieces[at]
        most = _PIECES if _ORDINAL.match(normal(line[start:end])) else 1
        text, taken = "", 0
        for first, last in pieces[at : at + most]:
            text, taken = text + line[first:last], taken + 1
            if _begins_row(text):
                yield start
                at += taken - 1
                break
            if is_numberlike(line[first:last]):
                break
        at += 1


def _begins_row(text: str) -> bool:
    """Whether a text is the label of a row, a group or a part of the official tables."""
    found = words.row_label(text)
    row = found and found.match.sure and (found.match.key not in words.WEAK_ROWS or core(text) != text)
    group = text[0] in _OPENINGS and words.is_of_group(text)
    return bool(row or group or words.item_title(text) or text == words.ITEMS)


def _glued(line: str) -> set[int]:
    """Where rows and parts of an official table begin in a line of it, be there blanks or not.

    Nothing but labels and figures stands in such a line.
    """
    letters = [(character, at) for at, each in enumerate(line) for character in normal(each)]
    plain = "".join(character for character, _ in letters)
    rest = _REMARK.sub("", words.printed().sub("", plain))
    if sum(map(str.isalpha, rest)) * _ODD > len(plain):
        return set()
    return {letters[found.start()][1] for found in words.row_begins().finditer(plain)}


def _titles(line: str, first: int) -> Iterator[int]:
    """Where a title ends above the first heading."""
    return (found.end() for found in _TITLE_END.finditer(line, 0, first) if line[found.end()] in _MARKS)


def _bare(line: str, start: int, end: int) -> tuple[int, int]:
    while start < end and line[start] in _MARKS:
        start += 1
    while start < end and line[end - 1] in _MARKS:
        end -= 1
    return start, end
