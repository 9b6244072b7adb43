"""The demonstration county: two hospitals, three municipalities, a year of strokes. All of it is made up.

One hospital sends its discharge summaries late, and one municipality has too few physiotherapists; in April nurses' home visits
were put in order. So there is something to find.
"""

from __future__ import annotations

from datetime import UTC, datetime

from pathway.machine.tables import Compiled
from pathway.simulation.population import Population, population
from pathway.simulation.profile import Habits, Length, Place, Profile, Share

START = datetime(2025, 11, 1, tzinfo=UTC)
END = datetime(2026, 10, 31, 22, 59, 59, tzinfo=UTC)
_HOSPITALS = ("Fjordbyen sykehus", "Innlandet sykehus Elvestad")
_MUNICIPALITIES = ("Fjordbyen", "Elvestad", "Lyngheia")


def _units(hospital: str, municipality: str) -> dict[str, str]:
    """The units of those who live in a municipality."""
    own = dict.fromkeys(("akuttmottak", "slagenhet", "hospital"), hospital)
    return {**own, "ambulanse": "Ambulansetjenesten i fylket", "": municipality}


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

STROKE = Profile(
    start=START,
    end=END,
    habits={"stroke": _STROKE},
    facts={
        "alder": dict.fromkeys(range(48, 95), 1.0),
        "diagnose": {"I63.9": 60, "I63.5": 15, "I63.3": 10, "I61.3": 8, "I64": 5, "I60.1": 2},
        "trombolyse_aktuell": {True: 0.25, False: 0.75},
        "home_care_user": {True: 0.45, False: 0.55},
        "needs_municipal_care": {True: 0.5, False: 0.5},
        "destination": {"home": 0.65, "short_stay": 0.2, "nursing_home": 0.15},
        "spor": {
            "spesialisert": 0.08,
            "støttet_utskrivning": 0.12,
            "kommunal": 0.25,
            "uten_rehabilitering": 0.45,
            "omsorg": 0.1,
        },
        "annen_årsak": {False: 1.0},
        "individuelt_forløp": {True: 0.01, False: 0.99},
    },
    breaks={
        "nål": Share(0.45, changed_at=datetime(2026, 5, 1, tzinfo=UTC), afterwards=0.33),
        "avreise_i_tide": Share(0.3),
        "notice": Share(0.12),
        "report_home": Share(0.1),
        "summary_to_gp": Share(0.07, at_unit={_HOSPITALS[1]: 0.38}),
        "besøk": Share(0.4, changed_at=datetime(2026, 4, 1, tzinfo=UTC), afterwards=0.12),
        "kontroll_3mnd": Share(0.16),
        "grunnlag_for_utskrivning": Share(0.08),
        "slagbehandling.need.slagseng": Share(0.09),
        "trening": Share(0.25, at_unit={_MUNICIPALITIES[2]: 0.7}),
    },
    places=(
        Place(0.5, {"municipality_number": "9901"}, _units(_HOSPITALS[0], _MUNICIPALITIES[0])),
        Place(0.35, {"municipality_number": "9902"}, _units(_HOSPITALS[1], _MUNICIPALITIES[1])),
        Place(0.15, {"municipality_number": "9903"}, _units(_HOSPITALS[1], _MUNICIPALITIES[2])),
    ),
)


def county(compiled: Compiled, *, patients: int = 400, seed: int = 2026) -> Population:
    """A year in the county, for the stroke pathway. Deterministic; some 20 events a patient, a few seconds for 400 patients."""
    return population([compiled], STROKE, patients=patients, seed=seed, prefix="F")
