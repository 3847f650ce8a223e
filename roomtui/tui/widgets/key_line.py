"""The line of keys at the bottom."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Any, ClassVar, Final

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from roomtui.tui.widths import cell_len

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.screen import Screen

_LESS: Final = ("write_rooms", "view('log')", "view('ended')", "remove", "dial_in")
"""Where the line is short, these keys stand in the help alone: the first of them goes first."""
_LAST: Final = frozenset({"leave", "back", "help", "quit"})
"""These stay to the last: whoever knows no key needs them, and goes back instead of quitting."""


@dataclass(frozen=True, slots=True)
class _Key:
    """One key of the line: what to press, how that is written, what it does, and more about that."""

    key: str
    shown: str
    description: str
    action: str
    enabled: bool
    tooltip: str

    @property
    def width(self) -> int:
        """In cells, with the blank before, between and behind."""
        return cell_len(self.shown) + cell_len(self.description) + (3 if self.description else 2)


class KeyLine(Widget):
    """The keys that work now, in the order of the bindings; a narrow line leaves out what is needed less.

    One widget that draws itself. Textual's footer mounts a widget for each key, and all of them anew at each change.
    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"key-line--key", "key-line--description"}
    DEFAULT_CSS = """
    KeyLine {
        dock: bottom;
        height: 1;
        color: $footer-foreground;
        background: $panel;
        & > .key-line--key {
            color: $footer-key-foreground;
            background: $footer-key-background;
            text-style: bold;
        }
        & > .key-line--description {
            color: $footer-description-foreground;
            background: $footer-description-background;
        }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._keys: tuple[_Key, ...] = ()

    def on_mount(self) -> None:
        """Hear of every change."""
        self.screen.bindings_updated_signal.subscribe(self, self._tell)

    def on_unmount(self) -> None:
        """Hear no more."""
        self.screen.bindings_updated_signal.unsubscribe(self)

    def _tell(self, screen: Screen[Any]) -> None:
        # Under a dialog, whose keys are others, the line stays as it is; when that goes, it is told again. And where
        # another window has the focus, no widget here has, but that changes nothing for who looks on.
        if not self.is_attached or self.app.screen is not self.screen or not self.app.app_focus:
            return
        keys: dict[str, _Key] = {}
        for _, binding, enabled, tooltip in screen.active_bindings.values():
            if binding.show and binding.action not in keys:
                shown = self.app.get_key_display(binding)
                keys[binding.action] = _Key(
                    binding.key, shown, binding.description, binding.action, enabled, tooltip or ""
                )
        if self._keys != (told := tuple(keys.values())):
            self._keys = told
            self.refresh()

    # -- drawing

    def _placed(self) -> list[tuple[int, _Key]]:
        """Where each key that there is room for begins."""
        keys = _fitting(self._keys, self.size.width)
        return list(zip(accumulate((key.width for key in keys), initial=0), keys, strict=False))

    def render_line(self, y: int) -> Strip:  # noqa: ARG002 - there is only one
        """Draw it."""
        key_style = self.get_component_rich_style("key-line--key")
        text_style = self.get_component_rich_style("key-line--description")
        segments = []
        for _, key in self._placed():
            dim = Style(dim=True) if not key.enabled else Style.null()
            segments.append(Segment(f" {key.shown} ", key_style + dim))
            if key.description:
                segments.append(Segment(f"{key.description} ", text_style + dim))
        return Strip(segments).adjust_cell_length(self.size.width, Style(bgcolor=self.rich_style.bgcolor))

    # -- the mouse

    def _key_at(self, x: int) -> _Key | None:
        return next((key for start, key in self._placed() if start <= x < start + key.width), None)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Say more about the key below the mouse."""
        key = self._key_at(event.x)
        self.tooltip = key.tooltip if key is not None and key.tooltip else None

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Do what the key does."""
        key = self._key_at(event.x)
        if key is None:
            return
        if key.enabled:
            self.app.simulate_key(key.key)
        else:
            self.app.bell()


def _fitting(keys: Sequence[_Key], width: int) -> list[_Key]:
    """Those that are shown in this many cells: first what is needed less goes, then the last ones."""
    fitting = list(keys)
    needed_less = [key for action in _LESS for key in keys if key.action == action]
    others = [key for key in reversed(keys) if key.action not in _LAST and key not in needed_less]
    for key in (*needed_less, *others):
        # The blank behind the last one may lie beyond the edge.
        if sum(each.width for each in fitting) - 1 <= width:
            break
        fitting.remove(key)
    return fitting
