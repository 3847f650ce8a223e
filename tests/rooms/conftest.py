"""How the domain's properties are searched."""

from __future__ import annotations

from hypothesis import settings

# How long one example takes depends on the machine, not on the domain.
settings.register_profile("rooms", deadline=None)
settings.load_profile("rooms")
