"""XML from strangers: read without entities, network, or surprises of size."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator

from lxml import etree

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
REC = "urn:casetrack:rec:1"

#: A diagram of three hundred nodes has about 200 KiB.
MAX_BYTES = 2 * 1024 * 1024
MAX_ELEMENTS = 20_000
MAX_DEPTH = 60
MAX_TEXT = 20_000

#: Makes the refusal: (reason, element id, mend).
Refuse = Callable[[str, str, str], Exception]


def parse(data: bytes, refuse: Refuse) -> etree._Element:
    """Return the root element of *data*.

    Raises:
        Exception: whatever *refuse* makes, when the bytes are not XML in
            UTF-8, or in UTF-16 with its mark, within the limits, or hold a
            document type or an entity.
    """
    if len(data) > MAX_BYTES:
        raise refuse("too_large", "", "split_it")
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise refuse("not_utf8", "", "save_as_utf8") from error
    # Looked for in the text, so that nothing in it has been acted upon yet.
    if "<!doctype" in text.lower() or "<!entity" in text.lower():
        raise refuse("doctype", "", "remove_doctype")
    parser = etree.XMLParser(
        encoding="utf-8",  # a declaration of another one must not be believed
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as error:
        raise refuse("not_xml", "", "export_again") from error
    _measure(root, refuse)
    return root


def _measure(root: etree._Element, refuse: Refuse) -> None:
    stack = [(root, 1)]
    count = 0
    while stack:
        element, depth = stack.pop()
        count += 1
        if count > MAX_ELEMENTS:
            raise refuse("too_many_elements", "", "split_it")
        if depth > MAX_DEPTH:
            raise refuse("too_deep", element.get("id", ""), "flatten_it")
        texts = (element.text or "", *element.attrib.values())
        if any(len(text) > MAX_TEXT for text in texts):
            raise refuse("text_too_long", element.get("id", ""), "shorten_it")
        if not isinstance(element.tag, str):
            raise refuse("entity", "", "remove_entity")
        stack += [(child, depth + 1) for child in element]


def local(element: etree._Element) -> str:
    """Return the name of an element without its namespace."""
    return etree.QName(element).localname


def namespace(element: etree._Element) -> str:
    """Return the namespace of an element, or an empty string."""
    return etree.QName(element).namespace or ""


def children(
    element: etree._Element, space: str, name: str
) -> Iterator[etree._Element]:
    """Yield the direct children of one name."""
    return element.iterchildren(f"{{{space}}}{name}")


def text_of(element: etree._Element | None) -> str | None:
    """Return the trimmed text of an element; None: there is none."""
    if element is None or element.text is None:
        return None
    return element.text.strip() or None
