"""No flipped bit, cut file, lost file or stray row escapes."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from pipelines.archive.records import new_record_id, note
from pipelines.store import Capture, Damaged, NoArchive, Row, Store
from pipelines.verify import Findings, verify
from tests import forked
from tests.kill_driver import exchange
from tests.kill_driver import main as crawl

pytestmark = pytest.mark.slow

DRIVER = Path(__file__).with_name("kill_driver.py")


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("pristine")
    crawl(data, 10)
    crawl(data, 13)
    return data


@pytest.fixture
def data(pristine: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(pristine, tmp_path / "data"))


def kinds(findings: Findings) -> set[str]:
    return {finding.kind for finding in findings.found}


def change(data: Path, sql: str) -> None:
    connection = sqlite3.connect(data / "store.db")
    connection.execute(sql)
    connection.commit()
    connection.close()


def flip(path: Path, bit: int) -> None:
    content = bytearray(path.read_bytes())
    content[bit // 8] ^= 1 << bit % 8
    path.write_bytes(content)


def warc_files(data: Path) -> list[Path]:
    return sorted((data / "warc").iterdir())


def test_a_whole_archive_is_clean_and_all_of_it_was_read(data: Path) -> None:
    steps: list[tuple[int, int]] = []
    findings = verify(data, progress=lambda done, total: steps.append((done, total)))
    assert findings.clean
    assert (findings.files, findings.captures) == (2, 13)
    size = sum(path.stat().st_size for path in warc_files(data))
    assert findings.bytes == size
    assert steps[-1] == (size, size)


def flips(data: Path, seed: int, count: int) -> None:
    chance = random.Random(seed)
    path = chance.choice(warc_files(data))
    before = path.read_bytes()
    for _ in range(count):
        bit = chance.randrange(len(before) * 8)
        flip(path, bit)
        assert not verify(data).clean, f"bit {bit} of {path.name}"
        path.write_bytes(before)


@pytest.mark.parametrize("seed", range(2))
def test_every_flipped_bit_is_found(data: Path, seed: int) -> None:
    flips(data, seed, 100)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, *(pytest.param(n, marks=pytest.mark.long) for n in range(2, 10))])
def test_every_flipped_bit_is_found_at_length(data: Path, seed: int) -> None:
    flips(data, 100 + seed, 200)


def test_bits_that_no_checksum_inside_covers_are_found(data: Path) -> None:
    """The time in a gzip header, and the unused bits at the end of a deflate stream."""
    path = warc_files(data)[0]
    flip(path, 5 * 8)
    assert kinds(verify(data)) == {"file_changed"}


def test_a_damaged_record_is_named_with_its_place(data: Path) -> None:
    with Store.open(data) as store:
        row = store.row("SELECT * FROM captures WHERE capture_id = 1")
    assert row
    flip(data / "warc" / row["warc_file"], (row["warc_offset"] + 80) * 8)
    places = {finding.kind: finding.offset for finding in verify(data).found}
    assert places.pop("wrong_content") > row["warc_offset"], "a revisit refers to the damaged record"
    assert places == {
        "file_changed": None,
        "damaged_record": row["warc_offset"],
        "row_without_record": row["warc_offset"],
    }


@pytest.mark.parametrize("cut", [1, 9, 500])
def test_a_cut_file_is_found(data: Path, cut: int) -> None:
    path = warc_files(data)[-1]
    os.truncate(path, path.stat().st_size - cut)
    assert {"file_changed", "damaged_record"} <= kinds(verify(data))


def test_a_lost_file_is_found(data: Path) -> None:
    warc_files(data)[0].unlink()
    assert "missing_file" in kinds(verify(data))


def test_a_stray_file_is_found(data: Path) -> None:
    shutil.copy(warc_files(data)[0], data / "warc" / "gongkai-000009-0001-00000000.warc.gz")
    assert "unknown_file" in kinds(verify(data))


@pytest.mark.parametrize(
    ("sql", "kind"),
    [
        ("UPDATE captures SET record_id = 'urn:uuid:other' WHERE capture_id = 2", "record_without_row"),
        ("UPDATE captures SET record_id = 'urn:uuid:other' WHERE capture_id = 2", "row_without_record"),
        ("UPDATE captures SET outcome = 'new' WHERE outcome = 'blocked'", "row_differs"),
        ("UPDATE captures SET url = url || 'x' WHERE capture_id = 3", "row_differs"),
        ("UPDATE captures SET warc_offset = warc_offset + 1 WHERE capture_id = 3", "row_differs"),
        ("UPDATE captures SET sha256 = 'ab' WHERE capture_id = 1", "row_differs"),
        ("UPDATE captures SET warc_file = NULL WHERE capture_id = 1", "row_without_record"),
        ("UPDATE documents SET sha256 = 'ab' WHERE capture_id = 1", "row_without_record"),
        ("UPDATE documents SET capture_id = 999 WHERE capture_id = 1", "store"),
        ("INSERT INTO captures (crawl_id, fetched_at, outcome) VALUES (1, '', 'new')", "row_without_record"),
        ("DELETE FROM captures WHERE outcome = 'timeout'", "record_without_row"),
        ("UPDATE warc_files SET sha256 = 'ab'", "file_changed"),
        ("DELETE FROM warc_files", "unknown_file"),
    ],
)
def test_rows_and_records_must_agree(data: Path, sql: str, kind: str) -> None:
    change(data, sql)
    assert kind in kinds(verify(data))


def test_a_broken_index_is_found(data: Path) -> None:
    connection = sqlite3.connect(data / "store.db")
    connection.execute("PRAGMA writable_schema = ON")
    connection.execute(
        "UPDATE sqlite_master SET sql = replace(sql, '(sha256)', '(url)') WHERE name = 'captures_by_sha256'"
    )
    connection.commit()
    connection.close()
    assert "store" in kinds(verify(data))


def test_what_a_killed_run_left_is_no_damage(data: Path) -> None:
    path = warc_files(data)[-1]
    path = path.rename(path.with_name(path.name + ".open"))
    change(data, "UPDATE warc_files SET closed_at = NULL, sha256 = NULL WHERE crawl_id = 2")
    with path.open("ab") as file:
        file.write(b"\x1f\x8b\x08 torn")
    findings = verify(data)
    assert findings.clean
    assert findings.unfinished == [path.name.removesuffix(".open")]


def add_report(data: Path) -> None:
    change(data, "INSERT INTO agencies (agency_id, name, kind) VALUES ('a', '教育局', 'department')")
    change(
        data,
        """INSERT INTO reports (report_id, agency_id, agency, year, title, format, first_seen_at, sha256,
               version, parser_version, state, proactive_state, applications_state, reviews_state, root,
               fingerprint, changed_at)
           SELECT 'a-2024', 'a', '教育局', 2024, '', '2021', '', sha256, 1, '1', 'complete', 'table', 'table',
               'table', '', '', '' FROM documents LIMIT 1""",
    )


def test_cells_are_read_again_by_the_caller(data: Path) -> None:
    add_report(data)

    def read_again(store: Store, report: Row) -> Iterable[str]:
        yield f"{report['report_id']}: 1 ≠ 2"

    findings = verify(data, read_again=read_again)
    assert [(one.kind, one.subject) for one in findings.found] == [("cell_differs", "a-2024")]
    assert findings.reports == 1


def test_a_run_that_goes_on_meanwhile_is_no_fault(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(DRIVER.parents[1])}
    process = forked.Popen([sys.executable, str(DRIVER), str(tmp_path), "5000"], env=environment)
    seen: set[int] = set()
    try:
        while not list(tmp_path.glob("warc/*")):
            assert process.poll() is None
        while len(seen) < 4 and process.poll() is None:  # as long as it takes the run to write on
            findings = verify(tmp_path)
            assert findings.found == []
            seen.add(findings.captures)
    finally:
        process.kill()
        process.wait()
    assert len(seen) == 4


class Running:
    """A run in this process that takes a step whenever it is told to, with a WARC file for every two."""

    def __init__(self, data: Path) -> None:
        self.store = Store.open(data, write=True)
        self.crawl_id = self.store.begin_crawl("crawl", "meanwhile")
        self.archive = self.store.archive(self.crawl_id)
        self.archive._largest = 3000
        self.number = 100

    def step(self, *_: object) -> None:
        asked = exchange(self.store, self.crawl_id, self.number)
        stored = self.archive.write(asked)
        with self.store.transaction():
            self.store.add_capture(Capture.of(asked, stored))
        self.number += 1


def test_a_run_that_goes_on_after_each_record_is_no_fault(data: Path) -> None:
    """Files are begun, written on, closed and renamed between any two records that are read."""
    running = Running(data)
    running.step()
    findings = verify(data, progress=running.step)
    running.store.close()
    assert findings.found == []
    assert running.number > 110
    assert len(list((data / "warc").iterdir())) > 4
    assert verify(data).clean


def test_a_file_renamed_while_it_is_looked_for_is_found(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = warc_files(data)[-1]
    opened = closed.rename(closed.with_name(closed.name + ".open"))
    real = Path.open

    def open_and_rename(path: Path, *arguments: str) -> object:
        if path == opened and opened.exists():
            opened.rename(closed)
        return real(path, *arguments)

    monkeypatch.setattr(Path, "open", open_and_rename)
    assert verify(data).clean
    assert closed.exists()


def test_what_is_being_written_behind_the_acknowledged_is_no_damage(data: Path) -> None:
    """A reader sees half of a record, and whole ones behind it a moment later."""
    path = warc_files(data)[-1]
    size = path.stat().st_size
    whole = [note(new_record_id(), "2026-01-01T00:00:00Z", {"kind": "facts"}) for _ in range(2)]
    path = path.rename(path.with_name(path.name + ".open"))
    change(data, "UPDATE warc_files SET closed_at = NULL, sha256 = NULL WHERE crawl_id = 2")
    with path.open("ab") as file:
        file.write(whole[0][:100] + whole[1])
    assert verify(data).clean
    flip(path, 8 * (size // 2))
    assert "damaged_record" in kinds(verify(data))


def test_a_name_that_a_killed_run_left_without_a_file_is_no_loss(data: Path) -> None:
    change(data, "INSERT INTO warc_files (warc_file, crawl_id, opened_at) VALUES ('gone.warc.gz', 2, '')")
    assert verify(data).clean


def test_a_report_saved_anew_meanwhile_is_read_anew(data: Path) -> None:
    add_report(data)
    asked = []

    def read_again(store: Store, report: Row) -> Iterable[str]:
        asked.append(report["version"])
        if report["version"] == 1:
            change(data, "UPDATE reports SET version = 2")
            yield "the cells of the other version"

    assert verify(data, read_again=read_again).clean
    assert asked == [1, 2]


def test_verifying_changes_nothing(data: Path) -> None:
    before = {path: path.read_bytes() for path in data.rglob("*") if path.is_file()}
    verify(data)
    assert {path: path.read_bytes() for path in data.rglob("*") if path.is_file()} == before


def test_what_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(NoArchive):
        verify(tmp_path)
    (tmp_path / "store.db").write_bytes(b"x" * 5000)
    with pytest.raises(Damaged):
        verify(tmp_path)
