"""Names of files and links: whose report a name says its document to be, and whether names are of several."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

# what the names of documents end with, and their paths
SUFFIXES: Final = "pdf|docx?|wps|xlsx?|et|rtf|zip|rar|7z|ofd|ceb"
FILES: Final = re.compile(rf"(?i)\.({SUFFIXES})$")
FEW: Final = 3  # agencies, or years: fewer may be two spellings of one
OWN_NAME = re.compile(  # what stands before a column's or report's own words
    r"^[\u4e00-\u9fff（）()·、]{2,24}?(局|委员会|委|办公室|镇|乡|街道|办事处|管委会|人民政府|中心|院|大队|支队|站|社|联)(?=.{2})"
)
_BEFORE_OWNER = re.compile(r"^(?:附件|20\d\d年?度?|[\d一二三四五六七八九十]{1,3}|[：:.、．（）()《\-_—])+")
_REPORT_OF = re.compile(r"(20\d\d)(?=.*(?:报告|年报))")


def of_bytes(raw: bytes) -> str:
    """A name as a Chinese system wrote it, in UTF-8 or GBK; "" for what is neither."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return ""


def owner(name: str) -> str:
    """The agency that a title, or a file's name, begins with; "" for none."""
    found = OWN_NAME.match(_BEFORE_OWNER.sub("", re.sub(r"\s+", "", name)))
    return found[0] if found else ""


def are_of_several(paths: Iterable[str]) -> bool:
    """Whether files are called after several agencies, or are the reports of several years: documents of
    their own, not those of one report. A file in an agency's folder is that agency's.
    """
    owners, years = set(), set()
    for path in paths:
        *folders, name = path.split("/")
        owners.add(owner(name) or next((folder for folder in reversed(folders) if owner(f"{folder}//")), ""))
        years.update(_REPORT_OF.findall(name))
    return len(owners - {""}) >= FEW or len(years) >= FEW
