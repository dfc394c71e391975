"""One source for what names mean, and the documentation made from it is fresh."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

from pipelines.publish import codebook

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs" / "codebook.md"
LOOKUPS = ROOT / "pipelines" / "parse" / "lookups.toml"
FUNCTIONS, METHODS = {"Issue", "Unreadable", "_refuse"}, {"add_issue", "doubt", "_issue"}  # open issues
SEVERITIES = {"info", "warning", "error"}


def test_the_page_of_the_documentation_is_fresh():
    assert DOCS.read_text(encoding="utf-8") == codebook.markdown(), "run: python -m pipelines.publish"


def test_every_entry_speaks_both_languages():
    assert all(entry.zh and entry.en for entry in codebook.entries())


def test_no_name_is_told_twice():
    names = [(e.table, e.column, e.name) for e in codebook.entries()]
    assert len(names) == len(set(names))


def test_every_field_of_work_is_told():
    told = {
        entry.name for entry in codebook.entries() if (entry.table, entry.column) == ("agencies", "function")
    }
    assert told == set(tomllib.loads(LOOKUPS.read_text(encoding="utf-8"))["agencies"]["functions"])


def issue_codes(module: ast.Module) -> Iterator[str]:
    """The codes that a module opens issues with: the first text of a call that is one word."""
    named = {
        target.id: node.value.value
        for node in ast.walk(module)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for call in (node for node in ast.walk(module) if isinstance(node, ast.Call)):
        if getattr(call.func, "id", "") in FUNCTIONS or getattr(call.func, "attr", "") in METHODS:
            texts = [getattr(each, "value", named.get(getattr(each, "id", ""))) for each in call.args]
            words = [text for text in texts if isinstance(text, str) and text.isascii() and text.islower()]
            yield from [word for word in words if " " not in word and word not in SEVERITIES][:1]


def test_every_issue_has_a_meaning():
    paths = [path for folder in ("crawler", "pipelines") for path in (ROOT / folder).rglob("*.py")]
    texts = [path.read_text("utf-8") for path in paths]
    opening = [text for text in texts if any(f"{name}(" in text for name in FUNCTIONS | METHODS)]
    found = {code for text in opening for code in issue_codes(ast.parse(text))}
    known = {entry.name for entry in codebook.entries() if (entry.table, entry.column) == ("issues", "code")}
    assert found - known == set()
    assert len(found) > 60
