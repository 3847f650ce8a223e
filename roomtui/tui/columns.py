"""The columns of the room table: what stands in them, and which of them a width has room for."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from roomtui.rooms import words as plain
from roomtui.rooms.countdown import age, span
from roomtui.rooms.model import RoomType
from roomtui.rooms.personal import shown
from roomtui.rooms.picture import EndedRoom, LiveRoom
from roomtui.rooms.recording import Recording
from roomtui.rooms.twiml import phones_in
from roomtui.rooms.untrusted import safe
from roomtui.tui import words
from roomtui.tui.calling import SIGN, tone
from roomtui.tui.lines import UNICODE, Glyphs, Piece, Tone, fit

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from typing import TypeAlias

    from roomtui.rooms.alerts import Shown
    from roomtui.tui.layout import Layout
    from roomtui.tui.moves import Moves

    Entry: TypeAlias = LiveRoom | EndedRoom


_RECORDED: Final[dict[Recording | None, str]] = {Recording.ON: "rec", Recording.PARTLY: "some"}
_RANKS: Final[dict[Recording | None, float | None]] = {
    Recording.ON: 0,
    Recording.PARTLY: 1,
    Recording.OFF: 2,
    None: None,
}
_SHORT_TYPES: Final[dict[str, str]] = {RoomType.GROUP_SMALL: "small", RoomType.PEER_TO_PEER: "p2p"}


@dataclass(frozen=True, slots=True)
class View:
    """How things are to be shown: personal data hidden or not, which glyphs, if data is old, what calls or moves.

    `stale` is the list; a roster is old after `fresh` seconds.
    """

    hide: bool = False
    glyphs: Glyphs = UNICODE
    stale: bool = False
    fresh: float = math.inf
    alerts: Shown | None = None
    moves: Moves | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        key: its name in the code.
        title: its heading.
        width: in cells; 0 for the one that takes what is left.
        cell: what stands in it for a room at an instant of Twilio's time.
        right: flush right.
        from_width: the narrowest table, in cells, that has it by itself; beyond any for one that must be asked for.
        ticks: whether its text changes with the time alone.
        letter: what picks it where rooms are sorted; none where they cannot be sorted by it.
        sorted_as: what rooms are sorted by where its heading says so: its own key, unless it shows the same otherwise.
        order: what rooms are sorted by; None where that is not known. It does not change with the time alone.
        down: whether the greatest is wanted first.
    """

    key: str
    title: str
    width: int
    cell: Callable[[Entry, datetime, View], Piece]
    right: bool = False
    from_width: int = 0
    ticks: bool = False
    letter: str = ""
    sorted_as: str = ""
    order: Callable[[LiveRoom], float | str | None] | None = None
    down: bool = False


def is_old(live: LiveRoom, now: datetime, view: View) -> bool:
    """Whether others may be in the room by now, or it may have ended, and nothing else on the screen says so."""
    return not view.stale and (not live.listed or words.is_old(live.roster, now, view.fresh))


def _closes(entry: Entry, now: datetime, view: View) -> Piece:
    if isinstance(entry, EndedRoom):
        # Ended rooms stand below the live ones and say so: an age there cannot be taken for a countdown.
        return Piece(f"{span(plain.since(entry.ended_at, now) or 0)} ago ", Tone.DIM)
    text, near = words.closes(entry, now, at_most=view.glyphs.at_most)
    if is_old(entry, now, view):
        return Piece(f"{text} ?", Tone.DIM)
    tone = Tone.DIM if view.stale else words.TONES[near]
    return Piece(f"{text} {words.SIGNS[near]}", tone)


def _name(entry: Entry, _now: datetime, view: View) -> Piece:
    name = shown(entry.room.unique_name, hide=view.hide) or entry.room.sid
    if isinstance(entry, EndedRoom):
        return Piece(name, Tone.DIM)
    rule = view.alerts.of(entry.room.sid) if view.alerts is not None else None
    return Piece(name) if rule is None else Piece(f"{rule.sign or SIGN} {name}", tone(rule))


def _people(entry: Entry, now: datetime, view: View) -> Piece:
    if isinstance(entry, EndedRoom):
        return Piece("", Tone.DIM)
    if view.stale or entry.roster is None:
        return Piece(plain.people(entry), Tone.DIM)
    if is_old(entry, now, view):
        return Piece(f"{plain.people(entry)}?", Tone.DIM)
    moved = view.moves.of(entry.room.sid, now) if view.moves is not None else 0
    sign = view.glyphs.up if moved > 0 else view.glyphs.down if moved < 0 else ""
    return Piece(sign + plain.people(entry), Tone.WARN if entry.is_full else Tone.TEXT)


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


def _phones(entry: Entry, _now: datetime, _view: View) -> Piece:
    if isinstance(entry, EndedRoom):
        return Piece("", Tone.DIM)
    if entry.roster is None:
        return Piece("?", Tone.DIM)
    count = phones_in(entry.roster)
    return Piece(str(count) if count else "", Tone.TEXT if count else Tone.DIM)


def _created(entry: Entry, _now: datetime, _view: View) -> Piece:
    created = entry.room.date_created
    return Piece("?" if created is None else f"{created:%d %H:%M:%SZ}", Tone.DIM)


def _max(entry: Entry, _now: datetime, _view: View) -> Piece:
    most = entry.room.max_participants
    return Piece("?" if most is None else str(most), Tone.DIM)


def _limit(entry: Entry, _now: datetime, _view: View) -> Piece:
    return Piece(plain.limit(entry.room.max_participant_duration), Tone.DIM)


