"""The blocks of a document as its tables are read from them: unfolded, whole, and of this report alone.

What comes out stands at the indexes that it has in the reading. A grid that is read as part of
another one, or belongs to another year's report, leaves an empty grid there.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from pipelines.parse import vocabulary as words
from pipelines.parse.labels import normal
from pipelines.parse.likeness import by_likeness
from pipelines.parse.numbers import money_unit
from pipelines.parse.records import UNREAD, Block, Grid, GridCell, Paragraph, Reading
from pipelines.parse.tables.broken.cuts import whole_rows
from pipelines.parse.tables.broken.halves import with_halves
from pipelines.parse.tables.by_column import joined_by_column
from pipelines.parse.tables.copies import offices_of, title_in, titles_of, without_other_years
from pipelines.parse.tables.delimited import tables_of_lines
from pipelines.parse.tables.listed import tables_of_lists
from pipelines.parse.tables.told import TOLD, row_named
from pipelines.parse.tables.unfold import unfold
from pipelines.parse.tables.years import BEFORE, OWN, title_year
from pipelines.parse.template import APPLICATIONS, PROACTIVE, REVIEWS
from pipelines.parse.vocabulary import is_blank, is_numberlike

_YEAR = re.compile(r"(?<!\d)(20\d\d)年")
_BEFORE_OR_AFTER = re.compile(
    r"(?P<before>(?:更正|修改|修订|调整|变更)前|累计|示例|样表|上一?年度?[情数对]|去年"
    r"|^其中[:,、]?各?(?:[省市县区旗州]?本级|[省市县区旗州]直|乡镇|镇乡|镇|街道|部门))"
    r"|(?:更正|修改|修订|调整|变更)后|本年度?[情数]"
)
_RUNNING = re.compile(r"信息公开.{0,12}(?:报告|年报)\W*\d{0,3}\W*$")
_COLON = re.compile("[:：]")  # behind the label of a value: 自然人：0件 may stand there often, too
_YEAR_REACH = 2  # blocks before a table that may name its year
_UNIT_REACH = 3  # blocks before a table that may state its unit
_PAGES, _LEAST = 3, 5  # times that the head of a page occurs, characters that it has
_SHORT = 40  # characters of a caption
_LABEL_ENDS = re.compile(r"[:：|\s]")  # behind the label that begins a line
_HOLDS = ("", UNREAD)  # what a cell prints beside a table in it
_ALIKE = 0.8  # share of labels that two copies of a table have in common
# labels that each table of the form has, be it a list
_HEADS = {"信息内容": PROACTIVE, "行政许可": PROACTIVE, "自然人": APPLICATIONS, "结果维持": REVIEWS}


def readable(reading: Reading) -> list[Block]:
    """The blocks of a reading as tables are read from them, each at its index."""
    whole = tables_of_lists(tables_of_lines(whole_rows(list(reading.blocks))))
    year = title_year(reading)
    blocks = [
        unfold(without_other_years(block, year)) if isinstance(block, Grid) else block for block in whole
    ]
    blocks = with_halves(joined_by_column(_joined(blocks)))
    return _filled_in(_of_this_office(_of_this_year(blocks, reading), reading))


def emptied(grid: Grid) -> Grid:
    """What stands at the index of a grid that is not read there."""
    return replace(grid, cells=(), n_rows=0, n_columns=0)


# --- tables inside cells ---------------------------------------------------------


def _joined(blocks: list[Block]) -> list[Block]:
    """Rows of values in tables of their own, put back into the cells that they stand in.

    Done only where it is certain: a table's labelled rows each hold one such cell of n columns,
    and exactly as many tables of a single row of n cells follow it.
    """
    for index, block in enumerate(blocks):
        if not isinstance(block, Grid) or not _rows_of_values(blocks[index + 1 : index + 2]):
            continue
        holes = list(_holes(block))
        inner = _rows_of_values(blocks[index + 1 : index + 2 + len(holes)])
        if len(holes) < 2 or [hole.colspan for hole in holes] != [grid.n_columns for grid in inner]:
            continue
        blocks[index] = _filled(block, dict(zip(map(id, holes), inner, strict=True)))
        blocks[index + 1 : index + 1 + len(holes)] = [emptied(grid) for grid in inner]
    return blocks


def _holes(grid: Grid) -> Iterator[GridCell]:
    """The cell of several columns without a text of its own that ends a labelled row, for every such row."""
    for row in grid.rows():
        if len(row) > 1 and row[-1].text in _HOLDS and row[-1].colspan > 1:
            labels = [cell.text for cell in row[:-1] if not is_blank(cell.text)]
            if labels and words.row_label(labels[-1]):
                yield row[-1]


def _rows_of_values(blocks: Iterable[Block]) -> list[Grid]:
    """The grids of a single row of values that the blocks begin with."""
    found: list[Grid] = []
    for block in blocks:
        if not isinstance(block, Grid) or block.n_rows != 1:
            break
        if not all(is_blank(cell.text) or is_numberlike(cell.text) for cell in block.cells):
            break
        found.append(block)
    return found


def _filled(grid: Grid, inner: dict[int, Grid]) -> Grid:
    cells: list[GridCell] = []
    for cell in grid.cells:
        if id(cell) not in inner:
            cells.append(cell)
            continue
        row, column = cell.row, cell.column
        cells += [replace(value, row=row, column=column + value.column) for value in inner[id(cell)].cells]
    return replace(grid, cells=tuple(cells))


# --- other years, other offices, blank forms ---------------------------------------


def _of_this_year(blocks: list[Block], reading: Reading) -> list[Block]:
    """Without the tables that the line above gives to another year than the report's, to the time before
    a correction or to a part of the offices, and of which there is a copy that is the report's own.
    """
    whose: dict[int, str] = {}
    for index, block in enumerate(blocks):
        if isinstance(block, Grid) and (named := _named_above(blocks, index, block) or whose.get(index - 1)):
            whose[index] = named  # one that follows another with nothing between is of the same
    if not whose:
        return blocks
    own_year = title_year(reading)
    own = {i for i, named in whose.items() if named in (OWN, own_year)}
    other = {i for i in whose.keys() - own if own_year or not whose[i].isdigit()}
    if not own and len(set(whose.values())) == 1:
        own = {i for i, block in enumerate(blocks) if isinstance(block, Grid) and i not in whose}
    if not other:
        return blocks
    heads = {head for i in own for head in _heads(blocks[i])} | _heads_told(blocks[: min(other)])
    return [
        emptied(block) if isinstance(block, Grid) and i in other and _heads(block) & heads else block
        for i, block in enumerate(blocks)
    ]


def _heads(block: Block) -> set[str]:
    """Which tables of the form a grid shows, in whatever form."""
    cells = block.cells if isinstance(block, Grid) else ()
    return {_HEADS[plain] for cell in cells if (plain := normal(cell.text)) in _HEADS}


def _heads_told(blocks: Iterable[Block]) -> set[str]:
    """Which tables of the form lines tell row by row, be they read as a table or not."""
    lines = (_LABEL_ENDS.split(b.text.strip(), maxsplit=1)[0] for b in blocks if isinstance(b, Paragraph))
    told = Counter(table for line in lines if len(line) <= _SHORT and (table := row_named(line)))
    return {table for table, rows in told.items() if rows >= TOLD}


def _named_above(blocks: Sequence[Block], index: int, grid: Grid) -> str:
    """Whose a grid is by a short line above it or at its beginning: a year's, ``OWN``, ``BEFORE`` or ""."""
    before = reversed(blocks[max(0, index - _YEAR_REACH) : index])
    above = (block.text if isinstance(block, Paragraph) else None for block in before)
    for line in (title_in(grid), *above):
        if line is None or len(line) > _SHORT:
            return ""
        text = normal(line)
        if told := _BEFORE_OR_AFTER.search(text):
            return BEFORE if told["before"] else OWN
        named = {
            *_YEAR.findall(text),
            *_YEAR.findall(line),
        }  # 表1 2023年 has a digit before it without its blank
        if named:
            return named.pop() if len(named) == 1 else ""
    return ""


