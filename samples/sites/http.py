"""Requests and responses of the sample sites, apart from any server."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from hashlib import sha256

SHANGHAI = timezone(timedelta(hours=8))


@dataclass(frozen=True)
class Request:
    """``query`` and ``form`` hold the last value of each name; header names are lower case."""

    path: str
    method: str = "GET"
    query: dict[str, str] = field(default_factory=dict)
    form: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Response:
    """An answer; ``headers`` have lower-case names."""

    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


def html(text: str, *, status: int = 200, encoding: str = "utf-8", header_charset: bool = True) -> Response:
    """A page; an encoding of "gbk" is never named in the header, as on old servers."""
    named = f"; charset={encoding}" if header_charset else ""
    return Response(text.encode(encoding), status, {"content-type": f"text/html{named}"})


def json_response(value: object) -> Response:
    """A JSON answer, characters as they are."""
    return Response(
        json.dumps(value, ensure_ascii=False).encode(),
        headers={"content-type": "application/json;charset=UTF-8"},
    )


def unless_known(request: Request, response: Response, stable: str, modified: datetime) -> Response:
    """The response with validators, or 304 where the client has it.

    The entity tag is weak and taken of ``stable``, the page without its counters.
    """
    tag = f'W/"{sha256(stable.encode()).hexdigest()[:16]}"'
    stamp = format_datetime(modified.replace(tzinfo=SHANGHAI).astimezone(UTC), usegmt=True)
    validators = {"etag": tag, "last-modified": stamp}
    given = request.headers.get("if-none-match")
    known = given == tag if given else request.headers.get("if-modified-since") == stamp
    if known:
        return Response(b"", 304, validators)
    return Response(response.body, response.status, response.headers | validators)
