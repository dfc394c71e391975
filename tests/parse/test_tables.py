import json
import random
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipelines.parse.read.html import read_html
from pipelines.parse.read.text import read_text
from pipelines.parse.records import (
    Filled,
    Grid,
    GridCell,
    Method,
    Paragraph,
    Place,
    Reading,
    State,
    TableState,
)
from pipelines.parse.tables import fill
from pipelines.parse.template import TEMPLATES
from tests.parse import table_layouts
from tests.parse.table_layouts import LINES, MARKUP, MARKUP_WITH_BLANKS, C, Printed, random_report
from tests.parse.table_reading import FLAGGED, filled, from_html, from_text

SHARED = Path(__file__).parents[3] / "shared"
APPLICANTS = [c.key for c in TEMPLATES["2021"].applications.columns]
RESULTS = ["upheld", "corrected", "other", "pending", "total"]


def official_cells(found: Filled) -> dict:
    return {
        (c.table_name, c.row, c.column_name): c for c in found.cells if not c.table_name.startswith("other")
    }


def not_right(p: Printed, found: Filled) -> dict:
    """Cells that differ from what is printed, with what was read."""
    cells = official_cells(found)
    assert list(cells) == [k for k in p.value if k in cells], "cells come in the order of the form, each once"
    return {
        key: cells.get(key) and (cells[key].state, cells[key].value)
        for key, value in p.value.items()
        if key not in cells
        or cells[key].value != value
        or cells[key].state is not (State.NUMBER if value is not None else State.BLANK)
    }


def wrong(p: Printed, found: Filled) -> dict:
    """Cells that state something else than the document, without a flag."""
    return {key: got for key, got in not_right(p, found).items() if got and got[0] not in FLAGGED}


# --- real reports ----------------------------------------------------------------


def gold_cells(gold: dict) -> dict:
    wanted = {
        ("proactive", row, measure): value
        for rows in gold["proactive"].values()
        for row, measures in rows.items()
        for measure, value in measures.items()
    }
    for table, part, columns in (
        ("applications", "applications", APPLICANTS),
        ("reviews", "review", RESULTS),
    ):
        for row, values in gold[part].get("rows", {}).items():
            wanted |= {(table, row, column): value for column, value in zip(columns, values, strict=True)}
    return wanted


def real_documents():
    for path in sorted((SHARED / "gold").glob("*.json")):
        yield pytest.param(path, SHARED / "seeds" / f"{path.stem}.txt", read_text, id=path.stem[:3])
    yield pytest.param(
        SHARED / "real/gold/pingtan_district_2024.json",
        SHARED / "real/pingtan_district_2024_page.html",
        read_html,
        id="page",
    )


@pytest.mark.skipif(not (SHARED / "gold").exists(), reason="the real reports are not part of the project")
@pytest.mark.parametrize(("gold_file", "document", "reader"), list(real_documents()))
def test_real_reports_are_read_in_full(gold_file, document, reader):
    gold = json.loads(gold_file.read_text(encoding="utf-8"))
    found = filled(reader(document.read_bytes()))
    assert found.format == gold["template"]
    assert {key: cell.value for key, cell in official_cells(found).items()} == gold_cells(gold)
    assert found.states["proactive"] is TableState.TABLE
    assert found.states["applications"] == gold["applications"]["status"]
    assert found.states["reviews"] == gold["review"]["status"]


# --- layouts ---------------------------------------------------------------------

seeds = st.integers(0, 10**6)


@pytest.mark.parametrize("form", ["2019", "2021"])
@pytest.mark.parametrize("layout", MARKUP)
@settings(max_examples=3, deadline=None)
@given(seed=seeds)
def test_markup_layouts_are_read_in_full(layout, form, seed):
    p = random_report(seed, form)
    found = from_html(MARKUP[layout](p))
    assert not_right(p, found) == {}
    assert found.format == form
    assert found.issues == ()


