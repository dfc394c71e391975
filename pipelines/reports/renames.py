"""One agency through its renames: what an operator decided is carried out, what looks like one is proposed.

Nothing but a decision makes one agency of two whose official names differ: 教育局 and 教育体育局 may have
stood side by side.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

from pipelines.clock import now
from pipelines.decisions import Decisions, Renamed
from pipelines.reports.agencies import save_name
from pipelines.reports.years import untie
from pipelines.store import Store

_PROPOSED = "agency_renamed"
_CONFLICT = "agency_names_overlap"
_GAP = 3  # years without a report between two names; where more are missing the names prove little


def unite_renamed(store: Store, decisions: Decisions) -> None:
    """Makes one agency of those that the decisions say are one, in one transaction.

    The one with the earliest report keeps its id; reports keep theirs. Agencies that both
    have a report of one year stay apart, with an issue: both can't be the agency's.
    """
    with store.transaction():
        for renamed in decisions.agencies:
            bearing = _bearing(store, renamed)
            for other in bearing[1:]:
                _unite(store, renamed, bearing[0], other)
            store.db.execute(
                "UPDATE agencies SET name = ? WHERE agency_id = ?", (renamed.today, next(iter(bearing), ""))
            )


def _bearing(store: Store, renamed: Renamed) -> list[str]:
    """The ids of agencies that bear one of these names, the one with the earliest report first."""
    marks = ", ".join("?" * len(renamed.names))
    return [
        row["agency_id"]
        for row in store.rows(
            f"""SELECT agency_id FROM agencies WHERE region_code = ? AND (name IN ({marks}) OR agency_id IN (
                    SELECT agency_id FROM agency_names WHERE name IN ({marks})))
                ORDER BY coalesce((SELECT min(year) FROM reports r WHERE r.agency_id = agencies.agency_id),
                                  9999), agency_id""",  # noqa: S608 - placeholders only
            (renamed.region, *renamed.names, *renamed.names),
        )
    ]


def _unite(store: Store, renamed: Renamed, kept: str, other: str) -> None:
    both = [
        row["year"]
        for row in store.rows(
            """SELECT year FROM reports WHERE agency_id IN (?, ?)
               GROUP BY year HAVING count(*) > 1 ORDER BY year""",
            (kept, other),
        )
    ]
    subject = f"{kept} {other}"
    if both:
        detail = (
            f"decisions.toml 称为同一机关，但都有{'、'.join(map(str, both))}年的报告，未合并 "
            f"{'/'.join(renamed.names)} have reports of the same year and were not made one"
        )
        store.add_issue(_CONFLICT, "warning", detail, subject=subject)
        return
    store.close_issues(subject)
    years = [row["year"] for row in store.rows("SELECT year FROM reports WHERE agency_id = ?", (other,))]
    store.db.execute(
        "UPDATE reports SET agency_id = ?, changed_at = ? WHERE agency_id = ?", (kept, now(), other)
    )
    for row in list(store.rows("SELECT * FROM agency_names WHERE agency_id = ?", (other,))):
        save_name(store, kept, row["name"], row["first_year"], row["last_year"])
    store.db.execute(
        """UPDATE agencies SET expected = max(expected, (SELECT expected FROM agencies WHERE agency_id = ?))
           WHERE agency_id = ?""",
        (other, kept),
    )
    store.db.execute("DELETE FROM agency_names WHERE agency_id = ?", (other,))
    store.db.execute("DELETE FROM agencies WHERE agency_id = ?", (other,))
    for year in years:
        untie(store, kept, year, year + 1)


def propose_renames(store: Store, agency_id: str, crawl_id: int) -> None:
    """Proposes to make one of two departments of one field whose reports follow each other in time.

    Looks at the agencies of the division that share the field of work; what no longer holds is closed.
    """
    agencies = list(
        store.rows(
            """SELECT a.agency_id, a.region_code, a.name, min(r.year) AS first, max(r.year) AS last
               FROM agencies a JOIN reports r USING (agency_id)
               JOIN agencies mine ON mine.agency_id = ? AND mine.region_code = a.region_code
                    AND mine.function = a.function AND mine.function <> '' AND mine.kind = a.kind
               WHERE a.kind = 'department' GROUP BY a.agency_id ORDER BY first, a.agency_id""",
            (agency_id,),
        )
    )
    for earlier, later in combinations(agencies, 2):
        subject = f"{earlier['agency_id']} {later['agency_id']}"
        keep = []
        if earlier["last"] < later["first"] <= earlier["last"] + _GAP:
            keep = [
                store.add_issue(
                    _PROPOSED, "info", _proposal(earlier, later), subject=subject, crawl_id=crawl_id
                )
            ]
        store.close_issues(subject, (_PROPOSED,), keep)


def _proposal(earlier: dict[str, Any], later: dict[str, Any]) -> str:
    return (
        f"{earlier['name']}（至 to {earlier['last']}）与{later['name']}（自 from {later['first']}）"
        f"或为同一机关，确认后写入 decisions.toml: they may be one agency; if so, write "
        f'[[agency]] region = "{earlier["region_code"]}" names = ["{earlier["name"]}", "{later["name"]}"]'
    )
