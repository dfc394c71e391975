"""What pdfium finds on a page: characters with their places, lines, pictures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from typing import Any, Final
from unicodedata import category

import pypdfium2 as pdfium
import pypdfium2.raw as fpdf

from pipelines.parse.glyphs import repair_glyphs
from pipelines.parse.read.bare import Bare
from pipelines.parse.read.glyph import Glyph, as_legible
from pipelines.parse.read.pdfium_calls import (
    address,
    angle_of,
    characters,
    is_generated,
    paints,
)
from pipelines.parse.read.pdfium_digits import misread
from pipelines.parse.read.pdfium_drawing import Drawing
from pipelines.parse.read.pdfium_frame import Frame
from pipelines.parse.read.pdfium_painted import Page, bare_of
from pipelines.parse.read.pdfium_pen import LOWEST, Pen, level, quarter_turns
from pipelines.parse.read.pdfium_seen import seen
from pipelines.parse.read.ruling import Edge
from pipelines.parse.read.watermarks import tiles
from pipelines.parse.records import UNREAD, Box

_MOST_NOTES: Final = 10_000
# characters looked at to tell which way up a page is printed
_SAMPLE: Final = 60
_SUSPICIOUS_HEIGHT: Final = 30.0
# what pdfium itself puts between words and lines is no more than this: blanks and line ends
_BLANK: Final = 0x20
# a picture over this share of a page is its content
LARGE_PICTURE: Final = 0.4
# what a glyph is that nothing more is told of
_UPRIGHT: Final = tuple(Glyph._field_defaults.values())
# what paints nothing, or is nothing at all
_BLANKS: Final = frozenset(c for c in map(chr, range(0x20, 0x3001)) if category(c) in ("Zs", "Cf"))
_NOTHING: Final = _BLANKS | {"", "\ufeff"}
# code points that pdfium gives for a hyphen at a line's end
_HYPHENS: Final = {0x02: "-", 0xFFFE: "-", 0xAD: "-"}


@dataclass(frozen=True, slots=True)
class PrintedPage:
    """A page's content in points from the top left corner of the page set upright.

    ``unmapped`` counts characters without Unicode, ``invisible`` tells a text
    layer that is not painted, ``picture_share`` is the part of the page that
    pictures cover, ``pictures`` are where these stand,
    ``unseen`` counts characters that no reader sees or can tell for certain, ``plain`` is
    pdfium's own text of the page (of what is seen, where some is not), ``bare`` is the page without its
    text, where it may show figures that are no text.
    """

    width: float
    height: float
    glyphs: tuple[Glyph, ...]
    edges: tuple[Edge, ...]
    faint: tuple[Edge, ...]
    unmapped: int
    invisible: bool
    picture_share: float
    pictures: tuple[Box, ...]
    unseen: int
    plain: str
    bare: Bare | None


def open_page(document: pdfium.PdfDocument, number: int) -> pdfium.PdfPage:
    """A page of a document whose forms are initialised.

    What stands in the fields of a form, and what was typed onto the page, is part of its content.
    """
    page = document[number]
    notes = fpdf.FPDFPage_GetAnnotCount(page)
    if not any(_holds_text(page, i) for i in range(min(notes, _MOST_NOTES))):
        return page
    fpdf.FPDFPage_Flatten(page, fpdf.FLAT_NORMALDISPLAY)
    page.close()
    return document[number]


def _holds_text(page: pdfium.PdfPage, number: int) -> bool:
    """Whether an annotation is a field of a form or a text typed onto the page."""
    note = fpdf.FPDFPage_GetAnnot(page, number)
    kind = fpdf.FPDFAnnot_GetSubtype(note)
    fpdf.FPDFPage_CloseAnnot(note)
    return kind in (fpdf.FPDF_ANNOT_WIDGET, fpdf.FPDF_ANNOT_FREETEXT)


def load_page(page: pdfium.PdfPage) -> PrintedPage:
    """Everything that :func:`~pipelines.parse.read.layout.page_blocks` needs of a page."""
    text = page.get_textpage()
    turn = _main_turn(text)
    # text says which way up a page is read, whatever its /Rotate says
    frame = Frame(page.get_bbox(), page.get_rotation() // 90 if turn is None else turn)
    drawing = Drawing(frame)
    drawing.add(page)
    is_layer = len(drawing.unpainted) > len(drawing.visible)  # kept, to be told apart
    watermark = tiles(drawing.visible, text)
    if watermark:
        drawing.leave_out(watermark)
    if drawing.retold or watermark or (drawing.unpainted and not is_layer):
        text = _as_drawn(page, text, drawing, () if is_layer else drawing.unpainted)
    numbers, printed, unmapped = _printed(text, frame, turn or 0)
    look = Page(page, text, frame, _quarters_from(page, turn), drawing)
    wrong = misread(numbers, printed, look)
    if wrong:
        printed = [glyph._replace(text=UNREAD) if i in wrong else glyph for i, glyph in enumerate(printed)]
        unmapped += len(wrong)
    width, height = frame.size
    share = min(1.0, drawing.picture_area / (width * height)) if width * height else 0.0
    glyphs = seen(numbers, printed, look)
    layer = share >= LARGE_PICTURE and _is_layer(printed, glyphs)
    if layer:
        glyphs = printed
    unseen = max(len(printed) - len(glyphs), 0) + sum(map(attrgetter("faint"), glyphs))
    shown = PrintedPage(
        width,
        height,
        tuple(glyphs),
        tuple(drawing.edges),
        tuple(drawing.faint),
        unmapped,
        layer or is_layer,
        share,
        tuple(drawing.pictures),
        unseen,
        "".join([as_legible(glyph).text for glyph in glyphs]) if unseen or wrong else text.get_text_range(),
        bare_of(look, _hidden(printed, glyphs)),
    )
    text.close()
    return shown


def _hidden(printed: list[Glyph], glyphs: list[Glyph]) -> list[Glyph]:
    """The characters that nobody sees."""
    if len(glyphs) >= len(printed):
        return []
    kept = set(map(id, glyphs))
    return [glyph for glyph in printed if id(glyph) not in kept and glyph.text.strip()]


def _is_layer(printed: list[Glyph], seen_of_it: list[Glyph]) -> bool:
    """Whether the text of a page of a picture is what somebody's program has read in the picture.

    Most of it is not plainly seen: it lies below the picture, or is painted in white or through upon it. What
    shows of letters may be for want of their font, so digits count alone, too.
    """
    plain = [glyph for glyph in seen_of_it if not glyph.faint]
    digits, plain_digits = (sum(g.text.isdecimal() for g in glyphs) for glyphs in (printed, plain))
    return len(printed) > 2 * len(plain) or digits > 2 * plain_digits


def _as_drawn(
    page: pdfium.PdfPage, text: pdfium.PdfTextPage, drawing: Drawing, unpainted: Iterable[Any]
) -> pdfium.PdfTextPage:
    """The text of the page once more, without the words that the file has in place of those drawn, and
    without unpainted ones: pdfium would leave out what is painted in their place.
    """
    text.close()
    for item in unpainted:
        if fpdf.FPDFPage_RemoveObject(page.raw, item):
            fpdf.FPDFPageObj_Destroy(item)
        else:  # it stands in a form
            fpdf.FPDFPageObj_SetIsActive(item, False)
    for item, mark in drawing.retold:
        fpdf.FPDFPageObj_RemoveMark(item, mark)
    return page.get_textpage()


def quarters_to_upright(page: pdfium.PdfPage) -> int:
    """By how many quarter turns clockwise the page as shown must be turned for its text to stand upright."""
    text = page.get_textpage()
    turn = _main_turn(text)
    text.close()
    return _quarters_from(page, turn)


def _quarters_from(page: pdfium.PdfPage, turn: int | None) -> int:
    return 0 if turn is None else (turn - page.get_rotation() // 90) % 4


def _main_turn(text: pdfium.PdfTextPage) -> int | None:
    """By how many quarter turns counter-clockwise most characters are printed; None without any."""
    count, handle = text.count_chars(), address(text.raw)
    step = max(1, count // _SAMPLE)
    turns = Counter(
        quarter_turns(angle_of(handle, i)) for i in range(0, count, step) if not is_generated(handle, i)
    )
    return turns.most_common(1)[0][0] if turns else None


def _printed(
    text: pdfium.PdfTextPage, frame: Frame, main_turn: int, highest: float = _SUSPICIOUS_HEIGHT
) -> tuple[list[int], list[Glyph], int]:
    """The numbers of the characters and the characters in their places; how many have no Unicode.

    Boxes that are higher than ``highest`` are not believed, nor any on a page where one of a height is wrong.
    """
    numbers: list[int] = []
    glyphs: list[Glyph] = []
    unmapped = 0
    handle, pen = address(text.raw), Pen(text, frame, main_turn, highest)
    is_upright, x0, y0 = frame.quarters == main_turn == 0, frame.box[0], frame.box[3]
    for i, (code, has_none, angle, placed, box, origin) in enumerate(characters(handle, text.count_chars())):
        if code <= _BLANK and is_generated(handle, i) == 1:
            continue
        if has_none == 1 or code == 0 or 0xE000 <= code <= 0xF8FF or code == 0xFFFD:
            unmapped += 1
            code = 0xFFFD if chr(code).isdecimal() else code  # it is but the number that the font has for it
        char = _character(code)
        if char in _NOTHING and placed and angle <= 0 and paints(handle, i):
            unmapped += code > 0  # the other is counted
            char = UNREAD
        if not placed or not char:
            continue
        left, top, right, bottom = box
        high = top - bottom
        glyph: Glyph | None
        if is_upright and angle <= 0 and left <= right and LOWEST <= high <= highest:  # nearly all
            place = char, left - x0, y0 - top, right - x0, y0 - bottom, y0 - origin[1], high
            glyph = tuple.__new__(Glyph, place + _UPRIGHT)  # as Glyph(*place) does, in less time
        else:
            glyph = pen.glyph(i, char, angle, (left, bottom, right, top), origin)
        if glyph is not None:
            numbers.append(i)
            glyphs.append(glyph)
    by_height = {int(glyph[6]): i for i, glyph in zip(numbers, glyphs, strict=True)}
    if highest > LOWEST and any(pen.is_broken(i, height) for height, i in by_height.items()):
        return _printed(text, frame, main_turn, LOWEST)
    if len(by_height) > 1:
        level(numbers, glyphs, pen)
    for i, glyph in pen.slanted_figures():
        numbers.append(i)
        glyphs.append(glyph)
    return numbers, glyphs, unmapped


@lru_cache(maxsize=8192)
def _character(code: int) -> str:
    if code in _HYPHENS:
        return _HYPHENS[code]
    if code < 0x20 or 0xD800 <= code <= 0xDFFF or code > 0x10FFFF:
        return UNREAD if code else ""
    return repair_glyphs(chr(code))