@by_likeness
def _labels(grid: Grid) -> Counter[str]:
    """The printed labels of a grid: what stands in it and is no value."""
    texts = [cell.text for cell in grid.cells]
    return Counter(normal(text) for text in texts if not is_blank(text) and not is_numberlike(text))


def _is_part_of(grid: Grid, own: Sequence[Counter[str]]) -> bool:
    """Whether the labels of a grid stand in other ones, put together."""
    labels = _labels(grid)
    return (labels & sum(own, Counter())).total() >= _ALIKE * max(labels.total(), 1)


def _filled_in(blocks: list[Block]) -> list[Block]:
    """Without the tables that hold no figure where one before of the same labels does: the form once more.

    A blank table before another one may be the report's own, and the other one somebody else's.
    """
    filled: list[Grid] = []
    for i, block in enumerate(blocks):
        if isinstance(block, Grid) and _has_figures(block):
            filled.append(block)
        elif isinstance(block, Grid) and filled and _is_form_of(block, filled):
            blocks[i] = emptied(block)
    return blocks


def _is_form_of(blank: Grid, filled: Iterable[Grid]) -> bool:
    labels = set(_labels(blank))
    others = (set(_labels(grid)) for grid in filled)
    return any(len(labels & other) >= _ALIKE * max(len(labels), len(other), 1) for other in others)


