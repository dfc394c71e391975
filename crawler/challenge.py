"""Answers that hold no content: recognised, recorded as what they are, never fought.

A challenge page, a stub, a soft 404 or the home page in disguise must neither be
taken for a report nor replace one. Pure: an answer in, an outcome out.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from crawler.addresses import resolve
from crawler.forms import offers_choices
from crawler.glance import may_show, shows_words
from crawler.links import squeeze
from crawler.page import Page

BLOCKING: Final = {401, 402, 403, 405, 406, 407, 412, 418, 420, 423, 451, 468, 521, 567}
_GONE: Final = {404, 410}
_SMALL: Final = 4_096  # bytes: a page that only runs a script is small
_WORDY: Final = 300  # visible characters; a home page with as many names whose it is
_STUB_TEXT: Final = 400  # visible characters; a notice says no more
_SHORTEST_TEXT: Final = 16
_SAME: Final = 0.9  # of the pairs of characters of two texts, where only counters differ
_LATER: Final = 0.6  # where news came since
_LONG: Final = 20_000  # characters; texts of that length are no notices
_PROMISED: Final = 12  # characters of a title by which a page is known to be what its link promised
_FILES: Final = (b"%PDF-", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"Rar!")
_TITLE: Final = re.compile(r"<title\b[^>]*>([^<]*)", re.IGNORECASE)
_COOKIE_SCRIPT: Final = (
    r"(?i)document\.cookie\s*=|c3vk|__jsl|_\$jsvmprt|\$_ts|_\$ts|fssbbil|challenge"
    r"|wzws|acw_sc__v2|safeline|yunsuo|jsjiami"
)
_RELOAD = re.compile(
    r"location\.(reload|replace|href)|location\s*=|\.submit\(\)|http-equiv=[\"']?refresh", re.IGNORECASE
)
_WALL = re.compile(
    r"(访问|请求)[^。]{0,12}(被|已被)?(拦截|阻断|拒绝|限制|禁止)|安全(验证|检测|防护)|人机(验证|识别)|滑动验证|Web应用防火墙|创宇盾|加速乐|访问过于频繁|浏览器安全检查|请开启JavaScript"
    r"|管理员设置(为)?拦截|疑似(黑客|恶意)?攻击|checking your browser|just a moment|cf_chl|attention required"
    r"|请(先)?(完成|进行|通过)[^。]{0,8}验证|(完成|通过)?验证后[^。]{0,4}(访问|浏览)",
    re.IGNORECASE,
)
_WALL_TITLE = re.compile(
    r"^\W*((安全|人机|访问|滑动|身份|行为)(验证|校验|检测|防护)|验证码)(页面?|中心)?\W*$"
)
_ALERT = re.compile(r"""\b(?:alert|msg)\s*\(\s*(?:"([^"\n]{1,200})"|'([^'\n]{1,200})')""")
_MISSING = re.compile(
    r"(页面|网页|文章|内容|信息|文件|栏目|资源|地址)[^。\n]{0,14}(不存在|找不到|未找到|无法找到|已(被)?删除|已移除|已下线|不见了)"
    r"|(找不到|未找到)[^。\n]{0,10}(页面|网页|文件|内容)|404\s*(not found|错误|页面)|not found"
    r"|(访问|浏览)的(页面|网页)[^。]{0,10}(出错|走丢|有误)",
    re.IGNORECASE,
)
_REMOVED = re.compile(
    r"已(被)?(删除|撤销|撤回|撤稿|移除|下线|迁移|取消发布)|文章已过期|信息已失效|该(信息|文章|内容)[^。]{0,8}(撤|下线)"
)
_MAINTENANCE = re.compile(
    r"(网站|系统|平台|服务)[^。\n]{0,16}(维护|升级|改版|建设中|调试)|暂停(服务|访问)"
    r"|under (maintenance|construction)|temporarily unavailable",
    re.IGNORECASE,
)
# what servers, resellers of names and interfaces say that have nothing to say
_NO_SITE = re.compile(
    r"welcome to nginx|iis windows server|apache.{0,40}(default page|test page|error report)|it works!"
    r"|http status 50\d|域名(已过期|出售|转让|停靠)|domain (is )?for sale"
    r"|^\{[^{}]*\"(code|status|errcode)\" ?: ?\"?5\d\d",
    re.IGNORECASE,
)
_NO_ENTRY = re.compile(r"(没有|无)权(限)?(访问|查看|浏览)|权限不足|请先登录|登录(已)?(超时|失效)")
_PASSWORD = re.compile(r"<input\b[^>]*\btype=[\"']?password")  # in lower case
_OF_REPORT = re.compile("总体情况|第二十条第|主动公开政府信息|结转下年度|需要报告的事项")
_REFRESH = re.compile(
    r"""<meta[^>]+http-equiv\s*=\s*["']?refresh["']?[^>]*content\s*=\s*["']?\s*(\d+)\s*;?\s*url\s*=\s*["']?([^"'>\s]+)""",
    re.IGNORECASE,
)
_SCRIPT_REFRESH = re.compile(
    r"""(?:window\.|self\.|top\.|document\.)?location(?:\.href)?\s*(?:=|\.replace\(|\.assign\()\s*["']([^"']+)["'](?!\s*\+)"""
)

