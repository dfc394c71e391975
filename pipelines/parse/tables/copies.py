"""Tables that a document has several times over, for other years or offices.

What is another year's or another office's is taken out only where the document says whose it is;
else the copies stay, and differing figures are flagged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from pipelines.parse.headings import match_heading
from pipelines.parse.labels import normal
from pipelines.parse.likeness import by_likeness
from pipelines.parse.records import Block, Grid, GridCell, Paragraph
from pipelines.parse.tables.years import BEFORE, OWN, TITLE_REACH, YEAR_REACH, label_of_year, named_year
from pipelines.parse.vocabulary import is_blank, is_numberlike, names_column

_OFFICE = re.compile(
    r"(?:附[件表]?\d{0,2}[:.、-]?|表\d{1,2}[:.、]?)?[◆●■★▲※·•*-]?"
    r"(?:\([一二三四五六七八九十]+\)|[一二三四五六七八九十\d]+[、.])?"
    r"(?:(?:填报|填表|报送|下属|所属|直属|二级|基层)?(?:单位|部门|机关|机构)(?:名称)?:?)?"
    r"(?P<name>(?!收到|主动|依申请|信息|行政[复诉]|申请|办理|处理)[\u4e00-\u9fff]{1,25}?"
    r"(?:局|中心|站|学校|中学|小学|幼儿园|所|院|大?队|馆|办|办公室|委|委员会|会|政府(?!信息)|镇|乡|街道|公司|集团|园区|服务部"
    r"|(?:管理|公路|养护|工务)段|[林农牧渔]场|(?:办事|管理|服务|征收|监督)处|(?:合作|供销|联)社|党校|[水电]厂|社区|(?<!农)村))"
    r"(?:\((?:合计|汇总|总计|本级|机关|公章|盖章|签章)\)|本级|机关)?(?:20\d\d年度?)?"
    r"(?P<holds>(?:主动公开|收到和?处理|依申请公开|政府信息|信息公开|申请|受理|统计|情况|数据)[\u4e00-\u9fff、]{0,20})?[:.]?"
)
_ENDS_WORDS: Final = "办所院会队站委"  # that end the names of much else
_WHOLE = re.compile("本级|汇总|合计|总表")  # of the office of the report, not of the one named before
_TITLED = re.compile(r"信息公开.{0,12}(?:报告|年报)")
_COUNTS: Final = ("数量", "件数", "数量(件)", "件数(件)")
_SHARES = re.compile(r"(?:占比|所占比例|比例|百分比|比重|同比|环比)(?:增减|变化|增幅)?(?:\(%\))?")
_OF_YEARS: Final = ("年度", "年份")
_SHORT: Final = 40  # characters of a line that may stand between the tables of one office


def titles_of(blocks: Sequence[Block], meta: dict[str, str]) -> list[str]:
    """The lines that may be the report's title, in their normal form."""
    lines = [b.text for b in blocks[:TITLE_REACH] if isinstance(b, Paragraph)]
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
            office = _office_named(blocks[index - 1 : index], block) or office
            if office:
                found[index] = office
            line = 0
        else:
            line += 1
            text = block.text
            if office and (line > 1 or len(text) > _SHORT or match_heading(text) or _WHOLE.search(text)):
                office = ""
    return found


def _office_named(above: Sequence[Block], grid: Grid) -> str:
    """The office that the line above a grid names, or the line that the grid begins with."""
    lines = [block.text for block in above if isinstance(block, Paragraph)]
    return next((name for line in (*lines, title_in(grid)) if line and (name := _office_in(line))), "")


def _office_in(line: str) -> str:
    """The office that a line names; with words behind it no 督办, no 听证会."""
    found = _OFFICE.fullmatch(normal(line))
    if found is None or (found["holds"] and found["name"][-1] in _ENDS_WORDS):
        return ""
    return found["name"]


@by_likeness
def title_in(grid: Grid) -> str:
    """What stands alone in the first row of a grid; "" where more stands there."""
    filled = [cell.text for cell in next(grid.rows(), ()) if not is_blank(cell.text)]
    return filled[0] if len(filled) == 1 else ""


# --- columns and rows of another year ------------------------------------------------


def without_other_years(grid: Grid, year: str) -> Grid:
    """The grid without the columns and rows that it gives to another year than the report's (``year``)."""
    return _without_rows(_without_columns(grid, year), year) if _names_years(grid) else grid


