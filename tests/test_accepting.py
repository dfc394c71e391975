"""What a person read stays with its document: published, read again by another parser, rebuilt, edited."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import closing
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from gongkai.cli import run as run_command
from gongkai.commands.accept import command
from pipelines.codec import dumps
from pipelines.decisions import load_decisions
from pipelines.decisions.accept import (
    NotAcceptable,
    Said,
    accept_reading,
    accept_sum,
    accepted_of,
    to_look_at,
    withdraw,
)
from pipelines.decisions.takedowns import take_down
from pipelines.ingest import ingest
from pipelines.known import Known
from pipelines.memo import Memo, MemoPool
from pipelines.parse import checks, report
from pipelines.parse.accepted import AS_PRINTED
from pipelines.parse.outcome import report_state
from pipelines.parse.records import Cell, Document, Parsed, State
from pipelines.parse.regions import Regions
from pipelines.process import Processor, settle
from pipelines.publish import publish
from pipelines.rebuild import rebuild
from pipelines.reparse import Difference, reparse, roots_of
from pipelines.rereading import reader_again
from pipelines.store import Row, Store
from pipelines.verify import verify
from pipelines.workers import Blob, Pool
from tests.rowwise import spread

pytestmark = pytest.mark.slow

URL = "http://qh.example/nb/2023/1.html"
GRANTED = ("applications", "granted", "total")
SAID = Said("原件可辨 legible", "lin")
COLUMNS = ("自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计")
ROWS = (
    "一、本年新收政府信息公开申请数量",
    "二、上年结转政府信息公开申请数量",
    "（一）予以公开",
    "（二）部分公开",
    "（七）总计",
    "四、结转下年度继续办理",
)


def page(granted: str = "1 0 0 0 0 0 8?5", noise: str = "", handled: str = "85", said: str = "") -> bytes:
    figures = ["85 0 0 0 0 0 85", "0 0 0 0 0 0 0", granted, "0 0 0 0 0 0 0", f"85 0 0 0 0 0 {handled}",
               "0 0 0 0 0 0 0"]  # fmt: skip
    head = "".join(f"<td>{name}</td>" for name in ("项目", *COLUMNS))
    rows = "".join(
        f"<tr><td>{label}</td>{''.join(f'<td>{one}</td>' for one in line.split())}</tr>"
        for label, line in zip(ROWS, figures, strict=True)
    )
    title = "盐池县教育局2023年政府信息公开工作年度报告"
    return f"""<html><head><meta charset=utf-8><title>{title}</title></head><body><h1>{title}</h1>
<p>一、总体情况</p><p>本年度依法公开信息，回应社会关切{said}。</p><p>二、主动公开政府信息情况</p><p>第二十条第（一）项</p>
<table><tr><td>信息内容</td><td>本年制发件数</td><td>本年废止件数</td><td>现行有效件数</td></tr>
<tr><td>规章</td><td>0</td><td>0</td><td>0</td></tr></table>
<p>三、收到和处理政府信息公开申请情况</p><table><tr>{head}</tr>{rows}</table>
<p>四、政府信息公开行政复议、行政诉讼情况</p><p>无</p><p>五、存在的主要问题及改进情况</p><p>无</p>
<p>六、其他需要报告的事项</p><p>无</p><!-- {noise} --></body></html>""".encode()


@pytest.fixture(autouse=True)
def _in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers answer at once and in this process: what they read is the same."""

    def ask(_pool: Pool, function: str, arguments: Any, blobs: tuple[Blob, ...] = ()) -> Future[bytes]:
        module, _, name = function.partition(":")
        answer: Future[bytes] = Future()
        plain = json.loads(dumps(arguments))
        contents = [blob if isinstance(blob, bytes) else blob.content() for blob in blobs]
        answer.set_result(dumps(getattr(import_module(module), name)(plain, contents)).encode())
        return answer

    monkeypatch.setattr(Pool, "ask", ask)


def take(data: Path, content: bytes, day: int = 1) -> None:
    file = data.parent / "1.html"
    file.write_bytes(content)
    known = {file.resolve(): Known(url=URL, fetched_at=f"2024-03-{day:02}T00:00:00Z")}
    with Store.open(data, write=True) as store:
        ingest(store, data, [file], known=known, workers=1)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """An archive of one report, of which a cell can't be read."""
    take(tmp_path / "data", page())
    return tmp_path / "data"


@pytest.fixture
def opened(data: Path) -> Iterator[Callable[[], Store]]:
    """Opens the archive for writing, as a run of its own; what is open is closed."""
    stores: list[Store] = []

    def again() -> Store:
        for store in stores:
            store.close()
        stores.append(Store.open(data, write=True))
        return stores[-1]

    yield again
    for store in stores:
        store.close()


