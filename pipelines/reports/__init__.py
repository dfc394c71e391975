"""What was read goes into the store: agencies, reports, their versions, changes and addresses.

One transaction per report. Four rules keep the archive honest:

* a version is a change of what the report *says*; other bytes around the same words are none;
* what reads worse never replaces what reads better (a stub, a maintenance page): it is an issue;
* another address with other figures is an issue, not a version, unless the one shown leads on to it now;
* in what order a run's documents were read leaves no trace: of the addresses at which it meets a report for
  the first time the fullest is shown, of equally full ones that which comes first by name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from pipelines.clock import now
from pipelines.decisions import Decisions
from pipelines.packing import unpack
from pipelines.parse.records import READER_FAILED, Issue, Report
from pipelines.parse.regions import Regions
from pipelines.parse.version import PARSER_VERSION
from pipelines.readout import Readout
from pipelines.reports.agencies import expect_agencies, file_under, meet_agencies
from pipelines.reports.bundle import Bundle, Filing, Source
from pipelines.reports.kept import as_read, fuller_by, is_kept, speaks_for_another
from pipelines.reports.renames import propose_renames, unite_renamed
from pipelines.reports.rows import days_late, lay_out
from pipelines.reports.sources import DIFFERS, compare_sources, has_moved, is_first_met, met
from pipelines.reports.years import Untied, save_ties, untie, waiting
from pipelines.store import Row, Store
from pipelines.wording import differences

__all__ = [
    "Bundle",
    "Source",
    "Untied",
    "days_late",
    "expect_agencies",
    "meet_agencies",
    "save",
    "save_ties",
    "seen_again",
    "unite_renamed",
    "waiting",
]


def save(
    store: Store,
    bundle: Bundle,
    read: Readout,
    regions: Regions,
    decisions: Decisions | None = None,
    *,
    anew: bool = False,
    shown: bool = False,
) -> str | None:
    """Takes in what reading a bundle gave; returns the report's id, None where it is no report.

    ``anew`` writes the rows of the report shown again even where it says the same. ``shown``: it was read
    from the very document that the report is shown from, and what it says otherwise now is no new version.
    """
    with store.transaction():
        if _reader_failed(read):
            _save_issues(store, bundle, read.issues, None)
            return None
        if read.laid_out is None:
            _withdraw_misread(store, bundle, None)
            _save_issues(store, bundle, read.issues, None)
            _save_no_report(store, bundle, read)
            return None
        identity = read.laid_out.identity
        agency_id, report_id = file_under(store, bundle, identity, regions, decisions or Decisions())
        _withdraw_misread(store, bundle, report_id)
        before = store.row("SELECT * FROM reports WHERE report_id = ?", (report_id,))
        if before and store.moved_to(bundle.article.address) == before["root"]:  # it is another page by now
            _save_reading(store, bundle, read, report_id)
            return report_id
        filing = Filing(bundle, read, read.laid_out, report_id, before)
        if not speaks_for_another(filing):
            _save_issues(store, bundle, read.issues, report_id)
        if _take_in(store, filing, anew=anew, same=shown):
            _settle(store, filing, agency_id)
        _save_reading(store, bundle, read, report_id)
        _save_sources(store, bundle, read, report_id)
        compare_sources(store, report_id, bundle.crawl_id)
    return report_id


def _settle(store: Store, filing: Filing, agency_id: str) -> None:
    """What a report that was laid out changes around it: the years beside it, its old address, its name."""
    bundle, before, year = filing.bundle, filing.shown, filing.laid_out.identity.year
    assert year is not None
    untie(store, agency_id, year, year + 1)
    if before and has_moved(store, before, bundle.article.address):
        store.close_issues(before["root"])  # what it says is told of where it is now
    propose_renames(store, agency_id, bundle.crawl_id)


def seen_again(store: Store, bundle: Bundle) -> None:
    """Notes that the very bytes of an earlier reading were met again."""
    known, address = store.reading(bundle.article.address), store.resource(bundle.article.address)
    if known is None or not known["report_id"] or (address is not None and address["gone_at"]):
        return
    if store.moved_to(bundle.article.address):  # its bytes were not met
        return
    report_id = known["report_id"]
    with store.transaction():
        store.db.execute(
            """UPDATE report_sources SET last_seen_at = max(last_seen_at, ?), gone_at = NULL
               WHERE report_id = ? AND url = ?""",
            (bundle.seen_at, report_id, bundle.article.url),
        )
        store.db.execute(
            """UPDATE report_versions SET last_seen_at = max(last_seen_at, :seen)
               WHERE report_id = :id AND version = (SELECT version FROM reports
                                                    WHERE report_id = :id AND root = :root)""",
            {"seen": bundle.seen_at, "id": report_id, "root": bundle.article.address},
        )


def _reader_failed(read: Readout) -> bool:
    """Whether the reader, not the document, is to blame: then nothing is known of it, nor taken back."""
    return any(issue.code == READER_FAILED for issue in read.issues)


def _save_no_report(store: Store, bundle: Bundle, read: Readout) -> None:
    """Not a report (any more): what was archived here before stays, and a person hears of it."""
    before = store.reading(bundle.article.address)
    if before is None or not before["report_id"]:
        _save_reading(store, bundle, read, None)
        return
    detail = f"{bundle.label}: 曾为报告，现读作 {read.kind}，原报告保留 was a report, which is kept"
    store.add_issue(
        "regressed",
        "warning",
        detail,
        subject=bundle.article.address,
        report_id=before["report_id"],
        crawl_id=bundle.crawl_id,
    )


def _withdraw_misread(store: Store, bundle: Bundle, report_id: str | None) -> None:
    """Takes back what an earlier parser made of the very same bytes, where today's reads otherwise.

    Other addresses of the withdrawn report are forgotten as read, so that the next run reads them.
    """
    before = store.reading(bundle.article.address)
    if before is None or before["bundle"] != bundle.digest or before["report_id"] in (None, report_id):
        return
    taken = (before["report_id"], bundle.article.address)
    shown = store.value("SELECT 1 FROM reports WHERE report_id = ? AND root = ?", taken)
    store.db.execute("DELETE FROM readings WHERE root = ?", (bundle.article.address,))
    if shown:
        store.db.execute("DELETE FROM reports WHERE report_id = ?", (before["report_id"],))
        store.db.execute("DELETE FROM readings WHERE report_id = ?", (before["report_id"],))


def _take_in(store: Store, filing: Filing, *, anew: bool, same: bool) -> bool:
    """Lays the report out, as a first version, a later one, or not at all; says whether it did."""
    bundle, laid_out = filing.bundle, filing.laid_out
    if filing.shown is None:
        return lay_out(store, filing, 1, bundle.first_seen_at)
    shown = met(store, filing.shown, bundle)
    filing = replace(filing, shown=shown)
    here = shown["root"] == bundle.article.address
    moved = has_moved(store, shown, bundle.article.address)
    better = fuller_by(laid_out, shown, here=here or moved)
    preferred = better >= 0 and _comes_before(bundle, shown)
    if shown["fingerprint"] == laid_out.fingerprint:
        _seen_again(store, bundle, filing.report_id, shown["version"])
        outdated = here and (anew or shown["parser_version"] != PARSER_VERSION)
        again = (outdated or preferred or moved) and not is_kept(filing, shown)
        again |= bool(laid_out.decided and not shown["decided"])
        return again and _lay_out_again(store, filing, shown)
    if preferred or (here and (same or _same_bytes(store, bundle))):
        return _lay_out_again(store, filing, shown)
    if better > 0 or ((here or moved) and better == 0):
        _supersede(store, filing, shown)
        return True
    if here or moved:
        _regressed(store, bundle, shown)
    return False


def _comes_before(bundle: Bundle, shown: Row) -> bool:
    """Whether an address is to be shown rather than another one that is read as full, both met by one run."""
    mine, other = bundle.article, (shown["url"] is None, shown["root"])
    return is_first_met(shown, bundle.crawl_id) and (mine.url is None, mine.address) < other


def _same_bytes(store: Store, bundle: Bundle) -> bool:
    before = store.row("SELECT bundle FROM readings WHERE root = ?", (bundle.article.address,))
    return before is not None and before["bundle"] == bundle.digest


def _supersede(store: Store, filing: Filing, shown: Row) -> None:
    """The report says something else now: a new version, the old one kept, each difference named.

    A fuller reading found in the run that first met the report takes its place: nothing was published yet.
    """
    bundle, report_id, version = filing.bundle, filing.report_id, shown["version"]
    if is_first_met(shown, bundle.crawl_id) and shown["root"] != bundle.article.address:
        _lay_out_again(store, filing, shown)
        return
    before = store.row(
        "SELECT body FROM report_versions WHERE report_id = ? AND version = ?", (report_id, version)
    )
    printed = as_read(store, report_id)
    lay_out(store, filing, version + 1, shown["first_seen_at"])
    if before is None:
        return
    now_read = unpack(Report, filing.laid_out.packed)
    store.db.conn.executemany(
        "INSERT INTO report_changes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (report_id, version, version + 1, *change, bundle.seen_at)
            for change in differences(unpack(Report, before["body"]), now_read)
            if change[:3] not in printed or printed[change[:3]] != change[4]
        ],
    )


def _lay_out_again(store: Store, filing: Filing, shown: Row) -> bool:
    return lay_out(store, filing, shown["version"], shown["first_seen_at"])


def _regressed(store: Store, bundle: Bundle, shown: Row) -> None:
    store.add_issue(
        "regressed",
        "warning",
        f"{bundle.label}: {DIFFERS}, {shown['url'] or shown['root']}",
        subject=bundle.article.address,
        report_id=shown["report_id"],
        crawl_id=bundle.crawl_id,
    )


def _seen_again(store: Store, bundle: Bundle, report_id: str, version: int) -> None:
    later = store.db.execute(
        """UPDATE report_versions SET last_seen_at = :seen
           WHERE report_id = :id AND version = :version AND last_seen_at < :seen""",
        {"seen": bundle.seen_at, "id": report_id, "version": version},
    )
    if later.rowcount:
        store.db.execute("UPDATE reports SET changed_at = ? WHERE report_id = ?", (now(), report_id))


def _save_reading(store: Store, bundle: Bundle, read: Readout, report_id: str | None) -> None:
    laid_out, main = read.laid_out, bundle.main(read)
    store.db.execute(
        _SAVE_READING,
        (
            bundle.article.address,
            bundle.digest,
            PARSER_VERSION,
            read.kind.value,
            report_id,
            laid_out.state if laid_out else None,
            laid_out.fingerprint if laid_out else None,
            main.address,
            main.sha256,
            bundle.seen_at,
        ),
    )


_READ: Final = (
    "bundle, parser_version, kind, report_id, state, fingerprint, main_address, main_sha256, read_at"
)
_READ_NOW: Final = ", ".join(f"excluded.{name}" for name in _READ.split(", "))
_SAVE_READING: Final = (
    f"INSERT INTO readings (root, {_READ}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "  # noqa: S608 - names of our own
    f"ON CONFLICT (root) DO UPDATE SET ({_READ}) = ({_READ_NOW}) WHERE ({_READ}) IS NOT ({_READ_NOW})"
)


def _save_sources(store: Store, bundle: Bundle, read: Readout, report_id: str) -> None:
    """The addresses of the report: its article and the parts it was taken from, where they have one, and
    those that led on to it.
    """
    for source in bundle.used(read):
        if source.url:
            store.db.execute(
                """INSERT INTO report_sources VALUES (:id, :url, :site, :seen, :seen, NULL)
                   ON CONFLICT (report_id, url) DO UPDATE SET last_seen_at = :seen, gone_at = NULL
                   WHERE last_seen_at <> :seen OR gone_at IS NOT NULL""",
                {"id": report_id, "url": source.url, "site": bundle.site, "seen": bundle.seen_at},
            )
    for url in store.ways_to(bundle.article.address):
        store.db.execute(
            """INSERT OR IGNORE INTO report_sources
               SELECT :id, url, :site, min(fetched_at), max(fetched_at), NULL FROM captures
               WHERE url = :url AND outcome = 'redirect' GROUP BY url""",
            {"id": report_id, "url": url, "site": bundle.site},
        )


def _save_issues(store: Store, bundle: Bundle, issues: Iterable[Issue], report_id: str | None) -> None:
    """Opens what this reading found; what an earlier one found here and this one did not is closed."""
    found = [
        store.add_issue(
            issue.code,
            issue.severity,
            bundle.told(issue.detail),
            subject=bundle.article.address,
            report_id=report_id,
            sha256=bundle.article.sha256,
            site=bundle.site,
            crawl_id=bundle.crawl_id,
        )
        for issue in issues
    ]
    store.close_issues(bundle.article.address, keep=found)
