from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from roomtui.watch.journal import Journal
from roomtui.watch.journal_files import rotate
from roomtui.watch.ours_lately import OursLately
from tests.watch.virtual import NOON

if TYPE_CHECKING:
    from pathlib import Path


def line(sid: str, phase: str, outcome: str | None = None, action: str = "end-room") -> dict[str, object]:
    at = NOON.isoformat()
    told: dict[str, object] = {"at": at, "kind": "audit", "action": action, "phase": phase, "room_sid": sid}
    return told if outcome is None else {**told, "outcome": outcome}


@pytest.mark.parametrize(
    ("outcome", "ours"),
    [("ended", True), ("not-verified", True), ("refused", False), ("no-answer", False), ("ended-before", False)],
)
def test_a_room_is_ended_by_us_once_that_is_written_down(tmp_path: Path, outcome: str, *, ours: bool) -> None:
    journal = Journal(tmp_path / "journal.jsonl")
    journal.write(line("RM0", "after", "ended"))
    lately = OursLately(journal.path)
    assert (lately.read(), lately.ends("RM0")) == ([], False)
    journal.write(line("RM1", "before"))
    assert (lately.read(), lately.ends("RM1")) == ([], True)
    rotate(journal.path)
    journal.write(line("RM1", "after", outcome))
    assert (lately.read(), lately.ends("RM1")) == (["RM1"] if ours else [], ours)
    lately.close()


def test_nothing_else_is_taken_for_an_end(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.jsonl")
    lately = OursLately(journal.path)
    journal.write(line("RM1", "after", "ended", action="create-room"))
    journal.write({**line("RM2", "after", "ended"), "kind": "event"})
    journal.write({**line("RM3", "after", "ended"), "room_sid": None})
    assert lately.read() == []
    assert not any(lately.ends(sid) for sid in ("RM1", "RM2", "RM3"))
    lately.close()


def test_it_remembers_the_latest_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("roomtui.watch.ours_lately._REMEMBERED", 2)
    journal = Journal(tmp_path / "journal.jsonl")
    lately = OursLately(journal.path)
    for number in range(4):
        journal.write(line(f"RM{number}", "before"))
    lately.read()
    assert [lately.ends(f"RM{number}") for number in range(4)] == [False, False, True, True]
    lately.close()
