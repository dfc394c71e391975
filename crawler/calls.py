"""Requests as a page's scripts state them: address, method, what is sent along. Pure; no interpreter.

What a piece of a call stands for is looked up in the scripts: variables, members (``this.pageSize``), objects
that are handed on by name. What is not known stands as None.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import islice
from typing import Any, Final
from urllib.parse import parse_qsl

from crawler.expressions import PLACE
from crawler.functions import HEAD, functions_in, name_of, parameters_of
from crawler.javascript import LONGEST, NAME, first_expression, split, until_closed
from crawler.script_names import names_of_fields
from crawler.scripted import unescaped

_CALL = re.compile(
    r"""(?:\$|jQuery|axios|http|request)\.(?P<kind>ajax|post|getJSON|get)\s*\(\s*
        |(?:\.(?P<grid>datagrid|bootstrapTable)|\btable\.(?P<table>render))\s*\(\s*(?=\{)
        |(?<!this)(?<!that)(?<!self)(?<!vm)\.(?P<load>load(?:XML)?)\s*\(\s*|\b(?P<fetch>fetch)\s*\(\s*|\b(?P<bare>axios|request|ajax)\s*\(\s*(?=\{)
        |\.open\s*\(\s*["'](?P<opened>GET|POST|get|post)["']\s*,\s*""",
    re.VERBOSE,
)
_LITERAL = re.compile(r"""^(?:"([^"]*)"|'([^']*)'|`([^`]*)`|(-?\d+))""")
_OWN = re.compile(r"^(?:_?this|that|self|_self|vm|_that|me|app|data|options)\.(?:\w+\.)*(?=\w+$)")
_KEY = re.compile(r"""\s*(?:\.{3})?["']?([\w.\[\]$-]+)["']?\s*(?::\s*|(?=,|$))""")
_SET: Final = r"""(?<![\w.$])%s["']?\s*[=:]\s*(?:"([^"]*)"|'([^']*)'|(\d+))"""
_OBJECT: Final = r"""(?<![\w$])%s["']?\s*[=:]\s*(?=\{)"""
_SERIALISED = re.compile(
    r"(?s)^(?:JSON\.stringify|(?:Q|q)s\.stringify|new\s+URLSearchParams|\$\.param)\s*\((.*)$"
)
_AS_JSON = re.compile(r"(?i)JSON\.stringify|application/json")
_AS_FORM = re.compile(
    r"(?i)\bqs\.stringify|URLSearchParams|x-www-form-urlencoded|FormData|\$\.param|emulateJSON"
)
_INVOKED = re.compile(
    r"(?<![\w$])(?:(?:_?this|that|self|_self|vm|_that|me)\.)?([A-Za-z_$][\w$]*)\s*\(((?:[^()]|\([^()]*\))*)\)"
)
_VARIABLE_SET = re.compile(r"([\w$]+)\s*=\s*([^=;,\n][^;,\n]*?)\s*[;,\n]")
_MEMBER_SET = re.compile(r"[\w$]\.([\w$]+)\s*=(?!=)\s*([\w$.]+|'[^']*'|\"[^\"]*\")\s*(?=[;,}\n])")
_SENDS = re.compile(r"\.send\s*\(")
_GIVEN: Final = r"""\s*(?:(\d+)|'([^'"+]*)'|"([^'"+]*)")\s*[,)]"""
_LESS = re.compile(r"^(?:\(|parseInt\()?\s*([\w$.]+)\s*\)?\s*-\s*1\s*\)?$")
_PRODUCT = re.compile(r"\(?\s*[\w$.]+\s*(?:-\s*1\s*)?\)?\s*\*\s*[\w$.]+")
# plug-ins that draw a table of what they ask for: method, parameters of page and size, option of the size
_GRIDS: Final = {
    "datagrid": ("POST", "page", "rows", "pageSize"),
    "render": ("GET", "page", "limit", "limit"),
    "bootstraptable": ("GET", "offset", "limit", "pageSize"),
}
_MADE = re.compile(
    r"(?s)(?:function\s*\w*\s*)?\(?\s*(\w+)\s*\)?\s*(?:=>\s*)?\(?\{?.{0,300}?(?:return\s*)?(?=\{)"
)
_ROWS: Final = 10
_LONGEST: Final = 4_000  # characters of a call's arguments
_MOST_CALLS: Final = 100
_DEEPEST: Final = 3  # levels of an object that is sent


class Offset(int):
    """How many entries stand before a page, where a script reckons it from the page's number."""


class Serialised(dict[str, Any]):
    """An object that is sent as the text of its JSON."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request that a script makes: ``link`` as an expression, what it sends by name (None for what is
    computed), and whether that goes as JSON; ``handed``: what parameters of the function around it that
    stand in the link are first called with.
    """

    link: str
    method: str
    data: dict[str, Any]
    as_json: bool = False
    handed: Mapping[str, str] = field(default_factory=dict)


def asks_anything(scripts: str) -> bool:
    """Whether scripts make any request."""
    return _CALL.search(scripts[:LONGEST]) is not None


def calls_in(
    scripts: str, fields: Mapping[str, str] | None = None, known: Mapping[str, str] | None = None
) -> Iterator[Call]:
    """The requests that scripts make, the first ones of very many, when the page's fields (by id) have these
    values; ``known``: what else stands for what.
    """
    scripts = scripts[:LONGEST]
    read = {**(known or {}), **names_of_fields(scripts, fields or {})}
    for found in islice(_CALL.finditer(scripts), _MOST_CALLS):
        arguments = scripts[found.end() : found.end() + _LONGEST]
        yield _Reading(scripts, found.start(), read).call(found, arguments)


def requested(scripts: str, handler: str, read: Mapping[str, Any] | None = None) -> Iterator[Call]:
    """The requests that the functions make which a handler calls, by what it hands them, be it by functions
    that these call in turn; ``read``: what its expressions stand for.
    """
    yield from _requested(scripts[:LONGEST], handler[:_LONGEST], read or {}, _DEEPEST)


def requested_by(
    scripts: str, begins: int, ends: int, read: Mapping[str, Any], deep: int = _DEEPEST
) -> Iterator[Call]:
    """The requests that the statements between two places make, or the functions that they call; ``read``:
    what their expressions stand for.
    """
    scripts = scripts[:LONGEST]
    body = scripts[begins:ends]
    known = {**read}
    for found in _VARIABLE_SET.finditer(body):
        if found[2] in known:
            known[found[1]] = known[found[2]]
    for found in _MEMBER_SET.finditer(body):
        value = _Reading(scripts, 0, known).value(found[2])
        known |= {} if value is None else {f".{found[1]}": value}
    texts = {name: str(value) for name, value in known.items() if not name.startswith(".")}
    calls = list(islice(_CALL.finditer(scripts, begins, ends), _MOST_CALLS))
    for found in calls:
        arguments = scripts[found.end() : found.end() + _LONGEST]
        call = _Reading(scripts, found.start(), known).call(found, arguments)
        yield replace(call, handed={**call.handed, **texts})
    if not calls and deep:
        yield from _requested(scripts, body, known, deep)


def _requested(scripts: str, statements: str, read: Mapping[str, Any], deep: int) -> Iterator[Call]:
    here = _Reading(scripts, 0, read)
    members = {name: value for name, value in read.items() if name.startswith(".")}
    for name, stated in _INVOKED.findall(statements):
        function = functions_in(scripts).get(name)
        if function is None:
            continue
        given = (here.value(argument) for argument in split(stated, ","))
        handed = {
            each: value for each, value in zip(function.parameters, given, strict=False) if value is not None
        }
        yield from requested_by(scripts, function.begins, function.ends, members | handed, deep - 1)


def arguments_in(scripts: str) -> Iterator[tuple[str, str]]:
    """Kind and arguments of each request that scripts make."""
    for found in _CALL.finditer(scripts):
        yield _kind(found), scripts[found.end() : found.end() + _LONGEST]


def options_of(text: str) -> dict[str, str]:
    """Names and expressions of the members of the object that ``text`` begins with."""
    return dict(_pairs(until_closed(text[1:]))) if text.startswith("{") else {}


def _kind(found: re.Match[str]) -> str:
    return next(str(kind) for kind in found.groups() if kind).lower()


@dataclass(frozen=True, slots=True)
class _Reading:
    """The scripts around one call, which begins ``at``."""

    scripts: str
    at: int
    read: Mapping[str, Any]

    def call(self, found: re.Match[str], arguments: str) -> Call:
        kind, options = _kind(found), options_of(arguments)
        link, rest = arguments, split(_inside(arguments), ",")[1:]
        method, data = ("POST" if kind == "post" else "GET"), (rest[0] if rest else "").strip()
        if found["opened"] and (sent := _SENDS.search(arguments)):  # of an XMLHttpRequest
            data = first_expression(arguments[sent.end() :]).strip()
        if options:
            link, data = options.get("url", ""), options.get("data", options.get("params", ""))
        elif kind in ("fetch", "ajax"):  # fetch(url, {body: …}), $.ajax(url, {data: …})
            options = options_of(data)
            data = options.get("body", options.get("data", ""))
        if options:
            method = str(self.value(options.get("type", options.get("method", ""))) or method).upper()
        stated = self.sent(data)
        if kind in _GRIDS:
            method, stated = self._of_grid(kind, options)
        own = None if found[0].startswith(("$", "jQuery")) else stated.get("params")
        if isinstance(own, dict) and not isinstance(own, Serialised):  # axios.get(url, {params: {…}})
            stated = own
        as_json = method == "POST" and self._is_json(found[0], data, arguments, options)
        return Call(link, "POST" if method == "POST" else "GET", stated, as_json, self._handed_to(link))

    def _of_grid(self, kind: str, options: dict[str, str]) -> tuple[str, dict[str, Any]]:
        """The method of a plug-in that draws a table, and what it sends for its first page."""
        method, page, rows, size = _GRIDS[kind]
        method = str(self.value(options.get("method", "")) or method).upper()
        own = options_of(options.get("request", ""))
        page, rows = self.value(own.get("pageName", "")) or page, self.value(own.get("limitName", "")) or rows
        many = self.value(options.get(size, "")) or _ROWS
        stated = options.get("where", options.get("queryParams", ""))
        if made := _MADE.match(stated := self._written_out(stated)):
            first = {"limit": many, "pageSize": many, "offset": 0, "pageNumber": 1}
            known = {f"{made[1]}.{name}": value for name, value in first.items()}
            reading = replace(self, read={**self.read, **known})
            return method, reading.sent(stated[made.end() :])
        if kind == "bootstraptable" and self.value(options.get("sidePagination", "")) != "server":
            return method, self.sent(stated)
        return method, self.sent(stated) | {page: 0 if kind == "bootstraptable" else PLACE, rows: many}

    def _written_out(self, expression: str) -> str:
        """An expression; of one that names a function the function."""
        function = functions_in(self.scripts).get(expression) if NAME.fullmatch(expression) else None
        if function is None or not function.parameters:
            return expression
        return f"({function.parameters[0]}) => {{{self.scripts[function.begins : function.ends]}}}"

    def _handed_to(self, link: str) -> dict[str, str]:
        """What the parameters of the function around the call that stand in its link are called with."""
        link = first_expression(link)
        if "+" not in link and "${" not in link:
            return {}
        names = [name for name in parameters_of(self._head()) if name in link]
        return {name: str(value) for name in names if (value := self._handed(name)) is not None}

    def _is_json(self, opening: str, data: str, arguments: str, options: dict[str, str]) -> bool:
        own = "" if data.startswith("{") else data  # of an object it may be a member that is serialised
        told = own + options.get("contentType", "") + options.get("headers", "")
        if _AS_JSON.search(told) or _AS_FORM.search(told):
            return bool(_AS_JSON.search(told))
        return bool(re.match(r"axios|http|request", opening)) and not _AS_FORM.search(_inside(arguments))

    def sent(self, expression: str) -> dict[str, Any]:
        """What is sent along, by name: an object's members, or a query's."""
        value = self.value(expression, _DEEPEST)
        if isinstance(value, str):
            return dict(parse_qsl(value, keep_blank_values=True))
        return value if isinstance(value, dict) else {}

    def value(self, expression: str, deep: int = 0) -> Any:
        """What an expression comes to: text, a number, an object of so many levels; None for what is
        computed.
        """
        expression = expression.strip()
        if expression in self.read:
            return self.read[expression]
        if (member := f".{expression.rpartition('.')[2]}") in self.read and _OWN.match(expression):
            return self.read[member]
        if wrapped := _SERIALISED.match(expression):
            value = self.value(first_expression(wrapped[1]), deep)
            in_json = isinstance(value, dict) and expression.startswith("JSON")
            return Serialised(value) if in_json else value
        if deep and expression.startswith("{"):
            stated = options_of(expression)
            return {
                name: self.read[set_] if (set_ := f".{name}") in self.read else self._member(text, deep - 1)
                for name, text in stated.items()
            }
        if deep and expression.startswith("["):
            each = split(until_closed(expression[1:], "[]"), ",")
            return [self.value(text, deep) for text in each if text.strip()]
        if expression in ("true", "false"):
            return expression == "true"
        if found := _LITERAL.match(expression):
            text = next(group for group in found.groups() if group is not None)
            return int(text) if found[4] else unescaped(text)
        name = _OWN.sub("", expression)
        return self._named(name, deep) if NAME.fullmatch(name) else None

    def _member(self, expression: str, deep: int) -> Any:
        """A member's value at the first call: counted up before it, or one less, where the script says so; of
        a product no more than that it is one.
        """
        if _PRODUCT.fullmatch(expression):
            return Offset()
        less = _LESS.match(expression)
        inner = less[1] if less else expression
        value = self.read.get(inner)
        if value is None and inner in parameters_of(self._head()):
            value = self._handed(inner)
        if value is None:
            value = self.value(inner, deep)
        if value is None and NAME.fullmatch(inner):
            value = self._handed(inner)
        if less:
            return max(value, 1) - 1 if isinstance(value, int) else 0
        return value + 1 if isinstance(value, int) and self._is_counted(inner) else value

    def _is_counted(self, name: str) -> bool:
        """Whether the function around the call counts a variable up first."""
        name = re.escape(name)
        counted = rf"\+\+\s*{name}\b|(?<![\w$.]){name}\s*(?:\+\+|\+=\s*1\b)"
        return bool(re.search(counted, self.scripts[self._begins() : self.at]))

    def _begins(self) -> int:
        """Where the function around the call begins; 0 where it stands in none."""
        head = self._head()
        return head.start() if head else 0

    def _head(self) -> re.Match[str] | None:
        """How the function around the call begins, as far as can be told: the last one before it."""
        return max(HEAD.finditer(self.scripts, 0, self.at), key=re.Match.start, default=None)

    def _named(self, name: str, deep: int) -> Any:
        if deep and (found := _first(_OBJECT % re.escape(name), self.scripts)):
            return self.value(self.scripts[found.end() : found.end() + _LONGEST], deep)
        found = _first(_SET % re.escape(name), self.scripts)
        if found is None:
            return None
        return int(found[3]) if found[3] else found[1] if found[1] is not None else found[2]

    def _handed(self, name: str) -> int | str | None:
        """The number or text that the function around the call is first called with for its parameter
        ``name``.
        """
        for head in reversed(list(HEAD.finditer(self.scripts, 0, self.at))):
            names = parameters_of(head)
            if name in names:
                function = name_of(head)
                before = r"[^,()]*," * names.index(name)
                called = _first(rf"(?<![\w$]){function}\s*\({before}{_GIVEN}", self.scripts)
                if called is None:
                    return None
                return int(called[1]) if called[1] else called[2] or called[3] or ""
        return None


@lru_cache(maxsize=64)  # asked for each handler of a page
def _first(pattern: str, scripts: str) -> re.Match[str] | None:
    return re.search(pattern, scripts)


def _inside(arguments: str) -> str:
    return until_closed(arguments, "()")


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    """Names and expressions of an object's own members; of those that only name a variable, that."""
    for member in split(text, ","):
        if found := _KEY.match(member):
            yield found[1], member[found.end() :].strip() or found[1]
