"""What the screen says of deadlines and of how fresh it is, in plain words and tones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from roomtui.rooms.countdown import Urgency, countdown, span, urgency
from roomtui.rooms.words import since
from roomtui.tui.lines import Tone
from roomtui.watch.board import LinkState

if TYPE_CHECKING:
    from datetime import datetime

    from roomtui.rooms.picture import LiveRoom, Picture
    from roomtui.watch.board import Link

STALE_AFTER: Final = 3
"""Refreshes that may fail to come before data is called old."""

TONES: Final = {
    Urgency.FAR: Tone.TEXT,
    Urgency.SOON: Tone.SOON,
    Urgency.CLOSING: Tone.CLOSING,
    Urgency.DUE: Tone.CLOSING,
}
SIGNS: Final = {Urgency.FAR: " ", Urgency.SOON: " ", Urgency.CLOSING: "!", Urgency.DUE: "!"}
"""What says without colour that a deadline is near."""


def closes(live: LiveRoom, now: datetime, *, at_most: str) -> tuple[str, Urgency]:
    """The countdown of a room and how near it is."""
    if live.deadline is None:
        return "?", Urgency.FAR
    seconds = live.deadline.seconds_left(now)
    near = urgency(seconds)
    text = countdown(seconds)
    return (text, near) if live.deadline.certain else (f"{at_most}{text}", near)


def freshness(picture: Picture, link: Link, now: datetime, refresh: float) -> tuple[str, Tone]:
    """How fresh the picture is, in a word or two; it does not tick while all is well."""
    seconds = since(picture.as_of, now)
    if link.state is LinkState.PAUSED:
        return ("paused" if seconds is None else f"paused, {span(seconds)} old"), Tone.WARN
    if link.state is LinkState.CONNECTING or seconds is None:
        return ("connecting", Tone.DIM) if link.state is LinkState.CONNECTING else ("no data yet", Tone.BAD)
    if link.state is LinkState.TROUBLE or is_stale(picture, now, refresh):
        return f"{span(seconds)} old", Tone.BAD
    return "live", Tone.GOOD


def is_stale(picture: Picture, now: datetime, refresh: float) -> bool:
    """Whether the list is older than it ought to be."""
    seconds = since(picture.as_of, now)
    return seconds is None or seconds > STALE_AFTER * refresh + 2


def trouble(picture: Picture, link: Link, now: datetime) -> str | None:
    """The banner: what is wrong, since when there is no data, when it is tried again. None while all is well."""
    if link.trouble is None:
        return None
    sentence = link.trouble.rstrip(".")
    seconds = since(picture.as_of, now)
    age = "No data yet" if seconds is None else f"No new data for {span(seconds)}"
    if link.state is LinkState.PAUSED:
        return f"{sentence}."
    if link.next_try is None:
        return f"{sentence}."
    wait = max(0, round((link.next_try - now).total_seconds()))
    again = f"next try in {wait} s" if wait else "trying again"
    return f"{age}: {sentence}; {again}."
