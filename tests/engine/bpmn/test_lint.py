"""The lint: each rule seen to find its fault, and a sound diagram left alone."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from engine.bpmn.findings import Severity
from engine.bpmn.lint import Catalogue, lint
from engine.bpmn.reader import read
from tests.engine.bpmn.drawing import draw, wrap

KNOWN = Catalogue(
    activities=frozenset({f"act.{name}" for name in "abcdxyzv"} | {"act.work"}),
    facts=frozenset({"fine", "people", "flag", "served_at"}),
    documents=frozenset({"notice"}),
    decisions=frozenset({"right"}),
    operations=frozenset({"op"}),
    processes=frozenset({"p", "sv"}),
    terms=frozenset({"t", "late"}),
    clauses=frozenset({"pl-1"}),
    emergencies=frozenset({"notice"}),
)


def found(data: bytes) -> set[tuple[str, str]]:
    """Return element and rule of every error."""
    return {
        (f.element, f.rule)
        for f in lint(read(data), KNOWN)
        if f.severity is Severity.ERROR
    }


SOUND = """
    start s
    user a yes no
    on a timer late
    xor g
    and fork
    panel v people
    call c sv notice
    and join
    decide d right
    serve o op
    events e
    message m
    timer t
    end done_
    end warned
    s -> a
    late -> warned
    a -> g
    g -> fork if outcome.a == 'yes'
    g -> d if outcome.a == 'no'
    fork -> v
    fork -> c
    v -> join
    c -> join
    join -> e
    e -> m
    e -> t
    m -> done_
    t -> done_
    d -> o
    o -> done_
"""


def test_a_sound_diagram_has_no_error():
    """All outcomes are named, so the gateway needs no default."""
    assert found(draw(SOUND)) == set()


def test_findings_are_plain_facts():
    """A finding tells element, rule, severity and what it is about."""
    finding = lint(read(draw("start s\nend e\ns -> gone")), KNOWN)[0]

    assert finding.facts() == {
        "element": "f2",
        "rule": "dangling_target",
        "mend": "connect_it",
        "severity": "error",
        "names": "gone",
    }


#: Rule and element, then the drawing.
FAULTS = """
dangling_source f2
    start s; end e; foo -> e; s -> e
dangling_boundary m
    start s; end e; on foo message m; s -> e
flow_leaves_scope f9
    start s; sub b; start q; end r; q -> r; done _; end e; s -> b; b -> e; s -> r
needs_one_start p
    start s; start t; end e; s -> e; t -> e
unreachable a
    start s; user a; end e; s -> e
no_way_to_end a
    start s; user a; user b; end e; s -> a; a -> b; b -> a
circle_without_task x
    start s; xor x; xor y; end e; s -> x; x -> y; y -> x if flag; y -> e else
fork_in_circle f
    start s; xor m; and f; user a; end e; s -> m; m -> f; f -> a; f -> e; a -> m
no_default x
    start s; xor x; user a; end e; s -> x; x -> a if flag; x -> e if fine; a -> e
unknown_outcome f8
    start s; user a yes no; xor x; end e; end f; s -> a; a -> x;
    x -> e if outcome.a == 'yes'; x -> f if outcome.a == 'maybe'
no_condition f6
    start s; xor x; end e; end f; s -> x; x -> e if flag; x -> f
conditional_flow f4
    start s; user a; end e; s -> a; a -> e if flag
flow_after_end e
    start s; end e; user a; s -> e; e -> a
flow_into_event s
    start s; user a; end e; s -> a; a -> e; a -> s
needs_two_events g
    start s; events g; message m; end e; s -> g; g -> m; m -> e
event_expected a
    start s; events g; message m; user a; end e; s -> g; g -> m; g -> a; m -> e;
    a -> e
host_does_not_wait m
    start s; decide d right; on d message m; end e; s -> d; d -> e; m -> e
deadlock j
    start s; xor x; user a; user b; and j; end e; s -> x; x -> a if flag; x -> b else;
    a -> j; b -> j; j -> e
unknown_process c
    start s; call c gone; end e; s -> c; c -> e
unknown_document c
    start s; call c sv gone; end e; s -> c; c -> e
unknown_decision d
    start s; decide d gone; end e; s -> d; d -> e
unknown_operation o
    start s; serve o gone; end e; s -> o; o -> e
unknown_activity q
    start s; user q; end e; s -> q; q -> e
unknown_fact v
    start s; panel v nobody; end e; s -> v; v -> e
unknown_term gone
    start s; user a; on a timer gone; end e; s -> a; a -> e; gone -> e
unknown_fact f5
    start s; xor x; end e; end f; s -> x; x -> e if finne > 1; x -> f else
bad_expression f5
    start s; xor x; end e; end f; s -> x; x -> e if open('x'); x -> f else
unknown_document f5
    start s; xor x; end e; end f; s -> x; x -> e if subject.gone.served_at;
    x -> f else
