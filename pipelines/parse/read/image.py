"""Pictures of pages to grids and lines: set straight, ruling lines found, recognised words put into cells."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from pipelines.parse.glyphs import repair_glyphs
from pipelines.parse.read import ocr, strokes
from pipelines.parse.read.gates import MAX_OTHER_BYTES, MAX_PIXELS, gate_size
from pipelines.parse.read.glyph import Glyph
from pipelines.parse.read.grid import Span
from pipelines.parse.read.layout import page_blocks
from pipelines.parse.read.ruling import Edge, Lattice, find_lattices
from pipelines.parse.read.upright import dark_of, upright
from pipelines.parse.records import UNREAD, Block, Box, Paragraph, Reading, Unreadable

if TYPE_CHECKING:
    import pypdfium2 as pdfium

    from pipelines.parse.read.ocr import Picture, Word

_DPI: Final = 200
_A4_WIDTH: Final = 595.0
# a picture of this shape, width to height, is a page on its side
_LANDSCAPE: Final = (1.3, 1.55)
# so broad a part of two pages beside each other is bare between them
_GUTTER: Final = 0.04
# more pixels across a page say little more (240 dpi)
_MOST_ACROSS: Final = 1980
# with fewer, characters are too small to tell: the picture is enlarged, up to twice
_LEAST_ACROSS: Final = 1000
# pixels of the shorter and of the longer side of the smallest picture that holds a line of text
_LEAST_SIDES: Final = (10, 60)
# a ruling line is at least this long, in points
_LINE_LENGTH: Final = 14.0
# a word belongs to every cell that holds this share of its width
_SHARE: Final = 0.15
# more ink than this, in square points, is no speck
_INK: Final = 5.0
# what a cell's walls take of its inside, in points, and what their ink alone takes
_RIM: Final = 1.8
_WALL: Final = 0.9
# the confidence of words where others in the same cell can't be read
_DOUBTFUL: Final = 0.5
# a cell this much higher than wide holds a label set one character a line
_UPRIGHT: Final = 2.5
# what a dash or a slash is taken for, where it is not overlooked
_STROKES: Final = frozenset(("", *"1/／丿Il|ノJ-—一", UNREAD))
# how sure the shape of a dash or a slash is
_SURE_STROKE: Final = 0.95
# the strongest part of a colour over its weakest, from which it is a seal's and no paper's
_COLOUR: Final = 50
# a stain is darker than the paper of its cell by this
_STAIN: Final = 60
# on grainy paper a pixel is off those about it by so much, on average
_GRAIN: Final = 1.2
# lines of a seal are so short in all beside a page's ruling lines; one is coloured along half of it
_OF_SEALS: Final = 0.3
_HALF_OF_IT: Final = 0.5
_MAX_FRAMES: Final = 200


def read_image(content: bytes, media_type: str) -> Reading:
    """Read a picture of a report (each frame of a TIFF is a page); places are in pixels.

    Raises :class:`Unreadable` needs_ocr where the extra is missing, bomb,
    corrupted, empty.
    """
    gate_size(content, MAX_OTHER_BYTES, "image")
    ocr.begin_page()
    blocks = [block for page, picture in enumerate(frames(content)) for block in _read_picture(picture, page)]
    if not blocks:
        raise Unreadable("empty", "图片上没有文字 / no text on the picture")
    return Reading("scan", media_type, tuple(blocks), images=1)


def size_of(content: bytes) -> tuple[int, int]:
    """Width and height in pixels, by the picture's head alone; raises :class:`Unreadable` corrupted."""
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(content)) as image:
                return image.size
    except (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError) as error:
        raise Unreadable("corrupted", "图片已损坏 / damaged picture") from error


def read_pdf_page(page: pdfium.PdfPage, number: int) -> list[Block]:
    """Render a page of a PDF and read the picture; places are in points. Raises needs_ocr."""
    ocr.begin_page()
    scale = _DPI / 72
    width, height = page.get_size()
    if width * height * scale * scale > MAX_PIXELS:
        scale = (MAX_PIXELS / (width * height)) ** 0.5
    picture = page.render(scale=scale).to_numpy()[:, :, :3]
    blocks = _read_page(picture, number, scale)
    return [_moved(block, lambda x, y: (x / scale, y / scale)) for block in blocks]


