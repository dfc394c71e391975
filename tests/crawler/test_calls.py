"""Requests as scripts state them: what is sent, as a form or as JSON, with which number of the first page."""

import json
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest

from crawler import ajax, forms, interface
from crawler.page import Page
from crawler.scripted import parsed_json

URL = "http://www.qinghe.gov.cn/zwgk/ndbg/"
LIST = "/api/article/list"


def ask(script: str) -> ajax.Ask:
    page = Page(URL, f"<html><body><script>{script}</script></body></html>".encode(), charset="utf-8")
    (found,) = ajax.calls(page)
    assert urlsplit(found.url).path == LIST
    return found


@pytest.mark.parametrize(
    "script",
    [
        """$.ajax({type: "POST", url: "/api/article/list", contentType: "application/json", dataType: "json",
             data: JSON.stringify({channelId: "12", pageNo: no, size: 10})})""",
        """fetch('/api/article/list', {method: 'POST', headers: {'Content-Type': 'application/json'},
             body: JSON.stringify({channelId: '12', pageNo: no, size: 10})}).then(draw)""",
        """axios.post("/api/article/list", {channelId: "12", pageNo: this.no, size: 10}).then(draw)""",
        """$.ajax("/api/article/list", {method: "POST", contentType: "application/json",
             data: JSON.stringify({channelId: "12", pageNo: no, size: 10})})""",
        """axios({url: "/api/article/list", method: "post", data: {channelId: "12", pageNo: 1, size: 10}})""",
        """var params = {channelId: "12", pageNo: 1, size: 10};
           this.$http.post('/api/article/list', params)""",
        """var channelId = "12", size = 10;
           request.post('/api/article/list', {channelId, pageNo: page.no, size})""",
        """var app = {data: {query: {channelId: "12", pageNo: 1, size: 10}}, load: function () {
             axios.post('/api/article/list', this.query).then(draw) }}""",
    ],
)
def test_what_goes_as_json_is_asked_for_so(script):
    first = ask(script)
    assert json.loads(first.body) == {"channelId": "12", "pageNo": 1, "size": 10}
    assert first.context["json"]


def test_a_member_called_params_is_sent_as_it_is_but_where_it_holds_what_is_sent():
    stated = '{token: "t", params: {categorynum: "003", currentpage: n}}'
    first = ask(f"$.ajax({{type: 'post', url: '{LIST}', data: JSON.stringify({stated})}})")
    assert json.loads(first.body) == {"token": "t", "params": {"categorynum": "003", "currentpage": 1}}
    assert ask(f"axios.get('{LIST}', {{params: {{page: n, lm: 'nb'}}}})").url.endswith("?page=1&lm=nb")


@pytest.mark.parametrize(
    ("script", "method", "sent"),
    [
        (f"table.render({{elem: '#t', url: '{LIST}', where: {{lm: 'nb'}}, page: true, limit: 20}})", "GET",
         "lm=nb&page=1&limit=20"),
        (f"$('#t').datagrid({{url: '{LIST}', queryParams: {{lm: 'nb'}}, pagination: true}})", "POST",
         "lm=nb&page=1&rows=10"),
    ],
)  # fmt: skip
def test_a_plug_in_that_draws_a_table_asks_for_its_pages_in_its_own_words(script, method, sent):
    first = ask(script)
    assert (first.method, first.body or first.url.partition("?")[2]) == (method, sent)


def test_pages_of_a_list_asked_for_by_json_are_turned_within_what_is_sent():
    first = ask(f'axios.post("{LIST}", {{query: {{lm: "nb"}}, page: {{current: n, size: 2}}}})')
    known = interface.interface_of(json.loads(json.dumps(first.context)))
    rows = [
        {"title": f"青河县教育局{year}年政府信息公开年度报告", "url": f"/nb/{year}.html"}
        for year in (2023, 2024)
    ]
    answer = Page(first.url, json.dumps({"total": 3, "rows": rows}).encode())
    (second,) = interface.listing(answer, known).more
    assert json.loads(second.body) == {"query": {"lm": "nb"}, "page": {"current": 2, "size": 2}}


@pytest.mark.parametrize(
    "script",
    [
        """axios.post("/api/article/list", qs.stringify({channelId: "12", pageNo: n}))""",
        """fetch("/api/article/list", {method: "POST",
             body: new URLSearchParams({channelId: "12", pageNo: n})})""",
        """fetch("/api/article/list", {method: "POST", body: "channelId=12&pageNo=1"})""",
        """var query = {channelId: "12", pageNo: 1}; $.post("/api/article/list", query, draw, "json")""",
    ],
)  # fmt: skip
def test_what_goes_as_a_form_is_asked_for_so(script):
    first = ask(script)
    assert (first.method, parse_qs(first.body)) == ("POST", {"channelId": ["12"], "pageNo": ["1"]})
    assert "json" not in first.context


@pytest.mark.parametrize(
    ("script", "first"),
    [
        ("function get(at){ $.post('/api/article/list', {pageIndex: at}, draw) } get(0);", "0"),
        ("function get(lm, at){ $.post('/api/article/list', {pageIndex: at}, draw) } get('nb', 0);", "0"),
        ("const get = (at) => { $.post('/api/article/list', {pageIndex: at - 1}, draw) }; get(1);", "0"),
        ("function get(at){ $.post('/api/article/list', {pageIndex: at}, draw) } get(1);", "1"),
        ("function get(at){ $.post('/api/article/list', {pageIndex: at}, draw) }", "1"),
        ("var at = 0; function get(){ at++; $.post('/api/article/list', {pageIndex: at}, draw) }", "1"),
        ("var at = 0; function get(){ $.post('/api/article/list', {pageIndex: at}, draw); at++; }", "0"),
    ],
)
def test_the_number_of_the_first_page_is_that_of_the_first_call(script, first):
    assert parse_qs(ask(script).body) == {"pageIndex": [first]}


