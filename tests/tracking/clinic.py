"""A small pathway with one of each thing that a scenario can touch, and its parts for the tests to put together."""

from __future__ import annotations

from pathway.api.definition import Definition, load

CLINIC = """forløp poliklinikk "Poliklinikk"
    versjon 1
    kilde rutine "En rutine"
        kontrollert 2026-01-01

aktør lege "Legen" nivå spesialist
aktør fastlege "Fastlegen" nivå kommune

hendelse ankommet "Ankommet"
hendelse sett "Sett av lege"
hendelse gått "Gått"
    oppgir grad tall 0 til 9
hendelse flyttet "Flyttet"
melding brev "Brev"
    inneholder svar, plan
ressurs rom "Rom"

om pasienten
    opplysning født dato
    opplysning språket en av norsk, samisk
    opplysning notat tekst
    opplysning kommune kode KOMMUNE

inn i besøk ved ankommet
uegnet dersom språket er samisk fordi "Egen poliklinikk"
ut ved flyttet fordi "Flyttet"

fase besøk "Besøk" ansvar lege
    legen: forvent sett i løpet av 2 timer etter ankommet
        kilde rutine
    tilbake: send brev fra lege til fastlege senest 1 dag etter gått
        kvittering senest 2 dager
        kilde rutine
    rommet: trenger rom i løpet av 1 time etter ankommet
        kilde rutine
    så ferdig ved gått dersom grad >= 3
    så ferdig 30 dager etter gått

slutt ferdig "Ferdig"
"""


def clinic(*lines: str) -> Definition:
    """The pathway with a scenario of some lines."""
    scenario = 'eksempel "Prøve"\n' + "".join(f"    {line}\n" for line in lines)
    definition = load(CLINIC + "\n" + scenario, text=True)
    assert [problem.message("nb") for problem in definition.errors] == []
    return definition
