"""A small pathway whose events the logs of these tests are about."""

from __future__ import annotations

import pytest

from pathway.model.load import load
from pathway.model.pathway import Pathway

TEXT = """pathway ward "Ward"
party hospital "Hospital"
party gp "GP" nb fastlege "Fastlege"
event admitted "Admitted" nb innlagt "Innlagt"
event scored "Scored"
    code NCMP NCMP1
event discharged "Discharged"
    carries destination one of home, nursing_home
resource bed "Bed"
message letter "Letter"
    contains diagnosis, medicines
about patient
    fact age "Age" nb alder "Alder" number 0 to 120
    fact mrs number 0 to 6
    fact diagnosis code ICD10
    fact smoker yes or no
    fact born date
    fact remark text
    fact crp number mg/L
    fact unit text
enter stay on admitted
stage stay "Stay" by hospital
    then over on discharged
end over "Over"
"""


def made() -> Pathway:
    loaded = load(TEXT, text=True)
    assert loaded.pathway is not None and not loaded.problems.errors, [d.message() for d in loaded.problems]
    return loaded.pathway


@pytest.fixture(scope="session")
def pathway() -> Pathway:
    return made()
