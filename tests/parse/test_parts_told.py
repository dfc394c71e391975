"""Counts told in prose, and rows of section two: what contradicts them is told, and nothing else is."""

import pytest

from pipelines.parse.parts_told import contradicted
from pipelines.parse.records import Cell, Section, State
from pipelines.parse.stocks import impossible

OUTCOMES = {"granted": 5, "partially_granted": 2, "denied_internal_affairs": 1, "unavailable_not_held": 3}
ORGANISATIONS = ("business", "research_institution", "other_org")


def cells(table: str, *values: tuple[str, str, int | None]) -> list[Cell]:
    return [
        Cell(table, n, row, column, str(value), value, "", State.BLANK if value is None else State.NUMBER)
        for n, (row, column, value) in enumerate(values)
    ]


def applications(**changed: int) -> list[Cell]:
    kinds = (("natural_person", 9), *zip(ORGANISATIONS, (2, 1, 0), strict=True))
    return cells(
        "applications",
        *(("new_received", kind, changed.get(kind, count)) for kind, count in kinds),
        *((row, "total", count) for row, count in (OUTCOMES | changed).items()),
    )


def told(text: str, printed: list[Cell]) -> list[str]:
    return [issue.detail for issue in contradicted([Section(0, 1, "", text, ((0, len(text)),))], printed)]


@pytest.mark.parametrize(
    "text",
    [
        "全年收到申请12件，其中予以公开5件、部分公开2件，不予公开1件，无法提供3件。",
        "2件申请作出部分公开决定；5件予以公开。",
        "予以公开的申请共5件，部分予以公开2件，不予处理0件。",
        "自然人提出申请9件，法人或其他组织申请3件。",
    ],
)
def test_prose_that_agrees_says_nothing(text):
    assert told(text, applications()) == []


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("其中予以公开5件、部分公开2件，不予公开1件。", {"granted": 2, "partially_granted": 5}),
        (
            "无法提供3件、不予公开1件的申请均已答复。",
            {"unavailable_not_held": 1, "denied_internal_affairs": 3},
        ),
        (
            "自然人申请9件，法人和其他组织申请3件。",
            {"natural_person": 3, "business": 9, "research_institution": 0},
        ),
    ],
)
def test_figures_told_of_other_parts_are_doubted(text, changed):
    (detail,) = told(text, applications(**changed))
    assert detail.startswith("applications: ")


@pytest.mark.parametrize(
    "text",
    [
        "其中予以公开5件、部分公开3件。",
        "予以公开2件。",
        "上半年予以公开2件、部分公开5件，全年予以公开5件、部分公开2件。",
        "复议案件中予以公开2件、部分公开5件。",
        "予以公开二件，部分公开五件。",
    ],
)
def test_prose_that_counts_otherwise_proves_nothing(text):
    assert told(text, applications()) == []


def test_results_of_reconsiderations_are_held_against_the_table():
    printed = cells("reviews", ("reconsideration", "upheld", 1), ("reconsideration", "corrected", 3))
    assert told("发生行政复议4件，其中维持3件，纠正1件。", printed)
    assert not told("发生行政复议4件，其中维持1件，纠正3件。", printed)
    assert not told("行政复议维持3件，行政诉讼纠正1件。", printed)


@pytest.mark.parametrize(
    ("text", "doubted"),
    [
        ("全年制发规范性文件3件，废止1件，现行有效25件。", False),
        ("全年制发规范性文件1件，废止3件，现行有效的规范性文件25件。", True),
        ("新出台行政规范性文件25件，废止规范性文件3件，现行有效1件。", True),
        ("制定规章1件、规范性文件3件，废止3件。", False),
        ("办理行政许可88件、行政处罚9件，未实施行政强制。", False),
        ("作出行政处罚决定88件、办理行政许可9件。", True),
    ],
)
def test_counts_of_section_two_are_held_against_the_table(text, doubted):
    printed = cells(
        "proactive",
        ("normative_documents", "issued", 3),
        ("normative_documents", "repealed", 1),
        ("normative_documents", "in_force", 25),
        ("administrative_licensing", "decisions", 88),
        ("administrative_penalty", "decisions", 9),
        ("administrative_coercion", "decisions", 0),
    )
    assert bool(told(text, printed)) == doubted


@pytest.mark.parametrize(
    ("columns", "values", "doubted"),
    [
        (("issued", "repealed", "in_force"), (3, 1, 20), False),
        (("issued", "repealed", "in_force"), (3, 3, 0), False),
        (("issued", "repealed", "in_force"), (20, 3, 1), True),
        (("issued", "repealed", "in_force"), (3, None, 0), False),
        (("made", "newly_disclosed", "disclosed_total"), (3, 3, 20), False),
        (("made", "newly_disclosed", "disclosed_total"), (3, 20, 3), True),
        (("items_last_year", "change", "decisions"), (6, -6, 20), False),
        (("items_last_year", "change", "decisions"), (4, -6, 20), True),
    ],
)
def test_rows_by_which_less_than_nothing_was_there_are_doubted(columns, values, doubted):
    row = [("normative_documents", column, value) for column, value in zip(columns, values, strict=True)]
    assert bool(list(impossible(cells("proactive", *row)))) == doubted
