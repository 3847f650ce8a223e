"""What a board shows, as lines of JSON: each tells only what differs from the one before. Pure.

Rooms and participants are written as Twilio tells of them, events as in the journal, so that whoever is sent a tape
can read it. The keys of a line: `t` the time (Twilio's, seconds since 1970), `key` 1 where the line tells everything,
`as_of`, `live`, `gone` (SIDs), `ended`, `events`, `link`; what did not change is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from roomtui.twilio_api.media import recording_rules_to_api, track_to_api
from roomtui.twilio_api.parse import participant_to_api, to_api
from roomtui.watch.journal_lines import event_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from roomtui.rooms.endings import Ending
    from roomtui.rooms.model import Participant, Room, Roster, Tracks
    from roomtui.rooms.picture import EndedRoom, LiveRoom, Picture
    from roomtui.watch.board import BoardState, Link

Line = dict[str, Any]
"""One line, fit for JSON."""


def whole(state: BoardState, at: datetime) -> Line:
    """A line that tells everything: whoever winds the tape begins to read at such a one."""
    line: Line = {"t": _seconds(at), "key": 1, "as_of": _time(state.picture.as_of)}
    line["live"] = {sid: _live(None, live) for sid, live in state.picture.live.items()}
    line["ended"] = _ended((), state.picture.ended)
    line["events"] = [event_line(event) for event in reversed(state.events)]
    line["link"] = _link(state.link)
    return line


def difference(before: BoardState, after: BoardState, at: datetime) -> Line | None:
    """A line that tells what `after` has that `before` had not; None where they tell the same.

    `after` is the very next state: its `changed` says where to look.
    """
    told: Line = {}
    if after.picture is not before.picture:
        told |= _picture(before.picture, after.picture, after.changed)
    if after.events is not before.events:
        known = set(before.events)
        told["events"] = [event_line(event) for event in reversed(after.events) if event not in known]
    if after.link != before.link:
        told["link"] = _link(after.link)
    return {"t": _seconds(at), **told} if told else None


def _picture(before: Picture, after: Picture, changed: Iterable[str] | None) -> Line:
    told: Line = {}
    if after.as_of != before.as_of:
        told["as_of"] = _time(after.as_of)
    if changed is None:
        changed = before.live.keys() | after.live.keys()
    live = {sid: after.live[sid] for sid in changed if sid in after.live}
    if differing := {
        sid: _live(before.live.get(sid), room) for sid, room in live.items() if room is not before.live.get(sid)
    }:
        told["live"] = differing
    if gone := [sid for sid in changed if sid in before.live and sid not in after.live]:
        told["gone"] = gone
    if after.ended is not before.ended:
        told["ended"] = _ended(before.ended, after.ended)
    return told


def _live(before: LiveRoom | None, live: LiveRoom) -> Line:
    told: Line = {}
    if before is None or live.room is not before.room:
        told["room"] = _room(live.room)
    if before is None or live.roster is not before.roster:
        told["roster"] = _roster(None if before is None else before.roster, live.roster)
    if before is None or live.listed is not before.listed:
        told["listed"] = live.listed
    if live.recording is not (None if before is None else before.recording):
        rules = live.recording
        told["rules"] = None if rules is None else {**recording_rules_to_api(rules), "as_of": _time(rules.as_of)}
    if live.tracks is not before.tracks if before is not None else live.tracks:
        told["tracks"] = {sid: _tracks(tracks) for sid, tracks in live.tracks.items()}
    return told


def _room(room: Room) -> Line:
    return {key: value for key, value in to_api(room).items() if value is not None}


def _roster(before: Roster | None, roster: Roster | None) -> Line | None:
    """The roster by SIDs; only of those whom the one before did not tell just so, everything."""
    if roster is None:
        return None
    known = {} if before is None else {each.sid: each for each in before.everybody}
    told: Line = {"as_of": _time(roster.as_of), "present": [each.sid for each in roster.present]}
    if roster.gone is not None:
        told["gone"] = [each.sid for each in roster.gone]
    if not roster.complete:
        told["complete"] = False
    if people := [_participant(each) for each in roster.everybody if known.get(each.sid) != each]:
        told["people"] = people
    return told


def _participant(participant: Participant) -> Line:
    return {key: value for key, value in participant_to_api(participant).items() if value is not None}


def _tracks(tracks: Tracks) -> Line:
    return {"as_of": _time(tracks.as_of), "published": [track_to_api(track) for track in tracks.published]}


def _ended(before: tuple[EndedRoom, ...], after: tuple[EndedRoom, ...]) -> Line:
    known = set(map(id, before))
    return {
        "order": [ended.room.sid for ended in after],
        "rooms": [
            {
                "room": _room(ended.room),
                "roster": _roster(None, ended.roster),
                "ending": _ending(ended.ending),
                "noticed_at": _time(ended.noticed_at),
            }
            for ended in after
            if id(ended) not in known
        ],
    }


def _ending(ending: Ending) -> Mapping[str, object]:
    return {"reason": ending.reason.value, "certain": ending.certain}


def _link(link: Link) -> Line:
    told: Line = {"state": link.state.value}
    if link.trouble is not None:
        told["trouble"] = link.trouble
    if link.next_try is not None:
        told["next_try"] = _time(link.next_try)
    if link.every is not None:
        told["every"] = link.every
    return told


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _seconds(moment: datetime) -> float:
    return round(moment.timestamp(), 3)
