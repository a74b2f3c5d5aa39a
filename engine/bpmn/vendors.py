"""What other tools have written into a diagram: kept in the file, not carried out."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from engine.bpmn import xml

_XML = "http://www.w3.org/XML/1998/namespace"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
#: Colors and editors' notes: they change how a diagram looks, and nothing else.
_LOOKS = frozenset(
    {
        "http://bpmn.io/schema/bpmn/biocolor/1.0",
        "http://www.omg.org/spec/BPMN/non-normative/color/1.0",
        "http://camunda.org/schema/modeler/1.0",
    }
)
_SIGNAVIO = frozenset({"signavioLabel", "signavioMetaData", "signavioType"})
_OURS = frozenset({"", xml.BPMN, xml.REC, _XML, _XSI, *_LOOKS})


def vendors_in(element: etree._Element) -> Iterator[str]:
    """Yield each foreign attribute and extension of one element, as it is spelt."""
    yield from dict.fromkeys(_names(element))


def _names(element: etree._Element) -> Iterator[str]:
    for name in element.attrib:
        yield from _named(element, str(name))
    for child in element:
        if xml.namespace(child) != xml.BPMN:
            yield from _named(child, str(child.tag))
        elif xml.local(child) == "extensionElements":
            for extension in child:
                yield from _named(extension, str(extension.tag))
        elif xml.local(child).endswith("LoopCharacteristics"):
            yield from _names(child)


def _named(element: etree._Element, tag: str) -> Iterator[str]:
    name = etree.QName(tag)
    space, local = name.namespace or "", name.localname
    if space in _OURS or local in _SIGNAVIO:
        return
    prefixes = (prefix for prefix, uri in element.nsmap.items() if uri == space)
    yield f"{next(prefixes, None) or space}:{local}"
