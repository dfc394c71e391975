"""The rows of archive.db from those of store.db. Every function works on one connection that has the store
attached.

Reports are filled a set at a time: the ids stand in the temporary table ``chosen``.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable
from importlib import resources

from pipelines.address import address
from pipelines.publish import codebook, row_numbers, words
from pipelines.publish.masks import SHORTEST, mask
from pipelines.publish.rosters import LABEL
from pipelines.publish.said import Packed, Said, without_folders
from pipelines.publish.shared import Shared, release
from pipelines.publish.tables import (
    COPIED,
    FOLLOWED,
    FULL_TEXT,
    ONLY,
    PER_REPORT,
    STATISTIC,
    TECHNICAL,
    WHOLE,
)
from pipelines.schema import statements

_AMOUNT = re.compile(r"[\s¥￥+\-]*[\d,，.．０-９]+\s*[万亿]?[元件条次项个]?\s*")
# bytes of words that the full text gathers before it writes them: the more, the less it has to merge
_GATHERED = 32 << 20
# table, its key, what a report that is only met again changes in it
_SEEN = (
    ("report_sources", ["report_id", "url"], ["last_seen_at", "gone_at"]),
    ("report_versions", ["report_id", "version"], ["last_seen_at"]),
)


def register_functions(connection: sqlite3.Connection) -> None:
    """The SQL functions that filling uses: mask, without_folders, is_amount, indexed, address."""
    connection.create_function("mask", 1, lambda text: mask(text).text, deterministic=True)
    connection.create_function("without_folders", 1, without_folders, deterministic=True)
    connection.create_function("is_amount", 1, is_amount, deterministic=True)
    connection.create_function("address", 1, lambda url: address(url) if url else "", deterministic=True)
    connection.create_function("indexed", 1, lambda text: words.indexed(text or ""), deterministic=True)


def is_amount(text: str | None) -> bool:
    """Whether a printed text is a number and at most its unit: a statistic, not somebody's number."""
    return text is not None and _AMOUNT.fullmatch(text) is not None


def create(connection: sqlite3.Connection) -> None:
    """Tables, indexes, full text, views and codebook of an empty archive."""
    package = resources.files("pipelines.publish")
    connection.executescript((package / "archive.sql").read_text(encoding="utf-8"))
    for table, columns in FULL_TEXT.items():
        connection.execute(
            f"CREATE VIRTUAL TABLE {table} USING fts5({columns}, content='', tokenize=\"{words.TOKENIZER}\")"
        )
        connection.execute(f"INSERT INTO {table} ({table}, rank) VALUES ('hashsize', {_GATHERED})")  # noqa: S608
    views = sorted((package / "views").iterdir(), key=lambda path: path.name)
    for view in views:
        connection.executescript(view.read_text(encoding="utf-8"))
    connection.executemany("INSERT INTO codebook VALUES (?, ?, ?, ?, ?, ?, ?, ?)", codebook.rows())


def begin_choosing(connection: sqlite3.Connection) -> None:
    """Makes the temporary table ``chosen``, empty."""
    connection.execute("CREATE TEMP TABLE chosen (report_id TEXT PRIMARY KEY) WITHOUT ROWID")


def choose(connection: sqlite3.Connection, ids: Iterable[str]) -> None:
    """The reports that the functions below work on, instead of those chosen before."""
    connection.execute("DELETE FROM chosen")
    connection.executemany("INSERT INTO chosen VALUES (?)", ((report_id,) for report_id in ids))


def columns_of(connection: sqlite3.Connection, table: str, schema: str = "main") -> dict[str, str]:
    """Column names of a table and their declared types, in order."""
    return {row[1]: row[2] for row in connection.execute(f"PRAGMA {schema}.table_info({table})")}


