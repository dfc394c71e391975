"""OFD (GB/T 33190): a ZIP of XML with positioned text and lines; the grid is found as in a PDF."""

from __future__ import annotations

import itertools
import math
import posixpath
import re
from collections.abc import Iterator, Sequence
from copy import deepcopy
from typing import Final, NamedTuple

from lxml import etree

from pipelines.parse.glyphs import repair_glyphs
from pipelines.parse.read.gates import MAX_PDF_CHARS, MAX_PDF_PAGES, Package
from pipelines.parse.read.glyph import Glyph
from pipelines.parse.read.layout import page_blocks
from pipelines.parse.read.margins import without_furniture
from pipelines.parse.read.ruling import Edge
from pipelines.parse.read.sniff import OFD
from pipelines.parse.records import Block, Issue, Reading, Unreadable

Element = etree._Element

_POINTS: Final = 72 / 25.4  # OFD measures in millimetres
_THIN: Final = 4.0  # points; a filled area thinner than this is a line
_SLANTED: Final = 0.2  # radians off the page's axes; a watermark is printed so
_WHITE: Final = 248  # a colour whose parts are all at least this is not seen on paper
_DEEPEST: Final = 8  # graphics within graphics
_MOST_COPIED: Final = 300_000  # elements of graphics that pages refer to
_TOKEN = re.compile(r"[A-Za-z]|-?(?:\d+\.?\d*|\.\d+)")
_Matrix = tuple[float, float, float, float, float, float]
_PLAIN: Final[_Matrix] = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_YOUNG: Final = "OFD 读取尚属试验 / the reader of OFD is young: look at the figures"
_SCAN_LAYER: Final = "文字是扫描件自带的识别文字层 / the text is the scan's own text layer"


def read_ofd(content: bytes) -> Reading:
    """Read an OFD; places are in points from the page's top left corner.

    Raises :class:`Unreadable` corrupted, empty, too_large. The reader is young:
    issue ``ofd_experimental``.
    """
    pages = list(_pages(Package(content)))
    layer = _is_layer(pages)
    blocks: list[list[Block]] = []
    chars = 0
    for number, page in enumerate(pages):
        glyphs, (edges, faint) = list(_glyphs(page, layer)), _lines(page)
        chars += len(glyphs)
        if chars > MAX_PDF_CHARS:
            raise Unreadable(
                "too_large", f"OFD 文字超过 {MAX_PDF_CHARS} 字 / more than {MAX_PDF_CHARS} characters"
            )
        blocks.append(page_blocks(glyphs, edges, number, faint))
    if not any(blocks):
        if any(True for page in pages for _ in _shown(page, "ImageObject")):
            raise Unreadable(
                "needs_ocr", "OFD 只有图片，请另存为 PDF 再收 / pictures only: save it as PDF for OCR"
            )
        raise Unreadable("empty", "OFD 中没有文字 / no text in the OFD")
    kept = without_furniture(blocks, [_size(page)[1] for page in pages])
    issues = [Issue("ofd_experimental", "info", _YOUNG)]
    if layer:
        issues.append(Issue("text_layer", "warning", _SCAN_LAYER))
    found = tuple(block for page in kept for block in page)
    return Reading("scan" if layer else "pages", OFD, found, issues=tuple(issues))


class OfdPage(NamedTuple):
    """What a page prints, and its size; all in points from its top left corner."""

    glyphs: tuple[Glyph, ...]
    edges: tuple[Edge, ...]
    width: float
    height: float


def load_page(content: bytes, number: int) -> OfdPage | None:
    """A page of an OFD as it is printed; None where there is none of that number.

    Raises :class:`Unreadable` corrupted, too_large.
    """
    page = next(itertools.islice(_pages(Package(content)), number, None), None)
    if page is None:
        return None
    return OfdPage(tuple(_glyphs(page, _is_layer([page]))), tuple(_lines(page)[0]), *_size(page))


def _pages(package: Package) -> Iterator[Element]:
    """The content of each page, in order; the page carries its size as attribute ``box``.

    Graphics that a page refers to stand in it where it does so.
    """
    try:
        root = package.xml("OFD.xml")
        for body in _named(root, "DocRoot"):
            path = (body.text or "").strip().lstrip("/")
            document = package.xml(path)
            size = next((box.text for box in _named(document, "PhysicalBox")), "0 0 210 297")
            base = posixpath.dirname(path)
            templates = {
                t.get("ID", ""): _member(base, t.get("BaseLoc", "")) for t in _named(document, "TemplatePage")
            }
            graphics, left = _graphics(package, base, document), _MOST_COPIED
            pages = [page for page in _named(document, "Page") if page.get("BaseLoc")]
            if len(pages) > MAX_PDF_PAGES:
                raise Unreadable("too_large", f"OFD 有 {len(pages)} 页 / {len(pages)} pages: split it")
            for page in pages:
                content = package.xml(_member(base, page.get("BaseLoc", "")))
                used = [t.get("TemplateID", "") for t in _named(content, "Template")]
                content.extend([package.xml(templates[name]) for name in used if name in templates])
                left = _insert(graphics, content, left)
                own = next((box.text for box in _named(content, "PhysicalBox")), size)
                content.set("box", own or "0 0 210 297")
                yield content
    except KeyError as error:
        raise Unreadable("corrupted", f"OFD 缺少部件 / a part is missing: {error}") from error


