"""A capture: the outcome of one request, or one ingested file; as a record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pipelines.address import MEMBER, address
from pipelines.archive import Exchange, Stored

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
