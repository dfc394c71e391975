"""What belongs to a page, told by addresses: documents that it shows, pictures, further pages."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterable, Iterator, Mapping
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

from pipelines.parse.file_names import FILES, SUFFIXES

PICTURES: Final = re.compile(r"(?i)\.(jpe?g|png|gif|bmp|tiff?|webp)$")
_ORNAMENT = re.compile(
    r"(?i)logo|icon|ico[_.\d]|qr|ewm|erweima|wx|weixin|share|print|close|btn|button|banner|arrow|red\.png|blue\.png|conac|jiucuo|/images?/(?!.*\d{6})|sprite|blank|spacer"
)
_NUMBERED = re.compile(r"^(?P<stem>.*?)(?:[_-][Pp]?(?P<number>\d{1,2}))?(?P<suffix>\.(?:s?html?|jsp))$")
_QUERIED = re.compile(r"(?i)[?&](?:page|p|page_?no|page_?index|page_?num|cur_?page)=(?P<number>\d{1,2})$")
_FILE_IN_SCRIPT = re.compile(r"""["']([^"'\s<>]{0,300}/[^"'\s<>/]{1,200}\.(?:pdf|ofd))["']""", re.IGNORECASE)
_VIEWED = ("file", "url", "src")  # what viewers call the document that they show
_BASE64 = re.compile(r"[A-Za-z0-9+/]{8,}={0,2}")
# attributes that tell of no address, and those of links and frames
_WORDS: Final = frozenset(("title", "alt", "download", "name", "class", "id", "placeholder", "content"))
_LINKING: Final = frozenset(("href", "src", "data"))
_FILE_IN_VALUE = re.compile(
    rf"""(?:^|["'(=,])\s*([^"'\s<>(),=]{{0,300}}/[^"'\s<>(),/]{{1,200}}\.(?:{SUFFIXES}))(?=$|["'?#)&\s])""",
    re.IGNORECASE,
)
_STANDS_IN = re.compile(r"(?i)blank|loading|lazy|placeholder|gr[ae]y\b|transparent|spacer|1x1|pixel")
_XLINK: Final = "{http://www.w3.org/1999/xlink}href"
_LAZY = re.compile(r"(?i)^data-|orig|lazy|echo")  # where a picture's address waits until it is seen


def shown_by(address: str) -> Iterator[str]:
    """The documents that a frame shows: the one at its address, those that a viewer's address names."""
    try:
        query = parse_qs(urlsplit(address).query)
    except ValueError:
        return
    viewed = [value for key in _VIEWED for value in query.get(key, ())]
    for candidate in (address, *viewed, *map(_in_clear, viewed)):
        if FILES.search(urlsplit(candidate).path):
            yield candidate


def _in_clear(value: str) -> str:
    """An address that a viewer is told in base 64; "" for anything else."""
    value = value.replace(" ", "+")
    if not _BASE64.fullmatch(value):
        return ""
    try:
        return unquote(b64decode(value).decode("ascii"))
    except ValueError:
        return ""


def named_by(attributes: Iterable[tuple[str, str]]) -> Iterator[str]:
    """The addresses of documents that an element's attributes state beside what it links to or frames, as
    they are or as what a script is handed.
    """
    for name, value in attributes:
        if name not in _WORDS and (name not in _LINKING or value.startswith("javascript:")):
            yield from _FILE_IN_VALUE.findall(value)


def picture_of(attributes: Mapping[str, str]) -> str:
    """The address of the picture that an image shows, once it is seen; "" without one."""
    lazy = (value for name, value in attributes.items() if _LAZY.search(name) and is_picture(value))
    own = attributes.get("src", "")
    named = ("" if _STANDS_IN.search(own) else own, *map(attributes.get, ("oldsrc", "href", _XLINK)))
    return next(lazy, "") or next(filter(None, named), None) or own


def shown_by_script(script: str) -> list[str]:
    """The documents that a script shows, by the addresses that it states as they are."""
    return _FILE_IN_SCRIPT.findall(script)


def is_picture(url: str) -> bool:
    """Whether a picture may hold text of an article, being no ornament of the site."""
    return bool(PICTURES.search(urlsplit(url).path)) and not _ORNAMENT.search(url)


def is_next_page(url: str, other: str) -> bool:
    """``t20190419_6377489_1.htm`` goes on with ``t20190419_6377489.htm``, ``?id=9&page=2`` with ``?id=9``."""
    if queried := _QUERIED.fullmatch(other.removeprefix(url)):
        return int(queried["number"]) > 1
    own, found = _NUMBERED.match(url), _NUMBERED.match(other)
    if not own or not found or not found["number"]:
        return False
    return found["stem"] == url.removesuffix(own["suffix"])


def page_number(url: str) -> int:
    """The number of a further page, 0 of the first."""
    found = _QUERIED.search(url) or _NUMBERED.match(url)
    return int(found["number"]) if found and found["number"] else 0
