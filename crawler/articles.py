"""An article and what belongs to it: further pages, attachments, pictures that hold its text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from lxml import etree

from crawler import ajax
from crawler.addresses import resolve
from crawler.family import Family, is_article
from crawler.links import squeeze, text_in
from crawler.names import Nearness, is_stated, may_be_report
from crawler.page import Page
from pipelines.linked import (
    PICTURES,
    is_next_page,
    is_picture,
    named_by,
    page_number,
    picture_of,
    shown_by,
    shown_by_script,
)
from pipelines.parse.file_names import FEW, FILES, SUFFIXES, owner

MOST_PARTS: Final = 60
_BODY: Final = (
    "zoom", "UCAP-CONTENT", "vsb_content", "TRS_Editor", "trs_editor_view", "TRS_UEDITOR", "v_news_content",
    "zoomcon", "article-content", "zz-xl-ct", "main-txt", "artile_zw", "article_zw", "article_content",
    "art_con",     "articleContent", "news_content", "content_main", "contentText", "xl_content", "article",
)  # fmt: skip
_BODIES: Final = frozenset(_BODY)
_NAMED = etree.XPath("//@id/.. | //@class/..")  # half the work of asking each element
_DOWNLOAD = re.compile(
    r"(?i)/(download|attach|file|uploadfile|dfile|filedown)\w*[./?]|[?&](file|filename|fileid|attachid|wbfileid)="
)
_ATTACHED = re.compile(
    r"^附件|附件[:：\d一二三四五]|点击下载|下载$|查看原文|\.(pdf|docx?|wps|xlsx?|zip|ofd|rar)\b",
    re.IGNORECASE,
)
_TURNS = re.compile(r"^(上|下)一(篇|条)[:：]?")
_REPORT = re.compile(r"报告|年报")
_LEADING: Final = ("img", "image", "a", "iframe", "embed", "object")
_DIGIT = re.compile(r"\d")
_FEWEST_WORDS: Final = 30  # characters of an article's text
_FEW_NUMBERS: Final = 20  # cells with a digit: a table of the form has more
FEW_SENTENCES: Final = 1  # of a page's head or foot
_KEY = re.compile(r"\d{4,}|[0-9a-f]{16,}")
_COUNTS = re.compile(  # what an article's page fetches beside its text; to ask for it is to be counted
    r"(?i)count|click|hits?\b|visit|browse|view_?num|stat|tongji|dianji|\bpv|\blog|comment|praise|share|qrcode|captcha"
)
FILE_NAMED: Final = re.compile(rf"\.(?:{SUFFIXES})[\"'?#&)]")  # in lower case
_PAGES = re.compile(r"(?i)\.s?html?$")
_MARKS = re.compile(
    r"总体情况|主动公开政府信息|收到和处理政府信息公开申请|本年新收政府信息公开申请|结转下年度继续办理|第二十条第[（(].[）)]项"
)


@dataclass(frozen=True, slots=True)
class Part:
    """Something that may belong to an article's report. ``role``: page or attachment."""

    url: str
    role: str
    text: str = ""


def is_article_page(page: Page) -> bool:
    """Whether a page reached as a column is an article itself: its meta tags or two of the form's
    headings say so, which Word's markup may cut anywhere.
    """
    if page.tree is None:
        return False
    if page.meta.get("articletitle") and page.meta.get("pubdate"):
        return True
    return len(set(_MARKS.findall("".join(page.plain.split())))) >= 2


def body_of(page: Page) -> etree._Element | None:
    """The element that holds an article's text; the whole page where no known name is found."""
    if page.tree is None:
        return None
    named: dict[str, list[etree._Element]] = {}
    for found in _NAMED(page.tree) if any(name in page.text for name in _BODY) else ():
        for name in _BODIES.intersection((found.get("id"), *(found.get("class") or "").split())):
            named.setdefault(name, []).append(found)
    for name in _BODY:
        for found in named.get(name, ()):
            if len(squeeze(text_in(found))) > _FEWEST_WORDS or _leads_anywhere(page, found):
                return found
    return page.tree


