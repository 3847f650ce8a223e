"""The columns of the room table: what stands in them, and which of them a width has room for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from roomtui.rooms import words as plain
from roomtui.rooms.countdown import age, span
from roomtui.rooms.model import RoomType
from roomtui.rooms.personal import shown
from roomtui.rooms.picture import EndedRoom, LiveRoom
from roomtui.rooms.recording import Recording
from roomtui.rooms.untrusted import safe
from roomtui.tui import words
from roomtui.tui.lines import UNICODE, Glyphs, Piece, Tone, fit

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from typing import TypeAlias

    Entry: TypeAlias = LiveRoom | EndedRoom


_RECORDED: Final[dict[Recording | None, str]] = {Recording.ON: "rec", Recording.PARTLY: "some"}
_SHORT_TYPES: Final[dict[str, str]] = {RoomType.GROUP_SMALL: "small", RoomType.PEER_TO_PEER: "p2p"}


@dataclass(frozen=True, slots=True)
class View:
    """How things are to be shown: personal data hidden or not, which glyphs, and whether the data is old."""

    hide: bool = False
    glyphs: Glyphs = UNICODE
    stale: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        key: its name in the code.
        title: its heading.
        width: in cells; 0 for the one that takes what is left.
        cell: what stands in it for a room at an instant of Twilio's time.
        right: flush right.
        from_width: the narrowest table, in cells, that has it.
        ticks: whether its text changes with the time alone.
    """

    key: str
    title: str
    width: int
    cell: Callable[[Entry, datetime, View], Piece]
    right: bool = False
    from_width: int = 0
    ticks: bool = False


def _closes(entry: Entry, now: datetime, view: View) -> Piece:
    if isinstance(entry, EndedRoom):
        # Ended rooms stand below the live ones and say so: an age there cannot be taken for a countdown.
        return Piece(f"{span(plain.since(entry.ended_at, now) or 0)} ago ", Tone.DIM)
    text, near = words.closes(entry, now, at_most=view.glyphs.at_most)
    tone = Tone.DIM if view.stale or not entry.listed else words.TONES[near]
    return Piece(f"{text} {words.SIGNS[near]}", tone)


def _name(entry: Entry, _now: datetime, view: View) -> Piece:
    tone = Tone.DIM if isinstance(entry, EndedRoom) else Tone.TEXT
    return Piece(shown(entry.room.unique_name, hide=view.hide) or entry.room.sid, tone)


def _people(entry: Entry, _now: datetime, view: View) -> Piece:
    if isinstance(entry, EndedRoom):
        return Piece("", Tone.DIM)
    if view.stale or entry.roster is None:
        return Piece(plain.people(entry), Tone.DIM)
    return Piece(plain.people(entry), Tone.WARN if entry.is_full else Tone.TEXT)


def _why(entry: Entry, _now: datetime, view: View) -> Piece:
    if isinstance(entry, EndedRoom):
        return Piece(plain.why_it_ended(entry.ending), Tone.DIM)
    return Piece(plain.why_it_closes(entry, hide=view.hide), Tone.DIM if entry.roster is None else Tone.TEXT)


def _age(entry: Entry, now: datetime, _view: View) -> Piece:
    if isinstance(entry, EndedRoom):
        lasted = entry.room.duration
        return Piece("" if lasted is None else span(lasted), Tone.DIM)
    seconds = plain.since(entry.room.date_created, now)
    return Piece("?" if seconds is None else age(seconds), Tone.DIM)


def _state(entry: Entry, _now: datetime, _view: View) -> Piece:
    return Piece(safe(entry.room.status), Tone.DIM)


def _type(entry: Entry, _now: datetime, _view: View) -> Piece:
    return Piece(safe(entry.room.type or "?"), Tone.DIM)


def _type_short(entry: Entry, _now: datetime, _view: View) -> Piece:
    name = entry.room.type or "?"
    return Piece(_SHORT_TYPES.get(name) or safe(name), Tone.DIM)


def _region(entry: Entry, _now: datetime, _view: View) -> Piece:
    return Piece(safe(entry.room.media_region or ""), Tone.DIM)


def _recording(entry: Entry, _now: datetime, view: View) -> Piece:
    if isinstance(entry, EndedRoom):
        return Piece("rec?" if plain.is_recorded(entry.room) else "", Tone.DIM)
    state, certain = entry.recording_state
    # What a room was made with is not what its rules say now: the doubt is a sign, not only a colour.
    text = _RECORDED.get(state, "") + ("" if certain or state is not Recording.ON else "?")
    # An empty cell has one tone: the terminal is not written to where there is nothing to see.
    return Piece(text, Tone.TEXT if text and certain and not view.stale else Tone.DIM)


def _sid(entry: Entry, _now: datetime, _view: View) -> Piece:
    return Piece(entry.room.sid, Tone.DIM)


# What closes first comes first, in the rows and in the columns: like a departures board, and the cells that change
# each second stand where the terminal has least to send for them.
COLUMNS: Final = (
    Column("closes", "CLOSES IN", 9, _closes, right=True, ticks=True),
    Column("name", "ROOM", 0, _name),
    Column("people", "PEOPLE", 6, _people, right=True),
    Column("why", "WHY", 17, _why),
    Column("age", "AGE", 5, _age, right=True, from_width=70, ticks=True),
    Column("state", "STATE", 11, _state, from_width=112),
    Column("type", "TYPE", 12, _type, from_width=96),
    Column("type_short", "TYPE", 5, _type_short, from_width=78),
    Column("region", "REGION", 6, _region, from_width=104),
    Column("recording", "REC", 4, _recording, from_width=74),
    Column("sid", "SID", 34, _sid, from_width=150),
)

GAP: Final = 2
"""Blank cells between two columns."""

_NAME_MAX: Final = 60


@dataclass(frozen=True, slots=True)
class Placed:
    """A column and where it stands: `start` and `width` in cells."""

    column: Column
    start: int
    width: int

    @property
    def end(self) -> int:
        """The first cell behind it."""
        return self.start + self.width


def place(width: int) -> tuple[Placed, ...]:
    """The columns of a table `width` cells wide, the marker's cell and a margin left free at its sides."""
    chosen = [column for column in COLUMNS if width >= column.from_width]
    if any(column.key == "type" for column in chosen):
        chosen = [column for column in chosen if column.key != "type_short"]
    fixed = sum(column.width for column in chosen) + GAP * (len(chosen) - 1) + 2
    name = max(8, min(width - fixed, _NAME_MAX))
    placed: list[Placed] = []
    start = 1
    for column in chosen:
        wide = column.width or name
        placed.append(Placed(column, start, wide))
        start += wide + GAP
    return tuple(placed)


def heading(placed: tuple[Placed, ...]) -> str:
    """The line of titles."""
    text = " "
    for each in placed:
        text += " " * (each.start - len(text)) + fit(each.column.title, each.width, right=each.column.right)
    return text
