"""What names of columns and titles of entries say: is this where annual reports stand, may this be one?

The words are those of the field: a column is called 政府信息公开年报 in a
dozen ways, a title names year, 信息公开 and 报告. In doubt an entry is fetched: the
reading core decides what it is.
"""

from __future__ import annotations

import re
from enum import IntEnum
from typing import Final
from urllib.parse import unquote, urlsplit

from pipelines.parse.file_names import OWN_NAME

_ANNUAL_NAME = re.compile(r"年报|年度报告(?!.{0,4}(会|审计))|年度工作报告|信息公开(工作)?(情况)?报告")
_NO_COLUMN = re.compile(
    r"企业|公司|财务|审计|法治|网站|统计年报|上市|预算|决算|政府工作报告|绩效|报表|卫生|质量|环境"
)
_ANNUAL_PATH = re.compile(
    r"(?i)(zfxx|xx|zf|zw)?gk(gz)?(nd)?(nb|ndbg)|gknbz|/nb\w{0,3}(_\d+)?/|bmnb|xznb|ndbg|AnnualReport|/nianbao|gkndbg|gzndbg|[?&]type=3\b"
)
_DISCLOSURE_NAME = re.compile(
    r"信息公开|政务公开|公开平台|公开目录|公开专栏|公开年|政府公开|主动公开|监督保障|公开工作"
)
_DISCLOSURE_PATH = re.compile(
    r"(?i)/(zwgk|zfxxgk\w*|xxgk\w*|gkmlpt|govxxgk|public|gkml|openness\w*|zw)(/|$|_|\.)"
)
_ENTRANCE = re.compile(r"^(政府|政务)?信息公开(平台|目录|专栏|专区)?$|^政务公开$")
_GROUPS = re.compile(
    r"^(各|县|区|市|政府)?\W{0,2}(部门|乡镇|街道|镇街|镇\(街\)|单位|县直|区直|市直|直属|组成部门|派出机构|事业单位)"
)
_SITES = re.compile(
    r"^[\u4e00-\u9fff、（）()]{0,12}(部门|乡镇|街道|镇街|单位|县直|区直|市直|机关|子)"
    r"[\u4e00-\u9fff、]{0,6}(网站|站点|门户)(群|导航|链接)?$|^(政府)?网站群$|^(子站|站群)(导航)?$"
    r"|^(各|全)?[县区市旗]?(级|直|属)?(政府|党政|工作|组成|职能)?(部门|单位|机构)[、/·及和]?(乡镇|街道|镇街|街镇)?(导航|链接|之窗|频道)?$"
    r"|^(各|全)?[县区市旗]?(乡镇|镇街|街镇|镇乡|街道|乡镇[、/·及和]?\W?街道\W?|街道[、/·及和]?乡镇)[、/·及和]?(部门|园区)?(导航|链接|之窗|频道)?$"
)
_EARLIER = re.compile(
    r"^(原|旧|老)(版|网站|站|门户)|(旧版|老版)(网站|门户|入口)?$|^历史(网站|版本|网页|归档)|(网站|网页)(归档|存档)$"
)
_AGENCY = re.compile(
    r"^[\u4e00-\u9fff（）()·、]{2,24}"
    r"(局|委员会|委|办公室|办|院|中心|镇|乡|苏木|街道|办事处|街道办|管委会|处|大队|支队|公司|总队|站|队|室|部|会|所|厅|政府|集团|医院|学校"
    r"|联|社|馆|校|署|台|农场|林场|牧场|保护区|开发区|园区|产业园|高新区|管理区|新区)$"
)
_GOVERNMENT = re.compile(r"^(本级|[县区市旗]级?)?(人民)?政府(本级|办公室|办)?$")
_NO_AGENCY = re.compile(
    r"^(新闻|资讯|互动|交流|下载|用户|会员|个人|帮助|专题|视频|图片|办事|政策|数据|查询)中心$"
)  # of a menu
# names that are an agency's and nothing else, whatever matter they speak of (旅游局, 应急管理局 …)
_SURELY_AGENCY = re.compile(
    r"^[\u4e00-\u9fff（）()·、]{1,24}(局|委员会|镇|乡|苏木|街道|办事处|街道办|管委会|人民政府|大队|支队|检察院|法院)$"
)
_NOTICES = re.compile(r"^(政务|政府|最新)?(通知|公告|公示|通告){1,2}(栏|专栏)?$")
_MORE = re.compile(r"^\W*(查看|点击)?(更多|全部|所有)(信息|内容|报告|年报)?\W*$|^\W*more\W*$", re.IGNORECASE)
_SITE_MAP = re.compile(r"^(网站|站点|本站)地图$")
_LONGEST_GROUP: Final = 16  # characters
_ORDINAL = re.compile(r"^\d{1,3}[.、．)）]?(?=[\u4e00-\u9fff])")
_TRIMMED = re.compile(r"^[·•▪◆■►▶>|\-—\s]+|\s*[（(\[【]\s*\d+\s*[)）\]】]?\s*$")
_YEAR_NAME = re.compile(r"^(20\d\d)\s*(年|年度)?(年报|报告|度)?$")
_ASIDE = re.compile(
    r"指南|制度|依申请|规章|规定|办法|政策|解读|招标|采购|预算|决算|建议|提案|人事|规划|新闻|动态|互动|咨询|投诉|服务|办事|登录|注册"
    r"|首页|无障碍|繁体|关于我们|联系|地图|邮箱|概况|旅游|投资|视频|图片|专题|公示|公告|通知|会议|应急|扶贫|民生|财政资金|行政许可|行政处罚"
)
_TITLE = re.compile(r"(信息|政务|公开)\S{0,12}?(年报|年度\S{0,8}报告|报告)|年报")
_ABOUT_REPORT = re.compile(r"年报|年度\S{0,10}报告|20\d\d年\S{0,20}报告|报告\S{0,6}20\d\d")
# other forms and what is written about reports: clearly none itself
_NOT = re.compile(
    r"政府工作报告|年度报表|工作报表|网站\S{0,6}报表|法治政府|依法行政|指南|公开制度|解读|图解|一图|目录|的通知$|通知$|的函$|通报$|公示$|公告$|征求意见|审计|预算|决算"
    r"|财务|统计公报|绩效|自评|会议|召开|培训|培训班|述职|督查|标准化|规范化试点|工作要点|工作方案|实施方案|招聘|招标|采购|考试|任免|任职|会计"
)

