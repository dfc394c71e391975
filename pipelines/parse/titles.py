"""Titles: whether a line names a yearly report, whose and of which year.

A title is looked at without white space and in NFKC form. What is recognised is
the name of the report (政府信息公开工作年度报告 and its variants) with what stands
before, inside and after it; everything else is for :mod:`identity` to weigh.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache

from pipelines.parse.dates import YEAR, year_of
from pipelines.parse.leads import without_lead

_LONGEST = 200  # characters of a title
_SHORT = 20  # characters of a text that is brought into NFKC form at once

# what NFKC changes most in Chinese text: that a text without these is in its form is quickly seen
_WIDE = tuple(zip("，（）：；？！％　", ",():;?!% ", strict=True))


def squeeze(text: str) -> str:
    """``text`` without any white space."""
    return "".join(text.split()).replace("\u200b", "").replace("\ufeff", "")


def compact(text: str) -> str:
    """``text`` in NFKC form without any white space: what titles and names are compared in."""
    if len(text) > _SHORT:
        for wide, plain in _WIDE:
            text = text.replace(wide, plain)
    return squeeze(unicodedata.normalize("NFKC", text))


class Claim(Enum):
    """What a title claims its document to be."""

    REPORT = auto()
    WEAK = auto()  # may be the report under an unusual name: the content has to prove it
    BARE = auto()  # a yearly report, of what it does not say (2022年年报): only the content can tell
    FORM = auto()
    OTHER = auto()  # another kind of document
    NOTHING = auto()


@dataclass(frozen=True, slots=True)
class Title:
    """A title taken apart: ``agency`` is what names one in it, ``word`` the word that decided ``claim``.

    ``years`` are the words that name several years as one (2021-2022年); ``year`` is None then.
    """

    text: str
    claim: Claim
    agency: str = ""
    year: int | None = None
    word: str = ""
    years: str = ""


# --- the report's name -------------------------------------------------------

_SUBJECT = (
    r"(?P<subject>政府信息(?:主动|工作)?公开|信息公开|政务公开(?:和|与|及|"
    r"暨)政府信息公开|政务公开\(政府信息公开\)|政府信息与政务公开|政务公开)"
)
_REPORT = re.compile(
    rf"{_SUBJECT}(?:工作)?(?P<inner>{YEAR}年?度?)?(?:工作)?"
    r"(?:(?P<strong>(?:情况)?(?:的)?(?:年度|年)(?:的)?(?:工作)?(?:情况)?(?:的)?(?:总结)?(?:报告|年报)|年报)"
    r"|(?P<plain>(?:工作)?(?:情况)?(?:的)?报告)"
    r"|(?P<summary>(?:年度)?(?:工作)?(?:情况)?(?:的)?(?:自查)?(?:总结(?:报告)?|情况说明|小结)))"
)
_BARE_REPORT = re.compile(
    rf"(?P<head>.{{0,30}}?)(?P<year>{YEAR})(?:年度|年|度)?(?:工作)?(?:年度)?(?:报告|年报)(?P<tail>\(.{{2,30}}\))?"
)
_YEAR_TOKEN = re.compile(rf"(?P<year>{YEAR})(?:年度|年|度)?")
_SEVERAL_YEARS = re.compile(rf"({YEAR})(?:年度?)?(?:[-—–―~、,/至到和与及]|以及)({YEAR}|\d\d(?=年))")
_SHORT_YEAR = re.compile(r"(?<![\d第届近])['’‘]?((?:0[7-9]|[1-3]\d))年(?![来多]|以来)")
_BRACKETED_YEAR = re.compile(rf"[\[【〔]({YEAR})(?:年度?)?[\]】〕](?!\d+号)(?:年度?)?")
_BLANK_YEAR = re.compile(r"20[Xx×*_]{2}|[_X×*]{2,4}年")

# --- other documents ---------------------------------------------------------

_OTHER_AFTER = re.compile(
    r"咨询|投诉|回复|答复|反馈|来信|建议|\?|哪里|哪儿|"
    r"解读|图解|图文|图示|一图|通知|通报|目录|指南|公示|汇总|列表|一览|填报|编制|"
    r"要求|问答|解答|评议|点评|意见|考核|评估|格式|模板|样式|样表|范本|范文|参考文本|"
    r"怎么|怎样|如何|发布会|实录|(?:发布|公布|公开)(?:完成|完毕|情况)|出炉|上线"
)
_OTHER_BEFORE = re.compile(
    r"图解|解读|一图|读懂|看懂|图说|做好|报送|上报|编制|编写|编发|印发|转发|部署|"
    r"半年|季度|月份|月度|"
    r"召开|举行|举办|组织|开展|要求|推进|规范|通报|完成|催报|汇编|如何|怎样|什么是|"
    r"咨询|投诉"
)
# what is made public by other rules than those on government information
_OTHER_SUBJECT = re.compile(
    r"(?:环境|项目|价格|收费|预决算|预算|决算|财务|质量|领域|招投标|招标投标|征地|资金|企业)(?:的|等)?$"
)
# 财政 before the year, or before 政府, is short for the office
_FINANCE = re.compile(r"财政(?:的|等)?信息(?:主动)?公开$")
_FORM_WORD = re.compile(r"格式|模板|样式|样表|范本|范文|参考文本")
# of a list's line, in brackets before the title
_TAGS = "公开|年报|年度报告|转载|置顶|最新|原创|PDF|图片版|图文"
_PLACEHOLDER = re.compile(
    r"[Xx×*〇○]{2,}|_{2,}|某某|某[县区市局单]|单位名称|机关名称|\(填写|"
    rf"\[(?!(?:{_TAGS})\]).{{0,6}}\]"
)
_OTHER_TITLE = re.compile(
    r"政府工作报告|网站(?:工作)?(?:年度)?(?:工作)?(?:报表|年报)|年度报表|法治政府|"
    r"依法行政|依法治|公开指南|公开制度|公开目录|公开(?:工作)?要点|公开条例|"
    r"解读|图解|一图|读懂|统计公报|预算|决算|三公经费|工作总结|工作计划|工作方案|"
    r"实施方案|实施意见|的?通知$|的?通告$|的?公告$|公示|的函$|复函|批复|"
    r"来信|信箱|回复|答复|留言|咨询|投诉|申请表|申请流程|事项清单|权责清单|任职|"
    r"招聘|拍卖|采购|中标|调研报告|审计报告|自评报告|述职|体检|会议纪要|"
    r"无法访问|页面不存在|找不到|404|出错|系统维护|访问受限"
)
_LEAD = re.compile(
    r"^(?:附件[一二三四五六七八九十\d]*[::、.]?|标题[::]|名称[::]|"
    rf"\(?\d{{1,3}}\)?[、.)]|[【\[(](?:{_TAGS})[】\])]|"
    r"[《<〈“\"「『·•>\-—、:,。*#|]+|中国·?(?=\S+政府))"
)
# the number of the document that a report is sent as, over its title or before it
_DOCUMENT_NUMBER = re.compile(r"[\u4e00-\u9fff]{0,12}[〔\[【(（]20\d\d年?[〕\]】)）](?:第|字)?\d{1,4}号")
# what a table of information has before a title
_TITLE_LABEL = re.compile(r"^(?:公报标题\s?[:：]?|(?:标\s?题|名\s?称|文件名称)\s?[:：])\s?")
_TRIM = '《》<>〈〉“”"「」『』·•、:;,。.—-–|/()[]【】*#='
_GLUE = re.compile(
    r"(?:关于(?:发布|公布|公开)?|的|度|年度|年|本级)+$|^(?:关于(?:发布|公布|公开)?|度|年度|年)+"
)
_BRACKET = re.compile(r"[((\[【]([^()()\[\]【】]*)[))\]】]")
_NOTE = re.compile(r"版|PDF|pdf|全文|下载|附件|正文|公开稿|终稿|定稿|修订|更新|图片|扫描|最新|含")
_NEWS = re.compile(r"(?:已|正式|及时|按时|主动|全面)?(?:发布|公布|公开)(?:了)?$")


def _tidy(text: str) -> str:
    """What is left of an agency's name when quotes, glue, leading marks and words are taken off."""
    before = None
    while before != text:
        before = text
        text = _GLUE.sub("", without_lead(_LEAD.sub("", text)).strip(_TRIM))
    return text + ")" if text.count("(") > text.count(")") else text