def bring_whole_tables(connection: sqlite3.Connection, after: int | None = None) -> None:
    """Take over what differs in the tables whose rows may change in place.

    ``after``: of the tables that grow with every capture, only what came after the one of this number does
    (see ``FOLLOWED``).
    """
    for table in WHOLE:
        keys = [row[1] for row in connection.execute(f"PRAGMA table_info({table})") if row[5]]
        rows = f"SELECT {{columns}} FROM store.{table} WHERE ({ONLY.get(table, '1')})"  # noqa: S608
        names, values = _shared(connection, table, f"store.{table}")
        key, fresh = ", ".join(keys), rows.format(columns=", ".join(keys))
        if after is not None and table in FOLLOWED:
            rows += f" AND {FOLLOWED[table].format(after=after)}"
        else:
            gone = f"({key}) NOT IN ({fresh})"
            if table == "agency_names":
                _remove_names(connection, gone)
            connection.execute(f"DELETE FROM main.{table} WHERE {gone}")  # noqa: S608
        connection.execute(
            f"""INSERT INTO main.{table} ({", ".join(names)})
                SELECT f.* FROM ({rows.format(columns=", ".join(values))}) f
                LEFT JOIN main.{table} m USING ({key})
                WHERE ({_of("f", names)}) IS NOT ({_of("m", names)})
                ON CONFLICT ({key}) DO UPDATE SET ({", ".join(names)}) = ({_of("excluded", names)})"""  # noqa: S608
        )
    connection.execute(_INDEX_NAMES)


def bring_sightings(connection: sqlite3.Connection, touched: str) -> None:
    """When each source and version was last seen: a report that only was met again is not made again.

    Whoever sees a version sees it at a source of its report, and the store's versions lie among what the
    reports say: to look at all of them is to read all that. ``touched``: a condition for the reports whose
    sources may differ.
    """
    connection.execute(
        f"""CREATE TEMP TABLE seen AS
            SELECT DISTINCT report_id
            FROM store.report_sources s JOIN main.report_sources m USING (report_id, url)
            WHERE {touched} AND (s.last_seen_at, s.gone_at) IS NOT (m.last_seen_at, m.gone_at)"""  # noqa: S608
    )
    for table, key, columns in _SEEN:
        same = " AND ".join(f"s.{name} = m.{name}" for name in key)
        connection.execute(
            f"""UPDATE main.{table} AS m SET {", ".join(f"{name} = s.{name}" for name in columns)}
                FROM store.{table} s WHERE m.report_id IN (SELECT report_id FROM seen) AND {same}"""  # noqa: S608
        )


def remove_reports(connection: sqlite3.Connection) -> None:
    """Take every row of the chosen reports out of the archive."""
    _remove_words(connection)
    count(connection, "-")
    _count_rows(connection, "-")
    release(connection)
    for table in reversed(PER_REPORT):
        connection.execute(f"DELETE FROM {table} WHERE report_id IN (SELECT report_id FROM chosen)")  # noqa: S608


def add_reports(connection: sqlite3.Connection, shared: Shared, reports: list[Said]) -> None:
    """Bring in every row of the chosen reports, which are ``reports``, with fact tables and full text."""
    for table in COPIED:
        _copy(connection, table, f"store.{table}", "report_id IN (SELECT report_id FROM chosen)")
    row_numbers.number_reports(connection)
    for report in reports:
        _add(connection, shared, report)
    _add_texts(connection, reports)
    _run(connection, "facts.sql")
    count(connection, "+")
    _count_rows(connection, "+")


def _count_rows(connection: sqlite3.Connection, sign: str) -> None:
    for table in PER_REPORT:
        connection.execute(
            f"INSERT INTO row_counts SELECT '{table}', {sign} count(*) FROM {table} WHERE {_CHOSEN}"  # noqa: S608
            " ON CONFLICT (table_name) DO UPDATE SET n = n + excluded.n"
        )


def count_whole_tables(connection: sqlite3.Connection) -> None:
    """Note how many rows the tables have that don't hang on reports and grow with the archive."""
    for table in (*WHOLE, "agency_years"):
        connection.execute(f"INSERT OR REPLACE INTO row_counts SELECT '{table}', count(*) FROM {table}")  # noqa: S608


def count(connection: sqlite3.Connection, sign: str) -> None:
    """Count the chosen reports, as the archive has them, in (``+``) or out (``-``)."""
    _run(connection, "tallies.sql", sign=sign, chosen=_CHOSEN)
    count_measures(connection, sign)


def count_measures(connection: sqlite3.Connection, sign: str) -> None:
    """The part of it that hangs on what is known of agencies."""
    _run(connection, "measures.sql", sign=sign)


_CHOSEN = "report_id IN (SELECT report_id FROM chosen)"


