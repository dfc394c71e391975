"""What a page hides: copies of what it shows, tabs of a report, reports in tabs of their own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping

from lxml import etree
from lxml.etree import _Element as Element

from pipelines.parse.read.rows import plain_text
from pipelines.parse.read.source import Markup
from pipelines.parse.read.style_sheets import stated
from pipelines.parse.read.styles import INVISIBLE, UNDISPLAYED, Styles

# what is hidden from those who hear a page is seen: a tab of it may be closed, a figure in a cell is none
_HIDDEN = etree.XPath(
    "//@hidden/.. | //@popover/.. | //@aria-hidden/../self::*[not(ancestor::td or ancestor::th)]"
)
_CLOSED = etree.XPath("//dialog[not(@open)]")
_HIDING = {
    name: re.compile(rb"%b(?=[\s=/>])(?<=[\s\"'/-]%b)" % (name, name)) for name in (b"hidden", b"popover")
}
_SAMPLE = 20  # characters
_FIGURES = re.compile(r"\d+")
# words that stand once in a report, in its tables
_TABLES = ("未经复议直接起诉", "结转下年度继续办理", *(f"第二十条第（{n}）项" for n in "一五六八九"))
_HEADINGS = re.compile(
    r"[一二三四五六][、.．]\S{0,14}?(总体情况|主动公开|申请情况|行政复议|主要问题|报告的事项)"
)
_FORM = [
    "总体情况",
    "第二十条第",
    "需要报告的事项",
    "结果维持",
    "结转下年度",
    "存在主要问题",
    "存在的主要问题",
]
_CONTENTS, _TAIL = 3, 14  # headings of a list of them, characters of one that its words leave
# how a report is called, its year and what stands behind it
_TITLES = re.compile(r"(20\d\d)年度?(?:政府|政务)?信息公开(?:工作)?(?:年度)?(?:报告|年报)")


def prune(root: Element, source: Markup, styles: Styles) -> bool:
    """Take hidden copies out of the tree of ``source``; whether there were any."""
    hidden = _invisible(root, styles)
    if any(name in source.lowered and tag.search(source.lowered) for name, tag in _HIDING.items()):
        hidden += [found for found in _HIDDEN(root) if _is_hidden(found)]
    if b"<dialog" in source.lowered:
        hidden += _CLOSED(root)
    hidden += [e for e, so in stated(root, styles, source.sheets, UNDISPLAYED).items() if so]
    hidden = [found for found in dict.fromkeys(hidden) if found.tag not in ("html", "body")]
    if not hidden:
        return False
    texts = {element: plain_text(element) for element in hidden}
    marks = {element: _form_words(text) for element, text in texts.items()}
    kept = max(hidden, key=lambda element: marks[element])
    whole = plain_text(root)
    shown = _form_words(whole) - sum(marks.values())
    tabs = _tabs(whole, texts) | _reports(whole, texts) if any(marks.values()) else set()
    for element in hidden:
        # the only copy of a report may stand in a tab that a script opens
        if element not in tabs and not (element is kept and marks[kept] > 2 and shown < 3):
            _remove(element)
    return True


def _invisible(root: Element, styles: Styles) -> list[Element]:
    """The elements whose own styles make them invisible with all that they hold.

    A cell is none of them: it keeps its place in the row.
    """
    said = stated(root, styles, "", INVISIBLE)
    return [e for e in said if e.tag not in ("td", "th") and all(said.get(inner, True) for inner in e.iter())]


def _tabs(whole: str, hidden: Mapping[Element, str]) -> set[Element]:
    """Those of the hidden elements of a page that are tabs of a report; ``whole`` is its text, and theirs
    are given.

    They stand side by side or hold a table that the report around them lacks, and what they hold stands
    nowhere else on the page.
    """
    text = _without_contents(_words(whole))
    groups: dict[tuple[Element | None, str], dict[Element, str]] = {}  # by parent and tag
    for element, held in hidden.items():
        groups.setdefault((element.getparent(), str(element.tag)), {})[element] = held
    return {
        element
        for (parent, tag), group in groups.items()
        if parent is not None
        and (
            (len(parent.findall(tag)) > 1 and _hold_a_report(group.values()))
            or _complete_a_report(group.values(), text)
        )
        for element, held in group.items()
        if _stands_once(_words(held), text)
    }


def _reports(whole: str, hidden: Mapping[Element, str]) -> set[Element]:
    """Those of the hidden elements of a page that are tabs with a report each, of a year of which the page,
    ``whole`` its text, shows none: each of them has its title.
    """
    years = {element: set(_TITLES.findall("".join(text.split()))) for element, text in hidden.items()}
    if not any(years.values()):
        return set()
    shown = Counter(_TITLES.findall("".join(whole.split())))
    for text in hidden.values():
        shown.subtract(_TITLES.findall("".join(text.split())))
    return {
        element
        for element, own in years.items()
        if own
        and not any(shown[year] > 0 for year in own)
        and _hold_a_report([hidden[element]])
        and (parent := element.getparent()) is not None
        and len(parent.findall(str(element.tag))) > 1
    }


def _hold_a_report(tabs: Collection[str]) -> bool:
    """Whether texts hold at least two parts of the form together."""
    return sum(any(word in tab for tab in tabs) for word in _FORM) > 1


def _complete_a_report(panels: Collection[str], text: str) -> bool:
    """Whether texts hold a table of the form of which the page's ``text`` holds two further parts."""
    held = "".join("".join(panel.split()) for panel in panels)
    others = sum(word in text and word not in held for word in _FORM)
    return others > 1 and any(word in held for word in _TABLES)


def _without_contents(text: str) -> str:
    """The text of a page without headings that it lists one right behind the other: the names of its tabs."""
    listed: list[re.Match[str]] = []
    for heading in _HEADINGS.finditer(text):
        if listed and heading.start() - listed[-1].end() > _TAIL:
            if len(listed) >= _CONTENTS:
                break
            listed = []
        listed.append(heading)
    if len(listed) < _CONTENTS:
        return text
    return text[: listed[0].start()] + text[listed[-1].end() :]


def _words(text: str) -> str:
    """A text without white space and figures: copies with those of another year are copies, too."""
    return _FIGURES.sub("", "".join(text.split()))


def _stands_once(part: str, text: str) -> bool:
    """Whether the words of an element, ``part`` of those of the page, are on the page only once."""
    middle = part[max(0, len(part) // 2 - _SAMPLE) :][: 2 * _SAMPLE]
    if text.count(middle) != 1:
        return False
    marks = [*_HEADINGS.findall(part), *(mark for mark in _TABLES if mark in part)]
    on_page = Counter(
        [*_HEADINGS.findall(text), *(mark for mark in _TABLES for _ in range(text.count(mark)))]
    )
    return all(on_page[mark] <= 1 for mark in marks)


def _form_words(text: str) -> int:
    """How many words of the official form stand in a text."""
    return sum(map(text.count, _FORM))


def _is_hidden(element: Element) -> bool:
    return not {"hidden", "popover"}.isdisjoint(element.keys()) or element.get("aria-hidden") == "true"


def _remove(element: Element) -> None:
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        previous = element.getprevious()
        if previous is None:
            parent.text = (parent.text or "") + element.tail
        else:
            previous.tail = (previous.tail or "") + element.tail
    parent.remove(element)
