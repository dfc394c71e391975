"""From a portal's home page nearer to its reports: which links are worth a request, and as what. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

from crawler import ajax, clicked, forms
from crawler.addresses import resolve
from crawler.family import Ask, Entry, Family, is_article, is_entry, is_pager
from crawler.links import Link
from crawler.names import (
    Nearness,
    is_agency,
    is_annual_column,
    is_entrance,
    is_more,
    is_notices,
    is_stated,
    is_surely_agency,
    link_score,
)
from crawler.page import Page
from crawler.wants import Trail, Want, article_of

MAX_DEPTH: Final = 7  # levels of tree below the home page
MAX_BELOW: Final = 12  # levels down to the years of an agency, where the tree leads to a column
_FEW: Final = 3
_NOWHERE: Final = re.compile(r"/(?:null|undefined)(?:\.\w+)?$")  # made by a script of what a column lacks


def wanted(page: Page, family: Family, near: Nearness, carried: Trail, depth: int) -> list[Want]:
    """Requests for what a page leads to, the most promising one for each address."""
    if depth >= (MAX_BELOW if near >= Nearness.BELOW else MAX_DEPTH):
        return []
    units = _units(page.links)
    wants = [want for link in page.links if (want := branch(link, page, near, carried, units))]
    wants += [told(ask, near, carried) for ask in family.branches(page)]
    if near >= Nearness.BELOW:
        wants += [told(ask, near, carried) for ask in (*forms.choices(page), *clicked.choices(page))]
    if (near == Nearness.DISCLOSURE and len(wants) < _FEW) or not (near or wants):
        wants += [told(ask, near, carried) for ask in ajax.trees(page)]
    if near >= Nearness.DISCLOSURE and not family.entries(page):
        wants += _frames(page, near, carried)
    if not wants and (near == Nearness.ELSEWHERE and len(page.links) < _FEW):
        wants += _leads(page)
    if not wants and near == Nearness.ELSEWHERE:
        wants += _notices(page) or (told(ask, near, carried) for ask in ajax.menus(page))
    return best(wants)


def is_own_site(want: Want) -> bool:
    """Whether a request is for the page of an agency, as the link to it says, and for none of its columns."""
    return want.role == "tree" and is_agency(str(want.context.get("title", "")))


def _units(links: tuple[Link, ...]) -> frozenset[tuple[str, str]]:
    """Groups of links that list agencies: most of them have an agency's name, at least three."""
    sizes = Counter((link.group, link.area) for link in links)
    named = Counter((link.group, link.area) for link in links if is_agency(link.text))
    return frozenset(kind for kind, count in named.items() if kind[0] and count >= max(_FEW, sizes[kind] / 2))


def best(wants: list[Want]) -> list[Want]:
    """Of several requests for one address the most promising, the best first."""
    best: dict[tuple[str, str, str], Want] = {}
    for want in sorted(wants, key=lambda want: -want.score):
        best.setdefault((want.url, want.method, want.body), want)
    return list(best.values())


def branch(
    link: Link, page: Page, near: Nearness, carried: Trail, units: frozenset[tuple[str, str]] = frozenset()
) -> Want | None:
    """The request for a link that leads nearer to reports, or to one; None for any other."""
    if (
        link.url == page.url
        or _NOWHERE.search(link.url)
        or is_pager(link.text)
        or (is_article(link.url) and not _is_place(link, near))
    ):
        return None
    if is_stated(link.text):
        return article_of(Entry(link.url, link.text, link.date), carried)
    if is_entry(link) and not is_annual_column(link.text) and not is_article(link.url):
        return None
    score, why = link_score(link.text, link.url, near)
    if score <= 0 and near >= Nearness.DISCLOSURE and (link.group, link.area) in units:
        score, why = (6.0 if near >= Nearness.BELOW else 3.0), "among agencies"
    if score == 0 and near == Nearness.COLUMN and _lies_below(link.url, page.url):
        score, why = 6.0, "an address below the column's"
    named = is_agency(link.text) if score == 0 else score < 0 and is_surely_agency(link.text)
    if named and near == Nearness.ELSEWHERE and not _same_host(link.url, page.url):
        score, why = 2.5, "an agency's own site"
    if score <= 0:
        return None
    role = "column" if score >= 6 else "tree"
    inherited = (
        Nearness.BELOW if role == "column" and near >= Nearness.BELOW else min(near, Nearness.DISCLOSURE)
    )
    trail = Trail(
        title=link.text, near=inherited, family=carried.family, why=why, incremental=carried.incremental
    )
    return Want(link.url, role, score=score, context=trail.context())


def _is_place(link: Link, near: Nearness) -> bool:
    """Whether a link whose address has the form of an article leads to a part of the disclosure tree: some
    platforms give their rules, and an agency's page, such an address.
    """
    return is_entrance(link.text) or (near == Nearness.DISCLOSURE and is_agency(link.text))


def _same_host(url: str, other: str) -> bool:
    return urlsplit(url).netloc == urlsplit(other).netloc


def _lies_below(url: str, column: str) -> bool:
    """Whether an address stands in a folder below that of a column."""
    folder = column.partition("?")[0].rpartition("/")[0] + "/"
    return folder.count("/") > 3 and url.startswith(folder) and "/" in url.removeprefix(folder)


def told(ask: Ask, near: Nearness, carried: Trail) -> Want:
    """The request for a column that the CMS, or a form, tells of."""
    named = ask.kind == "column" or is_annual_column(ask.title)
    score = 10.0 if named else max(1.0, link_score(ask.title, ask.url, near)[0])
    trail = Trail(
        title=ask.title,
        near=Nearness.BELOW if named else min(near, Nearness.DISCLOSURE),
        family=carried.family,
        why="told by the CMS",
        optional=ask.optional,
        state=ask.context,
    )
    return Want(
        ask.url, "column" if named else "tree", ask.method, ask.body, score=score, context=trail.context()
    )


def _frames(page: Page, near: Nearness, carried: Trail) -> Iterator[Want]:
    """What a page without lines of its own shows in frames: a column's list may stand in one."""
    role = "column" if near >= Nearness.BELOW else "tree"
    trail = replace(carried, title=page.title, near=near, column="", why="a frame")
    for url in _framed(page):
        yield Want(url, role, score=6.0, context=trail.context())


def _framed(page: Page) -> Iterator[str]:
    for tag in page.tree.iter("frame", "iframe") if page.tree is not None else ():
        url = resolve(page.base, tag.get("src") or tag.get("data-src") or "")
        if url and not is_article(url):
            yield url


def _notices(page: Page) -> list[Want]:
    """Where reports stand among other notices: at sites that have no disclosure tree."""
    return [
        Want(link.url, "tree", score=0.5, context=Trail(title=link.text, why="notices").context())
        for link in page.links
        if is_notices(link.text) and not is_article(link.url)
    ]


def rest(page: Page) -> list[Want]:
    """Where a column that shows its latest lines leads to all of them: its one link called 更多."""
    urls = {link.url for link in page.links if is_more(link.text)} - {page.url}
    context = Trail(why="the rest of a list", optional=True).context()
    return [Want(url, "tree", score=2.0, context=context) for url in urls] if len(urls) == 1 else []


def _leads(page: Page) -> Iterator[Want]:
    """Where an entrance without a tree of its own leads: its frames, and the links of a title page."""
    for url in (*_framed(page), *(link.url for link in page.links if link.url != page.url)):
        yield Want(url, "tree", score=2.0, context=Trail(why="an entrance").context())
