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
from pipelines.parse.read import gathered
from pipelines.parse.records import Document, Unreadable
from pipelines.store import Store


def exchanges_of(store: Store, exchange: Exchange, content: bytes, crawl_id: int) -> Iterator[Exchange]:
    """What is to be archived of the members of a ZIP that came with ``exchange``, before it; nothing where it
    is none, can't be opened to the last of them, or holds the files of one report.
    """
    known = store.resource(address(exchange.url)) if exchange.url else None
    seen_at = max(exchange.fetched_at, known["last_seen_at"] if known else "")
    try:
        for member in gathered(Document(content)) if exchange.url else ():
            yield _exchange(store, exchange, member, seen_at, crawl_id)
    except Unreadable:
        return  # of no member yet: whoever reads the ZIP itself tells


def _exchange(store: Store, zipped: Exchange, member: Document, seen_at: str, crawl_id: int) -> Exchange:
    assert zipped.url is not None
    url = member_url(zipped.url, member.name)
    digest = sha256(member.content).hexdigest()
    outcome = store.outcome_of(address(url), digest)
    hints = {
        "name": f"{PurePosixPath(unquote(urlsplit(zipped.url).path)).name}/{member.name}",
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
            hints={name: value for name, value in hints.items() if value},
        ),
    )
