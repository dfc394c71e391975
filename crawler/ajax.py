"""Lists that a script fetches page by page from an interface: found in the page, asked as the script asks.

Search interfaces that complete a static list (TRS ``was5/web/search``, IGS), lists that
come as JSON by POST, fragments loaded into the page: one way for all of them. Pure.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from operator import itemgetter
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from crawler.addresses import resolve
from crawler.calls import (
    Call,
    Offset,
    Serialised,
    arguments_in,
    calls_in,
    options_of,
)
from crawler.expressions import PLACE, evaluated
from crawler.family import Ask, Context
from crawler.interface import Interface, as_sent, flat, last_name, serialised
from crawler.javascript import first_expression, split, without_comments
from crawler.page import Page
from crawler.paging import fields
from crawler.script_names import names_of_attributes, names_of_fields, names_of_query

# names of the parameter of a page's number, and of words that a visitor types
PAGE = re.compile(
    r"(?i)^(page|p|pn|page_?no|page_?index|page_?num(ber)?|cur_?page|current_?page|current|cpage|now_?page|pageid|curr?)$"
)
_OFFSET = re.compile(r"(?i)^(start|offset|skip|begin)_?(row|index|num|record)?$")
SEARCHED = re.compile(r"(?i)^(search_?words?|key_?words?|q|kw|keys?|title|content|text)$")
_TREE = re.compile(r"(?i)tree|menu|channel|column|catalog|category|lanmu|organ|dept|unit")
_URL_OPTION = re.compile(r"\burl\s*:\s*")
_DRAWN_HANDLER = re.compile(
    r"""\s(?:@|v-on:)click[\w.]*\s{0,9}=\s{0,9}"(\w{1,40}\([^"]{0,100}\w\.\w[^"]{0,100}\))\""""
)
_FILE = re.compile(r"(?i)\.(json|js|xml|txt|s?html?|rss)$")
_LIBRARY = re.compile(
    r"(?i)jquery|bootstrap|swiper|layui|vue|common|main|base|header|footer|nav|menu|share|print|stat|tongji"
    r"|baidu|analytics|jpage|pagin|ucap|build/unit|wechat|weixin|jweixin|\.min\.|captcha|calendar|search|conac"
    r"|/app\b|vendor|chunk|runtime|bundle|/\w?tree(?:view)?\W"
)  # scripts that are no list of this page
_MENU = re.compile(r"(?i)nav|menu|head|top|daohang|caidan|lanmu")
_MOST_HANDLERS: Final = 300  # of links whose functions stand in a file
_MOST_FILES: Final = 3  # of a page's scripts that are asked for, in case one is its list


def calls(page: Page) -> tuple[Ask, ...]:
    """The first page of each list that a script of ``page`` fetches by number; no searches for words."""
    scripts = _scripts(page)
    found: dict[tuple[str, str, str], Ask] = {}
    for call in calls_in(scripts, known=_known(page)):
        interface = interface_of_call(page, call)
        if interface is not None:
            ask = interface.ask()
            found.setdefault((ask.url, ask.method, ask.body), ask)
    return tuple(found.values())


def _scripts(page: Page) -> str:
    """The page's scripts, with what its tables of a plug-in state in attributes as the calls that they stand
    for.
    """
    scripts = without_comments(page.scripts)
    if not has_tables(page):
        return scripts
    stated = [f"$('').{plug_in}({{{options}}});" for plug_in, options in _tables(page)]
    return "\n".join([scripts, *stated])


def has_tables(page: Page) -> bool:
    """Whether a page may have tables that a plug-in fills as their attributes say."""
    return "easyui-datagrid" in page.text or 'data-toggle="table"' in page.text


def _tables(page: Page) -> Iterator[tuple[str, str]]:
    for tag in page.tree.iter("table") if page.tree is not None else ():
        if "easyui-datagrid" in (tag.get("class") or ""):
            options = options_of("{" + (tag.get("data-options") or "") + "}")
            yield (
                "datagrid",
                ",".join(
                    f"{name}:{text}" for name, text in ({"url": f"'{tag.get('url')}'"} | options).items()
                ),
            )
        elif tag.get("data-toggle") == "table":
            stated = (
                ("url", "data-url"),
                ("sidePagination", "data-side-pagination"),
                ("pageSize", "data-page-size"),
            )
            yield (
                "bootstrapTable",
                ",".join(f"{name}:'{tag.get(key)}'" for name, key in stated if tag.get(key)),
            )


