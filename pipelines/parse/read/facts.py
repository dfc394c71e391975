"""What a page says of itself outside the article's text: meta tags, source line, information table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from lxml.etree import _Element as Element

from pipelines.parse.furniture import is_source_line
from pipelines.parse.likeness import by_likeness
from pipelines.parse.read.flow import Found
from pipelines.parse.read.rows import fold
from pipelines.parse.records import Grid

_DATE = (
    r"((?:19|20)\d\d\s*[-年/.—]\s*\d{1,2}\s*[-月/.—]\s*\d{1,2}\s*日?"
    r"(?:\s*\d{1,2}\s*[:：∶]\s*\d{2}(?:\s*[:：∶]\s*\d{2})?)?)"
)
# of 更新时间 and 当前时间 neither tells when a report came out
_VISIBLE_DATE = re.compile(rf"(?<![新前统在])(?:发布|公开|发文|发稿|发表)?(?:时间|日期)\s*[:：]?\s*{_DATE}")
_VISIBLE_SOURCE = re.compile(
    r"(?:信息|文章|稿件|内容|新闻)?(?:来源|稿源)\s*[:：]\s*"
    r"((?!(?:发布|日期|时间|作者|浏览|点击|字体|字号))[^\s|｜【】\[\]（）()：:]{2,40}?)"
    r"(?=\s|[|｜【\[（(]|(?:发布|公开|更新)?(?:时间|日期)|作者|责任编辑|编辑|浏览|点击|阅读|访问|字体|字号|$)"
)
_SAYS_WHENCE = re.compile("来源|稿源|浏览|点击|阅读|作者|字体|字号")
_BARE_DATE = re.compile(rf"\s*\[?【?{_DATE}\s*[】\]]?(?=\s|$|来源|信息|浏览|点击|作者)")
_DATED = re.compile(rf"时间|日期|{_DATE}")
_DATE_ALONE = re.compile(rf"[\s\[【(（]*{_DATE}[\s\]】)）|｜]*")
_TITLED = re.compile(r"(?:信息|政务)公开.{0,12}(?:报告|年报)")
_SITE_CODE_LABEL = "网站标识码"
_SITE_CODE = re.compile(rf"{_SITE_CODE_LABEL}(?:\s|&nbsp;|[:：]|<[^<>]*>){{0,12}}(\d{{10}})(?!\d)")
_INFO = {
    "info_publisher": (
        "发布机构",
        "发文机关",
        "发文单位",
        "发布单位",
        "公开主体",
        "发布机关",
        "公开机构",
        "信息提供单位",
    ),
    "info_date": ("发布日期", "公开日期", "公开时间", "发布时间"),
    "info_written": ("生成日期", "成文日期", "发文日期", "生成时间"),
    "info_title": ("名称", "信息名称", "标题", "信息标题", "文件名称"),
}
_INFO_LABELS = {label: key for key, labels in _INFO.items() for label in labels}
_ALL_LABELS = frozenset(
    [
        *_INFO_LABELS,
        "索引号",
        "索取号",
        "组配分类",
        "主题分类",
        "体裁分类",
        "文号",
        "发文字号",
        "有效性",
        "主题词",
        "信息分类",
        "公开方式",
        "公开范围",
        "公开时限",
        "内容概述",
        "关键词",
        "效力状态",
        "废止日期",
        "信息索引",
        "统一编号",
        "服务对象分类",
    ]
)
_LABELS = tuple(_ALL_LABELS)
_LABEL_ENDS = re.compile(rf"[{''.join(sorted({label[-1] for label in _LABELS}))}](?=\s*[:：])")
_LEAST = 2  # characters of a text that says anything: the shortest label
_LONGEST_LABEL = 40  # characters, blanks between those of a label included
_INFO_CELLS = 60  # an information table has no more
_LONGEST_INFO = 1000  # characters of a block of it
_INLINE = re.compile(rf"({'|'.join(sorted(_ALL_LABELS, key=len, reverse=True))})\s*[:：]\s*")


def meta_tags(root: Element) -> dict[str, str]:
    """The meta tags with lower-case names (several of a name joined by ;), and ``title``."""
    meta: dict[str, str] = {}
    for tag in root.iter("meta"):
        name = (tag.get("name") or tag.get("property") or "").strip().lower()
        content = fold(tag.get("content") or "")
        if name and content and content not in meta.get(name, "").split(";"):
            meta[name] = f"{meta[name]};{content}" if name in meta else content
    title = next(root.iter("title"), None)
    if title is not None:
        meta["title"] = fold("".join(title.itertext())).replace("\t", " ")
    return meta


def site_code(source: str) -> dict[str, str]:
    """``visible_site_code``: the 网站标识码 that a page prints, at its foot as a rule."""
    at = source.find(_SITE_CODE_LABEL)
    codes = set(_SITE_CODE.findall(source, at)) if at >= 0 else set()
    return {"visible_site_code": codes.pop()} if len(codes) == 1 else {}


def visible_facts(found: Sequence[Found]) -> dict[str, str]:
    """``visible_date``, ``visible_source`` and the ``info_…`` facts of the blocks around the article."""
    facts: dict[str, str] = {}
    pieces = [(text, at) for at, item in enumerate(found) for text in _pieces(item)]
    for (piece, at), (following, _) in zip(pieces, [*pieces[1:], ("", 0)], strict=False):
        if len(piece) < _LEAST:
            continue
        _information(piece, following, facts)
        if len(piece) > 200:
            continue
        source = _VISIBLE_SOURCE.search(piece) if "源" in piece else None
        date = _VISIBLE_DATE.search(piece) if "时间" in piece or "日期" in piece else None
        if not date and (bare := _BARE_DATE.match(piece)) and _is_dated(found, at):
            date = bare
        if source:
            facts.setdefault("visible_source", source.group(1).strip(" ,，;；"))
        if date:
            facts.setdefault("visible_date", date.group(1).strip())
    return facts


def _is_dated(found: Sequence[Found], at: int) -> bool:
    """Whether a line that begins with a date says whence the article is, or is but a date below its title."""
    text = found[at].text
    if len(text) <= 200 and _SAYS_WHENCE.search(text):
        return True
    above = found[at - 1] if at else None
    titled = above is not None and not above.linked and _TITLED.search("".join(above.text[:160].split()))
    return bool(titled) and _DATE_ALONE.fullmatch(text) is not None


def is_information(item: Found) -> bool:
    """True for a block of the information table (索引号, 发布机构 …) that heads many articles."""
    is_short = len(item.text) < _LONGEST_INFO
    if not is_short or not (isinstance(item.block, Grid) or "\t" in item.text or _has_colon(item.text)):
        return False
    pieces = [piece for piece in _pieces(item) if _LEAST <= len(piece) < 300]
    labels = sum(map(_is_label, pieces)) + sum(
        [len(set(_INLINE.findall(piece))) for piece in pieces if _states_inline(piece)]
    )
    return labels >= 2 and not is_source_line(item.text)


def _pieces(item: Found) -> list[str]:
    if isinstance(item.block, Grid):
        cells = item.block.cells
        return [cells[n].text for n in _informing(item.block)] if len(cells) <= _INFO_CELLS else []
    return item.block.text.split("\t")


@by_likeness
def _informing(grid: Grid) -> list[int]:
    """The numbers of the cells that may state a fact, or be what a label before them names."""
    texts = [cell.text for cell in grid.cells]
    return [n for n, text in enumerate(texts) if n == 0 or _is_label(texts[n - 1]) or _may_state(text)]


def _may_state(text: str) -> bool:
    return _is_label(text) or _has_colon(text) or _DATED.search(text) is not None


def _has_colon(text: str) -> bool:
    return ":" in text or "：" in text


def _states_inline(text: str) -> bool:
    """Whether a label stands before one of the text's colons, at a glance."""
    ends = _LABEL_ENDS.finditer(text) if ":" in text or "：" in text else ()
    return any(text.endswith(_LABELS, 0, end.start() + 1) for end in ends)


