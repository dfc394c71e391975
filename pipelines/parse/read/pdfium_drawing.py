"""What is drawn on a page of a PDF: lines, shaded areas, pictures, and the pieces of its text."""

from __future__ import annotations

import ctypes
import itertools
import struct
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as fpdf

from pipelines.parse.read.pdfium_calls import (
    address,
    bounds_of,
    clip_of,
    clips_in,
    colour_of,
    drawn_how,
    font_of,
    item_at,
    kind_of,
    marks_of,
    matrix_of,
    mode_of,
    segment_at,
    segment_closes,
    segment_end,
    segment_kind,
    segments_in,
)
from pipelines.parse.read.pdfium_frame import UNMOVED, Frame, Matrix, Point
from pipelines.parse.read.ruling import DOT, MAX_EDGES, Edge
from pipelines.parse.records import Box

# a filled rectangle thinner than this is a line
_THIN: Final = 4.0
# an axis-parallel line may lean by this much
_LEAN: Final = 1.0
# an outline with so many sides is no line and no rectangle
_CORNERS: Final = 5
# in points: outlines smaller than this are of characters, no borders
_LETTER: Final = 30.0
# in points: a side of a painted figure that borders a cell is no shorter
_STEP: Final = 5.0
_MAX_FORM_DEPTH: Final = 8
_MAX_OBJECTS: Final = 300_000
# a colour whose parts are all at least this is hard to see on paper
_PALE: Final = 0xC8
_OPAQUE: Final = 0xFF
# by how many points the box of a text may reach beyond its clip, or the page
_BLEED: Final = 0.5
# in points: a text so near to a side of its clip may go on beyond it
_BESIDE: Final = 1.0
# the mark of what belongs to a layer that may be turned off, as pdfium writes it
_LAYER: Final = "OC\0".encode("utf-16-le")
# where a mark holds other words for what is drawn
_OTHER_WORDS: Final = b"ActualText"
_STRING: Final = fpdf.FPDF_OBJECT_STRING
_FILLED: Final = (fpdf.FPDF_TEXTRENDERMODE_FILL, fpdf.FPDF_TEXTRENDERMODE_FILL_STROKE)
_MOST_NOTES: Final = 10_000
# notes that show nothing over the text, or are made part of it before
_BARE_NOTES: Final = frozenset(
    {fpdf.FPDF_ANNOT_LINK, fpdf.FPDF_ANNOT_WIDGET, fpdf.FPDF_ANNOT_POPUP, fpdf.FPDF_ANNOT_TEXT}
)


class Text(NamedTuple):
    """A piece of text as it is drawn: its box on the upright page, and when it is drawn.

    ``doubtful``: something about it may keep it from being seen. ``clip``: what is left of the page for it,
    where it reaches one of its sides. ``colour``: red, green, blue and opacity, None if it is not known.
    """

    item: Any
    box: Box
    order: int
    doubtful: bool
    clip: Box | None = None
    colour: tuple[int, ...] | None = None

    @property
    def key(self) -> int:
        """Tells pieces apart, and the characters of which one a character is."""
        return key_of(self.item)


def key_of(item: Any) -> int:
    """Tells what is drawn apart."""
    return ctypes.addressof(item.contents)


