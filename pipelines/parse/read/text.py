"""Plain text and markdown: one paragraph for each printed line, with its place in the decoded text."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import replace

from pipelines.parse.decode import decode
from pipelines.parse.glyphs import repair_glyphs
from pipelines.parse.read.cells_on_lines import with_values_beside_labels
from pipelines.parse.read.closed_cells import with_rows_on_lines
from pipelines.parse.read.cut_off import text_end
from pipelines.parse.read.gates import MAX_OTHER_BYTES, gate_size
from pipelines.parse.read.markdown import is_marked, without_marks, without_quotes
from pipelines.parse.read.page_numbers import without_page_numbers
from pipelines.parse.read.rows import INVISIBLE
from pipelines.parse.read.run_on import lines_in, runs_on, unescaped, with_ends
from pipelines.parse.read.separated import blocks_of_sheet
from pipelines.parse.records import Paragraph, Place, Reading, Unreadable

_LINE = re.compile(r"[^\r\n\f\v\u0085\u2028\u2029]+")
_LINE_END = re.compile(r"\r\n?|[\n\f\v\u0085\u2028\u2029]")
_PAGE_NUMBER = re.compile(
    r"\s*(?:[-—–－_·•~]{1,3}\s*\d{1,3}\s*[-—–－_·•~]{1,3}|第\s*\d{1,3}\s*页\s*(?:[/,，]?\s*共\s*\d{1,3}\s*页)?|\d{1,3}\s*/\s*\d{1,3}\s*页|Page\s+\d+(?:\s+of\s+\d+)?)\s*",
    re.IGNORECASE,
)
_HEADING = re.compile(r"\s*(#{1,6})\s+(.*?)\s*#*\s*$")
_BLANK = re.compile(r"&(?:nbsp|ensp|emsp|thinsp|#160|#xa0);", re.IGNORECASE)  # of a page, written out
_MARGIN = " \u3000\u00a0\r"
_EMPHASIS = re.compile(r"(\*\*|__)(.+?)\1")
_ESCAPED = re.compile(r"\\([-.*_#()+!]\d*)")  # of markdown, too
# of markdown: a line break in a cell, what is struck out, the mark of a note, the name of a blank cell
_UNSEEN = re.compile(
    r"<br\s*/?>|~~[^~|]+~~|\[\^\w{1,3}\]|(?<=\|) *(?:nan|none|<na>|unnamed: \d+) *(?=\|)", re.IGNORECASE
)


def read_text(content: bytes, charset: str = "") -> Reading:
    """Read plain text. Each line but blank ones is a paragraph; these show as gaps of ``place.line``.

    A sheet saved as text (:mod:`separated`) gives its tables as grids.

    Tabs inside a line stay. Page numbers on lines of their own are left out, and
    so are the signs of a markdown heading. Raises Unreadable: empty, too_large.
    """
    gate_size(content, MAX_OTHER_BYTES, "text")
    decoded = decode(content, charset)
    text = _BLANK.sub(lambda found: " " * len(found[0]), unescaped(decoded.text))
    text, cut = text_end(without_page_numbers(text))
    if sheet := blocks_of_sheet(text):
        return Reading("lines", "text/plain", sheet, {}, decoded.encoding, issues=(*decoded.issues, *cut))
    blocks = []
    text = with_ends(without_quotes(text))
    marked = is_marked(text)
    ends = [found.end() for found in _LINE_END.finditer(text)]
    for found in _LINE.finditer(with_values_beside_labels(with_rows_on_lines(text))):
        line = found.group()
        if line.strip() and not is_page_number(line):
            number = bisect_right(ends, found.start())
            for start, end in lines_in(line) if runs_on(line) else [(0, len(line))]:
                at = found.start() + start
                block = _paragraph(line[start:end], number, (at, at + end - start))
                if marked and "|" not in block.text:
                    block = replace(block, text=without_marks(block.text))
                if block.text.strip():
                    blocks.append(block)
    if not blocks:
        raise Unreadable("empty", "文件没有文字 / no text in the file")
    return Reading("lines", "text/plain", tuple(blocks), {}, decoded.encoding, issues=(*decoded.issues, *cut))


def is_page_number(line: str) -> bool:
    """True for a line that is nothing but a page's number (- 3 -, 第 3 页)."""
    return bool(_PAGE_NUMBER.fullmatch(line))


def _paragraph(line: str, number: int, span: tuple[int, int]) -> Paragraph:
    indent = len(line) - len(line.lstrip(_MARGIN))
    place = Place(line=number, span=(span[0] + indent, span[1]))
    heading = _HEADING.match(line)
    level = len(heading.group(1)) if heading else 0
    text = heading.group(2) if heading else line
    bare = text.strip()
    if heading or (bare[:2] in ("**", "__") and bare[-2:] == bare[:2]):  # bold lines are headings too
        text = _EMPHASIS.sub(r"\2", text)
    if "|" in text and "\\" in text:
        text = _ESCAPED.sub(r"\1 ", text)
    if "|" in text:  # blanks in the place of signs: what stands behind them is found where it was
        text = _UNSEEN.sub(lambda found: " " * len(found[0]), _EMPHASIS.sub(r"  \2  ", text))
    text = repair_glyphs(INVISIBLE.sub("", text.replace("\u00a0", " "))).strip(_MARGIN)
    return Paragraph(text, place, level, wrapped=True)