@pytest.mark.parametrize("form", ["2019", "2021"])
@pytest.mark.parametrize("layout", MARKUP_WITH_BLANKS)
@settings(max_examples=3, deadline=None)
@given(seed=seeds)
def test_blank_cells_of_markup_stay_blank(layout, form, seed):
    p = random_report(seed, form, blanks=True)
    assert not_right(p, from_html(MARKUP[layout](p))) == {}


@pytest.mark.parametrize("form", ["2019", "2021"])
@pytest.mark.parametrize("layout", LINES)
@settings(max_examples=3, deadline=None)
@given(seed=seeds)
def test_line_layouts_are_read_in_full(layout, form, seed):
    p = random_report(seed, form)
    found = from_text(LINES[layout](p))
    assert not_right(p, found) == {}
    assert found.issues == ()


@pytest.mark.parametrize("layout", ["tabs", "pipes"])
@settings(max_examples=5, deadline=None)
@given(seed=seeds)
@example(seed=33164)
def test_blank_fields_are_blank_cells_where_no_line_is_padded(layout, seed):
    p = random_report(seed, "2021", blanks=True)
    found = from_text(LINES[layout](p))
    assert wrong(p, found) == {}
    applications = [key for key in not_right(p, found) if key[0] == "applications"]
    assert len(applications) <= 7 * 8


# --- damage ----------------------------------------------------------------------


def damaged(kind: str, rng: random.Random, rows: list) -> list:
    """Rows of section three with one thing gone wrong."""
    at = rng.randrange(len(rows))
    row, first = rows[at], len(rows[at]) - 7
    label = row[first - 1]
    if kind == "value lost":
        del row[first + rng.randrange(7)]
    elif kind == "last value lost":
        del row[-1]
    elif kind == "value doubled":
        row.insert(first, C("7"))
    elif kind == "label lost":
        row[first - 1] = C("", label.colspan, label.rowspan)
    elif kind == "label cell lost":
        del row[first - 1]
    elif kind == "label garbled":
        row[first - 1] = C("口口口", label.colspan, label.rowspan)
    elif kind == "row lost":
        del rows[at]
    elif kind == "row twice":
        rows.insert(at, [*row[:first], *(C("4711") for _ in row[first:])])
    elif kind == "two numbers in a cell":
        row[first + 2] = C("12 34")
    return rows


DAMAGE = [
    "value lost",
    "last value lost",
    "value doubled",
    "label lost",
    "label cell lost",
    "label garbled",
    "row lost",
    "row twice",
    "two numbers in a cell",
]
SOLID_MARKUP = ["official", "one_table", "cut_by_page", "with_extra_columns", "nested", "twice"]
SOLID_LINES = [name for name in LINES if name != "upright_heads"]


@pytest.mark.slow
@pytest.mark.parametrize("kind", DAMAGE)
@pytest.mark.parametrize("layout", [*SOLID_MARKUP, *SOLID_LINES])
@settings(max_examples=3, deadline=None)
@given(seed=seeds, form=st.sampled_from(["2019", "2021"]))
def test_damage_is_flagged_and_never_read(layout, kind, seed, form):
    rng = random.Random(seed)
    p = random_report(seed, form)
    whole = table_layouts.application_rows
    plain = layout in LINES

    def rows(printed):
        body = [[C(c.text) for c in row] if plain else list(row) for row in whole(printed)]
        return damaged(kind, rng, body)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(table_layouts, "application_rows", rows)
        found = from_text(LINES[layout](p)) if plain else from_html(MARKUP[layout](p))
    assert wrong(p, found) == {}
    assert not_right(p, found) != {}
    assert found.issues != ()


