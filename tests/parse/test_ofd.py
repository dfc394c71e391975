import io
import zipfile

import pytest

from pipelines.parse.read import read
from pipelines.parse.read.sniff import OFD, ZIP, sniff
from pipelines.parse.records import UNREAD, Document, Grid, Paragraph, Unreadable
from tests.parse.docx_making import make_zip

NS = 'xmlns:ofd="http://www.ofdspec.org/2016"'


def text(x: float, y: float, words: str, deltas: str = "") -> str:
    return (
        f'<ofd:TextObject ID="1" Boundary="{x} {y} 100 5" Font="1" Size="4">'
        f'<ofd:TextCode X="0" Y="4" DeltaX="{deltas or f"g {max(len(words) - 1, 1)} 4"}">{words}'
        "</ofd:TextCode>"
        "</ofd:TextObject>"
    )


def line(x0: float, y0: float, x1: float, y1: float) -> str:
    return (
        f'<ofd:PathObject ID="1" Boundary="{x0} {y0} {x1 - x0 or 0.3} {y1 - y0 or 0.3}">'
        f"<ofd:AbbreviatedData>M 0 0 L {x1 - x0} {y1 - y0}</ofd:AbbreviatedData></ofd:PathObject>"
    )


def make_ofd(*pages: str, resources: str = "", notes: str = "") -> bytes:
    listed = "".join(f'<ofd:Page ID="{n}" BaseLoc="Pages/Page_{n}/Content.xml"/>' for n in range(len(pages)))
    members: dict[str, str | bytes] = {
        "OFD.xml": f"<ofd:OFD {NS}><ofd:DocBody>"
        "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f"<ofd:Document {NS}><ofd:CommonData><ofd:PageArea>"
        "<ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea>"
        "<ofd:DocumentRes>Res.xml</ofd:DocumentRes></ofd:CommonData>"
        f"<ofd:Pages>{listed}</ofd:Pages><ofd:Annotations>Annots/A.xml</ofd:Annotations></ofd:Document>",
    }
    if notes:
        members["Doc_0/Annots/A.xml"] = (
            f'<ofd:Annotations {NS}><ofd:Page PageID="0"><ofd:FileLoc>Page_0/A.xml</ofd:FileLoc></ofd:Page>'
            "</ofd:Annotations>"
        )
        members["Doc_0/Annots/Page_0/A.xml"] = f"<ofd:PageAnnot {NS}>{notes}</ofd:PageAnnot>"
    if resources:
        members["Doc_0/Res.xml"] = f"<ofd:Res {NS}>{resources}</ofd:Res>"
    for n, page in enumerate(pages):
        members[f"Doc_0/Pages/Page_{n}/Content.xml"] = (
            f"<ofd:Page {NS}><ofd:Content><ofd:Layer>{page}</ofd:Layer></ofd:Content></ofd:Page>"
        )
    return make_zip(members)


def ruled(figures: list[list[str]]) -> str:
    xs, ys = [20, 70, 100, 130], [60 + 8 * r for r in range(len(figures) + 1)]
    rules = [line(xs[0], y, xs[-1], y) for y in ys] + [line(x, ys[0], x, ys[-1]) for x in xs]
    cells = [
        text(xs[c] + 2, ys[r] + 2, word, "g 5 2.2")
        for r, row in enumerate(figures)
        for c, word in enumerate(row)
    ]
    return "".join(rules + cells)


FIGURES = [["A", "12", "3"], ["B", "104", "0"]]


def test_a_ruled_table_and_lines():
    reading = read(Document(make_ofd(text(20, 30, "二、主动公开"), ruled(FIGURES)), name="a.ofd"))
    assert reading.kind == "pages"
    heading, grid = reading.blocks
    assert isinstance(heading, Paragraph) and heading.text == "二、主动公开"
    assert isinstance(grid, Grid)
    assert [[cell.text for cell in row] for row in grid.rows()] == FIGURES
    assert grid.place.page == 1
    assert grid.place.box == pytest.approx(
        (20 * 72 / 25.4, 60 * 72 / 25.4, 130 * 72 / 25.4, 76 * 72 / 25.4), abs=1
    )
    assert [issue.code for issue in reading.issues] == ["ofd_experimental"]


