"""All at once - closing soon, marked, called to attention, Twilio gone - in each look and size: pictures looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual import constants
from textual.filter import LineFilter

from roomtui.config import AlertTable
from roomtui.watch.board import Link, LinkState
from tests.tui import scene
from tests.tui.test_snapshots import BOARD_AND_CO, ids, looks_as_before

if TYPE_CHECKING:
    from rich.color import Color
    from textual.color import Color as Background

LOOKS = ["dark", "light", "256", "16", "ansi-dark", "ansi-light", "no-colours", "ascii", "ascii-no-colours"]
OTHER_SIZES = [(60, 20), (200, 50), (300, 80)]
SCREENS = {
    "live": ["j", "space", "j", "space", "j"],
    "end": [*BOARD_AND_CO, "e", "n", "o", "enter"],
}


class Fewer(LineFilter):
    """As a terminal with fewer colours shows it: the nearest that it has, as Rich sends them to one."""

    def __init__(self, system: ColorSystem) -> None:
        super().__init__()
        self._system = system

    def apply(self, segments: list[Segment], background: Background) -> list[Segment]:
        del background
        return [Segment(text, self._fewer(style), control) for text, style, control in segments]

    def _fewer(self, style: Style | None) -> Style | None:
        if style is None:
            return None
        return style + Style(color=self._nearest(style.color), bgcolor=self._nearest(style.bgcolor))

    def _nearest(self, color: Color | None) -> Color | None:
        return None if color is None else color.downgrade(self._system)


def stage(*, ascii_only: bool = False, live: bool = True) -> scene.Stage:
    """Forty-five seconds after Twilio went silent; or a moment ago, when all was well."""
    alerts = (AlertTable(name="full", when="people:>=50"), AlertTable(name="alone", when="people:1", color="red"))
    made = scene.stage(ascii_only=ascii_only, alerts=alerts, events=scene.lately())
    if not live:
        made.board.link(Link(LinkState.TROUBLE, "Twilio does not answer", scene.NOW))
        made.clock.advance(45)
    return made


def in_look(look: str, monkeypatch: pytest.MonkeyPatch, *, live: bool) -> scene.Stage:
    if "no-colours" in look:
        monkeypatch.setenv("NO_COLOR", "1")
    if look in {"256", "16"}:
        monkeypatch.setattr(constants, "COLOR_SYSTEM", "256" if look == "256" else "standard")
    made = stage(ascii_only="ascii" in look, live=live)
    if look in {"256", "16"}:
        made.app._filters.append(Fewer(ColorSystem.EIGHT_BIT if look == "256" else ColorSystem.STANDARD))
    elif look == "light":
        made.app.theme = "textual-light"
    elif look.startswith("ansi"):
        made.app.theme = look
    return made


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("look", LOOKS)
def test_each_look(snap_compare: Any, monkeypatch: pytest.MonkeyPatch, look: str, screen: str) -> None:
    made = in_look(look, monkeypatch, live=screen != "live")
    assert looks_as_before(snap_compare, made, terminal_size=(80, 24), press=SCREENS[screen])


@pytest.mark.parametrize("look", ["dark", "no-colours", "ascii-no-colours"])
def test_what_closes_is_told_without_colours(snap_compare: Any, monkeypatch: pytest.MonkeyPatch, look: str) -> None:
    # Twilio answers: then countdowns and counts have their tones.
    made = in_look(look, monkeypatch, live=True)
    assert looks_as_before(snap_compare, made, terminal_size=(80, 24), press=SCREENS["live"])


@pytest.mark.parametrize("size", OTHER_SIZES, ids=ids)
@pytest.mark.parametrize("screen", SCREENS)
def test_each_size(snap_compare: Any, screen: str, size: tuple[int, int]) -> None:
    assert looks_as_before(snap_compare, stage(live=screen != "live"), terminal_size=size, press=SCREENS[screen])
