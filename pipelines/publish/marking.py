"""The worker's side of evidence: a document's bytes become a picture or a text with one place marked.

Nothing of the document's own markup comes through: a page of a PDF or a picture is drawn, everything else is
written anew from what was read of it, with the tables' cells where they stand. Personal data is masked in
both, as it is in all that is published.
"""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Collection, Iterator
from html import escape
from itertools import pairwise
from typing import Any

import pypdfium2 as pdfium
from PIL import Image, ImageDraw

from pipelines.parse.read import members, read, sniff
from pipelines.parse.records import Block, Document, Grid, GridCell, Paragraph, Place
from pipelines.publish.masks import find, mask

_SCALE = 1.9  # pixels a point: a page of A4 is some 1,100 wide
_MOST_PIXELS = 6_000_000
_SEAL, _COVER = (178, 34, 24), (40, 46, 54)
_MOST_CELLS = 20_000

Box = tuple[float, float, float, float]


class Unmarkable(Exception):
    """The document can't be shown; the message says why."""


def answer(arguments: Any, blobs: list[bytes]) -> dict[str, str]:
    """``arguments``: location (JSON text), keep (digits of statistics), name. Returns media_type and content.

    A picture's content is base64, a text's is HTML. Raises Unmarkable, or Unreadable as the readers do.
    """
    place = Place.from_json(arguments["location"])
    document = _document(Document(blobs[0], name=arguments["name"]), place.part)
    if place.page is not None:
        picture = _picture(document, place, arguments["keep"])
        return {"media_type": "image/png", "content": base64.b64encode(picture).decode()}
    return {"media_type": "text/html", "content": _page(document, place, arguments["keep"])}


def _document(document: Document, part: str) -> Document:
    """The member of an archive that holds the place; the document itself where it is none."""
    if part and sniff.sniff(document.content) == sniff.ZIP:
        for member in members(document):
            if hashlib.sha256(member.content).hexdigest() == part:
                return member
    return document


# --- drawn ----------------------------------------------------------------------------


def _picture(document: Document, place: Place, keep: Collection[str]) -> bytes:
    assert place.page is not None
    kind = sniff.sniff(document.content)
    if kind == sniff.PDF:
        drawn, scale, covers = _pdf_page(document.content, place.page, keep)
    elif kind in sniff.IMAGES:
        drawn, scale, covers = _image(document.content, place.page), 1.0, []
    else:
        raise Unmarkable("这种文件还不能画成图。 Files of this kind can't be drawn yet.")
    if not covers:
        covers = _covers_of_reading(document, place.page, keep)
    pen = ImageDraw.Draw(drawn)
    for box in covers:
        pen.rectangle([value * scale for value in box], fill=_COVER)
    if place.box:
        left, top, right, bottom = (value * scale for value in place.box)
        pen.rectangle((left - 4, top - 4, right + 4, bottom + 4), outline=_SEAL, width=4)
    out = io.BytesIO()
    drawn.save(out, "PNG")
    return out.getvalue()


def _pdf_page(content: bytes, number: int, keep: Collection[str]) -> tuple[Image.Image, float, list[Box]]:
    with pdfium.PdfDocument(content, password="") as pdf:
        page = pdf[number]
        width, height = page.get_size()
        scale = min(_SCALE, (_MOST_PIXELS / (width * height)) ** 0.5)
        drawn = page.render(scale=scale).to_pil().convert("RGB")
        return drawn, scale, list(_covers(page, height, keep))


def _covers(page: pdfium.PdfPage, height: float, keep: Collection[str]) -> Iterator[Box]:
    """Boxes over the characters of personal data, in points from the top left."""
    text = page.get_textpage()
    printed = [(text.get_text_range(index, 1), index) for index in range(text.count_chars())]
    lines = _lines([(char[0], index) for char, index in printed if char])
    # each line by itself, and with the next one, where a number may go on
    for runs in (*lines, *(a + b for a, b in pairwise(lines))):
        for hit in find("".join(char for char, _ in runs), keep):
            for _, index in runs[hit.start : hit.end]:
                left, bottom, right, top = text.get_charbox(index, loose=True)
                yield left, height - top, right, height - bottom


def _lines(chars: list[tuple[str, int]]) -> list[list[tuple[str, int]]]:
    lines: list[list[tuple[str, int]]] = [[]]
    for char, index in chars:
        if char in "\r\n":
            lines.append([])
        else:
            lines[-1].append((char, index))
    return [line for line in lines if line]