def chosen(page: Page, fields: Mapping[str, str]) -> Ask | None:
    """What a script fetches when the page's fields (by id) have these values; None where it reads not all."""
    scripts = without_comments(page.scripts)
    read = names_of_fields(scripts, fields)
    for call in calls_in(scripts, fields) if set(read.values()) >= set(fields.values()) else ():
        link = address_of(call.link, page.script.variables | read)
        sent = flat(call.data)
        if not all(value in [*map(str, sent.values()), *_values(link)] for value in fields.values()):
            continue
        interface = asked(page, link, call.data, call.method, as_json=call.as_json)
        return interface.ask() if interface else _at_once(resolve(page.base, link), call)
    return None


def _values(link: str) -> list[str]:
    return [value for _, value in parse_qsl(urlsplit(link).query)]


def _at_once(url: str, call: Call, shown: Mapping[str, Any] | None = None) -> Ask | None:
    """A list that needs no pages, ``shown`` as the asking page does."""
    if not url:
        return None
    context = {"fetched": True, **(shown or {})}
    packed = [name for name, value in call.data.items() if isinstance(value, Serialised)]
    sent = {name: as_sent(value) for name, value in serialised(flat(call.data), packed).items()}
    if call.method == "POST":
        body = json.dumps(call.data, ensure_ascii=False) if call.as_json else urlencode(sent)
        return Ask(url, "POST", body, context=context | ({"json": True} if call.as_json else {}))
    together = dict(parse_qsl(urlsplit(url).query, keep_blank_values=True)) | sent
    return Ask(urlunsplit(urlsplit(url)._replace(query=urlencode(together))), context=context)


def ask_of(page: Page, call: Call) -> Ask | None:
    """The request that a call makes: of a list's first page, or of one that needs no pages."""
    interface = interface_of_call(page, call)
    if interface is not None:
        return interface.ask()
    known = {**page.script.variables, **call.handed}
    return _at_once(resolve(page.base, address_of(call.link, known)), call, _shown(page))


def ask_whole(page: Page, url: str) -> Ask:
    """The request for what a page fetches whole, to show it."""
    return Ask(url, optional=True, context=_shown(page))


def fetched_at_once(page: Page) -> tuple[Ask, ...]:
    """What a page's scripts fetch, without anything that only a click would tell, if it draws links of it."""
    if not (_templates(page) or drawn_handlers(page)):
        return ()
    found: dict[str, Ask] = {}
    known = names_of_query(page.scripts, page.url)
    for call in calls_in(_scripts(page)):
        if interface_of_call(page, call) is not None:
            continue
        url = resolve(page.base, evaluated(first_expression(call.link), known.get) or "")
        ask = _at_once(url, call, _shown(page)) if None not in flat(call.data).values() else None
        if ask:
            found.setdefault(ask.url, ask)
    return tuple(found.values())[:_MOST_FILES]


def known_whole(page: Page, keys: Collection[str]) -> tuple[str, ...]:
    """The addresses that a page's scripts fetch, all that stands in them known, one of ``keys`` among it."""
    scripts = without_comments(page.scripts)
    query = names_of_query(scripts, page.url)
    found: dict[str, None] = {}
    for call in calls_in(scripts, known=query):
        names = {**page.script.variables, **query, **call.handed}
        url = resolve(page.base, evaluated(first_expression(call.link), names.get) or "")
        ask = _at_once(url, call) if None not in flat(call.data).values() else None
        if ask and ask.method == "GET" and any(key in _words(ask.url) for key in keys):
            found.setdefault(ask.url)
    return tuple(found)[:_MOST_FILES]


def _words(url: str) -> list[str]:
    return re.findall(r"\w+", urlsplit(url).path + " " + urlsplit(url).query)


def trees(page: Page) -> tuple[Ask, ...]:
    """Trees of columns that a script of ``page`` fetches whole."""
    variables = page.script.variables
    calls = [arguments for _, arguments in arguments_in(page.scripts)]
    named = (call[found.end() :] for call in calls if (found := _URL_OPTION.search(call)))
    links = [address_of(expression, variables) for expression in (*calls, *named)]
    links = [link for link in links if _TREE.search(link)]
    told = _as_handed(page.scripts, variables) if links else {}
    urls = (resolve(page.base, told.get(link, link)) for link in links)
    drawn = _shown(page) if _templates(page) else {}
    return tuple(Ask(url, kind="tree", optional=True, context=drawn) for url in dict.fromkeys(urls) if url)