@pytest.mark.parametrize("spelt", [str.lower, str.upper, "报告/{}".format, "报告\\{}".format])
def test_an_ofd_is_known_however_its_parts_are_spelt_and_in_the_folder_that_it_was_packed_with(spelt):
    with zipfile.ZipFile(io.BytesIO(make_ofd(text(20, 30, "二、主动公开")))) as archive:
        parts = {spelt(name): archive.read(name) for name in archive.namelist()}
    reading = read(Document(make_zip(parts), name="a.ofd"))
    assert [block.text for block in reading.blocks] == ["二、主动公开"]


def test_a_zip_that_holds_more_than_an_ofd_is_none():
    with zipfile.ZipFile(io.BytesIO(make_ofd(""))) as archive:
        parts = {f"报告/{name}": archive.read(name) for name in archive.namelist()}
    assert (sniff(make_zip(dict(parts))), sniff(make_zip({**parts, "其他.txt": b""}))) == (OFD, ZIP)


def test_missing_parts_and_empty_pages():
    with pytest.raises(Unreadable) as caught:
        read(Document(make_ofd("")))
    assert caught.value.code == "empty"
    broken = make_zip({"OFD.xml": f"<ofd:OFD {NS}><ofd:DocRoot>No/such.xml</ofd:DocRoot></ofd:OFD>"})
    with pytest.raises(Unreadable) as caught:
        read(Document(broken))
    assert caught.value.code == "corrupted"


def test_encrypted_parts_are_told_from_damaged_ones():
    parts = {"OFD.xml": f"<ofd:OFD {NS}><ofd:DocRoot>D.xml</ofd:DocRoot></ofd:OFD>", "D.xml": b"\x8e\x02<"}
    with pytest.raises(Unreadable) as damaged:
        read(Document(make_zip(dict(parts))))
    with pytest.raises(Unreadable) as encrypted:
        read(Document(make_zip({**parts, "Encryptions.xml": f"<ofd:Encryptions {NS}/>"})))
    assert (damaged.value.code, encrypted.value.code) == ("corrupted", "encrypted")


def test_parts_whose_names_have_back_slashes_are_found():
    with zipfile.ZipFile(io.BytesIO(make_ofd(text(20, 30, "公开")))) as package:
        parts = {name.replace("/", "\\"): package.read(name) for name in package.namelist()}
    assert [block.text for block in read(Document(make_zip(dict(parts)))).blocks] == ["公开"]


def test_ruling_lines_of_a_template_and_runs_without_a_place():
    """Writers put what all pages share into a template, and leave out what repeats."""
    xs, ys = [20, 70, 100], [60, 68, 76]
    rules = "".join([line(xs[0], y, xs[-1], y) for y in ys] + [line(x, ys[0], x, ys[-1]) for x in xs])
    words = "".join(
        f'<ofd:TextObject ID="9" Boundary="{xs[c] + 2} {ys[r] + 2} 20 5" Size="1" CTM="4 0 0 4 0 0">'
        f'<ofd:TextCode X="0" Y="1" DeltaX="x">{word}</ofd:TextCode></ofd:TextObject>'
        for r, row in enumerate([["甲", "12"], ["乙", "7"]])
        for c, word in enumerate(row)
    )
    hidden = text(22, 62, "9").replace("<ofd:TextObject", '<ofd:TextObject Visible="false"')
    root = "<ofd:DocBody><ofd:DocRoot>/Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody>"
    common = "<ofd:CommonData><ofd:TemplatePage ID='3' BaseLoc='Tpls/T.xml'/></ofd:CommonData>"
    layer = "<ofd:Content><ofd:Layer>{}</ofd:Layer></ofd:Content>"
    members = {
        "OFD.xml": f"<ofd:OFD {NS}>{root}</ofd:OFD>",
        "Doc_0/Document.xml": f"<ofd:Document {NS}>{common}<ofd:Pages>"
        "<ofd:Page ID='1' BaseLoc='/Doc_0/P.xml'/></ofd:Pages></ofd:Document>",
        "Doc_0/Tpls/T.xml": f"<ofd:Page {NS}>{layer.format(rules)}</ofd:Page>",
        "Doc_0/P.xml": f"<ofd:Page {NS}><ofd:Template TemplateID='3'/>"
        f"{layer.format(words + hidden)}</ofd:Page>",
    }
    (grid,) = read(Document(make_zip(members))).blocks
    assert [[cell.text for cell in row] for row in grid.rows()] == [["甲", "12"], ["乙", "7"]]