def _graphics(package: Package, base: str, document: Element) -> dict[str, Element]:
    """The composite graphics of a document's resources by their number."""
    listed = [e for name in ("PublicRes", "DocumentRes") for e in _named(document, name)]
    names = [_member(base, e.text or "") for e in listed]
    resources = [package.xml(name) for name in names if name in package]
    units = [unit for resource in resources for unit in _named(resource, "CompositeGraphicUnit")]
    return {unit.get("ID", ""): unit for unit in units}


def _insert(graphics: dict[str, Element], page: Element, most: int) -> int:
    """Put the graphics that a page refers to into it, and those that they refer to.

    Returns how many of the ``most`` elements are left that such graphics may have. Raises too_large
    beyond them, and too_deep where graphics refer to themselves.
    """
    places = [(place, 1) for place in _named(page, "CompositeObject")] if graphics else []
    while places:
        place, depth = places.pop()
        unit = graphics.get(place.get("ResourceID", ""))
        if unit is None:
            continue
        most -= sum(1 for _ in unit.iter()) + 1
        if most < 0:
            raise Unreadable("too_large", "OFD 图元过多 / too many graphics: save it as PDF")
        if depth > _DEEPEST:
            raise Unreadable("too_deep", "OFD 图元互相嵌套 / graphics within themselves: save it as PDF")
        copy = deepcopy(unit)
        places += [(inner, depth + 1) for inner in _named(copy, "CompositeObject")]
        place.append(copy)
    return most


def _member(base: str, location: str) -> str:
    """A member's name by its location, which is below ``base`` or, with a slash in front, below the root."""
    return posixpath.normpath(posixpath.join("/" + base, location.strip())).lstrip("/")


def _named(root: Element, name: str) -> Iterator[Element]:
    return (e for e in root.iter() if isinstance(e.tag, str) and etree.QName(e).localname == name)


def _shown(root: Element, name: str) -> Iterator[Element]:
    return (e for e in _named(root, name) if e.get("Visible", "true").lower() != "false")


def _placed(element: Element, name: str, outer: _Matrix = _PLAIN) -> Iterator[tuple[Element, _Matrix]]:
    """The objects of a kind that are shown, each with the matrix from its own to the page's millimetres."""
    for child in element:
        if not isinstance(child.tag, str) or child.get("Visible", "true").lower() == "false":
            continue
        kind = etree.QName(child).localname
        if kind == name:
            yield child, _after(outer, _own_matrix(child))
        elif kind == "CompositeObject":
            yield from _placed(child, name, _after(outer, _own_matrix(child)))
        elif len(child):
            yield from _placed(child, name, outer)


def _is_layer(pages: Sequence[Element]) -> bool:
    """Whether all text is a layer that is not painted, on pictures: what was recognised on a scan."""
    texts = [item for page in pages for item in _shown(page, "TextObject")]
    return bool(texts) and not any(map(_is_painted, texts))


def _is_painted(item: Element) -> bool:
    """Whether a text is printed: with a filling that is not transparent, or as an outline."""
    fill = next((e.get("Alpha", "255") for e in item if etree.QName(e).localname == "FillColor"), "255")
    filled = item.get("Fill", "true").lower() != "false" and _number(fill, 255) > 0
    return (filled or item.get("Stroke", "false").lower() == "true") and _number(item.get("Alpha"), 255) > 0


def _is_white(item: Element) -> bool:
    """Whether an object is filled in white; a colour of one part is a grey."""
    colour = next((e for e in item if etree.QName(e).localname == "FillColor"), None)
    parts = _floats(colour.get("Value")) if colour is not None else []
    return len(parts) in (1, 3) and min(parts) >= _WHITE


def _number(text: str | None, default: float) -> float:
    """A number, ``default`` where none is printed: writers leave them out and make mistakes."""
    found = _floats(text)
    return found[0] if found else default


def _floats(text: str | None) -> list[float]:
    return [float(token) for token in (text or "").split() if re.fullmatch(r"-?\d*\.?\d+", token)]


def _size(page: Element) -> tuple[float, float]:
    box = _floats(page.get("box"))
    width, height = box[2:] if len(box) == 4 else (210.0, 297.0)
    return width * _POINTS, height * _POINTS


def _own_matrix(element: Element) -> _Matrix:
    """From an object's own space to that around it: its transformation, then the corner of its boundary."""
    box, matrix = _floats(element.get("Boundary")), _floats(element.get("CTM"))
    left, top = box[:2] if len(box) == 4 else (0.0, 0.0)
    a, b, c, d, e, f = matrix if len(matrix) == 6 else _PLAIN
    return a, b, c, d, e + left, f + top


def _after(outer: _Matrix, inner: _Matrix) -> _Matrix:
    """The matrix that applies ``inner`` first, then ``outer``."""
    a, b, c, d, e, f = inner
    (ax, ay), (bx, by) = _vector(outer, a, b), _vector(outer, c, d)
    return ax, ay, bx, by, *_point(outer, e, f)