def accepted(data: Path, raw: str = "1", key: tuple[str, str, str] = GRANTED) -> None:
    with Store.open(data, write=True) as store:
        accept_reading(store, only(store)["report_id"], key, raw, "", SAID)


def only(store: Store) -> Row:
    (row,) = store.rows("SELECT * FROM reports")
    return row


def look(data: Path) -> tuple[Any, ...]:
    """What the store says: the cell's text, number, state and method, the report's state and version."""
    with Store.open(data) as store:
        spread(store.db.conn)
        (row,) = store.rows(
            """SELECT c.raw, c.value, c.state AS cell, c.method, r.state, r.version FROM cells c
               JOIN reports r USING (report_id) WHERE table_name = ? AND row = ? AND column_name = ?""",
            GRANTED,
        )
        return tuple(row.values())


READ = ("1", 1, "number", "person", "complete", 1)
UNREAD = ("8?5", None, "unreadable", "exact", "partial", 1)


def codes(data: Path) -> set[str]:
    with Store.open(data) as store:
        return {issue["code"] for issue in store.open_issues()}


def published(data: Path, sql: str) -> list[Any]:
    publish(data)
    with closing(sqlite3.connect(data / "archive.db")) as connection:
        return connection.execute(sql).fetchall()


def read_again(data: Path, *, accept: bool) -> list[Difference]:
    with Store.open(data, write=True) as store:
        run = store.begin_crawl("ingest", "reparse")
        return list(reparse(store, data, run, accept=accept, workers=1))


def is_sound(data: Path) -> bool:
    with reader_again() as again:
        return verify(data, read_again=again).clean


def edit(data: Path, old: str, new: str) -> None:
    file = data / "decisions.toml"
    file.write_text(file.read_text().replace(old, new))


def another_parser(monkeypatch: pytest.MonkeyPatch, raw: str, value: int) -> None:
    """From now on the program itself reads the cell."""
    parse = report.parse

    def read(cell: Cell) -> Cell:
        if (cell.table_name, cell.row, cell.column_name) != GRANTED:
            return cell
        return replace(cell, raw=raw, value=value, state=State.NUMBER, unit="item")

    def better(document: Document, regions: Regions) -> Parsed:
        parsed = parse(document, regions)
        assert parsed.report
        found = parsed.report
        cells = tuple(map(read, found.cells))
        issues = tuple(issue for issue in parsed.issues if issue.code != "cell_unreadable")
        checked = checks.check_report(found.format, cells, found.sections)
        state = report_state(found.states, cells, found.sections)
        return replace(parsed, issues=issues, report=replace(found, cells=cells, checks=checked, state=state))

    monkeypatch.setattr(report, "parse", better)


# --- the round trip ----------------------------------------------------------------


def test_a_cell_that_was_read_is_published_with_the_decision_behind_it(data: Path) -> None:
    assert look(data) == UNREAD
    assert "cell_unreadable" in codes(data)
    accepted(data)
    assert look(data) == READ
    assert "cell_unreadable" not in codes(data)
    assert is_sound(data)
    assert published(data, "SELECT total FROM applications WHERE row = 'granted'") == [(1,)]
    ((why, by, read_raw, read_state),) = published(
        data, "SELECT why, decided_by, read_raw, read_state FROM acceptances"
    )
    assert (why, by, read_raw, read_state) == (SAID.why, "lin", "8?5", "unreadable")
    methods = "SELECT label_en FROM codebook WHERE table_name = 'cells' AND name = 'person'"
    assert "person" in published(data, methods)[0][0]


def test_the_sums_are_made_anew_with_what_was_read(data: Path) -> None:
    accepted(data, "3")
    with Store.open(data) as store:
        checks = {
            (check.rule, check.scope): check.outcome for check in store.checks(only(store)["report_id"])
        }
        assert checks["applications.row_total", "granted"] == "fail"


def test_it_is_there_again_after_a_rebuild_and_gone_once_withdrawn(data: Path) -> None:
    accepted(data)
    assert read_again(data, accept=False) == []
    assert read_again(data, accept=True) == []
    (data / "store.db").unlink()
    rebuild(data, workers=1)
    assert look(data) == READ
    assert is_sound(data)
    with Store.open(data, write=True) as store:
        withdraw(store, only(store)["report_id"], GRANTED)
    assert look(data) == UNREAD
    assert "cell_unreadable" in codes(data)
    assert load_decisions(data).accepted == ()
    assert published(data, "SELECT * FROM acceptances") == []
    assert is_sound(data)


def test_the_same_said_twice_is_written_once_and_another_reading_takes_its_place(data: Path) -> None:
    accepted(data)
    text = (data / "decisions.toml").read_text()
    accepted(data)
    assert (data / "decisions.toml").read_text() == text
    accepted(data, "2")
    assert [one.raw for one in load_decisions(data).readings] == ["2"]
    assert look(data)[:2] == ("2", 2)


