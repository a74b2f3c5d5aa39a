"""Every timer of the national frame and of the five texts, against the packs.

The expected values were written down from the law and from the clause files, never
from the packs that they judge.
"""

from __future__ import annotations

import csv
from datetime import datetime

import pytest

from engine.rules.deadlines import SHANGHAI
from storage.vocabulary import Capacity, Post
from tests.law.packs import ISSUERS, PROCESSES, calendar, pack, rules

PDS, DL, SH, QY, ZH = ISSUERS
LEADERS = {"deputy_head", "agency_head"}

#: Timer, issuer, code, length, unit, whether a party's, whether it rolls, a clause.
TIMERS = [
    ("T01", QY, "acceptance_record", 48, "hour", False, False, "qy-zn-pen-01-is-a"),
    ("T02", PDS, "docketing", 7, "working_day", False, False, "r53-15"),
    ("T02", QY, "docketing", 7, "day", False, False, "qy-zn-pen-02-is-a"),
    ("T03", PDS, "emergency_approval", 24, "hour", False, False, "pds-2019-12c"),
    ("T03", DL, "emergency_approval", 24, "hour", False, False, "dl-8b"),
    ("T04", PDS, "registration_settlement", 7, "working_day", False, False, "pl-56"),
    ("T05", PDS, "defense", 5, "working_day", True, True, "pl-45"),
    ("T05", PDS, "hearing_request", 5, "working_day", True, True, "pl-64"),
    ("T06", PDS, "hearing_notice", 7, "working_day", True, False, "pl-64"),
    ("T07", PDS, "decision", 90, "day", False, False, "pl-60"),
    ("T08", PDS, "decision_service", 7, "working_day", False, False, "pl-61"),
    ("T09a", SH, "publication", 7, "working_day", False, False, "notice-118"),
    ("T09b", SH, "result_publication", 20, "working_day", False, False, "notice-118"),
    ("T09c", SH, "publication_withdrawal", 3, "working_day", False, False, "pl-48"),
    ("T10", PDS, "payment", 15, "day", False, True, "pl-67"),
    ("T11", ZH, "cash_handover", 2, "working_day", False, False, "pl-71"),
    ("T11", ZH, "cash_deposit", 2, "working_day", False, False, "pl-71"),
    ("T12", SH, "summary_register", 7, "day", False, False, "r53-47"),
    ("T14", PDS, "reconsideration", 60, "day", True, True, "rl-20"),
    ("T14", PDS, "litigation", 6, "month", True, True, "al-46"),
    ("T14", PDS, "litigation_after_reconsideration", 15, "day", True, True, "al-45"),
    ("T14", PDS, "litigation_unadvised", 1, "year", True, True, "ali-64"),
    ("T14", PDS, "reconsideration_unadvised", 1, "year", True, True, "rl-20"),
    ("T15", PDS, "demand", 10, "working_day", True, False, "cl-54"),
    ("T16", PDS, "court_application", 3, "month", False, False, "cl-53"),
    ("T16", PDS, "enforcement_suspension", 3, "year", False, False, "cl-39"),
    ("T17", PDS, "court_acceptance", 5, "working_day", False, False, "cl-56"),
    ("T17", PDS, "court_ruling", 7, "working_day", False, False, "cl-57"),
    ("T17", PDS, "court_ruling_heard", 30, "day", False, False, "cl-58"),
    ("T17", PDS, "court_challenge", 15, "day", False, False, "cl-56"),
    ("T18", PDS, "limitation", 2, "year", False, False, "pl-36"),
    ("T18", PDS, "limitation_health", 5, "year", False, False, "pl-36"),
    ("T19", DL, "measure_approval", 24, "hour", False, False, "cl-19"),
    ("T20", DL, "measure", 30, "day", False, False, "cl-25"),
    ("T22", PDS, "criminal_referral_decision", 3, "day", False, False, "r310-5"),
    ("T22", PDS, "criminal_referral", 24, "hour", False, False, "r310-5"),
    ("T23", QY, "license_supplement_notice", 5, "working_day", False, False, "ll-32"),
    ("T24", QY, "license_decision", 20, "working_day", False, False, "ll-82"),
    ("T24", SH, "license_decision", 20, "working_day", False, False, "ll-42"),
    ("T25", SH, "license_issue", 10, "working_day", False, False, "ll-44"),
    ("T25", QY, "license_issue", 5, "working_day", False, False, "qy-zn-lic-03-pa-b"),
    ("T26", SH, "license_hearing_request", 5, "working_day", True, True, "ll-47"),
    ("T26", SH, "license_hearing", 20, "working_day", False, False, "ll-47"),
    ("T26", SH, "license_hearing_notice", 7, "working_day", True, False, "ll-48"),
    ("T27", SH, "license_renewal", 30, "day", True, False, "ll-50"),
    ("T30", DL, "footage_deposit", 24, "hour", False, False, "dl-28b"),
    ("T30", SH, "footage_deposit", 24, "hour", False, False, "sh-a1-15c"),
    ("T30", DL, "footage_deposit_return", 24, "hour", False, False, "dl-28c"),
    ("T30", ZH, "footage_deposit_return", 24, "hour", False, False, "zh-yx-13b"),
    ("T30", PDS, "footage_deposit", 2, "working_day", False, False, "pds-2019-18c"),
    ("T30", QY, "footage_deposit", 2, "working_day", False, False, "qy-zd-9a"),
    ("T32", PDS, "archiving", 30, "day", False, False, "pds-2019-18a"),
    ("T32", DL, "archiving", 30, "day", False, False, "dl-27b"),
    ("T32", QY, "archiving", 5, "working_day", False, False, "qy-zd-13e"),
    ("T32", QY, "inspection_archiving", 5, "working_day", False, False, "qy-zd-13c"),
    ("T34", QY, "device_repair", 1, "working_day", False, False, "qy-zd-17-3c"),
    ("T36", SH, "information_request", 20, "working_day", False, False, "gongkai-33"),
    ("EM", SH, "inspection_emergency_approval", 24, "hour", False, False, "xc-1"),
    ("LR4", SH, "legal_review", 5, "working_day", False, False, "pl-58"),
    ("HR9", SH, "hearing_opinion", 5, "working_day", False, False, "pl-64"),
    ("SV", SH, "service_announcement", 30, "day", True, False, "cp-95"),
    ("L05", SH, "license_supplement", 60, "day", True, True, "ll-32"),
    ("797", SH, "hygiene_filing", 30, "day", False, True, "decree797-1"),
]


