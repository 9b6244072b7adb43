"""Handovers: declared once between roles, used with parties."""

from tests.model.texts import built, codes, problems

DECLARED = """handover leaving "On leaving"
    role unit level specialist
    role home level municipal
    told: send report from unit to home, gp at latest same day as done
        answer reply at latest 1 day
        source guide "page 3"
    send plan from home to unit
    expect seen within 3 days after done by home
    decide done with plan by unit
"""


def test_roles_become_parties() -> None:
    rules = built("handover leaving with unit is ward, home is office", after=DECLARED).stages["acute"].rules
    told, plan, seen, decided = rules
    assert (told.sender, told.receivers, told.answer_fact) == ("ward", ("office", "gp"), "reply")
    assert (plan.sender, plan.receivers) == ("office", ("ward",))
    assert (seen.by, decided.by) == ("office", "ward")
    assert {rule.handover for rule in rules} == {"leaving"}
    assert {rule.stage for rule in rules} == {"acute"}


def test_its_rules_are_called_by_their_labels_where_these_are_unique() -> None:
    rules = built("handover leaving with unit is ward, home is office", after=DECLARED).rules()
    assert [rule.name for rule in rules] == [
        "told",
        "leaving.send.plan",
        "leaving.expect.seen",
        "leaving.decide.done",
    ]


def test_a_label_used_elsewhere_gets_the_handover_before_it() -> None:
    pathway = built("handover leaving with unit is ward, home is office", "told: expect done", after=DECLARED)
    assert pathway.rules()[0].name == "leaving.told"
    assert pathway.rules()[-1].name == "told"


def test_a_handover_used_twice_gets_the_stage_before_it() -> None:
    pathway = built(
        "handover leaving with unit is ward, home is office",
        after=DECLARED + "throughout\n    handover leaving with unit is ward, home is gp\n",
    )
    names = [rule.name for rule in pathway.rules()]
    assert names[0] == "throughout.leaving.told"
    assert names[4] == "acute.leaving.told"
    assert len(names) == len(set(names))


def test_a_handover_on_a_way_belongs_to_it() -> None:
    pathway = built("then home on seen", "    handover leaving with unit is ward, home is office", after=DECLARED)
    assert pathway.stages["acute"].transitions[0].rules[0].name == "told"
    assert pathway.stages["acute"].rules == ()


def test_a_handover_while_here_ends_with_the_stage() -> None:
    pathway = built("while here", "    handover leaving with unit is ward, home is office", after=DECLARED)
    assert all(rule.while_here for rule in pathway.rules())


def test_a_handover_beneath_a_condition_has_it() -> None:
    told, plan, *_ = built("when frail", "    handover leaving with unit is ward, home is office", after=DECLARED).rules()
    assert told.when is not None  # it is counted from `done`
    assert plan.when is None
    assert plan.timing is not None and plan.timing.anchor is not None and plan.timing.anchor.becomes is not None


def test_the_declaration_itself_raises_nothing() -> None:
    pathway = built(after=DECLARED)
    assert pathway.rules() == ()
    assert [rule.sender for rule in pathway.handovers["leaving"].rules][:2] == ["unit", "home"]
    assert {rule.stage for rule in pathway.handovers["leaving"].rules} == {None}


def test_a_role_that_nobody_fills_is_said_and_gives_no_half_rules() -> None:
    (problem,) = problems("handover leaving with unit is ward", after=DECLARED)
    assert problem.code == "PW216"
    assert "home" in problem.message("en")


def test_a_misspelt_role_is_one_mistake() -> None:
    (problem,) = problems("handover leaving with unit is ward, hoem is office", after=DECLARED)
    assert (problem.code, problem.suggestion) == ("PW201", "home")


def test_a_party_at_another_level_is_said_in_the_readers_words() -> None:
    (problem,) = problems("handover leaving with unit is office, home is gp", after=DECLARED)
    assert problem.code == "PW218"
    assert "`spesialist`" in problem.message("nb") and "`specialist`" in problem.message("en")


def test_a_role_filled_twice_is_said() -> None:
    assert codes("handover leaving with unit is ward, home is gp, home is office", after=DECLARED) == ["PW230"]
