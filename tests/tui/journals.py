"""A journal of the scene's day, and a stage that shows it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from roomtui.rooms.changes import Event, EventKind
from roomtui.rooms.deadlines import Deadline, DeadlineKind
from roomtui.rooms.endings import Ending, EndingReason
from roomtui.rooms.untrusted import Untrusted
from roomtui.tui.screens.log import LogScreen
from roomtui.watch.journal import Journal
from roomtui.watch.journal_lines import event_line
from tests.tui import scene
from tests.tui.driving import settle
from tests.tui.scene import ago, sid

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from textual.pilot import Pilot

STANDUP, BOARD, RETRO, DAILY = sid("RM", 1), sid("RM", 3), sid("RM", 20), sid("RM", 30)


def audit(at: datetime, phase: str, **facts: object) -> dict[str, object]:
    """A line about something that joan did."""
    return {"at": at.isoformat(), "kind": "audit", "phase": phase, "who": "joan", **facts}


def opened(number: int, at: datetime) -> dict[str, object]:
    """Some room opened."""
    return event_line(Event(at, EventKind.ROOM_OPENED, sid("RM", 100 + number), Untrusted(f"room-{number:05}")))


def a_day(path: Path) -> Journal:
    """What happened since yesterday, and what was done."""
    journal = Journal(path)

    def event(at: datetime, kind: EventKind, room: str, name: str, who: str | None = None, **more: object) -> None:
        identity = None if who is None else Untrusted(who)
        made = Event(at, kind, room, Untrusted(name), identity, **more)  # type: ignore[arg-type] # fields by name
        journal.write_events([event_line(made)])

    about = {"who": "joan", "host": "jump-1"}
    began = {"at": ago(hours=20).isoformat(), "kind": "event", "event": "watching-began", **about}
    journal.write_events([began])
    event(ago(hours=19), EventKind.ROOM_OPENED, DAILY, "daily")
    event(ago(hours=18), EventKind.ROOM_ENDED, DAILY, "daily", ending=Ending(EndingReason.ENDED_BY_OTHERS), people=2)
    since = ago(hours=10).isoformat()
    journal.write_events([{**began, "at": ago(hours=4).isoformat(), "since": since}])
    event(ago(hours=3, minutes=52), EventKind.ROOM_OPENED, BOARD, "Board & Co")
    event(ago(hours=3, minutes=49), EventKind.PARTICIPANT_JOINED, BOARD, "Board & Co", "bob")
    event(ago(hours=1), EventKind.ROOM_RECREATED, RETRO, "retro")
    dialling = {"action": "dial", "to": "+16505550123", "room_sid": BOARD, "room_name": "Board & Co", "people": 2}
    journal.write(audit(ago(minutes=21), "before", **dialling))
    journal.write(audit(ago(minutes=20), "after", outcome="in-the-room", **dialling))
    event(ago(minutes=20), EventKind.PARTICIPANT_JOINED, BOARD, "Board & Co", "+16505550123-634a594e")
    event(ago(minutes=9), EventKind.PARTICIPANT_DROPPED, BOARD, "Board & Co", "bob")
    event(ago(minutes=7), EventKind.PARTICIPANT_LEFT, RETRO, "retro", "theo")
    soon = Deadline(DeadlineKind.EMPTY_ROOM, ago(minutes=2))
    event(ago(minutes=4), EventKind.ROOM_CLOSING_SOON, RETRO, "retro", deadline=soon)
    event(ago(minutes=2), EventKind.ROOM_ENDED, RETRO, "retro", ending=Ending(EndingReason.EMPTY_ROOM))
    event(ago(minutes=1), EventKind.ROOM_FULL, sid("RM", 4), "quarterly-webinar", people=50)
    ending = {"action": "end-room", "room_sid": sid("RM", 31), "room_name": "left-over", "people": 0}
    journal.write(audit(ago(seconds=30), "before", **ending))
    journal.write(audit(ago(seconds=29), "after", outcome="refused", answer="No such room (20404)", **ending))
    return journal


def stage(path: Path, **how: bool) -> scene.Stage:
    """The scene, with this journal."""
    made = scene.stage(**how)  # type: ignore[arg-type] # flags by name
    made.app.settings = replace(made.app.settings, journal=path)
    return made


async def read(stage: scene.Stage, pilot: Pilot[None]) -> None:
    """Wait until the log has read what it wants to."""
    await settle(pilot)
    screen = stage.app.screen
    while isinstance(screen, LogScreen) and screen._tasks:
        await screen.read()
        await settle(pilot)  # what was read is shown now, and may ask for more
        screen = stage.app.screen


async def look(stage: scene.Stage, pilot: Pilot[None]) -> None:
    """Let a second pass, and the log look for what is new."""
    stage.app.tick()
    await read(stage, pilot)
