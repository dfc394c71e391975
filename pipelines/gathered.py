"""ZIPs that gather the reports of several agencies: each member is archived as a file of its own.

So whoever reads from the archive finds it like any other file, by the address of its ZIP with its own name,
and the ZIP is no part of the article that leads to it.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator
from hashlib import sha256
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from pipelines.address import address, member_url
from pipelines.archive import Exchange, Provenance
from pipelines.parse.read import members
from pipelines.parse.read.sniff import ZIP, sniff
from pipelines.parse.records import Document
from pipelines.store import Store


def is_zip(content: bytes) -> bool:
    """Whether a content may gather reports."""
    return sniff(content) == ZIP


def exchanges_of(store: Store, exchange: Exchange, content: bytes, crawl_id: int) -> Iterator[Exchange]:
    """What is to be archived of the members of the ZIP that came with ``exchange``, before it. That they are
    reports of their own was asked before (see ``reading.gathers_in_worker``).
    """
    known = store.resource(address(exchange.url)) if exchange.url else None
    seen_at = max(exchange.fetched_at, known["last_seen_at"] if known else "")
    for member in members(Document(content)):
        yield _exchange(store, exchange, member, seen_at, crawl_id)


def _exchange(store: Store, zipped: Exchange, member: Document, seen_at: str, crawl_id: int) -> Exchange:
    url = member_url(zipped.url, member.name) if zipped.url else None
    digest = sha256(member.content).hexdigest()
    key = address(url) if url else f"file:{digest}"
    outcome = store.outcome_of(key, digest)
    path = zipped.about.hints.get("path")
    hints = {
        "name": f"{_name(zipped)}/{member.name}",
        "path": f"{path}/{member.name}" if path else None,
        "link_text": PurePosixPath(member.name).stem,
        "published_on": zipped.about.hints.get("published_on"),
    }
    return Exchange(
        url=url,
        fetched_at=seen_at,
        kind="resource",
        body=member.content,
        earlier=store.location_of(digest) if outcome == "unchanged" else None,
        about=Provenance(
            crawl_id=crawl_id,
            outcome=outcome,
            site=zipped.about.site,
            role="file",
            media_type=mimetypes.guess_type(member.name)[0],
            address=key,
            root=key,
            hints={name: value for name, value in hints.items() if value},
        ),
    )


def _name(zipped: Exchange) -> str:
    """What a ZIP is called: by the end of its address, or as the file that it was."""
    named = PurePosixPath(unquote(urlsplit(zipped.url or "").path)).name
    return named or str(zipped.about.hints.get("name", ""))
