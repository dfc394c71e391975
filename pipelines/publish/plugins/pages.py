"""The pages for people, and the words that every template speaks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from html import escape
from typing import Any
from urllib.parse import quote, urlencode

from datasette.app import Datasette
from datasette.utils.asgi import NotFound, Request, Response

from pipelines.publish import codebook
from pipelines.publish.originals import NotShown
from pipelines.publish.pages import (
    answers,
    evidence,
    feeds,
    home,
    language,
    lists,
    places,
    report,
    search,
    sitemaps,
)
from pipelines.publish.pages.reader import Reader
from pipelines.publish.percent import percent
from pipelines.publish.plugins import hookimpl, parquet

_ID = r"[\w.-]+?"
Handler = Callable[[Datasette, Request], Awaitable[Response]]
Question = Callable[..., Awaitable[dict[str, Any]]]
News = Callable[..., Awaitable[tuple[str, Any]]]


def _page(template: str, question: Question | None, *arguments: str) -> Handler:
    """A page: ``arguments`` are taken from the path, or else from the query, and handed to ``question``."""

    async def handler(datasette: Datasette, request: Request) -> Response:
        values = [request.url_vars.get(name) or request.args.get(name) or "" for name in arguments]
        context = await question(Reader(datasette), *values) if question else {}
        body = await datasette.render_template(f"site/{template}.html", context, request=request)
        return Response.html(body)

    return handler


async def _agency(datasette: Datasette, request: Request) -> Response:
    """An agency with its charts."""
    context = await places.agency(Reader(datasette), request.url_vars["agency_id"])
    context["charts"] = places.charts(context, language.Words(language.wanted(request)))
    return Response.html(await datasette.render_template("site/agency.html", context, request=request))


async def _chart(datasette: Datasette, request: Request) -> Response:
    """One of the charts as a file."""
    context = await places.agency(Reader(datasette), request.url_vars["agency_id"])
    drawn = places.charts(context, language.Words(language.wanted(request)))
    if request.url_vars["chart"] not in drawn:
        raise NotFound("没有此图 No such chart")
    return _svg(drawn[request.url_vars["chart"]])


async def _coverage(datasette: Datasette, request: Request) -> Response:
    """Coverage, of the provinces or of one of them, with a map."""
    words = language.Words(language.wanted(request))
    context = await lists.coverage(Reader(datasette), request.args.get("province") or "", words)
    return Response.html(await datasette.render_template("site/coverage.html", context, request=request))


async def _tiles(datasette: Datasette, request: Request) -> Response:
    """The map of the provinces as a file."""
    words = language.Words(language.wanted(request))
    return _svg(await lists.provinces(Reader(datasette), words))


def _svg(drawn: object) -> Response:
    return Response(str(drawn), content_type="image/svg+xml; charset=utf-8")


async def _search(datasette: Datasette, request: Request) -> Response:
    """Full text; what could not be counted in time is not kept as if it were the answer."""
    names = ("q", "year", "region", "agency", "section", "before")
    context = await search.context(Reader(datasette), *(request.args.get(name) or "" for name in names))
    body = await datasette.render_template("site/search.html", context, request=request)
    return Response.html(body, headers={} if context["timely"] else {"cache-control": "no-store"})


async def _evidence(datasette: Datasette, request: Request) -> Response:
    """A cell with its table, and the frame or picture of the archived document."""
    context = await evidence.context(Reader(datasette), *_cell(request))
    query = urlencode({name: request.args.get(name) or "" for name in ("table", "row", "column")})
    context["document"] = f"/evidence/{quote(context['report']['report_id'])}/document?{query}"
    return Response.html(await datasette.render_template("site/evidence.html", context, request=request))


async def _document(datasette: Datasette, request: Request) -> Response:
    """The archived document itself, or why it can't be shown; always in a frame (see site_guard)."""
    try:
        page = await evidence.document(Reader(datasette), *_cell(request))
    except NotShown as reason:
        return Response.html(
            f"<!DOCTYPE html><html lang=zh-CN><title>.</title><p>{escape(str(reason))}</p>", 503
        )
    return Response.html(page, headers=_KEEP)


