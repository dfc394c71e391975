"""Lists that a click fetches: of an agency, of a year, of what a page draws of an answer."""

import json
import time
from urllib.parse import parse_qsl, urlsplit

import pytest

from crawler import clicked, interface
from crawler.discovery import follow
from crawler.names import Nearness
from crawler.page import Page
from crawler.wants import Trail, is_by_itself

HOST = "http://www.qinghe.gov.cn"
URL = f"{HOST}/nb/"
TITLE = "青河县教育局2023年政府信息公开工作年度报告"
COLUMN = Trail(near=Nearness.COLUMN)


def page(body: str, url: str = URL) -> Page:
    return Page(url, f"<html><body>{body}</body></html>".encode(), charset="utf-8")


def answer(url: str, value) -> Page:
    return Page(url, json.dumps(value, ensure_ascii=False).encode(), charset="utf-8")


LIST = """function query(key, no){ $.ajax({type: "post", url: "/front/list", dataType: "json",
    data: {area: key, pageNo: no, pageSize: 4}, success: draw}); }"""


@pytest.mark.parametrize(
    ("body", "script"),
    [
        ("<li onclick=\"query('7', 1)\">教育局</li>", LIST),
        ("<a href=\"javascript:query('7', 1)\">教育局</a>", LIST),
        (
            "<li data-key='7'>教育局</li>",
            LIST + "$('ul').on('click','li',function(){ query($(this).data('key'), 1); });",
        ),
        (
            "<li data-key='7'>教育局</li>",
            """$('ul').on('click','li',function(){ var k = $(this).attr('data-key');
               $.post("/front/list", {area: k, pageNo: 1, pageSize: 4}, draw); });""",
        ),
        (
            "<li onclick=\"choose('7')\">教育局</li>",
            """function choose(key){ this.asked.area = key; this.load(); }
               var asked = {area: '', pageNo: 1, pageSize: 4};
               function load(){ $.post("/front/list", this.asked, draw); }""",
        ),
        (
            "<select id='dw'><option value='7'>教育局</option><option value='8'>财政局</option></select>",
            LIST + "$('#dw').change(function(){ query($(this).val(), 1); });",
        ),
        (
            "<select onchange='query(this.value, 1)'><option value='7'>教育局</option></select>",
            LIST,
        ),
    ],
)  # fmt: skip
def test_a_click_on_an_agency_fetches_its_list(body, script):
    ask = clicked.choices(page(f"{body}<script>{script}</script>"))[0]
    assert (ask.url, ask.method, ask.kind, ask.title) == (f"{HOST}/front/list", "POST", "column", "教育局")
    assert dict(parse_qsl(ask.body)) == {"area": "7", "pageNo": "1", "pageSize": "4"}
    rows = {"total": 5, "rows": [{"title": TITLE, "url": f"/nb/{at}.html"} for at in range(4)]}
    found = follow(answer(ask.url, rows), "column", Trail(near=Nearness.BELOW, state=ask.context))
    assert len({want.url for want in found.wants if want.role == "article"}) == 4
    assert [parse_qsl(want.body)[1] for want in found.wants if want.role == "list"] == [("pageNo", "2")]


def test_a_click_that_hands_on_nothing_fetches_no_list_of_an_agency():
    script = "function more(){ $.post('/front/list', {pageNo: 1}, draw); } function top(n){ scroll(n); }"
    body = "<li onclick='more()'>教育局</li><li onclick='top(7)'>财政局</li><li onclick='more(7)'>新闻</li>"
    assert clicked.choices(page(f"{body}<script>{script}</script>")) == ()


