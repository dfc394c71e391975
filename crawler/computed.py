"""Addresses that a page's scripts make up of what the page states: ids in handlers, ``data-*``, options and
objects, put into a template of text.

Pure, and no interpreter: string literals, what is added to them, and variables that are set so. What needs
more (a signature, a loop, another file) stays unknown.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final
from urllib.parse import urlsplit

from crawler.expressions import Blanks, Lookup, evaluated, holds, rendered, with_blanks
from crawler.javascript import (
    LITERAL,
    LONGEST,
    first_expression,
    nameless,
    split,
    statements_of,
    until_closed,
    without_comments,
)

_FUNCTION = re.compile(
    r"""(?:\bfunction\s+(?P<name>\w+)\s*\((?P<parameters>[^()]*)\)
        |(?:\b(?:var|let|const)\s+|[\s.,;{])(?P<variable>\w+)\s*[=:]\s*(?:function\s*\((?P<more>[^()]*)\)
        |\(?(?P<arrow>[\w\s,]*)\)?\s*=>))\s*\{""",
    re.VERBOSE,
)
_CALL = re.compile(r"(?<![\w.$])(\w+)\s*\(([^()]*)\)")
_ASSIGNED = re.compile(r"^\s*(?:(?:var|let|const)\s+)?(\w+)\s*(\+?)=(?![=>])\s*(.+)$", re.DOTALL)
# each alternative begins with plain characters, and looks back at what must not stand before them: that is
# fourteen times as quick as a word's boundary
_OPENS = re.compile(
    r"""(?:location(?<!\wlocation)(?:\.href)?\s*=(?!=)|location(?<!\wlocation)\.(?:replace|assign)\s*\(
        |open(?<!\wopen)\s*\(|\.load\s*\(|fetch(?<!\wfetch)\s*\(|\.(?:src|href)\s*=(?!=)
        |\.attr\s*\(\s*["'](?:src|href)["']\s*,|\.(?:get|getJSON)\s*\(|url(?<!\wurl)\s*:)\s*""",
    re.VERBOSE,
)
# what is sent then tells what comes, not the address
_POSTS = re.compile(r"""(?i)\b(?:type|method)["']?\s*:\s*["']post""")
_DATA = re.compile(
    r"""^(?:\$\([\w.]+\)\.(?:data|attr|prop)\(["'](?:data-)?([\w-]+)["']\)
        |[\w.]+\.(?:dataset\.(\w+)|getAttribute\(["'](?:data-)?([\w-]+)["']\)|(id)))$""",
    re.VERBOSE,
)
_OWN_VALUE = re.compile(
    r"^(?:this|\w+)\.(?:value|options\[[\w.]*selectedIndex\]\.value)$|^\$\((?:this|\w+)\)\.val\(\)$"
)
_FIELD = re.compile(
    r"""^(?:\$\(["']\#([\w-]+)(?:\soption:selected)?["']\)\.val\(\)
        |(?:document\.)?getElementById\(["']([\w-]+)["']\)\.value|document\.\w+\.(\w+)\.value)$""",
    re.VERBOSE,
)
_DECLARED = re.compile(r"(?:^|[;{}\n])\s*(?:var|let|const)\s+([^;\n]+)")
_SET = re.compile(r"""\s*(\w+)\s*=\s*("[^"\n]*"|'[^'\n]*'|\d+)\s*$""")
_OF_ELEMENT = re.compile(r"\.data\(|\.dataset\b|getAttribute\(|\.attr\(")
_IF = re.compile(r"^if\s*\(")
_OF_OBJECT = re.compile(r"(?<![\w.\"'])(?!this\.|location\.|window\.|document\.)[a-zA-Z_]\w*\.\w+(?![\w(.])")
_QUOTED = re.compile(r"""'[^']*'|"[^"]*\"""")
_READS = re.compile(r"\.val\(\)|\.value\b")
_LONGEST: Final = 4_000  # characters of a function or of an expression
_TAG = re.compile(r"""<\w+(?:"[^"]*"|'[^']*'|[^'">])*>""")
_ATTRIBUTE = re.compile(r"""([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_MARKUP = re.compile(r"""(?i)\b(?:href|onclick)\s*=""")


@dataclass(frozen=True, slots=True)
class Function:
    """A function that a script defines: the names of its parameters, and its statements without braces."""

    parameters: tuple[str, ...]
    statements: tuple[str, ...]


class Scripts:
    """The inline scripts of a page (of that address), as far as they make up addresses."""

    def __init__(self, text: str, url: str = "") -> None:
        self.text = without_comments(text)[:LONGEST]
        self._url = url
        self._known: dict[str, Function] = {}

    @cached_property
    def _heads(self) -> dict[str, re.Match[str]]:
        return {head["name"] or head["variable"]: head for head in _FUNCTION.finditer(self.text)}

    def _function(self, name: str) -> Function | None:
        head = self._heads.get(name)
        if head is not None and name not in self._known:
            names = head["parameters"] or head["more"] or head["arrow"] or ""
            parameters = tuple(name.strip() for name in names.split(",") if name.strip())
            self._known[name] = Function(parameters, tuple(statements_of(self._body(head))))
        return self._known.get(name)

    def _body(self, head: re.Match[str]) -> str:
        return until_closed(self.text[head.end() : head.end() + _LONGEST])

    @cached_property
    def _where(self) -> dict[str, str]:
        """What scripts call the page's own address."""
        parts = urlsplit(self._url)
        here = {"location.pathname": parts.path, "location.href": self._url, "document.URL": self._url}
        return here | {f"window.{name}": text for name, text in here.items()} if self._url else {}

    @cached_property
    def variables(self) -> dict[str, str]:
        """Variables that the scripts set to a literal, with its text."""
        parts = (part for stated in _DECLARED.findall(self.text) for part in split(stated, ","))
        return {found[1]: found[2].strip("\"'") for part in parts if (found := _SET.match(part))}

    def handled(
        self,
        handler: str,
        attributes: Mapping[str, str],
        value: str = "",
        fields: Mapping[str, str] | None = None,
    ) -> str:
        """The address that a handler (``onclick``, ``onchange``, ``javascript:``) of an element with these
        attributes opens; ``value``: what is chosen, for one of an option; ``fields``: those of the page, by
        id. "" where it can't be told.
        """
        own = self._opened(tuple(statements_of(handler)), {}, attributes, value, fields)
        return own or next((url for url in self._called(handler, attributes, value, fields) if url), "")

    def defines(self, handler: str) -> bool:
        """Whether a function that a handler calls stands in the scripts."""
        return any(name in self._heads for name, _ in _CALL.findall(handler))

    def _called(
        self, handler: str, attributes: Mapping[str, str], value: str, fields: Mapping[str, str] | None
    ) -> Iterator[str]:
        for name, stated in _CALL.findall(handler):
            function = self._function(name)
            if function is None:
                continue
            lookup = _looking({}, attributes, value)
            given = [evaluated(argument, lookup) for argument in split(stated, ",")]
            names = {
                name: text for name, text in zip(function.parameters, given, strict=False) if text is not None
            }
            yield self._opened(function.statements, names, attributes, value, fields)

    def of_attributes(self, attributes: Mapping[str, str]) -> str:
        """The address that a handler bound elsewhere opens for an element with these ``data-*``, or ""."""
        for statements in self.bound:
            url = self._opened(statements, {}, attributes, "")
            if url:
                return url
        return ""

    @cached_property
    def bound(self) -> tuple[tuple[str, ...], ...]:
        """Statements of handlers without a name that speak of an element's own data."""
        if not _OF_ELEMENT.search(self.text):
            return ()
        bodies = (self._body(head) for head in nameless(self.text))
        return tuple(
            tuple(statements_of(body)) for body in bodies if _OF_ELEMENT.search(body) and _OPENS.search(body)
        )

    def chosen(self, fields: Mapping[str, str]) -> str:
        """The address that a button opens when the fields (by id or name) have these values; "" for none, or
        where it reads not all of them.
        """
        for name, head in self._heads.items():
            function = self._function(name) if _READS.search(self._body(head)) else None
            used: set[str] = set()
            url = self._opened(function.statements, {}, {}, "", fields, used) if function else ""
            if url and used == set(fields):
                return url
        return ""

    def _opened(
        self,
        statements: tuple[str, ...],
        names: dict[str, str],
        attributes: Mapping[str, str],
        value: str,
        fields: Mapping[str, str] | None = None,
        used: set[str] | None = None,
    ) -> str:
        """The first address that statements open, variables being set on the way."""
        known = self._where | self.variables | names
        lookup = _looking(known, attributes, value, fields or {}, used)
        for statement in _carried_out(statements, lookup):
            opens = None if _POSTS.search(statement) else _OPENS.search(statement)
            url = evaluated(first_expression(statement[opens.end() :]), lookup) if opens else None
            if opens and url and _is_address(url):
                return url
            for part in split(statement, ","):
                assigned = _ASSIGNED.match(part)
                text = evaluated(first_expression(assigned[3]), lookup) if assigned else None
                if assigned and text is not None:
                    known[assigned[1]] = known.get(assigned[1], "") + text if assigned[2] else text
        return ""

    @cached_property
    def openings(self) -> tuple[str, ...]:
        """Expressions of addresses that handlers without a name make of an object handed to them."""
        found = (
            first_expression(self.text[opens.end() : opens.end() + _LONGEST]).strip()
            for opens in _OPENS.finditer(self.text)
        )
        return tuple(dict.fromkeys(text for text in found if _OF_OBJECT.search(_QUOTED.sub("''", text))))[:5]

    def drawn_handlers(self, drawn: Iterable[str] = ()) -> Iterator[tuple[str, Mapping[str, str]]]:
        """Handlers, and their elements' attributes, of the markup that scripts make for each object of a
        list, with blanks for its members; ``drawn``: handlers that a framework binds.
        """
        for template in self.templates:
            for tag in _tags(rendered(template, Blanks())):
                yield tag.get("onclick", tag.get("href", "")).removeprefix("javascript:"), tag
        for handler in drawn:
            name, _, stated = handler.partition("(")
            given = (rendered(each.strip(), Blanks()) for each in split(stated.rpartition(")")[0], ","))
            yield f"""{name}('{"','".join(given)}')""", {}

    def clicked(self, drawn: Iterable[str] = ()) -> tuple[str, ...]:
        """Expressions of the addresses that such handlers open."""
        found = (self.handled(handler, tag) for handler, tag in self.drawn_handlers(drawn) if handler)
        return tuple(dict.fromkeys(text for url in found if (text := with_blanks(url))))[:5]

    @cached_property
    def templates(self) -> tuple[str, ...]:
        """Expressions of markup with links that are made up for each object of a list."""
        if not _MARKUP.search(self.text):
            return ()
        found = (
            first_expression(self.text[literal.start() : literal.start() + _LONGEST])
            for literal in LITERAL.finditer(self.text)
            if _MARKUP.search(literal[0])
        )
        return tuple(dict.fromkeys(text for text in found if "+" in text or "${" in text))[:5]


def _tags(markup: str) -> Iterator[dict[str, str]]:
    """The attributes of each tag of a piece of markup."""
    for tag in _TAG.finditer(markup):
        yield {name.lower(): html.unescape(one or two) for name, one, two in _ATTRIBUTE.findall(tag[0])}


def _carried_out(statements: tuple[str, ...], lookup: Lookup) -> Iterator[str]:
    """Statements without those that a condition rules out, up to a ``return``. What is not known is true."""
    held: bool | None = None  # whether the last condition held; None where it is not known
    skipping = False
    for statement in statements:
        text = statement.strip()
        if text.startswith("else"):
            skipping, text = held is True, text[4:].strip()
        elif skipping and not text.startswith("if"):
            continue
        if conditional := _IF.match(text):
            condition = until_closed(text[conditional.end() :], "()")
            text = text[conditional.end() + len(condition) + 1 :].strip()
            held = holds(condition, lookup)
            skipping = held is False and not text
            if held is False and text:
                continue
        if skipping:
            continue
        if held is True and re.match(r"return\b\s*(false)?$", text):
            return
        yield text


def _looking(
    names: Mapping[str, str],
    attributes: Mapping[str, str],
    value: str,
    fields: Mapping[str, str] | None = None,
    used: set[str] | None = None,
) -> Lookup:
    """What an expression's pieces stand for: variables, the element's own data or value, other fields."""

    def lookup(piece: str) -> str | None:
        if piece in names:
            return names[piece]
        if data := _DATA.match(piece):
            name = next(group for group in data.groups() if group)
            return attributes.get(f"data-{name.lower()}", attributes.get(name.lower()))
        if value and _OWN_VALUE.match(piece):
            return value
        if fields and (field := _FIELD.match(piece)):
            name = next(group for group in field.groups() if group)
            if used is not None and name in fields:
                used.add(name)
            return fields.get(name)
        return None

    return lookup


def _is_address(text: str) -> bool:
    return bool(re.search(r"[/?.]", text)) and not re.search(r"(?i)\s|^javascript:", text.strip())
