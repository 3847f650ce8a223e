"""Themes, keys and where the details stand: as somebody likes them, and as they were left the last time."""

from __future__ import annotations

import pkgutil
from difflib import get_close_matches
from enum import Enum
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from textual.binding import Binding
from textual.keys import _normalize_key_list

from roomtui.rooms.untrusted import safe
from roomtui.tui import screens, widgets

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual.app import App
    from textual.theme import Theme

    from roomtui.state import Memory

THEME: Final = "theme"
"""Under which name the theme is remembered."""
OF_FEW_COLOURS: Final = "ansi-dark"
"""The theme of a terminal with sixteen colours, where nobody asked for another.

The nearest of the sixteen to the colours of others make one grey of the row under the cursor and of what is written
there.
"""
LAYOUT: Final = "layout"
"""Under which name the layout is remembered."""
ROOM_FOR_BOTH: Final = 110
"""From so many columns on the details fit beside the rooms: below that either would be cut too much to be read."""


class Layout(Enum):
    """Where the details of the chosen room stand: as the window suggests, beside the table, below it, or nowhere."""

    AUTO = "auto"
    BESIDE = "beside"
    BELOW = "below"
    ALONE = "alone"

    @property
    def css_class(self) -> str:
        """The class of a screen that is laid out so."""
        return f"-details-{self.value}"

    @property
    def sentence(self) -> str:
        """What it is, for people."""
        return {
            Layout.AUTO: "Details stand where the window has room for them.",
            Layout.BESIDE: "Details stand beside the rooms.",
            Layout.BELOW: "Details stand below the rooms.",
            Layout.ALONE: "The rooms stand alone; enter shows the details.",
        }[self]

    def fitting(self, width: int) -> Layout:
        """What becomes of it on so many columns: where there is no room beside the table, below it."""
        return Layout.BELOW if self is Layout.BESIDE and width < ROOM_FOR_BOTH else self


TOO_NARROW: Final = f"Details stand below the rooms; beside them from {ROOM_FOR_BOTH} columns on."


def layout_of(memory: Memory) -> Layout:
    """The layout that was chosen last."""
    try:
        return Layout(memory.recall(LAYOUT))
    except ValueError:
        return Layout.AUTO


def next_layout(layout: Layout) -> Layout:
    """The one after it; after the last the first."""
    all_of_them = tuple(Layout)
    return all_of_them[(all_of_them.index(layout) + 1) % len(all_of_them)]


def theme_of(themes: Mapping[str, Theme], configured: str | None, memory: Memory) -> tuple[str | None, str | None]:
    """The theme to begin with (None: the usual one), and a sentence where the configured one is none.

    What was chosen on the screen the last time goes before what the file says.
    """
    remembered = memory.recall(THEME)
    complaint = None
    if configured is not None and configured not in themes:
        near = get_close_matches(configured, themes, n=1)
        hint = f"; did you mean {near[0]}?" if near else f"; there are {', '.join(sorted(themes))}."
        complaint = f"There is no theme {safe(configured)}{hint}"
    for name in (remembered, configured):
        if isinstance(name, str) and name in themes:
            return name, complaint
    return None, complaint


def keys_complaint(keys: Mapping[str, str], app: type[App[Any]]) -> str | None:
    """A sentence where the file gives a key to nothing, or to something while another has it; else None."""
    if not keys:
        return None
    bindings = _bindings(app)
    known = _names(bindings)
    for name in keys:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"; did you mean {near[0]}?" if near else ". ? shows what has one."
            return f"There is no key called {safe(name)}{hint}"
    of_app = bindings.pop(app)
    return next(filter(None, (_clash([*of_app, *each], keys) for each in bindings.values())), None)


def names_of_keys(app: type[App[Any]]) -> frozenset[str]:
    """The names by which keys can be changed."""
    return _names(_bindings(app))


def _names(bindings: Mapping[type, Sequence[Binding]]) -> frozenset[str]:
    return frozenset(binding.id for each in bindings.values() for binding in each if binding.id is not None)


def _clash(bindings: Sequence[Binding], keys: Mapping[str, str]) -> str | None:
    has: dict[str, Binding] = {}
    # Those of the file last: it is they that take what another has.
    for binding in sorted(bindings, key=lambda each: each.id in keys):
        written = keys.get(binding.id or "", binding.key)
        for key in _normalize_key_list(written).split(","):
            other = has.setdefault(key, binding)
            name = binding.id or ""
            if name in keys and other.id != name:
                taker = safe(binding.id or "")
                return (
                    f"The file gives the key {safe(key)} to {taker}, and it is that of {other.description}, "
                    "too: give that another one under [keys], or choose another one."
                )
    return None


def _bindings(app: type[App[Any]]) -> dict[type, list[Binding]]:
    """The keys of the dashboard, of every screen and every widget; all of them are loaded for it."""
    classes: set[type] = {app}
    for package in (screens, widgets):
        for module in pkgutil.iter_modules(package.__path__):
            found = vars(import_module(f"{package.__name__}.{module.name}"))
            classes |= {each for each in found.values() if isinstance(each, type)}
    return {
        each: [binding for binding in vars(each).get("BINDINGS", ()) if isinstance(binding, Binding)]
        for each in classes
    }
