"""What stands around the content of every page: meta tags, navigation, breadcrumbs, footer."""

from __future__ import annotations

import time
from collections.abc import Mapping
from html import escape

from samples.publication import Publication

#: links of a portal's home that lead elsewhere
NEWS = (
    ("县委常委会召开会议研究部署重点工作", "xwzx"),
    ("全县春耕备耕工作有序推进", "xwzx"),
    ("政务服务大厅延时服务公告", "tzgg"),
    ("2024年政府工作报告", "zfgzbg"),
)


def metas(values: Mapping[str, str]) -> str:
    """Meta tags in the order given; empty values stay, as on real pages."""
    return "\n".join(f'<meta name="{name}" content="{escape(content)}"/>' for name, content in values.items())


def site_meta(name: str, domain: str, id_code: str) -> dict[str, str]:
    """The tags every page carries."""
    return {"SiteName": name, "SiteDomain": domain, "SiteIDCode": id_code}


def article_meta(publication: Publication, column: str) -> dict[str, str]:
    """The tags of an article, with the mistakes real sites make: a wrong name, full-width signs, blanks."""
    when, n = publication.published_at, publication.number
    stamp = f"{when:%Y—%m—%d %H∶%M}" if n % 7 == 3 else f"{when:%Y-%m-%d %H:%M}"
    tags = {
        "ColumnName": column,
        "ColumnType": "" if n % 11 == 5 else "信息公开年报",
        "ArticleTitle": publication.title,
        "PubDate": stamp,
        "ContentSource": "" if n % 5 == 2 else publication.agency.short,
        "Keywords": "",
        "Description": "",
    }
    return tags | ({"SiteName": "云溪市人民政府"} if n % 13 == 6 else {})


def crumbs(trail: list[tuple[str, str]]) -> str:
    """您当前的位置: (name, link) from the home down."""
    links = " &gt; ".join(f'<a href="{link}">{escape(name)}</a>' for name, link in trail)
    return f'<div class="dqwz">您当前的位置：{links}</div>'


def navigation(links: list[tuple[str, str]]) -> str:
    """The bar at the top."""
    items = "".join(
        f'<li><a href="{link}" title="{escape(name)}">{escape(name)}</a></li>' for name, link in links
    )
    return f'<div class="header"><div class="logo"><a href="/"></a></div><ul class="nav">{items}</ul></div>'


def footer(site: str, id_code: str, number: int, count: int) -> str:
    """Sponsor, 网站标识码, ICP and police numbers, a visit counter and the time the page was made."""
    now = time.strftime("%Y-%m-%d %H:%M:%S")
    return (
        f'<div class="footer"><p>主办：{site.removesuffix("门户网站")}办公室　网站标识码：{id_code}</p>'
        f"<p>岚ICP备{9800000 + number}号-1　岚公网安备 {id_code[:6]}0200{number:04}号</p>"
        f'<p>您是第 <span id="visits">{count}</span> 位访问者</p>'
        f"<!-- 页面生成时间 {now} {count} --></div>"
    )


def page(title: str, meta: str, body: str, *, charset: str = "utf-8", scripts: str = "") -> str:
    """A whole page."""
    return (
        '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" '
        '"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">\n<html xmlns="http://www.w3.org/1999/xhtml">'
        f'<head>\n<meta http-equiv="Content-Type" content="text/html; charset={charset}" />\n{meta}\n'
        f"<title>{escape(title)}</title>\n"
        f'<link href="/images/common.css" rel="stylesheet" type="text/css" />\n{scripts}</head>\n'
        f"<body>\n{body}\n</body>\n</html>\n"
    )
