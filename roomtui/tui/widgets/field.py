"""A one-line text field."""

from __future__ import annotations

from textual.widgets import Input

from roomtui.tui.widgets.lazily import Lazily


class Field(Lazily, Input):
    """Textual's input, one row high; its cursor does not blink, for that would never let the line rest."""

    def __init__(self, *, id: str, placeholder: str = "", value: str = "") -> None:  # noqa: A002 - Textual's own name
        super().__init__(value, id=id, placeholder=placeholder)
        # Told in the ordinary way that it is compact, it would be styled for that before it is anywhere.
        self.set_reactive(Field.compact, True)  # noqa: FBT003 - as Textual has it
        self.add_class("-textual-compact", update=False)
        self.cursor_blink = False
