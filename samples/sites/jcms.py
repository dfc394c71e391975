"""Hanweb JCMS: columns under /col/, articles under /art/, lists in a script and ``dataproxy.jsp``.

The column page holds the first group of records (three screen pages) as XML inside
a script; further groups come from ``/module/web/jpage/dataproxy.jsp`` by GET
(``page`` counts groups, from 1) or POST (``startrecord``, ``endrecord``, from 1). From the
third group on an answer begins with the last record of the group before. Dates
inside records may contain line breaks.
"""

from __future__ import annotations

from functools import partial
from html import escape

from samples.publication import Publication
from samples.sites import chrome
from samples.sites.http import Request, Response, html
from samples.sites.pages import SitePages, cut, two_lists
from samples.sites.site import Site

_DATAPROXY = "/module/web/jpage/dataproxy.jsp"
_FIRST_COLUMN = 1229_410_700
#: offsets of the columns' numbers
_GOVERNANCE, _PLATFORM, _ALL, _SUMMARY, _GUIDE, _RULES, _NEWS = 1, 4, 17, 23, 31, 32, 40
_NAMES = {
    _GOVERNANCE: "政务公开",
    _PLATFORM: "政府信息公开",
    _ALL: "政府信息公开年报",
    _SUMMARY: "年报汇总",
    _GUIDE: "政府信息公开指南",
    _RULES: "政府信息公开制度",
    _NEWS: "新闻动态",
}
_LINKS = {
    _GOVERNANCE: (_PLATFORM, _NEWS),
    _PLATFORM: (_GUIDE, _RULES, _ALL, _SUMMARY),
    _GUIDE: (),
    _RULES: (),
    _NEWS: (),
}
_SCREENS_A_GROUP = 3


def column_number(site: Site, offset: int) -> int:
    """A column's number."""
    return _FIRST_COLUMN + site.number * 1000 + offset


def per_page(site: Site) -> int:
    """Records on a screen page: 15 as a rule, 10 on some sites."""
    return 10 if site.number % 2 else 15


