"""A pathway: what a pathway file says, with every name resolved."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from pathway.language.source import Language, Span
from pathway.model.base import Duration, Frozen, Level, Named, Period, Placed
from pathway.model.changes import Change
from pathway.model.expressions import Condition, EventRef, Value
from pathway.model.measures import Bands, Cost, Indicator
from pathway.model.rules import Anchor, BreakKind, Rule, Source, Standing, Timing


class Party(Named):
    """Who can be responsible: a service, an office, a role; also the patient and next of kin."""

    level: Level | None = None
    part_of: str | None = None
    offers: tuple[str, ...] = ()
    residence: str | None = None
    """The fact of the patient that says which unit this is (`is residence`)."""


class FactType(Frozen):
    """What values a fact can have. `unit` goes with numbers, `values` (in order) with `one_of`, `system` with codes. `called` says
    what those of the values, or of the codes, are called that have a title or an alias."""

    kind: Literal["number", "one_of", "code", "yes_no", "date", "text"]
    unit: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    values: tuple[str, ...] = ()
    system: str | None = None
    called: dict[str, Named] = {}

    def meant(self, word: str) -> str | None:
        """The value of the list, or the code with a title, that a word names, itself or as an alias."""
        return word if word in self.values else self.names().get(word) if self.called else None

    def names(self) -> dict[str, str]:
        """The values of the list, or the codes with titles, by each of their names and aliases. A name goes before another's alias."""
        aliases = {alias: value.name for value in self.called.values() for alias in value.aliases.values()}
        return aliases | {value: value for value in (*self.called, *self.values)}

    def title(self, value: str, language: Language) -> str:
        """A value as people read it."""
        return (self.called.get(value) or Named(name=value)).title(language)

    def alike(self, other: "FactType") -> bool:
        """Whether two types have the same values, whatever those are called."""
        return self.model_copy(update={"called": {}}) == other.model_copy(update={"called": {}})


class Fact(Named):
    type: FactType
    carried: bool = False
    """Declared only where an event carries it: known from such an event on. What stands under `about patient` may come with any."""


class NamedCondition(Named):
    """`define severe as mrs >= 4`: what a name stands for. Where it is said to people, it is by its title."""

    condition: Condition


class Code(Frozen):
    """A code of a code system, for mappings (`code NCMP WMAA10`)."""

    system: str
    code: str


class Event(Named):
    """Something that happens. `carries` names facts that it tells (E1)."""

    carries: tuple[str, ...] = ()
    codes: tuple[Code, ...] = ()
    undone_by: tuple[str, ...] = ()


class Element(Named):
    """A required content of a message, always or under a condition. Its titles and aliases are those that the file gives it
    anywhere, else those of the fact of its name."""

    when: Condition | None = None


class Message(Named):
    contains: tuple[Element, ...] = ()
    codes: tuple[Code, ...] = ()
    replaces: tuple[str, ...] = ()
    receipt: Timing | None = None


class Resource(Named):
    capacity: int | None = None
    competence: str | None = None


class Start(Placed):
    """`start frail_elderly on discharged when …`: another pathway begins for the same patient (P2). Under a transition it has no
    `on`: the event that takes the transition is the one that begins the other. `rules` are raised by it, with it as anchor."""

    pathway: str
    on: tuple[EventRef, ...] = ()
    when: Condition | None = None
    rules: tuple[Rule, ...] = ()


class Transition(Placed):
    """A way out of a stage. `target` None is `return`. It has events (`on`), or a time (`after` the anchor), or neither
    (`otherwise` without `on` has got the events of the transitions above it from the builder). `within` is the limit on
    staying until it is taken: a rule of kind `expect` without an event, named `stage.waiting.target`."""

    target: str | None
    on: tuple[EventRef, ...] = ()
    after: Duration | None = None
    anchor: Anchor | None = None
    when: Condition | None = None
    otherwise: bool = False
    within: Rule | None = None
    rules: tuple[Rule, ...] = ()
    starts: tuple[Start, ...] = ()
    standing: Standing = Standing()
    """Where the way out itself comes from; a limit on staying has the same."""


class Stage(Named):
    """Where a patient can be. An `end` stage has neither rules nor ways out."""

    party: str | None = None
    level: Level | None = None
    recognised_by: tuple[EventRef, ...] = ()
    no_limit: str | None = None
    rules: tuple[Rule, ...] = ()
    transitions: tuple[Transition, ...] = ()
    starts: tuple[Start, ...] = ()
    end: bool = False


class Enter(Placed):
    stage: str
    on: tuple[EventRef, ...]
    when: Condition | None = None
    looking_back: Duration | None = None


class Unsuited(Placed):
    when: Condition | None
    because: str


class Leave(Placed):
    on: tuple[EventRef, ...]
    when: Condition | None = None
    because: str | None = None


