"""Units of facts, and which of them convert into which: `crp < 0.005 g/L` where the fact is in `mg/L`."""

from __future__ import annotations

from fractions import Fraction

_FAMILIES: tuple[dict[str, Fraction], ...] = (
    {"minute": Fraction(1), "hour": Fraction(60), "day": Fraction(1440), "week": Fraction(10080)},
    {"month": Fraction(1), "year": Fraction(12)},
    {"kg": Fraction(1000), "g": Fraction(1), "mg": Fraction(1, 10**3), "µg": Fraction(1, 10**6), "ng": Fraction(1, 10**9)},
    {"km": Fraction(1000), "m": Fraction(1), "cm": Fraction(1, 100), "mm": Fraction(1, 1000)},
    {"l": Fraction(1), "dl": Fraction(1, 10), "cl": Fraction(1, 100), "ml": Fraction(1, 1000)},
    {"mol": Fraction(1), "mmol": Fraction(1, 10**3), "µmol": Fraction(1, 10**6), "nmol": Fraction(1, 10**9)},
)
"""What converts exactly. A month is no number of days, and a working day nothing but itself."""

_SPELT = {
    "mcg": "µg",
    "ug": "µg",
    "μg": "µg",
    "umol": "µmol",
    "μmol": "µmol",
    "kilo": "kg",
    "liter": "l",
    "prosent": "%",
    "percent": "%",
}


def conversion(unit: str, wanted: str) -> Fraction | None:
    """What an amount in one unit is multiplied by to be one in another; None when they do not convert. How a unit is spelt
    is no matter (`mg/l`, `mg/L`)."""
    given, into = unit.split("/"), wanted.split("/")
    if len(given) != len(into):
        return None
    product = Fraction(1)
    for place, (one, other) in enumerate(zip(given, into, strict=True)):
        factor = _factor(_plain(one), _plain(other))
        if factor is None:
            return None
        product = product / factor if place else product * factor
    return product


def _plain(unit: str) -> str:
    spelt = unit.strip()
    spelt = spelt[:-1] + "l" if spelt.endswith("L") else spelt
    return _SPELT.get(spelt, spelt)


def _factor(unit: str, wanted: str) -> Fraction | None:
    if unit == wanted:
        return Fraction(1)
    return next((family[unit] / family[wanted] for family in _FAMILIES if unit in family and wanted in family), None)
