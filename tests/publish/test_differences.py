"""Differences are shown so that a person sees them."""

from __future__ import annotations

from pipelines.publish.pages.differences import between


def change(table: str, old: str | None, new: str | None) -> list[tuple[str, str]]:
    return between({"table_name": table, "old_raw": old, "new_raw": new})["pieces"]


def test_a_number_is_shown_whole():
    assert change("applications", "805", "812") == [("old", "805"), ("new", "812")]


def test_a_text_shows_what_was_put_in_and_taken_out():
    assert change("sections", "深度不够；形式单一", "形式单一") == [
        ("old", "深度不够；"),
        ("same", "形式单一"),
    ]


def test_long_unchanged_parts_are_cut():
    same = "同" * 200
    assert change("sections", same + "甲", same + "乙")[1] == ("gap", "…")


def test_a_section_that_came_or_went():
    assert change("sections", None, "新的一节") == [("new", "新的一节")]


def test_enormous_texts_are_not_compared():
    assert [kind for kind, _ in change("sections", "甲" * 9000, "乙" * 9000)] == ["old", "new"]
