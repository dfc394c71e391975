import dataclasses

import pytest

from pipelines.parse.labels import all_normal
from pipelines.parse.template import APPLICATIONS, PROACTIVE, REVIEWS, TABLES, TEMPLATES, detect_format, load


@pytest.mark.parametrize(("form", "sizes"), [("2019", (22, 161, 15)), ("2021", (10, 175, 15))])
def test_forms_have_all_their_cells_in_order(form, sizes):
    cells = TEMPLATES[form].cells()
    by_table = {name: [c for c in cells if c.table_name == name] for name in TABLES}
    assert tuple(len(by_table[name]) for name in TABLES) == sizes
    for found in by_table.values():
        assert [c.ordinal for c in found] == list(range(len(found)))
        assert len({(c.row, c.column_name) for c in found}) == len(found)


def test_relations_name_rows_and_columns_of_their_table():
    for template in TEMPLATES.values():
        tables = {APPLICATIONS: template.applications, REVIEWS: template.reviews}
        assert {r.rule for r in template.relations} == {
            "applications.balance",
            "applications.outcomes",
            "applications.row_total",
            "reviews.total",
        }
        for relation in template.relations:
            table = tables[relation.table]
            known = {x.key for x in (table.rows if relation.scope == "column" else table.columns)}
            assert {*relation.left, *relation.right} <= known


def test_outcomes_are_all_rows_that_are_no_balance():
    for template in TEMPLATES.values():
        (relation,) = (r for r in template.relations if r.rule == "applications.outcomes")
        ends = {"new_received", "carried_over", "total_handled", "carried_forward"}
        assert relation.right == tuple(r.key for r in template.applications.rows if r.key not in ends)


def test_one_row_takes_the_place_of_three():
    template = TEMPLATES["2021"]
    keys = tuple(r.key for r in template.applications.rows)
    swapped = template.substituted(keys, {"other_handling", "granted"})
    assert swapped[20:] == ("other_handling", "total_handled", "carried_forward")
    assert template.substituted(keys, {"other_remaining", "other_handling"}) == keys
    assert len([c for c in template.cells({"other_handling"}) if c.table_name == APPLICATIONS]) == 161


def test_three_rows_take_the_place_of_one():
    cells = TEMPLATES["2019"].cells({"other_correction_overdue", "other_remaining"})
    rows = list(dict.fromkeys(c.row for c in cells if c.table_name == APPLICATIONS))
    assert rows[20:23] == ["other_correction_overdue", "other_fee_unpaid", "other_remaining"]


def test_a_form_is_data():
    text = """
    format = "2031"
    alternatives = []
    relations = []
    marks.proactive = ["本年新标记"]
    [[proactive]]
    item = "20(1)"
    columns = [{ key = "a", label = "甲", kind = "money" }]
    rows = [{ key = "b", label = "乙", variants = ["丙"] }]
    [applications]
    columns = []
    rows = []
    [reviews]
    columns = []
    rows = []
    """
    template = load(text)
    assert [dataclasses.astuple(c) for c in template.cells()] == [(PROACTIVE, 0, "20(1)", "b", "a", "money")]
    assert template.proactive[0].rows[0].spellings() == ("乙", "丙")
    assert template.proactive[0].columns[0].unit == "yuan"


@pytest.mark.parametrize(
    ("texts", "form"),
    [
        (["信息内容", "本年制发件数"], "2021"),
        (["本年收费金额（单位：万元）"], "2021"),
        (["本年新\n制作数量"], "2019"),
        (["上一年", "项目数量"], "2019"),
        (["第二十条第（九）项"], "2019"),
        (["本年新公开数量", "现行有效件数"], "mixed"),
        (["本年新公开数量", "1.申请人无正当理由逾期不补正"], "mixed"),
        (["本年制发件数", "（六）其他处理", "（七）总计"], "2021"),
        (["政府信息公开情况统计表", "统计指标", "主动公开政府信息数"], "2014"),
        (["本年度主动公开政府信息12条"], "prose"),
        ([], "prose"),
    ],
)
def test_the_form_follows_from_the_labels(texts, form):
    found, evidence = detect_format(all_normal(texts))
    assert found == form == evidence.value
    assert evidence.source == "labels"


def test_without_section_two_the_rows_of_section_three_decide():
    for form, template in TEMPLATES.items():
        assert detect_format(all_normal(row.label for row in template.applications.rows))[0] == form
