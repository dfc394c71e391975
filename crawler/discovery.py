"""From a portal's home address to the reports: which links of a page to follow, as what, and why.

Pure: a page and what led to it in, wanted requests out. Three questions are asked of
every page of the tree: is it a column of annual reports (``ColumnType``, names, path),
which of its entries may be reports, which links lead nearer to reports.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from crawler import ajax, clicked, interface, lists, paging, tree
from crawler.articles import collected, is_article_page, is_neighbour, parts_of
from crawler.family import (
    Ask,
    Entry,
    Family,
    Listing,
    families,
    family_named,
    is_article,
    recognise,
)
from crawler.glance import leads_on
from crawler.names import (
    Nearness,
    is_agency,
    is_annual_column,
    is_annual_path,
    is_directory,
    is_disclosure,
    is_group,
    is_stated,
    is_year,
)
from crawler.page import Page
from crawler.wants import SHOWN, Findings, Trail, Want, article_of

SURE: Final = 0.3  # a family recognised with less is a guess


def follow(page: Page, role: str, trail: Trail, depth: int = 0) -> Findings:
    """What to ask for next, having received ``page`` as ``role`` by ``trail``."""
    if role in ("article", "page"):
        return _follow_article(page, role, trail)
    if role in ("attachment", "robots"):
        return Findings(role=role)
    if trail.state.get("shown_in"):
        page = ajax.as_shown(page, trail.state)
    if role != "home" and is_article_page(page) and not _is_list(page):
        return _follow_shown(page, trail, depth)
    return _follow_column(page, role, trail, depth)


def _follow_shown(page: Page, trail: Trail, depth: int) -> Findings:
    """A column that shows an article itself: the article, and what the CMS or the page's years lead to."""
    article = replace(article_of(Entry(page.url, trail.title), trail), again=True)
    article.context["state"] = {SHOWN: True}
    if trail.near >= Nearness.COLUMN:
        return Findings((article,), "tree")
    family, sure = _family(page, trail)
    carried = Trail(
        near=Nearness.BELOW, family=family.name if sure >= SURE else "", incremental=trail.incremental
    )
    years = [
        want
        for link in page.links
        if is_year(link.text) and (want := tree.branch(link, page, Nearness.BELOW, carried))
    ]
    asked = (
        [tree.told(ask, Nearness.BELOW, carried) for ask in family.branches(page)]
        if depth < tree.MAX_BELOW
        else []
    )
    wants = (article, *tree.best([*years, *asked]))
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
    listing, shown = _listing(page, role, trail, family, near)
    column = trail.column if role == "list" else page.url
    carried = Trail(
        near=near,
        column=column,
        family=family.name if sure >= SURE else trail.family,
        incremental=trail.incremental,
    )
    fitting = [entry for entry in listing.entries if lists.fits(entry, page, near)]
    lines = lists.lines_of(listing.entries, fitting)
    articles = [article_of(entry, carried) for entry in fitting]
    wants = list(articles)
    if near >= Nearness.BELOW or articles:
        declared = listing.declared or trail.declared
        turned = replace(carried, turn=trail.turn + 1, shown=shown, declared=declared, again=trail.again)
        wants += [_more(ask, turned) for ask in listing.more]
        wants += _once_more(role, trail, declared)
    if role != "list" or (trail.state.get("shown_in") and not listing.entries):  # what it loads is a tree
        wants += [tree.told(ask, near, carried) for ask in clicked.of_objects(page, trail.state)]
        wants += tree.wanted(page, family, near, carried, depth)
        wants += tree.rest(page) if near == Nearness.COLUMN and articles and not listing.more else []
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
        scripted=lists.scripted(page, role, listing, _leads_on(wants), trail.state)
        if near >= Nearness.BELOW
        else "",
    )


