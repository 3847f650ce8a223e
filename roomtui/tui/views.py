"""The views of the dashboard beside the live rooms, by name: what the keys `2` and `3` show.

A view is a screen that says its name, and that is told every state of the board and every tick while it is shown. It
lies above the live rooms, which never leave; what is loaded for it is loaded when it is first asked for. From then on
there is one of it: while it is not shown it is told nothing, and Textual tells it (`ScreenResume`) when it is again.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, Final, Protocol, TypeGuard, cast

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.screen import Screen

    from roomtui.watch.board import BoardState

LIVE: Final = "live"
"""The name of the view at the bottom."""


class View(Protocol):
    """What a view has beside being a screen."""

    VIEW: ClassVar[str]
    """Its name."""

    def show(self, state: BoardState) -> None:
        """Show what is known now."""
        ...

    def tick(self) -> None:
        """Let what tells the time go on."""
        ...


def is_view(screen: object, name: str | None = None) -> TypeGuard[View]:
    """Whether this is a view (of this name)."""
    own = getattr(screen, "VIEW", None)
    return own is not None and name in {None, own}


def _from(module: str, screen: str) -> Callable[[], Screen[None]]:
    def make() -> Screen[None]:
        made: Any = getattr(import_module(module), screen)
        return cast("Screen[None]", made())

    return make


VIEWS: Final[dict[str, Callable[[], Screen[None]]]] = {
    "ended": _from("roomtui.tui.screens.ended", "EndedScreen"),
    "log": _from("roomtui.tui.screens.log", "LogScreen"),
}
"""What makes the screen of each, by name."""
