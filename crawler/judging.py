"""From an answer to its one recorded outcome (``captures.outcome``)."""

from __future__ import annotations

import email.message
import re
from functools import lru_cache
from typing import Final

from crawler.addresses import led_to
from crawler.challenge import Known, Verdict, judge, judge_status, shape, shown_text
from crawler.fetched import Fetched
from crawler.frontier import Lease
from crawler.page import Page
from crawler.requests import LIST_ROLES, last_good
from crawler.wants import Trail
from pipelines.address import address
from pipelines.archive import Decoded, Exchange, Location, Provenance, decode_body, read
from pipelines.archive.coding import LIMIT
from pipelines.errors import Damaged
from pipelines.store import Row, Store
from pipelines.store.capture import RESOURCE_ROLES

MAX_HOPS: Final = 5
_WORDS_OF_A_HOME: Final = 100  # characters; with fewer an article may say the same
KEPT_OF_LARGE: Final = 64 * 1024  # bytes of a body that was cut off for its size
_ENDS: Final = {"text/html": re.compile(rb"</html>", re.IGNORECASE), "application/pdf": re.compile(rb"%%EOF")}


class Judge:
    """Judges answers with what the store knows of their addresses and of the site's home and missing page."""

    def __init__(self, store: Store, crawl_id: int) -> None:
        self._store = store
        self._crawl_id = crawl_id
        self._known: dict[tuple[str, str], Known] = {}
        self._earlier: dict[tuple[str, str], Known] = {}

    def exchange(self, fetched: Fetched) -> Exchange:
        """The exchange to be archived, its outcome decided; sets the ``content`` of what was fetched."""
        decoded = decoded_of(fetched.headers, fetched.body)
        fetched.content = decoded.content
        verdict, earlier = self._outcome(fetched, decoded)
        cut = verdict.outcome == "too_large"
        lease, trail = fetched.lease, Trail.of(dict(fetched.lease.context))
        media_type, charset = content_type(fetched.header("content-type"))
        about = Provenance(
            crawl_id=self._crawl_id,
            outcome=verdict.outcome,
            detail=verdict.detail or None,
            site=lease.site,
            request_id=lease.request_id,
            role=lease.role,
            attempt=lease.attempt,
            elapsed=round(fetched.elapsed, 3),
            media_type=media_type or None,
            charset=charset or None,
            root=lease.root if lease.role in RESOURCE_ROLES else None,
            ordinal=trail.ordinal,
            hints=hints_of(lease, trail),
        )
        return Exchange(
            url=lease.url,
            fetched_at=fetched.fetched_at,
            about=about,
            kind="response" if fetched.status is not None else "outcome",
            method=lease.method,
            request_headers=fetched.request_headers,
            request_body=lease.body.encode(),
            status=fetched.status,
            headers=fetched.headers,
            body=fetched.body[:KEPT_OF_LARGE] if cut else fetched.body,
            digest=None if cut else decoded.digest,
            truncated=_truncated(fetched, verdict),
            ip=fetched.ip,
            earlier=earlier,
        )

    def _outcome(self, fetched: Fetched, decoded: Decoded) -> tuple[Verdict, Location | None]:
        lease = fetched.lease
        if fetched.failure or fetched.status is None:
            return Verdict(fetched.failure or "error", fetched.detail), None
        if fetched.status == 304:
            return self._unmodified(lease)
        verdict = _by_transfer(fetched, decoded) or self._by_content(fetched, decoded.content)
        if verdict.outcome:
            return verdict, None
        outcome = self._news(lease, decoded.digest.sha256)
        earlier = self._store.location_of(decoded.digest.sha256) if outcome == "unchanged" else None
        return Verdict(outcome, verdict.detail), earlier

    def _unmodified(self, lease: Lease) -> tuple[Verdict, Location | None]:
        known = self._held(lease)
        sha256 = known["sha256"] if known else None
        if sha256 is None:
            return Verdict("error", "304 without having asked for it"), None
        return Verdict("unchanged", "not modified"), self._store.location_of(sha256)

    def _held(self, lease: Lease) -> Row | None:
        """What a conditional request was made from (see ``requests.conditional``)."""
        if lease.role in LIST_ROLES:
            return last_good(self._store, lease.url)
        return self._store.resource(address(lease.url))

    def _by_content(self, fetched: Fetched, content: bytes) -> Verdict:
        lease = fetched.lease
        status = fetched.status or 0
        if status in (301, 302, 303, 307, 308) and fetched.header("location"):
            printed = fetched.header("location")
            return self._led_on(lease, led_to(lease.url, printed), printed)
        verdict = judge_status(status)
        if verdict.outcome or lease.role == "robots":
            return verdict
        if lease.role == "probe":
            return Verdict("soft_404", "the site's answer to an address that can't exist")
        page = page_of(lease.url, fetched.header("content-type"), content, status)
        found = judge(
            page,
            role=lease.role,
            missing=self._page_of(lease.site, "probe").text,
            home=self._page_of(lease.site, "home") if lease.role != "home" else None,
            promised=str(lease.context.get("title", "")),
        )
        if found.outcome == "redirect" and found.target:
            return self._led_on(lease, found.target, found.target)
        return redirect(lease, found.target, found.target, found) if found.target else found

    def _news(self, lease: Lease, sha256: str) -> str:
        if lease.role in RESOURCE_ROLES:
            return self._store.outcome_of(address(lease.url), sha256)
        last = self._store.value(
            """SELECT sha256 FROM captures WHERE url = ? AND sha256 IS NOT NULL
               ORDER BY capture_id DESC LIMIT 1""",
            (lease.url,),
        )
        return "new" if last is None else "unchanged" if last == sha256 else "changed"

    def _led_on(self, lease: Lease, target: str, printed: str) -> Verdict:
        """A redirect; one from anywhere to the home page says that nothing is there any more."""
        home = self._store.value("SELECT home FROM sites WHERE site = ?", (lease.site,))
        elsewhere = lease.role not in ("home", "robots", "probe")
        if elsewhere and target and home and address(target) == address(home):
            return Verdict("soft_404", "leads to the home page")
        return redirect(lease, target, printed)

    def _page_of(self, site: str, role: str) -> Known:
        """The site's missing page, or its home page, from the last capture; an empty one without any."""
        if (site, role) not in self._known:
            found = self._read(site, role, self._crawl_id)
            if found is None:  # a run that looks for what is new only does not ask for the home page
                return self._before(site, role)
            self._known[site, role] = found
        return self._known[site, role]

    def _before(self, site: str, role: str) -> Known:
        """The page in the last run that asked for it."""
        if (site, role) not in self._earlier:
            self._earlier[site, role] = self._read(site, role) or Known()
        return self._earlier[site, role]

    def _read(self, site: str, role: str, since: int = 0) -> Known | None:
        row = self._store.row(
            """SELECT * FROM captures WHERE site = ? AND role = ? AND +crawl_id >= ?
               AND outcome IN ('new', 'changed', 'unchanged', 'soft_404', 'gone')
               ORDER BY capture_id DESC LIMIT 1""",
            (site, role, since),
        )
        if row is None:
            return None
        if row["outcome"] == "gone" or row["warc_file"] is None:
            return Known()
        try:
            archived = read(self._store.data, row["warc_file"], row["warc_offset"])
        except Damaged:
            return Known()
        page = page_of(row["url"], row["media_type"] or "", archived.content, 200)
        text = shown_text(page)[:20_000]
        if role == "home":
            return Known(page.title, shape(text) if len(text) > _WORDS_OF_A_HOME else "")
        return Known(page.title, text)


