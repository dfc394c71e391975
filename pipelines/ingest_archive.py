"""Web archives of others into this one: pages with the files they link to, each with its address and date."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from html import unescape
from pathlib import Path
from urllib.parse import urljoin

from pipelines.address import address
from pipelines.archive import Archive, Exchange, Provenance, decode_body
from pipelines.archive import read as read_record
from pipelines.archive.foreign import Copy, Unread, copies
from pipelines.gathered import exchanges_of, is_zip
from pipelines.linked import is_next_page, is_picture, page_number, shown_by, shown_by_script
from pipelines.parse.agencies import function_of
from pipelines.parse.decode import decode
from pipelines.parse.joining import same_title
from pipelines.parse.read.sniff import HTML, TEXT, UNKNOWN, sniff
from pipelines.parse.titles import Claim, parse_title
from pipelines.store import Capture, Store

# A page that links to more files is a list of documents, not an article with its attachments.
MOST_PARTS = 6
_LEAST_PICTURE = 20_000  # bytes; a smaller one is no page of a report
_LINK = re.compile(r"""\b(?:href|src|data)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_ANCHOR = re.compile(
    r"""<a\s[^>]*?href\s*=\s*["']?([^"'\s>]+)[^>]*>(.{0,300}?)</a>""", re.IGNORECASE | re.DOTALL
)
_PAGE = re.compile(r"(?i)(?:/|\.s?html?|\.jspx?|\.aspx?|\.php)(?:$|[?#])|^(?:#|javascript:)")
_IMAGE = "image/"
_TITLE = re.compile(r"<title[^>]*>([^<]*)", re.IGNORECASE)
Read = Callable[[Iterable[str]], None]
Gathers = Callable[[bytes], bool]


@dataclass
class _Contents:
    """What an archive holds: its documents by address, which of them each page links to, in order, and
    the titles of pages.
    """

    kinds: dict[str, str] = field(default_factory=dict)
    links: dict[str, list[str]] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    lists: set[str] = field(default_factory=set)

    def roots(self) -> dict[str, tuple[str, int]]:
        """Of each document that belongs to a page: that page, and its place among what belongs to it.

        Of several pages the one with the fewest files is taken: lists link to what articles link to.
        """
        first = {further: page for page, further in self._further_pages()}
        whose = {further: first[further] for further in sorted(first, key=page_number)}
        links: dict[str, list[str]] = defaultdict(list)  # of articles, all their pages
        for page in sorted(self.links, key=page_number):
            links[first.get(page, page)] += self.links[page]
        files = {
            page: [k for k in of if self._is_file(k)] for page, of in links.items() if page not in self.lists
        }
        for page in sorted(
            (p for p, of in files.items() if len(of) <= MOST_PARTS), key=lambda p: len(files[p])
        ):
            for key in files[page]:
                whose.setdefault(key, page)
        whose |= {key: first.get(page, page) for key, page in self._pictures()}
        places: Counter[str] = Counter()
        found = {}
        for key, page in whose.items():
            places[page] += 1
            found[key] = page, places[page]
        return found

    def _further_pages(self) -> Iterator[tuple[str, str]]:
        """Pages with the pages that go on with them, told by addresses and titles."""
        for page in self.links:
            stem = page.rpartition(".")[0]
            for further in self._numbered.get(stem, ()):
                if is_next_page(page, further) and same_title(self.titles[page], self.titles[further]):
                    yield page, further

    @cached_property
    def _numbered(self) -> dict[str, list[str]]:
        """The pages whose addresses end with a number, by what stands before it."""
        found: dict[str, list[str]] = defaultdict(list)
        for key in self.links:
            if page_number(key):
                found[re.split(r"[_-][Pp]?\d+\.\w+$", key)[0]].append(key)
        return found

    def _pictures(self) -> Iterator[tuple[str, str]]:
        """Pictures with the page that shows them, where one page alone does, and bears a report's title."""
        shown = Counter(key for links in self.links.values() for key in links)
        for page, links in self.links.items():
            if parse_title(self.titles[page]).claim in (Claim.REPORT, Claim.WEAK, Claim.BARE):
                yield from ((key, page) for key in links if self._is_picture(key) and shown[key] == 1)

    def _is_file(self, key: str) -> bool:
        return not self._is_picture(key) and self.kinds.get(key, HTML) != HTML

    def _is_picture(self, key: str) -> bool:
        return self.kinds.get(key, "").startswith(_IMAGE)


