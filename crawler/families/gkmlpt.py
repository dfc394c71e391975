"""gkmlpt, the disclosure platform of Guangdong: one script object in the page, the rest is JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, ClassVar

from crawler.addresses import resolve
from crawler.family import MAX_PAGES, Ask, Context, Entry, Family, Listing
from crawler.links import squeeze
from crawler.names import is_annual_column
from crawler.page import Page
from crawler.scripted import day

_SID = re.compile(r"""\bSID["']?\s*:\s*["']?(\w+)""")
_PREFIX = re.compile(r"^(https?://[^/]+(?:/[^?#]*?)?/gkmlpt)(?:/|$)")
_MOST_LEAVES = 40  # asked one by one where no node is named after the reports


class Gkmlpt(Family):
    """``/gkmlpt/api/all/{category}?page=n&sid=…``: often 100 articles a page; pages 0 and 1 are the same."""

    name: ClassVar[str] = "gkmlpt"
    signs: ClassVar[dict[str, float]] = {
        r"/gkmlpt/": 0.4,
        r"window\._CONFIG\s*=": 0.4,
        r"SID\b(?<!\wSID)": 0.2,
    }

    def recognise(self, page: Page) -> float:
        """The platform's path and its script object."""
        if "/gkmlpt/api/" in page.url:
            return 1.0
        return super().recognise(page)

    def listing(self, page: Page, context: Context) -> Listing:
        """An answer of the list API; any other page by its links."""
        answer = _json(page.text)
        if not isinstance(answer, dict) or "articles" not in answer:
            return super().listing(page, context)
        declared = _count(answer)
        entries = tuple(_entry(page, article) for article in answer["articles"] if isinstance(article, dict))
        more = self._pages(page, len(entries), declared or 0)
        return Listing(tuple(entry for entry in entries if entry.url), more, declared)

    def _pages(self, page: Page, per_page: int, declared: int) -> tuple[Ask, ...]:
        """The pages after the first, which shows how many articles a page has."""
        here = re.search(r"[?&]page=(\d+)", page.url)
        if not here or int(here[1]) != 1 or not per_page:
            return ()
        last = min(-(-declared // per_page), MAX_PAGES)
        return tuple(Ask(page.url.replace(here[0], f"{here[0][:-1]}{n}")) for n in range(2, last + 1))

    def branches(self, page: Page) -> tuple[Ask, ...]:
        """The leaves of the category tree that are named after annual reports; all of a small tree
        without any.
        """
        prefix, sid, tree = _PREFIX.match(page.url), _SID.search(page.scripts), _after(page.scripts, "TREE")
        if not prefix or not sid or not isinstance(tree, list):
            return ()
        leaves = list(_leaves(tree, under=False))
        chosen = [leaf for leaf in leaves if leaf[1]] or leaves[:_MOST_LEAVES]
        return tuple(_category(prefix[1], sid[1], node, named) for node, named in chosen)

    def parts(self, page: Page) -> tuple[str, ...]:
        """Files that the detail page's JSON announces, and those linked in its body."""
        detail = _after(page.scripts, "DETAIL")
        if not isinstance(detail, dict):
            return ()
        body = f"<html><body>{detail.get('content') or ''}</body></html>".encode()
        linked = [link.url for link in Page(page.url, body, charset="utf-8").links]
        return tuple(dict.fromkeys([*_files(page, detail), *linked]))

    def may_have_parts(self, source: str) -> bool:
        """Only where the page holds its article as JSON."""
        return "DETAIL" in source


def _category(prefix: str, sid: str, node: dict[str, Any], named: bool) -> Ask:
    url = str(node.get("jump_url") or "")
    title = str(node.get("name") or "")
    if url:
        return Ask(resolve(f"{prefix}/", url), kind="column" if named else "tree", title=title)
    return Ask(
        f"{prefix}/api/all/{node['id']}?page=1&sid={sid}", kind="column" if named else "tree", title=title
    )


def _leaves(nodes: list[Any], *, under: bool) -> Iterator[tuple[dict[str, Any], bool]]:
    """Leaves with whether they, or a node above them, are named after annual reports."""
    for node in nodes:
        if not isinstance(node, dict) or "id" not in node:
            continue
        named = under or is_annual_column(str(node.get("name") or ""))
        children = node.get("children")
        if isinstance(children, list) and children:
            yield from _leaves(children, under=named)
        else:
            yield node, named


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _after(script: str, key: str) -> Any:
    """The JSON value that follows ``key:`` in a script; None without one."""
    found = re.search(rf"""\b{key}["']?\s*:\s*(?=[\[{{])""", script)
    if not found:
        return None
    try:
        return json.JSONDecoder().raw_decode(script, found.end())[0]
    except ValueError:
        return None


def _count(answer: dict[str, Any]) -> int | None:
    classify = answer.get("classify")
    value = classify.get("post_count") if isinstance(classify, dict) else None
    value = answer.get("total") if value is None else value
    return int(value) if isinstance(value, int | str) and str(value).isdigit() else None


def _entry(page: Page, article: dict[str, Any]) -> Entry:
    url = resolve(page.url, str(article.get("url") or article.get("post_url") or ""))
    stated = (
        article.get(key) for key in ("display_publish_time", "first_publish_time", "date", "created_at")
    )
    date = next((found for value in stated if (found := day(str(value or ""), epoch=True))), "")
    return Entry(url, squeeze(str(article.get("title") or "")), date, _files(page, article))


def _files(page: Page, article: dict[str, Any]) -> tuple[str, ...]:
    files = article.get("attachment") or []
    links = (str(file.get("url") or "") for file in files if isinstance(file, dict))
    return tuple(url for link in links if (url := resolve(page.url, link)))