@settings(max_examples=20, deadline=None)
@given(seed=seeds)
def test_columns_swapped_with_their_labels_are_read_by_their_labels(seed):
    rng = random.Random(seed)
    p = random_report(seed, "2021")
    order = rng.sample(APPLICANTS, 7)
    names = {c.key: c.label for c in p.template.applications.columns}
    head = [[C("项目"), *(C(names[key]) for key in order)]]
    body = [
        [C(r.label), *table_layouts.applicant_values(p, r.key, order)] for r in p.template.applications.rows
    ]
    page = table_layouts.page(
        table_layouts.table(table_layouts.proactive_rows(p)),
        table_layouts.table(head + rng.sample(body, len(body))),
        table_layouts.table([*table_layouts.review_head(), table_layouts.review_values(p)]),
    )
    assert not_right(p, from_html(page)) == {}


def test_header_labels_left_out_of_order_bind_nothing():
    p = random_report(1, "2021")
    keys = [k for k in APPLICANTS if k != "other_org"]
    keys[1], keys[3] = keys[3], keys[1]
    names = {c.key: c.label for c in p.template.applications.columns}
    body = [[C(r.label), *table_layouts.applicant_values(p, r.key)] for r in p.template.applications.rows]
    page = table_layouts.page("", table_layouts.table([[C("项目"), *(C(names[k]) for k in keys)], *body]), "")
    found = from_html(page)
    assert found.states["applications"] is TableState.UNREADABLE
    assert all(c.state is State.UNREADABLE and c.value is None for c in found.cells)


# --- rules of the contract -------------------------------------------------------


def rows_of(
    *values: str, header: str = "自然人\t商业企业\t科研机构\t社会公益组织\t法律服务机构\t其他\t总计"
) -> str:
    labels = [
        "一、本年新收政府信息公开申请数量",
        "二、上年结转政府信息公开申请数量",
        "四、结转下年度继续办理",
    ]
    lines = [f"\t{header}", *(f"{label}\t{v}" for label, v in zip(labels, values, strict=False))]
    return "三、收到和处理政府信息公开申请情况\n\n" + "\n".join(lines) + "\n"


def test_a_row_of_six_binds_to_no_column_and_raises_one_issue():
    text = rows_of("1\t2\t3\t4\t5\t6\t21", "1\t2\t3\t4\t5\t21")
    found = from_text(text)
    cells = official_cells(found)
    six = [cells["applications", "carried_over", column] for column in APPLICANTS]
    assert {(c.value, c.state) for c in six} == {(None, State.UNREADABLE)}
    assert all(c.raw == "1 2 3 4 5 21" for c in six)
    assert {text[slice(*c.place.span)] for c in six} == {"1\t2\t3\t4\t5\t21"}, "all that it prints"
    assert [i.detail for i in found.issues if i.code == "row_unreadable"] == [
        "applications.carried_over: 6 个数值，7 列 / 6 values for 7 columns: 1 2 3 4 5 21"
    ]
    assert [cells["applications", "new_received", c].value for c in APPLICANTS] == [1, 2, 3, 4, 5, 6, 21]


@pytest.mark.parametrize(
    "header", ["自然人\t商业企业\t科研机构\t社会公益组织\t法律服务机构\t总计", "自然人\t总计", ""]
)
def test_seven_values_bind_though_the_header_lost_labels(header):
    cells = official_cells(from_text(rows_of("1\t2\t3\t4\t5\t6\t21", header=header)))
    assert [cells["applications", "new_received", c].value for c in APPLICANTS] == [1, 2, 3, 4, 5, 6, 21]


def test_rows_the_document_lacks_are_absent():
    found = from_text(rows_of("1\t2\t3\t4\t5\t6\t21"))
    cells = official_cells(found)
    assert cells["applications", "granted", "total"].state is State.ABSENT
    assert [i.code for i in found.issues] == ["rows_absent"]


@pytest.mark.parametrize(
    ("raw", "state"),
    [
        ("0", State.NUMBER),
        ("", State.BLANK),
        ("&nbsp;", State.BLANK),
        ("/", State.DASH),
        ("—", State.DASH),
        ("无", State.NONE_TEXT),
        ("*", State.TEXT),
        ("1,23", State.UNREADABLE),
    ],
)
def test_states_of_cells(raw, state):
    p = random_report(3, "2021")
    p.raw["applications", "granted", "business"] = "ZELLE"
    cell = official_cells(from_html(MARKUP["official"](p).replace("ZELLE", raw)))[
        "applications", "granted", "business"
    ]
    assert cell.state is state
    assert cell.value == (0 if raw == "0" else None)