unknown_fact f5
    start s; xor x; end e; end f; s -> x; x -> e if subject.notice.gone; x -> f else
unknown_outcome f7
    start s; user a; xor x; end e; end f; s -> a; a -> x; x -> e if outcome.a == 'y';
    x -> f else
"""


def faults() -> list[object]:
    """Return the drawings above with what must be found in them."""
    blocks = re.findall(r"^(\w+) (\w+)\n((?: +.+\n)+)", FAULTS, re.MULTILINE)
    return [
        pytest.param(" ".join(text.split()), element, rule, id=f"{number}-{rule}")
        for number, (rule, element, text) in enumerate(blocks)
    ]


@pytest.mark.parametrize(("drawing", "element", "rule"), faults())
def test_faults_of_the_drawing(drawing, element, rule):
    """Each fault is found at the element where it must be mended."""
    assert (element, rule) in found(draw(drawing))


TASK = (
    "<startEvent id='s'/><userTask id='a' name='a' rec:activity='act.a' "
    "rec:capacity='handler' {0}><extensionElements>{1}</extensionElements>{2}"
    "</userTask><endEvent id='e'/><sequenceFlow id='f' sourceRef='s' targetRef='a'/>"
    "<sequenceFlow id='g' sourceRef='a' targetRef='e'/>"
)
LOOP = "<multiInstanceLoopCharacteristics>{}</multiInstanceLoopCharacteristics>"
COUNT = "<loopCardinality>{}</loopCardinality>"


@pytest.mark.parametrize(
    ("attributes", "extension", "inner", "rule"),
    [
        ("", "<rec:record form='document' code='gone'/>", "", "unknown_document"),
        ("", "<rec:record form='recording' code='photo|film'/>", "", "unknown_medium"),
        ("", "<rec:record form='document' code='notice'/>" * 2, "", "record_twice"),
        ("", "<rec:record form='document' code='notice' count='0'/>", "", "bad_count"),
        (
            "",
            "<rec:record form='document' code='notice' cites='pl-9'/>",
            "",
            "unknown_clause",
        ),
        (
            "",
            "<rec:record form='document' code='notice' when='x'/>",
            "",
            "unknown_fact",
        ),
        ("", "<rec:deadline code='gone' start='open'/>", "", "unknown_term"),
        ("", "<rec:deadline code='t' start='open' from='gone'/>", "", "unknown_fact"),
        (
            "",
            "<rec:deadline code='t' start='open' fires='true'/>",
            "",
            "only_timers_fire",
        ),
        ("", "<rec:input fact='gone'/>", "", "unknown_fact"),
        ("", "<rec:assign capacity='handler' from='gone'/>", "", "unknown_fact"),
        ("", "<rec:guard code='x' require='1 +'/>", "", "bad_expression"),
        ("", "<rec:guard code='x' require='flag' cites='zz-1'/>", "", "unknown_clause"),
        ("", "<rec:outcome value='x'/>" * 2, "", "outcome_twice"),
        ("", "", LOOP.format(COUNT.format("len(people)")), "no_members"),
        ("rec:members='people'", "", LOOP.format(""), "no_cardinality"),
        (
            "rec:members='people'",
            "",
            LOOP.format(COUNT.format("3")),
            "cardinality_is_not_members",
        ),
        ("", "", "<standardLoopCharacteristics/>", "unsupported"),
        ("default='g'", "", "", "default_without_choice"),
        ("default='gone'", "", "", "dangling_default"),
    ],
    ids=str,
)
def test_faults_of_a_task(attributes, extension, inner, rule):
    """Each code that a task names must exist, and fit."""
    data = wrap(TASK.format(attributes, extension, inner))

    assert ("a", rule) in found(data)
    assert found(wrap(TASK.format("", "", ""))) == set()


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("rec:activity='act.a'", "", "no_activity"),
        ("rec:capacity='handler'", "", "no_capacity"),
        ("<userTask id='a'", "<scriptTask id='a'", "unsupported"),
    ],
)
def test_faults_of_what_a_task_is(old, new, rule):
    """Somebody must act in some activity, and it must be a task that we run."""
    text = TASK.format("", "", "").replace(old, new)
    text = text.replace("</userTask>", "</scriptTask>") if "script" in new else text

    assert ("a", rule) in found(wrap(text))


def test_an_id_must_be_a_name():
    """A task whose id cannot stand in an expression has no usable outcome."""
    text = TASK.format("", "", "").replace("'a'", "'a-1'", 1)
    text = text.replace("targetRef='a'", "targetRef='a-1'")
    text = text.replace("sourceRef='a'", "sourceRef='a-1'")

    assert ("a-1", "id_is_no_name") in found(wrap(text))


def test_what_only_somebody_should_look_at():
    """Missing labels, implicit ends and forks do not keep it from running."""
    text = (
        "start s\nuser a\nxor x\nuser b\nuser c\ns -> a\na -> x\n"
        "x -> b if flag\nx -> c else\nb -> c\nb -> x\nuser d\nd -> a\na -> d"
    )
    rules = {
        f.rule for f in lint(read(draw(text)), KNOWN) if f.severity is Severity.WARNING
    }

    assert {"unlabelled", "implicit_end", "implicit_fork"} <= rules


@pytest.mark.parametrize(
    ("text", "old", "new", "element", "rule"),
    [
        (
            "start s; xor x; end e; end f; s -> x; x -> e if flag; x -> f if flag else",
            "",
            "",
            "f6",
            "condition_on_default",
        ),
        ("start s; end e; s -> e", ' rec:version="1"', "", "p", "no_version"),
        (
            "start s; and f; end e; s -> f; "
            + "; ".join(f"user n{n}; f -> n{n}; n{n} -> e" for n in range(20)),
            "",
            "",
            "p",
            "not_played_through",
        ),
    ],
    ids=["condition_on_default", "no_version", "not_played_through"],
)
def test_what_is_told_and_bars_nothing(text, old, new, element, rule):
    """A condition that never counts, no version, too much to play through."""
    data = draw(text).decode().replace(old, new).encode()
    told = {(f.element, f.rule): f.severity for f in lint(read(data), KNOWN)}

    assert told[element, rule] is Severity.WARNING
    assert {each for _, each in found(data)} <= {"unknown_activity"}


def test_a_parameter_must_stand_in_a_pack():
    """Where the catalogue knows the packs, a condition names one of their entries."""
    known = Catalogue(**{**vars(KNOWN), "parameters": frozenset({"minimum"})})
    text = "start s; xor x; end e; end f; s -> x; x -> e if param.{} > 1; x -> f else"
    rules = {
        name: {f.rule for f in lint(read(draw(text.format(name))), known)}
        for name in ("minimum", "gone")
    }

    assert "unknown_parameter" in rules["gone"]
    assert "unknown_parameter" not in rules["minimum"]


def test_a_branch_that_may_meet_the_main_flow():
    """A branch that can start several times should have an end of its own."""
    text = "start s; user a; on a message m; user b; end e; s -> a; m -> b"
    apart = lint(read(draw(f"{text}; a -> e; b -> e")), KNOWN)
    meets = lint(read(draw(f"{text}; a -> b; b -> e")), KNOWN)

    assert "branch_meets_main_flow" not in {f.rule for f in apart}
    assert "branch_meets_main_flow" in {f.rule for f in meets}


def test_too_large_a_drawing():
    """More than three hundred nodes, or sixty-four branches, is too much."""
    wide = ["start s", "and f", "end e", "s -> f"]
    for n in range(301):
        wide += [f"user n{n}", f"f -> n{n}", f"n{n} -> e"]

    assert {("p", "too_many_nodes"), ("p", "too_many_branches")} <= found(
        draw("\n".join(wide))
    )


def test_outcomes_of_other_processes():
    """They are checked when the catalogue knows them, and marked when not."""
    text = "start s\nxor x\nend e\nend f\ns -> x\nx -> e if outcome.far\nx -> f else"
    unknown = lint(read(draw(text)), KNOWN)
    known = Catalogue(**{**vars(KNOWN), "outcomes": frozenset({"near"})})

    assert "outcome_from_elsewhere" in {f.rule for f in unknown}
    assert "unknown_outcome" in {f.rule for f in lint(read(draw(text)), known)}


def test_only_what_a_text_allows_begins_before_its_approval():
    """Calling the emergency path needs a matter, and one that some pack lists."""
    known = replace(
        KNOWN,
        processes=KNOWN.processes | {"emergency"},
        documents=KNOWN.documents | {"license"},
    )

    def rules(call):
        model = read(draw(f"start s; {call}; end e; s -> c; c -> e"))
        return {f.rule for f in lint(model, known) if f.severity is Severity.ERROR}

    assert rules("call c emergency notice") == set()
    assert rules("call c emergency license") == {"no_emergency_path"}
    assert rules("call c emergency") == {"no_subject"}


def test_a_timer_may_wait_for_one_of_several_terms():
    """As long as a condition chooses which; else nobody could say what is due."""

    def timer(condition):
        rule = "<rec:deadline code='t' start='open' fires='true' {0}/>"
        return wrap(
            "<startEvent id='s'/><intermediateCatchEvent id='w'><extensionElements>"
            + rule.format("if='flag'")
            + rule.format(condition)
            + "</extensionElements><timerEventDefinition/></intermediateCatchEvent>"
            "<endEvent id='e'/><sequenceFlow id='f' sourceRef='s' targetRef='w'/>"
            "<sequenceFlow id='g' sourceRef='w' targetRef='e'/>"
        )

    assert ("w", "needs_one_deadline") not in found(timer("if='not flag'"))
    assert ("w", "needs_one_deadline") in found(timer(""))
