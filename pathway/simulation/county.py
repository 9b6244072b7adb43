"""The demonstration county: two hospitals, four municipalities, two years, all the pathways that come with the package. It is made up.

Elvestad hospital sends its discharge summaries late. Ytterlia has no municipal bed of its own, and the one that it buys in Fjordstrand
is often taken. From November 2025 on the nurses' visits at home come in time. In Fjordstrand, Ytterlia, Flora and Alta the local
adaptations are in force. So there is something to find, and a record of what there is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from pathway.machine.tables import Compiled
from pathway.model.expressions import Value
from pathway.simulation.followed import Followed
from pathway.simulation.population import Population, population
from pathway.simulation.profile import Habits, Length, Place, Profile, Share

START = datetime(2024, 11, 1, tzinfo=UTC)
END = datetime(2026, 10, 31, 22, 59, 59, 999_999, tzinfo=UTC)
_BETTER = datetime(2025, 11, 1, tzinfo=UTC)
_LATE_HOSPITAL = "Elvestad sykehus"
_WITHOUT_BED = "Ytterlia"
_MUNICIPALITIES = (
    ("Fjordstrand", "9941", "Fjordstrand sykehus", 0.45),
    ("Elvestad", "9943", _LATE_HOSPITAL, 0.3),
    (_WITHOUT_BED, "9942", "Fjordstrand sykehus", 0.15),
    ("Flora", "4602", _LATE_HOSPITAL, 0.05),
    ("Alta", "5601", _LATE_HOSPITAL, 0.05),
)
"""Name, number, hospital, and share of the patients."""

_STROKE = Habits(
    enter_by={"prehospitalt": 4.0, "akutt": 1.0},
    stays={
        "prehospitalt": Length(0.75, 0.35),
        "akutt": Length(2.6, 0.5),
        "slagbehandling": Length(130, 0.5),
        "spesialisert_rehabilitering": Length(620, 0.3),
        "tidlig_støttet": Length(550, 0.3),
        "rehabilitering": Length(520, 0.4),
        "korttidsopphold": Length(380, 0.6),
        "omsorg": Length(1450, 0.22),
        "hjemme": Length(1050, 0.22),
    },
    weights={
        ("prehospitalt", "akutt"): 1.0,
        ("akutt", "slagbehandling"): 0.98,
        ("akutt", "avsluttet"): 0.01,
        ("slagbehandling", "spesialisert_rehabilitering"): 0.06,
        ("slagbehandling", "rehabilitering"): 0.19,
        ("slagbehandling", "tidlig_støttet"): 0.0,  # those whose assessment said so, of the ones who go home
        ("slagbehandling", "hjemme"): 0.53,
        ("slagbehandling", "omsorg"): 0.05,
        ("slagbehandling", "korttidsopphold"): 0.17,
        ("spesialisert_rehabilitering", "rehabilitering"): 0.35,
        ("spesialisert_rehabilitering", "korttidsopphold"): 0.1,
        ("spesialisert_rehabilitering", "hjemme"): 0.5,
        ("spesialisert_rehabilitering", "slagbehandling"): 0.05,
        ("tidlig_støttet", "rehabilitering"): 0.05,
        ("tidlig_støttet", "slagbehandling"): 0.05,
        ("rehabilitering", "spesialisert_rehabilitering"): 0.03,
        ("rehabilitering", "slagbehandling"): 0.05,
        ("korttidsopphold", "rehabilitering"): 0.05,
        ("korttidsopphold", "omsorg"): 0.1,
        ("korttidsopphold", "slagbehandling"): 0.06,
        ("omsorg", "rehabilitering"): 0.02,
        ("omsorg", "slagbehandling"): 0.05,
        ("hjemme", "rehabilitering"): 0.03,
        ("hjemme", "omsorg"): 0.02,
        ("hjemme", "slagbehandling"): 0.12,
        ("hjemme", "avsluttet"): 0.85,
    },
    told={
        "akutt": (("admitted", Length(0.2, 0.3)), ("trombolyse_vurdert", Length(0.4, 0.3))),
        "slagbehandling": (("needs_assessed", Length(6, 0.5)), ("discharge_ready", Length(90, 0.4))),
    },
)

_FACTS: Mapping[str, Mapping[Value, float]] = {
    "alder": dict.fromkeys(range(48, 97), 1.0),
    "diagnose": {"I63.9": 60, "I63.5": 15, "I63.3": 10, "I61.3": 8, "I64": 5, "I60.1": 2},
    "trombolyse_aktuell": {True: 0.25, False: 0.75},
    "home_care_user": {True: 0.6, False: 0.4},
    "needs_municipal_care": {True: 0.6, False: 0.4},
    "destination": {"home": 0.65, "short_stay": 0.2, "nursing_home": 0.15},
    "spor": {
        "spesialisert": 0.08,
        "støttet_utskrivning": 0.12,
        "kommunal": 0.25,
        "uten_rehabilitering": 0.45,
        "omsorg": 0.1,
    },
    "annen_årsak": {False: 1.0},
    "diabetestype": {"type_2": 0.97, "type_1": 0.03},
}
_SHARES = {"stroke": 0.35, "tia": 0.12, "copd": 0.3, "diabetes": 0.35, "frail_elderly": 0.15, "sepsis": 0.0}
"""How many of the patients come to which pathway. To those that are not named they come only by being started."""

_BREAKS: Mapping[str, Share] = {
    "nål": Share(0.45, changed_at=_BETTER, afterwards=0.33),
    "avreise_i_tide": Share(0.3),
    "notice": Share(0.15),
    "report_home": Share(0.12),
    "summary_to_gp": Share(0.08, at_unit={_LATE_HOSPITAL: 0.45}),
    "summary_to_doctor": Share(0.08, at_unit={_LATE_HOSPITAL: 0.45}),
    "besøk": Share(0.4, changed_at=_BETTER, afterwards=0.1),
    "besøk_av_sykepleier": Share(0.4, changed_at=_BETTER, afterwards=0.1),
    "kontroll_3mnd": Share(0.16),
    "time_hos_fastlege": Share(0.25),
    "grunnlag_for_utskrivning": Share(0.1),
    "slagbehandling.need.slagseng": Share(0.12),
    "seng": Share(0.1, at_unit={_WITHOUT_BED: 0.6}),
    "seng_i_kommunen": Share(0.1, at_unit={_WITHOUT_BED: 0.6}),
    "trening": Share(0.25, at_unit={_WITHOUT_BED: 0.6}),
    "annual_review": Share(0.15),
    "annual": Share(0.15),
}


def county(*pathways: Compiled, patients: int = 400, seed: int = 2026) -> Population:
    """Two years in the county, for some pathways: patients come to one of them or to several. Deterministic; some 50 events and
    20 ms a patient."""
    return population(pathways, profile(pathways), patients=patients, seed=seed, prefix="F")


def profile(pathways: Sequence[Compiled]) -> Profile:
    """What the county is like."""
    names = [compiled.pathway.name for compiled in pathways]
    shares = {name: _SHARES.get(name, 0.0) for name in names}
    if not any(shares.values()):
        shares = dict.fromkeys(names, 1.0)
    return Profile(
        start=START,
        end=END,
        shares=shares,
        habits={"stroke": _STROKE},
        facts=_FACTS,
        places=tuple(
            Place(share, {"municipality_number": number}, _units(pathways, hospital, name))
            for name, number, hospital, share in _MUNICIPALITIES
        ),
        breaks=_BREAKS,
    )


def _units(pathways: Sequence[Compiled], hospital: str, municipality: str) -> dict[str, str]:
    """The units of those who live in a municipality: what is specialist is their hospital's, all else the municipality's own."""
    parties = [party for one in pathways for party in Followed(one).names.parties.values()]
    own = {party.name: hospital for party in parties if party.level == "specialist"}
    return {**own, "ambulanse": "Ambulansetjenesten i fylket", "": municipality}
