"""Taking an archived answer in: capture, what it leads to, and the request's end, in one transaction.

The same function settles a live answer and one that a killed run had archived but not
acknowledged, so both leave the same store.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from crawler.addresses import fingerprint, host_port, is_of_domain, line_mark
from crawler.challenge import other_owner
from crawler.discovery import SURE, follow
from crawler.frontier import AGAIN, Frontier, Lease
from crawler.hosts import CHALLENGES
from crawler.judging import decoded_of, hints_of, page_of, target_of
from crawler.looks import whole_look
from crawler.manners import retry_at
from crawler.only_new import OnlyNew
from crawler.page import Page
from crawler.permits import permits
from crawler.registry import Site
from crawler.requests import LIST_ROLES
from crawler.robots import Rules, rules_from
from crawler.tls import TLS_FAILED
from crawler.tree import is_own_site
from crawler.wants import PLACE, Findings, Trail, Want, absent, host_of, is_by_itself
from pipelines.address import address
from pipelines.archive import Exchange, Stored, decode_body, read
from pipelines.errors import Damaged
from pipelines.store import Capture, Store
from pipelines.store.capture import GONE, GOOD, RESOURCE_ROLES

log = logging.getLogger(__name__)

_NO_CONNECTION: Final = re.compile(rf"^{TLS_FAILED}|CannotConnect|Refused")
_UNREACHED: Final = ("document_unreachable", "list_unreachable", "column_moved")
_NEAR: Final = 6.0  # the score of a link to a column of reports
_LONGEST_DETAIL: Final = 1_000  # characters


class Settlement:
    """Settles the answers of one run."""

    def __init__(
        self,
        store: Store,
        frontier: Frontier,
        sites: Mapping[str, Site],
        crawl_id: int | None = None,
        *,
        offline: bool = False,
    ) -> None:
        self._store = store
        self._frontier = frontier
        self._only_new = OnlyNew(store, frontier)
        self._sites = sites
        self._crawl_id = crawl_id
        self._offline = offline  # the answers were captured before

    def settle(
        self,
        exchange: Exchange,
        stored: Stored,
        lease: Lease | None = None,
        findings: Findings | None = None,
    ) -> str:
        """Take an archived exchange in. Nothing is acknowledged before this returns: the root of the article
        that is complete now, and to be read, "" for none.

        ``lease``: the request that it answers; by default the one that it names itself. ``findings``: what
        :meth:`look_at` gave, where it was looked at already.
        """
        capture = Capture.of(exchange, stored)
        lease = lease or self._lease(exchange)
        if lease is None:
            self._store.add_capture(capture)
            return ""
        wait = 0.0 if self._offline else retry_at(exchange, lease, self._sites[lease.site].delay)
        wait = 0.0 if wait and self._is_known_unreachable(lease) else wait
        if wait or findings is None:
            findings = Findings() if wait else self.look_at(exchange, lease, stored)
        with self._store.transaction():
            self._store.add_capture(capture)
            if self._offline:
                self._know(lease, exchange)
            if wait:
                self._frontier.again(lease.request_id, wait)
            else:
                self._conclude(exchange, lease, findings)
            leads_on = lease.role == "article" and target_of(exchange)
            root = self._moved(lease) if leads_on else lease.root
        return self._completed(lease, root)

    def _is_known_unreachable(self, lease: Lease) -> bool:
        """Whether a host did not tell its rules, or a list did not answer, in an earlier run already: asking
        once is enough.
        """
        host = Trail.of(dict(lease.context)).state.get("host") or lease.host
        subject = f"host:{host}" if lease.role == "robots" else lease.url
        known = """SELECT 1 FROM issues WHERE subject = ? AND closed_at IS NULL
                   AND code IN ('robots_unreachable', 'list_unreachable')"""
        return self._store.value(known, (subject,)) is not None

    def _know(self, lease: Lease, exchange: Exchange) -> None:
        """What a link says of an address whose capture an earlier run, or an ingest, took in."""
        if lease.role not in RESOURCE_ROLES or exchange.about.outcome not in GOOD:
            return
        trail = Trail.of(dict(lease.context))
        self._store.put_resource(
            address(lease.url), role=lease.role, seen_at=exchange.fetched_at, url=lease.url, site=lease.site,
            root=lease.root, ordinal=trail.ordinal, hints=hints_of(lease, trail),
        )  # fmt: skip

    def _lease(self, exchange: Exchange) -> Lease | None:
        request_id = exchange.about.request_id
        lease = self._frontier.request(request_id) if request_id else None
        return lease if lease and lease.site in self._sites else None

    def _moved(self, lease: Lease) -> str:
        """Where the report of an article that leads on is to be read once more, "" for nowhere."""
        hops = (*Trail.of(dict(lease.context)).hops, lease.url)
        there = next((root for hop in hops if (root := self._store.moved_to(address(hop)))), "")
        return there if there and self._store.reading(there) is None else ""

    def _completed(self, lease: Lease, root: str | None) -> str:
        if not root or not self._frontier.is_complete(lease.site, lease.sweep, root):
            return ""
        known = self._store.resource(root)
        return "" if known and known["gone_at"] else root

    # --- what an answer says --------------------------------------------------------

    def look_at(self, exchange: Exchange, lease: Lease, stored: Stored | None = None) -> Findings:
        """What an answer says: of a live one best asked while its page is at hand.

        ``stored`` is where its record is, which leads to the page where that is an earlier one's.
        """
        if exchange.about.outcome not in GOOD or lease.role in ("robots", "probe", "attachment"):
            return Findings()
        try:
            content = self._content(exchange, stored)
            media_type = exchange.header("content-type") or exchange.about.media_type or ""
            page = page_of(lease.url, media_type, content, exchange.status or 200)
            if lease.role == "home":
                self._look_whose(page, lease)
            return follow(page, lease.role, Trail.of(dict(lease.context)), lease.depth)
        except Damaged:  # told with its record
            return Findings()
        except Exception as error:
            log.exception("following %s", lease.url)
            self._issue("follow_failed", "error", f"{type(error).__name__}: {error}"[:300], lease)
            return Findings()

    def _look_whose(self, page: Page, lease: Lease) -> None:
        """A server that many sites share may answer with another one's home page."""
        subject = f"home:{lease.site}"
        problem = other_owner(page, self._sites[lease.site].name, self._sites[lease.site].site_id_code)
        if problem:
            self._issue("site_mismatch", "warning", problem, lease, subject=subject)
        else:
            self._store.close_issues(subject, ("site_mismatch",))

    def _content(self, exchange: Exchange, stored: Stored | None) -> bytes:
        if exchange.confirms and stored is not None:
            return read(self._store.data, stored.warc_file, stored.warc_offset).content
        return decoded_of(exchange.headers, exchange.body).content

    # --- what follows ------------------------------------------------------------------

    def _conclude(self, exchange: Exchange, lease: Lease, findings: Findings) -> None:
        outcome = exchange.about.outcome
        trail = Trail.of(dict(lease.context))
        if lease.role == "robots":
            self._conclude_robots(exchange, lease, trail)
            return
        target = target_of(exchange)
        if target:
            self._redirected(lease, trail, target)
        if outcome in GOOD:
            self._found(lease, trail, findings)
            followed = ("follow_failed",) if findings.role else ()
            self._store.close_issues(lease.url, (*_UNREACHED, *followed))
        elif not target or outcome == "removed":
            self._failed(exchange, lease, trail)
        self._frontier.done(lease.request_id, self._kept(lease, findings))

    def _found(self, lease: Lease, trail: Trail, findings: Findings) -> None:
        wants = [want for want in findings.wants if permits(self._sites[lease.site], want.url)]
        self._note_elsewhere(lease, [want for want in findings.wants if want not in wants])
        if not self._discovers(lease.site):
            wants = [want for want in wants if want.role != "tree" and lease.role != "home"]
        if trail.why == PLACE and not (findings.entry_urls or findings.wants):
            wants = [whole_look(trail, self._sites[lease.site])]
        elif trail.incremental:
            wants = self._only_new.of(wants, lease)
            if any(w.role == "article" and self._only_new.missed(w.url) is None for w in wants):
                # before them: what is missing here looks so; of those that were missing it is known
                wants.append(absent(self._sites[lease.site].home, lease.sweep))
        if findings.column and lease.role in ("column", "tree", "list"):
            self._note_column(lease, findings)
        if lease.role in RESOURCE_ROLES:
            wants += self._known_parts(lease, wants)
        self._frontier.put(lease, _rooted(wants, lease), root=lease.root)

    def _discovers(self, site: str) -> bool:
        """Whether columns are looked for: where none are configured, or one of those configured has moved."""
        moved = "SELECT 1 FROM issues WHERE code = 'column_moved' AND site = ? AND closed_at IS NULL"
        return not self._sites[site].columns or self._store.value(moved, (site,)) is not None

    def _known_parts(self, lease: Lease, wants: list[Want]) -> list[Want]:
        """Parts of an article that its page does not show any more are asked for all the same."""
        if lease.role != "article" or not lease.root:
            return []
        named = {address(want.url) for want in wants}
        return [
            Want(
                row["url"],
                "page" if row["role"] == "page" else "attachment",
                context=Trail(ordinal=row["place"]).context(),
            )
            for row in self._store.parts_of(lease.root)
            if row["address"] not in named | {lease.root} and row["url"] and row["gone_at"] is None
        ]

    def _redirected(self, lease: Lease, trail: Trail, target: str) -> None:
        hops = (*trail.hops, lease.url)
        context = dict(lease.context) | replace(trail, hops=hops).context()
        back = address(target) in {address(hop) for hop in hops}
        salt = f"hop{len(hops)}" if back else ""
        self._frontier.put(lease, [Want(target, lease.role, context=context)], root=lease.root, salt=salt)

    def _conclude_robots(self, exchange: Exchange, lease: Lease, trail: Trail) -> None:
        host = str(trail.state.get("host") or lease.host)
        target = target_of(exchange)
        self._frontier.done(lease.request_id)
        if target and permits(self._sites[lease.site], target):
            context = replace(trail, hops=(*trail.hops, lease.url), state={"host": host}).context()
            want = Want(target, "robots", context=context)
            if self._frontier.put(lease, [want], salt=f"{host}{lease.request_id}"):
                return
        if self._unanswered(exchange) and self._turned(lease, trail, host):
            return
        rules = _rules(exchange)
        if rules.reachable and trail.state.get("twin"):
            self._frontier.turn(host, lease.url.partition("://")[0])
        if exchange.about.outcome == "blocked" and not rules.reachable:
            self._frontier.hosts.close(host, CHALLENGES)
        self._frontier.hosts.ruled(host, rules)
        if not rules.reachable:
            why = exchange.about.detail or exchange.about.outcome
            self._issue("robots_unreachable", "error", f"{host}: {why}", lease, subject=f"host:{host}")
        else:
            self._store.close_issues(f"host:{host}", ("robots_unreachable",))

    # --- what is noted -----------------------------------------------------------------

    def _note_column(self, lease: Lease, findings: Findings) -> None:
        if lease.role == "list" or not is_by_itself(lease.method, lease.context):
            return
        self._store.put_column(
            lease.site,
            lease.url,
            found_by=findings.why or str(lease.context.get("why", "")) or "entries that may be reports",
            title=None if lease.context.get("why") == "known" else findings.title[:200] or None,
            family=findings.family if findings.sure >= SURE else None,
            score=float(findings.near),
            declared_total=findings.declared,
        )
        if findings.sure >= SURE:
            self._store.db.execute(
                "UPDATE sites SET family = ? WHERE site = ? AND family IS NOT ?",
                (findings.family, lease.site, findings.family),
            )

    def _note_elsewhere(self, lease: Lease, wants: list[Want]) -> None:
        details = [
            f"{host} 上有报告，登记文件未列出 has reports; the registry file does not list it"
            for host in sorted({host_of(want) for want in wants if _is_near(want)})
        ]
        home = self._sites[lease.site].home
        own = sorted({host_of(w) for w in wants if is_own_site(w) and is_of_domain(w.url, home)})
        if own:
            details.append(
                f"{len(own)} 个机关网站，登记文件未列出 sites of agencies; the registry file does not list "
                f"{', '.join(own)}"[:_LONGEST_DETAIL]
            )
        for detail in details:
            self._issue("host_not_listed", "info", detail, lease, subject=f"site:{lease.site}")

    def _kept(self, lease: Lease, findings: Findings) -> Mapping[str, Any] | None:
        """What is kept of a list page: which entries it had, for the count at the end of the sweep."""
        if lease.role not in LIST_ROLES or not findings.role:
            return None
        counted = {
            "column": findings.column,
            "found": [line_mark(url) for url in findings.entry_urls],
            "others": [line_mark(url) for url in findings.other_urls],
            "declared": findings.declared,
            "stuck": findings.stuck,
            "scripted": findings.scripted,
            "articles": sum(want.role == "article" for want in findings.wants),
            "leads": [_mark(w) for w in findings.wants if w.role in ("tree", "column")],
            "more": [_mark(want) for want in findings.wants if want.role == "list"],
            "stated": [_mark(w) for w in findings.wants if w.context.get("state", {}).get("stated")],
        }
        return dict(lease.context) | {"counted": counted}

    def _failed(self, exchange: Exchange, lease: Lease, trail: Trail) -> None:
        outcome, detail = exchange.about.outcome, exchange.about.detail or ""
        if lease.role != "probe" and self._other_scheme(exchange, lease, trail):
            return
        if trail.why == PLACE:  # it may have moved: the column tells
            self._frontier.put(lease, [whole_look(trail, self._sites[lease.site])])
        if trail.why == PLACE or lease.role == "home":
            return
        known = trail.why == "known" and (lease.role == "column" or outcome not in GONE)
        if (trail.optional and not known) or lease.role == "probe":
            return
        if outcome in GONE and (known or trail.state.get("configured")):
            self._rediscover(lease, trail)
            return
        code = "document_unreachable" if lease.role in RESOURCE_ROLES else "list_unreachable"
        if lease.role != "tree" or outcome not in GONE:  # what a tree's page led to, kept back, is missing
            self._issue(code, "warning", f"{outcome}: {detail}"[:300], lease, subject=lease.url)

    def _rediscover(self, lease: Lease, trail: Trail) -> None:
        """A column that moved: look for it from home again, unless that is being done."""
        self._issue(
            "column_moved", "error", f"{lease.url} 已不是栏目 is no column any more", lease, subject=lease.url
        )
        if trail.incremental or trail.state.get("configured"):
            home = self._sites[lease.site].home
            self._frontier.put(lease, [Want(home, "home")], salt="rediscover")

    @staticmethod
    def _unanswered(exchange: Exchange) -> bool:
        """Whether the server did not speak the language it was asked in, as far as can be told."""
        return exchange.status is None and exchange.about.outcome in ("error", "timeout")

    def _other_scheme(self, exchange: Exchange, lease: Lease, trail: Trail) -> bool:
        """Ask by http for https and the reverse, once, where no connection came about; for the home page
        where no answer did. Whether it was not asked so before.
        """
        twin = _twin(lease.url)
        failed = lease.role == "home" or _NO_CONNECTION.search(exchange.about.detail or "")
        if not failed or not self._unanswered(exchange) or trail.state.get("twin") or lease.method != "GET":
            return False
        if not permits(self._sites[lease.site], twin):
            return False
        context = replace(trail, state=trail.state | {"twin": True}).context()
        wants = [Want(twin, lease.role, context=context)]
        return self._frontier.put(lease, wants, root=lease.root, salt="twin") > 0

    def _turned(self, lease: Lease, trail: Trail, host: str) -> bool:
        """A host that says nothing of its rules may do so by the other scheme; then all is asked for so.

        Whether there is another way.
        """
        twin = _twin(lease.url)
        if trail.state.get("twin") or lease.host != host or not permits(self._sites[lease.site], twin):
            return False
        if self._frontier.is_turned(host_port(twin)):  # neither way answers
            return False
        if host_port(twin) == host:  # one port for both: ask again before anything is turned
            want = Want(twin, "robots", context=Trail(state={"host": host, "twin": True}).context())
            self._frontier.put(lease, [want], salt=f"{host}{lease.request_id}")
        else:
            self._frontier.turn(host, twin.partition("://")[0])
        return True

    def _issue(self, code: str, severity: str, detail: str, lease: Lease, *, subject: str = "") -> None:
        self._store.add_issue(
            code, severity, detail, subject=subject or lease.url, site=lease.site, crawl_id=self._crawl_id
        )


def _mark(want: Want) -> str:
    return fingerprint(want.method, want.url, want.body, AGAIN if want.again else "")


def _is_near(want: Want) -> bool:
    """Whether a request leads to reports, or to a list of them."""
    return want.role in ("article", "list") or (want.role == "column" and want.score >= _NEAR)


def _twin(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"{'http' if scheme == 'https' else 'https'}://{rest}"


def _rooted(wants: list[Want], lease: Lease) -> list[Want]:
    """From a further page of an article only parts are taken: its links were the first page's."""
    if lease.role != "page":
        return wants
    return [want for want in wants if want.role in ("page", "attachment")]


def _rules(exchange: Exchange) -> Rules:
    if exchange.about.outcome not in (*GOOD, "truncated", "too_large"):
        ok = (exchange.status is not None and exchange.status < 500) or exchange.about.outcome in (
            "refused",
            "redirect",
        )
        return Rules(reachable=ok)
    return rules_from(exchange.status, decode_body(exchange.headers, exchange.body).content)
