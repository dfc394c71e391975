"""Pictures of pages to grids and lines: set straight, ruling lines found, recognised words put into cells."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from pipelines.parse.read import ocr
from pipelines.parse.read.gates import MAX_OTHER_BYTES, MAX_PIXELS, gate_size
from pipelines.parse.read.glyph import Glyph
from pipelines.parse.read.image_cells import STAIN, Filler, coloured
from pipelines.parse.read.layout import page_blocks
from pipelines.parse.read.ruling import Edge, find_lattices
from pipelines.parse.read.upright import dark_of, upright
from pipelines.parse.records import Block, Box, Paragraph, Reading, Unreadable

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
# and the smallest table has as many
_LINES_OF_TABLE: Final = 8
# on grainy paper a pixel is off those about it by so much, on average
_GRAIN: Final = 1.2
# lines of a seal are so short in all beside a page's ruling lines; one is coloured along half of it
_OF_SEALS: Final = 0.3
_HALF_OF_IT: Final = 0.5
_MAX_FRAMES: Final = 200
_TOO_MANY_PIXELS: Final = (
    f"图片超过 {MAX_PIXELS} 像素，请缩小后再收 / a picture of more than {MAX_PIXELS} pixels: save it smaller"
)


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


def read_pdf_picture(page: pdfium.PdfPage, number: int, box: Box, quarters: int) -> list[Block]:
    """Read a picture on a page of a PDF if it holds a ruled table, else nothing; ``box`` and the places are
    in points of the page, turned upright by ``quarters``. Raises needs_ocr.
    """
    ocr.begin_page()
    scale = _DPI / 72
    x0, top, x1, bottom = (round(side * scale) for side in box)
    whole = page.render(scale=scale, rotation=90 * quarters).to_numpy()[:, :, :3]
    picture = whole[max(top, 0) : bottom, max(x0, 0) : x1]
    if not picture.size or len(_ruling_lines(picture, scale)) < _LINES_OF_TABLE:
        return []
    left, above = max(x0, 0) / scale, max(top, 0) / scale
    blocks = _read_page(picture, number, scale)
    return [_moved(block, lambda x, y: (x / scale + left, y / scale + above)) for block in blocks]


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
    except Image.DecompressionBombError as error:
        raise Unreadable("bomb", _TOO_MANY_PIXELS) from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise Unreadable("corrupted", f"图片已损坏 / damaged picture: {error}") from error


def _gate_pixels(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise Unreadable("bomb", _TOO_MANY_PIXELS)


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
    glyphs = Filler(picture, find_lattices(edges, unit), unit).glyphs(words)
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
    if float(grain.mean(where=grey > np.median(grey) - STAIN)) < _GRAIN:
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
    of_colour = [edge for edge in edges if _is_coloured(picture, edge)]
    of_seals = sum(map(_extent, of_colour)) < _OF_SEALS * sum(map(_extent, edges))
    return [edge for edge in edges if edge not in of_colour] if of_seals else edges


def _is_coloured(picture: Picture, edge: Edge) -> bool:
    x0, top, x1, bottom = (round(v) for v in (edge.x0, edge.top, edge.x1, edge.bottom))
    cut = picture[max(0, top - 2) : bottom + 3, max(0, x0 - 2) : x1 + 3]
    return bool(cut.size and coloured(cut).max(axis=int(edge.x0 == edge.x1)).mean() > _HALF_OF_IT)


def _extent(edge: Edge) -> float:
    return edge.x1 - edge.x0 + edge.bottom - edge.top


def _is_stroke(edge: Edge, words: Sequence[Word]) -> bool:
    """Whether an upright line is a stroke of a large character: it lies within a word."""
    return edge.x0 == edge.x1 and any(
        word.box[0] < edge.x0 < word.box[2] and word.box[1] - 3 <= edge.top and edge.bottom <= word.box[3] + 3
        for word in words
        if len(word.text) > 1 and word.box[2] - word.box[0] > word.box[3] - word.box[1]
    )


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
