"""The line of keys at the bottom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from textual.widgets import Footer
from textual.widgets._footer import FooterKey

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.screen import Screen

# Where the line is short, these keys stand in the help alone.
_LESS: Final = frozenset({"dial_in", "remove"})


class KeyLine(Footer):
    """Textual's footer, one line high at every width: a narrow one leaves out what is needed less."""

    def __init__(self) -> None:
        super().__init__(show_command_palette=False)

    def bindings_changed(self, screen: Screen[Any]) -> None:
        """Tell the keys that work now. Under a dialog, whose keys are others, the line stays as it is."""
        if self._is_on_top:
            super().bindings_changed(screen)

    async def recompose(self) -> None:
        """Make the line anew, unless a dialog has come over it meanwhile: when that goes, it is told again."""
        if self._is_on_top:
            await super().recompose()

    @property
    def _is_on_top(self) -> bool:
        return self.is_attached and self.app.screen is self.screen

    def compose(self) -> ComposeResult:
        """The keys."""
        for key in super().compose():
            if isinstance(key, FooterKey):
                key.set_class(key.action in _LESS, "-less")
            yield key
