"""How a room is judged by what is asked: yes, no, or not known yet, and until when that holds."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final, NamedTuple

from roomtui.rooms.personal import shown
from roomtui.rooms.picture import EndedRoom, LiveRoom

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from roomtui.rooms.model import Participant

    Entry: TypeAlias = LiveRoom | EndedRoom
    TextOf: TypeAlias = Callable[[Entry], "Text"]


class Verdict(Enum):
    """Whether a room is what was asked for; `WAITING` where that hangs on what is not known (yet)."""

    YES = "yes"
    NO = "no"
    WAITING = "waiting"


class Found(NamedTuple):
    """A verdict, and the instant until which it holds for as long as the room stays as it is."""

    verdict: Verdict
    until: float


FOREVER: Final = float("inf")
YES: Final = Found(Verdict.YES, FOREVER)
NO: Final = Found(Verdict.NO, FOREVER)
WAITING: Final = Found(Verdict.WAITING, FOREVER)


class Text(NamedTuple):
    """What is searched of a room, caseless, one thing a line.

    Its name stands before `name_end`; between `inside` and `gone` who is in it, or was in one that has ended; behind
    that who has left.
    """

    everything: str
    name_end: int
    inside: int
    gone: int


class Asking(NamedTuple):
    """What a judge may ask for, if it needs it.

    Attributes:
        now: the instant, in seconds since the epoch.
        text: what is searched of a room.
    """

    now: Callable[[], float]
    text: TextOf


if TYPE_CHECKING:
    Judge: TypeAlias = Callable[[Asking, Entry], Found]


def text_of(entry: Entry, *, hide: bool) -> Text:
    """What is searched of this room; with `hide`, nothing that is hidden."""
    room, roster = entry.room, entry.roster
    name = shown(room.unique_name, hide=hide)
    if not hide and name != room.unique_name.raw:
        name = f"{name}\n{room.unique_name.raw}"
    name = name.casefold()
    about = f"{name}\n{room.sid}\n{room.type or ''}\n{room.media_region or ''}\n".casefold()
    if roster is None:
        return Text(about, len(name), len(about), len(about))
    is_live = isinstance(entry, LiveRoom)
    present = _lines(roster.present if is_live else roster.everybody, hide=hide)
    past = _lines(roster.gone, hide=hide) if is_live and roster.gone else ""
    return Text(about + present + past, len(name), len(about), len(about) + len(present))


def _lines(people: tuple[Participant, ...], *, hide: bool) -> str:
    """What they are called, caseless, each on a line."""
    if not people:
        return ""
    names = [each.identity.raw for each in people]
    plain = "".join(names)
    # Asked of all that is in ten thousand rooms: what is plain is safe as it is.
    if hide or not (plain.isascii() and plain.isprintable()):
        names = [shown(each.identity, hide=hide) for each in people]
    return ("\n".join(names) + "\n").casefold()
