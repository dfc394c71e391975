"""What came: `captures`, their `documents`, and what is known of each address (`resources`, `parts`)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final

from pipelines.address import MEMBER, address, member_url
from pipelines.archive import Exchange, Location, Stored
from pipelines.clock import now
from pipelines.store.base import Row, Tables

RESOURCE_ROLES = ("article", "page", "attachment", "file")
GOOD = ("new", "changed", "unchanged")  # a body to be read; nothing else takes its place
GONE = ("gone", "removed", "soft_404")

PARTS = ("page", "attachment")
# rows of a crawl's `captures` for which nothing was asked: what another request's answer served, with content
# and without a status, and members of a ZIP
UNASKED = (
    f"((request_id IS NOT NULL AND role IN {PARTS} AND status_code IS NULL AND sha256 IS NOT NULL) "
    f"OR instr(coalesce(url, ''), '#{MEMBER}') > 0)"
)


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
        return self.request_id is not None and self.role in PARTS and not asked

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

_DOCUMENTS_OF = """
WITH whole AS (
    SELECT r.*, -1 AS place FROM resources r WHERE address = :root
    UNION ALL
    SELECT r.*, p.ordinal AS place FROM parts p JOIN resources r USING (address)
    WHERE p.root = :root AND p.address <> :root)
SELECT w.address, w.url, w.site, w.role, w.hints, w.first_seen_at, w.last_seen_at,
       d.sha256, d.bytes, c.media_type, c.charset, c.warc_file, c.warc_offset,
       s.name AS site_name, s.region_code AS site_region
FROM whole w
LEFT JOIN documents d ON d.sha256 = iif(w.address = :main, :sha256, w.sha256)
LEFT JOIN captures c ON c.capture_id = d.capture_id
LEFT JOIN sites s ON s.site = w.site
ORDER BY place, w.address
"""

# members came when their ZIP did, and are seen whenever it is; the ranges hold all that begins so
# … and attachments that stand alone (see `stand_alone`)
_MEMBERS: Final = f"""
SELECT m.address FROM resources z
JOIN resources m ON m.address > z.address || '#{MEMBER}' AND m.address < z.address || '#{MEMBER}~'
WHERE m.last_seen_at = z.last_seen_at
    AND (z.address = :key OR z.address IN (SELECT address FROM parts WHERE root = :root))
