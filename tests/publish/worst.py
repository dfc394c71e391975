"""The worst that strangers may ask of a site: queries that take time or memory in every way known to us."""

# ruff: noqa: E501 - one query a line

from __future__ import annotations

from urllib.parse import quote

ENDLESS = "with recursive n(i) as (select 1 union all select i + 1 from n) "


def _numbers(last: int) -> str:
    return f"with recursive n(i) as (select 1 union all select i + 1 from n where i < {last}) "


def _long(begin: str, doubled: int) -> str:
    """A table of texts, each twice as long as the one before."""
    return (
        f"with recursive t(i, x) as (select 1, '{begin}' union all select i + 1, x || x from t"
        f" where i < {doubled}) "
    )


def _object(keys: str, last: int) -> str:
    return f"(with recursive n(i) as (select 1 union all select i + 1 from n where i < {last}) select {keys} from n)"


_MANY = "(select 1 from cells limit 1000)"
_COMMON = "的公开政府信息年度报告工作"
_PATHS = ", ".join(f"'$.z{number}'" for number in range(31))
_PAIRS = ", ".join(f"'$.z{number}', 1" for number in range(15))
_WIDE = ", ".join(f"'公' || {number}" for number in range(1600))
_JOINED = " and ".join(f"a{number}.agency_id = a{number + 1}.agency_id" for number in range(48))

