"""What belongs to a page, told by addresses: documents that it shows, pictures, further pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import parse_qs, urlsplit

# the paths of documents
FILES: Final = re.compile(r"(?i)\.(pdf|docx?|wps|xlsx?|et|rtf|zip|rar|7z|ofd|ceb)$")
PICTURES: Final = re.compile(r"(?i)\.(jpe?g|png|gif|bmp|tiff?|webp)$")
_ORNAMENT = re.compile(
    r"(?i)logo|icon|ico[_.\d]|qr|ewm|erweima|wx|weixin|share|print|close|btn|button|banner|arrow|red\.png|blue\.png|conac|jiucuo|/images?/(?!.*\d{6})|sprite|blank|spacer"
)
_NUMBERED = re.compile(r"^(?P<stem>.*?)(?:[_-][Pp]?(?P<number>\d{1,2}))?(?P<suffix>\.(?:s?html?|jsp))$")
_QUERIED = re.compile(r"(?i)[?&](?:page|p|page_?no|page_?index|page_?num|cur_?page)=(?P<number>\d{1,2})$")
_FILE_IN_SCRIPT = re.compile(r"""["']([^"'\s<>]{0,300}/[^"'\s<>/]{1,200}\.(?:pdf|ofd))["']""", re.IGNORECASE)
_VIEWED = ("file", "url", "src")  # what viewers call the document that they show


def shown_by(address: str) -> Iterator[str]:
    """The documents that a frame shows: the one at its address, those that a viewer's address names."""
    try:
        query = parse_qs(urlsplit(address).query)
    except ValueError:
        return
    for candidate in (address, *(value for key in _VIEWED for value in query.get(key, ()))):
        if FILES.search(urlsplit(candidate).path):
            yield candidate


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
