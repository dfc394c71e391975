"""The rows of archive.db from those of store.db. Every function works on one connection that has the store
attached.

Reports are filled a set at a time: the ids stand in the temporary table ``chosen``.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from importlib import resources

from pipelines.publish import cells, codebook, figures, places, said, words
from pipelines.publish.masks import SHORTEST, Masked, covered, mask
from pipelines.publish.tables import COPIED, ONLY, PER_REPORT, SAID, STATISTIC, TECHNICAL, WHOLE

_AMOUNT = re.compile(r"[\s¥￥+\-]*[\d,，.．０-９]+\s*[万亿]?[元件条次项个]?\s*")
_FOLDERS = re.compile(r"(?<![\w:/.])/(?:[^/\s:：]+/)+(?=[^/\s])")
_PLACE = re.compile(r'\{"table": (0|[1-9]\d*), "row": (0|[1-9]\d*), "column": (0|[1-9]\d*)\}', re.ASCII)
_PLACES = 1 << 12
_BATCH = 200  # sections held in memory at once


def register_functions(connection: sqlite3.Connection) -> None:
    """The SQL functions that filling uses: mask, without_folders, is_amount, indexed."""
    connection.create_function("mask", 1, lambda text: mask(text).text, deterministic=True)
    connection.create_function("without_folders", 1, without_folders, deterministic=True)
    connection.create_function("is_amount", 1, is_amount, deterministic=True)
    connection.create_function("indexed", 1, lambda text: words.indexed(text or ""), deterministic=True)


def without_folders(text: str | None) -> str | None:
    """A message without the folders of the machine it was written on: /home/somebody/a.pdf is a.pdf."""
    return text and _FOLDERS.sub("", text)


def is_amount(text: str | None) -> bool:
    """Whether a printed text is a number and at most its unit: a statistic, not somebody's number."""
    return text is not None and _AMOUNT.fullmatch(text) is not None


def create(connection: sqlite3.Connection) -> None:
    """Tables, indexes, full text, views and codebook of an empty archive."""
    package = resources.files("pipelines.publish")
    connection.executescript((package / "archive.sql").read_text(encoding="utf-8"))
    for table, columns in (("sections_fts", "heading, text"), ("reports_fts", "title, text")):
        connection.execute(
            f"CREATE VIRTUAL TABLE {table} USING fts5({columns}, content='', tokenize=\"{words.TOKENIZER}\")"
        )
    views = sorted((package / "views").iterdir(), key=lambda path: path.name)
    for view in views:
        connection.executescript(view.read_text(encoding="utf-8"))
    connection.executemany("INSERT INTO codebook VALUES (?, ?, ?, ?, ?, ?, ?, ?)", codebook.rows())


def columns_of(connection: sqlite3.Connection, table: str, schema: str = "main") -> dict[str, str]:
    """Column names of a table and their declared types, in order."""
    return {row[1]: row[2] for row in connection.execute(f"PRAGMA {schema}.table_info({table})")}


def bring_whole_tables(connection: sqlite3.Connection) -> None:
    """Take over what differs in the tables whose rows may change in place."""
    for table in WHOLE:
        keys = [row[1] for row in connection.execute(f"PRAGMA table_info({table})") if row[5]]
        rows = f"SELECT {{columns}} FROM store.{table} WHERE {ONLY.get(table, '1')}"  # noqa: S608
        names, values = _shared(connection, table, f"store.{table}")
        key, fresh = ", ".join(keys), rows.format(columns=", ".join(keys))
        connection.execute(f"DELETE FROM main.{table} WHERE ({key}) NOT IN ({fresh})")  # noqa: S608
        connection.execute(
            f"""INSERT OR REPLACE INTO main.{table} ({", ".join(names)})
                SELECT f.* FROM ({rows.format(columns=", ".join(values))}) f
                LEFT JOIN main.{table} m USING ({key})
                WHERE ({_of("f", names)}) IS NOT ({_of("m", names)})"""  # noqa: S608
        )


def remove_reports(connection: sqlite3.Connection) -> int:
    """Take every row of the chosen reports out of the archive. Returns how many reports were there."""
    _index_reports(connection, delete=True)
    _run(connection, "tallies.sql", sign="-")
    for table in reversed(PER_REPORT):
        connection.execute(f"DELETE FROM {table} WHERE report_id IN (SELECT report_id FROM chosen)")  # noqa: S608
    return int(connection.execute("SELECT changes()").fetchone()[0])


def add_reports(connection: sqlite3.Connection) -> None:
    """Bring in every row of the chosen reports, masked, with fact tables and full text."""
    reports = [*said.unpacked(connection.execute(_PACKED))]
    said.lay_out(connection, reports)
    for table in COPIED:
        _copy(connection, table, f"store.{table}", "report_id IN (SELECT report_id FROM chosen)")
    for table in SAID:
        _copy(connection, table, f"temp.said_{table}")
    places.number_reports(connection)
    cells.add(connection, ((report_id, report) for report_id, report, _ in reports))
    _add_texts(connection)
    _run(connection, "facts.sql")
    _run(connection, "tallies.sql", sign="+")
    _index_reports(connection, delete=False)


def fill_summaries(connection: sqlite3.Connection) -> None:
    """Count anew what is counted by year, for the years in the temporary table ``touched``."""
    _run(connection, "summaries.sql")


