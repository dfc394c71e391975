"""From a portal's home address to the reports: which links of a page to follow, as what, and why.

Pure: a page and what led to it in, wanted requests out. Three questions are asked of
every page of the tree: is it a column of annual reports (``ColumnType``, names, path),
which of its entries may be reports, which links lead nearer to reports.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final
from urllib.parse import urlsplit

from crawler import ajax, forms, lists
from crawler.addresses import resolve
from crawler.articles import is_article_page, parts_of
from crawler.family import (
    Ask,
    Entry,
    Family,
    family_named,
    is_article,
    is_entry,
    is_pager,
    recognise,
)
from crawler.lists import STATED
from crawler.names import (
    Nearness,
    is_agency,
    is_annual_column,
    is_annual_path,
    is_disclosure,
    is_year,
    link_score,
    may_be_report,
)
from crawler.page import Link, Page

MAX_DEPTH: Final = 7  # levels of tree below the home page
MAX_BELOW: Final = 12  # levels down to the years of an agency, where the tree leads to a column
SURE: Final = 0.3  # a family recognised with less is a guess
TREE_BUDGET: Final = 400  # requests for pages that lead to columns, per site and sweep
COLUMN_BUDGET: Final = 1_600  # requests for columns: a hundred agencies with a folder for every year
_FEW: Final = 3


@dataclass(frozen=True, slots=True)
class Want:
    """A request worth making.

    ``role``: tree, column, list, article, page, attachment. ``context`` is what the
    answer's reader has to know (see :class:`Trail`); ``score`` orders the tree; ``again``
    says that the address was asked for as something else before.
    """

    url: str
    role: str
    method: str = "GET"
    body: str = ""
    score: float = 0.0
    again: bool = False
    context: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Trail:
    """What led to a page: kept as JSON in ``requests.context``.

    ``title`` and ``date`` as the link stated them, ``near`` of the page that linked,
    ``column`` the address of the list, ``family`` of the page that asked, ``why`` for
    a person, ``optional`` for guesses, ``ordinal`` of a part in its article, ``incremental``
    where only what is new is wanted, ``hops`` the redirects before, ``state`` of the family
    between two pages of a list, ``turn`` how many were turned, ``shown`` what the last one's lines were.
    """

    title: str = ""
    date: str = ""
    near: int = 0
    column: str = ""
    family: str = ""
    why: str = ""
    optional: bool = False
    ordinal: int = 0
    incremental: bool = False
    hops: tuple[str, ...] = ()
    state: dict[str, Any] = field(default_factory=dict)
    turn: int = 0
    shown: str = ""

    @classmethod
    def of(cls, context: dict[str, Any]) -> Trail:
        """From JSON; what it does not know is left out."""
        known = {key: value for key, value in context.items() if key in cls.__dataclass_fields__}
        known["hops"] = tuple(known.get("hops", ()))
        return cls(**known)

    def context(self) -> dict[str, Any]:
        """To JSON, without what is empty."""
        values = {key: getattr(self, key) for key in self.__dataclass_fields__}
        return {key: list(value) if key == "hops" else value for key, value in values.items() if value}


@dataclass(frozen=True, slots=True)
class Findings:
    """What a page gives: requests, and, for a page of a list, what is needed to judge its completeness:
    its lines (``entry_urls``), what else looks like lines (``other_urls``: news beside the list), and what of
    it only a browser could tell (``scripted``, for a person).
    """

    wants: tuple[Want, ...] = ()
    role: str = ""
    family: str = ""
    sure: float = 0.0
    column: str = ""
    title: str = ""
    why: str = ""
    near: int = 0
    entry_urls: tuple[str, ...] = ()
    other_urls: tuple[str, ...] = ()
    declared: int | None = None
    stuck: bool = False
    scripted: str = ""


def absent(home: str, sweep: int) -> Want:
    """The request for an address of a site that can't exist, the same all through a sweep: what a server
    answers to it is no document.
    """
    name = hashlib.sha256(f"{home} {sweep}".encode()).hexdigest()
    url = f"{home.rstrip('/')}/{name[:12]}/{name[12:20]}.html"
    return Want(url, "probe", context=Trail(optional=True).context())


def follow(page: Page, role: str, trail: Trail, depth: int = 0) -> Findings:
    """What to ask for next, having received ``page`` as ``role`` by ``trail``."""
    if role in ("article", "page"):
        return _follow_article(page, role, trail)
    if role in ("attachment", "robots"):
        return Findings(role=role)
    if trail.state.get("shown_in"):
        page = page.as_shown_in(str(trail.state["shown_in"]))
    if role != "home" and is_article_page(page) and not _is_list(page):
        return _follow_shown(page, role, trail, depth)
    return _follow_column(page, role, trail, depth)


# --- the tree ------------------------------------------------------------------


def _follow_shown(page: Page, role: str, trail: Trail, depth: int) -> Findings:
    """A column that shows an article itself: the article, and what the CMS or the page's years lead to."""
    article = replace(_article(Entry(page.url, trail.title), trail), again=True)
    if trail.near >= Nearness.COLUMN:
        return Findings((article,), "tree")
    family, sure = _family(page, trail)
    carried = Trail(
        near=Nearness.BELOW, family=family.name if sure >= SURE else "", incremental=trail.incremental
    )
    years = [
        want
        for link in page.links
        if is_year(link.text) and (want := _branch(link, page, Nearness.BELOW, carried))
    ]
    asked = (
        [_asked(ask, Nearness.BELOW, carried) for ask in family.branches(page)] if depth < MAX_BELOW else []
    )
    wants = (article, *_best([*years, *asked]).values())
    if not years:
        return Findings(wants, "tree", family=family.name, sure=sure)
    return Findings(
        wants, "column", family=family.name, sure=sure, column=page.url, title=trail.title,
        why="shows a report, and years", near=Nearness.BELOW,
        entry_urls=(page.url, *(want.url for want in years)),
    )  # fmt: skip


