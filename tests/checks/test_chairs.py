"""Gaps, overlaps and lines never taken: the same as when every patient of a grid is tried, and as when one is followed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pathway.checks import search
from pathway.checks.chairs import between_transitions, between_ways_in
from pathway.checks.choices import transitions
from pathway.checks.example import in_words
from pathway.checks.operands import atoms, operand_of
from pathway.checks.search import Found, Goal, Search
from pathway.language.diagnostics import Diagnostic
from pathway.machine.compile import compile_pathway
from pathway.machine.conditions import Judgement, compile_condition
from pathway.model.calendar import calendar_for
from pathway.model.expressions import And, Compare, Condition, CountOf, FactValue, Happened, Not, Or
from pathway.model.pathway import Pathway
from tests.checks.drawn_choices import FACTS, GO, GRID, SEEN, Someone, conditions, everybody, followed, pathway_of

CALENDAR = calendar_for("Europe/Oslo", "NO")
ways = st.lists(conditions, min_size=2, max_size=3)


def _asked(several: list[Condition]) -> set[str]:
    operands = {operand_of(atom) for atom in atoms(several)}
    return {operand.fact if isinstance(operand, FactValue) else "seen" for operand in operands}  # type: ignore[union-attr]


def _told(pathway: Pathway, code: str) -> list[Diagnostic]:
    return [risk for risk in between_transitions(pathway) if risk.code == code]


def _judged(pathway: Pathway, several: list[Condition]) -> list[Judgement]:
    return [compile_condition(condition, pathway, CALENDAR) for condition in several]


def _someone(found: Found, rest: dict[str, object]) -> Someone:
    """The example as a patient: what does not matter is whatever it is."""
    facts = dict(rest)
    seen = None
    for operand, region in found.items():
        if isinstance(operand, FactValue):
            facts[operand.fact] = region.value
        elif isinstance(operand, CountOf):
            seen = region.value
        elif isinstance(operand, Happened) and seen is None:
            seen = 1 if region.value else 0
    return Someone(facts, seen or 0)  # type: ignore[arg-type]


anything = st.fixed_dictionaries({name: st.sampled_from(GRID[name]) for name in FACTS})


@given(ways, anything)
def test_there_is_a_gap_where_a_patient_of_the_grid_falls_through(several: list[Condition], rest: dict[str, object]) -> None:
    pathway = pathway_of(several)
    judged = _judged(pathway, several)
    falls = any(all(fits(patient) is False for fits in judged) for patient in everybody(_asked(several)))
    told = _told(pathway, "PW323")
    assert len(told) == int(falls)
    if not told:
        return
    (choice,) = transitions(pathway)
    found = Search(pathway, several, choice.event).find([Goal(condition, False) for condition in several])
    assert found is not None
    assert told[0].values["patient"] == in_words(pathway, found)
    story = followed(compile_pathway(pathway), _someone(found, rest), "go")
    assert story.stage == "one" and story.uncertain == 0


@given(ways, anything)
def test_the_order_decides_for_the_example_and_not_where_no_patient_fits_two(
    several: list[Condition], rest: dict[str, object]
) -> None:
    pathway = pathway_of(several)
    judged = _judged(pathway, several)
    patients = list(everybody(_asked(several)))
    told = _told(pathway, "PW324")
    both = any(sum(fits(patient) is True for fits in judged) > 1 for patient in patients)
    assert not told or both
    for risk in told:
        first, second = (int(str(risk.values[name])[1:]) for name in ("first", "second"))
        assert first < second
        some = [p for p in patients if judged[first](p) is True and judged[second](p) is True]
        assert any(all(fits(p) is False for fits in judged[:first]) for p in some)
        assert any(judged[first](p) is True and judged[second](p) is False for p in everybody(_asked(several), unknown=True))


@given(ways)
def test_a_line_is_never_taken_where_no_patient_of_the_grid_takes_it(several: list[Condition]) -> None:
    pathway = pathway_of(several)
    judged = _judged(pathway, several)
    told = {str(risk.values["target"]) for risk in _told(pathway, "PW325")}
    taken = set()
    for patient in everybody(_asked(several), unknown=True):
        first = next((place for place, fits in enumerate(judged) if fits(patient) is True), None)
        taken.add(f"t{first}")
    assert told == {f"t{place}" for place in range(len(several))} - taken


@given(st.lists(conditions, min_size=2, max_size=2), st.lists(conditions, max_size=1), anything)
def test_who_falls_between_the_ways_in_comes_in_by_none(
    several: list[Condition], unsuited: list[Condition], rest: dict[str, object]
) -> None:
    pathway = pathway_of(several, unsuited)
    told = [risk for risk in between_ways_in(pathway) if risk.code == "PW326"]
    if told:
        judged = _judged(pathway, [*several, *unsuited])
        assert any(all(fits(patient) is False for fits in judged) for patient in everybody(_asked([*several, *unsuited])))


@given(ways, st.booleans())
def test_the_solver_finds_the_same_patient(several: list[Condition], unknown: bool) -> None:
    pathway = pathway_of(several)
    goals = [Goal(several[0], True), *(Goal(condition, False) for condition in several[1:])]
    question = Search(pathway, several, GO)._question(goals, unknown)
    walked = question.walk(0, [-1] * len(question.operands))
    assert question.solve() == walked


def _pigeons(holes: int) -> list[Condition]:
    """One more pigeon than holes, in yes/no facts: no patient, and no walk that sees it soon."""

    def sits(pigeon: int, hole: int) -> Condition:
        return Compare(op="==", left=FactValue(fact=f"p{pigeon}_{hole}"), right=True)

    homes: list[Condition] = [Or(items=tuple(sits(p, h) for h in range(holes))) for p in range(holes + 1)]
    alone: list[Condition] = [
        Not(item=And(items=(sits(p, h), sits(q, h)))) for h in range(holes) for p in range(holes + 1) for q in range(p)
    ]
    return [*homes, *alone]


def _with_facts(several: list[Condition]) -> Pathway:
    usual = pathway_of([])
    names = {atom.left.fact for atom in atoms(several) if isinstance(atom, Compare) and isinstance(atom.left, FactValue)}
    fact = usual.facts["frail"]
    return usual.model_copy(update={"facts": {name: fact.model_copy(update={"name": name}) for name in sorted(names)}})


def test_what_is_too_much_for_the_walk_goes_to_the_solver_and_ends(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    asked: list[object] = []
    solve = search._Question.solve

    def noted(question: search._Question) -> list[int] | None:
        asked.append(question)
        return solve(question)

    monkeypatch.setattr(search._Question, "solve", noted)
    several = _pigeons(5)
    looking = Search(_with_facts(several), several, None)
    assert looking.find([Goal(condition, True) for condition in several]) is None
    assert not looking.possible([Goal(condition, True) for condition in several])
    assert len(asked) == 2
    without_one = [Goal(condition, True) for condition in several[1:]]
    found = looking.find(without_one)
    assert found is not None and found == looking.find(without_one)


def test_when_the_solver_gives_up_too_nothing_is_claimed(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(search, "_Z3_STEPS", 10)
    several = _pigeons(7)
    looking = Search(_with_facts(several), several, None)
    assert looking.find([Goal(condition, True) for condition in several]) is None
    assert looking.possible([Goal(condition, True) for condition in several])


def test_the_example_says_only_what_matters() -> None:
    young = Compare(op="<", left=FactValue(fact="age"), right=65)
    able = Compare(op=">=", left=FactValue(fact="walking"), right="with_aid")
    pathway = pathway_of([And(items=(young, able)), Not(item=young)])
    (risk,) = _told(pathway, "PW323")
    assert risk.values["patient"] == {
        "en": "age 60, walking unable",
        "nb": "age 60, walking unable",
        "nn": "age 60, walking unable",
    }


def test_what_has_happened_and_how_often_are_told_in_the_readers_language() -> None:
    often = Compare(op=">=", left=CountOf(event=SEEN), right=2)
    pathway = pathway_of([often, Not(item=Happened(event=SEEN))])
    (risk,) = _told(pathway, "PW323")
    assert risk.values["patient"] == {
        "en": "count of seen is 1, seen has happened",
        "nb": "antall seen er 1, seen har skjedd",
        "nn": "talet på seen er 1, seen har skjedd",
    }
