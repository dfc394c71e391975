"""Articles that a page only carries as data, and tables that never end, are read as on a plain page."""

import json
import re
from base64 import b64encode
from html import escape
from urllib.parse import quote

import pytest

from pipelines.parse.read.carried import carried_body
from pipelines.parse.records import Document, Report, State
from pipelines.parse.regions import Regions
from pipelines.parse.report import parse
from samples.counties import World
from samples.render import LAYOUTS

NAVIGATION = "".join(f'<a href="/{number}/">栏目{number}</a>' for number in range(12))


def in_single_quotes(body: str) -> str:
    return "'" + body.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n") + "'"


def in_pieces(body: str) -> list[str]:
    return [json.dumps(piece) for piece in re.split(r"(?=<tr|<p|<table)", body)]


def escaped_for_unescape(body: str) -> str:
    return "".join(c if c.isascii() and c.isalnum() else f"%u{ord(c):04X}" for c in body)


CARRIERS = {
    "template literal": lambda body: f"<script>const article = {{content: `{body}`}};</script>",
    "JSON": lambda body: f"<script>window.DATA={json.dumps({'content': body})};</script>",
    "single quotes": lambda body: f"<script>var c={in_single_quotes(body)};</script>",
    "script of HTML": lambda body: f'<script type="text/html" id="tpl">{body}</script>',
    "textarea": lambda body: f'<textarea style="display:none">{body}</textarea>',
    "escaped textarea": lambda body: f'<textarea style="display:none">{escape(body)}</textarea>',
    "noscript": lambda body: f"<noscript>{body}</noscript>",
    "xmp": lambda body: f"<xmp>{body}</xmp>",
    "template": lambda body: f"<template>{body}</template>",
    "value": lambda body: f'<input type="hidden" value="{escape(body)}">',
    "srcdoc": lambda body: f'<iframe srcdoc="{escape(body)}"></iframe>',
    "percent": lambda body: f'<script>document.write(decodeURIComponent("{quote(body)}"))</script>',
    "percent of UTF-16": lambda body: (
        f"<script>document.write(unescape('{escaped_for_unescape(body)}'))</script>"
    ),
    "escaped in JSON": lambda body: f"<script>var d={json.dumps({'content': escape(body)})}</script>",
    "escaped twice": lambda body: f"<textarea>{escape(escape(body))}</textarea>",
    "JSON in JSON": lambda body: f"<script>var d={json.dumps(json.dumps({'content': body}))}</script>",
    "JSON in an attribute": lambda body: f'<div data-page="{escape(json.dumps({"content": body}))}"></div>',
    "any attribute": lambda body: f'<rich-text :nodes="{escape(body)}"></rich-text>',
    "base 64": lambda body: f"<script>show(decode('{b64encode(body.encode()).decode()}'))</script>",
    "sum of strings": lambda body: f"<script>var h = {' + '.join(in_pieces(body))};</script>",
    "array": lambda body: f"<script>var h = [{', '.join(in_pieces(body))}].join('');</script>",
    "statements": lambda body: (
        f"<script>var h='';{''.join(f'h += {p};' for p in in_pieces(body))}show(h)</script>"
    ),
    "lines": lambda body: f"<script>{''.join(f'document.write({p});' for p in in_pieces(body))}</script>",
    "source shown": lambda body: f"<div>{escape(body)}</div>",
}


@pytest.fixture(scope="module")
def sample():
    site = World.build(seed=7, counties=1, agencies=3).sites[0]
    reports = [p.report for p in site.publications if p.kind == "report" and not p.attached]
    return reports[3]


@pytest.fixture(scope="module")
def body(sample) -> str:
    made = LAYOUTS["html_plain"].body
    assert made is not None
    return "".join(made(sample))


def read(title: str, content: str) -> Report:
    page = (
        f'<html><head><meta charset="utf-8"><title>{title}</title></head><body><div>{NAVIGATION}</div>'
        f"<h1>{title}</h1>{content}<div class=footer>版权所有 网站标识码：1234567890</div></body></html>"
    )
    report = parse(Document(page.encode()), Regions.builtin()).report
    assert report is not None
    return report