def _follow_column(page: Page, role: str, trail: Trail, depth: int) -> Findings:
    family, sure = _family(page, trail)
    near, why = nearness(page, role, trail)
    interface = ajax.interface_of(trail.state)
    listing = ajax.listing(page, interface) if interface else family.listing(page, trail.state)
    listing = replace(listing, more=lists.further(page, role, listing, trail.state))
    shown = "" if trail.state.keys() - {"stated"} else lists.digest(listing.entries)  # interfaces see to it
    if shown and shown == trail.shown:  # the server repeats itself: from the first page on, or after the last
        listing = replace(listing, more=(), stuck=listing.stuck or trail.turn == 1)
    column = trail.column if role == "list" else page.url
    carried = Trail(
        near=near,
        column=column,
        family=family.name if sure >= SURE else trail.family,
        incremental=trail.incremental,
    )
    fitting = [entry for entry in listing.entries if lists.fits(entry, page, near)]
    lines = lists.lines_of(listing.entries, fitting)
    articles = [_article(entry, carried) for entry in fitting]
    wants = list(articles)
    if near >= Nearness.BELOW or articles:
        turned = replace(carried, turn=trail.turn + 1, shown=shown)
        wants += [_more(ask, turned) for ask in listing.more]
    if role != "list":
        wants += _tree(page, family, near, carried, depth)
    is_column = near == Nearness.COLUMN or (bool(articles) and role != "home")
    return Findings(
        wants=tuple(wants),
        role=role if role in ("home", "list") else "column" if is_column else "tree",
        family=family.name,
        sure=sure,
        column=column if is_column or role == "list" else "",
        title=trail.title or page.meta.get("columnname", "") or page.title,
        why=why,
        near=near,
        entry_urls=tuple(dict.fromkeys(entry.url for entry in lines)),
        other_urls=tuple(dict.fromkeys(entry.url for entry in listing.entries if entry not in lines)),
        declared=listing.declared,
        stuck=listing.stuck,
        scripted=lists.scripted(page, role, listing, _leads_on(wants)) if near >= Nearness.BELOW else "",
    )