def _image(content: bytes, frame: int) -> Image.Image:
    with Image.open(io.BytesIO(content)) as image:
        image.seek(frame)
        if image.width * image.height > 4 * _MOST_PIXELS:
            raise Unmarkable("图太大。 The picture is too large.")
        return image.convert("RGB")


def _covers_of_reading(document: Document, page: int, keep: Collection[str]) -> list[Box]:
    """Boxes over the lines and cells that hold personal data, as read in a page without a text layer."""
    pieces = [
        (piece.text, piece.place.box)
        for block in read(document).blocks
        for piece in (block.cells if isinstance(block, Grid) else (block,))
        if piece.place.page == page and piece.place.box
    ]
    covers = []
    for number, (text, box) in enumerate(pieces):
        following = pieces[number + 1] if number + 1 < len(pieces) else ("", None)
        for hit in find(text + following[0], keep):
            covers += [box] if hit.start < len(text) else []
            covers += [following[1]] if following[1] and hit.end > len(text) else []
    return covers


# --- written --------------------------------------------------------------------------


_STYLE = """
body { font: 15px/1.7 system-ui, "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; color: #1d2733;
  margin: 16px; overflow-wrap: anywhere }
table { border-collapse: collapse; margin: 12px 0; width: max-content;
  overflow-wrap: break-word; font-size: 13px; line-height: 1.4 }
td { border: 1px solid #8a949f; padding: 4px 6px; max-width: 24rem; text-align: center;
  white-space: pre-line }
p { margin: .5em 0; white-space: pre-wrap } h1, h2, h3 { font-size: 1.1em }
#here { color: inherit; outline: 3px solid #b22218; background: #ffe9a8; scroll-margin: 8rem;
  scroll-initial-target: nearest }
"""


def _page(document: Document, place: Place, keep: Collection[str]) -> str:
    """What was read of a document, as a page of our own with the place marked."""
    blocks = read(document).blocks
    if sum(len(block.cells) for block in blocks if isinstance(block, Grid)) > _MOST_CELLS:
        raise Unmarkable("文件太大。 The document is too large.")
    writer = _Writer(place, keep)
    body = "\n".join(writer.block(block) for block in blocks)
    if not writer.found:
        raise Unmarkable("在文件中没有再找到这一格。 The cell was not found again in the document.")
    head = f'<meta charset="utf-8"><title>{escape(document.name)}</title><style>{_STYLE}</style>'
    return f'<!DOCTYPE html>\n<html lang="zh-CN"><head>{head}</head><body>{body}</body></html>'


class _Writer:
    """Writes blocks as HTML; ``found`` tells whether the place was among them."""

    def __init__(self, place: Place, keep: Collection[str]) -> None:
        self.found = False
        self._place = place
        self._keep = keep

    def block(self, block: Block) -> str:
        if isinstance(block, Grid):
            rows = (f"<tr>{''.join(map(self._cell, row))}</tr>" for row in block.rows())
            return f"<table>{''.join(rows)}</table>"
        if self._place.span and not self.found and (cut := _cut(block, self._place)):
            self.found = True
            before, here, after = (self._text(piece) for piece in cut)
            return f'<p>{before}<mark id="here">{here or "　"}</mark>{after}</p>'
        return f"<p{self._mark(block)}>{self._text(block.text)}</p>"

    def _cell(self, cell: GridCell) -> str:
        spans = "".join(
            f' {name}="{size}"'
            for name, size in (("rowspan", cell.rowspan), ("colspan", cell.colspan))
            if size > 1
        )
        return f"<td{spans}{self._mark(cell)}>{self._text(cell.text)}</td>"

    def _mark(self, piece: GridCell | Paragraph) -> str:
        if self.found or not self._is_here(piece.place):
            return ""
        self.found = True
        return ' id="here"'

    def _is_here(self, place: Place) -> bool:
        sought = self._place
        if sought.line is not None:
            return place.line == sought.line and place.span in (sought.span, None)
        if sought.block is not None:
            return place.block == sought.block
        return sought.table is not None and (place.table, place.row, place.column) == (
            sought.table,
            sought.row,
            sought.column,
        )

    def _text(self, text: str) -> str:
        return escape(mask(text, self._keep).text)


def _cut(paragraph: Paragraph, place: Place) -> tuple[str, str, str] | None:
    """The text before, in and after a span of a line, where the paragraph is that line."""
    line = paragraph.place.span
    if place.span is None or line is None or paragraph.place.line != place.line:
        return None
    start, end = (offset - line[0] for offset in place.span)
    return paragraph.text[:start], paragraph.text[start:end], paragraph.text[end:]
