"""What OCR read: marked as such, and taken back where it is not sure.

Thresholds were measured on scans of sample reports, from clean to hardly legible: on
legible pages a true number is recognised with 0.95 and more, a wrong one never with
0.9; on pages where many numbers are doubtful wrong ones come with up to 0.9.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from pipelines.parse.records import Block, Cell, Grid, Issue, Method, Place, Reading, State

_SURE: Final = 0.9
# a page with a greater share of doubtful numbers can't be relied on at all
_DOUBTFUL_SHARE: Final = 0.15
_FEWEST: Final = 8
# nobody writes counts so: a line beside a 0, or one figure for two
_PADDED: Final = re.compile(r"[+-]?0\d")
_CLAIMS: Final = (State.NUMBER, State.DASH, State.NONE_TEXT)

_Page = tuple[str, int | None]


def mark(cells: Sequence[Cell], reading: Reading) -> tuple[tuple[Cell, ...], tuple[Issue, ...]]:
    """Cells read by OCR get its method; those it is unsure of become unreadable, their raw text kept.

    Places that OCR read are known by their confidence; a scan whose own layer of text was
    read has none, and then every cell is another's OCR.
    """
    sureness = dict(_places(reading.blocks))
    if not sureness:
        if reading.kind != "scan":
            return tuple(cells), ()
        return tuple(replace(cell, method=Method.OCR) if cell.raw else cell for cell in cells), ()
    stained = _stained(reading.blocks)
    poor = _poor_pages([cell for cell in cells if cell.place not in stained], sureness)
    marked = tuple(_marked(cell, sureness, poor) for cell in cells)
    return marked, tuple(_issues(cells, marked, poor))


def _places(blocks: Sequence[Block]) -> Iterator[tuple[Place, float | None]]:
    for block in blocks:
        if not isinstance(block, Grid):
            if block.confidence is not None:
                yield block.place, block.confidence
        elif not {cell.confidence for cell in block.cells} <= {None}:
            for cell in block.cells:
                yield cell.place, cell.confidence


def _stained(blocks: Sequence[Block]) -> set[Place]:
    """Cells under a seal: what can't be told of them says nothing of the rest of their page."""
    return {cell.place for block in blocks if isinstance(block, Grid) for cell in block.cells if cell.stained}


def _poor_pages(cells: Sequence[Cell], sureness: dict[Place, float | None]) -> set[_Page]:
    """Pages (of parts) on which too many numbers are doubtful."""
    by_page: dict[_Page, list[bool]] = defaultdict(list)
    for cell in cells:
        sure = sureness.get(cell.place) if cell.place else None
        if cell.place and sure is not None and cell.state in (*_CLAIMS, State.UNREADABLE, State.TEXT):
            doubtful = sure < _SURE or cell.state in (State.UNREADABLE, State.TEXT)
            by_page[_page(cell.place)].append(doubtful)
    return {p for p, all_of in by_page.items() if sum(all_of) > max(_DOUBTFUL_SHARE * len(all_of), _FEWEST)}


def _page(place: Place) -> _Page:
    return place.part, place.page


def _marked(cell: Cell, sureness: dict[Place, float | None], poor: set[_Page]) -> Cell:
    if cell.place is None:
        return cell
    if cell.place not in sureness:  # markup around the pictures
        exact = Method.EXACT if cell.confidence is None else Method.FUZZY
        return replace(cell, method=exact) if cell.method is Method.OCR else cell
    sure = sureness[cell.place]
    unlikely = _PADDED.match(cell.raw) is not None
    doubtful = sure is not None and (sure < _SURE or unlikely or _page(cell.place) in poor)
    if doubtful and cell.state in _CLAIMS:
        return replace(cell, method=Method.OCR, confidence=sure, state=State.UNREADABLE, value=None, unit="")
    return replace(cell, method=Method.OCR)


def _issues(before: Sequence[Cell], after: Sequence[Cell], poor: set[_Page]) -> Iterator[Issue]:
    lost = [a for b, a in zip(before, after, strict=True) if a.state is not b.state]
    if lost:
        named = ", ".join(f"{c.table_name}.{c.row}.{c.column_name} {c.raw!r}" for c in lost[:20])
        yield Issue(
            "ocr_unsure",
            "warning",
            f"{len(lost)} 个数字识别不可靠，须人工核对 / numbers that OCR is not sure of: {named}",
        )
    pages = sorted({page + 1 for _, page in poor if page is not None})
    if pages:
        listed = "、".join(map(str, pages))
        yield Issue(
            "scan_illegible", "warning", f"第 {listed} 页扫描太模糊 / pages {listed} are hardly legible"
        )
