"""HTML text to a tree: gates that no parser passes before, losses noticed."""

from __future__ import annotations

import re
from collections import Counter
from html import unescape

from lxml import etree
from lxml.etree import _Element as Element

from pipelines.parse.read.rows import plain_text
from pipelines.parse.read.shadow_roots import MARK, show_shadows
from pipelines.parse.read.source import UNSEEN, Markup, Source
from pipelines.parse.records import UNREAD, Unreadable

_MAX_TEXT = 9_000_000  # bytes: libxml2 drops a text node of 10 million without a word
_MAX_DEPTH = 200
_DEEPER = etree.XPath(f"boolean({'/*' * _MAX_DEPTH})")
_HUGE_TAG = re.compile(r"<[A-Za-z][^<>]{65536}")
_LARGE_PART = re.compile("<[^<]{4096}")
_LARGE_TAG = re.compile(r"<[A-Za-z][^<>]{4096,}")
_MAX_ATTRIBUTES = 1000  # parsing takes the square of their number
_DATA_URI = re.compile(r"data:[\w/+.;=-]{0,100};base64,[A-Za-z0-9+/=\s]{256,}")
_TAG = re.compile(r"""<[^<>"']*+(?:(?:"[^"<]*+"|'[^'<]*+')[^<>"']*+)*+>|<[^<>]*+>""")
_NAMES = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9:]*)")
_INLINE = re.compile(
    r"</?(?:b|strong|i|em|u|font|span|big|small|o:p|a|s|strike|sub|sup)\b[^<>]*>", re.IGNORECASE
)
_VOID_WORDS = "area base br col embed hr img input link meta param source track wbr"
_VOID = frozenset(_VOID_WORDS.split())
_UNCLOSED_TITLE = re.compile("<title[^<>]*>(?![^<]*</title)", re.IGNORECASE)
# the rest of what stands between tags, from its first digit, reference or character beyond ASCII
_BETWEEN_TAGS = re.compile(rb">[^0-9&\x80-\xff<>]*+([0-9&\x80-\xff][^<]*+)")
_SIGN_IN_VALUE = re.compile(rb'=(?:"[^"<>]*+>[^"<]*"|\'[^\'<>]*+>[^\'<]*\')')  # onclick="a>b"
_NOT_ESSENTIAL = bytes(sorted({*range(0x80)} - {*b"0123456789"}))
_BLANK = "\u00a0".encode()
_REST = re.compile("[^0-9\u4e00-\u9fff]+")
_FEW = 3  # characters by which two readings may differ: code in attributes, damaged tags
_TOKENS = re.compile(r"\d+(?:[.,]\d+)*")
_ENTITY = re.compile(r"&[a-zA-Z]{2,8};?")
# what stands in them in a cell is there for a reader
_CONTROLS = ("select", "textarea", "button", "svg")
# drawn by what is not at hand
_DRAWINGS = ("object", "embed", "iframe", "canvas", "video")
_WRITTEN = re.compile(r"""\s*document\.write(?:ln)?\(\s*(["']?)([\d.,]*)\1\s*\)\s*;?\s*""")
_END = re.compile(r"</(?:body|html)\s*>", re.IGNORECASE)
_MORE = re.compile(r"<[a-z]", re.IGNORECASE)


def parse(source: Source, markup: Markup) -> tuple[Element, bool]:
    """The tree of a page without scripts and style sheets, and whether some of its text was lost on the way.

    ``markup`` is what of the source the tree shall be made of, if that can be made one.
    Raises Unreadable (empty, too_deep) where no parser makes a tree of it.
    """
    for tried in dict.fromkeys((markup, source.whole)):
        root = _parse(tried.encoded)
        if root is not None and not _is_deep(root) and _is_whole(tried, root):
            return root, False
    text = _UNCLOSED_TITLE.sub("", source.text)  # it would take the rest of the page for its text
    return _parse_broken(without_early_ends(text))


def without_early_ends(text: str) -> str:
    """A page without the ends of its body and itself, where more of it stands behind them: a browser
    shows that as well, the parser would leave it out.
    """
    end = _END.search(text)
    return _END.sub("", text) if end and _MORE.search(text, end.end()) else text


def _parse_broken(text: str) -> tuple[Element, bool]:
    """The same for a page that looks deep or damaged."""
    root = _parse(text.encode())
    if root is not None and not _is_deep(root) and not _lost(text, root):
        return root, False
    if root is not None and (_is_deep(root) or _depth(text) > _MAX_DEPTH):
        text = _INLINE.sub("", text)  # hundreds of unclosed <font>: they carry no structure
        root = _parse(text.encode())
        if root is not None and (_is_deep(root) or _depth(text) > _MAX_DEPTH):
            raise Unreadable("too_deep", "HTML 嵌套过深 / nested too deeply: save the page from a browser")
    return _second_opinion(text, root)


def _second_opinion(text: str, root: Element | None) -> tuple[Element, bool]:
    """The tree of a slower parser that stumbles elsewhere, if it holds more than ``root``."""
    from bs4 import BeautifulSoup  # few pages need it, and it is large
    from bs4.exceptions import ParserRejectedMarkup

    try:
        second = _parse(str(BeautifulSoup(text, "html.parser")).encode())
    except ParserRejectedMarkup:
        second = None
    if second is None:
        if root is None:
            raise Unreadable("empty", "HTML 没有内容 / nothing in it that is HTML")
        return root, True
    if root is None or weight(plain_text(second)) > 1.01 * weight(plain_text(root)) + 20:
        return second, _lost(text, second)
    # both may have swallowed text behind an unclosed quotation mark; code in attributes is not Chinese
    core, stated = _core(plain_text(root)), _core(strip_tags(text))
    return root, core != _core(plain_text(second)) or _chinese(core) < _chinese(stated) - _FEW


