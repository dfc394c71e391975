"""Articles and files put together for a worker: each with its parts, and where their bytes are."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from pipelines.address import zip_of
from pipelines.archive import Kept
from pipelines.parse.records import Document, Hints
from pipelines.recent import Recent
from pipelines.reports import Bundle, Source
from pipelines.store import Row, Store
from pipelines.workers import Blob


@dataclass(frozen=True, slots=True)
class Assembled:
    """An article or file with its parts, put together for a worker: the document without its bytes; its bytes
    and those of its parts, or where they are kept; how many they are.
    """

    bundle: Bundle
    document: Document
    contents: list[Blob]
    weight: int


class Assembler:
    """Puts together what a run reads; ``recent``: contents that need not be brought back from the archive."""

    def __init__(self, store: Store, data: Path, crawl_id: int, recent: Recent) -> None:
        self._store = store
        self._archive = str(data.absolute())
        self._crawl_id = crawl_id
        self._recent = recent

    def assemble(self, root: str, main_sha256: str | None = None) -> Assembled | None:
        """What stands behind an article or file with its parts, in order; None where no good body is held, or
        a ZIP whose members are each read on their own.

        ``main_sha256`` stands in for the present bytes of the source that holds the tables.
        """
        main = self._main_address(root) if main_sha256 else None
        rows = self._store.documents_of(root, main, main_sha256)
        article = next((row for row in rows if row["address"] == root), None)
        if article is None or article["sha256"] is None:
            return None
        gathering = {zip_of(member) for member in self._store.members_of(root)}
        if root in gathering:
            return None
        parts = [
            row for row in rows if row["address"] not in {root, *gathering} and row["sha256"] is not None
        ]
        told = json.loads(article["hints"])
        bundle = Bundle(
            article=_source(article),
            parts=tuple(_source(row) for row in parts),
            site=article["site"],
            host=urlsplit(article["url"] or "").netloc,
            seen_at=article["last_seen_at"],
            first_seen_at=article["first_seen_at"],
            crawl_id=self._crawl_id,
            fetched=article["role"] != "file",
            name=told.get("path") or told.get("name") or "",
        )
        document = _document(article, article, told, tuple(_document(row, article) for row in parts))
        contents = [self._content(row) for row in (article, *parts)]
        return Assembled(bundle, document, contents, sum(row["bytes"] for row in (article, *parts)))

    def _main_address(self, root: str) -> str:
        known = self._store.reading(root)
        return known["main_address"] if known else root

    def _content(self, row: Row) -> Blob:
        held = self._recent.take(row["sha256"])
        if held is not None:
            return held
        return Kept(self._archive, row["warc_file"], row["warc_offset"], row["sha256"])


def _source(row: Row) -> Source:
    return Source(row["address"], row["url"], row["sha256"])


def _document(
    row: Row, article: Row, told: dict[str, str] | None = None, parts: tuple[Document, ...] = ()
) -> Document:
    """A document without its bytes, as the row of its address tells of it; ``told``: its hints, if known."""
    told = told if told is not None else json.loads(row["hints"])
    hints = Hints(
        region_code=told.get("region_code") or article["site_region"] or "",
        site_name=article["site_name"] or "",
        link_text=told.get("link_text") or "",
        agency=told.get("agency") or "",
        published_on=told.get("published_on") or "",
        member=told.get("member") or "",
    )
    return Document(
        content=b"",
        url=row["url"] or "",
        name=told.get("name") or "",
        media_type=row["media_type"] or "",
        charset=row["charset"] or "",
        hints=hints,
        parts=parts,
    )