UNION
SELECT address FROM parts JOIN resources r USING (address) WHERE parts.root = :root AND r.role = 'file'
ORDER BY 1
"""  # noqa: S608 - a word of our own


class Captures(Tables):
    """`captures`, `documents`, `resources`, `parts`."""

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
            if held and (capture.outcome in GOOD or capture.outcome in GONE):
                self._note_source(key, capture.fetched_at if capture.outcome in GONE else None)
            elif not held and capture.outcome in ("redirect", *GONE):
                self._note_way(capture)
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

    def put_resource(
        self,
        key: str,
        *,
        role: str,
        seen_at: str,
        url: str | None = None,
        site: str | None = None,
        root: str | None = None,
        ordinal: int = 0,
        hints: Mapping[str, Any] | None = None,
    ) -> bool:
        """Know an address, or learn more of it: hints are added to the known ones, role and root stay.
        Returns whether a body of it is, or was, held.

        A page or attachment is a part of every article (``root``) that led to it.
        """
        told = _packed({name: value for name, value in (hints or {}).items() if value not in (None, "")})
        with self.transaction() as db:
            [(held, known)] = db.execute(
                """INSERT INTO resources (address, url, site, role, root, ordinal, hints,
                                          first_seen_at, last_seen_at)
                   VALUES (:key, :url, :site, :role, :root, :ordinal, :hints, :at, :at)
                   ON CONFLICT (address) DO UPDATE SET
                       url = coalesce(excluded.url, url), site = coalesce(site, excluded.site),
                       first_seen_at = min(first_seen_at, excluded.first_seen_at),
                       last_seen_at = max(last_seen_at, excluded.last_seen_at)
                   RETURNING capture_id, hints""",
                {
                    "key": key,
                    "url": url,
                    "site": site,
                    "role": role,
                    "root": root or key,
                    "ordinal": ordinal,
                    "hints": told,
                    "at": seen_at,
                },
            ).fetchall()
            if known != told and (merged := _packed(json.loads(known) | json.loads(told))) != known:
                db.execute("UPDATE resources SET hints = ? WHERE address = ?", (merged, key))
            if root and root != key:
                db.execute(
                    """INSERT INTO parts (root, address, ordinal) VALUES (?, ?, ?)
                       ON CONFLICT (root, address) DO NOTHING""",
                    (root, key, ordinal),
                )
        return held is not None

    def outcome_of(self, key: str, sha256: str) -> str:
        """``new``, ``changed`` or ``unchanged``: what a good body means for an address."""
        known = self.resource(key)
        if known is None or known["sha256"] is None:
            return "new"
        return "unchanged" if known["sha256"] == sha256 else "changed"

    def resource(self, key: str) -> Row | None:
        """What is known of an address (``address(url)``)."""
        return self.row("SELECT * FROM resources WHERE address = ?", (key,))

    def parts_of(self, root: str) -> list[Row]:
        """The resources of an article or file, itself first, its parts by their ``place``."""
        return list(
            self.rows(
                """SELECT r.*, -1 AS place FROM resources r WHERE address = :root
                   UNION ALL
                   SELECT r.*, p.ordinal AS place FROM parts p JOIN resources r USING (address)
                   WHERE p.root = :root AND p.address <> :root
                   ORDER BY place, address""",
                {"root": root},
            )
        )

    def members_of(self, root: str) -> list[str]:
        """The addresses of the documents in the ZIPs of an article or file that gather several reports (see
        ``gathered``): those that the ZIP held when it was last seen. And of its attachments that stand alone.
        """
        return self._members(root, parts_too=True)

    def _members(self, key: str, *, parts_too: bool = False) -> list[str]:
        asked = {"key": key, "root": key if parts_too else None}
        return [row["address"] for row in self.rows(_MEMBERS, asked)]

    def stand_alone(self, root: str, parts: Sequence[str], main: str) -> None:
        """Know attachments of an article as files of their own, each a report. The report that was shown from
        the article so far, by the tables of its part ``main``, is that part's and to be laid out anew; the
        article is unread.
        """
        with self.transaction() as db:
            for part in parts:
                db.execute(
                    """UPDATE resources SET role = 'file', root = address, hints = json_patch(hints, (
                           SELECT json_object('published_on', json_extract(hints, '$.published_on'))
                           FROM resources WHERE address = ?))
                       WHERE address = ?""",
                    (root, part),
                )
            self._hand_over(root, main)

    def take_apart(self, root: str, names: Sequence[str]) -> list[str]:
        """Know the reports in a document, by their titles, as files of their own: their bytes are the
        document's, they come and go with it as the members of a ZIP do. Returns their addresses.
        """
        whole = self.resource(root)
        assert whole is not None
        since = self.value("SELECT fetched_at FROM captures WHERE capture_id = ?", (whole["capture_id"],))
        told = json.loads(whole["hints"])
        keys: list[str] = []
        with self.transaction() as db:
            for name in names:
                url = member_url(whole["url"], name)
                keys.append(address(url))
                hints = {"member": name, "link_text": name, "published_on": told.get("published_on")}
                for seen_at in (since, whole["last_seen_at"]):
                    self.put_resource(
                        keys[-1], url=url, site=whole["site"], role="file", hints=hints, seen_at=seen_at
                    )
                db.execute(
                    "UPDATE resources SET sha256 = ?, capture_id = ?, checked_at = ? WHERE address = ?",
                    (whole["sha256"], whole["capture_id"], whole["checked_at"], keys[-1]),
                )
            self._hand_over(root, keys[0])
        return keys

    def _hand_over(self, root: str, main: str) -> None:
        """The report that was shown from an article is shown from ``main``, and laid out anew; the article is
        unread.
        """
        self.db.execute("UPDATE reports SET root = ?, parser_version = '' WHERE root = ?", (main, root))
        self.db.execute("DELETE FROM readings WHERE root = ?", (root,))

    def documents_of(self, root: str, main: str | None = None, sha256: str | None = None) -> list[Row]:
        """The documents of an article or file and its parts, in the order of :meth:`parts_of`: of each its
        address, what it came as, where it is held, whose site's it is; NULL where no body came.

        ``sha256`` stands in for the present document of the address ``main``.
        """
        return list(self.rows(_DOCUMENTS_OF, {"root": root, "main": main, "sha256": sha256}))

    def capture(self, capture_id: int) -> Row | None:
        """A capture's row."""
        return self.row("SELECT * FROM captures WHERE capture_id = ?", (capture_id,))

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

    def reading(self, root: str) -> Row | None:
        """What reading an article or file last gave."""
        return self.row("SELECT * FROM readings WHERE root = ?", (root,))


def _packed(hints: Mapping[str, Any]) -> str:
    return json.dumps(hints, ensure_ascii=False, sort_keys=True)
