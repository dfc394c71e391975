"""What the documentation names is there: files, modules, pages that it links to."""

from __future__ import annotations

import re
from itertools import chain
from pathlib import Path

import pytest

from pipelines.publish import accuracy

ROOT = Path(__file__).parents[1]
PAGES = sorted(chain(ROOT.glob("*.md"), ROOT.glob("docs/**/*.md"), ROOT.glob("*/README.md")))
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
# a module or a file of data; not those that a run writes, or that a reader is to write
FILE = re.compile(r"`((?!decisions\.toml|data/|\d{6})[\w./-]+\.(?:py|toml|sql|csv|ipynb))`")
LINK = re.compile(r"\]\((?!http)([^)#\s]+)?(#[^)\s]+)?\)")
HEADING = re.compile(r"^#+ (.*)", re.MULTILINE)
# a package of the map, and its table; what stands in the table behind the first column
PACKAGE = re.compile(r"^\*\*`([\w/]+)/`(.*?)(?=^\*\*`|^## )", re.MULTILINE | re.DOTALL)
ROW = re.compile(r"^\|[^|]+\|(.+)\|$", re.MULTILINE)


def anchors(page: Path) -> set[str]:
    """The headings of a page as addresses name them."""
    headings = HEADING.findall(page.read_text(encoding="utf-8"))
    return {"#" + re.sub(r"[^\w\- ]", "", h.lower()).strip().replace(" ", "-") for h in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_what_a_page_names_or_links_to_exists(page: Path):
    text = page.read_text(encoding="utf-8")
    folders = [path for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")]
    for name in FILE.findall(text):
        found = chain([ROOT / name], chain.from_iterable(folder.rglob(name) for folder in folders))
        assert any(path.exists() for path in found), name
    for name, anchor in LINK.findall(text):
        target = page.parent / name if name else page
        assert target.exists(), name
        assert not anchor or anchor in anchors(target), anchor


@pytest.mark.parametrize(("package", "table"), PACKAGE.findall(ARCHITECTURE))
def test_the_map_of_the_modules_names_none_that_is_not_there(package: str, table: str):
    names = re.findall(r"`(\w+)/?`", "".join(ROW.findall(table)))
    assert len(names) > 5
    assert [
        name for name in names if not any((ROOT / package / end).exists() for end in (name, f"{name}.py"))
    ] == []


@pytest.mark.parametrize("package", [package for package, _ in PACKAGE.findall(ARCHITECTURE)])
def test_the_map_of_the_modules_leaves_none_out(package: str):
    modules = [
        p.stem for p in (ROOT / package).iterdir() if p.suffix == ".py" or (p / "__init__.py").exists()
    ]
    assert [
        name for name in modules if name[0] != "_" and not re.search(rf"[`/]{name}\b", ARCHITECTURE)
    ] == []


def test_the_reading_core_knows_nothing_of_what_is_around_it():
    of_others = re.compile(r"(?m)^\s*(?:from|import) (?:pipelines(?!\.parse\b)|crawler|gongkai|samples)\b.*")
    modules = (ROOT / "pipelines" / "parse").rglob("*.py")
    assert [found for p in modules for found in of_others.findall(p.read_text(encoding="utf-8"))] == []


def test_what_is_told_of_the_accuracy_is_what_was_measured():
    found = accuracy.measured()
    for name in ("README.md", "README.zh-CN.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        told = (f"{found.layouts} ", f"{found.cells:,}", f"{100 * found.right / found.cells:.2f} %")
        assert all(figure in text for figure in told), (name, told)
    results = (ROOT / "benchmarks" / "results.md").read_text(encoding="utf-8")
    assert f"| {found.reports} | {found.cells} | {found.right} | {found.flagged} | {found.wrong} |" in results