def redirect(lease: Lease, target: str, printed: str, found: Verdict | None = None) -> Verdict:
    """A redirect, or the end of a chain that leads nowhere."""
    hops = [*lease.context.get("hops", ()), lease.url]
    if not target:
        return Verdict("refused", f"refused_scheme: redirect to {printed[:200]}")
    if len(hops) > MAX_HOPS or hops.count(target) > 1:  # once it may come back, with a cookie
        return Verdict("error", f"redirect_loop: {' → '.join([*hops, target])[:1000]}")
    return Verdict(found.outcome if found else "redirect", f"→ {target}", target)


def target_of(exchange: Exchange) -> str:
    """Where a redirect (or a removal notice that leads on) points to."""
    detail = exchange.about.detail or ""
    return detail.removeprefix("→ ") if detail.startswith("→ ") else ""


# an answer is judged, then followed: decoded and parsed once
decoded_of = lru_cache(maxsize=1)(decode_body)


@lru_cache(maxsize=1)
def page_of(url: str, media_type: str, content: bytes, status: int) -> Page:
    """An answer's content as a page."""
    kind, charset = content_type(media_type)
    return Page(url, content, status=status, media_type=kind, charset=charset)


@lru_cache(maxsize=1024)
def content_type(value: str) -> tuple[str, str]:
    """Media type and charset of a Content-Type header, "" where it does not say."""
    if not value:
        return "", ""
    message = email.message.Message()
    message["content-type"] = re.sub(r"[^\x20-\x7e]", "", value)
    return message.get_content_type() if "/" in value else "", message.get_content_charset() or ""


def _by_transfer(fetched: Fetched, decoded: Decoded) -> Verdict | None:
    if "overdue" in fetched.flags:
        return Verdict("truncated", f"{len(fetched.body)} bytes so far when the time was over")
    if "download_stopped" in fetched.flags or decoded.problem in ("too_large", "bomb"):
        return Verdict("too_large", decoded.problem or f"more than {LIMIT >> 20} MiB")
    if "dataloss" in fetched.flags or decoded.problem == "truncated":
        return Verdict("truncated", "the connection ended before the body did")
    if "partial" in fetched.flags:
        end = _ENDS.get(content_type(fetched.header("content-type"))[0])
        if end and not end.search(decoded.content[-2048:]):
            return Verdict("truncated", "the connection ended without a sign of the document's end")
    return None


def _truncated(fetched: Fetched, verdict: Verdict) -> str | None:
    if verdict.outcome == "too_large":
        return "length"
    if "overdue" in fetched.flags:
        return "time"
    return "disconnect" if verdict.outcome == "truncated" and "dataloss" in fetched.flags else None


def hints_of(lease: Lease, trail: Trail) -> dict[str, str]:
    """What the link that led to a resource says of it."""
    if lease.role not in RESOURCE_ROLES:
        return {}
    hints = {"published_on": trail.date}
    if lease.role == "article":
        hints["link_text"] = trail.title
        hops = (hop for hop in trail.hops if address(hop) != address(lease.url))  # not by another scheme
        hints["by"] = " ".join(dict.fromkeys(hops))
    else:
        hints["name"] = trail.title
    return {key: value for key, value in hints.items() if value}