@pytest.mark.parametrize(
    ("timer", "issuer", "code", "length", "unit", "right", "rolls", "clause"), TIMERS
)
def test_a_timer_has_its_length(
    timer, issuer, code, length, unit, right, rolls, clause
):
    """Length, unit, whose it is, whether it rolls, and the clause that says so."""
    term = rules(issuer).term(code)

    assert (term.length, term.unit.value) == (length, unit), timer
    assert (term.right, term.rolls) == (right, rolls)
    assert clause in term.cites


def test_no_timer_was_forgotten():
    """The frame numbers thirty of its timers; those that are terms are all here.

    T13 is a rate, checked as one; T30 of Zhanhe has no figure in the normal case.
    """
    numbered = {row[0] for row in TIMERS if row[0].startswith("T")}
    expected = {f"T{n:02}" for n in (*range(1, 9), *range(10, 13), *range(14, 21))}
    expected |= {"T09a", "T09b", "T09c", *(f"T{n}" for n in (22, 23, 24, 25, 26, 27))}

    assert numbered == expected | {"T30", "T32", "T34", "T36"}
    assert "footage_deposit" not in rules(ZH).terms


def test_the_table_covers_every_term():
    """A term that stands in a pack stands in this table too."""
    written = {
        term.code for name in ("national", *ISSUERS) for term in pack(name).terms
    }

    assert written == {row[2] for row in TIMERS}


