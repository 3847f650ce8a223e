"""How the dashboard calls whoever watches: what the file says of alerts, and what the terminal is sent for it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from textual.color import Color, ColorParseError

from roomtui.rooms.alerts import AlertRule
from roomtui.rooms.query import parse
from roomtui.rooms.untrusted import safe
from roomtui.tui.lines import ASCII, UNICODE, Tone, fit
from roomtui.tui.multiplexers import through_multiplexer
from roomtui.watch.alarms import Call

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from roomtui.config import AlertTable

SIGN: Final = "#"
"""What stands before the name of a room that is called to attention, unless its rule says otherwise.

Neither the `!` of a countdown that is about to end nor the `*` of a mark, both of which stand just before it.
"""
_BELL: Final = "\x07"
_LINE: Final = 200
_GREY: Final = 0.15
# Where on the circle of colours the next tone begins.
_HUES: Final = ((0.055, Tone.BAD), (0.2, Tone.WARN), (0.45, Tone.GOOD), (0.9, Tone.TITLE), (1.0, Tone.BAD))


def calls(alerts: Sequence[AlertTable], views: Mapping[str, str]) -> tuple[tuple[Call, ...], str | None]:
    """The alerts that can be looked after, and a sentence where one asks for what cannot be."""
    made: list[Call] = []
    complaint = None
    for table in alerts:
        when = parse(table.when, views)
        if when.complaints and complaint is None:
            complaint = f"The alert {safe(table.name)} is left out: {when.complaints[0]}."
        if when.complaints or when.is_empty:
            complaint = complaint or f"The alert {safe(table.name)} is left out: it asks for nothing."
            continue
        sign = fit(safe(table.sign), 2).strip() if table.sign else None
        if sign in {UNICODE.mark, ASCII.mark}:
            complaint = (
                complaint or f"The alert {safe(table.name)} cannot have the sign of a mark, {sign}: it gets {SIGN}."
            )
            sign = SIGN
        rule = AlertRule(table.name, when, table.color, sign)
        made.append(Call(rule, table.bell, table.osc9, table.command, table.quiet_hours))
    return tuple(made), complaint


def tone(rule: AlertRule) -> Tone:
    """In which tone the room is shown: that of the theme which is nearest to the colour that was asked for."""
    return Tone.WARN if rule.color is None else _nearest(rule.color)


@lru_cache(maxsize=64)
def _nearest(name: str) -> Tone:
    try:
        hue, saturation, _ = Color.parse(name).hsv
    except ColorParseError:
        return Tone.WARN
    if saturation < _GREY:
        return Tone.STRONG
    return next(tone for until, tone in _HUES if hue <= until)


def bell() -> str:
    """What rings the terminal's bell; tmux and screen pass it on as they are set to."""
    return _BELL


def notification(line: str, environ: Mapping[str, str]) -> str:
    """What asks a terminal to show this line (OSC 9: iTerm2, kitty, WezTerm, Windows Terminal and others)."""
    text = safe(line)
    return through_multiplexer(f"\x1b]9;{text[:_LINE]}\x07", environ)
