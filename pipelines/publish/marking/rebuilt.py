"""An archived HTML page in its own look, with the place marked.

Rebuilt from a short list of tags and attributes that arrange text and can do nothing else, and from the
page's own style sheets as far as they stand in it. No script, address, form, frame or picture comes through;
the frame's policy (site_guard) would stop them once more.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from html import escape
from typing import Final

from lxml import etree
from lxml.etree import _Element as Element

from pipelines.parse.decode import decode
from pipelines.parse.read.html import marked_elements
from pipelines.parse.read.rows import INLINE, SKIPPED
from pipelines.parse.records import Document, Place
from pipelines.publish.marking.reason import NOT_FOUND, Unmarkable
from pipelines.publish.masks import Found, find, mask
from pipelines.publish.rosters import LABEL, rows_of_people

_KEPT_WORDS: Final = (
    "table thead tbody tfoot colgroup col tr td th caption p div span a font br hr h1 h2 h3 h4 h5 h6 ul ol li"
    " dl dt dd b strong i em u s sub sup big small center blockquote pre section article header footer nav"
    " main aside"
)
_KEPT: Final = frozenset(_KEPT_WORDS.split())
_EMPTY: Final = frozenset(("br", "hr", "col"))
_CELLS: Final = frozenset(("td", "th", "tr", "table"))
# what the reader takes for no text is none here; navigation is, to whoever looks at the page
_DROPPED: Final = SKIPPED - {"nav", "footer"}
_NO_BOUNDARY: Final = INLINE | {"a", "big", "small", "s"}
_NAMES: Final = re.compile(r"[\w -]{1,200}")
# name → what its value may be; anything else is left out
_PLAIN_WORD: Final = re.compile(r"[\w%#. -]{0,60}", re.ASCII)
_NUMBER: Final = re.compile(r"\s*\d{1,4}\s*(?:%|px)?\s*", re.ASCII)
_ATTRIBUTES: Final = {
    **dict.fromkeys(("colspan", "rowspan", "span"), re.compile(r"\s*\d{1,3}\s*", re.ASCII)),
    **dict.fromkeys(("width", "height", "border", "cellpadding", "cellspacing", "size"), _NUMBER),
    **dict.fromkeys(("align", "valign", "bgcolor", "color", "start"), _PLAIN_WORD),
    "type": re.compile(r"[1aAiI]|disc|circle|square"),  # of a list
    "class": _NAMES,
    "face": re.compile(r"[\w ,-]{0,80}"),
}
# a declaration that could fetch, run, cover the page, or write its name so that nobody recognises it
_UNSAFE: Final = re.compile(
    r"url|expression|import|behaviou?r|binding|position|content|[\\<>@]|/\*", re.IGNORECASE
)
_SELECTOR: Final = re.compile(r"[\w\s.#,:>*+~()-]+")
_SHEETS: Final = re.compile(r"<style[^<>]*>(.*?)</style", re.IGNORECASE | re.DOTALL)
_NOTES: Final = re.compile(r"/\*.*?\*/|<!--|-->", re.DOTALL)
_RULE: Final = re.compile(r"([^{}@;]{1,400})\{([^{}]{0,4000})\}")
_LONGEST_SHEET: Final = 200_000
_MOST_RULES: Final = 2_000
_HERE: Final = "here"
# what holds the mark is shown, whatever a script would have had to open
_SHOWN: Final = "display: revert !important; visibility: visible !important"
_SPACE: Final = re.compile(r"\s")

# before the page's own sheets, which may change it …
_BASE: Final = """
body { font: 16px/1.7 system-ui, "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; color: #1d2733;
  margin: 16px; overflow-wrap: break-word }
table { border-collapse: collapse } td, th { border: 1px solid #8a949f; padding: 3px 6px }
"""
# … and after them, which they may not. The width is that of a desk: a mark that the frame was scrolled to
# stays where it is when the frame gets its own width.
_LAST: Final = """
html, body { overflow: visible !important; height: auto !important; display: block !important }
body { width: 1040px !important }
#here { outline: 3px solid #b22218 !important; background: #ffe9a8 !important; color: #1d2733 !important;
  scroll-margin: 14rem 8rem; scroll-initial-target: nearest }
