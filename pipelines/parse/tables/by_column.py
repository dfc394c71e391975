"""Section three in several tables one behind the other, each with the same rows and some of its columns.

Such is a table cut in two by columns, or one table for each kind of applicant, which its header, its
title or the line above it names. They become the one that the form prints; each cell keeps its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from pipelines.parse import vocabulary as words
from pipelines.parse.labels import Match, normal
from pipelines.parse.likeness import by_likeness
from pipelines.parse.records import Block, Grid, GridCell, Paragraph
from pipelines.parse.tables.row_labels import label_of
from pipelines.parse.tables.told import Pair, Row, wide
from pipelines.parse.template import APPLICATIONS
from pipelines.parse.vocabulary import is_blank, is_numberlike

_ROWS: Final = 10  # rows that the parts of a table have in common
_HEAD: Final = 4  # rows that its header may have
_SHORT: Final = 40  # characters of a line above a table
_OF_KIND = re.compile(
    r"(?:表?[\d一二三四五六七]+[:.、]?)?(?:申请人(?:情况|类[型别])?:?)?(?P<kind>.+?)(?:申请)?(?:办理)?(?:情况)?:?"
)


class _Part(NamedTuple):
    """A table with some of the columns: the keys of its rows, their labels, and their values by column."""

    rows: tuple[str, ...]
    labels: tuple[GridCell, ...]
    heads: dict[str, tuple[Match, GridCell]]
    values: tuple[dict[str, GridCell], ...]


def joined_by_column(blocks: list[Block]) -> list[Block]:
    """The blocks, in which tables that share the rows of section three and its columns between them are one.

    The one stands at the index of the first; the others leave empty grids.
    """
    grids = [(i, block) for i, block in enumerate(blocks) if isinstance(block, Grid) and _may_be_part(block)]
    if len(grids) < 2:
        return blocks
    for run in _runs([(i, part) for i, grid in grids if (part := _part(blocks, i, grid))]):
        first, *others = (i for i, _ in run)
        whole = blocks[first]
        if isinstance(whole, Grid):
            blocks[first] = _joined([part for _, part in run], whole)
        for i in others:
            blocks[i] = Grid((), 0, 0, whole.place)
    return blocks


def _runs(parts: Sequence[tuple[int, _Part]]) -> Iterator[list[tuple[int, _Part]]]:
    """Parts with the same rows that have each column of the form once."""
    run: list[tuple[int, _Part]] = []
    for index, part in parts:
        if run and (run[-1][1].rows != part.rows or any(part.heads.keys() & p.heads.keys() for _, p in run)):
            run = []
        run.append((index, part))
        if {key for _, p in run for key in p.heads} == set(words.APPLICANT_ORDER):
            yield run
            run = []


def _joined(parts: Sequence[_Part], grid: Grid) -> Grid:
    rows = []
    for number, label in enumerate(parts[0].labels):
        row = Row(APPLICATIONS, label)
        for part in parts:
            row.pairs += [
                Pair(APPLICATIONS, match, head, part.values[number][key])
                for key, (match, head) in part.heads.items()
            ]
        rows.append(row)
    return wide(rows, grid.place)


def _may_be_part(grid: Grid) -> bool:
    return grid.n_rows >= _ROWS and grid.exact and not _is_whole(grid)


def _part(blocks: Sequence[Block], index: int, grid: Grid) -> _Part | None:
    """The grid at an index as a part of section three; None where it is none, or has lost a cell."""
    titles: list[GridCell] = []
    rows: list[tuple[str, GridCell, list[GridCell]]] = []
    for row in filter(None, grid.rows()):
        label, found, values = label_of(row)
        if found and found.table != APPLICATIONS:
            return None
        if found and (rows or found.match.key not in words.WEAK_ROWS):
            rows.append((found.match.key, replace(row[0], text=label), values))
        elif rows and any(is_numberlike(c.text) for c in row):
            return None
        elif not rows:
            titles += [c for c in row if not is_blank(c.text)]
    if len(rows) < _ROWS:
        return None
    heads = _heads(titles) or _named_above(blocks, index, titles, [values for _, _, values in rows])
    beside = [{c.column: c for c in values if c.colspan == 1} for _, _, values in rows]
    if not heads or any(head.column not in cells for cells in beside for _, head in heads.values()):
        return None
    if any(len(cells) != len(heads) for cells in beside):
        return None
    return _Part(
        tuple(key for key, _, _ in rows),
        tuple(label for _, label, _ in rows),
        heads,
        tuple({key: cells[head.column] for key, (_, head) in heads.items()} for cells in beside),
    )


@by_likeness
def _is_whole(grid: Grid) -> bool:
    """Whether the header of a grid names all the columns of section three."""
    named = {m.key for c in grid.cells if c.row < _HEAD and (m := words.APPLICANTS.match(c.text))}
    return len(named) == len(words.APPLICANT_ORDER)


def _heads(titles: Sequence[GridCell]) -> dict[str, tuple[Match, GridCell]]:
    """The columns that cells above the rows name, each over one column of its own."""
    named = [(m, c) for c in titles if c.colspan == 1 and (m := words.APPLICANTS.match(c.text))]
    heads = {match.key: (match, cell) for match, cell in named}
    return heads if len(heads) == len(named) else {}


def _named_above(
    blocks: Sequence[Block], index: int, titles: Sequence[GridCell], rows: Sequence[Sequence[GridCell]]
) -> dict[str, tuple[Match, GridCell]]:
    """The one column of a table whose title, or the line above it, names whose it is."""
    if any(len(values) != 1 for values in rows) or len({values[0].column for values in rows}) > 1:
        return {}
    value = rows[0][0]
    line = blocks[index - 1] if index else None
    above = []
    if isinstance(line, Paragraph) and len(line.text) < _SHORT:
        above = [replace(value, text=line.text, place=line.place)]
    for cell in (*titles, *above):
        found = _OF_KIND.fullmatch(normal(cell.text))
        if found and (match := words.APPLICANTS.match(found["kind"])):
            return {match.key: (match, replace(cell, text=found["kind"], column=value.column))}
    return {}
