"""What pdfium finds on a page: characters with their places, lines, pictures."""

from __future__ import annotations

import ctypes
import itertools
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as fpdf

from pipelines.parse.glyphs import repair_glyphs
from pipelines.parse.read.glyph import Glyph
from pipelines.parse.read.ruling import MAX_EDGES, Edge
from pipelines.parse.records import UNREAD, Box

Point = tuple[float, float]

# a filled rectangle thinner than this is a line
_THIN: Final = 4.0
# an axis-parallel line may lean by this much
_LEAN: Final = 1.0
_MAX_FORM_DEPTH: Final = 8
_MOST_NOTES: Final = 10_000
_MAX_OBJECTS: Final = 300_000
# characters looked at to tell which way up a page is printed
_SAMPLE: Final = 200
# text that leans by more than this off the page's axes, in radians, is a watermark
_SLANTED: Final = 0.2
# a box this much higher than its character's size is of a font set vertically, and wrong
_BROKEN_BOX: Final = 1.6
_SUSPICIOUS_HEIGHT: Final = 30.0
# a colour whose parts are all at least this is not seen on paper
_WHITE: Final = 0xF8
# what pdfium itself puts between words and lines is no more than this: blanks and line ends
_BLANK: Final = 0x20
# code points that pdfium gives for a hyphen at a line's end
_HYPHENS: Final = {0x02: "-", 0xFFFE: "-", 0xAD: "-"}


@dataclass(frozen=True, slots=True)
class PrintedPage:
    """A page's content in points from the top left corner of the page set upright.

    ``unmapped`` counts characters without Unicode, ``invisible`` tells a text
    layer that is not painted, ``picture_share`` is the part of the page that
    pictures cover, ``plain`` is pdfium's own text of the page.
    """

    width: float
    height: float
    glyphs: tuple[Glyph, ...]
    edges: tuple[Edge, ...]
    faint: tuple[Edge, ...]
    unmapped: int
    invisible: bool
    picture_share: float
    plain: str


class _Frame(NamedTuple):
    """Turns PDF user space into an upright page with its origin at the top left."""

    box: Box
    quarters: int

    @property
    def size(self) -> Point:
        left, bottom, right, top = self.box
        size = (right - left, top - bottom)
        return size if self.quarters % 2 == 0 else (size[1], size[0])

    def point(self, x: float, y: float) -> Point:
        left, bottom, right, top = self.box
        if self.quarters == 0:
            return x - left, top - y
        if self.quarters == 1:
            return y - bottom, x - left
        if self.quarters == 2:
            return right - x, y - bottom
        return top - y, right - x

    def rectangle(self, x0: float, y0: float, x1: float, y1: float) -> Box:
        if self.quarters == 0 and x0 <= x1 and y0 <= y1:  # nearly all
            return x0 - self.box[0], self.box[3] - y1, x1 - self.box[0], self.box[3] - y0
        ax, ay = self.point(x0, y0)
        bx, by = self.point(x1, y1)
        return min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)


class _Matrix(NamedTuple):
    a: float = 1.0
    b: float = 0.0
    c: float = 0.0
    d: float = 1.0
    e: float = 0.0
    f: float = 0.0

    def point(self, x: float, y: float) -> Point:
        return self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f

    def after(self, inner: _Matrix) -> _Matrix:
        """The matrix that applies ``inner`` first, then this one."""
        if self == _UNMOVED:  # what stands in no form
            return inner
        a, b, c, d, e, f = inner
        return _Matrix(
            a * self.a + b * self.c,
            a * self.b + b * self.d,
            c * self.a + d * self.c,
            c * self.b + d * self.d,
            e * self.a + f * self.c + self.e,
            e * self.b + f * self.d + self.f,
        )


