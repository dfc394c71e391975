"""An operator's decisions: read whole, or refused with file, line and key."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.decisions import Decisions, Renamed, Takedown, load_decisions
from pipelines.decisions.writing import add_accepted, add_takedown, remove_accepted
from pipelines.errors import BadDecisions
from pipelines.parse.accepted import AcceptedReading, AcceptedSum

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


# --- what people read ------------------------------------------------------------

DOCUMENT = "0123456789abcdef" * 4
READ = f"""
# 盖章遮住
[[reading]]
document = "{DOCUMENT}"
table = "applications"
row = "granted"
column = "total"
raw = "12"
why = "原件可辨 legible"
by = "lin"
at = "2026-03-02T08:00:00Z"

[[sum]]
document = "{DOCUMENT}"
rule = "applications.row_total"
scope = "granted"
left = 12
right = 13.0
why = "so printed"
by = "lin"
at = "2026-03-02T08:00:00Z"
"""
READING = AcceptedReading(
    DOCUMENT, "applications", "granted", "total", "12", "原件可辨 legible", "lin", "2026-03-02T08:00:00Z"
)
SUM = AcceptedSum(
    DOCUMENT, "applications.row_total", "granted", "so printed", "lin", "2026-03-02T08:00:00Z", 12, 13
)


def test_what_people_read_is_read_by_its_document(tmp_path: Path) -> None:
    found = load_decisions(written(tmp_path, GOOD + READ))
    assert (found.readings, found.sums) == ((READING,), (SUM,))
    assert found.of(DOCUMENT).digest == found.digest != ""
    assert found.of("f" * 64) == Decisions()


@pytest.mark.parametrize(
    ("old", "new", "line", "key"),
    [
        (f'document = "{DOCUMENT}"', 'document = "640323-bf2b99f5-2023"', 4, "document"),
        (f'document = "{DOCUMENT}"', f'document = "{DOCUMENT.upper()}"', 4, "document"),
        (f'document = "{DOCUMENT}"\n', "", 3, "document"),
        ('table = "applications"', 'tabel = "applications"', 5, "tabel"),
        ('table = "applications"', 'table = "other:1"', 5, "table"),
        ('row = "granted"', 'row = "given"', 6, "row"),
        ('column = "total"', 'column = "upheld"', 7, "column"),
        ('raw = "12"', "raw = 12", 8, "raw"),
        ('raw = "12"', 'raw = "1,2"', 8, "raw"),
        ('raw = "12"', 'raw = "12"\nunit = "万元"', 9, "unit"),
        ('why = "原件可辨 legible"', 'why = " "', 9, "why"),
        ('by = "lin"\n', "", 3, "by"),
        ('at = "2026-03-02T08:00:00Z"', 'at = "yesterday"', 11, "at"),
        ("left = 12", 'left = "12"', 17, "left"),
        ("left = 12", "left = true", 17, "left"),
        ('scope = "granted"', 'scop = "granted"', 16, "scop"),
        ('rule = "applications.row_total"', 'rule = "years.carry"', 15, "rule"),
        ("[[sum]]", READ.partition("[[sum]]")[0].strip() + "\n[[sum]]", 18, "column"),
    ],
)
def test_a_reading_that_cannot_be_used_is_told_with_its_place(
    tmp_path: Path, old: str, new: str, line: int, key: str
) -> None:
    with pytest.raises(BadDecisions) as caught:
        load_decisions(written(tmp_path, READ.replace(old, new, 1)))
    error = caught.value
    assert (error.line, error.key, error.exit_code) == (line, key, 2)


def test_writing_a_decision_down_leaves_the_rest_of_the_file_as_it_is(tmp_path: Path) -> None:
    written(tmp_path, GOOD)
    add_accepted(tmp_path, READING)
    add_accepted(tmp_path, SUM)
    add_takedown(tmp_path, Takedown("x", 'a "word"\nand\tanother', "2026-03-02T08:00:00Z"))
    text = (tmp_path / "decisions.toml").read_text()
    assert text.startswith(GOOD)
    found = load_decisions(tmp_path)
    assert (found.readings, found.sums) == ((READING,), (SUM,))
    assert found.takedowns[0].why == 'a "word"\nand\tanother'


def test_a_cell_read_again_has_one_entry(tmp_path: Path) -> None:
    written(tmp_path, READ + "\n# 后记\n")
    other = replace(READING, raw="13")
    add_accepted(tmp_path, other)
    assert load_decisions(tmp_path).readings == (other,)
    text = (tmp_path / "decisions.toml").read_text()
    assert text.count("[[reading]]") == 1
    assert "# 盖章遮住" in text and "# 后记" in text


@pytest.mark.parametrize("taken", [READING, SUM])
def test_what_is_taken_back_leaves_the_rest_of_the_file_as_it_is(
    tmp_path: Path, taken: AcceptedReading | AcceptedSum
) -> None:
    written(tmp_path, GOOD + READ + "\n# 市里的\n" + GOOD.replace("64", "62"))
    remove_accepted(tmp_path, taken)
    found = load_decisions(tmp_path)
    assert taken not in found.accepted
    assert (len(found.accepted), len(found.agencies)) == (1, 4)
    text = (tmp_path / "decisions.toml").read_text()
    assert [line for line in text.splitlines() if line.startswith("#")] == [
        "# 机构改革", "# 盖章遮住", "# 市里的", "# 机构改革",
    ]  # fmt: skip


def test_an_entry_that_cannot_be_taken_out_safely_is_left_to_a_person(tmp_path: Path) -> None:
    odd = READ.replace('why = "原件可辨 legible"', 'why = """原件\n[[可辨\nlegible"""')
    written(tmp_path, odd)
    with pytest.raises(BadDecisions, match="by hand"):
        remove_accepted(tmp_path, READING)
    assert (tmp_path / "decisions.toml").read_text() == odd


def test_nothing_is_written_that_could_not_be_read(tmp_path: Path) -> None:
    written(tmp_path, READ)
    with pytest.raises(BadDecisions):
        add_accepted(tmp_path, replace(READING, row="given"))
    assert (tmp_path / "decisions.toml").read_text() == READ
