"""OFD (GB/T 33190): a ZIP of XML with positioned text and lines; the grid is found as in a PDF."""

from __future__ import annotations

import itertools
import posixpath
import re
from collections.abc import Iterator
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
_THIN: Final = 4.0
_TOKEN = re.compile(r"[A-Za-z]|-?(?:\d+\.?\d*|\.\d+)")


def read_ofd(content: bytes) -> Reading:
    """Read an OFD; places are in points from the page's top left corner.

    Raises :class:`Unreadable` corrupted, empty, too_large. The reader is young:
    issue ``ofd_experimental``.
    """
    pages = list(_pages(Package(content)))
    blocks: list[list[Block]] = []
    chars = 0
    for number, page in enumerate(pages):
        glyphs, edges = list(_glyphs(page)), list(_edges(page))
        chars += len(glyphs)
        if chars > MAX_PDF_CHARS:
            raise Unreadable(
                "too_large", f"OFD 文字超过 {MAX_PDF_CHARS} 字 / more than {MAX_PDF_CHARS} characters"
            )
        blocks.append(page_blocks(glyphs, edges, number))
    if not any(blocks):
        if any(True for page in pages for _ in _shown(page, "ImageObject")):
            raise Unreadable(
                "needs_ocr", "OFD 只有图片，请另存为 PDF 再收 / pictures only: save it as PDF for OCR"
            )
        raise Unreadable("empty", "OFD 中没有文字 / no text in the OFD")
    kept = without_furniture(blocks, [_size(page)[1] for page in pages])
    issue = Issue(
        "ofd_experimental", "info", "OFD 读取尚属试验 / the reader of OFD is young: look at the figures"
    )
    return Reading("pages", OFD, tuple(block for page in kept for block in page), issues=(issue,))


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
    return OfdPage(tuple(_glyphs(page)), tuple(_edges(page)), *_size(page))


def _pages(package: Package) -> Iterator[Element]:
    """The content of each page, in order; the page carries its size as attribute ``box``."""
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
            pages = [page for page in _named(document, "Page") if page.get("BaseLoc")]
            if len(pages) > MAX_PDF_PAGES:
                raise Unreadable("too_large", f"OFD 有 {len(pages)} 页 / {len(pages)} pages: split it")
            for page in pages:
                content = package.xml(_member(base, page.get("BaseLoc", "")))
                used = [t.get("TemplateID", "") for t in _named(content, "Template")]
                content.extend([package.xml(templates[name]) for name in used if name in templates])
                own = next((box.text for box in _named(content, "PhysicalBox")), size)
                content.set("box", own or "0 0 210 297")
                yield content
    except KeyError as error:
        raise Unreadable("corrupted", f"OFD 缺少部件 / a part is missing: {error}") from error


def _member(base: str, location: str) -> str:
    """A member's name by its location, which is below ``base`` or, with a slash in front, below the root."""
    return posixpath.normpath(posixpath.join("/" + base, location.strip())).lstrip("/")


def _named(root: Element, name: str) -> Iterator[Element]:
    return (e for e in root.iter() if isinstance(e.tag, str) and etree.QName(e).localname == name)


def _shown(root: Element, name: str) -> Iterator[Element]:
    return (e for e in _named(root, name) if e.get("Visible", "true").lower() != "false")


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


def _boundary(element: Element) -> tuple[float, float]:
    box = _floats(element.get("Boundary"))
    return (box[0], box[1]) if len(box) == 4 else (0.0, 0.0)


def _matrix(element: Element) -> tuple[float, ...]:
    matrix = _floats(element.get("CTM"))
    return tuple(matrix) if len(matrix) == 6 else (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def _glyphs(page: Element) -> Iterator[Glyph]:
    for item in _shown(page, "TextObject"):
        left, top = _boundary(item)
        a, b, c, d, e, f = _matrix(item)
        size = _number(item.get("Size"), 3.5)
        x = y = 0.0
        for code in _named(item, "TextCode"):
            # a later run without a place goes on where the one before began
            x, y = first = _number(code.get("X"), x), _number(code.get("Y"), y)
            text = code.text or ""
            usual = size * (0.5 if text.isascii() else 1.0)
            steps = _deltas(code.get("DeltaX"), len(text), usual), _deltas(code.get("DeltaY"), len(text))
            for i, char in enumerate(text):
                px, py = (left + a * x + c * y + e) * _POINTS, (top + b * x + d * y + f) * _POINTS
                em = size * max(abs(d), abs(b)) * _POINTS
                advance = em * (0.5 if char.isascii() else 1.0)
                yield Glyph(repair_glyphs(char), px, py - 0.85 * em, px + advance, py + 0.15 * em, py, em)
                x += steps[0][i] if i < len(steps[0]) else 0.0 if steps[1] else size
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


def _edges(page: Element) -> Iterator[Edge]:
    for item in _shown(page, "PathObject"):
        left, top = _boundary(item)
        a, b, c, d, e, f = _matrix(item)
        for data in _named(item, "AbbreviatedData"):
            points: list[tuple[float, float]] = []
            for x, y in _corners(data.text or ""):
                point = ((left + a * x + c * y + e) * _POINTS, (top + b * x + d * y + f) * _POINTS)
                points.append(point)
            yield from _sides(points)


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
