"""What several articles share is fetched once: what it brought for one of them serves the others too; so
does a column that shows an article itself for that article.

Each article still has a request of its own for it in the frontier, and each of these a capture: a WARC
metadata record that names the article and refers to the record that holds the answer. So what belongs to an
article is archived with it, and all that takes captures in (recovery, rebuild, merge) learns of it as ever.
"""

from __future__ import annotations

from typing import Final

from crawler.frontier import Lease
from crawler.judging import hints_of
from crawler.wants import SHOWN, Trail
from pipelines.address import address
from pipelines.archive import Exchange, Provenance
from pipelines.store import Row, Store
from pipelines.store.capture import GOOD, PARTS

_AS_WELL: Final = {"page": (), "attachment": ("article", "page"), "article": ("column", "tree")}
_LAST: Final = "SELECT * FROM captures WHERE url IN (?, ?, ?) ORDER BY capture_id DESC LIMIT 1"


def shared(store: Store, lease: Lease, crawl_id: int) -> Exchange | None:
    """What serves a request without asking: of a part a good answer that its sweep got for another article,
    of an article that it got as a column.

    None where it has to be asked for.
    """
    if lease.role not in PARTS and not _is_shown(lease):
        return None
    rest = address(lease.url)
    row = store.row(_LAST, (lease.url, f"http://{rest}", f"https://{rest}"))
    if row is None or not _serves(row, lease):
        return None
    earlier = store.location_of(row["sha256"])
    if earlier is None:
        return None
    return Exchange(
        url=lease.url,
        fetched_at=row["fetched_at"],
        kind="outcome",
        about=_about(lease, row, crawl_id),
        earlier=earlier,
    )


def _is_shown(lease: Lease) -> bool:
    """Whether a request is for the article that a column was found to show."""
    return lease.role == "article" and SHOWN in lease.context.get("state", {})


def _serves(row: Row, lease: Lease) -> bool:
    """Whether an answer is one of the sweep, and good for the role: what was judged as one kind of page may
    be none of the other.
    """
    return bool(
        row["crawl_id"] >= lease.sweep
        and row["outcome"] in GOOD
        and row["sha256"]
        and (row["role"] == lease.role or row["role"] in _AS_WELL[lease.role])
    )


def _about(lease: Lease, row: Row, crawl_id: int) -> Provenance:
    trail = Trail.of(dict(lease.context))
    return Provenance(
        crawl_id=crawl_id,
        outcome="unchanged",
        detail="fetched as a column" if lease.role == "article" else "fetched for another article",
        site=lease.site,
        request_id=lease.request_id,
        role=lease.role,
        attempt=lease.attempt,
        media_type=row["media_type"],
        charset=row["charset"],
        root=lease.root,
        ordinal=trail.ordinal,
        hints=hints_of(lease, trail),
    )
