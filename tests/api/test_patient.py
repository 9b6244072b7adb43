"""One patient followed live: what is recorded in any order, corrected, retracted; what changes as time passes; why."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

import pathway
from pathway.errors import EventsError
from pathway.tracking.changes import Change

TEXT = """pathway clinic "Clinic"
    version 3
    source guide "The guide"
        checked 2026-01-01

party staff "Clinic" level specialist
party gp "GP" level municipal

event arrived "Arrived"
event seen "Seen" nb sett "Sett"
event moved "Moved on"
event left "Left"
message letter "Letter"
    contains findings, plan
    receipt at latest 1 day

about patient
    fact age "Age" number years
    fact urgent "Urgent" yes or no

enter visit on arrived

stage visit "Visit" by staff
    doctor: expect seen within 2 hours after arrived
        when urgent
        source guide "page 3"
        force agreement
    then ward on moved
        papers: send letter from staff to gp at latest 1 day after moved
    then done on left

stage ward "Ward" by staff
    rest: measure seen within 1 day after moved
    then done on left

end done "Done"
"""
START = datetime(2026, 3, 2, 10, tzinfo=UTC)


class Clock:
    """A clock that stands where it was put."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock(START)


@pytest.fixture
def clinic() -> pathway.Definition:
    found = pathway.load(TEXT, text=True)
    assert found.errors == []
    return found


@pytest.fixture
def patient(clinic: pathway.Definition, clock: Clock) -> pathway.Patient:
    return clinic.track("someone", clock=clock)


def _at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def _outcomes(patient: pathway.Patient, hours: float) -> dict[tuple[str, str], str]:
    return {(o.rule, o.part): o.outcome for o in patient.obligations(_at(hours))}


def test_silence_is_a_fact(patient: pathway.Patient, clock: Clock) -> None:
    patient.record("arrived", at=START, urgent=True)
    assert patient.breaks() == []
    assert patient.next_due == (_at(2), "doctor")
    clock.now = _at(3)
    (found,) = patient.breaks()
    assert (found.rule, found.subtype, found.open, found.delay_s) == ("doctor", "missing", True, 3600)


def test_asking_about_later_spoils_nothing_for_earlier(patient: pathway.Patient) -> None:
    patient.record("arrived", at=START, urgent=True)
    assert len(patient.breaks(_at(48))) == 1
    assert patient.breaks(_at(1)) == []
    patient.record("seen", at=_at(1.5))
    assert patient.breaks(_at(48)) == []


def test_an_alias_names_the_same_event(patient: pathway.Patient) -> None:
    patient.record("arrived", at=START, urgent=True)
    assert patient.record("sett", at=_at(1)).name == "seen"
    assert _outcomes(patient, 5) == {("doctor", "main"): "met"}


def test_the_same_content_twice_is_one_event(patient: pathway.Patient) -> None:
    first = patient.record("arrived", at=START, urgent=True)
    assert patient.record("arrived", at=START, urgent=True).id == first.id
    assert patient.story(_at(1)).repeated_anchors == 0


def test_a_correction_takes_the_place_of_what_was_recorded(patient: pathway.Patient) -> None:
    patient.record("arrived", at=START, urgent=True, id="a", recorded=START)
    patient.record("seen", at=_at(5), id="s", recorded=_at(5))
    assert [b.subtype for b in patient.breaks(_at(6))] == ["late"]
    patient.record("seen", at=_at(1), id="s2", corrects="s", recorded=_at(7))
    assert patient.breaks(_at(8)) == []
    known_before = patient.story(_at(6), known_at=_at(6))
    assert [b.subtype for b in known_before.breaks] == ["late"], "what was known then stays what was known then"


def test_a_retracted_event_did_not_happen(patient: pathway.Patient) -> None:
    patient.record("arrived", at=START, urgent=True)
    seen = patient.record("seen", at=_at(1))
    assert patient.breaks(_at(6)) == []
    patient.retract(seen.id, recorded=_at(3))
    assert [b.subtype for b in patient.breaks(_at(6))] == ["missing"]
    with pytest.raises(pathway.EventsError, match="nobody"):
        patient.retract("nobody")


