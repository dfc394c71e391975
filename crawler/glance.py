"""What an article's source tells at a glance: that it is content, that nothing leads on from it.

Most pages of a crawl are articles, and most of these hold their report and nothing else that is wanted. To
parse a page and to walk through it takes ten times as long as to see that. Whatever is not plain to see is
left to those who parse: what is said here is never more than what they would find.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from crawler.addresses import resolve
from crawler.articles import FEW_SENTENCES, FILE_NAMED, is_attachment, is_neighbour, is_titled
from crawler.family import Family, is_article
from crawler.links import squeeze
from crawler.page import OPENING, Page
from pipelines.linked import is_next_page, is_picture, picture_of
from pipelines.parse.file_names import SUFFIXES

_SHOWN: Final = re.compile(  # a run of Chinese behind what shows none, or may hold some that is not shown
    r"""(?:[^<\u4e00-\u9fff]++
        |<(?:!--[^-]*+(?:-(?!->)[^-]*+)*+(?:-->)?
            |script\b[^<]*+(?:<(?!/script[\s/>])[^<]*+)*+(?:</script)?
            |style\b[^<]*+(?:<(?!/style[\s/>])[^<]*+)*+(?:</style)?
            |title\b[^<]*+(?:<(?!/title[\s/>])[^<]*+)*+(?:</title)?
            |(?:[^>=]++|=\s*+(?:"[^"]*"|'[^']*'|(?!["'])))*+>
            |.*)
        )*+(?P<words>[\u4e00-\u9fff]*)""",
    re.DOTALL | re.VERBOSE,
)
# what may lead on in ways that a look at anchors does not tell
_OTHER_TAGS: Final = re.compile(r"<(?:base|area|option|i?frame|embed|object)")
_SCRIPT: Final = re.compile(r"<script\b[^>]*>([^<]*+(?:<(?!/script[\s/>])[^<]*+)*+)")
# without a title no script states a link, and without these none shows a document, makes markup or handles
# what is bound to elements
_OF_SCRIPTS: Final = re.compile(r"[\u4e00-\u9fff&]|\\u|\.pdf|\.ofd|href|onclick|data|attr")
_BEGINS: Final = re.compile(r"<a(?=[\s/>])")
_ANCHOR: Final = re.compile(
    r"""<a(?=[\s/>])((?:[^>"']|"[^"]*"|'[^']*')*)>([^<]*(?:<(?!/?a[\s/>])[^<]*)*)</a\b"""
)
# what parsers may take for the text of an anchor beyond its end, or not at all
_RAW: Final = re.compile(r"<(?:[!?]|script|style|title|textarea|xmp|iframe|no|plain)")
_BOX: Final = re.compile(r"<(/?)(?:div|table|t[a-z]{1,4})\b")
_IMAGE: Final = re.compile(r"""<img\b((?:[^>"']++|"[^"]*"|'[^']*')*+)>""")
_IMAGES: Final = re.compile(r"<ima?ge?\b")
_ATTRIBUTE: Final = re.compile(r"""(?<![^\s"'/])([^\s"'>/=]++)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_DEAD: Final = re.compile(r"javascript:(;|void\(0\);?|)$", re.IGNORECASE)
_TAG: Final = re.compile(r"<[^>]*>")
_FEW: Final = 20  # characters
_FILE: Final = re.compile(rf"(?i)\.({SUFFIXES})\b")


def shows_words(source: str, count: int) -> bool:
    """Whether a page of this source, in lower case, surely shows more than ``count`` Chinese characters."""
    shown = 0
    for found in _SHOWN.finditer(source):
        shown += len(found["words"])
        if shown > count:
            return True
    return False


def may_show(source: str, text: str) -> bool:
    """Whether a page of this source may show the same characters as ``text``: none of the Chinese ones is
    missing.
    """
    return "&#" in source or all(character in source for character in _characters(text))


@lru_cache(maxsize=1024)  # of the home page of each site under way
def _characters(text: str) -> tuple[str, ...]:
    """The Chinese characters of a text, those first that it shows last: the first are on every page."""
    return tuple(dict.fromkeys(each for each in reversed(text) if "\u4e00" <= each <= "\u9fff"))


def leads_on(page: Page, families: Iterable[Family]) -> bool:
    """Whether something may lead on from an article that one of these families made: to further pages,
    attachments, pictures of its text, its neighbours, or what its script fetches.
    """
    source, lowered = page.text, page.lowered
    return (
        "<body" not in lowered
        or "<html" not in lowered[:1000]
        or _OTHER_TAGS.search(lowered) is not None
        or any(name in lowered for name in OPENING)
        or any(family.may_have_parts(source) for family in families)
        or any(_OF_SCRIPTS.search(script) for script in _SCRIPT.findall(lowered))
        or _links_on(page)
        or _shows_pictures(page)
        or FILE_NAMED.search(lowered) is not None
        or source.count("。") <= FEW_SENTENCES
    )


def _links_on(page: Page) -> bool:
    anchors = list(_ANCHOR.finditer(page.lowered))
    if len(anchors) != len(_BEGINS.findall(page.lowered)):  # one that is not closed, or does not read as one
        return True
    return any(_link_on(page, _part(page, each, 1), _part(page, each, 2)) for each in anchors)


def _part(page: Page, found: re.Match[str], group: int) -> str:
    return page.text[found.start(group) : found.end(group)]


def _link_on(page: Page, attributes: str, inside: str) -> bool:
    if _RAW.search(inside.lower()) or _is_open(inside):
        return True
    stated = _attributes(attributes)
    address = stated.get("href") or stated.get("src", "")
    if address.lower().startswith("javascript:"):
        return not _DEAD.match(address)
    url = resolve(page.url, address)
    if not url or url == page.url:
        return False
    if is_next_page(page.url, url) or _FILE.search(f"{attributes} {inside}"):
        return True
    text = squeeze(html.unescape(_TAG.sub("", inside)))
    titles = (text, squeeze(stated.get("title", "")))
    if any(is_attachment(url, title, inside=True) or is_titled(url, title) for title in titles):
        return True
    # one with hardly any words of its own is known by those beside it
    return is_article(url) and (len(text) < _FEW or any(is_neighbour(url, title) for title in titles))


def _is_open(inside: str) -> bool:
    """Whether something in an anchor is not closed there that its end does not close either."""
    slashes = _BOX.findall(inside.lower())
    return 2 * slashes.count("/") != len(slashes)


def _shows_pictures(page: Page) -> bool:
    """Whether a picture may hold text of the article, or does not read as one."""
    images = list(_IMAGE.finditer(page.lowered))
    if len(images) != len(_IMAGES.findall(page.lowered)):
        return True
    links = (picture_of(_attributes(_part(page, each, 1))) for each in images)
    return any(is_picture(resolve(page.url, link)) for link in links if link)


def _attributes(source: str) -> dict[str, str]:
    """The attributes of a tag by their names in lower case, of several of a name the first."""
    found: dict[str, str] = {}
    for name, one, two, bare in _ATTRIBUTE.findall(source):
        found.setdefault(name.lower(), html.unescape(one or two or bare))
    return found
