"""The official forms as data: which tables, rows, columns and labels a report has, and what must agree.

A new form is a new file in ``templates``; no code knows a year.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from typing import Any

from pipelines.parse.labels import core, normal
from pipelines.parse.numbers import COUNT, ITEM, MONEY, YUAN
from pipelines.parse.records import Evidence

PROACTIVE, APPLICATIONS, REVIEWS = "proactive", "applications", "reviews"
TABLES = (PROACTIVE, APPLICATIONS, REVIEWS)
SECTION_OF = {PROACTIVE: 2, APPLICATIONS: 3, REVIEWS: 4}  # the section that a table stands in
# Words of 《政府信息公开情况统计表》 (国办发〔2014〕32号); that form is recognised, not filled.
_WORDS_2014 = ("政府信息公开情况统计表", "主动公开政府信息数", "统计指标", "制发规范性文件总数", "申请办结数")
# Labels of the form that other tables use as well.
_COMMON = ("行政复议", "其他结果", "总计")
# characters of labels that are the form's own: of rows of section three, of columns of section two
_LONG_LABEL, _LONG_COLUMN = 11, 6


@dataclass(frozen=True, slots=True)
class Label:
    """A row or column of a form. ``label`` is the official wording, ``variants`` are known others.

    ``kind`` (columns): count, signed or money.
    """

    key: str
    label: str
    variants: tuple[str, ...] = ()
    kind: str = COUNT

    @property
    def unit(self) -> str:
        """The unit its numbers are kept in: item or yuan."""
        return YUAN if self.kind == MONEY else ITEM

    def spellings(self) -> tuple[str, ...]:
        """The official wording and every known variant."""
        return (self.label, *self.variants)


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a form. Sub-tables of section two have an ``item`` (20(1) …) and a ``title``.

    ``heads`` are labels above several columns, ``groups`` labels beside several rows.
    """

    name: str
    rows: tuple[Label, ...]
    columns: tuple[Label, ...]
    heads: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    item: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Relation:
    """勾稽: the sum of ``left`` equals the sum of ``right``.

    ``scope`` column: once per column, the operands being rows; row: once per
    row, the operands being columns.
    """

    rule: str
    table: str
    scope: str
    left: tuple[str, ...]
    right: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Alternative:
    """Rows that a document may print ``instead_of`` rows of the form."""

    table: str
    rows: tuple[Label, ...]
    instead_of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FormCell:
    """A cell of a form; ``ordinal`` counts from 0 within ``table_name``."""

    table_name: str
    ordinal: int
    item: str
    row: str
    column_name: str
    kind: str


@dataclass(frozen=True)
class Template:
    """An official form. ``marks`` are labels that only this form has, by table."""

    format: str
    proactive: tuple[Table, ...]
    applications: Table
    reviews: Table
    relations: tuple[Relation, ...]
    alternatives: tuple[Alternative, ...]
    marks: dict[str, tuple[str, ...]]

    def tables(self) -> tuple[Table, ...]:
        """All tables in the order of the form."""
        return (*self.proactive, self.applications, self.reviews)

    def substituted(self, keys: tuple[str, ...], present: Collection[str]) -> tuple[str, ...]:
        """Row keys, with an alternative in place of rows where ``present`` has it and none of them.

        Example: for a 2021 document whose （六）其他处理 is one row, other_handling
        takes the place of the three rows of the form.
        """
        for alternative in self.alternatives:
            if self._applies(alternative, present) and set(alternative.instead_of) <= set(keys):
                first = keys.index(alternative.instead_of[0])
                rest = tuple(k for k in keys if k not in alternative.instead_of)
                keys = (*rest[:first], *(r.key for r in alternative.rows), *rest[first:])
        return keys

    def cells(self, present: Collection[str] = ()) -> tuple[FormCell, ...]:
        """Every cell of the form, in its order; ``present`` row keys choose alternatives."""
        chosen = self.chosen(present)
        if chosen not in self._cells:
            self._cells[chosen] = self._all_cells(chosen)
        return self._cells[chosen]

    def chosen(self, present: Collection[str]) -> frozenset[str]:
        """Of the rows present those that decide between alternatives: all that matters of them."""
        return self._choosing.intersection(present)

    @cached_property
    def _cells(self) -> dict[frozenset[str], tuple[FormCell, ...]]:
        return {}

    @cached_property
    def _choosing(self) -> frozenset[str]:
        """The rows whose presence decides between alternatives."""
        own = {key for a in self.alternatives for key in a.instead_of}
        return frozenset(own | {row.key for a in self.alternatives for row in a.rows})

    def _all_cells(self, present: Collection[str]) -> tuple[FormCell, ...]:
        found: list[FormCell] = []
        for name, tables in (
            (PROACTIVE, self.proactive),
            (APPLICATIONS, (self.applications,)),
            (REVIEWS, (self.reviews,)),
        ):
            ordinal = 0
            for table in tables:
                for row in self.substituted(tuple(r.key for r in table.rows), present):
                    for column in table.columns:
                        found.append(FormCell(name, ordinal, table.item, row, column.key, column.kind))
                        ordinal += 1
        return tuple(found)

    @cached_property
    def all_rows(self) -> tuple[Label, ...]:
        """The rows of section three, alternatives included."""
        extra = (row for a in self.alternatives if a.table == APPLICATIONS for row in a.rows)
        return (*self.applications.rows, *extra)

    @staticmethod
    def _applies(alternative: Alternative, present: Collection[str]) -> bool:
        has = any(row.key in present for row in alternative.rows)
        return has and not any(key in present for key in alternative.instead_of)


