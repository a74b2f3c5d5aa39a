"""What an entry answers to one parameter of a clause, and what it should answer."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from engine.rules.deadlines import SHANGHAI, Term
from storage.vocabulary import TermUnit
from tests.law.packs import calendar

_UNITS = {
    "hours": "hour",
    "days": "day",
    "working_days": "working_day",
    "months": "month",
    "years": "year",
}
#: Numbers that are parameters, with the units they may have.
_COUNTED = {
    "hours_before": "hour",
    "copies": "copy",
    "officers_min": "person",
    "interviewees_max": "person",
    "managers_min": "person",
    "recorders_per_officer": "piece",
    "recordings_per_officer": "piece",
    "file_per_case": "piece",
    "per_year_min": "time",
    "fee": "fen",
}
_START = datetime(2026, 3, 12, 16, 31, tzinfo=SHANGHAI)
_BOUNDS = {"min": "minimum", "fixed": "fixed"}
_CLASSES = {
    "evidence": "evidence",
    "non_evidence": "ordinary",
    "synchronous_recording": "ordinary",
    "recorder_original": "ordinary",
    "inquiry_room": "room",
    "long_term": "long_term",
    "documents": "documents",
    "all_recordings": "all",
}
_TRIGGERS = {
    "objection_complaint_petition": "objection",
    "objection_possible_complaint": "objection",
    "obstruction_abuse": "obstruction",
    "mass_or_sudden_incident": "incident",
    "major_sensitive": "other",
    "other": "other",
}


#: Parameters whose one word, or each of whose words, has a code.
_ONE = {"from": "start", "requester": "requester"}
_MANY = {
    "operations": "operation",
    "ground": "ground",
    "grounds": "ground",
    "condition": "ground",
}
_CLOSED = {"bound": _BOUNDS, "class": _CLASSES, "trigger": _TRIGGERS}


def answers(statement, key, tables):
    """Return what an entry says about a parameter; None: nothing."""
    said = dict(statement.says)
    if key in said:
        return said[key] if isinstance(said[key], bool) else tuple(said[key])
    table = tables["value"].get(statement.name, {})
    if statement.kind == "parameter" and key in table.get("keys", ()):
        return "value", statement.facts["value"]
    found = _FACTS.get(key)
    return found(statement) if found else _number(statement, key)


def wanted(key, value, tables, issuer):
    """Return the answers that are right; None: nothing may be said."""
    if value == "not_stated":
        silent = {"spoken": [("text", "")], "oral_consent_required": [("value", False)]}
        return silent.get(key)
    if value in {"true", "false"}:
        return [value == "true", (value,)]
    if key in _UNITS:
        return [("due", _due(int(value), _UNITS[key])), (int(value), _UNITS[key])]
    if key in _COUNTED:
        return [(int(value), _COUNTED[key])]
    words = tuple(value.split(">" if key == "chain" else "|"))
    return [words, (value,), value, *_coded(key, value, words, tables, issuer)]


def _coded(key, value, words, tables, issuer):
    """Yield the same in the codes of the product, where it has any."""
    if key in {"approver", "chain", "reviewer"}:
        posts = tables["leader"].get(issuer, {}).get("|".join(words))
        yield from [tuple(posts)] if posts else []
    if key in _ONE:
        code = tables[_ONE[key]].get(value)
        yield from (("code", c) for c in (code if isinstance(code, list) else [code]))
    if key in _MANY:
        yield "codes", tuple(tables[_MANY[key]].get(each) for each in words)
    if key in _CLOSED:
        yield "code", _CLOSED[key].get(value)
    if key in {"spoken", "retention"}:
        yield {"spoken": ("text", value), "retention": ("as_case_file", value)}[key]
    for known in tables["value"].values():
        if key in known["keys"] and value in known:
            yield "value", known[value]
    if value.lstrip("-").isdigit():
        yield int(value)


def _due(length, unit):
    """Count a term by hand: hours by the minute, days from the day after."""
    if unit == "hour":
        return (_START + timedelta(hours=length)).replace(second=59)
    day = _START.date()
    while length:
        day += timedelta(days=1)
        length -= unit == "day" or calendar().is_working_day(day)
        if unit not in {"day", "working_day"}:
            return None
    return datetime.combine(day, time(23, 59, 59), SHANGHAI)


def _length(statement):
    facts = statement.facts
    if "length" not in facts:
        return None
    if statement.kind == "retention":
        return facts["length"], facts["unit"].value
    if facts["unit"] in {TermUnit.MONTH, TermUnit.YEAR}:
        return facts["length"], facts["unit"].value
    term = Term(code=statement.name, length=facts["length"], unit=facts["unit"])
    return "due", term.due(_START, calendar())


def _posts(statement):
    for key in ("approvers", "posts", "extended_by"):
        if key in statement.facts:
            return tuple(post.value for post in statement.facts[key])
    return None


def _fact(name, tag="code"):
    def told(statement):
        value = statement.facts.get(name)
        return None if value is None else (tag, str(value))

    return told


def _codes(name):
    def told(statement):
        value = statement.facts.get(name)
        return None if value is None else ("codes", tuple(map(str, value)))

    return told


def _text(statement):
    if statement.kind != "announcement":
        return None
    return "text", statement.facts.get("text", "")


def _as_file(statement):
    return (
        ("as_case_file", "same_as_case_file")
        if statement.facts.get("as_case_file")
        else None
    )


def _grounds(statement):
    return _codes("grounds")(statement)


def _number(statement, key):
    if statement.kind != "parameter" or statement.facts.get("settles"):
        return None
    value = statement.facts.get("value")
    if key in _COUNTED:
        return value, statement.facts.get("unit", "")
    return value if statement.name.endswith(key) else None


_FACTS = {
    **dict.fromkeys(_UNITS, _length),
    "from": _fact("starts"),
    "approver": _posts,
    "reviewer": _posts,
    "chain": _posts,
    "requester": _fact("requester"),
    "operations": _codes("operations"),
    "ground": _grounds,
    "grounds": _grounds,
    "condition": _grounds,
    "bound": _fact("bound"),
    "class": _fact("covers"),
    "trigger": _fact("trigger"),
    "retention": _as_file,
    "spoken": _text,
}
