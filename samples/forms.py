"""The two official forms of the yearly report: keys, labels and order.

Sources: 国办公开办函〔2019〕60号 (reports of 2019 and 2020) and 国办公开办函〔2021〕30号
(reports of 2021 on). Written down apart from the templates of the reading core,
so that a slip in one of them shows in the tests.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

#: (table, item, row, column); item is "" outside section two
Key = tuple[str, str, str, str]

PROACTIVE, APPLICATIONS, REVIEWS = "proactive", "applications", "reviews"
FORMS = ("2019", "2021")


@dataclass(frozen=True)
class Subtable:
    """One of the tables of section two; columns and rows are (key, label)."""

    item: str
    title: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Line:
    """A row of section three: its key and its label cells from the outermost group inwards."""

    key: str
    labels: tuple[str, ...]


_STOCK_2019 = (("items_last_year", "上一年项目数量"), ("change", "本年增/减"))
_DECIDED_2019 = (*_STOCK_2019, ("decisions", "处理决定数量"))
_DECIDED_2021 = (("decisions", "本年处理决定数量"),)
_PENALTIES = (("administrative_penalty", "行政处罚"), ("administrative_coercion", "行政强制"))
_LICENSING = ("administrative_licensing", "行政许可")
_FEES = (("administrative_fees", "行政事业性收费"),)

SUBTABLES: dict[str, tuple[Subtable, ...]] = {
    "2019": (
        Subtable(
            "20(1)",
            "第二十条第（一）项",
            (
                ("made", "本年新制作数量"),
                ("newly_disclosed", "本年新公开数量"),
                ("disclosed_total", "对外公开总数量"),
            ),
            (("regulations", "规章"), ("normative_documents", "规范性文件")),
        ),
        Subtable(
            "20(5)",
            "第二十条第（五）项",
            _DECIDED_2019,
            (_LICENSING, ("other_management_services", "其他对外管理服务事项")),
        ),
        Subtable("20(6)", "第二十条第（六）项", _DECIDED_2019, _PENALTIES),
        Subtable("20(8)", "第二十条第（八）项", _STOCK_2019, _FEES),
        Subtable(
            "20(9)",
            "第二十条第（九）项",
            (("projects", "采购项目数量"), ("amount_yuan", "采购总金额")),
            (("centralized_procurement", "政府集中采购"),),
        ),
    ),
    "2021": (
        Subtable(
            "20(1)",
            "第二十条第（一）项",
            (("issued", "本年制发件数"), ("repealed", "本年废止件数"), ("in_force", "现行有效件数")),
            (("regulations", "规章"), ("normative_documents", "行政规范性文件")),
        ),
        Subtable("20(5)", "第二十条第（五）项", _DECIDED_2021, (_LICENSING,)),
        Subtable("20(6)", "第二十条第（六）项", _DECIDED_2021, _PENALTIES),
        Subtable("20(8)", "第二十条第（八）项", (("amount_yuan", "本年收费金额"),), _FEES),
    ),
}

APPLICANTS: tuple[tuple[str, str], ...] = (
    ("natural_person", "自然人"),
    ("business", "商业企业"),
    ("research_institution", "科研机构"),
    ("public_welfare_org", "社会公益组织"),
    ("legal_service_org", "法律服务机构"),
    ("other_org", "其他"),
    ("total", "总计"),
)
KINDS_OF_APPLICANT = tuple(key for key, _ in APPLICANTS[:-1])

_RESULT = "三、本年度办理结果"
_DENIED, _UNAVAILABLE, _NOT_PROCESSED, _OTHER = (
    "（三）不予公开",
    "（四）无法提供",
    "（五）不予处理",
    "（六）其他处理",
)


def _group(group: str, *rows: tuple[str, str]) -> tuple[Line, ...]:
    return tuple(Line(key, (_RESULT, group, f"{n}.{label}")) for n, (key, label) in enumerate(rows, 1))


_BEFORE_OTHER: tuple[Line, ...] = (
    Line("new_received", ("一、本年新收政府信息公开申请数量",)),
    Line("carried_over", ("二、上年结转政府信息公开申请数量",)),
    Line("granted", (_RESULT, "（一）予以公开")),
    Line("partially_granted", (_RESULT, "（二）部分公开（区分处理的，只计这一情形，不计其他情形）")),
    *_group(
        _DENIED,
        ("denied_state_secret", "属于国家秘密"),
        ("denied_prohibited_by_law", "其他法律行政法规禁止公开"),
        ("denied_security_stability", "危及“三安全一稳定”"),
        ("denied_third_party_rights", "保护第三方合法权益"),
        ("denied_internal_affairs", "属于三类内部事务信息"),
        ("denied_process_information", "属于四类过程性信息"),
        ("denied_enforcement_files", "属于行政执法案卷"),
        ("denied_administrative_inquiry", "属于行政查询事项"),
    ),
    *_group(
        _UNAVAILABLE,
        ("unavailable_not_held", "本机关不掌握相关政府信息"),
        ("unavailable_requires_creation", "没有现成信息需要另行制作"),
        ("unavailable_unclear_after_correction", "补正后申请内容仍不明确"),
    ),
    *_group(
        _NOT_PROCESSED,
        ("not_processed_petition", "信访举报投诉类申请"),
        ("not_processed_duplicate", "重复申请"),
        ("not_processed_publication", "要求提供公开出版物"),
        ("not_processed_excessive", "无正当理由大量反复申请"),
        ("not_processed_reconfirmation", "要求行政机关确认或重新出具已获取信息"),
    ),
)
_AFTER_OTHER = (
    Line("total_handled", (_RESULT, "（七）总计")),
    Line("carried_forward", ("四、结转下年度继续办理",)),
)
LINES: dict[str, tuple[Line, ...]] = {
    "2019": (*_BEFORE_OTHER, Line("other_handling", (_RESULT, _OTHER)), *_AFTER_OTHER),
    "2021": (
        *_BEFORE_OTHER,
        *_group(
            _OTHER,
            (
                "other_correction_overdue",
                "申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请",
            ),
            (
                "other_fee_unpaid",
                "申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请",
            ),
            ("other_remaining", "其他"),
        ),
        *_AFTER_OTHER,
    ),
}
CORNER = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"

STAGES: tuple[tuple[str, str], ...] = (
    ("reconsideration", "行政复议"),
    ("lawsuit_direct", "未经复议直接起诉"),
    ("lawsuit_after_reconsideration", "复议后起诉"),
)
RESULTS: tuple[tuple[str, str], ...] = (
    ("upheld", "结果维持"),
    ("corrected", "结果纠正"),
    ("other", "其他结果"),
    ("pending", "尚未审结"),
    ("total", "总计"),
)


def outcome_rows(form: str) -> tuple[str, ...]:
    """The keys of the rows of section three that add up to （七）总计."""
    flow = {"new_received", "carried_over", "total_handled", "carried_forward"}
    return tuple(line.key for line in LINES[form] if line.key not in flow)


@cache
def keys(form: str) -> tuple[Key, ...]:
    """Every cell of a form in the order of the form: 198 (2019) or 200 (2021)."""
    proactive = [
        (PROACTIVE, table.item, row, column)
        for table in SUBTABLES[form]
        for row, _ in table.rows
        for column, _ in table.columns
    ]
    applications = [(APPLICATIONS, "", line.key, c) for line in LINES[form] for c, _ in APPLICANTS]
    reviews = [(REVIEWS, "", stage, result) for stage, _ in STAGES for result, _ in RESULTS]
    return (*proactive, *applications, *reviews)
