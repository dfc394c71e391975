"""What a visit that looks for what is new asks for, of all that a page leads to."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from itertools import accumulate
from typing import Final

from crawler.addresses import fingerprint, line_mark
from crawler.budgets import OTHERS
from crawler.due import is_past, may_be_back, share, since
from crawler.frontier import Frontier, Lease
from crawler.judging import MAX_HOPS
from crawler.looks import asked_in
from crawler.names import is_stated
from crawler.wants import Trail, Want, is_by_itself
from pipelines.address import address
from pipelines.clock import moment
from pipelines.store import Row, Store
from pipelines.store.capture import GONE

_A_WEEK: Final = timedelta(days=7)
_PROBE: Final = 1  # request for an address that can't exist, before articles


class OnlyNew:
    """What is worth a request, by what ``store`` knows of an address and what the visit has cost so far."""

    def __init__(self, store: Store, frontier: Frontier) -> None:
        self._store = store
        self._frontier = frontier

    def of(self, wants: list[Want], lease: Lease) -> list[Want]:
        """What is asked for: articles never asked for or that could not be had, of those that were not there
        some; further list pages only while articles are new (a few also where none may be a report: others
        came after it), columns never asked for.
        """
        articles = [want for want in wants if want.role == "article"]
        fresh = [want for want in articles if self._is_fresh(want.url, lease)]
        others = [want for want in wants if want.role not in ("article", "tree", "list")]
        columns = [want for want in others if want.role != "column" or self._is_new(want.url)]
        further = [want for want in wants if want.role == "list"]
        if not fresh:
            near = [want for want in further if want.context.get("turn", 0) <= OTHERS]
            further = [] if articles else near[:OTHERS]
        posted = self._in_turn([want for want in others if want not in columns], lease, len(further))
        back = self._back_perhaps(articles, lease, len(posted) + (_PROBE if fresh else 0))
        moved = [want for new in fresh if (want := self._where_it_was(new, articles, lease))]
        return [*fresh, *moved, *back, *columns, *posted, *further]

    def missed(self, url: str) -> Row | None:
        """When an article was asked for ``first`` and ``last`` that was not there each time, and whether it
        ``led_on`` to another address that says so; None for others.
        """
        row = self._store.row(
            """SELECT min(fetched_at) AS first, max(fetched_at) AS last, max(detail LIKE '→ %') IS 1 AS led_on
               FROM captures WHERE url = ? HAVING min(outcome IN (SELECT value FROM json_each(?)))""",
            (url, json.dumps((*GONE, "redirect", "blocked"))),
        )
        return None if row is None or self._is_held(url) else row

    def _is_fresh(self, url: str, lease: Lease) -> bool:
        """Whether nothing is known of an article but by this sweep."""
        return self.missed(url) is None and (self._is_asked(url, lease) or not self._is_held(url))

    def _where_it_was(self, new: Want, listed: list[Want], lease: Lease) -> Want | None:
        """The address that a new article may have moved from: the one article held that was listed by the
        very title and is not now. It tells whether it leads on, so that what was edited on the way is a
        version.
        """
        title = str(new.context.get("title", ""))
        if not is_stated(title):
            return None
        known = self._store.rows(
            """SELECT url FROM resources WHERE site = ? AND role = 'article' AND sha256 IS NOT NULL
               AND gone_at IS NULL AND json_extract(hints, '$.link_text') = ?""",
            (lease.site, title),
        )
        marks = {line_mark(want.url) for want in listed}
        gone = [row["url"] for row in known if row["url"] and line_mark(row["url"]) not in marks]
        context = Trail(why="known", optional=True).context()
        return Want(gone[0], "article", context=context) if len(gone) == 1 else None

    def _in_turn(self, known: list[Want], lease: Lease, besides: int) -> list[Want]:
        """Of columns asked for before those that their address alone does not bring: as many as this visit
        may still cost ``besides``, those first that were not asked for the longest; none of years long past.
        """
        year = moment().year
        led_to = [want for want in known if not is_by_itself(want.method, want.context)]
        posted = [want for want in led_to if not is_past(want.context.get("title", ""), year)]
        if not posted:
            return []
        room = share(self._store, lease.site).requests - self._frontier.asked(lease.site) - besides
        if room <= 0:
            return []
        asked = asked_in(self._store, lease.site)
        posted.sort(key=lambda want: asked.get(fingerprint(want.method, want.url, want.body), 0))
        return [replace(want, context=want.context | {"incremental": True}) for want in posted[:room]]

    def _back_perhaps(self, articles: list[Want], lease: Lease, besides: int) -> list[Want]:
        """Of articles that were not there those that are asked for again: as many as the visit may still
        cost ``besides``, those first that were not asked for the longest; one whatever it costs, if that was
        a week ago.
        """
        missed = [(row, want) for want in articles if (row := self.missed(want.url))]
        missed = sorted((pair for pair in missed if may_be_back(pair[0])), key=lambda pair: pair[0]["last"])
        if not missed:
            return []
        room = share(self._store, lease.site).requests - self._frontier.asked(lease.site) - besides
        costs = accumulate(1 + row["led_on"] for row, _ in missed)
        least = since(missed[0][0]["last"]) >= _A_WEEK and not self._frontier.asked(lease.site, "article")
        back = max(sum(cost <= room for cost in costs), least)
        return [want for _, want in missed[:back]]

    def _is_new(self, url: str) -> bool:
        return self._store.value("SELECT 1 FROM captures WHERE url = ? LIMIT 1", (url,)) is None

    def _is_asked(self, url: str, lease: Lease) -> bool:
        """Whether an article was asked for in this very sweep: new in this list as in another."""
        asked = "SELECT 1 FROM requests WHERE root = ? AND role = 'article' AND +site = ? AND +sweep = ?"
        return self._store.value(asked, (address(url), lease.site, lease.sweep)) is not None

    def _is_held(self, url: str, hops: int = MAX_HOPS) -> bool:
        """Whether a good body of an address is held, or of the one that it led to the last time."""
        known = self._store.resource(address(url))
        if known is not None and known["sha256"] is not None:
            return True
        last = self._store.row(
            "SELECT outcome, detail FROM captures WHERE url = ? ORDER BY capture_id DESC LIMIT 1", (url,)
        )
        if last is None or last["outcome"] != "redirect" or not hops:
            return False
        return self._is_held(str(last["detail"]).removeprefix("→ "), hops - 1)
