"""The lines of the journal as the log shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from roomtui.rooms.changes import EventKind
from roomtui.rooms.endings import EndingReason
from roomtui.tui.lines import Piece, Tone, wrap
from roomtui.tui.widths import cell_len
from roomtui.watch.journal_lines import AUDIT, event_of
from roomtui.watch.journal_words import details, in_words, sign

if TYPE_CHECKING:
    from datetime import datetime

    from roomtui.tui.lines import Line
    from roomtui.watch.journal_lines import JournalLine

_TONES: Final = {
    EventKind.ALERT: Tone.WARN,
    EventKind.ROOM_CLOSING_SOON: Tone.SOON,
    EventKind.ROOM_FULL: Tone.SOON,
    EventKind.ROOM_OPENED: Tone.STRONG,
    EventKind.ROOM_RECREATED: Tone.STRONG,
    EventKind.ROOM_ENDED: Tone.STRONG,
}
_TIME: Final = {False: 19, True: 14}
"""Cells of the time, with the year and without."""


def heading(*, briefly: bool) -> str:
    """What stands above the lines."""
    return f" {'TIME (UTC)'.rjust(_TIME[briefly])}    WHAT HAPPENED, AND * WHAT WE DID"


def row(told: JournalLine, now: datetime, *, hide: bool, briefly: bool) -> Line:
    """The time, with the day where it is not today's; whether it was us; the sentence."""
    return (
        Piece(f"{_time(told.at, now, briefly=briefly)}  ", Tone.DIM),
        Piece(f"{sign(told)} ", Tone.STRONG),
        Piece(in_words(told, hide=hide), _tone(told)),
    )


def whole(told: JournalLine, width: int, *, room: int, hide: bool) -> list[str]:
    """What is to be said of this line that its row has no room for; `room` are the row's cells."""
    text, more = in_words(told, hide=hide), details(told)
    is_cut = cell_len(text) > room
    if is_cut and not more:
        return wrap(text, width)
    return [text] * is_cut + [more] * bool(more)


def room_for_the_sentence(width: int, *, briefly: bool) -> int:
    """Cells for the sentence in a row of this width, the sign of the cursor counted."""
    return width - 1 - _TIME[briefly] - 4


def _time(at: datetime, now: datetime, *, briefly: bool) -> str:
    day = "%m-%d" if briefly else "%Y-%m-%d"
    return f"{at:{day} %H:%M:%S}" if at.date() != now.date() else f"{at:%H:%M:%S}".rjust(_TIME[briefly])


def _tone(told: JournalLine) -> Tone:
    if told.kind == AUDIT:
        return Tone.DIM if told.text("phase") == "before" else Tone.TITLE
    happened = event_of(told)
    if happened is None:
        return Tone.DIM
    if happened.ending is not None and happened.ending.reason is EndingReason.FAILED:
        return Tone.BAD
    return _TONES.get(happened.kind, Tone.TEXT)