def _listing(page: Page, role: str, trail: Trail, family: Family, near: Nearness) -> tuple[Listing, str]:
    """What a page lists and where it goes on, and the digest of its entries that tells it from the next."""
    asked = interface.interface_of(trail.state)
    listing = interface.listing(page, asked) if asked else family.listing(page, trail.state)
    if listing.declared is None and not asked:
        listing = replace(listing, declared=paging.records_drawn(page, len(listing.entries)))
    listing = replace(listing, more=lists.further(page, role, listing, trail.state))
    shown = "" if trail.state.keys() - {"stated"} else lists.digest(listing.entries)  # interfaces see to it
    if shown and shown == trail.shown:  # the server repeats itself: from the first page on, or after the last
        listing = replace(listing, more=(), stuck=listing.stuck or trail.turn == 1)
    # a page that only the tree leads to may list reports as well, in no form of a list that is known
    if not asked and (near == Nearness.COLUMN or (role == "tree" and not listing.entries)):
        listing = replace(listing, entries=lists.with_titled(listing.entries, page))
    if role == "list" and not (trail.state or listing.entries or trail.shown):  # two pages without lines
        listing = replace(listing, more=())
    return listing, shown


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
    if is_directory(trail.title):
        return Nearness.DISCLOSURE, "the sites of agencies"
    if is_disclosure(trail.title, page.url) or is_disclosure(name or page.title):
        return Nearness.DISCLOSURE, "in the disclosure tree"
    return Nearness.ELSEWHERE, ""


def _once_more(role: str, trail: Trail, declared: int) -> list[Want]:
    """The whole list again, once, where its total changed while it was read: its lines moved from page to
    page meanwhile, and one may have been on none that was looked at.
    """
    if role != "list" or trail.again or trail.incremental or declared == (trail.declared or declared):
        return []
    context = Trail(near=trail.near, why="its total changed while it was read", optional=True, again=True)
    return [Want(trail.column, "column", again=True, context=context.context())]


def _more(ask: Ask, carried: Trail) -> Want:
    trail = replace(carried, optional=ask.optional, state=ask.context)
    return Want(ask.url, "list", ask.method, ask.body, again=carried.again, context=trail.context())


# --- articles --------------------------------------------------------------------


def _is_list(page: Page) -> bool:
    """Whether a page that could be an article lists several reports itself."""
    titled = [link for link in page.links if is_article(link.url) and is_stated(link.text)]
    return len(titled) > 3 or (page.meta.get("columntype", "") != "" and "articletitle" not in page.meta)


def _leads_to_agencies(page: Page, title: str) -> bool:
    """Whether a line named after agencies leads to what is none of their reports, but to their columns."""
    if is_stated(title) or not is_agency(title):
        return False
    return lists.is_hub(page, fewest=1) if is_group(title) else lists.is_hub(page)


def _follow_article(page: Page, role: str, trail: Trail) -> Findings:
    page = page.as_article()
    announced = tuple(trail.state.get("parts", ()))
    if not announced and not leads_on(page, (family_named(trail.family),) if trail.family else families()):
        return Findings(role=role, family=trail.family)
    is_column = _is_list(page) or _leads_to_agencies(page, trail.title)
    if role == "article" and is_column and not is_article_page(page):  # a column called 2023年…年报
        column = Trail(title=trail.title, near=Nearness.BELOW, family=trail.family, why="lists reports")
        return Findings((Want(page.url, "column", again=True, context=column.context()),), role=role)
    family, sure = (family_named(trail.family), SURE) if trail.family else recognise(page)
    root_parts = parts_of(page, family, announced)
    others = collected(root_parts) if role == "article" else ()
    wants = [
        Want(part.url, part.role, context=Trail(title=part.text, ordinal=ordinal).context())
        for ordinal, part in enumerate(root_parts, start=1)
        if part not in others
    ]
    if role == "article":
        carried = Trail(near=trail.near, column=trail.column, family=trail.family)
        wants += [article_of(Entry(part.url, part.text), carried) for part in others]
        known = {want.url for want in wants}
        wants += [
            article_of(Entry(link.url, link.text, link.date), carried)
            for link in page.links
            if link.url not in known and link.url != page.url and is_neighbour(link.url, link.text)
        ]
    return Findings(wants=tuple(wants), role=role, family=family.name, sure=sure)