class Drawing:
    """Collects the lines, shaded areas, pictures and pieces of text of a page, through nested forms."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self.edges: list[Edge] = []
        self.faint: list[Edge] = []
        self.picture_area = 0.0
        self.pictures: list[Box] = []
        self.visible: list[Text] = []
        self.unpainted: list[Any] = []  # pieces of text that are there for programs only
        self.retold: list[
            tuple[Any, Any]
        ] = []  # pieces of text, and the mark by which the file says other words
        self.covers: list[tuple[int, Box]] = []  # what may lie over text drawn before, and when it is drawn
        self.veils: list[
            tuple[int, Box]
        ] = []  # those of them that are no plain areas: pictures, seals, notes
        self.fonts: dict[int, Any] = {}  # a piece of text in each, by the font's address
        self.marks: list[Box] = []  # what may be read though it is no text: pictures, outlines, notes
        self._drawn = 0
        self._probe = _Probe()

    def add(self, page: pdfium.PdfPage) -> None:
        """Take in everything drawn on the page."""
        handle = address(page.raw)
        for i in range(fpdf.FPDFPage_CountObjects(page.raw)):
            self._add(item_at(handle, i), UNMOVED, 0)
        self._add_notes(page.raw)

    def leave_out(self, pieces: Sequence[Text]) -> None:
        """Let pieces of text be none of the page's, which is painted and read without them from now on."""
        for piece in pieces:
            fpdf.FPDFPageObj_SetIsActive(piece.item, False)
        left_out = {piece.key for piece in pieces}
        self.visible = [piece for piece in self.visible if piece.key not in left_out]

    def _add(self, item: Any, outer: Matrix, depth: int) -> None:
        self._drawn += 1
        if self._drawn > _MAX_OBJECTS:  # forms within forms multiply
            return
        kind = kind_of(item)
        if kind == fpdf.FPDF_PAGEOBJ_TEXT:
            self._add_text(item, outer, depth)
        elif kind == fpdf.FPDF_PAGEOBJ_PATH:
            if len(self.edges) + len(self.faint) < MAX_EDGES:
                self._add_path(item, outer.after(_matrix_of(item)))
        elif kind == fpdf.FPDF_PAGEOBJ_IMAGE:
            matrix = outer.after(_matrix_of(item))
            self.picture_area += abs(matrix.a * matrix.d - matrix.b * matrix.c)
            self.pictures.append(self._box(item, outer))
            self._mark(self.pictures[-1])
        elif kind == fpdf.FPDF_PAGEOBJ_SHADING:
            self._mark(self._box(item, outer))
        elif kind == fpdf.FPDF_PAGEOBJ_FORM and depth < _MAX_FORM_DEPTH:
            matrix = outer.after(_matrix_of(item))
            for i in range(fpdf.FPDFFormObj_CountObjects(item)):
                self._add(fpdf.FPDFFormObj_GetObject(item, i), matrix, depth + 1)

    def _add_text(self, item: Any, outer: Matrix, depth: int) -> None:
        mode = mode_of(item)
        if mode == fpdf.FPDF_TEXTRENDERMODE_INVISIBLE:
            self.unpainted.append(item)
            return
        marked = marks_of(item) > 0
        if marked:
            self.retold += [(item, mark) for mark in self._probe.other_words(item)]
        clip = self._probe.clip(item)
        # a form has a clip of its own, and perhaps a layer
        colour = self._probe.colour(item)
        doubtful = depth > 0 or mode not in _FILLED or self._probe.doubts(item, colour, marked, clip)
        box = self._box(item, outer)
        left = self._frame.rectangle(*clip) if clip and depth == 0 else None
        near = left is not None and (box[0] - left[0] < _BESIDE or left[2] - box[2] < _BESIDE)
        self.visible.append(Text(item, box, self._drawn, doubtful, left if near else None, colour))
        if mode >= fpdf.FPDF_TEXTRENDERMODE_FILL_CLIP:  # what is drawn through it is seen in its shape
            self.marks.append(box)
        font = font_of(item)
        if font and font not in self.fonts:
            self.fonts[font] = item

    def _box(self, item: Any, outer: Matrix) -> Box:
        x0, y0, x1, y1 = self._probe.bounds(item)
        if outer != UNMOVED:
            corners = [outer.point(x, y) for x in (x0, x1) for y in (y0, y1)]
            xs, ys = [x for x, _ in corners], [y for _, y in corners]
            x0, y0, x1, y1 = min(xs), min(ys), max(xs), max(ys)
        return self._frame.rectangle(x0, y0, x1, y1)

    def _cover(self, box: Box) -> None:
        if self.visible:
            self.covers.append((self._drawn, box))

    def _mark(self, box: Box) -> None:
        self.marks.append(box)
        self.veils.append((self._drawn, box))
        self._cover(box)

    def _add_notes(self, page: Any) -> None:
        """Notes laid over the page: a line through text, and whatever else they show."""
        self._drawn += 1
        for i in range(min(fpdf.FPDFPage_GetAnnotCount(page), _MOST_NOTES)):
            note = fpdf.FPDFPage_GetAnnot(page, i)
            kind, box = fpdf.FPDFAnnot_GetSubtype(note), fpdf.FS_RECTF()
            if kind not in _BARE_NOTES and fpdf.FPDFAnnot_GetRect(note, box):
                self._mark(self._frame.rectangle(box.left, box.bottom, box.right, box.top))
            if kind == fpdf.FPDF_ANNOT_STRIKEOUT:
                self._strike(note)
            fpdf.FPDFPage_CloseAnnot(note)

    def _strike(self, note: Any) -> None:
        quad = fpdf.FS_QUADPOINTSF()
        for i in range(min(fpdf.FPDFAnnot_CountAttachmentPoints(note), _MOST_NOTES)):
            if fpdf.FPDFAnnot_GetAttachmentPoints(note, i, quad):
                xs, ys = (quad.x1, quad.x2, quad.x3, quad.x4), (quad.y1, quad.y2, quad.y3, quad.y4)
                x0, top, x1, bottom = self._frame.rectangle(min(xs), min(ys), max(xs), max(ys))
                self.edges.append(Edge(x0, (top + bottom) / 2, x1, (top + bottom) / 2))

    def _add_path(self, path: Any, matrix: Matrix) -> None:
        fill, stroke = ctypes.c_int(), ctypes.c_int()
        drawn_how(path, ctypes.byref(fill), ctypes.byref(stroke))
        if not fill.value and not stroke.value:
            return
        for points, straight in _subpaths(path):
            if matrix != UNMOVED:
                points = [matrix.point(x, y) for x, y in points]
            self._add_outline(
                [self._frame.point(x, y) for x, y in points], straight, bool(fill.value), bool(stroke.value)
            )

    def _add_outline(self, points: list[Point], straight: list[int], filled: bool, stroked: bool) -> None:
        xs, ys = [x for x, _ in points], [y for _, y in points]
        x0, top, x1, bottom = min(xs), min(ys), max(xs), max(ys)
        is_box = _is_box(points)
        if not is_box:
            self.marks.append((x0, top, x1, bottom))
            if max(x1 - x0, bottom - top) < _LETTER:
                return
        if min(x1 - x0, bottom - top) <= _THIN:
            line = _middle_line(x0, top, x1, bottom)
            self.edges.append(line)
            if max(x1 - x0, bottom - top) <= DOT:  # of a line that runs either way
                x, y = (x0 + x1) / 2, (top + bottom) / 2
                self.edges.append(Edge(x, top, x, bottom) if line.top == line.bottom else Edge(x0, y, x1, y))
            return
        if filled:
            self._cover((x0, top, x1, bottom))
        sides = [edge for n in straight if (edge := _side(points[n - 1], points[n])) is not None]
        if not (is_box or stroked):  # of a letter's curves some steps run along an axis
            sides = [side for side in sides if side.x1 - side.x0 + side.bottom - side.top >= _STEP]
        (self.edges if stroked else self.faint).extend(sides)