def _split_tail(tail: str) -> tuple[str, str]:
    """The tail of a title as (what brackets or a dash add to it, the rest)."""
    tail = tail.lstrip('》>〉”"」』')
    added = [part for part in _BRACKET.findall(tail) if not _NOTE.search(part)]
    rest = _BRACKET.sub("", tail)
    if dashed := re.match(r"[—–\-:]+(.+)$", rest):
        added.append(dashed[1])
        rest = ""
    return " ".join(added), rest.strip(_TRIM)


def _head_piece(text: str) -> str:
    """The piece of ``title_column_site`` that names the report, else the first piece."""
    pieces = [p for p in re.split(r"_(?!_)(?<!__.)|\||｜|>>|»", text) if p]
    named = [p for p in pieces if _REPORT.search(p)]
    years = [p for p in named if _YEAR_TOKEN.search(p)]
    return (years or named or pieces or [text])[0]


def parse_title(text: str) -> Title:
    """Takes a title apart. Never fails: a text that is no title of ours has ``claim`` NOTHING or OTHER."""
    return (_remembered if len(text) < _LONGEST else _parsed)(text)


@lru_cache(
    maxsize=2048
)  # the lines around a title are those of a site, and each is looked at in several runs
def _remembered(text: str) -> Title:
    return _parsed(text)


