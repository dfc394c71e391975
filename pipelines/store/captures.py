"""What came: `captures`, their `documents`, and what each says of its address."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from pipelines.address import MEMBER, address
from pipelines.archive import Exchange, Location, Stored
from pipelines.clock import now
from pipelines.store.addresses import Addresses
from pipelines.store.base import Row

RESOURCE_ROLES = ("article", "page", "attachment", "file")
GOOD = ("new", "changed", "unchanged")  # a body to be read; nothing else takes its place
GONE = ("gone", "removed", "soft_404")

PARTS = ("page", "attachment")
_SHARED = (*PARTS, "article")  # what another request's answer may serve
# rows of a crawl's `captures` for which nothing was asked: what another request's answer served, with content
# and without a status, and members of a ZIP
UNASKED = (
    f"((request_id IS NOT NULL AND role IN {_SHARED} AND status_code IS NULL AND sha256 IS NOT NULL) "
    f"OR instr(coalesce(url, ''), '#{MEMBER}') > 0)"
)


RECEIVED = "iif(status_code = 304, 0, bytes)"  # a page called unchanged is held, and did not come again


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """The outcome of one request, or one ingested file. The first fields are the columns of `captures`;

    those after ``record_id`` are for the address: its key where it is not that of ``url``, the article it
    belongs to, what a link or manifest says of it, what the server gave for asking again.
    """

    crawl_id: int
    outcome: str
    fetched_at: str
    url: str | None = None
    site: str | None = None
    request_id: int | None = None
    status_code: int | None = None
    detail: str | None = None
    sha256: str | None = None
    bytes: int | None = None
    media_type: str | None = None
    charset: str | None = None
    role: str | None = None
    attempt: int = 1
    elapsed: float | None = None
    warc_file: str | None = None
    warc_offset: int | None = None
    warc_length: int | None = None
    record_id: str | None = None
    address: str | None = None
    root: str | None = None
    ordinal: int = 0
    hints: Mapping[str, Any] = field(default_factory=dict)
    etag: str | None = None
    last_modified: str | None = None

    @classmethod
    def of(cls, exchange: Exchange, stored: Stored) -> Capture:
        """The capture of an archived exchange: one way for the crawl, ingest, recovery and rebuild."""
        about = exchange.about
        return cls(
            crawl_id=about.crawl_id,
            outcome=about.outcome,
            fetched_at=exchange.fetched_at,
            url=exchange.url,
            site=about.site,
            request_id=about.request_id,
            status_code=exchange.status,
            detail=about.detail,
            sha256=stored.sha256,
            bytes=stored.bytes,
            media_type=about.media_type,
            charset=about.charset,
            role=about.role,
            attempt=about.attempt,
            elapsed=about.elapsed,
            warc_file=stored.warc_file,
            warc_offset=stored.warc_offset,
            warc_length=stored.warc_length,
            record_id=stored.record_id,
            address=about.address,
            root=about.root,
            ordinal=about.ordinal,
            hints=about.hints,
            etag=exchange.header("etag"),
            last_modified=exchange.header("last-modified"),
        )

    @property
    def is_shared(self) -> bool:
        """Whether nothing was asked for it, see ``Exchange.is_shared`` (and ``UNASKED``)."""
        asked = self.status_code is not None or self.sha256 is None
        return self.request_id is not None and self.role in _SHARED and not asked

    @property
    def key(self) -> str | None:
        """The address that the capture is of; None for a file without one."""
        if self.address:
            return self.address
        return address(self.url) if self.url else None


COLUMNS = tuple(f.name for f in fields(Capture))[:19]
_INSERT = (
    f"INSERT INTO captures ({', '.join(COLUMNS)}) VALUES ({', '.join(':' + name for name in COLUMNS)}) "  # noqa: S608
    "ON CONFLICT (record_id) DO NOTHING"
)


# the addresses that led on to one in a run, over others; of its site only, for a run may have many redirects
_LED_HERE = """
WITH RECURSIVE led (url, there) AS MATERIALIZED (
    SELECT url, substr(detail, 3) FROM captures WHERE site = ? AND +crawl_id = ? AND +outcome = 'redirect'
), way (url) AS (VALUES (?) UNION SELECT led.url FROM way JOIN led ON there = way.url)
SELECT url FROM way LIMIT -1 OFFSET 1
"""
_WENT = """
UPDATE resources SET gone_at = iif(:gone, coalesce(gone_at, :at), NULL)
WHERE address = :key AND sha256 IS NOT NULL RETURNING address
"""
_WAY_WENT = """
UPDATE report_sources SET gone_at = iif(:gone, coalesce(gone_at, :at), NULL) WHERE site = :site AND url = :url
"""


class Captures(Addresses):
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

    def _note_source(self, key: str, gone_at: str | None) -> None:
        """A report stays when one of its addresses goes; when it went is told, until it is back."""
        known = {"key": key, "gone_at": gone_at, "now": now()}
        changed = self.db.execute(
            """UPDATE report_sources SET gone_at = :gone_at
               WHERE report_id IN (SELECT report_id FROM readings WHERE root = :key
                                   UNION SELECT d.report_id FROM parts p JOIN readings d USING (root)
                                   WHERE p.address = :key)
                 AND url = (SELECT url FROM resources WHERE address = :key)
                 AND (gone_at IS NULL) <> (:gone_at IS NULL) RETURNING report_id""",
            known,
        ).fetchall()
        for (report_id,) in changed:
            self.db.execute(
                "UPDATE reports SET changed_at = ? WHERE report_id = ?", (known["now"], report_id)
            )

    def _note_way(self, capture: Capture) -> None:
        """An address that led on to a report, and never held one, still does, or went."""
        self.db.execute(
            """UPDATE report_sources SET
                   last_seen_at = iif(:gone, last_seen_at, max(last_seen_at, :at)),
                   gone_at = iif(:gone, coalesce(gone_at, :at), NULL)
               WHERE site = :site AND url = :url""",
            {
                "gone": capture.outcome in GONE, "at": capture.fetched_at, "site": capture.site,
                "url": capture.url,
            },
        )  # fmt: skip
        if capture.outcome == "redirect" and capture.role == "article":
            self._know_way(capture)

    def _know_way(self, capture: Capture) -> None:
        """An address that leads on to an article that came already, as another one did."""
        there = self.resource(self._end_of(capture.url))
        if there is None or there["sha256"] is None:
            return
        ways = dict.fromkeys([*self.ways_to(there["address"]), str(capture.url)])
        self.put_resource(
            there["address"], role=there["role"], seen_at=there["first_seen_at"], hints={"by": " ".join(ways)}
        )
        self.db.execute(
            """INSERT OR IGNORE INTO report_sources
               SELECT report_id, :url, :site, :at, :at, NULL FROM readings
               WHERE root = :root AND report_id IS NOT NULL""",
            {"root": there["address"], "url": capture.url, "site": capture.site, "at": capture.fetched_at},
        )

    def moved_to(self, key: str) -> str | None:
        """The address that one which held something leads on to now, over whatever others; None where it does
        not.
        """
        known = self.resource(key)
        if known is None or known["sha256"] is None:
            return None
        there = self._end_of(known["url"])
        return there if there not in ("", key) else None

    def _unread_where_moved(self, capture: Capture) -> None:
        """What was read at another address before the one that its report is shown from led on to it is to be
        read again: it is no other copy of the report then, but the same.
        """
        for url in (*(capture.hints.get("by") or "").split(), capture.url):
            moved = (self.moved_to(address(url)), address(url))
            self.db.execute(
                """DELETE FROM readings WHERE root = ?
                   AND report_id IN (SELECT report_id FROM reports WHERE root = ?)""",
                moved,
            )

    def _note_ends(self, capture: Capture) -> None:
        """An address that leads on went with what it leads to, and is back with it; where that was not asked
        for yet in this run, it tells so when it comes.
        """
        by = (capture.hints.get("by") or "").split()
        if capture.outcome == "redirect":
            end = self._last(self._way(capture.url)[-1])
            if end is not None and end["crawl_id"] == capture.crawl_id:
                self._note_end(capture, [*by, capture.url], end["outcome"])
        elif by:
            here = (capture.site, capture.crawl_id, capture.url)
            if capture.outcome in GONE:  # it is asked for once, for all that lead there
                by += [row["url"] for row in self.rows(_LED_HERE, here)]
            self._note_end(capture, by, capture.outcome)

    def _note_end(self, capture: Capture, ways: Sequence[str | None], outcome: str) -> None:
        if outcome not in (*GOOD, *GONE):
            return
        for url in ways:
            known = {"url": url, "site": capture.site, "gone": outcome in GONE, "at": capture.fetched_at}
            held = self.db.execute(_WENT, {**known, "key": address(url or "")}).fetchone()
            if held:
                self._note_source(held[0], capture.fetched_at if outcome in GONE else None)
            else:
                self.db.execute(_WAY_WENT, known)

    def _end_of(self, url: str | None) -> str:
        """The address that one leads on to by its last capture, and that by its own; "" where it does not."""
        way = self._way(url)
        return address(way[-1] or "") if len(way) > 1 else ""

    def _way(self, url: str | None) -> list[str | None]:
        met = [url]
        while (target := self._led_to(met[-1])) and target not in met:
            met.append(target)
        return met

    def _last(self, url: str | None) -> Row | None:
        return self.row(
            "SELECT crawl_id, outcome, detail FROM captures WHERE url = ? ORDER BY capture_id DESC LIMIT 1",
            (url,),
        )

    def _led_to(self, url: str | None) -> str:
        last = self._last(url)
        said = str(last["detail"]) if last and last["outcome"] == "redirect" else ""
        return said.removeprefix("→ ") if said.startswith("→ ") else ""

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
