"""An article that its page only carries: in a script's string, a template, a control, an attribute.

Some families send the text as data and let a script show it. What browsers show
then is what stands in that data.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections.abc import Iterator
from functools import lru_cache
from html import unescape
from typing import Final
from urllib.parse import unquote

from pipelines.parse.records import UNREAD

_LEAST = 300  # characters of a string that may be an article beside the text that its page shows
_LEAST_ALONE = 20  # of one in a page that shows nothing: no more than a picture, perhaps
MARKUP: Final = re.compile(r"<(?:p|div|table|span|br)\b", re.IGNORECASE)
FORM: Final = re.compile("总体情况|第二十条|需要报告的事项|结果维持|结转下年度|存在的?主要问题")
_TITLE = re.compile(r"<title[^<>]*>[^<]*?(20\d\d)年", re.IGNORECASE)
_YEAR = re.compile(r"20\d\d(?=年)")
_IN_DOUBLE = r'"([^"\\\n]*(?:\\[\s\S][^"\\\n]*)*)"'
_JSON_STRING = re.compile(_IN_DOUBLE)
_STRING = re.compile(
    r"//[^\n]*|/\*[\s\S]*?\*/|" + _IN_DOUBLE
    + r"|'([^'\\\n]*(?:\\[\s\S][^'\\\n]*)*)'|`([^`\\]*(?:\\[\s\S][^`\\]*)*)`"
)  # fmt: skip
# what stands between two pieces of a text that a script puts together, and what brings another value in
_JOINT = re.compile(r"[\s+,;)]*(?:[\w$.]+\s*(?:\(|\+?=)\s*(?:[\w$.]+\s*\+)?)?[\s+]*")
_VALUE_BETWEEN = re.compile(r"\s*\+[^;{}]{1,80}\+\s*")
_DATA = re.compile(r"\s*[\[{]\s*[\[{\"]")  # JSON, whatever its strings hold
_ENCODED = re.compile(r"%u([0-9A-Fa-f]{4})|%([0-9A-Fa-f]{2})")
_ANY_MARKUP = re.compile(r"<|&lt;|%u|%3c|\\(?:u00|x)3c|[A-Za-z0-9+/]{300}", re.IGNORECASE)  # in any code
_BASE64 = re.compile(r"[A-Za-z0-9+/]{300,}={0,2}")
_HOLDER = re.compile(r"<(script|textarea|noscript|xmp|template)\b[^<>]*>", re.IGNORECASE)
_TEMPLATE = re.compile(r"type\s*=\s*[\"']?text/(?!javascript|ecmascript)", re.IGNORECASE)
_VALUE = re.compile(r"""\s[\w:@.-]+\s*=\s*(?:"([^"<>]{300,})"|'([^'<>]{300,})')""")
_SHOWN_MARKUP = re.compile(r"&lt;t[dr]\b", re.IGNORECASE)
_CELLS = 50  # as many cells of tables, shown as their source, are an article
_ESCAPES = 3  # times that markup may have been escaped
_ESCAPE = re.compile(r'\\(x[0-9A-Fa-f]{2}|[\s\S])|["\n\r]')
_KNOWN_ESCAPES = frozenset('"\\/bfnrtu')


def carried_body(text: str, *, alone: bool = False) -> str:
    """The piece of HTML in the source of a page that looks most like its article; "" without one.

    ``alone``: the page shows no text of its own. Of two articles it is the one of the page's year.
    """
    least = _LEAST_ALONE if alone else _LEAST
    found = (body for body in map(as_markup, _bodies(text, least)) if len(body) >= least)
    title = _TITLE.search(text)
    year = title[1] if title else ""

    def rank(body: str) -> tuple[int, bool, int]:
        first = _YEAR.search(body)
        return len(set(FORM.findall(body))), first is not None and first[0] == year, len(body)

    body = max((b for b in found if MARKUP.search(b) and not _DATA.match(b)), key=rank, default="")
    return body or (unescape(text) if len(_SHOWN_MARKUP.findall(text)) >= _CELLS else "")


def as_markup(body: str) -> str:
    """The body, its signs put back where they were escaped, once or several times over."""
    for _ in range(_ESCAPES):
        if "&" not in body or MARKUP.search(body):
            break
        body = unescape(body)
    return body


def _bodies(text: str, least: int) -> Iterator[str]:
    yield from _json_strings(text, least)  # JSON stands in attributes and pages without a script too
    for tag, content in _holders(text, least):
        if tag.lower().startswith("<script") and not _TEMPLATE.search(tag):
            if _ANY_MARKUP.search(content):
                yield from _put_together(content, least)
        else:
            yield content
    for found in _VALUE.finditer(text):
        value = unescape(found[1] or found[2])
        yield value
        yield from _json_strings(value, least)


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


def _json_strings(text: str, least: int) -> Iterator[str]:
    """The long strings of JSON in a text, and the strings of JSON that such a string holds."""
    for found in _JSON_STRING.finditer(text):
        if len(found[1]) >= least:
            value = _value(found[1])
            yield value
            if _DATA.match(value):
                yield from _json_strings(value, least)


def _put_together(script: str, least: int) -> Iterator[str]:
    """The texts of a script: each string with those that it is put together with.

    Where the script puts in a value of its own, that can't be read.
    """
    pieces: list[str] = []
    end = 0
    for found in _STRING.finditer(script):
        literal = next(filter(None, found.groups()), "")
        between = script[end : found.start()]
        if pieces and not _JOINT.fullmatch(between):
            if _VALUE_BETWEEN.fullmatch(between):
                pieces.append(UNREAD)
            else:
                yield decoded("".join(pieces), least)
                pieces = []
        pieces.append(_value(literal) if literal else "")
        end = found.end()
    yield decoded("".join(pieces), least)


@lru_cache(maxsize=16)  # an article stands in JSON and in a script, both of which are looked through
def _value(literal: str) -> str:
    """What a string of JavaScript or JSON says; percent-encoded HTML decoded; "" where it is no string."""
    told = _told(literal)
    told = _told(_ESCAPE.sub(_as_json, literal)) if told is None else told  # most are JSON as they are
    return "" if told is None else decoded(told)


def _told(literal: str) -> str | None:
    """What a string of JSON says; None where it is none."""
    try:
        return str(json.loads(f'"{literal}"', strict=False))
    except ValueError:
        return None


def decoded(value: str, least: int = _LEAST) -> str:
    """A text that scripts carry encoded, in clear."""
    if len(value) < least:
        return value
    if value.count("%u") > 1:
        return _ENCODED.sub(lambda found: chr(int(found[1] or found[2], 16)), value)
    if value.count("%3C") > 1:
        return unquote(value)
    if _BASE64.fullmatch(value):
        try:
            return b64decode(value).decode()
        except ValueError:
            return value
    return value


def _as_json(escape: re.Match[str]) -> str:
    sign = escape.group(1)
    if sign is None:
        return json.dumps(escape.group())[1:-1]
    if sign[0] == "x" and len(sign) == 3:
        return f"\\u00{sign[1:]}"
    return f"\\{sign}" if sign in _KNOWN_ESCAPES else sign.replace("\n", "")
