"""Reading the whole archive again: every file, record, row and cell against what it claims to be."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from io import BufferedReader
from pathlib import Path

from pipelines.archive.members import Gap
from pipelines.archive.parsing import Group, exchange_of, groups
from pipelines.archive.reader import OPEN, content_of, open_segment, restored
from pipelines.errors import Damaged
from pipelines.folder import STORE, WARC
from pipelines.packing import is_whole
from pipelines.store import Capture, Row, Store
from pipelines.store.captures import COLUMNS

Progress = Callable[[int, int], None]
ReadAgain = Callable[[Store, Row], Iterable[str]]
Published = Callable[[Path], Iterable[tuple[str, str]]]


def _silent(_done: int, _total: int) -> None:
    """Progress that nobody follows."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it must be.

    ``kind``: store (the database file), missing_file, unknown_file, file_changed, damaged_record,
    wrong_content, record_without_row, row_without_record, row_differs, cell_differs, published_differs.
    ``subject``: a WARC file, table or report.
    """

    kind: str
    subject: str
    detail: str
    offset: int | None = None


@dataclass(slots=True)
class Findings:
    """What was looked at, and what was found. ``unfinished``: files that the next run will take up."""

    found: list[Finding] = field(default_factory=list)
    files: int = 0
    records: int = 0
    captures: int = 0
    bytes: int = 0
    reports: int = 0
    unfinished: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether nothing was found."""
        return not self.found


def verify(
    data: Path,
    progress: Progress = _silent,
    read_again: ReadAgain | None = None,
    at_report: Progress = _silent,
    published: Published | None = None,
) -> Findings:
    """Read everything again; changes nothing. ``progress`` gets bytes read and bytes in all, ``at_report``
    reports read again and in all.

    ``read_again(store, report_row)`` reads a report's document again and yields each difference;
    ``published(data)`` yields (report, what differs) of what is published. Raises StoreError where the store
    cannot even be opened.
    """
    with Store.open(data) as store:
        verifier = _Verifier(store, progress)
        verifier.check_archive()
        if read_again:
            verifier.check_reports(read_again, at_report)
        if published:
            verifier.check_published(published)
        return verifier.findings