@pytest.mark.clause("pl-72", "pl-73", "cl-45")
def test_the_surcharge_grows_for_thirty_three_days_and_a_bit():
    """T13: three percent a day, no more than the fine itself, reached on day 34."""
    parameters = rules(PDS).parameters
    rate = parameters["surcharge_daily_percent"]
    cap = parameters["surcharge_cap_percent"]

    assert (rate, cap) == (3, 100)
    assert -(-cap // rate) == 34


#: Length that may be added, how often (0: not said), by whom.
EXTENSIONS = {
    "decision": (30, 0, LEADERS),
    "payment": (0, 0, LEADERS),  # deferral and installments, as approved
    "measure": (30, 1, LEADERS),
    "license_decision": (10, 1, LEADERS),
    "information_request": (20, 1, {"agency_head"}),
}


@pytest.mark.parametrize("issuer", ISSUERS)
def test_only_five_terms_may_be_extended(issuer):
    """T07, T10, T20, T24, T36; in Qingyuan also the deposit of footage."""
    found = {
        term.code: (term.extends, term.extend_times, set(term.extended_by))
        for term in rules(issuer).terms.values()
        if term.extended_by
    }
    own = {"footage_deposit": (0, 0, {"deputy_head"})} if issuer == QY else {}

    assert found == EXTENSIONS | own


#: Grounds on which days do not count, and which of these are told in writing.
DEDUCTIONS = {
    "decision": ({"hearing", "expert_opinion", "announcement", "suspension"}, set()),
    "measure": ({"expert_opinion"}, {"expert_opinion"}),
    "license_decision": (
        {"hearing", "expert_opinion", "expert_review"},
        {"hearing", "expert_opinion", "expert_review"},
    ),
    "information_request": ({"third_party_opinion"}, set()),
}


@pytest.mark.parametrize("issuer", ISSUERS)
def test_only_named_days_are_left_out(issuer):
    """T07, T20, T24 and T36 stop on listed grounds; T03, T04 and T19 on none."""
    found = {
        term.code: (set(term.deducts), set(term.in_writing))
        for term in rules(issuer).terms.values()
        if term.deducts
    }

    assert found == DEDUCTIONS


#: Warnings that the frame asks for, in hours or days before the end.
WARNINGS = [
    (PDS, "emergency_approval", (12, 4, 1)),  # after 12, 20 and 23 hours
    (DL, "measure_approval", (12, 4, 1)),
    (PDS, "decision", (30, 15, 5)),
    (DL, "measure", (10, 5, 2)),
    (SH, "license_renewal", (60, 30, 0)),  # 90, 60 and 30 days before expiry
]


@pytest.mark.parametrize(("issuer", "code", "warn"), WARNINGS)
def test_warnings_are_those_asked_for(issuer, code, warn):
    """The frame gives the hours or days at which somebody is warned."""
    assert rules(issuer).term(code).warn == warn


@pytest.mark.parametrize("issuer", ISSUERS)
def test_the_first_day_of_a_seizure_is_never_moved(issuer):
    """T20 is counted from the original date, even if it is decided anew."""
    fixed = {term.code for term in rules(issuer).terms.values() if term.fixed}

    assert fixed == {"measure"}


@pytest.mark.parametrize("code", ["emergency_approval", "measure_approval"])
def test_an_emergency_warns_officers_their_head_and_the_leader(code):
    """The worked case names them: officers, head of the unit, leader of the organ."""
    term = rules(DL).term(code)

    assert set(term.warned) == {
        Capacity.HANDLER,
        Capacity.REVIEWER,
        Capacity.APPROVER,
    }
    assert Capacity.SUPERVISOR in term.escalates


@pytest.mark.parametrize("issuer", ISSUERS)
def test_somebody_is_told_of_every_end(issuer):
    """No term runs out without anybody being told; posts carry every capacity."""
    ruleset = rules(issuer)
    silent = [term.code for term in ruleset.terms.values() if not term.escalates]
    nobody = {
        capacity
        for term in ruleset.terms.values()
        for capacity in (*term.warned, *term.escalates)
        if not ruleset.posts(capacity)
    }

    assert silent == []
    assert nobody == set()
    assert Post.AGENCY_HEAD in ruleset.posts(Capacity.APPROVER)


NUMBERS = ("hours", "days", "working_days")
#: The text says days; the law on licenses counts them in working days.
IN_WORKING_DAYS = {"qy-zn-lic-03-pa-a"}


def _numbered():
    for prefix in ("pds", "dl", "sh", "qy", "zh"):
        path = PROCESSES / "clauses" / f"{prefix}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                given = dict(
                    part.split("=", 1)
                    for part in row["parameters"].split("; ")
                    if "=" in part
                )
                if row["kind"] == "deadline" and (found := given.keys() & {*NUMBERS}):
                    (name,) = found
                    yield row["id"], int(given[name]), name.removesuffix("s")


@pytest.mark.parametrize(("clause", "length", "unit"), list(_numbered()))
def test_every_numbered_clause_is_a_term(clause, length, unit):
    """A clause of an authority that states a length is cited by such a term."""
    terms = [
        term for name in ISSUERS for term in pack(name).terms if clause in term.cites
    ]
    if clause in IN_WORKING_DAYS:
        unit = "working_day"

    assert {(term.length, term.unit.value) for term in terms} == {(length, unit)}


def _at(day, clock="15:00"):
    return datetime.fromisoformat(f"2026-{day}T{clock}").replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("code", "start", "last"),
    [
        ("license_supplement_notice", "09-14", "09-20"),  # T23, a worked Sunday
        ("license_decision", "09-29", "11-02"),  # T24
        ("license_issue", "10-30", "11-06"),  # T25, stricter than the law's 11-13
        ("publication", "10-30", "11-10"),  # T09a
    ],
)
def test_the_dates_of_the_worked_license(code, start, last):
    """The worked case of a licence, over National Day and two worked weekends."""
    found = rules(QY).term(code).last_day(_at(start), calendar())

    assert found.isoformat() == f"2026-{last}"


def test_both_lengths_of_a_stricter_term_are_kept():
    """Beside Qingyuan's five days the ten of the law can be shown."""
    lengths = [term.length for term in rules(QY).compared["license_issue"]]

    assert lengths == [5, 10]


@pytest.mark.clause("ll-50")
def test_a_renewal_is_asked_for_thirty_days_before():
    """T27: valid to 31 December, applied for by 1 December, told of it three times."""
    term = rules(SH).term("license_renewal")
    due = term.due(_at("12-31"), calendar())

    assert due.date().isoformat() == "2026-12-01"
    assert [w.date().isoformat() for w in term.warnings(due)] == [
        "2026-10-02",
        "2026-11-01",
        "2026-12-01",
    ]
