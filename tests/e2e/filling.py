"""Answer the fields of a page as a person does, whatever kind each one is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from playwright.sync_api import Locator, Page

ZONE = ZoneInfo("Asia/Shanghai")
FEN = 100

#: What can be told of the fields called so: their kind, whether anybody sees them.
LOOK = """(all) => all.map((each) => ({
  kind: each.localName === 'input' ? each.type : each.localName,
  id: each.id, value: each.value, checked: each.checked,
  money: each.inputMode === 'decimal',
  shown: each.type === 'hidden' || (each.labels?.[0] ?? each).offsetParent !== null,
}))"""


class NoSuchField(AssertionError):
    """An answer is asked for that the page does not ask."""


def fill(page: Page, form: str, name: str, value: Any) -> None:
    """Answer the field *name* in *form*; what the form hides is left alone."""
    if value is None:
        return
    fields = page.locator(f"{form} [name='{name}']")
    looks = fields.evaluate_all(LOOK)
    if not looks:
        raise NoSuchField(name)
    if not any(look["shown"] for look in looks):
        return
    kind = looks[0]["kind"]
    if kind == "radio":
        _press(page, [each for each in looks if each["value"] == _word(value)], name)
    elif kind == "checkbox":
        wanted = _chosen(value)
        missing = wanted - {each["value"] for each in looks}
        if missing:
            raise NoSuchField(f"{name} offers no {sorted(missing)}")
        for each in looks:
            if each["checked"] != (each["value"] in wanted):
                _press(page, [each], name)
    elif kind == "select":
        fields.select_option(str(value))
    else:
        _type(fields, looks[0], value)


def _press(page: Page, looks: list[Mapping[str, Any]], name: str) -> None:
    if not looks:
        raise NoSuchField(f"{name} does not offer this answer")
    if not (looks[0]["kind"] == "radio" and looks[0]["checked"]):
        page.locator(f"label[for='{looks[0]['id']}']").click()


def _chosen(value: Any) -> set[str]:
    if isinstance(value, bool):
        return {"true"} if value else set()
    rows = value if isinstance(value, list) else [value]
    return {str(row["id"]) if isinstance(row, Mapping) else str(row) for row in rows}


def _type(fields: Locator, look: Mapping[str, Any], value: Any) -> None:
    text = str(value)
    if look["kind"] == "datetime-local":
        text = local(text)
    elif look["kind"] == "date":
        text = text[:10]
    elif look["money"] and isinstance(value, int):
        text = f"{value // FEN}.{value % FEN:02d}"
    if look["value"] != text:
        fields.fill(text)


def local(text: str) -> str:
    """Return an instant as the value of a ``datetime-local`` field."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is not None:
        moment = moment.astimezone(ZONE)
    return moment.strftime("%Y-%m-%dT%H:%M")


def _word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def fill_document(page: Page, fields: Mapping[str, Any]) -> None:
    """Answer the form of a document: fields, groups of fields, tables row by row."""
    for name, value in _in_order(page, fields):
        if isinstance(value, Mapping):
            for part, inner in value.items():
                fill(page, "#document-form", f"{name}.{part}", inner)
        elif _is_table(page, name):
            _fill_table(page, name, value)
        else:
            fill(page, "#document-form", name, value)


def _in_order(page: Page, fields: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    """Return the answers from top to bottom: what decides on others comes first."""
    names = page.locator("#document-form [name]").evaluate_all(
        "(all) => all.map((each) => each.name.split('.')[0])"
    )
    place = {name: number for number, name in reversed(list(enumerate(names)))}
    return sorted(fields.items(), key=lambda item: place.get(item[0], len(names)))


def _is_table(page: Page, name: str) -> bool:
    return page.locator(f"#document-form [name='{name}.count']").count() > 0


def _fill_table(page: Page, name: str, rows: list[Mapping[str, Any]]) -> None:
    count = page.locator(f"#document-form [name='{name}.count']")
    for number, row in enumerate(rows):
        if int(count.input_value()) <= number:
            # An empty row is not kept: each is added when the last one is full.
            page.locator(f"button[name=rows][value='add:{name}']").click()
            page.locator(f"[name='{name}.count'][value='{number + 1}']").wait_for(
                state="attached"
            )
        for column, value in row.items():
            fill(page, "#document-form", f"{name}.{number}.{column}", value)
    while int(count.input_value()) > max(1, len(rows)):
        last = int(count.input_value()) - 1
        page.locator(f"button[name=rows][value='drop:{name}:{last}']").click()
        page.locator(f"[name='{name}.count'][value='{last}']").wait_for(
            state="attached"
        )
