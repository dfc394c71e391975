"""Personal numbers planted everywhere in a document: no byte of them in anything that is published."""

from __future__ import annotations

import gzip
import random
import sqlite3
from contextlib import closing

import pyarrow.parquet as pq
import pytest

from pipelines.ingest import ingest
from pipelines.known import Known
from pipelines.publish import publish
from pipelines.publish.release import release
from pipelines.store import Store
from tests.publish.test_masks import card, identity, mobile

pytestmark = pytest.mark.slow

TITLE = "盐池县教育局2023年政府信息公开工作年度报告"
FEES = "13912345678"  # an amount in yuan that looks like a mobile number
PAGE = """<html><head><meta charset=utf-8><title>{TITLE} {0}</title>
<meta name=ContentTitle content="{TITLE}{1}"><meta name=ColumnName content="{2}">
<meta name=ContentSource content="盐池县教育局{3}"><meta name=PubDate content="2024-01-20 {4}"></head><body>
<h1>{TITLE}{5}</h1><p>发布时间：2024-01-20 来源：盐池县教育局 {6} 作者：张三 {7}</p>
<p>一、总体情况 {8}</p>
<p>主动公开30条，联系{9b}，电话{10r}，受理申请{11}件，提出{12n}。办公电话0951-4021664。</p>
<p>二、主动公开政府信息情况</p><table>
<tr><td colspan=4>第二十条第（一）项 {13}</td></tr>
<tr><td>信息内容</td><td>本年制发件数</td><td>本年废止件数</td><td>现行有效件数</td></tr>
<tr><td>规章 {14}</td><td>0</td><td>0</td><td>联系{15}</td></tr>
<tr><td>行政规范性文件</td><td>1</td><td>0</td><td>1</td></tr>
<tr><td colspan=4>第二十条第（八）项</td></tr>
<tr><td>信息内容</td><td colspan=3>本年收费金额（单位：元）</td></tr>
<tr><td>行政事业性收费</td><td colspan=3>{FEES}</td></tr></table>
<p>三、收到和处理政府信息公开申请情况</p>
<table><tr><td>姓名</td><td>电话</td></tr><tr><td>张三</td><td>{16}</td></tr>
<tr><td>李四</td><td>{18}</td></tr></table><p>无。{17} {19}</p>
<p>四、政府信息公开行政复议、行政诉讼情况</p><p>无</p>
<p>五、存在的主要问题及改进情况</p><p>无。</p><p>六、其他需要报告的事项</p><p>无。{20}</p>
<p>盐池县教育局 {21}</p><a href="a.doc">附件 {22}.doc</a></body></html>"""


def written(number: str, way: str) -> str:
    pieces = number[:3], number[3:7], number[7:]
    ways = {"b": "<b>{}</b><i>{}</i>{}", "r": "{}{}<br>{}", "n": "{}&nbsp;{}{}", "": "{}{}{}"}
    return ways[way].format(*pieces)


@pytest.mark.parametrize("make", [identity, card, mobile])
def test_no_byte_of_it_is_published_and_no_statistic_altered(make, tmp_path):
    rng = random.Random(17)
    numbers = [make(rng) for _ in range(25)]
    page = PAGE.replace("{TITLE}", TITLE).replace("{FEES}", FEES)
    for at, number in enumerate(numbers[:23]):
        for way in ("", "b", "r", "n"):
            page = page.replace(f"{{{at}{way}}}", written(number, way))
    report, broken = tmp_path / f"张三{numbers[23]}.html", tmp_path / f"坏{numbers[24]}.docx"
    report.write_text(page, encoding="utf-8")
    broken.write_bytes(b"PK\x03\x04 none")
    data = tmp_path / "data"
    with Store.open(data, write=True) as store:
        known = {report.resolve(): Known(url="http://edu.example.gov.cn/nb/2023.html")}
        taken = ingest(store, data, [report, broken], known=known, workers=1)
        assert len(taken.reports) == 1
    publish(data)
    release(data, tmp_path / "release")

    published = [data / "archive.db", *(path for path in (tmp_path / "release").rglob("*") if path.is_file())]
    assert len(published) > 20
    for path in published:
        content = path.read_bytes()
        content = gzip.decompress(content) if path.suffix == ".gz" else content
        if path.suffix == ".parquet":
            content = repr(pq.read_table(path).to_pylist()).encode()
        shown = [at for at, number in enumerate(numbers) if number.encode() in content]
        assert shown == [], path
    with closing(sqlite3.connect(data / "archive.db")) as archive:
        fees = archive.execute("SELECT raw, value FROM cells WHERE column_name = 'amount_yuan'").fetchall()
        texts = "".join(row[0] for row in archive.execute("SELECT text FROM sections"))
        masked = archive.execute("SELECT DISTINCT state, value FROM cells WHERE raw LIKE '%[已%'").fetchall()
    assert fees == [(FEES, int(FEES))]
    assert set(masked) <= {("text", None)}
    assert "0951-4021664" in texts
    assert FEES in texts
    assert texts.count("[已隐去:") > 10
