"""Tables of other offices, years and rows on a report's page: they are never taken for the report's own."""

from collections.abc import Iterable

import pytest

from pipelines.parse.records import TableState
from tests.parse import table_layouts as t
from tests.parse.table_layouts import C, Printed, Row, random_report
from tests.parse.table_reading import FLAGS, apart, flat, from_html, head


def page(p: Printed, three: str, two: str = "", four: str = "") -> str:
    two = two or t.table(t.proactive_rows(p))
    four = four or t.table([*t.review_head(), t.review_values(p)])
    return t.page(two, three, four).replace("乙局", "水利局")


def official(p: Printed) -> str:
    return t.table([*t.application_head(), *t.application_rows(p)])


def told(p: Printed) -> str:
    """Section three as a list, a column a line."""
    columns = p.template.applications.columns
    return "".join(
        f"<p>{row.label}</p>"
        + "".join(f"<p>{c.label}：{p.raw['applications', row.key, c.key]}</p>" for c in columns)
        for row in p.template.applications.rows
    )


def without(column: str, rows: Iterable[Row], p: Printed) -> list[Row]:
    at = [c.key for c in p.template.applications.columns].index(column) + 1
    return [[*row[:at], *row[at + 1 :]] for row in rows]


@pytest.mark.parametrize("office", ["图书馆", "附件2：第一中学", "甲县青山乡", "填报单位：城关镇"])
def test_another_office_s_table_is_not_the_report_s_where_its_own_is_a_picture(office: str) -> None:
    p = random_report(31, "2021")
    found = from_html(page(p, f"<p><img src='1.png'></p><p>{office}</p>{official(p)}"))
    wrong, flagged = apart(p, found)
    assert wrong == set() and {key[0] for key in flagged} == {"applications"}
    assert found.states["applications"] is TableState.UNREADABLE
    raw = {c.raw for c in found.cells if c.table_name == "applications"}
    assert all(p.raw["applications", "total_handled", c] in " ".join(raw) for c in ("business", "total"))


@pytest.mark.parametrize(
    "office",
    [
        *(
            "甲县水利局",
            "县水利水务局",
            "水利局办公室",
            "局机关",
            "县政务公开办公室",
            "甲县人民政府",
            "党政综合办公室",
        ),
        *("我局收到和处理政府信息公开申请情况", "全局", "依申请公开办公室", "县水务局2023年"),
        *(
            "政务公开领导小组办公室",
            "收到和处理政府信息公开申请情况",
            "政府信息公开申请办理情况",
            "表3：局机关情况",
        ),
    ],
)
def test_a_line_that_may_name_the_report_s_own_office_takes_no_table_from_it(office: str) -> None:
    p = random_report(32, "2021")
    assert apart(p, from_html(page(p, f"<p>{office}</p>{official(p)}"))) == (set(), set())


def test_the_office_s_own_table_is_read_behind_those_of_its_units() -> None:
    mine, other = random_report(33, "2021"), random_report(34, "2021")
    three = f"<p>城关镇</p>{official(other)}<p>水利局本级</p>{official(mine)}"
    assert apart(mine, from_html(page(mine, three))) == (set(), set())


def test_a_list_of_the_report_s_own_counts_more_than_another_office_s_table() -> None:
    mine, other = random_report(35, "2021"), random_report(36, "2021")
    found = from_html(page(mine, f"{told(mine)}<p>城关镇</p>{official(other)}"))
    assert apart(mine, found) == (set(), set())


def test_a_table_that_lost_a_column_is_no_mere_mention_beside_another_one() -> None:
    mine, other = random_report(37, "2021", blanks=True), random_report(38, "2021")
    rows = [head(mine), *without("research_institution", flat(mine), mine)]
    found = from_html(page(mine, t.table(rows) + "<p>另附：</p>" + t.table([head(other), *flat(other)])))
    wrong, flagged = apart(mine, found)
    assert wrong == set() and {key for key in mine.value if key[0] == "applications"} <= flagged


