"""The notebook and the tutorial do what they say, on any archive."""

from __future__ import annotations

import importlib.util
import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NOTEBOOK = ROOT / "docs" / "notebook" / "outcomes.ipynb"
TUTORIAL = ROOT / "docs" / "tutorial.md"


@pytest.fixture
def data(tmp_path, filled):
    filled(tmp_path)
    return tmp_path


def load_runner():
    spec = importlib.util.spec_from_file_location("notebook_runner", ROOT / "scripts" / "notebook.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def outputs(notebook: dict) -> list[str]:
    return ["".join(o["text"]) for cell in notebook["cells"] for o in cell.get("outputs", ())]


def test_the_notebook_runs_on_another_archive_and_its_numbers_are_that_archives(data):
    notebook = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    complete, composition, _broken, rates, timely, *_ = outputs(
        load_runner().run(notebook, data / "archive.db")
    )
    lines = {line.split()[0]: line.split()[1:] for line in composition.splitlines()}
    assert lines["natural_person"] == ["100.0%", "0.0%", "0.0%", "0.0%", "0.0%", "15", "5/5"]
    assert lines["business"] == ["–", "–", "–", "–", "–", "0", "5/5"]
    with closing(sqlite3.connect(data / "archive.db")) as db:
        late = db.execute("SELECT count(*) FROM reports WHERE days_late > 0").fetchone()[0]
        due = db.execute("SELECT count(*) FROM coverage").fetchone()[0]
    assert sum(int(line.split()[1]) for line in complete.splitlines()[1:]) == due
    assert sum(int(line.split()[3]) for line in timely.splitlines()[1:]) == late == 1
    assert [line.split()[3] for line in rates.splitlines()[1:]] == ["1.0"] * 3


def test_a_blank_takes_its_column_out_of_the_sums(data):
    with closing(sqlite3.connect(data / "archive.db")) as db, db:
        db.execute(
            "UPDATE applications SET natural_person = NULL WHERE row = 'denied_state_secret'"
            " AND report_id = (SELECT min(report_id) FROM reports)"
        )
    notebook = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    composition = outputs(load_runner().run(notebook, data / "archive.db"))[1]
    assert re.search(r"natural_person .* 12 +4/5", composition)


def test_the_kept_notebook_was_run_whole():
    cells = [c for c in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"] if c["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
    assert len([cell for cell in cells if cell["outputs"]]) >= 6
    assert NOTEBOOK.stat().st_size < 50_000


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", TUTORIAL.read_text(encoding="utf-8"), re.S)


def test_every_query_of_the_tutorial_runs(data):
    queries = blocks("sql")
    assert len(queries) >= 5
    with closing(sqlite3.connect(f"file:{data / 'archive.db'}?mode=ro", uri=True)) as db:
        for query in queries:
            assert db.execute(query).description


def test_the_python_of_the_tutorial_runs(data, monkeypatch, capsys):
    """Against the files, and against the site (answered here by the application itself)."""
    import asyncio
    import io
    import urllib.request

    import httpx

    from pipelines.publish.serve import app

    site = app(data)

    async def ask(address: str) -> bytes:
        transport = httpx.ASGITransport(app=site)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            answer = await client.get(address)
            assert answer.status_code == 200, answer.text
            return answer.content

    monkeypatch.setattr(urllib.request, "urlopen", lambda url: io.BytesIO(asyncio.run(ask(url))))
    monkeypatch.chdir(data)
    (data / "gongkai.sqlite").write_bytes((data / "archive.db").read_bytes())
    for block in blocks("python"):
        exec(compile(block, "tutorial", "exec"), {})
    site.close()
    said = capsys.readouterr().out
    assert "2024: 6 applications, stated by 2 of 2 reports" in said
    assert "清溪县教育局 complete -11" in said