def _add(connection: sqlite3.Connection, shared: Shared, report: Said) -> None:
    report_id = report.report_id
    for row_set in report.sets:
        shared.enter(report_id, row_set)
    for table, rows in report.rows.items():
        marks = ", ".join("?" * (len(rows[0]) + 1))
        connection.executemany(
            f"INSERT INTO {table} VALUES ({marks})",  # noqa: S608
            [(report_id, *row) for row in rows],
        )
    for table in report.withheld:  # of earlier versions as well
        connection.execute(_WITHHOLD, (LABEL, report_id, table))


def _add_texts(connection: sqlite3.Connection, reports: list[Said]) -> None:
    """Enter sections and full text, in the order of row numbers: what came before a number that is lower than
    the last is laid aside by the index, to be merged in later.
    """
    said = {report.report_id: report for report in reports}
    numbered = connection.execute(_NUMBERED).fetchall()
    for rowid, report_id, _ in numbered:
        report = said[report_id]
        places_of = [row_numbers.of_section(rowid, *section[:2]) for section in report.sections]
        for place, section, indexed in sorted(zip(places_of, report.sections, report.indexed, strict=True)):
            connection.execute(_SECTION, (place, report_id, *section))
            connection.execute(_INDEX_SECTION, (place, *indexed))
    connection.executemany(_INDEX_REPORT, ((rowid, title) for rowid, _, title in numbered))


_NUMBERED = """
    SELECT rowid, report_id, indexed(title) FROM reports WHERE report_id IN (SELECT report_id FROM chosen)
    ORDER BY rowid
"""
_SECTION = "INSERT INTO sections (rowid, report_id, ordinal, number, heading, text) VALUES (?, ?, ?, ?, ?, ?)"
_INDEX_SECTION = "INSERT INTO sections_fts (rowid, heading, text) VALUES (?, ?, ?)"
_INDEX_REPORT = "INSERT INTO reports_fts (rowid, title) VALUES (?, ?)"
_WITHHOLD = "UPDATE report_changes SET old_raw = ?1, new_raw = ?1 WHERE report_id = ?2 AND table_name = ?3"


def packed_reports(connection: sqlite3.Connection, ids: list[str]) -> list[Packed]:
    """What the store keeps of these reports."""
    return [connection.execute(_PACKED, (report_id,)).fetchone() for report_id in ids]


def fill_summaries(connection: sqlite3.Connection) -> None:
    """Count anew what is counted by year, for the years in the temporary table ``touched``."""
    _run(connection, "summaries.sql")


def _run(connection: sqlite3.Connection, script: str, **columns: str) -> None:
    """The statements of a file, within the transaction that is open."""
    text = (resources.files("pipelines.publish") / script).read_text(encoding="utf-8")
    for name, expression in columns.items():
        text = text.replace(f"{{{name}}}", expression)
    for statement in statements(text):
        connection.execute(statement)


_PACKED = """
    SELECT report_id, body, ties FROM store.reports JOIN store.report_versions USING (report_id, version)
    WHERE report_id = ?
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


# --- full text ------------------------------------------------------------------


def _remove_words(connection: sqlite3.Connection) -> None:
    """Take the chosen reports out of the full text, by the words they were entered with."""
    for table, columns, source in (
        ("sections_fts", "heading, text", _SECTION_WORDS),
        ("reports_fts", "title", _TITLE_WORDS),
    ):
        connection.execute(
            f"INSERT INTO {table} ({table}, rowid, {columns}) SELECT 'delete', * FROM ({source})"  # noqa: S608
        )


def _remove_names(connection: sqlite3.Connection, gone: str) -> None:
    connection.execute(
        "INSERT INTO agency_names_fts (agency_names_fts, rowid, name)"  # noqa: S608
        f" SELECT 'delete', rowid, indexed(name) FROM agency_names WHERE {gone}"
    )


_INDEX_NAMES = """
    INSERT INTO agency_names_fts (rowid, name) SELECT rowid, indexed(name) FROM agency_names
    WHERE rowid NOT IN (SELECT id FROM agency_names_fts_docsize)
"""
_SECTION_WORDS = """
    SELECT rowid, indexed(heading), indexed(text) FROM sections
    WHERE report_id IN (SELECT report_id FROM chosen) ORDER BY rowid
"""
_TITLE_WORDS = """
    SELECT rowid, indexed(title) FROM reports WHERE report_id IN (SELECT report_id FROM chosen) ORDER BY rowid
"""
