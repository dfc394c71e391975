"""What stays shown: which reading is the fuller one, and what people have read of a report."""

from __future__ import annotations

from pipelines.readout import LaidOut
from pipelines.reports.bundle import Filing
from pipelines.store import Row, Store

# A better reading may take the place of a worse one, never the reverse.
_RANK = {"unreadable": 0, "text_only": 1, "partial": 2, "complete": 3}


def fuller_by(laid_out: LaidOut, shown: Row, *, here: bool) -> int:
    """How much fuller than what is shown; negative: less full.

    What people have read of a report keeps another copy of it from taking its place, but not a new version.
    """
    if here:
        return _RANK[laid_out.read_state] - _RANK[shown["read_state"] or shown["state"]]
    return _RANK[laid_out.state] - _RANK[shown["state"]]


def speaks_for_another(filing: Filing) -> bool:
    """Whether the report stays shown from earlier bytes of this address that people have read: what is to be
    known of it was found in those.
    """
    shown = filing.shown
    return (
        shown is not None
        and shown["root"] == filing.bundle.article.address
        and shown["fingerprint"] == filing.laid_out.fingerprint
        and is_kept(filing, shown)
    )


def is_kept(filing: Filing, shown: Row) -> bool:
    """Whether what is shown stays, because people have read in its document and not in this one, which says
    the same.
    """
    return bool(shown["decided"] and not filing.laid_out.decided and filing.main.sha256 != shown["sha256"])


def as_read(store: Store, report_id: str) -> dict[tuple[str, str, str], str | None]:
    """What the program alone reads in the cells of the report shown that people have read: what prints the
    same and waits for a person again has not changed.
    """
    rows = store.rows("SELECT * FROM acceptances WHERE report_id = ?", (report_id,))
    return {(row["table_name"], row["row"], row["column_name"]): row["read_raw"] for row in rows}