def remove_unused_kinds(connection: sqlite3.Connection) -> None:
    """Forget what no cell says any more: a withdrawn report's labels must not stay behind."""
    connection.execute("DELETE FROM cell_kinds WHERE kind NOT IN (SELECT kind FROM kind_tallies)")


def _run(connection: sqlite3.Connection, script: str, **columns: str) -> None:
    """The statements of a file, within the transaction that is open (executescript would end it)."""
    text = (resources.files("pipelines.publish") / script).read_text(encoding="utf-8")
    for name, expression in columns.items():
        text = text.replace(f"{{{name}}}", expression)
    for statement in text.split(";\n"):
        connection.execute(statement)


_PACKED = """
    SELECT report_id, body, ties FROM chosen
    JOIN store.reports USING (report_id) JOIN store.report_versions USING (report_id, version)
    ORDER BY report_id
"""


def _copy(connection: sqlite3.Connection, table: str, source: str, where: str = "1") -> None:
    names, values = _shared(connection, table, source)
    rows = f"SELECT {', '.join(values)} FROM {source} WHERE {where}"  # noqa: S608
    connection.execute(f"INSERT INTO main.{table} ({', '.join(names)}) {rows}")


def _shared(connection: sqlite3.Connection, table: str, source: str) -> tuple[list[str], list[str]]:
    """The columns, quoted, that a table has from its source, and their values there, masked."""
    types = columns_of(connection, table)
    schema, _, name = source.partition(".")
    there = columns_of(connection, name, schema)
    shared = [name for name in types if name in there]
    values = [f'{_masked_column(table, name, types[name])} AS "{name}"' for name in shared]
    return [f'"{name}"' for name in shared], values


def _of(alias: str, names: list[str]) -> str:
    return ", ".join(f"{alias}.{name}" for name in names)


def _masked_column(table: str, name: str, declared: str) -> str:
    column = f'"{name}"'
    if declared != "TEXT" or name in TECHNICAL:
        return column
    text = f"without_folders({column})" if name == "detail" else column
    asis = f"{text} IS NULL OR length({text}) < {SHORTEST}"
    if table in STATISTIC:
        asis += f" OR {STATISTIC[table].format(column=text)}"
    return f"CASE WHEN {asis} THEN {text} ELSE mask({text}) END"


# --- sections and the figures stated in them -----------------------------------


def _add_texts(connection: sqlite3.Connection) -> None:
    masked: dict[tuple[str, int], Masked] = {}
    for batch in _batches(connection):
        rows = []
        for report_id, ordinal, number, heading, text in batch:
            hidden = covered(text, figures.find_beside(connection, report_id, text))
            rows.append((report_id, ordinal, number, mask(heading).text, hidden.text))
            if hidden.found:
                masked[report_id, ordinal] = hidden
        connection.executemany(places.INSERT_SECTION, rows)
    _add_figures(connection, masked)


def _batches(connection: sqlite3.Connection) -> Iterator[list[tuple[str, int, int | None, str, str]]]:
    cursor = connection.execute(
        "SELECT report_id, ordinal, number, heading, text FROM temp.said_sections ORDER BY report_id, ordinal"
    )
    while batch := cursor.fetchmany(_BATCH):
        yield batch


def _add_figures(connection: sqlite3.Connection, masked: dict[tuple[str, int], Masked]) -> None:
    """Figures move with the text; what a mask covers is no figure of the report."""
    connection.execute(
        'INSERT INTO stated_figures SELECT report_id, section, phrase, value, unit, qualifier, start, "end"'
        " FROM temp.said_stated_figures ORDER BY rowid"
    )
    for (report_id, section), hidden in masked.items():
        stated = connection.execute(
            'SELECT rowid, start, "end", phrase FROM stated_figures WHERE report_id = ? AND section = ?',
            (report_id, section),
        ).fetchall()
        for rowid, start, end, phrase in stated:
            moved = hidden.moved(start, end)
            if moved is None:
                connection.execute("DELETE FROM stated_figures WHERE rowid = ?", (rowid,))
            else:
                connection.execute(
                    'UPDATE stated_figures SET start = ?, "end" = ?, phrase = ? WHERE rowid = ?',
                    (*moved, mask(phrase).text, rowid),
                )


# --- full text ------------------------------------------------------------------


def _index_reports(connection: sqlite3.Connection, *, delete: bool) -> None:
    """Enter the chosen reports into the full text, or take them out by the words they were entered with."""
    for table, columns, source in (
        ("sections_fts", "heading, text", _SECTION_WORDS),
        ("reports_fts", "title, text", _REPORT_WORDS),
    ):
        command = (
            f"({table}, rowid, {columns}) SELECT 'delete', *" if delete else f"(rowid, {columns}) SELECT *"
        )
        connection.execute(f"INSERT INTO {table} {command} FROM ({source})")


_SECTION_WORDS = """
    SELECT rowid, indexed(heading), indexed(text) FROM sections
    WHERE report_id IN (SELECT report_id FROM chosen)
"""
# the line break bounds: no word reaches over the end of a section
_REPORT_WORDS = """
    SELECT r.rowid, indexed(r.title), indexed(coalesce(
        (SELECT group_concat(heading || char(10) || text, char(10))
         FROM (SELECT heading, text FROM sections s WHERE s.report_id = r.report_id ORDER BY ordinal)), ''))
    FROM reports r WHERE r.report_id IN (SELECT report_id FROM chosen)
"""
