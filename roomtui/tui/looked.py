"""The dashboard as somebody likes it: theme, keys, where the details stand, what is hidden, whose the mouse is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from textual import constants

from roomtui.tui import looks, mouse
from roomtui.tui.keys import OneKeyAtATime

if TYPE_CHECKING:
    from textual.events import Resize
    from textual.theme import Theme

    from roomtui.tui.columns import View
    from roomtui.tui.session import Settings


class Looked(OneKeyAtATime):
    """An app that looks as it is wished, and remembers what is changed of that.

    Attributes:
        settings: how it is to be.
        view: how rooms are shown.
    """

    settings: Settings
    view: View
    _layout: looks.Layout = looks.Layout.AUTO
    """As it is wished."""
    _laid_out: looks.Layout = looks.Layout.AUTO
    """As there is room for it."""
    _fell_back = False
    _theme_told = ""

    if TYPE_CHECKING:

        def tell(self, sentence: str, *, trouble: bool = False) -> None:
            """Tell the person something, once."""

    def look_as_wished(self) -> None:
        """Take theme, layout and keys from the settings, or as they were left; say what of that cannot be."""
        settings = self.settings
        theme, complaint = looks.theme_of(self.available_themes, settings.theme, settings.memory)
        if theme is None and constants.COLOR_SYSTEM == "standard" and not self.no_color:
            theme = looks.OF_FEW_COLOURS
        if theme is not None:
            self.theme = theme
        self._theme_told = self.theme
        self.theme_changed_signal.subscribe(self, self._keep_theme)
        self._layout = self._laid_out = looks.layout_of(settings.memory)
        self._lay_out_fitting(self.size.width)
        self.set_keymap(dict(settings.keys))
        complaint = complaint or looks.keys_complaint(settings.keys, type(self))
        if complaint is not None:
            self.call_after_refresh(self.tell, complaint, trouble=True)

    def action_next_layout(self) -> None:
        """Put the details somewhere else."""
        self._lay_out(looks.next_layout(self._layout))

    def action_zoom(self) -> None:
        """Leave the rooms alone, or show the details again."""
        alone = self._layout is looks.Layout.ALONE
        self._lay_out(looks.Layout.AUTO if alone else looks.Layout.ALONE)

    def _lay_out(self, layout: looks.Layout) -> None:
        self._layout = layout
        self._lay_out_fitting(self.size.width)
        self.settings.memory.remember(looks.LAYOUT, layout.value)
        self._fell_back = self._laid_out is not layout
        self.tell(looks.TOO_NARROW if self._fell_back else layout.sentence)

    def _lay_out_fitting(self, width: int) -> None:
        before, self._laid_out = self._laid_out, self._layout.fitting(width)
        if before is not self._laid_out or not self.has_class(before.css_class):  # all widgets are styled anew
            self.remove_class(before.css_class)
            self.add_class(self._laid_out.css_class)

    def on_resize(self, event: Resize) -> None:
        """Put the details where there is room for them; say once that this is not where they were wanted."""
        self._lay_out_fitting(event.size.width)
        if self._laid_out is not self._layout and not self._fell_back:
            self._fell_back = True
            self.tell(looks.TOO_NARROW)

    def _keep_theme(self, theme: Theme) -> None:
        # Heard too of the theme that was there from the beginning, which nobody chose here.
        if theme.name != self._theme_told:
            self._theme_told = theme.name
            self.settings.memory.remember(looks.THEME, theme.name)
            self.tell(f"The theme is {theme.name}.")

    def action_hide(self) -> None:
        """Mask phone numbers, or show them."""
        self.view = replace(self.view, hide=not self.view.hide)
        for screen in self.screen_stack:
            redraw = getattr(screen, "redraw", None)
            if redraw is not None:
                redraw()
        self.tell("Phone numbers are masked." if self.view.hide else "Phone numbers are shown.")

    def action_mouse(self) -> None:
        """Listen to the mouse, or leave it to the terminal, which selects text with it."""
        on = not mouse.listens(self._driver)
        if self._driver is None or not mouse.listen(self._driver, on=on):
            self.tell("Here is no mouse to listen to.")
        else:
            self.tell("Listening to the mouse; m gives it back." if on else "The mouse is the terminal's: select text.")
