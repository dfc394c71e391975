"""The labels of all forms as matchers, and what kind of thing a printed text is."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from importlib import resources
from typing import Any, NamedTuple

from pipelines.parse.labels import Match, Matcher, core, normal
from pipelines.parse.numbers import DASHES
from pipelines.parse.records import UNREAD
from pipelines.parse.template import APPLICATIONS, PROACTIVE, REVIEWS, TEMPLATES, Label, Table

# Columns that some offices add to an official table.
_EXTRA = frozenset({"序号", "备注", "说明", "编号", "填报说明", "填表说明", "行次", "单位", "计量单位"})
_TITLE = re.compile(r"第?二十条第?\(?([一二三四五六七八九])\)?项")
_ITEMS = dict(zip("一二三四五六七八九", range(1, 10), strict=True))
_ORDINAL = r"(?:\d[.、]|\([一二三四五六七]\)|[一二三四]、)"
_NUMBERLIKE = re.compile(
    r"(?:[+\-±]|(?:增加?|减少?|[↑↓])[:：]?)?[¥￥]?\d(?:[\d,.]*\d)?\(?(?:[件条次个项宗起份部例笔]|[百千]?万?元整?|亿元?|万[件条次个]?)?\)?(?:\(\d\)|※{1,3})?"
    rf"|[-/\\_~{DASHES}]+|无|零|〇|\*"
)
# What else stands for a figure, if it is no single character: 约30件, 3-5, 12%, 3(其中:2), 两件, a rest: .9
_STANDS_FOR_FIGURE = re.compile(
    r"(?:[约近超逾><≥≤≈]|超过|不足|大约|将近)?\d[\d,.]*(?:[-~至]\d[\d,.]*)?[余多]?(?:[件个次宗起份例]|[百千]?万?元|亿元)?"
    r"(?:%|\+|以上|左右)?(?:\(其中[^()]*\))?|[.,]\d[\d,.]*"
    r"|[约近]?[〇零一二三四五六七八九十百千两]{2,}[余多]?|[约近]?[〇零一二三四五六七八九十百千两]+[余多]?(?:[件个次宗起份]|万?元)"
    r"|[壹贰叁肆伍陆柒捌玖拾][壹贰叁肆伍陆柒捌玖拾佰仟]*(?:[件个次宗起份]|万?元)?整?"
)


class RowLabel(NamedTuple):
    """A row label found: the table, the row's key and how it matched."""

    table: str
    match: Match


def _reviewed(table: str, part: str) -> Iterable[tuple[str, str]]:
    """(key, spelling) pairs that a person has reviewed, from ``lookups.toml``."""
    for key, spellings in _spellings().get(table, {}).get(part, {}).items():
        yield from ((key, spelling) for spelling in spellings)


@cache
def _lookups() -> dict[str, Any]:
    return tomllib.loads((resources.files("pipelines.parse") / "lookups.toml").read_text(encoding="utf-8"))


def _spellings() -> dict[str, dict[str, dict[str, list[str]]]]:
    found: dict[str, dict[str, dict[str, list[str]]]] = _lookups().get("spellings", {})
    return found


@cache
def _stand_ins() -> frozenset[str]:
    """What is printed in place of a figure, in its normal form and small letters."""
    return frozenset(normal(word).lower() for word in _lookups()["values"]["stand_ins"])


def _pairs(labels: Iterable[Label]) -> Iterable[tuple[str, str]]:
    return ((label.key, spelling) for label in labels for spelling in label.spellings())


def _tables(name: str) -> list[Table]:
    return [table for t in TEMPLATES.values() for table in t.tables() if table.name == name]


def _matcher(name: str, part: str) -> Matcher:
    labels = [label for table in _tables(name) for label in getattr(table, part)]
    if (name, part) == (APPLICATIONS, "rows"):
        labels += [label for t in TEMPLATES.values() for label in t.all_rows]
    return Matcher([*_pairs(labels), *_reviewed(name, part)])


