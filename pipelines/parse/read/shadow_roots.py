"""Trees that elements of a page show in place of their own: shadow roots, as servers write them."""

from __future__ import annotations

from typing import Final

from lxml.etree import _Element as Element

MARK: Final = b"shadowrootmode"


def show_shadows(root: Element) -> None:
    """Put what each shadow root holds where its element's own content stands; that is only seen in a slot."""
    for template in list(root.iter("template")):
        host = template.getparent()
        if host is None or template.get(MARK.decode(), "").lower() not in ("open", "closed"):
            continue
        text = (host.text or "") + (template.tail or "")
        own = [element for element in host if element is not template]
        slot = next(template.iter("slot"), None)
        if slot is not None and (own or text.strip()):
            slot.text = text
            slot[:] = own
        template.tag, template.tail = "span", None
        host.text = None
        host[:] = [template]
