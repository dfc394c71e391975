"""One source for what names mean, and the documentation made from it is fresh."""

from __future__ import annotations

from pathlib import Path

from pipelines.publish import codebook

DOCS = Path(__file__).parents[2] / "docs" / "codebook.md"


def test_the_page_of_the_documentation_is_fresh():
    assert DOCS.read_text(encoding="utf-8") == codebook.markdown(), "run: python -m pipelines.publish"


def test_every_entry_speaks_both_languages():
    assert all(entry.zh and entry.en for entry in codebook.entries())


def test_no_name_is_told_twice():
    names = [(e.table, e.column, e.name) for e in codebook.entries()]
    assert len(names) == len(set(names))