def test_what_is_written_by_hand_is_carried_out_by_the_next_command(data: Path) -> None:
    accepted(data)
    edit(data, 'raw = "1"', 'raw = "2"')
    assert not is_sound(data)
    assert [d.what for d in read_again(data, accept=False)] == ["cell", "check"]
    assert look(data) == READ
    assert run_command(["publish", "--data", str(data)]) == 0
    assert look(data)[:2] == ("2", 2)
    edit(data, SAID.why, "other grounds")
    assert not is_sound(data)
    (data / "decisions.toml").unlink()
    take(data, page(), day=2)
    assert look(data) == UNREAD


# --- another parser ------------------------------------------------------------------


@pytest.mark.parametrize(("value", "code"), [(1, "acceptance_agrees"), (2, "acceptance_differs")])
def test_it_survives_another_parser_and_an_issue_tells_how_that_reads(
    data: Path, monkeypatch: pytest.MonkeyPatch, value: int, code: str
) -> None:
    accepted(data)
    another_parser(monkeypatch, str(value), value)
    read_again(data, accept=True)
    assert look(data) == READ
    assert codes(data) & {"acceptance_agrees", "acceptance_differs"} == {code}
    assert is_sound(data)
    rebuild(data, workers=1)
    assert look(data) == READ


def test_a_parser_of_another_version_reads_the_document_again_before_anything_is_compared(
    data: Path,
) -> None:
    accepted(data)
    with Store.open(data, write=True) as store:
        store.db.execute("UPDATE reports SET parser_version = '0', fingerprint = 'another'")
    take(data, page(noise="第 12 位访客"), day=2)
    assert look(data) == READ


def test_it_is_laid_over_what_another_machine_has_read(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is merged, or was read on Dask, comes as answers that know of no decision."""
    accepted(data)
    memo = Memo(tmp_path / "readings.db")
    with Store.open(data, write=True) as store, MemoPool([], 1, keep=memo) as pool:
        (root,) = roots_of(store)
        job = Processor(store, data, pool, 1).start(root, again=True)
        assert job is not None and job.answer.done()
    monkeypatch.setattr(report, "parse", None)
    with Store.open(data, write=True) as store:
        assert list(reparse(store, data, 1, accept=True, memos=[memo], workers=1)) == []
    memo.close()
    assert look(data) == READ


# --- other bytes ---------------------------------------------------------------------


def test_other_bytes_of_the_same_words_leave_what_was_read(data: Path) -> None:
    accepted(data)
    known = codes(data)
    take(data, page(noise="第 12 位访客"), day=2)
    assert look(data) == READ
    assert codes(data) == known
    assert read_again(data, accept=False) == []
    read_again(data, accept=True)
    read_again(data, accept=True)
    assert look(data) == READ
    rebuild(data, workers=1)
    assert look(data) == READ
    assert codes(data) == known
    assert is_sound(data)


def test_later_bytes_are_read_again_beside_those_that_a_person_read(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another parser may see that they say something else: a version that nobody has looked at."""
    accepted(data)
    take(data, page(noise="更正"), day=2)
    parse = report.parse

    def better(document: Document, regions: Regions) -> Parsed:
        content = document.content.replace("<!-- 更正 -->".encode(), "<p>更正</p>".encode())
        return parse(replace(document, content=content), regions)

    monkeypatch.setattr(report, "parse", better)
    found = [difference.what for difference in read_again(data, accept=False)]
    assert found == ["identity", "cell", "check", "section"]
    assert look(data) == READ
    read_again(data, accept=True)
    assert look(data) == (*UNREAD[:5], 2)


def test_what_was_read_in_later_bytes_of_the_same_words_is_there_after_a_rebuild(data: Path) -> None:
    take(data, page(noise="第 12 位访客"), day=2)
    read_again(data, accept=True)
    accepted(data)
    document = load_decisions(data).readings[0].document
    rebuild(data, workers=1)
    assert look(data) == READ
    with Store.open(data) as store:
        assert only(store)["sha256"] == document


def test_a_new_version_is_another_document_and_has_to_be_looked_at(data: Path) -> None:
    accepted(data)
    take(data, page(handled="86"), day=2)
    assert look(data) == (*UNREAD[:5], 2)
    assert "acceptance_outdated" in codes(data)
    with Store.open(data) as store:
        changed = [row["row"] for row in store.rows("SELECT * FROM report_changes")]
    assert changed == ["total_handled"]


def test_what_was_read_does_not_keep_a_new_version_out(data: Path) -> None:
    """With it the report is complete, and the edited one, which nobody has looked at, is not."""
    accepted(data)
    take(data, page(said="，并接受监督"), day=2)
    assert look(data) == (*UNREAD[:5], 2)


# --- what does not fit -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "raw"),
    [
        (("applications", "given", "total"), "1"),
        (("reviews", "reconsideration", "upheld"), "1"),  # the report says that there were none
        (("proactive", "regulations", "newly_disclosed"), "1"),  # the form of 2019
        (GRANTED, "8?5"),
        (GRANTED, "1,2"),
    ],
)
def test_what_fits_no_cell_or_is_no_number_is_not_written(
    data: Path, opened: Callable[[], Store], key: tuple[str, str, str], raw: str
) -> None:
    store = opened()
    with pytest.raises(NotAcceptable):
        accept_reading(store, only(store)["report_id"], key, raw, "", SAID)
    assert not (data / "decisions.toml").exists()