def _leads_anywhere(page: Page, body: etree._Element) -> bool:
    return next(body.iter(*_LEADING), None) is not None or next(_named(page, body), None) is not None


def parts_of(page: Page, family: Family, announced: tuple[str, ...] = ()) -> tuple[Part, ...]:
    """Everything that may belong to the article ``page``, in page order, further pages first."""
    found: dict[str, Part] = {}
    for part in _all_parts(page, family, announced):
        if part.url and part.url != page.url:
            found.setdefault(part.url, part)
    return tuple(found.values())[:MOST_PARTS]


def collected(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """Of an article's parts those that are reports of several agencies, each on its own: files called after
    at least three of them.
    """
    owned = {
        part: owner(part.text) for part in parts if part.role == "attachment" and _REPORT.search(part.text)
    }
    owners = set(owned.values()) - {""}
    return tuple(part for part, name in owned.items() if name) if len(owners) >= FEW else ()


def _all_parts(page: Page, family: Family, announced: tuple[str, ...]) -> Iterator[Part]:
    pages = [link.url for link in page.links if is_next_page(page.url, link.url)]
    told = family.parts(page)
    numbered = [url for url in told if not _is_file(url)]
    for url in sorted({*pages, *numbered}, key=page_number):
        yield Part(url, "page")
    attached = [Part(url, "attachment") for url in (*announced, *(url for url in told if _is_file(url)))]
    attached += _attachments(page)
    if not attached and is_shell(page):
        yield from _fetched(page)
    yield from attached


def _fetched(page: Page) -> Iterator[Part]:
    """What the script of a page fetches that says nothing itself, by what tells this article from others."""
    for url in ajax.known_whole(page, keys_of(page.url)):
        if not _COUNTS.search(url.partition("//")[2].partition("/")[2]):
            yield Part(url, "page")


def is_shell(page: Page) -> bool:
    """Whether a page says nothing itself, so that its text may be what its script fetches."""
    return page.tree is not None and page.plain.count("。") <= FEW_SENTENCES


def keys_of(url: str) -> set[str]:
    """What tells an article's address from those of others: the values of its query, numbers in its path."""
    parts = urlsplit(url)
    return {value for _, value in parse_qsl(parts.query)} | set(_KEY.findall(parts.path))


def _is_file(url: str) -> bool:
    path = urlsplit(url).path
    return bool(FILES.search(path) or PICTURES.search(path) or _DOWNLOAD.search(url))


def _attachments(page: Page) -> Iterator[Part]:
    body = body_of(page)
    if body is None:
        return
    own = set(body.iter("a"))
    for tag in page.tree.iter("a") if page.tree is not None else ():
        url, text = resolve(page.base, tag.get("href") or ""), squeeze(tag.get("title") or text_in(tag))
        inside = tag in own
        if url and (
            is_attachment(url, text, inside=inside) or _is_its_report(page, body, url, text, inside=inside)
        ):
            yield Part(url, "attachment", text)
    yield from _embedded(page, body)
    yield from _named(page, body)
    if _is_pictured(body):
        yield from _pictures(page, body)


def is_attachment(url: str, text: str, *, inside: bool) -> bool:
    """Whether a link leads to something that belongs to an article; ``inside`` of its text more does."""
    if FILES.search(urlsplit(url).path) or FILES.search(text):
        return inside or bool(_ATTACHED.search(text)) or "年" in text
    return inside and bool(_DOWNLOAD.search(url)) and bool(_ATTACHED.search(text))


def _is_its_report(page: Page, body: etree._Element, url: str, text: str, *, inside: bool) -> bool:
    """Whether a link of a page that shows no report leads to one, whatever its address: it is called as the
    page, or like a report and stands in the page's text.
    """
    if not is_titled(url, text) or not _is_pictured(body):
        return False
    titles = page.title, page.meta.get("articletitle", "")
    return (inside and body is not page.tree) or any(text in title for title in titles)


def is_titled(url: str, text: str) -> bool:
    """Whether a link that leads to no article, as far as its address tells, is called like a report."""
    return is_stated(text) and not is_article(url)


def _embedded(page: Page, body: etree._Element) -> Iterator[Part]:
    """Documents shown in a frame or by a script, and pages in frames that hold the text itself."""
    for tag in body.iter("iframe", "embed", "object"):
        address = tag.get("src") or tag.get("data") or ""
        documents = list(shown_by(address))
        for shown in documents:
            yield Part(resolve(page.base, shown), "attachment")
        url = resolve(page.base, address)
        if not documents and tag.tag == "iframe" and _is_text(url, page, alone=_is_frame(body, page)):
            yield Part(url, "page")
    for link in shown_by_script(page.scripts):
        yield Part(resolve(page.base, link), "attachment")


def _named(page: Page, body: etree._Element) -> Iterator[Part]:
    """Documents that anything else in the text names: a handler, data for a script, a viewer's parameter."""
    for tag in body.iter(etree.Element) if FILE_NAMED.search(page.lowered) else ():
        for link in named_by(tag.items()):
            url, text = resolve(page.base, link), squeeze(tag.get("title") or text_in(tag))
            if url and (body is not page.tree or is_attachment(url, text, inside=False)):
                yield Part(url, "attachment", text)


def _is_text(url: str, page: Page, *, alone: bool) -> bool:
    """Whether a frame shows a page of the article's own folder; one that is all of the article, of its
    host.
    """
    folder = page.url.partition("?")[0].rpartition("/")[0]
    own = "/".join(page.url.split("/", 3)[:3]) if alone else folder
    return url.startswith(f"{own}/") and bool(_PAGES.search(urlsplit(url).path))


def _is_frame(body: etree._Element, page: Page) -> bool:
    """Whether an article's text is a frame and nothing else."""
    frames = islice(body.iter("iframe"), 2)
    return body is not page.tree and len(list(frames)) == 1 and len(squeeze(text_in(body))) <= _FEWEST_WORDS


def _is_pictured(body: etree._Element) -> bool:
    """Whether pictures may hold the report: no table with numbers, and little text."""
    numbers = (cell for cell in body.iter("td") if _DIGIT.search(text_in(cell)))
    return len(list(islice(numbers, _FEW_NUMBERS))) < _FEW_NUMBERS


def _pictures(page: Page, body: etree._Element) -> Iterator[Part]:
    if body is page.tree:
        body = _sectioned(body)
    folder = page.url.partition("?")[0].rpartition("/")[0]
    for tag in body.iter("img", "image"):
        url = resolve(page.base, picture_of(dict(tag.items())))
        if url and is_picture(url) and (body is not page.tree or url.rpartition("/")[0] == folder):
            yield Part(url, "attachment", tag.get("alt") or "")


def _sectioned(tree: etree._Element) -> etree._Element:
    """The smallest element that holds the headings of a report's sections, the whole page where it has fewer
    than two: there a picture of the report is told from those of every page by the folder it lies in.
    """
    marked = [tag for tag in tree.iter(etree.Element) if tag.text and _MARKS.search(tag.text)]
    if len(marked) < 2:
        return tree
    shared = set.intersection(*(set(tag.iterancestors()) for tag in marked))
    return max(shared, key=lambda tag: len(list(tag.iterancestors())), default=tree)


def is_neighbour(url: str, text: str) -> bool:
    """上一篇 and 下一篇 complete lists that show only a part."""
    title = _TURNS.sub("", text)
    return is_article(url) and is_stated(title) and may_be_report(title, Nearness.ELSEWHERE)
