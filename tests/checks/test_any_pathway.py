"""On any pathway: no check fails, and each says the same again, in every language."""

from __future__ import annotations

from hypothesis import given

from pathway.checks.table import CHECKS, risks
from pathway.language.source import LANGUAGES
from pathway.model.pathway import Pathway
from tests.drawn.pathways import pathways


@given(pathways())
def test_no_check_fails_and_all_say_the_same_again(pathway: Pathway) -> None:
    first = [(risk.code, [risk.message(language) + risk.help(language) for language in LANGUAGES]) for risk in risks(pathway)]
    again = [(risk.code, [risk.message(language) + risk.help(language) for language in LANGUAGES]) for risk in risks(pathway)]
    assert first == again


@given(pathways())
def test_a_check_does_not_depend_on_the_others(pathway: Pathway) -> None:
    alone = {(risk.code, repr(risk.values)) for check in reversed(CHECKS) for risk in check(pathway)}
    assert alone >= {(risk.code, repr(risk.values)) for risk in risks(pathway)}
