"""The dialog in which anything of a room can be chosen to be copied."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.binding import Binding
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from roomtui.rooms.personal import shown
from roomtui.rooms.untrusted import Untrusted
from roomtui.tui.lines import Tone, fit, line, wrap
from roomtui.tui.screens.styled_once import Dialog
from roomtui.tui.widgets.box import Box
from roomtui.tui.widgets.field import Field
from roomtui.tui.widgets.lazily import Lazily
from roomtui.tui.widgets.line_view import LineView
from roomtui.tui.widgets.pointed import Pointed
from roomtui.tui.widths import cell_len

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from roomtui.tui.app import RoomtuiApp
    from roomtui.tui.copying import Thing

_NAME_MAX: Final = 22
_WHOLE: Final = 4


class _Things(Lazily, Pointed, OptionList):
    """What can be copied; the field keeps the focus."""

    can_focus = False


class CopyDialog(Dialog["Thing"]):
    """Typing finds, the arrows choose, enter copies: its answer is what was chosen, or None.

    Args:
        title: of what it all is.
        things: what there is.
    """

    app: RoomtuiApp

    # Not the stylesheet's dialog, which is as high as what is in it: here the list scrolls, and nothing else.
    DEFAULT_CSS = """
    CopyDialog .page {
        width: 100%;
        max-width: 100;
        height: 100%;
        max-height: 34;
        padding: 0 2;
        background: $surface;
        border: round $primary;
    }
    CopyDialog .page.-plain { border: ascii $primary; }
    CopyDialog #title { text-style: bold; margin-bottom: 1; }
    CopyDialog #find { background: $panel; }
    CopyDialog #things { height: 1fr; background: $surface; border: none; margin-top: 1; }
    CopyDialog #whole { height: auto; max-height: 4; margin-top: 1; overflow: hidden hidden; }
    CopyDialog .hint { color: $text-muted; margin-top: 1; }
    CopyDialog.-short #title { margin-bottom: 0; }
    CopyDialog.-short #things, CopyDialog.-short #whole, CopyDialog.-short .hint { margin-top: 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel", id="copy.cancel"),
        Binding("down", "go(1)", "Down", show=False, id="copy.down"),
        Binding("up", "go(-1)", "Up", show=False, id="copy.up"),
        Binding("pagedown", "go(8)", "Page", show=False, id="copy.page-down"),
        Binding("pageup", "go(-8)", "Page", show=False, id="copy.page-up"),
    ]
    AUTO_FOCUS = "#find"

    def __init__(self, title: str, things: Sequence[Thing]) -> None:
        super().__init__()
        self._title = title
        self._things = things
        self._found: list[Thing] = list(things)

    def compose(self) -> ComposeResult:
        """The field, and what it finds."""
        with Box(classes="page -plain" if self.app.settings.ascii_only else "page"):
            yield Static(self._title, id="title", markup=False)
            yield Field(id="find", placeholder="type to find; arrows choose")
            yield _Things(id="things", compact=True)
            yield LineView(id="whole")
            yield Static("enter copies, esc cancels", classes="hint")

    def on_mount(self) -> None:
        """Show all."""
        self._show()

    def on_resize(self) -> None:
        """Lines are made for a width."""
        self.call_after_refresh(self._show)

    def _show(self) -> None:
        listed = self.query_one(OptionList)
        highlighted = listed.highlighted or 0
        hide = self.app.view.hide
        ellipsis = self.app.view.glyphs.ellipsis
        width = max(20, listed.scrollable_content_region.width - 2)
        names = min(_NAME_MAX, max((cell_len(each.name) for each in self._found), default=0), width // 3)
        listed.clear_options()
        listed.add_options(
            Option(
                Content(
                    f"{fit(_masked(each.name, hide=hide), names, ellipsis=ellipsis)}  "
                    f"{fit(each.shown(hide=hide), width - names - 2, ellipsis=ellipsis)}"
                )
            )
            for each in self._found
        )
        self._show_whole()
        if self._found:
            listed.highlighted = min(highlighted, len(self._found) - 1)

    @on(OptionList.OptionHighlighted, "#things")
    def _considered(self) -> None:
        self._show_whole()

    def _show_whole(self) -> None:
        """The text under the cursor as far as there is room for it, for most do not fit on a line."""
        here = self.query_one(OptionList).highlighted
        view = self.query_one("#whole", LineView)
        text = self._found[here].shown(hide=self.app.view.hide) if here is not None and self._found else ""
        view.show([line((part, Tone.DIM)) for part in wrap(text, max(20, self.query_one("#find").size.width))[:_WHOLE]])

    @on(Input.Changed, "#find")
    def _typed(self, event: Input.Changed) -> None:
        wanted, hide = event.value.strip().casefold(), self.app.view.hide
        # What a name says comes before what stands in a value: "sid" is the SID.
        named = [each for each in self._things if wanted in _masked(each.name, hide=hide).casefold()]
        rest = [each for each in self._things if each not in named and wanted in each.shown(hide=hide).casefold()]
        self._found = [*named, *rest]
        self.query_one(OptionList).highlighted = None
        self._show()

    @on(Input.Submitted, "#find")
    def _take(self) -> None:
        here = self.query_one(OptionList).highlighted
        if here is not None and here < len(self._found):
            self.dismiss(self._found[here])

    @on(OptionList.OptionSelected, "#things")
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._found[event.option_index])

    def action_go(self, steps: int) -> None:
        """Choose another one."""
        listed = self.query_one(OptionList)
        if self._found:
            listed.highlighted = max(0, min((listed.highlighted or 0) + steps, len(self._found) - 1))


def _masked(name: str, *, hide: bool) -> str:
    return shown(Untrusted(name), hide=hide)