def gated(text: str) -> str:
    """``text`` without the data of pictures; raises Unreadable (bomb, too_large) before it hurts a parser."""
    if "base64," in text:
        text = _DATA_URI.sub("data:,", text)
    if not _may_have_large_part(text) or (text.find("<", 0, 4096) >= 0 and not _LARGE_PART.search(text)):
        return text
    longest = max(map(len, text.split("<")))
    if _HUGE_TAG.search(text):
        raise Unreadable(
            "bomb", "HTML 标签超过 64 kB / a tag of more than 64 kB: save the page anew from a browser"
        )
    for found in _LARGE_TAG.finditer(text):
        if found.group().count("=") > _MAX_ATTRIBUTES:
            raise Unreadable("bomb", "HTML 标签属性过多 / a tag with more than a thousand attributes")
    if 4 * longest > _MAX_TEXT and max(len(part.encode()) for part in text.split("<")) > _MAX_TEXT:
        raise Unreadable("too_large", "HTML 文本过大 / a text of more than 9 MB in one element")
    return text


def _may_have_large_part(text: str) -> bool:
    """False where each half of 4,096 characters holds the begin of a tag, as in nearly all pages."""
    return any(text.find("<", start, start + 2048) < 0 for start in range(0, len(text) - 2047, 2048))


def _parse(source: bytes) -> Element | None:
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(source, parser)
    except etree.XMLSyntaxError:  # nothing in it that the parser takes for content
        return None
    if root is not None:
        _make_fields(root)
        if MARK in source:
            show_shadows(root)
        etree.strip_elements(root, *UNSEEN, with_tail=False)
    return root


def _make_fields(root: Element) -> None:
    """Make fields of the controls in cells, and of what scripts write there, with what they show.

    Drawings become pictures, of which nothing but their place is known.
    """
    for control in list(root.iter("script", "input", *_CONTROLS, *_DRAWINGS)):
        if not _is_shown(control) or next(control.iterancestors("td", "th"), None) is None:
            continue
        drawn = control.tag in ("input", *_DRAWINGS)
        shown = "" if drawn else _shown_by(control).strip()
        kind = "button" if control.tag == "button" else "text"
        control.tag = "picture" if drawn or (control.tag == "svg" and not shown) else "input"
        control[:], control.text = [], None
        control.set("type", kind)
        control.set("value", shown)


def _is_shown(control: Element) -> bool:
    """Whether a control is to be made a field or a picture: a field of a form is one, but for its picture."""
    if control.tag == "script":
        return "document.write" in (control.text or "")
    return control.tag != "input" or control.get("type", "").lower() == "image"


def _shown_by(control: Element) -> str:
    if control.tag == "select":
        options = list(control.iter("option"))
        chosen = [option for option in options if option.get("selected") is not None] or options
        return (chosen[0].get("label") or plain_text(chosen[0])) if chosen else ""
    if control.tag == "script":
        written = _WRITTEN.fullmatch(control.text or "")
        return written.group(2) if written else UNREAD
    if control.tag == "svg":
        return "".join(map(plain_text, control.iter("text")))
    return plain_text(control)


def _is_deep(root: Element) -> bool:
    return bool(_DEEPER(root))


def _depth(text: str) -> int:
    depth = deepest = 0
    for closing, name in _NAMES.findall(text):
        if closing:
            depth = max(0, depth - 1)
        elif name.lower() not in _VOID:
            depth += 1
            deepest = max(deepest, depth)
    return deepest


def strip_tags(text: str) -> str:
    """A naive reading of HTML, independent of any parser: what is left without tags, comments, scripts."""
    plain = _TAG.sub(" ", Markup(text.encode()).plain.decode())
    return _ENTITY.sub(" ", unescape(plain) if "&#" in plain else plain)


def _is_whole(source: Markup, root: Element) -> bool:
    """True where all that stands between the tags of the source stands in the tree too.

    Compares digits and all that is not ASCII; quick, and never true by mistake: what
    is unusual in a page (code as text, an unclosed title) is left to :func:`_lost`.
    """
    read = etree.tostring(root, method="text", encoding="utf-8", with_tail=False)
    if b"<" in read:
        return False
    essence = read.translate(None, _NOT_ESSENTIAL).replace(_BLANK, b"")
    return essence == _stated(source.plain) or essence == _stated(_SIGN_IN_VALUE.sub(b"", source.plain))


def _stated(source: bytes) -> bytes:
    """Digits and all that is not ASCII between the tags of ``source``."""
    stated = b"".join(_BETWEEN_TAGS.findall(source)).replace(b"&nbsp;", b"")
    if b"&" in stated:
        stated = unescape(stated.decode()).encode()
    return stated.translate(None, _NOT_ESSENTIAL).replace(_BLANK, b"")


def _lost(source: str, root: Element) -> bool:
    """True where the tree holds clearly less text than the source, or lacks numbers of it."""
    naive, text = strip_tags(source), plain_text(root)
    if weight(text) < 0.98 * weight(naive) - 20:
        return True
    core, stated = _core(text), _core(naive)
    if core == stated:
        return False
    if _chinese(core) < _chinese(stated) - _FEW:
        return True
    return (_numbers(naive) - _numbers(" ".join(root.itertext()))).total() > 2


def _core(text: str) -> str:
    """The digits and Chinese characters of a text."""
    return _REST.sub("", text)


def _chinese(core: str) -> int:
    return sum(not char.isdigit() for char in core)


def _numbers(text: str) -> Counter[str]:
    return Counter(_TOKENS.findall(text))


def weight(text: str) -> int:
    """How many characters of ``text`` are no white space."""
    return len("".join(text.split()))