def _as_handed(scripts: str, variables: Mapping[str, str]) -> dict[str, str]:
    """Addresses with what the functions around their calls are first called with, by those without."""
    found = (call for call in calls_in(scripts) if call.handed)
    return {
        address_of(call.link, variables): address_of(call.link, {**variables, **call.handed})
        for call in found
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


@lru_cache(maxsize=2)  # asked for each call of a page
def _templates(page: Page) -> tuple[str, ...]:
    """Of the markup, or of the addresses, that a page makes of what it fetches."""
    scripts = page.script
    clicked = scripts.clicked(drawn_handlers(page))
    return (*scripts.templates, *scripts.openings, *clicked, *page.bound)


def drawn_handlers(page: Page) -> tuple[str, ...]:
    """Handlers that a framework binds to what it draws of each object."""
    return tuple(dict.fromkeys(_DRAWN_HANDLER.findall(page.text))) if "click" in page.text else ()


def whole(page: Page, *, loaded: bool = True) -> tuple[Ask, ...]:
    """Files that a script of ``page`` fetches at once, as a list that needs no pages may be; if wanted, also
    the scripts that it has ``loaded``.
    """
    scripts = without_comments(page.scripts)
    known = names_of_query(scripts, page.url)
    found: dict[str, None] = {}
    for kind, arguments in arguments_in(scripts):
        link = options_of(arguments).get("url") or first_expression(arguments)
        url = resolve(page.base, evaluated(link, known.get) or "")
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


def _scripts_of(page: Page) -> list[str]:
    return [url for url, _ in sorted(page.own_scripts, key=itemgetter(1))]


# --- what a script states ----------------------------------------------------------


def interface_of_call(page: Page, call: Call) -> Interface | None:
    """How the pages of a list are asked for that a call fetches; None for what needs no pages."""
    link = address_of(call.link, {**page.script.variables, **_known(page), **call.handed})
    return asked(page, link, call.data, call.method, as_json=call.as_json)


@lru_cache(maxsize=1)  # asked for each call of a page
def _known(page: Page) -> dict[str, str]:
    """What scripts call that the page itself says: its own query, its fields, attributes that stand once."""
    scripts = page.scripts
    query = names_of_query(scripts, page.url) if "?" in page.url else {}
    read = names_of_fields(scripts, fields(page)) if ".val" in scripts else {}
    attributes = names_of_attributes(scripts, page.tree)
    return {**attributes, **read, **query}


def asked(
    page: Page, link: str, stated: Mapping[str, Any], method: str, *, as_json: bool = False
) -> Interface | None:
    """How a list's pages are asked for by an address and what is sent there; None without a page's number."""
    parts = urlsplit(link)
    query = parse_qsl(parts.query, keep_blank_values=True)
    together = flat(dict(query) | dict(stated) if method == "GET" else stated)
    reckoned = [name for name, value in together.items() if isinstance(value, Offset)]
    number = next((name for name, value in together.items() if value == PLACE), "")
    if not number and PLACE not in link:
        number = next((n for n in together if PAGE.match(last_name(n)) and n not in reckoned), "")
    offset = (
        ""
        if number or PLACE in link
        else next((n for n in together if _OFFSET.match(last_name(n)) or n in reckoned), "")
    )
    number = number or offset
    searched = any(SEARCHED.match(last_name(name)) and value is None for name, value in together.items())
    bare = urlunsplit(parts._replace(query=parts.query if method == "POST" else ""))
    url = resolve(page.base, bare) if parts.path else ""
    if not url or searched or not (number or PLACE in url):
        return None
    base = 0 if number and str(together[number]) == "0" else 1
    packed = tuple(name for name, value in stated.items() if isinstance(value, Serialised))
    parameters = {
        name: value if as_json or name.partition("[")[0] in packed else as_sent(value)
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


def address_of(expression: str, variables: Mapping[str, str]) -> str:
    """The address that an expression makes; what is not known in it, but for its beginning, stands for the
    page.
    """
    expression = first_expression(expression)
    begins = split(expression, "+")[0].strip()
    if begins[:1] not in ("'", '"', "`") and begins not in variables:
        return ""
    return evaluated(expression, lambda piece: variables.get(piece, "")) or ""