class _Verifier:
    def __init__(self, store: Store, progress: Progress) -> None:
        self.store = store
        self.data = store.data
        self.progress = progress
        self.findings = Findings()
        self.total = 0

    def check_archive(self) -> None:
        """What was fetched, and the rows that stand for it."""
        self._check_database()
        self._check_files()
        self._check_rows()

    def _add(self, kind: str, subject: str, detail: str, offset: int | None = None) -> None:
        self.findings.found.append(Finding(kind, subject, detail, offset))

    def _check_database(self) -> None:
        for subject, detail in database_flaws(self.store):
            self._add("store", subject, detail)

    def _check_files(self) -> None:
        """A run that goes on meanwhile begins files, writes on, and gives them their final names.

        So the folder is looked at before the list, and a file is taken as it is when it is opened.
        """
        sizes = dict(_sizes(self.data / WARC))
        known = {row["warc_file"]: row for row in self.store.warc_files()}
        self.total = sum(sizes.values())
        for name in sorted({path.removesuffix(OPEN) for path in sizes} | set(known)):
            try:
                source = open_segment(self.data, name)
            except FileNotFoundError:
                self._check_missing(name)
                continue
            with source:
                self._check_file(source, name, known.get(name))

    def _check_missing(self, name: str) -> None:
        """A run that died before its first record leaves a name; the next one forgets it."""
        row = self.store.row("SELECT closed_at FROM warc_files WHERE warc_file = ?", (name,))
        if row and (row["closed_at"] or self.store.captures_in(name)):
            self._add("missing_file", name, "文件缺失 the file is missing")

    def _check_file(self, source: BufferedReader, name: str, known: Row | None) -> None:
        unfinished = source.name.endswith(OPEN)
        if unfinished:
            self.findings.unfinished.append(name)
        elif known is None:
            self._add("unknown_file", name, "存储库不知道此文件 the store does not know the file")
        elif known["closed_at"] and known["sha256"] != hashlib.file_digest(source, "sha256").hexdigest():
            self._add("file_changed", name, "文件在写完之后变了 the file is not the one that was closed")
        before = self.findings.bytes
        expected = list(self.store.rows("SELECT * FROM captures WHERE warc_file = ?", (name,)))
        end = acknowledged(expected) if unfinished else None
        met: set[str] = set()
        for item in groups(source):
            self._check_item(item, name, end, met)
            self.findings.bytes = before + item.end
            self.progress(self.findings.bytes, max(self.total, self.findings.bytes))
        self.findings.files += 1
        for row in expected:
            if row["record_id"] not in met:
                detail = f"捕获没有完整的记录 without a whole record: capture {row['capture_id']}"
                self._add("row_without_record", name, detail, row["warc_offset"])

    def _check_item(self, item: Group | Gap, name: str, end: int | None, met: set[str]) -> None:
        """``end``: of a file that is still written, where what was acknowledged ends."""
        if isinstance(item, Gap):
            if end is None or item.offset < end:
                detail = f"不是完整的记录 no whole record: bytes {item.offset}–{item.end}"
                self._add("damaged_record", name, detail, item.offset)
            return
        self.findings.records += len(item.records)
        note = item.note()
        if note and "about" in note:
            met.add(item.records[0].id)
            self._check_exchange(item, name, unfinished=end is not None)

    def _check_exchange(self, group: Group, name: str, *, unfinished: bool) -> None:
        exchange, stored = exchange_of(group, name)
        try:
            content_of(self.data, *restored(self.data, group, name))
        except Damaged as error:
            self._add("wrong_content", name, str(error), group.offset)
        row = self.store.row("SELECT * FROM captures WHERE record_id = ?", (stored.record_id,))
        if row is not None:
            self._compare(Capture.of(exchange, stored), row, name)
        elif not unfinished:
            self._add(
                "record_without_row",
                name,
                f"没有捕获对应此记录 no capture has record {stored.record_id}",
                group.offset,
            )

    def _compare(self, capture: Capture, row: Row, name: str) -> None:
        self.findings.captures += 1
        wrong = [column for column in COLUMNS if getattr(capture, column) != row[column]]
        if wrong:
            detail = (
                f"捕获与其记录不符 capture {row['capture_id']} differs from its record in {', '.join(wrong)}"
            )
            self._add("row_differs", name, detail, capture.warc_offset)

    def _check_rows(self) -> None:
        """Rows that no file accounts for."""
        for kind, sql in _ORPHANED.items():
            for row in self.store.rows(sql):
                self._add("row_without_record", kind, ", ".join(f"{k} {v}" for k, v in row.items()))

    def check_reports(self, read_again: ReadAgain, at_report: Progress) -> None:
        """What the store says of each report, against its document."""
        # listed first: a query under way would keep a crawl from committing
        reports = list(self.store.rows("SELECT report_id FROM reports ORDER BY report_id"))
        for row in reports:
            at_report(self.findings.reports, len(reports))
            self.findings.reports += 1
            for detail in self._differences(row["report_id"], read_again):
                self._add("cell_differs", row["report_id"], detail)

    def check_published(self, published: Published) -> None:
        """What is published of each report, against the store."""
        for subject, detail in published(self.data):
            self._add("published_differs", subject, detail)

    def _differences(self, report_id: str, read_again: ReadAgain) -> list[str]:
        """Of a report as it stands: one that was saved anew meanwhile is read anew."""
        row = self._report(report_id)
        while row:
            try:
                differences = list(read_again(self.store, row))
            except Damaged as error:
                return [str(error)]
            row, read = self._report(report_id), row
            if not differences or row == read:
                return differences
        return []

    def _report(self, report_id: str) -> Row | None:
        return self.store.row("SELECT * FROM reports WHERE report_id = ?", (report_id,))


def _sizes(folder: Path) -> Iterator[tuple[str, int]]:
    """The names of WARC files and their sizes; one that has another name by now comes with that one."""
    for path in folder.glob("*.warc.gz*"):
        with suppress(FileNotFoundError):
            yield path.name, path.stat().st_size


def database_flaws(store: Store) -> Iterator[tuple[str, str]]:
    """(table or file, what is wrong with it) of the database itself."""
    for row in store.db.execute("PRAGMA integrity_check").fetchall():
        if row[0] != "ok":
            yield STORE, str(row[0])
    for table, rowid, parent, _ in store.db.execute("PRAGMA foreign_key_check").fetchall():
        yield table, f"第 {rowid} 行所指的行不存在 this row refers to one that {parent} does not have"
    for row in store.rows(_PACKED):
        for column in ("body", "ties"):
            if row[column] and not is_whole(row[column]):
                yield (
                    STORE,
                    f"report {row['report_id']}, version {row['version']}: {column} 已损坏 is damaged",
                )


def acknowledged(expected: list[Row]) -> int:
    """Where the records end that have their row; the run may be writing on behind it."""
    return max((row["warc_offset"] + row["warc_length"] for row in expected), default=0)


_PACKED = """
SELECT v.report_id, v.version, v.body, r.ties
FROM report_versions v LEFT JOIN reports r USING (report_id, version) ORDER BY v.rowid
"""

_ORPHANED = {
    "captures": """SELECT capture_id FROM captures WHERE warc_file IS NULL
                   OR warc_file NOT IN (SELECT warc_file FROM warc_files)""",
    "documents": """SELECT d.sha256 FROM documents d LEFT JOIN captures c USING (capture_id)
                    WHERE c.sha256 IS NOT d.sha256""",
    "resources": """SELECT address FROM resources r WHERE sha256 IS NOT NULL
                    AND sha256 NOT IN (SELECT sha256 FROM documents)""",
    "reports": "SELECT report_id FROM reports WHERE sha256 NOT IN (SELECT sha256 FROM documents)",
}
