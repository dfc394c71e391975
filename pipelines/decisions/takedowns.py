"""Withdrawing documents from everything published. The decision stands in decisions.toml; the bytes stay
sealed in the store and its WARC files.

What is withdrawn is always whole reports with all they were read from: a report shown in part would be a
number without its document.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipelines.address import MEMBER, zip_of
from pipelines.clock import now
from pipelines.decisions import Takedown, load_decisions
from pipelines.decisions.writing import add_takedown
from pipelines.errors import StoreError
from pipelines.store import Store, address


class UnknownDocument(StoreError):
    """Nothing in the archive has that id."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What a takedown covers: reports, digests of documents, and addresses (without their scheme)."""

    reports: frozenset[str]
    documents: frozenset[str]
    addresses: frozenset[str]

    def __bool__(self) -> bool:
        return bool(self.reports or self.documents or self.addresses)


def take_down(store: Store, wanted: str, why: str) -> Withdrawn:
    """Writes the decision down and returns what it covers; UnknownDocument if that is nothing.

    Asked twice for the same, it stands there once.
    """
    covered = covered_by(store, wanted)
    if not covered:
        raise UnknownDocument(f"存档中没有 {wanted} (no report, document or address of the archive)")
    if all(known.id != wanted for known in load_decisions(store.data).takedowns):
        add_takedown(store.data, Takedown(wanted, why, now()))
    return covered


def covered_by(store: Store, wanted: str) -> Withdrawn:
    """What a report_id, a digest or an address stands for: the reports, and all that they were read from."""
    reports = {
        row["report_id"]
        for row in store.rows(
            """SELECT report_id FROM reports WHERE report_id = :id
               UNION SELECT report_id FROM report_versions WHERE sha256 = :id
               UNION SELECT report_id FROM report_sources WHERE url = :id
               UNION SELECT d.report_id FROM readings d JOIN resources r ON r.address = d.root
                     WHERE d.report_id IS NOT NULL AND (r.sha256 = :id OR r.address = :address)
               UNION SELECT d.report_id FROM readings d JOIN parts USING (root)
                     JOIN resources r USING (address) WHERE d.report_id IS NOT NULL
                     AND (r.sha256 = :id OR r.address = :address)
               UNION SELECT d.report_id FROM resources r JOIN readings d
                     ON d.root > r.address || :member AND d.root < r.address || :member || '~'
                     WHERE d.report_id IS NOT NULL AND (r.sha256 = :id OR r.address = :address)""",
            {"id": wanted, "address": _key(wanted), "member": f"#{MEMBER}"},
        )
    }
    known = store.rows("SELECT sha256 FROM documents WHERE sha256 = ?", (wanted,))
    documents = {row["sha256"] for row in known}
    addresses = {
        row["address"]
        for row in store.rows("SELECT address FROM resources WHERE address = ?", (_key(wanted),))
    }
    for report_id in reports:
        for row in store.rows(_SOURCES, {"id": report_id}):
            addresses.add(row["address"])
            documents |= {row["sha256"]} - {None}
    addresses |= {zip_of(key) for key in addresses}  # which holds the very bytes
    for key in addresses:
        documents |= _captured_at(store, key)
    return Withdrawn(frozenset(reports), frozenset(documents), frozenset(addresses))


def _key(wanted: str) -> str:
    """The address, if it is one."""
    return address(wanted) if "://" in wanted else wanted


# the articles that a report was read from, and their parts
_SOURCES = """
    WITH read AS (SELECT root FROM readings WHERE report_id = :id
                  UNION SELECT root FROM reports WHERE report_id = :id)
    SELECT address, sha256 FROM resources
    WHERE address IN (SELECT root FROM read) OR address IN (SELECT address FROM parts JOIN read USING (root))
"""


def _captured_at(store: Store, key: str) -> set[str]:
    """The digests of all that was ever captured at an address, however it was spelled."""
    rows = store.rows(
        "SELECT DISTINCT url, sha256 FROM captures WHERE sha256 IS NOT NULL AND instr(url, ?) > 0",
        (key.partition("/")[0],),
    )
    return {row["sha256"] for row in rows if address(row["url"]) == key}


def all_withdrawn(data: Path) -> list[tuple[Takedown, Withdrawn]]:
    """Every decision of an archive with what it covers now."""
    takedowns = load_decisions(data).takedowns
    if not takedowns:
        return []
    with Store.open(data) as store:
        return [(takedown, covered_by(store, takedown.id)) for takedown in takedowns]