def load(text: str) -> Template:
    """A template from the text of its TOML file."""
    data = tomllib.loads(text)
    return Template(
        format=data["format"],
        proactive=tuple(_table(PROACTIVE, part) for part in data["proactive"]),
        applications=_table(APPLICATIONS, data["applications"]),
        reviews=_table(REVIEWS, data["reviews"]),
        relations=tuple(
            Relation(r["rule"], r["table"], r["scope"], tuple(r["left"]), tuple(r["right"]))
            for r in data["relations"]
        ),
        alternatives=tuple(
            Alternative(a["table"], _labels(a["rows"]), tuple(a["instead_of"])) for a in data["alternatives"]
        ),
        marks={table: tuple(normal(m) for m in marks) for table, marks in data["marks"].items()},
    )


def _table(name: str, data: dict[str, Any]) -> Table:
    return Table(
        name=name,
        rows=_labels(data["rows"]),
        columns=_labels(data["columns"]),
        heads=tuple(data.get("heads", ())),
        groups=tuple(data.get("groups", ())),
        item=data.get("item", ""),
        title=data.get("title", ""),
    )


def _labels(data: list[dict[str, Any]]) -> tuple[Label, ...]:
    return tuple(
        Label(d["key"], d["label"], tuple(d.get("variants", ())), d.get("kind", COUNT)) for d in data
    )


def _load_all() -> dict[str, Template]:
    folder = resources.files(__package__) / "templates"
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".toml")), key=lambda f: f.name)
    templates = (load(f.read_text(encoding="utf-8")) for f in files)
    return {t.format: t for t in templates}


TEMPLATES: dict[str, Template] = _load_all()


def detect_format(whole: str) -> tuple[str, Evidence]:
    """Which form a document follows, told by its labels alone.

    ``whole`` are the normal forms of the cells and lines of its tables in reading order. Out comes
    the form's name, ``mixed`` where labels of two forms occur, ``2014`` for the
    statistics form of that year, else ``prose``; with the labels that decided.
    """
    hits = {name: _hits(t, whole) for name, t in TEMPLATES.items()}
    found = {name: words for name, words in hits.items() if words}
    if len(found) > 1:
        name = "mixed"
    elif found:
        (name,) = found
    else:
        name = _without_marks(whole)
    words = [w for marks in found.values() for w in marks] or [w for w in _WORDS_2014 if w in whole]
    return name, Evidence("format", name, "labels", "、".join(words))


def tables_met(format_name: str, whole: str) -> frozenset[str]:
    """The official tables that a document may hold: all that its form has; where its labels are those of
    no form, the tables of which a label that no other statistics have is there.
    """
    if format_name in TEMPLATES or format_name == "mixed":
        return frozenset(TABLES)
    own = _own_labels().items()
    return frozenset(table for table, labels in own if any(each in whole for each in labels))


@cache
def _own_labels() -> dict[str, frozenset[str]]:
    """Labels of each table that an office's own statistics hardly use: long ones, those of section four."""
    found: dict[str, set[str]] = {table: set() for table in TABLES}
    for table in (table for template in TEMPLATES.values() for table in template.tables()):
        if table.name == PROACTIVE:
            found[PROACTIVE] |= {normal(table.title)}
            found[PROACTIVE] |= {normal(c.label) for c in table.columns if len(c.label) >= _LONG_COLUMN}
        if table.name == APPLICATIONS:
            found[APPLICATIONS] |= {core(row.label) for row in table.rows if len(row.label) >= _LONG_LABEL}
        if table.name == REVIEWS:
            labels = (*table.rows, *table.columns)
            found[REVIEWS] |= {normal(each.label) for each in labels if each.label not in _COMMON}
    return {table: frozenset(labels) for table, labels in found.items()}


def _hits(template: Template, whole: str) -> list[str]:
    return [mark for marks in template.marks.values() for mark in marks if mark in whole]


def _without_marks(whole: str) -> str:
    """Section two holds no table: the rows of section three decide, by the form that needs no mark there."""
    if sum(word in whole for word in _WORDS_2014) >= 2:
        return "2014"
    for name, template in TEMPLATES.items():
        rows = [normal(row.label).split("(区分")[0] for row in template.applications.rows]
        if not template.marks.get(APPLICATIONS) and sum(row in whole for row in rows) > len(rows) // 2:
            return name
    return "prose"