def test_a_deviation_in_time_excuses_and_a_later_one_explains(clinic: pathway.Definition, clock: Clock) -> None:
    for recorded, outcome, explained in ((_at(1), "excused", []), (_at(9), "missing", ["agreed"])):
        patient = clinic.track(clock=clock)
        clock.now = _at(10)
        patient.record("arrived", at=START, urgent=True)
        patient.deviate("doctor", because="agreed", at=_at(1), recorded=recorded, cause="capacity")
        assert _outcomes(patient, 10)["doctor", "main"] == outcome
        assert [b.explained for b in patient.breaks(_at(10))] == explained
        assert [b.cause for b in patient.breaks(_at(10))] == ["capacity"] * len(explained)
    with pytest.raises(pathway.EventsError) as caught:
        patient.deviate("docter", because="agreed", at=_at(1))
    assert caught.value.diagnostic.suggestion == "doctor"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"event": "letter sent", "sender": "nobody"}, "PW521"),
        ({"event": "letter sent", "receiver": "gpp"}, "PW521"),
        ({"event": "arrived", "at": START + timedelta(days=3)}, "PW525"),
        ({"event": "arrived", "at": datetime(2026, 3, 2)}, "PW518"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(patient: pathway.Patient, given: dict[str, object], code: str) -> None:
    with pytest.raises(pathway.PathwayError) as caught:
        patient.record(**{"at": START, **given})  # type: ignore[arg-type]
    assert caught.value.code == code
    assert patient.story().episodes == ()


def test_changes_are_told_as_time_passes(patient: pathway.Patient, clock: Clock) -> None:
    told: list[Change] = []
    patient.listen(told.append)
    patient.record("arrived", at=START, urgent=True)
    assert [(c.kind, c.stage) for c in told] == [("entered", "visit")]
    assert patient.advance(_at(1)) == []
    clock.now = _at(3)
    (opened,) = patient.advance()
    assert (opened.kind, opened.found and opened.found.rule) == ("opened", "doctor")
    patient.record("seen", at=_at(2.5))
    assert [c.kind for c in told] == ["entered", "opened", "closed"]
    patient.record("moved", at=_at(2.8))
    assert told[-1].stage == "ward"


def test_later_knowledge_withdraws_a_break(patient: pathway.Patient, clock: Clock) -> None:
    patient.record("arrived", at=START, urgent=True)
    clock.now = _at(3)
    assert [c.kind for c in patient.advance()] == ["entered", "opened"]
    patient.record("seen", at=_at(1))
    assert [c.kind for c in patient.advance()] == ["withdrawn"]


def test_a_listener_that_fails_loses_no_event(patient: pathway.Patient) -> None:
    def fails(change: Change) -> None:
        raise RuntimeError(change.kind)

    patient.listen(fails)
    with pytest.raises(RuntimeError):
        patient.record("arrived", at=START)
    assert patient.stage == "visit"


def test_a_patient_at_rest_tells_the_same(patient: pathway.Patient) -> None:
    patient.record("arrived", at=START, urgent=True)
    before = patient.story(_at(5))
    patient.rest()
    patient.record("moved", at=_at(6))
    assert patient.story(_at(5)) == before
    assert patient.stage == "ward"


def _told(patient: pathway.Patient, what: str, hours: float) -> str:
    return patient.explain(what, _at(hours)).text("en")


def test_a_break_is_explained_step_by_step(patient: pathway.Patient) -> None:
    patient.record("arrived", at=START, urgent=True, age=71)
    patient.record("seen", at=_at(3), by="staff")
    (found,) = patient.breaks(_at(4))
    told = _told(patient, found.break_id, 4)
    for step in (
        "The rule: Seen, within 2 hours after arrived.",
        "It rests on The guide, page 3.",
        "It is agreed.",
        "It counts from Arrived 2026-03-02 11:00",
        "Its condition (urgent) held 2026-03-02 11:00: Urgent is yes.",
        "So it was due 2026-03-02 13:00.",
        "Seen: Seen 2026-03-02 14:00",
        "It was met 2026-03-02 14:00, 1 hour after the limit.",
        "That is a break in waiting: late.",
        "Clinic answers for it: it held the patient.",
    ):
        assert step in told, step
    explained = patient.explain("doctor", _at(4))
    assert [owed.break_id for owed in explained.owed] == [found.break_id]
    for language in ("nb", "nn"):
        assert len(explained.text(language).splitlines()) == len(told.splitlines())


def test_why_there_is_no_break(patient: pathway.Patient, clinic: pathway.Definition, clock: Clock) -> None:
    assert "has not come into the pathway" in _told(patient, "doctor", 1)
    patient.record("arrived", at=START, urgent=False)
    assert "Its condition (urgent) did not hold 2026-03-02 11:00: Urgent is no." in _told(patient, "doctor", 9)
    assert "has not been in Ward" in _told(patient, "rest", 9)
    assert "stands under the way to Ward" in _told(patient, "papers", 9)
    unknown = clinic.track(clock=clock)
    unknown.record("arrived", at=START)
    assert "was not known 2026-03-02 11:00: Urgent is not known." in _told(unknown, "doctor", 1)
    assert "It still waits." in _told(unknown, "doctor", 1)
    unknown.record("moved", at=_at(1))
    unknown.record("letter sent", at=_at(2), sender="staff", receiver="gp", contains=["plan"])
    assert "What lacked: findings." in _told(unknown, "papers", 72)
    assert "It is only measured" in _told(unknown, "rest", 72)
    with pytest.raises(pathway.NotFoundError):
        unknown.explain("nothing")


def test_things_are_called_by_titles_and_in_norwegian_too(patient: pathway.Patient) -> None:
    sent = patient.record("letter sendt", at=_at(2), by="CLINIC", sender="Clinic", receiver="gp", contains=["Findings"])
    assert (sent.phase, sent.party, sent.sender, sent.elements) == ("sent", "staff", "staff", ("findings",))
    for wrong, meant in (("letter", "letter sent"), ("leter kvittert", "letter acknowledged"), ("arivd", "arrived")):
        with pytest.raises(EventsError) as caught:
            patient.record(wrong, at=_at(2))
        assert (caught.value.code, caught.value.diagnostic.suggestion) == ("PW515", meant)
    with pytest.raises(EventsError) as caught:
        patient.record("letter sent", at=_at(2), contains=["findngs"])
    assert (caught.value.code, caught.value.diagnostic.suggestion) == ("PW640", "findings")


def test_an_explanation_in_a_language_that_there_is_not_is_answered(patient: pathway.Patient) -> None:
    with pytest.raises(pathway.PathwayError) as caught:
        patient.explain("doctor", _at(9)).text("no")  # type: ignore[arg-type]
    assert caught.value.code == "PW644" and "en, nb, nn" in (caught.value.help("en") or "")


def test_state_is_stored_and_restored(patient: pathway.Patient, clinic: pathway.Definition, clock: Clock) -> None:
    patient.record("arrived", at=START, urgent=True, id="a", recorded=START)
    patient.record("moved", at="2026-03-02", id="m")
    patient.record("moved", at=_at(4), id="m2", corrects="m", recorded=_at(5))
    patient.record("letter sent", at=_at(6), sender="staff", receiver="gp", contains=[])
    patient.deviate("papers", because="no paper", at=_at(6))
    state = json.loads(json.dumps(patient.store()))
    again = clinic.restore(state, clock=clock)
    assert again.story(_at(90)) == patient.story(_at(90))
    assert again.story(_at(90), known_at=_at(4)) == patient.story(_at(90), known_at=_at(4))
    assert clinic.migration(state).changes_nothing
    again.record("left", at=_at(7))
    assert again.stage == "done"


def test_a_state_of_another_text_is_refused_until_it_is_migrated(patient: pathway.Patient, clock: Clock) -> None:
    patient.record("arrived", at=START, urgent=True)
    patient.record("seen", at=_at(1.5))
    clock.now = _at(3)
    state = patient.store()
    newer = pathway.load(TEXT.replace("version 3", "version 4").replace("within 2 hours", "within 1 hour"), text=True)
    with pytest.raises(pathway.StateError) as caught:
        newer.restore(state)
    assert caught.value.code == "PW528"
    found = newer.migration(state)
    assert (found.from_version, found.to_version) == ("3", "4")
    assert found.possible
    assert not found.changes_nothing
    assert list(found.owed.values()) == [("met", "late")]
    ((before, after),) = found.breaks.values()
    assert before is None
    assert after == {"rule": "doctor", "subtype": "late", "open": False}
    assert len(newer.restore(state, migrate=True, clock=clock).breaks()) == 1


def test_what_says_nothing_of_the_story_asks_for_no_migration(patient: pathway.Patient) -> None:
    patient.record("arrived", at=START, urgent=True)
    state = patient.store()
    pathway.load(TEXT.replace('"Arrived"', '"Has come"').replace('source guide "page 3"', ""), text=True).restore(state)
    proposed = pathway.load(TEXT.replace("force agreement", "proposed"), text=True)
    with pytest.raises(pathway.StateError):
        proposed.restore(state)


def test_a_state_with_what_the_newer_text_does_not_know_cannot_be_migrated(patient: pathway.Patient) -> None:
    patient.record("arrived", at=START, urgent=True)
    patient.record("moved", at=_at(1))
    newer = pathway.load(TEXT.replace("moved", "moved_on"), text=True)
    assert newer.errors == []
    found = newer.migration(patient.store())
    assert [(problem.code, problem.suggestion) for problem in found.problems] == [("PW529", "moved_on")]
    with pytest.raises(pathway.StateError):
        newer.restore(patient.store(), migrate=True)


def _without(name: str) -> Callable[[dict[str, object]], object]:
    return lambda state: state.pop(name)


@pytest.mark.parametrize(
    "damage",
    [
        _without("events"),
        _without("told"),
        lambda state: state.update(format=99),
        lambda state: state.update(events=[3]),
        lambda state: state.update(events=[{}]),
        lambda state: state.update(told={}),
        lambda state: state["events"][0].update(occurred="yesterday"),
        lambda state: state["events"][0].update(facts={"age": [1]}),
        lambda state: state["events"][0].update(unheard_of=1),
        lambda state: state["events"][0].pop("name"),
    ],
)
def test_a_damaged_state_is_refused(
    patient: pathway.Patient, clinic: pathway.Definition, damage: Callable[[object], object]
) -> None:
    patient.record("arrived", at=START, urgent=True)
    state = patient.store()
    damage(state)
    with pytest.raises(pathway.StateError) as caught:
        clinic.restore(state)
    assert caught.value.code == "PW526"


def test_a_state_of_another_pathway_is_refused(patient: pathway.Patient) -> None:
    with pytest.raises(pathway.StateError) as caught:
        pathway.load("stroke").restore(patient.store())
    assert caught.value.code == "PW527"


def test_different_patients_may_be_followed_in_several_threads(clinic: pathway.Definition, clock: Clock) -> None:
    def follow(number: int) -> tuple[str | None, list[str]]:
        patient = clinic.track(f"p{number}", clock=clock)
        patient.record("arrived", at=START, urgent=True)
        for hour in range(1, 40):
            patient.record("seen" if hour % 7 else "moved", at=_at(hour / 2), id=str(hour))
            patient.breaks(_at(hour))
        return patient.stage, [b.subtype for b in patient.breaks(_at(90))]

    alone = follow(0)
    with ThreadPoolExecutor(8) as threads:
        assert set(map(repr, threads.map(follow, range(64)))) == {repr(alone)}


def test_an_early_warning_comes_before_the_break(clock: Clock) -> None:
    text = TEXT.replace("        when urgent\n", "        warn after 1 hour\n")
    patient = pathway.load(text, text=True).track(clock=clock)
    patient.record("arrived", at=START)
    assert [c.kind for c in patient.advance()] == ["entered"]
    clock.now = _at(1.5)
    (change,) = patient.advance()
    assert (change.kind, change.owed and change.owed.rule) == ("at_risk", "doctor")
    assert patient.advance() == [], "once is enough"
    (owed,) = patient.obligations()
    assert (owed.outcome, owed.at_risk_at) == ("waiting", change.at)
    clock.now = _at(2.5)
    assert [c.kind for c in patient.advance()] == ["opened"]


def test_what_only_a_local_adaptation_declares_can_be_told() -> None:
    patient = pathway.load("diabetes").track("somebody", clock=lambda: datetime(2026, 3, 20, tzinfo=UTC))
    patient.record("diabetesmistanke", at="2026-03-02 08:10", municipality_number="5601", alder=61)
    patient.record("råd_gitt", at="2026-03-03 08:10")
    assert patient.stage is not None
