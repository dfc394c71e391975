"""The tables of a report stand as the official form prints them."""

from __future__ import annotations

import pytest

from pipelines.publish.pages.forms import Filler, template_of
from pipelines.publish.pages.language import Words


def cell(row: str, column: str, raw: str = "1", state: str = "number", table: str = "applications", **more):
    return {
        "table_name": table,
        "item": None,
        "row": row,
        "column_name": column,
        "label": None,
        "raw": raw,
        "state": state,
    } | more


def test_a_single_row_of_other_handling_takes_the_place_of_three():
    template = template_of("2021", 2023)
    rows = Filler([cell("other_handling", "total")], [], []).rows_of(template)
    keys = [row.key for row in rows]
    assert "other_handling" in keys and "other_remaining" not in keys
    assert keys.index("other_handling") == keys.index("total_handled") - 1


def test_groups_head_their_rows():
    template = template_of("2021", 2023)
    form = Filler([], [], []).form(template.applications)
    heads = {line.group: line.span for line in form.lines if line.group}
    assert {Words("zh")[name]: span for name, span in heads.items()} == {
        "（三）不予公开": 8, "（四）无法提供": 3, "（五）不予处理": 5, "（六）其他处理": 3,
    }  # fmt: skip


def test_a_row_bound_to_no_column_is_unbound():
    columns = [column.key for column in template_of("2021", 2023).applications.columns]
    cells = [cell("granted", column, "0 0 0 0 0 0", "unreadable") for column in columns]
    lines = Filler(cells, [], []).form(template_of("2021", 2023).applications).lines
    assert [line.key for line in lines if line.unbound] == ["granted"]


def test_checks_stand_beside_their_row_and_under_their_column():
    checks = [
        {"rule": "applications.row_total", "scope": "granted", "outcome": "fail"},
        {"rule": "applications.balance", "scope": "total", "outcome": "pass"},
    ]
    form = Filler([], [], checks).form(template_of("2021", 2023).applications)
    assert [line.key for line in form.lines if line.checks] == ["granted"]
    assert form.column_checks["applications.balance"][-1] == checks[1]


def test_last_year_stands_beside_and_a_printed_label_goes_first():
    this = [cell("granted", "total", "2", label="（一） 予以公开")]
    form = Filler(this, [cell("granted", "total", "5", value=5)], []).form(
        template_of("2021", 2023).applications
    )
    line = next(line for line in form.lines if line.key == "granted")
    assert line.label == "（一）予以公开"
    assert line.before[-1]["value"] == 5


def test_a_mixture_is_laid_out_by_its_year():
    assert template_of("mixed", 2020).format == "2019"
    assert template_of("mixed", 2022).format == "2021"


@pytest.mark.parametrize(
    ("raw", "value", "unit"),
    [
        ("1.452", 14520, "万元"),
        ("１．４５２", 14520, "万元"),
        ("14,520", 14520, "元"),
        ("1.452万元", 14520, ""),  # it names its unit itself
        ("0", 0, ""),
        ("1.452", None, ""),
        ("12", 34, ""),
    ],
)
def test_the_unit_that_amounts_are_printed_in_stands_in_the_header(raw, value, unit):
    fees = template_of("2021", 2023).proactive[-1]
    amount = cell(
        "administrative_fees", "amount_yuan", raw, table="proactive", unit="yuan", value=value, item=fees.item
    )
    assert Filler([amount], [], []).form(fees).units == (unit,)
