"""Lines of a page that are no part of its article: counters, share bars, print buttons, footers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

_LONGEST = 120  # characters; a longer line is text, whatever it contains
_GAP = r"[\s|｜/·•,，;；:：【】\[\]()（）<>《》.。…\-—_]*"
_WORDS = (
    r"打\s*印(?:本页|本文|此页|页面|预览)?|关\s*闭(?:本页|窗口|页面|此页)?|收\s*藏(?:本页|此页)?|返\s*回(?:顶部|列表|首页|上页|上一页)?|纠错|我要纠错"
    r"|保存|下载|下载(?:文字版|图片版|全文|附件)|复制(?:链接|本页链接)|字体|字号|大\s*中\s*小|默认|特大|加大|缩小|放大|A[+-]"
    r"|分享(?:到|至)?|一键分享|微信|朋友圈|(?:新浪)?微博|QQ(?:空间|好友)?|腾讯微博|人人网|更多|朗读|语音播报|播放|暂停|听全文|扫一扫"
    r"|首页|[上下]一页|[尾末]页|[第共]\s*\d+\s*页|(?:跳?转|跳)(?:到|至)(?:第?\s*\d*\s*页)?|\d{1,3}+|无障碍(?:浏览|阅读)?|长者(?:模式|版)|适老(?:版|化)|繁体(?:版|中文)?|简体|移动版|手机版|登录|注册|全真版|文字版"
    r"|附件下载|相关链接|相关附件|点击下载|文件下载|网站地图|联系我们|关于我们|隐私声明|版权声明|免责声明|使用帮助"
)
_ONLY_WORDS = re.compile(rf"(?=.*[^\W\d]){_GAP}(?:(?:{_WORDS}){_GAP})+", re.IGNORECASE)
_EACH_WORD = re.compile(_WORDS, re.IGNORECASE)
_SEEN = r"浏览|点击|访问|阅读|阅览|查看|点阅|在线|访客|人气|热度"
_VISITS = (  # how often a page was seen, and by whom: another number each time
    r"(?:本文|本页面?|本站|此页面?|页面|网站|今日|昨日|当前|累计|共计?|总|已有?|被|统计\s*[:：])*+"
    rf"(?:{_SEEN})(?:总?(?:次数|人次|人数|量|数|率))?\s*(?:了|为)?\s*[:：]?\s*[\[【（(]?\s*[\d,.]*+\s*万?\s*[\]】）)]?"
    rf"\s*(?:人次|次|人)?|已?有\s*\d++\s*(?:人次|人|次|位)\s*(?:{_SEEN})过?(?:本文|本页)?"
    r"|您的\s*IP(?:地址)?\s*[是为]?\s*[:：]?\s*[\d.]++|(?:页面)?执行时间\s*[:：]?\s*[\d.]++\s*(?:秒|ms)"
    r"|(?:发布|更新)(?:时间|日期)?\s*[:：]\s*20\d\d[-/年]\d{1,2}[-/月]\d{1,2}日?"
    r"|20\d\d年\d{1,2}月\d{1,2}日\s*(?:星期|周)[一二三四五六日天]"
)
# nothing is given back: lines of numbers would take for ever
_COUNTER = re.compile(rf"{_GAP}+(?>{_VISITS}){_GAP}+(?:(?>{_VISITS}|{_WORDS}){_GAP}+)*+", re.IGNORECASE)
_MARKERS = re.compile(
    r"\s*(?:[【\[]?(?:上|下)一(?:篇|条|页)[】\]]?\s*[:：]?(?!.*。$)|友情链接|您是第\s*\d*\s*[位个]|保护视力|视力保护"
    r"|您?(?:当前|现在|所在)(?:的)?(?:位置|页面)\s*(?:是|为)?\s*[:：]|版权所有|(?:政府)?网站标识码"
    r"|Copyright|©|[\w\u4e00-\u9fff]{0,2}ICP备|[\w\u4e00-\u9fff]?公网安备|【(?:打印|关闭)"
    r"|(?:打印|下载|访问|当前|系统|服务器|北京)(?:时间|日期)\s*[:：]\s*\d"
    r"|(?:今天|现在)是\s*[:：]?\s*20\d\d年\s*\d{1,2}月(?!.*。)"  # of each visit
    r"|(?:var|let|const)\s+\w+\s*=|function\s*\(|(?:版权|免责)?声明\s*[:：].{0,60}转载)",
    re.IGNORECASE,
)
# what a site writes around its articles, and a report may write too
_WEAK_MARKERS = re.compile(
    r"\s*(?:相关(?:链接|阅读|文章|信息|新闻|稿件|解读|文档)|扫一扫|扫描二维码|用手机扫"
    r"|(?:本|我们?的?)(?:网站|站点?)(?:使用|采用|已支持|支持).{0,12}(?:Cookie|IPv6)"
    r"|主办(?:单位)?\s*[:：]|承办(?:单位)?\s*[:：]|技术支持\s*[:：]|党政机关\s*$|建议(?:您)?使用.{0,20}(?:浏览|分辨率)|政府网站年度报表"
    r"|(?:标签|关键词|主题词)\s*[:：]|(?:单位|联系|办公)?地址\s*[:：].{0,60}(?:邮编|邮政编码|电话))"
    r"(?!.*[。；])",
    re.IGNORECASE,
)
# words that only a site's own lines hold, wherever in a short line they stand
_SITE_WORDS = re.compile(
    r"评论|点赞|二维码|站点地图|隐私声明|设为首页|加入收藏|扫一扫|(?<!依法)纠错|找错|智能问答|智能客服|热门(?:文章|信息|新闻)|关联(?:信息|文章|稿件|阅读)|最新(?:公开|发布|信息|文章)"
    r"|您对[本此]|即将离开|点(?:个|击)?[“\"]?在看|是否满意|满意度评价|页面(?:共)?被?(?:浏览|访问)|发布系统|浏览器|分辨率|Produced|Powered|党政机关网站|分享(?:到|至|本)|朋友圈",
    re.IGNORECASE,
)
_SHORT = 40  # characters of a line that a site's own words decide
_ITEM = re.compile(
    r"\s*(?:[（(][一二三四五六七八九十\d]{1,3}[)）]|[一二三四五六七八九十]{1,3}[、.．是]|\d{1,2}[、.．](?!\d)|第[一二三四五六七八九十][，、]|其中)"
)
_GOES_ON, _ENDS = ("，", "、", "；", ";", "。"), ("。", "；", ";", "！", "。”", "。」", "。）", "。)")
_META = re.compile(
    r"(?:(?:信息|文章|稿件|内容)?来源|稿源|作者|(?:责任|网站|文字|本文)?编辑|责编|(?:文章|信息)?录入(?:人|员)?|审[核校签](?:人)?|[初复终]审(?:人)?|[一二三]审|[校核]对(?:人)?|签发(?:人)?|供稿(?:单位|人)?|撰稿(?:人)?|摄影|发布(?:时间|日期|人|单位)|(?:更新|成文|生成|公开)?(?:时间|日期)|发布机构|浏览次数|点击数|阅读(?:次数)?|点赞|字体|字号)"
    r"\s*[:：]"
)
_ATTACHMENT = re.compile(
    r"\s*(?:附件(?:下载|列表)?\s*\d{0,2}\s*(?:[:：].{0,80})?|(?:附件\s*\d{0,2}\s*[:：.、]?\s*|\d{1,2}[.、]\s*)?[^。！？]{1,80}\.(?:pdf|docx?|wps|xlsx?|rtf|ofd|zip|rar|jpe?g|png)(?:\s*[（(][^（）()]{0,16}[)）])?)\s*",
    re.IGNORECASE,
)


def is_furniture(line: str) -> bool:
    """True for a line of navigation, counters, sharing, printing or a site's footer."""
    return is_site_line(line) or (len(line) <= _LONGEST and _may_be_site_line(line))