@pytest.mark.parametrize(
    ("body", "script"),
    [
        (
            "",
            """$.getJSON("/api/dept", function(r){ $.each(r.data, function(i, o){
                 $("#d").append("<li onclick=\\"show('" + o.id + "')\\">" + o.name + "</li>"); }); });
               function show(id){ $.getJSON("/api/list?dept=" + id + "&page=1", function(r){
                 $.each(r.rows, function(i, o){ $("#l").append(
                   "<a href='/nb/" + o.id + ".html'>" + o.title + "</a>"); }); }); }""",
        ),
        (
            """<a v-for="o in depts" @click="show(o.id)">{{o.name}}</a>
               <a v-for="x in rows" :href="'/nb/'+x.id+'.html'">{{x.title}}</a>""",
            """new Vue({data: {asked: {dept: '', page: 1}}, created(){ axios.get("/api/dept").then(f); },
               methods: {show(id){ this.asked.dept = id; this.load(); },
                 load(){ axios.get("/api/list", {params: this.asked}).then(g); }}});""",
        ),
        (
            "",
            """$.get("/api/dept", function(r){ for (var i in r) {
                 $("#d").append('<a href="#" data-k="' + r[i].id + '">' + r[i].name + '</a>'); } });
               $("#d").on("click", "a", function(){
                 $.getJSON("/api/list", {dept: $(this).data("k"), page: 1}, function(r){ $.each(r.rows,
                   function(i, o){ h += "<a href='/nb/" + o.id + ".html'>" + o.title + "</a>"; }); }); });""",
        ),
    ],
)  # fmt: skip
def test_agencies_by_one_interface_and_the_list_of_each_by_another(body, script):
    found = follow(page(f"{body}<script>{script}</script>"), "column", COLUMN)
    asked = next(want for want in found.wants if want.url == f"{HOST}/api/dept")
    offices = answer(asked.url, {"data": [{"id": "D1", "name": "教育局"}, {"id": "D2", "name": "财政局"}]})
    trail = Trail.of(json.loads(json.dumps(asked.context)))
    columns = [want for want in follow(offices, "list", trail).wants if want.context.get("state")]
    sent = [dict(parse_qsl(urlsplit(want.url).query)) for want in columns]
    assert sent == [{"dept": "D1", "page": "1"}, {"dept": "D2", "page": "1"}]
    rows = answer(columns[0].url, {"total": 1, "rows": [{"id": 31, "title": TITLE}]})
    (article,) = follow(rows, "column", Trail.of(columns[0].context)).wants
    assert (article.url, article.context["title"]) == (f"{HOST}/nb/31.html", TITLE)


def test_agencies_of_an_interface_whose_pages_read_their_own_address():
    script = """$.getJSON("/api/dept", function(r){ $.each(r, function(i, o){
        $("#d").append("<li><a href='list.html?dept=" + o.id + "'>" + o.name + "</a></li>"); }); });"""
    (asked,) = follow(page(f"<script>{script}</script>"), "column", COLUMN).wants
    offices = answer(asked.url, [{"id": 7, "name": "教育局"}])
    (column,) = follow(offices, "list", Trail.of(asked.context)).wants
    assert (column.url, column.role) == (f"{URL}list.html?dept=7", "column")
    own = """var dept = getQueryString("dept"); $.getJSON("/api/list", {dept: dept, page: 1}, draw);"""
    (ask,) = follow(page(f"<script>{own}</script>", column.url), "column", Trail.of(column.context)).wants
    assert ask.url == f"{HOST}/api/list?dept=7&page=1"


def test_what_stands_for_a_member_is_filled_as_it_is_written():
    pattern = {"url": f"{HOST}/list", "method": "POST", "body": '{"dept": "blank-name-blank"}', "context": {}}
    offices = answer(URL, [{"name": '教育"局'}, {"id": 3}, {"name": "教育局"}])
    asked = list(clicked.of_objects(offices, {"clicks": [pattern]}))
    assert [json.loads(ask.body)["dept"] for ask in asked] == ["教育局"]
    assert interface.interface_of(asked[0].context) is None