def test_a_zero_merged_over_the_columns_is_zero_in_each_and_another_number_is_none():
    p = random_report(4, "2021")
    page = MARKUP["official"](p)
    label = "2.重复申请</td>"
    start = page.index(label) + len(label)
    end = page.index("</tr>", start)
    for number, expected in (("0", (0, State.NUMBER)), ("5", (None, State.UNREADABLE))):
        merged = f'{page[:start]}<td colspan="7">{number}</td>{page[end:]}'
        cells = official_cells(from_html(merged))
        row = [cells["applications", "not_processed_duplicate", c] for c in APPLICANTS]
        assert {(c.value, c.state) for c in row} == {expected}


def proactive_2021(header: str, amount: str, before: str = "") -> str:
    return (
        f"二、主动公开政府信息情况\n\n{before}第二十条第（五）项\n信息内容\t本年处理决定数量\n行政许可\t228\n"
        f"第二十条第（八）项\n信息内容\t{header}\n行政事业性收费\t{amount}\n\n三、收到和处理政府信息公开申请情况\n\n无\n"
    )


@pytest.mark.parametrize(
    ("header", "amount", "before", "value"),
    [
        ("本年收费金额（单位：万元）", "1.452", "", 14520),
        ("本年收费金额", "1.452万元", "", 14520),
        ("本年收费金额（单位：万元）", "251元", "", 251),
        ("本年收费金额（单位：元）", "1.5", "", 1.5),
        ("本年收费金额", "0", "", 0),
        ("本年收费金额", "1.452", "", None),
    ],
)
def test_money_is_in_yuan_by_the_nearest_unit(header, amount, before, value):
    cell = official_cells(from_text(proactive_2021(header, amount, before)))[
        "proactive", "administrative_fees", "amount_yuan"
    ]
    assert (cell.value, cell.raw, cell.state) == (value, amount, State.NUMBER)
    assert cell.unit == ("" if value is None else "yuan")


@pytest.mark.parametrize("header", ["本年收费金额（单位：万元）", "本年收费金额"])
@pytest.mark.parametrize("make", [from_text, lambda text: from_html(as_table(text))])
def test_two_units_stated_for_one_amount_give_none(header, make):
    text = proactive_2021(header, "125000").replace("行政事业性收费", "行政事业性收费（元）")
    cell = official_cells(make(text))["proactive", "administrative_fees", "amount_yuan"]
    assert cell.value == (None if "万元" in header else 125000)


@pytest.mark.parametrize("value", ["127", "—"])
def test_columns_told_in_the_cells_of_rows_are_no_rows_of_blanks(value):
    columns = ["自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计"]
    rows = [
        [
            row.label,
            *(
                f"{name}：{value if row.key == 'total_handled' and n in (0, 6) else ''}"
                for n, name in enumerate(columns)
            ),
        ]
        for row in TEMPLATES["2021"].applications.rows
    ]
    body = "".join(f"<tr><td>{'</td><td>'.join(row)}</td></tr>" for row in [["项目", *columns], *rows])
    cells = official_cells(from_html(table_layouts.page("无", f"<table>{body}</table>", "无")))
    assert cells["applications", "total_handled", "natural_person"].state is not State.BLANK


@pytest.mark.parametrize("printed", ["(5)", "5.", "5、", "五、", "（五）"])
def test_an_ordinal_behind_a_label_is_no_end_of_it_but_what_stands_for_its_figure(printed):
    rows = [
        ["第二十条第（五）项", "", "", ""],
        ["信息内容", "本年处理决定数量", "", ""],
        ["行政许可", printed, "", ""],
    ]
    body = "".join(f"<tr><td>{'</td><td>'.join(row)}</td></tr>" for row in rows)
    cells = official_cells(from_html(table_layouts.page(f"<table>{body}</table>", "无", "无")))
    cell = cells["proactive", "administrative_licensing", "decisions"]
    assert (cell.raw, cell.value) == (printed, None)
    assert cell.state in (State.UNREADABLE, State.TEXT)


