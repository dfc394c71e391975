"""The kin of the office formats: ODT, Word in one XML file, marks of review and of lists in RTF."""

import pytest

from pipelines.parse.read import read
from pipelines.parse.records import Document, Grid, Paragraph, Unreadable
from tests.parse.docx_making import W, make_zip, p, tbl, tc, tr

OLD = "http://schemas.microsoft.com/office/word/2003/wordml"
ODF = "urn:oasis:names:tc:opendocument:xmlns:{}:1.0"


def texts(reading):
    return [block.text for block in reading.blocks if isinstance(block, Paragraph)]


def rows(reading):
    (grid,) = [block for block in reading.blocks if isinstance(block, Grid)]
    return [[(cell.text, cell.rowspan, cell.colspan) for cell in row] for row in grid.rows()]


TABLE = tbl(
    tr(tc("甲", '<w:vmerge w:val="restart"/>'), tc("1")),
    tr(tc("", "<w:vmerge/>"), tc("2")),
    tr(tc("合计", '<w:gridSpan w:val="2"/>')),
)


def word_2003(body: str) -> bytes:
    return (
        '<?xml version="1.0"?><?mso-application progid="Word.Document"?>'
        f'<w:wordDocument xmlns:w="{OLD}" xmlns:wx="http://schemas.microsoft.com/office/word/2003/auxHint" '
        f'xmlns:aml="http://schemas.microsoft.com/aml/2001/core"><w:body><wx:sect>{body}</wx:sect></w:body>'
        "</w:wordDocument>"
    ).encode()


def test_word_2003_xml_with_its_lists_merges_and_deletions():
    numbered = (
        '<w:p><w:pPr><w:listPr><wx:t wx:val="一、"/></w:listPr></w:pPr><w:r><w:t>总体情况</w:t></w:r></w:p>'
    )
    mark = '<aml:annotation w:type="Word.{}"><aml:content><w:r>{}</w:r></aml:content></aml:annotation>'
    struck = mark.format("Deletion", "<w:delText>9</w:delText>")
    added = mark.format("Insertion", "<w:t>7</w:t>")
    reading = read(Document(word_2003(numbered + f"<w:p>{struck}{added}</w:p>" + TABLE)))
    assert texts(reading) == ["一、总体情况", "7"]
    assert rows(reading) == [[("甲", 2, 1), ("1", 1, 1)], [("2", 1, 1)], [("合计", 1, 2)]]


def test_the_text_of_a_footnote_of_word_2003_xml_is_no_part_of_the_figure_before_it():
    note = f"<w:r><w:footnote>{p('含 3 件')}</w:footnote></w:r>"
    assert texts(read(Document(word_2003(f"<w:p><w:r><w:t>12</w:t></w:r>{note}</w:p>")))) == ["12"]


def test_of_the_pages_in_one_file_the_longest_is_read():
    part = "--x\nContent-Type: text/html\n\n<p>{}</p>\n"
    pages = part.format("7") + part.format("a report") + part.format("8") + "--x--\n"
    content = f'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="x"\n\n{pages}'.encode()
    assert texts(read(Document(content))) == ["a report"]


@pytest.mark.parametrize(("editor", "expected"), [("LibreOffice/7.4", "9\ufffd7"), ("Word", "97")])
def test_runs_that_only_a_change_under_review_keeps_apart_make_no_certain_figure(editor, expected):
    """Saved as Word 2003 XML, LibreOffice leaves struck text in and says nothing of it."""
    office = "urn:schemas-microsoft-com:office:office"
    properties = f'<o:CustomDocumentProperties xmlns:o="{office}"><o:Editor>{editor}</o:Editor>'
    mark = '<aml:annotation aml:id="1" w:type="Word.Bookmark.End"/>'
    for between in ("", mark):
        content = word_2003(f"<w:p><w:r><w:t>9</w:t></w:r>{between}<w:r><w:t>7</w:t></w:r></w:p>").decode()
        content = content.replace("<w:body>", f"{properties}</o:CustomDocumentProperties><w:body>", 1)
        assert texts(read(Document(content.encode()))) == [expected]


