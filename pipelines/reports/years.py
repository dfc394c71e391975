"""The checks that tie a report to the same agency's report of the year before.

They wait until what is being read is read, so that an agency's reports are unpacked once
and not at each neighbour's coming; a report without such checks (``reports.ties``) is one
that waits, whatever became of the run in between.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipelines.clock import now
from pipelines.store import Store


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
    marks = ", ".join("?" * len(years))
    store.db.execute(
        f"""UPDATE reports SET ties = NULL
            WHERE agency_id = ? AND year IN ({marks}) AND ties IS NOT NULL""",  # noqa: S608 - placeholders only
        (agency_id, *years),
    )


def waiting(store: Store) -> Iterator[Untied]:
    """The agencies with reports whose checks over the years are to be made."""
    sql = "SELECT DISTINCT agency_id FROM reports WHERE ties IS NULL ORDER BY agency_id"
    agencies = [row["agency_id"] for row in store.rows(sql)]
    return (_reports_of(store, agency_id) for agency_id in agencies)


def _reports_of(store: Store, agency_id: str) -> Untied:
    rows = list(
        store.rows(
            """SELECT report_id, year, body, ties IS NOT NULL AS tied
               FROM reports JOIN report_versions USING (report_id, version)
               WHERE agency_id = ? ORDER BY year""",
            (agency_id,),
        )
    )
    return Untied(
        [None if row["tied"] else row["report_id"] for row in rows],
        [row["year"] for row in rows],
        [row["body"] for row in rows],
    )


def save_ties(store: Store, untied: Untied, checks: Iterable[str]) -> None:
    """Writes what :func:`pipelines.readout.tie` gave of an agency's reports, in one transaction."""
    with store.transaction():
        for report_id, packed in zip(untied.report_ids, checks, strict=True):
            if report_id is not None:
                store.db.execute(
                    "UPDATE reports SET ties = ?, changed_at = ? WHERE report_id = ?",
                    (base64.b64decode(packed), now(), report_id),
                )