def _is_box(points: list[Point]) -> bool:
    """Whether an outline is a line or a rectangle along the axes, and no other figure."""
    sides = [(a, b) for a, b in itertools.pairwise(points) if a != b]
    return len(sides) < _CORNERS and all(
        abs(ax - bx) <= _LEAN or abs(ay - by) <= _LEAN for (ax, ay), (bx, by) in sides
    )


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


_matrix: Final = fpdf.FS_MATRIX()
_into_matrix: Final = ctypes.byref(_matrix)
_read_matrix: Final = struct.Struct("6f").unpack_from


def _matrix_of(item: Any) -> Matrix:
    known = matrix_of(item, _into_matrix) and (read := _read_matrix(_matrix)) != UNMOVED
    return Matrix(*read) if known else UNMOVED


def _subpaths(path: Any) -> Iterator[tuple[list[Point], list[int]]]:
    """The corners of each subpath, and to which of them a straight line leads; a closed one returns."""
    points: list[Point] = []
    straight: list[int] = []
    x, y = ctypes.c_float(), ctypes.c_float()
    into = ctypes.byref(x), ctypes.byref(y)
    for i in range(min(segments_in(path), MAX_EDGES)):
        segment = segment_at(path, i)
        kind = segment_kind(segment)
        if kind == fpdf.FPDF_SEGMENT_MOVETO:
            if len(points) > 1:
                yield points, straight
            points, straight = [], []
        elif kind == fpdf.FPDF_SEGMENT_LINETO:
            straight.append(len(points))
        segment_end(segment, *into)
        points.append((x.value, y.value))
        if segment_closes(segment):
            straight.append(len(points))
            points.append(points[0])
    if len(points) > 1:
        yield points, straight


