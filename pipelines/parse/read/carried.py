"""An article that its page only carries: in a script's string, a template, a control, an attribute.

Some families send the text as data and let a script show it. What browsers show
then is what stands in that data.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import unquote

_LEAST = 300  # characters of a string that may be an article beside the text that its page shows
_LEAST_ALONE = 20  # of one in a page that shows nothing: no more than a picture, perhaps
_MARKUP = re.compile(r"<(?:p|div|table|span|br)\b", re.IGNORECASE)
_FORM = re.compile("总体情况|第二十条|需要报告的事项|结果维持|结转下年度|存在的?主要问题")
_STRINGS = tuple(
    re.compile(pattern)
    for pattern in (
        r'"([^"\\\n]*(?:\\.[^"\\\n]*)*)"',
        r"'([^'\\\n]*(?:\\.[^'\\\n]*)*)'",
        r"`([^`\\]*(?:\\[\s\S][^`\\]*)*)`",
    )
)
_HOLDER = re.compile(r"<(script|textarea|noscript|xmp|template)\b[^<>]*>", re.IGNORECASE)
_TEMPLATE = re.compile(r"type\s*=\s*[\"']?text/(?!javascript|ecmascript)", re.IGNORECASE)
_VALUE = re.compile(r"""\b(?:srcdoc|value|content|data-[\w-]+)\s*=\s*(?:"([^"]{300,})"|'([^']{300,})')""")
_ESCAPE = re.compile(r'\\(x[0-9A-Fa-f]{2}|[\s\S])|["\n\r]')
_KNOWN_ESCAPES = frozenset('"\\/bfnrtu')


def carried_body(text: str, *, alone: bool = False) -> str:
    """The piece of HTML in the source of a page that looks most like an article; "" without one.

    ``alone``: the page shows no text of its own.
    """
    least = _LEAST_ALONE if alone else _LEAST
    found = (body for body in _bodies(text, least) if len(body) >= least and _MARKUP.search(body))
    return max(found, key=lambda body: (len(set(_FORM.findall(body))), len(body)), default="")


def _bodies(text: str, least: int) -> Iterator[str]:
    yield from _strings(text, _STRINGS[:1], least)  # JSON stands in attributes and pages without a script too
    for tag, content in _holders(text, least):
        if tag.lower().startswith("<script") and not _TEMPLATE.search(tag):
            yield from _strings(content, _STRINGS[1:], least)
        else:
            yield content if _MARKUP.search(content) else unescape(content)
    for found in _VALUE.finditer(text):
        yield unescape(found.group(1) or found.group(2))


def _holders(text: str, least: int) -> Iterator[tuple[str, str]]:
    """The elements whose content a browser does not show as it stands: (start tag, content)."""
    unclosed: set[str] = set()
    for found in _HOLDER.finditer(text):
        name = found.group(1).lower()
        if name in unclosed:
            continue
        end = re.compile(f"</{name}", re.IGNORECASE).search(text, found.end())
        if end is None:
            unclosed.add(name)
        elif end.start() - found.end() >= least:
            yield found.group(), text[found.end() : end.start()]


def _strings(text: str, patterns: tuple[re.Pattern[str], ...], least: int) -> Iterator[str]:
    for pattern in patterns:
        for found in pattern.finditer(text):
            if len(found.group(1)) >= least:
                yield _value(found.group(1))


def _value(literal: str) -> str:
    """What a string of JavaScript or JSON says; percent-encoded HTML decoded; "" where it is no string."""
    try:
        value = str(json.loads(f'"{_ESCAPE.sub(_as_json, literal)}"', strict=False))
    except ValueError:
        return ""
    return unquote(value) if value.count("%3C") > 1 else value


def _as_json(escape: re.Match[str]) -> str:
    sign = escape.group(1)
    if sign is None:
        return json.dumps(escape.group())[1:-1]
    if sign[0] == "x" and len(sign) == 3:
        return f"\\u00{sign[1:]}"
    return f"\\{sign}" if sign in _KNOWN_ESCAPES else sign.replace("\n", "")
