"""Lines of text as tools and people set them: rules, captions, heads that come again."""

import json
import re

import pytest

from pipelines.parse.records import State, TableState
from tests.parse import table_layouts as t
from tests.parse.table_layouts import random_report
from tests.parse.table_reading import apart, from_text

HEADS = (
    "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）\t申请人情况\t\t\t\t\t\t总计\n"
    "\t自然人\t法人或其他组织\t商业企业\t科研机构\t社会公益组织\t法律服务机构\t\n"
)


def section(text: str, number: str) -> tuple[int, int]:
    """Where what stands below a section's heading begins and ends."""
    heads = {found[1]: found.span() for found in re.finditer(r"(?m)^(.)、.*(?:情况|事项)$", text)}
    return heads[number][1] + 1, heads["一二三四五六"["一二三四五六".index(number) + 1]][0]


def with_head(text: str, head: str) -> str:
    begin = section(text, "三")[0]
    return text[:begin] + head + text[text.index("一、本年新收") :]


def page_head_again(text: str) -> str:
    head = HEADS.replace("\n", "\t\t\n")
    return re.sub(r"(?m)^(?=.*7\.属于行政执法案卷)", f"\n{head}", with_head(text, head))


def ruled(text: str) -> str:
    text = re.sub(r"\t+", " ", text)
    for number in "四三二":
        begin, end = section(text, number)
        rule = 40 * "-" if number == "二" else 30 * "="
        text = f"{text[:begin]}{40 * '-'}\n{text[begin:end].strip()}\n{rule}\n\n{text[end:]}"
    return text


def behind_labels(sign: str):
    return lambda text: re.sub(r"(?<=[\u4e00-\u9fff）”])\t+(?=\d)", sign, text)


def one_a_line(text: str) -> str:
    return re.sub(r"\t+", "\n", with_head(text, HEADS))


def page_number_below(text: str) -> str:
    return re.sub(r"(?m)(?<=案卷)(\t.*)$", r"\t\1\t\n\n3\n", text)


LAYOUTS = {
    "a head that comes again on the next page": page_head_again,
    "rules around tables": ruled,
    "colons behind labels": behind_labels("："),
    "dots behind labels": behind_labels("……"),
    "one cell a line, 总计 in the upper line of the head": one_a_line,
    "a page's number below a row that blanks begin and end": page_number_below,
    "another conjunction in the head": lambda text: with_head(text, HEADS.replace("人或其", "人和其")),
    "a caption above the head": lambda text: with_head(text, f"附表2\n{HEADS}"),
    "letters written out in a record": lambda text: json.dumps({"text": text}),
    "a remark with a comma in a long head": lambda text: re.sub(
        "采购总金额|本年收费金额",
        r"\g<0>（单位：万元，保留4位小数，按决算数填报）",
        re.sub(r"\t+", " ", text),
    ),
    "circled ordinals": lambda text: re.sub(
        r"(?m)(?<=[\t\n])(\d)\.(?=[\u4e00-\u9fff])", lambda at: chr(0x245F + int(at[1])), text
    ),
}


def report(form: str = "2021"):
    p = random_report(71, form)
    columns = [c.key for c in p.template.applications.columns]
    for row in {row for table, row, _ in p.value if table == "applications"}:
        total = sum(p.value["applications", row, key] for key in columns[:-1])
        p.value["applications", row, "total"], p.raw["applications", row, "total"] = total, str(total)
    return p


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("form", ["2019", "2021"])
def test_tables_are_read_as_they_are_printed(layout, form):
    p = report(form)
    text = LAYOUTS[layout](t.tabs(p))
    assert text != t.tabs(p)
    assert apart(p, from_text(text)) == (set(), set())


def test_totals_that_may_stand_first_one_a_line_are_proved_by_sums():
    p = report()
    text = re.sub(r"(?m)((?:\t\d+){6})(\t\d+)$", r"\2\1", t.tabs(p))
    cells = from_text(one_a_line(text)).cells
    assert {c.state for c in cells if c.table_name == "applications"} == {State.UNREADABLE}


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ("表2：情况统计表\n无", TableState.STATED_NONE),
        ("（一）申请情况统计表\n无\n注：以上数据截至12月31日。", TableState.STATED_NONE),
        ("----------\n单位：件\n无\n----------", TableState.STATED_NONE),
        ("本机关共收到申请5件，具体情况如下：\n无", TableState.MISSING),
        ("申请情况统计表", TableState.MISSING),
    ],
)
def test_a_caption_or_remark_beside_a_none_is_no_table(said, state):
    text = t.tabs(report())
    begin, end = section(text, "三")
    assert from_text(f"{text[:begin]}{said}\n{text[end:]}").states["applications"] is state
