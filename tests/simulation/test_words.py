"""What the people of a made-up county write, in the language of their pathway."""

from __future__ import annotations

from pathway.api.definition import load
from pathway.language.source import LANGUAGES
from pathway.language.texts import texts_of
from pathway.simulation.county import county


def test_reasons_and_causes_are_in_the_language_of_the_pathway() -> None:
    events = county(load("stroke").compiled, patients=120).events
    words = texts_of("made_up")
    for group, told in (("because", {e.because for e in events}), ("cause", {e.cause for e in events})):
        written = told - {None}
        assert written and written <= {each["nb"] for each in words[group].values()}
        assert all(set(each) == set(LANGUAGES) for each in words[group].values())