def _leads_on(wants: list[Want]) -> bool:
    """Whether a page leads to more than what may be about something else, or may not be there."""
    return any(want.role != "tree" and not want.context.get("optional") for want in wants)


def _family(page: Page, trail: Trail) -> tuple[Family, float]:
    """The family that made a page; the one that asked where the page itself does not tell."""
    family, sure = recognise(page)
    if trail.family and (sure < SURE or trail.state):
        return family_named(trail.family), max(sure, SURE)
    return family, sure


def nearness(page: Page, role: str, trail: Trail) -> tuple[Nearness, str]:
    """How near a page is to annual reports, and which evidence says so. Meta tags may lie, names rarely
    do.
    """
    if role == "list":
        return Nearness(trail.near), "a further page of the list"
    if role == "home":
        return Nearness.ELSEWHERE, "home"
    if trail.near == Nearness.COLUMN:
        return Nearness.COLUMN, trail.why
    kind, name = page.meta.get("columntype", ""), page.meta.get("columnname", "")
    for evidence, source in ((kind, "ColumnType"), (name, "ColumnName"), (trail.title, "link")):
        if evidence and is_annual_column(evidence):
            return Nearness.COLUMN, f"{source} {evidence}"
    if any(is_annual_column(piece) for piece in re.split(r"[_|｜\-－—>]+", page.title) if piece.strip()):
        return Nearness.COLUMN, f"title {page.title[:60]}"
    if is_annual_path(page.url):
        return Nearness.COLUMN, "address"
    if trail.near >= Nearness.BELOW:
        year = is_year(trail.title)
        return (Nearness.COLUMN, "a year of a column") if year else (Nearness.BELOW, "below a column")
    if is_disclosure(trail.title, page.url) or is_disclosure(name or page.title):
        return Nearness.DISCLOSURE, "in the disclosure tree"
    return Nearness.ELSEWHERE, ""


def _article(entry: Entry, carried: Trail) -> Want:
    trail = Trail(
        title=entry.title,
        date=entry.date,
        column=carried.column,
        family=carried.family,
        near=carried.near,
        state={"parts": list(entry.parts)} if entry.parts else {},
    )
    return Want(entry.url, "article", context=trail.context())


def _more(ask: Ask, carried: Trail) -> Want:
    trail = Trail(
        near=carried.near,
        column=carried.column,
        family=carried.family,
        optional=ask.optional,
        incremental=carried.incremental,
        state=ask.context,
        turn=carried.turn,
        shown=carried.shown,
    )
    return Want(ask.url, "list", ask.method, ask.body, context=trail.context())


def _tree(page: Page, family: Family, near: Nearness, carried: Trail, depth: int) -> list[Want]:
    if depth >= (MAX_BELOW if near >= Nearness.BELOW else MAX_DEPTH):
        return []
    units = _units(page.links)
    wants = [want for link in page.links if (want := _branch(link, page, near, carried, units))]
    wants += [_asked(ask, near, carried) for ask in family.branches(page)]
    if near >= Nearness.BELOW:
        wants += [_asked(ask, near, carried) for ask in forms.choices(page)]
    if near == Nearness.DISCLOSURE and len(wants) < _FEW:
        wants += [_asked(ask, near, carried) for ask in ajax.trees(page)]
    if near >= Nearness.DISCLOSURE and not family.entries(page):
        wants += _frames(page, near, carried)
    if not wants and (near == Nearness.ELSEWHERE and len(page.links) < _FEW):
        wants += _leads(page)
    return list(_best(wants).values())


