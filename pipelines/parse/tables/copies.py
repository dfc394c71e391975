"""Tables that a document has several times over, for other years or offices, or cut in two by columns.

What is another year's or another office's is taken out only where the document says whose it is;
else the copies stay, and differing figures are flagged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from pipelines.parse import vocabulary as words
from pipelines.parse.headings import match_heading
from pipelines.parse.labels import normal
from pipelines.parse.records import Block, Grid, GridCell, Paragraph
from pipelines.parse.tables.years import OWN, named_year
from pipelines.parse.vocabulary import is_blank, is_numberlike

_OFFICE = re.compile(
    r"(?:附件?\d?[:.、]?)?(?:\([一二三四五六七八九十]+\)|[一二三四五六七八九十\d]+[、.])?"
    r"(?P<name>[\u4e00-\u9fff]{2,25}(?:局|中心|站|学校|中学|小学|幼儿园|所|院|大?队|馆|办|办公室|委|委员会|会|政府|镇|乡|街道|公司|园区|服务部))[:.]?"
)
_TITLED = re.compile(r"信息公开.{0,12}(?:报告|年报)")
_TITLE_REACH: Final = 6  # blocks at a document's beginning that may hold its title
_SHORT: Final = 40  # characters of a line that may stand between the tables of one office
_ROWS: Final = 10  # rows that two halves of a table have in common


def titles_of(blocks: Sequence[Block], meta: dict[str, str]) -> list[str]:
    """The lines that may be the report's title, in their normal form."""
    lines = [b.text for b in blocks[:_TITLE_REACH] if isinstance(b, Paragraph)]
    return [plain for text in (*lines, *meta.values()) if _TITLED.search(plain := normal(text))]


def offices_of(blocks: Sequence[Block]) -> dict[int, str]:
    """The office that each grid is of, by the index of the grid, where one is named.

    A line of its own just above a grid names it, for this grid and for those that follow it
    with nothing between but a short line that is no heading.
    """
    found: dict[int, str] = {}
    office, line = "", 0
    for index, block in enumerate(blocks):
        if isinstance(block, Grid):
            office = _office_named(blocks[index - 1]) or office if index else office
            if office:
                found[index] = office
            line = 0
        else:
            line += 1
            if line > 1 or len(block.text) > _SHORT or match_heading(block.text):
                office = ""
    return found


def _office_named(block: Block) -> str:
    found = _OFFICE.fullmatch(normal(block.text)) if isinstance(block, Paragraph) else None
    return found["name"] if found else ""


# --- columns of another year -------------------------------------------------------


def without_other_years(grid: Grid, year: str) -> Grid:
    """The grid without the columns that its header gives to another year than the report's (``year``)."""
    if not any(map(named_year, [cell.text for cell in grid.cells if "年" in cell.text])):
        return grid
    named = list(_year_cells(grid))
    own = [cell for cell, whose in named if whose in (OWN, year)]
    other = [cell for cell, whose in named if whose not in (OWN, year)]
    if not own or not other or (not year and any(whose.isdigit() for _, whose in named)):
        return grid
    gone = {column for cell in other for column in range(cell.column, cell.column + cell.colspan)}
    if gone & {column for cell in own for column in range(cell.column, cell.column + cell.colspan)}:
        return grid
    if len({row[-1].column + row[-1].colspan for row in grid.rows() if row}) > 1:
        return grid  # in a row that lost a cell the years' values would change places
    kept = [c for c in grid.cells if not gone.issuperset(range(c.column, c.column + c.colspan))]
    return replace(grid, cells=tuple(c for c in kept if c not in own))


def _year_cells(grid: Grid) -> Iterator[tuple[GridCell, str]]:
    """The cells of the header that name nothing but a year, those at the beginning of a row excepted."""
    for row in grid.rows():
        filled = [c for c in row if not is_blank(c.text)]
        if any(is_numberlike(c.text) for c in filled):
            return
        named = [(c, year) for c in filled if (year := named_year(c.text))]
        if len(named) > 1:
            yield from named


# --- halves of a table -------------------------------------------------------------


def side_by_side(blocks: list[Block]) -> list[Block]:
    """Two grids that share the rows of section three and its columns between them, as one."""
    grids = [i for i, block in enumerate(blocks) if isinstance(block, Grid) and block.n_rows >= _ROWS]
    for left, right in pairwise(grids):
        first, second = blocks[left], blocks[right]
        if isinstance(first, Grid) and isinstance(second, Grid) and (whole := _joined(first, second)):
            blocks[left] = whole
            blocks[right] = replace(second, cells=(), n_rows=0, n_columns=0)
    return blocks


def _joined(left: Grid, right: Grid) -> Grid | None:
    """The grid that two halves make; None where they are none."""
    if not (left.exact and right.exact) or left.n_rows != right.n_rows:
        return None
    here, there = _applicants(left), _applicants(right)
    if len(here) < 2 or len(there) < 2 or set(here) & set(there):
        return None
    if {*here, *there} != set(words.APPLICANT_ORDER) or _labels(left) != _labels(right):
        return None
    start = min(there.values())
    shift = left.n_columns - start
    added = [replace(c, column=c.column + shift) for c in right.cells if c.column >= start]
    cells = sorted([*left.cells, *added], key=lambda c: (c.row, c.column))
    return replace(left, cells=tuple(cells), n_columns=right.n_columns + shift)


def _applicants(grid: Grid) -> dict[str, int]:
    """The applicants that the first row with several of them names, with their columns."""
    for row in grid.rows():
        named = {m.key: c.column for c in row if (m := words.APPLICANTS.match(c.text))}
        if len(named) > 1:
            return named
    return {}


def _labels(grid: Grid) -> list[tuple[int, str]]:
    """The row labels of a grid, with their rows; but for those that name a column too (其他, 总计)."""
    return [
        (c.row, found.match.key)
        for c in grid.cells
        if not words.APPLICANTS.match(c.text) and (found := words.row_label(c.text))
    ]
