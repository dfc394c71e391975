"""The archive: everything that was asked and answered, in WARC 1.1 files that any reader of the kind reads.

Public API
    Exchange, Provenance, Location, Stored, Archived    the records (archive.exchange)
    Archive(...)            the writer; get it from ``Store.archive(crawl_id)``
        .write(exchange) -> Stored      durable when it returns; raises DiskLow, NotWritable
        .read(warc_file, warc_offset) -> Archived
        .close()
    read(data, warc_file, warc_offset) -> Archived      without a writer
    document_at(data, warc_file, warc_offset, sha256) -> bytes      its content alone
    Kept(data, warc_file, warc_offset, sha256).content()            the same, to be asked for elsewhere
    decode_body(headers, body) -> Decoded               content coding off, within bounds
    clean_headers(pairs) -> Headers                     str or bytes pairs

An exchange is a group of records, one gzip member each: response (or revisit, resource, or nothing where no
answer came), request, and a metadata record in JSON that closes the group. A group without its metadata
record is torn: it was never acknowledged.
"""

from pipelines.archive.coding import Decoded, decode_body
from pipelines.archive.exchange import Archived, Digest, Exchange, Headers, Location, Provenance, Stored
from pipelines.archive.headers import clean_headers
from pipelines.archive.reader import Kept, document_at, read
from pipelines.archive.writer import Archive, SegmentLog

__all__ = [
    "Archive",
    "Archived",
    "Decoded",
    "Digest",
    "Exchange",
    "Headers",
    "Kept",
    "Location",
    "Provenance",
    "SegmentLog",
    "Stored",
    "clean_headers",
    "decode_body",
    "document_at",
    "read",
]
