"""What must hold before an archive is shown to anybody."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from pipelines.publish import figures, fill
from pipelines.publish.masks import SHORTEST, find
from pipelines.publish.tables import FOLLOWED, KINDS, PER_REPORT, PER_SET, STATISTIC, TECHNICAL

_NAMED = 5  # places named in a message


def problems(
    connection: sqlite3.Connection,
    renewed: str | None = None,
    after: int | None = None,
    *,
    whole: bool = True,
) -> list[str]:
    """Why the archive on ``connection`` must not be published; empty if nothing stands against it.

    ``renewed`` is a table of the reports that came, changed or went, beside ``fresh_sets`` (shared.py), and
    ``after`` the capture after which others came (``FOLLOWED``); other rows were looked at when they were
    published, by the same rules. Without them every row is looked at. ``whole``: the file is looked through
    for damage.
    """
    look = "PRAGMA main.integrity_check(5)"
    damaged = [row[0] for row in connection.execute(look) if row[0] != "ok"] if whole else []
    orphans = list(_orphans(connection, renewed))
    exposed = list(personal_data(connection, renewed, after))
    return [*damaged[:_NAMED], *orphans[:_NAMED], *exposed[:_NAMED]]


def _orphans(connection: sqlite3.Connection, renewed: str | None) -> Iterator[str]:
    looked_at = {**dict.fromkeys(set(PER_REPORT) - {"reports"}, _ALONE), **dict.fromkeys(PER_SET, _SET_ALONE)}
    for table in _tables(connection):
        if renewed and table in looked_at:  # most rows of the archive
            sql = looked_at[table].format(table=table, renewed=renewed, kinds=KINDS.get(table))
            for (what,) in connection.execute(sql):
                yield what
        else:
            yield from _without_parents(connection, table)


def _without_parents(connection: sqlite3.Connection, table: str) -> Iterator[str]:
    """What ``PRAGMA foreign_key_check`` would tell, which reads the whole rows; here an index will do."""
    for key in connection.execute(f"PRAGMA main.foreign_key_list({table})").fetchall():
        parent, child, column = key[2:5]
        sql = _CHILDREN_ALONE.format(table=table, parent=parent, child=child, column=column)
        for (value,) in connection.execute(sql):
            yield f"{table} of {child} {value} has no {parent}"


# without joins, of which SQLite might make a filter of the whole table
_ALONE = """
    SELECT DISTINCT '{table} of ' || report_id || ' have no report'
    FROM {table} v
    WHERE report_id IN (SELECT report_id FROM {renewed})
        AND NOT EXISTS (SELECT 1 FROM reports r WHERE r.report_id = v.report_id)
"""
_CHILDREN_ALONE = """
    SELECT DISTINCT {child} FROM main.{table} v
    WHERE {child} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM main.{parent} p WHERE p.{column} = v.{child})
"""
_SET_ALONE = """
    SELECT DISTINCT '{table} of set ' || set_id || ' have no set or kind'
    FROM {table} v
    WHERE set_id IN (SELECT set_id FROM fresh_sets) AND NOT (
        EXISTS (SELECT 1 FROM row_sets s WHERE s.set_id = v.set_id)
        AND EXISTS (SELECT 1 FROM {kinds} k WHERE k.kind = v.kind)
    )
"""


def personal_data(
    connection: sqlite3.Connection, renewed: str | None = None, after: int | None = None
) -> Iterator[str]:
    """Where personal data stands unmasked, as ``table.column (kind) key``; never the data itself."""
    fill.register_functions(connection)
    for table, column in text_columns(connection):
        report = "report_id" if "report_id" in fill.columns_of(connection, table) else "NULL"
        where = f'length("{column}") >= {SHORTEST}'
        if table in STATISTIC:
            where += f" AND NOT ({STATISTIC[table].format(column=column)})"
        if renewed and table in PER_REPORT:
            where += f" AND report_id IN (SELECT report_id FROM {renewed})"  # noqa: S608
        if renewed and table in PER_SET:
            where += " AND set_id IN (SELECT set_id FROM fresh_sets)"
        if after is not None and table in FOLLOWED:
            where += f" AND {FOLLOWED[table].format(after=after)}"
        rows = f'SELECT {report}, "{column}" FROM {table} WHERE {where}'  # noqa: S608
        for report_id, text in connection.execute(rows):
            found = figures.find_beside(connection, report_id, text) if table == "sections" else find(text)
            for hit in found:
                yield f"unmasked personal data in {table}.{column} ({hit.kind}) {report_id or ''}".rstrip()


def _tables(connection: sqlite3.Connection) -> list[str]:
    found = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%\\_fts%' ESCAPE '\\'"
    return [name for (name,) in connection.execute(found)]


def text_columns(connection: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """Tables and columns that hold text somebody wrote."""
    for table in _tables(connection):
        for name, declared in fill.columns_of(connection, table).items():
            if declared == "TEXT" and name not in TECHNICAL:
                yield table, name
