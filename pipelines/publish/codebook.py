"""The codebook: what every published name means, from one file (codebook.toml)."""

from __future__ import annotations

import tomllib
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any


@dataclass(frozen=True, slots=True)
class Entry:
    """A name and its meaning. ``kind``: table, column or value; ``column`` is set for a value only."""

    table: str
    column: str
    name: str
    kind: str
    zh: str
    en: str
    unit: str = ""
    source: str = ""

    def unit_in(self, language: str) -> str:
        """Its unit in ``zh`` or ``en``; one that is no word is the same in both."""
        chinese, _, english = self.unit.partition(" ")
        if not english or chinese.isascii():
            return self.unit
        return chinese if language == "zh" else english

    def told(self, language: str) -> str:
        """What it means in ``zh`` or ``en``, with its unit."""
        meaning = self.zh if language == "zh" else self.en
        unit = self.unit_in(language)
        if not unit:
            return meaning
        return f"{meaning}（{unit}）" if language == "zh" else f"{meaning} ({unit})"


@cache
def entries() -> tuple[Entry, ...]:
    """All entries: tables with their columns in the order of the file, then keys and enumerations."""
    return (*_tables(_book()), *_values(_book()))


@cache
def _book() -> dict[str, Any]:
    text = (resources.files("pipelines.publish") / "codebook.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def rows() -> Iterator[tuple[str, str, str, str, str, str, str | None, str | None]]:
    """The rows of the table `codebook`."""
    for e in entries():
        yield e.table, e.column, e.name, e.kind, e.zh, e.en, e.unit or None, e.source or None


@cache
def labels(table: str, column: str = "") -> dict[str, Entry]:
    """By name: the columns of a table, or the keys and values of a column."""
    kind = "value" if column else "column"
    return {e.name: e for e in entries() if (e.table, e.column, e.kind) == (table, column, kind)}


@cache
def answer_label(name: str) -> Entry | None:
    """What a column of that name means in the answer to a ready question."""
    told = _book()["answers"].get(name)
    return Entry("", "", name, "column", *told) if told else column_label(name)


def column_label(name: str, among: Container[str] | None = None) -> Entry | None:
    """What a column of that name means: of the first table that has one, ``among`` those named or all."""
    return next(
        (
            e
            for e in entries()
            if e.kind == "column" and e.name == name and (among is None or e.table in among)
        ),
        None,
    )


def tables() -> list[Entry]:
    """The tables and views, in the order of the file."""
    return [entry for entry in entries() if entry.kind == "table"]


def table_label(table: str) -> Entry | None:
    """What a table holds."""
    return next((e for e in entries() if e.kind == "table" and e.name == table), None)


def markdown(book: Sequence[Entry] = ()) -> str:
    """The codebook (or another archive's ``book``) as a page (docs/codebook.md)."""
    book = book or entries()
    lines = [
        "# 数据字典 Codebook",
        "",
        "Made from `pipelines/publish/codebook.toml` by `python -m pipelines.publish`; change it there.",
        "",
    ]
    for table in (e for e in book if e.kind == "table"):
        columns = [e for e in book if e.kind == "column" and e.table == table.name]
        values = [e for e in book if e.kind == "value" and e.table == table.name]
        lines += [
            f"## `{table.name}` {table.zh}",
            "",
            table.en,
            "",
            "| name | 中文 | English | unit | source |",
            "|---|---|---|---|---|",
        ]
        lines += [_line(e.name, e) for e in columns]
        for column in columns:
            lines += [_line(f"{column.name} = {e.name}", e) for e in values if e.column == column.name]
        lines.append("")
    return "\n".join(lines)


def metadata() -> dict[str, Any]:
    """The block ``tables`` of Datasette's metadata: titles, columns with units, facets, order, full text."""
    return {table: _table_metadata(table, content) for table, content in _book()["tables"].items()}


def _table_metadata(table: str, content: dict[str, Any]) -> dict[str, Any]:
    zh, en, *more = content["label"]
    described = {
        "title": f"{zh} {en}",
        "description": "；".join(["单位 unit：" + more[0]] if more and more[0] else []),
    }
    if len(more) > 1:
        described["source"] = more[1]
    columns = {name: _described(entry) for name, entry in labels(table).items()}
    return {**{k: v for k, v in described.items() if v}, **content.get("site", {}), "columns": columns}


def _described(entry: Entry) -> str:
    unit = f"（{entry.unit}）" if entry.unit else ""
    return f"{entry.zh}{unit} · {entry.en}"


def _line(name: str, entry: Entry) -> str:
    return f"| `{name}` | {entry.zh} | {entry.en} | {entry.unit} | {entry.source} |"


def _tables(book: dict[str, Any]) -> Iterator[Entry]:
    for table, content in book["tables"].items():
        yield Entry(table, "", table, "table", *content["label"])
        for name in content.get("uses", ()):
            yield Entry(table, "", name, "column", *book["shared"][name])
        for name, meaning in content.get("columns", {}).items():
            # a string names the shared meaning of a column that is called otherwise here
            yield Entry(
                table, "", name, "column", *(book["shared"][meaning] if isinstance(meaning, str) else meaning)
            )


def _values(book: dict[str, Any]) -> Iterator[Entry]:
    for group in book["values"]:
        meanings = {name: book["shared"][name] for name in group.get("uses", ())}
        meanings |= {name: meaning for name, meaning in group.items() if name not in ("of", "uses")}
        for place in group["of"]:
            table, _, column = place.partition(".")
            for name, meaning in meanings.items():
                yield Entry(table, column, name, "value", *meaning)
