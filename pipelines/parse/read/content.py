"""Where in a page the report stands: the smallest element that holds the form's own structure.

Sites wrap their articles in hundreds of ways; six headings and three tables look
the same everywhere. Only pages without them are judged by names of containers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from itertools import islice

from lxml import etree
from lxml.etree import _Element as Element

from pipelines.parse.furniture import is_furniture
from pipelines.parse.headings import match_heading
from pipelines.parse.read.flow import Flow, Found
from pipelines.parse.read.page_title import is_report_title
from pipelines.parse.records import Paragraph

# class or id of the element into which a site's editor writes, by CMS (TRS, JCMS, VSB, UCAP …)
_KNOWN_WORDS = (
    "trs_editor trs_ueditor trs_editor_view trs_web ucap-content zoom zoomcon v_news_content "
    "vsb_content vsb_content_2 vsb_content_4 vsb_content_501 article-content article-content-body "
    "article_content article_con articlecontent artile_zw article_zw zz-xl-ct news_content "
    "newscontent view_con xl_content xxgk_content pages_content conten_box detail-content "
    "detail_content content_body contentbody txt_con main-txt mzoom j-fontcontent nr_con xqcontent "
    "bt-content gknb_content wz_content info-content con_text textcontent"
)
_KNOWN = frozenset(_KNOWN_WORDS.split())
_TABLES = (
    ("t2", re.compile("第二十条")),
    ("t3", re.compile("申请人情况|勾稽关系|结转下年度")),
    ("t4", re.compile("结果\\s*维持|未经复议")),
)
_TABLE_MARKS = frozenset(name for name, _ in _TABLES)
_OTHER_COPY = re.compile(r"(?<![a-z])(?:mobile|phone|wap|m-only|m_only|visible-xs|print|print-only)(?![a-z])")
_NUMBERED = re.compile(r"\s*([一二三四五六七八九十])\s*[、.．]\s*\S{2,40}$")
_SIGNED_ON = re.compile(r"[（(]?(?:20\d\d|二[〇○零].{2})\s*年.{1,4}月.{1,4}日[）)]?")
_LONGEST_NAME = 30  # characters of who signs
_ENOUGH = 200  # characters that make a container an article
_LITTLE = 400  # characters of text: all of it is taken
# trafilatura takes the square of a page's size
_TOO_MANY = 2_000  # blocks
_MOST_ELEMENTS = 6_000
_PARTS = 3  # parts of the form that make a structure


def find_body(flow: Flow, root: Element) -> tuple[int, int, Element, bool]:
    """Where the article stands: ``flow.found[start:end]``, its element, whether in the official form."""
    marks = [(index, mark) for index, found in enumerate(flow.found) for mark in _marks(found)]
    body = _container(flow, marks, _PARTS)
    if body is not None:
        body = _widened(flow, body, max(index for index, _ in marks))
        start, end = flow.ranges[body]
        return start, _text_after(flow, start, end), body, True
    places = [index for index, _ in marks]
    body = next((found for found in _guesses(flow, root, places) if found is not None), root)
    body = _with_tables(flow, body, [(index, mark) for index, mark in marks if mark in _TABLE_MARKS])
    return (*flow.ranges.get(body, (0, len(flow.found))), body, False)


def _guesses(flow: Flow, root: Element, places: list[int]) -> Iterator[Element | None]:
    """Where an article in no official form may stand, surest first; ``places`` of what there is of one."""
    yield _named(flow, root, places)
    yield _container(flow, _own_headings(flow), _PARTS)
    if sum(len(found.text) for found in flow.found if _may_be_text(found)) > _LITTLE:
        yield _by_prose(flow, root)


def _with_tables(flow: Flow, body: Element, tables: list[tuple[int, str]]) -> Element:
    """The smallest element around ``body`` that holds every official table the page shows."""
    wanted = {mark for _, mark in tables}
    for element in [body, *body.iterancestors()]:
        start, end = flow.ranges.get(element, (0, 0))
        if {mark for index, mark in tables if start <= index < end} == wanted:
            return element
    return body


def _text_after(flow: Flow, start: int, end: int) -> int:
    """The end of the article where a stray </div> closes its container before the last paragraphs."""
    seen = {found.text for found in flow.found[start:end]}
    while end < len(flow.found) and _is_text(flow.found[end]):
        text = flow.found[end].text
        if text in seen or not text.endswith("。"):
            break
        end += 1
    return _signature_after(flow, end)


def _signature_after(flow: Flow, end: int) -> int:
    """The end of the article with the name and the date below it, where these stand behind its container."""
    for at in (end, end + 1):
        if at == len(flow.found) or not _is_text(flow.found[at]):
            return end
        if _SIGNED_ON.fullmatch(flow.found[at].text.strip()):
            return at + 1
        if len(flow.found[at].text) > _LONGEST_NAME:
            return end
    return end


def _marks(found: Found) -> list[str]:
    if isinstance(found.block, Paragraph):
        text = found.block.text
        heading = match_heading(text) if found.linked * 2 < len(text) else None
        return [str(heading.number)] if heading and heading.score >= 0.7 else []
    text = found.text
    return [name for name, pattern in _TABLES if pattern.search(text)]


def _container(flow: Flow, marks: list[tuple[int, str]], least: int) -> Element | None:
    """The smallest element that holds as many different marks as any; of two copies the one for a screen."""
    held: dict[Element, set[str]] = {}
    above: dict[Element, list[Element]] = {}
    for index, mark in marks:
        element = flow.found[index].element
        chain = above.get(element) or above.setdefault(element, [element, *element.iterancestors()])
        for ancestor in chain:
            held.setdefault(ancestor, set()).add(mark)
    most = max(map(len, held.values()), default=0)
    if most < least:
        return None
    smallest = list(dict.fromkeys(next(e for e in chain if len(held[e]) == most) for chain in above.values()))
    shown = [element for element in smallest if not _is_other_copy(element)]
    best = (shown or smallest)[0]
    return best if best in flow.ranges else None


def _is_other_copy(element: Element) -> bool:
    """True inside an element meant for telephones or for printing."""
    return any(_OTHER_COPY.search(" ".join(_names(item))) for item in [element, *element.iterancestors()])


def _widened(flow: Flow, body: Element, last_mark: int) -> Element:
    """The editor's own container around ``body``; else ``body`` with the text after its last heading."""
    for ancestor in [body, *body.iterancestors()]:
        if _names(ancestor) & _KNOWN and ancestor in flow.ranges:
            return ancestor
    while flow.ranges[body][1] <= last_mark + 1:
        parent = body.getparent()
        if parent is None or parent not in flow.ranges:
            break
        if parent.tag in ("body", "html") and not _another(flow.found[flow.ranges[body][1] : last_mark]):
            break
        body = parent
    return _with_neighbours(flow, body)


