"""What a dialog stands in."""

from __future__ import annotations

from textual.containers import VerticalScroll


class Box(VerticalScroll, can_focus=False, inherit_bindings=False):
    """Scrolls to what has the focus, where the screen is small; takes no key that is meant for the dialog."""
