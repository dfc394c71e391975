"""What expressions and conditions of scripts come to, where that can be told."""

import pytest

from crawler.expressions import evaluated, holds, rendered

KNOWN = {"id": "7", "page": "-5", "kind": "nb", "none": ""}


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("'/nb/' + id + '.html'", "/nb/7.html"),
        ("`/nb/${id}.html`", "/nb/7.html"),
        ("kind == 'nb' ? 'a' + id : 'b'", "a7"),
        ("encodeURIComponent(kind)", "nb"),
        ("'/nb.json?v=' + Math.random()", "/nb.json?v=0"),
        ("'/nb.json?_=' + (+new Date())", "/nb.json?_=0"),
        ("'/nb.json?t=' + new Date().getTime()", "/nb.json?t=0"),
        ("'/nb/' + new Date(unknown) + unknown", None),
        ("'/nb/' + unknown", None),
        ("unknown ? 'a' : 'b'", None),
    ],
)
def test_an_expression_is_told_where_all_of_it_is_known(expression, text):
    assert evaluated(expression, KNOWN.get) == text


@pytest.mark.parametrize(
    ("condition", "held"),
    [
        ("id == 7", True),
        ("id === '07'", True),
        ("id < 10", True),
        ("id >= 7 && id <= 7", True),
        ("page > -7", True),
        ("page < -10", False),
        ("kind != 'nb' || id > 6", True),
        ("kind", True),
        ("none", False),
        ("unknown && id > 8", False),
        ("unknown && id > 6", None),
        ("unknown == 1", None),
    ],
)
def test_a_condition_is_told_where_what_is_known_decides_it(condition, held):
    assert holds(condition, KNOWN.get) is held


@pytest.mark.parametrize(
    ("expression", "known", "text"),
    [
        ("'index_' + (c + 1) + '.html'", {"c": "1"}, "index_2.html"),
        ("c + 1", {"c": "9"}, "10"),
        ("'20' + '1'", {}, "201"),
        ("y + m", {"y": "2024", "m": "01"}, "202401"),
    ],
)
def test_one_more_than_a_number_is_the_next_one(expression, known, text):
    assert evaluated(expression, known.get) == text


def test_a_cell_s_value_is_left_out_of_markup_but_not_of_an_address():
    row = {"id": "31", "title": "标题"}
    assert rendered("'<a href=\"/nb/' + row.id + '\">' + value + '</a>'", row) == '<a href="/nb/31"></a>'
    assert rendered('`<a href="/nb/${row.id}">${value}</a>`', row) == '<a href="/nb/31"></a>'
    assert rendered("'<a href=\"/nb/' + key + '\">' + row.title + '</a>'", row) == ""