def _cell(request: Request) -> tuple[Any, ...]:
    names = (request.args.get(name) or "" for name in ("table", "row", "column"))
    return request.scope["state"]["originals"], request.url_vars["report_id"], *names


_KEEP = {"cache-control": "private, max-age=600"}


def _feed(news: News, *arguments: str) -> Handler:
    async def handler(datasette: Datasette, request: Request) -> Response:
        title, entries = await news(Reader(datasette), *(request.url_vars[name] for name in arguments))
        address = f"{request.scheme}://{request.host}"
        body = feeds.atom(address, request.path.removesuffix(".atom"), title, entries)
        return Response(body, content_type="application/atom+xml; charset=utf-8")

    return handler


async def _robots(datasette: Datasette, request: Request) -> Response:
    closed = "".join(f"Disallow: {path}\n" for path in ("/archive", "/evidence/", "/search"))
    return Response.text(f"User-agent: *\n{closed}\nSitemap: {request.scheme}://{request.host}/sitemap.xml\n")


async def _llms(datasette: Datasette, request: Request) -> Response:
    """What a program that reads for somebody should know (llmstxt.org)."""
    body = await datasette.render_template("site/llms.txt", request=request)
    return Response(body, content_type="text/markdown; charset=utf-8")


async def _sitemap(datasette: Datasette, request: Request) -> Response:
    """The index of the site's maps, or one of them (``/sitemap-2.xml``)."""
    address, number = f"{request.scheme}://{request.host}", request.url_vars.get("number")
    reader = Reader(datasette)
    body = (
        await sitemaps.part(reader, address, int(number)) if number else await sitemaps.index(reader, address)
    )
    return Response(body, content_type="application/xml; charset=utf-8")


ROUTES: list[tuple[str, Handler]] = [
    (r"/$", _page("home", home.context)),
    (rf"/region/(?P<code>{_ID})\.atom$", _feed(feeds.region, "code")),
    (rf"/region/(?P<code>{_ID})$", _page("region", places.region, "code")),
    (rf"/agency/(?P<agency_id>{_ID})\.atom$", _feed(feeds.agency, "agency_id")),
    (rf"/agency/(?P<agency_id>{_ID})$", _agency),
    (rf"/agency/(?P<agency_id>{_ID})/(?P<chart>[a-z]+)\.svg$", _chart),
    (rf"/report/(?P<report_id>{_ID})$", _page("report", report.context, "report_id")),
    (rf"/evidence/(?P<report_id>{_ID})/document$", _document),
    (rf"/evidence/(?P<report_id>{_ID})$", _evidence),
    (r"/coverage$", _coverage),
    (r"/coverage/provinces\.svg$", _tiles),
    (r"/quality\.atom$", _feed(feeds.quality)),
    (r"/quality$", _page("quality", lists.quality)),
    (r"/changes\.atom$", _feed(feeds.changes)),
    (r"/changes$", _page("changes", lists.changes)),
    (r"/codebook$", _page("codebook", lists.names)),
    (r"/search$", _search),
    (r"/about$", _page("about", None)),
    (r"/robots\.txt$", _robots),
    (r"/llms\.txt$", _llms),
    (r"/sitemap(?:-(?P<number>\d{1,4}))?\.xml$", _sitemap),
]


@hookimpl
def register_routes() -> list[tuple[str, Handler]]:
    """The addresses of the pages; what users cite, so none ever changes."""
    return ROUTES


@hookimpl
def prepare_jinja2_environment(env: Any) -> None:
    """Words for the pages that Datasette renders without asking plugins: its errors."""
    env.globals.update(_vocabulary(language.LANGUAGES[0]))
    env.globals.update(
        answer_columns=answers.columns,
        book_tables=codebook.tables,
        book_labels=codebook.labels,
        percent=percent,
        writes_parquet=parquet.is_installed,
    )


@hookimpl
def extra_template_vars(request: Request | None) -> dict[str, Any]:
    """``w``: the words of the reader's language; ``other_lang``: the other one."""
    return _vocabulary(language.wanted(request))


def _vocabulary(wanted: str) -> dict[str, Any]:
    other = next(name for name in language.LANGUAGES if name != wanted)
    return {
        "w": language.Words(wanted),
        "lang": wanted,
        "other_lang": other,
        "switch_language": language.switched,
    }
