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
event discharged "Discharged"
    carries destination one of home, nursing_home
resource bed "Bed"
message letter "Letter"
    contains diagnosis, medicines
about patient
    fact age number 0 to 120 years
    fact mrs number 0 to 6
    fact diagnosis code ICD10
    fact smoker yes or no
    fact born date
    fact remark text
enter stay on admitted
stage stay "Stay" by hospital
    then over on discharged
end over "Over"
""".replace("number 0 to 120 years", "number 0 to 120")


@pytest.fixture(scope="session")
def pathway() -> Pathway:
    loaded = load(TEXT, text=True)
    assert loaded.pathway is not None and not loaded.problems.errors, [d.message() for d in loaded.problems]
    return loaded.pathway