_MOBILE = re.compile(r"(?i)(^|//)(m|wap|mobile|3g)\.|/(m|wap|mobile|phone|3g|app)(/|$|\.)")  # for telephones


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an answer is: ``outcome`` of the contract ("" for content), why, and where it points to
    instead.
    """

    outcome: str
    detail: str = ""
    target: str = ""


CONTENT: Final = Verdict("")


@dataclass(frozen=True, slots=True)
class Known:
    """A page of a site that may come in place of others: its title and visible text, of a home page the
    text's :func:`shape`; "" where it hardly says anything.
    """

    title: str = ""
    text: str = ""


def judge_status(status: int) -> Verdict:
    """What the status alone says."""
    if status in _GONE:
        return Verdict("gone", f"HTTP {status}")
    if status in BLOCKING:
        return Verdict("blocked", f"HTTP {status}")
    if status == 202:
        return Verdict("blocked", "HTTP 202, a challenge")
    if not 200 <= status < 300:
        return Verdict("error", f"HTTP {status}")
    return CONTENT


def judge(
    page: Page, *, role: str, missing: str = "", home: Known | None = None, promised: str = ""
) -> Verdict:
    """What a 2xx answer is. ``missing``: the text of the site's answer to an address that can't exist.

    ``home``: the site's home page, which stands at no other address. ``promised``: the title that the link
    stated. Lists and home pages may be short; articles may not.
    """
    if page.media_type.startswith(
        ("image/", "application/pdf", "application/msword", "application/vnd.", "application/zip")
    ):
        return CONTENT
    if page.body.startswith(_FILES):
        return CONTENT
    if role == "list" and page.text.lstrip()[:1] in ("{", "[", ""):
        return CONTENT
    if not page.body.strip():
        return Verdict("removed", "an empty answer")
    if role in ("article", "page") and _surely_holds_content(page, role, missing, home, promised):
        return CONTENT
    return _judge_markup(page, role, missing, home, promised)


def _surely_holds_content(page: Page, role: str, missing: str, home: Known | None, promised: str) -> bool:
    """Whether the source alone shows more words than any notice, and others than those of the site's missing
    page and its home.
    """
    others = [missing]
    if home and home.text:
        if _may_be_later(page, home, promised):
            return False
        others += [home.text] if may_show(page.text, home.text) else []
    twice = (2 * len(other) for other in others)  # of twice the length: not similar
    return shows_words(page.lowered, max(_notice(role), *twice))


def _may_be_later(page: Page, home: Known, promised: str) -> bool:
    """Whether a page may be the site's home page with other news: it has its title, and nothing of what was
    promised.
    """
    found = _TITLE.search(page.text)
    return squeeze(html.unescape(found[1])) == home.title if found and not _shows(page, promised) else False


def _shows(page: Page, promised: str) -> bool:
    return bool(promised) and promised[:_PROMISED].rstrip("….") in page.text


def _is_home(page: Page, text: str, role: str, home: Known, promised: str) -> bool:
    """Whether a page is the site's home page, be it with news that came since."""
    if shape(text) == home.text:
        return True
    alike = _LATER if role in ("article", "page") and not _shows(page, promised) else _SAME
    return page.title == home.title and likeness(text, home.text) >= alike


def _judge_markup(page: Page, role: str, missing: str, home: Known | None, promised: str) -> Verdict:
    text = shown_text(page)
    small = len(page.body) < _SMALL or len(text) < 200
    if small and not _has_words(page) and page.shows(_COOKIE_SCRIPT):
        return Verdict("blocked", "a script that sets a cookie instead of content")
    if _is_short(text) and (_WALL.search(f"{page.title} {text}") or _WALL_TITLE.match(page.title)):
        return Verdict("blocked", f"a firewall's page: {text[:80]}")
    if role in ("article", "page") and _keeps_out(page, text, promised):
        return Verdict("blocked", f"a page for those who may enter: {text[:80]}")
    target = refresh_target(page)
    if target and len(text) < _STUB_TEXT:
        return Verdict(
            "redirect" if not _MISSING.search(text) and not _REMOVED.search(text) else "removed",
            "refresh in the page",
            target,
        )
    if (
        small
        and len(text) < _SHORTEST_TEXT
        and not page.links
        and _RELOAD.search(page.text)
        and not offers_choices(page)  # which reload it when a visitor makes one
    ):
        return Verdict("blocked", "a script that reloads instead of content")
    return _judge_text(page, text, role, missing, home, promised)


