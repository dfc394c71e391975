"""Values behind the name of their column in their own cell, as it is told to those who hear a page.

A page may hide these names by a style sheet that is not there. The header still tells the
columns: a name that is another column's than the cell's is left, and the row is flagged.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import replace

from pipelines.parse import vocabulary as words
from pipelines.parse.records import Grid, GridCell
from pipelines.parse.vocabulary import is_blank, is_numberlike

_LEAST = 3  # characters of the shortest name and a digit
_ABOVE = 4  # labels above a cell that may be its column's
_COLUMNS = (words.APPLICANTS, words.OUTCOMES, words.PROACTIVE_COLUMNS)
_HAN = "\u4e00"  # hardly a sign or a letter comes behind it


def without_names(grid: Grid) -> Grid:
    """The grid, its values without the names of their columns, where rows print them before their figures."""
    if not any(_may_be_named(cell.text) for cell in grid.cells):
        return grid
    above = [deque[str](maxlen=_ABOVE) for _ in range(grid.n_columns)]
    cells: list[GridCell] = []
    for row in grid.rows():
        bare = [_bare(cell, above[cell.column], row) for cell in row]
        if any(_is_named(cell, new) for cell, new in zip(row, bare, strict=True)):
            whole = not any(_may_be_named(cell.text) for cell in bare)
            cells += bare if whole else row
            continue
        cells += row
        for cell in row:
            if not any(match.sure for names in _COLUMNS if (match := names.match(cell.text))):
                continue
            for labels in above[cell.column : cell.column + cell.colspan]:
                labels.append(cell.text)
    return replace(grid, cells=tuple(cells)) if cells != list(grid.cells) else grid


def _may_be_named(text: str) -> bool:
    """Whether a text begins as a name does and ends in a digit."""
    return len(text) >= _LEAST and text[-1].isdecimal() and text[0] >= _HAN and text[0].isalpha()


def _is_named(cell: GridCell, bare: GridCell) -> bool:
    """Whether a cell names its column before its value, ``bare`` what is left; a header is a name alone."""
    return bare is not cell and (is_numberlike(bare.text) or cell.text[-1] in ":：")


def _bare(cell: GridCell, above: Iterable[str], row: Sequence[GridCell]) -> GridCell:
    """The cell without the name of its column, and of its row before that; the same where it bears none."""
    if is_blank(cell.text) or is_numberlike(cell.text):
        return cell
    before = {other.text for other in row if other.column < cell.column}
    for text in (cell.text, *(rest for name in before if (rest := _behind(name, cell.text)))):
        for name in above:
            rest = _behind(name, text)
            if rest is not None and (is_blank(rest) or is_numberlike(rest)):
                return replace(cell, text=rest)
    return cell


def _behind(name: str, text: str) -> str | None:
    """What stands behind a name in a text that begins with it, wherever its lines end."""
    squeezed, begins = "".join(text.split()), "".join(name.split())
    rest = squeezed[len(begins) :].lstrip(":：")
    return rest if begins and squeezed.startswith(begins) and text.endswith(rest) else None
