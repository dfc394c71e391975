"""What OCR read: marked as such, and taken back where it is not sure.

Thresholds were measured on scans of sample reports, from clean to hardly legible: on
legible pages a true number is recognised with 0.95 and more, a wrong one never with
0.9; on pages where one in twenty numbers is doubtful wrong ones come with up to 0.955.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from pipelines.parse.records import Block, Cell, Grid, Issue, Method, Place, Reading, State

_SURE: Final = 0.9
# a page with a greater share of doubtful numbers is relied on where they are surer than others
_WARY_SHARE: Final = 0.04
_SURER: Final = 0.97
_FEW: Final = 2
# and one with a greater share than this not at all
_DOUBTFUL_SHARE: Final = 0.15
_FEWEST: Final = 8
_NEVER: Final = 2.0  # as sure as nothing is
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
    asked = _asked([cell for cell in cells if cell.place not in stained], sureness)
    marked = tuple(_marked(cell, sureness, asked) for cell in cells)
    return marked, tuple(_issues(cells, marked, [page for page, least in asked.items() if least == _NEVER]))


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


def _asked(cells: Sequence[Cell], sureness: dict[Place, float | None]) -> dict[_Page, float]:
    """How sure a number has to be, by page (of a part): the more of its numbers are doubtful, the surer."""
    by_page: dict[_Page, list[bool]] = defaultdict(list)
    for cell in cells:
        sure = sureness.get(cell.place) if cell.place else None
        if cell.place and sure is not None and cell.state in (*_CLAIMS, State.UNREADABLE, State.TEXT):
            doubtful = sure < _SURE or cell.state in (State.UNREADABLE, State.TEXT)
            by_page[_page(cell.place)].append(doubtful)
    return {page: _least(sum(doubts), len(doubts)) for page, doubts in by_page.items()}


def _least(doubtful: int, numbers: int) -> float:
    if doubtful > max(_DOUBTFUL_SHARE * numbers, _FEWEST):
        return _NEVER
    return _SURER if doubtful > max(_WARY_SHARE * numbers, _FEW) else _SURE


def _page(place: Place) -> _Page:
    return place.part, place.page


def _marked(cell: Cell, sureness: dict[Place, float | None], asked: Mapping[_Page, float]) -> Cell:
    if cell.place is None:
        return cell
    if cell.place not in sureness:  # markup around the pictures
        exact = Method.EXACT if cell.confidence is None else Method.FUZZY
        return replace(cell, method=exact) if cell.method is Method.OCR else cell
    sure = sureness[cell.place]
    least = asked.get(_page(cell.place), _SURE)
    if least == _SURER and cell.state is not State.NUMBER:  # a stroke is told by its shape, not recognised
        least = _SURE
    unlikely = _PADDED.match(cell.raw) is not None
    doubtful = sure is not None and (sure < least or unlikely)
    if doubtful and cell.state in _CLAIMS:
        return replace(cell, method=Method.OCR, confidence=sure, state=State.UNREADABLE, value=None, unit="")
    return replace(cell, method=Method.OCR)


def _issues(before: Sequence[Cell], after: Sequence[Cell], poor: Iterable[_Page]) -> Iterator[Issue]:
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
