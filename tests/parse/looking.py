"""What a reading holds, as tests of the readers look at it."""

from __future__ import annotations

from pipelines.parse.read.html import read_html
from pipelines.parse.records import Grid, Paragraph, Reading
from tests.parse import table_layouts


def lines(reading: Reading) -> list[str]:
    return [block.text for block in reading.blocks if isinstance(block, Paragraph)]


def grids(reading: Reading) -> list[Grid]:
    return [block for block in reading.blocks if isinstance(block, Grid)]


def texts(grid: Grid) -> list[list[str]]:
    """By rows."""
    return [[cell.text for cell in row] for row in grid.rows()]


def tables_of_page(three: str, head: str = "") -> list[list[list[str]]]:
    """The texts of all grids of a page with this section three, and this head."""
    return [texts(grid) for grid in grids(read_html((head + table_layouts.page("", three, "")).encode()))]
