"""Lists that a script fetches page by page from an interface: found in the page, asked as the script asks.

Search interfaces that complete a static list (TRS ``was5/web/search``, IGS), lists that
come as JSON by POST, fragments loaded into the page: one way for all of them. Pure.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from crawler.addresses import resolve
from crawler.calls import Call, Offset, Serialised, arguments_in, calls_in, names_of_fields, options_of
from crawler.computed import Scripts
from crawler.expressions import evaluated
from crawler.family import MAX_PAGES, Ask, Context, Entry, Family, Listing, entries_among
from crawler.javascript import first_expression, split, without_comments
from crawler.page import Page, squeeze
from crawler.paging import records_drawn
from crawler.scripted import members, objects, parsed_json, pick

_PAGE = re.compile(
    r"(?i)^(page|p|pn|page_?no|page_?index|page_?num(ber)?|cur_?page|current_?page|current|cpage|now_?page|pageid)$"
)
_SIZE = re.compile(r"(?i)^(page_?size|per_?page|limit|rows|show_?rows|size)$")
_OFFSET = re.compile(r"(?i)^(start|offset|skip|begin)_?(row|index|num|record)?$")
_SEARCHED = re.compile(r"(?i)^(search_?words?|key_?words?|q|kw|keys?|title|content|text)$")
_TOTAL = re.compile(r"(?i)^(total\w*|record_?count|row_?count|all_?count|post_?count|count|records|sum)$")
_COUNTS_PAGES = re.compile(r"(?i)page")
_TREE = re.compile(r"(?i)tree|menu|channel|column|catalog|category|lanmu|organ|dept|unit")
_URL_OPTION = re.compile(r"\burl\s*:\s*")
_BLANK = re.compile(r"\{\{\s*([\w.]+)\s*\}\}")
_BOUND = re.compile(  # addresses that a framework makes of each object that it draws
    r"""(?:\s:|\bv-bind:)href\s*=\s*(?:"([^"<>]*[+$][^"<>]*)"|'([^'<>]*[+$][^'<>]*)')"""
    r"""|\shref\s*=\s*["']([^"'<>{]*\{\{\s*\w+\.\w+\s*\}\}[^"'<>]*)["']"""
)
_TURNS = re.compile(r"""["']([^"'\s<>]*[?&]\w+=)["']\s*\+|`([^`\s<>]*[?&]\w+=)\$\{""")
_FILE = re.compile(r"(?i)\.(json|js|xml|txt|s?html?|rss)$")
_LIBRARY = re.compile(
    r"(?i)jquery|bootstrap|swiper|layui|vue|common|main|base|header|footer|nav|menu|share|print|stat|tongji"
    r"|baidu|analytics|jpage|pagin|ucap|build/unit|wechat|weixin|jweixin|\.min\.|captcha|calendar|search|conac"
    r"|/app\b|vendor|chunk|runtime|bundle|/\w?tree(?:view)?\W"
)  # scripts that are no list of this page
_MENU = re.compile(r"(?i)nav|menu|head|top|daohang|caidan|lanmu")
_MOST_HANDLERS: Final = 300  # of links whose functions stand in a file
_MOST_FILES: Final = 3  # of a page's scripts that are asked for, in case one is its list
_FEWEST: Final = 5  # entries of a page without a total, after which the next is asked for