def test_a_list_that_lost_a_column_is_not_replaced_by_the_table_of_the_year_before() -> None:
    mine, other = random_report(54, "2021"), random_report(55, "2021")
    lines = told(mine).replace("<p>", "\n<p>").split("\n")
    three = "".join(line for line in lines if not line.startswith("<p>科研机构："))
    after = f"<p>附件：2022年政府信息公开情况表</p>{official(other)}"
    found = from_html(page(mine, three).replace("</div>", f"{after}</div>"))
    wrong, flagged = apart(mine, found)
    assert wrong == set() and {key[0] for key in flagged} == {"applications"}


@pytest.mark.parametrize("form", ["2019", "2021"])
def test_what_a_line_gives_to_the_year_before_is_all_that_follows_it(form: str) -> None:
    mine, other = random_report(39, "2021"), random_report(40, form)
    before = t.table(t.proactive_rows(other)) + official(other)
    before += t.table([*t.review_head(), t.review_values(other)])
    found = from_html(page(mine, official(mine)).replace("</div>", f"<p>附：2022年度数据</p>{before}</div>"))
    assert apart(mine, found) == (set(), set())
    assert found.format == "2021"


def test_last_year_s_table_is_not_this_year_s_where_that_is_a_picture() -> None:
    p = random_report(41, "2021")
    three = f"<p>（2022年）</p>{official(p)}<p>（2023年）</p><p>见下图：</p><p><img src='1.png'></p>"
    wrong, flagged = apart(p, from_html(page(p, three)))
    assert wrong == set() and {key[0] for key in flagged} == {"applications"}


@pytest.mark.parametrize("total", ["合计", "总计"])
def test_the_total_of_rows_of_units_is_not_that_of_the_form(total: str) -> None:
    p = random_report(42, "2021")
    rows = [row for row in flat(p) if "（七）" not in row[0].text]
    units = [[C(name), *map(C, "2468135")] for name in ("城关镇", "青山乡", total)]
    three = t.table([head(p), *rows]) + "<p>各单位情况：</p>" + t.table([head(p, "单位"), *units])
    wrong, flagged = apart(p, from_html(page(p, three)))
    assert wrong == set() and {row for _, row, _ in flagged} == {"total_handled"}


def test_a_row_of_one_of_two_tables_side_by_side_is_nobody_s() -> None:
    mine, other = random_report(43, "2021"), random_report(44, "2021")
    lines = [" ".join(c.text for c in row) for row in flat(mine) if "（七）" not in row[0].text]
    others = [" ".join(c.text for c in row) for row in flat(other)]
    three = "".join(f"<p>{line}</p>" for line in (*lines, *others))
    wrong, _ = apart(mine, from_html(page(mine, three)))
    assert wrong == set()


def test_a_table_of_towns_that_shares_columns_is_not_the_report_s() -> None:
    p = random_report(45, "2021")
    towns = ["自然人", "商业企业", "城关镇", "河东街道", "其他", "合计"]
    matrix = [[C("项目"), *map(C, towns)]]
    matrix += [[row[0], *map(C, "123456")] for row in flat(p)]
    three = "".join(f"<p>{' '.join(c.text for c in row)}</p>" for row in [head(p), *flat(p)])
    found = from_html(page(p, f"{three}<p>各乡镇情况汇总表</p>{t.table(matrix)}"))
    wrong = [c for c in found.cells if c.table_name == "applications" and c.state not in FLAGS]
    assert all(c.raw == p.raw["applications", c.row, c.column_name] for c in wrong)


def test_a_line_that_says_what_its_table_holds_may_name_another_office() -> None:
    p = random_report(46, "2021")
    line = "<p>青山乡收到和处理政府信息公开申请情况</p>"
    wrong, flagged = apart(p, from_html(page(p, f"<p>见图。</p>{line}{official(p)}")))
    assert wrong == set() and {key[0] for key in flagged} == {"applications"}


