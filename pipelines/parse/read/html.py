"""HTML pages: the article's blocks, what the page says of itself, its links.

Decode once, gate, parse with lxml; choose the body by the form's own structure;
then compare what was read with what stands there, so that no loss is silent.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

from lxml import etree
from lxml.etree import _Element as Element

from pipelines.parse.decode import Decoded, decode
from pipelines.parse.furniture import first_told, is_attachment, is_furniture, is_site_line, text_within
from pipelines.parse.glyphs import repair_glyphs
from pipelines.parse.headings import match_heading
from pipelines.parse.read.aside import are_shared, shown_spans
from pipelines.parse.read.carried import carried_body
from pipelines.parse.read.content import find_body
from pipelines.parse.read.cut_off import html_end
from pipelines.parse.read.displayed import as_displayed, with_frames, with_lines, without_frames
from pipelines.parse.read.facts import is_information, meta_tags, site_code, visible_facts
from pipelines.parse.read.flow import Flow, Found, flow
from pipelines.parse.read.gates import MAX_HTML_BYTES, gate_size
from pipelines.parse.read.grid import place_spans
from pipelines.parse.read.hidden import prune
from pipelines.parse.read.html_joints import doubt_joints
from pipelines.parse.read.html_looks import apply_looks
from pipelines.parse.read.html_pictures import is_icon
from pipelines.parse.read.html_scripted import doubt_scripted
from pipelines.parse.read.html_torn import doubt_torn
from pipelines.parse.read.json_page import page_of_json
from pipelines.parse.read.looks import struck_text
from pipelines.parse.read.markup import gated, parse
from pipelines.parse.read.page_title import has_title, title_above
from pipelines.parse.read.patterns import Table
from pipelines.parse.read.rows import INVISIBLE, fold, own_rows, unread_texts
from pipelines.parse.read.set_apart import (
    Displaced,
    Parted,
    gate_places,
    holds_cells,
    number_of,
    without_tables,
)
from pipelines.parse.read.source import Markup, Source
from pipelines.parse.read.styles import Styles
from pipelines.parse.read.unclosed import close_tables, with_ends_of_cells
from pipelines.parse.read.wrapped import wrapped
from pipelines.parse.records import Block, Grid, Issue, Paragraph, Place, Reading, Unreadable

_SPACES = b" \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f"
_DIGITS = re.compile(r"\d+")
_FILE = re.compile(r"\.(?:pdf|docx?|wps|xlsx?|et|rtf|ofd|zip|rar|7z)(?:$|[?#&])", re.IGNORECASE)
_DOWNLOAD = re.compile(r"downfile|download|attachment|filedown", re.IGNORECASE)
_FORM = "第二十条"  # words of the official form that no editor parts
_RADICAL = re.compile(rb"\xe2[\xba-\xbf]")  # in UTF-8: what only looks like a Chinese character, mostly
_LINK_LENGTH = 60  # characters; a longer link is a sentence of the text
_NEAR = 4  # how many elements above the body its attachments may be listed in


def read_html(content: bytes, charset: str = "", url: str = "") -> Reading:
    """Read an HTML page. ``charset`` is the declared one (may be wrong), ``url`` names the page in issues.

    Raises Unreadable: empty, too_large, too_deep, bomb.
    """
    gate_size(content, MAX_HTML_BYTES, "HTML")
    decoded = decode(content, charset)
    if not decoded.text.strip():
        raise Unreadable("empty", f"空文件 / nothing in it: {url or 'HTML'}")
    text, cut = html_end(decoded.text)
    page = _opened(text, decoded.encoded if text is decoded.text else None)
    if not page.blocks and not page.links() and not page.images():
        raise Unreadable("empty", f"页面没有正文 / no text, link or image in the page: {url or 'HTML'}")
    reading = page.reading(decoded)
    return replace(reading, issues=(*reading.issues, *cut)) if cut else reading


def marked_elements(content: bytes, charset: str, place: Place) -> tuple[Element, Element | None]:
    """The tree of a page as :func:`read_html` takes it, and the element in it that ``place`` names.

    A piece of a paragraph becomes an element of its own. The element is None where the page holds no such
    place. Raises as :func:`read_html`.
    """
    gate_size(content, MAX_HTML_BYTES, "HTML")
    page = _opened(decode(content, charset).text, keep_styles=True)
    element = page.element_at(place)
    if element is not None and place.block is not None and place.span is not None:
        block = page.blocks[place.block]
        element = wrapped(element, block.text if isinstance(block, Paragraph) else "", place.span)
    return page.root, element


def _opened(text: str, encoded: bytes | None = None, *, keep_styles: bool = False) -> _Page:
    shown = with_lines(with_frames(page_of_json(text) or text))
    source = Source(shown, encoded if shown is text else None)
    if _RADICAL.search(source.whole.encoded):
        source = Source(repair_glyphs(source.text))
    page = _page_of_form(source) if not keep_styles and _FORM in text else None
    if page is None:
        page = _Page(_with_ends(source, source.whole))
    if not page.structured:
        inner = carried_body(source.text, alone=not page.size())
        if inner and len(inner) > page.size():
            return _Page(Source(inner), page)
        if all(word in inner for word in _FORM) and (held := _Page(Source(inner), page)).structured:
            return held
    return page


def _page_of_form(source: Source) -> _Page | None:
    """The page read quickly, without what changes nothing of a page that prints the form; None for another:
    where its article stands is told by styles too.
    """
    parted = without_tables(source)
    try:
        page = _Page(_with_ends(parted.source, parted.source.lean), lean=True, apart=parted.tables)
    except Displaced:
        parted = Parted(source, ())
        page = _Page(_with_ends(source, source.lean), lean=True)
    if page.structured and not page.lacks_widths():
        return page
    is_all = (page.structured or not parted.tables) and source.lean is source.whole
    return page if is_all else None


def _with_ends(source: Source, markup: Markup) -> Source:
    """The source, the ends of its cells put in if ``markup``, what of it is to be read, lacks some."""
    return Source(with_ends_of_cells(source.text)) if markup.unclosed(b"td") else source


class _Page:
    """A parsed page with its body chosen.

    ``outer`` is the page that carried it in a script; in a ``lean`` tree styles that say nothing
    are missing. Of tables that are set ``apart`` nothing but the text stands in ``source``; raises Displaced
    where the parser does not find them in their places.
    """

    def __init__(
        self,
        source: Source,
        outer: _Page | None = None,
        *,
        lean: bool = False,
        apart: Sequence[Table] = (),
    ) -> None:
        text = gated(source.text)
        source = source if text is source.text else Source(text)
        markup = source.lean if lean else source.whole
        self._root, self._parse_loss = parse(source, markup)
        if apart:
            gate_places(self._root, len(apart))
        if markup.unclosed(b"table"):
            close_tables(self._root)
        styles = Styles(self._root, markup.lowered)
        as_displayed(self._root, markup, styles)
        self._tables = list(self._root.iter("table"))
        without_frames(self._tables)
        self.meta: dict[str, str] = meta_tags(self._root) if outer is None else outer.meta
        if prune(self._root, markup, styles):
            styles.tree_changed()
        self._struck = apply_looks(self._root, styles, markup.sheets)
        if holds_cells(self._root, len(apart)):
            doubt_joints(self._root, styles, markup.lowered, markup.sheets)
            doubt_scripted(self._root, markup.lowered, markup.written)
            doubt_torn(self._root, markup.plain)
        self._flow: Flow = flow(self._root, self._tables, apart)
        self._start, self._end, self._body, self.structured = find_body(self._flow, self._root)
        self._outer = outer
        self._kept = _article(self._flow.found[self._start : self._end])

    @property
    def root(self) -> Element:
        """The tree without scripts, styles and hidden copies."""
        return self._root

    def element_at(self, place: Place) -> Element | None:
        """The element that holds a place: a cell, a row's table, or the holder of a paragraph."""
        if place.table is not None:
            known = 0 <= place.table < len(self._tables)
            return _cell_at(self._tables[place.table], place) if known else None
        holders = [None] * (len(self.blocks) - len(self._kept)) + [found.element for found in self._kept]
        return holders[place.block] if place.block is not None and place.block < len(holders) else None

    def lacks_widths(self) -> bool:
        """Whether a table that was walked is one whose columns the widths of its cells may tell."""
        walked = {number for number, table in enumerate(self._tables) if number_of(table) is None}
        grids = [b for b in self.blocks if isinstance(b, Grid) and b.place.table in walked] if walked else []
        return any(are_shared((cell.column, cell.colspan) for cell in grid.cells) for grid in grids)

    def size(self) -> int:
        """Characters of the article that are no links."""
        return sum(len(found.text) - found.linked for found in self._kept)

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """The article's blocks, its title first, paragraphs numbered."""
        titles = [] if self._outer is None and has_title(self._kept, self.meta) else self._title()
        blocks = [*titles, *(found.block for found in self._kept)]
        return tuple(_placed(block, number) for number, block in enumerate(blocks))

    def _title(self) -> list[Paragraph]:
        page = self if self._outer is None else self._outer
        above = page._flow.found[: self._start] if self._outer is None else page._flow.found
        return title_above(above, self.meta)

    def links(self) -> tuple[tuple[str, str], ...]:
        """(address, text) of the links inside the article, then of files listed near it."""
        found = list(_links(self._body))
        near = self._body
        for _ in range(_NEAR):
            parent = near.getparent()
            if parent is None or parent.tag in ("body", "html"):
                break
            near = parent
        found.extend(link for link in _links(near) if _FILE.search(link[0]) or _DOWNLOAD.search(link[0]))
        return tuple(dict.fromkeys(found))

    def images(self) -> int:
        """Images in the article that are no icons."""
        return sum(not is_icon(image) for image in self._body.iter("img"))

    def reading(self, decoded: Decoded) -> Reading:
        """The page as a record."""
        page = self if self._outer is None else self._outer
        facts = visible_facts(page._flow.found)
        issues = (*decoded.issues, *self._flow.issues, *self._losses(), *struck_text(self._struck))
        meta = self.meta | facts
        if "siteidcode" not in meta:
            meta |= site_code(decoded.text)
        return Reading(
            "markup", "text/html", self.blocks, meta, decoded.encoding, self.links(), self.images(), issues
        )

    def _losses(self) -> list[Issue]:
        """Where the tree lacks text of the source, or the blocks lack text of the body."""
        losses = []
        if self._parse_loss:
            losses.append(
                Issue("text_loss", "warning", "HTML 损坏，部分文字可能丢失 / broken markup, text may be lost")
            )
        shown = self._root.findall("body")  # what else it holds is its head
        on_page = _lost_characters(shown[0] if len(shown) == 1 else self._root, self._flow.found)
        if on_page is None:
            return losses
        lost = _lost_characters(self._body, self._flow.found[self._start : self._end]) or on_page
        if lost:
            losses.append(Issue("text_loss", "warning", f"有 {lost} 字未读出 / characters not read"))
        return losses


