"""What can be done on a screen, as its key bindings say: for the help and the palette, so that neither can lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textual.app import App
    from textual.dom import DOMNode
    from textual.screen import Screen


@dataclass(frozen=True, slots=True)
class Command:
    """One thing that can be done: its keys as shown, what it does, more about it, and the action to run."""

    keys: tuple[str, ...]
    description: str
    tooltip: str
    node: DOMNode
    action: str


def commands(app: App[None], screen: Screen[Any]) -> list[Command]:
    """All that can be done on `screen` now, in the order of the bindings: the widget's, the screen's, the app's."""
    found: dict[str, Command] = {}
    for active in screen.active_bindings.values():
        binding = active.binding
        if binding.system or not binding.description or not active.enabled:
            continue
        key = app.get_key_display(binding)
        known = found.get(binding.description)
        if known is None:
            found[binding.description] = Command(
                (key,), binding.description, binding.tooltip, active.node, binding.action
            )
        elif key not in known.keys:
            found[binding.description] = Command(
                (*known.keys, key), known.description, known.tooltip, known.node, known.action
            )
    return list(found.values())
