"""A page of a PDF, an OFD or a picture, drawn, with the place in a frame and personal data covered."""

from __future__ import annotations

import base64
import io
from collections.abc import Collection, Iterator, Sequence
from html import escape
from itertools import pairwise
from typing import Final

import pypdfium2 as pdfium
from PIL import Image, ImageDraw

from pipelines.parse.read import ofd, pdf, read, sniff
from pipelines.parse.read.glyph import Glyph, stands_in
from pipelines.parse.read.image import frames
from pipelines.parse.read.pdfium_page import load_page, open_page
from pipelines.parse.records import Block, Document, Grid, Place
from pipelines.publish.marking.reason import Unmarkable
from pipelines.publish.masks import find
from pipelines.publish.rosters import may_hold, rows_of_people

_SCALE: Final = 1.9  # pixels a point: a page of A4 is some 1,100 wide
_MOST_SIDE: Final = 2600  # pixels
_NO_PAGE: Final = "没有第 {n} 页。 There is no page {n}."
COVER: Final = (40, 46, 54)
_AROUND: Final = 2  # pixels between what is printed and its frame

Box = tuple[float, float, float, float]

_STYLE: Final = """
body { margin: 0; background: #e9ecef }
figure { position: relative; margin: 0 auto; width: 1100px; background: #fff }
img, svg { display: block; width: 100%; height: auto }
path { stroke: #555; stroke-width: .7 } rect { fill: #282e36 }
text { font-family: "Noto Serif CJK SC", "Source Han Serif SC", SimSun, serif; white-space: pre }
#here { position: absolute; background: rgba(255, 210, 60, .28); outline: 3px solid #b22218;
  scroll-margin: 30vh 30vw; scroll-initial-target: nearest }
"""


def page(document: Document, place: Place, keep: Collection[str], *, masked: bool = True) -> str:
    """The page of ``document`` that ``place`` names, as HTML with the picture in it.

    ``keep`` are statistics, not covered; ``masked``: something was masked where the report was
    published, so a picture of it is read again for what to cover. Raises Unmarkable, Unreadable.
    """
    kind = sniff.sniff(document.content)
    if kind == sniff.OFD:
        return _ofd_page(document, place, keep)
    if kind == sniff.PDF:
        picture, scale, covers = _pdf_page(document, place.page or 0, keep, masked=masked)
    elif kind in sniff.IMAGES:
        picture, scale = _frame(document.content, place.page or 0)
        covers = _covers_of_reading(document, place.page or 0, keep) if masked else []
    else:
        raise Unmarkable("这种文件还不能画成图。 Files of this kind can't be drawn yet.")
    pen = ImageDraw.Draw(picture)
    for box in covers:
        pen.rectangle([value * scale for value in box], fill=COVER)
    here = [value * scale for value in place.box or ()]
    return _html(document.name, _image(document.name, picture), here, picture.size)


def _html(title: str, drawing: str, box: Sequence[float], size: tuple[float, float]) -> str:
    mark = f'<mark id="here" style="{_percent(box, size)}"></mark>' if box else ""
    return (
        f'<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body><figure>{drawing}{mark}</figure></body></html>"
    )


def _image(title: str, picture: Image.Image) -> str:
    out = io.BytesIO()
    picture.save(out, "PNG")
    width, height = picture.size  # known before the picture is: what it is scrolled to stays there
    return (
        f'<img alt="{escape(title)}" width="{width}" height="{height}"'
        f' src="data:image/png;base64,{base64.b64encode(out.getvalue()).decode()}">'
    )


def _ofd_page(document: Document, place: Place, keep: Collection[str]) -> str:
    """A page of an OFD from its own characters and lines, without those of personal data."""
    number = place.page or 0
    page = ofd.load_page(document.content, number)
    if page is None:
        raise Unmarkable(_NO_PAGE.format(n=number + 1))
    covers = [*_covers(page.glyphs, keep), *_people(read(document).blocks, number)]
    shown = (glyph for glyph in page.glyphs if not any(stands_in(glyph, box) for box in covers))
    parts = [
        *(f'<path d="M{e.x0:.1f} {e.top:.1f}L{e.x1:.1f} {e.bottom:.1f}"/>' for e in page.edges),
        *(
            f'<text x="{g.x0:.1f}" y="{g.base:.1f}" font-size="{g.size:.1f}">{escape(g.text)}</text>'
            for g in shown
        ),
        *(
            f'<rect x="{x0:.1f}" y="{y0:.1f}" width="{x1 - x0:.1f}" height="{y1 - y0:.1f}"/>'
            for x0, y0, x1, y1 in covers
        ),
    ]
    drawing = f'<svg role="img" viewBox="0 0 {page.width:.1f} {page.height:.1f}">{"".join(parts)}</svg>'
    return _html(document.name, drawing, place.box or (), (page.width, page.height))


