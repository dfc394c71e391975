"""What people have read, in the store: laid over every reading of a document, settled with decisions.toml.

The decisions stand in the file alone. A reading is made by the program; what people read in the same document
is laid over it before it is saved, compared or verified, so that another parser, a rebuild or a merge finds
it again. A report knows by a digest which decisions it was laid out with.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from pipelines.decisions import Accepted, Decisions, about
from pipelines.folder import DECISIONS
from pipelines.packing import unpack
from pipelines.parse.accepted import AcceptedReading, Applied, accept
from pipelines.parse.records import Report
from pipelines.parse.version import PARSER_VERSION
from pipelines.readout import Readout, laid_out
from pipelines.reports.bundle import Bundle
from pipelines.store import Row, Store

CHECKS: Final = "checks"  # acceptances.table_name of a sum
_UNUSED: Final = ("acceptance_unknown", "acceptance_outdated")


# --- a reading -----------------------------------------------------------------


def with_decisions(read: Readout, bundle: Bundle, decisions: Decisions) -> Readout:
    """The reading of a bundle with what people have read in the document that holds its tables."""
    if decisions.documents.isdisjoint(bundle.documents):
        return read
    return decided(read, decisions.of(bundle.main(read).sha256))


def decided(read: Readout, decisions: Decisions) -> Readout:
    """A readout with what people have read in its document; ``decisions`` are those on that document."""
    if read.laid_out is None or not decisions.accepted:
        return read
    accepted = accept(unpack(Report, read.laid_out.packed), read.issues, decisions.readings, decisions.sums)
    return replace(
        read,
        issues=accepted.issues,
        laid_out=replace(
            laid_out(accepted.report),
            acceptances=tuple(_acceptance(applied) for applied in accepted.applied),
            fingerprint=read.laid_out.fingerprint,
            read_state=read.laid_out.state,
            decided=decisions.digest,
        ),
    )


def _acceptance(applied: Applied) -> tuple[Any, ...]:
    one, read = applied.decision, applied.read
    signed = [one.why, one.by, one.at]
    if isinstance(one, AcceptedReading):
        assert read is not None
        return (*one.key, one.raw, *signed, read.raw, read.value, read.state.value)
    return (CHECKS, one.rule, one.scope, None, *signed, None, None, None)


# --- the store -----------------------------------------------------------------


def to_settle(store: Store, decisions: Decisions) -> Iterator[Row]:
    """The rows of reports that were laid out with other decisions than today's on their document, or by
    another parser: their documents are to be read again.
    """
    found = list(store.rows("SELECT * FROM reports WHERE decided IS NOT NULL"))
    if decisions.documents:
        named = json.dumps(sorted(decisions.documents))
        sql = """SELECT * FROM reports WHERE decided IS NULL
                 AND sha256 IN (SELECT value FROM json_each(?)) ORDER BY report_id"""
        found += store.rows(sql, (named,))
    for row in found:
        digest = decisions.of(row["sha256"]).digest
        if (row["decided"] or "") != digest or row["parser_version"] != PARSER_VERSION:
            yield row


def is_kept(store: Store, root: str) -> Row | None:
    """The report shown from an article or file if people have read it in bytes that are no longer the present
    ones: those say the same, or what they say was not taken in, and what was read is kept.
    """
    shown = store.row("SELECT * FROM reports WHERE root = ? AND decided IS NOT NULL", (root,))
    if shown is None:
        return None
    known = store.reading(root)
    if known is None:
        return None
    main = store.resource(known["main_address"])
    return shown if main is not None and main["sha256"] != shown["sha256"] else None


def note_unused(store: Store, decisions: Decisions, crawl_id: int) -> None:
    """Tells of the decisions that no report shows: at the end of a run, when all that came is read."""
    kept = [
        store.add_issue(code, severity, detail, subject=DECISIONS, sha256=one.document, crawl_id=crawl_id)
        for one in decisions.accepted
        for code, severity, detail in _unused(store, one)
    ]
    store.close_issues(DECISIONS, _UNUSED, kept)


def _unused(store: Store, one: Accepted) -> Iterator[tuple[str, str, str]]:
    name = ".".join(about(one)[1:])
    if store.value("SELECT 1 FROM reports WHERE sha256 = ?", (one.document,)):
        return
    if store.value("SELECT 1 FROM documents WHERE sha256 = ?", (one.document,)):
        why = (
            "没有报告以此文件展示，如有新版请重新查看 no report is shown from this document; "
            "if there is a newer version, look at that"
        )
        yield "acceptance_outdated", "info", f"{one.document} {name}: {why}"
    else:
        why = "存档中没有此文件 the archive has no such document"
        yield "acceptance_unknown", "warning", f"{DECISIONS}: {one.document} {name}: {why}"
