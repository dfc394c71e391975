"""Pagers whose functions stand in a file of their own: it is asked for, then the list's pages. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from crawler import further_pages
from crawler.addresses import resolve
from crawler.computed import Scripts
from crawler.expressions import PLACE
from crawler.family import MAX_PAGES, Ask, Context, Entry, Listing
from crawler.interface import Interface
from crawler.page import Page
from crawler.paging import fields

_LIKELY = re.compile(r"(?i)pag|list|turn|fenye")
_LIBRARY = re.compile(r"(?i)jquery|bootstrap|swiper|layui|vue|\.min\.|share|baidu|analytics|weixin|captcha")
_CURRENT = re.compile(r"(?i)cur|page_?(no|num|index)$|now")
_SUM = re.compile(r"(?i)(?:page_?(?:count|total)|total_?pages?|count_?pages?|pages)$")
_DRAWS = re.compile(r"(?i)(?<![\w.$])(?P<name>\w{0,40}page\w{0,40})\(\s*(?P<pages>\d{1,3})\s*,\s*[01]\s*[,)]")
_NUMBERED = re.compile(
    r"""["']([\w./-]*[_-])["']\s*\+\s*\(?\s*\w+\s*(-\s*1)?\s*\)?\s*\+\s*["'](\.[a-z]{2,5})["']"""
)
_SECOND = re.compile(r"""(\(\s*["']?)2(?=["']?\s*[,)])""")
_MOST_FILES: Final = 3
_MOST_NAMES: Final = 40
_LONGEST: Final = 200  # characters of a variable's value


def files(page: Page, listing: Listing, handlers: Sequence[str], pages: int) -> tuple[Ask, ...]:
    """The file in which may stand what the pager of a list calls, or what draws it; ``pages``: how many there
    are, as far as the page states it.
    """
    waiting = list(_scripts(page)) if handlers or pages_drawn(page) else []
    if not waiting:
        return ()
    names = {name: text for name, text in page.script.variables.items() if len(text) < _LONGEST}
    told = {
        "at": page.url,
        "handlers": list(handlers[:1]),
        "pages": pages or _stated_by_fields(page),
        "names": dict(list(names.items())[:_MOST_NAMES]),
        "fields": fields(page),
        "declared": listing.declared,
        "size": len(listing.entries),
        "first": listing.entries[0].url,
    }
    return (_ask(page.base, told, waiting[:_MOST_FILES]),)


def pages_drawn(page: Page) -> int:
    """How many pages a call states by which a function of another file draws a pager; 0 for none."""
    for call in _DRAWS.finditer(page.scripts) if "age" in page.scripts else ():
        if f"function {call['name']}" not in page.scripts and int(call["pages"]) > 1:
            return int(call["pages"])
    return 0


def _ask(base: str, told: Mapping[str, Any], waiting: list[str]) -> Ask:
    return Ask(waiting[0], context={"shown_in": base, "pager": {**told, "waiting": waiting[1:]}})


def of_file(page: Page, context: Context) -> tuple[Ask, ...]:
    """The further pages of the list whose pager's functions may stand in this file; else the next file."""
    told: Mapping[str, Any] = context["pager"]
    entries, shown = (Entry(told["first"], ""),) * told["size"], _together(page, told)
    if appended := further_pages.appended(shown, entries, told["declared"]):
        return appended
    urls = [_turned(page, told, number) for number in range(2, min(told["pages"] or 3, MAX_PAGES) + 1)]
    if told["pages"] and all(urls):
        return tuple(Ask(url, context={"stated": True}) for url in urls)
    if all(urls) and (interface := _counted(urls[0], urls[1])):
        known = replace(interface, size=told["size"], first=told["first"], shown_in=str(context["shown_in"]))
        return (replace(known.ask(), optional=True),)
    if fetched := further_pages.turned(shown, entries, told["declared"], told["handlers"]):
        return fetched
    return (_ask(str(context["shown_in"]), told, told["waiting"]),) if told["waiting"] else ()


def _together(page: Page, told: Mapping[str, Any]) -> Page:
    """The file, behind the variables of the page that loads it."""
    text = _variables(told) + page.text
    return Page(page.url, text.encode(), media_type="text/javascript", charset="utf-8", shown_in=page.base)


def _variables(told: Mapping[str, Any]) -> str:
    return "".join(f"var {name} = {json.dumps(text)};\n" for name, text in told["names"].items())


def _turned(page: Page, told: Mapping[str, Any], number: int) -> str:
    """The address of a page by its number; "" where the file does not tell."""
    script = Scripts(_variables(told) + page.text, told["at"])
    if not told["handlers"]:
        numbered = _NUMBERED.search(script.text)
        return _numbered(page.base, numbered, number) if numbered else ""
    fields = {
        name: str(number - 1) if _CURRENT.search(name) and text == "1" else text
        for name, text in told["fields"].items()
    }
    handler = _SECOND.sub(rf"\g<1>{number}", told["handlers"][0], count=1)
    url = resolve(page.base, script.handled(handler, {}, fields=fields))
    return url if url != told["at"] else ""


def _numbered(base: str, found: re.Match[str], number: int) -> str:
    return resolve(base, f"{found[1]}{number - 1 if found[2] else number}{found[3]}")


def _counted(second: str, third: str) -> Interface | None:
    """How pages are asked for, by the addresses of the second and the third one."""
    for base in (0, 1):
        at = next((i for i, (a, b) in enumerate(zip(second, third, strict=False)) if a != b), -1)
        if second[at:][:1] == str(base + 1) and second[:at] + str(base + 2) + second[at + 1 :] == third:
            return Interface(f"{second[:at]}{PLACE}{second[at + 1 :]}", "GET", {}, "", base, base + 1)
    return None


def _stated_by_fields(page: Page) -> int:
    sums = (text for name, text in fields(page).items() if _SUM.search(name) and text.isdigit())
    return int(next(sums, "0"))


def _scripts(page: Page) -> Iterator[str]:
    """Scripts of the page's own host, those first that are called after pages."""
    own = [url for url, _ in page.own_scripts if not _LIBRARY.search(url)]
    return iter(dict.fromkeys(sorted(own, key=lambda url: not _LIKELY.search(url.rpartition("/")[2]))))
