"""Who may decide what no step does: named by the rules, of the case or of the day."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from engine.commands import definitions
from engine.commands.errors import NotAllowed
from forms import registry
from storage.database import new_id
from storage.digest import digest
from storage.models import Case, PackVersion, RequirementSet
from tests.factories import DAY, MONDAY, SUSPECT, shipped

NATIONAL = "jurisdictions/national.toml"
LEADERS = ["deputy_head", "agency_head"]
HEADS = ["unit_head", *LEADERS]


def later(name, *posts):
    """Return the national pack with a later entry, which holds from Monday on."""
    listed = ", ".join(f'"{post}"' for post in posts)
    entry = f"""
[[parameter.{name}]]
value = [{listed}]
since = {MONDAY.date()}
cites = ["pl-43"]
mark = "v"
"""
    return {**shipped(), NATIONAL: shipped()[NATIONAL] + entry}


def publish(office, files):
    """Publish at the office's moment."""
    with office.transaction() as tx:
        definitions.publish(tx, files, [form.code for form in registry.all()])


def challenge(case, login):
    """Record a challenge to somebody; returns its id."""
    told = case.office.act(
        "zhou",
        "recusals.challenge",
        case_id=case.id,
        person_id=case.office.people[login],
        ground="亲属",
        applicant="当事人",
    )
    return told["recusal_id"]


def decide(office, who, recusal_id):
    """Decide on a challenge, against it."""
    given = {"recusal_id": recusal_id, "granted": False, "reason": "不属实"}
    return office.act(who, "recusals.decide", **given)


@pytest.mark.parametrize(
    ("act", "params", "posts", "cites"),
    [
        ("cases.suspend", {"reason": "不可抗力"}, LEADERS, ["pl-57", "pl-60"]),
        ("cases.terminate", {"reason": "注销"}, LEADERS, ["pl-57"]),
        (
            "assignments.assign",
            {"capacity": "handler", "person_ids": ["zhang"], "reason": "分工"},
            HEADS,
            ["pl-42", "pl-64"],
        ),
        (
            "assignments.hand_over",
            {"person_id": "zhou", "to_id": "he", "reason": "离岗"},
            HEADS,
            ["pl-42"],
        ),
        (
            "cases.migrate",
            {"reason": "新版本"},
            ["process_designer", "administrator"],
            ["pl-37"],
        ),
    ],
)
def test_a_refusal_names_posts_and_clauses(office, act, params, posts, cites):
    """Whoever may not decide in a case is told who may, and by which clause."""
    case = office.open_case()
    known = {
        name: office.people.get(value, value) if isinstance(value, str) else value
        for name, value in params.items()
    }
    if "person_ids" in known:
        known["person_ids"] = [office.people[each] for each in known["person_ids"]]
    with pytest.raises(NotAllowed) as refused:
        office.act("liu", act, case_id=case.id, **known)

    assert (refused.value.act, refused.value.posts) == (act, posts)
    assert refused.value.cites == cites


@pytest.mark.parametrize(
    ("act", "params", "posts", "cites"),
    [
        (
            "cases.open",
            {"process": "penalty", "cause": "无证", "parties": [SUSPECT]},
            ["officer", "unit_head"],
            ["pl-54"],
        ),
        (
            "devices.register",
            {"number": "A-1", "kind": "body_camera"},
            ["footage_custodian", "unit_head", "administrator"],
            ["pl-47"],
        ),
        (
            "migrations.start",
            {"process": "penalty", "reason": "新版本"},
            ["process_designer", "administrator"],
            ["pl-37"],
        ),
    ],
)
def test_what_concerns_no_case_goes_by_the_rules_of_the_day(
    office, act, params, posts, cites
):
    """Registers, new cases and migrations are the posts' of today."""
    with pytest.raises(NotAllowed) as refused:
        office.act("liu", act, **params)

    assert (refused.value.posts, refused.value.cites) == (posts, cites)


def test_a_deputy_for_somebody_else_is_named_by_a_head(office):
    """For oneself anybody names one; for others a head does."""
    given = {
        "principal_id": office.people["zhou"],
        "deputy_id": office.people["he"],
        "since": MONDAY,
        "until": MONDAY + DAY,
        "reason": "休假",
    }
    with pytest.raises(NotAllowed) as refused:
        office.act("zhang", "deputies.name", **given)
    named = office.act("zhou", "deputies.name", **given)
    with pytest.raises(NotAllowed):
        office.act("zhang", "deputies.end", deputy_id=named["deputy_id"], reason="销假")

    assert (refused.value.posts, refused.value.cites) == (HEADS, ["pl-42"])


