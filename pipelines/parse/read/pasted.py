"""Tables that are pasted as pictures into pages of text of a PDF: read by OCR, put where they stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from pipelines.parse.read.boxes import hull
from pipelines.parse.read.pdfium_page import PrintedPage, quarters_to_upright
from pipelines.parse.records import Block, Box, Issue, Unreadable

if TYPE_CHECKING:
    import pypdfium2 as pdfium

# of the width of its page: a narrower picture holds no table of a report
_WIDE: Final = 0.5
# in points: nor does a lower one
_HIGH: Final = 40.0
# in points: strips of one picture stand no further apart
_STRIPS: Final = 2.0
# more characters over a picture than a note has: it is their background
_OVER_IT: Final = 16
_MOST: Final = 40

_Sheet = list[list[Block]]


def put_in(
    pdf: pdfium.PdfDocument, pages: Sequence[PrintedPage], sheets: Sequence[_Sheet], scans: Sequence[int]
) -> list[Issue]:
    """Put what pictures on pages of text show into the blocks of these; the issues tell what is not read."""
    found = [(n, box) for n, page in enumerate(pages) if n not in scans for box in pasted(page)]
    for count, (n, box) in enumerate(found):
        try:
            if count == _MOST:
                raise Unreadable("too_large", f"第 {_MOST} 个以后 / beyond {_MOST}")
            _insert(sheets[n], _read(pdf, n, box), box)
        except Unreadable as error:
            numbers = "、".join(map(str, sorted({n + 1 for n, _ in found[count:]})))
            detail = f"第 {numbers} 页的图片未读 / pictures not read: {error.detail}"
            return [Issue("needs_ocr", "warning", detail)]
    return []


def pasted(page: PrintedPage) -> list[Box]:
    """Where on a page pictures stand that may hold a table, strips of one as one."""
    if not page.pictures:  # nearly all
        return []
    joined: list[Box] = []
    for box in sorted(page.pictures, key=lambda box: (box[0], box[1])):
        if joined and _go_on(joined[-1], box):
            joined[-1] = hull((joined[-1], box))
        else:
            joined.append(box)
    wide, high = _WIDE * page.width, _HIGH
    return [b for b in joined if b[2] - b[0] >= wide and b[3] - b[1] >= high and not _is_background(page, b)]


def _go_on(above: Box, below: Box) -> bool:
    sides = abs(above[0] - below[0]) <= _STRIPS and abs(above[2] - below[2]) <= _STRIPS
    return sides and abs(above[3] - below[1]) <= _STRIPS


def _is_background(page: PrintedPage, box: Box) -> bool:
    x0, top, x1, bottom = box
    over = (g for g in page.glyphs if g.text.strip() and x0 < g.x0 < x1 and top < g.base < bottom)
    return sum(1 for _ in over) >= _OVER_IT


def _read(pdf: pdfium.PdfDocument, number: int, box: Box) -> list[Block]:
    from pipelines.parse.read import image  # heavy, and rarely needed

    page = pdf[number]
    return image.read_pdf_picture(page, number, box, quarters_to_upright(page))


def _insert(sheet: _Sheet, blocks: Sequence[Block], box: Box) -> None:
    """Put blocks above the first one that stands lower than the box, on the page of two that it stands on."""
    beside = [side for side in sheet if any(b.place.box and b.place.box[0] < box[2] for b in side)]
    side = (beside or sheet)[-1]
    lower = (n for n, b in enumerate(side) if b.place.box and b.place.box[1] > box[1])
    at = next(lower, len(side))
    side[at:at] = blocks