def _references(values: Any) -> tuple[Any, ...]:
    """References to the four values of an array, for a function that fills them."""
    return tuple(ctypes.byref(values, n * ctypes.sizeof(values) // len(values)) for n in range(len(values)))


class _Probe:
    """Asks pdfium what may keep a piece of text from being seen; the C variables are made once."""

    def __init__(self) -> None:
        self._sides, self._colour = (ctypes.c_float * 4)(), (ctypes.c_uint * 4)()
        self._into_sides, self._into_colour = _references(self._sides), _references(self._colour)
        self._name = (ctypes.c_ushort * (len(_LAYER) // 2))()
        self._length = ctypes.c_ulong()

    def bounds(self, item: Any) -> Box:
        """Left, bottom, right and top in the space of what the item stands in."""
        bounds_of(item, *self._into_sides)
        left, bottom, right, top = self._sides
        return left, bottom, right, top

    def doubts(self, item: Any, colour: tuple[int, ...] | None, marked: bool, clip: Box | None) -> bool:
        """Whether a text is pale, painted through, cut by its clip or, if it is marked, part of a layer."""
        return (
            _is_pale(colour)
            or (clip is not None and self._is_cut(item, clip))
            or (marked and self._is_in_layer(item))
        )

    def colour(self, item: Any) -> tuple[int, ...] | None:
        """In which red, green, blue and opacity a text is painted, None where that is not known."""
        return tuple(self._colour) if colour_of(item, *self._into_colour) else None

    def clip(self, item: Any) -> Box | None:
        """What the clips of a text leave of the page: left, bottom, right and top; None without any."""
        clip = clip_of(item)
        count = clips_in(clip)
        if count <= 0:
            return None
        left, bottom, right, top = zip(*(_clip_box(clip, number) for number in range(count)), strict=True)
        return max(left), max(bottom), min(right), min(top)

    def _is_cut(self, item: Any, clip: Box) -> bool:
        """Whether a text reaches beyond what its clip leaves of the page."""
        (x0, y0, x1, y1), (left, bottom, right, top) = self.bounds(item), clip
        inside = left - _BLEED <= x0 and x1 <= right + _BLEED and bottom - _BLEED <= y0
        return not inside or y1 > top + _BLEED

    def other_words(self, item: Any) -> list[Any]:
        """The marks that give a text other words (ActualText) than are drawn."""
        count = fpdf.FPDFPageObj_CountMarks(item)
        marks = [fpdf.FPDFPageObj_GetMark(item, number) for number in range(max(count, 0))]
        return [m for m in marks if fpdf.FPDFPageObjMark_GetParamValueType(m, _OTHER_WORDS) == _STRING]

    def _is_in_layer(self, item: Any) -> bool:
        for number in range(fpdf.FPDFPageObj_CountMarks(item)):
            mark = fpdf.FPDFPageObj_GetMark(item, number)
            size = ctypes.sizeof(self._name)
            if (
                fpdf.FPDFPageObjMark_GetName(mark, self._name, size, self._length)
                and bytes(self._name) == _LAYER
            ):
                return True
        return False


def _is_pale(colour: tuple[int, ...] | None) -> bool:
    """Whether a colour is pale or half transparent, or none that is known."""
    if colour is None:
        return True
    red, green, blue, alpha = colour
    return alpha < _OPAQUE or (red >= _PALE and green >= _PALE and blue >= _PALE)


def _clip_box(clip: Any, number: int) -> Box:
    """The box around one of the paths of a clip; an empty one where it has no corners."""
    xs, ys = [], []
    x, y = ctypes.c_float(), ctypes.c_float()
    for i in range(min(fpdf.FPDFClipPath_CountPathSegments(clip, number), MAX_EDGES)):
        fpdf.FPDFPathSegment_GetPoint(fpdf.FPDFClipPath_GetPathSegment(clip, number, i), x, y)
        xs.append(x.value)
        ys.append(y.value)
    return (min(xs), min(ys), max(xs), max(ys)) if xs else (0.0, 0.0, 0.0, 0.0)
