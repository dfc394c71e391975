"""Sections written out as text: wrapped lines joined into paragraphs, rows of tables one a line."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final

from pipelines.parse.headings import table_words
from pipelines.parse.prose import Measure, join_lines, measure
from pipelines.parse.records import Block, Grid, Paragraph, Section, SectionSpan

_NONE = re.compile(
    r"(?:本年度?|全年|20\d\d年度?)?[，,]?(?:我[局镇县区乡办市委]|本[机局单]关?位?)?[，,]?(?:均?[无零]|没有|未|暂无|不涉及|不存在).{0,40}"
)
_ROW = re.compile(
    r"\t.*\S|^[^。]*[^\d。](?:\s+[+-]?[\d.,]+(?:万?元|[件条项次])?)+\s*$|^\s*\|.*\|\s*$|^[\s\d.,+\-—－/／%％万元件无]+$"
)
_RULE = re.compile(
    r"[\s|:+=-]*(?:\||[-=]{3})[\s|:+=-]*"
)  # what lines of signs draw between the rows of tables
_SIGNS: Final = frozenset(" \t|:+=-")  # what such a line begins with
_TABLES: Final = (2, 3, 4)  # sections that hold tables
_SENTENCE: Final = 6  # characters of a cell that may hold one


def is_none(text: str) -> bool:
    """Whether a line says that there is nothing to report: 无, 本年度未收到申请."""
    return bool(_NONE.fullmatch(text.strip().rstrip("。. ")))


def is_row(text: str) -> bool:
    """Whether a line looks like one of a table's rows."""
    return bool(_ROW.search(text))


def alone(line: str) -> str:
    """What stands between the pipes of a line in a single field, as text in a table does; else the line."""
    if "|" not in line:
        return line
    fields = [field for field in line.split("|") if field.strip()]
    return fields[0].strip() if len(fields) == 1 else line


def render(
    blocks: Sequence[Block], spans: Sequence[SectionSpan], table_blocks: Collection[int] = ()
) -> tuple[Section, ...]:
    """The sections as text. ``table_blocks`` are indexes of paragraphs known to be lines of a table.

    Wrapped lines are joined into paragraphs, one a line; rows of grids and lines
    of tables stand one a line with tabs and are not among the ``prose`` spans.
    """
    scale = measure([block for block in blocks if isinstance(block, Paragraph) and block.wrapped])
    sections = []
    for ordinal, span in enumerate(spans):
        lines = _lines(blocks, span, frozenset(table_blocks), scale)
        text, prose = _written(lines)
        sections.append(Section(ordinal, span.number, span.heading, text, prose))
    return tuple(sections)


def _lines(
    blocks: Sequence[Block], span: SectionSpan, known: frozenset[int], scale: Measure
) -> list[tuple[str, bool]]:
    """The section's lines, each with whether it is prose."""
    rows = known | _table_lines(blocks, span)
    lines: list[tuple[str, bool]] = []
    pending: list[Paragraph] = []
    for index in range(span.start, span.end):
        block = blocks[index]
        if isinstance(block, Paragraph) and block.text[:1] in _SIGNS and _RULE.fullmatch(block.text):
            continue
        if isinstance(block, Paragraph) and index not in rows:
            pending.append(_without_heading(block, blocks, index, span))
            continue
        lines.extend((line, True) for line in join_lines(pending, scale))
        pending = []
        texts = _grid_rows(block) if isinstance(block, Grid) else [block.text.strip()]
        lines.extend((text, span.number not in _TABLES and _is_told(text)) for text in texts)
    lines.extend((line, True) for line in join_lines(pending, scale))
    return [(line, prose) for line, prose in lines if line]


def _without_heading(block: Paragraph, blocks: Sequence[Block], index: int, span: SectionSpan) -> Paragraph:
    """The block without the heading that is glued to it, and without pipes around its text."""
    text = alone(block.text)
    if index != span.start or not span.heading or not text.lstrip().startswith(span.heading):
        return block if text is block.text else replace(block, text=text)
    before = blocks[index - 1] if index else None
    if isinstance(before, Paragraph) and span.heading.endswith(before.text.strip()) and before.text.strip():
        return block
    rest = text.lstrip()[len(span.heading) :]
    return Paragraph(rest.lstrip(" ：:。\t"), block.place, block.level, block.wrapped, block.confidence)


def _table_lines(blocks: Sequence[Block], span: SectionSpan) -> set[int]:
    """Lines of a table in text: tabs, pipes, bare numbers; in sections two to four all between."""
    rows = []
    for index in range(span.start, span.end):
        block = blocks[index]
        if isinstance(block, Paragraph) and _is_table_line(block, span.number):
            rows.append(index)
    if span.number in _TABLES and rows:
        return set(range(rows[0], rows[-1] + 1))
    return set(rows)


def _is_table_line(block: Paragraph, number: int | None) -> bool:
    text = block.text
    if number in _TABLES and block.wrapped:
        return bool(is_row(text) and not is_none(text)) or bool(table_words(text))
    fields = "\t" in text and "。" not in text and any(char.isdigit() for char in text)
    return fields and bool(is_row(text))


def _is_told(row: str) -> bool:
    """Whether a row of a table holds sentences: 主动公开 beside what was done."""
    return "。" in row and any(len(cell) > _SENTENCE and "。" in cell for cell in row.split("\t"))


def _grid_rows(grid: Grid) -> list[str]:
    """The rows that hold anything: editors end tables with one that only tells how wide columns are."""
    rows = ("\t".join([cell.text for cell in row]) for row in grid.rows() if row)
    return [row.replace("\n", "") for row in rows if not row.isspace()]


def _written(lines: list[tuple[str, bool]]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The text and the spans of its prose, neighbouring lines in one."""
    spans: list[tuple[int, int]] = []
    position = 0
    follows = False
    for line, prose in lines:
        end = position + len(line)
        if prose:
            spans[-1:] = [(spans[-1][0], end)] if follows else [*spans[-1:], (position, end)]
        follows = prose
        position = end + 1
    return "\n".join(line for line, _ in lines), tuple(spans)