def as_table(text: str) -> str:
    """A page with the lines of section two as a table."""
    lines = [line.split("\t") for line in text.split("\n")[2:9] if line]
    rows = "".join(f"<tr>{''.join(f'<td>{field}</td>' for field in line)}</tr>" for line in lines)
    return table_layouts.page(f"<table>{rows}</table>", "无", "无")


def test_misprinted_labels_are_bound_and_marked():
    p = random_report(5, "2021")
    page = (
        MARKUP["official"](p)
        .replace("本年废止件数", "本年度止件数")
        .replace("属于行政执法案卷", "属于行政执法案券")
    )
    found = from_html(page)
    assert not_right(p, found) == {}
    cells = official_cells(found)
    for key in (
        ("proactive", "regulations", "repealed"),
        ("applications", "denied_enforcement_files", "total"),
    ):
        assert cells[key].method is Method.FUZZY
        assert 0.8 < cells[key].confidence < 1
    assert cells["proactive", "regulations", "issued"].method is Method.EXACT


def test_one_row_of_other_handling_in_a_2021_document():
    p = random_report(6, "2021")
    whole = table_layouts.application_rows(p)
    rows = [[C(c.text) for c in row] for row in whole]
    three = [i for i, row in enumerate(rows) if row[-8].text[:2] in ("1.", "2.", "3.")][-3:]
    rows[three[0]][-8] = C("")
    rows[three[0]][0] = C("（六）其他处理")
    rows = [row for i, row in enumerate(rows) if i not in three[1:]]
    page = table_layouts.page(
        table_layouts.table(table_layouts.proactive_rows(p)),
        table_layouts.table([*table_layouts.application_head(), *rows]),
        "",
    )
    found = from_html(page)
    cells = official_cells(found)
    assert found.format == "2021"
    assert ("applications", "other_remaining", "total") not in cells
    one = cells["applications", "other_handling", "total"]
    assert one.value == p.value["applications", "other_correction_overdue", "total"]
    assert one.ordinal == 20 * 7 + 6


def test_forms_mixed_in_one_document():
    old, new = random_report(7, "2019"), random_report(7, "2021")
    two = table_layouts.proactive_rows(new, 0) + table_layouts.proactive_rows(old, 1)
    found = from_html(table_layouts.page(table_layouts.table(two), "", ""))
    cells = official_cells(found)
    assert found.format == "mixed"
    assert (
        cells["proactive", "regulations", "issued"].value == new.value["proactive", "regulations", "issued"]
    )
    change = ("proactive", "administrative_licensing", "change")
    assert cells[change].value == old.value[change]
    assert {c.item for c in cells.values()} == {"20(1)", "20(5)"}


def test_a_column_of_the_other_form_tells_that_forms_are_mixed_where_its_neighbours_lost_words():
    found = from_text(
        "二、主动公开政府信息情况\n第二十条第（一）项\n信息内容 | 本年新 | 本年新 | 对外公开总数量 |\n"
        "规章 | 0 | 1 | 2 |\n规范性文件 | 3 | 4 | 5 |\n第二十条第（五）项\n信息内容 | 本年处理决定数量 |\n"
        "行政许可 | 6 |\n第二十条第（八）项\n信息内容 | 本年收费金额（单位：万元） |\n行政事业性收费 | 0 |\n"
    )
    cells = official_cells(found)
    assert found.format == "mixed"
    columns = ("made", "newly_disclosed", "disclosed_total")
    assert [cells["proactive", "normative_documents", each].value for each in columns] == [3, 4, 5]