def _parsed(text: str) -> Title:
    printed = _TITLE_LABEL.sub("", squeeze(text))
    if number := _DOCUMENT_NUMBER.match(printed):
        printed = printed[number.end() :]
    whole = compact(printed)
    if len(whole) > _LONGEST:
        return Title(printed, Claim.NOTHING)
    whole = _with_plain_year(whole)
    blank = _PLACEHOLDER.search(whole) or _BLANK_YEAR.search(whole)
    piece = whole if blank else _head_piece(whole)
    found = _last_report(piece)
    if not found:
        return _without_subject(printed, piece)
    return _named(printed if piece == whole else piece, piece, found, bool(blank))


def _with_plain_year(title: str) -> str:
    """A title with its year written as most write it: [2023] and, where no other year stands in it, 23年."""
    title = _BRACKETED_YEAR.sub(r"\1年", title)
    if "年" not in title or YEAR_IN.search(title) or not _REPORT.search(title):
        return title
    return _SHORT_YEAR.sub(r"20\1年", title, count=1)


def _without_subject(printed: str, piece: str) -> Title:
    """A title that does not name the report."""
    if other := _OTHER_TITLE.search(piece):
        return Title(printed, Claim.OTHER, word=other[0])
    bare = _BARE_REPORT.fullmatch(piece)
    if bare is None:
        return Title(printed, Claim.NOTHING)
    agency = _tidy(bare["head"]) or _tidy((bare["tail"] or "").strip("()"))
    return Title(printed, Claim.BARE, agency, year_of(bare["year"]), word=bare[0])


def _last_report(piece: str) -> re.Match[str] | None:
    """The last name of a report: 政务公开办关于2020年政府信息公开工作年度报告 holds two subjects."""
    return next(reversed([*_REPORT.finditer(piece)]), None)


def _named(printed: str, piece: str, found: re.Match[str], blank: bool) -> Title:
    head, tail = piece[: found.start()], piece[found.end() :]
    if head.endswith("人民") and found["subject"].startswith("政府"):
        head += "政府"  # 盐池县人民政府信息公开: the two names share a word
    added, rest = _split_tail(tail)
    years = [*_YEAR_TOKEN.finditer(head)]
    places = (found["inner"] or "", *(m["year"] for m in reversed(years)), added, rest)
    year = next((y for text in places for m in YEAR_IN.findall(text) if (y := year_of(m))), None)
    several = next((m[0] for m in _SEVERAL_YEARS.finditer(piece) if _differ(m[1], m[2])), "")
    if several:
        year = None
    agency = _with_office(_named_agency(head), _tidy(_without_years(added)))
    after = _OTHER_AFTER.search(rest) or _OTHER_AFTER.search(_strip_named_agency(added))
    claim = _strength(found, year or year_of(several[:4]))
    if blank or (after and _FORM_WORD.fullmatch(after[0])):
        return Title(printed, Claim.FORM, "" if blank else agency, year, word=(after or found)[0])
    before = _OTHER_BEFORE.search(_strip_named_agency(head))
    subject = _OTHER_SUBJECT.search(_tidy(_without_years(head))) or _FINANCE.search(head + found["subject"])
    if word := after or before or _NEWS.search(agency) or subject:
        return Title(printed, Claim.OTHER, agency, year, word=word[0])
    return Title(printed, claim, agency, year, word=found[0], years=several)


def _differ(first: str, second: str) -> bool:
    return year_of(first) != year_of(second)


def _named_agency(head: str) -> str:
    """The agency named before the report's name; 办公室关于泾源县2022年 speaks of the county."""
    whole = _without_years(re.split(r"[-–>]", head)[-1])
    pieces = [piece for part in whole.split("关于") if (piece := _tidy(part))]
    return pieces[-1] if pieces else ""


_DIVISION = re.compile(r"[\u4e00-\u9fff]+(?:省|市|县|区|旗|州|盟)")
_OFFICE = re.compile(
    r"[县市区旗州省]?(?P<name>[\u4e00-\u9fff]{2,16}(?:局|委员会|[革健]委|厅|办|办公室|镇|乡|街道|人民政府|办事处|中心))"
)


def _with_office(agency: str, added: str) -> str:
    """The agency a title names, with the office that brackets add to a bare division: 泗县…（县水利局）."""
    office = _OFFICE.fullmatch(added)
    if office and _DIVISION.fullmatch(agency):
        return agency + office["name"]
    return agency or added


def _strip_named_agency(head: str) -> str:
    """A head without the ends of names that hold one of the words of other documents (组织部, 编制委员会)."""
    return re.sub(
        r"组织部|(?:机构)?编制委员会|编办|投诉(?:受理)?中心|统计调查|咨询(?:服务)?中心|推进(?:中心|办)",
        "",
        head,
    )


def _strength(found: re.Match[str], year: int | None) -> Claim:
    if found["subject"].startswith("政务公开") and "政府信息公开" not in found["subject"]:
        return Claim.WEAK
    if found["strong"] or (found["inner"] or "").endswith("度"):
        return Claim.REPORT
    return Claim.REPORT if found["plain"] and year else Claim.WEAK


YEAR_IN = re.compile(YEAR)


def _without_years(text: str) -> str:
    return re.sub(r"\(\s*\)", "", _YEAR_TOKEN.sub("", text))
