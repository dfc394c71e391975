"""Pagers that scripts draw: ``createPageHTML(…)``, which TRS and UCAP sites share, in its three signatures,
and plug-ins (laypage, pagination …) whose options state how many pages there are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urljoin

from crawler.addresses import resolve
from crawler.computed import Scripts
from crawler.expressions import evaluated
from crawler.family import MAX_PAGES, Ask
from crawler.javascript import until_closed
from crawler.page import Page

_CALL = re.compile(r"\bcreatePage(?:HTML|Html)?\s*\(([^()]*)\)")
_ARGUMENT = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|(-?\d+))\s*""")
_SUFFIX = re.compile(r"s?html?|jsp|aspx?|php", re.IGNORECASE)
_PLUG_IN = re.compile(
    r"""(?i)\b(?:laypage(?:\.render)?|paging|pagination|paginator|jqpaginator|pager|createpage)\s*\(\s*"""
    r"""(?:["'][^"']*["'],\s*)?(?:\{|function\b)"""
)
_OPTION = r"(?i)\b(?:%s)[\"']?\s*:\s*[\"']?(\w+)"
_PAGES = re.compile(_OPTION % "total_?pages?|page_?count|page_?total|pages")
_RECORDS = re.compile(_OPTION % "count|total|total_?(?:data|count|size|num|records?)")
_SIZE = re.compile(_OPTION % "limit|page_?size|per_?page|show_?data|size")
# the same as variables, for a pager that a function of another file draws
_PAGES_SET = re.compile(r"(?i)^(?:total_?pages?|pages?_?count|count_?pages?|page_?total|page_?num_?total)$")
_RECORDS_SET = re.compile(
    r"(?i)^(?:total_?(?:count|records?|num|rows?|size)|(?:record|row|all|data)s?_?(?:count|total))$"
)
_SIZE_SET = re.compile(r"(?i)^(?:page_?size|per_?page|page_?rows?|limit|rows_?per_?page)$")
_CURRENT = re.compile(_OPTION % "current")
_PAGES_BESIDE_CURRENT = re.compile(_OPTION % "page_?num")  # elsewhere that is the page at hand
_PREFIX = re.compile(r"""\bprefix["']?\s*:\s*["']([\w./-]+)["']""")
_SUFFIXED = re.compile(r"""\bsuffix["']?\s*:\s*["']\.?(\w+)["']""")
_CALLS_BACK = re.compile(
    r"(?i)\b(?:callback|jump|on\w*(?:change|click|page)\w*|change|(?:page)?click)[\"']?\s*:\s*function\s*\(([^()]*)\)\s*\{"
)
_FROM_ZERO = re.compile(r"(?i)\b(?:page_?index|current_?(?:page)?|page_?no)[\"']?\s*:\s*0\b")
_IN_WORDS = re.compile(r"共\s*(\d{1,3})\s*页|(?<![\d/])1\s*/\s*(\d{1,3})\s*页")
_TURNS = re.compile(
    r"""location(?:\.href)?\s*=[^;]*?["']([^"'<>\s=]*[\w/])["']\s*\+\s*\(?[\w.]+(?:\(\))?\s*(-\s*1\s*)?\)?\s*\+"""
    r"""\s*["'](\.[a-z]{2,5})["']"""
)
_SET = re.compile(r"(?i)total|count")  # is in every name of a sum
_LONGEST = 2_000  # characters of a plug-in's options
_LONGEST_VALUE = 200


@dataclass(frozen=True, slots=True)
class Pager:
    """What a pager call states: number of pages, current page as it counts them, file prefix and suffix,
    records.
    """

    total: int
    current: int
    prefix: str
    suffix: str
    records: int | None

    def asks(self, url: str, second: int = 0) -> tuple[Ask, ...]:
        """Requests for the other pages of the list that ``url`` is the first page of.

        A pager that counts from 0 names the second page ``_1``. One that counts from 1 names it ``_2`` or
        ``_1``: without ``second``, its number where the CMS has but one way, both ends of the range are
        guesses. A page that has a number itself was asked for by the first.
        """
        if re.search(rf"{re.escape(self.prefix)}_\d+\.{self.suffix}$", url):
            return ()
        total = min(self.total, MAX_PAGES)
        if self.current == 0:
            return tuple(self._ask(url, number, sure=True) for number in range(1, total))
        last = total + second - 2 if second else total
        numbers = range(second or 1, last + 1) if total > 1 else range(0)
        return tuple(
            self._ask(url, number, sure=bool(second) or number not in (1, total)) for number in numbers
        )

    def _ask(self, url: str, number: int, *, sure: bool) -> Ask:
        return Ask(self._address(url, number), optional=not sure, context={"stated": True} if sure else {})

    def _address(self, url: str, number: int) -> str:
        return urljoin(url, f"{self.prefix}_{number}.{self.suffix}")


def call_arguments(scripts: str) -> Pager | None:
    """The first pager call with numbers in it.

    Signatures: ``(total, current, prefix, suffix)``, the same with other quotes,
    ``(element, total, current, prefix, suffix, records)``; an argument may be a variable set before.
    """
    if "createPage" not in scripts:
        return None
    stated = Scripts(scripts)
    for call in _CALL.finditer(stated.text):
        pager = _from_arguments([_valued(argument, stated) for argument in call[1].split(",")])
        if pager:
            return pager
    return None


