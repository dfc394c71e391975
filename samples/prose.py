"""Invented prose for a report's sections, in the register of real ones and consistent with its figures.

Every number in it is known: ``Prose.stated`` lists (section, phrase, value, unit,
qualifier) as the archive's ``stated_figures`` would hold them, so tests can ask
for the numbers found in text. Numbers are written so that each stands with its
unit directly behind it.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

from samples.chance import chance
from samples.figures import Figures
from samples.forms import APPLICATIONS, REVIEWS, STAGES

#: names whose characters are in GBK but not in GB2312: a page declared gb2312 still carries them
GBK_NAMES = ("李喆", "王堃", "陶镕", "周玥", "沈旸", "何珺", "程垚")


@dataclass(frozen=True)
class Stated:
    """A number stated in a section's prose; ``qualifier`` is exact, about, more_than or less_than."""

    section: int
    phrase: str
    value: int | float
    unit: str
    qualifier: str = "exact"


@dataclass(frozen=True)
class Prose:
    """Paragraphs by section number (0 the preamble), the numbers in them, and a closing line."""

    sections: dict[int, tuple[str, ...]]
    stated: tuple[Stated, ...]


_PREAMBLE = (
    "按照《中华人民共和国政府信息公开条例》第四十九条、第五十条的规定，现公布{name}{year}年政府信息公开工作年度报告。"
    "数据统计期限自{year}年1月1日起至{year}年12月31日止。",
    "本报告依据《中华人民共和国政府信息公开条例》编写，由总体情况、主动公开、依申请公开、复议诉讼、存在问题、其他事项等六部分组成，"
    "统计范围为{name}{year}年1月1日至12月31日期间的工作。如有疑问，请与{name}办公室联系。",
    "为便于社会监督，{name}现将{year}年度政府信息公开工作有关情况报告如下，所列数据统计时间为{year}年1月1日至{year}年12月31日。",
)
_GENERAL = (
    "{year}年，{name}把公开透明作为日常工作的基本要求，围绕群众关心的事项持续完善发布机制，各项任务按计划完成。",
    "一年来，{name}坚持需求导向，及时回应企业和居民的提问，让政策看得见、办事找得到、结果查得着。",
    "{year}年，在县委、县政府统一安排下，{name}逐项落实公开要点，工作的规范程度有新的提高。",
)
_ACTIVE = (
    "全年通过{channel}公开各类信息{n}条，其中工作动态{a}条、通知公告{b}条，内容涵盖{field}。",
    "{year}年主动公开信息{n}条；通过{channel}发布政策文件解读{a}篇，答复网民留言{b}条，重点公开了{field}。",
    "围绕{field}，在{channel}集中发布信息{n}条，组织现场开放活动{a}场，发放办事手册{b}余份。",
)
_CHANNELS = ("县政府门户网站", "政务公开专栏和宣传栏", "门户网站及政务新媒体", "政务服务大厅查询点和网站")
_FIELDS = (
    "财政预决算、招标采购、安全生产",
    "惠农补贴、社会救助、义务教育招生",
    "行政执法、规划计划、人事任免",
    "生态环境、食品药品、公共卫生",
)
_APPLIED = (
    "全年收到政府信息公开申请{n}件，均按法定程序登记、办理并按时答复。",
    "{year}年共收到政府信息公开申请{n}件，办理过程中加强与申请人的沟通，答复文书统一审核。",
)
_NOT_APPLIED = (
    "{year}年未收到政府信息公开申请，受理渠道保持畅通。",
    "全年没有收到公民、法人或者其他组织提出的政府信息公开申请。",
)
_DISPUTED = "全年因政府信息公开工作发生行政复议{r}件、行政诉讼{s}件。"
_UNDISPUTED = "全年没有发生因政府信息公开引起的行政复议和行政诉讼。"
_MANAGED = (
    "制定信息发布审核流程，拟公开内容由起草股室、保密审查员和分管负责人逐级把关，全年清理过期内容{n}条。",
    "建立文件公开属性源头认定台账，对历年文件开展集中梳理，调整公开属性{n}件，并同步更新目录。",
)
_PLATFORM = (
    "对网站栏目作了适当归并，更新常用检索词，年内核对历史页面{n}个。",
    "政务新媒体关注人数近{n}人，线下查阅点配备了打印设备和引导人员。",
    "门户网站专栏全年访问量超{n}人次，移动端页面完成适配。",
)
_GUARD = (
    "明确由办公室{who}同志负责日常工作，全年组织业务培训{n}次，并把公开情况列入年度考核。",
    "由分管领导{who}牵头，定期通报问题清单，开展自查{n}次，未发生需要追究责任的情形。",
)
_PROBLEMS = (
    "一是部分栏目更新间隔较长，解读材料以文字为主，形式不够多样；二是个别股室对公开范围的把握不一致。",
    "主要不足是：基层人员变动较多，业务衔接不够顺畅；公开内容与群众的实际需要还有差距。",
    "从全年情况看，信息检索的便利程度有待提高，政策解读的深度还不够。",
)
_MEASURES = (
    "下一步将细化更新时限，增加图表和短视频解读，按季度开展交叉检查。",
    "今后将完善岗位交接制度，用好网民留言和热线数据，有针对性地补充公开内容。",
    "将优化栏目结构，邀请服务对象参与评议，推动问题逐项整改到位。",
)
_NO_FEE = (
    "{year}年度未收取信息处理费。",
    "按照信息处理费管理的有关规定，{year}年未发出收费通知，收取信息处理费{n}元。",
)
_FEE = "{year}年依规收取信息处理费{n}元，已全额缴入国库。"
_NOTHING_ELSE = ("无其他需要报告的事项。", "除上述内容外，没有其他需要报告的事项。")


