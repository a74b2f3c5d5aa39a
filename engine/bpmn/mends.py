"""What to do about each thing that the lint finds: one stable word."""

from __future__ import annotations

from collections.abc import Mapping

#: By rule; what names something unknown is below.
RULES: Mapping[str, str] = {
    "bad_count": "write_a_number",
    "bad_expression": "write_an_expression",
    "boundary_reaches_join": "draw_a_subprocess",
    "branch_meets_main_flow": "end_the_branch",
    "cardinality_is_not_members": "count_the_members",
    "circle_without_task": "draw_a_task_into_it",
    "condition_on_default": "remove_it",
    "conditional_flow": "draw_a_gateway",
    "dangling_boundary": "attach_it",
    "dangling_default": "choose_a_flow",
    "dangling_source": "connect_it",
    "dangling_target": "connect_it",
    "deadlock": "match_split_and_join",
    "default_without_choice": "draw_a_gateway",
    "event_expected": "draw_an_event",
    "flow_after_end": "remove_it",
    "flow_into_event": "remove_it",
    "flow_leaves_scope": "connect_it",
    "fork_in_circle": "match_split_and_join",
    "host_does_not_wait": "attach_it",
    "id_is_no_name": "give_it_another_id",
    "implicit_end": "draw_an_end",
    "implicit_fork": "draw_a_gateway",
    "join_in_repeated_branch": "draw_a_subprocess",
    "loop_not_allowed": "draw_the_loop",
    "needs_one_deadline": "name_a_deadline",
    "needs_one_start": "draw_one_start",
    "needs_two_events": "draw_an_event",
    "no_activity": "choose_an_activity",
    "no_capacity": "put_it_in_a_lane",
    "no_cardinality": "count_the_members",
    "no_condition": "write_an_expression",
    "no_default": "choose_a_default",
    "no_emergency_path": "choose_a_known_one",
    "no_members": "count_the_members",
    "no_subject": "say_what_it_is_about",
    "no_version": "say_the_version",
    "no_way_to_end": "draw_an_end",
    "not_carried_out": "look_at_it",
    "not_played_through": "split_it",
    "only_timers_fire": "name_a_deadline",
    "outcome_from_elsewhere": "look_at_it",
    "outcome_twice": "remove_it",
    "record_twice": "remove_it",
    "rules_disagree": "separate_the_rules",
    "rules_leave_gap": "cover_the_rest",
    "rules_not_compared": "look_at_it",
    "too_many_branches": "split_it",
    "too_many_nodes": "split_it",
    "unlabelled": "name_it",
    "unsupported": "redraw",
    "unreachable": "connect_it",
}

#: By construct, when it is outside the profile.
CONSTRUCTS: Mapping[str, str] = {
    "task": "use_a_user_task",
    "manualTask": "use_a_user_task",
    "scriptTask": "use_a_service_task",
    "sendTask": "use_a_user_task",
    "intermediateThrowEvent": "use_supported_events",
    "complexGateway": "use_plain_gateways",
    "adHocSubProcess": "draw_the_order",
    "transaction": "draw_a_subprocess",
    "eventSubProcess": "use_a_boundary_event",
    "multipleEventDefinition": "one_event_each",
    "eventDefinitionRef": "define_it_inside",
    "parallelEventGateway": "use_plain_gateways",
    "instantiatingEventGateway": "draw_one_start",
    "instantiatingReceiveTask": "draw_one_start",
    "isForCompensation": "draw_the_undoing",
    "compensateEventDefinition": "draw_the_undoing",
    "cancelEventDefinition": "draw_the_undoing",
    "linkEventDefinition": "connect_it",
    "startQuantity": "remove_it",
    "completionQuantity": "remove_it",
    "standardLoopCharacteristics": "draw_the_loop",
    "loopBehavior": "draw_the_loop",
    "loopDataInputRef": "count_the_members",
    "loopDataOutputRef": "remove_data_flow",
    "inputDataItem": "remove_data_flow",
    "outputDataItem": "remove_data_flow",
    "complexBehaviorDefinition": "draw_the_loop",
    "ioSpecification": "remove_data_flow",
    "dataInputAssociation": "remove_data_flow",
    "dataOutputAssociation": "remove_data_flow",
    "property": "remove_data_flow",
    "script": "use_a_service_task",
    "timer:timeDate": "name_a_deadline",
    "timer:timeDuration": "name_a_deadline",
    "timer:timeCycle": "name_a_deadline",
    "expressionLanguage": "write_an_expression",
    "emptyExpression": "write_an_expression",
    "markupInExpression": "write_an_expression",
    "isImmediate": "remove_it",
    "notExecutable": "make_it_executable",
    "publicProcess": "make_it_executable",
    "correlationSubscription": "remove_it",
}


def mend_of(rule: str, construct: str | None = None) -> str:
    """Return the word for what to do; what is unknown is to be chosen anew."""
    if rule == "unsupported" and construct is not None:
        events = construct.endswith(("EventDefinition", "WithoutDefinition"))
        return CONSTRUCTS.get(construct, "use_supported_events" if events else "redraw")
    if rule.startswith("unknown_"):
        return "choose_a_known_one"
    return RULES.get(rule, "redraw")