def _cell_at(table: Element, place: Place) -> Element:
    """The cell that stands at a place of its table; the table itself where none does."""
    groups, _ = own_rows(table)
    try:
        spans = place_spans(shown_spans(groups))
    except ValueError:  # too large for a grid
        return table
    cells = [cell for group in groups for row in group for cell in row]
    at = {(span.row, span.column): cell for span, cell in zip(spans.places, cells, strict=True)}
    return at.get((place.row or 0, place.column or 0), table) if place.column is not None else table


def _article(body: list[Found]) -> list[Found]:
    """What stands in the body without the site's own lines; between lines of text the surest alone go."""
    lines = ["" if isinstance(found.block, Grid) else found.text for found in body]
    grid = max((i for i, found in enumerate(body) if isinstance(found.block, Grid)), default=-1)
    first, last = first_told(lines), text_within(lines, grid + 1)[1]
    return [found for i, found in enumerate(body) if not _is_dropped(found, first < i < last)]


def _is_dropped(found: Found, within_text: bool) -> bool:
    if isinstance(found.block, Grid):
        return is_information(found)
    text = found.block.text
    is_own = is_site_line(text) if within_text else is_furniture(text)
    return is_own or is_information(found) or _is_link(found)


def _is_link(found: Found) -> bool:
    """True for a line that is nothing but links of the site, attachments excepted."""
    text = found.block.text if isinstance(found.block, Paragraph) else ""
    only = (
        0 < len(text) < _LINK_LENGTH
        and not text.endswith("。")
        and found.linked >= 0.9 * len("".join(text.split()))
    )
    return only and not is_attachment(text) and match_heading(text) is None


