"""An article that an interface answers as JSON, as the page that a script makes of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import escape
from typing import Any, Final, NamedTuple

from pipelines.parse.dates import in_china
from pipelines.parse.file_names import FILES
from pipelines.parse.read.carried import FORM, MARKUP, as_markup, decoded
from pipelines.parse.read.displayed import with_lines

# JSON, be it what a call is handed or a variable holds, behind what guards it
BEGINS: Final = re.compile(
    r"\s*(?:/\*[^*]*\*/\s*)?(?:;?\s*(?:[\w$.]{1,60}\s*&&\s*)?[\w$.]{1,60}\s*\(\s*"
    r"|(?:(?:var|let|const)\s+)?[\w$.]{1,60}\s*=\s*)?(?=[{\[]\s*[{\[\"])"
)
_ENDS: Final = re.compile(r"[\s);]*\Z")
_TITLE: Final = re.compile(
    r"(?i)^(?:article|doc|info|news|content)?_?(?:title|subject)$|^(?:name|bt|biaoti)$"
)
_PUBLISHED: Final = re.compile(
    r"(?i)^(?:article|doc|info|news)?_?(?:pub|publish(?:ed)?|release|rel|issue|show|display|fb)_?(?:date|time|rq|sj|day)$"
)
_SOURCE: Final = re.compile(r"(?i)^(?:article|doc|info|content)?_?(?:source|publisher)(?:_?name)?$")
_SECONDS: Final = re.compile(r"(\d{10})(?:\d{3})?")  # since 1970, or thousandths of them
_TAG: Final = re.compile(r"<[^>]*>")
_LONGEST_TITLE: Final = 200  # characters
_TELLING: Final = 3  # words of the form by which a text is a report beside others
_DEEPEST: Final = 40  # values in one another
_DECODER: Final = json.JSONDecoder(strict=False)


class _Article(NamedTuple):
    """An object's longest text; what it states, and the objects around it where it does not; its files, by
    their addresses.
    """

    body: str
    stated: dict[str, str]
    files: dict[str, str]


def page_of_json(text: str) -> str:
    """The article of a JSON answer, or of a call that hands it on, as HTML: title, date and source as
    meta tags, its text, links to the files beside it; of several reports all. "" for what is no JSON, or
    holds no text with markup.

    Raises RecursionError where values stand in one another too deeply.
    """
    articles = _articles(_value(text), {}, 0) if BEGINS.match(text) else ()
    found = {article.body: article for article in articles}
    bodies = sorted(found, key=_rank, reverse=True)
    if not bodies or not MARKUP.search(bodies[0]):
        return ""
    reports = [body for body in found if _words(body) >= _TELLING]
    shown = [found[body] for body in (reports if len(reports) > 1 else bodies[:1])]
    return f"<html><head>{_head(shown[0])}</head><body>{''.join(map(_shown, shown))}</body></html>"


def _value(text: str) -> Any:
    begins = BEGINS.match(text)
    try:
        value, end = _DECODER.raw_decode(text, begins.end() if begins else 0)
    except ValueError:
        return None
    return value if _ENDS.match(text, end) else None


def _articles(value: Any, around: dict[str, str], deep: int) -> Iterator[_Article]:
    """Each object that states a text, outer ones first; also those of JSON that a string holds, as it is or
    encoded.
    """
    if deep > _DEEPEST:
        raise RecursionError
    if isinstance(value, str):
        inner = decoded(value)
        if BEGINS.match(inner):
            yield from _articles(_value(inner), around, deep + 1)
    elif isinstance(value, list):
        for each in value:
            yield from _articles(each, around, deep + 1)
    elif isinstance(value, dict):
        own = {name: str(item) for name, item in value.items() if isinstance(item, str | int)}
        texts = [as_markup(text) for text in map(decoded, own.values()) if not BEGINS.match(text)]
        stated = {**around, **own}
        if body := max(texts, key=_rank, default=""):
            yield _Article(body, stated, dict(_files(value)))
        for item in value.values():
            yield from _articles(item, stated, deep + 1)


def _rank(body: str) -> tuple[int, bool, int]:
    return _words(body), MARKUP.search(body) is not None, len(body)


def _words(body: str) -> int:
    """How many words of the form a text has."""
    return len(set(FORM.findall(body)))


def _files(value: Any) -> Iterator[tuple[str, str]]:
    """(address, name) of each document that an object names, itself or by objects in it."""
    if isinstance(value, dict):
        texts = {name: item for name, item in value.items() if isinstance(item, str)}
        for address in texts.values():
            if FILES.search(address) and "/" in address and "<" not in address:
                yield address, _first(texts, _TITLE) or next(filter(FILES.search, texts.values()))
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for each in inner:
        yield from _files(each)


def _head(article: _Article) -> str:
    named = {
        "ArticleTitle": _title(article),
        "PubDate": _date(_first(article.stated, _PUBLISHED)),
        "ContentSource": _first(article.stated, _SOURCE),
    }
    tags = (f'<meta name="{name}" content="{escape(text)}">' for name, text in named.items() if text)
    return f"<title>{escape(_title(article))}</title>{''.join(tags)}"


def _shown(article: _Article) -> str:
    links = "".join(
        f'<p><a href="{escape(address)}">{escape(name)}</a></p>'
        for address, name in article.files.items()
        if address not in article.body
    )
    title = _title(article)
    return f"{title and f'<h1>{escape(title)}</h1>'}<div>{with_lines(article.body)}</div>{links}"


def _title(article: _Article) -> str:
    title = _TAG.sub("", _first(article.stated, _TITLE)).strip()
    return title if len(title) <= _LONGEST_TITLE else ""


def _first(stated: dict[str, str], name: re.Pattern[str]) -> str:
    """What the innermost object states under a name of this kind; "" where none does."""
    return next((text for key, text in reversed(stated.items()) if text and name.search(key)), "")


def _date(text: str) -> str:
    """A date as stated; one in seconds since 1970 as China's calendar has it."""
    seconds = _SECONDS.fullmatch(text)
    if seconds is None:
        return text
    return in_china(int(seconds[1])).isoformat(" ", "seconds")
