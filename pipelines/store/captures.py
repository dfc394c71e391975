"""What came: `captures`, their `documents`, and what each says of its address."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import fields, replace

from pipelines.archive import Location
from pipelines.store.base import Row
from pipelines.store.capture import GONE, GOOD, RESOURCE_ROLES, Capture
from pipelines.store.ways import Ways

COLUMNS = tuple(f.name for f in fields(Capture))[:19]
_INSERT = (
    f"INSERT INTO captures ({', '.join(COLUMNS)}) VALUES ({', '.join(':' + name for name in COLUMNS)}) "  # noqa: S608
    "ON CONFLICT (record_id) DO NOTHING"
)


class Captures(Ways):
    """`captures`, `documents`."""

    def add_capture(self, capture: Capture, *, outdated: bool = False) -> int:
        """Take a capture in, with its document and what it says of its address; returns capture_id.

        ``outdated``: something later is known of the address already, and stays, unless that had no body.
        A record taken in already changes nothing. A body that is no good (blocked, soft_404, truncated,
        error …) never takes the place of a good one.
        """
        with self.transaction() as db:
            cursor = db.execute(_INSERT, {name: getattr(capture, name) for name in COLUMNS})
            if cursor.rowcount == 0:
                return int(
                    self.value("SELECT capture_id FROM captures WHERE record_id = ?", (capture.record_id,))
                )
            capture_id = int(cursor.lastrowid or 0)
            self._know_document(capture, capture_id)
            self._know_address(capture, capture_id, outdated)
        return capture_id

    def _know_document(self, capture: Capture, capture_id: int) -> None:
        if capture.sha256 is None:
            return
        self.db.execute(
            """INSERT INTO documents (sha256, media_type, bytes, first_seen_at, last_seen_at, capture_id)
               VALUES (:sha256, :media_type, :bytes, :at, :at, :capture_id)
               ON CONFLICT (sha256) DO UPDATE SET
                   first_seen_at = min(first_seen_at, excluded.first_seen_at),
                   last_seen_at = max(last_seen_at, excluded.last_seen_at)""",
            {
                "sha256": capture.sha256,
                "media_type": capture.media_type,
                "bytes": capture.bytes or 0,
                "at": capture.fetched_at,
                "capture_id": capture_id,
            },
        )

    def _know_address(self, capture: Capture, capture_id: int, outdated: bool) -> None:
        key = capture.key
        if key is None:
            return
        held = True
        members = self._members(key) if capture.outcome not in ("new", "changed") else []
        if capture.role in RESOURCE_ROLES:
            held = self.put_resource(
                key,
                url=capture.url,
                site=capture.site,
                role=capture.role,
                root=capture.root or key,
                ordinal=capture.ordinal,
                hints=capture.hints,
                seen_at=capture.fetched_at,
            )
        for member in members:
            self._know_with_zip(member, capture, outdated)
        if not outdated:
            self._note_check(key, capture, capture_id)
            if capture.outcome == "redirect" and capture.role == "article":
                self._unread_where_moved(capture)
            if held and (capture.outcome in GOOD or capture.outcome in GONE):
                self._note_source(key, capture.fetched_at if capture.outcome in GONE else None)
            elif not held and capture.outcome in ("redirect", *GONE):
                self._note_way(capture)
            if capture.role == "article":
                self._note_ends(capture)
        elif capture.outcome in GOOD:
            self.db.execute(
                "UPDATE resources SET sha256 = ?, capture_id = ? WHERE address = ? AND sha256 IS NULL",
                (capture.sha256, capture_id, key),
            )

    def _know_with_zip(self, key: str, zipped: Capture, outdated: bool) -> None:
        """What came of a ZIP that brought no other bytes came of the members that it held."""
        self.db.execute(
            "UPDATE resources SET last_seen_at = max(last_seen_at, ?) WHERE address = ?",
            (zipped.fetched_at, key),
        )
        known = self.resource(key)
        if known is None or outdated:
            return
        mine = replace(zipped, sha256=known["sha256"], etag=None, last_modified=None)
        self._note_check(key, mine, known["capture_id"])
        if zipped.outcome in GOOD or zipped.outcome in GONE:
            self._note_source(key, zipped.fetched_at if zipped.outcome in GONE else None)

    def _note_check(self, key: str, capture: Capture, capture_id: int) -> None:
        """What the outcome says of the address; nothing where the address is not kept."""
        at = {"key": key, "at": capture.fetched_at}
        if capture.outcome in GOOD:
            self.db.execute(
                """UPDATE resources SET
                       checked_at = :at, last_seen_at = max(last_seen_at, :at), gone_at = NULL,
                       capture_id = iif(sha256 IS :sha256, capture_id, :capture_id), sha256 = :sha256,
                       etag = iif(:shared, etag, :etag),
                       last_modified = iif(:shared, last_modified, :last_modified)
                   WHERE address = :key""",
                {
                    **at,
                    "sha256": capture.sha256,
                    "capture_id": capture_id,
                    "shared": capture.is_shared,
                    "etag": capture.etag,
                    "last_modified": capture.last_modified,
                },
            )
        elif capture.outcome in GONE:
            self.db.execute(
                """UPDATE resources SET checked_at = :at, gone_at = coalesce(gone_at, :at)
                   WHERE address = :key""",
                at,
            )
        else:
            self.db.execute("UPDATE resources SET checked_at = :at WHERE address = :key", at)

    def capture_of(self, sha256: str) -> Row | None:
        """The capture whose record holds the bytes of a document."""
        return self.row(
            "SELECT c.* FROM documents d JOIN captures c USING (capture_id) WHERE d.sha256 = ?", (sha256,)
        )

    def location_of(self, sha256: str) -> Location | None:
        """Where a document's bytes are held, for ``Exchange.earlier``."""
        row = self.capture_of(sha256)
        if row is None or row["warc_file"] is None:
            return None
        return Location(
            row["warc_file"], row["warc_offset"], row["record_id"], sha256, row["url"], row["fetched_at"]
        )

    def has_record(self, record_id: str) -> bool:
        """Whether a WARC record was taken in."""
        return self.value("SELECT 1 FROM captures WHERE record_id = ?", (record_id,)) is not None

    def records_here(self, record_ids: Iterable[str]) -> set[str]:
        """Those of some WARC records that were taken in."""
        sql = "SELECT record_id FROM captures WHERE record_id IN (SELECT value FROM json_each(?))"
        return {row["record_id"] for row in self.rows(sql, (json.dumps(list(record_ids)),))}