PROACTIVE_COLUMNS = _matcher(PROACTIVE, "columns")
APPLICANTS = _matcher(APPLICATIONS, "columns")
STAGES = _matcher(REVIEWS, "rows")
OUTCOMES = _matcher(REVIEWS, "columns")
HEADS = Matcher(
    (head, head) for t in TEMPLATES.values() for head in (*t.applications.heads, *t.reviews.heads)
)
GROUPS = Matcher((group, group) for t in TEMPLATES.values() for group in t.applications.groups)
_GROUPS = tuple(normal(form) for t in TEMPLATES.values() for form in t.applications.groups)
LAWSUITS = "行政诉讼"
ITEMS = "信息内容"  # what stands above the labels of the rows of section two
# words that hold the name of a stage without naming it: the second is the heading of the section
STAGE_DECOYS = (LAWSUITS, "行政复议、行政诉讼")
_APPLICATION_ROWS = frozenset(row.key for t in TEMPLATES.values() for row in t.all_rows)
# One matcher for the rows of sections two and three: a label must be near to one row of either.
ROWS = Matcher(
    [
        *_pairs(row for table in _tables(PROACTIVE) for row in table.rows),
        *_pairs(row for t in TEMPLATES.values() for row in t.all_rows),
        *_reviewed(PROACTIVE, "rows"),
        *_reviewed(APPLICATIONS, "rows"),
    ]
)
ITEM_OF = {row.key: table.item for table in _tables(PROACTIVE) for row in table.rows}
APPLICANT_ORDER = tuple(c.key for c in next(iter(TEMPLATES.values())).applications.columns)
STAGE_ORDER = tuple(r.key for r in next(iter(TEMPLATES.values())).reviews.rows)
OUTCOME_ORDER = tuple(c.key for c in next(iter(TEMPLATES.values())).reviews.columns)
# Too short or too common to count as a row's label before another row of the table was met.
# No label with all its remarks is as long; what is would only cost time and memory.
_LONGEST_LABEL = 400
WEAK_ROWS = frozenset({"other_remaining", "total_handled"})


def is_of_group(text: str) -> bool:
    """Whether a text is the label of a group of rows, or a piece of one."""
    return any(normal(text) in group for group in _GROUPS)


def row_label(text: str) -> RowLabel | None:
    """The row of section two or three that ``text`` prints."""
    return _row_label(text) if len(text) < _LONGEST_LABEL else None


@lru_cache(maxsize=4096)
def _row_label(text: str) -> RowLabel | None:
    return _of_table(ROWS.match(text))


def means_else(found: RowLabel, text: str) -> bool:
    """Whether the label of a row means something else too, as it is printed: 其他 does, 3.其他 does not."""
    return found.match.key in WEAK_ROWS and core(text) == normal(text)


def row_printed(text: str) -> RowLabel | None:
    """The same where the form's label, or a reviewed spelling, is printed: prose is soon told from labels."""
    return _of_table(ROWS.printed(text)) if len(text) < _LONGEST_LABEL else None


def _of_table(match: Match | None) -> RowLabel | None:
    if match is None:
        return None
    return RowLabel(APPLICATIONS if match.key in _APPLICATION_ROWS else PROACTIVE, match)


@lru_cache(maxsize=4096)
def item_title(text: str) -> str:
    """20(1) … where the text is the title of a sub-table (第二十条第（一）项), else ""."""
    found = _TITLE.search(normal(text)) if len(text) < 40 else None
    return f"20({_ITEMS[found[1]]})" if found else ""


@lru_cache(maxsize=4096)
def names_column(text: str) -> bool:
    """Whether the text is the label of a column of an official table, or stands above several."""
    return any(labels.match(text) for labels in (PROACTIVE_COLUMNS, APPLICANTS, OUTCOMES, STAGES, HEADS))


def heads_columns(texts: Iterable[str]) -> bool:
    """Whether the texts of a row are nothing but labels of columns, some of its cells being blank maybe."""
    filled = [text for text in texts if not is_blank(text)]
    return bool(filled) and not row_label(filled[0]) and all(map(names_column, filled))


@lru_cache(maxsize=4096)
def is_extra(text: str) -> bool:
    """Whether the text heads a column that is none of the form's (序号, 备注)."""
    return core(text) in _EXTRA


@lru_cache(maxsize=4096)
def is_numberlike(text: str) -> bool:
    """Whether the text is what stands in a value cell: figures (or unreadable ones), a dash, 无, 见附件."""
    plain = normal(text).replace(UNREAD, "0")
    if not plain or _NUMBERLIKE.fullmatch(plain):
        return bool(plain)
    return plain.rstrip("。").lower() in _stand_ins() or bool(
        _STANDS_FOR_FIGURE.fullmatch(plain) and plain[-1] != "."
    )


def is_figure(text: str) -> bool:
    """Whether the text stands in a value cell and has digits: a dash or 无 has none."""
    return is_numberlike(text) and any(c.isdigit() for c in text)


@lru_cache(maxsize=4096)
def is_blank(text: str) -> bool:
    """Whether nothing visible is printed."""
    return not (text[:1].isalnum() or normal(text))


