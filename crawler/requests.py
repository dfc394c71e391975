"""From a lease to Scrapy's request, and from Scrapy's answer or failure to the one item."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from scrapy import Request
from scrapy.exceptions import DownloadTimeoutError, IgnoreRequest

from crawler.fetched import Fetched
from crawler.hosts import WALLED
from crawler.resolver import RefusedAddress
from crawler.tls import TLS_ERRORS, TLS_FAILED
from pipelines.address import address
from pipelines.archive.reader import read
from pipelines.clock import moment, now, stamp
from pipelines.errors import Damaged
from pipelines.store import Row, Store
from pipelines.store.capture import RESOURCE_ROLES

if TYPE_CHECKING:
    from scrapy.http import Headers, Response
    from twisted.python.failure import Failure

    from crawler.context import Run
    from crawler.frontier import Lease
    from crawler.spiders.county import County

_FORM: Final = "application/x-www-form-urlencoded; charset=UTF-8"
_JSON: Final = "application/json; charset=UTF-8"
LIST_ROLES: Final = ("home", "tree", "column", "list")
_LIST_DAYS: Final = 30  # for which a server's word is relied on that a list is unchanged
_RESOURCE_DAYS: Final = 180  # the same of a report
_MOST_HEADERS: Final = 256 * 1024  # bytes of all response headers together


def to_request(lease: Lease, run: Run, spider: County) -> Request:
    """The request for a lease, conditional where a good body of its address is held."""
    headers = conditional(run.store, lease) | _referer(lease)
    if lease.method == "POST":
        state = lease.context.get("state", {})
        headers |= {"Content-Type": _JSON if state.get("json") else _FORM}
        headers |= {} if state.get("form") else {"X-Requested-With": "XMLHttpRequest"}
    timeout = run.file_timeout if lease.role == "attachment" else None
    meta = {
        "lease": lease,
        "download_slot": lease.host,
        "cookiejar": lease.host,
        "asked_at": time.monotonic(),
    }
    if timeout:
        meta["download_timeout"] = timeout
    if lease.url.startswith("https:") and run.frontier.hosts[lease.host].legacy:
        meta["legacy_tls"] = True
    return Request(
        lease.url,
        method=lease.method,
        body=lease.body,
        headers=headers,
        meta=meta,
        callback=spider.parse,
        errback=spider.failed,
        dont_filter=True,
    )


def _referer(lease: Lease) -> dict[str, str]:
    """The site that a link stands on, as browsers tell: some servers give files to no other visitors."""
    is_linked = lease.role not in ("home", "probe", "robots")
    return {"Referer": "/".join(lease.url.split("/", 3)[:3]) + "/"} if is_linked else {}


def conditional(store: Store, lease: Lease) -> dict[str, str]:
    """Headers that ask for a body only if it is another one than that held; none where it has not come for
    long: servers call a page unchanged that is not.
    """
    values: tuple[str | None, ...] = ()
    if not _came_lately(store, lease):
        return {}
    if lease.role in RESOURCE_ROLES:
        known = store.resource(address(lease.url))
        if known is not None and known["sha256"] is not None and known["gone_at"] is None:
            values = known["etag"], known["last_modified"]
    elif lease.role in LIST_ROLES and lease.method == "GET":
        values = _validators(store, lease.url)
    named = zip(("If-None-Match", "If-Modified-Since"), values, strict=False)
    return {name: value for name, value in named if value}


def _came_lately(store: Store, lease: Lease) -> bool:
    """Whether a body of the address came within the time that the server's word is relied on."""
    days = _LIST_DAYS if lease.role in LIST_ROLES else _RESOURCE_DAYS
    since = stamp(moment() - timedelta(days=days))
    sql = "SELECT 1 FROM captures WHERE url IN (?, ?, ?) AND status_code = 200 AND fetched_at >= ? LIMIT 1"
    rest = address(lease.url)
    return store.value(sql, (lease.url, f"http://{rest}", f"https://{rest}", since)) is not None


def _validators(store: Store, url: str) -> tuple[str | None, ...]:
    """What the server gave with the last good answer of a page that is no resource, as it is archived."""
    row = last_good(store, url)
    if row is None or row["warc_file"] is None:
        return ()
    try:
        exchange = read(store.data, row["warc_file"], row["warc_offset"]).exchange
    except Damaged:  # "unchanged" would say nothing
        return ()
    return exchange.header("etag"), exchange.header("last-modified")


def last_good(store: Store, url: str) -> Row | None:
    """The last capture of an address that brought, or confirmed, a good body."""
    return store.row(
        """SELECT * FROM captures WHERE url = ? AND sha256 IS NOT NULL
           AND outcome IN ('new', 'changed', 'unchanged') ORDER BY capture_id DESC LIMIT 1""",
        (url,),
    )


def from_response(response: Response) -> Fetched:
    """The item of an answer, whatever its status."""
    request = response.request
    assert request is not None
    if "archived" in request.meta:
        exchange, stored = request.meta["archived"]
        return Fetched(
            request.meta["lease"],
            exchange.fetched_at,
            0.0,
            status=exchange.status,
            exchange=exchange,
            stored=stored,
        )
    headers = _pairs(response.headers)
    fetched = Fetched(
        lease=request.meta["lease"],
        fetched_at=now(),
        elapsed=time.monotonic() - request.meta["asked_at"],
        status=response.status,
        headers=headers,
        body=response.body,
        flags=(*response.flags, *(("overdue",) if request.meta.get("overdue") else ())),
        ip=str(response.ip_address) if response.ip_address else None,
        request_headers=_pairs(request.headers),
    )
    if sum(len(name) + len(value) for name, value in headers) > _MOST_HEADERS:
        fetched.failure, fetched.detail = "error", "headers_too_large"
    return fetched


def from_failure(failure: Failure, request: Request) -> Fetched:
    """The item of a request that brought no answer."""
    kind, detail = _kind(failure.value)
    if kind == "timeout":
        detail = f"{request.meta.get('received', 0)} bytes so far; {detail}"
    return Fetched(
        lease=request.meta["lease"],
        fetched_at=now(),
        elapsed=time.monotonic() - request.meta["asked_at"],
        failure=kind,
        detail=detail[:500],
        request_headers=_pairs(request.headers),
    )


def _kind(error: BaseException | None) -> tuple[str, str]:
    detail = f"{type(error).__name__}: {error}"
    causes = list(_causes(error))
    refused = next((cause for cause in causes if isinstance(cause, RefusedAddress)), None)
    if refused is not None:
        return "refused", f"refused_address: {refused}"
    if isinstance(error, IgnoreRequest):
        return "blocked" if str(error) == WALLED else "refused", str(error)
    if isinstance(error, DownloadTimeoutError | TimeoutError):
        return "timeout", detail
    if any(isinstance(cause, TLS_ERRORS) for cause in causes):
        return "error", f"{TLS_FAILED}{detail}"
    return "error", detail


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error, what caused it, and what Twisted's collective errors hold."""
    while error is not None:
        yield error
        for reason in getattr(error, "reasons", None) or ():
            yield reason.value
        error = error.__cause__


def _pairs(headers: Headers) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in headers.items()
        for value in values
    )
