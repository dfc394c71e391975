"""The records of the archive: what was asked and answered, and where it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

NOT_MODIFIED: Final = 304
Headers = tuple[tuple[str, str], ...]
Kind = Literal["response", "resource", "outcome"]


@dataclass(frozen=True, slots=True)
class Location:
    """Where bytes are held already; names the record that a revisit refers to."""

    warc_file: str
    warc_offset: int
    record_id: str
    sha256: str
    url: str | None
    fetched_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """What the store knows of a capture beyond the exchange itself; archived with it, so that the store can
    be made again from the WARC files. Field names are those of the tables ``captures`` and ``resources``.
    """

    crawl_id: int
    outcome: str
    detail: str | None = None
    site: str | None = None
    request_id: int | None = None
    role: str | None = None
    attempt: int = 1
    elapsed: float | None = None
    media_type: str | None = None
    charset: str | None = None
    address: str | None = None
    root: str | None = None
    ordinal: int = 0
    hints: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Digest:
    """What the content of a body is known by: its SHA-256 and size in bytes; ``problem`` as of
    ``coding.Decoded``.
    """

    sha256: str
    size: int
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request with what came of it, or one ingested file.

    ``kind``: ``response`` (``status`` is set), ``resource`` (an ingested file: ``body`` alone), ``outcome``
    (no answer: timeout, refused, error; only ``about`` says why; or nothing was asked, since ``earlier`` had
    just come for somebody else). ``body`` is as received, content coding
    untouched, transfer coding already taken off. ``headers`` are as received; text stands for its latin-1
    bytes. ``truncated`` is WARC's word: length, time, disconnect, unspecified. ``earlier``: where equal bytes
    may be held already: if they are equal, or the server said 304, a record that refers to it is written (a
    revisit; for a file the metadata alone). Read back, the body is there again. ``digest``: of the decoded
    body, where it was decoded before.
    """

    url: str | None
    fetched_at: str
    about: Provenance
    kind: Kind = "response"
    method: str = "GET"
    request_headers: Headers = ()
    request_body: bytes = b""
    status: int | None = None
    reason: str = ""
    headers: Headers = ()
    body: bytes = b""
    truncated: str | None = None
    ip: str | None = None
    earlier: Location | None = None
    digest: Digest | None = field(default=None, compare=False)

    @property
    def is_shared(self) -> bool:
        """Whether nothing was asked: what another request had just brought serves this one too."""
        return self.kind == "outcome" and self.earlier is not None

    @property
    def confirms(self) -> bool:
        """Whether the content is that of the earlier record, whatever stands in this one."""
        return self.earlier is not None and (self.status == NOT_MODIFIED or self.is_shared)

    def header(self, name: str) -> str | None:
        """The first value of a response header."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


@dataclass(frozen=True, slots=True)
class Stored:
    """Where an exchange went, durably. ``warc_offset`` and ``warc_length`` are those of its first record.

    ``sha256`` and ``bytes`` are of the content after decoding (of the earlier content for a 304), NULL where
    there is none. ``problem``: see ``coding.Decoded``.
    """

    warc_file: str
    warc_offset: int
    warc_length: int
    record_id: str
    sha256: str | None
    bytes: int | None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Archived:
    """An exchange read back, with its content decoded: for a revisit, that of the earlier record."""

    exchange: Exchange
    stored: Stored
    content: bytes

    @property
    def truncated(self) -> bool:
        """Whether the content is only a part of what the server meant to send."""
        return self.exchange.truncated is not None or self.stored.problem in ("truncated", "too_large")
