"""An operator's decisions: read whole, or refused with file, line and key."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.decisions import Decisions, Renamed, load_decisions
from pipelines.errors import BadDecisions

GOOD = """# 机构改革
[[agency]]
region = "640323"
names = ["盐池县教育局", "盐池县教育体育局"]

[[agency]]
region = "640424"
names = [
    "泾源县 国土资源局",
    "泾源县自然资源局",
]
"""


def written(data: Path, text: str | bytes) -> Path:
    (data / "decisions.toml").write_bytes(text if isinstance(text, bytes) else text.encode())
    return data


def test_no_file_is_no_decision(tmp_path: Path) -> None:
    assert load_decisions(tmp_path) == Decisions()


def test_names_are_read_in_their_order(tmp_path: Path) -> None:
    found = load_decisions(written(tmp_path, "\ufeff" + GOOD))
    assert found.agencies[1] == Renamed("640424", ("泾源县国土资源局", "泾源县自然资源局"))
    assert found.renamed("640323", "盐池县教育局") == found.agencies[0]
    assert found.agencies[0].today == "盐池县教育体育局"
    assert found.renamed("640424", "盐池县教育局") is None


@pytest.mark.parametrize(
    ("old", "new", "line", "key"),
    [
        ('region = "640424"', 'region = "64042"', 7, "region"),
        ('region = "640424"', "region = 640424", 7, "region"),
        ('region = "640424"\n', "", 6, "region"),
        ('region = "640424"', 'regions = "640424"', 7, "regions"),
        ('"盐池县教育局", ', "", 4, "names"),
        ('"盐池县教育局"', '"盐池县教育体育局"', 4, "names"),
        ('"盐池县教育局"', "3", 4, "names"),
        ('"盐池县教育局"', '" "', 4, "names"),
        ("# 机构改革", "[agencies]", 1, "agencies"),
        ("# 机构改革", "agency = [", 2, ""),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    tmp_path: Path, old: str, new: str, line: int, key: str
) -> None:
    with pytest.raises(BadDecisions) as caught:
        load_decisions(written(tmp_path, GOOD.replace(old, new, 1)))
    error = caught.value
    assert (error.file, error.line, error.key, error.exit_code) == (tmp_path / "decisions.toml", line, key, 2)
    assert f"decisions.toml:{line}" in str(error)


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadDecisions, match=r"decisions\.toml:2"):
        load_decisions(written(tmp_path, b"# a\n# \xbd\xcc\xd3\xfd\n"))
