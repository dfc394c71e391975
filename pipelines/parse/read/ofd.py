"""OFD (GB/T 33190): a ZIP of XML with positioned text and lines; the grid is found as in a PDF."""

from __future__ import annotations

import itertools
import math
import posixpath
from collections.abc import Iterator, Sequence
from copy import deepcopy
from typing import Final, NamedTuple

from lxml import etree

from pipelines.parse.glyphs import repair_glyphs
from pipelines.parse.read.gates import MAX_PDF_CHARS, MAX_PDF_PAGES, Package
from pipelines.parse.read.glyph import Glyph
from pipelines.parse.read.layout import page_blocks
from pipelines.parse.read.margins import without_furniture
from pipelines.parse.read.ofd_marks import NOTE, bare_of, clip_of, drawing, is_cut_off
from pipelines.parse.read.ofd_objects import (
    POINTS,
    Matrix,
    corners,
    floats,
    kind_of,
    moved,
    named,
    number_in,
    own,
    placed,
    shown,
)
from pipelines.parse.read.ruling import Edge
from pipelines.parse.read.sniff import OFD
from pipelines.parse.records import Block, Box, Issue, Reading, Unreadable

Element = etree._Element

_THIN: Final = 4.0  # points; a filled area thinner than this is a line
_SLANTED: Final = 0.2  # radians off the page's axes; a watermark is printed so
_WHITE: Final = 248  # a colour whose parts are all at least this is not seen on paper
_DEEPEST: Final = 8  # graphics within graphics
_MOST_COPIED: Final = 300_000  # elements of graphics that pages refer to
_ENCRYPTIONS: Final = "Encryptions.xml"  # tells which parts are encrypted
_YOUNG: Final = "OFD 读取尚属试验 / the reader of OFD is young: look at the figures"
_SCAN_LAYER: Final = "文字是扫描件自带的识别文字层 / the text is the scan's own text layer"


def read_ofd(content: bytes) -> Reading:
    """Read an OFD; places are in points from the page's top left corner.

    Raises :class:`Unreadable` corrupted, encrypted, empty, too_large. The reader is young:
    issue ``ofd_experimental``.
    """
    pages = list(_pages(Package(content)))
    layer = _is_layer(pages)
    blocks: list[list[Block]] = []
    chars = 0
    for number, page in enumerate(pages):
        glyphs, (edges, faint, drawings) = list(_glyphs(page, layer)), _lines(page)
        bare = None if layer else bare_of(page, _size(page), drawings)
        chars += len(glyphs)
        if chars > MAX_PDF_CHARS:
            raise Unreadable(
                "too_large", f"OFD 文字超过 {MAX_PDF_CHARS} 字 / more than {MAX_PDF_CHARS} characters"
            )
        blocks.append(page_blocks(glyphs, edges, number, faint, bare=bare))
    if not any(blocks):
        if any(True for page in pages for _ in shown(page, "ImageObject")):
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

    Raises :class:`Unreadable` corrupted, encrypted, too_large.
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
        for body in named(root, "DocRoot"):
            path = (body.text or "").strip().lstrip("/")
            document = package.xml(path)
            size = next((box.text for box in named(document, "PhysicalBox")), "0 0 210 297")
            base = posixpath.dirname(path)
            templates = {
                t.get("ID", ""): _member(base, t.get("BaseLoc", "")) for t in named(document, "TemplatePage")
            }
            resources = _resources(package, base, document)
            graphics, colours, left = _graphics(resources), _colours(resources), _MOST_COPIED
            notes = _notes(package, base, document)
            pages = [page for page in named(document, "Page") if page.get("BaseLoc")]
            if len(pages) > MAX_PDF_PAGES:
                raise Unreadable("too_large", f"OFD 有 {len(pages)} 页 / {len(pages)} pages: split it")
            for page in pages:
                content = package.xml(_member(base, page.get("BaseLoc", "")))
                used = [t.get("TemplateID", "") for t in named(content, "Template")]
                content.extend([package.xml(templates[name]) for name in used if name in templates])
                left = _insert(graphics, content, left)
                _fill(colours, content)
                content.extend(notes.get(page.get("ID", ""), ()))
                own = next((box.text for box in named(content, "PhysicalBox")), size)
                content.set("box", own or "0 0 210 297")
                yield content
    except KeyError as error:
        raise Unreadable("corrupted", f"OFD 缺少部件 / a part is missing: {error}") from error
    except Unreadable as error:
        if error.code == "corrupted" and _ENCRYPTIONS in package:
            raise Unreadable(
                "encrypted", "OFD 已加密，请先解密 / parts are encrypted: decrypt them"
            ) from error
        raise