@dataclass(frozen=True, slots=True)
class Interface:
    """How a list's pages are asked for: ``parameters`` in their order; that of the page is called ``page``
    (with ``offset``, it tells how many entries stand before it).

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
        if self.as_json:
            parameters = _packed(self.parameters | {self.page: place}, self.packed)
            body = json.dumps(_nested(parameters), ensure_ascii=False)
            return Ask(self.url, "POST", body, context=context | {"json": True})
        parameters = _packed(self.parameters | {self.page: place}, self.packed)
        if self.method == "POST":
            return Ask(self.url, "POST", urlencode(parameters), context=context)
        return Ask(f"{self.url}?{urlencode(parameters)}", context=context)


def interface_of(context: Context) -> Interface | None:
    """The interface that a page was asked for by; None for other pages."""
    known = context.get("interface")
    return Interface(**known) if isinstance(known, dict) else None


def calls(page: Page) -> tuple[Ask, ...]:
    """The first page of each list that a script of ``page`` fetches by number; no searches for words."""
    scripts = without_comments(page.scripts)
    found: dict[tuple[str, str, str], Ask] = {}
    for call in calls_in(scripts):
        interface = _interface(page, call)
        if interface is not None:
            ask = interface.ask()
            found.setdefault((ask.url, ask.method, ask.body), ask)
    return tuple(found.values())


def chosen(page: Page, fields: Mapping[str, str]) -> Ask | None:
    """What a script fetches when the page's fields (by id) have these values; None where it reads not all."""
    scripts = without_comments(page.scripts)
    read = names_of_fields(scripts, fields)
    for call in calls_in(scripts, fields) if set(read.values()) >= set(fields.values()) else ():
        link = _address(call.link, Scripts(page.scripts).variables | read)
        sent = _flat(call.data)
        if not all(value in [*map(str, sent.values()), *_values(link)] for value in fields.values()):
            continue
        interface = _asked(page, link, call.data, call.method, as_json=call.as_json)
        return interface.ask() if interface else _at_once(resolve(page.base, link), call)
    return None


def _values(link: str) -> list[str]:
    return [value for _, value in parse_qsl(urlsplit(link).query)]


def _at_once(url: str, call: Call) -> Ask | None:
    """A list that needs no pages."""
    if not url:
        return None
    packed = [name for name, value in call.data.items() if isinstance(value, Serialised)]
    sent = {name: _as_sent(value) for name, value in _packed(_flat(call.data), packed).items()}
    if call.method == "POST":
        body = json.dumps(call.data, ensure_ascii=False) if call.as_json else urlencode(sent)
        return Ask(url, "POST", body, context={"fetched": True} | ({"json": True} if call.as_json else {}))
    together = dict(parse_qsl(urlsplit(url).query, keep_blank_values=True)) | sent
    return Ask(urlunsplit(urlsplit(url)._replace(query=urlencode(together))), context={"fetched": True})


def trees(page: Page) -> tuple[Ask, ...]:
    """Trees of columns that a script of ``page`` fetches whole."""
    variables = Scripts(page.scripts).variables
    calls = [arguments for _, arguments in arguments_in(page.scripts)]
    named = (call[found.end() :] for call in calls if (found := _URL_OPTION.search(call)))
    links = [_address(expression, variables) for expression in (*calls, *named)]
    links = [link for link in links if _TREE.search(link)]
    told = _as_handed(page.scripts, variables) if links else {}
    urls = (resolve(page.base, told.get(link, link)) for link in links)
    drawn = _shown(page) if _templates(page) else {}
    return tuple(Ask(url, kind="tree", optional=True, context=drawn) for url in dict.fromkeys(urls) if url)


def _as_handed(scripts: str, variables: Mapping[str, str]) -> dict[str, str]:
    """Addresses with what the functions around their calls are first called with, by those without."""
    found = (call for call in calls_in(scripts) if call.handed)
    return {
        _address(call.link, variables): _address(call.link, {**variables, **call.handed}) for call in found
    }


def _shown(page: Page) -> dict[str, Any]:
    """What is to be known of the page that shows what it fetches: where it stands, what markup it makes, what
    its links call that it does not define.
    """
    handlers = [pair for pair in page.unopened if pair[1]][:_MOST_HANDLERS]
    told = {"templates": _templates(page), "handlers": handlers}
    return {"shown_in": page.base} | {name: value for name, value in told.items() if value}


def as_shown(page: Page, context: Context) -> Page:
    """``page`` as the one shows it that asked for it."""
    handlers = tuple((label, handler) for label, handler in context.get("handlers", ()))
    return page.as_shown_in(str(context["shown_in"]), tuple(context.get("templates", ())), handlers)


