"""What a worker has to know of a site that the archive visited before, as bytes that travel by the engine.

Without it a worker would find every page new, ask old lists to their end, and forget the addresses that no
list shows any more. The documents stay in the archive; what a worker can't compare with is fetched whole.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from typing import Any, Final

from pipelines.deflated import compress
from pipelines.store import Row, Store

#: issues that are found while fetching, not while reading: they are told by the machine that fetched
FETCH_ISSUES: Final = (
    "column_moved", "document_unreachable", "follow_failed", "host_not_listed", "list_unreachable",
    "robots_unreachable",
)  # fmt: skip
_COLUMNS: Final = "SELECT * FROM site_columns WHERE site = ?"
_RESOURCES: Final = """SELECT r.*, d.report_id IS NOT NULL AS is_report FROM resources r
    LEFT JOIN readings d ON d.root = r.address WHERE r.site = ? AND r.role <> 'file'"""
_SWEPT: Final = "SELECT site, swept_requests, swept_bytes FROM sites WHERE site = ?"
_PARTS: Final = "SELECT p.* FROM parts p JOIN resources r ON r.address = p.root WHERE r.site = ?"
_ISSUES: Final = f"""SELECT code, severity, site, subject, detail, first_seen_at, last_seen_at FROM issues
    WHERE site = ? AND closed_at IS NULL AND code IN ({", ".join("?" * len(FETCH_ISSUES))})"""  # noqa: S608
_ASKED: Final = """SELECT count(*) FROM requests WHERE site = :site AND sweep =
    (SELECT max(sweep) FROM requests WHERE site = :site AND sweep > 0)"""


def pack_dossier(store: Store, site: str, *, incremental: bool) -> bytes:
    """What an archive knows of a site."""
    told = {
        "incremental": incremental,
        "columns": list(store.rows(_COLUMNS, (site,))),
        "resources": list(store.rows(_RESOURCES, (site,))),
        "parts": list(store.rows(_PARTS, (site,))),
        "issues": list(store.rows(_ISSUES, (site, *FETCH_ISSUES))),
        "asked": store.value(_ASKED, {"site": site}),
        "swept": list(store.rows(_SWEPT, (site,))),
    }
    return compress(json.dumps(told, ensure_ascii=False).encode())


def unpack_dossier(dossier: bytes) -> dict[str, Any]:
    """The inverse of :func:`pack_dossier`; empty for no bytes."""
    told: dict[str, Any] = json.loads(zlib.decompress(dossier)) if dossier else {}
    return told


def learn(store: Store, told: Mapping[str, Any]) -> None:
    """Enter what a dossier tells into a worker's store."""
    with store.transaction():
        for row in told.get("columns", ()):
            _put(store, "site_columns", row)
        for row in told.get("issues", ()):
            _put(store, "issues", row)
        for row in told.get("resources", ()):
            _learn_address(store, dict(row))
        for row in told.get("parts", ()):
            _put(store, "parts", row)
        for row in told.get("swept", ()):
            store.db.execute(
                """UPDATE sites SET swept_requests = :swept_requests, swept_bytes = :swept_bytes
                   WHERE site = :site""",
                row,
            )


def _learn_address(store: Store, row: Row) -> None:
    """An address, with what to ask for again only where its bytes are here too."""
    is_report = row.pop("is_report")
    row["capture_id"] = store.value("SELECT capture_id FROM documents WHERE sha256 = ?", (row["sha256"],))
    if row["capture_id"] is None:
        row["etag"] = row["last_modified"] = None
    _put(store, "resources", row)
    if is_report:
        known = {"root": row["address"], "bundle": "", "parser_version": "", "kind": "report"}
        known |= {"report_id": "known", "main_address": row["address"], "read_at": row["last_seen_at"]}
        _put(store, "readings", known)


def _put(store: Store, table: str, row: Mapping[str, Any]) -> None:
    marks = ", ".join("?" * len(row))
    store.db.execute(
        f"INSERT OR REPLACE INTO {table} ({', '.join(row)}) VALUES ({marks})",  # noqa: S608 - names of ours
        tuple(row.values()),
    )