def _is_label(text: str) -> bool:
    return len(text) < _LONGEST_LABEL and _bare(text) in _ALL_LABELS


@lru_cache(maxsize=2048)
def _bare(text: str) -> str:
    """A label as it is looked up."""
    return "".join(text.split()).strip("：:[]【】")


def _information(piece: str, following: str, facts: dict[str, str]) -> None:
    key = _INFO_LABELS.get(_bare(piece)) if len(piece) < _LONGEST_LABEL else None
    if key and not _is_label(following) and 0 < len(following) < 120:
        facts.setdefault(key, following)
    if len(piece) > 600 or not _states_inline(piece):
        return
    parts = _INLINE.split(piece)
    for label, value in zip(parts[1::2], parts[2::2], strict=True):
        key = _INFO_LABELS.get(label)
        stated = _value(key, value) if key else ""
        if key and 1 < len(stated) < 120:
            facts.setdefault(key, stated)


def _value(key: str, text: str) -> str:
    """The value at the start of ``text``: a date, a name up to a blank, a title up to its end."""
    if key in ("info_date", "info_written"):
        date = re.match(_DATE, text)
        return date.group(1).strip() if date else ""
    ends = r"[|｜【\[\n]" if key == "info_title" else r"[\s|｜【\[]"
    return re.split(ends, text.strip(), maxsplit=1)[0].strip()