def test_what_a_click_fetches_is_no_column_that_a_visit_begins_with():
    ask = clicked.choices(page(f"<li onclick=\"query('7', 1)\">教育局</li><script>{LIST}</script>"))[0]
    assert not is_by_itself(ask.method, {"state": ask.context})
    assert not is_by_itself("GET", {"state": ask.context})
    assert is_by_itself("GET", {"state": {"stated": True}})


def test_an_office_that_no_click_chose_is_not_asked_for():
    script = (
        LIST
        + """$.getJSON("/api/dept", function(r){ $.each(r, function(i, o){
        $("#d").append("<li onclick=\\"query('" + o.id + "', 1)\\">" + o.name + "</li>"); }); });"""
    )
    found = follow(page(f"<script>{script}</script>"), "column", COLUMN)
    assert [want.url for want in found.wants] == [f"{HOST}/api/dept"]


TREE = """var setting = {async: {enable: true, url: "/nb/tree.json"}, callback: {onClick: chosen}};
    function chosen(event, treeId, node){ query(node.id, 1); }"""


def test_agencies_on_the_tree_of_a_plug_in():
    (asked,) = follow(page(f"<script>{LIST}{TREE}</script>"), "column", COLUMN).wants
    assert asked.url == f"{URL}tree.json".replace("/nb/nb/", "/nb/")
    nodes = answer(asked.url, [{"id": "7", "name": "教育局"}, {"id": "1", "name": "机构"}])
    (column,) = follow(nodes, "list", Trail.of(asked.context)).wants
    assert (column.method, column.body) == ("POST", "area=7&pageNo=1&pageSize=4")
    held = "var nodes = [{id: '7', name: '教育局', open: true}, {id: '1', name: '机构', open: true}];"
    (ask,) = clicked.choices(page(f"<script>{LIST}{TREE}{held}</script>"))
    assert (ask.title, ask.body) == ("教育局", "area=7&pageNo=1&pageSize=4")


def test_a_script_of_its_own_that_draws_agencies_and_their_lists():
    (file,) = follow(page("<script src='/js/nb.js'></script>"), "column", COLUMN).wants
    text = (
        LIST
        + """$.getJSON("/api/dept", function(r){ $.each(r, function(i, o){
        $("#d").append("<li onclick=\\"query('" + o.id + "', 1)\\">" + o.name + "</li>"); }); });"""
    )
    script = Page(file.url, text.encode(), media_type="text/javascript", charset="utf-8")
    (asked,) = follow(script, "list", Trail.of(file.context)).wants
    offices = answer(asked.url, [{"id": "7", "name": "教育局"}])
    (column,) = follow(offices, "list", Trail.of(asked.context)).wants
    assert (column.url, column.body) == (f"{HOST}/front/list", "area=7&pageNo=1&pageSize=4")


def test_a_page_that_fetches_what_its_own_address_names():
    script = """var key = new URLSearchParams(window.location.search).get("dept");
        $.getJSON("data/" + key + ".json", draw);"""
    found = follow(page(f"<script>{script}</script>", f"{URL}list.html?dept=jyj"), "column", COLUMN)
    assert [want.url for want in found.wants] == [f"{URL}data/jyj.json"]


@pytest.mark.parametrize(
    "body",
    [
        "".join(f"<li onclick=\"query('{at}')\">教育局</li>" for at in range(2000))
        + f"<script>{LIST}</script>",
        "<script>$.get('/x');" + "onClick: function(a,b,c){ query(c.id); }," * 2000 + LIST + "</script>",
        "<select id='d'>" + "<option value='1'>教育局</option>" * 2000 + "</select>"
        "<script>$('#d').change(function(){ query($(this).val()); });" + LIST + "</script>",
    ],
)  # fmt: skip
@pytest.mark.slow
def test_very_many_things_to_be_clicked_take_no_time(body):
    padding = "var x = 'a';\n" * 10_000
    begun = time.process_time()
    follow(page(f"{body}<script>{padding}</script>"), "column", COLUMN)
    assert time.process_time() - begun < 5