def _resources(package: Package, base: str, document: Element) -> list[Element]:
    listed = [e for name in ("PublicRes", "DocumentRes") for e in named(document, name)]
    names = [_member(base, e.text or "") for e in listed]
    return [package.xml(name) for name in names if name in package]


def _graphics(resources: Sequence[Element]) -> dict[str, Element]:
    """The composite graphics of a document's resources by their number."""
    units = [unit for resource in resources for unit in named(resource, "CompositeGraphicUnit")]
    return {unit.get("ID", ""): unit for unit in units}


def _colours(resources: Sequence[Element]) -> dict[str, Element]:
    """The colours with which a document's sets of parameters fill objects, by the number of the set."""
    sets = {e.get("ID", ""): e for resource in resources for e in named(resource, "DrawParam")}
    found: dict[str, Element] = {}
    for name, step in sets.items():
        met = {name}
        while (colour := own(step, "FillColor")) is None and step.get("Relative", name) not in met:
            met.add(step.get("Relative", ""))
            step = sets.get(step.get("Relative", ""), step)
        if colour is not None:
            found[name] = colour
    return found


def _fill(colours: dict[str, Element], page: Element) -> None:
    """Give the objects of a page the colours of the sets that they, or what they stand in, name."""
    items = [e for kind in ("TextObject", "PathObject") for e in named(page, kind)] if colours else []
    for item in items:
        name = next((e.get("DrawParam") for e in (item, *item.iterancestors()) if e.get("DrawParam")), "")
        if name in colours and own(item, "FillColor") is None:
            item.append(deepcopy(colours[name]))


def _notes(package: Package, base: str, document: Element) -> dict[str, list[Element]]:
    """The notes on the pages of a document, as they look, by the number of the page."""
    found: dict[str, list[Element]] = {}
    for listed in named(document, "Annotations"):
        name = _member(base, listed.text or "")
        for page in named(package.xml(name), "Page") if name in package else ():
            files = [_member(posixpath.dirname(name), e.text or "") for e in named(page, "FileLoc")]
            for note in (e for file in files if file in package for e in shown(package.xml(file), "Annot")):
                found.setdefault(page.get("PageID", ""), []).extend(named(note, NOTE))
    return found


def _insert(graphics: dict[str, Element], page: Element, most: int) -> int:
    """Put the graphics that a page refers to into it, and those that they refer to.

    Returns how many of the ``most`` elements are left that such graphics may have. Raises too_large
    beyond them, and too_deep where graphics refer to themselves.
    """
    places = [(place, 1) for place in named(page, "CompositeObject")] if graphics else []
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
        places += [(inner, depth + 1) for inner in named(copy, "CompositeObject")]
        place.append(copy)
    return most


def _member(base: str, location: str) -> str:
    """A member's name by its location, which is below ``base`` or, with a slash in front, below the root."""
    return posixpath.normpath(posixpath.join("/" + base, location.strip())).lstrip("/")


def _is_layer(pages: Sequence[Element]) -> bool:
    """Whether all text is a layer that is not painted, on pictures: what was recognised on a scan."""
    texts = [item for page in pages for item in shown(page, "TextObject")]
    return bool(texts) and not any(map(_is_painted, texts))


def _is_painted(item: Element) -> bool:
    """Whether a text is printed: with a filling that is not transparent, or as an outline."""
    colour = own(item, "FillColor")
    fill = colour.get("Alpha") if colour is not None else None
    filled = item.get("Fill", "true").lower() != "false" and number_in(fill, 255) > 0
    return (filled or item.get("Stroke", "false").lower() == "true") and number_in(item.get("Alpha"), 255) > 0


