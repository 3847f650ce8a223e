"""A room in detail, as lines: for the pane beside the table and for the screen of its own."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import zip_longest
from typing import TYPE_CHECKING, Final

from roomtui.rooms import words as plain
from roomtui.rooms.countdown import Urgency, countdown, span, urgency
from roomtui.rooms.deadlines import DeadlineKind, participant_deadline
from roomtui.rooms.model import PHONE_PARTICIPANTS_MAX, ParticipantStatus
from roomtui.rooms.personal import is_phone, shown
from roomtui.rooms.picture import EndedRoom, LiveRoom
from roomtui.rooms.recording import Recording
from roomtui.rooms.twiml import phones_in
from roomtui.rooms.untrusted import safe
from roomtui.tui import words
from roomtui.tui.columns import is_old
from roomtui.tui.lines import Line, Piece, Tone, fit, line, wrap
from roomtui.tui.timeline import figures, moves_lines, timeline_lines
from roomtui.tui.widths import cell_len

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from roomtui.rooms.model import Participant, Room, Tracks
    from roomtui.tui.columns import Entry, View

_LABEL: Final = 13
_IDENTITY_MIN: Final = 12
_IDENTITY_MAX: Final = 28
_ROOMY: Final = 100
"""From this width on there is room for every word about each person."""
_SIDE_BY_SIDE: Final = 56
_TRACKS_OLD: Final = 20
"""Seconds after which what somebody publishes is shown as old; it is read about every five."""
_WORDS: Final = re.compile(r" *[^ ]+| +$")
"""Words with the blanks before them."""
_KINDS: Final = ("audio", "video", "data")
_RECORDED: Final[dict[Recording | None, str]] = {
    Recording.ON: "recording",
    Recording.PARTLY: "recording some of it",
    Recording.OFF: "not recording",
}


def in_brief(entry: Entry, now: datetime, view: View, width: int, notes: Sequence[str] = ()) -> list[Line]:
    """The room in a few lines: name and SID, when it closes, what is remarkable, its limits, who is in it."""
    room = entry.room
    return [
        _headline(room, view, width),
        _outlook(entry, now, view),
        *(text for note in notes for text in _wrapped(note, width, Tone.WARN)),
        *_wrapped(_limits(entry, now, view), width, Tone.DIM),
        *_roster(entry, now, view, width),
    ]


def in_full(entry: Entry, now: datetime, view: View, width: int, notes: Sequence[str] = ()) -> list[Line]:
    """Who is in the room and since when, then every field of it. Nothing is cut off that was ever whole."""
    room = entry.room
    lines: list[Line] = [
        *_wrapped(shown(room.unique_name, hide=view.hide) or room.sid, width, Tone.TITLE),
        *_folded(_outlook(entry, now, view), width),
        *(text for note in notes for text in _wrapped(note, width, Tone.WARN)),
        (),
        line((_people_title(entry), Tone.TITLE)),
        *_roster(entry, now, view, width, whole=True),
        (),
    ]
    if bars := timeline_lines(entry, now, view, width):
        lines += [line(("Timeline", Tone.TITLE)), *bars, *_wrapped(figures(entry, now), width, Tone.DIM), ()]
    fields = list(_fields(entry, now, view))
    if width >= 2 * _SIDE_BY_SIDE:
        lines += _side_by_side(fields, width)
    else:
        lines += [text for field in fields for text in _field(*field, width)]
    if isinstance(entry, EndedRoom) and entry.roster is not None and entry.roster.everybody:
        lines += [(), line(("Joins and leaves", Tone.TITLE)), *moves_lines(entry.roster, now, view, width)]
    return lines


def _wrapped(text: str, width: int, tone: Tone) -> list[Line]:
    return [line((part, tone)) for part in wrap(text, width)]


def _folded(pieces: Line, width: int) -> list[Line]:
    """A line of several tones in lines of at most `width` cells, broken between words where there are any."""
    lines: list[Line] = [()]
    used = 0
    for text, tone in pieces:
        for word in _WORDS.findall(text):
            if used and used + cell_len(word) > width:
                lines.append(())
                used = 0
            *full, last = wrap(word, width) if cell_len(word) > width else [word if used else word.lstrip(" ")]
            for part in full:
                lines[-1:] = [(*lines[-1], Piece(part, tone)), ()]
            lines[-1] = (*lines[-1], Piece(last, tone))
            used = (0 if full else used) + cell_len(last)
    return lines


def _side_by_side(fields: list[tuple[str, str]], width: int) -> list[Line]:
    half, column = (len(fields) + 1) // 2, width // 2
    left = [text for field in fields[:half] for text in _field(*field, column - 1)]
    right = [text for field in fields[half:] for text in _field(*field, width - column)]
    rows = zip_longest(left, right, fillvalue=())
    return [(*_padded(one, column), *other) if other else one for one, other in rows]


def _padded(pieces: Line, width: int) -> Line:
    return (*pieces, Piece(" " * max(0, width - sum(cell_len(piece.text) for piece in pieces))))


def _headline(room: Room, view: View, width: int) -> Line:
    name = shown(room.unique_name, hide=view.hide) if room.has_name else "(no name)"
    room_for_name = max(12, width - len(room.sid) - 4)
    return line((fit(name, room_for_name, ellipsis=view.glyphs.ellipsis), Tone.TITLE), "  ", (room.sid, Tone.DIM))


def _outlook(entry: Entry, now: datetime, view: View) -> Line:
    if isinstance(entry, EndedRoom):
        ago = span(plain.since(entry.ended_at, now) or 0)
        return line(
            (f"{safe(entry.room.status)} {ago} ago", Tone.STRONG),
            f": {plain.why_it_ended(entry.ending)}",
            (_lasted(entry.room), Tone.DIM),
        )
    text, near = words.closes(entry, now, at_most="")
    why = _why(entry, hide=view.hide)
    if entry.deadline is None:
        return line("closes: not known")
    at = _time_of_day(entry.deadline.at, now)
    tone = Tone.DIM if view.stale else words.TONES[near]
    if near is Urgency.DUE:
        return line((f"{text} {words.SIGNS[near]}", tone), f" since {at}: {why}", _as_of(entry, now, view))
    by = "at" if entry.deadline.certain else "at the latest at"
    closes = f"in {text} {words.SIGNS[near]}".rstrip()
    return line("closes ", (closes, tone), f" {by} {at}: {why}", _as_of(entry, now, view))


def _as_of(live: LiveRoom, now: datetime, view: View) -> tuple[str, Tone]:
    """How old it is who is in the room, where it is older than it looks."""
    if live.roster is None or not is_old(live, now, view):
        return "", Tone.WARN
    return f" (as of {span(plain.since(live.roster.as_of, now) or 0)} ago)", Tone.WARN


def _time_of_day(instant: datetime, now: datetime) -> str:
    day = {-1: " yesterday", 0: "", 1: " tomorrow"}.get((instant.date() - now.date()).days)
    return f"{instant:%Y-%m-%d %H:%M:%S}Z" if day is None else f"{instant:%H:%M:%S}Z{day}"


def _lasted(room: Room) -> str:
    return "" if room.duration is None else f", after {span(room.duration)}"


def _why(live: LiveRoom, *, hide: bool) -> str:
    # The last one is put out at their limit; the room itself closes when it has then been empty for long enough.
    last = plain.last_to_be_put_out(live)
    if live.deadline is None or live.deadline.kind is not DeadlineKind.MAX_PARTICIPANT or last is None:
        return plain.why_it_closes(live, hide=hide)
    minutes = live.room.empty_room_timeout
    then = f", then {minutes} min empty" if minutes else ""
    return f"{plain.limit(live.room.max_participant_duration)} limit of {shown(last.identity, hide=hide)}{then}"


def _limits(entry: Entry, now: datetime, view: View) -> str:
    room = entry.room
    dot = f" {view.glyphs.dot} "
    age = plain.since(room.date_created, now)
    parts = [
        safe(room.type or "?"),
        safe(room.media_region or ""),
        " ".join(safe(codec) for codec in room.video_codecs or ()),
        _recorded(entry),
        _phones(entry),
        f"empty {_minutes(room.empty_room_timeout)}",
        f"unused {_minutes(room.unused_room_timeout)}",
        f"each {plain.limit(room.max_participant_duration)}",
        f"{span(age)} old" if age is not None and room.is_live else "",
    ]
    return dot.join(part for part in parts if part)


def _recorded(entry: Entry) -> str:
    if isinstance(entry, EndedRoom):
        return "made to be recorded" if plain.is_recorded(entry.room) else ""
    state, certain = entry.recording_state
    if not certain:
        return "made to be recorded" if state is Recording.ON else ""
    return _RECORDED.get(state, "")


def _phones(entry: Entry) -> str:
    phones = phones_in(entry.roster) if isinstance(entry, LiveRoom) and entry.roster is not None else 0
    return f"phones {phones} of {PHONE_PARTICIPANTS_MAX}" if phones else ""


def _minutes(minutes: int | None) -> str:
    return "?" if minutes is None else f"{minutes} min"


def _people_title(entry: Entry) -> str:
    if isinstance(entry, EndedRoom):
        count = len(entry.roster.everybody) if entry.roster is not None else None
        return "Who was in it" if count is None else f"Who was in it ({count})"
    return f"Who is in it ({plain.people(entry)})"


def _roster(entry: Entry, now: datetime, view: View, width: int, *, whole: bool = False) -> list[Line]:
    """A line for each stay; `whole`: an identity too long for it stands on lines of its own before."""
    roster = entry.roster
    if roster is None:
        return [line(("who is in it: not read yet" if entry.room.is_live else "who was in it: not known", Tone.DIM))]
    if not roster.everybody:
        return [line(("nobody has joined" if entry.room.is_live else "nobody ever joined", Tone.DIM))]
    longest = max(cell_len(_who(each, view)) for each in roster.everybody)
    identity_width = max(_IDENTITY_MIN, min(_IDENTITY_MAX, longest, width - (52 if width >= _ROOMY else 54)))
    lines: list[Line] = []
    if not roster.present and entry.room.is_live:
        lines.append(line(("nobody is in it", Tone.DIM)))
    roomy = width >= _ROOMY

    def add(participant: Participant, about: tuple[Piece, ...], tone: Tone) -> None:
        who = _who(participant, view)
        if whole and cell_len(who) > identity_width:
            lines.extend(_wrapped(who, width, tone))
            who = ""
        name = Piece(fit(who, identity_width, ellipsis=view.glyphs.ellipsis), tone)
        lines.append((name, *about))

    for each in _by_time(roster.present):
        add(each, _present(entry, each, now, view, roomy=roomy), Tone.TEXT)
    if isinstance(entry, EndedRoom):
        for each in _by_time(roster.gone or ()):
            add(each, _stayed(each, now), Tone.DIM)
    else:
        for each in _latest_first(roster.gone or ()):
            add(each, _gone(each, now), Tone.DIM)
    return lines


def _by_time(participants: tuple[Participant, ...]) -> list[Participant]:
    return sorted(participants, key=lambda each: (each.start_time is None, each.start_time, each.sid))


def _latest_first(gone: tuple[Participant, ...]) -> list[Participant]:
    return sorted(
        gone, key=lambda each: (each.end_time.timestamp() if each.end_time is not None else 0.0, each.sid), reverse=True
    )


def _present(entry: Entry, participant: Participant, now: datetime, view: View, *, roomy: bool) -> Line:
    deadline = participant_deadline(entry.room, participant)
    stayed = plain.since(participant.start_time, now)
    pieces: list[Piece | str] = [
        Piece(f"  {'in for' if roomy else 'in'} {fit('?' if stayed is None else span(stayed), 6)}", Tone.DIM),
    ]
    if deadline is not None:
        seconds = deadline.seconds_left(now)
        near = urgency(seconds)
        # Where it is narrow, who is muted counts more than by which rule they will be put out.
        rule = "24 h limit" if roomy and deadline.kind is DeadlineKind.MAX_ROOM else "limit"
        left = countdown(seconds)
        when = f"in {left}" if roomy and left != "due" else left
        pieces.append(
            Piece(f"  {rule} {when} {words.SIGNS[near]}".rstrip(), Tone.DIM if view.stale else words.TONES[near])
        )
    if participant.status == ParticipantStatus.RECONNECTING:
        pieces.append(Piece("  reconnecting", Tone.WARN))
    elif participant.status != ParticipantStatus.CONNECTED:
        pieces.append(Piece(f"  {safe(participant.status)}", Tone.WARN))
    if is_phone(participant.identity.raw):
        pieces.append(Piece("  phone", Tone.DIM))
    if isinstance(entry, LiveRoom) and (tracks := entry.tracks.get(participant.sid)) is not None:
        old = view.stale or (plain.since(tracks.as_of, now) or 0) > _TRACKS_OLD
        pieces.append(Piece(f"  {_published(tracks)}", Tone.DIM if old else Tone.TEXT))
    return line(*pieces)


def _published(tracks: Tracks) -> str:
    kinds = sorted(tracks.published, key=lambda each: (_KINDS.index(each.kind) if each.kind in _KINDS else 9, each.sid))
    said = [safe(track.kind) + (" (muted)" if track.enabled is False else "") for track in kinds]
    return "  ".join(said) or "publishes nothing"


def _gone(participant: Participant, now: datetime) -> Line:
    left = plain.since(participant.end_time, now)
    stayed = "" if participant.duration is None else f", was in {span(participant.duration)}"
    ago = "left" if left is None else f"left {span(left)} ago"
    return line((f"  {ago}{stayed}{_by_phone(participant)}", Tone.DIM))


def _stayed(participant: Participant, now: datetime) -> Line:
    begin, end = participant.start_time, participant.end_time
    from_, to = ("?" if each is None else _time_of_day(each, now) for each in (begin, end))
    stayed = "" if participant.duration is None else f", {span(participant.duration)}"
    return line((f"  {from_} to {to}{stayed}{_by_phone(participant)}", Tone.DIM))


def _by_phone(participant: Participant) -> str:
    return "  phone" if is_phone(participant.identity.raw) else ""


def _who(participant: Participant, view: View) -> str:
    return shown(participant.identity, hide=view.hide) or participant.sid


@lru_cache(maxsize=256)
def _field(label: str, value: str, width: int) -> tuple[Line, ...]:
    # Most of them are the same each second.
    first, *rest = wrap(value or "-", max(8, width - _LABEL - 1))
    return (
        line((fit(label, _LABEL), Tone.DIM), " ", first),
        *(line(" " * (_LABEL + 1), more) for more in rest),
    )


def _fields(entry: Entry, now: datetime, view: View) -> Iterator[tuple[str, str]]:
    room = entry.room
    yield "sid", room.sid
    yield "unique name", shown(room.unique_name, hide=view.hide)
    yield "status", safe(room.status)
    yield "type", safe(room.type or "?")
    yield "created", _instant(room.date_created, now)
    yield "updated", _instant(room.date_updated, now)
    yield "ended", _instant(room.end_time, now)
    yield "duration", "" if room.duration is None else span(room.duration)
    yield "people max", _number(room.max_participants)
    yield "each at most", plain.limit(room.max_participant_duration)
    yield "tracks max", _number(room.max_concurrent_published_tracks)
    yield "empty after", _minutes(room.empty_room_timeout)
    yield "unused after", _minutes(room.unused_room_timeout)
    yield "recording", _recording(entry)
    yield "video codecs", " ".join(safe(codec) for codec in room.video_codecs or ())
    yield "media region", safe(room.media_region or "")
    yield "audio only", _yes_no(room.audio_only)
    yield "large room", _yes_no(room.large_room)
    yield "turn", _yes_no(room.enable_turn)
    yield "callback", _callback(room)
    yield "account", safe(room.account_sid or "")
    yield "url", safe(room.url or "")


def _recording(entry: Entry) -> str:
    made = f"{_yes_no(entry.room.record_participants_on_connect)}, when it was made"
    if isinstance(entry, EndedRoom) or entry.recording is None:
        return made
    state, _ = entry.recording_state
    return {Recording.ON: "everything", Recording.OFF: "nothing"}.get(state or Recording.PARTLY, "some of it, by rules")


def _callback(room: Room) -> str:
    if room.status_callback is None or not room.status_callback:
        return "none of its own"
    return f"{safe(room.status_callback_method or '')} {room.status_callback.safe}".strip()


def _instant(instant: datetime | None, now: datetime) -> str:
    if instant is None:
        return ""
    return f"{instant:%Y-%m-%d %H:%M:%S}Z ({span(plain.since(instant, now) or 0)} ago)"


def _number(number: int | None) -> str:
    return "?" if number is None else str(number)


def _yes_no(value: bool | None) -> str:  # noqa: FBT001 - it is the value to show
    return "?" if value is None else "yes" if value else "no"