_YEAR: Final = r"(?:20|二[〇○零Oo0])[\d〇○零Oo一二三四五六七八九]{2}"
_STATED = re.compile(
    rf"{_YEAR}\S{{0,30}}公开\S{{0,12}}(报告|年报)|公开\S{{0,6}}{_YEAR}\S{{0,8}}(报告|年报)"
    rf"|公开\S{{0,12}}(报告|年报)[^\w\s]{{0,2}}{_YEAR}"
)


_CUT = re.compile(  # what a list that cuts titles leaves of a report's
    r"20\S*(?:政府信(?:息公?)?|信息公开)(?:工作?)?(?:情况?)?的?(?:年度?)?(?:工作?)?报?(?:…|⋯|\.{2})"
    r"|(?:政府|政务)?信息公开(?:工作)?20\d{0,2}年?度?报?(?:…|⋯|\.{2})"
)


class Nearness(IntEnum):
    """How near a page is to annual reports: itself their column, below one, in the disclosure tree, or
    elsewhere.
    """

    ELSEWHERE = 0
    DISCLOSURE = 1
    BELOW = 2
    COLUMN = 3


def is_annual_column(name: str) -> bool:
    """Whether a column's name says that annual reports on disclosure stand in it."""
    if len(name) > 40 or not _ANNUAL_NAME.search(name):
        return False
    return not _NO_COLUMN.search(OWN_NAME.sub("", name))


def is_annual_path(url: str) -> bool:
    """Whether an address has a folder named after annual reports."""
    parts = urlsplit(url)
    return bool(_ANNUAL_PATH.search(f"{unquote(parts.path)}?{parts.query}"))


def is_stated(title: str) -> bool:
    """Whether a title is a report's, and no column's: it says of which year."""
    return "公" in title and bool(_STATED.search(re.sub(r"\s+", "", title)))


def is_disclosure(name: str, url: str = "") -> bool:
    """Whether a name or address belongs to the disclosure platform."""
    return bool(_DISCLOSURE_NAME.search(name)) or bool(_DISCLOSURE_PATH.search(urlsplit(url).path))