class JcmsPages(SitePages[int]):
    """The pages of a site on JCMS."""

    family = "jcms"

    @classmethod
    def places(cls, site: Site, publication: Publication) -> tuple[int, ...]:
        """Among all reports, and the copy in the summary."""
        return (_ALL, _SUMMARY) if publication.twice else (_ALL,)

    @classmethod
    def article_path(cls, site: Site, publication: Publication, place: int) -> str:
        """The article under one of its columns."""
        when = publication.published_at
        number = 1_480_000 + publication.number
        return f"/art/{when.year}/{when.month}/{when.day}/art_{column_number(site, place)}_{number}.html"

    @classmethod
    def file_path(cls, site: Site, publication: Publication, article: str) -> str:
        """An attachment, behind the download module."""
        return f"/module/download/{site.number}/{publication.number:08x}.{publication.layout.suffix}"

    def build(self) -> None:
        """The home, columns of columns, the two lists, articles and files."""
        self.routes["/"] = self.routes["/index.html"] = self._home
        for offset, below in _LINKS.items():
            self.routes[self._column_path(offset)] = partial(self._folder, offset=offset, below=below)
        self.lists = two_lists(self.site, _ALL, _SUMMARY)
        for offset, publications in self.lists.items():
            self.routes[self._column_path(offset)] = partial(self._list_page, offset=offset)
            self.articles_of(offset, publications)
        self.routes[_DATAPROXY] = self._dataproxy

    # --- lists -------------------------------------------------------------------

    def _column_path(self, offset: int) -> str:
        return f"/col/col{column_number(self.site, offset)}/index.html"

    def _home(self, request: Request) -> Response:
        links = [(_NAMES[n], self._column_path(n)) for n in (_NEWS, _GOVERNANCE)]
        return self._page(self.site.name, {}, f"{_links(links)}{_links(_news(self._column_path(_NEWS)))}")

    def _folder(self, request: Request, offset: int, below: tuple[int, ...]) -> Response:
        links = [(_NAMES[n], self._column_path(n)) for n in below]
        return self._page(_NAMES[offset], {"ColumnName": _NAMES[offset], "ColumnType": ""}, _links(links))

    def _list_page(self, request: Request, offset: int) -> Response:
        number, publications = column_number(self.site, offset), self.lists[offset]
        unit, size = self._unit(offset), per_page(self.site)
        first = self._xml(offset, publications[: size * _SCREENS_A_GROUP], group=1)
        parameters = (
            f"col:1,appid:1,webid:{self.site.number + 39},path:'/',columnid:{number},"
            f"sourceContentType:1,unitid:'{unit}',webname:'{self.site.name}',permissiontype:0"
        )
        content = (
            f'<div id="{unit}" class="default_pgContainer"></div>\n'
            f'<script type="text/xml">{first}</script>\n'
            f"<script>var param_{unit} = {{{parameters}}};\n"
            f"$(function(){{ $('#{unit}').jpage({{ dataStoreType:'dataproxy', proxyUrl:'{_DATAPROXY}', "
            f"perPage:{size}, totalRecord:{len(publications)}, groupSize:{_SCREENS_A_GROUP}, "
            f"proxyParam:param_{unit} }}); }});</script>"
        )
        meta = {"ColumnName": _NAMES[offset], "ColumnType": "信息公开年报;监督保障"}
        return self._page(_NAMES[offset], meta, content)

    def _unit(self, offset: int) -> int:
        return 4_455_000 + self.site.number * 100 + offset

    def _dataproxy(self, request: Request) -> Response:
        asked = request.query | request.form
        offset = int(asked.get("columnid", "0")) - column_number(self.site, 0)
        if offset not in self.lists:
            return Response(b"<datastore></datastore>", headers={"content-type": "text/xml;charset=UTF-8"})
        publications, size = self.lists[offset], per_page(self.site) * _SCREENS_A_GROUP
        group = max(1, int(asked.get("page", "1")))
        start = int(asked.get("startrecord", (group - 1) * size + 1)) - 1
        end = int(asked.get("endrecord", start + size))
        # the engine looks one record ahead, and from the third group on forgets to drop it
        repeated = 1 if start >= 2 * size else 0
        records = publications[start - repeated : end]
        xml = self._xml(offset, records, start // size + 1)
        return Response(xml.encode(), headers={"content-type": "text/xml;charset=UTF-8"})

    def _xml(self, offset: int, shown: tuple[Publication, ...], group: int) -> str:
        number, unit = column_number(self.site, offset), self._unit(offset)
        total = len(self.lists[offset])
        link = (
            f"{_DATAPROXY}?page={group + 1}&appid=1&appid=1&webid={self.site.number + 39}&path=/"
            f"&columnid={number}&unitid={unit}&webname={self.site.region.name}&permissiontype=0"
        )
        more = total > group * per_page(self.site) * _SCREENS_A_GROUP
        next_group = f'<nextgroup><![CDATA[<a href="{link}"></a>]]></nextgroup>' if more else ""
        records = "\n".join(f"<record><![CDATA[{self._record(p, offset)}]]></record>" for p in shown)
        return (
            f"<datastore>\n{next_group}\n<totalrecord>{total}</totalrecord>\n"
            f"<recordset>\n{records}\n</recordset>\n</datastore>"
        )

    def _record(self, publication: Publication, offset: int) -> str:
        title, path = escape(publication.title), self.article_path(self.site, publication, offset)
        broken = "\n" if publication.number % 3 == 0 else ""
        return (
            f'\n<li class="clearfix">    <a target="_blank" href="{path}" title="{title}">{cut(title)}</a>'
            f"    <b>{publication.published_at:%Y-%m}{broken}-{publication.published_at:%d}</b></li>"
        )

    # --- articles ------------------------------------------------------------------

    def article_page(self, request: Request, publication: Publication, place: int) -> Response:
        """The article in one of its columns."""
        fragments, _ = self.article(publication, self.file_link(publication, place))
        when, title = publication.published_at, escape(publication.title)
        content = (
            f'<!--ZJEG_RSS.content.begin--><table id="c" width="96%"><tr><td class="title">{title}</td></tr>'
            f"<tr><td>发布日期：{when:%Y-%m-%d %H:%M}　来源：{escape(publication.agency.name)}"
            f"　浏览次数：{self.counter()}</td></tr>"
            f'<tr><td class="bt_content"><div id="zoom">{"".join(fragments)}</div></td></tr></table>'
        )
        return self._page(publication.title, chrome.article_meta(publication, _NAMES[place]), content)

    def _page(self, title: str, meta: dict[str, str], content: str) -> Response:
        bar = [("首页", "/"), ("政务公开", self._column_path(_GOVERNANCE))]
        made_by = "<!-- Produced By 大汉网络 大汉版通发布系统 -->"
        scripts = '<script src="/script/0/jpage.js"></script>\n'
        return html(self.whole(title, meta, bar, f"{content}\n{made_by}", scripts))


def _links(links: list[tuple[str, str]]) -> str:
    items = "".join(f'<li><a href="{path}" title="{name}">{name}</a></li>' for name, path in links)
    return f'<ul class="list">{items}</ul>'


def _news(path: str) -> list[tuple[str, str]]:
    return [(title, path) for title, _ in chrome.NEWS]


PAGES = JcmsPages
