"""What all tests share: how hard the property tests try. `--hypothesis-profile=long` tries thirty times as hard, `few` a fifth as
hard (for `tests.mutants`)."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("usual", max_examples=100, deadline=None)
settings.register_profile("few", max_examples=20, deadline=None)
settings.register_profile("long", max_examples=3000, deadline=None)
settings.load_profile("usual")