def is_entrance(name: str) -> bool:
    """Whether a name is that of the disclosure platform itself, and of no document."""
    return bool(_ENTRANCE.match(name.strip()))


def is_directory(name: str) -> bool:
    """Whether a name is that of a page that leads to the sites of agencies."""
    return bool(_SITES.match(name.strip()))


def is_more(name: str) -> bool:
    """Whether a link leads from the latest lines of a list to all."""
    return bool(_MORE.match(name.strip()))


def is_notices(name: str) -> bool:
    """Whether a name is that of a list of notices of all kinds."""
    return bool(_NOTICES.match(name.strip()))


def is_group(name: str) -> bool:
    """Whether a name is that of a group of agencies, be it of one."""
    return (
        bool(_GROUPS.match(name.strip()) or _GOVERNMENT.match(name.strip())) and len(name) <= _LONGEST_GROUP
    )


def is_year(name: str) -> bool:
    """Whether a name is that of a year's column."""
    return bool(_YEAR_NAME.match(name.strip()))


def is_agency(name: str) -> bool:
    """Whether a name is that of an agency, or of a group of agencies."""
    name = name.strip()
    if _NO_AGENCY.match(name):
        return False
    return bool(_AGENCY.match(name)) or is_group(name)


def is_surely_agency(name: str) -> bool:
    """Whether a name is an agency's and nothing else, whatever matter it speaks of."""
    return bool(_SURELY_AGENCY.match(name.strip()))


def link_score(name: str, url: str, nearness: Nearness) -> tuple[float, str]:
    """How much a link promises to lead to annual reports, and why. 0 or less: not worth a request."""
    name = _TRIMMED.sub("", name)
    if is_annual_column(name):
        return 10.0, f"named {name}"
    if nearness >= Nearness.DISCLOSURE and _SURELY_AGENCY.match(name):
        return _agency_score(url, nearness)
    if nearness >= Nearness.BELOW and is_agency(name) and name.endswith("中心"):
        return 6.0, "an agency in the column"
    if nearness == Nearness.ELSEWHERE and (is_directory(name) or _EARLIER.search(name)):
        return 1.0, "the sites of agencies, or the site of before"
    if nearness == Nearness.ELSEWHERE and _SITE_MAP.match(name):
        return 0.5, "the site's map"  # asked last: what no menu shows may stand there
    if _ASIDE.search(name) and not _DISCLOSURE_NAME.search(name):
        return -5.0, "another matter"
    if is_annual_path(url):
        return 8.0, "address named after annual reports"
    if nearness >= Nearness.BELOW and is_year(name):
        return 7.0, "a year of the column"
    if nearness >= Nearness.BELOW and is_agency(name):
        return 6.0, "an agency in the column"
    if re.search(r"指南|制度|依申请", name):
        return -5.0, "another matter"
    if _DISCLOSURE_NAME.search(name):
        return 4.0, f"named {name}"
    if nearness == Nearness.DISCLOSURE and is_agency(name):
        return 3.0, "an agency in the disclosure tree"
    if _DISCLOSURE_PATH.search(urlsplit(url).path) and nearness == Nearness.ELSEWHERE:
        return 1.5, "address in the disclosure tree"
    return 0.0, ""


def _agency_score(url: str, nearness: Nearness) -> tuple[float, str]:
    if is_annual_path(url):
        return 8.0, "address named after annual reports"
    if nearness >= Nearness.BELOW:
        return 6.0, "an agency in the column"
    return 3.0, "an agency in the disclosure tree"


def may_be_report(title: str, nearness: Nearness) -> bool:
    """Whether a list's entry with this title is worth fetching as a report, given where the list stands."""
    title = _ORDINAL.sub("", re.sub(r"\s+", "", title))
    if nearness == Nearness.COLUMN and _SURELY_AGENCY.match(title):  # a line that only says whose it is
        return True
    title = OWN_NAME.sub("", title)
    if _NOT.search(title) and not re.search(r"信息公开\S{0,12}(年度报告|年报)(（|\(|$|\.|_)", title):
        return False
    if _TITLE.search(title) or _CUT.search(title):
        return True
    if nearness == Nearness.BELOW:
        return bool(_ABOUT_REPORT.search(title))
    return nearness == Nearness.COLUMN