def _percent(box: Sequence[float], size: tuple[float, float]) -> str:
    """Where a box stands on the page, both in one unit, whatever size it is shown in."""
    width, height = size
    left, right = sorted((box[0], box[2]))
    top, bottom = sorted((box[1], box[3]))
    return (
        f"left:{100 * (left - _AROUND) / width:.3f}%;top:{100 * (top - _AROUND) / height:.3f}%;"
        f"width:{100 * (right - left + 2 * _AROUND) / width:.3f}%;"
        f"height:{100 * (bottom - top + 2 * _AROUND) / height:.3f}%"
    )


def _frame(content: bytes, number: int) -> tuple[Image.Image, float]:
    """A page of a picture, and the pixels to one of its own."""
    for index, picture in enumerate(frames(content)):
        if index == number:
            whole = Image.fromarray(picture[:, :, ::-1])
            scale = min(1.0, _MOST_SIDE / max(whole.size))
            return whole.resize([max(1, round(side * scale)) for side in whole.size]), scale
    raise Unmarkable(_NO_PAGE.format(n=number + 1))


def _pdf_page(
    document: Document, number: int, keep: Collection[str], *, masked: bool
) -> tuple[Image.Image, float, list[Box]]:
    picture, scale = pdf.render_upright(document.content, number, _SCALE, _MOST_SIDE)
    with pdfium.PdfDocument(document.content, password="") as opened:
        opened.init_forms()
        printed = load_page(open_page(opened, number))
    if pdf.is_picture(printed):  # places count as the page is shown, those of its letters may not
        covers = _covers_of_reading(document, number, keep) if masked else []
    else:
        covers = list(_covers(printed.glyphs, keep))
        if may_hold("".join(glyph.text for glyph in printed.glyphs)):
            covers += _people(read(document).blocks, number)
    return picture.convert("RGB"), scale, covers


def _covers(glyphs: tuple[Glyph, ...], keep: Collection[str]) -> Iterator[Box]:
    """Boxes over the characters of personal data, in points from the top left."""
    lines = _lines(glyphs)
    read = sorted(lines, key=lambda line: (line[0].turn, line[0].base, line[0].x0))
    # each line by itself, and with the next one of the file and of the page, where a number may go on
    for run in (*lines, *(a + b for order in (lines, read) for a, b in pairwise(order))):
        chars = [(char, glyph) for glyph in run for char in glyph.text]
        for hit in find("".join(char for char, _ in chars), keep):
            for _, glyph in chars[hit.start : hit.end]:
                yield glyph.x0, glyph.top, glyph.x1, glyph.bottom


def _lines(glyphs: tuple[Glyph, ...]) -> list[list[Glyph]]:
    """Characters in the order of the file, parted where the base line or the direction changes."""
    lines: list[list[Glyph]] = []
    for glyph in glyphs:
        last = lines[-1][-1] if lines else None
        goes_on = last and last.turn == glyph.turn and abs(last.base - glyph.base) < 0.5 * glyph.size
        if goes_on or (last and glyph.turn % 2 and last.turn == glyph.turn):
            lines[-1].append(glyph)
        else:
            lines.append([glyph])
    return lines


def _covers_of_reading(document: Document, page: int, keep: Collection[str]) -> list[Box]:
    """Boxes over the lines and cells that hold personal data, as read in a page without a text layer."""
    blocks = read(document).blocks
    pieces = [
        (piece.text, piece.place.box)
        for block in blocks
        for piece in (block.cells if isinstance(block, Grid) else (block,))
        if piece.place.page == page and piece.place.box
    ]
    covers = list(_people(blocks, page))
    for number, (text, box) in enumerate(pieces):
        following = pieces[number + 1] if number + 1 < len(pieces) else ("", None)
        for hit in find(text + following[0], keep):
            covers += [box] if hit.start < len(text) and box else []
            covers += [following[1]] if following[1] and hit.end > len(text) else []
    return covers


def _people(blocks: Sequence[Block], page: int) -> Iterator[Box]:
    """Boxes of the cells below the head of a roster of people."""
    for grid in (block for block in blocks if isinstance(block, Grid)):
        rows = list(grid.rows())
        for number in rows_of_people([[cell.text for cell in row] for row in rows]):
            yield from (c.place.box for c in rows[number] if c.place.box and c.place.page == page)
