"""The line of keys at the bottom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.widgets import Footer
from textual.widgets._footer import FooterKey

if TYPE_CHECKING:
    from textual.app import ComposeResult

# Where the line is short, these keys stand in the help alone.
_LESS: Final = frozenset({"dial_in", "remove"})


class KeyLine(Footer):
    """Textual's footer, one line high at every width: a narrow one leaves out what is needed less."""

    def __init__(self) -> None:
        super().__init__(show_command_palette=False)

    def compose(self) -> ComposeResult:
        """The keys."""
        for key in super().compose():
            if isinstance(key, FooterKey):
                key.set_class(key.action in _LESS, "-less")
            yield key