def _is_short(text: str) -> bool:
    """Whether a page says no more than a notice does, and nothing of a report, which may tell of such."""
    return len(text) < _STUB_TEXT and not _OF_REPORT.search(text)


def _keeps_out(page: Page, text: str, promised: str) -> bool:
    """Whether a page is for those alone who log in, and shows nothing of what was promised."""
    if not _is_short(text) or _shows(page, promised):
        return False
    return bool(_NO_ENTRY.search(text) or _PASSWORD.search(page.lowered))


def shown_text(page: Page) -> str:
    """A page's visible text; of one that shows none, what its script says in a box."""
    if len(page.plain) >= _SHORTEST_TEXT or len(page.body) >= _SMALL:
        return page.plain
    return " ".join([page.plain, *(one or two for one, two in _ALERT.findall(page.scripts))]).strip()


def _judge_text(page: Page, text: str, role: str, missing: str, home: Known | None, promised: str) -> Verdict:
    notice = f"{page.title} {text}"
    if _is_short(text) and _MISSING.search(notice):
        return Verdict("soft_404", f"says {text[:60]}")
    if _is_short(text) and _REMOVED.search(text):
        return Verdict("removed", f"says {text[:60]}")
    if (
        len(text) < _notice(role)
        and not _OF_REPORT.search(text)
        and _MAINTENANCE.search(notice)
        and (role == "article" or len(page.links) < 10)
    ):
        return Verdict("error", f"maintenance page: {text[:60]}")
    if _is_short(text) and _NO_SITE.search(notice.strip()):
        return Verdict("error", f"no site's page: {notice.strip()[:60]}")
    if role in ("home", "robots"):
        return CONTENT
    if missing and similar(text, missing):
        return Verdict("soft_404", "equals the site's answer to an address that can't exist")
    if home and home.text and _is_home(page, text, role, home, promised):
        return Verdict("soft_404", "the home page in disguise")
    if (
        role in ("article", "page")
        and len(text) < _SHORTEST_TEXT
        and len(page.body) < _SMALL
        and not page.links
        and "<img" not in page.lowered
        and "<script" not in page.lowered
    ):
        return Verdict("removed", "a stub without text")
    return CONTENT


def _notice(role: str) -> int:
    """How many characters a notice of maintenance has at most in the place of such a page."""
    return _STUB_TEXT if role == "article" else 2 * _STUB_TEXT


def _has_words(page: Page) -> bool:
    return len(re.findall(r"[\u4e00-\u9fff]", page.plain)) > 60


def refresh_target(page: Page) -> str:
    """Where a page leads on by meta refresh at once, or, having no links, by script; "" elsewhere."""
    found = _REFRESH.search(page.text[:20_000]) if "refresh" in page.lowered[:20_000] else None
    if found and int(found[1]) <= 15:
        return resolve(page.base, found[2])
    if len(page.body) >= _SMALL or "location" not in page.text:
        return ""
    scripted = sorted(_SCRIPT_REFRESH.findall(page.scripts), key=lambda link: bool(_MOBILE.search(link)))
    if not scripted or len(page.links) >= 3 or (page.links and _MOBILE.search(scripted[0])):  # for some only
        return ""
    return resolve(page.base, scripted[0])


def other_owner(page: Page, name: str, site_id_code: str = "") -> str:
    """Why a home page is not that of the division ``name``, by its 网站标识码 or since it never names it; ""
    where it may be.
    """
    stated = page.meta.get("siteidcode", "")
    if site_id_code and stated and stated != site_id_code:
        return f"网站标识码 SiteIDCode {stated}, expected {site_id_code}"
    text = f"{page.title} {page.meta.get('sitename', '')} {page.plain}"
    if len(page.plain) > _WORDY and name[:2] not in text:
        return f"the home page never names {name}; its title: {page.title[:60]}"
    return ""


@lru_cache(maxsize=64)  # a page's own is asked for twice, that of the site's home for every page
def shape(text: str) -> str:
    """A text without what changes at every visit: digits and white space."""
    return re.sub(r"[\d\s]+", "", text)


def similar(text: str, other: str) -> bool:
    """Whether two short texts are the same but for counters: nine of ten pairs of characters shared."""
    return likeness(text, other) >= _SAME


def likeness(text: str, other: str) -> float:
    """Which share of their pairs of characters two texts have in common, digits left out; 0 where one is
    twice as long as the other.
    """
    one, two = shape(text), shape(other)
    if not one or not two or len(one) > _LONG or not 0.5 <= len(one) / len(two) <= 2:
        return 0.0
    pairs, others = _pairs(one), _pairs(two)
    return len(pairs & others) / len(pairs | others)


def _pairs(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1)}
