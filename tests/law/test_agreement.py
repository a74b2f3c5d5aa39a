"""What each authority asks of recordings beside that they exist, from its clauses.

The table was written down from the clauses, never from the packs that it judges.
"""

from __future__ import annotations

import csv
from dataclasses import fields, replace
from datetime import date, datetime, timedelta

import pytest

from engine.rules import jurisdiction
from engine.rules.agreement import CHECKED, INTERVIEWEES, PER_OFFICER, agreement
from engine.rules.coherence import TimeSpan, covers
from engine.rules.deadlines import SHANGHAI
from tests.law.packs import ISSUERS, PROCESSES, pack, rules
from tests.law.test_sixth import PACK

PDS, DL, SH, QY, ZH = ISSUERS
DAY = date(2026, 3, 9)
ONSITE, INTERVIEW, PANEL = (
    "inspection.onsite",
    "investigation.interview",
    "penalty.panel_record",
)
#: Issuer, activity → what is asked there, each with its clauses; the rest is not.
ASKED = {
    (PDS, ONSITE): {"officers": {"pl-42"}},
    (PDS, INTERVIEW): {"covered": {"pl-47"}, "officers": {"pl-42"}},
    (PDS, PANEL): {},
    (DL, ONSITE): {"officers": {"pl-42"}},
    (DL, INTERVIEW): {"covered": {"pl-47"}, "officers": {"pl-42"}},
    (SH, ONSITE): {
        "covered": {"sh-a1-10b"},
        "equal": {"sh-a1-10b"},
        "per_officer": {"sh-a1-5b"},
        "officers": {"sh-a1-5a"},
        "interruption": {"sh-a1-10a", "sh-a1-10c", "sh-a1-10d"},
        "device_check": {"sh-a1-7"},
    },
    (SH, INTERVIEW): {
        "covered": {"sh-a1-10b"},
        "equal": {"sh-a1-10b"},
        "officers": {"sh-a1-5a"},
        "interruption": {"sh-a1-10c", "sh-a1-10d"},
        "device_check": {"sh-a1-7"},
    },
    (QY, INTERVIEW): {
        "covered": {"qy-zd-11a", "qy-yqj-5b", "qy-xw-16a"},
        "equal": {"qy-zd-11a", "qy-yqj-5b", "qy-xw-16a"},
        "officers": {"qy-zd-7a", "qy-xw-13a"},
        "interviewees": {"qy-xw-13b"},
        "device_check": {"qy-zd-17-2b", "qy-yqj-6"},
    },
    (QY, PANEL): {
        "covered": {"qy-zd-11a", "qy-yqj-5b", "qy-xw-16a"},
        "equal": {"qy-zd-11a", "qy-yqj-5b", "qy-xw-16a"},
        "device_check": {"qy-zd-17-2b", "qy-yqj-6"},
    },
    (ZH, ONSITE): {"officers": {"pl-42"}, "device_check": {"zh-yx-7"}},
    (ZH, INTERVIEW): {
        "covered": {"pl-47"},
        "officers": {"pl-42"},
        "device_check": {"zh-yx-7"},
    },
}


def _asked(found):
    named = ((each.name, getattr(found, each.name)) for each in fields(found))
    return {
        name: set(value.cites)
        for name, value in named
        if hasattr(value, "cites") and value
    }


@pytest.mark.parametrize(("issuer", "activity"), ASKED)
def test_each_authority_asks_what_its_clauses_say(issuer, activity):
    """What a text does not ask for is not asked for, and each demand has its clause."""
    found = agreement(rules(issuer, DAY), activity)

    assert _asked(found) == ASKED[issuer, activity]


@pytest.mark.parametrize("issuer", ISSUERS)
def test_numbers_are_those_of_the_law(issuer):
    """Two officers, one interviewee, one minute; nobody allows more."""
    found = agreement(rules(issuer, DAY), INTERVIEW)

    assert found.officers.number == 2
    assert found.interviewees.number == (1 if issuer == QY else 0)
    assert found.tolerance == timedelta(minutes=1)


def _with(issuer, **values):
    """Return the rules of an authority with some parameters at other values."""
    own = pack(issuer)
    parameters = tuple(
        replace(each, value=values.get(each.name, each.value))
        for each in own.parameters
    )
    changed = replace(own, parameters=parameters)
    return jurisdiction.resolve(pack("national"), changed, DAY)