@pytest.mark.parametrize(("printed", "change"), [("减4", -4), ("增加4", 4), ("↓4", -4)])
def test_a_change_in_words_is_a_value_where_each_cell_is_a_line(printed: str, change: int):
    found = from_text(
        "二、主动公开政府信息情况\n第二十条第（五）项\n信息内容\n上一年项目数量\n本年增/减\n处理决定数量\n"
        f"行政许可\n6\n{printed}\n2\n其他对外管理服务事项\n0\n0\n0\n"
        "第二十条第（六）项\n信息内容\n上一年项目数量\n本年增/减\n处理决定数量\n"
        "行政处罚\n7\n1\n5\n行政强制\n0\n0\n0\n"
    )
    cells = official_cells(found)
    columns = ("items_last_year", "change", "decisions")
    row = [cells["proactive", "administrative_licensing", each].value for each in columns]
    assert row == [6, change, 2]


# --- states of tables ------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "无",
        "无。",
        "（无）",
        "本年度无。",
        "没有",
        "不涉及",
        "无此类情况。",
        "2023年，我局未收到政府信息公开申请。",
        "本年度未发生因政府信息公开被申请行政复议、提起行政诉讼的情况。",
        "本机关本年度收到政府信息公开申请0件。",
    ],
)
def test_a_section_that_says_none(text):
    whole = LINES["tabs"](random_report(1, "2019"))
    three = (
        f"三、收到和处理政府信息公开申请情况\n\n{text}\n\n四、政府信息公开行政复议、行政诉讼情况\n\n无\n\n"
    )
    found = from_text(whole.split("三、收到")[0] + three + "五、存在的主要问题及改进情况\n\n不足。\n")
    assert found.states == {
        "proactive": TableState.TABLE,
        "applications": TableState.STATED_NONE,
        "reviews": TableState.STATED_NONE,
    }
    assert {c.table_name for c in found.cells} == {"proactive"}


@pytest.mark.parametrize("text", ["", "详见附件。", "本年度收到政府信息公开申请5件，均已办结，无行政复议。"])
def test_a_section_without_a_table_that_says_no_none(text):
    found = from_text(
        f"三、收到和处理政府信息公开申请情况\n\n{text}\n\n五、存在的主要问题及改进情况\n\n不足。\n"
    )
    assert found.states["applications"] is TableState.MISSING


def test_a_blank_form_is_a_table_of_blanks():
    p = random_report(1, "2021")
    p.raw = dict.fromkeys(p.raw, "")
    found = from_html(MARKUP["official"](p))
    assert set(found.states.values()) == {TableState.TABLE}
    assert {c.state for c in found.cells} == {State.BLANK}
    assert len(found.cells) == 200


@pytest.mark.parametrize("layout", ["cell_a_line", "blanks_between"])
def test_labels_without_any_value_are_a_table_of_blanks_in_lines_too(layout):
    p = random_report(1, "2021")
    p.raw = dict.fromkeys(p.raw, "")
    found = from_text(LINES[layout](p))
    assert found.states["applications"] is TableState.TABLE
    assert {c.value for c in found.cells} == {None}


@pytest.mark.parametrize("rowspan", [2, 4])
def test_labels_moved_by_a_wrong_span_lead_no_value_astray(rowspan):
    p = random_report(12, "2021")
    page = MARKUP["official"](p).replace(
        '<td rowspan="3" colspan="3">', f'<td rowspan="{rowspan}" colspan="3">'
    )
    assert wrong(p, from_html(page)) == {}


def test_last_years_table_beside_this_years_is_never_mixed():
    this, last = random_report(1, "2021"), random_report(2, "2021")
    tables = [
        table_layouts.table([*table_layouts.application_head(), *table_layouts.application_rows(p)])
        for p in (this, last)
    ]
    found = from_html(table_layouts.page("", f"<p>上年同期</p>{tables[1]}<p>本年</p>{tables[0]}", ""))
    assert {c.value for c in found.cells if c.state is State.NUMBER} <= {0}
    assert found.issues != ()


# --- evidence --------------------------------------------------------------------


