"""Documents that stand in annual-report columns and are no reports of ours."""

from __future__ import annotations

from functools import cache
from html import escape
from io import BytesIO

from PIL import Image

from samples.publication import Publication

_TEXTS: dict[str, tuple[str, ...]] = {
    "guide": (
        "为方便公民、法人和其他组织获取政府信息，{name}编制本指南，并将适时更新。",
        "一、公开范围。机构职能、规划计划、财政预决算、行政许可办理条件与结果等。",
        "二、申请方式。申请人可当面、邮寄或通过网站提交申请表，工作机构在20个工作日内答复。",
    ),
    "rule_of_law": (
        "{year}年，{name}落实法治建设责任，现将有关情况报告如下。",
        "一、主要举措。修订议事规则{n}项，开展执法培训{m}次，办结行政复议案件{k}件。",
        "二、存在不足。部分执法文书的说理性不强，普法形式还不够丰富。",
    ),
    "notice": (
        "各乡镇人民政府，县政府各部门：",
        "请对照统一格式编写{year}年政府信息公开工作年度报告，并于次年1月31日前在网站公布。",
        "一、认真核对数据，确保勾稽关系正确。二、按时报送，逾期将予通报。",
    ),
    "work_report": (
        "{year}年，{name}围绕中心任务，完成项目{n}个，服务群众{m}次。",
        "下一步将继续抓好重点工作，推动各项目标落到实处。",
    ),
}
_SITE_FIGURES = (
    "网站名称",
    "首页网址",
    "独立用户访问总量（单位：个）",
    "信息发布（单位：条）",
    "收到留言数量（单位：条）",
)


def image_path(publication: Publication) -> str:
    """The address of an infographic's picture."""
    return f"/images/{publication.number}.jpg"


@cache
def picture() -> bytes:
    """A picture that says nothing: coloured fields one below the other."""
    image = Image.new("RGB", (600, 900), "white")
    for n, colour in enumerate(("firebrick", "steelblue", "seagreen")):
        image.paste(colour, (60, 80 + 260 * n, 540, 280 + 260 * n))
    out = BytesIO()
    image.save(out, "JPEG", quality=60)
    return out.getvalue()


def other_body(publication: Publication) -> str:
    """The body of an article that is no report."""
    if publication.kind == "infographic":
        image = f'<img src="{image_path(publication)}" alt="{escape(publication.title)}"/>'
        return f'<p align="center">{image}</p>'
    n = publication.number * 37 % 400 + 3
    if publication.kind == "site_figures":
        values = (publication.agency.county, "/", str(n * 211), str(n * 3), str(n % 50))
        rows = zip(_SITE_FIGURES, values, strict=True)
        cells = "".join(f"<tr><td>{label}</td><td>{value}</td></tr>" for label, value in rows)
        return f'<p>政府网站工作年度报表（{publication.year}年度）</p><table border="1">{cells}</table>'
    facts = {"name": publication.agency.name, "year": publication.year, "n": n, "m": n % 30 + 1, "k": n % 7}
    return "".join(f"<p>　　{escape(text.format(**facts))}</p>\n" for text in _TEXTS[publication.kind])
