"""What the screen says of deadlines and of how fresh it is, in plain words and tones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from roomtui.rooms.countdown import Urgency, countdown, span, urgency
from roomtui.rooms.words import since
from roomtui.tui.lines import Tone
from roomtui.watch.board import LinkState

if TYPE_CHECKING:
    from datetime import datetime

    from roomtui.rooms.model import Roster
    from roomtui.rooms.picture import LiveRoom, Picture
    from roomtui.watch.board import Link

STALE_AFTER: Final = 3
"""Refreshes that may fail to come before data is called old."""
RARELY: Final = 8
"""Seconds between two looks at the list from which on it is said that they are so many."""

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


def freshness(picture: Picture, link: Link, now: datetime, refresh: float, *, speed: float = 1.0) -> tuple[str, Tone]:
    """How fresh the picture is, in a word or two; it does not tick while all is well.

    `refresh` and `speed` as for `fresh_for`.
    """
    seconds = since(picture.as_of, now)
    if link.state is LinkState.PAUSED:
        return ("paused" if seconds is None else f"paused, {span(seconds)} old"), Tone.WARN
    if link.state is LinkState.CONNECTING or seconds is None:
        return ("connecting", Tone.DIM) if link.state is LinkState.CONNECTING else ("no data yet", Tone.BAD)
    if link.state is LinkState.TROUBLE or is_stale(picture, now, fresh_for(link, refresh, speed)):
        return f"{span(seconds)} old", Tone.BAD
    if link.every is not None and link.every >= RARELY:
        return f"live, every {link.every:.0f} s", Tone.GOOD
    return "live", Tone.GOOD


def fresh_for(link: Link, refresh: float, speed: float = 1.0) -> float:
    """For how many of Twilio's seconds what was read is new.

    Args:
        link: whether the list is read more rarely than was wished.
        refresh: seconds between two looks at the list, as wished.
        speed: Twilio's seconds in a second.
    """
    return ((link.every or refresh) + (STALE_AFTER - 1) * refresh) * speed + 2


def is_stale(picture: Picture, now: datetime, fresh: float) -> bool:
    """Whether the list is older than it ought to be: than `fresh` seconds."""
    seconds = since(picture.as_of, now)
    return seconds is None or seconds > fresh


def is_old(roster: Roster | None, now: datetime, fresh: float) -> bool:
    """Whether so much time has passed since somebody counted who is in a room that others may be by now."""
    return roster is not None and (now - roster.as_of).total_seconds() > fresh


def trouble(picture: Picture, link: Link, now: datetime) -> str | None:
    """The banner: what is wrong, since when there is no data, when it is tried again. None while all is well."""
    if link.trouble is None:
        return None
    sentence = link.trouble.rstrip(".")
    seconds = since(picture.as_of, now)
    age = "No data yet" if seconds is None else f"No new data for {span(seconds)}"
    if link.state is LinkState.PAUSED or link.next_try is None:
        return sentence if sentence.endswith(("?", "!")) else f"{sentence}."
    wait = max(0, round((link.next_try - now).total_seconds()))
    again = f"next try in {wait} s" if wait else "trying again"
    return f"{age}: {sentence}; {again}."
