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
from roomtui.tui import screens

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from textual.app import App
    from textual.theme import Theme

    from roomtui.state import Memory

THEME: Final = "theme"
"""Under which name the theme is remembered."""
LAYOUT: Final = "layout"
"""Under which name the layout is remembered."""


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
    """A sentence where the file gives a key to something that has none; None where all is well."""
    if not keys:
        return None
    known = set(_ids(app))
    for name in keys:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"; did you mean {near[0]}?" if near else ". ? shows what has one."
            return f"There is no key called {safe(name)}{hint}"
    return None


def clash(bindings: set[Binding], keys: Mapping[str, str]) -> str | None:
    """A sentence where the file gives a key to something that another thing has; None where they are one and the same."""
    for binding in sorted(bindings, key=lambda each: each.description):
        given = [name for name, written in keys.items() if binding.key in _normalize_key_list(written).split(",")]
        others = [name for name in given if name != binding.id]
        if others:
            return (
                f"The file gives the key {safe(binding.key)} to {safe(others[0])}, and it is that of "
                f"{binding.description}, too: give that another one under [keys], or choose another one."
            )
    return None


def _ids(app: type[App[Any]]) -> Iterator[str]:
    """The names of all keys: every screen is loaded for it."""
    classes: list[type] = [app]
    for module in pkgutil.iter_modules(screens.__path__):
        found = vars(import_module(f"{screens.__name__}.{module.name}"))
        classes += [each for each in found.values() if isinstance(each, type)]
    for each in classes:
        for binding in getattr(each, "BINDINGS", ()):
            if isinstance(binding, Binding) and binding.id is not None:
                yield binding.id
