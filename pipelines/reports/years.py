"""The checks that tie a report to the same agency's report of the year before.

They wait until what is being read is read, so that an agency's reports are unpacked once
and not at each neighbour's coming; a report without a row of such a check is one that
waits, whatever became of the run in between.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipelines.clock import now
from pipelines.readout import Rows
from pipelines.reports.rows import insert
from pipelines.store import Store

_TIED = "SELECT 1 FROM checks c WHERE c.report_id = r.report_id AND c.rule >= 'years.' AND c.rule < 'years/'"


@dataclass(frozen=True, slots=True)
class Untied:
    """An agency with reports that wait: all its reports by year, ascending, with their packed records.

    ``report_ids`` has None for those that do not wait.
    """

    report_ids: list[str | None]
    years: list[int]
    bodies: list[bytes]


def untie(store: Store, agency_id: str, *years: int) -> None:
    """The agency's reports of these years are to be checked again: what they are tied to changed."""
    for year in years:
        store.db.execute(
            """DELETE FROM checks WHERE rule >= 'years.' AND rule < 'years/' AND report_id IN (
                   SELECT report_id FROM reports WHERE agency_id = ? AND year = ?)""",
            (agency_id, year),
        )


def waiting(store: Store) -> Iterator[Untied]:
    """The agencies with reports whose checks over the years are to be made."""
    sql = f"SELECT DISTINCT agency_id FROM reports r WHERE NOT EXISTS ({_TIED}) ORDER BY agency_id"  # noqa: S608
    agencies = [row["agency_id"] for row in store.rows(sql)]
    return (_reports_of(store, agency_id) for agency_id in agencies)


def _reports_of(store: Store, agency_id: str) -> Untied:
    rows = list(
        store.rows(
            f"""SELECT report_id, year, body, EXISTS ({_TIED}) AS tied
                FROM reports r JOIN report_versions USING (report_id, version)
                WHERE agency_id = ? ORDER BY year""",  # noqa: S608
            (agency_id,),
        )
    )
    return Untied(
        [None if row["tied"] else row["report_id"] for row in rows],
        [row["year"] for row in rows],
        [row["body"] for row in rows],
    )


def save_ties(store: Store, untied: Untied, checks: Iterable[Rows]) -> None:
    """Writes what :func:`pipelines.readout.tie` gave of an agency's reports, in one transaction."""
    with store.transaction():
        for report_id, rows in zip(untied.report_ids, checks, strict=True):
            if report_id is not None:
                insert(store, "checks", report_id, rows)
                store.db.execute("UPDATE reports SET changed_at = ? WHERE report_id = ?", (now(), report_id))
