"""What is known of each address (`resources`, `parts`), and what reading it gave."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from pipelines.address import MEMBER, address, member_url
from pipelines.store.base import Row, Tables

_KNOW: Final = """
INSERT INTO resources (address, url, site, role, root, ordinal, hints, first_seen_at, last_seen_at)
VALUES (:key, :url, :site, :role, :root, :ordinal, :hints, :at, :at)
ON CONFLICT (address) DO UPDATE SET
    url = coalesce(excluded.url, url), site = coalesce(site, excluded.site),
    first_seen_at = min(first_seen_at, excluded.first_seen_at),
    last_seen_at = max(last_seen_at, excluded.last_seen_at)
RETURNING capture_id, hints
"""
_KNOW_PART: Final = """
INSERT INTO parts (root, address, ordinal) VALUES (?, ?, ?) ON CONFLICT (root, address) DO NOTHING
"""
# an article or file and its parts
_WHOLE: Final = """
SELECT r.*, -1 AS place FROM resources r WHERE address = :root
UNION ALL
SELECT r.*, p.ordinal AS place FROM parts p JOIN resources r USING (address)
WHERE p.root = :root AND p.address <> :root
"""
_DOCUMENTS_OF: Final = f"""
WITH whole AS ({_WHOLE})
SELECT w.address, w.url, w.site, w.role, w.hints, w.first_seen_at, w.last_seen_at,
       d.sha256, d.bytes, c.media_type, c.charset, c.warc_file, c.warc_offset,
       s.name AS site_name, s.region_code AS site_region
FROM whole w
LEFT JOIN documents d ON d.sha256 = iif(w.address = :main, :sha256, w.sha256)
LEFT JOIN captures c ON c.capture_id = d.capture_id
LEFT JOIN sites s ON s.site = w.site
ORDER BY place, w.address
"""  # noqa: S608 - a query of our own

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


class Addresses(Tables):
    """`resources`, `parts`, `readings`."""

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
                _KNOW,
                {
                    "key": key, "url": url, "site": site, "role": role, "root": root or key,
                    "ordinal": ordinal, "hints": told, "at": seen_at,
                },
            ).fetchall()  # fmt: skip
            if known != told and (merged := _packed(json.loads(known) | json.loads(told))) != known:
                db.execute("UPDATE resources SET hints = ? WHERE address = ?", (merged, key))
            if root and root != key:
                db.execute(_KNOW_PART, (root, key, ordinal))
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

    def ways_to(self, key: str) -> list[str]:
        """The addresses that led on to an article."""
        by = self.value("SELECT json_extract(hints, '$.by') FROM resources WHERE address = ?", (key,))
        return (by or "").split()

    def parts_of(self, root: str) -> list[Row]:
        """The resources of an article or file, itself first, its parts by their ``place``."""
        return list(self.rows(f"{_WHOLE} ORDER BY place, address", {"root": root}))

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

    def reading(self, root: str) -> Row | None:
        """What reading an article or file last gave."""
        return self.row("SELECT * FROM readings WHERE root = ?", (root,))


def _packed(hints: Mapping[str, Any]) -> str:
    return json.dumps(hints, ensure_ascii=False, sort_keys=True)