def _another(behind: list[Found]) -> bool:
    """Whether the title of another report stands behind an article."""
    return any(_is_text(found) and is_report_title(found.text) for found in behind)


def _with_neighbours(flow: Flow, body: Element) -> Element:
    """The parents of ``body`` as long as all they add is text: an introduction, a signature."""
    parent = body.getparent()
    while parent is not None and parent.tag not in ("body", "html") and parent in flow.ranges:
        (start, end), (outer_start, outer_end) = flow.ranges[body], flow.ranges[parent]
        added = [*flow.found[outer_start:start], *flow.found[end:outer_end]]
        if not all(_is_text(found) for found in added):
            break
        body, parent = parent, parent.getparent()
    return body


def _is_text(found: Found) -> bool:
    return isinstance(found.block, Paragraph) and found.linked == 0 and not is_furniture(found.block.text)


def _may_be_text(found: Found) -> bool:
    return not isinstance(found.block, Paragraph) or _is_text(found)


def _names(element: Element) -> set[str]:
    names = element.get("class", "").lower().split()
    return {*names, element.get("id", "").lower()}


def _named(flow: Flow, root: Element, places: list[int]) -> Element | None:
    """The known container with the most text; with little, as on an article's last page, the one that holds
    all ``places``.
    """
    sizes: dict[Element, int] = {}
    for element in root.iter("div", "td", "article", "section", "ucapcontent"):
        if element in flow.ranges and _names(element) & _KNOWN:
            start, end = flow.ranges[element]
            sizes[element] = sum(len(found.text) - found.linked for found in flow.found[start:end])
    best = max(sizes, key=lambda element: sizes[element], default=None)
    if best is None:
        return None
    start, end = flow.ranges[best]
    holds_all = bool(places) and start <= places[0] and places[-1] < end
    return best if holds_all or sizes[best] >= _ENOUGH else None


def _own_headings(flow: Flow) -> list[tuple[int, str]]:
    """The numbered headings of a report in another form."""
    marks = []
    for index, found in enumerate(flow.found):
        if isinstance(found.block, Paragraph) and not found.linked:
            heading = _NUMBERED.match(found.block.text)
            if heading:
                marks.append((index, heading.group(1)))
    return marks


def _by_prose(flow: Flow, root: Element) -> Element | None:
    """The smallest element with all the paragraphs that trafilatura takes for the article."""
    if len(flow.found) > _TOO_MANY or sum(1 for _ in islice(root.iter(), _MOST_ELEMENTS)) == _MOST_ELEMENTS:
        return None
    import trafilatura  # half a second that only pages in no known shape cost
    from trafilatura import external

    # else 27 MB: the common words of all languages but Chinese
    external.JT_STOPLIST = ("的",)  # type: ignore[assignment]
    plain_tables = deepcopy(root)
    etree.strip_attributes(plain_tables, "colspan", "rowspan")  # it makes a cell for each place of a span
    text = trafilatura.extract(etree.tostring(plain_tables, encoding="unicode"), favor_recall=True) or ""
    lines = {"".join(line.split()) for line in text.splitlines()} - {""}
    marks = []
    for index, found in enumerate(flow.found):
        plain = "".join(found.text.split())
        if len(plain) > 8 and any(plain in line or line in plain for line in lines if len(line) > 8):
            marks.append((index, str(index)))
    return _container(flow, marks, 1) if marks else None
