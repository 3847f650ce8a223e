"""Listening to the mouse, or leaving it to the terminal, which selects text with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.driver import Driver


def listens(driver: Driver | None) -> bool:
    """Whether the mouse is ours."""
    return driver is not None and driver._mouse  # noqa: SLF001 - Textual asks once, at the start


def listen(driver: Driver, *, on: bool) -> bool:
    """Take the mouse, or give it back; whether that can be done."""
    enable = getattr(driver, "_enable_mouse_support", None)
    disable = getattr(driver, "_disable_mouse_support", None)
    if enable is None or disable is None:
        return False
    # Both do nothing while the driver is told that there is no mouse.
    driver._mouse = True  # noqa: SLF001 - as above
    (enable if on else disable)()
    driver._mouse = on  # noqa: SLF001 - as above
    return True