def in_order(found: Iterable[str], official: Iterable[str]) -> bool:
    """Whether ``found`` are in the order of ``official``, each at most once."""
    rest = iter(official)
    return all(any(key == other for other in rest) for key in found)


@lru_cache(maxsize=1024)
def proactive_layout(
    keys: tuple[str, ...], item: str, format_name: str
) -> tuple[tuple[Label, ...], str] | None:
    """The columns of a sub-table whose header shows ``keys``, and the form they belong to.

    The form named has the first word; where none is named (mixed documents), a
    form whose columns are all there, then any that has those shown. None where
    no form has such columns.
    """
    shown = set(keys)
    fitting = [
        (table.columns, name)
        for name, template in TEMPLATES.items()
        for table in template.proactive
        if table.item == item and shown <= {c.key for c in table.columns}
    ]
    fitting.sort(key=lambda found: (found[1] != format_name, len(found[0]) != len(shown)))
    return fitting[0] if fitting else None


_ALL_LABELS = tuple(
    {
        normal(text)
        for t in TEMPLATES.values()
        for table in t.tables()
        for text in (*table.heads, *table.groups, *(s for row in table.rows for s in row.spellings()))
    }
)


@lru_cache(maxsize=4096)
def is_label_part(text: str) -> bool:
    """Whether the text is a piece of an official label that was wrapped over lines."""
    plain = normal(text)
    return any(plain in label or label in plain for label in _ALL_LABELS if len(label) > 3)


@lru_cache(maxsize=4096)
def begins_label(text: str) -> bool:
    """Whether an official label begins with the text, with or without its ordinal."""
    plain = core(text)
    return bool(plain) and any(core(label).startswith(plain) for label in _ALL_LABELS)


Scanned = tuple[Match, str]  # a label found, and what is printed


@cache
def scanner(matcher: Matcher, decoys: tuple[str, ...]) -> re.Pattern[str]:
    """What finds the labels of ``matcher``, and the decoys that hold one, in running text."""
    forms = sorted({*matcher.forms, *map(core, decoys)}, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, forms)))


def scan(pieces: Iterable[str], matcher: Matcher, decoys: tuple[str, ...] = ()) -> list[Scanned]:
    """The labels of ``matcher`` in running pieces of text, in order, with what is printed.

    A piece that is a label counts first; pieces that are none are joined, and
    labels found inside (wrapped, one character a piece, run together).
    ``decoys`` are longer words that hold a label without being one.
    """
    listed = tuple(pieces)
    short = sum(map(len, listed)) < _LONGEST_LABEL
    return list((_scan_remembered if short else _scan)(listed, matcher, decoys))


@lru_cache(maxsize=4096)  # the headers of reports are much the same
def _scan_remembered(
    pieces: tuple[str, ...], matcher: Matcher, decoys: tuple[str, ...]
) -> tuple[Scanned, ...]:
    return tuple(_scan(pieces, matcher, decoys))


def _scan(pieces: tuple[str, ...], matcher: Matcher, decoys: tuple[str, ...]) -> Iterator[Scanned]:
    rest = ""
    for piece in [*pieces, None]:
        match = matcher.match(piece) if piece else None
        if piece is not None and (match is None or piece in decoys):
            rest += normal(piece)
            continue
        for hit in scanner(matcher, decoys).finditer(rest):
            if hit.group() in matcher.forms:
                yield Match(matcher.forms[hit.group()]), hit.group()
        rest = ""
        if match and piece:
            yield match, piece


@cache
def printed() -> re.Pattern[str]:
    """What finds in text in its normal form whatever the official tables print but values."""
    labels = (ROWS, PROACTIVE_COLUMNS, APPLICANTS, STAGES, OUTCOMES, HEADS, GROUPS)
    forms = sorted({form for kind in labels for form in kind.forms} | {ITEMS}, key=len, reverse=True)
    return re.compile(rf"{_TITLE.pattern}|{_ORDINAL}?(?:{'|'.join(map(re.escape, forms))})")


@cache
def row_begins() -> re.Pattern[str]:
    """What finds in such text where rows, groups of rows and parts of the official tables begin."""
    weak = {form for form, key in ROWS.forms.items() if key in WEAK_ROWS}
    forms = sorted({*ROWS.forms, *GROUPS.forms, ITEMS} - weak, key=len, reverse=True)
    return re.compile(
        rf"{_TITLE.pattern}|{_ORDINAL}?(?:{'|'.join(map(re.escape, forms))})"
        rf"|{_ORDINAL}(?:{'|'.join(map(re.escape, sorted(weak)))})"
    )
