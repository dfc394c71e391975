"""The SQLite file of a release: the archive's rows entered anew in one order, so that no page of it tells the
archive's history.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

from pipelines.publish.release.tables import tables

_PAGE = 4096
Step = Callable[[str], None]


def write(archive: Path, target: Path, step: Step) -> None:
    """Write ``archive`` without its full-text index to the new file ``target``.

    ``step(name)`` is called for each table. The archive is opened as it is now: a publication that replaces
    it meanwhile changes nothing.
    """
    connection = sqlite3.connect(target.resolve().as_uri(), uri=True, isolation_level=None)
    try:
        connection.executescript(
            f"PRAGMA page_size = {_PAGE}; PRAGMA encoding = 'UTF-8'; PRAGMA auto_vacuum = NONE;"
            " PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536;"
        )
        connection.execute("ATTACH ? AS source", (f"{archive.resolve().as_uri()}?immutable=1",))
        connection.execute("BEGIN")
        for table in tables(connection, "source"):
            if not table.view:
                step(table.name)
                _create(connection, "table", table.name)
                connection.execute(
                    f"INSERT INTO main.{table.name} ({table.names})"  # noqa: S608
                    f" SELECT {table.names} FROM source.{table.name} ORDER BY {table.order}"
                )
        for kind in ("index", "view"):
            step(kind)
            _create(connection, kind)
        connection.execute("COMMIT")
        connection.execute("PRAGMA analysis_limit = 1000")
        connection.execute("ANALYZE main")
        connection.execute("DETACH source")
    finally:
        connection.close()


def _create(connection: sqlite3.Connection, kind: str, name: str | None = None) -> None:
    """Create what the archive has of a ``kind``, in the archive's words."""
    found = connection.execute(_SCHEMA, (kind, name)).fetchall()
    for (sql,) in found:
        connection.execute(sql)


_SCHEMA = r"""
    SELECT sql FROM source.sqlite_master
    WHERE type = ? AND sql IS NOT NULL AND tbl_name NOT LIKE '%\_fts%' ESCAPE '\' AND name = coalesce(?, name)
    ORDER BY rowid
"""
