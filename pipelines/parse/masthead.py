"""What a document says of itself: titles, the information table, the words before section one, meta tags."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from operator import attrgetter

from pipelines.parse.records import Document, Grid, Paragraph, Reading, SectionSpan
from pipelines.parse.titles import YEAR_IN, Claim, Title, compact, parse_title

_HEAD_BLOCKS = 60
_HEAD_LINES = 40
_TEXT_LIMIT = 20_000

_LABELS = {
    "publisher": (
        "发布机构|发布单位|发文机关|发文单位|发布机关|公开主体|公开机构|公开机关|"
        "责任部门|公开责任部门|信息来源|来源|文章来源|制发机关|供稿|所属机构|发文机构|"
        "产生机构"
    ),
    "published": (
        "发布日期|发布时间|发表日期|发表时间|公开日期|公开时间|公布日期|发文日期|信息时间|时间|日期|更新时间|"
        "更新日期|发稿时间|录入时间|上传时间|添加时间"
    ),
    "written": "成文日期|生成日期|产生日期|形成日期|印发日期|成文时间|生成时间",
    "name": "名称|标题|信息名称|文件名称|公文名称",
}
_LABEL = {word: key for key, words in _LABELS.items() for word in words.split("|")}
_FIELD = re.compile(
    r"(?<![\u4e00-\u9fff])(?P<label>"
    + "|".join(sorted(_LABEL, key=len, reverse=True))
    + r")\s*[:：】\]]\s*(?P<value>[^\n]*)"
)
# 来源:张家港市凤凰镇发布时间:2024-01-26: labels that need no blank before them
_NEXT_LABEL = re.compile(r"(?:发布|发表|公开|公布|更新|发稿)(?:时间|日期)\s*[:：]")
_NEXT_FIELD = re.compile(r"\s+[\u4e00-\u9fff]{2,6}\s*[:：]|[|｜【]|\s{2,}")
_ATTACHED = re.compile(r"附件[一二三四五六七八九十\d]{0,3}[:.、]?")  # a line over a title, and no part of it
_OF_TEXT = re.compile("[。；;,，]")  # signs that stand in no title
_PATH = re.compile(r".{0,12}(?:位\s*置|首\s*页).*[>＞»›→/]")  # 当前位置：首页 > 政府信息公开 > 年报 > 正文
_TITLE_AND_TEXT = re.compile(r"([^。，；,;]{8,80}?(?:报告|年报)[)）]?)\s+([^\s(（].*)")
_SIGNED = 6  # blocks at the end of a report in which it is signed
_SIGNATURE = re.compile(
    rf"\(?(?P<name>[\u4e00-\u9fff]{{0,30}}?)[,:]?(?P<date>{YEAR_IN.pattern}年[\d一二三四五六七八九十]{{1,3}}月[\d一二三四五六七八九十]{{1,3}}日)\)?"
)
_META_PUBLISHER = ("info_publisher", "contentsource", "source", "author", "publisher", "visible_source")
_META_TITLE = ("articletitle", "title", "og:title", "dc.title", "info_title")
PAGE_DATE = ("info_date", "visible_date")
PAGE_WRITTEN = ("info_written",)
META_DATE = (
    "pubdate",
    "publishdate",
    "pubtime",
    "publishtime",
    "publish_time",
    "publish_date",
    "article:published_time",
    "dc.date",
    "date",
    "createdate",
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text that may be the document's title, and where it stood: title, meta, link, manifest."""

    title: Title
    source: str


