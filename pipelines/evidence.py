"""Where a number stands: the page as a picture with the box drawn in, or safe HTML with the cell marked.

Pure functions from archived bytes and a place. What an archived document contains never
reaches a reader as markup: documents are rebuilt from a short list of tags, with every
text escaped and no address of anything, under a policy that loads nothing. Run them in
a worker: the documents are strangers'.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from hashlib import sha256
from html import escape
from typing import TYPE_CHECKING, Final, NamedTuple

from lxml.etree import _Element as Element

from pipelines.parse.decode import decode
from pipelines.parse.read import members, pdf, read, sniff
from pipelines.parse.read.gates import Package
from pipelines.parse.read.html import marked_elements
from pipelines.parse.read.image import frames
from pipelines.parse.read.rows import SKIPPED
from pipelines.parse.records import Block, Document, Grid, Paragraph, Place, Unreadable

if TYPE_CHECKING:
    from PIL import Image

Box = tuple[float, float, float, float]

HTML: Final = "text/html; charset=utf-8"
PNG: Final = "image/png"
#: the id of what is marked
MARK: Final = "evidence"
_MAX_SIDE: Final = 4000  # pixels of a rendered page
_MAX_SPAN: Final = 100
_CONTEXT_LINES: Final = 40
_HEAD: Final = (
    '<!DOCTYPE html><html lang="zh-Hans"><head><meta charset="utf-8">'
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    '<meta name="referrer" content="no-referrer"><meta name="viewport" content="width=device-width">'
    "<title>原文 Evidence</title><style>body{font:16px/1.7 serif;margin:1rem;overflow-wrap:anywhere}"
    "table{border-collapse:collapse;margin:1rem 0}td,th{border:1px solid #888;padding:.2rem .4rem}"
    "pre{white-space:pre-wrap}mark,#" + MARK + "{background:#ffe27a;outline:2px solid #c00}</style>"
    "</head><body>"
)
_FOOT: Final = "</body></html>"
# tags that arrange text and can do nothing else
_KEPT_WORDS: Final = (
    "table thead tbody tfoot tr td th caption p div span br hr h1 h2 h3 h4 h5 h6 ul ol li dl dt dd "
    "b strong i em u s sub sup center blockquote pre section article"
)
_KEPT: Final = frozenset(_KEPT_WORDS.split())
_EMPTY: Final = frozenset(("br", "hr"))
# what the reader of pages takes for no text is no text here; navigation is, to whoever looks at the page
_DROPPED: Final = SKIPPED - {"nav", "footer"}


class Shown(NamedTuple):
    """Evidence to show: its media type and its bytes."""

    media_type: str
    content: bytes


def show(document: Document, place: Place, scale: float = 1.5) -> Shown:
    """The page or the passage of ``document`` where ``place`` is, marked.

    ``document`` is the one (article or part) whose digest is ``place.part``, or an archive
    that holds it. Raises :class:`Unreadable` where it can't be opened or has no such page.
    """
    document = _held(document, place.part)
    kind = sniff.sniff(document.content)
    if place.box is not None and (kind == sniff.PDF or kind in sniff.IMAGES):
        return Shown(PNG, render_page(document.content, place.page or 0, (place.box,), scale))
    if kind == sniff.HTML:
        return Shown(HTML, mark_html(document.content, document.charset, place).encode())
    if kind == sniff.TEXT:
        return Shown(HTML, mark_text(document.content, document.charset, place).encode())
    return Shown(HTML, mark_blocks(read(document).blocks, place).encode())


def render_page(content: bytes, page: int, boxes: Sequence[Box], scale: float = 1.5) -> bytes:
    """A page of a PDF or picture as PNG with ``boxes`` marked.

    ``page`` is 0-based. Boxes are as in :class:`Place`: points of the page set upright for a
    PDF, pixels for a picture. ``scale``: pixels to a point, or to a pixel of the picture.
    """
    from PIL import Image, ImageDraw

    if sniff.sniff(content) == sniff.PDF:
        picture, scale = pdf.render_upright(content, page, scale, _MAX_SIDE)
    else:
        whole = _frame(content, page)
        scale = min(scale, 1.0, _MAX_SIDE / max(whole.size))
        picture = whole.resize([max(1, round(side * scale)) for side in whole.size])
    shade = Image.new("RGBA", picture.size)
    draw = ImageDraw.Draw(shade)
    for x0, top, x1, bottom in boxes:
        corners = (x0 * scale - 2, top * scale - 2, x1 * scale + 2, bottom * scale + 2)
        draw.rectangle(_ordered(corners), fill=(255, 210, 60, 90), outline=(200, 0, 0, 255), width=2)
    out = io.BytesIO()
    Image.alpha_composite(picture.convert("RGBA"), shade).convert("RGB").save(out, "PNG")
    return out.getvalue()


def mark_html(content: bytes, charset: str, place: Place) -> str:
    """The archived page as a safe document, the cell or paragraph at ``place`` with the id ``evidence``.

    No script, style, form, address or image of the page is left; links are their text.
    """
    root, marked = marked_elements(content, charset, place)
    body = root.find("body")
    pieces = _safe(root if body is None else body, marked)
    return _document("".join(pieces))


def mark_text(content: bytes, charset: str, place: Place) -> str:
    """The lines around ``place.span`` of a text, the span marked."""
    text = decode(content, charset).text
    start, end = place.span or (0, 0)
    start, end = min(start, len(text)), min(max(start, end), len(text))
    first = _lines_back(text, start)
    last = _lines_on(text, end)
    return _document(
        f"<pre>{escape(text[first:start])}{_mark(text[start:end])}{escape(text[end:last])}</pre>"
    )


def mark_blocks(blocks: Sequence[Block], place: Place) -> str:
    """Blocks of any reading as simple paragraphs and tables, the one at ``place`` marked."""
    return _document("".join(piece for block in blocks for piece in _block(block, place)))


# --- parts ---------------------------------------------------------------------


def _held(document: Document, digest: str) -> Document:
    """The member of an archive or package with a digest; any other document is itself."""
    if not digest or not document.content.startswith(b"PK") or sha256(document.content).hexdigest() == digest:
        return document
    kind = sniff.sniff(document.content)
    inside = members(document) if kind == sniff.ZIP else ()
    if kind != sniff.ZIP:
        package = Package(document.content)
        inside = tuple(Document(package.read(info), name=info.filename) for info in package.infolist())
    for member in inside:
        if sha256(member.content).hexdigest() == digest:
            return member
    raise Unreadable("corrupted", f"压缩包中没有 {digest} / no member with this digest")


# --- pages ---------------------------------------------------------------------


def _frame(content: bytes, page: int) -> Image.Image:
    from PIL import Image

    for number, picture in enumerate(frames(content)):
        if number == page:
            return Image.fromarray(picture[:, :, ::-1])
    raise Unreadable("corrupted", f"没有第 {page + 1} 页 / there is no page {page + 1}")


def _ordered(box: Box) -> Box:
    x0, top, x1, bottom = box
    return min(x0, x1), min(top, bottom), max(x0, x1), max(top, bottom)


# --- markup --------------------------------------------------------------------


def _document(body: str) -> str:
    return f"{_HEAD}{body}{_FOOT}"


def _safe(root: Element, marked: Element | None) -> Iterator[str]:
    """The tree as text of the short list of tags. Not recursive: depth is a stranger's."""
    todo: list[Element | str] = [root]
    while todo:
        item = todo.pop()
        if isinstance(item, str):
            yield item
            continue
        tail = escape(item.tail or "") if item is not root else ""
        tag = item.tag.lower() if isinstance(item.tag, str) else ""
        if not tag or tag in _DROPPED:
            yield tail
            continue
        opening, closing = _tags(item, tag, item is marked)
        yield opening + escape(item.text or "")
        todo.append(closing + tail)
        todo.extend(reversed(item))


