"""The journal in plain words, whoever wrote into it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomtui.rooms.changes import EventKind
from roomtui.rooms.deadlines import DeadlineKind
from roomtui.rooms.endings import EndingReason
from roomtui.rooms.words import event
from roomtui.watch.journal import encoded
from roomtui.watch.journal_index import Wanted
from roomtui.watch.journal_lines import event_line, event_of, parse
from roomtui.watch.journal_words import details, haystack, in_words
from tests.watch.virtual import NOON

AT = NOON.isoformat()
SIDE = "RM" + "a" * 32


def said(**line: object) -> str:
    told = parse(encoded({"at": AT, "who": "joan", "room_sid": SIDE, "room_name": "board", **line}))
    assert told is not None
    return in_words(told, hide=False)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ({"phase": "before", "people": 3}, "joan is about to end board (3 people in it)"),
        ({"phase": "before", "people": None}, "joan is about to end board"),
        ({"phase": "after", "outcome": "ended"}, "joan ended board"),
        ({"phase": "after", "outcome": "ended-before"}, "joan had nothing to do to end board: it was so already"),
        ({"phase": "after", "outcome": "not-verified"}, "joan ended board, but Twilio does not show it yet"),
        (
            {"phase": "after", "outcome": "refused", "answer": "No (20404)"},
            "Twilio did not let joan end board: No (20404)",
        ),
        ({"phase": "after", "outcome": "not-done", "answer": "no URL"}, "joan did not end board: no URL"),
        ({"phase": "after", "outcome": "no-answer"}, "whether joan ended board is not known"),
        ({"phase": "after", "outcome": "interrupted"}, "whether joan ended board is not known"),
        ({"phase": "after", "outcome": "in-another-way"}, "joan did not end board: in-another-way"),
    ],
)
def test_tells_of_an_end_as_people_do(line: dict[str, object], sentence: str) -> None:
    assert said(kind="audit", action="end-room", **line) == sentence


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ({"action": "create-room", "outcome": "created"}, "joan created board"),
        ({"action": "remove-participant", "identity": "bob", "outcome": "removed"}, "joan removed bob from board"),
        ({"action": "start-recording", "outcome": "done"}, "joan started recording board"),
        ({"action": "stop-recording", "outcome": "done"}, "joan stopped recording board"),
        ({"action": "dial", "to": "+16505550123", "outcome": "in-the-room"}, "joan called +16505550123 into board"),
        (
            {"action": "dial", "to": "+1", "outcome": "not-in-the-room", "why": "The line is busy."},
            "joan did not call +1 into board: The line is busy.",
        ),
        ({"action": "dial", "to": "+1", "phase": "placed"}, "joan went on to call +1 into board: placed"),
        ({"action": "paint", "outcome": "done"}, "joan paint board"),
        ({"action": "end-room", "room_name": None, "outcome": "ended"}, f"joan ended {SIDE}"),
        ({"action": "end-room", "who": 7, "outcome": "ended"}, "somebody ended board"),
        ({"action": "end-room", "room_name": "{whom}{0}", "outcome": "ended"}, "joan ended {whom}{0}"),
    ],
)
def test_tells_of_every_action(line: dict[str, object], sentence: str) -> None:
    assert said(kind="audit", phase=line.pop("phase", "after"), **line) == sentence


def test_phone_numbers_are_masked_wherever_they_stand() -> None:
    line = parse(encoded({"at": AT, "kind": "audit", "action": "dial", "phase": "before", "to": "+16505550123"}))
    assert line is not None
    assert "+1650555****" in in_words(line, hide=True)
    assert "0123" not in haystack(line, hide=True)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
KEYS = (
    "action",
    "phase",
    "outcome",
    "answer",
    "why",
    "who",
    "host",
    "to",
    "identity",
    "room_sid",
    "room_name",
    "people",
    "event",
    "ending",
    "deadline",
    "since",
    "count",
    "alert",
    "request_id",
)
known = st.sampled_from(
    [
        *(each.value for each in EventKind),
        *("watching-began", "watching-interrupted", "watching-ended", "events-lost", "before", "after", "refused"),
        *("end-room", "dial", AT, "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-11-20"),
        {"reason": EndingReason.EMPTY_ROOM.value, "certain": False},
        {"reason": ["?"]},
        {"kind": DeadlineKind.EMPTY_ROOM.value, "at": AT, "certain": True},
        {"kind": {}, "at": AT},
    ]
)


@given(
    kind=st.sampled_from(["event", "audit"]),
    at=st.just(AT) | known | anything,
    fields=st.dictionaries(st.sampled_from(KEYS), known | anything),
    hide=st.booleans(),
)
def test_whatever_a_line_says_it_is_told_in_one_printable_line_or_is_none(
    kind: str, at: object, fields: dict[str, object], *, hide: bool
) -> None:
    raw = json.dumps({**fields, "kind": kind, "at": at}).encode()
    line = parse(raw)
    if line is None:
        return
    for told in (in_words(line, hide=hide), details(line)):
        assert told.isprintable()
    assert in_words(line, hide=hide)
    assert haystack(line, hide=hide)
    assert Wanted("zz 7", hide=hide).has(raw) in {True, False}
    happened = event_of(line)
    if happened is not None:
        assert in_words(line, hide=hide) == event(happened, hide=hide)
        again = parse(encoded(event_line(happened)))
        assert again is not None
        assert event_of(again) == happened


@given(st.binary(max_size=60))
def test_whatever_stands_in_a_journal_is_a_line_or_none(raw: bytes) -> None:
    assert parse(raw) is None
    assert Wanted("x").has(raw) is None
