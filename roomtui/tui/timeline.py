"""A room's timeline as lines: a bar for each person over the room's life, under a scale of the time of day."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Final, NamedTuple

from roomtui.rooms import words as plain
from roomtui.rooms.countdown import span
from roomtui.rooms.personal import shown
from roomtui.rooms.timeline import BROKEN, IN, bar, moves, participant_minutes, peak, place, ticks, timeline
from roomtui.tui.lines import ASCII, Line, Tone, fit, line, wrap
from roomtui.tui.widths import cell_len

if TYPE_CHECKING:
    from roomtui.rooms.model import Room, Roster
    from roomtui.rooms.timeline import Timeline
    from roomtui.tui.columns import Entry, View

_NAME_MAX: Final = 20
_BAR_MIN: Final = 16
_TICK_EVERY: Final = 10
_STEPS: Final = (10, 30, 60, 120, 300, 600, 1800)
_GAP: Final = "  "


class _Signs(NamedTuple):
    bar: str
    broken: str
    tick: str
    rule: str


_UNICODE: Final = _Signs("━", "╍", "┬", "─")
_ASCII: Final = _Signs("=", ":", "+", "-")


def timeline_lines(entry: Entry, now: datetime, view: View, width: int) -> list[Line]:
    """The scale and the bars; nothing where it is too narrow, or nobody was in."""
    if entry.roster is None or not entry.roster.everybody:
        return []
    names = min(_NAME_MAX, width // 3)
    room_for_bar = width - names - len(_GAP)
    if room_for_bar < _BAR_MIN:
        return []
    life = timeline(entry.room, entry.roster, _steadily(entry.room, now, room_for_bar))
    if life is None or not life.people:
        return []
    signs = _ASCII if view.glyphs == ASCII else _UNICODE
    called = [shown(each.identity, hide=view.hide) for each in life.people]
    names = min(names, max(8, *map(cell_len, called)))
    bars = width - names - len(_GAP)
    labels, rule = _scale(life, bars, signs)
    margin = " " * (names + len(_GAP))
    lines = [line((margin + labels, Tone.DIM)), line((margin + rule, Tone.DIM))]
    drawing = str.maketrans({IN: signs.bar, BROKEN: signs.broken})
    for name, person in zip(called, life.people, strict=True):
        there = any(stay.still_in for stay in person.stays)
        tone = Tone.TEXT if there or not life.is_live else Tone.DIM
        drawn = bar(person, life, bars).translate(drawing).rstrip()
        lines.append(line((fit(name, names, ellipsis=view.glyphs.ellipsis), tone), (f"{_GAP}{drawn}", tone)))
    if life.untimed:
        lines.append(line((f"without {plain.plural(life.untimed, 'person', 'people')} of unknown times", Tone.DIM)))
    return lines


def figures(entry: Entry, now: datetime) -> str:
    """How long, how many at once, how many in all, how many participant-minutes: in one sentence."""
    roster = entry.roster
    if roster is None or not roster.everybody:
        return ""
    minutes = participant_minutes(roster, now)
    more = "" if minutes.complete else "at least "
    people = plain.plural(len({each.identity for each in roster.everybody}), "person", "people")
    # How Twilio rounds it does not say; rounded up stay by stay is the most that it can be.
    used = (
        f"{plain.plural(minutes.billed, 'participant-minute')} (each stay rounded up; {span(minutes.seconds)} exactly)"
    )
    return f"{peak(roster)} at once at the most, {more}{people} in all. {more.capitalize()}{used}."


def moves_lines(roster: Roster, now: datetime, view: View, width: int) -> list[Line]:
    """Who joined and left, in the order in which they did."""
    found = []
    for move in moves(roster):
        day = "" if move.at.date() == now.date() else f"{move.at:%m-%d} "
        stayed = "" if move.stayed is None else f" after {span(move.stayed)}"
        did = "joined" if move.joined else f"left{stayed}"
        who = shown(move.participant.identity, hide=view.hide) or move.participant.sid
        at = f"{day}{move.at:%H:%M:%S}Z  "
        first, *rest = wrap(f"{who} {did}", max(10, width - len(at)))
        tone = Tone.TEXT if move.joined else Tone.DIM
        found.append(line((at, Tone.DIM), (first, tone)))
        found += [line((" " * len(at) + more, tone)) for more in rest]
    return found


def _steadily(room: Room, now: datetime, width: int) -> datetime:
    """`now` in steps of about a cell: bars that grow with each second would be drawn with each second."""
    if not room.is_live or room.date_created is None:
        return now
    cell = (now - room.date_created).total_seconds() / width
    step = next((each for each in _STEPS if each >= cell), _STEPS[-1])
    return datetime.fromtimestamp(now.timestamp() // step * step, timezone.utc)


def _scale(life: Timeline, width: int, signs: _Signs) -> tuple[str, str]:
    """The labels and the rule under them."""
    at = [each for each in ticks(life, max(1, width // _TICK_EVERY)) if life.begin <= each]
    seconds = any(each.second for each in at)
    labels, marks = "", [signs.rule] * width
    now = " now" if life.is_live else ""
    for each in at:
        column = place(each, life, width)
        marks[column] = signs.tick
        text = f"{each:%H:%M:%S}" if seconds else f"{each:%H:%M}"
        if column >= len(labels) + bool(labels) and column + len(text) <= width - len(now):
            labels += " " * (column - len(labels)) + text
    if now:
        labels += " " * (width - len(labels) - len(now)) + now
    return labels, "".join(marks)
