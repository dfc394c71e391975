"""Ruling lines to tables: which rectangles do the printed lines of a page enclose?

Pure geometry, shared by PDF, OFD and scans. Coordinates grow right and down; all
lengths are in the unit of the page (points, or pixels scaled by ``unit``).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Final, NamedTuple

from pipelines.parse.read.grid import Span
from pipelines.parse.records import Box

# lines nearer than this to the next are one line: double borders, edges of thin rectangles
_SNAP: Final = 3.6
# no line is thicker than this, however many stand close
_THICKEST: Final = 7.0
# lines of one position that lie further apart than those of a double border stand aside from it in some rows
_DRIFT: Final = 2.5
# an empty band of this breadth stands between two tables, never between the lines of one
_APART: Final = 4.0
# gaps in a line that are still one line: dots, dashes, cells drawn one by one
_JOIN: Final = 3.5
# a line shorter than this holds nothing
_SHORTEST: Final = 5.0
# lines that stick out further than this beyond the last crossing enclose an open row or column
_OVERHANG: Final = 8.0
# a wall stands where a line covers this share of the cell's side
_COVER: Final = 0.5
# a line no longer than this is a dot of a dotted one
DOT: Final = 1.5
MAX_CELLS: Final = 20_000
MAX_EDGES: Final = 40_000


class Edge(NamedTuple):
    """A straight line along one axis: horizontal where ``top == bottom``."""

    x0: float
    top: float
    x1: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Lattice:
    """A ruled table: the positions of its lines, and the cells that they enclose.

    ``drifted``: in place of ``xs``, where they stand in rows that are drawn a little aside from others.
    """

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    cells: tuple[Span, ...]
    drifted: Mapping[int, tuple[float, ...]] = field(default_factory=dict)

    @property
    def box(self) -> Box:
        """The outer border."""
        return self.xs[0], self.ys[0], self.xs[-1], self.ys[-1]

    def cell_box(self, cell: Span) -> Box:
        """The rectangle of a cell."""
        return (
            self.xs[cell.column],
            self.ys[cell.row],
            self.xs[cell.column + cell.colspan],
            self.ys[cell.row + cell.rowspan],
        )


class _Rule(NamedTuple):
    """A line at ``at`` on the one axis, from ``start`` to ``end`` on the other."""

    at: float
    start: float
    end: float
    drawn: tuple[tuple[float, float, float], ...] = ()  # as it is, in pieces, where these stand aside


def find_lattices(edges: Iterable[Edge], unit: float = 1.0) -> list[Lattice]:
    """The tables among ``edges``, top first; a lattice has at least two cells in two columns.

    ``unit`` is the length of a point in the unit of the coordinates: 200/72 for a
    scan of 200 dpi.
    """
    found: list[Lattice] = []
    for drawn in _apart(list(edges)[:MAX_EDGES], unit):
        across = _rules([_Rule(e.top, e.x0, e.x1) for e in drawn if e.x1 - e.x0 >= e.bottom - e.top], unit)
        down = _rules([_Rule(e.x0, e.top, e.bottom) for e in drawn if e.bottom - e.top > e.x1 - e.x0], unit)
        lattices = [_lattice(hs, vs, unit) for hs, vs in _crossing(across, down, _SNAP * unit)]
        found += [lattice for lattice in lattices if lattice is not None]
    return sorted(found, key=lambda lattice: (lattice.ys[0], lattice.xs[0]))


def _apart(edges: list[Edge], unit: float) -> Iterable[list[Edge]]:
    """The edges in sets that an empty band, down or across, keeps apart: tables above or beside each other.

    The lines of one table are snapped to each other, never to those of another.
    """
    for rows in _bands(edges, 1, 3, unit):
        for columns in _bands(rows, 0, 2, unit):
            if len(columns) < len(rows) < len(edges):
                yield from _apart(columns, unit)
            else:
                yield columns


def _bands(edges: list[Edge], start: int, end: int, unit: float) -> list[list[Edge]]:
    """The edges in sets between which no edge stands; ``start`` and ``end`` are its fields on the axis."""
    bands: list[list[Edge]] = []
    reach = 0.0
    for edge in sorted(edges, key=itemgetter(start)):
        if not bands or edge[start] > reach + _APART * unit:
            bands.append([])
            reach = edge[end]
        bands[-1].append(edge)
        reach = max(reach, edge[end])
    return bands


def _rules(raw: list[_Rule], unit: float) -> list[_Rule]:
    """Lines of one direction, snapped to common positions and joined along them."""
    rules: list[_Rule] = []
    group: list[_Rule] = []
    for rule in sorted(raw):
        apart = group and (rule.at - group[-1].at > _SNAP * unit or rule.at - group[0].at > _THICKEST * unit)
        if apart:
            rules += _joined(group, unit)
            group = []
        group.append(rule)
    return rules + (_joined(group, unit) if group else [])


def _joined(group: list[_Rule], unit: float) -> list[_Rule]:
    at = sum(rule.at for rule in group) / len(group)
    drawn = tuple(rule[:3] for rule in group) if group[-1].at - group[0].at > _DRIFT * unit else ()
    joined: list[_Rule] = []
    parts = sorted([(start, end) for _, start, end, _ in group])
    first, last = parts[0]
    for start, end in parts:
        if start > last + _JOIN * unit:
            joined.append(_Rule(at, first, last, drawn))
            first, last = start, end
        elif end > last:
            last = end
    joined.append(_Rule(at, first, last, drawn))
    return [rule for rule in joined if rule.end - rule.start >= _SHORTEST * unit]


def _crossing(across: list[_Rule], down: list[_Rule], near: float) -> list[tuple[list[_Rule], list[_Rule]]]:
    """Sets of lines that hang together by crossing each other."""
    parent = list(range(len(across) + len(down)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for i, h in enumerate(across):
        for j, v in enumerate(down, len(across)):
            if h.start - near <= v.at <= h.end + near and v.start - near <= h.at <= v.end + near:
                parent[root(j)] = root(i)
    groups: dict[int, tuple[list[_Rule], list[_Rule]]] = {}
    for i, rule in enumerate((*across, *down)):
        groups.setdefault(root(i), ([], []))[i >= len(across)].append(rule)
    return [(hs, vs) for hs, vs in groups.values() if hs and vs]


def _lattice(across: list[_Rule], down: list[_Rule], unit: float) -> Lattice | None:
    xs = _positions(down, across, unit)
    ys = _positions(across, down, unit)
    rows, columns = len(ys) - 1, len(xs) - 1
    if columns < 2 or rows < 1 or rows * columns > MAX_CELLS:
        return None
    right = _walls(down, xs, ys)
    below = _walls(across, ys, xs)
    cells = tuple(_cells(rows, columns, right, below))
    if len(cells) < 2:
        return None
    drawn = {rule.at: rule.drawn for rule in down if rule.drawn}
    return Lattice(tuple(xs), tuple(ys), cells, _drifted(xs, ys, drawn) if drawn else {})


def _drifted(
    xs: Sequence[float], ys: Sequence[float], drawn: Mapping[float, Sequence[tuple[float, float, float]]]
) -> dict[int, tuple[float, ...]]:
    """Where the lines at ``xs`` stand in each row, by the pieces in which some are ``drawn``."""
    return {
        row: tuple(_beside(x, (top + bottom) / 2, drawn.get(x, ())) for x in xs)
        for row, (top, bottom) in enumerate(itertools.pairwise(ys))
    }


def _beside(x: float, middle: float, drawn: Iterable[tuple[float, float, float]]) -> float:
    """Where the pieces of a line stand that pass a height; ``x`` where none does."""
    here = [at for at, start, end in drawn if start <= middle <= end]
    return sum(here) / len(here) if here else x


def _positions(rules: Sequence[_Rule], crossing: Sequence[_Rule], unit: float) -> list[float]:
    """Where the lines of one direction stand, with the open ends that the crossing lines reach."""
    at = sorted({rule.at for rule in rules})
    first, last = min(rule.start for rule in crossing), max(rule.end for rule in crossing)
    if at[0] - first > _OVERHANG * unit:
        at.insert(0, first)
    if last - at[-1] > _OVERHANG * unit:
        at.append(last)
    return at


def _walls(rules: Sequence[_Rule], at: list[float], along: list[float]) -> set[tuple[int, int]]:
    """(i, k) where a line at ``at[i]`` stands between ``along[k]`` and ``along[k + 1]``."""
    index = {position: i for i, position in enumerate(at)}
    walls: set[tuple[int, int]] = set()
    for rule in rules:
        for k, (start, end) in enumerate(itertools.pairwise(along)):
            covered = (end if end < rule.end else rule.end) - (start if start > rule.start else rule.start)
            if covered >= _COVER * (end - start):
                walls.add((index[rule.at], k))
    return walls


def _cells(
    rows: int, columns: int, right: set[tuple[int, int]], below: set[tuple[int, int]]
) -> Iterable[Span]:
    """Rectangles without a wall inside, in reading order; they cover the grid, each place once."""
    taken: set[tuple[int, int]] = set()
    for row in range(rows):
        for column in range(columns):
            if (row, column) in taken:
                continue
            wide = 1
            while (
                column + wide < columns
                and (column + wide, row) not in right
                and (row, column + wide) not in taken
            ):
                wide += 1
            high = 1
            while row + high < rows and _opens(row + high, column, wide, right, below, taken):
                high += 1
            taken.update((row + i, column + j) for i in range(high) for j in range(wide))
            yield Span(row, column, high, wide)


def _opens(
    row: int,
    column: int,
    wide: int,
    right: set[tuple[int, int]],
    below: set[tuple[int, int]],
    taken: set[tuple[int, int]],
) -> bool:
    """Whether a cell ``wide`` columns wide reaches down into ``row``."""
    for c in range(column, column + wide):
        if (row, c) in below or (row, c) in taken or (c > column and (c, row) in right):
            return False
    return True
