"""`roomtui log`: the journal on stdout."""

from __future__ import annotations

import json
import signal
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from roomtui.rooms.changes import Event, EventKind
from roomtui.rooms.endings import Ending, EndingReason
from roomtui.rooms.untrusted import Untrusted
from roomtui.watch.journal import Journal
from roomtui.watch.journal_files import rotate
from roomtui.watch.journal_index import Wanted
from roomtui.watch.journal_lines import event_line
from tests.cli.program import PATIENCE, until
from tests.watch.virtual import NOON

if TYPE_CHECKING:
    import subprocess

    from tests.cli.program import Program, RunningSandbox

BOARD, RETRO = "RM" + "b" * 32, "RM" + "c" * 32


def journal_of(program: Program, name: str = "acme") -> Journal:
    return Journal(Path(program.environ["XDG_STATE_HOME"]) / "roomtui" / f"journal-{name}.jsonl")


def event(kind: EventKind, minutes: float, *, identity: str | None = None, sid: str = BOARD, **more: Any) -> Event:
    name = Untrusted("board" if sid == BOARD else "retro")
    return Event(
        NOON + timedelta(minutes=minutes), kind, sid, name, None if identity is None else Untrusted(identity), **more
    )


def deed(minutes: float, phase: str, **facts: object) -> dict[str, object]:
    at = (NOON + timedelta(minutes=minutes)).isoformat()
    about = {"action": "end-room", "id": "1", "who": "joan", "room_sid": BOARD, "room_name": "board", "people": 2}
    return {"at": at, "phase": phase, "kind": "audit", **about, **facts}


@pytest.fixture
def journal(stranger: Program) -> Journal:
    """A short evening."""
    journal = journal_of(stranger)
    journal.write_events(
        [
            {"at": NOON.isoformat(), "kind": "event", "event": "watching-began", "who": "joan", "host": "desk"},
            event_line(event(EventKind.ROOM_OPENED, 1)),
            event_line(event(EventKind.PARTICIPANT_JOINED, 2, identity="+16505550123-634a594e")),
            event_line(event(EventKind.ROOM_ENDED, 3, sid=RETRO, ending=Ending(EndingReason.EMPTY_ROOM))),
        ]
    )
    journal.write(deed(4, "before"))
    journal.write(deed(4.1, "after", outcome="ended", answer="completed"))
    journal.write_events([event_line(event(EventKind.ROOM_ENDED, 4.05, ending=Ending(EndingReason.ENDED_BY_US)))])
    return journal


EVENING = """\
2025-06-12 12:00:00   watching began (joan@desk)
2025-06-12 12:01:00   board opened
2025-06-12 12:02:00   +16505550123-634a594e joined board
2025-06-12 12:03:00   retro ended: was empty
2025-06-12 12:04:00 * joan is about to end board (2 people in it)
2025-06-12 12:04:06 * joan ended board
2025-06-12 12:04:03   board ended: ended by us
"""


def test_tells_in_plain_words_what_happened_and_what_was_done_without_any_credentials(
    stranger: Program, journal: Journal
) -> None:
    done = stranger("log", "--profile", "acme")
    assert (done.code, done.err, done.out) == (0, "", EVENING)
    assert stranger("log", ROOMTUI_PROFILE="acme").out == EVENING
    done = stranger("log", "--profile", "acme", "--json")
    assert done.out.encode() == journal.path.read_bytes()


@pytest.mark.parametrize("pasted", ["re\u0301union", "r\u00e9union", "\x1b[2Jre\u0301", "^[[2Jr\u00c9"])
def test_a_name_is_found_however_it_was_come_by(stranger: Program, pasted: str) -> None:
    """As it is shown, or as Twilio has it: with its control characters, in pieces."""
    journal = journal_of(stranger)
    lines = [event_line(event(EventKind.PARTICIPANT_JOINED, 1, identity=who)) for who in ("\x1b[2Jre\u0301union", "al")]
    journal.write_events(lines)
    assert stranger("log", "--profile", "acme", "--search", pasted).out.count("\n") == 1
    wanted = Wanted(pasted)
    assert [wanted.has(json.dumps(line).encode()) for line in lines] == [True, False]


@pytest.mark.parametrize(
    ("options", "lines"),
    [
        (["--room", "board"], [1, 2, 4, 5, 6]),
        (["--room", RETRO], [3]),
        (["--kind", "audit"], [4, 5]),
        (["--kind", "event", "--room", "board", "--search", "JOINED"], [2]),
        (["--search", RETRO[:8].lower()], [3]),
        (["--since", "2025-06-12T12:04:00Z"], [4, 5, 6]),
        (["--since", "1m"], []),
        (["--limit", "2"], [5, 6]),
        (["--limit", "0"], []),
        (["--limit", "1", "--search", "opened"], [1]),
    ],
)
@pytest.mark.usefixtures("journal")
def test_tells_only_what_is_asked_for(stranger: Program, options: list[str], lines: list[int]) -> None:
    evening = EVENING.splitlines()
    done = stranger("log", "--profile", "acme", *options)
    assert (done.code, done.out.splitlines()) == (0, [evening[number] for number in lines])


