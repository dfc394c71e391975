"""Lines of text as tools and people set them: rules, captions, heads that come again."""

import json
import re

import pytest

from pipelines.parse.labels import Match
from pipelines.parse.records import Place, State, TableState
from pipelines.parse.tables.findings import Finding, Findings, Slot
from pipelines.parse.tables.stream_doubt import doubt_columns
from pipelines.parse.template import APPLICATIONS
from pipelines.parse.vocabulary import APPLICANT_ORDER
from tests.parse import table_layouts as t
from tests.parse.table_layouts import random_report
from tests.parse.table_reading import apart, from_text

HEADS = (
    "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）\t申请人情况\t\t\t\t\t\t总计\n"
    "\t自然人\t法人或其他组织\t商业企业\t科研机构\t社会公益组织\t法律服务机构\t\n"
)
NAMES = ("自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计")


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


def paged(text: str, every: int = 25) -> str:
    """The text between prose, with the bare number of its page after every so many lines."""
    prose = "我局认真落实条例要求，拓展公开渠道，规范公开程序。\n" * 40
    lines = f"一、总体情况\n{prose}{text.replace('无。', prose)}{prose}".split("\n")
    pages = [lines[at : at + every] for at in range(0, len(lines), every)]
    return "\n".join(line for n, page in enumerate(pages, 1) for line in [*page, str(n)])


def rows_of(text: str, join) -> str:
    """The text with the fields of its tables' lines joined otherwise."""
    return "\n".join(join(line.split("\t")) if "\t" in line else line for line in text.split("\n"))


def piped(names: dict[str, str]):
    """Fields between pipes; ``names`` are those that stand for others, blanks among them."""
    return lambda text: rows_of(
        text, lambda fields: f"|{'|'.join(names.get(field, field) for field in fields)}|"
    )


def in_python(fields: list[str]) -> str:
    return f"{[field or None for field in fields]},"


def in_tex(fields: list[str]) -> str:
    first, *others = fields
    return (
        " & ".join([first if first.isdigit() else f"\\multirow{{2}}{{*}}{{{first}}}", *others])
        + r" \\ \hline"
    )


def with_blanks(text: str) -> str:
    """Two blank fields between the label of each row of section three and its values."""
    return re.sub(r"(?m)((?:\t[\d,]+){7})$", r"\t\t\1", text)


def told(text: str) -> str:
    """Section three as a list, in which the group stands before the label of each row."""
    begin, end = section(text, "三")
    rows = re.findall(r"(?m)^(?:（[三四五六]）(\S+)\t)?(?:三\S+\t)?(\S+)((?:\t[\d,]+){7})$", text[begin:end])
    lines, group = [], ""
    for named, label, values in rows:
        group = named or (group if label[0].isdigit() else "")
        pairs = "，".join(map("".join, zip(NAMES, values.split(), strict=True)))
        lines.append(f"* {group}{'-' if group else ''}{label}：{pairs}")
    return text[:begin] + "\n".join(lines) + "\n\n" + text[end:]


