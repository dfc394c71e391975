"""Reports to draw, without a world around them."""

import pytest

from samples import prose
from samples.figures import project, simulate
from samples.report import Agency, Habit, Report

_YEARS = tuple(range(2019, 2026))


@pytest.fixture(scope="session")
def sample_report():
    """Makes a report: ``make(form, habit, tables=…)``."""

    def make(form, habit=Habit(), **changes):  # noqa: B008
        agency = Agency("青垄县教育体育局", "青垄县", "980121", "department", "busy", "jtj")
        year = 2020 if form == "2019" else 2023
        figures = project(simulate("drawn", agency.size, _YEARS)[year], form)
        words = prose.write(agency.name, year, figures, "drawn")
        title = f"{agency.name}{year}年政府信息公开工作年度报告"
        return Report(agency, year, form, figures, words, title, f"{year + 1}-01-20", habit, **changes)

    return make