def is_site_line(line: str) -> bool:
    """True for a line that no report writes, wherever it stands."""
    return len(line) <= _LONGEST and _is_site_line(line)


@lru_cache(maxsize=1024)  # the pages of a site have the same lines around their articles
def _is_site_line(line: str) -> bool:
    return bool(_MARKERS.match(line)) or (
        bool(_ONLY_WORDS.fullmatch(line)) and len(_EACH_WORD.findall(line)) > 1
    )


@lru_cache(maxsize=1024)
def _may_be_site_line(line: str) -> bool:
    """True for a line that is a site's own where it does not stand between lines of a text."""
    return bool(
        _WEAK_MARKERS.match(line)
        or _ONLY_WORDS.fullmatch(line)
        or _COUNTER.fullmatch(line.strip())
        or is_source_line(line)
        or (len(line) <= _SHORT and "。" not in line and _SITE_WORDS.search(line) and not _is_of_text(line))
    )


def first_told(lines: Sequence[str]) -> int:
    """The first of the ``lines`` that is surely text, wherever a site's own stand; 0 if none is."""
    told = (i for i, line in enumerate(lines) if _is_told(line) and not is_furniture(line))
    return next(told, 0)


def text_within(lines: Sequence[str], start: int = 0) -> tuple[int, int]:
    """From the first to behind the last of the ``lines`` that are surely text: sentences, items of lists.

    Lines are looked at from ``start`` to the first one behind it that only a site writes.
    """
    end = next((i for i in range(start, len(lines)) if is_site_line(lines[i])), len(lines))
    sure = [i for i in range(start, end) if _is_told(lines[i]) and not _may_be_site_line(lines[i])]
    return (sure[0], sure[-1] + 1) if sure else (start, start)


def _is_told(line: str) -> bool:
    """Whether a line is a sentence, or an item of a list."""
    return line.rstrip().endswith(_ENDS) or bool(_ITEM.match(line))


def _is_of_text(line: str) -> bool:
    """Whether a line is a text's whatever words it holds: an item, a part of a sentence, a row of a table."""
    return bool(_ITEM.match(line)) or line.rstrip().endswith(_GOES_ON) or "\t" in line.strip()


def is_source_line(line: str) -> bool:
    """True for the line under a title that states source, date, counter and the like, and nothing else."""
    found = _META.match(line.strip(" \t【[(（|"))
    return bool(found) and len(line) <= 100 and "。" not in line


def is_attachment(line: str) -> bool:
    """True for a line that names an attachment or heads a list of them."""
    return len(line) <= _LONGEST and bool(_ATTACHMENT.fullmatch(line))
