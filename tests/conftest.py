"""What all tests share: how hard the property tests try. `--hypothesis-profile=long` tries thirty times as hard, `faults` a
fifth as hard, and stops at the first thing found (for `tests.mutants`)."""

from __future__ import annotations

from hypothesis import Phase, settings

settings.register_profile("usual", max_examples=100, deadline=None)
settings.register_profile("faults", max_examples=20, deadline=None, database=None, phases=(Phase.explicit, Phase.generate))
settings.register_profile("long", max_examples=3000, deadline=None)
settings.load_profile("usual")
