"""The journal in plain words: for the screen, for `roomtui log`, and for what is searched in both."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from roomtui.rooms.personal import shown
from roomtui.rooms.untrusted import Untrusted, safe
from roomtui.rooms.words import event, head_count, plural
from roomtui.watch.journal_lines import AUDIT, event_of

if TYPE_CHECKING:
    from roomtui.watch.journal_lines import JournalLine

# What each action is: to do it, and to have done it. In the braces whom it is done to, and the room.
_DEEDS: Final = {
    "create-room": ("create {room}", "created {room}"),
    "end-room": ("end {room}", "ended {room}"),
    "remove-participant": ("remove {whom} from {room}", "removed {whom} from {room}"),
    "start-recording": ("start recording {room}", "started recording {room}"),
    "stop-recording": ("stop recording {room}", "stopped recording {room}"),
    "dial": ("call {whom} into {room}", "called {whom} into {room}"),
}
_DONE: Final = frozenset({"created", "ended", "removed", "done", "in-the-room"})
_NOT_KNOWN: Final = frozenset({"no-answer", "unclear", "interrupted", "not-followed"})
_SO_BEFORE: Final = frozenset({"ended-before", "gone-before", "was-so-before"})


def in_words(line: JournalLine, *, hide: bool) -> str:
    """The line as one sentence without its time, safe to show; with `hide`, phone numbers are masked."""
    if line.kind == AUDIT:
        return _audit(line, hide=hide)
    happened = event_of(line)
    return event(happened, hide=hide) if happened is not None else _watching(line, hide=hide)


def sign(line: JournalLine) -> str:
    """What we did is marked, so that it is found among what happened."""
    return "*" if line.kind == AUDIT else " "


def details(line: JournalLine) -> str:
    """What an audit line says beside its sentence, in one line: from where, and what to ask Twilio's support with."""
    facts = (
        ("from ", "host"),
        ("by sudo of ", "sudo_user"),
        ("", "room_sid"),
        ("", "participant_sid"),
        ("", "call_sid"),
        ("request ", "request_id"),
    )
    told = (f"{said}{safe(text)}" for said, key in facts if (text := line.text(key)))
    return ", ".join(told) if line.kind == AUDIT else ""


def haystack(line: JournalLine, *, hide: bool) -> str:
    """What is searched: the sentence as it is shown and the SIDs behind it, folded to one case."""
    sids = (line.room_sid, line.text("participant_sid"), line.text("call_sid"))
    return " ".join((in_words(line, hide=hide), *(safe(sid) for sid in sids if sid))).casefold()


def _audit(line: JournalLine, *, hide: bool) -> str:
    who = _safe(line.text("who"), hide=hide) or "somebody"
    outcome, answer = line.text("outcome"), _safe(line.text("why") or line.text("answer"), hide=hide)
    to_do, to_have_done = _deed(line, hide=hide)
    because = f": {answer}" if answer else ""
    if line.text("phase") == "before":
        people = line.number("people")
        inside = f" ({head_count(people)} in it)" if people is not None else ""
        return f"{who} is about to {to_do}{inside}"
    if outcome is None:
        return f"{who} went on to {to_do}: {_safe(line.text('phase'), hide=hide) or 'no more is known'}"
    if outcome in _DONE:
        return f"{who} {to_have_done}"
    if outcome in _SO_BEFORE:
        return f"{who} had nothing to do to {to_do}: it was so already"
    if outcome == "not-verified":
        return f"{who} {to_have_done}, but Twilio does not show it yet"
    if outcome == "refused":
        return f"Twilio did not let {who} {to_do}{because}"
    if outcome in _NOT_KNOWN:
        return f"whether {who} {to_have_done} is not known{because}"
    # "not-done", "not-in-the-room", and whatever a later version may say.
    said = "" if outcome in {"not-done", "not-in-the-room"} or answer else f": {_safe(outcome, hide=hide)}"
    return f"{who} did not {to_do}{because}{said}"


def _deed(line: JournalLine, *, hide: bool) -> tuple[str, str]:
    action = line.text("action")
    room = _safe(line.text("room_name") or line.room_sid, hide=hide) or "a room"
    deed = _DEEDS.get(action or "")
    if deed is None:
        told = f"{_safe(action, hide=hide) or 'do something to'} {room}"
        return told, told
    whom = _safe(line.text("to") or line.text("identity") or line.text("participant_sid"), hide=hide) or "somebody"
    to_do, to_have_done = (each.format(whom=whom, room=room) for each in deed)
    return to_do, to_have_done


def _watching(line: JournalLine, *, hide: bool) -> str:
    """A line about the watching itself: what was not watched is not in the journal, and that is said."""
    said, since = line.text("event"), _since(line)
    by = _safe(f"{line.text('who') or 'somebody'}@{line.text('host') or '?'}", hide=hide)
    if said == "watching-began":
        rooms = line.number("rooms")
        live = f", {plural(rooms, 'room')} live" if rooms else ""
        unknown = f"; what happened since {since} is not known" if since else ""
        return f"watching began ({by}){live}{unknown}"
    if said == "watching-went-on":
        return f"watching goes on in another dashboard ({by})"
    if said == "watching-ended":
        return f"watching ended ({by})"
    if said == "watching-paused":
        return "polling was paused"
    if said == "watching-interrupted":
        why = _safe(line.text("why"), hide=hide)
        return f"no news from Twilio{f' since {since}' if since else ''}{f': {why}' if why else ''}"
    if said == "watching-resumed":
        return f"news from Twilio again{f'; none since {since}' if since else ''}"
    if said == "events-lost":
        return f"{plural(line.number('count') or 0, 'event')} could not be written down"
    return _safe(said, hide=hide) or "something happened"


def _since(line: JournalLine) -> str | None:
    try:
        since = datetime.fromisoformat(line.text("since") or "")
    except ValueError:
        return None
    return f"{since:%H:%M:%S}" if since.date() == line.at.date() else f"{since:%Y-%m-%d %H:%M:%S}"


def _safe(text: str | None, *, hide: bool) -> str:
    return "" if text is None else shown(Untrusted(text), hide=hide)