def assert_same(read_one: Report, plain: Report) -> None:
    assert [(c.row, c.column_name, c.raw, c.value) for c in read_one.cells] == [
        (c.row, c.column_name, c.raw, c.value) for c in plain.cells
    ]
    assert [(s.number, s.text) for s in read_one.sections] == [(s.number, s.text) for s in plain.sections]


@pytest.mark.parametrize("carrier", CARRIERS)
def test_a_carried_article_is_read_as_if_it_were_shown(carrier, sample, body):
    plain = read(sample.title, f"<div>{body}</div>")
    assert plain.state == "complete"
    assert_same(read(sample.title, CARRIERS[carrier](body)), plain)


def test_what_a_page_shows_wins_over_what_it_carries(sample, body):
    other = body.replace("一、", "一、旧稿")
    plain = read(sample.title, f"<div>{body}</div>")
    assert_same(read(sample.title, f"<div>{body}</div><script>var old = `{other}`;</script>"), plain)


def test_of_two_carried_articles_the_one_of_the_pages_year_is_read(sample, body):
    year = re.search(r"20\d\d", sample.title)[0]
    last = body.replace(year, str(int(year) - 1)) + "<p>上年的文章更长一些。</p>"
    plain = read(sample.title, f"<div>{body}</div>")
    first = f"<p>{sample.title}</p>"
    both = {"previous": first.replace(year, str(int(year) - 1)) + last, "current": first + body}
    found = read(sample.title, f"<script>var d={json.dumps(both)}</script>")
    assert [c.raw for c in found.cells] == [c.raw for c in plain.cells]


def test_a_value_that_a_script_puts_in_itself_is_flagged(sample, body):
    plain = read(sample.title, f"<div>{body}</div>")
    at = body.index(">1<", body.index("结转下年度"))
    pieces = (json.dumps(body[: at + 1]), json.dumps(body[at + 2 :]))
    found = read(sample.title, f"<script>var h = {pieces[0]} + data.rows[3].count + {pieces[1]};</script>")
    apart = [(a, b) for a, b in zip(found.cells, plain.cells, strict=True) if a.state is not b.state]
    assert apart
    assert {a.state for a, _ in apart} == {State.UNREADABLE}


def test_code_is_no_article():
    assert carried_body("<script>var a = 'x'; var b = `" + "no markup here " * 60 + "`;</script>") == ""
    assert carried_body("<p>short</p>") == ""


@pytest.mark.parametrize("lost", [1, 2, 3, 9])
def test_sections_stay_apart_where_tables_never_end(lost, sample, body):
    plain = read(sample.title, f"<div>{body}</div>")
    assert_same(read(sample.title, f"<div>{body.replace('</table>', '', lost)}</div>"), plain)


def test_sections_stay_apart_where_a_last_cell_never_ends(sample, body):
    plain = read(sample.title, f"<div>{body}</div>")
    ending = "</td></tr></table>" if "</td></tr></table>" in body else "</table>"
    assert_same(read(sample.title, f"<div>{''.join(body.rsplit(ending, 1))}</div>"), plain)


def test_a_page_laid_out_as_a_table_keeps_its_article(sample, body):
    plain = read(sample.title, f"<div>{body}</div>")
    laid_out = f"<table><tr><td>左栏</td><td>右栏</td></tr><tr><td>目录</td><td>{body}</td></tr>"
    assert_same(read(sample.title, laid_out), plain)


def test_an_article_that_carries_no_more_than_a_picture_is_no_report_but_no_unreadable_page():
    script = f"<script>var info = {json.dumps({'content': '<p><img src=/1.jpg></p>'})};</script>"
    page = f'<html><head><title>一图读懂年度报告</title></head><body><div id="app"></div>{script}</body>'
    issues = parse(Document(page.encode()), Regions.builtin()).issues
    assert [issue.code for issue in issues] == ["not_a_report"]
