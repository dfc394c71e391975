"""robots.txt as RFC 9309 has it: what each host answered, in this run or within a day, and what follows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from protego import Protego

from pipelines.archive import read
from pipelines.clock import moment, stamp
from pipelines.errors import Damaged
from pipelines.parse.decode import decode
from pipelines.store import Row, Store
from pipelines.store.capture import GOOD

AGENT: Final = "gongkai"
LARGEST: Final = 512 * 1024  # bytes that are looked at
LONGEST_DELAY: Final = 60.0  # seconds of Crawl-delay that are honoured
_KEPT: Final = timedelta(hours=24)  # RFC 9309, 2.4
_MAX_HOPS: Final = 5  # RFC 9309, 2.3.1.2
_LAST: Final = """SELECT * FROM captures WHERE url = ? AND role = 'robots' AND fetched_at > ?
    ORDER BY capture_id DESC LIMIT 1"""


@dataclass(frozen=True, slots=True)
class Rules:
    """What a host allows. ``reachable`` is false where it answered with an error or not at all: no crawl
    then.
    """

    parser: Protego | None = None
    reachable: bool = True

    def allows(self, url: str) -> bool:
        """Whether ``url`` may be asked for."""
        return self.reachable and (self.parser is None or self.parser.can_fetch(url, AGENT))

    @property
    def delay(self) -> float:
        """Seconds between requests that the host asks for, 0 where it does not; at most a minute."""
        stated = self.parser.crawl_delay(AGENT) if self.parser else None
        return min(float(stated or 0), LONGEST_DELAY)


def rules_from(status: int | None, body: bytes) -> Rules:
    """The rules that an answer states: 2xx are read, 4xx allow everything, anything else forbids it for
    now.
    """
    if status is not None and 200 <= status < 300:
        return Rules(Protego.parse(decode(body[:LARGEST]).text))
    # a redirect that leads nowhere permitted counts as no file (RFC 9309, 2.3.1.2)
    return Rules(reachable=status is not None and status < 500)


def robots_address(url: str) -> str:
    """Where the rules for ``url`` stand."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/robots.txt"


def kept_rules(store: Store, url: str) -> Rules | None:
    """What the host of ``url`` said within the last day, in this run or another; None where it has to be
    asked: also where it answered with an error, or not at all.
    """
    row = kept_answer(store, url)
    if row is None:
        return None
    if row["outcome"] not in GOOD:
        return Rules()
    try:
        return rules_from(200, read(store.data, row["warc_file"], row["warc_offset"]).content)
    except Damaged:
        return None


def kept_answer(store: Store, url: str) -> Row | None:
    """The capture that :func:`kept_rules` rest upon."""
    since = stamp(moment() - _KEPT)
    wanted = robots_address(url)
    for _ in range(1 + _MAX_HOPS):
        row = store.row(_LAST, (wanted, since))
        if row is None or row["outcome"] != "redirect":
            return row if row is not None and row["outcome"] in (*GOOD, "gone") else None
        wanted = row["detail"].removeprefix("→ ")
    return None
