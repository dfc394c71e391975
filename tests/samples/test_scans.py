"""Scanned reports through the limited worker that `gongkai ingest` uses: every number right or flagged."""

import importlib.util
import io
import math

import pypdfium2
import pytest
from PIL import Image, ImageDraw

from pipelines.parse.records import Document, Kind, Method, State
from pipelines.reading import read_in_worker
from pipelines.workers import Pool
from samples.render import LAYOUTS
from samples.report import Habit

pytestmark = [
    pytest.mark.ocr,
    pytest.mark.skipif(importlib.util.find_spec("rapidocr") is None, reason="the extra ocr is not installed"),
]


def pages(report, dpi, tilt=0.0, turn=0, noise=0.0, stamp=False, grey=255):
    """The report printed, stamped, and laid on a scanner that is none too good."""
    for page in pypdfium2.PdfDocument(LAYOUTS["pdf"].render(report)):
        image = page.render(scale=dpi / 72).to_pil().convert("RGB")
        image = Image.blend(image, Image.new("RGB", image.size, (grey, grey, grey)), 0.35 * (grey < 255))
        if stamp:
            _stamp(image, dpi / 72)
        image = image.rotate(tilt, Image.Resampling.BICUBIC, fillcolor=(grey, grey, grey))
        grain = Image.effect_noise(image.size, noise).convert("RGB")
        yield Image.blend(image, grain, 0.08 if noise else 0.0).rotate(turn, expand=True)


def _stamp(image, unit):
    """A red seal over the middle of the page: a ring and a star."""
    draw = ImageDraw.Draw(image)
    x, y = image.width * 0.62, image.height * 0.45
    ring = 60 * unit
    draw.ellipse((x - ring, y - ring, x + ring, y + ring), outline=(220, 40, 40), width=round(2.5 * unit))
    star = [
        (
            x + (12 if n % 2 else 28) * unit * math.cos(n * math.pi / 5 - math.pi / 2),
            y + (12 if n % 2 else 28) * unit * math.sin(n * math.pi / 5 - math.pi / 2),
        )
        for n in range(10)
    ]
    draw.polygon(star, fill=(225, 60, 60))


def scanned_pdf(images, dpi, quality=70):
    first, *rest = images
    buffer = io.BytesIO()
    first.save(buffer, "PDF", resolution=dpi, save_all=True, append_images=rest, quality=quality)
    return buffer.getvalue()


def read(content, name):
    with Pool(1) as pool:
        return read_in_worker(pool, Document(b"", name=name), [content]).result()


def compare(report, parsed):
    """How many cells are right, and those that are wrong without a flag."""
    found = {(c.table_name, c.item, c.row, c.column_name): c for c in parsed.report.cells}
    right, wrong = 0, []
    for truth in report.cells.values():
        cell = found.get((truth.table_name, truth.item, truth.row, truth.column))
        if cell is not None and (cell.value, cell.state) == (truth.value, truth.state):
            right += 1
        elif cell is not None and cell.state not in (State.UNREADABLE, State.ABSENT, State.TEXT):
            wrong.append((truth.row, truth.column, truth.raw, cell.raw, cell.state))
    return right, wrong


# name → form, how authors print nothing, how it was scanned
CASES = {
    "150 dpi, aslant, stamped": ("2019", "/", {"dpi": 150, "tilt": 0.7, "stamp": True}),
    "200 dpi": ("2021", "0", {"dpi": 200, "tilt": -0.4}),
    "200 dpi, on grey paper, stamped": ("2021", "/", {"dpi": 200, "stamp": True, "grey": 200}),
    "300 dpi, grainy": ("2019", "-", {"dpi": 300, "tilt": -0.8, "noise": 40.0}),
    "150 dpi, slashes": ("2021", "/", {"dpi": 150}),
    "150 dpi, on grainy paper": ("2021", "/", {"dpi": 150, "noise": 120.0}),
    "150 dpi, blanks": ("2021", "", {"dpi": 150, "tilt": 0.3}),
    "on its side": ("2021", "0", {"dpi": 150, "turn": 90}),
    "on its head": ("2019", "0", {"dpi": 150, "turn": 180}),
    "on its other side": ("2021", "0", {"dpi": 150, "turn": 270, "tilt": -0.5}),
}
QUICK = ("200 dpi",)
# what lies under a seal is flagged, and the whole page where that is much
STAMPED = ("150 dpi, aslant, stamped", "200 dpi, on grey paper, stamped")


def check_scan(report, how, least=0.85):
    parsed = read(scanned_pdf(pages(report, **how), how["dpi"]), "scan.pdf")
    assert parsed.kind is Kind.REPORT, parsed.issues
    right, wrong = compare(report, parsed)
    assert not wrong
    assert right >= least * len(report.cells)
    numbers = [c for c in parsed.report.cells if c.state is State.NUMBER]
    assert all(c.method is Method.OCR and c.confidence for c in numbers)
    table = next(s for s in parsed.report.sections if s.number == 3)
    assert table.heading.startswith("三、")


@pytest.mark.slow
@pytest.mark.parametrize("name", QUICK)
def test_a_scan_is_read_right(sample_report, name):
    form, zero, how = CASES[name]
    check_scan(sample_report(form, Habit(zero=zero)), how)


@pytest.mark.long
@pytest.mark.parametrize("name", [name for name in CASES if name not in QUICK])
def test_scans_of_every_kind_are_read_right_or_flagged(sample_report, name):
    form, zero, how = CASES[name]
    check_scan(sample_report(form, Habit(zero=zero)), how, 0.02 if name in STAMPED else 0.85)


@pytest.mark.long
def test_two_pages_on_one_are_read_one_after_the_other(sample_report):
    report = sample_report("2021", Habit())
    left, right = list(pages(report, 150))[:2]
    sheet = Image.new("RGB", (left.width + right.width, left.height), "white")
    sheet.paste(left, (0, 0))
    sheet.paste(right, (left.width, 0))
    parsed = read(scanned_pdf([sheet], 150), "sheet.pdf")
    assert parsed.kind is Kind.REPORT, parsed.issues
    right_cells, wrong = compare(report, parsed)
    assert not wrong
    assert right_cells >= 0.95 * len(report.cells)


@pytest.mark.long
def test_a_hardly_legible_scan_gives_flags_and_no_wrong_number(sample_report):
    report = sample_report("2021", Habit())
    parsed = read(scanned_pdf(pages(report, 90, tilt=0.7, noise=120.0), 90, quality=25), "poor.pdf")
    if parsed.report is not None:
        assert not compare(report, parsed)[1]


@pytest.mark.long
def test_a_scan_of_ten_pages_stays_within_the_limits(sample_report):
    report = sample_report("2021", Habit())
    images = list(pages(report, 150))
    parsed = read(scanned_pdf((images * 4)[:10], 150), "long.pdf")
    assert parsed.kind is Kind.REPORT, parsed.issues
    assert not {"reader_timeout", "reader_memory", "reader_failed"} & {issue.code for issue in parsed.issues}