QUERIES = {
    # without end, or of too many rows
    "endless": ENDLESS + "select sum(i) from n",
    "endless squared": ENDLESS + "select count(*) from n a, n b",
    "endless sorted": ENDLESS + "select i, hex(i) from n order by 2",
    "endless dates": ENDLESS + f"select max(strftime('{'%J%s%Y' * 100}', i)) from n",
    "cells cubed": "select count(*) from cells a, cells b, cells c",
    "cells cubed and sorted": "select a.*, b.* from cells a, cells b, cells c order by a.raw || b.raw || c.raw",
    "texts found twice": "select count(*) from sections_fts a, sections_fts b"
    " where a.sections_fts match '的' and b.sections_fts match '的'",
    "distinct of the fourth power": "select distinct a.report_id || b.ordinal || c.ordinal || d.ordinal"
    " from cells a, cells b, cells c, cells d",
    "tables of tables": "with "
    + ", ".join(f"t{n} as (select * from {f't{n - 1} a, t{n - 1} b' if n else 'cells'})" for n in range(6))
    + " select count(*) from t5",
    "views of views": "select count(*) from v_requests_wide a left join v_requests_wide b"
    " on a.report_id < b.report_id left join v_coverage c",
    "nine views": "select count(*) from " + ", ".join(f"v_quality a{n}" for n in range(9)),
    "schemas": "select * from sqlite_master a, sqlite_master b, sqlite_master c",
    "functions": "select * from pragma_table_info('cells'), pragma_function_list, pragma_function_list b",
    # sorted, grouped, kept in memory
    "a sort that begins late": _numbers(800_000) + "select i from n order by hex(i) desc",
    "numbers sorted": _numbers(3_000_000) + "select i from n order by -i",
    "numbers met": _numbers(2_000_000) + "select count(*) from (select i from n intersect select i * 2 from n)",
    "at random": "select * from cells order by random()",
    "grouped by what differs": "select raw || rowid, count(*) from cells group by 1 order by 2",
    "sought in all": "select count(*) from cells where raw in (select raw || rowid from cells)",
    "united": "select raw || rowid from cells union select row || rowid from cells"
    " union select column_name || rowid from cells",
    "texts in order": "select text from sections order by text desc",
    "a wide window": "select sum(i) over (order by i rows between 100000 preceding and current row)"
    " from (select rowid i from cells limit 400000)",
    "a growing window": "select group_concat(raw) over (order by rowid) from cells",
    "windows cubed": "select group_concat(a.raw || b.raw) over (order by c.ordinal) from cells a, cells b, cells c",
    # long values
    "doubled for ever": "with recursive t(x) as (select 'a' union all select x || x from t) select max(length(x)) from t",
    "hexed for ever": "with recursive t(x) as (select hex(1) union all select hex(x) from t) select x from t",
    "all texts in one": "select group_concat(text) from sections",
    "long and many": _long("a", 20) + "select x from t, (select 1 from cells limit 900) where i > 14",
    "long in Chinese": _long("公", 19) + "select x from t, (select 1 from cells limit 10) where i = 19",
    "many in Chinese": _long("公", 17) + "select x from t, (select 1 from cells limit 80) where i = 17",
    "as much as may be": _long("公", 12) + f"select x from t, {_MANY} where i = 12",
    "bytes": _long("ff", 19) + "select cast(x as blob) from t, (select 1 from cells limit 30) where i = 18",
    "quoted": _long("''", 19) + "select quote(quote(quote(max(x)))) from t",
    "zeros": "select zeroblob(900000000)",
    "chance": "select randomblob(900000000)",
    "filled": "select printf('%.*c', 900000000, 'x')",
    # one call that takes long
    "found late": _long("aaaaaaaaaaaaaaaa", 17) + "select instr(max(x), substr(max(x), 2) || 'b') from t",
    "found late, often": _long("ab", 19) + f"select sum(instr(x, substr(x, 2, length(x) / 2) || 'b')) from t, {_MANY}",
    "hex in hex": "select instr(a, b) from (select hex(hex(group_concat(text))) a,"
    " hex(group_concat(text)) || 'q' b from sections, cells limit 1)",
    "like": _long("a", 21) + f"select max(x) like '%{'a' * 97}b' from t",
    "like, often": _long("a", 21) + f"select sum(x like '%{'a' * 90}b') from t, {_MANY}",
    "like anything": _long("a", 21) + f"select max(x) like '%{'a%' * 48}b' from t",
    "like a pattern too long": _long("a", 21) + f"select max(x) like '%{'a' * 900}b' from t",
    "glob of sets": _long("a", 21) + f"select max(x) glob '*{'[a-z]' * 19}b' from t",
    "glob of anything": _long("a", 21) + f"select max(x) glob '{'*a' * 49}b' from t",
    "replaced": _long("aaaaaaaaaaaaaaaa", 17) + "select replace(max(x), 'a', max(x)) from t",
    "trimmed": _long("aaaaaaaaaaaaaaaa", 17) + "select trim(max(x), max(x)) from t",
    "cast": _long("9", 18) + f"select sum(cast(x as real)) from t, {_MANY}",
    "cases": _long("a", 21) + f"select sum(length(upper(x) || lower(x))) from t, {_MANY}",
    "searched for": _long('公"', 15) + f"select count(*) from t, {_MANY} where length(escape_fts(x)) > 9",
    # JSON
    "patched": f"select length(json_patch({_object('json_group_object(i, 1)', 60_000)},"
    f" {_object('json_group_object(-i, 1)', 60_000)}))",
    "sought": f"select json_extract({_object('json_group_object(i, 1)', 100_000)}, {_PATHS})",
    "set": f"select length(json_set({_object('json_group_object(i, 1)', 60_000)}, {_PAIRS}))",
    "each": f"select count(fullkey || path) from json_each({_object('json_group_array(i)', 200_000)})",
    "deep": _long("[", 20) + "select json(max(x)) from t",
    "grouped": "select json_group_array(json_object('a', a.raw, 'b', b.text)) from cells a, sections b, cells c",
    # the full text
    "near": f"select count(*) from sections_fts where sections_fts match 'NEAR({' '.join(_COMMON * 20)}, 1000000)'",
    "beginnings": f"select count(*) from sections_fts where sections_fts match '{' OR '.join(c + '*' for c in _COMMON)}'",
    "or": f"select count(*) from sections_fts where sections_fts match '{' OR '.join('的' * 200)}'",
    "a long phrase": _long("的 ", 12)
    + "select count(*) from sections_fts where sections_fts match (select '\"' || max(x) || '\"' from t)",
    "ranked": "select bm25(sections_fts), highlight(sections_fts, 0, '<<<', '>>>') from sections_fts"
    " where sections_fts match '的 OR 公 OR 开' order by rank",
    # the planner, the rows as they are written
    "planned": "select count(*) from " + ", ".join(f"reports a{n}" for n in range(49)) + f" where {_JOINED}",
    "joined by all": "select count(*) from v_quality a" + "".join(f" natural join v_quality a{n}" for n in range(12)),
    "wide": f"select {_WIDE} from cells limit 1000",
    "wide again": f"select {', '.join('a.*' for _ in range(100))} from cells a limit 1000",
    "views": "select * from v_rates a join v_rates b join v_rates c limit 1000",
}  # fmt: skip

