"""A table of a page to blocks: grids, and the rows of one cell between them that are lines of text.

Where the cells of a form stand is the same in thousands of reports, so it is worked out once.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from pipelines.parse.headings import match_heading
from pipelines.parse.likeness import liken
from pipelines.parse.read.grid import Groups, place_spans
from pipelines.parse.records import Block, Grid, GridCell, Paragraph, Place

_PROSE_ROW: Final = 80  # characters of a row of one cell that is a paragraph and not a title
_NONE = re.compile(r"(?:本?年度?)?(?:无|没有)(?:此类|相关|上述)?(?:情况|内容|案件)?[。.]?")  # below a heading
_USUAL: Final = 320  # cells; the layout of a larger table is worth no memory


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Where the cells of a table stand, each field in their order.

    ``wide`` are the indexes of the cells that alone make a row, ``tall`` those of cells over several rows.
    ``cut`` counts the spans that had to be cut.
    """

    rows: tuple[int, ...]
    columns: tuple[int, ...]
    rowspans: tuple[int, ...]
    colspans: tuple[int, ...]
    wide: tuple[int, ...]
    tall: tuple[int, ...]
    n_rows: int
    n_columns: int
    cut: int


def lay_out(groups: Groups) -> Layout:
    """Place the cells of a table, given by their spans; raises ValueError as :func:`place_spans`."""
    return _known(groups) if sum(map(len, itertools.chain(*groups))) <= _USUAL else _laid_out(groups)


def table_blocks(layout: Layout, texts: Sequence[str], number: int) -> list[Block]:
    """The blocks of the table of that ``number`` in its document; ``texts`` are those of its cells."""
    places = _places(layout, number) if len(texts) <= _USUAL else _placed(layout, number)
    lines = {layout.rows[n]: n for n in layout.wide if _is_line(texts[n])}
    lines |= {
        layout.rows[n]: n for n in layout.wide if layout.rows[n] - 1 in lines and _NONE.fullmatch(texts[n])
    }
    edges = sorted({0, layout.n_rows, *lines, *(row + 1 for row in lines)})
    blocks: list[Block] = []
    for start, end in itertools.pairwise(edges):
        first, last = bisect_left(layout.rows, start), bisect_left(layout.rows, end)
        if start in lines and end - start == last - first == 1:
            place = Place(table=number, row=start, column=0)
            blocks.extend(Paragraph(line, place) for line in texts[first].split("\n"))
            continue
        part = slice(first, last)
        rows = [row - start for row in layout.rows[part]] if start else layout.rows[part]
        spans = layout.rowspans[part], layout.colspans[part]
        cells = tuple(map(GridCell, rows, layout.columns[part], texts[part], places[part], *spans))
        grid = Grid(cells, end - start, layout.n_columns, Place(table=number, row=start or None))
        blocks.append(liken_part(grid, layout))
    return blocks


def liken_part(grid: Grid, layout: Layout) -> Grid:
    """The grid, a part of a table laid out so, as one of those that are alike."""
    start = grid.place.row or 0
    tall = [cell.text for cell in grid.cells if cell.rowspan > 1]
    return liken(grid, (layout, start, start + grid.n_rows), tall)


def _is_line(text: str) -> bool:
    """Whether the text of a row of one cell is a section's heading or a paragraph."""
    return len(text) > _PROSE_ROW or (
        match_heading(text) is not None and match_heading(text.split("\n")[0]) is not None
    )


def _laid_out(groups: Groups) -> Layout:
    spans = place_spans(groups)
    wide = (
        n
        for n, span in enumerate(spans.places)
        if spans.n_columns > 1 and span.colspan >= spans.n_columns and span.rowspan < 2
    )
    tall = tuple(n for n, span in enumerate(spans.places) if span.rowspan > 1)
    rows, columns, rowspans, colspans = zip(*spans.places, strict=True) if spans.places else ((),) * 4
    return Layout(
        rows, columns, rowspans, colspans, tuple(wide), tall, spans.n_rows, spans.n_columns, spans.cut
    )


def _placed(layout: Layout, table: int) -> tuple[Place, ...]:
    return tuple([Place(table, row, column) for row, column in zip(layout.rows, layout.columns, strict=True)])


_known = lru_cache(maxsize=48)(_laid_out)
_places = lru_cache(maxsize=64)(_placed)
