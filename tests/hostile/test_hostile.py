"""No document hangs, crashes or starves a run, and none that is damaged changes its figures in silence."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines.workers import Pool, WorkerFailed
from samples.figures import project, simulate
from samples.prose import write
from samples.render import LAYOUTS
from samples.report import Agency, Habit, Report
from tests.hostile import hostile_markup, hostile_office, hostile_packages, hostile_pages
from tests.hostile.hostile_mutation import mutants

HERE = Path(__file__).parent
CASES = {**hostile_markup.CASES, **hostile_packages.CASES, **hostile_pages.CASES, **hostile_office.CASES}
# seconds of CPU and MB of memory that reading one document may take; 240 MB are the models of OCR
MOST_CPU, MOST_MEMORY = 30, 768
# documents that are known to end the process of any program that uses the same library
DEADLY = frozenset({"pdf form in a loop", "pdf forms of forms"})
BATCH = 25
# a call reads a batch, and each document's own time is measured: a busy machine must not end it
BATCH_CPU = 20 * MOST_CPU
# every so many of the cases are read in `make test`
QUICK = 6
PROBE = "tests.hostile.hostile_probe:probe"
FAMILIES = ("html", "text", "mhtml", "docx", "xlsx", "ofd", "zip", "pdf", "doc", "xls", "rtf", "")


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    """Workers with the limits of a run but for the time of a call, which find the probe."""
    known = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = str(HERE.parents[1])
    try:
        with Pool(2, BATCH_CPU) as workers:
            yield workers
    finally:
        if known is None:
            del os.environ["PYTHONPATH"]
        else:
            os.environ["PYTHONPATH"] = known


def probed(pool: Pool, contents: list[bytes]) -> list[dict[str, Any]]:
    """What became of each document, in order; one that kills its worker is ``None`` there."""
    batches = [contents[at : at + BATCH] for at in range(0, len(contents), BATCH)]
    futures = [pool.submit(PROBE, None, batch) for batch in batches]
    return [outcome for future in futures for outcome in future.result()]


def within_limits(outcome: dict[str, Any]) -> bool:
    return bool(
        outcome["same"]
        and outcome["cpu"] < MOST_CPU
        and outcome["took"] < MOST_MEMORY
        and "reader_failed" not in outcome["codes"]
    )


def test_there_are_enough_of_them() -> None:
    assert len(CASES) >= 500


def cases_of(family: str) -> list[str]:
    """The names of a family's cases that any reader survives; the family "" is the rest."""
    named = {name: name.split()[0] for name in CASES if name not in DEADLY}
    return [name for name, first in named.items() if (first if first in FAMILIES else "") == family]


def check_cases(pool: Pool, names: list[str]) -> None:
    """Each is read or refused with a reason, twice the same, within the limits."""
    assert names
    outcomes = dict(zip(names, probed(pool, [CASES[name]() for name in names]), strict=True))
    assert {name: o for name, o in outcomes.items() if not within_limits(o)} == {}
    assert not [n for n, o in outcomes.items() if o["kind"] == "unreadable" and not all(o["details"])]


@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILIES)
def test_some_hostile_documents_of_each_kind(pool: Pool, family: str) -> None:
    check_cases(pool, cases_of(family)[::QUICK])


@pytest.mark.long
@pytest.mark.parametrize("family", FAMILIES)
def test_hostile_documents(pool: Pool, family: str) -> None:
    check_cases(pool, cases_of(family))


@pytest.mark.long
@pytest.mark.parametrize("name", sorted(DEADLY))
def test_a_document_that_kills_its_worker_is_tried_alone_and_the_next_is_read(pool: Pool, name: str) -> None:
    deadly = pool.submit(PROBE, None, [CASES[name]()])
    after = pool.submit(PROBE, None, [hostile_markup.page("<p>一、总体情况</p>")])
    try:
        assert deadly.result()[0]["same"]
    except WorkerFailed as failed:
        assert failed.reason == "killed"
    assert after.result()[0]["same"]


# --- damaged documents ---------------------------------------------------------


def sample(layout: str) -> bytes:
    figures = project(simulate("damaged", "busy", (2023,))[2023], "2021")
    agency = Agency("青垄县教育体育局", "青垄县", "980121", "department", "busy", "jtj")
    words = write(agency.name, 2023, figures, "damaged")
    title = f"{agency.name}2023年政府信息公开工作年度报告"
    return LAYOUTS[layout].render(Report(agency, 2023, "2021", figures, words, title, "2024-01-20", Habit()))


def good(name: str) -> bytes:
    if name in ("doc", "xls"):
        return (hostile_office.DOCUMENTS / f"filled.{name}").read_bytes()
    if name == "zip":
        return hostile_packages.packed({"年报.html": sample("html_plain")})
    if name == "ofd":
        return hostile_packages.ofd(
            '<ofd:TextObject ID="2" Boundary="1 1 9 9" Size="4"><ofd:TextCode X="0" Y="4" '
            'DeltaX="g 3 4">公开</ofd:TextCode></ofd:TextObject>' * 60
        )
    if name in ("png", "jpeg", "tiff", "gif", "bmp", "webp"):
        return hostile_pages.saved(name.upper(), (8, 8))
    if name == "mhtml":
        return hostile_markup._mhtml(body=sample("html_plain").decode())
    return sample(name)


FORMATS = (
    "html_plain",
    "text_tabs",
    "pdf",
    "docx",
    "doc",
    "xls",
    "xlsx",
    "rtf",
    "ofd",
    "zip",
    "mhtml",
    "png",
    "tiff",
)
# formats whose packing carries checksums: damage can't pass for another document
CHECKED = ("pdf", "docx", "xlsx", "zip")
# ten thousand in all, so many to a test: a run that was stopped goes on with those it lacks (-k, --lf)
SLICES, TO_A_SLICE = 8, 100


def check_damage(pool: Pool, name: str, count: int, seed: str) -> None:
    content = good(name)
    (whole,) = probed(pool, [content])
    right = {tuple(cell[:4]): cell[4] for cell in whole["cells"]}
    for number, outcome in enumerate(probed(pool, mutants(content, count, seed))):
        assert within_limits(outcome), (name, number, outcome)
        if name in CHECKED and not outcome["codes"]:
            wrong = [cell for cell in outcome["cells"] if right.get(tuple(cell[:4])) != cell[4]]
            assert not wrong, (name, number, wrong)


@pytest.mark.slow
@pytest.mark.parametrize("name", FORMATS)
def test_damaged_documents(pool: Pool, name: str) -> None:
    check_damage(pool, name, 6, name)


@pytest.mark.long
@pytest.mark.parametrize("part", range(SLICES))
@pytest.mark.parametrize("name", FORMATS)
def test_ten_thousand_damaged_documents(pool: Pool, name: str, part: int) -> None:
    check_damage(pool, name, TO_A_SLICE, f"{name} {part}")