LAYOUTS = {
    "a list, each row with its group": told,
    "line ends of markdown in cells": lambda text: piped({"未经复议直接起诉": "未经复议直接<br>起诉"})(text),
    "names that programs give blank cells": lambda text: piped({"": "NaN"})(with_blanks(text)),
    "line ends of markdown in a text whose ends are written out": lambda text: piped(
        {"行政规范性文件": "行政规范<br>性文件", "未经复议直接起诉": "未经复议直接<br>起诉"}
    )(text).replace("\n", "\\n"),
    "lists as Python prints them": lambda text: rows_of(text, in_python),
    "lists in a record": lambda text: json.dumps(
        {"text": rows_of(text, lambda fields: json.dumps(fields, ensure_ascii=False))}, ensure_ascii=False
    ),
    "cells of TeX over others": lambda text: rows_of(text, in_tex),
    "a head that comes again on the next page": page_head_again,
    "rules around tables": ruled,
    "colons behind labels": behind_labels("："),
    "dots behind labels": behind_labels("……"),
    "one cell a line, 总计 in the upper line of the head": one_a_line,
    "a page's number below a row that blanks begin and end": page_number_below,
    "bare numbers of pages": paged,
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
    """A report whose rows add up, printed without separators and units."""
    p = random_report(71, form)
    for table, row in {key[:2] for key in p.value if key[0] != "proactive"}:
        cells = {key: p.value[key] for key in p.value if key[:2] == (table, row)}
        cells[table, row, "total"] = sum(n for key, n in cells.items() if key[2] != "total")
        for key, n in cells.items():
            p.value[key], p.raw[key] = n, str(n)
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


def test_a_figure_on_the_line_behind_a_list_may_be_the_rest_of_its_last_one():
    text = t.tabs(report())
    two = "- 行政处罚：本年处理决定数量21\n9\n"
    begin, end = section(text, "二")
    cells = from_text(f"{text[:begin]}第二十条第（六）项\n{two}{text[end:]}").cells
    assert State.NUMBER not in {c.state for c in cells if c.row == "administrative_penalty"}


def test_a_pages_number_stands_for_no_blank_cell():
    text = t.tabs(report())
    begin, end = section(text, "二")
    for lines in range(20, 60):
        cells = from_text(
            paged(text[:begin] + re.sub(r"(?<=许可|收费)\t.*", "", text[begin:end]) + text[end:], lines)
        ).cells
        assert not [c.raw for c in cells if c.label.endswith(("许可", "收费")) and c.state is State.NUMBER]


@pytest.mark.parametrize("row", ["4\t{0}\t\t{2}", "4\t\t{1}\t{2}"])
def test_a_number_before_a_row_of_reviews_that_has_a_blank_cell_moves_none_of_its_values(row):
    p = report()
    values = [p.raw[key] for key in p.raw if key[0] == "reviews"]
    first = row.format(*values)
    text = t.tabs(p).replace("\t".join(values), "\t".join([first, *values[3:]]))
    wrong, flagged = apart(p, from_text(text))
    assert wrong == set()
    assert {key[0] for key in flagged} == {"reviews"}


def test_a_number_below_a_row_of_reviews_that_has_lost_a_cell_is_none_of_its_values():
    p = report()
    values = [p.raw[key] for key in p.raw if key[0] == "reviews"]
    text = t.tabs(p).replace("\t".join(values), "\t".join([*values[:3], *values[4:]]) + "\n\n5")
    assert apart(p, from_text(text))[0] == set()


def rows_with(text: str, label: str, row: str) -> str:
    """The text with what stands behind a row's label and its tab in the place of its values."""
    return re.sub(rf"(?m)^(.*{label})\t.*$", lambda found: row.replace("LABEL", found[1]), text)


@pytest.mark.parametrize(
    "row",
    [
        "LABEL 189 294 271   143 321 1218 见附表",  # the fourth cell is blank
        "LABEL\n189\n294\n271\n143\n897\n见附表\n24",
        "属于国家秘密189294271 1433211218见附表",  # digits that happen to be a row: 1 8 9 2 9 42 71
    ],
)
def test_values_before_a_remark_are_not_those_of_the_columns_before_it(row):
    p = report("2019")
    text = re.sub(r"(?m)^.*（七）总计.*\n", "", rows_with(t.tabs(p), "属于国家秘密", row))
    cells = from_text(text).cells
    assert {c.state for c in cells if c.row == "denied_state_secret"} == {State.UNREADABLE}


def test_words_in_place_of_a_total_leave_the_row_as_it_is():
    text = rows_with(t.tabs(report()), "属于国家秘密", "LABEL\t1\t2\t0\t0\t0\t4\t见附表")
    cells = [c for c in from_text(text).cells if c.row == "denied_state_secret"]
    assert [c.value for c in cells] == [1, 2, 0, 0, 0, 4, None]


def values_of(p, row):
    return " ".join(p.raw["applications", row, c.key] for c in p.template.applications.columns)


def test_a_row_printed_upright_is_not_the_one_whose_label_begins_its_own():
    p = report("2019")
    upright = f"（\n六\n）\n其    {values_of(p, 'other_handling')}\n他\n处\n理"
    text = re.sub(r"(?m)^.*（六）其他处理.*$", upright, t.tabs(p))
    assert apart(p, from_text(text)) == (set(), set())
    assert "other_remaining" not in {c.row for c in from_text(text).cells}


def test_the_rest_of_a_label_before_an_upright_ordinal_names_no_row():
    p = report("2021")
    rest = "3\n.\n275 268 5 223 771\n理 其\n他"  # two of its cells are blank
    total = f"（\n七\n）    {values_of(p, 'total_handled')}\n总\n计"
    text = re.sub(r"(?m)^.*3\.其他\t.*\n.*（七）总计.*$", f"{rest}\n\n{total}", t.tabs(p))
    assert apart(p, from_text(text))[0] == set()


@pytest.mark.parametrize(("total_at", "flagged"), [(1, True), (0, False)])
def test_columns_in_an_order_of_their_own_need_totals_that_are_sums(total_at, flagged):
    """Behind 自然人 stands 总计 in a header of two levels that runs on; it may stand first of all."""
    order = [key for key in APPLICANT_ORDER if key != "total"]
    order.insert(total_at, "total")
    values = (
        ["417", "229", "6", "3", "168", "2", "9"] if total_at == 0 else ["7", "4", "4", "33", "7", "0", "55"]
    )
    slots = {key: Slot(value, Place(), column=Match(key)) for key, value in zip(order, values, strict=True)}
    rows = [Finding(APPLICATIONS, row, "", Match(row), Place(), slots) for row in ("granted", "carried_over")]
    found = Findings(rows=rows)
    doubt_columns(found)
    assert all(bool(row.problem) is flagged for row in found.rows)


def test_a_figure_that_a_line_cuts_is_not_half_of_it():
    text = re.sub(r"(?m)^(行政事业性收费)\t.*$", r"\1\n31.236\n7", t.tabs(report("2021")))
    assert not [
        c for c in from_text(text).cells if c.row == "administrative_fees" and c.state is State.NUMBER
    ]


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


def test_a_row_that_only_one_way_met_is_the_one_over_which_values_moved_up():
    p = report()
    begin, end = section(t.tabs(p), "三")
    rows = [line.split("\t") for line in t.tabs(p)[begin:end].split("\n") if line.count("\t") > 6]
    values = [row[-7:] for row in rows]
    values[12:16] = [*values[13:16], []]  # those of the thirteenth row are lost
    lines = []
    for row, shown in zip(rows, values, strict=True):
        label = row[-8]
        cells = f"|{'|'.join(f'{value:7}' for value in shown)}|" if shown else ""
        lines += [f"|{label[:6]}{cells}", f"|{label[6:] or ' '}|{'       |' * 7}"]
    text = (
        t.tabs(p)[:begin] + "\n".join(["|项目|" + "|".join(NAMES) + "|", *lines]) + "\n\n" + t.tabs(p)[end:]
    )
    wrong, _ = apart(p, from_text(text))
    assert wrong == set()