def frames(content: bytes) -> Iterator[Picture]:
    """The pages of a picture (BGR), as a browser shows them; raises :class:`Unreadable` bomb, corrupted."""
    import numpy as np
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with warnings.catch_warnings():  # of odd metadata; sizes are looked at here
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(content)) as image:
                # frames of other formats are an animation
                count = getattr(image, "n_frames", 1) if image.format == "TIFF" else 1
                for n in range(min(count, _MAX_FRAMES)):
                    image.seek(n)
                    _gate_pixels(image.width, image.height)
                    # cameras say which way up they were held
                    yield np.asarray(ImageOps.exif_transpose(image).convert("RGB"))[:, :, ::-1]
    except UnidentifiedImageError as error:
        raise Unreadable("corrupted", "图片已损坏 / damaged picture: its head can't be read") from error
    except (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError) as error:
        raise Unreadable("corrupted", f"图片已损坏 / damaged picture: {error}") from error


def _gate_pixels(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise Unreadable("bomb", f"图片 {width}×{height} 过大 / the picture has too many pixels")


def _read_picture(picture: Picture, page: int) -> list[Block]:
    """A picture of its own: taken for a page of A4, upright or turned, or for a strip as wide as one."""
    height, width = picture.shape[:2]
    if min(height, width) < _LEAST_SIDES[0] or max(height, width) < _LEAST_SIDES[1]:
        return []
    across = height if _LANDSCAPE[0] < width / height < _LANDSCAPE[1] else width
    by = min(1.0, _MOST_ACROSS / across) if across >= _LEAST_ACROSS else min(2.0, _LEAST_ACROSS / across)
    if by == 1.0:
        return _read_page(picture, page, across / _A4_WIDTH)
    blocks = _read_page(_resized(picture, by), page, across * by / _A4_WIDTH)
    return [_moved(block, lambda x, y: (x / by, y / by)) for block in blocks]


def _resized(picture: Picture, by: float) -> Picture:
    import cv2
    import numpy as np

    size = [max(1, round(side * by)) for side in (picture.shape[1], picture.shape[0])]
    how = cv2.INTER_AREA if by < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, size, interpolation=how), dtype=np.uint8)


def _read_page(picture: Picture, page: int, unit: float) -> list[Block]:
    """The blocks of a picture in its own pixels; ``unit`` is the length of a point in pixels."""
    picture, words, back = upright(_smoothed(picture))
    ruled = _without_seals(picture, _ruling_lines(picture, unit))
    edges = [edge for edge in ruled if not _is_stroke(edge, words)]
    glyphs = _Filler(picture, find_lattices(edges, unit), unit).glyphs(words)
    return [
        _moved(block, back)
        for side in _pages_of(picture, glyphs, edges)
        for block in page_blocks(*side, page, unit=unit)
    ]


def _smoothed(picture: Picture) -> Picture:
    """The picture without its grain, if it is grainy: specks would pass for ink beside the words."""
    import cv2
    import numpy as np

    grey = cv2.cvtColor(np.ascontiguousarray(picture), cv2.COLOR_BGR2GRAY)
    grain = cv2.absdiff(grey, cv2.medianBlur(grey, 3))
    if float(grain.mean(where=grey > np.median(grey) - _STAIN)) < _GRAIN:
        return picture
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 1.0), dtype=np.uint8)


def _pages_of(
    picture: Picture, glyphs: Sequence[Glyph], edges: Sequence[Edge]
) -> list[tuple[list[Glyph], list[Edge]]]:
    """What stands on each page of a picture: on two, if nothing crosses the middle of a landscape."""
    height, width = picture.shape[:2]
    if width < _LANDSCAPE[0] * height:
        return [(list(glyphs), list(edges))]
    at = _gutter([(g.x0, g.x1) for g in glyphs] + [(e.x0, e.x1) for e in edges], width)
    sides = [
        ([g for g in glyphs if (g.x0 > at) == right], [e for e in edges if (e.x0 > at) == right])
        for right in (False, True)
    ]
    return [side for side in sides if side[0]]


def _gutter(extents: list[tuple[float, float]], width: int) -> float:
    """Where between two pages nothing stands; the picture's end where it is one page."""
    middle = width / 2
    left = max((end for start, end in extents if start < middle), default=0.0)
    right = min((start for start, _ in extents if start >= middle), default=float(width))
    return (left + right) / 2 if right - left > _GUTTER * width else float(width)