@by_likeness
def _names_years(grid: Grid) -> bool:
    return any(map(_year_of, [cell.text for cell in grid.cells if "年" in cell.text or "比" in cell.text]))


def _without_rows(grid: Grid, year: str) -> Grid:
    """The grid without the rows of other years, if there are rows of its own; labels above several stay."""
    stated = [(row[0].row, c) for row in grid.rows() for c in row[:YEAR_REACH] if named_year(c.text)]
    whose = {row: named_year(cell.text) for row, cell in stated}
    own = {row for row, named in whose.items() if named in (OWN, year)}
    other = whose.keys() - own
    if (
        not own
        or not other
        or len(stated) > len(whose)
        or (not year and any(map(str.isdigit, whose.values())))
    ):
        return grid
    names = {id(cell) for _, cell in stated} | {id(cell) for cell in grid.cells if _heads_years(cell)}
    cells: list[GridCell] = []
    for cell in grid.cells:
        rows = [row for row in range(cell.row, cell.row + cell.rowspan) if row not in other]
        if id(cell) not in names and rows:
            cells.append(replace(cell, row=rows[0], rowspan=rows[-1] - rows[0] + 1))
    return replace(grid, cells=tuple(sorted(cells, key=lambda c: (c.row, c.column))))


def _heads_years(cell: GridCell) -> bool:
    """Whether a cell stands above the years of rows."""
    return cell.colspan == 1 and normal(cell.text) in _OF_YEARS


def _without_columns(grid: Grid, year: str) -> Grid:
    named = list(_year_cells(grid))
    own = [cell for cell, whose in named if whose in (OWN, year)]
    other = [cell for cell, whose in named if whose not in (OWN, year)]
    if not other or not (own or _stand_beside_plain(other, grid)):
        return grid
    if not year and any(whose.isdigit() for _, whose in named):
        return grid
    gone = {column for cell in other for column in range(cell.column, cell.column + cell.colspan)}
    if gone & {column for cell in own for column in range(cell.column, cell.column + cell.colspan)}:
        return grid
    if len(_ends(grid)) > 1:
        return grid  # in a row that lost a cell the years' values would change places
    kept = [c for c in grid.cells if not gone.issuperset(range(c.column, c.column + c.colspan))]
    labels = {id(cell): label for cell in own if (label := label_of_year(cell.text)[0])}
    left = [replace(c, text=labels[id(c)]) if id(c) in labels else c for c in kept]
    return replace(grid, cells=tuple(c for c in left if c not in own))


def _stand_beside_plain(named: Sequence[GridCell], grid: Grid) -> bool:
    """Whether the label that each cell puts a year behind stands in its row without one, too."""
    printed = {(cell.row, normal(cell.text)) for cell in grid.cells}
    labels = [(cell.row, label_of_year(cell.text)[0]) for cell in named]
    return all(label and (row, label) in printed for row, label in labels)


def _year_of(text: str) -> str:
    """The year that a cell of a header names, alone or beside the label of a column (自然人（上年）).

    A column of shares beside one of counts is as little the form's as one of another year.
    """
    label, year = label_of_year(text)
    return year if names_column(label) else named_year(text) or _measured(text)


def _measured(text: str) -> str:
    """``OWN`` for a cell of a header that names counts, ``BEFORE`` for one that names shares or changes."""
    plain = normal(text)
    return OWN if plain in _COUNTS else BEFORE if _SHARES.fullmatch(plain) else ""


def _ends(grid: Grid) -> set[int]:
    """The columns in which the rows of a grid end, cells that reach into them from above among them."""
    ends = [0] * grid.n_rows
    for cell in grid.cells:
        for row in range(cell.row, min(cell.row + cell.rowspan, grid.n_rows)):
            ends[row] = max(ends[row], cell.column + cell.colspan)
    return set(ends)


def _year_cells(grid: Grid) -> Iterator[tuple[GridCell, str]]:
    """The cells of the header that name a year, those at the beginning of a row excepted."""
    for row in grid.rows():
        filled = [c for c in row if not is_blank(c.text)]
        if any(is_numberlike(c.text) for c in filled):
            return
        named = [(c, year) for c in filled if (year := _year_of(c.text))]
        if len(named) > 1:
            yield from named
