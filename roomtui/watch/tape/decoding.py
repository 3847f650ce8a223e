"""Lines of a tape read back into what the board showed. Pure.

Reading is as tolerant as with Twilio's answers: a tape may come from another version of this program, or from a
stranger. What cannot be a line is refused as a whole, so that nothing half read is shown as right.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, TypeVar

from roomtui.rooms.endings import Ending, EndingReason
from roomtui.rooms.model import ParticipantStatus, Roster, Tracks
from roomtui.rooms.picture import NO_TRACKS, EndedRoom, LiveRoom, Picture
from roomtui.rooms.untrusted import safe
from roomtui.twilio_api.errors import NotTwilio
from roomtui.twilio_api.fields import moment
from roomtui.twilio_api.media import recording_rules, track
from roomtui.twilio_api.parse import participant, room
from roomtui.watch.board import EVENTS_KEPT, BoardState, Link, LinkState
from roomtui.watch.journal_lines import EVENT, JournalLine, event_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from roomtui.rooms.changes import Event
    from roomtui.rooms.model import Participant
    from roomtui.rooms.recording import RecordingRules

_ValueT = TypeVar("_ValueT")


class Unreadable(ValueError):
    """This is no line of a tape."""


@dataclass(frozen=True, slots=True)
class Told:
    """What one line, or several in a row, tell: the picture, the link, the events in order, what changed."""

    picture: Picture
    link: Link
    events: tuple[Event, ...] = ()
    changed: frozenset[str] | None = frozenset()

    def and_then(self, later: Told) -> Told:
        """Both at once."""
        known = self.changed is not None and later.changed is not None
        changed = (self.changed or frozenset()) | (later.changed or frozenset()) if known else None
        return Told(later.picture, later.link, self.events + later.events, changed)

    def state(self) -> BoardState:
        """All of it as a board's state, as if nothing had been before."""
        newest_first = [*reversed(self.events)]  # of two at the same instant, too, the later told comes first
        newest_first.sort(key=lambda event: event.at, reverse=True)
        return BoardState(self.picture, self.link, tuple(newest_first[:EVENTS_KEPT]), None)


BEFORE_ALL: Final = Told(Picture(), Link())
"""What is known before the first line."""


def read(before: Told, line: Mapping[str, Any]) -> Told:
    """What `line` tells to whoever knows `before`.

    Raises:
        Unreadable: it is no line of a tape, or does not go with `before`.
    """
    try:
        return _read(BEFORE_ALL if line.get("key") else before, line)
    except (KeyError, TypeError, ValueError, AttributeError, NotTwilio) as error:
        raise Unreadable(type(error).__name__) from error


def _read(before: Told, line: Mapping[str, Any]) -> Told:
    is_whole = bool(line.get("key"))
    live, changed, picture = before.picture.live, frozenset[str](), before.picture
    people, unread = picture.people, picture.unread
    if "live" in line or "gone" in line:
        now_live = dict(live)
        for sid in _list(line.get("gone", [])):
            was = now_live.pop(sid)
            people, unread = people - _people(was), unread - _unread(was)
        for sid, told in _dict(line.get("live", {})).items():
            old = now_live.get(sid)
            new = now_live[sid] = _live(old, sid, told)
            people += _people(new) - _people(old)
            unread += _unread(new) - _unread(old)
        changed = frozenset(line.get("live", ())) | frozenset(line.get("gone", ()))
        live = MappingProxyType(now_live)
    ended = _ended(picture.ended, line["ended"]) if "ended" in line else picture.ended
    as_of = _time(line["as_of"]) if "as_of" in line else picture.as_of
    if live is not picture.live or ended is not picture.ended or as_of != picture.as_of:
        picture = Picture.counted(live, ended, as_of, people=people, unread=unread)
    link = _link(line["link"]) if "link" in line else before.link
    events = tuple(
        event
        for told in _list(line.get("events", []))
        if (event := event_of(JournalLine(_certain(told["at"]), EVENT, told))) is not None
    )
    return Told(picture, link, events, None if is_whole else changed)


def _people(live: LiveRoom | None) -> int:
    return 0 if live is None or live.roster is None else live.roster.connected


def _unread(live: LiveRoom | None) -> int:
    return int(live is not None and live.roster is None)


def _live(before: LiveRoom | None, sid: str, told: Mapping[str, Any]) -> LiveRoom:
    its = room(told["room"]) if "room" in told else _known(before).room
    if its.sid != sid:
        raise Unreadable(sid)
    roster = None if before is None else before.roster
    if "roster" in told:
        roster = _roster(roster, told["roster"])
    live = LiveRoom.known(its, roster, listed=bool(told.get("listed", before is None or before.listed)))
    rules: RecordingRules | None = None if before is None else before.recording
    if "rules" in told:
        rules = told["rules"] and recording_rules(told["rules"], sid, _certain(told["rules"]["as_of"]))
    tracks = NO_TRACKS if before is None else before.tracks
    if "tracks" in told:
        tracks = MappingProxyType({each: _tracks(said) for each, said in told["tracks"].items()})
    return replace(live, recording=rules, tracks=tracks)


def _roster(before: Roster | None, told: Mapping[str, Any] | None) -> Roster | None:
    if told is None:
        return None
    people: dict[str, Participant] = {} if before is None else {each.sid: each for each in before.everybody}
    people |= {each.sid: each for each in map(participant, told.get("people", ()))}
    gone = told.get("gone")
    return Roster(
        tuple(people[sid] for sid in told["present"]),
        None if gone is None else tuple(people[sid] for sid in gone),
        _certain(told["as_of"]),
        None if told.get("complete", True) else ParticipantStatus.RECONNECTING,
    )


def _tracks(told: Mapping[str, Any]) -> Tracks:
    return Tracks(tuple(map(track, told["published"])), _certain(told["as_of"]))


def _ended(before: tuple[EndedRoom, ...], told: Mapping[str, Any]) -> tuple[EndedRoom, ...]:
    rooms = {ended.room.sid: ended for ended in before}
    for each in told["rooms"]:
        ended = EndedRoom(
            room(each["room"]), _roster(None, each["roster"]), _ending(each["ending"]), _certain(each["noticed_at"])
        )
        rooms[ended.room.sid] = ended
    return tuple(rooms[sid] for sid in told["order"])


def _ending(told: Mapping[str, Any]) -> Ending:
    try:
        return Ending(EndingReason(told["reason"]), bool(told["certain"]))
    except ValueError:  # a later version knows more reasons
        return Ending(EndingReason.UNKNOWN, certain=False)


def _link(told: Mapping[str, Any]) -> Link:
    trouble = told.get("trouble")
    return Link(
        LinkState(told["state"]),
        None if trouble is None else safe(_text(trouble)),
        _time(told.get("next_try")),
        None if told.get("every") is None else float(told["every"]),
    )


def _time(text: str | None) -> datetime | None:
    return None if text is None else _certain(text)


def _certain(text: str) -> datetime:
    return _known(moment(_text(text)))


def _known(value: _ValueT | None) -> _ValueT:
    if value is None:
        raise Unreadable
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise Unreadable
    return value


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise Unreadable
    return value


def _dict(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Unreadable
    return value