def take_archive(
    store: Store, archive: Archive, crawl_id: int, path: Path, read: Read, gathers: Gathers
) -> Iterator[str | Unread]:
    """Archives every document of a web archive; yields the addresses to read, and what could not be read.

    ``read`` reads addresses at once: a page that was archived more than once is read as it was each time.
    ``gathers``: whether a ZIP holds several reports.
    """
    contents = _look_through(path)
    roots = contents.roots()
    taking = _Taking(store, archive, crawl_id, roots, gathers)
    for item in copies(path):
        if isinstance(item, Unread):
            yield item
            continue
        content = taking.content_of(item)
        if isinstance(content, Unread):
            yield content
        elif content is not None and (kind := _kind(item, content)) is not None:
            key = address(item.url)
            if kind.startswith(_IMAGE) and key not in roots:
                continue
            root = roots.get(key, (key, 0))[0]
            if key in taking.taken:
                read([root])
            if taking.take(item, content, key):
                yield root
                yield from store.members_of(key)


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
            text = decode(content).text
            contents.links[key] = _links(item, text)
            if _is_list(text):
                contents.lists.add(key)
            title = _TITLE.search(text)
            contents.titles[key] = unescape(title[1]) if title else ""
    return contents


def _kind(item: Copy, content: bytes) -> str | None:
    """The kind of a document that can be read; None for style sheets, ornaments, scripts and failures."""
    if item.status not in (None, 200) or not content:
        return None
    kind = sniff(content)
    plain = kind == TEXT and item.media_type != "text/plain"
    ornament = kind.startswith(_IMAGE) and (len(content) < _LEAST_PICTURE or not is_picture(item.url))
    return None if kind == UNKNOWN or plain or ornament else kind


def _links(item: Copy, text: str) -> list[str]:
    """What a page links to, and what it shows in frames, by a viewer or by a script."""
    found: dict[str, None] = {}
    for match in _LINK.finditer(text):
        link = unescape(match[1] or match[2] or match[3] or "").strip()
        found |= dict.fromkeys((link, *shown_by(link)))
    found |= dict.fromkeys(shown_by_script(text))
    return list(dict.fromkeys(_resolved(item.url, found)))


def _is_list(text: str) -> bool:
    """Whether a page links to files under the names of several offices, or of several years."""
    named = [re.sub(r"<[^>]*>", "", words) for link, words in _ANCHOR.findall(text) if not _PAGE.search(link)]
    offices = {function_of(words) for words in named} - {""}
    years = {year for words in named for year in re.findall(r"20\d\d(?=年)", words)}
    return len(offices) > 1 or len(years) > 1


def _resolved(base: str, links: Iterable[str]) -> Iterator[str]:
    for link in links:
        try:
            yield address(urljoin(base, link))
        except ValueError:
            continue


class _Taking:
    """Archives one copy after another."""

    def __init__(
        self,
        store: Store,
        archive: Archive,
        crawl_id: int,
        roots: dict[str, tuple[str, int]],
        gathers: Gathers,
    ) -> None:
        self._store = store
        self._archive = archive
        self._crawl_id = crawl_id
        self._roots = roots
        self._gathers = gathers
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
            role=_role(key, root, content) if newest else None,
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
        if newest and is_zip(content) and self._gathers(content):
            for member in exchanges_of(self._store, exchange, content, self._crawl_id):
                self._keep(member)
        self._keep(exchange)
        self.taken.add(key)
        return newest

    def _keep(self, exchange: Exchange) -> None:
        stored = self._archive.write(exchange)
        with self._store.transaction():
            self._store.add_capture(Capture.of(exchange, stored))


def _role(key: str, root: str, content: bytes) -> str:
    if key == root:
        return "article"
    return "page" if sniff(content) == HTML else "attachment"
