"""Lists that forms bring."""

from urllib.parse import parse_qs

import pytest

from crawler import forms, further_pages
from crawler.discovery import follow
from crawler.names import Nearness
from crawler.page import Page
from crawler.wants import Trail

URL = "http://www.qinghe.gov.cn/List.aspx?cid=77"
STATE = (
    '<input type=hidden name=__VIEWSTATE value="V{0}=="><input type=hidden name=__EVENTVALIDATION value=E>'
)


def listed(pager: str, state: int = 0) -> Page:
    body = f"""<form method=post action="List.aspx?cid=77"><input type=hidden name=__EVENTTARGET value="">
        {STATE.format(state)}<input type=text name=txtKey><input type=submit name=btn value=搜索>
        <a href="show.aspx?id={state}">x</a>{pager}</form>"""
    return Page(URL, f"<html><body>{body}</body></html>".encode(), charset="utf-8")


def numbered(current: int, pages: int = 3) -> str:
    others = (at for at in range(1, pages + 1) if at != current)
    return "".join(f"<a href=\"javascript:__doPostBack('Grid','Page${at}')\">{at}</a>" for at in others)


def test_pages_are_asked_for_one_after_the_other_with_the_state_of_the_last():
    asked, context = [], {}
    for at in range(1, 5):
        more = forms.postbacks(listed(numbered(at), at), context)
        if not more:
            break
        (ask,) = more
        sent = parse_qs(ask.body, keep_blank_values=True)
        assert (ask.url, ask.method, sent["__VIEWSTATE"]) == (URL, "POST", [f"V{at}=="])
        assert sent["__EVENTTARGET"] == ["Grid"]
        assert "btn" not in sent
        asked.append(sent["__EVENTARGUMENT"][0])
        context = ask.context
    assert asked == ["Page$2", "Page$3"]


@pytest.mark.parametrize(
    "pager",
    [
        "<a href=\"javascript:__doPostBack('Pager','7')\">下一页</a>",
        "<a href=\"#\" onclick=\"__doPostBack('Pager','7'); return false\">下一页</a>",
        numbered(1) + "<a href=\"javascript:__doPostBack('Pager','7')\">&gt;</a>",
        "<a href=\"javascript:__doPostBack('Pager','7')\">...</a>",
    ],
)
def test_the_next_page_by_its_link(pager):
    (ask,) = forms.postbacks(listed(pager), {})
    assert parse_qs(ask.body)["__EVENTARGUMENT"] == ["7"]


def test_a_last_page_that_leads_on_to_itself_is_the_end():
    pager = "<a href=\"javascript:__doPostBack('Grid','Page$Next')\">下一页</a>"
    (ask,) = forms.postbacks(listed(pager, 1), {})
    (again,) = forms.postbacks(listed(pager, 2), ask.context)
    assert forms.postbacks(listed(pager, 2), again.context) == ()
    assert forms.postbacks(listed("<a disabled>下一页</a>"), {}) == ()


AGENCIES = """<option value="">请选择</option><option value="11">青河县教育局</option>
    <option value="12">青河县财政局</option>"""
YEARS = "<option>2023</option><option>2024</option>"


def choices(body: str, script: str = "") -> list[tuple[str, str, str, str]]:
    text = f"<html><body>{body}<script>{script}</script></body></html>"
    found = forms.choices(Page("http://q.gov.cn/nb/index.php", text.encode(), charset="utf-8"))
    return [(ask.method, ask.url.removeprefix("http://q.gov.cn"), ask.body, ask.title) for ask in found]


def test_a_form_that_lets_one_choose_an_agency():
    hidden = "<input type=hidden name=lm value=nb>"
    form = f'<form method={{}}>{hidden}<select name="dept">{AGENCIES}</select></form>'
    assert choices(form.format("get")) == [
        ("GET", "/nb/index.php?lm=nb&dept=11", "", "青河县教育局"),
        ("GET", "/nb/index.php?lm=nb&dept=12", "", "青河县财政局"),
    ]
    assert choices(form.format("post"))[0] == ("POST", "/nb/index.php", "lm=nb&dept=11", "青河县教育局")


def test_a_button_that_makes_an_address_of_agency_and_year():
    body = (
        f"<select id=dd>{AGENCIES}</select><select id=yy>{YEARS}</select><button onclick='go()'>查询</button>"
    )
    script = """function go(){ var y = $("#yy").val(), d = document.getElementById("dd").value;
        location.href = "/nb/list_" + d + "_" + y + ".html"; }"""
    found = choices(body, script)
    assert [url for _, url, _, _ in found] == [
        f"/nb/list_{d}_{y}.html" for d in (11, 12) for y in (2023, 2024)
    ]
    assert found[0][3] == "青河县教育局 2023"
    assert choices(body, script.replace('$("#yy").val()', "1")) == []  # not all that is chosen counts


def test_other_selects_lead_nowhere():
    links = (
        "<option value=1>友情链接</option><option value=2>省政府网站群</option><option value=3>其他</option>"
    )
    assert choices(f"<form><select name=x>{links}</select></form>") == []


def test_a_search_form_whose_script_turns_the_pages():
    body = """<form id=f name=f action=list.do method=post><input type=hidden name=channelId value=88>
        <input type=hidden name=curPage value=1><input type=text name=keyword></form>
        <ul><li><a href="show.do?id=1">青河县2023年政府信息公开年报</a><span>2024-01-20</span></li></ul>共3条
        <a href="javascript:goPage(2)">下一页</a>"""
    script = "function goPage(n){ document.f.curPage.value = n; document.f.submit(); }"
    for handled, asked in ((script, 2), ("", 0)):
        text = f"<html><body>{body}<script>{handled}</script></body></html>"
        page = Page("http://q.gov.cn/nb/list.do", text.encode(), charset="utf-8")
        found = follow(page, "column", Trail(near=Nearness.COLUMN))
        bodies = [want.body for want in found.wants if want.role == "list"]
        assert bodies == [f"channelId=88&keyword=&curPage={at}" for at in range(2, 2 + asked)]
        assert bool(found.scripted) is not bool(asked)
    assert further_pages.turned(page, (), 3) == ()
