"""Articles that an interface answers as JSON are read as the page that a script makes of them."""

import json
from base64 import b64encode
from html import escape
from urllib.parse import quote

import pytest

from pipelines.parse.read.html import marked_elements
from pipelines.parse.read.json_page import page_of_json
from pipelines.parse.records import Document, Kind, Report
from pipelines.parse.regions import Regions
from pipelines.parse.report import parse
from samples.counties import World
from samples.render import LAYOUTS

MADE = LAYOUTS["html_plain"].body


def told(title: str, body: str) -> dict[str, object]:
    """An article as an interface states it."""
    return {
        "id": 31,
        "title": title,
        "publishTime": "2026-03-02 09:10:00",
        "source": "办公室",
        "content": body,
    }


def in_base64(text: str) -> str:
    return b64encode(text.encode()).decode()


CARRIERS = {
    "an object": lambda one: json.dumps({"code": 200, "data": one}),
    "in Chinese": lambda one: json.dumps({"code": 200, "data": one}, ensure_ascii=False, indent=1),
    "a list": lambda one: json.dumps([one], ensure_ascii=False),
    "a string of JSON": lambda one: json.dumps({"ok": True, "data": json.dumps(one)}),
    "a call": lambda one: f"show({json.dumps(one)});",
    "a guarded call": lambda one: f"/**/ show && show({json.dumps(one)});",
    "a variable": lambda one: f"var article = {json.dumps(one)};",
    "escaped markup": lambda one: json.dumps(one | {"content": escape(str(one["content"]))}),
    "percent-encoded": lambda one: json.dumps(one | {"content": quote(str(one["content"]))}),
    "base64": lambda one: json.dumps(one | {"content": in_base64(str(one["content"]))}),
    "base64 of JSON": lambda one: json.dumps({"code": 200, "data": in_base64(json.dumps(one))}),
    "epoch": lambda one: json.dumps(one | {"publishTime": 1772413800000}),
    "its text beside": lambda one: json.dumps(one | {"contentText": "一、总体情况", "remark": ""}),
    "around it": lambda one: json.dumps(
        {k: v for k, v in one.items() if k != "content"} | {"detail": {"html": one["content"]}}
    ),
}


@pytest.fixture(scope="module")
def samples():
    site = World.build(seed=7, counties=1, agencies=3).sites[0]
    return [p.report for p in site.publications if p.kind == "report" and not p.attached]


def body_of(report) -> str:
    assert MADE is not None
    return "".join(MADE(report))


def read(content: str) -> Report:
    report = parse(
        Document(content.encode(), url="http://www.example.gov.cn/api/31"), Regions.builtin()
    ).report
    assert report is not None
    return report


@pytest.mark.parametrize("carrier", CARRIERS)
def test_an_article_in_json_is_read_as_its_page(carrier, samples):
    sample = samples[3]
    body = body_of(sample)
    plain = read(
        f'<html><head><meta name="ArticleTitle" content="{sample.title}"></head>'
        f"<body><h1>{sample.title}</h1><div>{body}</div></body></html>"
    )
    found = read(CARRIERS[carrier](told(sample.title, body)))
    assert plain.state == found.state == "complete"
    assert [(c.row, c.column_name, c.raw, c.value) for c in found.cells] == [
        (c.row, c.column_name, c.raw, c.value) for c in plain.cells
    ]
    assert [s.text for s in found.sections] == [s.text for s in plain.sections]
    assert (found.identity.agency, found.identity.year) == (plain.identity.agency, plain.identity.year)
    assert found.identity.published_on == "2026-03-02"


def test_a_cell_is_found_again_in_the_json(samples):
    content = CARRIERS["an object"](told(samples[3].title, body_of(samples[3]))).encode()
    cells = [cell for cell in read(content.decode()).cells if cell.raw and cell.place is not None]
    assert len(cells) > 20
    for cell in cells:
        _, element = marked_elements(content, "", cell.place)
        assert element is not None
        assert "".join(element.itertext()).strip() == cell.raw


def test_files_beside_the_text_are_links():
    one = told("某县2025年政府信息公开工作年度报告", "<p>见附件。</p>")
    page = page_of_json(json.dumps({"data": one | {"files": [{"name": "年报.pdf", "url": "/u/1.pdf"}]}}))
    assert '<a href="/u/1.pdf">年报.pdf</a>' in page


def test_of_several_reports_each_is_named(samples):
    first, second = (told(sample.title, body_of(sample)) for sample in (samples[0], samples[3]))
    parsed = parse(Document(json.dumps({"rows": [first, second]}).encode()), Regions.builtin())
    assert parsed.members == (samples[0].title, samples[3].title)


@pytest.mark.parametrize(
    "text",
    [
        '{"rows": [{"title": "某县2025年政府信息公开工作年度报告", "url": "/a/1.html"}]}',
        "{某县}2025年政府信息公开工作年度报告",
        '{"content": "<p>一、总体情况</p>"',
        "<html><body>{}</body></html>",
        "",
    ],
)
def test_what_is_no_article_in_json_makes_no_page(text):
    assert page_of_json(text) == ""


def test_a_list_in_json_is_no_report():
    rows = [
        {"title": f"某县某局{y}年政府信息公开工作年度报告", "memo": f"<p>{y}</p>"} for y in range(2019, 2026)
    ]
    assert parse(Document(json.dumps({"rows": rows}).encode()), Regions.builtin()).kind is not Kind.REPORT


def test_json_nested_too_deeply_is_told():
    content = b'{"content": "<p>x</p>", "a": ' + b"[" * 5_000 + b"]" * 5_000 + b"}"
    parsed = parse(Document(content), Regions.builtin())
    assert [issue.code for issue in parsed.issues] == ["too_deep"]
