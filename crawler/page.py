"""A fetched page as the families and the discovery see it: pure, decoded once, parsed once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from itertools import chain
from typing import Final
from urllib.parse import urlsplit

from lxml import etree, html

from crawler.addresses import resolve
from crawler.computed import Scripts
from crawler.expressions import rendered
from crawler.links import LONGEST_LABEL, Link, label_of, link_of, squeeze, text_in
from crawler.scripted import (
    DECLARATION,
    Stated,
    date_among,
    members,
    objects,
    opened,
    parsed_json,
    pick,
    stated_arrays,
    stated_in_json,
    stated_in_xml,
    stated_links,
    stated_objects,
    titled,
    without_prose,
)
from crawler.signs import alternatives
from pipelines.parse.decode import decode
from pipelines.parse.read.json_page import page_of_json
from pipelines.parse.read.markup import without_early_ends

_LONGEST_TAG: Final = 64 * 1024  # characters
_LONG_TAG = re.compile(rf"<[A-Za-z][^<>]{{{_LONGEST_TAG}}}")
_MAX_MARKUP: Final = 8 * 1024 * 1024  # characters a list page may have
_MAX_ANCHORS: Final = 5_000
# huge: what lies deeper than 256 elements, as behind so many that are never closed, is lost else
_PARSER = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
_VISIBLE = etree.XPath(
    "descendant::text()[normalize-space() and not(parent::script or parent::style or parent::title)]",
    smart_strings=False,
)
_LINKING: Final = ("a", "area", "option", "frame", "iframe")
OPENING: Final = ("data-href", "data-url", "data-link", "onclick")  # what scripts make a link of
_OTHERS = etree.XPath(f"//*[{' or '.join(f'@{name}' for name in OPENING)}]")
TAGS_WITH_DATA = etree.XPath("//*[@*[starts-with(name(), 'data-')]]")
_KEEPING: Final = ("<textarea", 'type="text/html', "type='text/html", "text/template", "text/x-")
_JSON_IN_ATTRIBUTE: Final = ("[{&quot;", "='[{", '="[{')
_LISTED: Final = etree.XPath("//@*[starts-with(., '[{')]")
_KEPT_MARKUP = etree.XPath(
    "//textarea[contains(., '<a ')] | //script[contains(., '<a ') and (starts-with(@type, 'text/html')"
    " or starts-with(@type, 'text/template') or starts-with(@type, 'text/x-'))]"
)
_BLANK_TO_FILL = re.compile(r"\{\{|\{%|<%|\$\{|\[\[|\{\w+\}|<#")
_BLANK = re.compile(r"\{\{\s*([\w.]+)\s*\}\}")
_BOUND = re.compile(  # addresses that a framework makes of each object that it draws
    r"""(?:\s:|\bv-bind:)href\s*=\s*(?:"([^"<>]*[+$][^"<>]*)"|'([^'<>]*[+$][^'<>]*)')"""
    r"""|\shref\s*=\s*["']([^"'<>{]*\{\{\s*\w+\.\w+\s*\}\}[^"'<>]*)["']"""
)
_NOWHERE = re.compile(r"(?i)\s*(?:#*|javascript:\W*(?:void\W*0?\W*)?|javascript:\s*void\s*\(.*\)\s*;?)\s*$")
_CALLS = re.compile(r"\w+\s*\([^()]")  # a handler that hands something on
_CALLS_BARE = re.compile(r"\s*\w+\s*\(\s*\)")  # one that calls a function, be it of another file


