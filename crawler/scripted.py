"""Links that stand in scripts: handlers that open an address, trees and lists as objects, arrays or markup.

Pure. What a script computes is not known here; what it states is.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from lxml import etree

from pipelines.parse.dates import in_china

DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")  # its encoding is that of the bytes
_DATE = re.compile(r"(20\d\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})")
# what is taken stays taken: else an article in one string takes 17 MB, and five times as long
# and none begins with an escaped quote: of these a hostile page has a million, each with a way to its end
_STRING: Final = r"""(?:"(?<!\\")((?:[^"\\\n]++|\\.)*+)"|'(?<!\\')((?:[^'\\\n]++|\\.)*+)')"""
_OPENS = re.compile(r"""(?:open|href|replace|assign)\s*(?:=|\()\s*['"]([^'"]+)['"]""")
_QUOTED = re.compile(r"""['"]([^'"\s<>]+)['"]""")
_ADDRESS = re.compile(
    r"(?i)(?:https?://|//|/|\.{1,2}/)?[\w\-./%~:]*"
    r"(?:\.(?:[sjt]?html?|jspx?|aspx?|php|do|action|pdf|docx?|wps|xlsx?|ofd|zip|rar)|/)(?:[?#;][^\s<>]*)?"
)
_PICTURE = re.compile(r"(?i)\.(?:png|jpe?g|gif|ico|svg|css|js)(?:\?|$)")
_OBJECT = re.compile(r"\{[^{}]{8,3000}\}")
_JSON_BEGINS = re.compile(r"""=\s*[\[{](?=\s*["{\[])""")
_DECODER: Final = json.JSONDecoder()
_MOST_VALUES: Final = 20  # of a page's scripts that are looked at as JSON
_PAIR = re.compile(rf"""["']?([A-Za-z_][\w.]*)["']?\s*:\s*(?:{_STRING}|(\d+))""")
_ARRAY = re.compile(rf"""(?:\[|\bArray\(|\.add\()\s*((?:(?:{_STRING}|-?\d+|null)\s*,?\s*){{2,20}})[\])]""")
_LITERAL = re.compile(_STRING)
_LONG: Final = 3_000  # characters of a string that is no line of a list
_LEADING: Final = (  # in lower case: one of them is in every string that states a link, or holds more script
    b"href", b"src", b"<a", b"url", b"link", b"onclick", b"location", b"open", b"//", rb"\/\/", b".pdf",
    b".ofd", b"{", b'["', b"['", b"[ ", b"array(", b"add(",
)  # fmt: skip
_ANCHOR = re.compile(
    r"""<a\s[^>]*?href\s*=\s*["']?([^"'\s>]+)["']?[^>]*>(.*?)</a>(?=((?:(?!<a\s).){0,80}))""",
    re.DOTALL | re.IGNORECASE,
)
_JSONP = re.compile(  # be it after the question whether there is such a function
    r"""(?s)^(?:typeof\s+[\w.$]+\s*===?\s*["']function["']\s*&&\s*)?[\w.$]+\s*\((.*)\)\s*;?\s*$"""
)
_BEFORE = re.compile(r"^(?:[\s;]|/\*[^*]*\*/)+")  # what guards a JSONP answer
_TRIED = re.compile(r"^try\s*\{\s*(.*)\}\s*catch\b.*$", re.DOTALL)
_TITLED = re.compile(r"""\btitle\s*=\s*["']([^"']+)["']""", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_NAMES_OF_ADDRESS: Final = ("url", "href", "link", "path")
_NAMES_OF_TITLE: Final = ("title", "name", "subject", "text", "label")
_NO_TITLE = re.compile(r"(?i)site|source|author|publish|org|dept|content|summary|desc|keyword|column|channel")
_NO_ADDRESS = re.compile(r"(?i)img|image|pic|icon|logo|thumb|target|file|api|ajax")
_OF_TIME = re.compile(r"(?i)date|time|rq|day|sj")


@dataclass(frozen=True, slots=True)
class Stated:
    """A link as a script or an answer states it: address as written, title, date (ISO or "")."""

    link: str
    title: str
    date: str = ""


def opened(script: str) -> str:
    """The address that a handler (``onclick``, ``javascript:``) opens; "" where it does not tell."""
    found = _OPENS.search(script)
    if found:
        return found[1]
    return next((word for word in _QUOTED.findall(script) if _ADDRESS.fullmatch(word)), "")


def without_prose(scripts: str) -> str:
    """Scripts with blanks for long strings that state no link: to look through an article that stands in one
    takes ten times as long as through its page.
    """
    return _LITERAL.sub(_blank, scripts) if len(scripts) > _LONG else scripts


def _blank(literal: re.Match[str]) -> str:
    """As long as makes no line of a list of an object that holds it."""
    text = literal[0]
    if len(text) <= _LONG:
        return text
    lowered = text.encode("utf-8", "replace").lower()
    return text if any(word in lowered for word in _LEADING) else f"{text[0]}{_LONG * ' '}{text[0]}"


def stated_links(scripts: str) -> Iterator[Stated]:
    """Links of trees and lists that scripts hold as objects, as arrays, or as markup to be written; be it
    with ``&quot;`` for its quotes.
    """
    if "&quot;" in scripts:
        yield from stated_links(html.unescape(scripts.replace("&amp;", "&")))
    for values in stated_objects(scripts):
        yield from _picked(values)
    for values in stated_arrays(scripts):
        yield from _picked(values)
    for one, two in _LITERAL.findall(scripts):
        if "<a" in (markup := one or two):
            yield from _anchors(unescaped(markup))


def stated_objects(scripts: str) -> Iterator[dict[str, str]]:
    """The innermost objects that scripts hold, and those of JSON that hold others, by the names of their
    members.
    """
    for start in islice(_JSON_BEGINS.finditer(scripts), _MOST_VALUES):
        try:
            value, _ = _DECODER.raw_decode(scripts, start.end() - 1)
        except ValueError:
            continue
        for each in objects(value):
            if any(isinstance(item, dict | list) for item in each.values()):
                yield members(each)
    for found in _OBJECT.finditer(scripts):
        pairs = {key: one or two or bare for key, one, two, bare in _PAIR.findall(found[0])}
        yield {key: unescaped(value) for key, value in pairs.items()}


def stated_arrays(scripts: str) -> Iterator[dict[str, str]]:
    """The arrays of texts that scripts hold, by their places."""
    for found in _ARRAY.finditer(scripts):
        words = [unescaped(one or two) for one, two in _LITERAL.findall(found[1])]
        yield {str(number): word for number, word in enumerate(words)}


def stated_in_json(text: str) -> Iterator[Stated]:
    """Links that the objects of a JSON text (or of a JSONP call's) state."""
    for each in objects(parsed_json(text)):
        yield from _picked(members(each))


def stated_in_xml(text: str) -> Iterator[Stated]:
    """Links that the elements of an XML text state, by their attributes, and the names and texts of their
    children.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, recover=True)
    try:
        root = etree.fromstring(DECLARATION.sub("", text).encode(), parser)
    except (etree.XMLSyntaxError, ValueError):
        return
    for each in root.iter(etree.Element) if root is not None else ():
        values = {str(name): str(value) for name, value in each.attrib.items()}
        texts = {child.get("name") or str(child.tag): (child.text or "").strip() for child in each}
        yield from _picked(values | texts)


def members(value: Mapping[str, Any]) -> dict[str, str]:
    """What an object states itself, as text, without the objects in it."""
    return {key: str(item) for key, item in value.items() if isinstance(item, str | int)}


def parsed_json(text: str) -> Any:
    """The value of a JSON text, or of the argument of a JSONP call; None for other texts."""
    text = _BEFORE.sub("", text.lstrip("\ufeff").strip())
    tried = _TRIED.match(text)
    wrapped = _JSONP.match(tried[1] if tried else text) if text[:1] not in ("{", "[", "<") else None
    try:
        return json.loads(wrapped[1] if wrapped else text)
    except ValueError:
        return None


def objects(value: Any) -> Iterator[dict[str, Any]]:
    """Every object of a JSON value, outer ones first."""
    if isinstance(value, dict):
        yield value
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for child in children:
        if isinstance(child, dict | list):
            yield from objects(child)


def titled(values: Mapping[str, str]) -> str:
    """The title among named values, the best named one, else the longest text in Chinese; "" for none."""
    titles = {key: text for key, value in values.items() if _says(text := plain(value))}
    best = min(
        titles,
        key=lambda key: (_rank(key, _NAMES_OF_TITLE), bool(_NO_TITLE.search(key)), -len(titles[key])),
        default="",
    )
    return titles.get(best, "")


def _picked(values: Mapping[str, str]) -> Iterator[Stated]:
    stated = pick(values)
    if stated is not None:
        yield stated


def _anchors(markup: str) -> Iterator[Stated]:
    for found in _ANCHOR.finditer(markup):
        titled = _TITLED.search(found[0])
        title = titled[1] if titled else plain(found[2])
        if len(_CHINESE.findall(title)) >= 2:
            yield Stated(found[1], title, day(plain(found[3])))


def pick(values: Mapping[str, str]) -> Stated | None:
    """The link that named values make up, whatever their names: an address, the title best named so (else
    the longest text in Chinese), a date. None without an address and a title.
    """
    links = {key: value for key, value in values.items() if _is_address(key, value)}
    title = titled(values)
    if not links or not title:
        return None
    link = min(links, key=lambda key: (_rank(key, _NAMES_OF_ADDRESS), bool(_NO_ADDRESS.search(key))))
    return Stated(html.unescape(links[link]), title, date_among(values))


def _is_address(key: str, value: str) -> bool:
    return (
        len(value) > 1
        and not _CHINESE.search(value)
        and not _PICTURE.search(value)
        and bool(
            _ADDRESS.fullmatch(value)
            or (_rank(key, _NAMES_OF_ADDRESS) < 9 and re.match(r"https?://|/", value))
        )
    )


def _says(text: str) -> bool:
    return len(_CHINESE.findall(text)) >= 2 and len(text) <= 200


def _rank(key: str, names: tuple[str, ...]) -> int:
    """How well a key is one of ``names``: exactly, at its end, somewhere, not at all."""
    key = key.lower()
    if key in names:
        return 0
    if key.endswith(names):
        return 3
    return 6 if any(name in key for name in names) else 9


def date_among(values: Mapping[str, str]) -> str:
    """The first date among named values, those first whose names speak of time; ISO or ""."""
    named = sorted(values, key=lambda key: not _OF_TIME.search(key))
    return next((found for key in named if (found := day(values[key], epoch=bool(_OF_TIME.search(key))))), "")


def day(value: str, *, epoch: bool = False) -> str:
    """The first date in a text as ISO 8601; with ``epoch`` also seconds or milliseconds since 1970, in
    China's time; "" without one.
    """
    if epoch and re.fullmatch(r"\d{10}(\d{3})?", value):
        return in_china(int(value[:10])).date().isoformat()
    for year, month, date in _DATE.findall(value):
        if 1 <= int(month) <= 12 and 1 <= int(date) <= 31:
            return f"{year}-{int(month):02d}-{int(date):02d}"
    return ""


def plain(markup: str) -> str:
    """``markup`` without tags, white space folded."""
    return " ".join(html.unescape(_TAG.sub("", markup)).split())


def unescaped(text: str) -> str:
    """A string literal's text, its escapes resolved as far as addresses and titles have any."""
    text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)
    return re.sub(r"\\(.)", r"\1", text)
