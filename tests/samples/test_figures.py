import random
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samples import forms
from samples.figures import SIZES, break_sum, broken_rules, project, simulate

YEARS = tuple(range(2019, 2026))


def test_the_forms_have_their_official_number_of_cells():
    assert Counter(key[0] for key in forms.keys("2019")) == {
        "proactive": 22,
        "applications": 161,
        "reviews": 15,
    }
    assert Counter(key[0] for key in forms.keys("2021")) == {
        "proactive": 10,
        "applications": 175,
        "reviews": 15,
    }
    for form in forms.FORMS:
        assert len(set(forms.keys(form))) == len(forms.keys(form))


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=8), st.sampled_from(sorted(SIZES)))
def test_figures_are_coherent_within_and_across_years(seed, size):
    facts = simulate(seed, size, YEARS)
    for form in forms.FORMS:
        years = [project(facts[year], form) for year in YEARS]
        for now in years:
            assert broken_rules(form, now) == ()
            assert all(number >= 0 for key, number in now.items() if key[3] != "change")
        for last, now in pairwise(years):
            for column, _ in forms.APPLICANTS:
                assert (
                    now["applications", "", "carried_over", column]
                    == last["applications", "", "carried_forward", column]
                )


def test_stocks_follow_from_what_came_and_went():
    facts = simulate("stocks", "government", YEARS)
    new = [project(facts[year], "2021") for year in YEARS]
    old = [project(facts[year], "2019") for year in YEARS]
    row = ("proactive", "20(1)", "normative_documents")
    item = ("proactive", "20(6)", "administrative_penalty")
    for n in range(1, len(YEARS)):
        assert (
            new[n][*row, "in_force"]
            == new[n - 1][*row, "in_force"] + new[n][*row, "issued"] - new[n][*row, "repealed"]
        )
        assert (
            old[n][*item, "items_last_year"]
            == old[n - 1][*item, "items_last_year"] + old[n - 1][*item, "change"]
        )
        assert old[n][*row, "disclosed_total"] >= old[n][*row, "newly_disclosed"]


def test_the_same_seed_gives_the_same_figures_and_another_others():
    assert simulate("a", "busy", YEARS) == simulate("a", "busy", YEARS)
    assert simulate("a", "busy", YEARS) != simulate("b", "busy", YEARS)


def test_small_agencies_have_mostly_zeros_and_governments_do_not_stay_idle():
    quiet = [project(simulate(str(n), "township", (2023,))[2023], "2021") for n in range(30)]
    zeros = sum(value == 0 for figures in quiet for value in figures.values())
    assert zeros > 0.9 * 30 * 200
    busy = project(simulate("x", "government", (2023,))[2023], "2021")
    assert busy["applications", "", "new_received", "total"] > 0


@pytest.mark.parametrize("form", forms.FORMS)
def test_a_broken_sum_breaks_rules_and_a_missing_operand_breaks_none(form):
    figures = project(simulate("broken", "busy", YEARS)[2022], form)
    broken = break_sum(figures, random.Random(1))
    assert len([key for key in figures if figures[key] != broken[key]]) == 1
    assert broken_rules(form, broken)
    assert broken_rules(form, dict.fromkeys(broken)) == ()