def _templates(page: Page) -> tuple[str, ...]:
    """Of the markup, or of the addresses, that a page makes of what it fetches."""
    scripts = Scripts(page.scripts)
    bound = (one or two or _filled(three) for one, two, three in _BOUND.findall(page.text))
    return (*scripts.templates, *scripts.openings, *dict.fromkeys(bound))


def _filled(text: str) -> str:
    """An address with blanks to be filled, ``{{item.id}}``, as an expression."""
    return "`" + _BLANK.sub(r"${\1}", text) + "`"


def whole(page: Page, *, loaded: bool = True) -> tuple[Ask, ...]:
    """Files that a script of ``page`` fetches at once, as a list that needs no pages may be; if wanted, also
    the scripts that it has ``loaded``.
    """
    scripts = without_comments(page.scripts)
    found: dict[str, None] = {}
    for kind, arguments in arguments_in(scripts):
        link = options_of(arguments).get("url") or first_expression(arguments)
        url = resolve(page.base, evaluated(link, lambda piece: None) or "")
        if url and kind != "post" and _FILE.search(urlsplit(url).path):
            found.setdefault(url)
    found |= dict.fromkeys(_loaded(page)) if loaded else {}
    return tuple(Ask(url, optional=True, context=_shown(page)) for url in found)[:_MOST_FILES]


def menus(page: Page) -> tuple[Ask, ...]:
    """Scripts of the page's own host that are called after a menu, which they may write."""
    urls = [url for url in _scripts_of(page) if _MENU.search(url.rpartition("/")[2])]
    return tuple(Ask(url, kind="tree", optional=True, context=_shown(page)) for url in urls[:_MOST_FILES])


def _loaded(page: Page) -> Iterator[str]:
    """Scripts of the page's own host that it loads, those of its body first, those of libraries left out."""
    return (url for url in _scripts_of(page) if not _LIBRARY.search(url))


def _scripts_of(page: Page) -> Iterator[str]:
    found = page.tree.iterfind(".//script[@src]") if page.tree is not None else ()
    for tag in sorted(found, key=lambda tag: next(tag.iterancestors("head"), None) is not None):
        url = resolve(page.base, tag.get("src") or "")
        if urlsplit(url).netloc == urlsplit(page.url).netloc:
            yield url


def turned(page: Page, entries: tuple[Entry, ...], declared: int | None) -> tuple[Ask, ...]:
    """The further pages of a list that a script or a form turns by number, after its first ``entries``."""
    interface = _turning_script(page) or _turning_form(page)
    if interface is None or not entries:
        return ()
    return _further(replace(interface, size=len(entries), first=entries[0].url), entries, declared)


def _turning_script(page: Page) -> Interface | None:
    found = _TURNS.search(page.scripts)
    if found is None:
        return None
    link = resolve(page.url, found[1] or found[2])
    interface = _asked(page, link, {}, "GET") if link else None
    return replace(interface, base=1, number=1) if interface else None


def _turning_form(page: Page) -> Interface | None:
    for form in page.tree.iter("form") if page.tree is not None else ():
        fields = {
            str(tag.get("name")): tag.get("value") or ""
            for tag in form.iter("input", "select")
            if tag.get("name")
        }
        number = next((name for name in fields if _PAGE.match(name)), "")
        searched = any(_SEARCHED.match(name) and not fields[name] for name in fields)
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
    return Listing(entries, _further(known, entries, declared), declared)


