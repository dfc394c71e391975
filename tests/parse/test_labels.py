import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.parse import vocabulary as words
from pipelines.parse.labels import Match, Matcher, allowed, core, distance, normal, without_note
from pipelines.parse.records import Method
from pipelines.parse.template import TEMPLATES


def test_normal_form_forgets_what_print_varies():
    assert normal("３.危及“三安全\n一稳定”") == normal('3．危及"三安全一稳定"') == "3.危及三安全一稳定"
    assert normal("㈠ 予以公开") == normal("（一）予以公开") == normal("〔一〕予以公开")
    assert [normal(f"总{sign}计") for sign in "〔[【﹝〕]】﹞．。﹒⁄∕"] == [
        f"总{sign}计" for sign in "(((())))...//"
    ]


@pytest.mark.parametrize(
    "text", ["2.重复申请", "2、重复申请", "（2）重复申请", "２．重 复申请", "二、重复申请", "㈡重复申请："]
)
def test_core_form_forgets_ordinals(text):
    assert core(text) == "重复申请"


def test_numbers_inside_a_label_are_no_ordinals():
    assert core("三安全一稳定") == "三安全一稳定"


@given(st.text("甲乙丙丁", max_size=8), st.text("甲乙丙丁", max_size=8))
def test_distance_is_a_bounded_metric(left, right):
    full = distance(left, right, 99)
    assert full == distance(right, left, 99)
    assert (full == 0) == (left == right)
    assert distance(left, right, 2) == min(full, 3)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("2.其他法律行政止公开", "denied_prohibited_by_law"),
        ("一、本年新收政府信息公开申请量", "new_received"),
        ("属于行政执法案券", "denied_enforcement_files"),
        ("4.保护第三方合法权盗", "denied_third_party_rights"),
        ("5.要求行政机关确认或重新出具已获取信", "not_processed_reconfirmation"),
    ],
)
def test_misprinted_rows_are_found_by_distance(text, key):
    match = words.ROWS.match(text)
    assert match is not None
    assert (match.key, match.method) == (key, Method.FUZZY)
    assert 0.7 <= match.confidence < 1


@pytest.mark.parametrize("text", ["２、重复申请", "重复申请（件）", "2.其他法律行政止公开", "三类信息"])
def test_what_is_printed_as_the_form_has_it_is_found_without_the_near_ones(text):
    near = words.row_label(text)
    assert words.row_printed(text) == (near if near and near.match.sure else None)


def test_misprinted_columns_are_found_by_distance():
    assert words.PROACTIVE_COLUMNS.match("本年度止件数").key == "repealed"
    assert words.APPLICANTS.match("商业机构") == Match("business")
    assert words.OUTCOMES.match("结果纠止").key == "corrected"


@pytest.mark.parametrize(
    "text", ["结果", "结果维正", "", "申请", "行政", "（三）不予公开", "三类信息", "12", "其"]
)
def test_what_is_near_to_two_labels_or_none_is_no_match(text):
    assert words.OUTCOMES.match(text) is None
    assert words.ROWS.match(text) is None


def test_every_label_of_every_form_is_its_own_match():
    for template in TEMPLATES.values():
        for row in template.all_rows:
            assert words.ROWS.match(row.label) == Match(row.key)
        for table in template.proactive:
            assert all(words.ROWS.match(r.label) == Match(r.key) for r in table.rows)
            assert all(words.PROACTIVE_COLUMNS.match(c.label) == Match(c.key) for c in table.columns)


@given(st.data())
def test_one_wrong_character_never_leads_to_another_row(data):
    rows = TEMPLATES["2021"].applications.rows
    row = data.draw(st.sampled_from(rows))
    at = data.draw(st.integers(0, len(row.label) - 1))
    garbled = row.label[:at] + data.draw(st.sampled_from(["", "口", "日月"])) + row.label[at + 1 :]
    match = words.ROWS.match(garbled)
    assert match is None or match.key == row.key


def test_a_label_may_not_stand_for_two_keys():
    with pytest.raises(ValueError, match="stands for"):
        Matcher([("a", "总计"), ("b", "（七）总计")])


ROW_FORMS = sorted(words.ROWS.forms)


def _nearest_of_all(printed: str) -> str | None:
    """The key that a comparison with every label finds, or None: how Matcher must choose."""
    ranked = sorted((distance(printed, form, 99), form) for form in ROW_FORMS)
    near, form = ranked[0]
    key = words.ROWS.forms[form]
    rivals = [(far, other) for far, other in ranked if far - near <= 1 and words.ROWS.forms[other] != key]
    if len(printed) < 3 or near > allowed(len(form)):
        return None
    return None if any(far == near or far < distance(form, other, 99) for far, other in rivals) else key


@given(st.data())
def test_a_label_is_sought_among_the_few_it_may_be_near_to_with_the_same_result(data):
    form = data.draw(st.sampled_from(ROW_FORMS))
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(form)))
        wide, put = data.draw(st.integers(0, 1)), data.draw(st.sampled_from(["", "不", "予", "公开", "某"]))
        form = form[:at] + put + form[at + wide :]
    printed = core(form)
    if printed not in words.ROWS.forms and without_note(printed) == printed and not printed.isascii():
        found = words.ROWS.match(printed)
        assert (found.key if found else None) == _nearest_of_all(printed)


@pytest.mark.parametrize("printed", ["①其他", "❸ 其他", "③、其他", "⑴其他", "⒊其他"])
def test_a_circled_number_before_a_label_is_an_ordinal(printed):
    assert core(printed) == "其他"
