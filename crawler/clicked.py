"""What a click fetches: handlers that hand an agency's or a year's key to what asks an interface. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain, islice
from typing import Any, Final

from lxml import etree

from crawler import ajax
from crawler.addresses import resolve
from crawler.calls import Call, asks_anything, requested, requested_by
from crawler.expressions import Blanks, filled, with_blanks
from crawler.family import Ask, Context
from crawler.functions import functions_in
from crawler.javascript import nameless, until_closed
from crawler.links import squeeze, text_in
from crawler.names import is_agency, is_year
from crawler.page import TAGS_WITH_DATA, Page
from crawler.scripted import members, objects, parsed_json, stated_objects, titled

_OWN_DATA = re.compile(
    r"""\$\([\w.]{1,40}\)\.(?:data|attr|prop)\(\s{0,9}["'](?:data-)?(?P<one>[\w-]+)["']\s{0,9}\)
        |\b[\w.]{1,40}\.dataset\.(?P<two>\w+)
        |\b[\w.]{1,40}\.getAttribute\(\s{0,9}["'](?:data-)?(?P<three>[\w-]+)["']\s{0,9}\)""",
    re.VERBOSE,
)
_OWN_VALUE = re.compile(r"\$\([\w.]{1,40}\)\.val\(\)|\bthis\.value\b|\b\w{1,20}\.target\.value\b")
_KEY = re.compile(r"""["']([^"']+)["']|\b(\d+)\b""")
_CALLING = etree.XPath("//*[contains(@onclick, '(')] | //a[starts-with(@href, 'javascript:')]")
_NODE_CLICKED = re.compile(
    r"onClick[\"']?\s*:\s*(?:function\s*\w*\s*\((?P<given>[^()]*)\)\s*\{|(?P<name>\w+))"
)
_NODES_FROM = re.compile(r"""\basync["']?\s*:\s*\{[^{}]{0,300}?\burl["']?\s*:\s*["']([^"']+)["']""")
_NODE: Final = 3  # place of the node among what a tree's plug-in hands on: event, tree, node
_CHANGES: Final = 100  # characters before a handler in which stands whose changes it answers
_LONGEST: Final = 4_000  # characters of a handler
_MOST: Final = 400  # choices that a page offers
_MOST_TAGS: Final = 2_000  # of a page that are looked at
_MOST_PATTERNS: Final = 5
_LONGEST_LABEL: Final = 60


def choices(page: Page) -> tuple[Ask, ...]:
    """A column for each agency or year whose click, or choice, fetches its list."""
    if not asks_anything(page.scripts):
        return ()
    links = {link.text: link.url for link in page.links}
    found: dict[tuple[str, str], Ask] = {}
    for label, ask in islice(chain(_offered(page), _held(page)), _MOST):
        if links.get(label, ask.url) == ask.url:
            found.setdefault((ask.url, ask.body), replace(ask, kind="column", title=label))
    return tuple(found.values())


def _offered(page: Page) -> Iterator[tuple[str, Ask]]:
    if page.tree is None:
        return
    for tag in islice(_CALLING(page.tree), _MOST_TAGS):
        label, handler = squeeze(text_in(tag)), tag.get("onclick") or tag.get("href") or ""
        if _is_choice(label) and (ask := _asked(page, handler.removeprefix("javascript:"))):
            yield label, ask
    bound = _bound(page)
    for tag in islice(TAGS_WITH_DATA(page.tree), _MOST_TAGS) if bound else ():
        label = squeeze(text_in(tag)) if len(tag) < 2 else ""
        if _is_choice(label) and (ask := _asked_by_data(page, bound, tag.attrib)):
            yield label, ask
    for select in page.tree.iter("select"):
        yield from _selected(page, select)


def _held(page: Page) -> Iterator[tuple[str, Ask]]:
    """What a click on each node fetches of a tree that the scripts hold themselves."""
    patterns = [_as_told(ask) for ask in _of_trees(page)]
    for values in stated_objects(page.scripts) if patterns else ():
        yield from ((ask.title, ask) for ask in _filled(patterns, values))


def _is_choice(label: str) -> bool:
    return len(label) <= _LONGEST_LABEL and (is_agency(label) or is_year(label))


def _selected(page: Page, select: etree._Element) -> Iterator[tuple[str, Ask]]:
    """What choosing each option fetches."""
    handler = select.get("onchange") or ""
    named = [name for name in (select.get("id"), select.get("name"), "select") if name]
    expressions = set(_OWN_VALUE.findall(handler or page.scripts))
    for option in islice(select.iter("option"), _MOST):
        label, value = squeeze(text_in(option)), option.get("value") or ""
        if not value or "/" in value or not (_is_choice(label) or label.isdigit()):
            continue
        read = dict.fromkeys(expressions, value)
        ask = _asked(page, handler, read) if handler else _changed(page, named, read)
        if ask:
            yield label, ask


def _changed(page: Page, named: list[str], read: Mapping[str, str]) -> Ask | None:
    """What the handler that a script binds to changes of a select fetches."""
    scripts = page.script.text
    for begins, ends in _handlers(scripts, _OWN_VALUE):
        before = scripts[max(0, begins - _CHANGES) : begins]
        if "change" in before and any(name in before for name in named):
            return next(_that_hand_on(page, requested_by(scripts, begins, ends, read), read.values()), None)
    return None


def _asked(page: Page, handler: str, read: Mapping[str, str] | None = None) -> Ask | None:
    """What a handler's functions fetch by what it hands them; None where that makes no difference."""
    keys = [*(read or {}).values(), *(one or two for one, two in _KEY.findall(handler))]
    return next(_that_hand_on(page, requested(page.script.text, handler, read), keys), None)


def _asked_by_data(page: Page, bound: list[tuple[int, int]], attributes: Mapping[str, str]) -> Ask | None:
    """What a handler bound elsewhere fetches for an element with these ``data-*``."""
    scripts = page.script.text
    for begins, ends in bound:
        read = {}
        for own in _OWN_DATA.finditer(scripts, begins, ends):
            name = (own["one"] or own["two"] or own["three"]).lower()
            value = attributes.get(f"data-{name}", attributes.get(name))
            if value is not None:
                read[own[0]] = str(value)
        calls = requested_by(scripts, begins, ends, read) if read else ()
        if ask := next(_that_hand_on(page, calls, read.values()), None):
            return ask
    return None


def _bound(page: Page) -> list[tuple[int, int]]:
    """Where handlers without a name stand that read an element's own data."""
    return list(_handlers(page.script.text, _OWN_DATA))


def _handlers(scripts: str, reading: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    for head in nameless(scripts) if reading.search(scripts) else ():
        body = until_closed(scripts[head.end() : head.end() + _LONGEST])
        if reading.search(body):
            yield head.end(), head.end() + len(body)


def _that_hand_on(page: Page, calls: Iterable[Call], keys: Iterable[str]) -> Iterator[Ask]:
    """The requests that send one of the keys that a click hands on."""
    keys = list(keys)
    for call in calls:
        ask = ajax.ask_of(page, call)
        if ask and any(key in ask.url or key in ask.body for key in keys):
            yield ask


# --- agencies that are fetched themselves --------------------------------------------


def sources(page: Page) -> tuple[Ask, ...]:
    """What a page fetches at once to draw links of it; with what the things fetch that it draws when they
    are clicked.
    """
    if not (asks_anything(page.scripts) or ajax.has_tables(page)):
        return ()
    patterns = [_as_told(ask) for ask in _patterns(page)]
    clicks = {"clicks": patterns} if patterns else {}
    asks = (*ajax.fetched_at_once(page), *(_of_tree(page) if patterns else ()))
    return tuple(replace(ask, optional=True, context=ask.context | clicks) for ask in asks)


def _patterns(page: Page) -> list[Ask]:
    """What a click on each thing that a page draws fetches, with blanks for the thing's members."""
    found: dict[tuple[str, str], Ask] = {}
    bound = _bound(page)
    for pattern in _of_trees(page):
        found.setdefault((pattern.url, pattern.body), pattern)
    for handler, attributes in page.script.drawn_handlers(ajax.drawn_handlers(page)):
        ask = _asked(page, handler) or (_asked_by_data(page, bound, attributes) if bound else None)
        if ask and with_blanks(ask.url + ask.body):
            found.setdefault((ask.url, ask.body), ask)
    return list(found.values())[:_MOST_PATTERNS]


def _of_trees(page: Page) -> Iterator[Ask]:
    """What a click on a node of a tree's plug-in fetches, with blanks for the node's members."""
    scripts = page.script.text
    for found in islice(_NODE_CLICKED.finditer(scripts), _MOST_PATTERNS):
        named = functions_in(scripts).get(found["name"] or "")
        begins = named.begins if named else found.end()
        ends = named.ends if named else begins + len(until_closed(scripts[begins : begins + _LONGEST]))
        given = named.parameters if named else [name.strip() for name in (found["given"] or "").split(",")]
        if len(given) < _NODE:
            continue
        node = given[_NODE - 1]
        names = set(re.findall(rf"(?<![\w$.]){re.escape(node)}\.(\w+)", scripts[begins:ends]))
        read = {f"{node}.{name}": Blanks().get(name) for name in names}
        for call in requested_by(scripts, begins, ends, read):
            ask = ajax.ask_of(page, call)
            if ask and with_blanks(ask.url + ask.body):
                yield ask


def _of_tree(page: Page) -> Iterator[Ask]:
    """Where a tree's plug-in has its nodes from."""
    for found in islice(_NODES_FROM.finditer(page.scripts), _MOST_PATTERNS):
        url = resolve(page.base, found[1])
        if url:
            yield ajax.ask_whole(page, url)


def of_objects(page: Page, context: Context) -> Iterator[Ask]:
    """A column for each agency or year that an answer states, as clicks on what is drawn of it do."""
    patterns = context.get("clicks", ())
    for each in objects(parsed_json(page.text)) if patterns else ():
        yield from _filled(patterns, members(each))


def _as_told(ask: Ask) -> dict[str, Any]:
    return {"url": ask.url, "method": ask.method, "body": ask.body, "context": ask.context}


def _filled(patterns: Iterable[Mapping[str, Any]], values: Mapping[str, str]) -> Iterator[Ask]:
    """The requests for an object's members, if it is an agency or a year."""
    label, written = titled(values), {name: json.dumps(text)[1:-1] for name, text in values.items()}
    for pattern in patterns if _is_choice(label) else ():
        if text := filled(json.dumps(pattern), written):
            yield replace(Ask(**json.loads(text)), kind="column", title=label)
