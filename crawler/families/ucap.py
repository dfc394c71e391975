"""UCAP 开普云: pages ``….shtml``, lists ``xlist.shtml``, the tree of columns as JSONP."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, ClassVar

from crawler.addresses import resolve
from crawler.family import Ask, Context, Family
from crawler.page import Page
from crawler.paging import call_arguments
from crawler.scripted import parsed_json

_TREE = re.compile(r"""["'](/[^"'\s]*?/channel/treeNew/[^"'\s]+)["']""")
_CHANNEL = re.compile(r"([?&]channelId=)[^&]*")
_NULL = re.compile(r"/null\.shtml$")


class Ucap(Family):
    """Page N of a list is ``xlist_N.shtml``, N from 2; annual reports stand at ``zfxxgk_gknbz.shtml``."""

    name: ClassVar[str] = "ucap"
    # names of templates, scripts and of the 32-digit articles
    signs: ClassVar[dict[str, float]] = {
        r"(?i)ucap-content|/ucap|ucap\w*\.js": 0.5,
        r"zfxxgk_gkn[br]z\.shtml|common_list\.shtml|zfxxgk_list\.shtml|xlist(_\d+)?\.shtml|'xlist'": 0.4,
        r"/c\d{5,}/20\d{4}/[0-9a-f]{32}\.shtml": 0.5,
        r"/channel/treeNew/": 0.4,
        r"kaipuyun": 0.1,
    }

    def more(self, page: Page, context: Context) -> tuple[Ask, ...]:
        """The pages that the pager call counts."""
        pager = call_arguments(page.scripts)
        return pager.asks(page.url, second=2) if pager else super().more(page, context)

    def declared(self, page: Page) -> int | None:
        """The pager call's last argument is the number of records."""
        pager = call_arguments(page.scripts)
        return pager.records if pager and pager.records is not None else super().declared(page)

    def branches(self, page: Page) -> tuple[Ask, ...]:
        """The tree that a script loads; and the columns in its answer."""
        nodes = _nodes(page)
        if nodes is not None:
            return tuple(ask for node in nodes for ask in _column(page, node))
        found = dict.fromkeys(_TREE.findall(page.text))
        return tuple(Ask(url, kind="tree") for link in found if (url := resolve(page.base, link)))


def _nodes(page: Page) -> list[dict[str, Any]] | None:
    if page.text.lstrip()[:1] in ("{", "[", "<"):  # no call
        return None
    value = parsed_json(page.text)
    return None if value is None else list(_flat(value))


def _flat(value: Any) -> Iterator[dict[str, Any]]:
    """Every object in a tree of lists and objects that has a name."""
    if isinstance(value, list):
        for item in value:
            yield from _flat(item)
    elif isinstance(value, dict):
        if _name(value):
            yield value
        for child in value.values():
            if isinstance(child, list | dict):
                yield from _flat(child)


def _children(page: Page, node: dict[str, Any]) -> Iterator[Ask]:
    """The columns below a node, which the tree tells to those who ask for them."""
    channel = str(node.get("channelId") or node.get("id") or "")
    if channel and node.get("isParent") and not node.get("children") and _CHANNEL.search(page.url):
        url = _CHANNEL.sub(lambda found: f"{found[1]}{channel}", page.url)
        yield Ask(url, kind="tree", title=_name(node), optional=True)


def _name(node: dict[str, Any]) -> str:
    return str(node.get("name") or node.get("channelName") or node.get("title") or "")


def _column(page: Page, node: dict[str, Any]) -> Iterator[Ask]:
    link = str(node.get("url") or node.get("channelUrl") or node.get("href") or "")
    url = resolve(page.base, link)
    if not url:
        return
    if not _NULL.search(url):
        yield Ask(url, kind="tree", title=_name(node))
        return
    yield from _children(page, node)
    for real in (
        "xlist.shtml",
        "xxgkList.shtml",
    ):  # the node names no page of its own: its list is one of these
        yield Ask(_NULL.sub(f"/{real}", url), kind="tree", title=_name(node), optional=True)