def _vector(matrix: _Matrix, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, _, _ = matrix
    return a * x + c * y, b * x + d * y


def _point(matrix: _Matrix, x: float, y: float) -> tuple[float, float]:
    dx, dy = _vector(matrix, x, y)
    return dx + matrix[4], dy + matrix[5]


def _glyphs(page: Element, layer: bool) -> Iterator[Glyph]:
    """What is printed on a page, or with ``layer`` what is not painted; watermarks across it are left out."""
    for item, matrix in _placed(page, "TextObject"):
        if (layer or _is_painted(item)) and _slant(matrix) <= _SLANTED:
            yield from _text(item, matrix)


def _slant(matrix: _Matrix) -> float:
    """How far a text runs off the page's axes, in radians."""
    angle = math.atan2(matrix[1], matrix[0])
    return abs(angle - round(angle / (math.pi / 2)) * (math.pi / 2))


def _text(item: Element, matrix: _Matrix) -> Iterator[Glyph]:
    size, white = _number(item.get("Size"), 3.5), _is_white(item)
    em = size * max(abs(matrix[3]), abs(matrix[1])) * _POINTS
    x = y = 0.0
    for code in _named(item, "TextCode"):
        # a later run without a place goes on where the one before began
        x, y = first = _number(code.get("X"), x), _number(code.get("Y"), y)
        text = code.text or ""
        usual = size * (0.5 if text.isascii() else 1.0)
        steps = _deltas(code.get("DeltaX"), len(text), usual), _deltas(code.get("DeltaY"), len(text))
        for i, char in enumerate(text):
            px, py = (n * _POINTS for n in _point(matrix, x, y))
            width = 0.5 if char.isascii() else 1.0
            box = px, py - 0.85 * em, px + em * width, py + 0.15 * em
            yield Glyph(repair_glyphs(char), *box, py, em, white=white)
            x += steps[0][i] if i < len(steps[0]) else 0.0 if steps[1] else size * width
            y += steps[1][i] if i < len(steps[1]) else 0.0
        x, y = first


def _deltas(text: str | None, count: int, usual: float = 0.0) -> list[float]:
    """Steps from character to character; ``g n v`` stands for n times v, ``usual`` for what is no number."""
    tokens = (text or "").split()
    steps: list[float] = []
    i = 0
    while i < len(tokens) and len(steps) < count:
        before = steps[-1] if steps else usual
        if tokens[i] == "g" and i + 2 < len(tokens):
            times = int(_number(tokens[i + 1], 1.0))
            steps += [_number(tokens[i + 2], before)] * min(max(times, 0), count)
            i += 3
        else:
            steps.append(_number(tokens[i], before))
            i += 1
    return steps


def _lines(page: Element) -> tuple[list[Edge], list[Edge]]:
    """The lines of a page, and the borders of areas that are filled but not drawn around."""
    edges: list[Edge] = []
    faint: list[Edge] = []
    for item, matrix in _placed(page, "PathObject"):
        stroked = item.get("Stroke", "true").lower() != "false"
        if not stroked and (item.get("Fill", "false").lower() != "true" or _is_white(item)):
            continue
        for data in _named(item, "AbbreviatedData"):
            points = [_point(matrix, x, y) for x, y in _corners(data.text or "")]
            points = [(x * _POINTS, y * _POINTS) for x, y in points]
            (edges if stroked or _is_thin(points) else faint).extend(_sides(points))
    return edges, faint


def _is_thin(points: list[tuple[float, float]]) -> bool:
    """Whether each part of a path is a bar no thicker than a line."""
    parts: list[list[tuple[float, float]]] = []
    for point in points:
        if math.isnan(point[0]):
            parts.append([])
        elif parts:
            parts[-1].append(point)
    spans = ((max(axis) - min(axis) for axis in zip(*part, strict=True)) for part in parts if part)
    return all(min(span, default=0.0) <= _THIN for span in spans)


def _corners(data: str) -> Iterator[tuple[float, float]]:
    """The points of a path; a new subpath is told by a point that is not a number."""
    tokens = _TOKEN.findall(data)
    start: tuple[float, float] | None = None
    i = 0
    while i < len(tokens):
        command = tokens[i]
        i += 1
        if (
            command in "SML"
            and i + 1 < len(tokens)
            and not tokens[i].isalpha()
            and not tokens[i + 1].isalpha()
        ):
            point = (float(tokens[i]), float(tokens[i + 1]))
            i += 2
            if command != "L":
                start = point
                yield (float("nan"), float("nan"))
            yield point
        elif command == "C" and start is not None:
            yield start


def _sides(points: list[tuple[float, float]]) -> Iterator[Edge]:
    for (ax, ay), (bx, by) in itertools.pairwise(points):
        if abs(ax - bx) <= 1:
            yield Edge((ax + bx) / 2, min(ay, by), (ax + bx) / 2, max(ay, by))
        elif abs(ay - by) <= 1:
            yield Edge(min(ax, bx), (ay + by) / 2, max(ax, bx), (ay + by) / 2)