def test_an_ofd_of_pictures_says_what_to_do():
    with pytest.raises(Unreadable) as caught:
        read(Document(make_ofd('<ofd:ImageObject ID="1" Boundary="0 0 210 297" ResourceID="4"/>')))
    assert caught.value.code == "needs_ocr"


def figures_of(*pages: str, resources: str = "") -> list[list[str]]:
    grid = next(
        b for b in read(Document(make_ofd(*pages, resources=resources))).blocks if isinstance(b, Grid)
    )
    return [[cell.text for cell in row] for row in grid.rows()]


@pytest.mark.parametrize(
    "old",
    [
        '<ofd:TextObject Alpha="0"',
        '<ofd:TextObject Fill="false"',
        '<ofd:TextObject CTM="0.7 -0.7 0.7 0.7 0 0"',
    ],
)
def test_what_is_not_painted_and_watermarks_across_the_page_stand_in_no_cell(old):
    other = text(72, 62, "9", "").replace("<ofd:TextObject", old)
    assert figures_of(other + ruled(FIGURES) + other) == FIGURES


def test_figures_in_a_mirror_are_unreadable():
    mirrored = text(72, 70, "41", "g 5 2.2").replace('Size="4"', 'Size="4" CTM="-1 0 0 1 12 0"')
    rows = figures_of(ruled([["A", "12", "3"], ["B", "", "0"]]) + mirrored)
    assert rows == [["A", "12", "3"], ["B", 2 * UNREAD, "0"]]


def test_white_areas_below_the_text_are_no_cells():
    area = '<ofd:PathObject ID="1" Boundary="{} 5 {} 90" Fill="true" Stroke="false">{}<ofd:AbbreviatedData>'
    area += "M 0 0 L 60 0 L 60 90 L 0 90 C</ofd:AbbreviatedData></ofd:PathObject>"
    white = '<ofd:FillColor Value="255 255 255"/>'
    assert figures_of(area.format(85, 60, white) + area.format(20, 60, white) + ruled(FIGURES)) == FIGURES


def test_figures_without_steps_are_as_wide_as_figures_are():
    words = ruled(FIGURES).replace('DeltaX="g 5 2.2"', "")
    assert figures_of(words) == FIGURES


def graphic(number: int, inner: str) -> str:
    unit = f'<ofd:CompositeGraphicUnit ID="{number}" Width="210" Height="297"><ofd:Content>{inner}'
    return f"{unit}</ofd:Content></ofd:CompositeGraphicUnit>"


def placed(number: int, y: int = 0) -> str:
    return (
        f'<ofd:CompositeObject ID="1" Boundary="0 {y} 210 297" CTM="0.5 0 0 0.5 0 0" ResourceID="{number}"/>'
    )


def test_a_graphic_is_read_where_the_page_shows_it():
    assert figures_of(placed(7), resources=graphic(7, ruled(FIGURES))) == FIGURES
    content = make_ofd(text(20, 20, "一、总体情况") + placed(7, 60), resources=graphic(7, ruled(FIGURES)))
    grid = read(Document(content)).blocks[1]
    assert grid.place.box[1] == pytest.approx((60 + 60 / 2) * 72 / 25.4, abs=1)