@pytest.mark.parametrize(("editor", "expected"), [("LibreOffice/7.4", "\ufffd\ufffd7"), ("Word", "987")])
def test_letters_of_a_style_that_libreoffice_calls_hidden_may_be_so(editor, expected):
    office = "urn:schemas-microsoft-com:office:office"
    head = (
        f'<o:CustomDocumentProperties xmlns:o="{office}"><o:Editor>{editor}</o:Editor>'
        "</o:CustomDocumentProperties>"
        '<w:styles><w:style w:styleId="T1"><w:hidden w:val="on"/><w:rPr/></w:style></w:styles>'
    )
    styled = '<w:r><w:rPr><w:rStyle w:val="T1"/></w:rPr><w:t>98</w:t></w:r>'
    content = word_2003(f"<w:p>{styled}<w:r><w:t>7</w:t></w:r></w:p>").decode()
    assert texts(read(Document(content.replace("<w:body>", f"{head}<w:body>", 1).encode()))) == [expected]


def test_a_docx_in_one_file():
    package = "http://schemas.microsoft.com/office/2006/xmlPackage"
    content = (
        f'<?xml version="1.0"?><pkg:package xmlns:pkg="{package}"><pkg:part pkg:name="/word/document.xml">'
        f'<pkg:xmlData><w:document xmlns:w="{W}"><w:body>{p("一、总体情况")}</w:body>'
        "</w:document></pkg:xmlData></pkg:part></pkg:package>"
    )
    assert texts(read(Document(content.encode()))) == ["一、总体情况"]


def odt(body: str) -> bytes:
    names = " ".join(f'xmlns:{name}="{ODF.format(name)}"' for name in ("office", "text", "table"))
    content = f"<office:document-content {names}><office:body>{body}</office:body></office:document-content>"
    return make_zip({"META-INF/manifest.xml": "<manifest/>", "content.xml": content})


ITEM = "<text:list-item><text:p>7</text:p></text:list-item>"


def odt_cell(text: str, attributes: str = "") -> str:
    return f"<table:table-cell {attributes}><text:p>{text}</text:p></table:table-cell>"


def odt_row(*cells: str) -> str:
    return f"<table:table-row>{''.join(cells)}</table:table-row>"


def test_odt_paragraphs_and_tables():
    head = odt_row(odt_cell("项目", 'table:number-rows-spanned="2"'), odt_cell("件"))
    head += odt_row("<table:covered-table-cell/>", odt_cell("7"))
    last = odt_row(odt_cell("0", 'table:number-columns-repeated="2"'))
    table = f"<table:table><table:table-header-rows>{head}</table:table-header-rows>{last}</table:table>"
    heading = '<text:h text:outline-level="2">一、<text:s/>总体<text:span>情况</text:span></text:h>'
    struck = "<text:tracked-changes><text:p>9</text:p></text:tracked-changes>"
    listed = "<text:list><text:list-item><text:p>甲</text:p></text:list-item></text:list>"
    reading = read(Document(odt(f"<office:text>{struck}{heading}{listed}{table}</office:text>")))
    assert texts(reading) == ["一、 总体情况", "甲"] and reading.blocks[0].level == 2
    assert rows(reading) == [
        [("项目", 2, 1), ("件", 1, 1)],
        [("7", 1, 1)],
        [("0", 1, 1), ("0", 1, 1)],
    ]