def _ruling_lines(picture: Picture, unit: float) -> list[Edge]:
    """Long straight strokes along an axis, by opening with a long thin shape."""
    import cv2

    dark = dark_of(picture)
    length = max(10, round(_LINE_LENGTH * unit))
    edges = []
    for shape in ((length, 1), (1, length)):
        kernel = cv2.getStructuringElement(cv2.MORPH_RECT, shape)
        strokes = cv2.dilate(
            cv2.morphologyEx(dark, cv2.MORPH_OPEN, kernel), cv2.getStructuringElement(cv2.MORPH_RECT, (3, 3))
        )
        count, _, boxes, _ = cv2.connectedComponentsWithStats(strokes)
        for x, y, w, h, _ in boxes[1:count].tolist():
            if shape[1] == 1 and w >= 2 * length and h < length:
                edges.append(Edge(x, y + h / 2, x + w, y + h / 2))
            elif shape[0] == 1 and h >= length and w < length:
                edges.append(Edge(x + w / 2, y, x + w / 2, y + h))
    return edges


def _without_seals(picture: Picture, edges: list[Edge]) -> list[Edge]:
    """The lines without those of a seal: coloured ones, where the page's others are not."""
    coloured = [edge for edge in edges if _is_coloured(picture, edge)]
    of_seals = sum(map(_extent, coloured)) < _OF_SEALS * sum(map(_extent, edges))
    return [edge for edge in edges if edge not in coloured] if of_seals else edges


def _is_coloured(picture: Picture, edge: Edge) -> bool:
    x0, top, x1, bottom = (round(v) for v in (edge.x0, edge.top, edge.x1, edge.bottom))
    cut = picture[max(0, top - 2) : bottom + 3, max(0, x0 - 2) : x1 + 3]
    return bool(cut.size and _coloured(cut).max(axis=int(edge.x0 == edge.x1)).mean() > _HALF_OF_IT)


def _extent(edge: Edge) -> float:
    return edge.x1 - edge.x0 + edge.bottom - edge.top


def _coloured(cut: Picture, tint: float = 0.0) -> Any:
    """Which pixels have a colour beyond the paper's ``tint``, as a seal's have and print's have not."""
    return cut.max(axis=2).astype(int) - cut.min(axis=2) > _COLOUR + tint


def _tint(picture: Picture) -> float:
    """How coloured the paper of a page is, in the light in which it was taken."""
    import numpy as np

    sample = picture[::8, ::8]
    return float(np.median(sample.max(axis=2).astype(int) - sample.min(axis=2)))


def _is_stroke(edge: Edge, words: Sequence[Word]) -> bool:
    """Whether an upright line is a stroke of a large character: it lies within a word."""
    return edge.x0 == edge.x1 and any(
        word.box[0] < edge.x0 < word.box[2] and word.box[1] - 3 <= edge.top and edge.bottom <= word.box[3] + 3
        for word in words
        if len(word.text) > 1 and word.box[2] - word.box[0] > word.box[3] - word.box[1]
    )