def _is_white(item: Element) -> bool:
    """Whether an object is filled in white; a colour of one part is a grey."""
    colour = own(item, "FillColor")
    parts = floats(colour.get("Value")) if colour is not None else []
    return len(parts) in (1, 3) and min(parts) >= _WHITE


def _size(page: Element) -> tuple[float, float]:
    box = floats(page.get("box"))
    width, height = box[2:] if len(box) == 4 else (210.0, 297.0)
    return width * POINTS, height * POINTS


def _glyphs(page: Element, layer: bool) -> Iterator[Glyph]:
    """What is printed on a page, or with ``layer`` what is not painted; watermarks across it are left out."""
    for item, matrix in placed(page, "TextObject"):
        if (layer or _is_painted(item)) and _slant(matrix) <= _SLANTED:
            yield from _text(item, matrix)


def _slant(matrix: Matrix) -> float:
    """How far a text runs off the page's axes, in radians."""
    angle = math.atan2(matrix[1], matrix[0])
    return abs(angle - round(angle / (math.pi / 2)) * (math.pi / 2))


def _text(item: Element, matrix: Matrix) -> Iterator[Glyph]:
    size, white, clip = number_in(item.get("Size"), 3.5), _is_white(item), clip_of(item)
    em = size * max(abs(matrix[3]), abs(matrix[1])) * POINTS
    mirrored = matrix[0] < 0 < matrix[3]
    x = y = 0.0
    for code in (e for e in item if kind_of(e) == "TextCode"):
        # a later run without a place goes on where the one before began
        x, y = first = number_in(code.get("X"), x), number_in(code.get("Y"), y)
        text = code.text or ""
        usual = size * (0.5 if text.isascii() else 1.0)
        steps = _deltas(code.get("DeltaX"), len(text), usual), _deltas(code.get("DeltaY"), len(text))
        for i, char in enumerate(text):
            px, py = (n * POINTS for n in moved(matrix, x, y))
            width = 0.5 if char.isascii() else 1.0
            box = px, py - 0.85 * em, px + em * width, py + 0.15 * em
            cut = clip is not None and is_cut_off(clip, matrix, x + size * width / 2, y - 0.35 * size)
            yield Glyph(repair_glyphs(char), *box, py, em, white=white, faint=cut or mirrored)
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
            times = int(number_in(tokens[i + 1], 1.0))
            steps += [number_in(tokens[i + 2], before)] * min(max(times, 0), count)
            i += 3
        else:
            steps.append(number_in(tokens[i], before))
            i += 1
    return steps


def _lines(page: Element) -> tuple[list[Edge], list[Edge], list[Box]]:
    """The lines of a page, the borders of areas that are filled but not drawn around, and small drawings."""
    edges: list[Edge] = []
    faint: list[Edge] = []
    drawings: list[Box] = []
    for item, matrix in placed(page, "PathObject"):
        stroked = item.get("Stroke", "true").lower() != "false"
        if not stroked and (item.get("Fill", "false").lower() != "true" or _is_white(item)):
            continue
        data = own(item, "AbbreviatedData")
        path = data.text or "" if data is not None else ""
        points = [moved(matrix, x, y) for x, y in corners(path)]
        points = [(x * POINTS, y * POINTS) for x, y in points]
        (edges if stroked or _is_thin(points) else faint).extend(_sides(points))
        if (drawn := drawing(path, points)) is not None:
            drawings.append(drawn)
    return edges, faint, drawings


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


def _sides(points: list[tuple[float, float]]) -> Iterator[Edge]:
    for (ax, ay), (bx, by) in itertools.pairwise(points):
        if abs(ax - bx) <= 1:
            yield Edge((ax + bx) / 2, min(ay, by), (ax + bx) / 2, max(ay, by))
        elif abs(ay - by) <= 1:
            yield Edge(min(ax, bx), (ay + by) / 2, max(ax, bx), (ay + by) / 2)