@pytest.mark.parametrize(
    ("inner", "text"),
    [
        ("<text:ruby><text:ruby-base>7</text:ruby-base><text:ruby-text>98</text:ruby-text></text:ruby>", "7"),
        ('7<text:hidden-text text:is-hidden="true">98</text:hidden-text>', "7"),
        ('7<text:span text:style-name="as-gone">98</text:span>', "7"),
        ('7<text:span text:style-name="shown">8</text:span>', "78"),
        ("7<text:page-number>1</text:page-number>", "7\ufffd1"),
        ('<text:a>7</text:a><text:span text:style-name="shown">8</text:span>', "7\ufffd8"),
        ("<text:page-number>7</text:page-number>", "7"),
        ("<draw:frame><draw:image/></draw:frame>", "\ufffd"),
        ("7<draw:frame><draw:image/></draw:frame>", "7"),
        ('<text:span text:style-name="pressed">7</text:span>', "\ufffd"),
        (f'<text:list text:style-name="listed">{ITEM}</text:list>', "\ufffd7"),
        (f'<text:list text:style-name="listed">{ITEM.replace("7", "")}</text:list>', "\ufffd"),
        (f"<text:list>{ITEM}</text:list>", "7"),
        ('7<text:span text:style-name="small">2</text:span>', "7²"),
        ('7<text:span text:style-name="half"><text:span>2</text:span></text:span>', "7²"),
        ('<text:span text:style-name="small">7</text:span>2', "7\ufffd2"),
        ('<text:span text:style-name="small">7</text:span>', "7"),
        (
            '<text:span text:style-name="small">7</text:span><text:span text:style-name="half">2</text:span>',
            "72",
        ),
    ],
)
def test_what_an_odt_shows_in_a_cell(inner, text):
    names = {"office": "office", "text": "text", "table": "table", "style": "style", "draw": "drawing",
             "fo": "xsl-fo-compatible"}  # fmt: skip
    spaces = " ".join(f'xmlns:{short}="{ODF.format(name)}"' for short, name in names.items())
    gone = '<style:style style:name="gone"><style:text-properties text:display="none"/></style:style>'
    based = '<style:style style:name="as-gone" style:parent-style-name="gone"/>'
    shown = based.replace("as-gone", "shown").replace("/>", '><style:text-properties text:display="true"/>')
    sizes = "".join(
        f'<style:style style:name="{name}"><style:text-properties fo:font-size="{size}"/></style:style>'
        for name, size in (("small", "6pt"), ("half", "50%"))
    )
    more = (
        '<style:style style:name="pressed"><style:text-properties style:text-scale="1%"/></style:style>'
        '<text:list-style style:name="listed"><text:list-level-style-number style:num-format="1"/>'
        "</text:list-style>"
    )
    styles = (
        f"<office:automatic-styles>{gone}{based}{shown}</style:style>{sizes}{more}</office:automatic-styles>"
    )
    table = f"<table:table>{odt_row(odt_cell('甲'), odt_cell(inner))}</table:table>"
    body = f"<office:body><office:text>{table}</office:text></office:body>"
    content = f"<office:document {spaces}>{styles}{body}</office:document>"
    (grid,) = read(Document(content.encode())).blocks
    assert [cell.text for cell in grid.cells] == ["甲", text]


def test_a_hidden_section_of_an_odt_is_not_read():
    hidden = '<text:section text:display="none"><text:p>98</text:p></text:section>'
    assert texts(read(Document(odt(f"<office:text>{hidden}<text:p>甲</text:p></office:text>")))) == ["甲"]


def test_another_open_document_is_refused():
    with pytest.raises(Unreadable) as caught:
        read(Document(odt("<office:spreadsheet/>")))
    assert caught.value.code == "unsupported"


@pytest.mark.parametrize("repeats", ["99999999999", "-1", "x", "0"])
def test_repeats_of_cells_are_bounded(repeats):
    cell = odt_cell("7", f'table:number-columns-repeated="{repeats}"')
    table = f"<table:table>{odt_row(cell, odt_cell('8'))}</table:table>"
    reading = read(Document(odt(f"<office:text><text:p>甲</text:p>{table}</office:text>")))
    assert reading.blocks[0].text == "甲"


def test_rtf_leaves_out_what_was_struck_and_keeps_numbers_of_lists():
    body = r"{\pntext\f0 1.}\u21442?{\deleted\revauthdel1 99}{\revised 7}\par{\listtext\pard 2.}x\par"
    reading = read(Document((r"{\rtf1\ansi\ansicpg936 " + body + "}").encode()))
    assert texts(reading) == ["1.参7", "2.x"]


def test_text_struck_where_it_stands_is_out_and_a_change_that_no_list_explains_makes_no_certain_figure():
    """Saved flat, a word processor keeps struck text in its place."""
    change = '<text:change-start text:change-id="{0}"/>{1}<text:change-end text:change-id="{0}"/>'
    region = '<text:changed-region text:id="{}"><text:{}/></text:changed-region>'
    listed = region.format("a", "insertion") + region.format("b", "deletion")
    lines = [
        change.format("a", "7") + change.format("b", "4<text:s/>9") + "0",
        change.format("c", "49") + "0",
    ]
    body = "".join(f"<text:p>{line}</text:p>" for line in lines)
    whole = change.format("b", "<text:p>8</text:p>")
    content = odt(
        f"<office:text><text:tracked-changes>{listed}</text:tracked-changes>{body}{whole}</office:text>"
    )
    assert texts(read(Document(content))) == ["70", "\ufffd490"]