class Page:
    """A response's body with its address.

    ``text`` is decoded by evidence, ``tree`` is None where the body is no markup or
    would take a parser hostage (one tag of 64 kB, more than 8 MB). ``shown_in``: the page that shows this
    one, where its links are relative to that; ``templates`` of the markup that it makes of JSON;
    ``handlers``: labels of its links and what they call, which this one, a script, may define.
    """

    def __init__(
        self,
        url: str,
        body: bytes,
        *,
        status: int = 200,
        media_type: str = "",
        charset: str = "",
        shown_in: str = "",
        templates: tuple[str, ...] = (),
        handlers: tuple[tuple[str, str], ...] = (),
    ) -> None:
        self.url, self.body, self.status = url, body, status
        self.media_type = media_type.partition(";")[0].strip().lower()
        self._charset, self._shown_in = charset, shown_in
        self._templates, self._handlers = templates, handlers
        self._unopened: list[tuple[str, str]] = []

    @cached_property
    def text(self) -> str:
        """The body as text."""
        return decode(self.body, self._charset).text

    def shows(self, sign: str) -> bool:
        """Whether the source shows one of the regular expressions of ``sign``, which ``|`` parts; after
        ``(?i)`` they are in lower case and the source's case does not matter. Those that begin with plain
        characters are found ten times as soon as an alternative or a word's boundary.
        """
        text = self.lowered if sign.startswith("(?i)") else self.text
        return any(word in text and each.search(text) for each, word in alternatives(sign))

    @cached_property
    def lowered(self) -> str:
        """The text, its Latin letters in lower case: as bytes that takes a fifth of the time."""
        return self.text.encode("utf-8", "surrogatepass").lower().decode("utf-8", "surrogatepass")

    @cached_property
    def tree(self) -> etree._Element | None:
        """The parsed markup."""
        text = self.text
        if "<" not in text[:4096] or self.is_script or len(text) > _MAX_MARKUP:
            return None
        if len(text) > _LONGEST_TAG and _LONG_TAG.search(text):
            return None
        text = DECLARATION.sub("", text)
        try:
            return etree.fromstring(without_early_ends(text).encode("utf-8", "replace"), _PARSER)
        except (etree.XMLSyntaxError, ValueError):
            return None

    @cached_property
    def base(self) -> str:
        """The address that links are relative to."""
        found = self.tree.find(".//base[@href]") if self.tree is not None else None
        link = found.get("href") if found is not None else None
        own = self._shown_in or self.url
        return resolve(own, link) or own if link else own

    def as_shown_in(
        self, url: str, templates: tuple[str, ...] = (), handlers: tuple[tuple[str, str], ...] = ()
    ) -> Page:
        """This page, its links relative to the page that shows it, and made as that makes them."""
        return Page(
            self.url, self.body, status=self.status, media_type=self.media_type, charset=self._charset,
            shown_in=url, templates=templates, handlers=handlers,
        )  # fmt: skip

    def as_article(self) -> Page:
        """Of an article that an interface answers as JSON the page that shows it; any other as it is."""
        shown = page_of_json(self.text) if self.text.lstrip()[:1] != "<" else ""
        return Page(self.url, shown.encode(), charset="utf-8", shown_in=self._shown_in) if shown else self

    @property
    def is_script(self) -> bool:
        """Whether the body is a script: a list may stand in a file of its own."""
        named = "javascript" in self.media_type or urlsplit(self.url).path.lower().endswith(".js")
        return named and not self.text.lstrip().startswith("<")

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
        found = next(self.tree.iter("title"), None) if self.tree is not None else None
        return squeeze(text_in(found)) if found is not None else ""

    @cached_property
    def plain(self) -> str:
        """The visible text, scripts and styles left out, white space folded."""
        if self.tree is None:
            return squeeze(self.text)
        return squeeze(" ".join(_VISIBLE(self.tree)))

    @cached_property
    def scripts(self) -> str:
        """All inline scripts as one text, without an article's that they hold; of a script itself its own."""
        if self.tree is None:
            return self.text if self.is_script else ""
        return without_prose("\n".join(tag.text or "" for tag in self.tree.iter("script")))

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

    @property
    def unopened(self) -> tuple[tuple[str, str], ...]:
        """Label and handler of what looks like a link whose script does not tell where it leads; no handler
        where one is bound elsewhere, or none.
        """
        _ = self.links
        return tuple(self._unopened)

    def _links(self) -> Iterator[Link]:
        if self.tree is None or self.text.lstrip()[:1] in ("{", "["):
            yield from self._stated(stated_in_json(self.text))
            yield from self._drawn()
            yield from self._called()
            yield from self._stated(stated_links(self.scripts))
            return
        if self.text.lstrip().startswith("<?xml") and "<html" not in self.text[:1000].lower():
            yield from self._stated(stated_in_xml(self.text))
        yield from self._linking(self.tree, self.lowered)
        yield from self._stated(stated_links(self.scripts))
        yield from self._rendered()
        yield from self._set_apart()
        yield from self._in_attributes()

    @cached_property
    def own_scripts(self) -> tuple[tuple[str, bool], ...]:
        """The scripts that it loads from its own host, and of each whether that stands in its head."""
        found = self.tree.iterfind(".//script[@src]") if self.tree is not None else ()
        urls = ((resolve(self.base, tag.get("src") or ""), tag) for tag in found)
        host = urlsplit(self.url).netloc
        return tuple(
            (url, next(tag.iterancestors("head"), None) is not None)
            for url, tag in urls
            if urlsplit(url).netloc == host
        )

    def _linking(self, tree: etree._Element, lowered: str) -> Iterator[Link]:
        for tag in tree.iter(*_LINKING):
            yield from self._link(tag, self._option(tag) if tag.tag == "option" else self._href(tag))
        for tag in _OTHERS(tree) if any(name in lowered for name in OPENING) else ():
            if tag.tag not in _LINKING or _NOWHERE.match(tag.get("href") or ""):
                href = tag.get("data-href") or tag.get("data-url") or tag.get("data-link") or ""
                if tag.tag == "table":
                    continue  # what a plug-in fills it from
                yield from self._link(tag, href or self._handled(tag, tag.get("onclick") or ""))
        for tag in TAGS_WITH_DATA(tree) if self.script.bound else ():
            yield from self._link(tag, self.script.of_attributes(_attributes(tag)))

    @cached_property
    def bound(self) -> tuple[str, ...]:
        """The addresses that a framework makes of each object that it draws, as expressions."""
        found = _BOUND.findall(self.text) if ":href" in self.text or "{{" in self.text else ()
        return tuple(dict.fromkeys(one or two or _filled(three) for one, two, three in found))

    @cached_property
    def script(self) -> Scripts:
        """Its inline scripts, as far as they make up addresses."""
        return Scripts(self.scripts, self.url)

    def _href(self, tag: etree._Element) -> str:
        """The address that a link leads to, be it by a script."""
        href, onclick = tag.get("href") or tag.get("src") or "", tag.get("onclick") or ""
        if href not in ("", "#") and not href.lower().startswith("javascript:"):
            return href
        scripted = href if "(" in href and not href.lower().startswith("javascript:void") else onclick
        if not scripted and tag.tag == "a":
            self._unopened.append((label_of(tag), ""))
        return self._handled(tag, scripted.removeprefix("javascript:"))

    def _handled(self, tag: etree._Element, handler: str) -> str:
        found = self.script.handled(handler, _attributes(tag)) or opened(handler) if handler else ""
        if not found and (
            _CALLS.search(handler) or (_CALLS_BARE.search(handler) and not self.script.defines(handler))
        ):
            self._unopened.append((label_of(tag), handler))
        return found

    def _option(self, tag: etree._Element) -> str:
        """The address that choosing an option leads to."""
        value = tag.get("value") or ""
        if not value or "/" in value:
            return value
        select = next(tag.iterancestors("select"), None)
        handler = (select.get("onchange") if select is not None else "") or ""
        return self.script.handled(handler, _attributes(tag), value) if handler else ""

    def _rendered(self) -> Iterator[Link]:
        """Links of the markup, or of the address, that a script makes of each object that it holds."""
        makes = (*self.script.templates, *self.script.openings, *self.bound)
        for values in chain(stated_objects(self.scripts), stated_arrays(self.scripts)) if makes else ():
            for template in makes if pick(values) is None else ():
                yield from self.made_of(template, values)

    def _set_apart(self) -> Iterator[Link]:
        """Links of markup that the page holds as a text and a script shows; no template's."""
        if self.tree is None or not any(name in self.lowered for name in _KEEPING):
            return
        for tag in _KEPT_MARKUP(self.tree):
            markup = tag.text or ""
            if not _BLANK_TO_FILL.search(markup):
                yield from self.links_in(markup)

    def _in_attributes(self) -> Iterator[Link]:
        """Links of a list that the page hands to a component as JSON in an attribute."""
        if self.tree is not None and any(begins in self.text for begins in _JSON_IN_ATTRIBUTE):
            for value in _LISTED(self.tree):
                yield from self._stated(stated_in_json(str(value)))

    def _drawn(self) -> Iterator[Link]:
        """Links that the page which shows this one makes of each of its objects."""
        for each in objects(parsed_json(self.text)) if self._templates else ():
            values = members(each)
            for template in self._templates if pick(values) is None else ():
                yield from self.made_of(template, values)

    def made_of(self, template: str, values: Mapping[str, str]) -> Iterator[Link]:
        """Links of the markup, or of the address, that a template gives for an object with these members."""
        made = rendered(template, values)
        for link in self.links_in(made):
            yield replace(link, text=link.text or titled(values), date=link.date or date_among(values))
        url, title = ("", "") if "<" in made else (resolve(self.base, made), titled(values))
        if url and title:
            yield Link(url, title[:LONGEST_LABEL], date_among(values), "li", "script")

    def _called(self) -> Iterator[Link]:
        """Links of the page that loads this script, by the functions that stand in it."""
        for label, handler in self._handlers:
            url = resolve(self.base, self.script.handled(handler, {}))
            if url:
                yield Link(url, label, "", "li", "script")
            else:
                self._unopened.append((label, handler))

    def links_in(self, markup: str) -> Iterator[Link]:
        """Links of markup that is none of the page's own, as if it were."""
        if "<" not in markup:
            return
        with suppress(etree.ParserError, ValueError):
            tree = html.fragment_fromstring(markup, create_parent="ul")
            yield from self._linking(tree, markup.lower())

    def _stated(self, links: Iterator[Stated]) -> Iterator[Link]:
        for stated in links:
            url = resolve(self.base, stated.link)
            if url:
                yield Link(url, squeeze(stated.title)[:LONGEST_LABEL], stated.date, "li", "script")

    def _link(self, tag: etree._Element, href: str) -> Iterator[Link]:
        url = resolve(self.base, href)
        if url:
            yield link_of(tag, url)


def _attributes(tag: etree._Element) -> dict[str, str]:
    return {str(name): str(value) for name, value in tag.attrib.items()}


def _filled(text: str) -> str:
    """An address with blanks to be filled, ``{{item.id}}``, as an expression."""
    return "`" + _BLANK.sub(r"${\1}", text) + "`"