def _valued(argument: str, stated: Scripts) -> str:
    """An argument, or what an expression comes to with the variables that are set, as a literal."""
    value = None if _ARGUMENT.fullmatch(argument) else evaluated(argument, stated.variables.get)
    return argument if value is None else f'"{value}"'


def _from_arguments(arguments: list[str]) -> Pager | None:
    numbers: list[int] = []
    words: list[str] = []
    for argument in arguments:
        found = _ARGUMENT.fullmatch(argument)
        if not found:
            return None
        word = found[1] if found[1] is not None else found[2]
        if found[3] is not None:
            numbers.append(int(found[3]))
        elif word.isdigit():
            numbers.append(int(word))
        elif numbers:
            words.append(word)  # words before the first number name a page element
    if len(numbers) < 2 or len(words) < 2 or not _SUFFIX.fullmatch(words[1].lstrip(".")):
        return None
    return Pager(
        numbers[0], numbers[1], words[0], words[1].lstrip("."), numbers[2] if len(numbers) > 2 else None
    )


def drawn(page: Page) -> tuple[Ask, ...]:
    """The further pages that a plug-in turns to, where it says at which addresses they stand."""
    options = _options(page)
    if _PREFIX.search(options) and (named := _named(page, options)):
        return named.asks(page.url)
    last = min(pages_drawn(page), MAX_PAGES)
    turns = _TURNS.search(options) or (_TURNS.search(page.scripts) if last > 1 else None)
    if not turns:
        return _called_back(page, options)
    numbers = range(1, last) if turns[2] else range(2, last + 1)
    names = (f"{turns[1]}{number}{turns[3]}" for number in numbers)
    return tuple(Ask(urljoin(page.base, name), context={"stated": True}) for name in names)


def _named(page: Page, options: str) -> Pager | None:
    """A plug-in's pager that states prefix and suffix of its files."""
    prefix, suffix, current = _PREFIX.search(options), _SUFFIXED.search(options), _CURRENT.search(options)
    if not (prefix and suffix and _SUFFIX.fullmatch(suffix[1])):
        return None
    number = int(current[1]) if current and current[1].isdigit() else 1
    return Pager(pages_drawn(page), number, prefix[1], suffix[1], None)


def _called_back(page: Page, options: str) -> tuple[Ask, ...]:
    """The further pages that the function opens which a plug-in calls back with their number."""
    head = _CALLS_BACK.search(options)
    if head is None:
        return ()
    body = until_closed(options[head.end() :])
    script = Scripts(f"function turn({head[1]}) {{{body}}}")
    first = 1 if _FROM_ZERO.search(options) else 2
    numbers = range(first, first + min(pages_drawn(page), MAX_PAGES) - 1)
    urls = [resolve(page.base, script.handled(f"turn({number})", {})) for number in numbers]
    return tuple(Ask(url, context={"stated": True}) for url in urls) if all(urls) else ()


def pages_drawn(page: Page) -> int:
    """How many pages the options of a plug-in state, 0 where none is drawn."""
    pages, records, size = _drawn(page)
    return pages or -(-records // (size or 10))


def records_drawn(page: Page, shown: int) -> int | None:
    """How many entries the options of a plug-in state, where they are more than the page has ``shown``; what
    stands there alone may count pages.
    """
    pages, records, size = _drawn(page)
    return records if records > shown and (pages or size) else None


def shows_all(page: Page, shown: int) -> bool:
    """Whether a page has ``shown`` all entries that it states, which a script only parts into pages."""
    _, records, size = _drawn(page)
    return 0 < records <= shown and size > 0


def pages_in_words(page: Page) -> int:
    """How many pages a list says that it has, 0 where it does not."""
    found = _IN_WORDS.search(page.plain)
    return int(found[1] or found[2]) if found else 0


@lru_cache(maxsize=1)  # asked for several times of one page
def _drawn(page: Page) -> tuple[int, int, int]:
    """Pages, entries and entries a page, as the options of a plug-in state them, or variables, or
    fields; 0 for what they do not.
    """
    options = _options(page)
    variables = page.script.variables if options or _SET.search(page.scripts) else {}
    if not options:
        variables = {**variables, **fields(page)}
        return _set(variables, _PAGES_SET), _set(variables, _RECORDS_SET), _set(variables, _SIZE_SET)

    def stated(name: re.Pattern[str]) -> int:
        found = name.search(options)
        value = variables.get(found[1], found[1]) if found else ""
        return int(value) if value.isdigit() else 0

    pages = stated(_PAGES) or (stated(_PAGES_BESIDE_CURRENT) if _CURRENT.search(options) else 0)
    if not pages and _PREFIX.search(options):  # how many files there are
        return stated(_SIZE), stated(_RECORDS), 0
    return pages, stated(_RECORDS), stated(_SIZE)


def _set(variables: Mapping[str, str], name: re.Pattern[str]) -> int:
    values = (value for each, value in variables.items() if name.match(each) and value.isdigit())
    return int(next(values, "0"))


def fields(page: Page) -> dict[str, str]:
    """The values of the page's fields, by id; of long ones none is a number or a name."""
    found = page.tree.iterfind(".//input[@id]") if page.tree is not None else ()
    values = {str(tag.get("id")): tag.get("value") or "" for tag in found}
    return {name: text for name, text in values.items() if text and len(text) < _LONGEST_VALUE}


def _options(page: Page) -> str:
    found = _PLUG_IN.search(page.scripts)
    return page.scripts[found.end() : found.end() + _LONGEST] if found else ""
