"""A script's text taken apart: literals, brackets, statements, expressions. Pure; no interpreter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

_COMMENT = re.compile(r"(?m)^\s*//.*$|(?:^|(?<=[\s;{}]))/\*[\s\S]*?\*/")
LITERAL = re.compile(  # none begins with an escaped quote: of these a hostile page has a million
    r"""(?s)"(?<!\\")(?:[^"\\\n]++|\\.)*+"|'(?<!\\')(?:[^'\\\n]++|\\.)*+'|`(?<!\\`)(?:[^`\\]++|\\.)*+`"""
)
NAME: Final = re.compile(r"[A-Za-z_$][\w$]*")
LONGEST: Final = 200_000  # characters of a page's scripts; what is longer is a library
_NAMELESS = re.compile(r"function\s*\([^()]*\)\s*\{|=>\s*\{")
_MOST_NAMELESS: Final = 200


def nameless(text: str) -> Iterator[re.Match[str]]:
    """The heads of functions without a name, up to their bodies; of very many the first ones."""
    return islice(_NAMELESS.finditer(text), _MOST_NAMELESS)


def without_comments(text: str) -> str:
    """A script without what is commented out: lines that begin so, and blocks."""
    return _COMMENT.sub("", text)


def _signs(text: str) -> Iterator[tuple[int, str]]:
    """Signs of a script with their places; of a literal only its first one: what it holds is hidden."""
    at = 0
    while at < len(text):
        literal = LITERAL.match(text, at) if text[at] in "\"'`" else None
        yield at, text[at]
        at = literal.end() if literal else at + 1


def until_closed(text: str, brackets: str = "{}") -> str:
    """What stands before the bracket that closes one opened before ``text``."""
    depth = 1
    for at, sign in _signs(text):
        depth += (sign == brackets[0]) - (sign == brackets[1])
        if depth == 0:
            return text[:at]
    return text


def statements_of(text: str) -> Iterator[str]:
    """Statements, those in blocks among them."""
    start, depth, outer = 0, 0, list[int]()
    for at, sign in _signs(text):
        depth += (sign in "([") - (sign in ")]")
        if sign in "{}" or (sign in ";\n" and depth <= 0):
            yield text[start:at]
            start = at + 1
        if sign == "{":
            outer.append(depth)
            depth = 0
        elif sign == "}" and outer:
            depth = outer.pop()
    yield text[start:]


def first_expression(text: str) -> str:
    """The expression that ``text`` begins with."""
    depth = 0
    for at, sign in _signs(text):
        if (sign in ",;" and depth == 0) or (sign in ")]}" and depth == 0):
            return text[:at]
        depth += (sign in "([{") - (sign in ")]}")
    return text


def split(text: str, separator: str) -> list[str]:
    """``text`` at the separators that stand in no literal and no brackets."""
    parts, start, depth = [], 0, 0
    for at, sign in _signs(text):
        if sign == separator and depth == 0:
            parts.append(text[start:at])
            start = at + 1
        depth += (sign in "([{") - (sign in ")]}")
    return [*parts, text[start:]]
