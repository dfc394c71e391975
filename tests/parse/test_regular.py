"""The quick way to read a table gives what the walk over its elements gives, or leaves the table to it."""

from __future__ import annotations

import random

import pytest
from lxml import etree
from lxml.etree import _Element as Element

from pipelines.parse.read.regular import printed, texts_of
from pipelines.parse.read.rows import cell_text, own_rows, spans_of_rows

# what a cell may hold: numbers as sites print them, and all that may hide, break or part them
INSIDE = (
    "0|12|1,234||&nbsp;|\u3000| 3\r\n |<p>1</p>|<p>\n<span>5</span>\n</p>|<p><span>5</span><o:p></o:p></p>|"
    "<p>a</p><p>b</p>|x<br>y|<b>1</b>2|5<span>0</span>|<p>5<span>0</span></p>|7<p></p>|<p>1<br></p>|"
    "<div><p>1</p>2</div>|<sup>2</sup>|a<hr>b|&lt;td&gt;5|&amp;lt;5|&amp;nbsp;|&#13;|5&#11;|a&#12;b|\u200b6|"
    '\ufffd|3 4|\u00a0\u00a07|<a href="x>y">8</a>|<ul><li>1<li>2</ul>|<input value=5>|<button>4</button>|'
    "<nav>9</nav>|<iframe><td>7</td></iframe>|<xmp><b>5</b></xmp>|<tt>6</tt>|<p<td>1|<!-- 2 -->3|"
    "<textarea>1</textarea>|<select><option>3</select>|<font>1|</font>2|<form>1</form>|<plaintext|"
    "<svg><g>1</g></svg>|<title>1</title>"
)
ATTRIBUTES = (
    "||||rowspan=2|colspan=2|colspan='3' rowspan=2|rowspan=0|colspan=0|colspan=1000000000|rowspan=' 2x'|"
    'rowspan=-1|COLSPAN=2|colspan="&#50;"|rowspan="&#11;2"|title="a rowspan=" rowspan="3"|'
    'title=\'a>b<td>\' colspan=2|x"=1 rowspan=2|a<td b|style="a&quot;b"|/'
)
BETWEEN = (
    "||||\n|\r\n|&nbsp;|\u3000|stray|<!-- c -->|<![if !x]>|<form>|</form>|<col>|<br>|</td>|</tr>|<tr>|<td>|"
    "</tbody>|<tbody>|<p>"
)
COLUMNS = (
    "||<colgroup><col width=3><col></colgroup>|<col><col>|<colgroup></colgroup>|<colgroup>1</colgroup>|"
    "<caption>x</caption>"
)


def one(choices: str, draw: random.Random) -> str:
    return draw.choice(choices.split("|"))


def some_table(draw: random.Random) -> str:
    """A table of HTML as nobody would write it, in a third of the cases one that somebody might."""
    odd = draw.choice((0.0, 0.03, 0.2))
    plain = [
        "<td>{}</td>",
        "<td colspan=2>{}</td>",
        "<td rowspan=2><p>{}</p></td>",
        "<th><p><b>{}</b></p></th>\n",
    ]
    rows = []
    for _ in range(draw.randint(1, 6)):
        cells = ""
        for _ in range(draw.randint(0, 5)):
            if draw.random() < odd * 2:
                name, end = draw.choice(("td", "td", "th")), draw.random() > odd
                cells += f"<{name} {one(ATTRIBUTES, draw)}>{one(INSIDE, draw)}" + f"</{name}>" * end
            else:
                cells += draw.choice(plain).format(draw.choice(("0", "17", "", "共 3")))
            cells += one(BETWEEN, draw) if draw.random() < odd / 2 else ""
        rows.append(f"<tr>{cells}</tr>" if draw.random() > odd else f"<tr class=a>{cells}\n")
    groups = ""
    while rows:
        group = "".join(rows.pop() for _ in range(min(len(rows), draw.randint(1, 6))))
        name = draw.choice(("", "", "tbody", "thead", "tfoot"))
        groups += f"<{name}>{group}</{name}>\n" if name else group
    return f"<table border=1>{one(COLUMNS, draw) if draw.random() < 2 * odd else ''}{groups}</table>"


def parsed(html: str) -> Element:
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    return etree.fromstring(f"<html><body>{html}</body></html>".encode(), parser)


def test_regular_tables_are_read_as_the_walk_reads_them() -> None:
    quick = irregular = 0
    for seed in range(1500):
        html = some_table(random.Random(seed))
        for table in parsed(html).iter("table"):
            found = printed(table) if table.find(".//table") is None else None
            irregular += found is None
            if found is not None:
                quick += 1
                groups, stray = own_rows(table)
                texts = [cell_text(cell, nested=False) for group in groups for row in group for cell in row]
                assert not stray, html
                assert texts_of(found, table) == texts, html
                spans = [
                    group for group in spans_of_rows(groups) if group
                ]  # a group without rows says nothing
                assert [group for group in found.frame.groups if group] == spans, html
    assert quick > 500 and irregular > 300


@pytest.mark.parametrize(
    "html",
    [
        "<table>1<tr><td>2</td></tr></table>",
        "<table><tr><td>1</td>2</tr></table>",
        "<table><td>1<td>2</table>",
        "<table><tfoot><tr><td>9</td></tr></tfoot><tbody><tr><td>1</td></tr></tbody></table>",
        "<table><caption>年度</caption><tr><td>1</td></tr></table>",
        "<table><tr><td rowspan='&#11;2'>1</td></tr></table>",
    ],
)
def test_irregular_tables_are_left_to_the_walk(html: str) -> None:
    assert printed(next(parsed(html).iter("table"))) is None


def test_a_cell_that_holds_more_than_text_is_walked_alone() -> None:
    html = "<table><tr><td>1</td><td><nav>2</nav><p>3</p></td><td>4</td></tr></table>"
    table = next(parsed(html).iter("table"))
    found = printed(table)
    assert found is not None and found.texts == ["1", None, "4"]
    assert texts_of(found, table) == ["1", "3", "4"]