def test_a_graphic_within_itself_ends():
    with pytest.raises(Unreadable) as caught:
        read(Document(make_ofd(placed(7), resources=graphic(7, placed(7) + placed(7)))))
    assert caught.value.code == "too_deep"


def test_a_layer_of_text_that_is_not_painted_is_read_as_recognised():
    layer = ruled(FIGURES).replace("<ofd:TextObject", '<ofd:TextObject Alpha="0"')
    reading = read(Document(make_ofd('<ofd:ImageObject Boundary="0 0 210 297" ResourceID="4"/>' + layer)))
    assert reading.kind == "scan" and "text_layer" in [issue.code for issue in reading.issues]


WHITE = '<ofd:DrawParam ID="5"><ofd:FillColor Value="255 255 255"/></ofd:DrawParam>'
CODE = '<ofd:TextCode X="0" Y="4">9</ofd:TextCode>'
DECOY = f'<ofd:TextObject Boundary="{{}} 62 9 5" Size="4"{{}}>{{}}{CODE}</ofd:TextObject>'
BEHIND = 76.4


def clip(x: float, y: float, width: float, height: float) -> str:
    path = f"<ofd:Path><ofd:AbbreviatedData>M {x} {y} L {x + width} {y} L {x + width} {y + height}"
    area = f"<ofd:Area>{path}</ofd:AbbreviatedData></ofd:Path></ofd:Area>"
    return f"<ofd:Clips><ofd:Clip>{area}</ofd:Clip></ofd:Clips>"


@pytest.mark.parametrize(
    ("decoy", "resources"),
    [
        (DECOY.format(BEHIND, ' DrawParam="5"', ""), WHITE),
        (DECOY.format(BEHIND, ' DrawParam="6"', ""), WHITE + '<ofd:DrawParam ID="6" Relative="5"/>'),
        (f'<ofd:PageBlock DrawParam="5">{DECOY.format(BEHIND, "", "")}</ofd:PageBlock>', WHITE),
        (DECOY.format(BEHIND, "", clip(0, 0, 1, 0.1)), ""),
        (DECOY.format(BEHIND, "", clip(20, 20, 9, 9)), ""),
    ],
)
def test_a_figure_that_may_not_be_seen_is_none_of_a_cell_s(decoy, resources):
    assert figures_of(ruled(FIGURES) + decoy, resources=resources)[0][1] == "12\ufffd"


@pytest.mark.parametrize("box", [(0, 0, 9, 5), (BEHIND, 62, 9, 5), (0, 0, 210, 297)])
def test_a_clip_around_a_figure_hides_nothing_in_whichever_space_it_is_told(box):
    assert figures_of(ruled(FIGURES) + DECOY.format(BEHIND, "", clip(*box)))[0][1] == "129"


def test_the_clip_of_a_line_is_no_line():
    rules = ruled(FIGURES).replace("<ofd:AbbreviatedData>", clip(-9, -4, 400, 200) + "<ofd:AbbreviatedData>")
    assert figures_of(rules) == FIGURES


DRAWN = "<ofd:AbbreviatedData>M 0 0 Q 1 1 0.5 2 L 1 2 C</ofd:AbbreviatedData>"
LOOKS = '<ofd:Annot><ofd:Appearance Boundary="75 61 4 4"><ofd:PathObject/></ofd:Appearance></ofd:Annot>'


@pytest.mark.parametrize(
    ("shown", "notes"),
    [
        ('<ofd:ImageObject Boundary="75 61 4 4" ResourceID="4"/>', ""),
        (f'<ofd:PathObject Boundary="75 62 2 4">{DRAWN}</ofd:PathObject>', ""),
        ("", LOOKS),
    ],
)
def test_a_cell_with_a_picture_a_drawing_or_a_note_alone_is_not_blank(shown, notes):
    page = ruled([["A", "", "3"], ["B", "", "0"]]) + shown
    grid = read(Document(make_ofd(page, notes=notes))).blocks[0]
    assert [[cell.text for cell in row] for row in grid.rows()] == [["A", "\ufffd", "3"], ["B", "", "0"]]
