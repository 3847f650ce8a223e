"""One of several things, picked by its letter, or with the arrows."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual.binding import Binding
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from roomtui.tui.lines import fit
from roomtui.tui.screens.styled_once import Dialog
from roomtui.tui.widgets.box import Box
from roomtui.tui.widgets.pointed import Pointed
from roomtui.tui.widths import cell_len

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

_NAME_MAX = 24


class Choice(NamedTuple):
    """What can be chosen: its letter, what it is called, and more about it; safe to show."""

    letter: str
    value: str
    name: str
    about: str = ""


class _Choices(Pointed, OptionList):
    """A list in which the table's keys work too."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("k", "cursor_up", "Up", show=False),
        Binding("j", "cursor_down", "Down", show=False),
    ]


class ChooseDialog(Dialog[str]):
    """Its answer is the value that was chosen, or None.

    Args:
        title: what is chosen.
        choices: what there is; the letters are neither `j` nor `k`.
        current: the value that holds now.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "dismiss(None)", "Cancel", key_display="esc")]

    def __init__(self, title: str, choices: Sequence[Choice], current: str | None = None) -> None:
        super().__init__()
        self._title = title
        self._choices = choices
        self._current = current
        for choice in choices:
            self._bindings.bind(choice.letter, f"pick('{choice.letter}')", show=False)

    def compose(self) -> ComposeResult:
        """What there is to choose from."""
        wide = min(_NAME_MAX, max(cell_len(each.name) for each in self._choices))
        with Box(classes="dialog small"):
            yield Static(self._title, classes="title", markup=False)
            yield _Choices(
                *(
                    Option(Content(f"{each.letter}  {fit(each.name, wide)}  {each.about}"), id=str(index))
                    for index, each in enumerate(self._choices)
                ),
                id="choices",
                compact=True,
            )
            yield Static("Its letter or number; esc leaves it as it is.", classes="hint")

    def on_mount(self) -> None:
        """Stand on what holds now."""
        here = next((index for index, each in enumerate(self._choices) if each.value == self._current), 0)
        self.query_one(OptionList).highlighted = here
        self.query_one(OptionList).focus()

    def action_pick(self, letter: str) -> None:
        """Choose what has this letter."""
        self.dismiss(next(each.value for each in self._choices if each.letter == letter))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Choose what is highlighted."""
        self.dismiss(self._choices[event.option_index].value)
