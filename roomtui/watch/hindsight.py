"""What the journal knows of ended rooms, and Twilio does not tell: which we ended, and who was lost in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from roomtui.rooms.changes import EventKind
from roomtui.watch.journal_lines import parse
from roomtui.watch.journal_reading import JournalReader

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path
    from typing import TypeAlias

    from roomtui.rooms.model import Roster
    from roomtui.watch.journal_lines import JournalLine

    Recall: TypeAlias = "Callable[[datetime | None], Hindsight]"

# Looked for in the raw line: most lines are about something else, and need not be read.
_SIGNS: Final = (b'"end-room"', b'"participant-dropped"', b'"participant-back"')
_DONE: Final = frozenset({"ended", "not-verified"})
"""Outcomes after which it was we who ended it: where it could not be verified, Twilio had said yes."""


@dataclass(frozen=True, slots=True)
class Hindsight:
    """What a journal says.

    Attributes:
        ours: the SIDs of the rooms that we ended.
        lost: who lost the connection and was not seen to have it again, by room and identity, and since when.
    """

    ours: frozenset[str] = frozenset()
    lost: Mapping[tuple[str, str], datetime] = field(default_factory=dict, hash=False)

    def lost_in(self, roster: Roster) -> frozenset[str]:
        """The SIDs of those in a roster who were lost: who joined again later had only changed the connection."""
        found = set()
        for each in roster.everybody:
            since = self.lost.get((each.room_sid, each.identity.raw))
            if since is None or each.start_time is None or each.start_time > since:
                continue
            again = (other.start_time for other in roster.everybody if other.identity == each.identity)
            if not any(start is not None and start > since for start in again):
                found.add(each.sid)
        return frozenset(found)


def nothing(since: datetime | None) -> Hindsight:
    """What is known without a journal."""
    del since
    return Hindsight()


def recall(path: Path, since: datetime | None) -> Hindsight:
    """What the journal at `path` says of what happened at `since` or later (None: ever).

    Reads as far back as that, which may take a while. A journal that is not there or cannot be read says nothing.
    """
    try:
        reader = JournalReader(path)
    except OSError:
        return Hindsight()
    ours: set[str] = set()
    latest: dict[tuple[str, str], tuple[str, datetime]] = {}
    try:
        while lines := reader.older():
            for line in reversed(lines):
                if any(sign in line.raw for sign in _SIGNS) and (told := parse(line.raw)) is not None:
                    _learn(told, ours, latest)
            first = parse(lines[0].raw)
            if since is not None and first is not None and first.at < since:
                break
    except OSError:
        pass
    finally:
        reader.close()
    lost = {who: at for who, (event, at) in latest.items() if event == EventKind.PARTICIPANT_DROPPED.value}
    return Hindsight(frozenset(ours), lost)


def _learn(line: JournalLine, ours: set[str], latest: dict[tuple[str, str], tuple[str, datetime]]) -> None:
    sid, event, identity = line.room_sid, line.text("event"), line.text("identity")
    if sid is None:
        return
    if line.text("action") == "end-room":
        if line.text("phase") == "after" and line.text("outcome") in _DONE:
            ours.add(sid)
    elif event is not None and identity is not None:
        latest.setdefault((sid, identity), (event, line.at))  # from the newest on: what is known is the latest
