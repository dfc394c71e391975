"""Addresses that lead on to others: where a report is reached, and when a way to it went or came back."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.address import address
from pipelines.clock import now
from pipelines.store.addresses import Addresses
from pipelines.store.base import Row
from pipelines.store.capture import GONE, GOOD, Capture

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


class Ways(Addresses):
    """`report_sources`, and what captures of one address say of another."""

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