_UNMOVED = _Matrix()


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
    frame = _Frame(page.get_bbox(), page.get_rotation() // 90 if turn is None else turn)
    drawing = _Drawing(frame)
    drawing.add(page)
    glyphs, unmapped = _glyphs(text, frame, turn or 0, drawing)
    width, height = frame.size
    shown = PrintedPage(
        width,
        height,
        tuple(glyphs),
        tuple(drawing.edges),
        tuple(drawing.faint),
        unmapped,
        drawing.invisible > drawing.visible,
        min(1.0, drawing.picture_area / (width * height)) if width * height else 0.0,
        text.get_text_range(),
    )
    text.close()
    return shown


def quarters_to_upright(page: pdfium.PdfPage) -> int:
    """By how many quarter turns clockwise the page as shown must be turned for its text to stand upright."""
    text = page.get_textpage()
    turn = _main_turn(text)
    text.close()
    return 0 if turn is None else (turn - page.get_rotation() // 90) % 4


def _main_turn(text: pdfium.PdfTextPage) -> int | None:
    """By how many quarter turns counter-clockwise most characters are printed; None without any."""
    count, handle = text.count_chars(), text.raw
    step = max(1, count // _SAMPLE)
    turns = Counter(
        _quarters(fpdf.FPDFText_GetCharAngle(handle, i))
        for i in range(0, count, step)
        if not fpdf.FPDFText_IsGenerated(handle, i)
    )
    return turns.most_common(1)[0][0] if turns else None


def _quarters(angle: float) -> int:
    """Quarter turns counter-clockwise; pdfium's angles (-1 where it fails) grow clockwise."""
    return -round(angle / (math.pi / 2)) % 4 if angle > 0 else 0


def _slant(angle: float) -> float:
    """How far an angle is from the nearest quarter turn, in radians."""
    return abs(angle - round(angle / (math.pi / 2)) * (math.pi / 2))


def _glyphs(
    text: pdfium.PdfTextPage, frame: _Frame, main_turn: int, drawing: _Drawing
) -> tuple[list[Glyph], int]:
    glyphs: list[Glyph] = []
    unmapped = 0
    partly = 0 < drawing.invisible <= drawing.visible  # a layer of its own is kept, to be told apart
    pen = _Pen(text, frame, main_turn)
    handle = text.raw  # thousands of calls: each would ask the helper for its handle
    for i in range(text.count_chars()):
        code = fpdf.FPDFText_GetUnicode(handle, i)
        if code <= _BLANK and fpdf.FPDFText_IsGenerated(handle, i) == 1:
            continue
        if (
            code == 0
            or code == 0xFFFD
            or 0xE000 <= code <= 0xF8FF
            or fpdf.FPDFText_HasUnicodeMapError(handle, i) == 1
        ):
            unmapped += 1
        if partly and _is_unpainted(text, i):
            continue
        glyph = pen.glyph(i, _character(code))
        if glyph is not None:
            glyphs.append(glyph._replace(white=True) if drawing.white and _is_white(text, i) else glyph)
    return glyphs, unmapped


def _is_unpainted(text: pdfium.PdfTextPage, i: int) -> bool:
    item = fpdf.FPDFText_GetTextObject(text, i)
    return bool(item) and fpdf.FPDFTextObj_GetTextRenderMode(item) == fpdf.FPDF_TEXTRENDERMODE_INVISIBLE


def _is_white(text: pdfium.PdfTextPage, i: int) -> bool:
    item = fpdf.FPDFText_GetTextObject(text, i)
    return bool(item) and _is_filled_white(item)


def _is_filled_white(item: Any) -> bool:
    red, green, blue, alpha = ctypes.c_uint(), ctypes.c_uint(), ctypes.c_uint(), ctypes.c_uint()
    if not fpdf.FPDFPageObj_GetFillColor(item, red, green, blue, alpha):
        return False
    return red.value >= _WHITE and green.value >= _WHITE and blue.value >= _WHITE


@lru_cache(maxsize=8192)
def _character(code: int) -> str:
    if code in _HYPHENS:
        return _HYPHENS[code]
    if code < 0x20 or 0xD800 <= code <= 0xDFFF or code > 0x10FFFF:
        return UNREAD if code else ""
    return repair_glyphs(chr(code))


class _Pen:
    """Asks pdfium for the places of characters; the C variables are made once."""

    def __init__(self, text: pdfium.PdfTextPage, frame: _Frame, main_turn: int) -> None:
        self._text, self._frame, self._main_turn = text.raw, frame, main_turn
        self._tight = tuple(ctypes.c_double() for _ in range(4))
        self._x, self._y = ctypes.c_double(), ctypes.c_double()
        self._loose = fpdf.FS_RECTF()
        self._matrix = fpdf.FS_MATRIX()

    def glyph(self, i: int, char: str) -> Glyph | None:
        """Character ``i`` in its place, None for one without a place or of a watermark across the page."""
        text, loose = self._text, self._loose
        if not char or not fpdf.FPDFText_GetLooseCharBox(text, i, loose):
            return None
        fpdf.FPDFText_GetCharOrigin(text, i, self._x, self._y)
        angle = fpdf.FPDFText_GetCharAngle(text, i)
        if angle > 0 and _slant(angle) > _SLANTED:
            return None
        turn = ((_quarters(angle) if angle > 0 else 0) - self._main_turn) % 4
        box = left, bottom, right, top = loose.left, loose.bottom, loose.right, loose.top
        size = min(top - bottom, right - left) if turn % 2 else top - bottom
        if size > _SUSPICIOUS_HEIGHT:
            box, size = self._checked(i, box, size)
        place = self._frame.rectangle(*box)
        _, base = self._frame.point(self._x.value, self._y.value)
        # pdfium counts turns against the clock, a glyph with it
        return Glyph(char, *place, base, max(size, 1.0), -turn % 4)

    def _checked(self, i: int, box: Box, size: float) -> tuple[Box, float]:
        """The box of a character by its outline, where the font's own box forgets the scale."""
        text, matrix = self._text, self._matrix
        if not fpdf.FPDFText_GetMatrix(text, i, matrix):
            return box, size
        true_size = fpdf.FPDFText_GetFontSize(text, i) * math.hypot(matrix.c, matrix.d)
        if not 0 < true_size * _BROKEN_BOX < size:
            return box, size
        left, right, bottom, top = self._tight
        fpdf.FPDFText_GetCharBox(text, i, left, right, bottom, top)
        return (left.value, bottom.value, right.value, top.value), true_size


class _Drawing:
    """Collects lines, shaded areas and pictures of a page, through nested forms."""

    def __init__(self, frame: _Frame) -> None:
        self._frame = frame
        self.edges: list[Edge] = []
        self.faint: list[Edge] = []
        self.picture_area = 0.0
        self._left = _MAX_OBJECTS
        self.visible = 0
        self.invisible = 0
        self.white = 0  # pieces of text in white

    def add(self, page: pdfium.PdfPage) -> None:
        """Take in everything drawn on the page."""
        handle = page.raw
        for i in range(fpdf.FPDFPage_CountObjects(handle)):
            self._add(fpdf.FPDFPage_GetObject(handle, i), _UNMOVED, 0)

    def _add(self, item: Any, outer: _Matrix, depth: int) -> None:
        self._left -= 1
        if self._left < 0:  # forms within forms multiply
            return
        kind = fpdf.FPDFPageObj_GetType(item)
        if kind == fpdf.FPDF_PAGEOBJ_TEXT:
            if fpdf.FPDFTextObj_GetTextRenderMode(item) == fpdf.FPDF_TEXTRENDERMODE_INVISIBLE:
                self.invisible += 1
            else:
                self.visible += 1
                self.white += _is_filled_white(item)
        elif kind == fpdf.FPDF_PAGEOBJ_PATH:
            if len(self.edges) + len(self.faint) < MAX_EDGES:
                self._add_path(item, outer.after(_matrix_of(item)))
        elif kind == fpdf.FPDF_PAGEOBJ_IMAGE:
            matrix = outer.after(_matrix_of(item))
            self.picture_area += abs(matrix.a * matrix.d - matrix.b * matrix.c)
        elif kind == fpdf.FPDF_PAGEOBJ_FORM and depth < _MAX_FORM_DEPTH:
            matrix = outer.after(_matrix_of(item))
            for i in range(fpdf.FPDFFormObj_CountObjects(item)):
                self._add(fpdf.FPDFFormObj_GetObject(item, i), matrix, depth + 1)

    def _add_path(self, path: Any, matrix: _Matrix) -> None:
        fill, stroke = ctypes.c_int(), ctypes.c_int()
        fpdf.FPDFPath_GetDrawMode(path, fill, stroke)
        if not fill.value and not stroke.value:
            return
        for points in _subpaths(path):
            if matrix != _UNMOVED:
                points = [matrix.point(x, y) for x, y in points]
            self._add_outline([self._frame.point(x, y) for x, y in points], bool(stroke.value))

    def _add_outline(self, points: list[Point], stroked: bool) -> None:
        xs, ys = [x for x, _ in points], [y for _, y in points]
        x0, top, x1, bottom = min(xs), min(ys), max(xs), max(ys)
        if min(x1 - x0, bottom - top) <= _THIN:
            self.edges.append(_middle_line(x0, top, x1, bottom))
            return
        sides = [edge for a, b in itertools.pairwise(points) if (edge := _side(a, b)) is not None]
        (self.edges if stroked else self.faint).extend(sides)


def _middle_line(x0: float, top: float, x1: float, bottom: float) -> Edge:
    if x1 - x0 >= bottom - top:
        y = (top + bottom) / 2
        return Edge(x0, y, x1, y)
    x = (x0 + x1) / 2
    return Edge(x, top, x, bottom)


def _side(a: Point, b: Point) -> Edge | None:
    """The side from ``a`` to ``b`` where it runs along an axis."""
    (ax, ay), (bx, by) = a, b
    if abs(ax - bx) > _LEAN and abs(ay - by) > _LEAN:
        return None
    left, right = (ax, bx) if ax <= bx else (bx, ax)
    top, bottom = (ay, by) if ay <= by else (by, ay)
    return _middle_line(left, top, right, bottom)


def _matrix_of(item: Any) -> _Matrix:
    matrix = fpdf.FS_MATRIX()
    if not fpdf.FPDFPageObj_GetMatrix(item, matrix):
        return _Matrix()
    return _Matrix(matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f)


def _subpaths(path: Any) -> Iterator[list[Point]]:
    """The corners of each subpath; a closed one comes back to its start."""
    points: list[Point] = []
    x, y = ctypes.c_float(), ctypes.c_float()
    for i in range(min(fpdf.FPDFPath_CountSegments(path), MAX_EDGES)):
        segment = fpdf.FPDFPath_GetPathSegment(path, i)
        if fpdf.FPDFPathSegment_GetType(segment) == fpdf.FPDF_SEGMENT_MOVETO:
            if len(points) > 1:
                yield points
            points = []
        fpdf.FPDFPathSegment_GetPoint(segment, x, y)
        points.append((x.value, y.value))
        if fpdf.FPDFPathSegment_GetClose(segment):
            points.append(points[0])
    if len(points) > 1:
        yield points