"""


def page(document: Document, place: Place, keep: Collection[str]) -> str:
    """The page ``document`` rebuilt, the element at ``place`` with the id ``here``.

    Raises Unmarkable, Unreadable.
    """
    root, marked = marked_elements(document.content, document.charset, place)
    if marked is None or marked.getroottree().getroot() is not root:
        raise Unmarkable(NOT_FOUND)
    _mask(root, keep)
    body = root.find("body")
    pieces = "".join(_Rebuilder(marked, keep).pieces(root if body is None else body))
    style = _BASE + _sheets(decode(document.content, document.charset).text) + _LAST
    head = f'<meta charset="utf-8"><title>{escape(document.name)}</title><style>{style}</style>'
    return f'<!DOCTYPE html>\n<html lang="zh-CN"><head>{head}</head><body>{pieces}</body></html>'


def _sheets(source: str) -> str:
    """The style sheets in a page, without any rule that could do more than colour and arrange."""
    found = _NOTES.sub(" ", "\n".join(_SHEETS.findall(source))[:_LONGEST_SHEET])
    rules = []
    for selector, declarations in _RULE.findall(found)[:_MOST_RULES]:
        safe = _declarations(declarations)
        if safe and _SELECTOR.fullmatch(selector) and f"#{_HERE}" not in selector:
            rules.append(f"{selector.strip()} {{ {safe} }}")
    return "\n".join(rules)


def _declarations(text: str) -> str:
    return ";".join(part.strip() for part in text.split(";") if part.strip() and not _UNSAFE.search(part))


# --- masking ------------------------------------------------------------------------------


def _mask(root: Element, keep: Collection[str]) -> None:
    """Replace personal data in the tree, also where tags cut a number into pieces."""
    _withhold_rosters(root)
    slots = list(_slots(root))
    text = "".join(written for _, _, written in slots)
    hits = find(text, keep)
    if not hits:
        return
    end = 0
    for element, name, written in slots:
        start, end = end, end + len(written)
        inside = [hit for hit in hits if hit.start < end and hit.end > start]
        if name and inside:
            setattr(element, name, _without(text, start, end, inside))


def _withhold_rosters(root: Element) -> None:
    """Empty the rows below the head of a roster of people."""
    for table in root.iter("table"):
        rows = [[cell for cell in row if cell.tag in _CELLS] for row in table.xpath("./tr | ./*/tr")]
        for number in rows_of_people([["".join(cell.itertext()) for cell in row] for row in rows]):
            for cell in rows[number]:
                for element in cell.iter():
                    element.text = element.tail = None
                cell.text = LABEL


def _without(text: str, start: int, end: int, hits: list[Found]) -> str:
    """``text[start:end]`` without the hits; the label stands where a number begins."""
    pieces, done = [], start
    for hit in hits:
        pieces += [text[done : max(hit.start, done)], hit.label if hit.start >= start else ""]
        done = min(hit.end, end)
    return "".join([*pieces, text[done:end]])


def _slots(root: Element) -> Iterator[tuple[Element, str, str]]:
    """(element, "text" or "tail", what stands there) in order; without a name, the end of a line."""
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if element.tag not in _NO_BOUNDARY:
            yield element, "", "\t" if element.tag in _CELLS else "\n"  # a number does not reach over cells
        name = "text" if event == "start" else "tail"
        yield element, name, _SPACE.sub(" ", getattr(element, name) or "")


# --- writing ------------------------------------------------------------------------------


class _Rebuilder:
    """Writes a tree in the short list of tags, with one element marked."""

    def __init__(self, marked: Element, keep: Collection[str]) -> None:
        self._marked = marked
        self._around = {marked, *marked.iterancestors()}
        self._keep = keep

    def pieces(self, root: Element) -> Iterator[str]:
        """The tree as text. Not recursive: depth is a stranger's."""
        todo: list[Element | str] = [root]
        while todo:
            item = todo.pop()
            if isinstance(item, str):
                yield item
                continue
            tail = escape(item.tail or "") if item is not root else ""
            tag = item.tag.lower() if isinstance(item.tag, str) else ""
            if not tag or (tag in _DROPPED and item not in self._around):
                yield tail
                continue
            opening, closing = self._tags(item, tag)
            yield opening + escape(item.text or "")
            todo.append(closing + tail)
            todo.extend(reversed(item))

    def _tags(self, element: Element, tag: str) -> tuple[str, str]:
        if tag == "img":
            told = mask(element.get("alt") or "", self._keep).text
            mark = f' id="{_HERE}"' if element is self._marked else ""
            return f"<span{mark}>〔图 {escape(told or 'image')}〕", "</span>"
        if tag not in _KEPT:
            tag = "span" if tag in _NO_BOUNDARY else "div"
        attributes = "".join(f' {name}="{escape(value)}"' for name, value in self._attributes(element))
        return f"<{tag}{attributes}>", "" if tag in _EMPTY else f"</{tag}>"

    def _attributes(self, element: Element) -> Iterator[tuple[str, str]]:
        for name, allowed in _ATTRIBUTES.items():
            value = element.get(name)
            if value is not None and allowed.fullmatch(value):
                yield name, value
        name = _HERE if element is self._marked else element.get("id", _HERE)
        if element is self._marked or (name != _HERE and _NAMES.fullmatch(name)):
            yield "id", name
        shown = _SHOWN if element in self._around else ""
        style = ";".join(filter(None, (_declarations(element.get("style") or ""), shown)))
        if style:
            yield "style", style