def test_an_object_that_holds_itself_by_name_has_an_end():
    page = Page(URL, b'<html><script>var o = {o: o, page: 1}; $.post("/api", o, f)</script></html>')
    (found,) = ajax.calls(page)
    assert "page" in parse_qs(found.body)


@pytest.mark.parametrize(
    "text",
    [
        'null({"a": [1]});',
        '/**/ jQuery17.cb_1( {"a": [1]} )\n',
        "typeof draw === 'function' && draw({\"a\": [1]});",
        ';try{ draw({"a": [1]}); }catch(e){ console.log(e) }',
    ],
)
def test_answers_of_jsonp_however_they_are_guarded(text):
    assert parsed_json(text) == {"a": [1]}


@pytest.mark.parametrize("text", ["var a = 1;", "draw(x)", "<p>({})</p>", ""])
def test_what_is_no_answer_of_jsonp(text):
    assert parsed_json(text) is None


SELECT = (
    '<select id="nd" onchange="load()"><option value="">请选择</option><option value="2024">2024年</option>'
    '<option value="2023">2023年</option></select>'
)


@pytest.mark.parametrize(
    ("script", "sent"),
    [
        ("function load(){ var y = $('#nd').val(); $.post('/api/article/list', {year: y, page: 1}, draw) }",
         "POST year=%d&page=1"),
        ("function load(){ $.post('/api/article/list', {year: $('#nd').val()}, draw) }", "POST year=%d"),
        ("function load(){ $.get('/api/article/list?lm=nb&year=' + $('#nd').val(), draw) }",
         "GET lm=nb&year=%d"),
        ("function load(){ let y = getElementById('nd').value; fetch(`/api/article/list?year=${y}`) }",
         "GET year=%d"),
        ("""function load(){ axios.post('/api/article/list', {year: $('#nd option:selected').val()}) }""",
         'POST {"year": "%d"}'),
        ("function load(){ $.post('/api/article/list', {lm: 'nb'}, draw) }", ""),  # whatever is chosen
    ],
)  # fmt: skip
def test_what_a_script_fetches_for_each_year_that_can_be_chosen(script, sent):
    text = f"<html><body>{SELECT}<script>{script}</script></body></html>"
    found = forms.choices(Page(URL, text.encode(), charset="utf-8"))
    told = [(f"{ask.method} {ask.body or urlsplit(ask.url).query}", ask.kind, ask.title) for ask in found]
    years = (2024, 2023) if sent else ()
    assert told == [(sent % year, "column", f"{year}年") for year in years]


def test_where_a_script_reckons_what_stands_before_a_page_that_is_sent():
    found = ask(
        """var at = 0, rn = 10;
           var param = {pn: at * rn, rn: rn, condition: [{name: "num", equal: "002"}, "a"]};
           $.ajax({url: "/api/article/list", type: "post", contentType: "application/json",
             data: JSON.stringify(param), success: draw})"""
    )
    assert json.loads(found.body) == {"pn": 0, "rn": 10, "condition": [{"name": "num", "equal": "002"}, "a"]}
    records = [{"title": f"青河县教育局{2000 + at}年年报", "linkurl": f"/nb/{at}.html"} for at in range(10)]
    answer = Page(found.url, json.dumps({"result": {"totalcount": 25, "records": records}}).encode())
    more = interface.listing(answer, interface.interface_of(found.context)).more
    assert [json.loads(each.body)["pn"] for each in more] == [10, 20]


def test_a_counter_of_what_is_drawn_is_not_the_number_of_the_page():
    found = ask(
        """function turn(i) { $.post("/api/article/list", {page: i, c: "7"}, function (d) {
             for (var i = 0; i < d.length; i++) draw(d[i]) }) } turn(1);"""
    )
    assert parse_qs(found.body) == {"page": ["1"], "c": ["7"]}


def test_an_object_that_a_form_sends_as_the_text_of_its_json_is_sent_so():
    first = ask(
        """var site = "7eb5", size = 2;
           function draw(index) { $.ajax({url: "/api/article/list", type: "post", data: {token: "", params:
             JSON.stringify({siteGuid: site, categoryNum: "002005", pageIndex: index, pageSize: size})}}) }
           draw(0);"""
    )
    known = interface.interface_of(json.loads(json.dumps(first.context)))
    rows = [
        {"title": f"青河县教育局{year}年政府信息公开年度报告", "infourl": f"/nb/{year}.html"}
        for year in (2023, 2024)
    ]
    answer = Page(first.url, json.dumps({"custom": {"count": 3, "infodata": rows}}).encode())
    (second,) = interface.listing(answer, known).more
    for asked, number in ((first, 0), (second, 1)):
        sent = parse_qs(asked.body, keep_blank_values=True)
        known = {"siteGuid": "7eb5", "categoryNum": "002005", "pageSize": 2}
        assert json.loads(sent.pop("params")[0]) == {**known, "pageIndex": number}
        assert (asked.method, sent) == ("POST", {"token": [""]})
        assert "json" not in asked.context


def test_a_request_of_the_browser_s_own_kind_is_found():
    script = """function go(p){ var x = new XMLHttpRequest(); x.open("POST", "/api/article/list", true);
        x.send("cid=5&page=" + p); } go(1);"""
    found = ask(script)
    assert (found.method, dict(parse_qsl(found.body))) == ("POST", {"cid": "5", "page": "1"})