def _timeouts(entry: Entry, _now: datetime, _view: View) -> Piece:
    unused, empty = entry.room.unused_room_timeout, entry.room.empty_room_timeout
    return Piece("/".join("?" if each is None else f"{each}m" for each in (unused, empty)), Tone.DIM)


def _codecs(entry: Entry, _now: datetime, _view: View) -> Piece:
    return Piece(safe(" ".join(entry.room.video_codecs or ())), Tone.DIM)


def _sid(entry: Entry, _now: datetime, _view: View) -> Piece:
    return Piece(entry.room.sid, Tone.DIM)


def _closes_at(live: LiveRoom) -> float | None:
    return None if live.deadline is None else live.deadline.at.timestamp()


def _created_at(live: LiveRoom) -> float | None:
    # By age: the youngest is the least.
    return None if live.room.date_created is None else -live.room.date_created.timestamp()


def _head_count(live: LiveRoom) -> float | None:
    return None if live.roster is None else live.roster.connected


def _phone_count(live: LiveRoom) -> float | None:
    return None if live.roster is None else phones_in(live.roster)


def _rule(live: LiveRoom) -> str | None:
    return None if live.deadline is None else live.deadline.kind.value


_ASKED_FOR: Final = 10_000

# What closes first comes first, in the rows and in the columns: like a departures board, and the cells that change
# each second stand where the terminal has least to send for them.
COLUMNS: Final = (
    Column("closes", "CLOSES IN", 9, _closes, right=True, ticks=True, letter="c", order=_closes_at),
    Column("name", "ROOM", 0, _name, letter="n", order=lambda live: live.room.unique_name.safe.casefold()),
    Column("people", "PEOPLE", 6, _people, right=True, ticks=True, letter="p", order=_head_count, down=True),
    Column(
        "phones", "PHONES", 6, _phones, right=True, from_width=_ASKED_FOR, letter="h", order=_phone_count, down=True
    ),
    Column("why", "WHY", 17, _why, letter="w", order=_rule),
    Column("age", "AGE", 5, _age, right=True, from_width=70, ticks=True, letter="a", order=_created_at, down=True),
    Column("created", "CREATED", 12, _created, from_width=_ASKED_FOR, sorted_as="age"),
    Column("state", "STATE", 11, _state, from_width=112),
    Column("type", "TYPE", 12, _type, from_width=96, letter="t", order=lambda live: live.room.type),
    Column("type_short", "TYPE", 5, _type_short, from_width=78, sorted_as="type"),
    Column("region", "REGION", 6, _region, from_width=104, letter="r", order=lambda live: live.room.media_region),
    Column(
        "recording", "REC", 4, _recording, from_width=74, letter="e", order=lambda live: _RANKS[live.recording_state[0]]
    ),
    Column(
        "max",
        "MAX",
        4,
        _max,
        right=True,
        from_width=_ASKED_FOR,
        letter="m",
        order=lambda live: live.room.max_participants,
    ),
    Column("limit", "LIMIT", 6, _limit, right=True, from_width=_ASKED_FOR),
    Column("timeouts", "TIMEOUTS", 8, _timeouts, from_width=_ASKED_FOR),
    Column("codecs", "CODECS", 8, _codecs, from_width=_ASKED_FOR),
    Column("sid", "SID", 34, _sid, from_width=150, letter="i", order=lambda live: live.room.sid),
)
BY_KEY: Final = {column.key: column for column in COLUMNS}

GAP: Final = 2
"""Blank cells between two columns."""

_NAME_MAX: Final = 60
_NAME_MIN: Final = 8


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


def place(width: int, layout: Layout | None = None) -> tuple[Placed, ...]:
    """The columns of a table `width` cells wide, the marker's cell and a margin left free at its sides.

    Without a layout of somebody's own, those that such a width has room for; of such a layout the last ones are left
    out where there is no room.
    """
    chosen = _usual(width) if layout is None else _fitting(layout, width)
    fixed = sum(wide for _, wide in chosen) + GAP * (len(chosen) - 1) + 2
    name = max(_NAME_MIN, min(width - fixed, _NAME_MAX))
    placed: list[Placed] = []
    start = 1
    for column, wide in chosen:
        placed.append(Placed(column, start, wide or name))
        start += (wide or name) + GAP
    return tuple(placed)


def _usual(width: int) -> list[tuple[Column, int]]:
    chosen = [column for column in COLUMNS if width >= column.from_width]
    if any(column.key == "type" for column in chosen):
        chosen = [column for column in chosen if column.key != "type_short"]
    return [(column, column.width) for column in chosen]


def _fitting(layout: Layout, width: int) -> list[tuple[Column, int]]:
    chosen = [(BY_KEY[each.key], each.width or BY_KEY[each.key].width) for each in layout]
    used = 1
    fitting: list[tuple[Column, int]] = []
    for column, wide in chosen:
        used += (wide or _NAME_MIN) + GAP
        if fitting and used - 1 > width:
            break
        fitting.append((column, wide))
    return fitting


def heading(
    placed: tuple[Placed, ...], sign: str = "", sorted_by: str | None = None, *, ellipsis: str = UNICODE.ellipsis
) -> str:
    """The line of titles; behind that of what the rooms are sorted by stands the sign for which way."""
    text = " "
    for each in placed:
        column = each.column
        title = fit(column.title, each.width, right=column.right, ellipsis=ellipsis)
        if sorted_by is not None and sorted_by == (column.sorted_as or column.key):
            # It may reach into the gap, so that no title is cut for it.
            title = title + sign if column.right else column.title[: each.width] + sign
        text += " " * (each.start - len(text)) + title
    return text
