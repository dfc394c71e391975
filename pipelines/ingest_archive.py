"""Web archives of others into this one: pages with the files they link to, each with its address and date."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from html import unescape
from pathlib import Path
from urllib.parse import urljoin

from pipelines.address import address
from pipelines.archive import Archive, Exchange, Provenance, decode_body
from pipelines.archive import read as read_record
from pipelines.archive.foreign import Copy, Unread, copies
from pipelines.parse.decode import decode
from pipelines.parse.read.sniff import HTML, TEXT, UNKNOWN, sniff
from pipelines.store import Capture, Store

# A page that links to more files is a list of documents, not an article with its attachments.
MOST_PARTS = 6
_LINK = re.compile(r"""(?:href|src)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
Read = Callable[[Iterable[str]], None]


@dataclass(slots=True)
class _Contents:
    """What an archive holds: its documents by address, and which of them each page links to, in order."""

    kinds: dict[str, str] = field(default_factory=dict)
    links: dict[str, list[str]] = field(default_factory=dict)

    def roots(self) -> dict[str, tuple[str, int]]:
        """Of each file that belongs to a page: that page, and its place among the page's files.

        The page with the fewest files is taken: lists link to what articles link to.
        """
        files = {page: [key for key in links if self._is_file(key)] for page, links in self.links.items()}
        found: dict[str, tuple[str, int]] = {}
        for page in sorted(
            (p for p, of in files.items() if len(of) <= MOST_PARTS), key=lambda p: len(files[p])
        ):
            for ordinal, key in enumerate(files[page], 1):
                found.setdefault(key, (page, ordinal))
        return found

    def _is_file(self, key: str) -> bool:
        return self.kinds.get(key, HTML) != HTML


def take_archive(
    store: Store, archive: Archive, crawl_id: int, path: Path, read: Read
) -> Iterator[str | Unread]:
    """Archives every document of a web archive; yields the addresses to read, and what could not be read.

    ``read`` reads addresses at once: a page that was archived more than once is read as it was each time.
    """
    contents = _look_through(path)
    roots = contents.roots()
    taking = _Taking(store, archive, crawl_id, roots)
    for item in copies(path):
        if isinstance(item, Unread):
            yield item
            continue
        content = taking.content_of(item)
        if isinstance(content, Unread):
            yield content
        elif content is not None and _kind(item, content) is not None:
            key = address(item.url)
            root = roots.get(key, (key, 0))[0]
            if key in taking.taken:
                read([root])
            if taking.take(item, content, key):
                yield root


def _look_through(path: Path) -> _Contents:
    contents = _Contents()
    for item in copies(path):
        if isinstance(item, Unread) or item.revisit:
            continue
        content = decode_body(item.headers, item.body).content
        kind = _kind(item, content)
        if kind is None:
            continue
        key = address(item.url)
        contents.kinds[key] = kind
        if kind == HTML:
            contents.links[key] = _links(item, content)
    return contents


def _kind(item: Copy, content: bytes) -> str | None:
    """The kind of a document that can be read; None for style sheets, pictures, scripts and failures."""
    if item.status not in (None, 200) or not content:
        return None
    kind = sniff(content)
    plain = kind == TEXT and item.media_type != "text/plain"
    return None if kind == UNKNOWN or plain or kind.startswith("image/") else kind


def _links(item: Copy, content: bytes) -> list[str]:
    found: dict[str, None] = {}
    for match in _LINK.finditer(decode(content).text):
        try:
            found[address(urljoin(item.url, unescape(match[1] or match[2] or match[3] or "").strip()))] = None
        except ValueError:
            continue
    return list(found)


class _Taking:
    """Archives one copy after another."""

    def __init__(
        self, store: Store, archive: Archive, crawl_id: int, roots: dict[str, tuple[str, int]]
    ) -> None:
        self._store = store
        self._archive = archive
        self._crawl_id = crawl_id
        self._roots = roots
        self._bodies: dict[str, str] = defaultdict(str)  # digest of a payload -> digest of its content
        self.taken: set[str] = set()

    def content_of(self, item: Copy) -> bytes | Unread | None:
        """What the answer brought, for a revisit what the earlier record did."""
        if not item.revisit:
            return decode_body(item.headers, item.body).content
        location = self._store.location_of(self._bodies[item.digest]) if item.digest else None
        if location is None:
            return Unread(item.url, "重访记录所指的原记录不在其中 a revisit of a record that is not there")
        return read_record(self._store.data, location.warc_file, location.warc_offset).content

    def take(self, item: Copy, content: bytes, key: str) -> bool:
        """Archives a copy; says whether it is what is to be read now at its address."""
        digest = sha256(content).hexdigest()
        self._bodies[item.digest] = digest
        known = self._store.resource(key)
        newest = known is None or known["last_seen_at"] <= item.fetched_at
        root, ordinal = self._roots.get(key, (key, 0))
        about = Provenance(
            crawl_id=self._crawl_id,
            outcome=self._store.outcome_of(key, digest),
            role=("article" if root == key else "attachment") if newest else None,
            media_type=sniff(content),
            # an older copy than the one that is known is kept as what it is: history
            address=key if newest else f"{key}@{item.fetched_at}",
            root=root if newest else None,
            ordinal=ordinal,
        )
        exchange = Exchange(
            url=item.url,
            fetched_at=item.fetched_at,
            about=about,
            kind="resource" if item.status is None else "response",
            status=item.status,
            reason=item.reason,
            headers=() if item.revisit else item.headers,
            body=content if item.revisit else item.body,
        )
        stored = self._archive.write(exchange)
        with self._store.transaction():
            self._store.add_capture(Capture.of(exchange, stored))
        self.taken.add(key)
        return newest
