"""Keeping withdrawn documents out of the archive, and saying that and why they were withdrawn."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from pipelines.decisions import Takedown
from pipelines.decisions.takedowns import Withdrawn
from pipelines.publish.masks import mask


def note(connection: sqlite3.Connection, decided: Iterable[tuple[Takedown, Withdrawn]]) -> None:
    """Lay down what must not be published, for the queries that fill the archive.

    Temporary tables ``withdrawn`` (ids of reports, digests, addresses) and ``decided`` (rows of takedowns).
    """
    connection.execute("CREATE TEMP TABLE withdrawn (id TEXT PRIMARY KEY)")
    connection.execute("CREATE TEMP TABLE decided (report_id TEXT PRIMARY KEY, at TEXT, why TEXT)")
    for takedown, covered in decided:
        ids = covered.reports | covered.documents | covered.addresses
        connection.executemany("INSERT OR IGNORE INTO withdrawn VALUES (?)", ((id_,) for id_ in ids))
        connection.executemany(
            "INSERT OR IGNORE INTO decided VALUES (?, ?, ?)",
            ((id_, takedown.at, mask(takedown.why).text) for id_ in covered.reports or {takedown.id}),
        )


def publish(connection: sqlite3.Connection) -> int:
    """Bring ``takedowns`` up to what is decided; returns how many are new."""
    new = connection.execute(
        "SELECT count(*) FROM decided WHERE report_id NOT IN (SELECT report_id FROM takedowns)"
    ).fetchone()[0]
    connection.execute("DELETE FROM takedowns")
    connection.execute("INSERT INTO takedowns SELECT report_id, at, why FROM decided ORDER BY report_id")
    return int(new)
