"""Tables that are named as another office's or another year's and stand alone: their rows are nobody's."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Final

from pipelines.parse.labels import normal
from pipelines.parse.records import Block, Grid, Paragraph, Reading
from pipelines.parse.tables.blocks import Captions
from pipelines.parse.tables.copies import offices_of, title_in, titles_of
from pipelines.parse.tables.findings import Finding
from pipelines.parse.tables.grid import GridReader
from pipelines.parse.tables.years import OWN, named_year
from pipelines.parse.titles import parse_title

NOT_ITS_OWN = (
    "表上方写的是另一机关或另一年度"
    " / the line above its table names another office or another year than the report's"
)
_DIVISION: Final = re.compile(r"^(?:[^省市县区旗州盟]{1,7}[省市县区旗州盟])+")
_OF_MANY: Final = re.compile(
    "(?:政务|政府)?信息(?:与政务)?公开|(?:依申请|主动)|公开|政务|党政|国务院|人民|政府|领导小组|委员会|"
    "办公室|街道|公司|中心|机关|综合|[我本全该]|[党局委办站所队馆院校镇乡省市县区旗州盟]"
)

_LED: Final = re.compile(r"\(?(20\d\d)年度?\)?(?:情况|数据|统计|申请|办理)[\u4e00-\u9fff]{0,8}")
_LONGEST: Final = 80  # characters of a line that says little but a year, blanks included


def named_as_others(blocks: Sequence[Block], reading: Reading, year: str) -> frozenset[int]:
    """The indexes of grids that the line above gives to another office or year than the report's (``year``).

    An office is another one by the characters that tell it from others: those that do not stand in the agency
    that the title names. A year counts where the report's own table may be elsewhere: where a line names the
    own year and no grid follows it, or in a picture.
    """
    return frozenset((*_of_offices(blocks, reading), *_of_years(blocks, year, reading.images > 0)))


def rows_of_others(
    blocks: Sequence[Block], others: Collection[int], format_name: str, captions: Captions
) -> tuple[Finding, ...]:
    """The rows of the form in the grids of ``others``, each with its values and why they are none."""
    reader = GridReader(format_name, captions)
    for index in sorted(others):
        grid = blocks[index]
        if isinstance(grid, Grid):
            reader.read(index, grid)
    return tuple(row.failed(NOT_ITS_OWN) for row in reader.finish().rows)


def _of_offices(blocks: Sequence[Block], reading: Reading) -> list[int]:
    offices = {index: office for index, office in offices_of(blocks).items() if _stands_at(blocks, index)}
    titles = titles_of(reading.blocks, reading.meta) if offices else []
    agencies = [agency for title in titles if (agency := parse_title(title).agency)]
    if not agencies:
        return []
    return [index for index, office in offices.items() if not any(_is_kin(office, name) for name in agencies)]


def _is_kin(office: str, agency: str) -> bool:
    """Whether an office may be the agency, under a short name or an earlier one, rather than a part of it."""
    own = _OF_MANY.sub("", _DIVISION.sub("", office))
    shared = sum(char in _DIVISION.sub("", agency) for char in own)
    renamed = office[-1] == agency[-1] and 2 * shared >= len(own)
    return office in agency or shared == len(own) or renamed


def _of_years(blocks: Sequence[Block], year: str, pictured: bool) -> list[int]:
    named = {index: whose for index in range(len(blocks)) if (whose := _year_before(blocks, index))}
    own = [index for index, whose in named.items() if whose in (OWN, year)]
    if not pictured and all(_stands_at(blocks, index) for index in own):
        return []
    return [
        index
        for index, whose in named.items()
        if whose not in (OWN, year) and (year or not whose.isdigit()) and _stands_at(blocks, index)
    ]


def _year_before(blocks: Sequence[Block], index: int) -> str:
    """The year that the line before a block names, or the one that a grid begins with; "" for any other."""
    above, block = blocks[index - 1] if index else None, blocks[index]
    line = above.text if isinstance(above, Paragraph) else ""
    begins = title_in(block) if isinstance(block, Grid) and block.cells else ""
    for text in (line, begins):
        if "年" in text[:9] and len(text) < _LONGEST and (year := _year_led(text)):
            return year
    return ""


def _year_led(text: str) -> str:
    """The year that a line names which says little else."""
    plain = normal(text)
    found = _LED.fullmatch(plain)
    return named_year(plain) or (found[1] if found else "")


def _stands_at(blocks: Sequence[Block], index: int) -> bool:
    """Whether a grid stands at an index that is not another one's copy."""
    block = blocks[index] if index < len(blocks) else None
    return isinstance(block, Grid) and bool(block.cells)