def _further(known: Interface, entries: tuple[Entry, ...], declared: int | None) -> tuple[Ask, ...]:
    if not entries or declared is None:
        return _next(known, entries, declared)
    pages = min(-(-declared // len(entries)), MAX_PAGES)
    return tuple(replace(known, number=known.base + at).ask() for at in range(1, pages))


def _next(known: Interface, entries: tuple[Entry, ...], declared: int | None) -> tuple[Ask, ...]:
    """One more page of a list that does not say how many it has, after one that is full."""
    stated = (int(value) for name, value in known.parameters.items() if _is_size(name, value))
    full = next(stated, max(_FEWEST, known.size))
    if declared is not None or not entries or len(entries) < full or known.number > MAX_PAGES:
        return ()
    return (replace(known, number=known.number + 1).ask(),)


def _is_size(name: str, value: Any) -> bool:
    return bool(_SIZE.match(_last(name))) and str(value).isdigit() and int(value) > 0


# --- what a script states ----------------------------------------------------------


def _interface(page: Page, call: Call) -> Interface | None:
    link = _address(call.link, {**Scripts(page.scripts).variables, **call.handed})
    return _asked(page, link, call.data, call.method, as_json=call.as_json)


def _asked(
    page: Page, link: str, stated: Mapping[str, Any], method: str, *, as_json: bool = False
) -> Interface | None:
    parts = urlsplit(link)
    query = parse_qsl(parts.query, keep_blank_values=True)
    together = _flat(dict(query) | dict(stated) if method == "GET" else stated)
    reckoned = [name for name, value in together.items() if isinstance(value, Offset)]
    number = next((n for n in together if _PAGE.match(_last(n)) and n not in reckoned), "")
    offset = "" if number else next((n for n in together if _OFFSET.match(_last(n)) or n in reckoned), "")
    number = number or offset
    searched = any(_SEARCHED.match(_last(name)) and value is None for name, value in together.items())
    bare = urlunsplit(parts._replace(query=parts.query if method == "POST" else ""))
    url = resolve(page.base, bare) if parts.path else ""
    if not url or not number or searched:
        return None
    base = 0 if str(together[number]) == "0" else 1
    packed = tuple(name for name, value in stated.items() if isinstance(value, Serialised))
    parameters = {
        name: value if as_json or name.partition("[")[0] in packed else _as_sent(value)
        for name, value in together.items()
    }
    templates = _templates(page)
    return Interface(
        url,
        method,
        parameters,
        number,
        base,
        base,
        templates=templates,
        offset=bool(offset),
        as_json=as_json,
        packed=packed,
        shown_in=page.base,
    )


def _flat(stated: Mapping[str, Any], within: str = "") -> dict[str, Any]:
    """What is sent, by name; a member of a member is called as in a form: ``query[page]``."""
    found: dict[str, Any] = {}
    for name, value in stated.items():
        name = f"{within}[{name}]" if within else name
        found |= _flat(value, name) if isinstance(value, dict) and value else {name: value}
    return found


def _nested(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """What ``_flat`` made flat."""
    found: dict[str, Any] = {}
    for name, value in parameters.items():
        *outer, last = name.replace("]", "").split("[")
        within = found
        for each in outer:
            within = within.setdefault(each, {})
        within[last] = value
    return found


def _packed(parameters: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """Flat parameters, the members of those with these names as one text of JSON."""
    found = dict(parameters)
    for name in names:
        inside = {each: found.pop(each) for each in tuple(found) if each.startswith(f"{name}[")}
        found[name] = json.dumps(_nested(inside).get(name, {}), ensure_ascii=False)
    return found


def _last(name: str) -> str:
    return name.rpartition("[")[2].removesuffix("]")


def _as_sent(value: Any) -> str:
    """A value in a form or a query."""
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _address(expression: str, variables: Mapping[str, str]) -> str:
    """The address that an expression makes; what is not known in it, but for its beginning, stands for the
    page.
    """
    expression = first_expression(expression)
    begins = split(expression, "+")[0].strip()
    if begins[:1] not in ("'", '"', "`") and begins not in variables:
        return ""
    return evaluated(expression, lambda piece: variables.get(piece, "")) or ""


# --- what an interface answers -------------------------------------------------------


def _entries(page: Page, value: Any, templates: Sequence[str]) -> Iterator[Entry]:
    for each in objects(value):
        values = members(each)
        stated = pick(values)
        url = resolve(page.base, stated.link) if stated else ""
        if stated and url:
            yield Entry(url, squeeze(stated.title), stated.date)
        for template in () if stated else templates:
            for link in page.made_of(template, values):
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