@pytest.mark.parametrize("layout", ["tabs", "blanks_between", "cell_a_line", "pipes", "wrapped_middle"])
def test_every_number_of_a_text_can_be_found_again(layout):
    p = random_report(8, "2019")
    text = LINES[layout](p)
    cells = from_text(text).cells
    assert cells
    for cell in cells:
        start, end = cell.place.span
        assert text[start:end] == cell.raw
        assert text[:start].count("\n") == cell.place.line


def test_every_number_of_a_page_keeps_its_cell():
    p = random_report(9, "2021")
    reading = read_html(MARKUP["official"](p).encode())
    printed = {c.place: c.text for b in reading.blocks if isinstance(b, Grid) for c in b.cells}
    cells = filled(reading).cells
    assert all(printed[c.place] == c.raw for c in cells)
    assert len({c.place for c in cells}) == len(cells)


def test_recognised_text_is_marked_with_its_confidence():
    grid = Grid(
        (
            GridCell(0, 0, "信息内容", Place(page=0, box=(0, 0, 1, 1))),
            GridCell(0, 1, "本年处理决定数量", Place(page=0, box=(1, 0, 2, 1)), confidence=0.9),
            GridCell(1, 0, "行政许可", Place(page=0, box=(0, 1, 1, 2)), confidence=0.8),
            GridCell(1, 1, "12", Place(page=0, box=(1, 1, 2, 2)), confidence=0.7),
        ),
        2,
        2,
        Place(page=0, box=(0, 0, 2, 2)),
    )
    found = fill(
        Reading("scan", "image/png", (Paragraph("二、主动公开政府信息情况", Place(page=0)), grid)), ()
    )
    cell = official_cells(found)["proactive", "administrative_licensing", "decisions"]
    assert (cell.value, cell.method, cell.confidence) == (12, Method.OCR, 0.7)


def test_other_tables_are_kept_as_they_are():
    page = table_layouts.page(
        "<table><tr><td>站点</td><td>访问量</td></tr><tr><td>门户</td><td>1,024</td></tr></table>", "无", "无"
    )
    found = from_html(page)
    assert [(c.table_name, c.row, c.column_name, c.raw, c.value) for c in found.cells] == [
        ("other:1", "0", "0", "站点", None),
        ("other:1", "0", "1", "访问量", None),
        ("other:1", "1", "0", "门户", None),
        ("other:1", "1", "1", "1,024", 1024),
    ]


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_any_grid_is_survived_and_no_number_is_invented(data):
    texts = st.sampled_from(
        [
            "",
            "0",
            "7",
            "12 34",
            "规章",
            "行政许可",
            "总计",
            "其他",
            "自然人",
            "结果维持",
            "复议后起诉",
            "本年制发件数",
            "无",
            "/",
        ]
    )
    rows, columns = data.draw(st.integers(1, 6)), data.draw(st.integers(1, 9))
    cells = tuple(
        GridCell(
            r,
            c,
            data.draw(texts),
            Place(table=0, row=r, column=c),
            data.draw(st.integers(1, 3)),
            data.draw(st.integers(1, 3)),
        )
        for r in range(rows)
        for c in range(columns)
    )
    grid = Grid(cells, rows, columns, Place(table=0), data.draw(st.booleans()))
    for cell in fill(Reading("markup", "text/html", (grid,)), ()).cells:
        assert cell.value is None or str(cell.value) in cell.raw


def test_blanks_that_leave_no_trace_stand_where_the_last_label_of_their_header_does():
    outcomes = "\n".join(["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"])
    found = from_text(
        "四、政府信息公开行政复议、行政诉讼情况\n行政复议\n行政诉讼\n未经复议直接起诉\n复议后起诉\n"
        f"{outcomes}\n{outcomes}\n{outcomes}\n五、存在的主要问题及改进情况\n无。"
    )
    places = {c.place.line for c in found.cells if c.table_name == "reviews" and c.state is State.BLANK}
    assert places == {19}