@pytest.mark.clause("sh-a2-clock", "sh-a1-10b")
@pytest.mark.parametrize(
    ("issuer", "drift", "minutes"), [(SH, 3, 1), (SH, 61, 2), (SH, 0, 0), (QY, 3, 0)]
)
def test_a_clock_may_go_wrong_as_its_text_says(issuer, drift, minutes):
    """Asked to the minute, Shanghai still forgives what a recorder's clock may lose."""
    changed = _with(issuer, time_tolerance=0, recorder_clock_drift_s_per_day_max=drift)
    found = agreement(changed, INTERVIEW)
    moment = datetime(2026, 3, 9, 10, tzinfo=SHANGHAI)
    written = TimeSpan(start=moment, end=moment + timedelta(hours=1))
    late = TimeSpan(start=moment + timedelta(minutes=1), end=written.end)

    assert found.tolerance == timedelta(minutes=minutes)
    assert covers(written, [late], tolerance=found.tolerance) is (minutes >= 1)


def _clauses():
    for path in sorted((PROCESSES / "clauses").glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as rows:
            for row in csv.DictReader(rows):
                said = (part.partition("=") for part in row["parameters"].split(";"))
                yield row["id"], {key.strip(): value for key, _, value in said}


_PREFIXES = {"pds": PDS, "dl": DL, "sh": SH, "qy": QY, "zh": ZH}
#: What the column `parameters` of a clause says → where it must be found.
_SAID = {
    ("check", "av_times_match_doc_times"): (INTERVIEW, "equal"),
    ("recordings_per_officer", "1"): (ONSITE, "per_officer"),
    ("officers_min", "2"): (INTERVIEW, "officers"),
    ("interviewees_max", "1"): (INTERVIEW, "interviewees"),
}


def test_every_clause_on_agreement_is_asked_for():
    """Each clause whose column says so is cited by what is asked of recordings."""
    missing = [
        (id_, key)
        for id_, said in _clauses()
        for key, value in said.items()
        for activity, name in [_SAID.get((key, value), ("", ""))]
        if name
        and id_
        not in getattr(
            agreement(rules(_PREFIXES[id_.split("-")[0]], DAY), activity), name
        ).cites
    ]

    assert missing == []


@pytest.mark.parametrize("clause", ["sh-a1-7", "qy-zd-17-2b", "qy-yqj-6", "zh-yx-7"])
def test_a_checklist_is_that_of_the_clause(clause):
    """What is looked at before use are the words of the clause, none left out."""
    said = dict(_clauses())[clause]
    found = agreement(rules(_PREFIXES[clause.split("-")[0]], DAY), ONSITE)

    assert said["when"] == "before_activity"
    assert set(said["checklist"].split("|")) <= set(found.checklist)
    assert clause in found.device_check.cites


@pytest.mark.parametrize(
    ("issuer", "place", "code", "activity", "name"),
    [
        (SH, "parameters", PER_OFFICER, ONSITE, "per_officer"),
        (QY, "parameters", INTERVIEWEES, INTERVIEW, "interviewees"),
        (ZH, "duties", CHECKED, ONSITE, "device_check"),
    ],
)
def test_without_its_entry_nothing_is_asked(issuer, place, code, activity, name):
    """Leaving an entry out of a pack takes the demand away, and nothing else does."""
    whole = pack(issuer)
    left = tuple(
        entry
        for entry in getattr(whole, place)
        if code not in {getattr(entry, "name", ""), getattr(entry, "code", "")}
    )
    cut = replace(whole, **{place: left})
    found = agreement(jurisdiction.resolve(pack("national"), cut, DAY), activity)

    assert getattr(agreement(rules(issuer, DAY), activity), name)
    assert not getattr(found, name)


def test_a_sixth_authority_asks_by_its_pack_alone():
    """Entries with the same names in another pack are kept without a line of code."""
    own = (
        PACK
        + """
[[parameter.times_must_agree]]
label = "起止时间一致"
value = "*"
since = 2025-01-01
cites = ["sx-3"]

[[parameter.time_tolerance]]
label = "允许相差"
value = 5
unit = "minute"
since = 2025-01-01
cites = ["sx-3"]

[[duty.check_before_use]]
label = "使用前检查"
subject = "device"
kept_by = "register"
since = 2025-01-01
cites = ["sx-4"]
says = { checklist = ["镜头清洁"] }
"""
    )
    sixth = jurisdiction.resolve(
        pack("national"), jurisdiction.load(own, "sixth.toml"), DAY
    )
    found = agreement(sixth, ONSITE)

    assert found.equal.cites == ("sx-3",)
    assert found.tolerance == timedelta(minutes=5)
    assert found.checklist == ("镜头清洁",)