class Acceptance(Placed):
    """A risk that the checker finds and the authors have answered."""

    code: str
    because: str
    covers: Span | None = Field(default=None, exclude=True, repr=False)
    """The stage, or the rule, beneath which it stands, with all its lines; None for the whole file."""


class Step(Placed):
    """One line of a scenario's story, at an instant in the pathway's time zone.

    `date_only` when no time of day was written (T3). A deviation has `deviation` (a rule's or a stage's name) and no `event`.
    """

    at: datetime
    date_only: bool = False
    event: EventRef | None = None
    sender: str | None = None
    receiver: str | None = None
    elements: tuple[str, ...] | None = None
    facts: dict[str, Value] = {}
    amount: float | None = None
    party: str | None = None
    deviation: str | None = None
    because: str | None = None
    until: datetime | None = None
    recorded: datetime | None = None


class Check(Placed):
    """One assertion of a scenario."""

    kind: Literal[
        "stage", "break", "no_break", "no_other_break", "deviation", "not_judged", "next_deadline", "indicator", "cost"
    ]
    name: str | None = None
    """The stage, the rule or the indicator that it speaks of; the currency of a cost."""
    break_kind: BreakKind | None = None
    subtype: str | None = None
    due: datetime | None = None
    date_only: bool = False
    value: float | None = None
    """What an indicator or a cost comes to; None for an indicator that cannot be observed yet."""
    share: bool = False
    """Whether the value is in per cent."""


class Status(Placed):
    """`at …`: what must hold then. `at` and `known_at` are inclusive instants; a bare date is the end of that local day."""

    at: datetime
    known_at: datetime | None = None
    checks: tuple[Check, ...] = ()


class Scenario(Placed):
    title: str
    facts: dict[str, Value] = {}
    steps: tuple[Step, ...] = ()
    statuses: tuple[Status, ...] = ()


class Handover(Named):
    """Rules and prices between roles, as a library declares them. Senders, receivers, `by` and `paid_by` name roles."""

    roles: dict[str, Level | None] = {}
    rules: tuple[Rule, ...] = ()
    costs: tuple[Cost, ...] = ()


class Pathway(Named):
    """All that a file says. Dictionaries keep the order of declaration; what comes from a `use`d library stands first.

    `throughout` holds in every stage that is no end. `kind` is `library` for a file that others `use`.
    """

    kind: Literal["pathway", "library"] = "pathway"
    language: Language = "en"
    version: str = ""
    valid: Period = Period()
    time_zone: str = "Europe/Oslo"
    calendar: str = "NO"
    owner: str | None = None
    purpose: str | None = None
    dissents: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()

    sources: dict[str, Source] = {}
    parties: dict[str, Party] = {}
    events: dict[str, Event] = {}
    messages: dict[str, Message] = {}
    resources: dict[str, Resource] = {}
    facts: dict[str, Fact] = {}
    conditions: dict[str, NamedCondition] = {}
    bands: dict[str, Bands] = {}
    handovers: dict[str, Handover] = {}
    indicators: dict[str, Indicator] = {}
    costs: tuple[Cost, ...] = ()

    adaptation: str | None = None
    """The title of the local adaptation that this is; None for the national pathway. An adaptation is a whole pathway, with what
    it changes changed (P7)."""
    applies_when: Condition | None = None
    """For whom an adaptation is: judged when an episode begins; unknown means the national pathway."""
    based_on: str | None = None
    """The version of the national pathway that an adaptation was agreed against."""
    changes: tuple[Change, ...] = ()
    """What an adaptation changes, in the order written."""
    units: dict[str, str] = {}
    """By party, the unit that an adaptation binds it to (O10)."""
    not_offered: dict[str, str] = {}
    """By resource, why an adaptation's own parties do not offer it."""

    started: dict[str, Named] = {}
    """What the pathways that this one starts are called, by their names: for those who read of them here."""

    enters: tuple[Enter, ...] = ()
    unsuited: tuple[Unsuited, ...] = ()
    leaves: tuple[Leave, ...] = ()
    stages: dict[str, Stage] = {}
    throughout: Stage = Stage(name="throughout")
    accepted: tuple[Acceptance, ...] = ()
    scenarios: tuple[Scenario, ...] = ()

    def rules(self) -> tuple[Rule, ...]:
        """Every rule: of `throughout`, then of each stage, those under a transition or a start after the stage's own."""
        found: list[Rule] = []
        for stage in (self.throughout, *self.stages.values()):
            found += stage.rules
            for transition in stage.transitions:
                found += [transition.within] if transition.within else []
                found += transition.rules
                found += [rule for start in transition.starts for rule in start.rules]
            found += [rule for start in stage.starts for rule in start.rules]
        return tuple(found)
