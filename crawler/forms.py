"""Lists that a form brings: ASP.NET's ``__doPostBack`` pages, and choices of an agency or a year. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Final
from urllib.parse import urlencode, urlsplit, urlunsplit

from lxml import etree

from crawler import ajax
from crawler.addresses import resolve
from crawler.family import MAX_PAGES, Ask, Context, is_next
from crawler.links import squeeze, text_in
from crawler.names import is_agency, is_year
from crawler.page import Page

_POSTBACK = re.compile(r"""__doPostBack\(\s*["']([^"']*)["']\s*,\s*["']([^"']*)["']""")
_FORWARD = re.compile(r"^\[?(\d{1,4}|…|\.\.\.)\]?$")
_MOST_CHOICES: Final = 400
_FEWEST: Final = 2  # choices of a select that leads anywhere
_PRESSED: Final = ("submit", "button", "image", "reset", "file")  # fields that a script does not send
_TICKED: Final = ("checkbox", "radio")


def postbacks(page: Page, context: Context) -> tuple[Ask, ...]:
    """The next page of a list whose pages are asked for with the state that the last one gave.

    One request a page, since its state is the next one's: 下一页, else the lowest number not asked for yet.
    """
    form = _form_of_state(page)
    asked = [str(each) for each in context.get("postbacks", ())]
    shown = hashlib.sha256("\n".join(link.url for link in page.links).encode()).hexdigest()[:16]
    if form is None or len(asked) >= MAX_PAGES or shown == context.get("shown"):
        return ()
    links = list(_postback_links(form))
    numbers = (link for link in links if _FORWARD.match(link[0]) and link[0] != "1" and link[1] not in asked)
    further = next((link[1] for link in links if is_next(link[0])), None) or next(numbers, ("", ""))[1]
    if not further:
        return ()
    target, _, argument = further.partition("\n")
    body = urlencode(_fields(form) | {"__EVENTTARGET": target, "__EVENTARGUMENT": argument})
    state = {"form": True, "postbacks": [*asked, further], "shown": shown}
    return (Ask(resolve(page.base, form.get("action") or page.url), "POST", body, context=state),)


def _form_of_state(page: Page) -> etree._Element | None:
    forms = page.tree.iter("form") if page.tree is not None else ()
    return next((form for form in forms if form.find(".//input[@name='__VIEWSTATE']") is not None), None)


def _postback_links(form: etree._Element) -> Iterator[tuple[str, str]]:
    """Text of the links that post the form back, and what is posted: target, line end, argument."""
    for tag in form.iter("a"):
        found = _POSTBACK.search(tag.get("href") or "") or _POSTBACK.search(tag.get("onclick") or "")
        if found and not tag.get("disabled"):
            yield squeeze(text_in(tag) or tag.get("title") or ""), f"{found[1]}\n{found[2]}"


def choices(page: Page) -> tuple[Ask, ...]:
    """A column for each agency or year that the page lets one choose, by a form, by a script's address or by
    what a script fetches.
    """
    selects = [select for select in _selects(page) if _leads(select)]
    by_form = [ask for select in selects for ask in _sent(page, select)]
    return tuple(by_form or list(_gone_to(page, selects)) or _fetched(page, selects))[:_MOST_CHOICES]


def offers_choices(page: Page) -> bool:
    """Whether a page lets one choose an agency or a year."""
    return any(_leads(select) for select in _selects(page))


def _selects(page: Page) -> Iterator[etree._Element]:
    return page.tree.iter("select") if page.tree is not None else iter(())


def _options(select: etree._Element) -> list[tuple[str, str]]:
    """Value and text of the options that mean something."""
    found = ((tag.get("value"), squeeze(text_in(tag))) for tag in select.iter("option"))
    return [(text if value is None else value, text) for value, text in found if value != ""]


def _leads(select: etree._Element) -> bool:
    named = [text for _, text in _options(select) if is_agency(text) or is_year(text) or text.isdigit()]
    return len(named) >= max(_FEWEST, len(_options(select)) / 2)


def _sent(page: Page, select: etree._Element) -> Iterator[Ask]:
    """What a form with this select is sent as, for each of its options."""
    form = next(select.iterancestors("form"), None)
    name = select.get("name")
    if form is None or not name or form.find(".//input[@name='__VIEWSTATE']") is not None:
        return
    action = resolve(page.base, form.get("action") or page.url)
    post = (form.get("method") or "").upper() == "POST"
    for value, text in _options(select):
        body = urlencode(_fields(form) | {name: value})
        if post:
            yield Ask(action, "POST", body, kind="column", title=text, context={"form": True})
        else:
            yield Ask(urlunsplit(urlsplit(action)._replace(query=body)), kind="column", title=text)


def _fields(form: etree._Element) -> dict[str, str]:
    """What a form sends when a script submits it."""
    fields = {}
    for tag in form.iter("input", "select", "textarea"):
        kind = (tag.get("type") or "").lower()
        unticked = kind in _TICKED and tag.get("checked") is None
        if not tag.get("name") or kind in _PRESSED or unticked:
            continue
        chosen = tag.find(".//option[@selected]") if tag.tag == "select" else tag
        fields[str(tag.get("name"))] = (chosen.get("value") or "") if chosen is not None else ""
    return fields


def _gone_to(page: Page, selects: list[etree._Element]) -> Iterator[Ask]:
    """The addresses that a button's script makes of all that is chosen."""
    script = page.script
    for fields, title in _chosen(selects):
        url = resolve(page.base, script.chosen(fields))
        if not url:
            return
        yield Ask(url, kind="column", title=title, optional=True)


def _fetched(page: Page, selects: list[etree._Element]) -> Iterator[Ask]:
    """What a script fetches for all that is chosen."""
    for fields, title in _chosen(selects):
        ask = ajax.chosen(page, fields)
        if ask is None:
            return
        yield replace(ask, kind="column", title=title)


def _chosen(selects: list[etree._Element]) -> Iterator[tuple[dict[str, str], str]]:
    """Every choice: values by the id or name of their selects, and what the options say."""
    named = {str(select.get("id") or select.get("name") or ""): _options(select) for select in selects}
    for chosen in product(*named.values()) if named and "" not in named else ():
        values = (value for value, _ in chosen)
        yield dict(zip(named, values, strict=True)), " ".join(text for _, text in chosen)
