"""The worker's side of evidence: a document's bytes become a page of ours with one place marked.

Nothing of the document runs or is fetched: a page of a PDF or a picture is drawn, an HTML page is rebuilt
from tags and styles that can do no harm, everything else is written anew from what was read of it. Personal
data is masked in all of them, as it is in all that is published. The place has the id ``here``.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from pipelines.parse.read import members, sniff
from pipelines.parse.read.gates import Package
from pipelines.parse.records import Document, Place
from pipelines.publish.marking import drawn, rebuilt, written
from pipelines.publish.marking.reason import Unmarkable

__all__ = ["Unmarkable", "answer"]


def answer(arguments: Any, blobs: list[bytes]) -> dict[str, str]:
    """The document ``blobs[0]`` as an HTML page: {"content": …}.

    ``arguments``: location (JSON text), keep (statistics), masked (whether anything in the report
    was masked when it was published), name. Raises Unmarkable, or Unreadable as the readers do.
    """
    place = Place.from_json(arguments["location"])
    document = _held(Document(blobs[0], name=arguments["name"]), place.part)
    keep = arguments["keep"]
    if place.page is not None:
        return {"content": drawn.page(document, place, keep, masked=arguments["masked"])}
    if sniff.sniff(document.content) == sniff.HTML:
        return {"content": rebuilt.page(document, place, keep)}
    return {"content": written.page(document, place, keep)}


def _held(document: Document, digest: str) -> Document:
    """The member of an archive or package that holds the place; the document itself where it is none."""
    if not digest or not document.content.startswith(b"PK") or sha256(document.content).hexdigest() == digest:
        return document
    for member in _members(document):
        if sha256(member.content).hexdigest() == digest:
            return member
    raise Unmarkable("压缩包中没有这个文件。 The archive holds no such file.")


def _members(document: Document) -> tuple[Document, ...]:
    if sniff.sniff(document.content) == sniff.ZIP:
        return tuple(members(document))
    package = Package(document.content)
    return tuple(Document(package.read(info), name=info.filename) for info in package.infolist())
