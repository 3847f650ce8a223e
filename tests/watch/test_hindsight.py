"""What the journal knows of rooms that have ended."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from roomtui.rooms.changes import EventKind
from roomtui.watch.ending import EndOutcome
from roomtui.watch.hindsight import Hindsight, recall
from roomtui.watch.journal import Journal
from tests.rooms.builders import CREATED, ROOM_SID, after, participant, roster

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path


def write(path: Path, sid: str, at: datetime, *, phase: str = "after", outcome: str = "ended", **other: str) -> None:
    line = {"at": at.isoformat(), "kind": "audit", "action": "end-room", "phase": phase, "room_sid": sid}
    Journal(path).write({**line, "outcome": outcome, **other})


def test_only_what_was_done_is_ours(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    write(path, "RM1", after(0))
    write(path, "RM2", after(1), phase="before")
    write(path, "RM3", after(2), outcome="refused")
    write(path, "RM4", after(3), action="create-room")
    write(path, "RM5", after(4), outcome=EndOutcome.ENDED_BEFORE.value)
    write(path, "RM6", after(5), outcome=EndOutcome.NOT_VERIFIED.value)
    assert recall(path, None).ours == {"RM1", "RM6"}


def test_a_torn_line_and_strange_ones_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    write(path, "RM1", after(0))
    with path.open("a") as journal:
        journal.write('{"action": "end-room", "phase": "af\n["end-room"]\n')
    write(path, "RM2", after(1))
    assert recall(path, None).ours == {"RM1", "RM2"}


def test_it_reads_no_further_back_than_it_must(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    for number in range(2000):
        write(path, f"RM{number}", after(number))
    since = after(1999)
    found = recall(path, since).ours
    assert "RM1999" in found
    assert "RM0" not in found


def test_without_a_journal_nothing_is_ours(tmp_path: Path) -> None:
    assert recall(tmp_path / "none.jsonl", CREATED - timedelta(days=1)) == Hindsight()


def happened(path: Path, kind: EventKind, identity: str, at: datetime) -> None:
    line = {"at": at.isoformat(), "kind": "event", "event": kind.value, "room_sid": ROOM_SID, "identity": identity}
    Journal(path).write(line)


def test_who_dropped_and_was_not_back_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    for identity in ("ana", "bob", "cleo"):
        happened(path, EventKind.PARTICIPANT_DROPPED, identity, after(100))
    happened(path, EventKind.PARTICIPANT_BACK, "bob", after(110))
    happened(path, EventKind.PARTICIPANT_LEFT, "ana", after(130))
    said = recall(path, None)
    assert said.lost == {(ROOM_SID, "ana"): after(100), (ROOM_SID, "cleo"): after(100)}
    who = roster(
        participant("ana", sid="PA1", joined=after(0), left=after(130)),
        participant("bob", sid="PA2", joined=after(0), left=after(500)),
        participant("cleo", sid="PA3", joined=after(0), left=after(130)),
        participant("cleo", sid="PA4", joined=after(140), left=after(500)),
    )
    assert said.lost_in(who) == {"PA1"}