def _units(links: tuple[Link, ...]) -> frozenset[tuple[str, str]]:
    """Groups of links that list agencies: most of them have an agency's name, at least three."""
    sizes = Counter((link.group, link.area) for link in links)
    named = Counter((link.group, link.area) for link in links if is_agency(link.text))
    return frozenset(kind for kind, count in named.items() if kind[0] and count >= max(_FEW, sizes[kind] / 2))


def _best(wants: list[Want]) -> dict[tuple[str, str, str], Want]:
    """Of several links to one address the most promising."""
    best: dict[tuple[str, str, str], Want] = {}
    for want in sorted(wants, key=lambda want: -want.score):
        best.setdefault((want.url, want.method, want.body), want)
    return best


def _branch(
    link: Link, page: Page, near: Nearness, carried: Trail, units: frozenset[tuple[str, str]] = frozenset()
) -> Want | None:
    if link.url == page.url or is_article(link.url) or is_pager(link.text):
        return None
    if STATED.search(link.text):
        return _article(Entry(link.url, link.text, link.date), carried)
    if is_entry(link) and not is_annual_column(link.text):
        return None
    score, why = link_score(link.text, link.url, near)
    if score <= 0 and near >= Nearness.DISCLOSURE and (link.group, link.area) in units:
        score, why = (6.0 if near >= Nearness.BELOW else 3.0), "among agencies"
    if score == 0 and near == Nearness.COLUMN and _lies_below(link.url, page.url):
        score, why = 6.0, "an address below the column's"
    if (
        score == 0
        and near == Nearness.ELSEWHERE
        and is_agency(link.text)
        and not _same_host(link.url, page.url)
    ):
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


def _same_host(url: str, other: str) -> bool:
    return urlsplit(url).netloc == urlsplit(other).netloc


def _lies_below(url: str, column: str) -> bool:
    """Whether an address stands in a folder below that of a column."""
    folder = column.partition("?")[0].rpartition("/")[0] + "/"
    return folder.count("/") > 3 and url.startswith(folder) and "/" in url.removeprefix(folder)


def _asked(ask: Ask, near: Nearness, carried: Trail) -> Want:
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


def _leads(page: Page) -> Iterator[Want]:
    """Where an entrance without a tree of its own leads: its frames, and the links of a title page."""
    for url in (*_framed(page), *(link.url for link in page.links if link.url != page.url)):
        yield Want(url, "tree", score=2.0, context=Trail(why="an entrance").context())


# --- articles --------------------------------------------------------------------


def _is_list(page: Page) -> bool:
    """Whether a page that could be an article lists several reports itself."""
    titled = [link for link in page.links if is_article(link.url) and STATED.search(link.text)]
    return len(titled) > 3 or (page.meta.get("columntype", "") != "" and "articletitle" not in page.meta)


def _follow_article(page: Page, role: str, trail: Trail) -> Findings:
    family, sure = (family_named(trail.family), SURE) if trail.family else recognise(page)
    root_parts = parts_of(page, family, tuple(trail.state.get("parts", ())))
    wants = [
        Want(part.url, part.role, context=Trail(title=part.text, ordinal=ordinal).context())
        for ordinal, part in enumerate(root_parts, start=1)
    ]
    if role == "article":
        carried = Trail(near=trail.near, column=trail.column, family=trail.family)
        known = {want.url for want in wants}
        wants += [
            _article(Entry(link.url, link.text, link.date), carried)
            for link in page.links
            if link.url not in known and link.url != page.url and _is_neighbour(link)
        ]
    return Findings(wants=tuple(wants), role=role, family=family.name, sure=sure)


def _is_neighbour(link: Link) -> bool:
    """上一篇 and 下一篇 complete lists that show only a part."""
    title = re.sub(r"^(上|下)一(篇|条)[:：]?", "", link.text)
    return is_article(link.url) and bool(STATED.search(title)) and may_be_report(title, Nearness.ELSEWHERE)