def _placed(block: Block, number: int) -> Block:
    if isinstance(block, Paragraph) and block.place.table is None:
        return Paragraph(block.text, Place(block=number), block.level, block.wrapped, block.confidence)
    return block


def _links(element: Element) -> list[tuple[str, str]]:
    links = []
    for anchor in element.iter("a"):
        href = (anchor.get("href") or "").strip()
        if href and not href.lower().startswith(("javascript:", "#", "mailto:", "data:")):
            text = fold("".join(anchor.itertext())) or fold(anchor.get("title") or "")
            links.append((href, text))
    return links


def _plain(text: str) -> str:
    return "".join(text.split())


def _lost_characters(element: Element, found: list[Found]) -> int | None:
    """How many characters of ``element`` stand in none of ``found``; 0 where they are few and no digits,
    None where every one was read.
    """
    shown = "\n".join([item.text for item in found])
    in_tree = etree.tostring(element, method="text", encoding="utf-8", with_tail=False)
    both = in_tree.translate(None, _SPACES), shown.encode().translate(None, _SPACES)
    if both[0] == both[1]:  # most of the white space is ASCII
        return None
    written, read = map(_squeezed, both)
    if written == read:
        return None
    if len(written) <= len(read):
        return 0
    unread = [_plain(text) for text in unread_texts(element)]
    if _without(written, unread) == read:
        return 0
    written = INVISIBLE.sub("", written)
    skipped = "".join(unread)
    lost = len(written) - len(read) - len(skipped)
    few = lost <= 20 + 0.02 * len(shown)
    return 0 if few and not _digits(written) - _digits(skipped) - _digits(read) else max(lost, 0)


def _without(text: str, pieces: list[str]) -> str:
    for piece in pieces:
        text = text.replace(piece, "", 1)
    return text


def _squeezed(text: bytes) -> str:
    """A text in UTF-8 without white space."""
    return _plain(text.decode())


def _digits(text: str) -> Counter[str]:
    return Counter("".join(_DIGITS.findall(text)))