@dataclass(frozen=True)
class Masthead:
    """The parts of a document that tell whose it is. Texts are compact (NFKC, no white space)."""

    reading: Reading
    document: Document
    spans: tuple[SectionSpan, ...]

    @cached_property
    def _first_section(self) -> int:
        blocks = self.reading.blocks
        first = min((span for span in self.spans if span.number), key=attrgetter("start"), default=None)
        if first is None:
            return min(len(blocks), _HEAD_BLOCKS)
        block = blocks[first.start] if first.start < len(blocks) else None
        glued = isinstance(block, Paragraph) and block.text.lstrip().startswith(first.heading)
        return first.start if glued and first.heading else max(0, first.start - 1)

    @cached_property
    def lines(self) -> tuple[tuple[str, str], ...]:
        """(printed, compact) of the paragraphs before section one."""
        found = []
        for block in self.reading.blocks[: self._first_section]:
            texts = [block.text] if isinstance(block, Paragraph) else [c.text for c in block.cells[:60]]
            for text in texts:
                lines = (part for line in text.split("\n") for part in _title_and_text(line))
                found += [(line, short) for line in lines if (short := compact(line))]
        return tuple(found[:400])

    @cached_property
    def intro(self) -> str:
        """All words before section one."""
        return "".join(short for _, short in self.lines)

    @cached_property
    def text(self) -> str:
        """The words of the whole document, up to a limit."""
        texts = (
            b.text if isinstance(b, Paragraph) else " ".join([c.text for c in b.cells])
            for b in self.reading.blocks
        )
        return compact("\n".join(texts)[:_TEXT_LIMIT])

    @cached_property
    def signature(self) -> tuple[str, str]:
        """(name, date) in the lines that sign the report at its end, compact; "" for what is not there."""
        end = self.spans[-1].end if self.spans else len(self.reading.blocks)
        last = [b.text for b in self.reading.blocks[max(0, end - _SIGNED) : end] if isinstance(b, Paragraph)]
        shorts = [compact(line) for text in last for line in text.split("\n") if line.strip()]
        for before, line in itertools.pairwise(["", *shorts]):
            if found := _SIGNATURE.fullmatch(line):
                return found["name"] or before.strip("()"), found["date"]
        return "", ""

    @cached_property
    def fields(self) -> dict[str, str]:
        """publisher, published, written and name, as the information table or a line states them."""
        found: dict[str, str] = {}
        for label, value in self._labelled():
            found.setdefault(label, value)
        return found

    def _labelled(self) -> Iterator[tuple[str, str]]:
        for block in self.reading.blocks[: self._first_section]:
            if isinstance(block, Grid):
                yield from _in_grid(block)
            elif _PARTED.search(block.text):
                for line in block.text.split("\n"):
                    yield from _in_row(_PARTED.split(line))
            else:
                yield from _in_line(block.text)

    def meta(self, names: tuple[str, ...]) -> Iterator[str]:
        """The values of these meta tags that say something."""
        for name in names:
            if value := self.reading.meta.get(name, "").strip():
                yield value

    @property
    def publishers(self) -> Iterator[tuple[str, str]]:
        """(name, source) of who is said to publish, the most telling first."""
        if value := self.fields.get("publisher"):
            yield compact(value), "meta"
        for value in self.meta(_META_PUBLISHER):
            yield compact(value), "meta"

    @cached_property
    def printed_titles(self) -> tuple[tuple[Title, int], ...]:
        """Titles printed in the body, in reading order, each with the number of lines joined for it."""
        lines = [line for printed in self.lines[:_HEAD_LINES] if (line := _without_path(printed))[1]]
        return tuple(title for i in range(len(lines)) for title in _joined(lines[i : i + 4]))

    def beside(self, title: Title) -> Iterator[str]:
        """The compact lines after and before the line (or lines) of a title, without brackets."""
        wanted = compact(title.text)
        shorts = [short for _, short in self.lines[:_HEAD_LINES]]
        for first, _ in enumerate(shorts):
            for after in range(first + 1, min(first + 5, len(shorts) + 1)):
                if wanted and "".join(shorts[first:after]) == wanted:
                    near = (after, first - 1, after + 1)
                    yield from (shorts[i].strip("()") for i in near if 0 <= i < len(shorts))
                    return

    @cached_property
    def other_titles(self) -> tuple[Candidate, ...]:
        """Titles in meta tags, in the information table, in the link that led here, in the file's name."""
        hints = self.document.hints
        stem = re.sub(r"\.\w{2,5}$", "", self.document.name.rsplit("/", 1)[-1])
        texts = [(self.fields.get("name", ""), "meta"), *((t, "meta") for t in self.meta(_META_TITLE))]
        texts += [(hints.link_text, "link"), (stem, "link")]
        return tuple(Candidate(parse_title(text), source) for text, source in texts if text)


def _title_and_text(line: str) -> tuple[str, ...]:
    """The parts of a line in which, behind a title and a blank, the text begins."""
    found = _TITLE_AND_TEXT.fullmatch(line) if "。" in line else None
    return found.groups() if found else (line,)