@by_likeness
def _has_figures(grid: Grid) -> bool:
    return any(is_numberlike(cell.text) and not cell.text.isspace() for cell in grid.cells)


def _of_this_office(blocks: list[Block], reading: Reading) -> list[Block]:
    """Without the tables below another office's name, if there is a copy that is the report's own."""
    offices = offices_of(blocks)
    titles = titles_of(reading.blocks, reading.meta) if offices else []
    others = {
        index for index, office in offices.items() if titles and not any(office in title for title in titles)
    }
    own = [
        _labels(block)
        for i, block in enumerate(blocks)
        if others and isinstance(block, Grid) and i not in others
    ]
    return [
        emptied(block) if isinstance(block, Grid) and i in others and _is_part_of(block, own) else block
        for i, block in enumerate(blocks)
    ]


# --- lines around tables ---------------------------------------------------------


def running_lines(blocks: Sequence[Block]) -> set[str]:
    """The short lines that are the head of a page: the report's title, and what stands on several pages."""
    met = Counter(block.text for block in blocks if isinstance(block, Paragraph) and block.wrapped)
    return {text for text, times in met.items() if len(text) <= _SHORT and _is_running(text, times)}


def _is_running(text: str, times: int) -> bool:
    if _RUNNING.search(normal(text)):
        return True
    labels = (words.ROWS, words.APPLICANTS, words.OUTCOMES, words.PROACTIVE_COLUMNS, words.STAGES)
    return (
        times >= _PAGES
        and len(text) >= _LEAST
        and not any(c.isspace() for c in text)
        and not words.is_label_part(text)
        and not any(matcher.match(_COLON.split(text)[0]) for matcher in labels)
        and not is_numberlike(text)
    )


class Captions:
    """What short lines above a block say of it; ``year`` is that of the report's title, "" if unknown."""

    def __init__(self, blocks: Sequence[Block], year: str = "") -> None:
        self._blocks = blocks
        self.year = year

    def unit(self, index: int) -> str:
        """The unit of money that is stated just before the block."""
        before = self._blocks[max(0, index - _UNIT_REACH) : index + 1]
        near = [b.text for b in before if isinstance(b, Paragraph) and len(b.text) < _SHORT]
        return money_unit("\n".join(near)) if any("单位" in text for text in near) else ""

    def line(self, index: int) -> Paragraph | None:
        """The short line directly above the block."""
        above = self._blocks[index - 1] if index else None
        return above if isinstance(above, Paragraph) and len(above.text) < _SHORT else None
