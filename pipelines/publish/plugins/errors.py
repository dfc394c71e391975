"""Errors in the reader's language, that tell nothing about the machine."""

from __future__ import annotations

import sqlite3
import sys
import traceback
from collections.abc import Awaitable, Callable

from datasette.app import Datasette
from datasette.database import QueryInterrupted
from datasette.utils.asgi import BadRequest, Base400, NotFound, Request, Response
from datasette.views.base import DatasetteError
from markupsafe import Markup

from pipelines.publish.pages import language
from pipelines.publish.pages.reader import Gone
from pipelines.publish.plugins import hookimpl

# Datasette's titles for a query that ran out of time, and for one that is none
_INTERRUPTED, _INVALID = "SQL Interrupted", "Invalid SQL"


@hookimpl(tryfirst=True)
def handle_exception(
    datasette: Datasette, request: Request, exception: Exception
) -> Callable[[], Awaitable[Response]]:
    """A page, or JSON for scripts, for whatever went wrong."""
    status, key = _kind(exception)
    if status >= 500:
        traceback.print_exception(exception, file=sys.stderr)

    async def answer() -> Response:
        words = language.Words(language.wanted(request))
        told = {"status": status, "title": words[f"error_{key}"], "error": words[f"error_{key}_why"]}
        if isinstance(exception, Gone):
            told |= {"error": exception.why, "when": exception.when}
        elif isinstance(exception, BadRequest) and _raised_in(exception, "pipelines."):
            told["error"] = str(exception)
        elif isinstance(exception, DatasetteError) and key != "too_slow":  # says what is wrong with the query
            # Datasette's own markup, around SQL that it has escaped
            message = Markup(exception.message) if exception.message_is_html else exception.message  # noqa: S704
            told |= {**exception.error_dict, "error": message}
            if exception.title == _INVALID:
                told |= {"title": words.error_bad_sql, "why": words.error_bad_sql_why}
            else:
                told["title"] = exception.title or told["title"]
        if request.path.endswith(".json"):
            return Response.json({"ok": False, **told}, status=status)
        told["sql"] = request.args.get("sql")
        body = await datasette.render_template("error.html", told, request=request)
        return Response.html(body, status=status)

    return answer


@hookimpl(tryfirst=True)
def forbidden(datasette: Datasette, request: Request) -> Callable[[], Awaitable[Response]]:
    """A page for what is not offered: the whole file."""

    async def answer() -> Response:
        words = language.Words(language.wanted(request))
        told = {"status": 403, "title": words.error_forbidden, "error": words.error_forbidden_why}
        return Response.html(await datasette.render_template("error.html", told, request=request), status=403)

    return answer


def _kind(exception: Exception) -> tuple[int, str]:
    if isinstance(exception, Gone):
        return 410, "gone"
    if isinstance(exception, DatasetteError) and exception.title == _INTERRUPTED:
        return 400, "too_slow"
    if isinstance(exception, DatasetteError):  # 500 is its default, for what the address asks for
        return 400 if exception.status >= 500 else exception.status, "bad_request"
    if isinstance(exception, QueryInterrupted):
        return 400, "too_slow"
    if isinstance(exception, NotFound):
        return 404, "not_found"
    if isinstance(exception, MemoryError):
        return 400, "too_large"
    if isinstance(exception, ValueError) and _raised_in(
        exception, "datasette.views."
    ):  # int() of what an address says
        return 400, "bad_request"
    if isinstance(exception, Base400):
        return exception.status, "bad_request"
    if isinstance(exception, sqlite3.ProgrammingError):  # a key of too few parts
        return 400, "bad_request"
    return 500, "ours"


def _raised_in(exception: Exception, package: str) -> bool:
    """Whether a module of that package raised it itself, as Datasette does where it reads an address."""
    *_, (frame, _) = traceback.walk_tb(exception.__traceback__)
    return str(frame.f_globals.get("__name__", "")).startswith(package)
