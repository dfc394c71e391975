"""An interface that a list comes from page by page: how it is asked, what it answers, what is next. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlencode

from crawler.addresses import resolve
from crawler.expressions import PLACE
from crawler.family import MAX_PAGES, Ask, Context, Entry, Family, Listing, entries_among
from crawler.links import squeeze
from crawler.page import Page
from crawler.paging import records_drawn
from crawler.scripted import members, objects, parsed_json, pick

_SIZE = re.compile(r"(?i)^(page_?size|per_?page|limit|rows|show_?rows|size)$")
_TOTAL = re.compile(r"(?i)^(total\w*|record_?count|row_?count|all_?count|post_?count|count|records|sum)$")
_COUNTS_PAGES = re.compile(r"(?i)page")
_FEWEST: Final = 5  # entries of a page without a total, after which the next is asked for


@dataclass(frozen=True, slots=True)
class Interface:
    """How a list's pages are asked for: ``parameters`` in their order; that of the page is called ``page``
    (with ``offset``, it tells how many entries stand before it; "" where the address has it, in its place).

    ``number`` is the page at hand, ``base`` the number of the first one, ``size`` the
    entries of it and ``first`` its first address, once they are known; ``templates`` of
    the markup, or the address, that the asking page makes of what is answered; ``as_json`` where what
    is sent goes as JSON, ``packed`` the parameters whose members go as the text of their JSON; ``shown_in``
    the asking page's base, to which the links that come are relative.
    """

    url: str
    method: str
    parameters: dict[str, Any]
    page: str
    base: int
    number: int
    size: int = 0
    first: str = ""
    templates: tuple[str, ...] = ()
    offset: bool = False
    as_json: bool = False
    packed: tuple[str, ...] = ()
    shown_in: str = ""

    def ask(self) -> Ask:
        """The request for page ``number``."""
        place = (self.number - self.base) * self.size if self.offset else self.number
        context: dict[str, Any] = {
            "interface": {key: getattr(self, key) for key in self.__dataclass_fields__}
        }
        numbered = {self.page: place} if self.page else {}
        parameters = serialised(self.parameters | numbered, self.packed)
        url = self.url.replace(PLACE, str(place))
        if self.as_json:
            body = json.dumps(_nested(parameters), ensure_ascii=False)
            return Ask(url, "POST", body, context=context | {"json": True})
        if self.method == "POST":
            return Ask(url, "POST", urlencode(parameters), context=context)
        return Ask(f"{url}?{urlencode(parameters)}" if parameters else url, context=context)


def interface_of(context: Context) -> Interface | None:
    """The interface that a page was asked for by; None for other pages."""
    known = context.get("interface")
    return Interface(**known) if isinstance(known, dict) else None


def listing(page: Page, interface: Interface) -> Listing:
    """An answer of the interface, as JSON, as JSON around markup, or as markup."""
    page = page.as_shown_in(interface.shown_in) if interface.shown_in else page
    value = parsed_json(page.text)
    if value is None:
        entries = entries_among(page.links, titled=True)
        declared = Family().declared(page) or records_drawn(page, len(entries))
    else:
        entries, declared = tuple(_entries(page, value, interface.templates)), _total(value)
    if interface.number != interface.base:
        stuck = bool(entries) and entries[0].url == interface.first
        return Listing(entries, () if stuck else _next(interface, entries, declared), declared, stuck)
    known = replace(interface, size=len(entries), first=entries[0].url if entries else "")
    return Listing(entries, further(known, entries, declared), declared)


def further(known: Interface, entries: tuple[Entry, ...], declared: int | None) -> tuple[Ask, ...]:
    """The pages after the first one, which has these entries and states so many."""
    if not entries or declared is None:
        return _next(known, entries, declared)
    pages = min(-(-declared // len(entries)), MAX_PAGES)
    return tuple(replace(known, number=known.base + at).ask() for at in range(1, pages))


def _next(known: Interface, entries: tuple[Entry, ...], declared: int | None) -> tuple[Ask, ...]:
    """One more page of a list that says it has more, or does not say how many, after one that is full."""
    if declared is not None and known.size and entries:
        shown = (known.number - known.base + 1) * known.size
        return (replace(known, number=known.number + 1).ask(),) if shown < declared else ()
    stated = (int(value) for name, value in known.parameters.items() if _is_size(name, value))
    full = next(stated, max(_FEWEST, known.size))
    if declared is not None or not entries or len(entries) < full or known.number > MAX_PAGES:
        return ()
    ask = replace(known, number=known.number + 1).ask()
    return (replace(ask, optional=PLACE in known.url),)  # behind the last file there is none


def _is_size(name: str, value: Any) -> bool:
    return bool(_SIZE.match(last_name(name))) and str(value).isdigit() and int(value) > 0


def flat(stated: Mapping[str, Any], within: str = "") -> dict[str, Any]:
    """What is sent, by name; a member of a member is called as in a form: ``query[page]``."""
    found: dict[str, Any] = {}
    for name, value in stated.items():
        name = f"{within}[{name}]" if within else name
        found |= flat(value, name) if isinstance(value, dict) and value else {name: value}
    return found


def _nested(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """What ``flat`` made flat."""
    found: dict[str, Any] = {}
    for name, value in parameters.items():
        *outer, last = name.replace("]", "").split("[")
        within = found
        for each in outer:
            within = within.setdefault(each, {})
        within[last] = value
    return found


def serialised(parameters: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """Flat parameters, the members of those with these names as one text of JSON."""
    found = dict(parameters)
    for name in names:
        inside = {each: found.pop(each) for each in tuple(found) if each.startswith(f"{name}[")}
        found[name] = json.dumps(_nested(inside).get(name, {}), ensure_ascii=False)
    return found


def last_name(name: str) -> str:
    """What a member of a member is called itself."""
    return name.rpartition("[")[2].removesuffix("]")


def as_sent(value: Any) -> str:
    """A value in a form or a query."""
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _entries(page: Page, value: Any, templates: Sequence[str]) -> Iterator[Entry]:
    for each in objects(value):
        values = members(each)
        stated = pick(values)
        url = resolve(page.base, stated.link) if stated else ""
        if stated and url:
            yield Entry(url, squeeze(stated.title), stated.date)
        made = (tuple(page.made_of(template, values)) for template in (() if stated else templates))
        for link in next(filter(None, made), ()):
            yield Entry(link.url, link.text, link.date)
    texts = (text for each in objects(value) for text in each.values() if isinstance(text, str))
    for markup in texts:
        if "<a" in markup:
            fragment = Page(page.base, f"<html><body>{markup}</body></html>".encode(), charset="utf-8")
            yield from entries_among(fragment.links, titled=True)


def _total(value: Any) -> int | None:
    counts = {
        key: int(item)
        for each in objects(value)
        for key, item in each.items()
        if _TOTAL.match(key) and not _COUNTS_PAGES.search(key) and str(item).isdigit()
    }
    named = [number for key, number in counts.items() if "total" in key.lower()]
    return max(named or counts.values(), default=None)
