"""What a local adaptation changes: always with what was before, so that it can be shown against it."""

from typing import Literal

from pathway.model.base import Placed
from pathway.model.rules import Rule

ChangeKind = Literal["tighten", "loosen", "drop", "add", "replace", "bind", "not_offered"]


class Change(Placed):
    """One change. `tighten` and `loosen` have a rule `before` and `after`, `drop` one before, `add` one after. `replace` has
    the names `was` and `now` and perhaps a `stage`, `bind` a party and its unit, `not_offered` a resource (`was`)."""

    kind: ChangeKind
    before: Rule | None = None
    after: Rule | None = None
    was: str | None = None
    now: str | None = None
    stage: str | None = None
    because: str | None = None