def test_a_list_counts_as_the_report_s_own_beside_the_tables_of_the_year_before() -> None:
    mine, other = random_report(47, "2021"), random_report(48, "2019")
    two = "".join(
        f"<p>{row.label}</p>"
        + "".join(f"<p>{c.label}：{mine.raw['proactive', row.key, c.key]}</p>" for c in part.columns)
        for part in mine.template.proactive
        for row in part.rows
    )
    before = f"<p>附：2022年度数据</p>{t.table(t.proactive_rows(other))}"
    found = from_html(page(mine, official(mine), two).replace("</div>", f"{before}</div>"))
    assert apart(mine, found) == (set(), set())


def test_a_table_of_towns_alone_is_not_the_report_s_either() -> None:
    p = random_report(49, "2021")
    towns = ["自然人", "商业企业", "城关镇", "河东街道", "其他", "合计"]
    matrix = [[C("项目"), *map(C, towns)], *([row[0], *map(C, "123456")] for row in flat(p))]
    found = from_html(page(p, t.table(matrix)))
    assert [c for c in found.cells if c.table_name == "applications" and c.state not in FLAGS] == []


PICTURE = "<p><img src='1.png' width='700' height='800'></p>"


@pytest.mark.parametrize(
    "name",
    [
        *("附表1 青山乡", "◆图书馆（公章）", "二级单位：水务集团", "城关镇2023年度", "实验小学申请情况"),
        *("附件：甲县公路管理段2023年政府信息公开申请情况", "国有林场", "养护管理处", "东风村"),
    ],
)
@pytest.mark.parametrize("inside", [False, True])
def test_another_office_may_be_named_in_the_table_and_in_many_ways(name: str, inside: bool) -> None:
    p = random_report(50, "2021")
    rows = [*t.application_head(), *t.application_rows(p)]
    three = t.table([[C(name, 10)], *rows]) if inside else f"<p>{name}</p>{t.table(rows)}"
    wrong, flagged = apart(p, from_html(page(p, PICTURE + three)))
    assert wrong == set() and {key[0] for key in flagged} == {"applications"}


@pytest.mark.parametrize("line", ["2022年度", "（2022年）", "2022年度情况统计"])
@pytest.mark.parametrize("pictured", [False, True])
def test_a_table_of_another_year_is_nobody_s_where_a_picture_may_be_the_report_s_own(
    line: str, pictured: bool
) -> None:
    p = random_report(51, "2021")
    rows = [[C(line, 10)], *t.application_head(), *t.application_rows(p)]
    wrong, flagged = apart(p, from_html(page(p, (PICTURE if pictured else "") + t.table(rows))))
    assert wrong == set() and {key[0] for key in flagged} == ({"applications"} if pictured else set())


def test_of_tables_that_begin_with_their_year_that_of_the_title_s_year_is_read() -> None:
    mine, other = random_report(52, "2021"), random_report(53, "2021")
    three = "".join(
        t.table([[C(f"{year}年度", 10)], *t.application_head(), *t.application_rows(p)])
        for year, p in ((2022, other), (2023, mine))
    )
    assert apart(mine, from_html(page(mine, three))) == (set(), set())


@pytest.mark.parametrize("before", [False, True])
def test_rows_of_years_in_a_table_of_the_office_s_own_cast_no_doubt_on_rows_of_blanks(before: bool) -> None:
    p = random_report(61, "2021")
    for row in ("granted", "carried_over", "not_processed_duplicate"):
        for column in p.template.applications.columns:
            p.raw["applications", row, column.key], p.value["applications", row, column.key] = "", None
    years = ("年度 新收 予以公开 总计", "2022年 9 8 7", "2023年 5 4 3")
    own = t.table([[C(text) for text in line.split()] for line in years])
    three = f"{own}<p>如下：</p>{official(p)}" if before else f"{official(p)}<p>对比</p>{own}"
    assert apart(p, from_html(page(p, three))) == (set(), set())