@pytest.mark.usefixtures("journal")
def test_masks_phone_numbers_and_finds_nobody_by_what_is_masked(stranger: Program) -> None:
    masked = stranger("log", "--profile", "acme", "--no-pii")
    assert "+1650555****-634a594e joined board" in masked.out
    assert stranger("log", "--profile", "acme", "--no-pii", "--search", "5550123").out == ""


def test_what_is_no_line_of_a_journal_is_counted_and_never_reaches_the_terminal(
    stranger: Program, journal: Journal
) -> None:
    at = '{"at":"2025-06-12T12:05:00+00:00","kind":"event",'
    name = at + '"event":"room-opened","room_sid":"R","room_name":"\u202e\x7f"}'
    strange = [
        b"\x1b[2J\x1b]52;c;aGk=\x07",
        b'{"kind":"event","at":"yesterday"}',
        b'{"kind":"gossip","at":"2025-06-12T12:00:00+00:00"}',
        b"[" * 100_000,
        b"\xff\xfe",
        b"null",
        name.encode(),
        b'\r{"at":"2025-06-12T12:06:00+00:00","kind":"audit","action":["?"],"who":{},"room_name":7}\r',
        b'{"half',
    ]
    with journal.path.open("ab") as file:
        file.write(b"\n".join(strange))
    done = stranger("log", "--profile", "acme")
    assert done.code == 0
    assert done.out == EVENING + (
        "2025-06-12 12:05:00   <202E>^? opened\n"
        "2025-06-12 12:06:00 * somebody went on to do something to a room: no more is known\n"
    )
    assert done.err == (
        "roomtui: 7 lines are no lines of a journal and are left out: broken off, or written by somebody else.\n"
    )
    done = stranger("log", "--profile", "acme", "--json", "--limit", "2")
    assert done.out.isascii()
    assert [json.loads(line)["at"][11:16] for line in done.out.splitlines()] == ["12:05", "12:06"]


def test_says_what_is_missing(stranger: Program, journal: Journal) -> None:
    assert stranger("log").code == 4
    assert stranger("log", "--profile", "acne").code == 2
    assert stranger("log", "--profile", "acne", XDG_STATE_HOME=f"{journal.path.parent}/{'x' * 300}").code == 2
    done = stranger("log", "--profile", "acme", "--room", "nowhere")
    assert (done.code, done.out, done.err) == (3, "", "roomtui: nothing in the journal is about a room nowhere.\n")
    assert stranger("log", "--profile", "acme", "--since", "lately").code == 2
    journal.path.write_bytes(b"")
    done = stranger("log", "--profile", "acme")
    assert (done.code, done.out) == (0, "")
    assert "Nothing has been written down for acme yet" in done.err


def test_what_a_command_does_stands_in_the_log_of_its_account(roomtui: Program, sandbox: RunningSandbox) -> None:
    room = sandbox.create("board")
    assert roomtui("end", "board", "--yes").code == 0
    done = roomtui("log", "--room", "board", "--json")
    assert done.code == 0
    lines = [json.loads(line) for line in done.out.splitlines()]
    assert [(line["action"], line["phase"], line["room_sid"]) for line in lines] == [
        ("end-room", "before", room["sid"]),
        ("end-room", "after", room["sid"]),
    ]


# Following


class Reading:
    """Lines as they come out of a process."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def lines(self, count: int) -> list[str]:
        assert self.process.stdout is not None
        return [self.process.stdout.readline().rstrip("\n") for _ in range(count)]


def test_follows_several_writers_across_rotation_until_ctrl_c(stranger: Program, journal: Journal) -> None:
    process = stranger.start("log", "--profile", "acme", "--follow", "--json", "--kind", "audit")
    reading = Reading(process)
    assert len(reading.lines(2)) == 2
    another = Journal(journal.path)
    for number in range(6):
        (journal, another)[number % 2].write(deed(10 + number, "after", number=number))
        if number % 3 == 1:
            rotate(journal.path)
    assert [json.loads(line)["number"] for line in reading.lines(6)] == list(range(6))
    with journal.path.open("ab") as file:
        file.write(b"nonsense\n")
    journal.write(deed(20, "after", number=6))
    assert json.loads(reading.lines(1)[0])["number"] == 6
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=PATIENCE)
    done = stranger.done(process, out, err)
    assert (done.code, done.out) == (130, "")
    assert "1 line is no line of a journal" in done.err


@pytest.mark.usefixtures("journal")
def test_ends_when_nobody_reads_what_it_prints(stranger: Program) -> None:
    process = stranger.start("log", "--profile", "acme", "--follow")
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdin is not None
    process.stdout.readline()
    process.stdout.close()
    until(lambda: process.poll() is not None, what="it ends though nothing more is written")
    assert "Traceback" not in process.stderr.read()
    process.stderr.close()
    process.stdin.close()