def _without_path(line: tuple[str, str]) -> tuple[str, str]:
    """A line (printed, compact) that tells where on its site the page stands: its last step, if a title."""
    printed, short = line
    if ("首页" in short or "位置" in short) and (path := _PATH.match(printed)):
        step = printed[path.end() :]
        return (step, compact(step)) if parse_title(step).claim is not Claim.NOTHING else ("", "")
    return line


def _in_grid(grid: Grid) -> Iterator[tuple[str, str]]:
    for row in grid.rows():
        yield from _in_row([cell.text for cell in row])


_PARTED = re.compile(r"[|｜\t]")  # a row of a table that was made text


def _in_row(cells: list[str]) -> Iterator[tuple[str, str]]:
    """What the cells of a row state: a label and its value beside it, or both in one."""
    for left, right in itertools.pairwise(cells):
        label = _label(left)
        if label and right.strip() and not _label(right):
            yield label, right.strip()
    for cell in cells:
        yield from _in_line(cell)


def _label(text: str) -> str | None:
    return _LABEL.get(compact(text).rstrip(":"))


def _in_line(text: str) -> Iterator[tuple[str, str]]:
    if len(text) > 300:
        return
    for found in _FIELD.finditer(text):
        value = found["value"]
        rest = _FIELD.search(value) or _NEXT_LABEL.search(value)
        value = value[: rest.start()] if rest else value
        cut = _NEXT_FIELD.search(value)
        value = (value[: cut.start()] if cut else value).strip(" 　|[]【】()")
        if value:
            yield _LABEL[found["label"]], value
        if rest:
            yield from _in_line(found["value"][rest.start() :])


def _joined(lines: list[tuple[str, str]]) -> Iterator[tuple[Title, int]]:
    """The shortest run of these lines, from the first on, that holds a title."""
    printed = ""
    if _ATTACHED.fullmatch(lines[0][1]):
        return
    states = False  # whether a line says something of the page (发布机构：…)
    for count, (line, short) in enumerate(lines, start=1):
        field = _FIELD.match(line) if ":" in short else None
        if printed and (field or states):
            return
        states = field is not None and _LABEL[field["label"]] != "name"
        printed += line
        if len(printed) > 160 or _OF_TEXT.search(short):
            return
        title = parse_title(printed)
        if title.claim is not Claim.NOTHING:
            yield title, count
            return
        if count < len(lines) and lines[count][1].startswith(short):  # the next line says it once more
            return


def named_in_text(intro: str) -> Iterator[Title]:
    """Reports that the words before section one name: 现公布《…2023年政府信息公开工作年度报告》."""
    for found in re.finditer(r"《([^《》]{8,70})》", intro):
        title = parse_title(found[1])
        if title.claim is Claim.REPORT and title.year:
            yield title
    for found in _REPORT_IN_TEXT.finditer(intro):
        title = parse_title(found["report"])
        who = _MADE.sub("", found["who"])
        if title.claim is Claim.REPORT and not _ANOTHER.search(who):
            yield replace(title, agency=who)
            if title.agency:  # 现向社会公布2021年荻硚县教育局政府信息公开工作年度报告
                yield title


# ,荻硚县教育局编制了2023年政府信息公开工作年度报告; not 按照荻硚县2023年政府信息公开工作年度报告编制有关要求
_REPORT_IN_TEXT = re.compile(
    rf"(?:^|[,。:;]|(?<=报告))(?P<who>[\u4e00-\u9fff]{{0,40}}?)"
    rf"(?P<report>{YEAR_IN.pattern}年?度?[^,。;:]{{0,24}}公开[^,。;:]{{0,8}}报告)"
    r"(?!的?(?:编制|编写|编报|报送|公布|发布)?(?:工作)?的?(?:有关|相关|具体)?"
    r"(?:要求|规定|格式|通知|精神|方案|安排|部署|事项|文件))"
)
_MADE = re.compile(r"(?:组织)?(?:编制|编写|公布|发布|公开|起草|形成|将|就)(?:完成)?(?:了)?$")
_ANOTHER = re.compile(r"通知|做好|比|较|上[一年]|去年|要求")