def test_a_case_goes_by_the_rules_it_is_pinned_to(office):
    """A later entry moves the decision in new cases, and in no old one."""
    old = office.open_case()
    publish(office, later("recusal_posts", "agency_head"))
    new = office.open_case()
    asked = challenge(new, "he")
    with pytest.raises(NotAllowed) as refused:
        decide(office, "fang", asked)

    assert decide(office, "fang", challenge(old, "he"))["status"] == "refused"
    assert decide(office, "lin", asked)["status"] == "refused"
    assert refused.value.posts == ["agency_head"]


def test_the_register_of_devices_follows_the_newest_rules(office):
    """No case is concerned, so that a later entry holds from its day on."""
    given = {"number": "A-1", "kind": "body_camera"}
    publish(office, later("device_posts", "footage_custodian"))
    with pytest.raises(NotAllowed):
        office.act("qin", "devices.register", **given)

    assert office.act("wang", "devices.register", **given)["device_id"]


def test_a_case_older_than_the_entry_goes_by_the_rules_of_the_day(office):
    """What was pinned before a pack named deciders is not left without any."""
    case = office.open_case()
    before, entry, after = shipped()[NATIONAL].partition(
        "[[parameter.suspension_posts]]"
    )
    silent = before + after[after.index("[[parameter.termination_posts]]") :]
    with office.transaction() as tx:
        now = tx.session.get_one(
            RequirementSet, tx.session.get_one(Case, case.id).requirement_set_id
        )
        national = tx.session.get_one(PackVersion, now.national_version_id)
        older = PackVersion(
            id=new_id(),
            issuer="national",
            number=0,
            digest=digest(silent),
            text=silent,
            published_at=MONDAY - 9 * DAY,
        )
        tx.add(older)
        tx.session.flush()
        made = RequirementSet(
            id=new_id(),
            process_version_id=now.process_version_id,
            pack_version_id=now.pack_version_id,
            national_version_id=older.id,
            process_key=now.process_key,
            issuer=now.issuer,
            digest="older",
            published_at=national.published_at - DAY,
        )
        tx.add(made)
        tx.session.flush()
        tx.session.execute(
            update(Case).where(Case.id == case.id).values(requirement_set_id=made.id)
        )
    with pytest.raises(NotAllowed) as refused:
        office.act("qin", "cases.suspend", case_id=case.id, reason="不可抗力")
    told = office.act("fang", "cases.suspend", case_id=case.id, reason="不可抗力")

    assert entry
    assert refused.value.posts == LEADERS
    assert told["status"] == "suspended"


@pytest.mark.clause("pl-43", "pl-57")
def test_the_head_decides_on_members_of_the_committee(office):
    """A deputy decides on an officer; on a member who discusses, the head does."""
    case = office.open_case()
    office.act(
        "lin",
        "assignments.assign",
        case_id=case.id,
        capacity="committee_member",
        person_ids=[office.people["sun"]],
        reason="集体讨论",
    )
    asked = challenge(case, "sun")
    with pytest.raises(NotAllowed) as refused:
        decide(office, "fang", asked)

    assert decide(office, "lin", asked)["status"] == "refused"
    assert decide(office, "fang", challenge(case, "he"))["status"] == "refused"
    assert (refused.value.posts, refused.value.cites) == (
        ["agency_head"],
        ["pl-43", "pl-57"],
    )


@pytest.mark.clause("pl-43")
def test_the_rest_of_the_leadership_decides_on_the_head(office):
    """Nobody decides on themselves; where the head is out, the others decide on all."""
    case = office.open_case()
    asked = challenge(case, "lin")
    with pytest.raises(NotAllowed) as refused:
        decide(office, "lin", asked)
    given = {"recusal_id": asked, "granted": True, "reason": "属实"}
    office.act("fang", "recusals.decide", **given)
    office.act(
        "fang",
        "assignments.assign",
        case_id=case.id,
        capacity="committee_member",
        person_ids=[office.people["sun"]],
        reason="集体讨论",
    )

    assert refused.value.posts == ["deputy_head"]
    assert decide(office, "fang", challenge(case, "sun"))["status"] == "refused"


def test_nobody_decides_before_anything_is_published(office):
    """Without published rules no post is named, and the refusal says so."""
    with office.transaction() as tx:
        sets = tx.session.scalars(select(RequirementSet.id)).all()
        tx.session.execute(update(RequirementSet).values(issuer="elsewhere"))
    with pytest.raises(NotAllowed) as refused:
        office.act("wang", "devices.register", number="A-1", kind="body_camera")

    assert sets
    assert refused.value.posts == []
