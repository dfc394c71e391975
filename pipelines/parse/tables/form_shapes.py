"""What tells forms apart: all that grids print but values, which stand behind the labels of rows."""

from __future__ import annotations

import itertools
import marshal
import re
from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b
from operator import attrgetter
from typing import Any, Final

from pipelines.parse import vocabulary as words
from pipelines.parse.likeness import by_likeness, is_bare_number
from pipelines.parse.records import Grid
from pipelines.parse.tables.blocks import Captions
from pipelines.parse.tables.reviews_labels import captioned
from pipelines.parse.tables.suffix import labels_together
from pipelines.parse.tables.years import named_year
from pipelines.parse.vocabulary import is_blank, is_numberlike, row_label

_SPOT: Final = attrgetter("row", "column", "rowspan", "colspan")
_LONGEST: Final = 200  # characters of a label
_LARGEST: Final = 1_000  # cells of a document whose form is worth to be known

Grids = Sequence[tuple[int, Grid]]  # with their indexes in the document


def digest_of(grids: Grids, format_name: str, captions: Captions) -> bytes:
    """A digest of all that the reader of grids may look at but values; b"" where there is too much."""
    if sum(len(grid.cells) for _, grid in grids) > _LARGEST:
        return b""
    shapes = [(_shape(grid), _stage_above(captions, index), captions.unit(index)) for index, grid in grids]
    by_year = any(_names_years(grid) for _, grid in grids)
    return _digest((format_name, captions.year if by_year else "", shapes))


def _digest(said: Any) -> bytes:
    return blake2b(marshal.dumps(said, 2), digest_size=20).digest()


@by_likeness
def _names_years(grid: Grid) -> bool:
    return any(map(named_year, [cell.text for cell in grid.cells if "年" in cell.text]))


def _stage_above(captions: Captions, index: int) -> str:
    line = captions.line(index)
    return line.text if line and captioned(line) else ""


def _shape(grid: Grid) -> bytes:
    """What a grid prints but values."""
    return _shape_by_likeness(grid) if grid.told is not None and _has_but_values(grid) else _shape_of(grid)


@by_likeness
def _has_but_values(grid: Grid) -> bool:
    """Whether all figures of a grid are values, which its shape does not say."""
    values = values_of(grid)
    return not any(is_bare_number(cell.text) for n, cell in enumerate(grid.cells) if n not in values)


def _shape_of(grid: Grid) -> bytes:
    values = values_of(grid)
    texts = [None if n in values else _asked(cell.text) for n, cell in enumerate(grid.cells)]
    on_page = any(c.place.page is not None for c in grid.cells if c.colspan > 1)
    spots = list(map(_SPOT, grid.cells))
    return _digest((grid.exact, grid.n_rows, grid.n_columns, on_page, spots, texts))


_shape_by_likeness = by_likeness(_shape_of)


@by_likeness
def values_of(grid: Grid) -> set[int]:
    """Which cells of a grid are values: those behind the last words of their row, each in one row alone.

    A row of blanks has none if no words stand in it, as it may be one that the form does not have, and none
    if nothing but heads of columns do.
    """
    kinds = "".join(
        [_kind(c.text) if c.rowspan == 1 else _IN_SEVERAL_ROWS[_kind(c.text)] for c in grid.cells]
    )
    found: set[int] = set()
    end = 0
    texts = [cell.text for cell in grid.cells]
    for _, row in itertools.groupby([cell.row for cell in grid.cells]):
        start, end = end, end + len(list(row))
        if kinds[start:end].strip(_SAYING_NOTHING) and not words.heads_columns(texts[start:end]):
            found.update(range(start + len(kinds[start:end].rstrip(_BLANK + _VALUE)), end))
    return found


@lru_cache(maxsize=8192)
def _asked(text: str) -> str:
    """A label without white space, if it then says the same: readers drop it before they compare."""
    bare = "".join(text.split())
    same = (
        len(text) < _LONGEST
        and row_label(bare) == row_label(text)
        and labels_together(bare) == labels_together(text)
        and words.item_title(bare) == words.item_title(text)
        and named_year(bare) == named_year(text)
    )
    return bare if same else text


# what a cell prints, a sign for each
# most values; no label prints as much, and no year
_FIGURE: Final = re.compile(r"[+-]?(?!(?:19|20)\d\d$)(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?")
_BLANK: Final = "b"
_VALUE: Final = "v"
_WORDS: Final = "w"
_TALL_BLANK: Final = "t"
_SAYING_NOTHING: Final = _BLANK + _TALL_BLANK
_IN_SEVERAL_ROWS: Final = {_BLANK: _TALL_BLANK, _VALUE: _WORDS, _WORDS: _WORDS}


@lru_cache(maxsize=8192)
def _kind(text: str) -> str:
    """What a cell prints; what is like a number counts as words where it might name anything."""
    if _FIGURE.fullmatch(text):
        return _VALUE
    if is_blank(text):
        return _BLANK
    if not is_numberlike(text) or row_label(text) or words.names_column(text):
        return _WORDS
    names = words.GROUPS.match(text) or words.item_title(text) or words.is_extra(text) or named_year(text)
    return _WORDS if names else _VALUE


def prints_words(text: str) -> bool:
    """Whether a cell prints neither a value nor nothing."""
    return _kind(text) == _WORDS