def write(
    name: str, year: int, figures: Figures, seed: str, wording: int | None = None, *, doubt: bool = False
) -> Prose:
    """Prose for an agency's year.

    ``wording``: the year whose phrases are used, another one where an author copies them.
    With ``doubt`` the text states one application more than the table.
    """
    return _Writer(name, year, chance("prose", seed, name, wording or year)).write(figures, doubt)


_NUMBER = re.compile(r"\{([nabrs])\}")
_QUALIFIERS = {"近": "about", "约": "about", "超": "more_than", "不足": "less_than"}


class _Writer:
    """Fills the phrases above and remembers every number it writes."""

    def __init__(self, name: str, year: int, rng: random.Random) -> None:
        self.facts = {"name": name, "year": str(year)}
        self.rng = rng
        self.stated: list[Stated] = []

    def write(self, figures: Figures, doubt: bool) -> Prose:
        received = figures[APPLICATIONS, "", "new_received", "total"] + doubt
        disputes = [figures[REVIEWS, "", stage, "total"] for stage, _ in STAGES]
        preamble = self.fill(0, _PREAMBLE)
        general = self.fill(1, _GENERAL)
        parts = (
            ("主动公开", self.active()),
            ("依申请公开", self.applied(received) + self.disputed(disputes[0], sum(disputes[1:]))),
            ("政府信息管理", self.fill(1, _MANAGED, n=self.rng.randint(2, 60))),
            ("政府信息公开平台建设", self.fill(1, _PLATFORM, n=self.rng.randint(2, 90) * 100)),
            ("监督保障", self.guard()),
        )
        numbered = zip("一二三四五", parts, strict=True)
        sections = {
            0: (preamble,),
            1: (general, *(f"（{o}）{part}。{text}" for o, (part, text) in numbered)),
            5: (self.fill(5, _PROBLEMS), self.fill(5, _MEASURES)),
            6: (self.fee(), self.rng.choice(_NOTHING_ELSE)),
        }
        return Prose(sections, tuple(self.stated))

    def fill(self, section: int, choices: tuple[str, ...], **numbers: int) -> str:
        """One of the phrases with its names and numbers filled in."""
        first, *rest = _NUMBER.split(self.rng.choice(choices))
        text = first.format(**self.facts)
        for name, after in zip(rest[::2], rest[1::2], strict=True):
            self.stated.append(_stated(section, text, numbers[name], after))
            text += str(numbers[name]) + after.format(**self.facts)
        return text

    def active(self) -> str:
        a, b = self.rng.randint(5, 300), self.rng.randint(2, 90)
        self.facts |= {"channel": self.rng.choice(_CHANNELS), "field": self.rng.choice(_FIELDS)}
        return self.fill(1, _ACTIVE, n=a + b + self.rng.randint(0, 900), a=a, b=b)

    def applied(self, received: int) -> str:
        return self.fill(1, _APPLIED if received else _NOT_APPLIED, n=received)

    def disputed(self, reconsiderations: int, lawsuits: int) -> str:
        if not reconsiderations and not lawsuits:
            return _UNDISPUTED
        return self.fill(1, (_DISPUTED,), r=reconsiderations, s=lawsuits)

    def guard(self) -> str:
        self.facts["who"] = self.rng.choice(GBK_NAMES)
        return self.fill(1, _GUARD, n=self.rng.randint(1, 8))

    def fee(self) -> str:
        if self.rng.random() < 0.1:
            return self.fill(6, (_FEE,), n=self.rng.randint(2, 90) * 10)
        return self.fill(6, _NO_FEE, n=0)


def _stated(section: int, before: str, value: int, after: str) -> Stated:
    """The number between two texts, with the words of its clause."""
    clause = re.split("[，。；、]", before)[-1]
    sign = next((sign for sign in _QUALIFIERS if clause.endswith(sign)), "")
    beyond = after.startswith("余")
    qualifier = "more_than" if beyond else _QUALIFIERS.get(sign, "exact")
    return Stated(section, clause.removesuffix(sign), value, after[1 if beyond else 0], qualifier)
