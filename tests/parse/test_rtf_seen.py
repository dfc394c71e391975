"""What Word shows of an RTF is what is read of it: looks, fields, lists, pictures, rows of few words."""

import pytest

from pipelines.parse.numbers import read_value
from pipelines.parse.read import read
from pipelines.parse.records import Document, Grid, State

HEAD = (
    r"{\rtf1\ansi\ansicpg936\deff0{\fonttbl{\f0\fnil\fcharset134 SimSun;}{\f1\fnil\fcharset2 Wingdings;}}"
    r"{\colortbl;\red0\green0\blue0;\red254\green254\blue254;\red217\green217\blue217;\red0\green0\blue99;}"
)
DEFINITION = r"\trowd\cellx900\cellx1800\cellx2700"
LABEL = r"\pard\intbl\'d7\'dc\'bc\'c6\cell"


def cells(content):
    grids = [b for b in read(Document(f"{HEAD}{content}}}".encode("latin-1"))).blocks if isinstance(b, Grid)]
    return [[cell.text for cell in row] for grid in grids for row in grid.rows()]


READ = {
    "deleted in a group within": r"{\deleted\revauthdel1 {\f0 98}}7",
    "deleted up to a word": r"\deleted 98\deleted0 7",
    "a field within another": r"{\field{\*\fldinst ={\field{\*\fldinst =1}{\fldrslt 98}}+6}{\fldrslt 7}}",
    "for readers of today and of yesterday": r"{\upr{7}{\*\ud{7}}}",
    "the note itself": r"7{\super\chftn}{\footnote\pard\plain {\super\chftn} 98}",
    "white on a dark cell": r"{\cf2\chcbpat4 7}",
    "a picture beside its figure": r"{\pict\wmetafile8 0100}7",
    "all letters raised a little": r"{\up4 7}",
    "a word that ends with the line": "{\\b\n7}",
    "words that end with the next": r"\b\v0 7",
    "a mark of a note that is a sign": r"7{\u-3967\'3f}",
    "all of it a field": r"{\field{\*\fldinst PAGE }{\fldrslt 7}}",
    "a button": r"{\field{\*\fldinst MACROBUTTON NoMacro 7}{\fldrslt }}",
    "moved away": r"{\mvf\mvauth1 98}{\mvt 7}",
    "a wide digit, for other readers a narrow one": r"{\v x}\u65303\'37",
    "two characters for other readers": r"{\v x}\uc2\u-233\'a3\'b7",
    "a hidden wide digit": r"{\v \u65305\'39}7",
    "two halves of one character": r"\u-10187\'3f\u-8235\'3f",
    "the data of a picture as it is": "{\\*\\blipuid\\bin3 1}2}7",
}
DOUBTED = {
    "nearly white": r"{\cf2 7}",
    "of the colour behind": r"{\cf3\chcbpat3 7}",
    "of a size that nobody reads": r"{\fs2 98}7",
    "small behind a figure": r"{\fs21 7}{\fs10 1}",
    "large behind a small one": r"{\fs10 1}{\fs21 7}",
    "raised by points": r"7{\up6 1}",
    "small behind a figure and an end of a line": "{\\fs21 7}{\\fs10\n1}",
    "pressed to nothing": r"{\charscalex1 98}7",
    "signs in place of digits": r"{\f1 7}",
    "a circle drawn around": r"{\field{\*\fldinst EQ \\o\\ac(a,7)}{\fldrslt }}",
    "a field never computed": r"{\field{\*\fldinst =SUM(LEFT)}{\fldrslt }}",
    "an entry of a list": r"{\field{\*\fldinst FORMDROPDOWN {\*\formfield\ffres0{\*\ffl 7}}}{\fldrslt }}",
    "a picture": r"{\*\shppict{\pict\pngblip 89504e47}}",
    "a white wide digit": r"{\cf2 \u-233\'37}",
    "a box of Word 95": r"{\*\do\dptxbx{\dptxbxtext\pard 7\par}}",
    "a formula": r"{\mmath{\*\moMath{\mr 7}}}",
    "a shape": r"{\field{\*\fldinst SHAPE }{\fldrslt}}",
    "a field behind a figure": r"7{\field{\*\fldinst PAGE }{\fldrslt 1}}",
    "a figure behind a field": r"{\field{\*\fldinst NOTEREF _Ref1}{\fldrslt 1}}7",
    "the number of a list alone": r"{\listtext\pard\plain 1.\tab}",
    "the number of a list before a figure": r"{\listtext\pard\plain 1.\tab}7",
}  # fmt: skip


@pytest.mark.parametrize("name", READ)
def test_what_word_shows_is_read(name):
    ((_, text, _),) = cells(rf"{DEFINITION}{LABEL}\pard\intbl {READ[name]}\cell\pard\intbl 8\cell\row")
    assert read_value(text).value == 7


@pytest.mark.parametrize("name", DOUBTED)
def test_what_nobody_can_tell_is_no_number_and_no_blank(name):
    ((_, text, _),) = cells(rf"{DEFINITION}{LABEL}\pard\intbl {DOUBTED[name]}\cell\pard\intbl 8\cell\row")
    assert read_value(text).state is State.UNREADABLE


@pytest.mark.parametrize("shade", [rf"\clcbpat{n}" for n in (0, 2, 4)])
def test_light_letters_are_read_on_a_cell_that_is_dark(shade):
    definition = rf"\trowd\clcbpat4\cellx900{shade}\cellx1800\cellx2700"
    ((_, text, _),) = cells(rf"{definition}{LABEL}\pard\intbl {{\cf2 7}}\cell\pard\intbl 8\cell\row")
    assert read_value(text).value == (7 if shade.endswith("4") else None)


@pytest.mark.parametrize("rows", ["before", "once", "behind"])
def test_a_row_is_defined_before_its_cells_or_behind_them_or_as_the_one_before(rows):
    row = rf"{LABEL}\pard\intbl 7\cell\pard\intbl 8\cell"
    again = {
        "before": rf"{DEFINITION}{row}\row",
        "once": rf"{row}\row",
        "behind": rf"{row}{DEFINITION}\row",
    }
    assert cells(rf"{DEFINITION}{row}\row {again[rows]}\pard 98\par") == [["总计", "7", "8"]] * 2


def test_a_figure_in_a_box_beside_a_table_may_stand_over_its_blanks():
    box = r"\pard{\shp{\*\shpinst{\shptxt\pard 98\par}}}\par"
    row = rf"{DEFINITION}{LABEL}\pard\intbl\cell\pard\intbl 8\cell\row"
    assert cells(row + box) == [["总计", "\ufffd", "8"]]
    assert cells(row + box.replace("98", "x")) == [["总计", "", "8"]]


@pytest.mark.parametrize(("code_page", "encoding"), [("936", "gb18030"), ("936", "gbk"), ("65001", "utf-8")])
def test_letters_that_no_number_stands_for_are_read(code_page, encoding):
    head = HEAD.replace("936", code_page).encode()
    (block,) = read(
        Document(head + "\\pard 规章 7 件喆\\par}".encode(encoding).replace(b"\\\\", b"\\"))
    ).blocks
    assert block.text == "规章 7 件喆"


def test_where_each_letter_has_two_characters_for_other_readers_rows_do_not_change_that():
    row = r"\pard\intbl\u-233\'a3\'b7\cell\pard\intbl\u-232\'a3\'b8\cell\pard\intbl\u24635\'d7\'dc\cell\row"
    assert cells(rf"\uc2{DEFINITION}{row}") == [["７", "８", "总"]]
