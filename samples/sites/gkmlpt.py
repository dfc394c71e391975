"""Guangdong's gkmlpt: a JSON list behind a category tree, bodies as JSON inside a script.

``/gkmlpt/index`` gives ``window._CONFIG`` with ``SID`` and ``TREE``; lists come from
``/gkmlpt/api/all/{category}?page=&sid=``, 100 a page, pages 0 and 1 being the same;
an article's body is ``_CONFIG.DETAIL.content``.
"""

from __future__ import annotations

import json
from functools import partial

from samples.publication import Publication
from samples.sites import chrome
from samples.sites.http import SHANGHAI, Request, Response, html, json_response
from samples.sites.pages import SitePages, two_lists
from samples.sites.site import Site

_PER_PAGE = 100
_ALL, _SUMMARY = 1076, 1077
_EMPTY = {1071: "机构职能", 1072: "政府信息公开指南", 1073: "政策法规", 1074: "规划计划"}
_FIRST_ARTICLE = 2_155_000
_COPY = 400_000


def _number(site: Site, publication: Publication, category: int) -> int:
    return _FIRST_ARTICLE + site.number * 1000 + publication.number + (_COPY if category == _SUMMARY else 0)


class GkmlptPages(SitePages[int]):
    """The pages of a site on gkmlpt."""

    family = "gkmlpt"

    @classmethod
    def places(cls, site: Site, publication: Publication) -> tuple[int, ...]:
        """Among all reports, and the copy in the summary."""
        return (_ALL, _SUMMARY) if publication.twice else (_ALL,)

    @classmethod
    def article_path(cls, site: Site, publication: Publication, place: int) -> str:
        """The article under one of its categories."""
        number = _number(site, publication, place)
        return f"/gkmlpt/content/{number // 1_000_000}/{number // 1000}/post_{number}.html"

    @classmethod
    def file_path(cls, site: Site, publication: Publication, article: str) -> str:
        """An attachment."""
        number = _number(site, publication, _ALL)
        return f"/attachment/0/{number // 1000}/{publication.number + 1}/{number}.{publication.layout.suffix}"

    def build(self) -> None:
        """The portal's home, the platform, its API, articles and files."""
        self.sid = str(755_000 + self.site.number)
        self.lists: dict[int, tuple[Publication, ...]] = {
            **two_lists(self.site, _ALL, _SUMMARY),
            **dict.fromkeys(_EMPTY, ()),
        }
        self.routes["/"] = self.routes["/index.html"] = self._home
        self.routes["/zwgk/"] = self.routes["/zwgk/index.html"] = self._governance
        self.routes["/gkmlpt/index"] = self.routes["/gkmlpt/"] = self._platform
        for category, publications in self.lists.items():
            self.routes[f"/gkmlpt/api/all/{category}"] = partial(self._api, category=category)
            self.articles_of(category, publications)

    # --- portal --------------------------------------------------------------------

    def _home(self, request: Request) -> Response:
        news = "".join(f"<li>{title}</li>" for title, _ in chrome.NEWS)
        return self._page(self.site.name, {}, f'<ul class="news">{news}</ul><a href="/zwgk/">政务公开</a>')

    def _governance(self, request: Request) -> Response:
        links = (
            '<a href="/gkmlpt/index">政府信息公开</a> <a href="/gkmlpt/index#1072">政府信息公开指南</a> '
            f'<a href="/gkmlpt/index#{_ALL}">政府信息公开年报</a>'
        )
        return self._page("政务公开", {"ColumnName": "政务公开", "ColumnType": ""}, links)

    def _platform(self, request: Request) -> Response:
        config = self._config() | {"TREE": self._tree()}
        content = f'<div id="app"></div>\n<script>window._CONFIG = {_script(config)};</script>'
        return self._page(f"{self.site.region.name}政府信息公开平台", {}, content)

    def _config(self) -> dict[str, object]:
        return {"SID": self.sid, "SITE_NAME": self.site.region.name, "API_PREFIX": "/gkmlpt/api"}

    def _tree(self) -> list[dict[str, object]]:
        leaves = [_node(number, name) for number, name in _EMPTY.items()]
        reports = _node(1075, "政府信息公开年报") | {
            "children": [_node(_ALL, "本地区年报"), _node(_SUMMARY, "年报汇总")]
        }
        outside = _node(1080, "依申请公开") | {"jump_url": "http://ysqgk.example.invalid/apply"}
        return [*leaves, reports, outside]

    # --- lists ---------------------------------------------------------------------

    def _api(self, request: Request, category: int) -> Response:
        if request.query.get("sid", self.sid) != self.sid:
            return json_response({"classify": None, "articles": []})
        page = max(1, int(request.query.get("page", "1")))
        publications = self.lists[category]
        shown = publications[(page - 1) * _PER_PAGE : page * _PER_PAGE]
        base = f"http://{request.headers.get('host', self.site.host)}"
        return json_response(
            {
                "classify": {"id": category, "post_count": len(publications)},
                "articles": [self._record(publication, category, base) for publication in shown],
            }
        )

    def _record(self, publication: Publication, category: int, base: str) -> dict[str, object]:
        when = publication.published_at
        url = base + self.article_path(self.site, publication, category)
        return {
            "id": _number(self.site, publication, category),
            "title": publication.title,
            "publisher": publication.agency.name,
            "date": int(when.replace(tzinfo=SHANGHAI).timestamp()),
            "created_at": f"{when:%Y-%m-%d}",
            "display_publish_time": int(when.replace(tzinfo=SHANGHAI).timestamp()),
            "first_publish_time": int(when.replace(tzinfo=SHANGHAI).timestamp()),
            "url": url,
            "post_url": url,
            "document_number": "",
            "identifier": f"11{self.site.region.code}MB2C0{publication.number:04}/{when:%Y}-00001",
            "attachment": self._files(publication, category, base),
            "is_expired": 0,
            "is_abolished": 0,
        }

    def _files(self, publication: Publication, category: int, base: str) -> list[dict[str, object]]:
        if not publication.attached:
            return []
        path, suffix = self.file_link(publication, category), publication.layout.suffix
        name = f"{publication.title}.{suffix}"
        return [
            {
                "id": publication.number,
                "name": name,
                "type": suffix,
                "mime": publication.layout.media_type,
                "url": base + path,
            }
        ]

    # --- articles --------------------------------------------------------------------

    def article_page(self, request: Request, publication: Publication, place: int) -> Response:
        """The article in a category, as the data of a script."""
        fragments, _ = self.article(publication, self.file_link(publication, place))
        base = f"http://{request.headers.get('host', self.site.host)}"
        record = self._record(publication, place, base)
        config = self._config() | {"DETAIL": record | {"content": "".join(fragments)}}
        content = f'<div id="app"></div>\n<script>window._CONFIG = {_script(config)};</script>'
        meta = chrome.article_meta(publication, "政府信息公开年报")
        return self._page(publication.title, meta, content)

    def _page(self, title: str, meta: dict[str, str], content: str) -> Response:
        bar = [("首页", "/"), ("政务公开", "/zwgk/")]
        return html(self.whole(title, meta, bar, content))


def _node(number: int, name: str) -> dict[str, object]:
    return {"id": number, "name": name, "jump_url": "", "children": []}


def _script(value: object) -> str:
    """JSON that may stand inside a script element."""
    return json.dumps(value, ensure_ascii=False).replace("</", "<\\/")


PAGES = GkmlptPages
