"""Characters and lines of a page to blocks in reading order, every character once."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from operator import attrgetter

from pipelines.parse.read.bare import Bare, holds_more, in_lines
from pipelines.parse.read.cell_glyphs import share_out
from pipelines.parse.read.clipped import Shown, shown
from pipelines.parse.read.forced_breaks import forced_breaks
from pipelines.parse.read.glyph import Glyph
from pipelines.parse.read.hollow_rows import without_hollow_rows
from pipelines.parse.read.legible import as_printed, as_seen, unreadable, without_struck
from pipelines.parse.read.letter_spaced import are_letter_spaced, closed_up
from pipelines.parse.read.reading_order import gutter_of, halves, in_reading_order, segments
from pipelines.parse.read.ruling import Edge, Lattice
from pipelines.parse.read.table_lines import (
    is_rule,
    meets,
    parts_no_columns,
    parts_no_rows,
    tables_of,
    without_boxes,
    without_underlines,
)
from pipelines.parse.read.text_lines import cell_text, lines_of, rounded, tenth
from pipelines.parse.records import UNREAD, Block, Box, Grid, GridCell, Paragraph, Place

_TURNED_FIGURE = re.compile(r"[+-]?[\d,.]+(?:万元|[万元件条])?")
_CONFIDENCE = attrgetter("confidence")

_Held = dict[int, list[Glyph]]  # the characters of each cell, by its number


def page_blocks(
    glyphs: Sequence[Glyph],
    edges: Sequence[Edge],
    page: int,
    faint: Sequence[Edge] = (),
    unit: float = 1.0,
    size: tuple[float, float] | None = None,
    bare: Bare | None = None,
) -> list[Block]:
    """The blocks of a page: a :class:`Grid` for each ruled table, a :class:`Paragraph` for each line outside.

    ``faint`` are borders of shaded areas: they count where they lie outside the
    tables that lines make. ``unit`` is as for :func:`find_lattices`. ``size`` is the
    page's width and height: what a table loses beyond them, or beyond its own border,
    makes its outermost cells unreadable. ``bare`` is the page without its text, where it shows
    more than text and rules.
    """
    if unit == 1.0:
        edges = without_underlines(edges, glyphs)
    ruled, shaded = tables_of(edges, faint, unit)
    legible = as_printed(glyphs)
    lattices = without_boxes(ruled + shaded, legible)
    strokes = [edge for edge in edges if not any(is_rule(edge, at) for at in lattices)]
    glyphs = without_struck(legible, strokes)
    strokes = strokes if unit == 1.0 else []  # in a picture they are ink, as words are
    tables, loose = _shared_out(glyphs, lattices, shaded)
    if bare or strokes:
        loose += in_lines(loose, bare, [] if tables else strokes)
    placed: list[tuple[Box, Block]] = [
        (lattice.box, _grid(lattice, held, page, shown(lattice, loose, size), bare, strokes))
        for lattice, held in tables
        if any(held.values())
    ]
    gutter = gutter_of(segments(loose) + [box for box, _ in placed])
    for half in halves(loose, gutter):
        placed += _paragraphs(half, page)
    return [block for _, block in in_reading_order(placed, gutter)]


def _shared_out(
    glyphs: Sequence[Glyph], lattices: Sequence[Lattice], shaded: Sequence[Lattice]
) -> tuple[list[tuple[Lattice, _Held]], list[Glyph]]:
    """The tables with the characters of their cells, and the characters outside.

    One whose lines leave its rows or columns together is no table.
    """
    loose, shares = share_out(glyphs, lattices)
    tables = []
    for lattice, held in zip(reversed(lattices), reversed(shares), strict=True):
        if parts_no_rows(lattice, held) or (lattice in shaded and parts_no_columns(lattice, held)):
            loose += itertools.chain.from_iterable(held.values())
        else:
            tables.append((lattice, held))
    if are_letter_spaced(cell for _, held in tables for cell in held.values()):
        tables = [(at, {n: closed_up(cell) for n, cell in held.items()}) for at, held in tables]
    return tables[::-1], loose


def _paragraphs(glyphs: Sequence[Glyph], page: int) -> Iterator[tuple[Box, Paragraph]]:
    """The lines of text, each with its box."""
    for line in lines_of(glyphs):
        place = Place(page=page, box=rounded(line.box))
        pieces = line.pieces if len(line.starts) > 1 else ()
        yield line.box, Paragraph(line.text, place, wrapped=True, confidence=line.confidence, pieces=pieces)


def _grid(
    lattice: Lattice,
    held: _Held,
    page: int,
    limits: Shown,
    bare: Bare | None,
    strokes: Sequence[Edge],
) -> Grid:
    boxes = [lattice.cell_box(span) for span in lattice.cells]
    printed = [lines_of(as_seen(held[n]), tabs=False) if n in held else [] for n in range(len(boxes))]
    whole = forced_breaks(
        [(box, [(x.text, x.glyphs) for x in lines]) for box, lines in zip(boxes, printed, strict=True)]
    )
    within = [edge for edge in strokes if meets(edge, lattice.box)]
    places = Lattice(tuple(map(tenth, lattice.xs)), tuple(map(tenth, lattice.ys)), ())
    cells = []
    for n, span in enumerate(lattice.cells):
        glyphs, lines, box = held.get(n, ()), printed[n], boxes[n]
        text = "".join(line.text for line in lines) if n in whole else cell_text(lines)
        if any(line.turn and _TURNED_FIGURE.fullmatch(line.text) for line in lines):
            text = unreadable(text)  # it may go on in the cell above or below
        if limits.cuts(box) or ((bare or within) and holds_more(text, glyphs, box, bare, within)):
            text += UNREAD
        known = [sure for sure in map(_CONFIDENCE, glyphs) if sure is not None]
        stained = bool(known) and any(glyph.stained for glyph in glyphs)
        place = Place(page=page, box=places.cell_box(span))
        sure = min(known) if known else None
        cells.append(GridCell(span.row, span.column, text, place, span.rowspan, span.colspan, sure, stained))
    place = Place(page=page, box=places.box)
    return without_hollow_rows(Grid(tuple(cells), len(lattice.ys) - 1, len(lattice.xs) - 1, place))
