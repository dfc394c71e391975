"""What one reading was made of."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from pipelines.readout import LaidOut, Readout
from pipelines.store import Row


@dataclass(frozen=True, slots=True)
class Source:
    """An address that bytes were read from. ``url`` is None for a file given without one."""

    address: str
    url: str | None
    sha256: str


@dataclass(frozen=True, slots=True)
class Bundle:
    """What one reading was made of: an article or file, and the parts that may belong to it.

    ``fetched`` is false for ingested files: their first sighting says nothing of publication. ``name`` is
    the file's path or name, for messages.
    """

    article: Source
    parts: tuple[Source, ...]
    site: str | None
    host: str
    seen_at: str
    first_seen_at: str
    crawl_id: int
    fetched: bool
    name: str = ""

    @property
    def label(self) -> str:
        """What a person knows the document by: its address, else its file's name."""
        return self.article.url or self.name or self.article.address

    def told(self, detail: str) -> str:
        """What an issue says of it, after what it is known by; the bare name of a file gives way to that."""
        if self.label in detail:
            return detail
        named, _, rest = detail.partition(": ")
        return f"{self.label}: {rest if self.label.endswith(f'/{named}') else detail}"

    @property
    def digest(self) -> str:
        """One digest over all the bytes, in order."""
        return hashlib.sha256("".join(s.sha256 for s in (self.article, *self.parts)).encode()).hexdigest()

    @property
    def documents(self) -> frozenset[str]:
        """The digests of all that it is made of."""
        return frozenset(source.sha256 for source in (self.article, *self.parts))

    def main(self, read: Readout) -> Source:
        """The source that holds the report's tables."""
        return self.article if read.main_part is None else self.parts[read.main_part]

    def used(self, read: Readout) -> tuple[Source, ...]:
        """The article and the parts that the report was taken from."""
        return (self.article, *(self.parts[i] for i in read.used_parts))


@dataclass(frozen=True, slots=True)
class Filing:
    """What a bundle was read as, to be filed as a report; ``shown`` is the report's row, if there is one."""

    bundle: Bundle
    read: Readout
    laid_out: LaidOut
    report_id: str
    shown: Row | None

    @property
    def main(self) -> Source:
        """The source that holds the report's tables."""
        return self.bundle.main(self.read)
