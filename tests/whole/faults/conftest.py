"""The dashboard is driven here as its own tests drive it: keys wait no longer than it is at work."""

from __future__ import annotations

from tests.tui.conftest import _quick_pilot

__all__ = ["_quick_pilot"]