def _tags(element: Element, tag: str, is_marked: bool) -> tuple[str, str]:
    mark = f' id="{MARK}"' if is_marked else ""
    if tag == "img":
        return f"<span{mark}>〔图 {escape(element.get('alt') or 'image')}〕", "</span>"
    if tag not in _KEPT:
        return (f"<span{mark}>", "</span>") if mark else ("", "")
    spans = "".join(_span(element, name) for name in ("rowspan", "colspan")) if tag in ("td", "th") else ""
    return f"<{tag}{spans}{mark}>", "" if tag in _EMPTY else f"</{tag}>"


def _span(element: Element, name: str) -> str:
    number = (element.get(name) or "").strip()[:4]
    return f' {name}="{min(int(number), _MAX_SPAN)}"' if number.isascii() and number.isdigit() else ""


# --- blocks and lines ----------------------------------------------------------


def _block(block: Block, place: Place) -> Iterator[str]:
    if isinstance(block, Paragraph):
        text = _mark(block.text) if block.place == place else escape(block.text)
        yield f"<h{block.level}>{text}</h{block.level}>" if block.level else f"<p>{text}</p>"
    else:
        yield from _table(block, place)


def _table(grid: Grid, place: Place) -> Iterator[str]:
    yield "<table>"
    for row in grid.rows():
        yield "<tr>"
        for cell in row:
            mark = f' id="{MARK}"' if cell.place == place else ""
            spans = f' rowspan="{cell.rowspan}" colspan="{cell.colspan}"'
            yield f"<td{spans}{mark}>{escape(cell.text)}</td>"
        yield "</tr>"
    yield "</table>"


def _mark(text: str) -> str:
    return f'<mark id="{MARK}">{escape(text)}</mark>'


def _lines_back(text: str, at: int) -> int:
    """Where the line stands that is some lines before ``at``."""
    for _ in range(_CONTEXT_LINES):
        at = text.rfind("\n", 0, at)
        if at < 0:
            return 0
    return at + 1


def _lines_on(text: str, at: int) -> int:
    for _ in range(_CONTEXT_LINES):
        at = text.find("\n", at) + 1
        if not at:
            return len(text)
    return at
