"""Counts that prose tells together (予以公开 5 件，部分公开 2 件), held against the table.

Where the table has the same figures of other things, rows or columns of it may have changed places, which no
sum tells. Prose of other figures proves nothing: it may count otherwise.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from pipelines.parse import statements
from pipelines.parse.records import Cell, Issue, Section
from pipelines.parse.template import APPLICATIONS, PROACTIVE, REVIEWS

_COUNT: Final = r"(\d{1,6})(?:件|份|宗|项|起|个|条|例)"
_COUNTS: Final = re.compile(rf"{_COUNT}.*{_COUNT}", re.DOTALL)  # as many as the least of the parts told
_WHOSE: Final = r"(?:的|情形|情况|申请|决定|答复|结果|提出|提交)*(?:共|为|有|计|:)?"
_LEAST: Final = 2  # parts told; of one alone nobody knows what it is a part of
_NUMBERS: Final = (None, 0, 1)  # of sections with such prose
_GLANCE: Final = (
    "废止",
    "现行有效",
    "行政处罚",
    "行政强制",
    "予以公开",
    "部分公开",
    "不予公开",
    "自然人",
    "维持",
)
TOLD_OTHERWISE: Final = (
    "正文所说各项件数，表中记在别的项下 / the text tells these figures of other rows or columns"
)


class _Part(NamedTuple):
    """What is counted in the cells of rows whose keys begin so, in these columns."""

    rows: str
    columns: Sequence[str]


class _Whole(NamedTuple):
    """The parts of a total by the words for them; ``about`` is said in each sentence that tells them, and
    ``beside`` in none.
    """

    table: str
    about: str
    beside: str
    parts: Mapping[str, _Part]


_ORGANISATIONS: Final = (
    "business",
    "research_institution",
    "public_welfare_org",
    "legal_service_org",
    "other_org",
)
_DOCUMENTS: Final = "(?:行政)?规范性文件"
_WHOLES: Final = (
    _Whole(
        PROACTIVE,
        "规范性文件",
        "规章",
        {
            f"(?:制发|制定|出台|印发)(?:{_DOCUMENTS})?": _Part("normative_documents", ("issued",)),
            f"废止(?:{_DOCUMENTS})?": _Part("normative_documents", ("repealed",)),
            f"现行有效(?:的?{_DOCUMENTS})?": _Part("normative_documents", ("in_force",)),
        },
    ),
    _Whole(
        PROACTIVE,
        "行政",
        "复议",
        {
            "行政许可": _Part("administrative_licensing", ("decisions",)),
            "行政处罚": _Part("administrative_penalty", ("decisions",)),
            "行政强制": _Part("administrative_coercion", ("decisions",)),
        },
    ),
    _Whole(
        APPLICATIONS,
        "公开",
        "复议",
        {
            "(?<!不)(?<!部分)予以公开": _Part("granted", ("total",)),
            "部分(?:予以)?公开": _Part("partially_granted", ("total",)),
            "不予公开": _Part("denied_", ("total",)),
            "无法提供": _Part("unavailable_", ("total",)),
            "不予处理": _Part("not_processed_", ("total",)),
            "其他处理": _Part("other_", ("total",)),
        },
    ),
    _Whole(
        APPLICATIONS,
        "申请",
        "复议",
        {
            "自然人": _Part("new_received", ("natural_person",)),
            "法人(?:(?:或|和|及|以及|、)其他组织)?": _Part("new_received", _ORGANISATIONS),
        },
    ),
    _Whole(
        REVIEWS,
        "复议",
        "诉讼",
        {
            "维持": _Part("reconsideration", ("upheld",)),
            "纠正": _Part("reconsideration", ("corrected",)),
            "其他结果": _Part("reconsideration", ("other",)),
            "尚未审结": _Part("reconsideration", ("pending",)),
        },
    ),
)
_TOLD: Final = {
    words: re.compile(rf"{words}{_WHOSE}{_COUNT}|{_COUNT}(?:的|属于|作出|为)*{words}(?!\d)")
    for whole in _WHOLES
    for words in whole.parts
}


def contradicted(sections: Sequence[Section], cells: Sequence[Cell]) -> Iterator[Issue]:
    """An issue for each sentence that tells the figures of a table for other parts."""
    said = statements.texts_of([section for section in sections if _may_tell(section)])
    for sentence in filter(_COUNTS.search, "。".join(said).split("。") if said else ()):
        for whole in _WHOLES:
            if whole.about not in sentence or whole.beside in sentence:
                continue
            told = _told(whole, sentence)
            if len(told) < _LEAST:
                continue
            counts = [int(found[1] or found[2]) for found in told.values()]
            printed = [_printed(cells, whole.table, whole.parts[words]) for words in told]
            if counts != printed and _same(counts, printed):
                words = "、".join(found[0] for found in told.values())
                yield Issue("row_doubtful", "warning", f"{whole.table}: {TOLD_OTHERWISE}: {words}")


def _may_tell(section: Section) -> bool:
    """Whether the prose of a section may tell parts, at a glance."""
    return section.number in _NUMBERS and any(map(section.text.__contains__, _GLANCE))


def _told(whole: _Whole, sentence: str) -> dict[str, re.Match[str]]:
    """What a sentence tells of the parts; nothing if it tells one twice."""
    found = {words: list(_TOLD[words].finditer(sentence)) for words in whole.parts}
    if any(len(told) > 1 for told in found.values()):
        return {}
    return {words: told[0] for words, told in found.items() if told}


def _printed(cells: Sequence[Cell], table: str, part: _Part) -> float | None:
    """What the table has of a part, nothing being 0; None where a cell of it is not known."""
    own = [
        cell
        for cell in cells
        if cell.table_name == table and cell.column_name in part.columns and cell.row.startswith(part.rows)
    ]
    numbers = [cell.counted for cell in own]
    known = [number for number in numbers if number is not None]
    return sum(known) if len(known) == len(numbers) else None


def _same(told: Iterable[float], printed: Iterable[float | None]) -> bool:
    return Counter[float | None](told) == Counter(printed)