_SHOWN = ("wide", "wide again", "views", "many in Chinese", "as much as may be", "bytes", "endless sorted")
_COLUMNS = ("raw", "row", "column_name", "table_name", "report_id", "label", "state", "unit", "item", "value")
OWN = {
    **{name: f"/archive.json?sql={quote(sql)}" for name, sql in QUERIES.items()},
    **{f"{name} (page)": f"/archive?sql={quote(QUERIES[name])}" for name in _SHOWN},
    "links": f"/archive?sql={quote('select ' + ', '.join(f'rowid report_id{n}' for n in range(90)) + ' from cells')}",
    "CSV": f"/archive.csv?sql={quote(ENDLESS + 'select i, i, i from n')}",
    "CSV, streamed": f"/archive.csv?_stream=on&sql={quote(ENDLESS + 'select i from n')}",
    "Parquet": f"/archive.parquet?sql={quote(_numbers(99_000) + 'select i, hex(i), i from n')}",
    "parameters": "/archive?sql=select+1&" + "&".join(f"p{n}={n}" for n in range(3000)),
    "facets": "/archive/cells?" + "&".join(f"_facet={column}" for column in _COLUMNS),
    "one facet, often": "/archive/cells?" + "&".join(["_facet=raw"] * 200),
    "facets of everything": "/archive/sections?_facet_array=text&_facet_date=text&_facet_size=max",
    "where": "/archive/cells?_where=" + quote(f"raw in (select raw || rowid from cells) or {'(' * 90}1{')' * 90}"),
    "where, often": "/archive/cells?" + "&".join("_where=" + quote(f"raw like '%{n}%'") for n in range(60)),
    "size": "/archive/sections?_size=max",
    "sorted": "/archive/cells?_nocount=1&_sort_desc=raw",
    "sorted, later": "/archive/cells?_sort=raw&_next=zzz",
    "like in a table": "/archive/sections?text__contains=zzzzz&text__notcontains=q",
    "nots": "/archive/cells?" + "&".join(f"row__not={n}" for n in range(100)),
}  # fmt: skip
PAGES = {
    **{f"search for {word}": f"/search?q={quote(word)}" for word in ("的", "公", "公 开 的 信 息", "的 政府")},
    "search in a table": "/archive/sections?_search=%E7%9A%84",
    "search for much": f"/archive/sections?_search={quote('的 ' * 3000)}",
    "search as written": f"/archive/sections?_searchmode=raw&_search={quote('的* OR 1* OR 2*')}",
    "a table's filter": "/archive/cells?raw__exact=777777",
    "a table's filters": "/archive/cells?" + "&".join(f"row__exact={n}" for n in range(900)),
    "one of many": f"/archive/cells?raw__in={','.join(map(str, range(9000)))}",
    "columns": "/archive/cells?" + "&".join(["_col=raw"] * 3000),
    "a view": "/archive/v_rates",
}  # fmt: skip
