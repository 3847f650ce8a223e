"""A one-line text field."""

from __future__ import annotations

from textual.widgets import Input


class Field(Input):
    """Textual's input, one row high; its cursor does not blink, for that would never let the line rest."""

    def __init__(self, *, id: str, placeholder: str = "", value: str = "") -> None:  # noqa: A002 - Textual's own name
        super().__init__(value, id=id, placeholder=placeholder, compact=True)
        self.cursor_blink = False
