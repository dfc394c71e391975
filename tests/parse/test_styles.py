"""Styles that say nothing are left out of a page before it is parsed, and nothing else is."""

from __future__ import annotations

import time

import pytest
from lxml import html

from pipelines.parse.read.source import Source
from pipelines.parse.read.style_sheets import blocks
from pipelines.parse.read.styles import UNDISPLAYED, Styles, without_untelling


@pytest.mark.parametrize(
    ("page", "lean"),
    [
        ('<body><p style="margin:0">a</p>', "<body><p>a</p>"),
        ('<body><td class="x" style="width:3px" colspan="2">', '<body><td class="x" colspan="2">'),
        ('<body><td width=3 nowrap style="width:3px"/>', "<body><td width=3 nowrap/>"),
        (
            '<body><p style="margin:0">a</p><p style="Display : None">b</p><i style="color:#000">c</i>',
            '<body><p>a</p><p style="Display : None">b</p><i>c</i>',
        ),
    ],
)
def test_styles_that_say_nothing_go(page: str, lean: str) -> None:
    assert without_untelling(page.encode(), "").decode() == lean


@pytest.mark.parametrize(
    "style",
    [
        "display:none",
        "MSO-HIDE:all",
        "visibility: hidden",
        "text-decoration: underline line-through",
        "vertical-align:super",
        "opacity:0",
        "font-size:0",
        "left:-9999px",
        "color:#FFF",
        "color:red",
        "background-color: navy",
        "display:table-cell",
        "a" * 401,
        "font-family:&quot;x&quot;",
        "quotes:'<'",
    ],
)
def test_styles_that_say_something_stay(style: str) -> None:
    page = f'<body><p style="{style}">a</p>'.encode()
    assert without_untelling(page, "") == page


@pytest.mark.parametrize(
    ("sheets", "page", "lean"),
    [
        (".x{font-size:0}", '<body><p style="font-size:9pt">a', '<body><p style="font-size:9pt">a'),
        (".x{font-size:0}", '<body><p style="margin:0">a', "<body><p>a"),
        (
            "",
            '<body><i style="opacity:0"><p style="opacity:1">a',
            '<body><i style="opacity:0"><p style="opacity:1">a',
        ),
        ("", '<body><i style="opacity:0"><p style="font-size:9pt">a', '<body><i style="opacity:0"><p>a'),
    ],
)
def test_a_style_stays_that_may_undo_what_others_say(sheets: str, page: str, lean: str) -> None:
    assert without_untelling(page.encode(), sheets).decode() == lean


@pytest.mark.parametrize(
    "page",
    [
        '<body><p>write style="margin:0" here</p>',
        '<body>a <b> style="margin:0" </b>',
        '<body><td rowspan="2 style="margin:0"></td><td colspan="3">6</td>',
        '<body><td width=5" height="6 style="margin:0"></td><td colspan="3">6</td>',
        '<body><td title=\'"\' abbr=" style="margin:0"></td><td colspan="3">6</td>',
        '<body><a onclick="<b style="margin:0">x</a>',
        '<body><p style="margin:0"b"c">x</p>',
        '<body><p style="margin:0" style="margin:1">x</p>',
    ],
)
def test_what_may_be_no_attribute_of_a_tag_stays(page: str) -> None:
    assert without_untelling(page.encode(), "").decode() == page


@pytest.mark.parametrize(
    "attribute",
    [
        'style="display:none"',
        "style='color:red;display:none'",
        "style=display:none",
        'STYLE = "DISPLAY : NONE"',
        'style="&#100;isplay:none"',
        f'style="{"a" * 500};display:none"',
    ],
)
def test_a_style_is_found_however_it_is_written(attribute: str) -> None:
    page = f"<body><p>a</p><p {attribute}>b</p></body>"
    for source in (Source(page).whole, Source(page).lean):
        styles = Styles(html.fromstring(source.encoded.decode()), source.lowered)
        assert [element.text for element in styles.like(UNDISPLAYED.like)] == ["b"]


@pytest.mark.parametrize(
    "torn", ['<p lang="EN>x</p>', "<p lang='EN>x</p>", '<p lang = "EN<b>x</b>', '<p title="a<b">x</p>']
)
def test_a_page_with_a_torn_tag_keeps_its_styles(torn: str) -> None:
    source = Source(f'<body><p style="margin:0">a</p>{torn}<p style="margin:0">b</p><p class="x">c</p>')
    assert source.lean is source.whole


def test_code_tears_no_tag() -> None:
    source = Source('<body><script>a="<p";</script><!-- b="<p --><p style="margin:0">a</p>')
    assert source.lean.encoded == b'<body><script>a="<p";</script><!-- b="<p --><p>a</p>'


def test_the_rules_of_style_sheets() -> None:
    assert blocks(
        "/* } */ .a, b:is(.c, .d) {color:red} @media print{.e{color:red}} @layer x{.f{top:0}} .g{"
    ) == (
        ((".a", "b:is(.c, .d)"), "color:red"),
        ((".f",), "top:0"),
    )


@pytest.mark.parametrize("sheet", ["a" * 200_000, "a," * 100_000 + "b{", "@media " * 30_000, "\"'" * 100_000])
def test_a_sheet_is_read_once_over(sheet: str) -> None:
    before = time.process_time()
    assert blocks(sheet) == ()
    assert time.process_time() - before < 5  # minutes where each character is read for each before it
