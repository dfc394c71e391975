"""A fetched page as the families and the discovery see it: pure, decoded once, parsed once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from lxml import etree, html

from crawler.addresses import resolve
from crawler.scripted import Stated, day, opened, stated_in_json, stated_links
from pipelines.parse.decode import decode

_LONG_TAG = re.compile(r"<[A-Za-z][^<>]{65536}")
_MAX_MARKUP: Final = 8 * 1024 * 1024  # characters a list page may have
_MAX_ANCHORS: Final = 5_000
_LONGEST_ROW: Final = 1_000  # characters of a list's line
_LONGEST_LABEL: Final = 300
_SPACE = re.compile(r"\s+")
_VISIBLE = etree.XPath("//*[not(self::script or self::style or self::title)]/text()", smart_strings=False)
_ROWS: Final = ("li", "tr", "dd", "dl", "p")
_LINKING: Final = ("a", "area", "option", "frame", "iframe")
_OTHERS: Final = "//*[@data-href or @data-url or @data-link or @onclick]"  # what scripts make a link of


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a page: absolute address, what it says (title attribute before text), the date beside it
    (ISO or "").

    ``text`` is never None; ``area`` names the kind of the nearest enclosing row ("" for none), ``group``
    what encloses the row: lines of one list have the same.
    """

    url: str
    text: str
    date: str = ""
    area: str = ""
    group: str = ""


class Page:
    """A response's body with its address.

    ``text`` is decoded by evidence, ``tree`` is None where the body is no markup or
    would take a parser hostage (one tag of 64 kB, more than 8 MB).
    """

    def __init__(
        self, url: str, body: bytes, *, status: int = 200, media_type: str = "", charset: str = ""
    ) -> None:
        self.url, self.body, self.status = url, body, status
        self.media_type = media_type.partition(";")[0].strip().lower()
        self._charset = charset

    @cached_property
    def text(self) -> str:
        """The body as text."""
        return decode(self.body, self._charset).text

    @cached_property
    def tree(self) -> html.HtmlElement | None:
        """The parsed markup."""
        text = self.text
        if "<" not in text[:4096] or len(text) > _MAX_MARKUP or _LONG_TAG.search(text):
            return None
        text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
        try:
            return html.document_fromstring(text)
        except (etree.ParserError, etree.XMLSyntaxError, ValueError):
            return None

    @cached_property
    def base(self) -> str:
        """The address that links are relative to."""
        found = self.tree.find(".//base") if self.tree is not None else None
        link = found.get("href") if found is not None else None
        return resolve(self.url, link) or self.url if link else self.url

    @cached_property
    def meta(self) -> dict[str, str]:
        """Meta tags by lower-case name."""
        if self.tree is None:
            return {}
        pairs = ((tag.get("name"), tag.get("content")) for tag in self.tree.iter("meta"))
        return {name.strip().lower(): (content or "").strip() for name, content in pairs if name}

    @cached_property
    def title(self) -> str:
        """The text of ``<title>``."""
        found = self.tree.find(".//title") if self.tree is not None else None
        return squeeze(found.text_content()) if found is not None else ""

    @cached_property
    def plain(self) -> str:
        """The visible text, scripts and styles left out, white space folded."""
        if self.tree is None:
            return squeeze(self.text)
        return squeeze(" ".join(_VISIBLE(self.tree)))

    @cached_property
    def scripts(self) -> str:
        """All inline scripts as one text."""
        if self.tree is None:
            return ""
        return "\n".join(tag.text or "" for tag in self.tree.iter("script"))

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """Links of anchors, areas, options, frames: each pair of address and text once."""
        found: dict[tuple[str, str], Link] = {}
        for link in self._links():
            known = found.setdefault((link.url, link.text), link)
            if link.date and not known.date:
                found[link.url, link.text] = link
            if len(found) >= _MAX_ANCHORS:
                break
        return tuple(found.values())

    def _links(self) -> Iterator[Link]:
        if self.tree is None or self.text.lstrip()[:1] in ("{", "["):
            yield from self._stated(stated_in_json(self.text))
            return
        for tag in self.tree.iter(*_LINKING):
            href = tag.get("href") or (tag.get("value") if tag.tag == "option" else tag.get("src")) or ""
            if tag.tag == "option" and "/" not in href:
                continue
            yield from self._link(tag, _script_link(href, tag.get("onclick") or ""))
        for tag in self.tree.xpath(_OTHERS):
            if tag.tag not in _LINKING or not (tag.get("href") or "").strip("#"):
                href = tag.get("data-href") or tag.get("data-url") or tag.get("data-link") or ""
                yield from self._link(tag, href or opened(tag.get("onclick") or ""))
        yield from self._stated(stated_links(self.scripts))

    def _stated(self, links: Iterator[Stated]) -> Iterator[Link]:
        for stated in links:
            url = resolve(self.base, stated.link)
            if url:
                yield Link(url, squeeze(stated.title)[:_LONGEST_LABEL], stated.date, "li", "script")

    def _link(self, tag: html.HtmlElement, href: str) -> Iterator[Link]:
        url = resolve(self.base, href)
        if url:
            row = next((up for up in tag.iterancestors(*_ROWS)), None)
            area = str(row.tag) if row is not None else ""
            yield Link(url, _label(tag), _date_beside(tag, row), area, _enclosing(tag, row))


def _script_link(href: str, onclick: str) -> str:
    """The address that a scripted link opens; the href itself where it is plain."""
    script = onclick if href in ("", "#") or href.lower().startswith("javascript:void") else href
    if script is href and not href.lower().startswith("javascript:"):
        return href
    return opened(script)


def _enclosing(tag: html.HtmlElement, row: html.HtmlElement | None) -> str:
    """Names and classes of the elements around a row, or around the parent of a link without one."""
    inner = row if row is not None else tag.getparent()
    around = inner.iterancestors() if inner is not None else ()
    return "/".join(f"{up.tag!s}.{up.get('class') or ''}" for up in around)


def _label(tag: html.HtmlElement) -> str:
    text = squeeze(tag.text_content())
    title = squeeze(tag.get("title") or "")
    if not text:
        images = [image.get("alt") or image.get("title") or "" for image in tag.iter("img")]
        text = squeeze(" ".join(images))
    cut = text.rstrip("….·").rstrip()
    return (title if title and (not cut or len(title) >= len(cut)) else text)[:_LONGEST_LABEL]


def _date_beside(tag: html.HtmlElement, row: html.HtmlElement | None) -> str:
    if row is None:
        row = tag.getparent()
    if row is None:
        return ""
    around = ""
    for piece in row.itertext():
        around += piece + " "
        if len(around) > _LONGEST_ROW:  # no line of a list
            return ""
    return day(around[-200:])


def squeeze(text: str) -> str:
    """``text`` with white space folded to single spaces and trimmed."""
    return _SPACE.sub(" ", text.replace("\u3000", " ").replace("\xa0", " ")).strip()
