"""Further pages of a list, by number, as the page's scripts or its form ask for them. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from crawler.addresses import resolve
from crawler.ajax import PAGE, SEARCHED, address_of, asked, interface_of_call
from crawler.calls import calls_in, requested
from crawler.expressions import PLACE
from crawler.family import Ask, Entry
from crawler.interface import Interface, further
from crawler.javascript import first_expression
from crawler.page import Page

_TURNS = re.compile(r"""["']([^"'\s<>]*[?&]\w+=)["']\s*\+|`([^`\s<>]*[?&]\w+=)\$\{""")
_SECOND = re.compile(r"""^([^(]*\(\s*)["']?2["']?(?=\s*[,)])""")
_COUNTED = re.compile(r"\+\+\s{0,9}(\w+)|\b(\w+)\s{0,9}(?:\+\+|\+=\s{0,9}1\b|=\s{0,9}\2\s{0,9}\+\s{0,9}1\b)")


def turned(
    page: Page, entries: tuple[Entry, ...], declared: int | None, handlers: Sequence[str] = ()
) -> tuple[Ask, ...]:
    """The further pages of a list that a script or a form turns by number, after its first ``entries``;
    ``handlers``: what its links to them call.
    """
    by_handlers = (found for handler in handlers if (found := _turning_handler(page, handler)))
    interface = next(by_handlers, None) or _turning_script(page) or _turning_form(page)
    if interface is None or not entries:
        return ()
    return further(replace(interface, size=len(entries), first=entries[0].url), entries, declared)


def appended(page: Page, entries: tuple[Entry, ...], declared: int | None) -> tuple[Ask, ...]:
    """The further pages of a list that a script appends to it, each from a file of the next number."""
    interface = _turning_file(page) if entries else None
    if interface is None:
        return ()
    return further(replace(interface, size=len(entries), first=entries[0].url), entries, declared)


def _turning_script(page: Page) -> Interface | None:
    found = _TURNS.search(page.scripts)
    if found is None:
        return None
    link = resolve(page.url, found[1] or found[2])
    interface = asked(page, link, {}, "GET") if link else None
    return replace(interface, base=1, number=1) if interface else None


def _turning_handler(page: Page, handler: str) -> Interface | None:
    """What a link's handler, which hands on the number of the second page, fetches."""
    counted = _SECOND.sub(rf"\1'{PLACE}'", handler, count=1)
    for call in requested(page.script.text, counted) if counted != handler else ():
        interface = interface_of_call(page, call)
        if interface and (PLACE in interface.url or interface.parameters.get(interface.page) == PLACE):
            return replace(interface, base=1, number=1)
    return None


def _turning_file(page: Page) -> Interface | None:
    """Files that a script appends to a list, one after the other, by a variable that it counts up."""
    scripts = page.script.text
    variables = page.script.variables if _COUNTED.search(scripts) else {}
    counters = {
        name: variables[name] for names in _COUNTED.findall(scripts) for name in names if name in variables
    }
    for call in calls_in(scripts) if counters else ():
        link = first_expression(call.link)
        name = next((name for name in counters if re.search(rf"\b{name}\b", link)), "")
        url = resolve(page.base, address_of(link, variables | {name: PLACE})) if name else ""
        if PLACE in urlsplit(url).path and counters[name].isdigit():
            interface = asked(page, url, call.data, call.method, as_json=call.as_json)
            return replace(interface, base=1, number=1) if interface else None
    return None


def _turning_form(page: Page) -> Interface | None:
    for form in page.tree.iter("form") if page.tree is not None else ():
        fields = {
            str(tag.get("name")): tag.get("value") or ""
            for tag in form.iter("input", "select")
            if tag.get("name")
        }
        number = next((name for name in fields if PAGE.match(name)), "")
        searched = any(SEARCHED.match(name) and not fields[name] for name in fields)
        if not number or (searched and ".submit(" not in page.scripts) or "__VIEWSTATE" in fields:
            continue
        action = urlsplit(resolve(page.base, form.get("action") or page.url))
        method = "POST" if (form.get("method") or "").upper() == "POST" else "GET"
        rest = {name: value for name, value in fields.items() if name != number}
        if method == "GET":
            rest = dict(parse_qsl(action.query)) | rest
            action = action._replace(query="")
        return Interface(urlunsplit(action), method, rest, number, 1, 1)
    return None
