"""Real reports, read by hand and by us."""

from pathlib import Path

import pytest

from pipelines.parse.records import Document, Kind
from pipelines.parse.regions import Regions
from pipelines.parse.report import parse
from tests.gold import SHARED, differences, load

PAIRS = [
    *((SHARED / "seeds" / f"{p.stem}.txt", p) for p in sorted((SHARED / "gold").glob("*.json"))),
    *((SHARED / "real" / load(p)["file"], p) for p in sorted((SHARED / "real" / "gold").glob("*.json"))),
]


@pytest.mark.skipif(not PAIRS, reason="the real reports (../shared) are not here")
@pytest.mark.parametrize(("file", "gold"), PAIRS, ids=lambda p: p.stem)
def test_a_real_report_is_read_as_a_careful_person_reads_it(file: Path, gold: Path) -> None:
    parsed = parse(Document(file.read_bytes(), name=file.name), Regions.builtin())
    assert parsed.report is not None, parsed
    assert list(differences(load(gold), parsed.report)) == []


@pytest.mark.skipif(not SHARED.exists(), reason="the real reports (../shared) are not here")
def test_the_blank_form_is_no_report() -> None:
    forms = sorted((SHARED / "real").glob("*.docx"))
    assert forms
    for form in forms:
        parsed = parse(Document(form.read_bytes(), name=form.name), Regions.builtin())
        assert parsed.kind is Kind.FORM
