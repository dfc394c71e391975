"""Words that lead up to an agency's name in a sentence and never belong to it: 现公布…, 经…批准…."""

from __future__ import annotations

import re

_MAKE = r"(?:公布|发布|公开|编制|编写|报告|通报|印发)"
_LEAD = re.compile(
    r"^(?:"
    r"(?:本|此)(?:年度)?(?:年|报)?告?(?:是|由|系|为|经)|"
    rf"(?:现|兹|特此|特|谨)(?:(?:将|就|对|把|由|经|向社会|面向社会|予以|全面|依法))*{_MAKE}(?:了|的)?|"
    r"(?:现|兹)(?:将|就|对|把)|特此|"
    rf"(?:向社会|面向社会|予以|依法){_MAKE}(?:了|的)?|"
    r"(?:公布|发布|印发|(?:梳理|汇总)?编制|报送|上报|转发)(?:了|的)?|公开(?:了|的)|"
    r"(?:根据|按照|依据|依照|遵照)(?:[^,。;]{0,30}(?:规定|要求|精神|部署|通知),?)?|"
    r"经(?:[^,。;]{0,16}(?:审核|批准|研究|同意|汇总|授权)),?|"
    r"(?:以下|下面)(?:是|为)|请(?:与|向|联系|致电)|关于|有关"
    r")+"
)


def without_lead(text: str) -> str:
    """``text`` (compact) without the words that lead up to a name; "" where it holds only such words."""
    return _LEAD.sub("", text)