class _Filler:
    """Gives each word its cell, and asks again where the page's words and its cells disagree."""

    def __init__(self, picture: Picture, lattices: Sequence[Lattice], unit: float) -> None:
        self._picture, self._unit = picture, unit
        self._tint = _tint(picture)
        self._cells: list[tuple[Box, Span]] = [
            (lat.cell_box(cell), cell) for lat in lattices for cell in lat.cells
        ]
        # where most cells have a colour, it is the print's
        self._has_seals = 2 * sum(self._sealed(box) for box, _ in self._cells) < len(self._cells)

    def glyphs(self, words: Sequence[Word]) -> list[Glyph]:
        """Words as glyphs. Cells whose words run over, or that hold ink but no word, are read alone."""
        alone: set[int] = set()
        held: dict[int, list[Word]] = {}
        loose: list[Word] = []
        for word in words:
            touched = self._touched(word.box)
            if not touched:
                loose.append(word)
            elif len(touched) > 1:
                alone.update(touched)
            else:
                held.setdefault(touched[0], []).append(word)
        glyphs = [_glyph(word.text, word.box, word.confidence) for word in loose]
        for n, (box, _) in enumerate(self._cells):
            found = self._without_strokes(box, self._cell(box, held.get(n, []), n in alone))
            glyphs += [self._as_wide_as_its_ink(found[0], box)] if len(found) == 1 else found
        return glyphs

    def _without_strokes(self, box: Box, glyphs: list[Glyph]) -> list[Glyph]:
        """A cell's glyphs; of one stroke or none, its shape says whether it is a dash or a slash.

        A 1 that lies or leans, and is neither, is doubtful, and so is all that shows from under a seal.
        """
        text = "".join(glyph.text for glyph in glyphs)
        cut = self._inside(box)
        if not cut.size:
            return glyphs
        dark = dark_of(cut)
        if (self._has_seals and self._sealed(box)) or self._blotted(cut, dark):
            return [glyph._replace(stained=True) for glyph in _doubted(glyphs)]
        if text not in _STROKES:
            return glyphs
        mark = strokes.mark_of(dark, self._unit)
        if mark:
            return [_glyph(mark, box, _SURE_STROKE)]
        return _doubted(glyphs) if text == "1" and strokes.leans(dark) else glyphs

    def _cell(self, box: Box, words: Sequence[Word], alone: bool) -> list[Glyph]:
        """What stands in a cell: its words, unless they leave ink over and the cell read alone says more."""
        if not self._ink_left(box, words):
            if not words and self._sealed(box):
                return [_glyph(UNREAD, box, 0.0)]
            return [_glyph(word.text, word.box, word.confidence) for word in words]
        upright = box[3] - box[1] > _UPRIGHT * (box[2] - box[0]) and len(words) < 3
        read = self._read_alone(box, upright)
        if alone or sum(map(_length, read)) >= sum(map(_length, words)):
            return read
        return [_glyph(word.text, word.box, min(word.confidence, _DOUBTFUL)) for word in words]

    def _touched(self, box: Box) -> list[int]:
        """The cells that hold a word's middle line, each by more than a sliver."""
        middle = (box[1] + box[3]) / 2
        width = box[2] - box[0]
        found = []
        for n, (cell, _) in enumerate(self._cells):
            overlap = min(box[2], cell[2]) - max(box[0], cell[0])
            if cell[1] <= middle <= cell[3] and overlap > max(_SHARE * width, 2 * self._unit):
                found.append(n)
        return found

    def _inside(self, box: Box, rim_of: float = _RIM) -> Picture:
        """The picture of a cell without its lines."""
        rim = round(rim_of * self._unit)
        x0, top, x1, bottom = (round(v) for v in box)
        return self._picture[top + rim : bottom - rim, x0 + rim : x1 - rim]

    def _ink_left(self, box: Box, words: Sequence[Word]) -> bool:
        """Whether something is printed in a cell outside the boxes of its words."""
        cut = self._inside(box)
        if not cut.size:
            return False
        dark = dark_of(cut)
        rim = round(_RIM * self._unit)
        for word in words:
            x0, top, x1, bottom = (round(v) for v in word.box)
            left, above = round(box[0]) + rim, round(box[1]) + rim
            dark[max(0, top - above) : max(0, bottom - above), max(0, x0 - left) : max(0, x1 - left)] = 0
        return int((dark > 0).sum()) > _INK * self._unit * self._unit

    def _sealed(self, box: Box) -> bool:
        """Whether a seal lies over a cell, so that what is printed below may not be seen."""
        cut = self._inside(box)
        return bool(cut.size) and int(_coloured(cut, self._tint).sum()) > _INK * self._unit * self._unit

    def _blotted(self, cut: Picture, dark: Picture) -> bool:
        """Whether broad dark stains, which are no strokes, lie over a cell."""
        import cv2
        import numpy as np

        grey = cv2.cvtColor(cut, cv2.COLOR_BGR2GRAY)
        stained = (grey < np.percentile(grey, 90) - _STAIN) & (dark == 0)
        return int(stained.sum()) > _INK * self._unit * self._unit

    def _read_alone(self, box: Box, upright: bool) -> list[Glyph]:
        """A cell read by itself; U+FFFD where something stands there that can't be read."""
        cut = self._inside(box)
        lines = [_laid_down(cut)] if upright else _cut_lines(cut)
        read = [ocr.one_line(_framed(line)) for line in lines]
        kept = [(text, score) for text, score in read if text] or [(UNREAD, 0.0)]
        height = (box[3] - box[1]) / len(kept)
        return [
            _glyph(
                text, (box[0] + 1, box[1] + i * height + 1, box[2] - 1, box[1] + (i + 1) * height - 1), score
            )
            for i, (text, score) in enumerate(kept)
        ]

    def _as_wide_as_its_ink(self, glyph: Glyph, box: Box) -> Glyph:
        """A cell's only word no wider than it is printed, unless it touches a wall and may go on beyond it.

        Words are framed generously: those of neighbouring cells would touch.
        """
        cut = self._inside(box, _WALL)
        inked = dark_of(cut).any(axis=0).nonzero()[0].tolist() if cut.size else []
        if not inked:
            return glyph
        start, last = box[0] + round(_WALL * self._unit), cut.shape[1] - 1
        left = max(glyph.x0, start + inked[0]) if inked[0] > 0 else glyph.x0
        right = min(glyph.x1, start + inked[-1] + 1) if inked[-1] < last else glyph.x1
        return glyph._replace(x0=left, x1=right)


