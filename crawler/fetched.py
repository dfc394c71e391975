"""What came of a request, before and after it was judged: the item that flows through the pipelines."""

from __future__ import annotations

from dataclasses import dataclass

from crawler.frontier import Lease
from crawler.wants import Findings
from pipelines.archive import Exchange, Headers, Stored


@dataclass(slots=True)
class Fetched:
    """One request's answer, of any status, or its failure; exactly one for each request handed out.

    ``failure``: "" with an answer, else timeout, refused, blocked (its folder is left alone), too_large or
    error. ``flags`` are Scrapy's (dataloss, partial, download_stopped) and overdue. The later fields are
    filled in by the pipelines, in their order; ``exchange`` is there from the start where nothing is asked,
    and ``stored`` where the answer is archived already.
    """

    lease: Lease
    fetched_at: str
    elapsed: float
    status: int | None = None
    headers: Headers = ()
    body: bytes = b""
    flags: tuple[str, ...] = ()
    failure: str = ""
    detail: str = ""
    ip: str | None = None
    request_headers: Headers = ()
    # filled in by Judge and Keep
    content: bytes = b""
    exchange: Exchange | None = None
    findings: Findings | None = None
    stored: Stored | None = None
    complete_root: str | None = None

    @property
    def asked(self) -> bool:
        """Whether a request was sent at all."""
        shared = self.exchange is not None and self.exchange.is_shared
        return self.failure not in ("refused", "blocked") and not shared

    def header(self, name: str) -> str:
        """The first value of a response header, "" without one."""
        return next((value for key, value in self.headers if key.lower() == name), "")
