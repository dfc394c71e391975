"""The archive is open to everybody, and nothing but the archive."""

from __future__ import annotations

import asyncio
from importlib.resources import files

import pytest
from jinja2 import Environment

from pipelines.publish.public import Public
from pipelines.publish.serve import Edition, _inspected


@pytest.fixture
def opened(site_data) -> Public:
    path = site_data / "archive.db"
    edition = Edition(path, (), _inspected(path), "secret")
    yield edition.datasette
    edition.close()


@pytest.mark.parametrize(
    ("action", "resource", "allowed"),
    [
        ("view-instance", None, True),
        ("view-database", "archive", True),
        ("view-table", ("archive", "reports"), True),
        ("view-query", ("archive", "grant_rates"), True),
        ("execute-sql", "archive", True),
        ("view-database", "_internal", False),
        ("view-table", ("_internal", "tables"), False),
        ("view-database-download", "archive", False),
        ("permissions-debug", None, False),
    ],
)
def test_what_there_is_may_be_seen_and_nothing_else_done(opened, action, resource, allowed):
    assert asyncio.run(opened.permission_allowed(None, action, resource, default=True)) is allowed


def test_templates_are_ready_before_a_page_is_asked_for(opened):
    opened.compile_templates()
    ready = {name for pages in (opened.jinja_env, opened.own_pages) for _, name in pages.cache}
    assert {"site/report.html", "site/_forms.html", "table.html", "error.html"} <= ready


def test_the_next_edition_has_its_templates_from_the_last(opened, monkeypatch):
    opened.compile_templates()
    monkeypatch.setattr(Environment, "compile", lambda *_: pytest.fail("a template is compiled again"))
    another = Public([], template_dir=str(files("pipelines.publish") / "templates"))
    another.compile_templates()
    assert another.own_pages.get_template("site/report.html") is not None


def test_our_own_pages_are_filled_in_one_go(opened):
    template = opened.own_pages.from_string("{{ said }}")
    filling = template.render_async(said="公开")
    with pytest.raises(StopIteration, match="公开"):  # at the first step
        filling.send(None)
    assert not template.environment.is_async and opened.jinja_env.is_async