def _doubted(glyphs: Sequence[Glyph]) -> list[Glyph]:
    return [glyph._replace(confidence=min(glyph.confidence or 0.0, _DOUBTFUL)) for glyph in glyphs]


def _length(read: Glyph | Word) -> int:
    return len(read.text)


def _glyph(text: str, box: Box, confidence: float) -> Glyph:
    x0, top, x1, bottom = (float(v) for v in box)
    size = max(1.0, min(bottom - top, x1 - x0))
    return Glyph(repair_glyphs(text), x0, top, x1, bottom, (top + bottom) / 2, size, 0, round(confidence, 3))


def _bands(dark: Any, axis: int) -> list[tuple[int, int]]:
    """Runs of rows (axis 1) that hold ink."""
    inked = [bool(v) for v in (dark > 0).any(axis=axis)]
    flips = [i for i, (a, b) in enumerate(pairwise([False, *inked, False])) if a != b]
    return [(start, end) for start, end in zip(flips[::2], flips[1::2], strict=True) if end - start > 3]


def _cut_lines(cut: Picture) -> list[Picture]:
    """The lines of a cell, top first."""
    return [cut[max(0, start - 2) : end + 2] for start, end in _bands(dark_of(cut), 1)] or [cut]


def _laid_down(cut: Picture) -> Picture:
    """Characters that stand one below the other, laid side by side."""
    import cv2
    import numpy as np

    width = cut.shape[1]
    pieces: list[tuple[int, int]] = []
    for start, end in _bands(dark_of(cut), 1):
        # a character of several strokes (三, 二) is as high as the column is wide
        if pieces and end - pieces[-1][0] <= 0.8 * width:
            pieces[-1] = (pieces[-1][0], end)
        else:
            pieces.append((start, end))
    if not pieces:
        return cut
    side = max(width, max(end - start for start, end in pieces))
    tiles = [
        cv2.copyMakeBorder(
            cut[start:end], (side - end + start) // 2, side - (end - start) - (side - end + start) // 2, 0, 0,
            cv2.BORDER_CONSTANT, value=(255, 255, 255),
        )
        for start, end in pieces
    ]  # fmt: skip
    return np.asarray(np.hstack(tiles), dtype=np.uint8)


def _framed(line: Picture) -> Picture:
    import cv2
    import numpy as np

    framed = cv2.copyMakeBorder(line, 6, 6, 12, 12, cv2.BORDER_CONSTANT, value=(255, 255, 255))
    return np.asarray(framed, dtype=np.uint8)


def _moved(block: Block, to: Any) -> Block:
    """A block with its places carried over by a function on points."""
    if isinstance(block, Paragraph):
        return replace(block, place=replace(block.place, box=_moved_box(block.place.box, to)))
    cells = tuple(
        replace(cell, place=replace(cell.place, box=_moved_box(cell.place.box, to))) for cell in block.cells
    )
    return replace(block, cells=cells, place=replace(block.place, box=_moved_box(block.place.box, to)))


def _moved_box(box: Box | None, to: Any) -> Box | None:
    if box is None:
        return None
    corners = [to(x, y) for x in (box[0], box[2]) for y in (box[1], box[3])]
    xs, ys = [float(x) for x, _ in corners], [float(y) for _, y in corners]
    return round(min(xs), 1), round(min(ys), 1), round(max(xs), 1), round(max(ys), 1)
