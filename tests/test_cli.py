"""The command as its users meet it: what it prints, and the exit codes of the contract."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZipFile

import pytest

from gongkai.cli import COMMANDS, FAULT, main, run
from gongkai.outcome import tell_errors
from pipelines import clock
from pipelines.known import Known, read_manifest
from pipelines.store import Store
from samples.counties import World
from samples.render import LAYOUTS
from tests import forked
from tests.rowwise import spread

pytestmark = pytest.mark.slow

REPORTS = [
    p.report
    for p in World.build(seed=5, counties=1, agencies=3).sites[0].publications
    if p.kind == "report" and p.report.tables["applications"] == "table"
]


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    """A folder of reports in several layouts, with files that are none."""
    folder = tmp_path / "reports"
    (folder / "deeper").mkdir(parents=True)
    for report, name in zip(REPORTS, ("html_plain", "docx", "text_tabs", "pdf"), strict=False):
        layout = LAYOUTS[name]
        (folder / f"{report.year}-{name}.{layout.suffix}").write_bytes(layout.render(report))
    (folder / "deeper" / "empty.html").touch()
    (folder / "music.mp3").write_bytes(b"ID3\x04\x00\x00 not a report")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.4\nnothing follows")
    (folder / ".hidden").write_bytes(b"left alone")
    return folder


def issues(data: Path) -> dict[str, str]:
    with sqlite3.connect(data / "archive.db") as archive:
        return dict(archive.execute("SELECT code, severity FROM issues"))


def test_a_folder_is_taken_in_and_what_is_no_report_is_listed(
    reports: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data"
    assert run(["ingest", str(reports), "--data", str(data), "--json"]) == 1
    out, err = capsys.readouterr()
    told = json.loads(out)
    assert told["files"] == 7
    assert len(told["reports"]) == 4
    assert "empty.html" in err
    assert "broken.pdf" in err
    found = issues(data)
    assert (found["empty_file"], found["foreign_file"]) == ("error", "warning")


def test_reports_in_a_zip_are_taken_in_each_on_its_own(reports: Path, tmp_path: Path) -> None:
    bundle, data = tmp_path / "reports.zip", tmp_path / "data"
    with ZipFile(bundle, "w") as archive:
        for path in sorted(reports.glob("20*")):
            archive.write(path, path.name)
    for _ in range(2):
        assert run(["ingest", str(bundle), "--data", str(data)]) == 0
    assert "error" not in issues(data).values()
    with sqlite3.connect(data / "archive.db") as archive:
        assert archive.execute("SELECT count(*) FROM reports").fetchone() == (4,)
    assert run(["verify", "--data", str(data)]) == 0


def test_the_files_of_one_report_in_a_zip_are_one_report(reports: Path, tmp_path: Path) -> None:
    bundle, data = tmp_path / "report.zip", tmp_path / "data"
    with ZipFile(bundle, "w") as archive:
        archive.write(next(reports.glob("*docx*")), "附件1.docx")
        archive.writestr("附件2.txt", "说明：表格见附件1。")
    assert run(["ingest", str(bundle), "--data", str(data)]) == 0
    assert issues(data)["several_documents"] == "warning"
    with sqlite3.connect(data / "archive.db") as archive:
        assert archive.execute("SELECT count(*) FROM reports").fetchone() == (1,)


def test_taken_in_again_nothing_is_added(reports: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"

    def counts() -> list[int]:
        with sqlite3.connect(data / "archive.db") as archive:
            return [
                archive.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
                for table in ("reports", "report_versions", "report_changes", "documents", "cells", "issues")
            ]

    run(["ingest", str(reports), "--data", str(data)])
    before = counts()
    assert run(["ingest", str(reports), "--data", str(data)]) == 0, "the errors are known by now"
    assert counts() == before


def test_a_fault_of_the_program_is_no_outcome(
    reports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fault(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("pipelines.process.Processor.run", fault)
    with pytest.raises(SystemExit) as ended:
        main(["ingest", str(reports), "--data", str(tmp_path / "data")])
    assert ended.value.code == FAULT
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_files_taken_in_again_cost_no_further_room(reports: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    for _ in range(2):
        run(["ingest", str(reports), "--data", str(data)])
    first, second = (path.stat().st_size for path in sorted((data / "warc").iterdir()))
    assert second < first / 5
    assert run(["verify", "--data", str(data)]) == 0


def test_an_issue_names_the_file_by_its_path(reports: Path, tmp_path: Path) -> None:
    broken = next(reports.glob("*broken*"))
    for folder in ("a", "b"):
        (reports / folder).mkdir()
        (reports / folder / broken.name).write_bytes(broken.read_bytes() + folder.encode())
    bundle = reports / "b" / "bundle.zip"
    with ZipFile(bundle, "w") as archive:
        archive.writestr("说明.pdf", b"%PDF-1.4 no report")
    run(["ingest", str(reports), "--data", str(tmp_path / "data")])
    with sqlite3.connect(tmp_path / "data" / "store.db") as store:
        told = [row[0] for row in store.execute("SELECT detail FROM issues WHERE code = 'corrupted'")]
    for path in (broken, reports / "a" / broken.name, reports / "b" / broken.name):
        assert [
            text
            for text in told
            if text.startswith(f"{path}: ") and broken.name not in text[len(str(path)) :]
        ]


def test_a_run_that_is_broken_off_says_so_at_once(
    reports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("pipelines.process.Processor.run", interrupted)
    assert run(["ingest", str(reports), "--data", str(tmp_path / "data")]) == 130
    capsys.readouterr()
    assert run(["status", "--data", str(tmp_path / "data"), "--json"]) == 0
    (ended,) = json.loads(capsys.readouterr().out)["runs"]
    assert (ended["outcome"], ended["captures"]) == ("interrupted", 5)


def test_the_archive_is_verified_and_read_again_without_a_difference(reports: Path, tmp_path: Path) -> None:
    data = ["--data", str(tmp_path / "data")]
    page = next(reports.glob("*html_plain*"))
    (reports / "twin.html").write_bytes(page.read_bytes() + b"<!-- the same report, from elsewhere -->")
    run(["ingest", str(reports), *data])
    assert run(["verify", *data]) == 0
    assert run(["reparse", "--diff", *data]) == 0
    with closing(sqlite3.connect(tmp_path / "data" / "archive.db", isolation_level=None)) as archive:
        archive.execute("UPDATE reviews SET total = total + 1")
    assert run(["verify", *data]) == 4
    (tmp_path / "data" / "archive.db").unlink()
    assert run(["publish", *data]) == 0
    assert run(["verify", *data]) == 0
    for record in (tmp_path / "data" / "warc").glob("*.warc.gz"):
        content = bytearray(record.read_bytes())
        content[len(content) // 2] ^= 1
        record.write_bytes(content)
    assert run(["verify", *data]) == 4


def test_a_manifest_names_files_whose_names_are_in_gbk(tmp_path: Path) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + "年报".encode("gbk")))
    folder.mkdir()
    file = folder / os.fsdecode("县教育局.html".encode("gbk"))
    file.write_bytes(b"x")
    manifest = tmp_path / "known.csv"
    manifest.write_text(f"file,url\n年报/县教育局.html,{ADDRESS}\n", "utf-8")
    assert read_manifest(manifest) == {file.resolve(): Known(url=ADDRESS)}


def test_a_demo_needs_its_port_before_it_crawls(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        assert run(["demo", "--port", port, "--data", str(tmp_path)]) == 2
    assert "--port" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_what_an_older_parser_read_is_shown_before_it_is_replaced(
    reports: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data"
    run(["ingest", str(reports), "--data", str(data)])
    with sqlite3.connect(data / "store.db") as store:
        kept = store.execute("SELECT report_id, version, body FROM report_versions").fetchall()
        report_id, version, _ = kept[0]
        other = next(row[2] for row in kept if row[0] != report_id)
        store.execute(
            "UPDATE report_versions SET body = ? WHERE report_id = ? AND version = ?",
            (other, report_id, version),
        )
    capsys.readouterr()
    assert run(["reparse", "--diff", "--data", str(data)]) == 1
    assert f"{report_id} cell" in capsys.readouterr().out
    assert run(["reparse", "--accept", "--data", str(data)]) == 0
    assert run(["reparse", "--diff", "--data", str(data)]) == 0
    with sqlite3.connect(data / "store.db") as store:
        assert store.execute("SELECT count(*) FROM report_changes").fetchone() == (0,), "no version"


def test_a_manifest_says_what_is_known(reports: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    file = next(reports.glob("*.html"))
    manifest = reports / "known.csv"
    manifest.write_text(
        f"file,url,published_on\n{file.name},http://www.x.gov.cn/nb/1.html,2031-02-03\n", "utf-8"
    )
    run(["ingest", str(file), "--manifest", str(manifest), "--data", str(data)])
    with sqlite3.connect(data / "archive.db") as archive:
        assert archive.execute("SELECT url FROM report_sources").fetchall() == [
            ("http://www.x.gov.cn/nb/1.html",)
        ]
        assert archive.execute("SELECT url, site, status_code FROM captures").fetchall() == [
            ("http://www.x.gov.cn/nb/1.html", None, None)
        ]


def test_a_manifest_among_its_files_is_no_foreign_file(tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    folder.mkdir()
    manifest = folder / "known.csv"
    manifest.write_text(f"file,url\n{said(folder, 3).name},{ADDRESS}\n", "utf-8")
    data = tmp_path / "data"
    assert run(["ingest", str(folder), "--manifest", str(manifest), "--data", str(data)]) == 0
    assert "foreign_file" not in issues(data)
    with sqlite3.connect(data / "archive.db") as archive:
        assert archive.execute("SELECT url FROM reports").fetchall() == [(ADDRESS,)]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("file,link\na.html,b\n", "known.csv:1: "),
        ("file,published_on\na.html,3.2.2031\n", "known.csv:2: published_on"),
        ("file,fetched_at\na.html,yesterday\n", "known.csv:2: fetched_at"),
        ("file,url\na.html,http://x.cn/\nb.html,javascript:alert(1)\n", "known.csv:3: url"),
        ("file,url\na.html,http:///nb/1.html\n", "known.csv:2: url"),
        ("file,agency\n,某县教育局\n", "known.csv:2: "),
        ("file,agency\na.html,某县教育局\n", "known.csv:2: file"),
        ("file,agency\na.html,某县教育局,2031\n", "known.csv:2: "),
    ],
)
def test_a_bad_manifest_is_named(
    reports: Path, tmp_path: Path, text: str, place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest = tmp_path / "known.csv"
    manifest.write_text(text, "utf-8")
    assert run(["ingest", str(reports), "--manifest", str(manifest), "--data", str(tmp_path / "d")]) == 2
    assert place in capsys.readouterr().err
    assert not (tmp_path / "d").exists()


def test_times_of_a_manifest_are_kept_in_utc(reports: Path, tmp_path: Path) -> None:
    manifest = tmp_path / "known.csv"
    file = next(reports.glob("*.html"))
    manifest.write_text(
        f'file,fetched_at,published_on,agency\n"{file}",2031-02-04T07:30:00+08:00,20310203,"某县\n教育局"\n',
        "utf-8",
    )
    assert read_manifest(manifest)[file.resolve()] == Known(
        fetched_at="2031-02-03T23:30:00Z", published_on="2031-02-03", agency="某县\n教育局"
    )


def test_files_with_names_in_gbk_are_taken_in(
    reports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, data = tmp_path / "old", tmp_path / "data"
    folder.mkdir()
    for name, content in (("2023年报.html", next(reports.glob("*.html")).read_bytes()), ("空.html", b"")):
        Path(os.fsdecode(os.fsencode(folder) + b"/" + name.encode("gbk"))).write_bytes(content)
    (folder / os.fsdecode(b"\xff.txt")).write_bytes(b"nothing")
    monkeypatch.setattr(sys, "argv", ["gongkai", "ingest", *map(str, folder.iterdir())])
    assert run(["ingest", str(folder), "--data", str(data)]) == 1
    assert f"{folder}/空.html: 文件为空" in capsys.readouterr().out
    with Store.open(data) as store:
        hints = [json.loads(row["hints"])["name"] for row in store.rows("SELECT hints FROM resources")]
    assert "2023年报.html" in hints
    assert run(["verify", "--data", str(data)]) == 0


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "www.x.gov.cn/nb/1.html", "http://x:y/", "http://a b/"]
)
def test_what_is_no_address_is_refused(
    url: str, reports: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = next(reports.glob("*.html"))
    assert run(["ingest", str(file), "--url", url, "--data", str(tmp_path / "d")]) == 2
    assert capsys.readouterr().err
    assert not (tmp_path / "d").exists()


@pytest.mark.parametrize(
    "arguments", [[], ["crawl"], ["crawl", "99"], ["nothing"], ["ingest"], ["crawl", "64", "--all"]]
)
def test_wrong_usage(arguments: list[str], tmp_path: Path) -> None:
    data = ["--data", str(tmp_path)] if arguments and arguments[0] in COMMANDS else []
    assert run([*arguments, *data]) == 2


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("nothing", "没有此命令 No such command"),
        ("status --nothing", "没有此选项 No such option"),
        ("ingest", "缺少 Missing argument"),
        ("crawl --all --workers 0", "取值不对 Invalid value"),
        ("takedown 1 --why=", "不能为空 must say something"),
        ("accept 1 granted --why=", "不能为空 must say something"),
        ("accept --withdraw", "应为 REPORT TABLE"),
        ("accept 1 --why x", "应为 REPORT TABLE"),
        ("serve --host 300.1.1.1", "--host"),
    ],
)
def test_a_mistake_is_told_in_both_languages(
    command: str,
    said: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GONGKAI_DATA", str(tmp_path))
    assert run(command.split()) == 2
    told = capsys.readouterr().err
    assert "用法有误 wrong usage" in told and said in told


@pytest.mark.parametrize(
    "command",
    ["verify", "status", "publish", "reparse --diff", "takedown --why x 1", "crawl --all --from-archive"],
)
def test_a_folder_without_an_archive_stays_as_it_is(command: str, tmp_path: Path) -> None:
    assert run([*command.split(), "--data", str(tmp_path)]) == 2
    assert list(tmp_path.iterdir()) == []


def test_a_demo_that_cannot_write_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "demo").touch()
    assert run(["demo", "--no-serve", "--data", str(tmp_path)]) == 5
    assert "写入" in capsys.readouterr().err


def test_the_address_of_the_site_is_json_where_that_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def serves(*_: object, ready: Callable[[str], None], **__: object) -> None:
        ready("http://127.0.0.1:1/")

    monkeypatch.setattr("gongkai.commands.serve.serve", serves)
    assert run(["serve", "--json", "--data", str(tmp_path)]) == 0
    assert json.loads(capsys.readouterr().out) == {"url": "http://127.0.0.1:1/"}


def test_a_bad_registry_file_is_named_with_line_and_key(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "640323.toml").write_text('name = "盐池县"\nhome = "http://x/"\ncolums = []\n', "utf-8")
    assert run(["crawl", "--all", "--sites", str(tmp_path), "--data", str(tmp_path / "data")]) == 2
    assert "640323.toml:3: colums" in capsys.readouterr().err
    assert not (tmp_path / "data").exists()


def test_a_held_archive_is_left_alone(
    reports: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    with (data / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert run(["ingest", str(reports), "--data", str(data)]) == 3
    assert capsys.readouterr().err
    assert not (data / "store.db").exists()


@pytest.fixture(scope="module")
def one_report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive of one report that was published at an address."""
    folder = tmp_path_factory.mktemp("one")
    assert run(["ingest", str(said(folder, 3)), "--url", ADDRESS, "--data", str(folder / "data")]) == 0
    return folder / "data"