def test_a_decision_on_a_document_that_is_not_there_is_told_of_until_it_comes(
    data: Path, tmp_path: Path
) -> None:
    accepted(data)
    other = tmp_path / "other"
    take(other, page(said="，并接受监督"))
    shutil.copy(data / "decisions.toml", other)
    with Store.open(other, write=True) as store:
        settle(store)
        (issue,) = [one for one in store.open_issues() if one["code"] == "acceptance_unknown"]
        assert issue["severity"] == "warning" and "applications.granted.total" in issue["detail"]
    take(other, page(), day=2)
    assert "acceptance_unknown" not in codes(other)


def test_a_document_that_was_taken_down_stays_so_whatever_was_read_in_it(data: Path) -> None:
    accepted(data)
    with Store.open(data, write=True) as store:
        take_down(store, only(store)["report_id"], "names a person")
    for table in ("reports", "acceptances", "cell_values"):
        assert published(data, f"SELECT * FROM {table}") == []
    assert SAID.why.encode() not in (data / "archive.db").read_bytes()


# --- sums --------------------------------------------------------------------------------


def test_a_sum_that_fails_as_printed_says_so_and_stays_a_finding(
    tmp_path: Path,
) -> None:
    data = tmp_path / "data"
    take(data, page(granted="1 0 0 0 0 0 2"))
    with Store.open(data, write=True) as store:
        report_id = only(store)["report_id"]
        place = ("applications.row_total", "granted")
        assert place in [(check["rule"], check["scope"]) for check in to_look_at(store, report_id)[1]]
        accept_sum(store, report_id, *place, SAID)
        assert place not in [(check["rule"], check["scope"]) for check in to_look_at(store, report_id)[1]]
        with pytest.raises(NotAcceptable):
            accept_sum(store, report_id, "applications.row_total", "carried_over", SAID)
        with pytest.raises(NotAcceptable):
            accept_sum(store, report_id, "years.carry", "total", SAID)
    sql = "SELECT outcome, detail FROM checks WHERE rule = 'applications.row_total' AND scope = 'granted'"
    rebuild(data, workers=1)
    ((outcome, detail),) = published(data, sql)
    assert outcome == "fail" and AS_PRINTED in detail
    ((table, row, scope, why),) = published(data, "SELECT table_name, row, column_name, why FROM acceptances")
    assert (table, row, scope, why) == ("checks", *place, SAID.why)
    with Store.open(data, write=True) as store:
        withdraw(store, report_id, place)
    assert AS_PRINTED not in published(data, sql)[0][1]


# --- the command -----------------------------------------------------------------------------


def test_the_command_shows_what_stands_there_and_what_stands_there_since(data: Path) -> None:
    with Store.open(data) as store:
        report_id = only(store)["report_id"]
    at = ["--data", str(data)]
    ask = CliRunner().invoke
    shown = ask(command, [report_id, *at]).output
    assert "applications granted total: '8?5'" in shown
    refused = ask(command, [report_id, *GRANTED, "1", *at])
    assert refused.exit_code == 2 and "--why" in refused.output
    done = ask(command, [report_id, *GRANTED, "1", "--why", "seen", "--by", "lin", *at]).output
    assert "'8?5' → —（unreadable, exact）" in done
    assert "'1' → 1 item（number, person）" in done
    with closing(sqlite3.connect(data / "archive.db")) as connection:
        assert connection.execute("SELECT why FROM acceptances").fetchall() == [("seen",)]
    listed = json.loads(ask(command, ["--json", *at]).output)["decided"]
    assert [(one["reports"], one["raw"], one["by"]) for one in listed] == [([report_id], "1", "lin")]
    assert run_command(["accept", report_id, *GRANTED, "x1", "--why", "seen", *at]) == 2
    assert run_command(["accept", "no-such-report", *GRANTED, "1", "--why", "seen", *at]) == 2
    taken = ask(command, [report_id, *GRANTED, "--withdraw", "--json", *at])
    assert json.loads(taken.output)["after"]["state"] == "unreadable"
    with Store.open(data) as store:
        assert accepted_of(store) == []