@pytest.fixture
def small(one_report: Path, tmp_path: Path) -> Path:
    """An archive of one report to work on."""
    return Path(shutil.copytree(one_report, tmp_path / "data"))


ADDRESS = "http://www.x.gov.cn/nb/1.html"


def said(folder: Path, number: int) -> Path:
    """The report of an office as it stood when it had granted ``number`` applications."""
    title = "盐池县教育局2023年政府信息公开工作年度报告"
    text = f"<p>一、总体情况</p><p>全年予以公开{number}件。</p><p>六、其他需要报告的事项</p><p>无。</p>"
    path = folder / "report.html"
    path.write_text(f"<meta charset=utf-8><title>{title}</title><h1>{title}</h1>{text}", "utf-8")
    return path


def kept(data: Path) -> dict[str, bytes]:
    """Every file of a data directory but the lock."""
    return {str(p): p.read_bytes() for p in data.rglob("*") if p.is_file() and p.name != "lock"}


HOLDING = """
import sys
from pathlib import Path
from pipelines.store import Store
with Store.open(Path(sys.argv[1]), write=True):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def another_run(data: Path) -> Iterator[int]:
    """Another process that writes to the archive; its id."""
    program = [sys.executable, "-c", HOLDING, str(data)]
    with forked.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout and process.stdout.readline() == "held\n"
        yield process.pid
        process.communicate("")


def commands(tmp_path: Path) -> dict[str, list[str]]:
    sites = tmp_path / "sites"
    sites.mkdir(exist_ok=True)
    (sites / "640323.toml").write_text('name = "盐池县"\nhome = "http://127.0.0.1:9/"\n', "utf-8")
    return {
        "ingest": ["ingest", str(said(tmp_path, 4)), "--url", ADDRESS],
        "crawl": ["crawl", "--all", "--sites", str(sites)],
        "reparse": ["reparse", "--accept"],
        "rebuild": ["rebuild"],
        "takedown": ["takedown", ADDRESS, "--why", "x"],
    }


def test_beside_another_run_each_command_says_who_writes_and_changes_nothing(
    small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with another_run(small) as pid:
        before = kept(small)
        for name, command in commands(tmp_path).items():
            assert run([*command, "--data", str(small)]) == 3, name
            assert f'"pid": {pid}' in capsys.readouterr().err, name
        assert kept(small) == before
        assert run(["status", "--data", str(small)]) == 0, "it can be looked at meanwhile"
        assert run(["publish", "--data", str(small)]) == 0, "and published"
    assert run([*commands(tmp_path)["ingest"], "--data", str(small)]) == 0
    assert run(["verify", "--data", str(small)]) == 0


@pytest.mark.parametrize("name", ["ingest", "takedown"])
def test_a_store_that_another_program_has_locked_is_waited_for_and_left(
    small: Path,
    tmp_path: Path,
    name: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("pipelines.store.connection.BUSY_SECONDS", 0.1)
    before = kept(small)
    with closing(sqlite3.connect(small / "store.db")) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert run([*commands(tmp_path)[name], "--data", str(small)]) == 3
    assert "another program is using the file" in capsys.readouterr().err
    assert kept(small) == before
    assert run([*commands(tmp_path)[name], "--data", str(small)]) == 0


def test_a_directory_that_cannot_be_written_is_said(
    small: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before, opened = kept(small), os.open

    def refuse(path: str | Path, flags: int, *more: int, **options: int) -> int:
        if flags & (os.O_WRONLY | os.O_RDWR) and small in Path(path).parents:
            raise OSError(errno.EROFS, "Read-only file system", str(path))
        return opened(path, flags, *more, **options)

    with monkeypatch.context() as patched:
        patched.setattr(os, "open", refuse)
        for name, command in commands(tmp_path).items():
            assert run([*command, "--data", str(small)]) == 5, name
            told = capsys.readouterr().err
            assert str(small) in told and "Read-only file system" in told, name
        assert run(["status", "--data", str(small)]) == 0
    assert kept(small) == before


def test_a_clock_that_jumps_back_between_two_runs_turns_no_version_round(small: Path, tmp_path: Path) -> None:
    yesterday = datetime(2020, 1, 1, tzinfo=UTC)  # before the first run
    with clock.using(lambda: yesterday):
        command = ["ingest", str(said(tmp_path, 4)), "--url", ADDRESS, "--data", str(small)]
        assert run(command) == 0
        assert run(command) == 0
    assert run(["verify", "--data", str(small)]) == 0

    def versions() -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(small / "store.db")) as store:
            return store.execute(
                "SELECT version, sha256, first_seen_at, last_seen_at FROM report_versions ORDER BY version"
            ).fetchall()

    found = versions()
    assert len(found) == 2
    assert [row[0] for row in found] == list(range(1, len(found) + 1))
    assert all(first <= last for _, _, first, last in found)  # type: ignore[operator]
    assert run(["rebuild", "--data", str(small)]) == 0
    assert versions() == found


def test_an_archive_of_a_newer_schema_is_left_alone(reports: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    run(["ingest", str(reports), "--data", str(data)])
    with sqlite3.connect(data / "store.db") as store:
        store.execute("PRAGMA user_version = 999")
    before = (data / "store.db").read_bytes()
    assert run(["ingest", str(reports), "--data", str(data)]) == 4
    assert run(["status", "--data", str(data)]) == 4
    assert (data / "store.db").read_bytes() == before


def test_status_and_coverage_tell_people_and_programs(
    reports: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = ["--data", str(tmp_path / "data")]
    run(["ingest", str(reports), *data])
    capsys.readouterr()
    assert run(["status", *data]) == 0
    assert "报告 reports 4" in capsys.readouterr().out
    assert run(["coverage", "--json", *data]) == 0
    rows = json.loads(capsys.readouterr().out)["coverage"]
    assert sum(row["status"] in ("have", "late") for row in rows) == 4
    assert run(["coverage", "--year", "1890", *data]) == 0
    assert "nothing of this year" in capsys.readouterr().out


def test_status_names_each_site_that_needs_somebody_and_counts_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    states = [("ok", True)] * 30 + [("failing", False)] * 25 + [("never_crawled", None)] * 40
    with Store.open(tmp_path, write=True) as store:
        for number, (state, succeeded) in enumerate(states):
            site = str(100_000 + number)
            store.put_site(site, name="青河县", home=f"http://{site}.example/", definition={})
            if succeeded is not None:
                store.set_site_state(site, state, succeeded=succeeded)
        for number in (25, 28, 54):
            site = str(100_000 + number)
            store.add_issue("no_columns", "error", "no column", subject=f"site:{site}", site=site)
        store.add_issue("list_unreachable", "warning", "HTTP 503", subject="http://a.cn/nb/", site="100003")
    assert run(["status", "--data", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert "failing 25 · never_crawled 40 · ok 30" in out
    assert all(str(100_000 + number) in out for number in range(30, 55))
    assert [line.split()[0] for line in out.splitlines() if "failing (" in line or "ok (" in line][25:28] == [
        "100025", "100028", "100000",
    ]  # fmt: skip
    assert out.count("open errors: no_columns × 1") == 3 and "e.g. 100025: no column" in out
    assert "100003: http://a.cn/nb/ HTTP 503" in out
    assert "10 个正常 more are ok" in out and len(out.splitlines()) < 90


def test_a_folder_without_files_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "reports").mkdir()
    assert run(["ingest", str(tmp_path / "reports"), "--data", str(tmp_path / "data"), "--no-publish"]) == 0
    assert "no file was found" in capsys.readouterr().out


def test_a_probe_without_an_answer_makes_no_registry_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        home = f"http://127.0.0.1:{nobody.getsockname()[1]}/"
    assert run(["probe", home, "--write", "--data", str(tmp_path)]) == 1
    told = capsys.readouterr().out
    assert "no answer" in told and "ConnectError" in told and "name =" not in told
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_publication_is_told_with_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "archive.db").write_bytes(b"no SQLite at all" * 300)
    assert run(["coverage", "--data", str(tmp_path)]) == 4
    assert "gongkai publish" in capsys.readouterr().err


def test_the_list_of_commands_tells_of_each_in_one_line_and_loads_none() -> None:
    code = "import sys; from gongkai.cli import run; run(['--help']); print(*sys.modules, file=sys.stderr)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    listed = told.stdout.partition("命令 Commands:\n")[2].splitlines()
    assert [line.split()[0] for line in listed] == list(COMMANDS)
    assert all(len(line.split()) > 3 and line.endswith(".") and not line.endswith("...") for line in listed)
    loaded = {name.partition(".")[0] for name in told.stderr.split()}
    assert not loaded & {"scrapy", "datasette", "lxml", "sqlite_utils", "httpx", "pipelines.store"}
    assert not [name for name in told.stderr.split() if name.startswith("gongkai.commands.")]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([name, "--help"]) == 0
    told = capsys.readouterr().out
    assert "Example" in told
    assert f"gongkai {name}" in told
    explained = told.split("\n\n", 2)[2].split("例 Example")[0]
    assert not explained.strip() or re.search("[一-鿿]", explained), "what is explained is so in Chinese too"
    assert all(said in told for said in ("--json", "--data", "用法 Usage", "选项 Options", "显示本说明"))


def test_publishing_makes_the_checks_over_the_years_that_a_killed_run_left(
    reports: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    run(["ingest", str(reports), "--data", str(data)])
    years = "SELECT report_id, rule, outcome FROM checks WHERE rule GLOB 'years.*' ORDER BY 1, 2"
    with closing(sqlite3.connect(data / "store.db", isolation_level=None)) as store:
        made = spread(store).execute(years).fetchall()
        store.execute("UPDATE reports SET ties = NULL")
        assert made
    assert run(["publish", "--data", str(data)]) == 0
    with closing(sqlite3.connect(data / "archive.db")) as archive:
        assert archive.execute(years).fetchall() == made


def test_an_error_of_a_run_is_told_with_its_site(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Store.open(tmp_path, write=True) as store:
        run_id = store.begin_crawl("crawl")
        for site in ("980122", None):
            store.add_issue("home_unreachable", "error", "why", subject=f"{site}", site=site, crawl_id=run_id)
        assert tell_errors(store, run_id) == 1
    assert capsys.readouterr().err.splitlines()[1:] == [
        "  home_unreachable (980122): why",
        "  home_unreachable: why",
    ]
